/* Scales the picture and lays the pointer over it. vitrine-render view; coordinates are checked by
 * its callers. */
#include "render/compose.h"
#include "lib/fit.h"
#include <string.h>
#ifndef __clang__
#pragma GCC optimize("O3") /* the loops over rows are worth vectors */
#endif

static uint32_t pan_limit(uint32_t pan, uint32_t picture, uint32_t target)
{
    uint32_t most = picture > target ? picture - target : 0;

    return pan < most ? pan : most;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

struct geometry compose_geometry(uint32_t picture_w, uint32_t picture_h, uint32_t target_w,
                                 uint32_t target_h, bool one_to_one, uint32_t pan_x, uint32_t pan_y)
{
    struct geometry g = {.picture_w = picture_w, .picture_h = picture_h};
    struct fit fit = fit_in(picture_w, picture_h, target_w, target_h);

    g.times = one_to_one ? 1 : fit.times;
    if (one_to_one) {
        g.w = least(picture_w, target_w);
        g.h = least(picture_h, target_h);
        g.source_x = pan_limit(pan_x, picture_w, target_w);
        g.source_y = pan_limit(pan_y, picture_h, target_h);
    } else {
        g.w = fit.w;
        g.h = fit.h;
    }
    g.x = (target_w - g.w) / 2;
    g.y = (target_h - g.h) / 2;
    return g;
}

/* One axis of compose_touched: [from, from + len) of the picture in target pixels, relative to its
 * place. */
static void touched_axis(uint32_t from, uint32_t len, uint32_t picture, uint32_t place,
                         uint32_t source, uint32_t times, uint32_t *out, uint32_t *out_len)
{
    uint64_t a = from, b = (uint64_t)from + len;

    if (times == 1) {
        a = a > source ? a - source : 0;
        b = b > source ? b - source : 0;
    } else {
        a = a * place / picture;
        b = (b * place + picture - 1) / picture;
    }
    a = a < place ? a : place;
    b = b < place ? b : place;
    *out = (uint32_t)a;
    *out_len = (uint32_t)(b - a);
}

struct tile_rect compose_touched(const struct geometry *g, struct tile_rect r)
{
    struct tile_rect out;

    touched_axis(r.x, r.w, g->picture_w, g->w, g->source_x, g->times, &out.x, &out.w);
    touched_axis(r.y, r.h, g->picture_h, g->h, g->source_y, g->times, &out.y, &out.h);
    out.x += g->x;
    out.y += g->y;
    if (out.h == 0)
        out.w = 0;
    return out;
}

static uint32_t blend(uint32_t under, uint32_t over)
{
    uint32_t rest = 255 - (over >> 24);
    uint32_t rb = (under & 0xff00ffu) * rest + 0x800080u;
    uint32_t g = (under >> 8 & 0xffu) * rest + 0x80u;

    rb = (rb + (rb >> 8 & 0xff00ffu)) >> 8 & 0xff00ffu;
    g = (g + (g >> 8)) >> 8 & 0xffu;
    return (rb | g << 8) + (over & 0xffffffu);
}

static void lay_pointer(const struct pointer *p, uint32_t y, uint32_t from, uint32_t n,
                        uint32_t *row)
{
    int64_t line = (int64_t)y - p->y;

    if (!p->shown || line < 0 || line >= (int64_t)p->height)
        return;
    for (uint32_t i = 0; i < p->width; i++) {
        int64_t x = (int64_t)p->x + i - from;

        if (x >= 0 && x < (int64_t)n)
            row[x] = blend(row[x], p->argb[(size_t)line * p->width + i]);
    }
}

/* Pixels [from, from + n) of a row of the picture with the pointer on it, depth 24. */
static void take_row(const struct tile_picture *picture, const struct pointer *pointer, uint32_t y,
                     uint32_t from, uint32_t n, uint32_t *row)
{
    const uint32_t *pixels = picture->pixels + (size_t)y * picture->stride + from;

    if (picture->depth == 30)
        for (uint32_t i = 0; i < n; i++)
            row[i] = tile_pixel_to_24(pixels[i]);
    else
        memcpy(row, pixels, (size_t)n * sizeof *row);
    lay_pointer(pointer, y, from, n, row);
}

static uint32_t *target_row(const struct target *t, uint32_t y)
{
    return (uint32_t *)(void *)(t->pixels + (size_t)y * t->stride);
}

static void draw_exact(const struct geometry *g, const struct tile_picture *picture,
                       const struct pointer *pointer, const struct target *target,
                       struct tile_rect r)
{
    for (uint32_t y = r.y; y < r.y + r.h; y++)
        take_row(picture, pointer, y - g->y + g->source_y, r.x - g->x + g->source_x, r.w,
                 target_row(target, y) + r.x);
}

/* Row `y` of the target of a picture that is some times as large, from its own column `x` on: each
   pixel as often as it is wide. */
static void draw_wide(const struct geometry *g, const struct tile_picture *picture,
                      const struct pointer *pointer, uint32_t y, uint32_t x, uint32_t n,
                      uint32_t *out)
{
    static uint32_t row[MAX_SCREEN_W];
    uint32_t first = x / g->times, left = g->times - x % g->times;

    take_row(picture, pointer, y / g->times, first, (x + n - 1) / g->times - first + 1, row);
    for (uint32_t i = 0, k = 0; i < n; k++, left = g->times)
        for (; left > 0 && i < n; left--)
            out[i++] = row[k];
}

static void draw_times(const struct geometry *g, const struct tile_picture *picture,
                       const struct pointer *pointer, const struct target *target,
                       struct tile_rect r)
{
    const uint32_t *above = NULL;

    for (uint32_t y = r.y - g->y; y < r.y - g->y + r.h; y++) {
        uint32_t *out = target_row(target, y + g->y) + r.x;

        if (above != NULL && y % g->times != 0)
            memcpy(out, above, (size_t)r.w * sizeof *out);
        else
            draw_wide(g, picture, pointer, y, r.x - g->x, r.w, out);
        above = out;
    }
}

/* Sums of one target row: each channel of each source column, weighted by how much of it the row
 * covers; then brought to 8.8 fixed point. */
static uint32_t sums[3][MAX_SCREEN_W];

static void add_row(const uint32_t *row, uint32_t n, uint32_t weight)
{
    for (uint32_t i = 0; i < n; i++) {
        sums[0][i] += (row[i] >> 16 & 0xff) * weight;
        sums[1][i] += (row[i] >> 8 & 0xff) * weight;
        sums[2][i] += (row[i] & 0xff) * weight;
    }
}

static void average_rows(uint32_t n, uint64_t by_height)
{
    for (int k = 0; k < 3; k++)
        for (uint32_t i = 0; i < n; i++)
            sums[k][i] = (uint32_t)(sums[k][i] * by_height >> 32);
}

/* Overlap of source pixel `i` with target pixel `t`, in parts of one source pixel divided into
   `place`: target pixel t covers [t * picture, (t + 1) * picture), source pixel i covers [i *
   place, (i + 1) * place). */
static uint32_t overlap(uint32_t i, uint32_t t, uint32_t picture, uint32_t place)
{
    uint64_t a = (uint64_t)t * picture, b = a + picture;
    uint64_t c = (uint64_t)i * place, d = c + place;

    a = a > c ? a : c;
    b = b < d ? b : d;
    return b > a ? (uint32_t)(b - a) : 0;
}

/* The source columns of one target pixel: those between the first and the last are wholly its own.
 */
static struct share {
    uint16_t from, to; /* [from, to) */
    uint16_t first, last;
} shares[MAX_SCREEN_W];

static void share_columns(const struct geometry *g, struct tile_rect r)
{
    for (uint32_t i = 0; i < r.w; i++) {
        uint32_t t = r.x - g->x + i, from = (uint32_t)((uint64_t)t * g->picture_w / g->w);
        uint32_t to = (uint32_t)(((uint64_t)(t + 1) * g->picture_w + g->w - 1) / g->w);

        to = least(to, g->picture_w);
        shares[i] = (struct share){(uint16_t)from, (uint16_t)to,
                                   (uint16_t)overlap(from, t, g->picture_w, g->w),
                                   (uint16_t)overlap(to - 1, t, g->picture_w, g->w)};
    }
}

/* Weighted columns for one target pixel. The weights of all its columns together are the width of
   the picture: 32 bits are enough. */
static uint32_t average(const struct share *s, uint32_t first, uint32_t place, uint64_t by_width)
{
    uint32_t pixel = 0;

    for (int k = 0; k < 3; k++) {
        const uint32_t *sum = sums[k] + (s->from - first);
        uint32_t n = (uint32_t)s->to - s->from, channel = s->first * sum[0];

        for (uint32_t i = 1; i + 1 < n; i++)
            channel += place * sum[i];
        if (n > 1)
            channel += s->last * sum[n - 1];
        pixel = pixel << 8 | (uint32_t)((channel * by_width + ((uint64_t)1 << 47)) >> 48);
    }
    return pixel;
}

static void draw_row(const struct geometry *g, const struct tile_picture *picture,
                     const struct pointer *pointer, uint32_t y, uint32_t width, uint32_t *out)
{
    static uint32_t row[MAX_SCREEN_W];
    uint32_t first = shares[0].from, n = shares[width - 1].to - first;
    uint32_t top = (uint32_t)((uint64_t)y * g->picture_h / g->h);
    uint32_t end = (uint32_t)(((uint64_t)(y + 1) * g->picture_h + g->h - 1) / g->h);
    uint64_t by_height = ((uint64_t)1 << 40) / g->picture_h;
    uint64_t by_width = ((uint64_t)1 << 40) / g->picture_w;

    for (int k = 0; k < 3; k++)
        memset(sums[k], 0, n * sizeof sums[k][0]);
    for (uint32_t s = top; s < end && s < g->picture_h; s++) {
        take_row(picture, pointer, s, first, n, row);
        add_row(row, n, overlap(s, y, g->picture_h, g->h));
    }
    average_rows(n, by_height);
    for (uint32_t i = 0; i < width; i++)
        out[i] = average(&shares[i], first, g->w, by_width);
}

void compose_draw(const struct geometry *g, const struct tile_picture *picture,
                  const struct pointer *pointer, const struct target *target, struct tile_rect r)
{
    if (r.w == 0)
        return;
    if (g->times == 1) {
        draw_exact(g, picture, pointer, target, r);
        return;
    }
    if (g->times > 1) {
        draw_times(g, picture, pointer, target, r);
        return;
    }
    share_columns(g, r);
    for (uint32_t y = r.y; y < r.y + r.h; y++)
        draw_row(g, picture, pointer, y - g->y, r.w, target_row(target, y) + r.x);
}

static void fill(const struct target *t, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
    for (uint32_t line = y; line < y + h; line++)
        for (uint32_t i = x; i < x + w; i++)
            target_row(t, line)[i] = COMPOSE_AROUND;
}

void compose_around(const struct geometry *g, const struct target *t)
{
    fill(t, 0, 0, t->width, g->y);
    fill(t, 0, g->y + g->h, t->width, t->height - g->y - g->h);
    fill(t, 0, g->y, g->x, g->h);
    fill(t, g->x + g->w, g->y, t->width - g->x - g->w, g->h);
}

#define ARROW_W 12
#define ARROW_H 18

void compose_arrow(struct pointer *p, int32_t hot_x, int32_t hot_y)
{
    /* o black edge, # white */
    static const char shape[ARROW_H][ARROW_W + 1] = {
        "o           ", "oo          ", "o#o         ", "o##o        ", "o###o       ",
        "o####o      ", "o#####o     ", "o######o    ", "o#######o   ", "o########o  ",
        "o#########o ", "o######ooooo", "o###o##o    ", "o##o o##o   ", "o#o  o##o   ",
        "oo    o##o  ", "o     o##o  ", "       oo   "};
    static uint32_t argb[ARROW_W * ARROW_H];

    for (int i = 0; i < ARROW_W * ARROW_H; i++) {
        char c = shape[i / ARROW_W][i % ARROW_W];

        argb[i] = c == 'o' ? 0xff000000u : c == '#' ? 0xffffffffu : 0;
    }
    *p = (struct pointer){true, hot_x, hot_y, ARROW_W, ARROW_H, argb};
}
