/* Clients of the relay: arriving, frames by state, ending. Run by vitrine-relay; distrusts every
 * frame. */
#include "net/relay/hub.h"
#include <openssl/crypto.h>
#include <string.h>

bool hub_init(struct hub *h, const struct hub_config *config)
{
    uint64_t spread;
    memset(h, 0, sizeof *h);
    h->config = *config;
    h->account.refs = 1;
    h->max_clients = RELAY_NOFILE - 64;
    for (int i = 0; i < HUB_TURNS; i++)
        turns_lane_init(&h->lanes[i], &h->turns[i]);
    numbers_init(&h->numbers, config->low, config->high, config->random);
    return config->random((uint8_t *)&spread, sizeof spread) &&
           sources_init(&h->sources, spread, config->event, config->event_ctx);
}

void hub_finish(struct hub *h)
{
    while (h->sessions != NULL)
        session_destroy(h->sessions);
    map_finish(&h->by_number);
    numbers_finish(&h->numbers);
    sources_finish(&h->sources);
    OPENSSL_cleanse(h, sizeof *h);
}

/* --- lists ---------------------------------------------------------------------------------------
 */

static void link_client(struct hub *h, struct client *c)
{
    c->before = NULL;
    c->after = h->clients;
    if (c->after != NULL)
        c->after->before = c;
    h->clients = c;
    h->n_clients++;
}

static void unlink_client(struct hub *h, struct client *c)
{
    if (h->sweep_next == c)
        h->sweep_next = c->after;
    *(c->before ? &c->before->after : &h->clients) = c->after;
    if (c->after != NULL)
        c->after->before = c->before;
    h->n_clients--;
}

void hub_unlink_waiting(struct hub *h, struct client *c)
{
    *(c->session_before ? &c->session_before->session_after : &h->waiting) = c->session_after;
    if (c->session_after != NULL)
        c->session_after->session_before = c->session_before;
    c->session_before = c->session_after = NULL;
}

/* --- sending -------------------------------------------------------------------------------------
 */

static bool is_over(const struct client *c)
{
    return c->doom != FRAME_ERR_NO || c->state == CLIENT_ENDING;
}

static void push_to(struct hub *h, struct client *c, struct parcel *p)
{
    enum queue_result r = queue_push(&c->queue, p, h->now.ms);
    h->copies++;
    if (c->session != NULL) {
        c->session->copies++;
        c->session->is_quiet = false;
    }
    if (r == QUEUE_SLOW)
        hub_end(h, c, FRAME_ERR_SLOW, 0);
    if (r == QUEUE_NEED && c->session != NULL)
        c->session->wants_key = true;
    hub_mark(h, c);
}

void hub_push(struct hub *h, struct client *c, struct parcel *p)
{
    h->stirred = h->stirred || c->queue.bytes > 0;
    if (!is_over(c))
        push_to(h, c, p);
}

/* PEER keeps its place among the messages of that peer: a LEAVE must not arrive after "gone". */
static uint8_t rank_of(const struct frame *f)
{
    return f->type == FRAME_PEER ? FRAME_RANK_MSG : FRAME_RANK_OWN;
}

static struct parcel *parcel_of(struct hub *h, const struct client *c, const struct frame *f)
{
    uint8_t bytes[FRAME_HEAD + FRAME_SMALL_MAX];
    size_t len = frame_encode(f, bytes);
    struct parcel *p = len > 0 ? parcel_create(hub_account(h, c), len) : NULL;
    if (p == NULL)
        return NULL;
    memcpy(p->bytes, bytes, len);
    p->rank = rank_of(f);
    return p;
}

static void send_even_so(struct hub *h, struct client *c, const struct frame *f)
{
    struct parcel *p = parcel_of(h, c, f);
    if (p == NULL) {
        hub_end(h, c, FRAME_ERR_BUSY, 0);
        return;
    }
    push_to(h, c, p);
    parcel_release(p);
}

void hub_send(struct hub *h, struct client *c, const struct frame *f)
{
    if (!is_over(c))
        send_even_so(h, c, f);
}

struct account *hub_account(struct hub *h, const struct client *c)
{
    return c->session != NULL ? c->session->account : &h->account;
}

/* --- ending --------------------------------------------------------------------------------------
 */

