/*
 * Comparison of what was just read with what was last sent; runs in vitrine-capture. Reads pixels
 * only: any value of them is fine.
 */
#include "capture/picture.h"
#include "lib/tile/pixels.h"
#include <stdlib.h>
#include <string.h>

/* A picture of fewer tiles is sent as soon as it is compared, and one of so many of them looked at
   first says enough. */
#define PARTS_LEAST 32
#define PARTS_EACH 4

static uint32_t *pixels_create(struct source_size size)
{
    return calloc((size_t)size.width * size.height, sizeof(uint32_t));
}

static void pixels_destroy(struct tile_picture *p)
{
    if (p->pixels != NULL)
        explicit_bzero(p->pixels, p->stride * p->height * sizeof *p->pixels);
    free(p->pixels);
    p->pixels = NULL;
}

bool picture_init(struct picture *p, struct source_size size)
{
    *p = (struct picture){.tiles = {NULL, size.width, size.width, size.height, size.depth},
                          .count = tile_count(size.width, size.height)};
    p->now = p->tiles;
    p->tiles.pixels = pixels_create(size);
    p->now.pixels = pixels_create(size);
    if (p->tiles.pixels != NULL && p->now.pixels != NULL)
        return true;
    picture_finish(p);
    return false;
}

void picture_finish(struct picture *p)
{
    pixels_destroy(&p->tiles);
    pixels_destroy(&p->now);
    explicit_bzero(p, sizeof *p);
}

uint32_t picture_blank(uint8_t depth)
{
    return depth == 30 ? 0x20080200u : 0x00808080u;
}

/* --- taking over one tile --- */

/* A tile as it was read: where its first pixel is, and how far it is to the next row. */
struct seen {
    const uint32_t *pixels;
    size_t stride;
};

static bool contains(const struct tile_rect *r, const struct tile_rect *t)
{
    return t->x >= r->x && t->y >= r->y && t->x + t->w <= r->x + r->w && t->y + t->h <= r->y + r->h;
}

static struct seen find_tile(const struct source_grab *g, const struct tile_rect *t)
{
    for (size_t i = 0; i < g->n_pieces; i++) {
        const struct source_piece *p = &g->pieces[i];
        if (contains(&p->place, t))
            return (struct seen){p->pixels + (size_t)(t->y - p->place.y) * p->place.w +
                                     (t->x - p->place.x),
                                 p->place.w};
    }
    abort(); /* a source that did not read what was wanted: our own mistake */
}

/* The part of a hidden rectangle within the tile, in tile coordinates; false: none. */
static bool clip(const struct source_rect *r, const struct tile_rect *t, struct tile_rect *out)
{
    int64_t x1 = (int64_t)r->x - t->x, x2 = x1 + r->w;
    int64_t y1 = (int64_t)r->y - t->y, y2 = y1 + r->h;
    x1 = x1 < 0 ? 0 : x1;
    y1 = y1 < 0 ? 0 : y1;
    x2 = x2 > t->w ? t->w : x2;
    y2 = y2 > t->h ? t->h : y2;
    if (x1 >= x2 || y1 >= y2)
        return false;
    *out = (struct tile_rect){(uint32_t)x1, (uint32_t)y1, (uint32_t)(x2 - x1), (uint32_t)(y2 - y1)};
    return true;
}

/* Copies the tile when something in it is hidden, blanked; else leaves it where it is. */
static struct seen hide(struct picture *p, const struct source_grab *g, const struct tile_rect *t,
                        struct seen seen)
{
    uint32_t blank = picture_blank(p->now.depth), *own = p->blanked;
    struct tile_rect c;
    bool copied = false;
    for (size_t i = 0; i < g->n_hidden; i++) {
        if (!clip(&g->hidden[i], t, &c))
            continue;
        for (uint32_t y = 0; y < t->h && !copied; y++)
            memcpy(own + y * TILE_SIDE, seen.pixels + y * seen.stride, t->w * 4);
        copied = true;
        for (uint32_t y = c.y; y < c.y + c.h; y++)
            for (uint32_t x = c.x; x < c.x + c.w; x++)
                own[y * TILE_SIDE + x] = blank;
    }
    return copied ? (struct seen){own, TILE_SIDE} : seen;
}

static bool differs(const uint32_t *was, size_t stride, struct seen now, const struct tile_rect *t,
                    uint32_t mask)
{
    for (uint32_t y = 0; y < t->h; y++)
        if (pixels_differ(was + y * stride, now.pixels + y * now.stride, t->w, mask))
            return true;
    return false;
}

static bool take_tile(struct picture *p, const struct source_grab *g, uint32_t index)
{
    uint32_t mask = tile_mask(p->now.depth);
    struct tile_rect t = tile_place(p->now.width, p->now.height, index);
    struct seen now = hide(p, g, &t, find_tile(g, &t));
    uint32_t *was = p->now.pixels + t.y * p->now.stride + t.x;
    if (!differs(was, p->now.stride, now, &t, mask))
        return false;
    for (uint32_t y = 0; y < t.h; y++)
        pixels_take(was + y * p->now.stride, now.pixels + y * now.stride, t.w, mask);
    return true;
}

