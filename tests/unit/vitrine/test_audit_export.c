/* Lines for other programs: each that is passed on is JSON, as the writer makes it, and nothing
 * else. */
#include "broker/audit_cmd.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
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

#define LINE(n, event, run, fields)                                                                \
    "{\"n\":" #n ",\"time\":\"" TIME "\",\"event\":\"" event "\",\"id\":9,\"run\":" #run           \
    ",\"fields\":{" fields "},\"prev\":" HASH ",\"hash\":" HASH ",\"seal\":" HASH "}\n"
#define START(user) "\"computer\":\"here\",\"user\":\"" user "\",\"uid\":\"7\""

/* What opening the trail wrote comes before the line that says whose program it was. */
static void test_where_of_the_first_lines(void **state)
{
    (void)state;
    static const char *const lines[] = {
        LINE(1, "log_start", 1, ""),
        LINE(2, "program_start", 1, START("kim")),
        LINE(3, "share_on", 1, ""),
        LINE(4, "log_suspect", 4, ""), /* of another's program, before all else of it */
        LINE(5, "share_off", 1, ""),
        LINE(6, "program_start", 6, START("lee")), /* of a third, in between */
        LINE(7, "program_start", 4, START("max")),
        LINE(8, "log_suspect", 8, ""), /* ended before it could say so */
    };
    static const char *const users[] = {"kim", "kim", "kim", "max", "kim", "lee", "max", NULL};
    char path[] = "/tmp/vitrine-export-XXXXXX", *text = NULL, *state_of = NULL;
    size_t len = 0;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_int_equal(write(fd, lines[i], strlen(lines[i])), strlen(lines[i]));
    close(fd);
    FILE *out = open_memstream(&text, &len);
    assert_int_equal(audit_cmd_export(path, "cef", out), 0);
    fclose(out);
    unlink(path);
    char *line = strtok_r(text, "\n", &state_of);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char wanted[64] = "suser=";
        assert_non_null(line);
        if (users[i])
            snprintf(wanted, sizeof wanted, " dvchost=here suser=%s suid=7", users[i]);
        if (!strstr(line, wanted) != !users[i])
            fail_msg("not \"%s\": %s", wanted, line);
        line = strtok_r(NULL, "\n", &state_of);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_the_writer_makes),
        cmocka_unit_test(test_what_is_not_json),
        cmocka_unit_test(test_what_programs_read_differently),
        cmocka_unit_test(test_where_of_the_first_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
