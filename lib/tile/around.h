/*
 * What a pixel of a drawn thing is judged by: the pixels around it, and what such surroundings were
 * followed by before (FORMAT.md 5). Shared by the two coders of drawn things, ink.h and quick.h, in
 * both directions. Internal to lib/tile; a header, since it stands in their innermost loops. Pure.
 */
#ifndef LIB_TILE_AROUND_H
#define LIB_TILE_AROUND_H
#include "lib/tile/coder.h"
#include "lib/tile/picture.h"
#include "lib/tile/pixels.h"
#include <string.h>

#define AROUND_SEEN 4096     /* surroundings remembered */
#define AROUND_CONFIDENCE 30 /* place of the confidence in a remembered pixel */
#define AROUND_PIXEL 0x3fffffffu

struct around {
    uint32_t w, ww, n, nw, ne, nn;
};

static CODER_INLINE struct around around_look(const uint32_t *row, const uint32_t *up,
                                              const uint32_t *up2, uint32_t x)
{
    row += x;
    up += x;
    return (struct around){row[-1], row[-2], up[0], up[-1], up[1], up2[x]};
}

/* What is left comes last: it is known last. Below AROUND_SEEN. */
static CODER_INLINE uint32_t around_hash(const struct around *a)
{
    uint32_t h =
        a->n * 0x85ebca6bu + a->nw * 0xc2b2ae35u + a->ne * 0x27d4eb2fu + a->nn * 0x165667b1u;
    h ^= h >> 15;
    h += a->w * 0x9e3779b1u + a->ww * 0x2545f491u;
    h ^= h >> 13;
    return (h * 0x9e3779b1u) >> 20;
}

/* --- what is remembered: a pixel with its confidence, 0 to 3 --- */

static CODER_INLINE uint32_t around_surer(uint32_t pixel, uint32_t sure)
{
    return pixel | (sure < 3 ? sure + 1 : 3) << AROUND_CONFIDENCE;
}

static CODER_INLINE uint32_t around_remember(uint32_t was, uint32_t pixel)
{
    uint32_t sure = was >> AROUND_CONFIDENCE;
    if ((was & AROUND_PIXEL) == pixel && sure > 0)
        return around_surer(pixel, sure);
    return sure > 1 ? was - (1u << AROUND_CONFIDENCE) : pixel | 1u << AROUND_CONFIDENCE;
}

/* --- spans and edges --- */

/* Nothing happens above, nor has happened to the left. */
static CODER_INLINE bool around_is_span(const struct around *a)
{
    return a->n == a->ne && (a->w == a->n || (a->w == a->ww && a->n == a->nw));
}

/* Colours that are nearly the same, as in everything that is shaded: each channel differs by one at
   most. */
static CODER_INLINE bool around_is_near(uint32_t a, uint32_t b, uint8_t depth)
{
    uint32_t one = depth == 30 ? 0x00100401u : 0x00010101u;
    return ((a - b + one) & ~(3 * one)) == 0;
}

/* Between two of those: what is above ends here, what is beside it does not. */
static CODER_INLINE bool around_is_edge(const struct around *a, uint8_t depth)
{
    return a->w == a->n && a->n != a->ne && around_is_near(a->n, a->ne, depth);
}

static CODER_INLINE unsigned around_length(uint32_t v)
{
    return 32u - (unsigned)__builtin_clz(v);
}

/* --- new colours: each channel's upper eight bits --- */

static inline uint32_t around_channel(uint32_t p, uint8_t depth, unsigned which)
{
    return depth == 30 ? p >> (10 * which + 2) & 0xff : p >> (8 * which) & 0xff;
}

static inline uint32_t around_expect(const struct around *a, uint8_t depth, unsigned which)
{
    uint32_t w = around_channel(a->w, depth, which), n = around_channel(a->n, depth, which);
    uint32_t nw = around_channel(a->nw, depth, which);
    uint32_t high = w > n ? w : n, low = w > n ? n : w;
    return nw >= high ? low : nw <= low ? high : w + n - nw;
}

/* How much green changes from W to N: 0 hardly, 1, 2 much. */
static inline unsigned around_slope(const struct around *a, uint8_t depth)
{
    uint32_t w = around_channel(a->w, depth, 1), n = around_channel(a->n, depth, 1);
    uint32_t steep = w > n ? w - n : n - w;
    return steep < 4 ? 0 : steep < 32 ? 1 : 2;
}

static inline uint32_t around_low(uint32_t p)
{
    return (p & 3) | (p >> 8 & 0xc) | (p >> 16 & 0x30);
}

static inline uint32_t around_join(uint32_t r, uint32_t g, uint32_t b, uint32_t low, uint8_t depth)
{
    if (depth == 24)
        return r << 16 | g << 8 | b;
    return r << 22 | g << 12 | b << 2 | (low & 3) | (low & 0xc) << 8 | (low & 0x30) << 16;
}

/* --- rows --- */

/* Beyond its sides a row goes on as at its ends; before its first pixel stands the one above. */
static inline void around_close_row(uint32_t *row, uint32_t w)
{
    row[-1] = row[-2] = row[0];
    row[w] = row[w - 1];
}

/* A row is done: it is the one above now, and the one before that is free. */
static inline void around_next_row(uint32_t **row, uint32_t **up, uint32_t **up2)
{
    uint32_t *free_row = *up2;
    *up2 = *up;
    *up = *row;
    *row = free_row;
}

/* Rectangles that something else writes. */
struct around_left_out {
    const struct tile_rect *rects;
    uint32_t n;
};

/* Row y of r; what is left out has its first pixel all over: a span in each row. */
static inline void around_load_row(const struct tile_picture *p, struct tile_rect r, uint32_t y,
                                   const struct around_left_out *out, uint32_t *row)
{
    uint32_t mask = tile_mask(p->depth);
    pixels_take(row, p->pixels + (size_t)(r.y + y) * p->stride + r.x, r.w, mask);
    for (uint32_t i = 0; i < out->n; i++) {
        struct tile_rect o = out->rects[i];
        uint32_t colour = p->pixels[o.y * p->stride + o.x] & mask;
        for (uint32_t x = 0; x < o.w && r.y + y >= o.y && r.y + y < o.y + o.h; x++)
            row[o.x - r.x + x] = colour;
    }
}

#endif
