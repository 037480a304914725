/*
 * Two pictures of W by H, which whoever includes this has defined: what is coded, and what comes
 * back; and rectangles of them.
 */
#ifndef TESTS_UNIT_LIB_CODED_H
#define TESTS_UNIT_LIB_CODED_H
#include "lib/tile/picture.h"
#include "tests/unit/lib/chance.h"
#include <stdbool.h>

static uint32_t from_px[W * H], to_px[W * H];

static inline struct tile_picture picture(uint32_t *px, uint8_t depth)
{
    return (struct tile_picture){px, W, W, H, depth};
}

static inline struct tile_rect any_rect(void)
{
    struct tile_rect r = {draw() % W, draw() % H, 0, 0};
    r.w = draw() % (W - r.x) + 1;
    r.h = draw() % (H - r.y) + 1;
    return r;
}

/* What came back is what was coded, but for bits outside the mask. */
static inline bool is_same(struct tile_rect r, uint32_t mask)
{
    for (uint32_t y = r.y; y < r.y + r.h; y++)
        for (uint32_t x = r.x; x < r.x + r.w; x++)
            if ((from_px[y * W + x] & mask) != to_px[y * W + x])
                return false;
    return true;
}

#endif
