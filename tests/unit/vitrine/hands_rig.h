/*
 * What a controller's events meet on their way through the broker: windows, workers and the heart
 * are this file, by the linker's --wrap. Included by the tests of hands.
 */
#ifndef TESTS_UNIT_VITRINE_HANDS_RIG_H
#define TESTS_UNIT_VITRINE_HANDS_RIG_H
#include "broker/app.h"
#include "broker/crew.h"
#include "broker/hands.h"
#include "broker/record.h"
#include "ch_gate.h"
#include "ch_input.h"
#include "ch_seal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define OURS_FROM 100 /* x: a window of ours lies there, perhaps below another */
#define PATIENCE_S 60 /* of the alarm that ends a loop without an end */

static struct app app;
static struct chan input, gate, seal;
static bool has_worker, has_gate, is_broken, answers_at_once, is_all_shown;
static windows_reach_fn told;
static struct input_event sent[HANDS_KEPT];
static unsigned n_sent, n_asked, n_bad, n_hints, n_deaf, n_keys_asked, n_looked, n_resized;
static int asked_x, width;
static uint8_t gate_holds, held;   /* SEAL_HOLD */
static display_reply_fn on_answer; /* the server has been asked for nothing */
static uint32_t answer_tag;

struct chan *__wrap_crew_chan(struct app *a, enum session_worker w);
void __wrap_crew_lost(struct app *a, enum session_worker w);
enum windows_reach __wrap_windows_reach(const struct windows *w, int x, int y);
void __wrap_windows_ask_reach(struct windows *w, int x, int y, windows_reach_fn fn, void *ctx);
void __wrap_windows_forget_reach(struct windows *w);
enum windows_reach __wrap_windows_key_reach(const struct windows *w);
void __wrap_windows_ask_key_reach(struct windows *w, bool pointed, int x, int y,
                                  windows_reach_fn fn, void *ctx);
bool __wrap_windows_have_keyboard(const struct windows *w);
void __wrap_windows_hint(struct windows *w);
struct ui_rect __wrap_windows_shared_area(const struct windows *w);
void __wrap_app_event_kind(struct app *a, enum session_event_kind kind);
int __wrap_msg_input_events_send(struct chan *c, const struct msg_input_events *m);
int __wrap_msg_input_release_send(struct chan *c, const struct msg_input_release *m);
int __wrap_msg_gate_hold_send(struct chan *c, const struct msg_gate_hold *m);
void __wrap_display_ask_nothing(struct display *d, display_reply_fn done, void *ctx, uint32_t tag);
void __wrap_display_query_state(struct display *d, display_reply_fn done, void *ctx);
void __wrap_record_deaf(struct app *a, enum session_worker who);

int __wrap_msg_seal_hold_send(struct chan *c, const struct msg_seal_hold *m);
int __wrap_msg_seal_ask_send(struct chan *c, const struct msg_seal_ask *m);
int __wrap_display_connect_raw(const struct display *d, struct xauth_cookie *cookie);

static int asked_evenly;

int __wrap_msg_seal_ask_send(struct chan *c, const struct msg_seal_ask *m)
{
    (void)c;
    asked_evenly = m->even;
    return 0;
}

int __wrap_msg_seal_hold_send(struct chan *c, const struct msg_seal_hold *m)
{
    assert_ptr_equal(c, &seal);
    held = m->held;
    return 0;
}

int __wrap_display_connect_raw(const struct display *d, struct xauth_cookie *cookie)
{
    (void)d;
    (void)cookie;
    return -1;
}

int __wrap_msg_input_release_send(struct chan *c, const struct msg_input_release *m)
{
    assert_ptr_equal(c, &input);
    assert_true(m->serial > 0);
    return 0;
}

int __wrap_msg_gate_hold_send(struct chan *c, const struct msg_gate_hold *m)
{
    assert_ptr_equal(c, &gate);
    gate_holds = m->on;
    return 0;
}

void __wrap_display_ask_nothing(struct display *d, display_reply_fn done, void *ctx, uint32_t tag)
{
    assert_ptr_equal(d, &((struct app *)ctx)->display);
    on_answer = done;
    answer_tag = tag;
}

void __wrap_display_query_state(struct display *d, display_reply_fn done, void *ctx)
{
    (void)d;
    (void)done;
    (void)ctx;
    n_looked++;
}

void __wrap_record_deaf(struct app *a, enum session_worker who)
{
    (void)a;
    assert_int_equal(who, SW_INPUT);
    n_deaf++;
}

struct chan *__wrap_crew_chan(struct app *a, enum session_worker w)
{
    (void)a;
    if (w == SW_INPUT_GATE)
        return has_gate ? &gate : NULL;
    if (w == SW_SEAL)
        return &seal;
    return w == SW_INPUT && has_worker ? &input : NULL;
}

