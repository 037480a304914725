/*
 * A folder that cannot be read to its end: the call that `read_that_fails` counts, from `reads` on,
 * fails. Linked with --wrap=readdir.
 */
#ifndef TESTS_UNIT_VITRINE_FAILING_READDIR_H
#define TESTS_UNIT_VITRINE_FAILING_READDIR_H
#include <dirent.h>
#include <errno.h>
#include <stddef.h>

static unsigned reads, read_that_fails;

struct dirent *__real_readdir(DIR *folder);
struct dirent *__wrap_readdir(DIR *folder);
struct dirent *__wrap_readdir(DIR *folder)
{
    if (++reads != read_that_fails)
        return __real_readdir(folder);
    errno = EIO;
    return NULL;
}

#endif
