/* Receipts: one session cut out of a trail, which one, and that it proves itself. */
#include "audit_rig.h"
#include "broker/audit_verdict.h"

#define CUT "have it cut from the trail anew: `vitrine audit receipt` (9 lines read"

/* Every other command reads it as the lines of the trail that it is; a receipt of it is the same.
 */
static void expect_readable(const char *path, const char *lines)
{
    const char *asked = which;
    char *said;
    size_t len;
    FILE *f = open_memstream(&said, &len);
    assert_int_equal(audit_cmd_show(path, f), 0);
    fflush(f);
    assert_null(strstr(said, "receipt"));
    assert_int_equal(audit_cmd_export(path, "json", f), 0);
    fclose(f);
    assert_non_null(strstr(said, strchr(lines, '\n') + 1));
    free(said);
    f = open_memstream(&said, &len);
    assert_int_equal(audit_cmd_receipt(path, asked, f), 0);
    fclose(f);
    assert_string_equal(said, lines);
    free(said);
}

static void expect_proves_itself(const char *lines)
{
    char path[600], *said;
    snprintf(path, sizeof path, "%s/receipt", folder);
    FILE *f = fopen(path, "we");
    fputs(lines, f);
    fclose(f);
    f = open_memstream(&said, &(size_t){0});
    assert_int_equal(audit_cmd_verify(path, NULL, f), 0);
    fclose(f);
    assert_non_null(strstr(said, ": a receipt, and right: its session is here from the rules"));
    assert_non_null(strstr(said, "of what stood before and after it says nothing ("));
    assert_non_null(strstr(said, "; the word of the computer whose key is "));
    assert_null(strstr(said, "key file")); /* it has none, and lacks nothing */
    free(said);
    expect_readable(path, lines);
}

/* Carried as text by another program: refused, and said what was done to it. */
static void expect_why_refused(const char *lines)
{
    char path[600];
    snprintf(path, sizeof path, "%s/receipt", folder);
    FILE *f = fopen(path, "we");
    for (const char *at = lines; *at; at++)
        fputs(*at == '\n' ? "\r\n" : (const char[]){*at, '\0'}, f);
    fclose(f);
    expect_said(path, verify, 1, ": line 1 ends with CR LF");
    f = fopen(path, "we");
    fwrite(lines, 1, strlen(lines) - 1, f);
    fclose(f);
    expect_said(path, verify, 1, "its last line has no newline");
}

/* One session, cut out; whoever gets it checks it without anything else. */
static void test_receipt(void **state)
{
    (void)state;
    struct audit_files files;
    int status;
    one_run();
    expect_output(receipt, 1, "");
    open_files(&files);
    start_audit(&files);
    close_files(&files);
    static const uint16_t events[] = {AUDIT_PROGRAM_START, AUDIT_SESSION_START, AUDIT_SHARE_PAUSED,
                                      AUDIT_SHARE_OFF,     AUDIT_SESSION_END,   AUDIT_PROGRAM_END};
    for (uint32_t i = 0; i < 6; i++)
        say(i + 1, events[i], "x", events[i] == AUDIT_SESSION_END);
    hear_up_to(6);
    stop_audit();
    char *text = output_of(receipt, &status);
    assert_int_equal(status, 0);
    assert_null(strstr(text, "program_end"));
    expect_proves_itself(text);
    expect_why_refused(text);
    free(text);
}

static void expect_which(const char *session, const char *first)
{
    int status;
    which = session;
    char *text = output_of(receipt, &status);
    assert_int_equal(status, 0);
    assert_non_null(strstr(text, first));
    assert_int_equal(count(text, "session_start"), 1);
    expect_proves_itself(text);
    free(text);
}

