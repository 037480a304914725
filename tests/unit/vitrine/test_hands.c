/*
 * A controller's events on their way through the broker: what waits for the X server to say whose
 * window a press would meet, and what becomes of it. Windows, workers and the heart are this file.
 */
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

static void come(const struct input_event *e)
{
    struct msg_seal_events m = {.n_events = 1, .events = {*e}};
    memcpy(m.grant, app.hands.here, sizeof m.grant);
    assert_int_equal(hands_on_events(&app, &m), 0);
}

static void answer(bool ours)
{
    windows_reach_fn fn = told;
    assert_non_null(fn);
    told = NULL;
    fn(&app, ours);
}

static bool was_sent(unsigned i, const struct input_event *e)
{
    return i < n_sent && memcmp(&sent[i], e, sizeof *e) == 0;
}

/* Keys that somebody typed are not left behind. */
static bool nothing_is_kept(void)
{
    const uint8_t *bytes = (const uint8_t *)app.hands.kept.events;
    for (size_t i = 0; i < sizeof app.hands.kept.events; i++)
        if (bytes[i] != 0)
            return false;
    return app.hands.kept.n == 0;
}

static void test_order_is_kept(void **state)
{
    (void)state;
    come(&key);
    come(&moved);
    assert_int_equal(n_sent, 2);
    come(&press);
    come(&key_up);
    come(&let_go);
    assert_int_equal(n_sent, 2);
    assert_int_equal(n_asked, 1);
    answer(false);
    assert_int_equal(n_sent, 5);
    assert_true(was_sent(2, &press) && was_sent(3, &key_up) && was_sent(4, &let_go));
    assert_int_equal(n_hints, 0);
    assert_true(nothing_is_kept());
}

static void test_ours_is_out_of_reach(void **state)
{
    (void)state;
    come(&press);
    come(&let_go);
    come(&key);
    answer(true);
    assert_int_equal(n_sent, 1);
    assert_true(was_sent(0, &key));
    assert_int_equal(n_hints, 1);
    come(&press); /* each one is asked about anew */
    assert_int_equal(n_asked, 2);
    answer(false);
    assert_true(was_sent(1, &press));
}

/* No room for the question: told from within it, and nothing is done twice. */
static void test_answer_at_once(void **state)
{
    (void)state;
    struct msg_seal_events m = {.n_events = 4, .events = {moved, press, key, press}};
    memcpy(m.grant, app.hands.here, sizeof m.grant);
    answers_at_once = true;
    assert_int_equal(hands_on_events(&app, &m), 0);
    assert_int_equal(n_sent, 2);
    assert_true(was_sent(0, &moved) && was_sent(1, &key));
    assert_int_equal(n_asked, 2);
    assert_true(nothing_is_kept());
}

static void test_worker_lost_meanwhile(void **state)
{
    (void)state;
    come(&press);
    for (unsigned i = 0; i < 3 * MAX_INPUT_EVENTS; i++)
        come(i % 2 == 0 ? &key : &key_up);
    is_broken = true;
    answer(false);
    assert_false(has_worker);
    assert_int_equal(n_sent, 0);
    assert_true(nothing_is_kept());
}

static void test_another_grant(void **state)
{
    (void)state;
    come(&press);
    come(&key);
    windows_reach_fn late = told;
    memset(app.hands.here, 8, sizeof app.hands.here);
    come(&key_up);
    come(&moved);
    assert_null(told);
    assert_int_equal(n_sent, 1);
    assert_true(was_sent(0, &moved));
    assert_non_null(late);
    assert_true(nothing_is_kept());
}

static void test_no_grant_any_more(void **state)
{
    (void)state;
    come(&press);
    come(&key);
    app.session.control.running = false;
    answer(false);
    assert_int_equal(n_sent, 0);
    assert_true(nothing_is_kept());
}

static void test_owner_goes_first(void **state)
{
    (void)state;
    come(&press);
    app.hands.owner_until_ms = UINT64_MAX;
    answer(false);
    assert_int_equal(n_sent, 0);
    assert_true(nothing_is_kept());
}

/* However long the X server stands still: motions join, and only what cannot be left out fills it.
 */
static void test_long_wait(void **state)
{
    (void)state;
    come(&press);
    for (unsigned i = 0; i < 2 * HANDS_KEPT; i++)
        come(&moved);
    assert_int_equal(app.hands.kept.n, 2);
    assert_int_equal(n_bad, 0);
    for (unsigned i = 2; i < HANDS_KEPT; i++)
        come(&key);
    assert_int_equal(n_bad, 0);
    come(&key);
    assert_int_equal(n_bad, 1);
}

