/* A greeting of an X server that counts more than came. */
#include "lib/x11_setup.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* after the headers it needs */
#include <cmocka.h>

/* A vendor of five letters, one format, two screens: one with a depth of two visuals. */
enum { VENDOR = 8, ALL = 40 + VENDOR + 8 + 40 + 8 + 2 * 24 + 40 };

/* Its first `n` bytes, and no more memory. */
static bool fits(size_t n, uint8_t screens)
{
    static const uint8_t all[ALL] = {
        [0] = 1, [24] = 5, [29] = 1, [40 + VENDOR + 8 + 39] = 1, [40 + VENDOR + 8 + 40 + 2] = 2};
    uint8_t *setup = malloc(n);
    uint16_t words = (uint16_t)((n - 8) / 4);
    assert_non_null(setup);
    memcpy(setup, all, n);
    memcpy(setup + 6, &words, sizeof words);
    if (n > 28)
        setup[28] = screens;
    bool fit = x11_setup_fits(setup);
    free(setup);
    return fit;
}

static void test_whole(void **state)
{
    (void)state;
    assert_true(fits(ALL, 2));
    assert_true(fits(ALL, 1));
    assert_true(fits(ALL - 40, 1));
}

static void test_more_than_came(void **state)
{
    (void)state;
    for (size_t n = 8; n < ALL; n += 4)
        assert_false(fits(n, 2));
    assert_false(fits(ALL, 3));
}

static void test_no_screen(void **state)
{
    (void)state;
    assert_false(x11_setup_fits(NULL));
    assert_false(fits(ALL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_more_than_came),
        cmocka_unit_test(test_no_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
