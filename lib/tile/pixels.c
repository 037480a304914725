/* Rows of pixels; see the header. Used by vitrine-capture and vitrine-render (view); any value of
 * a pixel is fine, places are checked by the callers. */
#include "lib/tile/pixels.h"
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

struct ways {
    bool (*differ)(const uint32_t *a, const uint32_t *b, size_t n, uint32_t mask);
    size_t (*equal)(const uint32_t *a, const uint32_t *b, size_t n);
    void (*take)(uint32_t *to, const uint32_t *from, size_t n, uint32_t mask);
    void (*hash)(uint32_t *to, const uint32_t *from, size_t n);
};

static const uint32_t factors[4] = {0x9e3779b1u, 0x85ebca6bu, 0xc2b2ae35u, 0x27d4eb2fu};

/* --- plain --- */

static bool plain_differ(const uint32_t *a, const uint32_t *b, size_t n, uint32_t mask)
{
    uint32_t d = 0;
    for (size_t i = 0; i < n; i++)
        d |= a[i] ^ b[i];
    return (d & mask) != 0;
}

static size_t plain_equal(const uint32_t *a, const uint32_t *b, size_t n)
{
    size_t same = 0;
    for (size_t i = 0; i < n; i++)
        same += a[i] == b[i];
    return same;
}

static void plain_take(uint32_t *to, const uint32_t *from, size_t n, uint32_t mask)
{
    for (size_t i = 0; i < n; i++)
        to[i] = from[i] & mask;
}

static void plain_hash(uint32_t *to, const uint32_t *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = from[i] * factors[0] + from[i + 1] * factors[1] + from[i + 2] * factors[2] +
                from[i + 3] * factors[3];
}

#ifdef __x86_64__
/* --- four at a time --- */

static inline __m128i load4(const uint32_t *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static bool sse2_differ(const uint32_t *a, const uint32_t *b, size_t n, uint32_t mask)
{
    __m128i d = _mm_setzero_si128();
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        d = _mm_or_si128(d, _mm_xor_si128(load4(a + i), load4(b + i)));
    d = _mm_and_si128(d, _mm_set1_epi32((int)mask));
    return _mm_movemask_epi8(_mm_cmpeq_epi8(d, _mm_setzero_si128())) != 0xffff ||
           plain_differ(a + i, b + i, n - i, mask);
}

static size_t sse2_equal(const uint32_t *a, const uint32_t *b, size_t n)
{
    __m128i sum = _mm_setzero_si128();
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        sum = _mm_sub_epi32(sum, _mm_cmpeq_epi32(load4(a + i), load4(b + i)));
    uint32_t parts[4];
    _mm_storeu_si128((__m128i *)(void *)parts, sum);
    return (size_t)parts[0] + parts[1] + parts[2] + parts[3] + plain_equal(a + i, b + i, n - i);
}

static void sse2_take(uint32_t *to, const uint32_t *from, size_t n, uint32_t mask)
{
    __m128i m = _mm_set1_epi32((int)mask);
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        _mm_storeu_si128((__m128i *)(void *)(to + i), _mm_and_si128(load4(from + i), m));
    plain_take(to + i, from + i, n - i, mask);
}

/* --- eight at a time --- */

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i load8(const uint32_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

AVX2 static bool avx2_differ(const uint32_t *a, const uint32_t *b, size_t n, uint32_t mask)
{
    __m256i d = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        d = _mm256_or_si256(d, _mm256_xor_si256(load8(a + i), load8(b + i)));
    return !_mm256_testz_si256(d, _mm256_set1_epi32((int)mask)) ||
           plain_differ(a + i, b + i, n - i, mask);
}

AVX2 static size_t avx2_equal(const uint32_t *a, const uint32_t *b, size_t n)
{
    __m256i sum = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        sum = _mm256_sub_epi32(sum, _mm256_cmpeq_epi32(load8(a + i), load8(b + i)));
    uint32_t parts[8];
    _mm256_storeu_si256((__m256i *)(void *)parts, sum);
    size_t same = plain_equal(a + i, b + i, n - i);
    for (int k = 0; k < 8; k++)
        same += parts[k];
    return same;
}

AVX2 static void avx2_take(uint32_t *to, const uint32_t *from, size_t n, uint32_t mask)
{
    __m256i m = _mm256_set1_epi32((int)mask);
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        _mm256_storeu_si256((__m256i *)(void *)(to + i), _mm256_and_si256(load8(from + i), m));
    plain_take(to + i, from + i, n - i, mask);
}

AVX2 static void avx2_hash(uint32_t *to, const uint32_t *from, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        __m256i sum = _mm256_setzero_si256();
        for (size_t k = 0; k < 4; k++)
            sum = _mm256_add_epi32(
                sum, _mm256_mullo_epi32(load8(from + i + k), _mm256_set1_epi32((int)factors[k])));
        _mm256_storeu_si256((__m256i *)(void *)(to + i), sum);
    }
    plain_hash(to + i, from + i, n - i);
}
#endif

/* --- the choice --- */

static const struct ways all_ways[] = {
    [PIXELS_PLAIN] = {plain_differ, plain_equal, plain_take, plain_hash},
#ifdef __x86_64__
    [PIXELS_SSE2] = {sse2_differ, sse2_equal, sse2_take, plain_hash},
    [PIXELS_AVX2] = {avx2_differ, avx2_equal, avx2_take, avx2_hash},
#endif
};

static const struct ways *chosen;

enum pixels_way pixels_best(void)
{
#ifdef __x86_64__
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") ? PIXELS_AVX2 : PIXELS_SSE2;
#else
    return PIXELS_PLAIN;
#endif
}

void pixels_use(enum pixels_way way)
{
    chosen = &all_ways[way];
}

static inline const struct ways *ways(void)
{
    if (chosen == NULL)
        pixels_use(pixels_best());
    return chosen;
}

bool pixels_differ(const uint32_t *a, const uint32_t *b, size_t n, uint32_t mask)
{
    return ways()->differ(a, b, n, mask);
}

size_t pixels_equal(const uint32_t *a, const uint32_t *b, size_t n)
{
    return ways()->equal(a, b, n);
}

void pixels_take(uint32_t *to, const uint32_t *from, size_t n, uint32_t mask)
{
    ways()->take(to, from, n, mask);
}

void pixels_hash(uint32_t *to, const uint32_t *from, size_t n)
{
    ways()->hash(to, from, n);
}

void pixels_move(const struct tile_picture *p, struct tile_rect to, uint32_t from_x,
                 uint32_t from_y)
{
    bool down = to.y > from_y; /* then the lower rows first: they are not overwritten yet */
    for (uint32_t i = 0; i < to.h; i++) {
        uint32_t y = down ? to.h - 1 - i : i;
        memmove(p->pixels + (to.y + y) * p->stride + to.x,
                p->pixels + (from_y + y) * p->stride + from_x, to.w * sizeof *p->pixels);
    }
}
