/* The audit commands: what they show and export of a trail, of every part of it, and of what is
 * none. */
#include "audit_rig.h"

static void test_shown_safely(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "{",
        "{}",
        "{\"n\":1",
        "\x1b[2J",
        "{\"n\":1,\"time\":\"\x1b[31m\",\"event\":\"x\xc2\x9b\"}",
        "{\"n\":99999999999999999999999,\"fields\":{\"a\":\"\\",
        "{\"fields\":{\"a\":\"\xe2\x80\xae\"}}",
        "{\"fields\":{\"a\":{\"b\":{\"c\":1}}}}",
        "private c0ffee", /* of a key file */
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char *text = NULL;
        size_t len = 0;
        FILE *f = open_memstream(&text, &len);
        audit_show_line(lines[i], strlen(lines[i]), f);
        fclose(f);
        for (size_t c = 0; c + 1 < len; c++)
            assert_true((unsigned char)text[c] >= 0x20 && text[c] != 0x7f);
        assert_null(strstr(text, "c0ffee"));
        assert_null(strstr(text, "\xe2\x80\xae"));
        assert_null(strstr(text, "\xc2\x9b"));
        free(text);
    }
}

/* A name that looks like more fields is one field still. */
static void test_shown_in_quotes(void **state)
{
    (void)state;
    static const struct {
        const char *value, *shown;
    } rows[] = {
        {"Eve", "  name=Eve\n"},
        {"Eve  role=organizer", "  name=\"Eve  role=organizer\"\n"},
        {"\\\"Eve\\\"", "  name=\"\\\"Eve\\\"\"\n"},
        {"x\\\"  a=b", "  name=\"x\\\"  a=b\"\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char line[200], *text = NULL;
        size_t len = 0;
        snprintf(line, sizeof line,
                 "{\"n\":1,\"time\":\"t\",\"event\":\"knock\",\"fields\":{\"name\":\"%s\"}}",
                 rows[i].value);
        FILE *f = open_memstream(&text, &len);
        assert_int_equal(audit_show_line(line, strlen(line), f), AUDIT_SHOWN);
        fclose(f);
        assert_non_null(strstr(text, rows[i].shown));
        free(text);
    }
}

static void test_export(void **state)
{
    (void)state;
    int status;
    one_run();
    expect_output(export_cef, 0, "|33|share_on|4|rt=");
    expect_output(export_cef, 0, " externalId=2 vitrine_run=1 vitrine_why=owner\n");
    char *text = output_of(export_json, &status);
    assert_int_equal(status, 0);
    assert_memory_equal(text, "{\"n\":1,\"time\":\"", 15);
    free(text);
    FILE *f = fopen(log_path, "ae");
    fputs("{\"n\":9}\n", f);
    fclose(f);
    expect_output(export_json, 1, "share_on");
}

static void test_not_a_trail(void **state)
{
    (void)state;
    static int (*const commands[])(const char *, FILE *) = {
        verify, audit_cmd_show, export_json, export_cef, receipt, audit_cmd_sessions};
    static const char *const endless[] = {"/dev/zero", "/dev/null", "/"};
    char fifo[600];
    which = NULL;
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    unlink(fifo);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        for (size_t p = 0; p < sizeof endless / sizeof endless[0]; p++)
            no_trail(endless[p], commands[i], "it is not a file");
        no_trail(fifo, commands[i], "it is not a file");
        no_trail("/nowhere", commands[i], "No such file");
    }
    no_trail("/etc/passwd", verify, "this is no audit trail of vitrine");
    no_trail("/proc/self/exe", verify, "this is no audit trail of vitrine");
    no_trail("/etc/passwd", audit_cmd_show, "are none of a trail");
    FILE *f = fopen(log_path, "we"); /* JSON alone makes no trail */
    fputs("{}\n{\"n\":1}\n{\"n\":1,\"time\":\"x\"}\n", f);
    fclose(f);
    no_trail(log_path, audit_cmd_show, "vitrine: 3 of 3 lines of ");
    no_trail("/etc/passwd", export_json, "are none of a trail and were left out");
    no_trail("/etc/passwd", audit_cmd_sessions, "are none of a trail");
    no_trail("/etc/passwd", receipt, "no session in /etc/passwd has ended");
}

/* However many parts there are, every command reads them all, in their order. */
static void test_many_parts(void **state)
{
    (void)state;
    char part[600], said[700];
    int status;
    make_parts();
    expect_output(verify, 0, "whole (105 lines read, signed up to line 104)");
    static int (*const commands[])(const char *, FILE *) = {audit_cmd_show, export_json, export_cef,
                                                            audit_cmd_sessions};
    static const char *const each[] = {"session_end", "\"event\":\"session_end\"",
                                       "|11|session_end|", "properly"};
    for (size_t i = 0; i < 4; i++) {
        char *text = output_of(commands[i], &status);
        assert_int_equal(status, 0);
        assert_int_equal(count(text, each[i]), MANY + 1);
        assert_true(strstr(text, "100000001") < strstr(text, "200000000"));
        free(text);
    }
    snprintf(part, sizeof part, "%s.%06u", log_path, 3);
    unlink(part);
    snprintf(said, sizeof said, "line 11 (line 1 of %s.000004): lines are missing before this one",
             log_path);
    expect_output(verify, 1, said);
    assert_int_equal(mkdir(part, 0700), 0); /* something that is no file stands there */
    snprintf(part, sizeof part, "%s.%06u cannot be read: it is not a file", log_path, 3);
    no_trail(log_path, verify, part);
    for (size_t i = 0; i < 4; i++)
        no_trail(log_path, commands[i], part);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_shown_safely, make),
        cmocka_unit_test_setup(test_shown_in_quotes, make),
        cmocka_unit_test_setup(test_export, make),
        cmocka_unit_test_setup(test_not_a_trail, make),
        cmocka_unit_test_setup(test_many_parts, make),
    };
    int status;
    return is_beside_programs(argc, argv, &status) ? cmocka_run_group_tests(tests, NULL, NULL)
                                                   : status;
}
