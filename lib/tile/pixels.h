/*
 * Rows of pixels compared and copied, as fast as the processor allows: AVX2, SSE2 or plain C,
 * chosen when first used, with the same result. Pure.
 */
#ifndef LIB_TILE_PIXELS_H
#define LIB_TILE_PIXELS_H
#include "lib/tile/picture.h"

enum pixels_way { PIXELS_PLAIN, PIXELS_SSE2, PIXELS_AVX2 };

/* The best way of this processor; the one in use. */
enum pixels_way pixels_best(void);
/* For tests: another way from now on. One the processor lacks must not be asked for. */
void pixels_use(enum pixels_way way);

/* a[i] differs from b[i] in a bit of `mask`, for some i below n. */
bool pixels_differ(const uint32_t *a, const uint32_t *b, size_t n, uint32_t mask);
/* How many of them are equal. */
size_t pixels_equal(const uint32_t *a, const uint32_t *b, size_t n);
/* to[i] = from[i] & mask; they do not overlap. */
void pixels_take(uint32_t *to, const uint32_t *from, size_t n, uint32_t mask);
/* to[i] = a hash of from[i] to from[i + 3], for i below n: n + 3 pixels are read. */
void pixels_hash(uint32_t *to, const uint32_t *from, size_t n);
/* Part of a picture copied to another place of it, as if it had been taken out first. Both
   rectangles must lie in the picture. */
void pixels_move(const struct tile_picture *p, struct tile_rect to, uint32_t from_x,
                 uint32_t from_y);

#endif
