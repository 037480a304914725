/*
 * Photographic rectangles (FORMAT.md 6): three planes of differences from what the neighbours
 * suggest, each with a Huffman code of its own. Exact, and several times faster than the decisions
 * of ink.h where nearly every pixel is new. Internal to lib/tile. Pure, no allocation.
 *
 * Packing runs in vitrine-capture, unpacking in vitrine-render (view) on hostile bytes.
 */
#ifndef LIB_TILE_PHOTO_H
#define LIB_TILE_PHOTO_H
#include "lib/tile/picture.h"

#define PHOTO_PIXELS 32768 /* most pixels of one rectangle */
#define PHOTO_PLANES 4     /* green, blue, red; depth 30: the low bits, as they are */
#define PHOTO_BITS 12      /* longest code */

struct photo {
    uint8_t value[PHOTO_PLANES][PHOTO_PIXELS]; /* pixels as planes ... */
    uint8_t rest[PHOTO_PLANES][PHOTO_PIXELS];  /* ... and less their prediction */
    uint32_t count[PHOTO_PLANES][256];
    uint8_t length[PHOTO_PLANES][256];
    uint16_t table[1 << PHOTO_BITS]; /* unpacking: symbol, and length above it */
};

/* Reads the rectangle (at most PHOTO_PIXELS) and chooses its codes; returns how many bytes
   photo_write will need. At most 4 bytes a pixel and a few. */
size_t photo_plan(struct photo *k, const struct tile_picture *p, struct tile_rect r);
/* Writes what was planned last; returns the length. */
size_t photo_write(struct photo *k, const struct tile_picture *p, struct tile_rect r, uint8_t *out);
/* Reads a rectangle into p, which it must lie in. Returns how many bytes it took; 0: malformed. */
size_t photo_read(struct photo *k, const struct tile_picture *p, struct tile_rect r,
                  const uint8_t *in, size_t len);

#endif