/* Of any session in the trail, by its number or by its first line; the newest unasked. */
static void test_receipt_of_an_older_one(void **state)
{
    (void)state;
    int status;
    make_parts();
    expect_which(NULL, "\"200000000\"");
    expect_which("100000002", "\"100000002\"");
    char *list = output_of(audit_cmd_sessions, &status);
    assert_int_equal(count(list, "  100000006  organizer    properly\n"), 2);
    free(list);
    which = "100000006";
    no_trail(log_path, receipt, "2 sessions in ");
    expect_which("28", "\"100000006\""); /* the one that begins in line 28 */
    which = "123456789";
    no_trail(log_path, receipt, "no session 123456789 in ");
    which = "29"; /* a line that begins none */
    no_trail(log_path, receipt, "no session 29 in ");
    which = "12x";
    free(output_of(receipt, &status));
    assert_int_equal(status, 2);
    which = NULL;
}

/* What there is of it can be had, by its number alone; neither the command nor who checks it takes
   that for a receipt. */
static void expect_rest(const char *session, const char *last)
{
    static char lines[32768];
    char path[600], *said;
    int status;
    which = session;
    no_trail(log_path, receipt, "no receipt: the end of that session is not recorded");
    char *text = output_of(receipt, &status);
    assert_int_equal(status, 1);
    snprintf(lines, sizeof lines, "%s", text);
    free(text);
    assert_int_equal(count(lines, "session_start"), 1);
    assert_null(strstr(lines, "\"receipt\""));
    const char *at = strstr(lines, last);
    assert_true(strstr(lines, "\"rules\"") && strstr(lines, session) && at);
    assert_int_equal(strchr(at, '\n')[1], '\0');
    snprintf(path, sizeof path, "%s/rest", folder);
    FILE *f = fopen(path, "we");
    fputs(lines, f);
    fclose(f);
    f = open_memstream(&said, &(size_t){0});
    assert_int_equal(audit_cmd_verify(path, NULL, f), 1);
    fclose(f);
    assert_non_null(strstr(said, "lines are missing"));
    free(said);
    which = NULL;
}

/* One that is still going on, or never came to its end. */
static void test_session_without_end(void **state)
{
    (void)state;
    struct audit_files files;
    open_files(&files);
    start_audit(&files);
    close_files(&files);
    say(1, AUDIT_RULES, "rules", 0);
    say_session(2, AUDIT_SESSION_START, "300000000", "role", "participant");
    say(3, AUDIT_SHARE_PAUSED, "the last of it", 0);
    hear_up_to(3);
    stop_audit();
    expect_output(audit_cmd_sessions, 0,
                  "  -                         300000000  participant  not ended");
    expect_rest("300000000", "the last of it");
    no_trail(log_path, receipt, "no session in "); /* nobody asked for that one */
    one_session("400000000", 0);
    expect_rest("300000000", "the last of it"); /* nor does it go on in the next run */
    expect_which("400000000", "\"400000000\"");
    one_session("300000000", 0); /* come to again: that one has ended, and the number is its */
    expect_which("300000000", "properly");
    which = NULL;
}

static void swap(struct writer *other)
{
    const struct writer now = audit;
    audit = *other;
    *other = now;
}

static void say_one(uint32_t serial, uint16_t event, const char *why)
{
    say(serial, event, why, event == AUDIT_SESSION_END);
    hear_up_to(serial);
}

/* From the line that has `first` to the one behind that with `last`. */
static void expect_receipt(const char *first, const char *last)
{
    static char lines[32768];
    int status;
    char *text = output_of(receipt, &status);
    assert_int_equal(status, 0);
    snprintf(lines, sizeof lines, "%s", text);
    free(text);
    const char *begin = strstr(lines, first), *end = strstr(lines, last);
    assert_true(begin && end && begin < strchr(strchr(lines, '\n') + 1, '\n'));
    end = strchr(end, '\n');
    assert_true(end && strstr(end, "signed_head"));
    assert_int_equal(strchr(end + 1, '\n')[1], '\0');
    expect_proves_itself(lines);
}

