/* Lines for other programs: each that is passed on is JSON, as the writer makes it, and nothing
 * else. */
#include "broker/audit_cmd.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the ones above */
#include <cmocka.h>

#define HASH "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\""
#define TIME "2026-11-30T12:00:00.000Z"

static bool passes(const char *n, const char *time, const char *fields)
{
    char line[1024], *json, *cef;
    static struct audit_wheres all;
    size_t json_len, cef_len;
    FILE *to_json = open_memstream(&json, &json_len), *to_cef = open_memstream(&cef, &cef_len);
    int len =
        snprintf(line, sizeof line,
                 "{\"n\":%s,\"time\":\"%s\",\"event\":\"error\",\"id\":9,\"run\":1,\"fields\":{%s},"
                 "\"prev\":" HASH ",\"hash\":" HASH ",\"seal\":" HASH "}",
                 n, time, fields);
    bool good = audit_export_json(line, (size_t)len, to_json);
    assert_int_equal(audit_export_cef(line, (size_t)len, &all, to_cef), good);
    fclose(to_json);
    fclose(to_cef);
    assert_int_equal(json_len, good ? len + 1 : 0); /* as it stands, or nothing of it */
    assert_true(good ? memcmp(json, line, (size_t)len) == 0 : cef_len == 0);
    free(json);
    free(cef);
    return good;
}

static void test_what_the_writer_makes(void **state)
{
    (void)state;
    static const char *const fields[] = {
        "",
        "\"text\":\"\"",
        "\"text\":\"a \\\" b \\\\ c\"",
        "\"text\":\"\\u0000\\u000a\\u001f\\u007f\\ufffd\"",
        "\"text\":\"\xc3\xa9\",\"texts\":\"x\",\"d1\":\"x\",\"d12\":\"x\"",
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (!passes("1", TIME, fields[i]))
            fail_msg("not passed on: %s", fields[i]);
}

static void test_what_is_not_json(void **state)
{
    (void)state;
    static const char *const values[] = {
        "\\q",     "\\",      "\\u12",   "\\u",      "\\u00",   "\\u12 4", "\\ud800",
        "\\u0020", "\\u00zz", "\\u001F", "\\uFFFD",  "\\n",     "\\/",     "\\x41",
        "\n",      "\x1b",    "\xc3",    "\xc2\x9b", "\\u001g", "\\u000:",
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char field[64];
        snprintf(field, sizeof field, "\"text\":\"a%sb\"", values[i]);
        if (passes("1", TIME, field))
            fail_msg("passed on: %s", field);
        snprintf(field, sizeof field, "\"text\":\"%s\"", values[i]);
        if (passes("1", TIME, field))
            fail_msg("passed on: %s", field);
    }
}

static void test_what_programs_read_differently(void **state)
{
    (void)state;
    assert_false(passes("1", TIME, "\"text\":\"a\",\"text\":\"b\""));
    assert_false(passes("1", TIME, "\"text\":\"a\",\"code\":\"x\",\"text\":\"a\""));
    assert_false(passes("01", TIME, ""));
    assert_false(passes("00", TIME, ""));
    assert_false(passes("1", "2026-11-30T12:00:00,000Z", ""));
    assert_false(passes("1", "2026-11-30 12:00:00.000Z", ""));
    assert_false(passes("1", "\\u000a\\u000a\\u000a\\u000a", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_the_writer_makes),
        cmocka_unit_test(test_what_is_not_json),
        cmocka_unit_test(test_what_programs_read_differently),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
