/*
 * What the writer does when it comes back: after a restart, a crash at each step of a batch, a full
 * disk, a log somebody has changed meanwhile; and what the verifier says of the result.
 */
#include "audit/trail.h"
#include "audit/verify/check.h"
#include "policy_tables.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka wants the ones above */
#include <cmocka.h>

static struct trail a, b;
static int log_fd, key_fd;
static char directory[] = "trail-XXXXXX";
static char log_path[64], key_path[64];

static int make(void **state)
{
    (void)state;
    memcpy(directory, "trail-XXXXXX", sizeof directory);
    assert_non_null(mkdtemp(directory));
    snprintf(log_path, sizeof log_path, "%s/audit.log", directory);
    snprintf(key_path, sizeof key_path, "%s/audit.log.key", directory);
    log_fd = open(log_path, O_RDWR | O_APPEND | O_CREAT, 0600);
    key_fd = open(key_path, O_RDWR | O_CREAT, 0600);
    assert_true(log_fd >= 0 && key_fd >= 0);
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    close(log_fd);
    close(key_fd);
    unlink(log_path);
    unlink(key_path);
    rmdir(directory);
    return 0;
}

static int add(struct trail *t, const char *value)
{
    struct trail_field f = {"why", {(const uint8_t *)value, strlen(value)}};
    if (trail_begin(t) != 0)
        return -1;
    return trail_add(t, AUDIT_SHARE_ON, &f, 1) != 0 ? -1 : trail_commit(t);
}

static int part_fd = -1; /* what stands before the log, when it was put aside */

static long read_log(void *ctx, void *buf, size_t n, uint64_t at)
{
    (void)ctx;
    off_t before = part_fd < 0 ? 0 : lseek(part_fd, 0, SEEK_END);
    if (at < (uint64_t)before)
        return (long)pread(part_fd, buf, n, (off_t)at);
    return (long)pread(log_fd, buf, n, (off_t)at - before);
}

static struct check_result check_with(const struct check_seal *seal)
{
    struct reader_source source = {read_log, NULL};
    struct check_result r;
    struct trail_key key;
    assert_int_equal(key_read(key_fd, &key), KEY_GOOD);
    check_log(&source, &key, seal, &r);
    return r;
}

static struct check_result check(void)
{
    return check_with(NULL);
}

static void expect(enum verdict verdict, uint64_t line, uint64_t lines)
{
    struct check_result r = check();
    assert_int_equal(r.verdict, verdict);
    assert_int_equal(r.line, line);
    assert_int_equal(r.lines, lines);
}

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

/* The run that line of the log names. */
static uint64_t run_of_line(unsigned place)
{
    char text[65536];
    struct line l;
    ssize_t n = pread(log_fd, text, sizeof text - 1, 0);
    assert_true(n > 0);
    text[n] = '\0';
    char *line = strtok(text, "\n");
    while (--place && line)
        line = strtok(NULL, "\n");
    assert_true(line && line_parse(line, strlen(line), &l));
    return l.run;
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

/* Killed after the key file has said where the chain will stand, with none, half, or all of the
 * batch written. */
static void crash(size_t written)
{
    char value[] = "crash";
    struct trail_field f = {"why", {(const uint8_t *)value, 5}};
    assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&a, "before"), 0);
    assert_int_equal(trail_begin(&a), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(trail_add(&a, AUDIT_SHARE_OFF, &f, 1), 0);
    a.key.next = a.head;
    assert_int_equal(key_write(key_fd, &a.key), 0);
    size_t n = written < a.n ? written : a.n;
    assert_int_equal(write(log_fd, a.batch, n), (ssize_t)n);
    assert_int_equal(ftruncate(log_fd, lseek(log_fd, 0, SEEK_END)), 0);
}

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

static void limit_files(rlim_t bytes)
{
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
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

static void test_full_disk(void **state)
{
    (void)state;
    struct stat st;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&a, "fits"), 0);
    assert_int_equal(fstat(log_fd, &st), 0);
    limit_files((rlim_t)st.st_size + 100); /* room for a part of the next line */
    assert_int_equal(add(&a, "does not fit"), -1);
    assert_true(errno == ENOSPC || errno == EFBIG);
    off_t before = st.st_size;
    assert_int_equal(fstat(log_fd, &st), 0);
    assert_int_equal(st.st_size, before); /* the torn part was taken back */
    expect(VERDICT_OK, 0, 2);
    limit_files(RLIM_INFINITY);
    assert_int_equal(add(&a, "fits again"), 0);
    expect(VERDICT_OK, 0, 3);
}

