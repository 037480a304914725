/* Messages and sealed units: who gets what (relay.md 5). Run by vitrine-relay. Of a unit it reads
   the header and no more; of a message, the receiver. */
#include "net/relay/hub.h"
#include <string.h>

/* --- MSG -----------------------------------------------------------------------------------------
 */

/* The organizer reads and writes handles, all others mids. A client that is not bound may write to
   1 only, a bound one to 1 and to the presenter, the presenter to anyone. *allowed false: it broke
   that rule. */
static struct client *receiver_of(const struct client *from, uint32_t peer, bool *allowed)
{
    const struct session *s = from->session;
    *allowed = true;
    if (from->state == CLIENT_ORGANIZER)
        return session_by_handle(s, peer);
    if (peer == 1)
        return s->organizer;
    *allowed = from->state == CLIENT_BOUND && peer <= UINT16_MAX;
    if (!*allowed || !(session_presents(from) || peer == s->presenter))
        return NULL; /* to somebody who has just stopped presenting: raced with the hand-over, no
                        breach */
    return session_by_mid(s, (uint16_t)peer);
}

static uint32_t name_of(const struct client *from, const struct client *to)
{
    return to->state == CLIENT_ORGANIZER ? from->handle : from->mid;
}

static uint32_t msg_rate(const struct client *c)
{
    return session_is_member(c) ? RELAY_MSG_MEMBER : RELAY_MSG_NEWCOMER;
}

/* All members write to these two, so what each has waiting there is counted. Without memory for
   that, it waits uncounted. */
static void count_mail(struct client *from, const struct client *to, struct parcel *p)
{
    if (from->state == CLIENT_ORGANIZER || !(to->state == CLIENT_ORGANIZER || session_presents(to)))
        return;
    if (from->mail == NULL)
        from->mail = account_create(from->session->account);
    if (from->mail != NULL)
        parcel_move(p, from->mail);
}

void traffic_msg(struct hub *h, struct client *c, struct parcel *p)
{
    bool allowed;
    struct client *to = receiver_of(c, frame_get_u32(p->bytes + FRAME_HEAD), &allowed);
    if (!allowed) {
        hub_refuse(h, c);
        return;
    }
    if (c->state != CLIENT_ORGANIZER) {
        rate_take(&c->msg, msg_rate(c), p->len, h->now.ms);
        rate_take(&c->msg_count, RELAY_MSG_COUNT, 1, h->now.ms);
    }
    if (to == NULL || to == c)
        return; /* gone: the inner TLS notices */
    frame_put_u32(p->bytes + FRAME_HEAD, name_of(c, to));
    p->rank = FRAME_RANK_MSG;
    count_mail(c, to, p);
    h->counts.messages++;
    h->counts.message_bytes += p->len;
    hub_push(h, to, p);
    relief_check(h, c->session);
}

/* --- UNIT ----------------------------------------------------------------------------------------
 */

static void fan_out(struct hub *h, struct client *from, struct parcel *p)
{
    struct session *s = from->session;
    uint32_t before = h->copies;
    if (p->key && p->rank == FRAME_RANK_SCREEN)
        s->wants_key = false; /* here it is, for everybody */
    for (struct client *c = s->clients; c != NULL; c = c->session_after)
        if (c != from && session_is_member(c))
            hub_push(h, c, p);
    if (!session_presents(from)) {
        rate_take(&s->others, RELAY_OTHERS_COPIES, h->copies - before, h->now.ms);
        from->had_its_turn = true;
    }
    relief_check(h, s);
    traffic_ask_key(h, s);
}

static bool is_presenters_stream(uint8_t stream)
{
    return stream != UNIT_CHAT && stream != UNIT_SIGNAL;
}

void traffic_unit(struct hub *h, struct client *c, struct parcel *p)
{
    struct unit_peek unit;
    struct span sealed = {p->bytes + FRAME_HEAD, p->len - FRAME_HEAD};
    if (!frame_peek_unit(sealed, &unit) || unit.mid != c->mid) {
        hub_refuse(h, c);
        return;
    }
    c->taken += p->len;
    h->stirred = h->stirred || c->taken - c->reported >= RELAY_REPORT_SMALL;
    if (!session_presents(c)) {
        rate_take(&c->unit_bytes, RELAY_UNIT_BYTES, p->len, h->now.ms);
        rate_take(&c->unit_count, RELAY_UNIT_COUNT, 1, h->now.ms);
        if (is_presenters_stream(unit.stream)) {
            h->counts.units_refused++;
            return;
        }
    }
    p->rank = (uint8_t)frame_rank_unit(unit.stream);
    p->key = unit.key;
    h->counts.units++;
    h->counts.unit_bytes += p->len;
    fan_out(h, c, p);
}

/* --- NEED ----------------------------------------------------------------------------------------
 */

void traffic_ask_key(struct hub *h, struct session *s)
{
    struct frame f = {.type = FRAME_NEED};
    struct client *p = s->presenter != 0 ? session_by_mid(s, s->presenter) : NULL;
    if (!s->wants_key || p == NULL)
        return;
    if (s->need_ms != 0 && h->now.ms - s->need_ms < RELAY_NEED_MS)
        return;
    s->wants_key = false;
    s->need_ms = h->now.ms;
    hub_send(h, p, &f);
}

void traffic_need(struct hub *h, struct client *c)
{
    if (session_presents(c))
        return;
    /* One alone would have whole pictures made for everybody all the time. An honest one asks
     * again. */
    if (!pace_take(&c->needed, RELAY_NEEDS, RELAY_NEEDS_MS, h->now.ms))
        return;
    c->session->wants_key = true;
    traffic_ask_key(h, c->session);
}

/* --- back-pressure -------------------------------------------------------------------------------
 */

static bool has_more_than(const struct client *c, size_t bytes)
{
    return c != NULL && c->queue.lists[FRAME_RANK_MSG].bytes > bytes;
}

static bool is_crowded(const struct client *c)
{
    return c != NULL && has_more_than(c, c->queue.msg_limit / 4 * 3);
}

/* Nobody makes the organizer or the presenter slow by what it says to them: its own messages wait
   on its own side of the relay, and others' go on. Where a crowd does, strangers wait long before
   those who come back, and these before members, and all of them in turn. */
static bool may_say_more(const struct client *c)
{
    const struct session *s = c->session;
    if (c->mail != NULL && c->mail->held > RELAY_QUEUE_MAIL)
        return false;
    if (c->state == CLIENT_ATTACHED)
        return !has_more_than(s->organizer, c->returns_as != 0 ? RELAY_QUEUE_MSG_ORGANIZER / 2
                                                               : RELAY_QUEUE_STRANGERS);
    if (session_presents(c))
        return true;
    return !is_crowded(s->organizer) &&
           (s->presenter == 0 || !is_crowded(session_by_mid(s, s->presenter)));
}

bool hub_may_read(const struct client *c, uint64_t now_ms)
{
    if (c->session == NULL)
        return true;
    if (rate_in_debt(&c->msg, msg_rate(c), now_ms) ||
        rate_in_debt(&c->msg_count, RELAY_MSG_COUNT, now_ms))
        return false;
    if (c->state != CLIENT_ORGANIZER && !may_say_more(c))
        return false;
    if (c->state == CLIENT_ATTACHED || session_presents(c))
        return true;
    return !rate_in_debt(&c->unit_bytes, RELAY_UNIT_BYTES, now_ms) &&
           !rate_in_debt(&c->unit_count, RELAY_UNIT_COUNT, now_ms);
}
