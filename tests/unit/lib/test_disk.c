/* lib/disk: what a file system says of its room, and what it does not. */
#include "lib/disk.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/vfs.h>
/* cmocka wants the ones above */
#include <cmocka.h>

static struct statfs says;
static int fails;

/* In place of the kernel's. */
int fstatfs(int fd, struct statfs *st)
{
    (void)fd;
    *st = says;
    errno = fails;
    return fails ? -1 : 0;
}

static void test_what_is_free(void **state)
{
    (void)state;
    uint64_t bytes = 0;
    says = (struct statfs){.f_blocks = 900, .f_bavail = 7, .f_bsize = 65536, .f_frsize = 4096};
    assert_true(disk_free(0, &bytes));
    assert_int_equal(bytes, 7 * 4096);
    says.f_frsize = 0;
    assert_true(disk_free(0, &bytes));
    assert_int_equal(bytes, 7 * 65536);
    says.f_bavail = 0; /* full, and that is a word */
    assert_true(disk_free(0, &bytes));
    assert_int_equal(bytes, 0);
}

static void test_says_nothing(void **state)
{
    (void)state;
    uint64_t bytes;
    says = (struct statfs){.f_bsize = 4096, .f_frsize = 4096}; /* a tmpfs without a limit */
    assert_false(disk_free(0, &bytes));
    says.f_blocks = 1;
    says.f_bavail = UINT64_MAX;
    assert_false(disk_free(0, &bytes));
    says = (struct statfs){.f_blocks = 1, .f_bavail = 1}; /* blocks of nothing */
    assert_false(disk_free(0, &bytes));
    says.f_bsize = 4096;
    assert_true(disk_free(0, &bytes));
    fails = ENOSYS;
    assert_false(disk_free(0, &bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_free),
        cmocka_unit_test(test_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