static void test_dev_full(void **state)
{
    (void)state;
    int full = open("/dev/full", O_RDWR | O_APPEND);
    if (full < 0)
        skip();
    assert_int_equal(trail_open(&a, full, key_fd, -1), -1);
    assert_int_equal(errno, ENOSPC);
    close(full);
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

/* Sixteen fields of the largest size, every byte of which needs an escape: one line must hold them.
 */
static void test_largest_line(void **state)
{
    (void)state;
    char value[256], name[33];
    struct trail_field fields[16];
    memset(value, '"', sizeof value);
    memset(name, 'n', 32);
    name[32] = '\0';
    for (int i = 0; i < 16; i++)
        fields[i] = (struct trail_field){name, {(const uint8_t *)value, sizeof value}};
    assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
    assert_int_equal(trail_begin(&a), 0);
    unsigned n = 0;
    while (trail_has_room(&a)) {
        assert_int_equal(trail_add(&a, AUDIT_ERROR, fields, 16), 0);
        n++;
    }
    assert_int_equal(trail_sign(&a), 0);
    assert_int_equal(trail_commit(&a), 0);
    expect(VERDICT_OK, 0, n + 2);
}

/* --- the verification key, and an intruder who has everything that is left --- */

static struct check_seal kept;

static void take_key(void)
{
    assert_int_equal(trail_take_key(&a, true, kept.key, &kept.from), 1);
    assert_int_equal(kept.from, 1);
    uint8_t again[DIGEST_SIZE];
    uint64_t from;
    assert_int_equal(trail_take_key(&a, true, again, &from), 0);
}

static void expect_sealed(enum verdict verdict, uint64_t line)
{
    struct check_result r = check_with(&kept);
    assert_int_equal(r.verdict, verdict);
    assert_int_equal(r.line, line);
}

static void write_and_take(void)
{
    assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&a, "one"), 0);
    take_key();
    assert_int_equal(add(&a, "two"), 0);
    assert_int_equal(add(&a, "three"), 0);
    expect_sealed(VERDICT_OK, 0);
    assert_true(check_with(&kept).sealed);
}

/* He takes the key file of today, cuts the log, and writes the rest anew as the writer would. */
static void test_past_written_anew(void **state)
{
    (void)state;
    write_and_take();
    char text[8192];
    struct trail_key k;
    struct line l;
    ssize_t n = pread(log_fd, text, sizeof text - 1, 0);
    text[n] = '\0';
    char *second = strchr(text, '\n') + 1, *third = strchr(second, '\n') + 1;
    assert_true(line_parse(second, (size_t)(third - second) - 1, &l));
    assert_int_equal(ftruncate(log_fd, third - text), 0);
    assert_int_equal(key_read(key_fd, &k), KEY_GOOD);
    k.head.n = k.next.n = l.n;
    memcpy(k.head.hash, l.hash, DIGEST_SIZE);
    k.next = k.head;
    assert_int_equal(key_write(key_fd, &k), 0);
    assert_int_equal(check().verdict,
                     VERDICT_OK); /* without the key kept elsewhere: nothing to see */
    expect_sealed(VERDICT_CUT, 3);
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&b, "not what was written"), 0);
    assert_int_equal(check().verdict, VERDICT_OK);
    expect_sealed(VERDICT_SEAL, 3);
}

/* Both files as they once were, put back together: the limit of what a trail shows by itself
 * (FORMAT.md 6). The log alone is cut, whatever else is there. */
