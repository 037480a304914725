/*
 * The file of known names: several programs of one user write it, and none takes away what another
 * one wrote. Without the lock and the reading under it, two_programs fails at its first line of
 * names; without the comparison, one_name_two_keys; without the one where the lock is not had,
 * in_the_way; where the file always wins over memory, or a line once written counts as unwritten,
 * yes_unwritten; where what is refused is written over, refused; with
 * 256 names (and without the assertion in known.c), longest_names.
 */
#include "broker/known.h"
#include "broker/settings.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char home[] = "/tmp/vitrine-known-XXXXXX";
static struct known one, two;
static char error[KEYFILE_ERROR];
static const uint8_t key_a[KNOWN_FP] = {1}, key_b[KNOWN_FP] = {2};

static int setup(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(home));
    setenv("XDG_CONFIG_HOME", home, 1);
    return 0;
}

static int teardown(void **state)
{
    static const char *const names[] = {"vitrine/known", "vitrine/known.lock", "vitrine", ""};
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", home, names[i]);
        remove(path);
    }
    return 0;
}

static void load_both(void)
{
    assert_true(known_load(&one, error) && known_load(&two, error));
}

static void assert_known(const struct known *k, const char *name, const uint8_t *fp)
{
    const uint8_t *found = known_find(k, name);
    assert_non_null(found);
    assert_memory_equal(found, fp, KNOWN_FP);
}

static void two_programs(void **state)
{
    (void)state;
    load_both();
    for (unsigned i = 0; i < 6; i++) {
        const char name[] = {(char)('a' + i), 0};
        assert_int_equal(known_remember(i % 2 ? &two : &one, name, key_a, false, error),
                         KNOWN_KEPT);
    }
    load_both();
    assert_int_equal(one.n, 6);
    for (unsigned i = 0; i < 6; i++) {
        const char name[] = {(char)('a' + i), 0};
        assert_known(&one, name, key_a);
    }
}

/* Who was known first stays; a yes by hand counts for both. */
static void one_name_two_keys(void **state)
{
    (void)state;
    load_both();
    assert_int_equal(known_remember(&one, "Kim", key_a, false, error), KNOWN_KEPT);
    assert_null(known_find(&two, "Kim"));
    assert_int_equal(known_remember(&two, "Kim", key_b, false, error), KNOWN_OTHER);
    assert_known(&two, "Kim", key_a);
    assert_int_equal(known_remember(&two, "Kim", key_b, true, error), KNOWN_KEPT);
    assert_known(&one, "Kim", key_a);
    assert_true(known_refresh(&one, error));
    assert_known(&one, "Kim", key_b);
}

/* Nobody becomes unknown by a file that is broken, or cannot be had, while we run. */
static void in_the_way(void **state)
{
    char path[512];
    (void)state;
    load_both();
    memset(&one, 0, sizeof one); /* started before anybody was met */
    assert_true(settings_path(false, "known.lock", true, path));
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(known_remember(&two, "Kim", key_a, true, error), KNOWN_KEPT);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    /* what another program wrote is judged by all the same */
    assert_int_equal(known_remember(&one, "Kim", key_b, false, error), KNOWN_OTHER);
    assert_known(&one, "Kim", key_a);
    assert_int_equal(known_remember(&one, "Lee", key_a, false, error), KNOWN_FAILED);
    assert_non_null(strstr(error, "cannot be written down"));
    close(fd);
    assert_true(known_refresh(&one, error));
    assert_known(&one, "Lee", key_a); /* for as long as we run */
    assert_true(settings_path(false, "known", true, path));
    assert_int_equal(chmod(path, 0644), 0);
    unsigned n = two.n;
    assert_false(known_refresh(&two, error));
    assert_int_equal(two.n, n);
    assert_int_equal(chmod(path, 0600), 0);
}

static size_t read_file(const char *path, char bytes[4096])
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t n = fread(bytes, 1, 4096, f);
    assert_int_equal(fclose(f), 0);
    return n;
}

static void assert_left_alone(const char *path)
{
    static char before[4096], after[4096];
    size_t n = read_file(path, before);
    assert_false(known_load(&two, error));
    assert_int_equal(known_remember(&one, "Max", key_a, false, error), KNOWN_FAILED);
    assert_non_null(strstr(error, path));
    assert_int_equal(known_remember(&one, "Max", key_a, true, error), KNOWN_FAILED);
    assert_int_equal(read_file(path, after), n);
    assert_memory_equal(after, before, n);
}

