/*
 * The file of known names, which several programs of one user write: what is read anew, what counts
 * against it, and that it can always be read again (how it comes onto the disk: test_store.c; who
 * is told what: test_identity.c). Where the file always wins over memory, or a line once written
 * counts as unwritten, by_hand fails; with 256 names (and without the assertion in known.c),
 * longest_names.
 */
#include "broker/known.h"
#include "broker/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char home[] = "/tmp/vitrine-known-XXXXXX", path[512];
static struct known one, two;
static char error[KEYFILE_ERROR];
static const uint8_t key_a[KNOWN_FP] = {1}, key_b[KNOWN_FP] = {2};

static int setup(void **state)
{
    (void)state;
    strcpy(home + strlen(home) - 6, "XXXXXX");
    assert_non_null(mkdtemp(home));
    setenv("XDG_CONFIG_HOME", home, 1);
    assert_true(settings_path(false, KNOWN_FILE, true, path));
    assert_true(known_load(&one, error) && known_load(&two, error));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    remove(path);
    *strrchr(path, '/') = '\0';
    remove(path);
    return remove(home);
}

static void put(const void *ctx, FILE *f)
{
    known_write(ctx, f);
}

static void write_down(struct known *k)
{
    known_saving(k);
    int fd = keyfile_write(path, put, k);
    assert_true(fd >= 0);
    close(fd);
    known_saved(k, true);
}

static void assert_known(const struct known *k, const char *name, const uint8_t *fp)
{
    const uint8_t *found = known_find(k, name);
    assert_non_null(found);
    assert_memory_equal(found, fp, KNOWN_FP);
}

/* What another program wrote is known here, and what is known here only is not forgotten for it. */
static void read_anew(void **state)
{
    (void)state;
    assert_true(known_set(&one, "Kim", key_a) && known_set(&one, "Max", key_a));
    assert_true(known_set(&two, "Lee", key_b) && known_set(&two, "Max", key_b));
    write_down(&one);
    assert_true(known_refresh(&two, error));
    assert_int_equal(two.n, 3);
    assert_known(&two, "Kim", key_a);
    assert_known(&two, "Lee", key_b);
    assert_known(&two, "Max", key_a); /* who was known first stays */
}

/* Nobody becomes unknown by a file that is broken, or cannot be had, while we run. */
static void refused(void **state)
{
    (void)state;
    assert_true(known_set(&one, "Kim", key_a));
    write_down(&one);
    assert_int_equal(chmod(path, 0644), 0);
    assert_false(known_refresh(&one, error));
    assert_non_null(strstr(error, path));
    assert_int_equal(one.n, 1);
    assert_int_equal(chmod(path, 0600), 0);
    FILE *f = fopen(path, "a");
    assert_non_null(f);
    fputs("kye = 1\n", f);
    assert_int_equal(fclose(f), 0);
    assert_false(known_refresh(&one, error) || known_load(&two, error));
    assert_int_equal(one.n, 1);
}

/* The owner's yes to another key counts against the file until it is in there; then it is a line
   like the others, which another program can change. */
static void by_hand(void **state)
{
    (void)state;
    assert_true(known_set(&one, "Ada", key_a));
    write_down(&one);
    assert_true(known_replace(&one, "Ada", key_b));
    assert_true(known_refresh(&one, error));
    assert_known(&one, "Ada", key_b);
    known_saving(&one);
    assert_true(known_refresh(&one, error));
    assert_known(&one, "Ada", key_b);
    known_saved(&one, false); /* the disk says no */
    assert_true(known_refresh(&one, error));
    assert_known(&one, "Ada", key_b);
    write_down(&one);
    assert_true(known_set(&two, "Ada", key_a));
    write_down(&two);
    assert_true(known_refresh(&one, error));
    assert_known(&one, "Ada", key_a);
}

/* While one yes is being written, the next one is given: it is not in the file. */
static void by_hand_meanwhile(void **state)
{
    (void)state;
    assert_true(known_set(&one, "Ada", key_a));
    write_down(&one);
    known_saving(&one);
    assert_true(known_replace(&one, "Ada", key_b));
    known_saved(&one, true);
    assert_true(known_refresh(&one, error));
    assert_known(&one, "Ada", key_b);
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
    char name[MAX_NAME + 1];
    (void)state;
    for (unsigned i = 0; i < KNOWN_MAX; i++) {
        longest_name(i, name);
        assert_true(known_set(&one, name, key_a));
    }
    longest_name(KNOWN_MAX, name);
    assert_false(known_set(&one, name, key_a) || known_replace(&one, name, key_a));
    write_down(&one);
    assert_true(known_load(&two, error));
    assert_int_equal(two.n, KNOWN_MAX);
    for (unsigned i = 0; i < KNOWN_MAX; i++) {
        longest_name(i, name);
        assert_known(&two, name, key_a);
    }
}

int main(void)
{
#define ALONE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ALONE(read_anew),         ALONE(refused),       ALONE(by_hand),
        ALONE(by_hand_meanwhile), ALONE(longest_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
