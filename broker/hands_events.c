/*
 * A controller's events on their way to the input worker, and this person's on their way out. Run
 * by the broker. Distrusts the controller: form and caps were checked by seal; here it is asked
 * whether that grant is in force now, whether the place is shown, and what lies there.
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
#define FLOOD 262144        /* bytes in front of the worker: nobody types so much */

static bool in_force(const struct app *a, const uint8_t grant[16])
{
    const struct session_control *c = &a->session.control;
    return c->step == CONTROL_ON && c->running && a->session.prompt.kind == PROMPT_NONE &&
           memcmp(grant, a->hands.here, 16) == 0;
}

static bool key_down(const struct hands *h, uint8_t code)
{
    return h->keys[code >> 3] >> (code & 7) & 1;
}

static void release(struct app *a)
{
    struct hands *h = &a->hands;
    struct chan *input = crew_chan(a, SW_INPUT);
    memset(h->keys, 0, sizeof h->keys);
    h->buttons = 0;
    if (!input || !a->session.control.running)
        return;
    h->released = h->released == UINT32_MAX ? 1 : h->released + 1;
    msg_input_release_send(input, &(struct msg_input_release){.serial = h->released});
}

/* --- one event --- */

/* vitrine's own windows are out of reach; to press beside them is allowed. */
static bool out_of_reach(struct app *a, const struct input_event *e)
{
    bool key = e->kind == INPUT_KEY_DOWN && windows_have_keyboard(a->windows);
    bool press = (e->kind == INPUT_BUTTON_DOWN || e->kind == INPUT_WHEEL) &&
                 windows_cover(a->windows, a->hands.x, a->hands.y);
    if (key || press)
        windows_hint(a->windows);
    return key || press;
}

/* What goes up was down by this grant: a stray release would lift what the owner holds. */
static bool passes(struct app *a, const struct input_event *e)
{
    struct hands *h = &a->hands;
    struct ui_rect area = windows_shared_area(a->windows);
    if (e->kind == INPUT_BUTTON_DOWN || e->kind == INPUT_BUTTON_UP || e->kind == INPUT_MOTION) {
        h->x = area.x + e->x;
        h->y = area.y + e->y;
    }
    if (out_of_reach(a, e))
        return false;
    switch (e->kind) {
    case INPUT_KEY_DOWN:
        h->keys[e->code >> 3] |= (uint8_t)(1u << (e->code & 7));
        h->count.keys++;
        return true;
    case INPUT_KEY_UP: {
        bool was = key_down(h, e->code);
        h->keys[e->code >> 3] &= (uint8_t) ~(1u << (e->code & 7));
        return was;
    }
    case INPUT_BUTTON_DOWN:
        h->buttons |= (uint16_t)(1u << e->code);
        h->count.buttons++;
        return true;
    case INPUT_BUTTON_UP: {
        bool was = h->buttons >> e->code & 1;
        h->buttons &= (uint16_t) ~(1u << e->code);
        return was;
    }
    case INPUT_MOTION:
        h->count.motions++;
        return true;
    default:
        return true;
    }
}

static void pass_on(struct app *a, const struct msg_seal_events *m)
{
    struct chan *input = crew_chan(a, SW_INPUT);
    struct msg_input_events out = {.n_events = 0};
    memcpy(out.grant, m->grant, 16);
    for (unsigned i = 0; i < m->n_events; i++)
        if (passes(a, &m->events[i]))
            out.events[out.n_events++] = m->events[i];
    if (!input || out.n_events == 0)
        return;
    if (input->queued > FLOOD)
        app_event_kind(a, EV_CONTROL_BAD);
    else if (msg_input_events_send(input, &out) != 0)
        crew_lost(a, SW_INPUT);
}

static bool all_inside(struct app *a, const struct msg_seal_events *m)
{
    struct ui_rect area = windows_shared_area(a->windows);
    for (unsigned i = 0; i < m->n_events; i++)
        if (!input_event_valid(&m->events[i], (uint32_t)area.w, (uint32_t)area.h))
            return false;
    return true;
}

int hands_on_events(struct app *a, const struct msg_seal_events *m)
{
    struct hands *h = &a->hands;
    uint64_t now = loop_now_ms();
    if (!in_force(a, m->grant))
        return 0; /* on their way when it ended */
    if (!all_inside(a, m)) {
        app_event_kind(a, EV_CONTROL_BAD);
        return 0;
    }
    if (now >= h->used_ms + USED_EVERY_MS) {
        h->used_ms = now;
        app_event_kind(a, EV_CONTROL_USED);
    }
    if (now >= h->owner_until_ms)
        pass_on(a, m);
    return 0;
}

int hands_on_silent(struct app *a, const uint8_t grant[16])
{
    if (in_force(a, grant))
        release(a);
    return 0;
}

/* --- the owner goes first, and the controller is told --- */

enum { HELD_NOT, HELD_OWNER, HELD_QUESTION }; /* SEAL_HOLD.held */

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
    else
        hold(a, HELD_NOT);
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
    release(a);
    hold(a, HELD_OWNER);
    (void)loop_set_timer(&a->loop, OWNER_FIRST_MS, owner_rests, a);
}

void hands_told(struct app *a, const struct session_effect *e)
{
    if (!e->flag && e->code)
        hold(a, e->code == 2 ? HELD_QUESTION : HELD_NOT);
}

int hands_on_held(struct app *a, const struct msg_seal_held *m)
{
    struct hands *h = &a->hands;
    if (a->session.mine != MINE_ON || memcmp(m->grant, h->there, 16) != 0 ||
        h->there_held == m->held)
        return 0;
    h->there_held = m->held;
    record_tell_held(a, m->held);
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
    if (!input || !a->session.control.running || !display_take_state(&a->display, reply, &s) ||
        (s.group == h->group && s.locks == h->locks))
        return;
    h->group = s.group;
    h->locks = s.locks;
    msg_input_state_send(input, &(struct msg_input_state){.group = s.group, .locks = s.locks});
}

void hands_look_at_state(struct app *a)
{
    if (a->session.control.running)
        display_query_state(&a->display, on_state, a);
}

void hands_on_running(struct app *a)
{
    app_event_kind(a, EV_INPUT_RUNNING);
    hands_look_at_state(a);
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
