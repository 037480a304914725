/*
 * How long a row of pixels stays the same: sixteen looked at or written at a time where the
 * processor can (every x86-64 has SSE2), since most are shorter and a loop's end is hard to
 * foresee. So rows need RUN_SLACK pixels of room behind them. Internal to lib/tile.
 */
#ifndef LIB_TILE_RUN_H
#define LIB_TILE_RUN_H
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define RUN_SLACK 16

#ifdef __SSE2__

static inline __m128i run_same(const uint32_t *p, __m128i v)
{
    return _mm_cmpeq_epi32(_mm_loadu_si128((const __m128i *)(const void *)p), v);
}

/* How many of the n pixels from p on are `value`, up to the first that is not. Reads, and makes
   nothing of, up to RUN_SLACK pixels behind them. */
static inline uint32_t run_of(const uint32_t *p, uint32_t value, uint32_t n)
{
    __m128i v = _mm_set1_epi32((int)value);
    for (uint32_t i = 0; i < n; i += 16) {
        __m128i low = _mm_packs_epi32(run_same(p + i, v), run_same(p + i + 4, v));
        __m128i high = _mm_packs_epi32(run_same(p + i + 8, v), run_same(p + i + 12, v));
        unsigned other = ~(unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high)) & 0xffff;
        if (other != 0) {
            uint32_t end = i + (unsigned)__builtin_ctz(other);
            return end < n ? end : n;
        }
    }
    return n;
}

/* Makes n pixels `value`, and up to RUN_SLACK behind them anything. */
static inline void run_fill(uint32_t *p, uint32_t value, uint32_t n)
{
    __m128i v = _mm_set1_epi32((int)value);
    uint32_t i = 0;
    do {
        for (uint32_t k = 0; k < 16; k += 4)
            _mm_storeu_si128((__m128i *)(void *)(p + i + k), v);
        i += 16;
    } while (i < n);
}

#else

static inline uint32_t run_of(const uint32_t *p, uint32_t value, uint32_t n)
{
    uint32_t i = 0;
    while (i < n && p[i] == value)
        i++;
    return i;
}

static inline void run_fill(uint32_t *p, uint32_t value, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        p[i] = value;
}

#endif
#endif