/* Two vitrines of one user at once: each session's receipt has its own rules and its own end. */
static void test_receipts_of_two(void **state)
{
    (void)state;
    struct writer other;
    struct audit_files files;
    open_files(&files);
    start_audit(&files);
    close_files(&files);
    other = audit;
    open_files(&files); /* anew: who shares a descriptor shares its lock */
    start_audit(&files);
    close_files(&files);
    say_one(1, AUDIT_PROGRAM_START, "rules A");
    swap(&other);
    say_one(1, AUDIT_PROGRAM_START, "rules B");
    swap(&other);
    say_one(2, AUDIT_SESSION_START, "A begins");
    swap(&other);
    say_one(2, AUDIT_SESSION_START, "B begins");
    swap(&other);
    say_one(3, AUDIT_SESSION_END, "A ends");
    expect_receipt("rules A", "A ends");
    swap(&other);
    say_one(3, AUDIT_SHARE_PAUSED, "B");
    say_one(4, AUDIT_SESSION_END, "B ends");
    expect_receipt("rules B", "B ends");
    stop_audit();
    swap(&other);
    stop_audit();
}

/* Another vitrine starts during the session: its first line, which says whose computer this is,
   cannot be left out. Whoever hands the receipt on is told. */
static void test_receipt_that_names_the_computer(void **state)
{
    (void)state;
    struct writer other;
    struct audit_files files;
    open_files(&files);
    start_audit(&files);
    close_files(&files);
    say_session(1, AUDIT_PROGRAM_START, "x", "computer", "pc-7");
    say_one(2, AUDIT_RULES, "rules");
    say_one(3, AUDIT_SESSION_START, "x");
    other = audit;
    open_files(&files);
    start_audit(&files);
    close_files(&files);
    say_session(1, AUDIT_PROGRAM_START, "x", "computer", "pc-7");
    hear_up_to(1);
    swap(&other);
    hear_up_to(3);
    say_one(4, AUDIT_SESSION_END, "x");
    expect_said(log_path, receipt, 0,
                "vitrine: it names this computer, and its user with name and number: in 1 of its "
                "lines (program_start)\n");
    stop_audit();
    swap(&other);
    stop_audit();
}

static void append(const char *text)
{
    FILE *f = fopen(log_path, "ae");
    assert_true(f && fputs(text, f) >= 0);
    fclose(f);
}

/* Something stands between the lines of the session that nobody who writes a trail has written. It
   is not called another vitrine's; and what steers a terminal does not come along. */
static void test_receipt_with_what_is_no_line(void **state)
{
    (void)state;
    int status;
    struct audit_files files;
    open_files(&files);
    start_audit(&files);
    close_files(&files);
    say_one(1, AUDIT_RULES, "rules");
    say_one(2, AUDIT_SESSION_START, "x");
    append("{\"n\":7,\"tim\n\x1b[2J\n"
           "{\"n\":4,\"time\":\"2026-11-30T12:00:00.000Z\",\"event\":\"rule\",\"id\":1,\x1b[31m\n"
           "torn in an \xc3\nturned \xe2\x80\xae\n");
    say_one(3, AUDIT_SESSION_END, "x");
    stop_audit();
    no_trail(log_path, receipt, "vitrine: 5 of 10 lines of ");
    char *text = output_of(receipt, &status);
    assert_int_equal(status, 1);
    assert_non_null(strstr(text, "\n{\"n\":7,\"tim\ntorn in an \xc3\n{"));
    assert_null(strchr(text, '\x1b'));
    assert_null(strstr(text, "turned"));
    free(text);
}

static void append_entry(unsigned n, const char *event, const char *fields)
{
    char line[256];
    snprintf(line, sizeof line,
             "{\"n\":%u,\"time\":\"2026-11-30T12:00:00.000Z\",\"event\":\"%s\",\"id\":1,\"run\":1,"
             "\"fields\":{%s}}\n",
             n, event, fields);
    append(line);
}

/* In a trail that somebody made up: an end and a signature are not those of a session that has
   begun between them. */
