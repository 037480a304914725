/* What a rectangle of pixels looks like; see the header. Runs in vitrine-capture on its own
 * picture.
 */
#include "lib/tile/looks.h"
#include "lib/tile/pixels.h"

/* Two neighbours differ as writing does from what it stands on: by this much, in one colour ... */
#define EDGE 64
/* ... and one pair of so many. */
#define EDGE_SHARE 128

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

bool looks_photographic(const struct tile_picture *p, struct tile_rect r)
{
    uint32_t mask = tile_mask(p->depth), same = 0, seen = 0;
    for (uint32_t y = 1; y < r.h; y += 4) {
        const uint32_t *row = p->pixels + (r.y + y) * p->stride + r.x, *up = row - p->stride;
        for (uint32_t x = 1; x < r.w; x++)
            same += ((row[x] ^ row[x - 1]) & mask) == 0 || ((row[x] ^ up[x]) & mask) == 0;
        seen += r.w - 1;
    }
    return same * 3 < seen;
}

bool looks_written(const struct tile_picture *p, struct tile_rect r)
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
