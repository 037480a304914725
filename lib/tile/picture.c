/* The grid of tiles and sets of them; used by capture and view. All arithmetic, nothing foreign is
 * read. */
#include "lib/tile/picture.h"
#include <string.h>

bool tile_size_fits(uint32_t width, uint32_t height, uint8_t depth)
{
    return width >= 1 && width <= MAX_SCREEN_W && height >= 1 && height <= MAX_SCREEN_H &&
           (depth == 24 || depth == 30);
}

static uint32_t at_most_side(uint32_t left)
{
    return left < TILE_SIDE ? left : TILE_SIDE;
}

struct tile_rect tile_place(uint32_t width, uint32_t height, uint32_t index)
{
    uint32_t columns = tile_columns(width);
    uint32_t x = index % columns * TILE_SIDE, y = index / columns * TILE_SIDE;
    return (struct tile_rect){x, y, at_most_side(width - x), at_most_side(height - y)};
}

void tile_set_clear(struct tile_set *s)
{
    memset(s, 0, sizeof *s);
}

void tile_set_fill(struct tile_set *s, uint32_t count)
{
    tile_set_clear(s);
    memset(s->bits, 0xff, count / 64 * 8);
    for (uint32_t i = count / 64 * 64; i < count; i++)
        tile_set_add(s, i);
}

bool tile_set_empty(const struct tile_set *s)
{
    return tile_set_next(s, 0) == TILES_MAX;
}

uint32_t tile_set_size(const struct tile_set *s)
{
    uint32_t n = 0;
    for (size_t i = 0; i < sizeof s->bits / sizeof s->bits[0]; i++)
        n += (uint32_t)__builtin_popcountll(s->bits[i]);
    return n;
}

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

void tile_set_add_rect(struct tile_set *s, uint32_t width, uint32_t height, int64_t x, int64_t y,
                       int64_t w, int64_t h)
{
    int64_t x1 = clamp(x, 0, width), x2 = clamp(x + w, 0, width);
    int64_t y1 = clamp(y, 0, height), y2 = clamp(y + h, 0, height);
    if (x1 >= x2 || y1 >= y2)
        return;
    uint32_t columns = tile_columns(width);
    for (uint32_t r = (uint32_t)y1 / TILE_SIDE; r <= (uint32_t)(y2 - 1) / TILE_SIDE; r++)
        for (uint32_t c = (uint32_t)x1 / TILE_SIDE; c <= (uint32_t)(x2 - 1) / TILE_SIDE; c++)
            tile_set_add(s, r * columns + c);
}

void tile_set_add_all(struct tile_set *s, const struct tile_set *more)
{
    for (size_t i = 0; i < sizeof s->bits / sizeof s->bits[0]; i++)
        s->bits[i] |= more->bits[i];
}

void tile_set_remove_all(struct tile_set *s, const struct tile_set *less)
{
    for (size_t i = 0; i < sizeof s->bits / sizeof s->bits[0]; i++)
        s->bits[i] &= ~less->bits[i];
}

void tile_set_remove_inside(struct tile_set *s, uint32_t width, uint32_t height, struct tile_rect r)
{
    uint32_t columns = tile_columns(width), rows = (height + TILE_SIDE - 1) / TILE_SIDE;
    uint32_t x1 = (r.x + TILE_SIDE - 1) / TILE_SIDE, y1 = (r.y + TILE_SIDE - 1) / TILE_SIDE;
    uint32_t x2 = r.x + r.w == width ? columns : (r.x + r.w) / TILE_SIDE;
    uint32_t y2 = r.y + r.h == height ? rows : (r.y + r.h) / TILE_SIDE;
    for (uint32_t y = y1; y < y2; y++)
        for (uint32_t x = x1; x < x2; x++)
            tile_set_remove(s, y * columns + x);
}

uint32_t tile_set_next(const struct tile_set *s, uint32_t from)
{
    for (uint32_t word = from / 64; word < sizeof s->bits / sizeof s->bits[0]; word++) {
        uint64_t b = s->bits[word];
        if (word == from / 64)
            b &= ~(uint64_t)0 << from % 64;
        if (b != 0)
            return word * 64 + (uint32_t)__builtin_ctzll(b);
    }
    return TILES_MAX;
}

static struct tile_box whole_box(uint32_t width, uint32_t height, uint32_t index)
{
    struct tile_rect r = tile_place(width, height, index);
    return (struct tile_box){0, 0, (uint8_t)r.w, (uint8_t)r.h};
}

void tile_changes_from(struct tile_changes *c, uint32_t width, uint32_t height,
                       const struct tile_set *set)
{
    c->set = *set;
    for (uint32_t i = tile_set_next(set, 0); i < TILES_MAX; i = tile_set_next(set, i + 1))
        c->box[i] = whole_box(width, height, i);
}

void tile_changes_fill(struct tile_changes *c, uint32_t width, uint32_t height)
{
    struct tile_set all;
    tile_set_fill(&all, tile_count(width, height));
    tile_changes_from(c, width, height, &all);
}

static void grow_box(struct tile_box *b, struct tile_box more)
{
    b->x1 = b->x1 < more.x1 ? b->x1 : more.x1;
    b->y1 = b->y1 < more.y1 ? b->y1 : more.y1;
    b->x2 = b->x2 > more.x2 ? b->x2 : more.x2;
    b->y2 = b->y2 > more.y2 ? b->y2 : more.y2;
}

void tile_changes_add(struct tile_changes *c, const struct tile_changes *more)
{
    const struct tile_set *set = &more->set;
    for (uint32_t i = tile_set_next(set, 0); i < TILES_MAX; i = tile_set_next(set, i + 1)) {
        if (tile_set_has(&c->set, i))
            grow_box(&c->box[i], more->box[i]);
        else
            c->box[i] = more->box[i];
        tile_set_add(&c->set, i);
    }
}

void tile_changes_small(const struct tile_changes *c, uint32_t width, uint32_t height,
                        struct tile_set *out)
{
    tile_set_clear(out);
    for (uint32_t i = tile_set_next(&c->set, 0); i < TILES_MAX; i = tile_set_next(&c->set, i + 1)) {
        struct tile_rect r = tile_place(width, height, i);
        struct tile_box b = c->box[i];
        if (4u * (uint32_t)((b.x2 - b.x1) * (b.y2 - b.y1)) <= r.w * r.h)
            tile_set_add(out, i);
    }
}