static void test_no_receipt_with_the_end_of_another(void **state)
{
    (void)state;
    append_entry(1, "rules", "");
    append_entry(2, "session_start", "\"session\":\"100000001\",\"role\":\"organizer\"");
    append_entry(3, "session_end", "\"session\":\"100000001\",\"how\":\"properly\"");
    append_entry(4, "session_start", "\"session\":\"100000002\",\"role\":\"organizer\"");
    append_entry(5, "signed_head", "");
    no_trail(log_path, receipt, "no session in ");
    expect_output(audit_cmd_sessions, 0, "100000001  organizer    properly\n");
    expect_output(audit_cmd_sessions, 0, "100000002  organizer    not ended\n");
}

/* Each refusal says where, what and what to do. */
static void test_what_to_do(void **state)
{
    (void)state;
    static const struct {
        enum verdict verdict;
        const char *why, *then;
    } refusals[] = {
        {VERDICT_NO_RECEIPT, "no receipt: its first line names a session, and the rules", CUT},
        {VERDICT_NO_SESSION, "no receipt: its first line names a session that does not", CUT},
        {VERDICT_OTHER_END, "no receipt: this line ends another session", CUT},
        {VERDICT_NOT_ENDED, "no receipt: its first line names a session whose end is", CUT},
        {VERDICT_NOT_SIGNED, "no receipt: its first line names a session, and the sig", CUT},
        {VERDICT_MORE, "no receipt: from this line on it is no more of the session", CUT},
        {VERDICT_MANY, "no receipt: more is signed in this session than can be told",
         "copies (4096 grants and shares); have the trail itself verified, beside its key file ("},
        {VERDICT_PROOF, "what people in the session signed is wrong here", "ask for the file as"},
        {VERDICT_UNPROVED, "a receipt, and right as this computer's word", "; take it for no more"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        char *said;
        const struct msg_verify_result r = {.verdict = refusals[i].verdict, .line = 3, .lines = 9};
        bool open = refusals[i].verdict == VERDICT_UNPROVED;
        FILE *f = open_memstream(&said, &(size_t){0});
        assert_int_equal(audit_verdict_print("some", &r, false, f), open ? 7 : 1);
        fclose(f);
        assert_ptr_equal(strstr(said, open ? "some: line 3: " : "some: NOT whole: line 3: "), said);
        assert_non_null(strstr(said, refusals[i].why));
        assert_non_null(strstr(said, refusals[i].then));
        free(said);
    }
}

/* Nor is one that has another session's number: seen to pass for it while only the run was looked
   at. Both are named by their lines. */
static void test_no_receipt_with_another_number(void **state)
{
    (void)state;
    append_entry(1, "rules", "");
    append_entry(2, "session_start", "\"session\":\"100000001\",\"role\":\"organizer\"");
    append_entry(3, "session_end", "\"session\":\"100000002\",\"how\":\"properly\"");
    append_entry(4, "signed_head", "");
    no_trail(log_path, receipt, " has ended and been signed yet; end it and ask again");
    expect_output(audit_cmd_sessions, 0, "100000001  organizer    not ended\n");
    which = "100000001";
    no_trail(log_path, receipt,
             ": the session that begins in line 2 is 100000001, and line 3 ends 100000002; ");
    append_entry(5, "session_end", "\"session\":\"100000001\",\"how\":\"properly\"");
    append_entry(6, "signed_head", ""); /* as `verify` sees it, which stops at line 3 */
    no_trail(log_path, receipt,
             ": the session that begins in line 2 is 100000001, and line 3 ends 100000002; ");
    which = NULL;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_receipt, make),
        cmocka_unit_test_setup(test_receipts_of_two, make),
        cmocka_unit_test_setup(test_receipt_of_an_older_one, make),
        cmocka_unit_test_setup(test_session_without_end, make),
        cmocka_unit_test_setup(test_receipt_that_names_the_computer, make),
        cmocka_unit_test_setup(test_receipt_with_what_is_no_line, make),
        cmocka_unit_test_setup(test_no_receipt_with_the_end_of_another, make),
        cmocka_unit_test_setup(test_no_receipt_with_another_number, make),
        cmocka_unit_test_setup(test_what_to_do, make),
    };
    int status;
    return is_beside_programs(argc, argv, &status) ? cmocka_run_group_tests(tests, NULL, NULL)
                                                   : status;
}
