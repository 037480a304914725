/* Rough rectangles, both directions; see the header and FORMAT.md 7. */
#include "lib/tile/rough.h"
#include <string.h>
#ifndef __clang__
#pragma GCC optimize("O3") /* the transform is worth vectors */
#endif

#define INLINE CODER_INLINE
#define APART CODER_APART
#define PLANES 3
#define MOST_LEVEL 4095
#define MOST_SUM 131071 /* so that the sums of the transform stay below 2^31 */
#define SHIFT 13

/* --- the transform: rows of this matrix, in both directions ---
 *    8  8  8  8  8  8  8  8      8 -8 -8  8  8 -8 -8  8
 *   12 10  6  3 -3 -6-10-12      6-12  3 10-10 -3 12 -6
 *    8  4 -4 -8 -8 -4  4  8      4 -8  8 -4 -4  8 -8  4
 *   10 -3-12 -6  6 12  3-10      3 -6 10-12 12-10  6 -3 */

/* Columns of in to columns of out, all eight at once. */
static INLINE void forward_columns(const int32_t *in, int32_t *out)
{
    for (int i = 0; i < 8; i++) {
        const int32_t *p = in + i;
        int32_t a0 = p[0] + p[56], a1 = p[8] + p[48], a2 = p[16] + p[40], a3 = p[24] + p[32];
        int32_t d0 = p[0] - p[56], d1 = p[8] - p[48], d2 = p[16] - p[40], d3 = p[24] - p[32];
        int32_t *to = out + i;
        to[0] = 8 * (a0 + a1 + a2 + a3);
        to[8] = 12 * d0 + 10 * d1 + 6 * d2 + 3 * d3;
        to[16] = 8 * (a0 - a3) + 4 * (a1 - a2);
        to[24] = 10 * d0 - 3 * d1 - 12 * d2 - 6 * d3;
        to[32] = 8 * (a0 - a1 - a2 + a3);
        to[40] = 6 * d0 - 12 * d1 + 3 * d2 + 10 * d3;
        to[48] = 4 * (a0 - a3) - 8 * (a1 - a2);
        to[56] = 3 * d0 - 6 * d1 + 10 * d2 - 12 * d3;
    }
}

static INLINE void back_columns(const int32_t *in, int32_t *out)
{
    for (int i = 0; i < 8; i++) {
        const int32_t *s = in + i;
        int32_t a = 8 * (s[0] + s[32]), b = 8 * (s[0] - s[32]);
        int32_t c = 8 * s[16] + 4 * s[48], d = 4 * s[16] - 8 * s[48];
        int32_t e0 = a + c, e1 = b + d, e2 = b - d, e3 = a - c;
        int32_t o0 = 12 * s[8] + 10 * s[24] + 6 * s[40] + 3 * s[56];
        int32_t o1 = 10 * s[8] - 3 * s[24] - 12 * s[40] - 6 * s[56];
        int32_t o2 = 6 * s[8] - 12 * s[24] + 3 * s[40] + 10 * s[56];
        int32_t o3 = 3 * s[8] - 6 * s[24] + 10 * s[40] - 12 * s[56];
        int32_t *to = out + i;
        to[0] = e0 + o0;
        to[8] = e1 + o1;
        to[16] = e2 + o2;
        to[24] = e3 + o3;
        to[32] = e3 - o3;
        to[40] = e2 - o2;
        to[48] = e1 - o1;
        to[56] = e0 - o0;
    }
}

static INLINE void turn(int32_t *v)
{
    for (int y = 0; y < 8; y++)
        for (int x = y + 1; x < 8; x++) {
            int32_t kept = v[y * 8 + x];
            v[y * 8 + x] = v[x * 8 + y];
            v[x * 8 + y] = kept;
        }
}

static APART void forward(int32_t v[64])
{
    int32_t half[64];
    forward_columns(v, half);
    turn(half);
    forward_columns(half, v);
    turn(v);
}

static APART void back(int32_t v[64])
{
    int32_t half[64];
    back_columns(v, half);
    turn(half);
    back_columns(half, v);
    turn(v);
}

/* Which of three lengths the rows of the matrix have: squares 512, 578, 320. */
static unsigned row_class(unsigned row)
{
    return row % 2 == 1 ? 1 : row % 4 == 0 ? 0 : 2;
}