/* The first and last column of a row that differ; false: none does. */
static bool row_box(const uint32_t *a, const uint32_t *b, uint32_t w, struct tile_box *box)
{
    if (!pixels_differ(a, b, w, ~0u))
        return false;
    uint32_t x1 = 0, x2 = w;
    while (a[x1] == b[x1])
        x1++;
    while (a[x2 - 1] == b[x2 - 1])
        x2--;
    box->x1 = (uint8_t)(x1 < box->x1 ? x1 : box->x1);
    box->x2 = (uint8_t)(x2 > box->x2 ? x2 : box->x2);
    return true;
}

/* Brings the tile up to date; false: it was. */
static bool settle_tile(struct picture *p, uint32_t index, struct tile_box *box)
{
    struct tile_rect t = tile_place(p->now.width, p->now.height, index);
    const uint32_t *now = p->now.pixels + t.y * p->now.stride + t.x;
    uint32_t *was = p->tiles.pixels + t.y * p->tiles.stride + t.x;
    *box = (struct tile_box){TILE_SIDE, TILE_SIDE, 0, 0};
    for (uint32_t y = 0; y < t.h; y++, now += p->now.stride, was += p->tiles.stride) {
        if (!row_box(was, now, t.w, box))
            continue;
        box->y1 = (uint8_t)(y < box->y1 ? y : box->y1);
        box->y2 = (uint8_t)(y + 1);
        memcpy(was + box->x1, now + box->x1, (box->x2 - (size_t)box->x1) * sizeof *was);
    }
    return box->y2 > 0;
}

void picture_take(struct picture *p, const struct source_grab *grab, const struct tile_set *want,
                  struct tile_set *changed)
{
    tile_set_clear(changed);
    for (uint32_t i = tile_set_next(want, 0); i < p->count; i = tile_set_next(want, i + 1))
        if (take_tile(p, grab, i))
            tile_set_add(changed, i);
}

void picture_settle(struct picture *p, const struct tile_set *changed, bool moves,
                    struct picture_change *out)
{
    struct tile_set *set = &out->tiles.set;
    *set = *changed;
    out->n_copies = 0;
    if (moves)
        out->n_copies =
            moves_find(&p->moves, &p->tiles, &p->now, set, out->copies, TILE_COPIES_MAX);
    for (uint32_t i = tile_set_next(set, 0); i < p->count; i = tile_set_next(set, i + 1))
        if (!settle_tile(p, i, &out->tiles.box[i]))
            tile_set_remove(set, i);
}

/* --- what must not be shown any more --- */

/* Grows by [at.x, at.x + at.w) and so on. */
static void grow_box(struct tile_box *b, const struct tile_rect *at)
{
    b->x1 = (uint8_t)(at->x < b->x1 ? at->x : b->x1);
    b->y1 = (uint8_t)(at->y < b->y1 ? at->y : b->y1);
    b->x2 = (uint8_t)(at->x + at->w > b->x2 ? at->x + at->w : b->x2);
    b->y2 = (uint8_t)(at->y + at->h > b->y2 ? at->y + at->h : b->y2);
}

static void blank_tile(struct picture *p, const struct source_rect *hidden, uint32_t index,
                       struct tile_changes *out)
{
    uint32_t blank = picture_blank(p->now.depth);
    struct tile_rect c, t = tile_place(p->now.width, p->now.height, index);
    bool differed = false;
    if (!clip(hidden, &t, &c))
        return;
    for (uint32_t y = t.y + c.y; y < t.y + c.y + c.h; y++)
        for (uint32_t x = t.x + c.x; x < t.x + c.x + c.w; x++) {
            uint32_t *pixel = &p->tiles.pixels[y * p->tiles.stride + x];
            differed = differed || *pixel != blank;
            *pixel = p->now.pixels[y * p->now.stride + x] = blank;
        }
    if (!differed)
        return;
    if (!tile_set_has(&out->set, index))
        out->box[index] = (struct tile_box){TILE_SIDE, TILE_SIDE, 0, 0};
    tile_set_add(&out->set, index);
    grow_box(&out->box[index], &c);
}

void picture_hide(struct picture *p, const struct source_rect *hidden, const struct tile_set *but,
                  struct tile_changes *out)
{
    struct tile_set touched = {0};
    tile_set_add_rect(&touched, p->now.width, p->now.height, hidden->x, hidden->y, hidden->w,
                      hidden->h);
    tile_set_remove_all(&touched, but);
    for (uint32_t i = tile_set_next(&touched, 0); i < p->count; i = tile_set_next(&touched, i + 1))
        blank_tile(p, hidden, i, out);
}

