/*
 * A controller's hands beside the owner's: what has to be let go of, and when; and a screen that is
 * another size meanwhile.
 */
#include "tests/unit/vitrine/hands_rig.h"

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

/* --- another size of the screen --- */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_lets_go_in_time, begin),
        cmocka_unit_test_setup(test_does_not_let_go, begin),
        cmocka_unit_test_setup(test_lets_go_of_the_next, begin),
        cmocka_unit_test_setup(test_gate_holds, begin),
        cmocka_unit_test_setup(test_looks_after_injecting, begin),
        cmocka_unit_test_setup(test_told_of_the_owner, begin),
        cmocka_unit_test_setup(test_smaller_screen, begin),
        cmocka_unit_test_setup(test_resized_behind_another_question, begin),
        cmocka_unit_test_setup(test_smaller_behind_a_question, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
