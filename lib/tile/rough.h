/*
 * Rough rectangles (FORMAT.md 7): photographs sent lossy, to be followed by the exact pixels when
 * they rest. Blocks of 8 x 8, a whole-number transform, one even step for all frequencies, colour
 * at full resolution, the levels as decisions of the range coder. The even step bounds the mean
 * error of every block, whatever is in it: nothing is blurred, only grain is lost. Internal to
 * lib/tile. Pure, no allocation.
 *
 * Packing runs in vitrine-capture, unpacking in vitrine-render (view) on hostile bytes: as in
 * ink.h, every sequence of decisions is a picture.
 */
#ifndef LIB_TILE_ROUGH_H
#define LIB_TILE_ROUGH_H
#include "lib/tile/coder.h"
#include "lib/tile/picture.h"

#define ROUGH_SIDE 8
#define ROUGH_WIDTH 512    /* of a rectangle, at most */
#define ROUGH_PIXELS 32768 /* of a rectangle, at most, its sides rounded up to blocks */
#define ROUGH_ACTIVITIES 11
#define ROUGH_BITS 13 /* most of a level's size */

/* Of one plane: brightness, orange against blue, green against violet. */
struct rough_model {
    struct chance last[7][64];
    struct chance some[15][ROUGH_ACTIVITIES], more[2][ROUGH_ACTIVITIES], most[ROUGH_ACTIVITIES];
    struct chance bits[ROUGH_ACTIVITIES][ROUGH_BITS + 1];
    struct chance flat_some[8], flat_bits[ROUGH_BITS + 1];
};

/* What later blocks look at in one that is done. */
struct rough_block {
    uint8_t size[64]; /* of the levels, at most 255 */
    uint8_t last;
    int32_t flat; /* the first level */
};

struct rough {
    struct coder coder;
    struct coder_bytes bytes;
    uint8_t depth, step;
    struct rough_model model[3];
    struct rough_block up[3][ROUGH_WIDTH / ROUGH_SIDE];
    struct rough_block left[3];
    int32_t corner[3];    /* the first level of the block above left */
    float inverse[3][64]; /* packing: from sums to levels */
};

/* True for a rectangle that is neither too wide nor too large. *area: what it counts as work. */
bool rough_fits(struct tile_rect r, uint64_t *area);

/* As for ink.h; step is in quarters of a colour value, 1..255. */
void rough_pack_start(struct rough *k, uint8_t depth, uint8_t step, uint8_t *out, size_t room);
bool rough_pack(struct rough *k, const struct tile_picture *p, struct tile_rect r);
size_t rough_pack_end(struct rough *k);
#define ROUGH_END_BYTES CODER_END_BYTES

void rough_unpack_start(struct rough *k, uint8_t depth, uint8_t step, const uint8_t *in,
                        size_t len);
bool rough_unpack(struct rough *k, const struct tile_picture *p, struct tile_rect r);
bool rough_unpack_end(const struct rough *k);

#endif