void __wrap_crew_lost(struct app *a, enum session_worker w)
{
    (void)a;
    has_gate = has_gate && w != SW_INPUT_GATE;
    has_worker = false;
}

enum windows_reach __wrap_windows_reach(const struct windows *w, int x, int y)
{
    (void)w;
    (void)y;
    return x >= OURS_FROM ? REACH_UNKNOWN : REACH_FREE;
}

void __wrap_windows_ask_reach(struct windows *w, int x, int y, windows_reach_fn fn, void *ctx)
{
    (void)w;
    (void)y;
    assert_in_range(x, OURS_FROM, 10000);
    asked_x = x;
    n_asked++;
    told = fn;
    if (answers_at_once)
        fn(ctx, true);
}

enum windows_reach __wrap_windows_key_reach(const struct windows *w)
{
    (void)w;
    return is_all_shown ? REACH_FREE : REACH_UNKNOWN;
}

void __wrap_windows_ask_key_reach(struct windows *w, bool pointed, int x, int y,
                                  windows_reach_fn fn, void *ctx)
{
    (void)w;
    (void)y;
    (void)ctx;
    asked_x = pointed ? x : -1;
    n_keys_asked++;
    told = fn;
}

void __wrap_windows_forget_reach(struct windows *w)
{
    (void)w;
    told = NULL;
}

bool __wrap_windows_have_keyboard(const struct windows *w)
{
    (void)w;
    return false;
}

void __wrap_windows_hint(struct windows *w)
{
    (void)w;
    n_hints++;
}

struct ui_rect __wrap_windows_shared_area(const struct windows *w)
{
    (void)w;
    return (struct ui_rect){0, 0, width, 1000};
}

void __wrap_app_event_kind(struct app *a, enum session_event_kind kind)
{
    (void)a;
    n_bad += kind == EV_CONTROL_BAD;
    n_resized += kind == EV_RESIZED;
}

int __wrap_msg_input_events_send(struct chan *c, const struct msg_input_events *m)
{
    (void)c;
    if (is_broken)
        return -1;
    assert_in_range(m->n_events, 1, MAX_INPUT_EVENTS);
    assert_true(n_sent + m->n_events <= HANDS_KEPT);
    memcpy(sent + n_sent, m->events, m->n_events * sizeof *sent);
    n_sent += m->n_events;
    return 0;
}

static const struct input_event press = {.kind = INPUT_BUTTON_DOWN, .code = 1, .x = 200, .y = 5},
                                let_go = {.kind = INPUT_BUTTON_UP, .code = 1, .x = 200, .y = 5},
                                moved = {.kind = INPUT_MOTION, .x = 150, .y = 5},
                                key = {.kind = INPUT_KEY_DOWN, .code = 38, .keysym = 'a'},
                                key_up = {.kind = INPUT_KEY_UP, .code = 38};

static int begin(void **state)
{
    (void)state;
    memset(&app, 0, sizeof app);
    app.session.control.step = CONTROL_ON;
    app.session.control.running = true;
    memset(app.hands.here, 7, sizeof app.hands.here);
    has_worker = has_gate = is_all_shown = true;
    is_broken = answers_at_once = false;
    told = NULL;
    on_answer = NULL;
    gate_holds = held = 0;
    n_sent = n_asked = n_bad = n_hints = n_deaf = n_keys_asked = n_looked = n_resized = 0;
    width = 1000;
    app.hands.area = (struct ui_rect){0, 0, width, 1000};
    alarm(PATIENCE_S);
    return 0;
}

static inline void come(const struct input_event *e)
{
    struct msg_seal_events m = {.n_events = 1, .events = {*e}};
    memcpy(m.grant, app.hands.here, sizeof m.grant);
    assert_int_equal(hands_on_events(&app, &m), 0);
}

static inline void answer(bool ours)
{
    windows_reach_fn fn = told;
    assert_non_null(fn);
    told = NULL;
    fn(&app, ours);
}

static inline bool was_sent(unsigned i, const struct input_event *e)
{
    return i < n_sent && memcmp(&sent[i], e, sizeof *e) == 0;
}

/* Keys that somebody typed are not left behind. */
static inline bool nothing_is_kept(void)
{
    const uint8_t *bytes = (const uint8_t *)app.hands.kept.events;
    for (size_t i = 0; i < sizeof app.hands.kept.events; i++)
        if (bytes[i] != 0)
            return false;
    return app.hands.kept.n == 0;
}

/* The one timer there is, as if its time had come; false: there is none. */
static inline bool time_goes_by(void)
{
    for (unsigned i = 0; i < LOOP_MAX; i++) {
        struct loop_timer t = app.loop.timers[i];
        if (t.at_ms == 0)
            continue;
        app.loop.timers[i].at_ms = 0;
        t.fire(t.ctx);
        return true;
    }
    return false;
}

#endif
