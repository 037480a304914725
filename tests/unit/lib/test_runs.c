/* Places for the runs of a trail: each keeps its own, and the most silent one makes room. */
#include "lib/runs.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the above first */
#include <cmocka.h>

#define PLACES 3

static struct run_place places[PLACES];
static uint64_t now;

static unsigned place(uint64_t run, bool fresh)
{
    bool is_fresh;
    unsigned at = runs_place(places, PLACES, run, ++now, &is_fresh);
    assert_true(at < PLACES);
    assert_int_equal(is_fresh, fresh);
    return at;
}

/* Run 0 is that of trails written before there were runs: an empty place is not its own. */
static void test_runs(void **state)
{
    (void)state;
    unsigned none = place(0, true), one = place(1, true), two = place(2, true);
    assert_int_not_equal(none, one);
    assert_int_not_equal(one, two);
    assert_int_not_equal(two, none);
    assert_int_equal(place(0, false), none);
    assert_int_equal(place(9, true), one);
    assert_int_equal(place(0, false), none);
    assert_int_equal(place(2, false), two);
    assert_int_equal(place(1, true), one);
    assert_int_equal(place(9, true), none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_runs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
