/* Display names and cookie files, hostile ones included. */
#include "broker/xauth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *name, *number;
    unsigned screen;
} displays[] = {
    {":0", "0", 0},          {":12.1", "12", 1}, {"unix:3", "3", 0},   {"unix/:4", "4", 0},
    {"", NULL, 0},           {":", NULL, 0},     {":x", NULL, 0},      {"localhost:10.0", NULL, 0},
    {":1.", NULL, 0},        {":1.22", NULL, 0}, {":123456", NULL, 0}, {"host/unix:0", NULL, 0},
    {":0/../../x", NULL, 0}, {NULL, NULL, 0},
};

static void test_display(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof displays / sizeof *displays; i++) {
        struct xauth_display d;
        bool ok = xauth_parse_display(displays[i].name, &d);
        assert_int_equal(ok, displays[i].number != NULL);
        if (ok) {
            assert_string_equal(d.number, displays[i].number);
            assert_int_equal(d.screen, displays[i].screen);
        }
    }
}

#define MAGIC "\0\22MIT-MAGIC-COOKIE-1"
#define FILE_OF(bytes) (const uint8_t *)(bytes), sizeof(bytes) - 1

static void test_find(void **state)
{
    (void)state;
    struct xauth_cookie c;
    assert_true(xauth_find(FILE_OF("\1\0\0\4here\0\1"
                                   "0" MAGIC "\0\4abcd"),
                           "here", "0", &c));
    assert_int_equal(c.data_len, 4);
    assert_memory_equal(c.data, "abcd", 4);
    assert_int_equal(c.name_len, 18);
    assert_false(xauth_find(FILE_OF("\1\0\0\4here\0\1"
                                    "0" MAGIC "\0\4abcd"),
                            "there", "0", &c));
    assert_false(xauth_find(FILE_OF("\1\0\0\4here\0\1"
                                    "0" MAGIC "\0\4abcd"),
                            "here", "1", &c));
    assert_false(xauth_find(FILE_OF("\0\0\0\4here\0\1"
                                    "0" MAGIC "\0\4abcd"),
                            "here", "0", &c));
    assert_true(xauth_find(FILE_OF("\xff\xff\0\0\0\0" MAGIC "\0\2xy"), "any", "9", &c));
    assert_false(xauth_find(FILE_OF("\xff\xff\0\0\0\0\0\5OTHER\0\2xy"), "any", "9", &c));
    assert_false(xauth_find(FILE_OF("\xff\xff\0\0\0\0" MAGIC "\0\0"), "any", "9", &c));
    /* the second record is ours */
    assert_true(xauth_find(FILE_OF("\1\0\0\1x\0\1"
                                   "0" MAGIC "\0\1a"
                                   "\xff\xff\0\0\0\0" MAGIC "\0\1b"),
                           "here", "0", &c));
    assert_int_equal(c.data[0], 'b');
}

/* Every beginning of a good file is refused or read without looking beyond it (checked by the
 * sanitizer). */
static void test_cut(void **state)
{
    (void)state;
    static const char good[] = "\1\0\0\4here\0\1"
                               "0" MAGIC "\0\4abcd";
    for (size_t len = 0; len < sizeof good - 1; len++) {
        uint8_t *copy = malloc(len ? len : 1);
        struct xauth_cookie c;
        memcpy(copy, good, len);
        assert_false(xauth_find(copy, len, "here", "0", &c));
        assert_int_equal(c.data_len, 0);
        free(copy);
    }
}

static void test_too_long(void **state)
{
    (void)state;
    uint8_t file[1024] = {0xff, 0xff, 0, 0, 0, 0};
    struct xauth_cookie c;
    memcpy(file + 6, MAGIC, 20);
    file[26] = 1;
    file[27] = 1; /* 257 bytes of cookie: one more than a gate can be told */
    assert_false(xauth_find(file, 28 + 257, "here", "0", &c));
    file[27] = 0;
    assert_true(xauth_find(file, 28 + 256, "here", "0", &c));
    assert_int_equal(c.data_len, 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_display), cmocka_unit_test(test_find),
                                       cmocka_unit_test(test_cut), cmocka_unit_test(test_too_long)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
