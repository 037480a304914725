/*
 * The owner goes before a controller, who is told of it; what the input worker has to know of the
 * keyboard; and what this person does at somebody else's computer, on its way out. Run by the
 * broker.
 */
#include "broker/app.h"
#include "broker/crew.h"
#include "broker/facts.h"
#include "broker/hands.h"
#include "broker/record.h"
#include "ch_input.h"
#include "ch_seal.h"
#include <string.h>

#define STEER_WAITING 65536 /* bytes in front of seal: motions are left out from here on */

/* --- the owner goes first, and the controller is told --- */

enum { HELD_NOT, HELD_OWNER, HELD_QUESTION, HELD_REACH }; /* SEAL_HOLD.held */

static void hold(struct app *a, uint8_t held)
{
    struct hands *h = &a->hands;
    struct chan *seal = crew_chan(a, SW_SEAL);
    struct msg_seal_hold m = {.held = held};
    if (!seal || h->held == held)
        return;
    h->held = held;
    memcpy(m.grant, h->here, 16);
    msg_seal_hold_send(seal, &m);
}

static void owner_rests(void *ctx)
{
    struct app *a = ctx;
    uint64_t now = loop_now_ms(), until = a->hands.owner_until_ms;
    if (!a->session.control.running)
        return;
    if (now < until)
        (void)loop_set_timer(&a->loop, until - now, owner_rests, a);
    else {
        hands_hold_gate(a, false);
        hold(a, HELD_NOT);
    }
}

void hands_owner(struct app *a)
{
    struct hands *h = &a->hands;
    if (!a->session.control.running)
        return;
    uint64_t now = loop_now_ms();
    bool first = now >= h->owner_until_ms;
    h->owner_until_ms = now + OWNER_FIRST_MS;
    if (!first)
        return;
    hands_hold_gate(a, true); /* before: what the worker does between is not to reach the desk */
    hands_release(a);
    hold(a, HELD_OWNER);
    (void)loop_set_timer(&a->loop, OWNER_FIRST_MS, owner_rests, a);
}

static void reach_told(void *ctx)
{
    struct app *a = ctx;
    if (a->hands.held == HELD_REACH)
        hold(a, HELD_NOT);
}

void hands_reach(struct app *a, bool within)
{
    if (within) {
        reach_told(a);
        return;
    }
    hold(a, HELD_REACH);
    (void)loop_set_timer(&a->loop, REACH_TOLD_MS, reach_told, a);
}

/* A hand that was at work when gate and worker went still goes first when they are back. */
void hands_told(struct app *a, const struct session_effect *e)
{
    uint8_t on = loop_now_ms() < a->hands.owner_until_ms ? HELD_OWNER : HELD_NOT;
    if (!e->flag && e->code)
        hold(a, e->code == 2 ? HELD_QUESTION : on);
}

int hands_on_held(struct app *a, const struct msg_seal_held *m)
{
    struct hands *h = &a->hands;
    if (a->session.mine != MINE_ON || memcmp(m->grant, h->there, 16) != 0 ||
        h->there_held == m->held)
        return 0;
    h->there_held = m->held;
    record_tell_held(a, m->held);
    if (m->held == HELD_REACH)
        windows_toast(a->windows, UI_TOAST_REACH, "");
    facts_update(a);
    return 0;
}

/* --- layout group and locks: no event of a key tells them --- */

static void on_state(void *ctx, uint32_t tag, const void *reply)
{
    struct app *a = ctx;
    struct hands *h = &a->hands;
    struct display_state s;
    struct chan *input = crew_chan(a, SW_INPUT);
    (void)tag;
    h->state_asked = false;
    if (h->state_again)
        hands_look_at_state(a);
    if (!input || !a->session.control.running || !display_take_state(&a->display, reply, &s) ||
        (s.group == h->group && s.locks == h->locks))
        return;
    h->group = s.group;
    h->locks = s.locks;
    msg_input_state_send(input, &(struct msg_input_state){.group = s.group, .locks = s.locks});
}

void hands_look_at_state(struct app *a)
{
    struct hands *h = &a->hands;
    h->state_again = h->state_asked;
    if (!a->session.control.running || h->state_asked)
        return;
    h->state_asked = true;
    display_query_state(&a->display, on_state, a);
}

static void look_again(void *ctx)
{
    hands_look_at_state(ctx);
}

void hands_injected(struct app *a)
{
    if (!a->session.control.running)
        return;
    hands_look_at_state(a);
    (void)loop_set_timer(&a->loop, LOOK_AGAIN_MS, look_again, a);
}

void hands_on_running(struct app *a)
{
    uint64_t now = loop_now_ms(), until = a->hands.owner_until_ms;
    app_event_kind(a, EV_INPUT_RUNNING);
    hands_look_at_state(a);
    if (now >= until)
        return;
    hands_hold_gate(a, true); /* the gate before it was told so; this one is new */
    (void)loop_set_timer(&a->loop, until - now, owner_rests, a);
}

/* --- this person's own --- */

void hands_steer(struct app *a, const struct input_event *events, unsigned n)
{
    struct chan *seal = crew_chan(a, SW_SEAL);
    struct msg_seal_input m = {.n_events = 0};
    if (!seal || a->session.mine != MINE_ON)
        return;
    bool slow = seal->queued > STEER_WAITING;
    memcpy(m.grant, a->hands.there, 16);
    for (unsigned i = 0; i < n && m.n_events < MAX_INPUT_EVENTS; i++)
        if (!slow || events[i].kind != INPUT_MOTION)
            m.events[m.n_events++] = events[i];
    if (m.n_events)
        msg_seal_input_send(seal, &m);
}
