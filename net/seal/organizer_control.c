/*
 * The organizer's side of control (e2e.md 10): as presenter or controller itself, and as the one
 * who hears of it and can end it where somebody else presents. Runs in vitrine-seal of the
 * organizer.
 */
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/organizer_state.h"

/* --- what control needs --- */

/* The organizer needs no lease: what it seals is under the newest epoch. */
static bool tie_signal(void *ctx, struct span content, bool later)
{
    struct organizer *o = ctx;
    (void)later;
    size_t len = o->away ? 0 : group_seal(o->group, STREAM_SIGNAL, 0, content, o->wire);
    if (len)
        o->port->unit(o->port->ctx, span_of(o->wire, len));
    return len != 0;
}

static void tie_send(void *ctx, uint16_t mid, struct span body)
{
    struct organizer *o = ctx;
    const struct seat *s = seat_find(o, mid);
    if (s && s->conn)
        o->port->msg(o->port->ctx, s->conn->handle, body);
}

/* Our own broker knows already. */
static void tie_notice(void *ctx, const uint8_t grant[GRANT_ID_LEN], uint16_t mid, bool on)
{
    (void)ctx, (void)grant, (void)mid, (void)on;
}

static bool tie_may_control(void *ctx, uint16_t mid)
{
    const struct organizer *o = ctx;
    const struct group_person *p = group_find(o->group, mid);
    return p && (o->with_password || p->role & ROLE_VERIFIED);
}

void command_begin(struct organizer *o)
{
    const struct control_ties ties = {.ctx = o,
                                      .port = o->port,
                                      .signal = tie_signal,
                                      .send = tie_send,
                                      .notice = tie_notice,
                                      .may_control = tie_may_control};
    o->control = control_create(&ties, o->group, o->sess_id, o->sig);
    control_set_mid(o->control, 1);
}

struct control *organizer_control(struct organizer *o, uint64_t now_ms)
{
    if (o->over || o->end_by_ms || !o->control)
        return NULL;
    o->now_ms = now_ms;
    return o->control;
}

/* --- control at another presenter --- */

static void tell_control(struct organizer *o, uint16_t mid, bool on)
{
    o->controller = on ? mid : 0;
    o->port->control(o->port->ctx, mid, on);
}

/* What a former presenter still had to say is late; what somebody says who never was one is a lie.
 */
enum e2e_code command_notice(struct organizer *o, struct seat *s, struct span body)
{
    struct get g = get_from(body.data, body.len);
    get_bytes(&g, GRANT_ID_LEN);
    uint16_t mid = get_u16(&g);
    uint8_t on = get_u8(&g);
    if (!mid || on > 1 || mid == s->mid)
        return E_PARSE;
    if (!s->presented)
        return E_STATE;
    if (!pace_take(&s->notices, HELD_HEARD_BURST, HELD_REFILL_MS, o->now_ms))
        return E_LIMIT; /* two for each press of an owner, who has a guard to wait for */
    if (group_presenter(o->group) != s->mid || !group_find(o->group, mid))
        return E_NONE;
    if (on != (o->controller == mid))
        tell_control(o, mid, on);
    return E_NONE;
}

/* --- the second yes --- */

static void say_second(struct organizer *o, const struct seat *s, uint16_t mid, bool yes)
{
    uint8_t out[3];
    struct put p = put_into(out, sizeof out);
    put_u16(&p, mid);
    put_u8(&p, yes);
    if (line_send(s->conn->line, INNER_SECOND_SAID, span_of(out, p.len)))
        conn_flush(o, s->conn);
    else
        conn_fail(o, s->conn, E_CHANNEL);
}

/* One at a time, and only from who has been presenter; what has changed meanwhile is a no. */
enum e2e_code command_second(struct organizer *o, struct seat *s, struct span body)
{
    struct get g = get_from(body.data, body.len);
    uint16_t mid = get_u16(&g);
    if (mid < 2 || mid == s->mid)
        return E_PARSE;
    if (!s->presented || s->second)
        return E_STATE;
    if (group_presenter(o->group) != s->mid || !group_find(o->group, mid)) {
        say_second(o, s, mid, false);
        return E_NONE;
    }
    s->second = mid;
    o->port->second_asked(o->port->ctx, s->mid, mid);
    return E_NONE;
}

void organizer_second(struct organizer *o, uint16_t presenter, uint16_t mid, bool yes,
                      uint64_t now_ms)
{
    struct seat *s = organizer_control(o, now_ms) ? seat_find(o, presenter) : NULL;
    if (!s || !s->conn || !mid || s->second != mid)
        return; /* their line was lost meanwhile */
    s->second = 0;
    say_second(o, s, mid, yes && group_presenter(o->group) == presenter);
}

static bool still_controlled(const struct organizer *o)
{
    uint16_t presenter = group_presenter(o->group);
    return presenter > 1 && presenter == o->presenter_before && group_find(o->group, o->controller);
}

void command_roster(struct organizer *o)
{
    struct seat *s = seat_find(o, group_presenter(o->group));
    if (o->controller && !still_controlled(o))
        tell_control(o, o->controller, false);
    o->presenter_before = group_presenter(o->group);
    if (s)
        s->presented = true;
    control_roster(o->control, o->now_ms);
}

void command_line_gone(struct organizer *o, struct seat *s)
{
    s->second = 0; /* asked again on the next line */
    if (!o->control)
        return; /* all of it ends */
    control_peer_gone(o->control, s->mid, o->now_ms);
    if (o->controller && group_presenter(o->group) == s->mid)
        tell_control(o, o->controller, false); /* its presenter could not say so any more */
}

void organizer_revoke_all(struct organizer *o, uint64_t now_ms)
{
    if (!organizer_control(o, now_ms))
        return;
    struct seat *s = seat_find(o, group_presenter(o->group));
    if (!s) {
        control_end(o->control, GRANT_END_OWN, now_ms);
    } else if (s->conn) {
        if (line_send(s->conn->line, INNER_REVOKE, span_of(NULL, 0)))
            conn_flush(o, s->conn);
        else
            conn_fail(o, s->conn, E_CHANNEL);
    }
}
