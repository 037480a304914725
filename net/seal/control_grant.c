/*
 * Control, the presenter's side: requests, the grant, what the controller does with it. Runs in
 * vitrine-seal; distrusts the controller, and refuses what its own broker cannot rightly want.
 */
#include "net/seal/control_state.h"
#include "net/seal/crypto.h"
#include "net/seal/due.h"
#include "net/seal/kdf.h"

static bool presenting(const struct control *c)
{
    return group_presenter(c->group) == c->mid;
}

static void forget(struct control_request *r)
{
    crypto_wipe(r, sizeof *r);
}

static void tell_denied(struct control *c, const uint8_t request[REQUEST_ID_LEN])
{
    c->ties.port->denied(c->ties.port->ctx, request, E_NONE);
}

/* --- requests --- */

static struct control_request *request_of(struct control *c, uint16_t mid)
{
    for (unsigned i = 0; i < CONTROL_REQUESTS; i++)
        if (c->requests[i].mid == mid)
            return &c->requests[i];
    return NULL;
}

/* Every member reads every request: an id is its sender's only as long as nobody else uses it. */
static bool id_is_free(const struct control *c, const uint8_t id[REQUEST_ID_LEN])
{
    static const uint8_t nothing[REQUEST_ID_LEN];
    if (memcmp(id, nothing, REQUEST_ID_LEN) == 0)
        return false;
    for (unsigned i = 0; i < CONTROL_REQUESTS; i++)
        if (c->requests[i].mid && memcmp(id, c->requests[i].id, REQUEST_ID_LEN) == 0)
            return false;
    return !c->hold.pair || memcmp(id, c->hold.request, REQUEST_ID_LEN) != 0;
}

/* Who has control asks for more time: a new grant, if the owner wants it, after which the one in
   force ends. (Who has lost the channel asks, too; theirs ends when the owner answers, or by
   itself.) A wish that is repeated is the same one, until it has been answered. */
enum e2e_code grant_on_request(struct control *c, uint16_t from, const struct signal *s)
{
    if (!presenting(c))
        return E_NONE; /* sent before a change of presenter arrived there */
    struct control_request *r = request_of(c, from) ? NULL : request_of(c, 0);
    if (!r || !id_is_free(c, s->request))
        return E_NONE;
    *r = (struct control_request){
        .mid = from, .caps = s->terms.caps, .until_ms = c->now_ms + CONTROL_REQUEST_MS};
    memcpy(r->id, s->request, REQUEST_ID_LEN);
    c->ties.port->asked(c->ties.port->ctx, from, r->id, r->caps);
    return E_NONE;
}

void grant_withdraw(struct control *c, uint16_t mid)
{
    for (unsigned i = 0; i < CONTROL_REQUESTS; i++) {
        struct control_request was = c->requests[i];
        if (!was.mid || (mid && was.mid != mid))
            continue;
        forget(&c->requests[i]);
        tell_denied(c, was.id);
    }
}

/* --- the owner's answer --- */

static void send_deny(struct control *c, uint16_t mid, const uint8_t request[REQUEST_ID_LEN])
{
    struct signal s = {.kind = SIGNAL_DENY, .to = mid};
    uint8_t out[SIGNAL_MAX];
    memcpy(s.request, request, REQUEST_ID_LEN);
    (void)c->ties.signal(c->ties.ctx, span_of(out, signal_build(&s, out)), true);
}

static bool send_grant(struct control *c)
{
    const struct control_hold *h = &c->hold;
    struct signal s = {
        .kind = SIGNAL_GRANT, .to = h->peer, .terms = h->terms, .epoch = group_now_epoch(c->group)};
    uint8_t out[SIGNAL_MAX];
    memcpy(s.request, h->request, REQUEST_ID_LEN);
    memcpy(s.grant, h->grant, GRANT_ID_LEN);
    return c->ties.signal(c->ties.ctx, span_of(out, signal_build(&s, out)), false);
}

static bool may_grant(const struct control *c, const struct control_request *r,
                      const struct signal_terms *terms)
{
    return presenting(c) && !c->hold.pair && !(terms->caps & ~r->caps) &&
           c->ties.may_control(c->ties.ctx, r->mid);
}

void control_grant(struct control *c, uint16_t mid, const uint8_t request[REQUEST_ID_LEN],
                   const struct signal_terms *terms, uint64_t now_ms)
{
    struct control_request *r = request_of(c, mid);
    struct control_hold how = {.peer = mid, .terms = *terms};
    c->now_ms = now_ms;
    if (!r || memcmp(r->id, request, REQUEST_ID_LEN) != 0) {
        tell_denied(c, request); /* withdrawn meanwhile, or never made */
        return;
    }
    bool may = may_grant(c, r, terms);
    memcpy(how.request, r->id, REQUEST_ID_LEN);
    forget(r);
    crypto_random(how.grant, sizeof how.grant);
    if (!may || !control_open(c, &how, group_now_epoch(c->group))) {
        send_deny(c, mid, how.request);
        tell_denied(c, how.request);
    } else if (!send_grant(c)) {
        control_over(c, GRANT_END_LEASE, E_NONE);
    }
}

