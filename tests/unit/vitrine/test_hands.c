/*
 * A controller's events on their way through the broker: what waits for the X server to say whose
 * window a press would meet, and what becomes of it.
 */
#include "tests/unit/vitrine/hands_rig.h"

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
        cmocka_unit_test_setup(test_even_by_choice_or_rule, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
