/*
 * Each call to the system that the trail's writer makes, made to fail in turn (by the linker's
 * --wrap): every read, write, flush and lock, once as an error and, where it writes, once in the
 * middle. Then the computer goes on, or is started again: nothing that was said to be written is
 * missing, what was not is not there, and the verifier finds a whole trail, at most with a torn
 * line that the trail itself tells of.
 *
 * Seen to fail without go_on_after_crash in trail_begin (a line inserted), without the taking back
 * of a torn write in append (the end cut off), and, where nothing can be taken back, without `next`
 * staying in the key file (the end cut off). Not noticed: write_lines leaving key.next in place
 * although all was taken back, which go_on_after_crash puts right.
 */
#include "audit/trail.h"
#include "audit/verify/check.h"
#include "policy_tables.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>
/* cmocka wants the ones above */
#include <cmocka.h>

ssize_t __real_write(int fd, const void *bytes, size_t n);
ssize_t __real_pwrite(int fd, const void *bytes, size_t n, off_t at);
ssize_t __real_pread(int fd, void *bytes, size_t n, off_t at);
int __real_fdatasync(int fd);
int __real_ftruncate(int fd, off_t size);
off_t __real_lseek(int fd, off_t at, int whence);
int __real_flock(int fd, int operation);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t n, off_t at);
ssize_t __wrap_pread(int fd, void *bytes, size_t n, off_t at);
int __wrap_fdatasync(int fd);
int __wrap_ftruncate(int fd, off_t size);
off_t __wrap_lseek(int fd, off_t at, int whence);
int __wrap_flock(int fd, int operation);

static struct {
    bool on, halves;  /* halves: a write stops in the middle instead of failing */
    bool append_only; /* nothing can be taken back */
    bool for_good;    /* and everything after it fails too, as if the disk were gone */
    unsigned calls, fails_at;
    bool failed;
} faults;

/* Does this call fail? */
static bool strikes(void)
{
    if (!faults.on)
        return false;
    faults.calls++;
    bool now = faults.calls == faults.fails_at || (faults.for_good && faults.failed);
    faults.failed = faults.failed || now;
    if (now)
        errno = EIO;
    return now;
}

static bool half(size_t n, size_t *out)
{
    *out = n / 2;
    return faults.halves && n > 1;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
    if (!strikes())
        return __real_write(fd, bytes, n);
    return half(n, &n) ? __real_write(fd, bytes, n) : -1;
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    return strikes() ? -1 : __real_pwrite(fd, bytes, n, at);
}

ssize_t __wrap_pread(int fd, void *bytes, size_t n, off_t at)
{
    return strikes() ? -1 : __real_pread(fd, bytes, n, at);
}

int __wrap_fdatasync(int fd)
{
    return strikes() ? -1 : __real_fdatasync(fd);
}

int __wrap_ftruncate(int fd, off_t size)
{
    if (faults.append_only) {
        errno = EPERM;
        return -1;
    }
    return strikes() ? -1 : __real_ftruncate(fd, size);
}

off_t __wrap_lseek(int fd, off_t at, int whence)
{
    return strikes() ? -1 : __real_lseek(fd, at, whence);
}

int __wrap_flock(int fd, int operation)
{
    return operation != LOCK_UN && strikes() ? -1 : __real_flock(fd, operation);
}

/* --- one run of a writer, and what it said --- */

static struct trail t;
static int log_fd, key_fd;
#define BATCH 3       /* lines; one that stops in the middle has a whole one */
static unsigned said; /* lines that were said to be written */

static bool add(const char *value)
{
    struct trail_field f = {"why", {(const uint8_t *)value, strlen(value)}};
    if (trail_begin(&t) != 0)
        return false;
    bool good = true;
    for (int i = 0; i < BATCH; i++)
        good = trail_add(&t, AUDIT_SHARE_ON, &f, 1) == 0 && good;
    if (!good)
        t.n = 0;
    good = trail_commit(&t) == 0 && good;
    said += good ? BATCH : 0;
    return good;
}

static void run(const char *value)
{
    if (trail_open(&t, log_fd, key_fd, -1) != 0)
        return;
    for (int i = 0; i < 3; i++)
        add(value);
}

static long read_log(void *ctx, void *buf, size_t n, uint64_t at)
{
    (void)ctx;
    return (long)__real_pread(log_fd, buf, n, (off_t)at);
}

static unsigned count(const char *what)
{
    static char text[65536];
    ssize_t n = __real_pread(log_fd, text, sizeof text - 1, 0);
    assert_true(n >= 0);
    text[n] = '\0';
    unsigned found = 0;
    for (const char *at = text; (at = strstr(at, what)); at++)
        found++;
    return found;
}

static void expect_whole(unsigned which)
{
    const struct reader_source source = {read_log, NULL};
    struct check_result r;
    struct trail_key key;
    assert_int_equal(key_read(key_fd, &key), KEY_GOOD);
    check_log(&source, &key, NULL, &r);
    if (r.verdict != VERDICT_OK)
        fail_msg("call %u: verdict %d at line %llu", which, (int)r.verdict,
                 (unsigned long long)r.line);
    unsigned there = count("\"why\":\"during\"") + count("\"why\":\"after\"");
    if (there < said)
        fail_msg("call %u: %u lines were said to be written, %u are there", which, said, there);
}

/* Runs with that call failing, then again without; whether it had failed. */
static bool try_one(unsigned which, bool halves, bool for_good)
{
    log_fd = memfd_create("log", 0);
    key_fd = memfd_create("key", 0);
    assert_int_equal(fcntl(log_fd, F_SETFL, O_APPEND), 0);
    said = 0;
    faults.calls = 0;
    faults.failed = false;
    faults.halves = halves;
    faults.for_good = for_good;
    faults.fails_at = which;
    faults.on = true;
    run("during");
    bool failed = faults.failed;
    faults.on = false;
    __real_flock(key_fd, LOCK_UN);
    run("after");
    assert_true(said >= 3 * BATCH);
    expect_whole(which);
    close(log_fd);
    close(key_fd);
    return failed;
}

static void try_every_call(bool halves, bool for_good)
{
    unsigned n = 1;
    while (try_one(n, halves, for_good))
        n++;
    printf("# %u calls made to fail%s%s\n", n - 1, halves ? ", writes in the middle" : "",
           for_good ? ", for good" : "");
    assert_true(n > 30);
}

static void test_errors(void **state)
{
    (void)state;
    try_every_call(false, false);
}

static void test_halves(void **state)
{
    (void)state;
    try_every_call(true, false);
}

static void test_for_good(void **state)
{
    (void)state;
    try_every_call(false, true);
    try_every_call(true, true);
}

static void test_append_only(void **state)
{
    (void)state;
    faults.append_only = true;
    try_every_call(false, false);
    try_every_call(true, false);
    try_every_call(true, true);
    faults.append_only = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_for_good),
        cmocka_unit_test(test_append_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