void control_deny(struct control *c, uint16_t mid, const uint8_t request[REQUEST_ID_LEN],
                  uint64_t now_ms)
{
    struct control_request *r = request_of(c, mid);
    struct control_hold *h = &c->hold;
    c->now_ms = now_ms;
    if (r && memcmp(r->id, request, REQUEST_ID_LEN) == 0) {
        send_deny(c, mid, request);
        forget(r);
    } else if (h->pair && !h->up && !h->mine && memcmp(h->request, request, REQUEST_ID_LEN) == 0) {
        control_over(c, GRANT_END_OWN, E_NONE);
    }
}

/* --- what else the owner has to say --- */

/* A hand that comes and goes quickly is told of as often as the other side bears with it; what it
   hears last is how it is. */
static void tell_held(struct control *c)
{
    struct control_hold *h = &c->hold;
    if (h->held_want == h->held_said ||
        !pace_take(&h->held_pace, HELD_BURST, HELD_REFILL_MS, c->now_ms))
        return;
    h->held_said = h->held_want;
    if (!pair_hold(h->pair, (enum pair_held)h->held_said))
        control_over(c, GRANT_END_FAULT, E_CHANNEL);
    control_flush(c);
}

void control_hold(struct control *c, const uint8_t grant[GRANT_ID_LEN], unsigned held,
                  uint64_t now_ms)
{
    struct control_hold *h = &c->hold;
    c->now_ms = now_ms;
    if (!h->up || h->mine || memcmp(grant, h->grant, GRANT_ID_LEN) != 0)
        return; /* over meanwhile */
    h->held_want = held;
    tell_held(c);
}

void control_invite(struct control *c, uint16_t mid, uint64_t now_ms)
{
    struct signal s = {.kind = SIGNAL_INVITE, .to = mid};
    uint8_t out[SIGNAL_MAX];
    c->now_ms = now_ms;
    if (presenting(c) && group_find(c->group, mid))
        (void)c->ties.signal(c->ties.ctx, span_of(out, signal_build(&s, out)), true);
}

/* --- what the controller does --- */

void grant_input(struct control *c, const struct input_event *events, unsigned n)
{
    struct control_hold *h = &c->hold;
    h->heard_ms = c->now_ms;
    if (!n)
        return;
    h->used_ms = c->now_ms;
    pressed_apply(&h->pressed, events, n);
    c->ties.port->events(c->ties.port->ctx, h->grant, events, n);
}

/* --- changes --- */

void grant_roster(struct control *c)
{
    if (!presenting(c)) {
        if (c->hold.pair && !c->hold.mine)
            control_over(c, GRANT_END_PRESENTER, E_NONE);
        grant_withdraw(c, 0);
        return;
    }
    for (unsigned i = 0; i < CONTROL_REQUESTS; i++) {
        uint16_t mid = c->requests[i].mid;
        if (mid && !group_find(c->group, mid))
            grant_withdraw(c, mid);
    }
}

/* --- time --- */

static bool controlled(const struct control *c)
{
    return c->hold.up && !c->hold.mine;
}

static void let_go(struct control *c)
{
    struct control_hold *h = &c->hold;
    if (!pressed_any(&h->pressed) || c->now_ms < h->heard_ms + INPUT_SILENT_MS)
        return;
    h->pressed = (struct pressed){0};
    c->ties.port->silent(c->ties.port->ctx, h->grant);
}

void grant_tick(struct control *c)
{
    struct control_hold *h = &c->hold;
    for (unsigned i = 0; i < CONTROL_REQUESTS; i++)
        if (c->requests[i].mid && c->now_ms >= c->requests[i].until_ms)
            grant_withdraw(c, c->requests[i].mid);
    if (!controlled(c))
        return;
    if (c->now_ms >= h->since_ms + (uint64_t)h->terms.ttl_s * 1000)
        control_over(c, GRANT_END_TIME, E_NONE);
    else if (c->now_ms >= h->used_ms + (uint64_t)h->terms.idle_s * 1000)
        control_over(c, GRANT_END_IDLE, E_NONE);
    else
        let_go(c);
    if (controlled(c))
        tell_held(c);
}

uint64_t grant_due(const struct control *c)
{
    const struct control_hold *h = &c->hold;
    uint64_t due = UINT64_MAX;
    for (unsigned i = 0; i < CONTROL_REQUESTS; i++)
        if (c->requests[i].mid)
            due = due_sooner(due, c->requests[i].until_ms);
    if (!controlled(c))
        return due;
    due = due_sooner(due, h->since_ms + (uint64_t)h->terms.ttl_s * 1000);
    due = due_sooner(due, h->used_ms + (uint64_t)h->terms.idle_s * 1000);
    if (h->held_want != h->held_said)
        due = due_sooner(due, h->held_pace.since_ms + HELD_REFILL_MS);
    return pressed_any(&h->pressed) ? due_sooner(due, h->heard_ms + INPUT_SILENT_MS) : due;
}