/* --- in parts --- */

/* Tiles here and there, of all that are wanted. */
static void choose_some(const struct tile_set *want, struct tile_set *out)
{
    uint32_t k = 0;
    tile_set_clear(out);
    for (uint32_t i = tile_set_next(want, 0); i < TILES_MAX; i = tile_set_next(want, i + 1))
        if (k++ % PARTS_EACH == 0)
            tile_set_add(out, i);
}

bool picture_is_another(struct picture *p, const struct source_grab *grab,
                        const struct tile_set *want, struct picture_parts *parts)
{
    struct tile_set some;
    uint32_t n = tile_set_size(want);
    *parts = (struct picture_parts){.left = *want};
    if (n < PARTS_LEAST || n * 4 < p->count * 3 || moves_go_on(&p->moves))
        return false;
    choose_some(want, &some);
    picture_take(p, grab, &some, &parts->changed);
    tile_set_remove_all(&parts->left, &some);
    return tile_set_size(&parts->changed) * 4 > tile_set_size(&some) * 3 &&
           !moves_likely(&p->tiles, &p->now, &parts->changed, want);
}

void picture_take_part(struct picture *p, const struct source_grab *grab,
                       struct picture_parts *parts, struct tile_changes *out)
{
    struct tile_set *left = &parts->left, *known = &parts->changed;
    uint32_t a = tile_set_next(left, 0), b = tile_set_next(known, 0);
    uint32_t columns = tile_columns(p->now.width), i = a < b ? a : b;
    tile_set_clear(&out->set);
    for (uint32_t end = i - i % columns + columns; i < end && i < p->count; i++) {
        bool changed = tile_set_has(known, i) || (tile_set_has(left, i) && take_tile(p, grab, i));
        if (changed && settle_tile(p, i, &out->box[i]))
            tile_set_add(&out->set, i);
        tile_set_remove(left, i);
        tile_set_remove(known, i);
    }
}

static void forget_tile(struct picture *p, uint32_t index)
{
    struct tile_rect t = tile_place(p->now.width, p->now.height, index);
    size_t at = t.y * p->now.stride + t.x;
    for (uint32_t y = 0; y < t.h; y++, at += p->now.stride)
        memcpy(p->now.pixels + at, p->tiles.pixels + at, t.w * sizeof *p->now.pixels);
}

void picture_drop_parts(struct picture *p, struct picture_parts *parts)
{
    const struct tile_set *known = &parts->changed;
    for (uint32_t i = tile_set_next(known, 0); i < p->count; i = tile_set_next(known, i + 1))
        forget_tile(p, i);
    *parts = (struct picture_parts){0};
}

/* --- covering a set of tiles with rectangles --- */

/* A run of tiles in one row of tiles: [from, to). */
struct run {
    uint32_t from, to;
};

static bool next_run(const struct tile_set *s, uint32_t end, uint32_t at, struct run *out)
{
    out->from = tile_set_next(s, at);
    if (out->from >= end)
        return false;
    out->to = out->from + 1;
    while (out->to < end && tile_set_has(s, out->to))
        out->to++;
    return true;
}

static struct tile_rect run_place(struct run r, uint32_t width, uint32_t height)
{
    struct tile_rect a = tile_place(width, height, r.from);
    struct tile_rect b = tile_place(width, height, r.to - 1);
    return (struct tile_rect){a.x, a.y, b.x + b.w - a.x, a.h};
}

/* Adds to the rectangle that ends just above with the same sides, or as a new one. */
static bool add_run(struct tile_rect r, struct tile_rect *out, size_t *n, size_t most)
{
    for (size_t i = *n; i-- > 0;)
        if (out[i].x == r.x && out[i].w == r.w && out[i].y + out[i].h == r.y) {
            out[i].h += r.h;
            return true;
        }
    if (*n == most)
        return false;
    out[(*n)++] = r;
    return true;
}

static bool cover_rows(const struct tile_set *set, uint32_t width, uint32_t height,
                       struct tile_rect *out, size_t *n, size_t most)
{
    uint32_t columns = tile_columns(width), count = tile_count(width, height);
    for (uint32_t row = 0; row < count; row += columns) {
        struct run r;
        for (uint32_t at = row; next_run(set, row + columns, at, &r); at = r.to)
            if (!add_run(run_place(r, width, height), out, n, most))
                return false;
    }
    return true;
}

size_t picture_cover(const struct tile_set *set, uint32_t width, uint32_t height,
                     struct tile_rect *out, size_t most)
{
    size_t n = 0;
    /* From half the screen on one read is cheaper than many (platform notes, MIT-SHM). */
    bool few = tile_set_size(set) * 2 < tile_count(width, height);
    if (few && cover_rows(set, width, height, out, &n, most))
        return n;
    out[0] = (struct tile_rect){0, 0, width, height};
    return 1;
}