/* The worker is given no more than it takes at once: what waits is here, and can be dropped. */
static void test_no_more_than_is_taken(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4 * INPUT_AHEAD; i++)
        come(i % 2 == 0 ? &key : &key_up);
    assert_int_equal(n_sent, INPUT_AHEAD);
    for (unsigned i = 0; i < HANDS_KEPT; i++)
        come(&moved); /* these join */
    assert_int_equal(hands_on_taken(&app, INPUT_AHEAD / 2), 0);
    assert_int_equal(n_sent, 3 * INPUT_AHEAD / 2);
    assert_int_equal(hands_on_taken(&app, INPUT_AHEAD), 0);
    assert_int_equal(n_sent, 5 * INPUT_AHEAD / 2);
    hands_release(&app);
    assert_int_equal(hands_on_taken(&app, INPUT_AHEAD), 0);
    assert_int_equal(n_sent, 5 * INPUT_AHEAD / 2);
    assert_true(nothing_is_kept());
    assert_int_equal(hands_on_taken(&app, 1), -1); /* nothing was given */
    come(&moved);
    assert_int_equal(hands_on_taken(&app, 2), -1);
    assert_int_equal(n_bad, 0);
}

/* Room for more while the owner's hand goes first, or behind the end: nobody wants it any more. */
static void test_taken_too_late(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2 * INPUT_AHEAD; i++)
        come(i % 2 == 0 ? &key : &key_up);
    app.hands.owner_until_ms = UINT64_MAX;
    assert_int_equal(hands_on_taken(&app, INPUT_AHEAD), 0);
    assert_int_equal(n_sent, INPUT_AHEAD);
    assert_true(nothing_is_kept());
}

static const struct input_event wheel = {.kind = INPUT_WHEEL, .y = 120},
                                stray = {.kind = INPUT_BUTTON_UP, .code = 1, .x = 5, .y = 5};

/* It turns where the controller's own pointer is, and is judged by that place: by none it was not
   judged at all. What was not passed on has moved nothing. */
static void test_wheel(void **state)
{
    (void)state;
    come(&wheel);
    assert_int_equal(n_sent, 0);
    come(&moved);
    come(&stray);
    come(&wheel);
    assert_int_equal(n_asked, 1);
    assert_int_equal(asked_x, moved.x);
    answer(true);
    assert_int_equal(n_sent, 1);
    assert_int_equal(n_hints, 1);
    come(&wheel);
    answer(false);
    assert_true(was_sent(1, &wheel));
}

/* The one timer there is, as if its time had come; false: there is none. */
static bool time_goes_by(void)
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

/* Where not all is shown each press of a key is asked about, and what came behind it waits. */
static void test_keys_into_what_is_not_shown(void **state)
{
    (void)state;
    is_all_shown = false;
    come(&key);
    come(&key_up);
    come(&moved);
    assert_int_equal(n_keys_asked, 1);
    assert_int_equal(n_sent, 0);
    answer(true);
    assert_int_equal(n_sent, 1);
    assert_true(was_sent(0, &moved)); /* what has not gone down does not go up */
    assert_int_equal(n_hints, 1);
    assert_int_equal(held, 3);     /* its controller is told so ... */
    assert_int_equal(asked_x, -1); /* nobody knew where its controller points */
    come(&key);
    assert_int_equal(n_keys_asked, 2);
    assert_int_equal(asked_x, moved.x);
    answer(false);
    assert_true(was_sent(1, &key));
    assert_int_equal(held, 0); /* ... until one goes through, or it is long ago */
    assert_true(nothing_is_kept());
    come(&key);
    answer(true);
    assert_int_equal(held, 3);
    assert_true(time_goes_by());
    assert_int_equal(held, 0);
}

/* More than there is room for at once, while some always wait: each in its turn. */
static void test_round_and_round(void **state)
{
    struct input_event each = key;
    (void)state;
    is_all_shown = false;
    for (unsigned i = 0; i < 3; i++)
        come(&(struct input_event){.kind = INPUT_KEY_DOWN, .code = 38, .keysym = each.keysym + i});
    for (unsigned i = 0; i < 2 * HANDS_KEPT; i++) {
        each.keysym = key.keysym + i + 3;
        come(&each);
        n_sent = 0;
        answer(false);
        each.keysym = key.keysym + i;
        assert_true(was_sent(0, &each));
        assert_int_equal(app.hands.kept.n, 3);
        (void)hands_on_taken(&app, 1);
    }
    hands_drop(&app);
    assert_true(nothing_is_kept());
}

