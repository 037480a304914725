/*
 * Control, the controller's side: the wish, the answer, and INPUT. Runs in vitrine-seal; distrusts
 * the presenter's answers as far as they go beyond what was asked.
 */
#include "net/seal/control_state.h"
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"

/* --- the wish --- */

void wish_over(struct control *c, enum e2e_code code)
{
    struct control_wish was = c->wish;
    crypto_wipe(&c->wish, sizeof c->wish);
    if (was.to)
        c->ties.port->denied(c->ties.port->ctx, was.id, code);
}

static bool send_request(struct control *c)
{
    struct signal s = {.kind = SIGNAL_REQUEST, .to = c->wish.to, .terms = {.caps = c->wish.caps}};
    uint8_t out[SIGNAL_MAX];
    memcpy(s.request, c->wish.id, REQUEST_ID_LEN);
    return c->ties.signal(c->ties.ctx, span_of(out, signal_build(&s, out)), true);
}

void control_ask(struct control *c, uint16_t caps, bool even, uint64_t now_ms)
{
    uint16_t presenter = group_presenter(c->group);
    c->now_ms = now_ms;
    if (c->wish.to || (c->hold.pair && !(c->hold.mine && c->hold.up)))
        return; /* one at a time; its end will be told. Who has control asks for more time */
    c->wish.caps = caps;
    c->wish.until_ms = now_ms + CONTROL_REQUEST_MS;
    c->wish.to = presenter;
    crypto_random(c->wish.id, sizeof c->wish.id);
    c->even = even;
    if (!presenter || presenter == c->mid) { /* changed meanwhile */
        c->ties.port->denied(c->ties.port->ctx, c->wish.id, E_NONE);
        crypto_wipe(&c->wish, sizeof c->wish);
    } else if (!send_request(c)) {
        wish_over(c, E_NONE);
    }
}

/* --- the answer --- */

static bool answers(const struct control *c, uint16_t from, const struct signal *s)
{
    return c->wish.to && c->wish.to == from && memcmp(c->wish.id, s->request, REQUEST_ID_LEN) == 0;
}

/* The epoch is the one of the unit that carried it, so its secret is there; more than was asked for
   is not an answer. */
enum e2e_code wish_on_grant(struct control *c, uint16_t from, const struct signal *s)
{
    struct control_hold how = {.mine = true, .peer = from, .terms = s->terms};
    if (!answers(c, from, s) || (c->hold.pair && !c->hold.mine))
        return E_NONE; /* late */
    memcpy(how.grant, s->grant, GRANT_ID_LEN);
    memcpy(how.request, s->request, REQUEST_ID_LEN);
    bool fair = !(s->terms.caps & ~c->wish.caps) && group_presenter(c->group) == from;
    control_over(c, GRANT_END_PEER, E_NONE); /* its end may arrive later than the new one */
    if (!fair || !control_open(c, &how, s->epoch)) {
        wish_over(c, E_GRANT);
        return E_NONE;
    }
    crypto_wipe(&c->wish, sizeof c->wish);
    control_pump(c);
    return E_NONE;
}

void wish_on_invite(struct control *c, uint16_t from)
{
    if (group_presenter(c->group) == from && !c->wish.to && !c->hold.pair &&
        group_may_invite(c->group, from, c->now_ms))
        c->ties.port->invited(c->ties.port->ctx, from);
}

void wish_on_deny(struct control *c, uint16_t from, const struct signal *s)
{
    if (answers(c, from, s))
        wish_over(c, E_NONE);
}

/* --- INPUT --- */

static bool valid(const struct input_event *events, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (!input_event_valid(&events[i], INPUT_REACH, INPUT_REACH))
            return false;
    return true;
}

/* How much a grant allows is the presenter's choice: what it leaves out is left out here, and
   nobody has done anything wrong. */
static unsigned allowed(const struct input_event *events, unsigned n, unsigned caps,
                        struct input_event out[MAX_INPUT_EVENTS])
{
    unsigned k = 0;
    for (unsigned i = 0; i < n && k < MAX_INPUT_EVENTS; i++)
        if (input_record_may(&events[i], caps))
            out[k++] = events[i];
    return k;
}

static bool line_busy(const struct control *c)
{
    const struct port *port = c->ties.port;
    return port->busy && port->busy(port->ctx);
}

static void send_due(struct control *c)
{
    struct input_event events[MAX_INPUT_EVENTS];
    unsigned n = 0;
    struct control_hold *h = &c->hold;
    while (
        h->up && h->mine &&
        input_pace_next(&c->pace, pressed_any(&h->pressed), line_busy(c), c->now_ms, events, &n)) {
        pressed_apply(&h->pressed, events, n);
        if (!pair_send(h->pair, events, n))
            control_over(c, GRANT_END_FAULT, E_CHANNEL);
        control_flush(c);
    }
    crypto_wipe(events, sizeof events);
}

bool control_input(struct control *c, const uint8_t grant[GRANT_ID_LEN],
                   const struct input_event *events, unsigned n, uint64_t now_ms)
{
    struct control_hold *h = &c->hold;
    c->now_ms = now_ms;
    if (!h->up || !h->mine || memcmp(grant, h->grant, GRANT_ID_LEN) != 0)
        return true; /* over meanwhile */
    if (!valid(events, n))
        return false;
    struct input_event may[MAX_INPUT_EVENTS];
    unsigned k = allowed(events, n, h->terms.caps, may);
    if (!input_pace_add(&c->pace, may, k, now_ms))
        control_over(c, GRANT_END_FAULT, E_GRANT);
    crypto_wipe(may, sizeof may);
    send_due(c);
    return true;
}

/* --- changes and time --- */

void wish_roster(struct control *c)
{
    uint16_t presenter = group_presenter(c->group);
    if (c->hold.pair && c->hold.mine && c->hold.peer != presenter)
        control_over(c, GRANT_END_PRESENTER, E_NONE);
    if (c->wish.to && c->wish.to != presenter)
        wish_over(c, E_NONE);
}

/* The presenter ends it by its own clock; ours only keeps a held back close from looking like
   control. */
static uint64_t end_of(const struct control *c)
{
    return c->hold.since_ms + (uint64_t)c->hold.terms.ttl_s * 1000 + INPUT_SILENT_MS;
}

void wish_tick(struct control *c)
{
    if (c->wish.to && c->now_ms >= c->wish.until_ms)
        wish_over(c, E_NONE);
    if (!c->hold.up || !c->hold.mine)
        return;
    if (c->now_ms >= end_of(c))
        control_over(c, GRANT_END_TIME, E_NONE);
    send_due(c);
}

uint64_t wish_due(const struct control *c)
{
    uint64_t due = c->wish.to ? c->wish.until_ms : UINT64_MAX;
    if (!c->hold.up || !c->hold.mine)
        return due;
    uint64_t pace = input_pace_due(&c->pace, pressed_any(&c->hold.pressed)), end = end_of(c);
    due = pace < due ? pace : due;
    return end < due ? end : due;
}
