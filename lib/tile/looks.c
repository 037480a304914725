/* What a rectangle of pixels looks like; see the header. Runs in vitrine-capture on its own
 * picture.
 */
#include "lib/tile/looks.h"
#include "lib/tile/pixels.h"
#include <string.h>

/* Two neighbours differ as writing does from what it stands on: by this much, in one colour ... */
#define EDGE 64
/* ... and one pair of so many. */
#define EDGE_SHARE 128
/* A stroke: it differs so from what is two or three pixels away, on both sides. */
#define STROKE_CLEAR 64
#define STROKE_FAINT 32
/* So many pixels of strokes in a block are writing. Grain, leaves and the rims of things have
   fewer. */
#define CLEAR_MOST 3
#define FAINT_MOST 20
#define BLOCK 16
/* How far it is looked around a rectangle. */
#define AROUND 3
/* So often it is looked at all of it, at other rows each time. */
#define LOOKS 4

bool looks_flat(const struct tile_picture *p, struct tile_rect r)
{
    const uint32_t *first = p->pixels + r.y * p->stride + r.x;
    uint32_t mask = tile_mask(p->depth), differs = 0;
    for (uint32_t x = 0; x < r.w; x++)
        differs |= first[x] ^ first[0];
    if ((differs & mask) != 0)
        return false;
    for (uint32_t y = 1; y < r.h; y++)
        if (pixels_differ(first, first + y * p->stride, r.w, mask))
            return false;
    return true;
}

/* Pixels of a row, but for the first, that are as the one to the left or above. */
static uint32_t count_same(const uint32_t *row, const uint32_t *up, uint32_t w, uint32_t mask)
{
    uint32_t same = 0;
    for (uint32_t x = 1; x < w; x++)
        same += (((row[x] ^ row[x - 1]) & mask) == 0) | (((row[x] ^ up[x]) & mask) == 0);
    return same;
}

/* Every fourth row; where a fourth of those says clearly that it is drawn, that is enough. */
bool looks_photographic(const struct tile_picture *p, struct tile_rect r)
{
    uint32_t same = 0, seen = 0;
    for (uint32_t from = 1; from < 4 * LOOKS; from += 4) {
        for (uint32_t y = from; y < r.h; y += 4 * LOOKS) {
            const uint32_t *row = p->pixels + (r.y + y) * p->stride + r.x;
            same += count_same(row, row - p->stride, r.w, tile_mask(p->depth));
            seen += r.w - 1;
        }
        if (same * 3 > seen * 2)
            return false;
    }
    return same * 3 < seen;
}

/* Every fourth row. */
static bool has_edges(const struct tile_picture *p, struct tile_rect r)
{
    uint32_t shift = p->depth == 30 ? 10 : 8, up = p->depth == 30 ? 2 : 0, seen = 0, n = 0;
    for (uint32_t y = 1; y < r.h; y += 4) {
        const uint32_t *row = p->pixels + (r.y + y) * p->stride + r.x;
        for (uint32_t x = 1; x < r.w; x++) {
            uint32_t far = 0;
            for (uint32_t c = 0; c < 3; c++) {
                int a = (int)(row[x] >> (c * shift + up) & 0xff);
                int b = (int)(row[x - 1] >> (c * shift + up) & 0xff);
                far |= (uint32_t)(a - b >= EDGE) | (uint32_t)(b - a >= EDGE);
            }
            n += far;
        }
        seen += r.w - 1;
    }
    return n * EDGE_SHARE > seen;
}

/* --- strokes --- */

/* A tile and what is around it, 8 bits a channel. */
struct surroundings {
    uint32_t rows[TILE_SIDE + 2 * AROUND][TILE_SIDE + 2 * AROUND];
};

/* Behind the picture's edge it goes back as it came. */
static size_t mirror(int64_t at, uint32_t n)
{
    int64_t in = at < 0 ? -at : at >= n ? 2 * ((int64_t)n - 1) - at : at;
    return in < 0 ? 0 : in >= n ? n - 1 : (size_t)in;
}

static void copy_pixels(uint32_t *to, const uint32_t *from, size_t n, uint8_t depth)
{
    if (depth == 30)
        for (size_t i = 0; i < n; i++)
            to[i] = tile_pixel_to_24(from[i]);
    else
        pixels_take(to, from, n, tile_mask(depth));
}

