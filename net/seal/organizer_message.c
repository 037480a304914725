/*
 * What peers and relay say to the organizer, and where each message goes. Runs in vitrine-seal;
 * distrusts every byte: a fault ends that peer and nobody else.
 */
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/organizer_state.h"

/* --- messages inside a channel --- */

static enum e2e_code on_ack(struct organizer *o, struct conn *c, struct span body)
{
    struct get g = get_from(body.data, body.len);
    uint32_t epoch = get_u32(&g);
    uint32_t now = group_now_epoch(o->group);
    if (!epoch || epoch > now || (epoch == now && memcmp(g.at, group_head(o->group), 32) != 0))
        return E_CONTROL;
    c->seat->acked = epoch;
    resume_confirmed(c->seat);
    return E_NONE;
}

static enum e2e_code on_ping(struct organizer *o, struct conn *c, struct span body)
{
    uint8_t out[56];
    struct put p = put_into(out, sizeof out);
    const struct inner_pong pong = {.nonce = body.data,
                                    .epoch = group_now_epoch(o->group),
                                    .log_seq = group_log_seq(o->group),
                                    .head = group_head(o->group)};
    inner_pong_build(&pong, &p);
    return line_send(c->line, INNER_PONG, span_of(out, p.len)) ? E_NONE : E_CHANNEL;
}

/* LEAVE ends the connection in any case: false. Whoever was in does not come back: its token, which
   passes a lock-out and takes a place beside the newcomers', is of no more use. */
static bool on_leave(struct organizer *o, struct conn *c)
{
    struct seat *seat = c->seat;
    conn_drop(o, c, seat ? DROP_REMOVED : DROP_LEFT);
    if (seat)
        epoch_out(o, seat, RECORD_LEFT);
    return false;
}

static enum e2e_code one_message(struct organizer *o, struct conn *c, const struct inner_message *m)
{
    switch (m->type) {
    case INNER_HELLO:
        return join_hello(o, c, m->body);
    case INNER_REVEAL:
        return join_reveal(o, c, m->body);
    case INNER_ACK:
        return on_ack(o, c, m->body);
    case INNER_PING:
        return on_ping(o, c, m->body);
    case INNER_GRANT_NOTICE:
        return command_notice(o, c->seat, m->body);
    case INNER_SECOND_ASK:
        return command_second(o, c->seat, m->body);
    case INNER_PRESENT_ANSWER:
        return share_answer(o, c->seat, m->body);
    case INNER_REKEY_REQ:
        o->rekey_ms = o->rekey_ms ? o->rekey_ms : o->now_ms;
        return E_NONE;
    default:
        return E_STATE;
    }
}

void member_fault(struct organizer *o, struct conn *c, enum e2e_code code)
{
    struct seat *seat = c->seat;
    conn_fail(o, c, code);
    if (!seat || code == E_CHANNEL || o->end_by_ms)
        return;
    o->port->fault(o->port->ctx, seat->mid, code);
    epoch_out(o, seat, RECORD_LOST);
}

/* false: the connection is gone. */
static bool on_inner(struct organizer *o, struct conn *c, const struct inner_message *m)
{
    if (m->type == INNER_LEAVE)
        return on_leave(o, c);
    uint32_t handle = c->handle;
    enum e2e_code code = one_message(o, c, m);
    c = conn_find(o, handle); /* a refusal or an epoch may have ended it */
    if (c && code)
        member_fault(o, c, code);
    return c && !code;
}

static void on_closed(struct organizer *o, struct conn *c)
{
    bool ending = c->stage == CONN_CLOSING;
    if (ending)
        conn_remove(o, c);
    else
        conn_drop(o, c, DROP_LEFT);
}

static void pump(struct organizer *o, struct conn *c)
{
    struct inner_message m;
    enum e2e_code code = E_NONE;
    for (;;) {
        switch (line_next(c->line, &m, &code)) {
        case LINE_NOTHING:
            conn_flush(o, c);
            return;
        case LINE_UP:
            break;
        case LINE_MESSAGE:
            if (c->stage == CONN_CLOSING)
                break; /* sent before our END arrived there */
            if (!on_inner(o, c, &m))
                return;
            break;
        case LINE_CLOSED:
            on_closed(o, c);
            return;
        case LINE_BAD:
            member_fault(o, c, code);
            return;
        }
    }
}

static void pump_fresh(struct organizer *o, struct conn *c)
{
    struct inner_message m;
    enum e2e_code code = E_NONE;
    switch (line_next(c->fresh, &m, &code)) {
    case LINE_NOTHING:
        conn_flush(o, c);
        break;
    case LINE_UP:
        if (!c->seat) { /* removed meanwhile */
            resume_failed(o, c);
        } else if (resume_complete(o, c)) {
            pump(o, c);
        }
        break;
    default:
        resume_failed(o, c);
        break;
    }
}