static uint32_t plane_step(const struct rough *k, unsigned plane)
{
    return plane == 1 ? (k->step * 5u + 2) / 4 : k->step;
}

/* --- levels --- */

static const uint8_t scan[64] = {0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,
                                 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
                                 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
                                 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

static INLINE unsigned length_of(uint32_t v)
{
    return v == 0 ? 0 : 32u - (unsigned)__builtin_clz(v);
}

static INLINE unsigned activity_class(uint32_t sum)
{
    static const uint8_t class[51] = {0, 1, 2, 3, 3, 4, 4, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7,
                                      7, 7, 7, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 9, 9, 9, 9,
                                      9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 10};
    return class[sum < 50 ? sum : 50];
}

/* A size of 1 or more: its length in ones and a zero, then the bits below the highest. */
static INLINE uint32_t code_size(struct rough *k, struct coder *c, struct chance *bits,
                                 uint32_t size, const bool out)
{
    unsigned n = 1, real = out ? length_of(size) : 0;
    while (n < ROUGH_BITS && code_bit(&k->bytes, c, &bits[n], n < real, !out))
        n++;
    uint32_t v = 1;
    for (unsigned left = n - 1; left > 0;) {
        unsigned some = left > CODER_EVEN_BITS ? CODER_EVEN_BITS : left;
        left -= some;
        v = v << some | code_even(&k->bytes, c, some, size >> left & ((1u << some) - 1), !out);
    }
    return v;
}

static INLINE int32_t code_sign(struct rough *k, struct coder *c, uint32_t size, bool minus,
                                const bool out)
{
    int32_t v = size > MOST_LEVEL ? MOST_LEVEL : (int32_t)size;
    return code_even(&k->bytes, c, 1, minus, !out) ? -v : v;
}

/* One level other than the first. `must`: it is not 0. */
static INLINE int32_t code_level(struct rough *k, struct coder *c, struct rough_model *m,
                                 unsigned place, unsigned activity, bool must, int32_t level,
                                 const bool out)
{
    uint32_t size = (uint32_t)(level < 0 ? -level : level);
    unsigned low = place < 4;
    if (!must && code_bit(&k->bytes, c, &m->some[place][activity], size > 0, !out) == 0)
        return 0;
    uint32_t v = 1;
    if (code_bit(&k->bytes, c, &m->more[low][activity], size > 1, !out)) {
        v = 2;
        if (code_bit(&k->bytes, c, &m->most[activity], size > 2, !out))
            v = 2 + code_size(k, c, m->bits[activity], size - 2, out);
    }
    return code_sign(k, c, v, level < 0, out);
}

static INLINE int32_t expect(int32_t w, int32_t n, int32_t nw)
{
    int32_t high = w > n ? w : n, low = w > n ? n : w;
    return nw >= high ? low : nw <= low ? high : w + n - nw;
}

/* The first level, less what its neighbours suggest. */
static INLINE int32_t code_flat(struct rough *k, struct coder *c, struct rough_model *m,
                                unsigned last, int32_t expected, int32_t level, const bool out)
{
    int32_t rest = level - expected;
    uint32_t size = (uint32_t)(rest < 0 ? -rest : rest);
    if (code_bit(&k->bytes, c, &m->flat_some[length_of(last)], size > 0, !out) == 0)
        return expected;
    size = code_size(k, c, m->flat_bits, size, out);
    int32_t v = code_even(&k->bytes, c, 1, rest < 0, !out) ? expected - (int32_t)size
                                                           : expected + (int32_t)size;
    return v > MOST_LEVEL ? MOST_LEVEL : v < -MOST_LEVEL ? -MOST_LEVEL : v;
}

/* The levels of one block of one plane, in reading order. */
static INLINE struct coder code_block(struct rough *k, struct coder c, unsigned plane,
                                      unsigned column, int32_t level[64], const bool out)
{
    struct rough_model *m = &k->model[plane];
    struct rough_block *up = &k->up[plane][column], *left = &k->left[plane];
    struct rough_block now = {.flat = 0};
    uint8_t near[100] = {0}; /* sizes, ten to a row: beyond the block they are 0 */
    unsigned last = 63;
    while (out && last > 0 && level[scan[last]] == 0)
        last--;
    last = code_tree(&k->bytes, &c, m->last[length_of((left->last + up->last + 1u) / 2)], 6, last,
                     !out);
    for (unsigned i = last; i > 0; i--) {
        unsigned at = scan[i], u = at % 8, v = at / 8;
        const uint8_t *n = &near[v * 10 + u];
        uint32_t sum =
            2u * (n[1] + n[10]) + n[11] + n[2] + n[20] + 2u * (left->size[at] + up->size[at]);
        level[at] = code_level(k, &c, m, u + v, activity_class(sum), i == last, level[at], out);
        uint32_t size = (uint32_t)(level[at] < 0 ? -level[at] : level[at]);
        near[v * 10 + u] = now.size[at] = (uint8_t)(size > 255 ? 255 : size);
    }
    int32_t expected = expect(left->flat, up->flat, k->corner[plane]);
    now.flat = level[0] = code_flat(k, &c, m, last, expected, level[0], out);
    now.last = (uint8_t)last;
    k->corner[plane] = up->flat;
    *left = *up = now;
    return c;
}

static APART struct coder pack_block(struct rough *k, struct coder c, unsigned plane,
                                     unsigned column, int32_t level[64])
{
    return code_block(k, c, plane, column, level, true);
}

static APART struct coder unpack_block(struct rough *k, struct coder c, unsigned plane,
                                       unsigned column, int32_t level[64])
{
    return code_block(k, c, plane, column, level, false);
}

/* --- rectangles of blocks --- */

bool rough_fits(struct tile_rect r, uint64_t *area)
{
    uint32_t w = (r.w + 7) & ~7u, h = (r.h + 7) & ~7u;
    *area = (uint64_t)w * h;
    return w <= ROUGH_WIDTH && *area <= ROUGH_PIXELS;
}

static void start_rect(struct rough *k)
{
    memset(k->up, 0, sizeof k->up);
}

/* Left of a row's first block stands the one above it. */
static void start_row(struct rough *k)
{
    for (unsigned p = 0; p < PLANES; p++) {
        k->left[p] = (struct rough_block){.flat = k->up[p][0].flat};
        k->corner[p] = k->left[p].flat;
    }
}

/* --- packing --- */

/* Four times brightness, orange against blue, green against violet; what lies beyond the rectangle
 * is like its edge. */
static void load_block(const struct tile_picture *p, struct tile_rect r, uint32_t x0, uint32_t y0,
                       int32_t plane[PLANES][64])
{
    unsigned bits = p->depth == 30 ? 10 : 8;
    uint32_t mask = (1u << bits) - 1;
    for (uint32_t y = 0; y < 8; y++) {
        uint32_t row = y0 + y < r.h ? y0 + y : r.h - 1;
        const uint32_t *from = p->pixels + (size_t)(r.y + row) * p->stride + r.x;
        for (uint32_t x = 0; x < 8; x++) {
            uint32_t v = from[x0 + x < r.w ? x0 + x : r.w - 1];
            int32_t red = (int32_t)(v >> 2 * bits & mask), green = (int32_t)(v >> bits & mask);
            int32_t blue = (int32_t)(v & mask);
            plane[0][y * 8 + x] = red + 2 * green + blue;
            plane[1][y * 8 + x] = 2 * (red - blue);
            plane[2][y * 8 + x] = 2 * green - red - blue;
        }
    }
}

/* Less than half a step up, but for the first: grain is not worth its bytes. */
static void quantize(const struct rough *k, unsigned plane, int32_t v[64])
{
    for (unsigned i = 0; i < 64; i++) {
        float size = (float)(v[i] < 0 ? -v[i] : v[i]) * k->inverse[plane][i];
        int32_t level = (int32_t)(size + (i == 0 ? 0.5f : 0.33f));
        level = level > MOST_LEVEL ? MOST_LEVEL : level;
        v[i] = v[i] < 0 ? -level : level;
    }
}

void rough_pack_start(struct rough *k, uint8_t depth, uint8_t step, uint8_t *out, size_t room)
{
    static const float length[3] = {22.627417f, 24.0416306f, 17.8885438f};
    k->depth = depth;
    k->step = step;
    coder_forget((struct chance *)&k->model, sizeof k->model / (sizeof(struct chance)));
    coder_pack_start(&k->bytes, &k->coder, out, room);
    for (unsigned p = 0; p < PLANES; p++)
        for (unsigned i = 0; i < 64; i++)
            k->inverse[p][i] =
                1 / ((float)plane_step(k, p) * length[row_class(i % 8)] * length[row_class(i / 8)]);
}

bool rough_pack(struct rough *k, const struct tile_picture *p, struct tile_rect r)
{
    struct coder before = k->coder;
    int32_t plane[PLANES][64];
    coder_mark(&k->bytes, &before);
    start_rect(k);
    for (uint32_t y = 0; y < r.h && !k->coder.over; y += 8) {
        start_row(k);
        for (uint32_t x = 0; x < r.w; x += 8) {
            load_block(p, r, x, y, plane);
            for (unsigned i = 0; i < PLANES; i++) {
                forward(plane[i]);
                quantize(k, i, plane[i]);
                k->coder = pack_block(k, k->coder, i, x / 8, plane[i]);
            }
        }
    }
    if (!k->coder.over)
        return true;
    coder_take_back(&k->bytes, &k->coder, &before);
    return false;
}

size_t rough_pack_end(struct rough *k)
{
    return coder_pack_end(&k->bytes, &k->coder);
}

/* --- unpacking --- */

static bool is_flat(const int32_t v[64])
{
    int32_t any = 0;
    for (unsigned i = 1; i < 64; i++)
        any |= v[i];
    return any == 0;
}

/* From levels to 2^SHIFT times the plane. */
static void restore(const struct rough *k, unsigned plane, int32_t v[64])
{
    static const int32_t scale[3][3] = {{256, 241, 324}, {241, 227, 305}, {324, 305, 410}};
    int32_t step = (int32_t)plane_step(k, plane);
    bool flat = is_flat(v);
    for (unsigned i = 0; i < (flat ? 1u : 64u); i++) {
        int32_t s = (v[i] * step * scale[row_class(i % 8)][row_class(i / 8)] + 32) >> 6;
        v[i] = s > MOST_SUM ? MOST_SUM : s < -MOST_SUM ? -MOST_SUM : s;
    }
    if (!flat) {
        back(v);
        return;
    }
    for (unsigned i = 64; i-- > 0;)
        v[i] = 64 * v[0];
}

static INLINE uint32_t round_to(int32_t v, int32_t most)
{
    v = (v + (1 << (SHIFT - 1))) >> SHIFT;
    return (uint32_t)(v < 0 ? 0 : v > most ? most : v);
}

static void store_block(const struct tile_picture *p, struct tile_rect r, uint32_t x0, uint32_t y0,
                        int32_t plane[PLANES][64])
{
    unsigned bits = p->depth == 30 ? 10 : 8;
    int32_t most = (1 << bits) - 1;
    uint32_t w = r.w - x0 < 8 ? r.w - x0 : 8, h = r.h - y0 < 8 ? r.h - y0 : 8;
    for (uint32_t y = 0; y < h; y++) {
        uint32_t *to = p->pixels + (size_t)(r.y + y0 + y) * p->stride + r.x + x0, row[8];
        for (uint32_t x = 0; x < 8; x++) {
            int32_t l = plane[0][y * 8 + x], o = plane[1][y * 8 + x], g = plane[2][y * 8 + x];
            row[x] = round_to(l + o - g, most) << 2 * bits | round_to(l + g, most) << bits |
                     round_to(l - o - g, most);
        }
        memcpy(to, row, w * sizeof *to);
    }
}

void rough_unpack_start(struct rough *k, uint8_t depth, uint8_t step, const uint8_t *in, size_t len)
{
    k->depth = depth;
    k->step = step;
    coder_forget((struct chance *)&k->model, sizeof k->model / (sizeof(struct chance)));
    coder_unpack_start(&k->bytes, &k->coder, in, len);
}

bool rough_unpack(struct rough *k, const struct tile_picture *p, struct tile_rect r)
{
    int32_t plane[PLANES][64];
    start_rect(k);
    for (uint32_t y = 0; y < r.h && !k->coder.over; y += 8) {
        start_row(k);
        for (uint32_t x = 0; x < r.w; x += 8) {
            memset(plane, 0, sizeof plane);
            for (unsigned i = 0; i < PLANES; i++) {
                k->coder = unpack_block(k, k->coder, i, x / 8, plane[i]);
                restore(k, i, plane[i]);
            }
            store_block(p, r, x, y, plane);
        }
    }
    return !k->coder.over;
}

bool rough_unpack_end(const struct rough *k)
{
    return coder_unpack_end(&k->bytes, &k->coder);
}
