/* When something is due, in ms of the caller's clock; UINT64_MAX: never. */
#ifndef NET_SEAL_DUE_H
#define NET_SEAL_DUE_H
#include <stdint.h>

static inline uint64_t due_sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

#endif