void hub_end(struct hub *h, struct client *c, enum frame_err code, uint16_t flush_ms)
{
    if (is_over(c))
        return;
    c->doom = (uint16_t)code;
    c->doom_flush_ms = flush_ms;
    c->next_doomed = h->doomed;
    h->doomed = c;
}

void hub_tell_peer(struct hub *h, struct session *s, uint32_t handle, enum frame_peer_state state)
{
    struct frame f = {.type = FRAME_PEER};
    f.u.peer.handle = handle;
    f.u.peer.state = (uint8_t)state;
    if (s->organizer != NULL)
        hub_send(h, s->organizer, &f);
}

void hub_tell_away(struct hub *h, struct session *s, uint8_t on)
{
    struct frame f = {.type = FRAME_AWAY};
    f.u.away.on = on;
    for (struct client *c = s->clients; c != NULL; c = c->session_after)
        if (c != s->organizer)
            hub_send(h, c, &f);
}

static void leave_session(struct hub *h, struct client *c)
{
    struct session *s = c->session;
    bool was_organizer = s->organizer == c, is_organizers = c->state == CLIENT_ORGANIZER;
    uint32_t handle = c->handle;
    session_remove(s, c);
    lanes_leave(h, c, s);
    if (was_organizer) {
        s->away_ms = h->now.ms;
        hub_tell_away(h, s, 1);
    } else if (!is_organizers) { /* an organizer's older connection is nobody's peer */
        hub_tell_peer(h, s, handle, FRAME_PEER_GONE);
    }
    if (s->members == 0 && s->alone_ms == 0)
        s->alone_ms = h->now.ms;
}

static void leave(struct hub *h, struct client *c)
{
    if (c->session != NULL)
        leave_session(h, c);
    else if (c->state == CLIENT_WAITING)
        hub_unlink_waiting(h, c);
}

static void send_err(struct hub *h, struct client *c)
{
    struct frame f = {.type = FRAME_ERR};
    f.u.err.code = c->doom;
    c->doom = FRAME_ERR_NO;
    send_even_so(h, c, &f);
}

static void end_now(struct hub *h, struct client *c)
{
    leave(h, c);
    c->state = CLIENT_ENDING;
    c->cut_ms = h->now.ms + c->doom_flush_ms;
    c->end_ms = c->cut_ms + 2 * RELAY_FLUSH_MS; /* the sweep that cuts comes once a second */
    if (c->doom <= FRAME_ERR_DRAINING)
        h->counts.endings[c->doom]++;
    if (c->doom == FRAME_ERR_SLOW)
        hub_count(h, c, INTRUSION_SLOW);
    if (c->doom_flush_ms > 0) {
        c->doom_flush_ms =
            0; /* hub_next_parcel sends ERR behind what waits, tick.c when it takes too long */
        hub_mark(h, c);
        return;
    }
    queue_clear(&c->queue);
    send_err(h, c);
}

void hub_settle(struct hub *h)
{
    struct client *c;
    while ((c = h->doomed) != NULL) {
        h->doomed = c->next_doomed;
        c->next_doomed = NULL;
        end_now(h, c);
    }
}

struct parcel *hub_next_parcel(struct client *c, uint64_t now_ms)
{
    struct parcel *p = queue_pop(&c->queue);
    if (p == NULL && c->state == CLIENT_ENDING && c->doom != FRAME_ERR_NO) {
        send_err(c->hub, c);
        p = queue_pop(&c->queue);
    }
    if (p != NULL)
        c->said_ms = now_ms;
    return p;
}

bool hub_is_done(const struct client *c)
{
    return c->state == CLIENT_ENDING && c->doom == FRAME_ERR_NO && c->queue.bytes == 0;
}

void hub_end_session(struct hub *h, struct session *s, enum frame_err code)
{
    for (struct client *c = s->clients; c != NULL; c = c->session_after)
        hub_end(h, c, code, code == FRAME_ERR_ENDED ? RELAY_FLUSH_MS : 0);
    s->organizer = NULL; /* nobody is to be told who else goes */
    hub_settle(h);
    session_destroy(s);
}

