/* What a rectangle of pixels looks like; see the header. Runs in vitrine-capture on its own
 * picture.
 */
#include "lib/tile/looks.h"
#include "lib/tile/pixels.h"

/* Two neighbours differ as writing does from what it stands on: by this much, in one colour ... */
#define EDGE 64
/* ... and one pair of so many. */
#define EDGE_SHARE 128
/* So often it is looked at all of it, at other rows each time. */
#define LOOKS 4

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

/* Pixels of a row, but for the first, that are as the one to the left or above. */
static uint32_t count_same(const uint32_t *row, const uint32_t *up, uint32_t w, uint32_t mask)
{
    uint32_t same = 0;
    for (uint32_t x = 1; x < w; x++)
        same += (((row[x] ^ row[x - 1]) & mask) == 0) | (((row[x] ^ up[x]) & mask) == 0);
    return same;
}

/* Every fourth row; where a fourth of those says clearly that it is drawn, that is enough. */
bool looks_photographic(const struct tile_picture *p, struct tile_rect r)
{
    uint32_t same = 0, seen = 0;
    for (uint32_t from = 1; from < 4 * LOOKS; from += 4) {
        for (uint32_t y = from; y < r.h; y += 4 * LOOKS) {
            const uint32_t *row = p->pixels + (r.y + y) * p->stride + r.x;
            same += count_same(row, row - p->stride, r.w, tile_mask(p->depth));
            seen += r.w - 1;
        }
        if (same * 3 > seen * 2)
            return false;
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
