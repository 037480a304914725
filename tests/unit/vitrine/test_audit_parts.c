/* Commands that read a trail of which something is missing: none of them takes the rest for all. */
#include "audit_rig.h"
#include "broker/audit_lines.h"
#include "lib/receipt.h"

static void part_path(unsigned number, char out[600])
{
    snprintf(out, 600, "%s.%06u", log_path, number);
}

static void make_three(void)
{
    one_session("100000001", 1);
    one_session("100000002", 2);
    one_session("100000003", 3);
    one_session("200000000", 0);
}

static int (*const commands[])(const char *, FILE *) = {audit_cmd_show, export_json, export_cef,
                                                        audit_cmd_sessions, receipt};

static void all_say(const char *part)
{
    which = NULL;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        no_trail(log_path, commands[i], part);
}

static void all_pass(void)
{
    which = NULL;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        expect_output(commands[i], 0, "");
}

/* The last one put aside, or one before it. */
static void test_part_taken_away(void **state)
{
    (void)state;
    char third[600], second[600];
    make_three();
    part_path(2, second);
    part_path(3, third);
    all_pass();
    assert_int_equal(unlink(third), 0);
    all_say("audit.log follows lines that are missing: numbers 11 to 15;");
    expect_output(export_json, 1, "\"200000000\""); /* what is there goes on all the same */
    assert_int_equal(unlink(second), 0);
    all_say("audit.log follows lines that are missing: numbers 6 to 15;");
}

/* The log itself under the name of a part: it is there, and read, once. */
static void test_log_in_its_place(void **state)
{
    (void)state;
    char second[600];
    make_three();
    part_path(2, second);
    assert_int_equal(unlink(second), 0);
    all_say("audit.log.000003 follows lines that are missing: numbers 6 to 10;");
    assert_int_equal(link(log_path, second), 0);
    all_say("audit.log.000003 follows lines that are missing: numbers 6 to 10;");
}

/* The oldest may go. */
static void test_oldest_taken_away(void **state)
{
    (void)state;
    char path[600];
    make_three();
    for (unsigned i = 1; i <= 2; i++) {
        part_path(i, path);
        assert_int_equal(unlink(path), 0);
    }
    all_pass();
}

/* By itself, and not beside its log and key file: where it ends nothing shows but its last
   signature. */
static void test_part_alone(void **state)
{
    (void)state;
    char second[600];
    make_three();
    part_path(2, second);
    expect_said(second, verify, 7, "number 6: older parts are not here)");
    struct stat st;
    assert_int_equal(stat(second, &st), 0);
    assert_int_equal(truncate(second, st.st_size - 1), 0);
    expect_said(second, verify, 1, "NOT shown to be whole: line 5: its key file is missing");
}

/* Lines are counted through all files; which one it is in is said beside that. */
static void test_which_file(void **state)
{
    (void)state;
    char path[600], said[700];
    struct stat st;
    make_three();
    part_path(2, path);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    char text[1024];
    assert_true(fd >= 0 && read(fd, text, sizeof text) == (ssize_t)sizeof text);
    char *second = (char *)memchr(text, '\n', sizeof text) + 1;
    assert_int_equal(pwrite(fd, "X", 1, second - text + 70), 1);
    snprintf(said, sizeof said, "NOT whole: line 7 (line 2 of %s): this line was changed (", path);
    expect_output(verify, 1, said);
    assert_int_equal(pwrite(fd, text, sizeof text, 0), (ssize_t)sizeof text);
    close(fd);
    assert_int_equal(stat(log_path, &st), 0);
    assert_int_equal(truncate(log_path, st.st_size - 1), 0);
    snprintf(said, sizeof said, "NOT whole: line 20 (line 5 of %s): the end of the trail was cut",
             log_path);
    expect_output(verify, 1, said);
    assert_int_equal(truncate(log_path, 0), 0);
    snprintf(said, sizeof said, "NOT whole: line 16 (line 1 of %s): the end of the trail was cut",
             log_path);
    expect_output(verify, 1, said);
}

/* Half of a verdict is what it does not claim. */
static void test_words(void **state)
{
    (void)state;
    char path[600];
    int status;
    make_three();
    part_path(1, path);
    assert_int_equal(unlink(path), 0);
    expect_output(verify, 0,
                  ": whole as far as it is here (15 lines read, signed up to line 14; "
                  "begins with number 6: older parts are not here)");
    FILE *in = fopen(log_path, "re"), *out;
    char *line = NULL, *rest = NULL;
    size_t size = 0, len = 0;
    out = open_memstream(&rest, &len);
    for (unsigned n = 1; getline(&line, &size, in) > 0; n++)
        if (n > 1)
            fputs(line, out);
    fclose(in);
    fclose(out);
    free(line);
    forget_parts();
    out = fopen(log_path, "we");
    assert_true(out && fputs(rest, out) >= 0 && fclose(out) == 0);
    free(rest);
    char *text = output_of(verify, &status); /* its first line, too: nothing says where it began */
    assert_int_equal(status, 1);
    assert_null(strstr(text, "older parts"));
    assert_null(strstr(text, "up to line 0"));
    assert_non_null(strstr(text, "lines are missing before this one (1 lines read, none of it "
                                 "signed; begins with number 17)"));
    free(text);
}

