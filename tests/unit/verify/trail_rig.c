#include "tests/unit/verify/trail_rig.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
/* cmocka wants the ones above */
#include <cmocka.h>

struct trail a, b;
int log_fd, key_fd, part_fd = -1;
char log_path[64], key_path[64];
struct check_seal kept;

static char directory[] = "trail-XXXXXX";

int make(void **state)
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

int unmake(void **state)
{
    (void)state;
    close(log_fd);
    close(key_fd);
    unlink(log_path);
    unlink(key_path);
    rmdir(directory);
    return 0;
}

int add(struct trail *t, const char *value)
{
    struct trail_field f = {"why", {(const uint8_t *)value, strlen(value)}};
    if (trail_begin(t) != 0)
        return -1;
    return trail_add(t, AUDIT_SHARE_ON, &f, 1) != 0 ? -1 : trail_commit(t);
}

static long read_log(void *ctx, void *buf, size_t n, uint64_t at)
{
    (void)ctx;
    off_t before = part_fd < 0 ? 0 : lseek(part_fd, 0, SEEK_END);
    if (at < (uint64_t)before)
        return (long)pread(part_fd, buf, n, (off_t)at);
    return (long)pread(log_fd, buf, n, (off_t)at - before);
}

struct check_result check_with(const struct check_seal *seal)
{
    struct reader_source source = {read_log, NULL};
    struct check_result r;
    struct trail_key key;
    assert_int_equal(key_read(key_fd, &key), KEY_GOOD);
    check_log(&source, &key, seal, &r);
    return r;
}

struct check_result check(void)
{
    return check_with(NULL);
}

void expect(enum verdict verdict, uint64_t line, uint64_t lines)
{
    struct check_result r = check();
    assert_int_equal(r.verdict, verdict);
    assert_int_equal(r.line, line);
    assert_int_equal(r.lines, lines);
}

void expect_sealed(enum verdict verdict, uint64_t line)
{
    struct check_result r = check_with(&kept);
    assert_int_equal(r.verdict, verdict);
    assert_int_equal(r.line, line);
}

void take_key(void)
{
    assert_int_equal(trail_take_key(&a, true, kept.key, &kept.from), 1);
    assert_int_equal(kept.from, 1);
    uint8_t again[DIGEST_SIZE];
    uint64_t from;
    assert_int_equal(trail_take_key(&a, true, again, &from), 0);
}

uint64_t run_of_line(unsigned place)
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

void crash(size_t written)
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

void limit_files(rlim_t bytes)
{
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}
