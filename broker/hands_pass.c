/*
 * A controller's events on their way to the input worker. Run by the broker. Distrusts the
 * controller: form and caps were checked by seal; here it is asked whether that grant is in force
 * now, whether the place is shown, and what lies there.
 */
#include "broker/app.h"
#include "broker/crew.h"
#include "broker/hands.h"
#include "ch_input.h"
#include "ch_seal.h"
#include <string.h>

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

/* One of those that wait; the place behind the last one, too. */
static struct input_event *kept_at(struct hands *h, unsigned i)
{
    return &h->kept.events[(h->kept.first + i) % HANDS_KEPT];
}

/* The first n have had their turn; they are somebody's keys. */
static void forget_first(struct hands *h, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        explicit_bzero(kept_at(h, i), sizeof *h->kept.events);
    h->kept.first = (h->kept.first + n) % HANDS_KEPT;
    h->kept.n -= n;
}

void hands_drop(struct app *a)
{
    forget_first(&a->hands, a->hands.kept.n);
    a->hands.kept.asked = a->hands.kept.told = false;
    windows_forget_reach(a->windows);
}

/* --- one event --- */

/* vitrine's own windows, and what is never shown, are out of reach; to press beside them is
 * allowed.
 */
static bool out_of_reach(struct app *a, const struct input_event *e, bool ours)
{
    bool key = e->kind == INPUT_KEY_DOWN && windows_have_keyboard(a->windows);
    if (key || ours)
        windows_hint(a->windows);
    if (e->kind == INPUT_KEY_DOWN || e->kind == INPUT_BUTTON_DOWN || e->kind == INPUT_WHEEL)
        hands_reach(a, !key && !ours);
    return key || ours;
}

