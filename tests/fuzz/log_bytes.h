/*
 * Bytes in memory as the verifier reads a log: see audit/verify/reader.h. For the targets that give
 * it one.
 */
#ifndef TESTS_FUZZ_LOG_BYTES_H
#define TESTS_FUZZ_LOG_BYTES_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct log_bytes {
    const void *data;
    size_t size;
};

static inline long log_bytes_read(void *ctx, void *buf, size_t n, uint64_t at)
{
    const struct log_bytes *b = ctx;
    if (at >= b->size)
        return 0;
    size_t left = b->size - (size_t)at, take = n < left ? n : left;
    memcpy(buf, (const uint8_t *)b->data + at, take);
    return (long)take;
}

#endif
