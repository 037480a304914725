/*
 * A password is sent five times a minute, whoever presses: e2e.md 6. Time is this test's.
 *
 * Seen to fail: JOIN_TRIES_PER_MIN of 6; tries_in_last_minute looking at half a minute.
 */
#include "broker/app.h"
#include "broker/line.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the above first */
#include <cmocka.h>

static uint64_t now;
static struct app app;

uint64_t __wrap_loop_now_ms(void);
uint64_t __wrap_loop_now_ms(void)
{
    return now;
}

static void five_a_minute(void **state)
{
    (void)state;
    for (now = 1000; now < 6000; now += 1000)
        assert_true(line_may_try(&app));
    assert_int_equal(line_tries_left(&app), 0);
    assert_false(line_may_try(&app));
    now = 60999;
    assert_false(line_may_try(&app)); /* to have asked in vain costs nothing */
    now = 61000;
    assert_true(line_may_try(&app)); /* the first is a minute ago */
    assert_false(line_may_try(&app));
    now = 10 * 60000;
    assert_int_equal(line_tries_left(&app), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_a_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
