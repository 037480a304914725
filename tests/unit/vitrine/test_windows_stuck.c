/*
 * An X server that stands still and takes nothing any more. libxcb writes until all is written; the
 * broker is let go, and nothing else is: neither is a server lost that only says nothing, nor one
 * whose broker was busy.
 */
#include "broker/stuck.h"
#include "policy/limits.h"
#include "tests/unit/vitrine/windows_desk.h"
#include <sys/time.h>

static struct rig rig;

static void stand_still(bool still)
{
    int status;
    assert_int_equal(kill(server, still ? SIGSTOP : SIGCONT), 0);
    if (still)
        assert_int_equal(waitpid(server, &status, WUNTRACED), server);
}

static int set_up(void **state)
{
    (void)state;
    assert_true(rig_start(&rig));
    rig.loop.waits = stuck_turn;
    rig_run(&rig, 100, NULL, 0);
    assert_false(rig.lost);
    stand_still(true);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stand_still(false);
    rig_finish(&rig);
    return 0;
}

static void be_busy(void *ctx)
{
    uint64_t end = loop_now_ms() + X_STUCK_MS + X_STUCK_MS / 2;
    while (loop_now_ms() < end)
        usleep(10000);
    loop_stop(ctx);
}

static void test_says_nothing(void **state)
{
    (void)state;
    loop_set_timer(&rig.loop, 0, be_busy, &rig.loop);
    assert_int_equal(loop_run(&rig.loop), 0);
    rig_run(&rig, 100, NULL, 0);
    assert_false(rig.lost);
    assert_false(stuck_was());
}

static void on_answer_nobody_waits_for(void *ctx, uint32_t tag, const void *reply)
{
    (void)ctx, (void)tag, (void)reply;
}

static void ask_again(void *ctx)
{
    display_ask_nothing(&rig.d, on_answer_nobody_waits_for, NULL, 0);
    loop_set_timer(&rig.loop, 1, ask_again, ctx);
}

/* Fails without broker/stuck.c: it never comes back. */
static void test_takes_nothing(void **state)
{
    (void)state;
    loop_set_timer(&rig.loop, 0, ask_again, NULL);
    rig_run(&rig, 10 * PATIENCE_MS, NULL, 0);
    loop_clear_timer(&rig.loop, ask_again, NULL);
    assert_true(rig.lost);
    assert_true(stuck_was());
}

static bool alarm_is_blocked(void)
{
    sigset_t now;
    assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &now), 0);
    return sigismember(&now, SIGALRM) == 1;
}

/* Nobody who starts vitrine decides that it waits for ever. Seen to fail while the signal stayed
   blocked. */
static void test_started_with_alarm_blocked(void **state)
{
    (void)state;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    assert_int_equal(sigprocmask(SIG_BLOCK, &set, NULL), 0);
    assert_true(alarm_is_blocked());
    stuck_begin();
    stuck_end();
    assert_false(alarm_is_blocked());
}

static bool is_counted(void)
{
    struct itimerval left;
    assert_int_equal(getitimer(ITIMER_REAL, &left), 0);
    return timerisset(&left.it_interval);
}

/* Who asks while somebody else does leaves that one guarded. */
static void test_asks_within(void **state)
{
    (void)state;
    stuck_begin();
    stuck_begin();
    stuck_end();
    assert_true(is_counted());
    stuck_end();
    assert_false(is_counted());
}

static void ask_in_between(void *ctx)
{
    stuck_begin();
    stuck_end();
    *(bool *)ctx = is_counted();
    loop_stop(&rig.loop);
}

/* What was asked in the middle of a turn (shade.c) leaves the rest of it guarded. Seen to fail
   while its end was the end of all. */
static void test_asks_in_a_turn(void **state)
{
    (void)state;
    bool guarded = false;
    loop_set_timer(&rig.loop, 0, ask_in_between, &guarded);
    assert_int_equal(loop_run(&rig.loop), 0);
    assert_true(guarded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_started_with_alarm_blocked),
        cmocka_unit_test(test_asks_within),
        cmocka_unit_test_setup_teardown(test_asks_in_a_turn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_says_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_takes_nothing, set_up, tear_down),
    };
    if (!start_server())
        return 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stop_server();
    return failed;
}