/* --- letting go --- */

static void server_answers(void)
{
    static const uint8_t reply[32];
    display_reply_fn fn = on_answer;
    assert_non_null(fn);
    on_answer = NULL;
    fn(&app, answer_tag, reply);
}

static void test_lets_go_in_time(void **state)
{
    (void)state;
    hands_release(&app);
    server_answers();
    assert_int_equal(hands_on_released(&app, app.hands.released), 0);
    assert_false(time_goes_by());
    assert_int_equal(hands_on_released(&app, app.hands.released + 1), -1);
    assert_int_equal(n_deaf, 0);
}

/* A worker that is told to let go and does not: stuck, or in somebody else's hands. */
static void test_does_not_let_go(void **state)
{
    (void)state;
    hands_release(&app);
    assert_false(time_goes_by()); /* the X server has answered nobody yet */
    server_answers();
    assert_true(time_goes_by());
    assert_true(has_gate); /* perhaps it answers nobody again */
    server_answers();
    assert_false(has_gate);
    assert_int_equal(n_deaf, 1);
}

/* The next wish to let go has its own time; answers about the one before are not about it. */
static void test_lets_go_of_the_next(void **state)
{
    (void)state;
    hands_release(&app);
    server_answers();
    hands_release(&app);
    assert_false(time_goes_by());
    assert_int_equal(hands_on_released(&app, app.hands.released - 1), 0);
    server_answers();
    assert_true(time_goes_by());
    server_answers();
    assert_int_equal(n_deaf, 1);
}

static void test_gate_holds(void **state)
{
    (void)state;
    hands_owner(&app);
    assert_int_equal(gate_holds, 1);
    come(&key);
    assert_int_equal(n_sent, 0);
    assert_int_equal(gate_holds, 1);
    app.hands.owner_until_ms = 0; /* half a second later */
    come(&key);
    assert_int_equal(gate_holds, 0);
    assert_true(was_sent(0, &key));
}

/* The layout may be another, or a lock, by what was injected: looked at now, and once more later.
 */
static void test_looks_after_injecting(void **state)
{
    (void)state;
    hands_injected(&app);
    assert_int_equal(n_looked, 1);
    hands_injected(&app); /* one question at a time */
    assert_int_equal(n_looked, 1);
    app.hands.state_asked = false;
    assert_true(time_goes_by());
    assert_int_equal(n_looked, 2);
    app.session.control.running = false;
    hands_injected(&app);
    assert_false(time_goes_by());
    assert_int_equal(n_looked, 2);
}

/* An honest controller on a slow line still sees the screen that was larger. */
static void test_smaller_screen(void **state)
{
    static const struct input_event outside = {.kind = INPUT_MOTION, .x = 700, .y = 5},
                                    edge = {.kind = INPUT_MOTION, .x = 599, .y = 5},
                                    far = {.kind = INPUT_BUTTON_DOWN, .code = 1, .x = 700, .y = 5},
                                    far_up = {.kind = INPUT_BUTTON_UP, .code = 1, .x = 700, .y = 5},
                                    near = {.kind = INPUT_BUTTON_DOWN, .code = 1, .x = 5, .y = 5},
                                    edge_up = {
                                        .kind = INPUT_BUTTON_UP, .code = 1, .x = 599, .y = 5};
    (void)state;
    app.session.control.given = 1;
    hands_on_resized(&app);
    assert_int_equal(n_resized, 0);
    come(&near);
    width = 600;
    n_sent = 0;
    assert_true(app.hands.buttons != 0);
    come(&far); /* nobody has noticed yet, and gate and worker know the old size */
    assert_int_equal(app.hands.buttons, 0);
    come(&near);
    assert_int_equal(n_sent + n_bad, 0);
    hands_on_resized(&app);
    assert_int_equal(n_resized, 1);
    app.hands.area.w = width; /* others of them */
    come(&near);
    come(&far);
    assert_int_equal(n_sent, 1);
    come(&far_up);
    assert_true(was_sent(1, &edge_up));
    come(&outside);
    assert_true(was_sent(2, &edge));
    assert_int_equal(n_bad, 0);
    app.hands.resized_until_ms = 0;
    come(&outside);
    assert_int_equal(n_bad, 1);
}

