/* lib/hex: both ways, and everything that is no digit. */
#include "lib/hex.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka wants the above first */
#include <cmocka.h>

static void test_both_ways(void **state)
{
    (void)state;
    const uint8_t bytes[] = {0x00, 0x01, 0x9a, 0xbc, 0xde, 0xf0, 0x7f, 0xff};
    uint8_t back[sizeof bytes] = {0};
    char text[HEX_SIZE(sizeof bytes)];
    hex_format(bytes, sizeof bytes, text);
    assert_string_equal(text, "00019abcdef07fff");
    assert_true(hex_parse(text, sizeof bytes, back));
    assert_memory_equal(back, bytes, sizeof bytes);
}

static void test_nothing(void **state)
{
    (void)state;
    char text[HEX_SIZE(0)] = "x";
    hex_format(NULL, 0, text);
    assert_string_equal(text, "");
    assert_true(hex_parse("", 0, NULL));
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",   "0",  "g0", "0g", "A0", "0F",
                                      " 0", "/0", ":0", "`0", "-1", "0x"};
    uint8_t out;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(hex_parse(bad[i], 1, &out));
    assert_false(hex_parse("00 0", 2, (uint8_t[2]){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_ways),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
