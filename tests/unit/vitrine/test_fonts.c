/* The fonts a painter gets: of the interface's family every weight, of other scripts a bold one
 * too. */
#include "broker/fonts.h"
#include "policy/limits.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static bool is_there(const int *fds, unsigned n, const char *name)
{
    char link[64], path[256];

    for (unsigned i = 0; i < n; i++) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fds[i]);
        ssize_t len = readlink(link, path, sizeof path - 1);
        assert_true(len > 0);
        path[len] = '\0';
        if (strcmp(strrchr(path, '/') + 1, name) == 0)
            return true;
    }
    return false;
}

static void titles_are_bold_in_every_script(void **state)
{
    static const char *const names[] = {
        "Inter-Regular.otf",        "Inter-SemiBold.otf",         "NotoSansArabic-Regular.ttf",
        "NotoSansArabic-Bold.ttf",  "NotoSansHebrew-Regular.ttf", "NotoSansHebrew-Bold.ttf",
        "NotoSansThai-Regular.ttf", "NotoSansThai-Bold.ttf",      "NotoSansArmenian-Regular.ttf",
        "NotoSansArmenian-Bold.ttf"};
    int fds[MAX_FDS];
    unsigned n = fonts_open(fds, MAX_FDS);

    (void)state;
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!is_there(fds, n, names[i]))
            fail_msg("no %s", names[i]);
    for (unsigned i = 0; i < n; i++)
        close(fds[i]);
    n = fonts_open(fds, 2); /* no more than there is room for */
    assert_int_equal(n, 2);
    close(fds[0]);
    close(fds[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(titles_are_bold_in_every_script)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
