/*
 * What the writer does when it comes back: after a restart, a crash at each step of a batch, a log
 * or a key file somebody has changed meanwhile; and what the verifier says of the result.
 */
#include "tests/unit/verify/trail_rig.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka wants the ones above */
#include <cmocka.h>

static void test_restart(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
        assert_int_equal(add(&a, "x"), 0);
        assert_int_equal(add(&a, "y"), 0);
    }
    expect(VERDICT_OK, 0, 7); /* one log_start only */
}

static void test_two_writers(void **state)
{
    (void)state;
    int other_key = open(key_path, O_RDWR); /* a lock belongs to an open file */
    assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
    assert_int_equal(trail_open(&b, log_fd, other_key, -1), 0);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(add(&a, "first"), 0);
        assert_int_equal(add(&b, "second"), 0);
    }
    expect(VERDICT_OK, 0, 11);
    close(other_key);
}

/* Every line names the first of its writer, and no two writers share one: also when the first line
   of one did not come about, and its place went to the other. */
static void test_runs(void **state)
{
    static const unsigned runs[] = {1, 2, 1, 2, 1, 6};
    const struct trail_field f = {"why", {(const uint8_t *)"x", 1}};
    (void)state;
    assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&b, "x"), 0);
    assert_int_equal(add(&a, "x"), 0);
    assert_int_equal(add(&b, "x"), 0);
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0); /* one more, and it fails at first */
    assert_int_equal(trail_begin(&b), 0);
    assert_int_equal(trail_add(&b, AUDIT_SHARE_ON, &f, 1), 0);
    b.n = 0;
    assert_int_equal(trail_commit(&b), 0);
    assert_int_equal(add(&a, "x"), 0);
    assert_int_equal(add(&b, "x"), 0);
    for (unsigned i = 0; i < sizeof runs / sizeof runs[0]; i++)
        assert_int_equal(run_of_line(i + 1), runs[i]);
    expect(VERDICT_OK, 0, 6);
}

/* --- a crash --- */

static void test_crash_before_the_lines(void **state)
{
    (void)state;
    crash(0);
    expect(VERDICT_OK, 0, 2);
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&b, "after"), 0);
    expect(VERDICT_OK, 0, 3);
}

static void test_crash_within_a_line(void **state)
{
    (void)state;
    crash(100);
    expect(VERDICT_HALF_LINE, 3, 2);
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&b, "after"), 0);
    expect(VERDICT_OK, 0, 5); /* the torn one, log_recovered, and the new one */
}

/* After a crash, and a start that said so: the log ends before the torn line again. In `text` the
   whole one, from the torn line on returned. */
static char *cut_before_torn(char *text, size_t size)
{
    crash(100);
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0);
    ssize_t n = pread(log_fd, text, size - 1, 0);
    text[n] = '\0';
    char *torn = strchr(strchr(text, '\n') + 1, '\n') + 1;
    assert_int_equal(ftruncate(log_fd, torn - text), 0);
    return torn;
}

/* Only the crash itself is forgiven: a torn line that has been touched since is a changed line. */
static void test_torn_line_changed(void **state)
{
    (void)state;
    char text[8192], *torn = cut_before_torn(text, sizeof text);
    assert_int_equal(write(log_fd, "x", 1), 1);
    assert_int_equal(write(log_fd, torn, strlen(torn)), (ssize_t)strlen(torn));
    expect(VERDICT_CHANGED, 3, 4);
}

/* Nor has anybody else taken it away: the line behind it says that it was there. */
static void test_torn_line_removed(void **state)
{
    (void)state;
    char text[8192], *rest = strchr(cut_before_torn(text, sizeof text), '\n') + 1;
    assert_int_equal(write(log_fd, rest, strlen(rest)), (ssize_t)strlen(rest));
    expect(VERDICT_REMOVED, 3, 3);
}

static void test_crash_and_forged_end(void **state)
{
    (void)state;
    crash(SIZE_MAX);
    struct trail_key k;
    assert_int_equal(key_read(key_fd, &k), KEY_GOOD);
    k.next.hash[0] ^= 1; /* as if the last line of the batch were another than was to be written */
    assert_int_equal(key_write(key_fd, &k), 0);
    expect(VERDICT_SIGNATURE, 1, 5);
}

static void test_crash_between_lines(void **state)
{
    (void)state;
    crash(a.n);
    unmake(NULL);
    make(NULL);
    crash(1);
    size_t one = (size_t)((char *)memchr(a.batch, '\n', a.n) - a.batch) + 1;
    assert_int_equal(ftruncate(log_fd, lseek(log_fd, 0, SEEK_END) - 1), 0);
    assert_int_equal(write(log_fd, a.batch, one), (ssize_t)one);
    expect(VERDICT_OK, 0, 3);
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&b, "after"), 0);
    expect(VERDICT_OK, 0, 4);
}