/* What is refused is not written over: the names in it, that another program put there, would be
   gone. */
static void refused(void **state)
{
    char path[512], bytes[4096];
    (void)state;
    load_both();
    assert_int_equal(known_remember(&two, "Eve", key_b, false, error), KNOWN_KEPT);
    assert_true(settings_path(false, "known", true, path));
    assert_int_equal(chmod(path, 0644), 0);
    assert_left_alone(path);
    assert_int_equal(chmod(path, 0600), 0);
    size_t end = read_file(path, bytes);
    FILE *f = fopen(path, "a");
    assert_non_null(f);
    fputs("kye = 1\n", f);
    assert_int_equal(fclose(f), 0);
    assert_left_alone(path);
    assert_int_equal(truncate(path, (off_t)end), 0);
    assert_int_equal(known_remember(&one, "Max", key_a, false, error), KNOWN_KEPT);
    load_both();
    assert_known(&one, "Eve", key_b);
    assert_known(&one, "Max", key_a);
}

static void replace_unwritten(const char *in_the_way)
{
    assert_int_equal(mkdir(in_the_way, 0700), 0);
    assert_int_equal(known_remember(&one, "Ada", key_b, true, error), KNOWN_FAILED);
    assert_true(known_refresh(&one, error));
    assert_known(&one, "Ada", key_b);
    assert_int_equal(known_remember(&one, "Ada", key_b, false, error), KNOWN_FAILED);
    assert_true(known_refresh(&one, error));
    assert_known(&one, "Ada", key_b);
    assert_int_equal(known_remember(&one, "Ada", key_a, false, error), KNOWN_OTHER);
    assert_int_equal(rmdir(in_the_way), 0);
}

/* The owner's yes to another key outlives a file that cannot be written, goes there with the next
   name, and is then a line like the others, which another program can change. */
static void yes_unwritten(void **state)
{
    char path[512];
    (void)state;
    load_both();
    assert_int_equal(known_remember(&one, "Ada", key_a, false, error), KNOWN_KEPT);
    assert_true(settings_path(false, "known.new", true, path));
    replace_unwritten(path);
    assert_true(known_refresh(&two, error));
    assert_known(&two, "Ada", key_a);
    assert_int_equal(known_remember(&one, "Bob", key_a, false, error), KNOWN_KEPT);
    assert_true(known_refresh(&two, error));
    assert_known(&two, "Ada", key_b);
    assert_int_equal(known_remember(&two, "Ada", key_a, true, error), KNOWN_KEPT);
    assert_true(known_refresh(&one, error));
    assert_known(&one, "Ada", key_a);
}

/* A name as long in the file as it can be, another one for each i. */
static void longest_name(unsigned i, char name[MAX_NAME + 1])
{
    for (unsigned at = 0; at < MAX_NAME; at++)
        name[at] = at < 16 && i >> at & 1 ? '%' : ' ';
    name[MAX_NAME] = '\0';
}

/* As many as can be remembered, under the worst names: all of it can be read again, and one more
   changes nothing of it. */
static void longest_names(void **state)
{
    char name[MAX_NAME + 1], path[512];
    (void)state;
    assert_true(settings_path(false, "known", true, path));
    assert_int_equal(remove(path), 0);
    memset(&one, 0, sizeof one);
    for (unsigned i = 0; i < KNOWN_MAX; i++) {
        longest_name(i, name);
        assert_int_equal(known_remember(&one, name, key_a, false, error), KNOWN_KEPT);
    }
    longest_name(KNOWN_MAX, name);
    assert_int_equal(known_remember(&one, name, key_a, false, error), KNOWN_FAILED);
    assert_true(known_load(&two, error));
    assert_int_equal(two.n, KNOWN_MAX);
    for (unsigned i = 0; i < KNOWN_MAX; i++) {
        longest_name(i, name);
        assert_known(&two, name, key_a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_programs),  cmocka_unit_test(one_name_two_keys),
        cmocka_unit_test(in_the_way),    cmocka_unit_test(refused),
        cmocka_unit_test(yes_unwritten), cmocka_unit_test(longest_names),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
