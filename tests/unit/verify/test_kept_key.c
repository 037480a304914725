/* The verification key that was taken away in time, against an intruder who has everything that is
 * left; and a log that was put aside, whole or not. */
#include "tests/unit/verify/trail_rig.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka wants the ones above */
#include <cmocka.h>

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
                     VERDICT_OK); /* without the verification key: nothing to see */
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

/* The last batch of the part is torn behind `written` bytes of it, or before the newline of its
   first line; then the first one of the next part, of which `first` bytes come. -1: all. */
static void crash_at_parts(size_t written, bool but_newline, ssize_t first)
{
    struct trail_key then;
    crash(written);
    if (but_newline) {
        const char *end = memchr(a.batch, '\n', a.n);
        assert_int_equal(ftruncate(log_fd, lseek(log_fd, 0, SEEK_END) - (off_t)written), 0);
        assert_int_equal(write(log_fd, a.batch, (size_t)(end - a.batch)), end - a.batch);
    }
    take_key();
    put_aside();
    assert_int_equal(key_read(key_fd, &then), KEY_GOOD);
    assert_int_equal(trail_open(&b, log_fd, key_fd, part_fd), 0);
    if (first < 0)
        return;
    then.next = b.key.head;
    assert_int_equal(key_write(key_fd, &then), 0);
    assert_true(first < lseek(log_fd, 0, SEEK_END));
    assert_int_equal(ftruncate(log_fd, first), 0);
    assert_int_equal(trail_open(&b, log_fd, key_fd, part_fd), 0);
}

static void expect_both(enum verdict verdict)
{
    assert_int_equal(check().verdict, verdict);
    expect_sealed(verdict, check().line);
}

static void read_text(char text[8192])
{
    ssize_t n = pread(log_fd, text, 8191, 0);
    assert_true(n > 0);
    text[n] = '\0';
}

static void write_text(const char *text)
{
    assert_int_equal(ftruncate(log_fd, 0), 0);
    assert_int_equal(write(log_fd, text, strlen(text)), (ssize_t)strlen(text));
}

/* Whatever stands before the first line of a part is what that line says, and as long. */
static void expect_no_other_begin(void)
{
    char text[8192], other[8192 + 8];
    read_text(text);
    const char *line = strstr(text, "\"here\":");
    assert_non_null(line);
    while (line > text && line[-1] != '\n')
        line--;
    static const char *const more[] = {"\n", "x", "x\n", "xy\n\n"};
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        snprintf(other, sizeof other, "%s%s", more[i], text);
        write_text(other);
        assert_int_equal(check().verdict, VERDICT_CHANGED);
    }
    for (const char *at = text; at < line; at++) {
        write_text(at + 1);
        assert_true(check().verdict == VERDICT_CHANGED || check().verdict == VERDICT_REMOVED);
    }
    write_text(text);
    assert_int_equal(check().verdict, VERDICT_OK);
}

/* A crash is none of anybody's tampering, wherever the part ends with it, also where the next one's
   first line is torn, too; and not when the older part has been taken away. */
static void test_crash_between_parts(void **state)
{
    static const size_t torn[] = {0, 1, 100, 290};
    static const ssize_t first[] = {-1, 0, 1, 2, 60, 150};
    (void)state;
    for (unsigned i = 0; i < 5 * 6; i++) {
        bool but_newline = i / 6 == 4;
        crash_at_parts(but_newline ? 100 : torn[i / 6], but_newline, first[i % 6]);
        assert_int_equal(add(&b, "goes on"), 0);
        expect_both(VERDICT_OK);
        int away = part_fd;
        part_fd = -1;
        expect_both(VERDICT_OK);
        assert_true(check().first > 1);
        expect_no_other_begin();
        part_fd = away;
        unmake_parts(NULL);
        make(NULL);
    }
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
        T(test_past_written_anew),
        T(test_both_put_back),
        T(test_wrong_kept_key),
        T(test_seals_after_crash),
        cmocka_unit_test_setup_teardown(test_parts, make, unmake_parts),
        cmocka_unit_test_setup_teardown(test_crash_between_parts, make, unmake_parts),
        cmocka_unit_test_setup_teardown(test_strange_part, make, unmake_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
