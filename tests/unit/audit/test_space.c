/* A disk that fills and is emptied: when that is said, and how often. */
#include "audit/space.h"
#include "lib/disk.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the ones above */
#include <cmocka.h>

/* In place of lib/disk.c. */
static uint64_t free_now;
static bool says_it;

bool disk_free(int fd, uint64_t *bytes)
{
    assert_int_equal(fd, 3);
    *bytes = free_now;
    return says_it;
}

#define WARN 80

/* -1: nothing is said. */
static int64_t said(struct space *s, uint64_t bytes)
{
    uint32_t mib = 0;
    free_now = bytes;
    return space_look(s, &mib) ? (int64_t)mib : -1;
}

static void test_said_once_for_each_time(void **state)
{
    (void)state;
    static const uint64_t mib = DISK_MIB;
    struct space s = {.log = 3, .warn = WARN};
    says_it = true;
    assert_int_equal(said(&s, UINT64_MAX), -1);
    assert_int_equal(said(&s, WARN * mib), -1); /* as much as was asked for */
    assert_int_equal(said(&s, WARN * mib - 1), WARN - 1);
    assert_int_equal(said(&s, 10 * mib), -1);
    assert_int_equal(said(&s, 0), -1);
    assert_int_equal(said(&s, WARN * mib), -1); /* to and fro at the limit is no news */
    assert_int_equal(said(&s, WARN * mib - 1), -1);
    assert_int_equal(said(&s, (WARN + WARN / 8) * mib), -1);
    assert_int_equal(said(&s, 0), 0);
    assert_int_equal(said(&s, 0), -1);
}

static void test_nothing_to_say(void **state)
{
    (void)state;
    struct space s = {.log = 3};
    says_it = true;
    assert_int_equal(said(&s, 0), -1); /* nobody wants to know */
    s.warn = WARN;
    says_it = false;
    assert_int_equal(said(&s, 0), -1); /* the file system does not say */
    says_it = true;
    assert_int_equal(said(&s, 0), 0);
    s = (struct space){.log = 3, .warn = 1048576}; /* the most that a policy asks for */
    assert_int_equal(said(&s, (uint64_t)1048576 * DISK_MIB - 1), 1048575);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_said_once_for_each_time),
        cmocka_unit_test(test_nothing_to_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
