/* What time it is. Both are system calls that every filter lets pass. */
#ifndef LIB_CLOCK_H
#define LIB_CLOCK_H
#include <stdint.h>
#include <time.h>

/* CLOCK_MONOTONIC in microseconds: for how long something takes. */
static inline uint64_t clock_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* CLOCK_REALTIME in milliseconds since 1970: for what is told to people. */
static inline int64_t clock_unix_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

#endif