static void look_around(struct surroundings *s, const struct tile_picture *p, struct tile_rect r)
{
    uint32_t left = r.x < AROUND ? r.x : AROUND, most = p->width - r.x;
    uint32_t n = r.w + AROUND < most ? r.w + AROUND : most;
    for (uint32_t y = 0; y < r.h + 2 * AROUND; y++) {
        const uint32_t *row = p->pixels + mirror((int64_t)r.y + y - AROUND, p->height) * p->stride;
        uint32_t *to = s->rows[y];
        copy_pixels(to + AROUND - left, row + r.x - left, left + n, p->depth);
        for (uint32_t x = 0; x < AROUND - left; x++)
            copy_pixels(to + x, row + mirror((int64_t)r.x + x - AROUND, p->width), 1, p->depth);
        for (uint32_t x = AROUND + n; x < r.w + 2 * AROUND; x++)
            copy_pixels(to + x, row + mirror((int64_t)r.x + x - AROUND, p->width), 1, p->depth);
    }
}

enum { ROW_BYTES = TILE_SIDE * 4 };

static inline uint8_t least(uint8_t a, uint8_t b)
{
    return a < b ? a : b;
}

static inline uint8_t greatest(uint8_t a, uint8_t b)
{
    return a > b ? a : b;
}

/* How much brighter, or darker, than both of two others; the most so far stays. */
static void stand_out(uint8_t *restrict most, const uint8_t *of, const uint8_t *one,
                      const uint8_t *other)
{
    for (size_t i = 0; i < ROW_BYTES; i++) {
        uint8_t low = least(one[i], other[i]), high = greatest(one[i], other[i]);
        uint8_t above = (uint8_t)(greatest(of[i], high) - high);
        uint8_t below = (uint8_t)(low - least(of[i], low));
        most[i] = greatest(most[i], above | below);
    }
}

static const uint8_t *pixel(const struct surroundings *s, uint32_t x, uint32_t y)
{
    return (const uint8_t *)&s->rows[y][x];
}

static void row_strokes(const struct surroundings *s, uint32_t y, uint8_t *most)
{
    const uint8_t *of = pixel(s, AROUND, y + AROUND);
    memset(most, 0, ROW_BYTES);
    for (uint32_t d = 2; d <= AROUND; d++) {
        stand_out(most, of, of - 4 * d, of + 4 * d);
        stand_out(most, of, pixel(s, AROUND, y + AROUND - d), pixel(s, AROUND, y + AROUND + d));
    }
}

static bool reaches(const uint8_t *most, uint8_t least_of)
{
    uint8_t top = 0;
    for (size_t i = 0; i < ROW_BYTES; i++)
        top = greatest(top, most[i]);
    return top >= least_of;
}

static uint32_t count_strokes(const uint8_t *most, uint32_t from, uint32_t w, uint8_t least_of)
{
    uint32_t n = 0;
    for (uint32_t x = from; x < from + BLOCK && x < w; x++)
        n += (most[4 * x] >= least_of) | (most[4 * x + 1] >= least_of) |
             (most[4 * x + 2] >= least_of) | (most[4 * x + 3] >= least_of);
    return n;
}

static bool has_strokes(const struct tile_picture *p, struct tile_rect r)
{
    struct surroundings s = {0};
    uint8_t most[ROW_BYTES];
    uint32_t clear[TILE_SIDE / BLOCK] = {0}, faint[TILE_SIDE / BLOCK] = {0};
    look_around(&s, p, r);
    for (uint32_t y = 0; y < r.h; y++) {
        if (y % BLOCK == 0) {
            memset(clear, 0, sizeof clear);
            memset(faint, 0, sizeof faint);
        }
        row_strokes(&s, y, most);
        if (!reaches(most, STROKE_FAINT))
            continue;
        for (uint32_t i = 0; i * BLOCK < r.w; i++) {
            clear[i] += count_strokes(most, i * BLOCK, r.w, STROKE_CLEAR);
            faint[i] += count_strokes(most, i * BLOCK, r.w, STROKE_FAINT);
            if (clear[i] > CLEAR_MOST || faint[i] > FAINT_MOST)
                return true;
        }
    }
    return false;
}

bool looks_written(const struct tile_picture *p, struct tile_rect r)
{
    return has_edges(p, r) || has_strokes(p, r);
}