/* What has nothing to do with control forgives nothing later. */
static void test_resized_behind_another_question(void **state)
{
    (void)state;
    app.session.control.step = CONTROL_OFF;
    app.session.prompt.kind = PROMPT_ADMIT;
    width = 600;
    hands_on_resized(&app);
    assert_false(app.hands.resized);
    app.session.prompt.kind = PROMPT_CONTROL;
    hands_on_resized(&app);
    assert_true(app.hands.resized);
}

/* There is no X server here; that is all that it lacks. */
static void give(void)
{
    hands_give(&app);
    has_worker = true;
    app.session.control.given = app.session.control.running = true;
}

/* ... also where that happened while a question was up, and gate and worker were dead: its time
   begins when they are back, because only then the picture goes on. */
static void test_smaller_behind_a_question(void **state)
{
    static const struct input_event outside = {.kind = INPUT_MOTION, .x = 700, .y = 5};
    (void)state;
    give(); /* the screen is as large as ever: nothing is forgiven */
    come(&(struct input_event){.kind = INPUT_MOTION, .x = 1000, .y = 5});
    assert_int_equal(n_bad, 1);
    n_bad = 0;
    app.session.control.given = app.session.control.running = false;
    width = 600;
    hands_on_resized(&app);
    assert_int_equal(n_resized, 0);
    app.hands.resized_until_ms = 0; /* a long question */
    give();
    come(&outside);
    assert_int_equal(n_sent, 1);
    assert_int_equal(n_bad, 0);
    app.hands.resized_until_ms = 0;
    give(); /* once more, and of the same size */
    come(&outside);
    assert_int_equal(n_bad, 1);
}

/* The owner's hand was at work when gate and worker came back: the controller is told why nothing
   happens, and when it rests. */
static void test_told_of_the_owner(void **state)
{
    const struct session_effect on = {.kind = EF_TELL_CONTROL, .code = 1};
    (void)state;
    app.hands.owner_until_ms = UINT64_MAX;
    hands_on_running(&app);
    hands_told(&app, &on);
    assert_int_equal(gate_holds, 1);
    assert_int_equal(held, 1);
    app.hands.owner_until_ms = 0;
    assert_true(time_goes_by());
    assert_int_equal(gate_holds, 0);
    assert_int_equal(held, 0);
}

/* Our own control of another computer, in even steps: the user's wish, or the organisation's rule.
 */
static void test_even_by_choice_or_rule(void **state)
{
    (void)state;
    for (int rule = 0; rule < 2; rule++)
        for (int choice = 0; choice < 2; choice++) {
            app.conf.even_timing_only = rule;
            app.settings.timing = choice ? TIMING_EVEN : TIMING_QUICK;
            asked_evenly = -1;
            hands_ask(&app);
            assert_int_equal(asked_evenly, rule || choice);
        }
    app.conf.even_timing_only = 0;
    app.settings.timing = TIMING_QUICK;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_order_is_kept, begin),
        cmocka_unit_test_setup(test_even_by_choice_or_rule, begin),
        cmocka_unit_test_setup(test_ours_is_out_of_reach, begin),
        cmocka_unit_test_setup(test_answer_at_once, begin),
        cmocka_unit_test_setup(test_worker_lost_meanwhile, begin),
        cmocka_unit_test_setup(test_another_grant, begin),
        cmocka_unit_test_setup(test_no_grant_any_more, begin),
        cmocka_unit_test_setup(test_owner_goes_first, begin),
        cmocka_unit_test_setup(test_long_wait, begin),
        cmocka_unit_test_setup(test_no_more_than_is_taken, begin),
        cmocka_unit_test_setup(test_taken_too_late, begin),
        cmocka_unit_test_setup(test_wheel, begin),
        cmocka_unit_test_setup(test_keys_into_what_is_not_shown, begin),
        cmocka_unit_test_setup(test_round_and_round, begin),
        cmocka_unit_test_setup(test_lets_go_in_time, begin),
        cmocka_unit_test_setup(test_does_not_let_go, begin),
        cmocka_unit_test_setup(test_lets_go_of_the_next, begin),
        cmocka_unit_test_setup(test_gate_holds, begin),
        cmocka_unit_test_setup(test_looks_after_injecting, begin),
        cmocka_unit_test_setup(test_smaller_screen, begin),
        cmocka_unit_test_setup(test_resized_behind_another_question, begin),
        cmocka_unit_test_setup(test_smaller_behind_a_question, begin),
        cmocka_unit_test_setup(test_told_of_the_owner, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