/* Killed with lines of the batch written, but for the newline of the last. That one is whole, and
   its number is taken: whoever comes next ends it and goes on behind it. */
static void crash_before_newline(unsigned lines, bool beside)
{
    if (beside)
        assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0);
    crash(0);
    const char *end = a.batch - 1;
    for (unsigned i = 0; i < lines; i++)
        end = strchr(end + 1, '\n');
    assert_int_equal(write(log_fd, a.batch, (size_t)(end - a.batch)), end - a.batch);
    expect(VERDICT_HALF_LINE, lines + 2, lines + 1);
    if (!beside)
        assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0);
}

static void test_crash_before_newline(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 6; i++) {
        unsigned lines = i % 3 + 1;
        crash_before_newline(lines, i >= 3);
        assert_int_equal(add(&b, "after"), 0);
        expect(VERDICT_OK, 0, lines + 3);
        unmake(NULL);
        make(NULL);
    }
}

/* Taken away by somebody, without a crash: said. */
static void test_newline_removed(void **state)
{
    (void)state;
    assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&a, "x"), 0);
    assert_int_equal(ftruncate(log_fd, lseek(log_fd, 0, SEEK_END) - 1), 0);
    expect(VERDICT_CUT, 2, 1);
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&b, "after"), 0);
    expect(VERDICT_CUT, 3, 3);
}

static void test_crash_after_the_lines(void **state)
{
    (void)state;
    crash(SIZE_MAX);
    expect(VERDICT_OK, 0, 5);
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&b, "after"), 0);
    expect(VERDICT_OK, 0, 6);
}

/* Killed in the middle of a batch while another writer goes on: the other one takes it up. */
static void test_crash_beside_another_writer(void **state)
{
    (void)state;
    char value[] = "crash";
    struct trail_field f = {"why", {(const uint8_t *)value, 5}};
    int other_key = open(key_path, O_RDWR);
    assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
    assert_int_equal(trail_open(&b, log_fd, other_key, -1), 0);
    assert_int_equal(trail_begin(&a), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(trail_add(&a, AUDIT_SHARE_OFF, &f, 1), 0);
    a.key.next = a.head;
    assert_int_equal(key_write(key_fd, &a.key), 0);
    size_t half = (size_t)((char *)memchr(a.batch, '\n', a.n) - a.batch) + 40;
    assert_int_equal(write(log_fd, a.batch, half), (ssize_t)half);
    assert_int_equal(flock(key_fd, LOCK_UN), 0); /* as its death would */
    assert_int_equal(add(&b, "after"), 0);
    expect(VERDICT_OK, 0, 5); /* log_start, one line, the torn one, log_recovered, "after" */
    close(other_key);
}

/* --- a crash while an earlier one is being mended; nothing can be cut --- */

/* The next writer says what was torn, and dies over that: `written` bytes of its batch come. */
static void crash_again(size_t written)
{
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0);
    crash(100);
    assert_int_equal(trail_begin(&b), 0);
    assert_true(b.n > 2);
    b.key.next = b.head;
    assert_int_equal(key_write(key_fd, &b.key), 0);
    assert_int_equal(write(log_fd, b.batch, written), (ssize_t)written);
    assert_int_equal(flock(key_fd, LOCK_UN), 0);
}

static void test_mending_torn(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 2, 60, 150};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        crash_again(lengths[i]);
        assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
        assert_int_equal(add(&a, "after"), 0);
        assert_int_equal(check().verdict, VERDICT_OK);
        take_key();
        expect_sealed(VERDICT_OK, 0);
        unmake(NULL);
        make(NULL);
    }
}

/* Two lines that were changed are no crash. */
static void test_two_changed(void **state)
{
    (void)state;
    char text[8192];
    crash(0);
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(add(&b, "more"), 0);
    ssize_t n = pread(log_fd, text, sizeof text - 1, 0);
    text[n] = '\0';
    for (int i = 0, line = 0; i < n; i++) {
        line += text[i] == '\n';
        if (text[i] == '\n' && (line == 2 || line == 3))
            text[i + 2] = 'x';
    }
    assert_int_equal(ftruncate(log_fd, 0), 0);
    assert_int_equal(write(log_fd, text, (size_t)n), n);
    assert_int_equal(check().verdict, VERDICT_CHANGED);
    assert_int_equal(check().line, 3);
}

/* Killed before, or in the middle of, the first batch of a new key: it begins when it comes back,
   and beside an old log it says so. */
