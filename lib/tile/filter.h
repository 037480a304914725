/*
 * From the pixels of one tile to bytes that compress well, and back: the body of a tile in
 * FORMAT.md 4. Internal to lib/tile. Pure.
 */
#ifndef LIB_TILE_FILTER_H
#define LIB_TILE_FILTER_H
#include "lib/tile/picture.h"

/* One tile: w x h pixels without gaps, x bits 0. */
struct tile_block {
    uint32_t w, h;
    uint8_t depth;
    uint32_t px[TILE_PIXELS];
};

/* Longest body: filter byte and four bytes a pixel. */
#define TILE_BODY_MAX (1 + TILE_PIXELS * 4)
#define TILE_PALETTE_MAX 256

/* Bytes one pixel takes unpacked: 3 or 4. */
static inline uint32_t tile_pixel_bytes(uint8_t depth)
{
    return depth == 30 ? 4 : 3;
}
/* Bytes of one row of palette indexes: 1, 2, 4 or 8 bits each, rows end at a byte. */
uint32_t tile_index_bits(uint32_t colours);
uint32_t tile_index_row(uint32_t w, uint32_t colours);

/* Chooses a filter, writes filter byte and body into out[TILE_BODY_MAX]; returns the length. */
size_t tile_filter_pack(const struct tile_block *b, uint8_t *out);
/* The reverse of PLAIN and SMOOTH: `body` holds w * h * tile_pixel_bytes bytes after the filter
 * byte. */
void tile_filter_unpack_plain(struct tile_block *b, const uint8_t *body);
void tile_filter_unpack_smooth(struct tile_block *b, const uint8_t *body);
/* The reverse of PALETTE; false when an index names no colour or spare bits are not 0. */
bool tile_filter_unpack_palette(struct tile_block *b, const uint32_t *palette, uint32_t colours,
                                const uint8_t *indexes);

#endif