static void test_both_put_back(void **state)
{
    (void)state;
    struct trail_key then;
    struct stat st;
    write_and_take();
    assert_int_equal(key_read(key_fd, &then), KEY_GOOD);
    assert_int_equal(fstat(log_fd, &st), 0);
    assert_int_equal(add(&a, "four"), 0);
    assert_int_equal(ftruncate(log_fd, st.st_size), 0);
    expect_sealed(VERDICT_CUT, 5);
    assert_int_equal(key_write(key_fd, &then), 0);
    assert_int_equal(check().verdict, VERDICT_OK);
    expect_sealed(VERDICT_OK, 0);
    assert_int_equal(trail_open(&b, log_fd, key_fd, -1), 0);
    assert_int_equal(check().lines, 4); /* and no log_suspect */
}

static void test_wrong_kept_key(void **state)
{
    (void)state;
    write_and_take();
    kept.key[3] ^= 1;
    expect_sealed(VERDICT_SEAL, 1);
}

static void test_seals_after_crash(void **state)
{
    (void)state;
    crash(SIZE_MAX);
    assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
    assert_int_equal(add(&a, "after"), 0);
    take_key();
    expect_sealed(VERDICT_OK, 0);
}

static int add_three(struct trail *t)
{
    struct trail_field f = {"why", {(const uint8_t *)"three", 5}};
    if (trail_begin(t) != 0)
        return -1;
    for (int i = 0; i < 3; i++)
        assert_int_equal(trail_add(t, AUDIT_SHARE_OFF, &f, 1), 0);
    return trail_commit(t);
}