/* Which channel bytes are for, while a member resumes on the connection it has: a handshake begins
   with record type 22, what belongs to the old channel is application data. */
static bool for_fresh(struct conn *c, struct span tls)
{
    if (c->fresh && (!c->line || tls.data[0] == 22))
        c->fresh_begun = true;
    return c->fresh && c->fresh_begun;
}

static void on_chan(struct organizer *o, struct conn *c, struct span body)
{
    struct span tls;
    enum e2e_code code = outer_chan_parse(body, &tls);
    if (!code && !c->line && !c->fresh)
        code = E_STATE;
    if (code) {
        conn_fail(o, c, code);
    } else if (for_fresh(c, tls)) {
        line_feed(c->fresh, tls);
        pump_fresh(o, c);
    } else {
        line_feed(c->line, tls);
        pump(o, c);
    }
}

/* --- messages around it --- */

/* The peer gave up, as it may. Between M2 and M3 that is what a wrong password looks like. */
static void on_error(struct organizer *o, struct conn *c)
{
    bool shook = c->stage == CONN_SHOOK;
    conn_drop(o, c, shook ? DROP_PASSWORD : DROP_OVER);
}

static void known_peer(struct organizer *o, struct conn *c, uint8_t type, struct span body)
{
    switch (type) {
    case OUTER_M3:
        join_m3(o, c, body);
        break;
    case OUTER_CHAN:
        on_chan(o, c, body);
        break;
    case OUTER_RESUME:
        resume_begin(o, c->handle, body);
        break;
    case OUTER_ERROR:
        on_error(o, c);
        break;
    case OUTER_M1:
        conn_fail(o, c, E_STATE);
        break;
    default:
        conn_fail(o, c, E_PARSE);
        break;
    }
}

/* Another version of ours begins with M1, too: that is no attack. */
static enum port_drop drop_for(struct span body, enum e2e_code code)
{
    bool is_other = code == E_VERSION || code == E_SUITE;
    return is_other && body.data[1] == OUTER_M1 ? DROP_REFUSED : DROP_PROTOCOL;
}

/* What can have been on its way when its connection was ended. */
static bool may_be_late(uint8_t type)
{
    return type == OUTER_M3 || type == OUTER_CHAN || type == OUTER_ERROR;
}

/* A connection that is nobody's: ended, or it would fill our line with what nobody reads. Not while
   members that are still on their old one may have yet to hear that ours is new: they resume on it.
 */
static void late(struct organizer *o, uint32_t handle)
{
    bool may_resume = o->away || (o->back_ms && o->now_ms < o->back_ms + RESUME_MEMBER_MS);
    if (!may_resume)
        o->port->drop(o->port->ctx, handle, DROP_OVER);
}

/* Neither in, nor back, nor on its way out. */
static bool is_outside(const struct conn *c)
{
    return !c->seat && c->stage != CONN_RESUMING && c->stage != CONN_CLOSING;
}

/* Unauthenticated, and of no concern to the channel: what does not fit is dropped. But whoever is
   not in has no pair, and would fill our line with it. */
static void on_pair(struct organizer *o, struct conn *c, uint32_t handle, struct span body)
{
    if (!c)
        late(o, handle);
    else if (is_outside(c))
        conn_fail(o, c, E_STATE);
    else if (c->seat && c->stage == CONN_MEMBER && !o->end_by_ms)
        control_pair(o->control, c->seat->mid, body, o->now_ms);
    organizer_tick(o, o->now_ms);
}

void organizer_message(struct organizer *o, uint32_t handle, struct span body, uint64_t now_ms)
{
    uint8_t type;
    if (o->over || !o->open)
        return;
    o->now_ms = now_ms;
    struct conn *c = conn_find(o, handle);
    if (body.len && body.data[0] == OUTER_PAIR) {
        on_pair(o, c, handle, body);
        return;
    }
    enum e2e_code code = outer_type(body, &type);
    if (code && c)
        conn_fail(o, c, code);
    else if (code)
        organizer_error(o, handle, code, drop_for(body, code));
    else if (c)
        known_peer(o, c, type, body);
    else if (type == OUTER_M1)
        join_m1(o, handle, body);
    else if (type == OUTER_RESUME)
        resume_begin(o, handle, body);
    else if (!may_be_late(type))
        organizer_error(o, handle, E_PARSE, DROP_PROTOCOL);
    else
        late(o, handle);
    organizer_tick(o, now_ms);
}

void organizer_peer_gone(struct organizer *o, uint32_t handle, uint64_t now_ms)
{
    struct conn *c = o->over ? NULL : conn_find(o, handle);
    o->now_ms = now_ms;
    if (c)
        conn_remove(o, c);
    if (c)
        organizer_tick(o, now_ms);
}