/* What goes up was down by this grant: a stray release would lift what the owner holds. */
static bool passes(struct app *a, const struct input_event *e, bool ours)
{
    struct hands *h = &a->hands;
    if (out_of_reach(a, e, ours))
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

static bool has_place(const struct input_event *e)
{
    return e->kind == INPUT_BUTTON_DOWN || e->kind == INPUT_BUTTON_UP || e->kind == INPUT_MOTION;
}

/* Where it will happen: the worker goes there first, wherever the owner has left the pointer. */
static struct hands_place place_of(struct app *a, const struct input_event *e)
{
    struct ui_rect area = windows_shared_area(a->windows);
    if (!has_place(e))
        return a->hands.at;
    return (struct hands_place){true, area.x + e->x, area.y + e->y};
}

static enum windows_reach reach_of(struct app *a, const struct input_event *e)
{
    struct hands_place at = place_of(a, e);
    if (e->kind == INPUT_KEY_DOWN)
        return windows_key_reach(a->windows);
    if (e->kind != INPUT_BUTTON_DOWN && e->kind != INPUT_WHEEL)
        return REACH_FREE;
    return windows_reach(a->windows, at.x, at.y);
}

static void send(struct app *a, struct msg_input_events *out)
{
    struct chan *input = crew_chan(a, SW_INPUT);
    memcpy(out->grant, a->hands.kept.grant, 16);
    if (!input || out->n_events == 0)
        return;
    a->hands.ahead += out->n_events;
    if (msg_input_events_send(input, out) != 0)
        crew_lost(a, SW_INPUT);
}

/* 1 it is passed on, 0 it is not, -1 the X server has to say first whose window it would meet. */
static int judge(struct app *a, const struct input_event *e)
{
    struct hands *h = &a->hands;
    if (e->kind == INPUT_WHEEL && !h->at.known)
        return 0;
    enum windows_reach reach = reach_of(a, e);
    if (reach == REACH_UNKNOWN && !h->kept.told)
        return -1;
    bool ours = reach == REACH_OURS || (reach == REACH_UNKNOWN && h->kept.ours);
    h->kept.told = false;
    if (!passes(a, e, ours))
        return 0;
    h->at = place_of(a, e);
    return 1;
}

static unsigned room_of(const struct hands *h)
{
    unsigned room = h->ahead < INPUT_AHEAD ? INPUT_AHEAD - h->ahead : 0;
    return room < MAX_INPUT_EVENTS ? room : MAX_INPUT_EVENTS;
}

/* Those whose turn has come, as many as one message holds and the worker has room for; true: the
 * next one has to be asked about. */
static bool judge_kept(struct app *a, struct msg_input_events *out)
{
    struct hands *h = &a->hands;
    unsigned i = 0, room = room_of(h);
    int verdict = 0;
    for (; i < h->kept.n && out->n_events < room; i++) {
        verdict = judge(a, kept_at(h, i));
        if (verdict < 0)
            break;
        if (verdict > 0)
            out->events[out->n_events++] = *kept_at(h, i);
    }
    forget_first(h, i);
    return verdict < 0;
}

static void on_reach(void *ctx, bool ours);

/* Passes on what is kept, up to a press that has to be asked about or what the worker has room for.
   What is sent may end the grant, and drop the rest. */
static void go_on(struct app *a)
{
    struct hands *h = &a->hands;
    struct msg_input_events out;
    bool ask;
    do {
        out.n_events = 0;
        ask = judge_kept(a, &out);
        send(a, &out);
    } while (!ask && h->kept.n > 0 && room_of(h) > 0);
    if (!ask || h->kept.n == 0)
        return;
    const struct input_event *first = kept_at(h, 0);
    struct hands_place at = place_of(a, first);
    h->kept.asked = true;
    if (first->kind == INPUT_KEY_DOWN)
        windows_ask_key_reach(a->windows, at.known, at.x, at.y, on_reach, a);
    else
        windows_ask_reach(a->windows, at.x, at.y, on_reach, a);
}

/* What waited may still be wanted. */
static void resume(struct app *a)
{
    if (in_force(a, a->hands.kept.grant) && loop_now_ms() >= a->hands.owner_until_ms)
        go_on(a);
    else
        hands_drop(a);
}

static void on_reach(void *ctx, bool ours)
{
    struct app *a = ctx;
    struct hands *h = &a->hands;
    h->kept.asked = false;
    h->kept.told = true;
    h->kept.ours = ours;
    resume(a);
}

int hands_on_taken(struct app *a, uint32_t events)
{
    struct hands *h = &a->hands;
    if (events > h->ahead)
        return -1; /* more than it was given */
    h->ahead -= events;
    if (!h->kept.asked && h->kept.n > 0)
        resume(a);
    return 0;
}

/* Behind what waits, a motion that follows another takes its place. */
static void keep(struct hands *h, const struct input_event *e)
{
    struct input_event *last = h->kept.n > 0 ? kept_at(h, h->kept.n - 1) : NULL;
    bool waits = h->kept.asked || room_of(h) == 0;
    bool joins = waits && last && last->kind == INPUT_MOTION && e->kind == INPUT_MOTION;
    *kept_at(h, joins ? h->kept.n - 1 : h->kept.n++) = *e;
}

static void pass_on(struct app *a, const struct msg_seal_events *m)
{
    struct hands *h = &a->hands;
    if (memcmp(h->kept.grant, m->grant, 16) != 0)
        hands_drop(a);
    hands_hold_gate(a, false); /* the timer for it may be late */
    memcpy(h->kept.grant, m->grant, 16);
    if (m->n_events > HANDS_KEPT - h->kept.n) {
        app_event_kind(a, EV_CONTROL_BAD);
        return;
    }
    for (unsigned i = 0; i < m->n_events; i++)
        keep(h, &m->events[i]);
    if (!h->kept.asked)
        go_on(a);
}

static int32_t at_most(int32_t v, int32_t end)
{
    return v < end ? v : end - 1;
}

/* Places of the screen as it was: no press happens elsewhere than it was meant to, and nothing that
   lets go is lost. */
static void fit(struct msg_seal_events *m, struct ui_rect area)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < m->n_events; i++) {
        struct input_event e = m->events[i];
        bool outside = has_place(&e) && (e.x >= area.w || e.y >= area.h);
        if (outside && e.kind == INPUT_BUTTON_DOWN)
            continue;
        if (outside) {
            e.x = at_most(e.x, area.w);
            e.y = at_most(e.y, area.h);
        }
        m->events[kept++] = e;
    }
    m->n_events = (uint16_t)kept;
}

static bool all_inside(const struct msg_seal_events *m, struct ui_rect area)
{
    for (unsigned i = 0; i < m->n_events; i++)
        if (!input_event_valid(&m->events[i], (uint32_t)area.w, (uint32_t)area.h))
            return false;
    return true;
}

static bool holds(const struct hands *h)
{
    bool any = h->buttons != 0;
    for (size_t i = 0; i < sizeof h->keys && !any; i++)
        any = h->keys[i] != 0;
    return any;
}

int hands_on_events(struct app *a, struct msg_seal_events *m)
{
    struct hands *h = &a->hands;
    struct ui_rect area = windows_shared_area(a->windows);
    uint64_t now = loop_now_ms();
    if (!in_force(a, m->grant))
        return 0; /* on their way when it ended */
    if (memcmp(&area, &h->area, sizeof area) != 0) {
        /* Gate and worker still know the old size: hands_on_resized has not been here. What lets go
           would be lost: if the old size comes back before it is, nothing else does. */
        if (holds(h))
            hands_release(a);
        return 0;
    }
    if (now < h->resized_until_ms)
        fit(m, area);
    if (!all_inside(m, area)) {
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
        hands_release(a);
    return 0;
}
