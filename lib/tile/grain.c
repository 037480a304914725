/* See the header. Runs in vitrine-capture on its own picture. */
#include "lib/tile/grain.h"
#include "lib/tile/looks.h"

#define SEEN 14         /* pixels looked at in a row of a block: all have their neighbours in it */
#define FIRST 2         /* row that is looked at, and ... */
#define STEP 4          /* ... every so many from there */
#define FEW 3           /* fewer in its first rows: the others are not looked at */
#define SHARE 40        /* percent of the pixels looked at that are new ... */
#define SHARE_SMOOTH 20 /* ... where nothing stands out, as letters do: planes suit that best */
#define WASTE 1024      /* pixels that are cheaper as planes than another set of tables is */

/* Pixels of a row that none of their four neighbours is like. */
static uint32_t count_new(const uint32_t *row, const uint32_t *up, uint32_t mask)
{
    uint32_t n = 0;
    for (uint32_t x = 1; x <= SEEN; x++)
        n += (uint32_t)(((row[x] ^ row[x - 1]) & mask) != 0) &
             (uint32_t)(((row[x] ^ up[x]) & mask) != 0) &
             (uint32_t)(((row[x] ^ up[x - 1]) & mask) != 0) &
             (uint32_t)(((row[x] ^ up[x + 1]) & mask) != 0);
    return n;
}

static bool is_grainy(const struct tile_picture *p, uint32_t x, uint32_t y)
{
    uint32_t n = 0, seen = 0, mask = tile_mask(p->depth);
    for (uint32_t i = FIRST; i < GRAIN_SIDE; i += STEP) {
        const uint32_t *row = p->pixels + (y + i) * p->stride + x;
        n += count_new(row, row - p->stride, mask);
        seen += SEEN;
        if (n < FEW)
            return false;
    }
    if (n * 100 >= seen * SHARE)
        return true;
    struct tile_rect block = {x, y, GRAIN_SIDE, GRAIN_SIDE};
    return n * 100 >= seen * SHARE_SMOOTH && !looks_written(p, block);
}

static uint32_t area(const struct tile_rect *r)
{
    return r->w * r->h;
}

static struct tile_rect both(const struct tile_rect *a, const struct tile_rect *b)
{
    uint32_t x = a->x < b->x ? a->x : b->x, y = a->y < b->y ? a->y : b->y;
    uint32_t right = a->x + a->w > b->x + b->w ? a->x + a->w : b->x + b->w;
    uint32_t end = a->y + a->h > b->y + b->h ? a->y + a->h : b->y + b->h;
    return (struct tile_rect){x, y, right - x, end - y};
}

/* To a part with which it wastes little, or as a new one. false: there are too many. */
static bool add(struct tile_rect *out, uint32_t *n, struct tile_rect r)
{
    for (uint32_t i = *n; i-- > 0;) {
        struct tile_rect all = both(&out[i], &r);
        if (area(&all) <= area(&out[i]) + area(&r) + WASTE) {
            out[i] = all;
            return true;
        }
    }
    if (*n == GRAIN_MOST)
        return false;
    out[(*n)++] = r;
    return true;
}

/* A row of blocks: those beside each other are one. */
static bool add_row(const struct tile_picture *p, struct tile_rect r, uint32_t y,
                    struct tile_rect *out, uint32_t *n)
{
    struct tile_rect run = {0};
    for (uint32_t x = r.x; x + GRAIN_SIDE <= r.x + r.w; x += GRAIN_SIDE) {
        if (is_grainy(p, x, y)) {
            run = (struct tile_rect){run.w ? run.x : x, y, run.w + GRAIN_SIDE, GRAIN_SIDE};
            continue;
        }
        if (run.w > 0 && !add(out, n, run))
            return false;
        run.w = 0;
    }
    return run.w == 0 || add(out, n, run);
}

/* Those that are large enough; none where they overlap too much, which is rare. */
static uint32_t keep(const struct tile_rect *r, struct tile_rect *out, uint32_t n)
{
    uint32_t kept = 0, sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (area(&out[i]) < GRAIN_LEAST)
            continue;
        sum += area(&out[i]);
        out[kept++] = out[i];
    }
    return sum <= area(r) ? kept : 0;
}

uint32_t grain_find(const struct tile_picture *p, struct tile_rect r,
                    struct tile_rect out[GRAIN_MOST])
{
    uint32_t n = 0;
    for (uint32_t y = r.y; y + GRAIN_SIDE <= r.y + r.h; y += GRAIN_SIDE)
        if (!add_row(p, r, y, out, &n))
            break;
    return keep(&r, out, n);
}
