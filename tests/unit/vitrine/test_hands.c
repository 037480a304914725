/*
 * A controller's events on their way through the broker: what waits for the X server to say whose
 * window a press would meet, and what becomes of it. Windows, workers and the heart are this file.
 */
#include "broker/app.h"
#include "broker/crew.h"
#include "broker/hands.h"
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
#define PATIENCE_S 10 /* of the alarm that ends a loop without an end */

static struct app app;
static struct chan input;
static bool has_worker, is_broken, answers_at_once;
static windows_reach_fn told;
static struct input_event sent[HANDS_KEPT];
static unsigned n_sent, n_asked, n_bad, n_hints;

struct chan *__wrap_crew_chan(struct app *a, enum session_worker w);
void __wrap_crew_lost(struct app *a, enum session_worker w);
enum windows_reach __wrap_windows_reach(const struct windows *w, int x, int y);
void __wrap_windows_ask_reach(struct windows *w, int x, int y, windows_reach_fn fn, void *ctx);
void __wrap_windows_forget_reach(struct windows *w);
bool __wrap_windows_have_keyboard(const struct windows *w);
void __wrap_windows_hint(struct windows *w);
struct ui_rect __wrap_windows_shared_area(const struct windows *w);
void __wrap_app_event_kind(struct app *a, enum session_event_kind kind);
int __wrap_msg_input_events_send(struct chan *c, const struct msg_input_events *m);

struct chan *__wrap_crew_chan(struct app *a, enum session_worker w)
{
    (void)a;
    return w == SW_INPUT && has_worker ? &input : NULL;
}

void __wrap_crew_lost(struct app *a, enum session_worker w)
{
    (void)a;
    (void)w;
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
    n_asked++;
    told = fn;
    if (answers_at_once)
        fn(ctx, true);
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
    return (struct ui_rect){0, 0, 1000, 1000};
}

void __wrap_app_event_kind(struct app *a, enum session_event_kind kind)
{
    (void)a;
    n_bad += kind == EV_CONTROL_BAD;
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
    has_worker = true;
    is_broken = answers_at_once = false;
    told = NULL;
    n_sent = n_asked = n_bad = n_hints = 0;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_order_is_kept, begin),
        cmocka_unit_test_setup(test_ours_is_out_of_reach, begin),
        cmocka_unit_test_setup(test_answer_at_once, begin),
        cmocka_unit_test_setup(test_worker_lost_meanwhile, begin),
        cmocka_unit_test_setup(test_another_grant, begin),
        cmocka_unit_test_setup(test_no_grant_any_more, begin),
        cmocka_unit_test_setup(test_owner_goes_first, begin),
        cmocka_unit_test_setup(test_long_wait, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