/* Somebody moved the log away, or emptied it, and the next run has said so in its first line: that
   is a trail of vitrine, and not whole. */
static void test_emptied_and_gone_on(void **state)
{
    (void)state;
    one_run();
    assert_int_equal(truncate(log_path, 0), 0);
    one_run();
    expect_output(audit_cmd_show, 0, "log_suspect");
    expect_output(verify, 1, "NOT whole: line 1: lines are missing before this one (");
}

/* From anywhere to a signature, and without the key file: all of it is right, and it may have been
   a trail. No script may take that for one that is whole. */
static void test_cut_on_both_sides(void **state)
{
    (void)state;
    char path[600], *text = NULL, *line = NULL;
    size_t len = 0, size = 0;
    one_run();
    one_run();
    FILE *in = fopen(log_path, "re"), *out = open_memstream(&text, &len);
    for (unsigned n = 1; getline(&line, &size, in) > 0; n++)
        if (n >= 3 && n <= 4)
            fputs(line, out);
    fclose(in);
    fclose(out);
    free(line);
    snprintf(path, sizeof path, "%s/cut.log", folder);
    out = fopen(path, "we");
    assert_true(out && len > 0 && fputs(text, out) >= 0 && fclose(out) == 0);
    expect_said(path, verify, 7, "from number 3 of that trail, which could have been cut to this)");
    out = fopen(path, "we"); /* a word of its own makes no receipt of it */
    assert_true(out && fprintf(out, RECEIPT_PRINT "\n%s", "", UINT64_C(3), text) > 0);
    assert_int_equal(fclose(out), 0);
    free(text);
    expect_said(
        path, verify, 1,
        ": NOT whole: line 2: no receipt: its first line names a session, and the rules that ");
    assert_int_equal(unlink(path), 0);
}

static void expect_key_named_once(void)
{
    int status;
    char *text = output_of(verify, &status);
    if (count(text, "key file") != 1)
        fail_msg("not once: %s", text);
    free(text);
}

/* Whoever takes the key file away can cut at any signature: that is not "whole", for scripts
   neither. */
static void test_key_file_taken_away(void **state)
{
    (void)state;
    char key_path[520];
    struct stat once;
    one_run();
    assert_int_equal(stat(log_path, &once), 0);
    one_run();
    expect_output(verify, 0, ": whole (");
    snprintf(key_path, sizeof key_path, "%s.key", log_path);
    assert_int_equal(unlink(key_path), 0);
    expect_output(verify, 7, ": NOT shown to be whole: every line is right, but its key file is");
    expect_key_named_once();
    assert_int_equal(truncate(log_path, once.st_size), 0);
    expect_output(verify, 7, ": NOT shown to be whole: every line is right, but its key file is");
    assert_int_equal(truncate(log_path, 0), 0);
    expect_output(verify, 7,
                  ": NOT shown to be whole: empty, and its key file is missing or empty");
}

/* A program whose writer died before its first word leaves both files, with nothing in them. An
   empty key file beside lines is another matter. */
static void test_never_written(void **state)
{
    (void)state;
    char key_path[520];
    snprintf(key_path, sizeof key_path, "%s.key", log_path);
    one_run();
    assert_int_equal(truncate(key_path, 0), 0);
    expect_output(verify, 1, ": NOT whole: the key file is not the one");
    assert_int_equal(truncate(log_path, 0), 0);
    expect_output(verify, 7,
                  ": NOT shown to be whole: empty, and its key file is missing or empty");
    one_run();
    expect_output(verify, 0, ": whole (");
}

/* A torn line's number was taken for the digits that are left, and all up to the next one for
   missing. */
static void test_number_torn(void **state)
{
    static const char *const torn[] = {"{\"n\":1", "{\"n\":-1,", "{\"n\": 1,"};
    static struct audit_lines l;
    char path[600];
    (void)state;
    snprintf(path, sizeof path, "%s/torn.log", folder);
    for (size_t i = 0; i < sizeof torn / sizeof *torn; i++) {
        FILE *f = fopen(path, "we");
        assert_non_null(f);
        fprintf(f, "{\"n\":122,\"a\":1}\n%s\n{\"n\":123,\"a\":1}\n", torn[i]);
        assert_int_equal(fclose(f), 0);
        assert_true(audit_lines_open(&l, path));
        while (audit_lines_next(&l))
            ;
        assert_int_equal(l.n, 3);
        assert_int_equal(l.number, 123);
        assert_true(audit_lines_close(&l));
    }
    assert_int_equal(unlink(path), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_part_taken_away, make),
        cmocka_unit_test_setup(test_log_in_its_place, make),
        cmocka_unit_test_setup(test_oldest_taken_away, make),
        cmocka_unit_test_setup(test_part_alone, make),
        cmocka_unit_test_setup(test_which_file, make),
        cmocka_unit_test_setup(test_words, make),
        cmocka_unit_test_setup(test_emptied_and_gone_on, make),
        cmocka_unit_test_setup(test_cut_on_both_sides, make),
        cmocka_unit_test_setup(test_key_file_taken_away, make),
        cmocka_unit_test_setup(test_never_written, make),
        cmocka_unit_test(test_number_torn),
    };
    int status;
    return is_beside_programs(argc, argv, &status) ? cmocka_run_group_tests(tests, NULL, NULL)
                                                   : status;
}