/* A log that cannot be cut: sealed; chattr +a does the same. */
static void make_append_only(void)
{
    close(log_fd);
    log_fd = memfd_create("log", MFD_ALLOW_SEALING);
    fcntl(log_fd, F_SETFL, O_APPEND);
    assert_int_equal(fcntl(log_fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
    signal(SIGXFSZ, SIG_IGN);
}

/* The disk takes that many bytes of three lines, and is full. */
static void add_three_of(struct trail *t, off_t bytes)
{
    off_t size = lseek(log_fd, 0, SEEK_END);
    limit_files((rlim_t)(size + bytes));
    assert_int_equal(add_three(t), -1);
    assert_int_equal(lseek(log_fd, 0, SEEK_END), size + bytes);
}

/* It keeps what a full disk took of a batch, whole lines and a torn one: each writer goes on behind
   it, also when it happens again. */
static void test_full_disk_append_only(void **state)
{
    (void)state;
    int other_key = open(key_path, O_RDWR);
    make_append_only();
    assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
    assert_int_equal(trail_open(&b, log_fd, other_key, -1), 0);
    for (int i = 0; i < 2; i++) {
        add_three_of(&a, 800);               /* room for two lines and a part of the third */
        assert_int_equal(add_three(&b), -1); /* takes nothing at all */
        limit_files(RLIM_INFINITY);
        assert_int_equal(add(i ? &a : &b, "goes on"), 0);
        assert_int_equal(check().verdict, VERDICT_OK);
    }
    assert_int_equal(add(&b, "and on"), 0);
    take_key();
    expect_sealed(VERDICT_OK, 0);
    close(other_key);
}

/* ... takes all of the first line of a new writer but its newline. */
static void add_first_but_newline(struct trail *t)
{
    const struct trail_field f = {"why", {(const uint8_t *)"three", 5}};
    assert_int_equal(trail_open(t, log_fd, t->key_fd, -1), 0);
    assert_int_equal(trail_begin(t), 0);
    assert_int_equal(trail_add(t, AUDIT_SHARE_OFF, &f, 1), 0);
    off_t one = (off_t)t->n;
    t->n = 0;
    assert_int_equal(trail_commit(t), 0);
    add_three_of(t, one - 1);
    limit_files(RLIM_INFINITY);
}

/* A writer whose first line stayed goes on with its run, also when another one wrote meanwhile; one
   of whose first line a part stayed has lost the place. */
static void test_runs_append_only(void **state)
{
    (void)state;
    int other_key = open(key_path, O_RDWR);
    make_append_only();
    assert_int_equal(trail_open(&a, log_fd, key_fd, -1), 0);
    assert_int_equal(trail_open(&b, log_fd, other_key, -1), 0);
    add_three_of(&b, 800); /* lines 2 and 3, and a torn one */
    limit_files(RLIM_INFINITY);
    assert_int_equal(add(&a, "x"), 0);
    assert_int_equal(add(&b, "x"), 0);
    assert_int_equal(run_of_line(3), 2);
    assert_int_equal(run_of_line(6), 1);
    assert_int_equal(run_of_line(7), 2);
    assert_int_equal(trail_open(&b, log_fd, other_key, -1), 0);
    add_three_of(&b, 100);
    limit_files(RLIM_INFINITY);
    assert_int_equal(add(&a, "x"), 0); /* log_recovered, line 7 in place 9, and 8 */
    assert_int_equal(add(&b, "x"), 0);
    assert_int_equal(run_of_line(9), 1);
    assert_int_equal(run_of_line(11), 9);
    assert_int_equal(check().verdict, VERDICT_OK);
    add_first_but_newline(&b);
    assert_int_equal(add(&a, "x"), 0);
    assert_int_equal(add(&b, "x"), 0);
    assert_int_equal(run_of_line(12), 10);
    assert_int_equal(run_of_line(14), 10);
    assert_int_equal(check().verdict, VERDICT_OK);
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

/* --- a long log is put aside --- */

static void put_aside(void)
{
    part_fd = log_fd;
    assert_int_equal(unlink(log_path), 0);
    log_fd = open(log_path, O_RDWR | O_APPEND | O_CREAT, 0600);
}

static int unmake_parts(void **state)
{
    if (part_fd >= 0)
        close(part_fd);
    part_fd = -1;
    return unmake(state);
}

static void test_parts(void **state)
{
    (void)state;
    write_and_take();
    put_aside();
    assert_int_equal(trail_open(&b, log_fd, key_fd, part_fd), 0);
    assert_int_equal(add(&b, "goes on"), 0);
    expect(VERDICT_OK, 0, 6);
    expect_sealed(VERDICT_OK, 0);
    int first = part_fd;
    part_fd = -1; /* the old part was taken away: said, and no tampering */
    struct check_result r = check();
    assert_int_equal(r.verdict, VERDICT_OK);
    assert_int_equal(r.first, 5);
    expect_sealed(VERDICT_OK, 0); /* the key is computed on to what is there */
    assert_true(check_with(&kept).sealed);
    kept.key[3] ^= 1;
    expect_sealed(VERDICT_SEAL, 1);
    kept.key[3] ^= 1;
    assert_int_equal(ftruncate(first, lseek(first, 0, SEEK_END) - 400), 0);
    part_fd = first; /* its end was cut off */
    assert_int_not_equal(check().verdict, VERDICT_OK);
}

/* Something that does not end where the key file says is no part before this one. */
static void test_strange_part(void **state)
{
    (void)state;
    write_and_take();
    put_aside();
    assert_int_equal(ftruncate(part_fd, lseek(part_fd, 0, SEEK_END) - 400), 0);
    assert_int_equal(trail_open(&b, log_fd, key_fd, part_fd), 0);
    int first = part_fd;
    part_fd = -1;
    assert_int_not_equal(check().verdict, VERDICT_OK); /* log_suspect is in it */
    part_fd = first;
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make, unmake)
    const struct CMUnitTest tests[] = {
        T(test_restart),
        T(test_two_writers),
        T(test_crash_before_the_lines),
        T(test_crash_within_a_line),
        T(test_strange_end),
        T(test_torn_line_changed),
        T(test_torn_line_removed),
        T(test_crash_and_forged_end),
        T(test_crash_between_lines),
        T(test_crash_after_the_lines),
        T(test_crash_before_newline),
        T(test_newline_removed),
        T(test_crash_beside_another_writer),
        T(test_full_disk),
        T(test_full_disk_append_only),
        T(test_runs_append_only),
        T(test_mending_torn),
        T(test_two_changed),
        T(test_new_key_crashed),
        T(test_dev_full),
        T(test_cut_while_away),
        T(test_log_deleted),
        T(test_key_deleted),
        T(test_key_broken),
        T(test_largest_line),
        T(test_past_written_anew),
        T(test_both_put_back),
        T(test_wrong_kept_key),
        T(test_seals_after_crash),
        T(test_runs),
        cmocka_unit_test_setup_teardown(test_parts, make, unmake_parts),
        cmocka_unit_test_setup_teardown(test_strange_part, make, unmake_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