void hub_gone(struct hub *h, struct client *c, struct hub_now now)
{
    h->now = now;
    hub_settle(h);
    leave(h, c);
    c->state = CLIENT_ENDING;
    queue_finish(&c->queue);
    account_release(c->mail);
    c->mail = NULL;
    turns_leave(&c->reading);
    turns_leave(&c->writing);
    unlink_client(h, c);
    hub_settle(h);
}

/* --- arriving, and frames by state ---------------------------------------------------------------
 */

void hub_welcome(struct hub *h, struct client *c, struct source *source, struct hub_now now)
{
    h->now = now;
    *c = (struct client){.hub = h, .source = source, .state = CLIENT_NEW};
    c->since_ms = c->heard_ms = c->said_ms = now.ms;
    queue_init(&c->queue, RELAY_QUEUE_MSG, now.ms);
    link_client(h, c);
}

void hub_note(struct hub *h, struct client *c, enum relay_intrusion kind)
{
    if (c->source != NULL)
        source_note(&h->sources, c->source, kind, h->now.ms);
}

void hub_count(struct hub *h, struct client *c, enum relay_intrusion kind)
{
    if (c->source != NULL)
        source_count(&h->sources, c->source, kind, h->now.ms);
}

void hub_refuse(struct hub *h, struct client *c)
{
    hub_note(h, c, INTRUSION_MALFORMED);
    hub_end(h, c, FRAME_ERR_BAD, 0);
}

/* relay.md 3 to 5. */
bool hub_allows(const struct client *c, uint8_t type)
{
    bool opening = type == FRAME_CREATE || type == FRAME_ATTACH;
    switch (c->state) {
    case CLIENT_NEW:
        return opening;
    case CLIENT_WAITING:
        return type == FRAME_KEEP;
    case CLIENT_ATTACHED:
        return type == FRAME_KEEP || type == FRAME_MSG;
    case CLIENT_BOUND:
        return type == FRAME_KEEP || (type >= FRAME_MSG && type <= FRAME_NEED);
    case CLIENT_ORGANIZER:
        return !opening;
    case CLIENT_ENDING:
        break;
    }
    return false;
}

static void answer_keep(struct hub *h, struct client *c, const struct frame *f)
{
    struct frame answer = *f;
    answer.u.keep.answer = 1;
    if (!f->u.keep.answer)
        hub_send(h, c, &answer);
}

static void act(struct hub *h, struct client *c, const struct frame *f, struct parcel *p)
{
    if (f->type != FRAME_KEEP && c->session != NULL) {
        c->session->traffic_ms = h->now.ms;
        c->session->is_quiet = false;
        h->stirred = h->stirred || (f->type != FRAME_MSG && f->type != FRAME_UNIT);
    }
    switch (f->type) {
    case FRAME_CREATE:
    case FRAME_ATTACH:
        opening_take(h, c, f);
        break;
    case FRAME_PARAMS:
        opening_params(h, c, f);
        break;
    case FRAME_MSG:
        traffic_msg(h, c, p);
        break;
    case FRAME_UNIT:
        traffic_unit(h, c, p);
        break;
    case FRAME_NEED:
        traffic_need(h, c);
        break;
    case FRAME_KEEP:
        answer_keep(h, c, f);
        break;
    default:
        orders_take(h, c, f);
    }
}

static void judge(struct hub *h, struct client *c, struct parcel *p)
{
    struct frame f;
    enum frame_result r = frame_decode(p->bytes, p->len, FRAME_FROM_CLIENT, &f);
    if (is_over(c))
        return; /* what it says while it is being shown out does not matter */
    if (r == FRAME_OTHER_VERSION && c->state == CLIENT_NEW)
        hub_end(h, c, FRAME_ERR_VERSION, 0);
    else if (r != FRAME_GOOD || !hub_allows(c, f.type))
        hub_refuse(h, c);
    else
        act(h, c, &f, p);
}

void hub_take(struct hub *h, struct client *c, struct parcel *frame, struct hub_now now)
{
    h->now = now;
    c->heard_ms = now.ms;
    judge(h, c, frame);
    parcel_release(frame);
    hub_settle(h);
}

void hub_malformed(struct hub *h, struct client *c, enum frame_err code, struct hub_now now)
{
    h->now = now;
    if (code == FRAME_ERR_BAD)
        hub_refuse(h, c);
    else
        hub_end(h, c, code, 0);
    hub_settle(h);
}
