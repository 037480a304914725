/* What the writer does where there is no room: a full disk, also under a log that nothing can be
 * taken back from; and the largest line there is. */
#include "tests/unit/verify/trail_rig.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka wants the ones above */
#include <cmocka.h>

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

/* --- a log that cannot be cut --- */

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

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make, unmake)
    const struct CMUnitTest tests[] = {
        T(test_full_disk),        T(test_dev_full),
        T(test_largest_line),     T(test_full_disk_append_only),
        T(test_runs_append_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
