/*
 * Pictures and the grid of tiles laid over them: what encoder, decoder, capture and view share.
 * Pure.
 *
 * A picture has 32 bits a pixel in the machine's order: depth 24 is x8 R8 G8 B8, depth 30 is x2 R10
 * G10 B10. The x bits mean nothing; this library writes them as 0. Tiles are TILE_SIDE square,
 * numbered from 0 in reading order; those at the right and lower edge may be smaller.
 */
#ifndef LIB_TILE_PICTURE_H
#define LIB_TILE_PICTURE_H
#include "policy/limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TILE_COLUMNS_MAX ((MAX_SCREEN_W + TILE_SIDE - 1) / TILE_SIDE)
#define TILE_ROWS_MAX ((MAX_SCREEN_H + TILE_SIDE - 1) / TILE_SIDE)
#define TILES_MAX (TILE_COLUMNS_MAX * TILE_ROWS_MAX)
#define TILE_PIXELS (TILE_SIDE * TILE_SIDE)

struct tile_picture {
    uint32_t *pixels; /* owned by the caller */
    size_t stride;    /* pixels from one row to the next, at least width */
    uint32_t width;   /* 1..MAX_SCREEN_W */
    uint32_t height;  /* 1..MAX_SCREEN_H */
    uint8_t depth;    /* 24 or 30 */
};

struct tile_rect {
    uint32_t x, y, w, h;
};

/* True for a size and depth this library handles. */
bool tile_size_fits(uint32_t width, uint32_t height, uint8_t depth);
/* Bits of a pixel that mean something. */
static inline uint32_t tile_mask(uint8_t depth)
{
    return depth == 30 ? 0x3fffffffu : 0x00ffffffu;
}
/* A depth 30 pixel as depth 24, for a screen that shows no more. */
static inline uint32_t tile_pixel_to_24(uint32_t p)
{
    return (p >> 6 & 0xff0000u) | (p >> 4 & 0xff00u) | (p >> 2 & 0xffu);
}

static inline uint32_t tile_columns(uint32_t width)
{
    return (width + TILE_SIDE - 1) / TILE_SIDE;
}
static inline uint32_t tile_count(uint32_t width, uint32_t height)
{
    return tile_columns(width) * ((height + TILE_SIDE - 1) / TILE_SIDE);
}
/* The place of tile `index`, which must be below tile_count. */
struct tile_rect tile_place(uint32_t width, uint32_t height, uint32_t index);

/* A set of tiles of one picture. */
struct tile_set {
    uint64_t bits[(TILES_MAX + 63) / 64];
};

/* The part of a tile that changed, in pixels of the tile: [x1, x2) and [y1, y2). */
struct tile_box {
    uint8_t x1, y1, x2, y2;
};

/* What changed of a picture: tiles, and of each the part; boxes of other tiles mean nothing. */
struct tile_changes {
    struct tile_set set;
    struct tile_box box[TILES_MAX];
};

/* Every tile, wholly. */
void tile_changes_fill(struct tile_changes *c, uint32_t width, uint32_t height);
/* Those tiles, wholly. */
void tile_changes_from(struct tile_changes *c, uint32_t width, uint32_t height,
                       const struct tile_set *set);
/* `more` becomes part of it: boxes grow. */
void tile_changes_add(struct tile_changes *c, const struct tile_changes *more);
/* Those of which at most a quarter changed. */
void tile_changes_small(const struct tile_changes *c, uint32_t width, uint32_t height,
                        struct tile_set *out);

/* A rectangle of the picture that was at from_x, from_y and is at `to` now. */
struct tile_copy {
    struct tile_rect to;
    uint32_t from_x, from_y;
};
#define TILE_COPIES_MAX 16 /* in one update */

void tile_set_clear(struct tile_set *s);
void tile_set_fill(struct tile_set *s, uint32_t count);
bool tile_set_empty(const struct tile_set *s);
uint32_t tile_set_size(const struct tile_set *s);
/* Adds every tile of a width x height picture that the rectangle touches; what is outside is cut
 * off. */
void tile_set_add_rect(struct tile_set *s, uint32_t width, uint32_t height, int64_t x, int64_t y,
                       int64_t w, int64_t h);
void tile_set_add_all(struct tile_set *s, const struct tile_set *more);
void tile_set_remove_all(struct tile_set *s, const struct tile_set *less);
/* Removes the tiles of a width x height picture that lie wholly in the rectangle, which lies in it.
 */
void tile_set_remove_inside(struct tile_set *s, uint32_t width, uint32_t height,
                            struct tile_rect r);
/* First member at or after `from`, or TILES_MAX. */
uint32_t tile_set_next(const struct tile_set *s, uint32_t from);

static inline void tile_set_add(struct tile_set *s, uint32_t i)
{
    s->bits[i / 64] |= (uint64_t)1 << i % 64;
}
static inline void tile_set_remove(struct tile_set *s, uint32_t i)
{
    s->bits[i / 64] &= ~((uint64_t)1 << i % 64);
}
static inline bool tile_set_has(const struct tile_set *s, uint32_t i)
{
    return s->bits[i / 64] >> i % 64 & 1;
}

#endif
