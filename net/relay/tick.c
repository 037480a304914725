/* What happens because time passes: skipping, REPORT, KEEP, deadlines, limits of time, drain
   (relay.md 6 to 8). Run by vitrine-relay. */
#include "net/relay/hub.h"
#include <stdlib.h>
#include <string.h>

#define SWEEP_MS 1000 /* everything else */

static uint64_t since(const struct hub *h, uint64_t then_ms)
{
    return h->now.ms > then_ms ? h->now.ms - then_ms : 0;
}

/* --- REPORT --------------------------------------------------------------------------------------
 */

static int by_age(const void *a, const void *b)
{
    const uint16_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static uint16_t clip(uint64_t v)
{
    return v > UINT16_MAX ? UINT16_MAX : (uint16_t)v;
}

static size_t collect_ages(const struct hub *h, const struct session *s, const struct client *p,
                           uint16_t ages[MAX_MEMBERS + 1], uint16_t *behind)
{
    size_t n = 0;
    for (const struct client *c = s->clients; c != NULL && n <= MAX_MEMBERS; c = c->session_after) {
        if (c == p || !session_is_member(c))
            continue;
        ages[n++] = clip(queue_age_ms(&c->queue, h->now.ms));
        *behind = (uint16_t)(*behind + queue_is_behind(&c->queue, h->now.ms));
    }
    return n;
}

static struct session_report look_around(const struct hub *h, const struct session *s,
                                         const struct client *p)
{
    static uint16_t ages[MAX_MEMBERS + 1];
    struct session_report r = {0};
    size_t n = collect_ages(h, s, p, ages, &r.behind);
    qsort(ages, n, sizeof ages[0], by_age);
    r.viewers = (uint16_t)n;
    if (n > 0) {
        r.median_ms = ages[(n - 1) / 2];
        r.worst_ms = ages[n - 1];
    }
    return r;
}

static void send_report(struct hub *h, struct session *s, struct client *p,
                        const struct session_report *r)
{
    struct frame f = {.type = FRAME_REPORT};
    f.u.report.taken = p->reported = p->taken;
    f.u.report.viewers = r->viewers;
    f.u.report.behind = r->behind;
    f.u.report.median_ms = r->median_ms;
    f.u.report.worst_ms = r->worst_ms;
    s->report = *r;
    s->report_ms = h->now.ms;
    hub_send(h, p, &f);
}

/* Enough that the presenter may be waiting to hear of it. */
static bool sends_much(const struct client *p)
{
    return p->taken - p->reported >= RELAY_REPORT_SMALL;
}

/* true: there is something to be told later. */
static bool report_if_due(struct hub *h, struct session *s)
{
    struct client *p = s->presenter != 0 ? session_by_mid(s, s->presenter) : NULL;
    if (p == NULL || since(h, s->report_ms) < RELAY_REPORT_MS)
        return p != NULL;
    struct session_report r = look_around(h, s, p);
    uint64_t age = since(h, s->report_ms);
    bool sends = p->taken != p->reported, differs = memcmp(&r, &s->report, sizeof r) != 0;
    if (sends_much(p) || (sends && r.worst_ms > 0) || (differs && age >= RELAY_REPORT_IDLE_MS) ||
        (sends && age >= RELAY_REPORT_REST_MS)) {
        send_report(h, s, p, &r);
        return false;
    }
    return sends || differs;
}

/* --- sessions ------------------------------------------------------------------------------------
 */

static void check_viewers(struct hub *h, struct session *s)
{
    for (struct client *c = s->clients; c != NULL; c = c->session_after)
        if (session_is_member(c) && c->mid != s->presenter)
            s->wants_key |= queue_check(&c->queue, h->now.ms) == QUEUE_NEED;
    traffic_ask_key(h, s);
}

static bool is_over(const struct hub *h, const struct session *s)
{
    if (s->token.expiry <= h->now.unix_s)
        return true;
    if (s->organizer == NULL && since(h, s->away_ms) >= RELAY_AWAY_MS)
        return true;
    if (s->alone_ms != 0 && since(h, s->alone_ms) >= RELAY_ALONE_MS)
        return true;
    return since(h, s->traffic_ms) >= RELAY_IDLE_MS;
}

/* Each session at its own time: two hundred REPORTs at once would keep units waiting for
 * milliseconds. A quiet one once a second: so would thousands that nobody uses. */
static bool is_due(const struct hub *h, struct session *s)
{
    if (since(h, s->ticked_ms) < (s->is_quiet ? RELAY_REPORT_IDLE_MS : RELAY_REPORT_MS))
        return false;
    s->ticked_ms = h->now.ms;
    return true;
}

/* Units of its presenter are not reported yet, or something waits for a member or grows old there.
 */
static bool is_busy(const struct hub *h, const struct session *s)
{
    const struct client *p = s->presenter != 0 ? session_by_mid(s, s->presenter) : NULL;
    if (p != NULL && (s->wants_key || sends_much(p)))
        return true;
    for (const struct client *c = s->clients; c != NULL; c = c->session_after)
        if (session_is_member(c) &&
            (c->queue.bytes > 0 || (c->queue.wants_key && c->queue.ask_ms > h->now.ms)))
            return true;
    return false;
}

/* true: it is busy. */
static bool look_after(struct hub *h, struct session *s)
{
    if (is_over(h, s)) {
        hub_end_session(h, s, FRAME_ERR_ENDED);
        return false;
    }
    check_viewers(h, s);
    bool later = report_if_due(h, s), busy = is_busy(h, s);
    s->is_quiet = !later && !busy;
    return busy;
}

static bool tick_sessions(struct hub *h)
{
    bool busy = false;
    struct session *next;
    for (struct session *s = h->sessions; s != NULL; s = next) {
        next = s->after;
        if (is_due(h, s))
            busy |= look_after(h, s);
        else
            busy = busy || (!s->is_quiet && is_busy(h, s));
    }
    return busy;
}

/* --- clients -------------------------------------------------------------------------------------
 */

static void keep_alive(struct hub *h, struct client *c)
{
    struct frame f = {.type = FRAME_KEEP};
    f.u.keep.stamp = h->now.ms;
    if (c->queue.bytes == 0 && since(h, c->said_ms) >= KEEP_MS)
        hub_send(h, c, &f);
}

/* What it has said may wait for its turn with us (door.h): as long again, but not for ever, or
   whoever says it in crumbs would stay. */
static uint64_t opening_ms(const struct client *c)
{
    return c->reading.lane != NULL ? 2 * OPENING_MS : OPENING_MS;
}

static void check_deadline(struct hub *h, struct client *c)
{
    uint64_t age = since(h, c->since_ms);
    if (c->state == CLIENT_NEW && age >= opening_ms(c)) {
        hub_count(h, c, INTRUSION_SLOW);
        hub_end(h, c, FRAME_ERR_BAD, 0);
    } else if (c->state == CLIENT_WAITING && age >= RELAY_AWAY_MS)
        hub_end(h, c, FRAME_ERR_NONE, 0);
    else if (c->state == CLIENT_ATTACHED && age >= RELAY_NEWCOMER_MS)
        hub_end(h, c, FRAME_ERR_ENDED, 0);
}

/* What it does not take keeps others from being read (may_say_more): they do not wait for ever. A
   thousand members may have more to say to the organizer than its line takes in 30 s. To anybody
   else nobody honest has, so who takes a frame now and then is stuck, too. */
static bool is_stuck(const struct hub *h, const struct client *c)
{
    if (c->state != CLIENT_ORGANIZER)
        return queue_msg_age_ms(&c->queue, h->now.ms) >= RELAY_STUCK_MS;
    return c->queue.lists[FRAME_RANK_MSG].bytes > c->queue.msg_limit / 2 &&
           since(h, c->said_ms) >= RELAY_STUCK_MS;
}

/* DROP's second is over: what still waits is not sent, ERR is. */
static void cut_short(struct hub *h, struct client *c)
{
    if (c->doom != FRAME_ERR_NO && h->now.ms >= c->cut_ms && c->queue.bytes > 0) {
        queue_clear(&c->queue);
        hub_mark(h, c);
    }
}

static void sweep_one(struct hub *h, struct client *c)
{
    check_deadline(h, c);
    if (c->state == CLIENT_ENDING)
        cut_short(h, c);
    else if (is_stuck(h, c))
        hub_end(h, c, FRAME_ERR_SLOW, 0);
    else if (c->state != CLIENT_NEW)
        keep_alive(h, c);
}

/* Every client once a second, a few in each tick: units would wait behind the KEEPs of thousands.
   true: this round goes on. */
static bool sweep_clients(struct hub *h)
{
    if (h->sweep_next == NULL && since(h, h->swept_ms) >= SWEEP_MS) {
        h->swept_ms = h->now.ms;
        h->sweep_next = h->clients;
    }
    for (int n = 0; n < HUB_SWEEP && h->sweep_next != NULL; n++) {
        struct client *c = h->sweep_next;
        h->sweep_next = c->after;
        sweep_one(h, c);
    }
    return h->sweep_next != NULL;
}

/* --- drain ---------------------------------------------------------------------------------------
 */

void hub_tell_drain(struct hub *h, struct client *c)
{
    struct frame f = {.type = FRAME_DRAIN};
    if (h->drain_ms == 0)
        return;
    f.u.drain.seconds = (uint16_t)((h->drain_ms > h->now.ms ? h->drain_ms - h->now.ms : 0) / 1000);
    hub_send(h, c, &f);
}

void hub_drain(struct hub *h, uint16_t seconds, struct hub_now now)
{
    h->now = now;
    if (h->drain_ms != 0)
        return;
    h->drain_ms = now.ms + seconds * 1000u;
    for (struct client *c = h->clients; c != NULL; c = c->after)
        if (c->state != CLIENT_NEW)
            hub_tell_drain(h, c);
    hub_settle(h);
}

static void end_drain(struct hub *h)
{
    for (struct client *c = h->clients; c != NULL; c = c->after)
        hub_end(h, c, FRAME_ERR_DRAINING, 0);
}

unsigned hub_tick(struct hub *h, struct hub_now now)
{
    bool busy;
    h->now = now;
    h->stirred = false;
    busy = tick_sessions(h);
    busy |= sweep_clients(h);
    busy |= sources_tick(&h->sources, now.ms);
    if (h->drain_ms != 0 && now.ms >= h->drain_ms)
        end_drain(h);
    hub_settle(h);
    return busy ? RELAY_TICK_MS : SWEEP_MS;
}
