/*
 * How long a row of pixels stays the same: a few compared at a time where the processor can (every
 * x86-64 has SSE2), since most are short and a loop's end is hard to foresee. Internal to lib/tile.
 */
#ifndef LIB_TILE_RUN_H
#define LIB_TILE_RUN_H
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline uint32_t run_plain(const uint32_t *p, uint32_t value, uint32_t n)
{
    uint32_t i = 0;
    while (i < n && p[i] == value)
        i++;
    return i;
}

/* How many of the n pixels from p on are `value`, up to the first that is not. */
static inline uint32_t run_of(const uint32_t *p, uint32_t value, uint32_t n)
{
    uint32_t i = 0;
#ifdef __SSE2__
    __m128i v = _mm_set1_epi32((int)value);
    for (; i + 8 <= n; i += 8) {
        const __m128i *at = (const __m128i *)(const void *)(p + i);
        __m128i low = _mm_cmpeq_epi32(_mm_loadu_si128(at), v);
        __m128i high = _mm_cmpeq_epi32(_mm_loadu_si128(at + 1), v);
        unsigned same = (unsigned)_mm_movemask_epi8(_mm_packs_epi32(low, high));
        if (same != 0xffff)
            return i + (unsigned)__builtin_ctz(~same) / 2;
    }
#endif
    return i + run_plain(p + i, value, n - i);
}

#endif
