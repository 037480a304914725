/* The sanitizers' run-time makes calls that no policy has: such a build cannot be a worker. */
#ifndef TESTS_UNIT_SANITIZED_H
#define TESTS_UNIT_SANITIZED_H
#include <stdbool.h>
#include <stdio.h>

#if defined(__SANITIZE_ADDRESS__)
#define PROGRAMS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PROGRAMS_SANITIZED 1
#endif
#endif
#ifndef PROGRAMS_SANITIZED
#define PROGRAMS_SANITIZED 0
#endif

/* For a main whose tests are all about workers. true: says that they are left out. */
static inline bool sanitized_skips(void)
{
    if (PROGRAMS_SANITIZED)
        puts("# skipped: a sanitized program makes calls that no policy has");
    return PROGRAMS_SANITIZED;
}

#endif