static void begin_and_die(size_t written, bool beside)
{
    if (beside) {
        assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
        assert_int_equal(add(&a, "old"), 0);
        assert_int_equal(ftruncate(key_fd, 0), 0);
    }
    struct trail_key k;
    int other = memfd_create("key", 0);
    int whole = memfd_create("log", 0);
    char text[8192];
    ssize_t n = pread(log_fd, text, sizeof text, 0);
    fcntl(whole, F_SETFL, O_APPEND);
    assert_int_equal(write(whole, text, (size_t)n), n);
    assert_int_equal(trail_open(&b, whole, other, -1), 0);
    assert_int_equal(key_read(other, &k), KEY_GOOD);
    ssize_t all = pread(whole, text, sizeof text, 0);
    assert_true(all - n > (ssize_t)written);
    /* as the key file was before the batch */
    k.next = k.head;
    k.head = (struct line_head){0};
    if (beside)
        memcpy(&k.head, &a.key.head, sizeof k.head);
    memcpy(k.seal, k.kept, sizeof k.seal);
    assert_int_equal(key_write(key_fd, &k), 0);
    assert_int_equal(write(log_fd, text + n, written), (ssize_t)written);
    close(other);
    close(whole);
}

static void test_new_key_crashed(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 40, 200};
    for (size_t i = 0; i < 2 * sizeof lengths / sizeof lengths[0]; i++) {
        bool beside = i & 1;
        begin_and_die(lengths[i / 2], beside);
        assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
        assert_int_equal(add(&a, "after"), 0);
        assert_int_equal(check().verdict, beside ? VERDICT_OTHER_KEY : VERDICT_OK);
        char text[8192] = "";
        assert_true(pread(log_fd, text, sizeof text - 1, 0) > 0);
        assert_int_equal(strstr(text, "the key file is new") != NULL, beside);
        unmake(NULL);
        make(NULL);
    }
}

/* --- what somebody has done meanwhile --- */

/* Nobody was writing when that came there: the next writer does not call it a crash. */
static void test_strange_end(void **state)
{
    (void)state;
    static const char strange[] = "{\"n\":9999,\"who\":\"somebody else\"";
    assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&a, "before"), 0);
    assert_int_equal(write(log_fd, strange, sizeof strange - 1), sizeof strange - 1);
    expect(VERDICT_INSERTED, 3, 2);
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&b, "after"), 0);
    expect(VERDICT_CHANGED, 3, 4); /* log_suspect follows it, and shows that it is none of ours */
}

static void test_cut_while_away(void **state)
{
    (void)state;
    assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&a, "one"), 0);
    struct stat st;
    assert_int_equal(fstat(log_fd, &st), 0);
    assert_int_equal(add(&a, "two"), 0);
    assert_int_equal(ftruncate(log_fd, st.st_size), 0);
    expect(VERDICT_CUT, 3, 2);
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0); /* goes on, and says so */
    assert_int_equal(add(&b, "three"), 0);
    expect(VERDICT_CUT, 3, 3);
}

static void test_log_deleted(void **state)
{
    (void)state;
    assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&a, "one"), 0);
    assert_int_equal(ftruncate(log_fd, 0), 0);
    expect(VERDICT_CUT, 1, 0);
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0);
    assert_int_not_equal(check().verdict, VERDICT_OK);
}

static void test_key_deleted(void **state)
{
    (void)state;
    assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&a, "one"), 0);
    assert_int_equal(ftruncate(key_fd, 0), 0);
    assert_int_equal(add(&a, "two"), -1); /* not under a key file that is not ours */
    assert_int_equal(errno, EBADMSG);
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0);
    assert_int_equal(check().verdict, VERDICT_OTHER_KEY);
}

static void test_key_broken(void **state)
{
    (void)state;
    assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
    assert_int_equal(pwrite(key_fd, "x", 1, 200), 1);
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), -1);
    assert_int_equal(errno, EBADMSG);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make, unmake)
    const struct CMUnitTest tests[] = {
        T(test_restart),
        T(test_two_writers),
        T(test_runs),
        T(test_crash_before_the_lines),
        T(test_crash_within_a_line),
        T(test_torn_line_changed),
        T(test_torn_line_removed),
        T(test_crash_and_forged_end),
        T(test_crash_between_lines),
        T(test_crash_before_newline),
        T(test_newline_removed),
        T(test_crash_after_the_lines),
        T(test_crash_beside_another_writer),
        T(test_mending_torn),
        T(test_two_changed),
        T(test_new_key_crashed),
        T(test_strange_end),
        T(test_cut_while_away),
        T(test_log_deleted),
        T(test_key_deleted),
        T(test_key_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
