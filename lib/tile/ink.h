/*
 * Coded rectangles (FORMAT.md 5): drawn things - text, interface, diagrams - as decisions of an
 * adaptive binary range coder, each predicted from its surroundings and from what such
 * surroundings were followed by before. Internal to lib/tile. Pure, no allocation.
 *
 * One model serves both directions, so that they cannot differ. Packing runs in vitrine-capture,
 * unpacking in vitrine-render (view) on hostile bytes: every sequence of decisions is a picture, so
 * nothing in it can be malformed but its length.
 */
#ifndef LIB_TILE_INK_H
#define LIB_TILE_INK_H
#include "lib/tile/around.h"
#include "lib/tile/coder.h"
#include "lib/tile/run.h"

#define INK_PAIRS 1024 /* pairs of neighbours remembered */

/* Of a small number. */
struct ink_small {
    struct chance some, minus, bits[8], top[9];
};

struct ink_model {
    struct chance row[2];
    struct chance span_all[2][16], span_bits[2][16], span_top[2][16];
    struct chance seen[4][4], pair[2][4];
    struct chance edge[2], left[2];
    struct chance near[4][32];
    struct chance green[3][256], low[64];
    struct ink_small red[2], blue[2];
};

struct ink {
    struct coder coder;
    struct coder_bytes bytes;
    uint8_t depth;
    struct ink_model model;
    uint32_t seen[AROUND_SEEN]; /* pixel, its confidence in the upper two bits */
    uint32_t pairs[INK_PAIRS];  /* the same */
    uint32_t lines[3][MAX_SCREEN_W + 3 + RUN_SLACK];
    struct around_left_out left_out; /* packing */
};

/* Starts a stream. */
void ink_pack_start(struct ink *k, uint8_t depth, uint8_t *out, size_t room);
/* Adds a rectangle of p. In the n rectangles of `left_out`, which lie in it, one colour is packed:
   something that comes later in the unit writes them. false: no room; the stream is as before it,
   and must be ended. */
bool ink_pack(struct ink *k, const struct tile_picture *p, struct tile_rect r,
              const struct tile_rect *left_out, uint32_t n);
/* Ends the stream; returns its length. */
size_t ink_pack_end(struct ink *k);
/* Most bytes that ink_pack_end adds. */
#define INK_END_BYTES CODER_END_BYTES

void ink_unpack_start(struct ink *k, uint8_t depth, const uint8_t *in, size_t len);
/* Writes the next rectangle into p, which it must lie in. false: the stream is too short. */
bool ink_unpack(struct ink *k, const struct tile_picture *p, struct tile_rect r);
/* All bytes were used, and no more. */
bool ink_unpack_end(const struct ink *k);

#endif
