/*
 * From units to pixels; runs in vitrine-render (view). Distrusts every byte: the sender may be
 * anybody who was let into the session. FORMAT.md is the specification.
 *
 * Work is bounded: a unit may name at most twice as many tiles as the picture has, and rectangles
 * of twice its pixels, its sides rounded up to blocks, so no unit costs more than four such
 * pictures, however well its bytes compress.
 */
#include "lib/tile/decode.h"
#include "lib/tile/ink.h"
#include "lib/tile/photo.h"
#include "lib/tile/pixels.h"
#include "lib/tile/quick.h"
#include "lib/tile/rough.h"
#include "lib/tile/shelf.h"
#include <stdlib.h>
#include <string.h>

struct tile_decoder {
    bool started, in_update, in_key;
    struct tile_head now;    /* of the last unit */
    struct tile_set missing; /* tiles a KEY picture still lacks */
    struct ink ink;
    struct quick quick;
    struct photo photo;
    struct rough rough;
    struct shelf *shelf;
};

/* One unit while it is read. */
struct reading {
    struct tile_decoder *d;
    const uint8_t *at, *end;
    const struct tile_picture *p;
    uint32_t tiles, named; /* in the picture; named by this unit so far */
    uint64_t area;         /* pixels that rectangles of this unit may still have */
    tile_changed_fn changed;
    void *ctx;
};

struct tile_decoder *tile_decoder_create(void)
{
    struct tile_decoder *d = calloc(1, sizeof *d);
    if (d == NULL)
        return NULL;
    d->shelf = shelf_create();
    if (d->shelf != NULL)
        return d;
    free(d);
    return NULL;
}

void tile_decoder_destroy(struct tile_decoder *d)
{
    if (d == NULL)
        return;
    shelf_destroy(d->shelf);
    explicit_bzero(d, sizeof *d);
    free(d);
}

bool tile_head_read(const uint8_t *unit, size_t len, struct tile_head *out)
{
    if (len < TILE_HEAD_BYTES || len > MAX_UNIT || unit[0] != TILE_VERSION)
        return false;
    struct tile_head h = {
        .key = unit[1] & TILE_FLAG_KEY,
        .last = unit[1] & TILE_FLAG_LAST,
        .what = unit[1] / TILE_FLAG_WHAT,
        .depth = unit[2],
        .update = tile_get_u32(unit + 3),
        .time_ms = tile_get_u32(unit + 7),
        .width = tile_get_u16(unit + 11),
        .height = tile_get_u16(unit + 13),
    };
    if (h.what > (h.key ? TILE_PART : 0) || !tile_size_fits(h.width, h.height, h.depth))
        return false;
    *out = h;
    return true;
}

static size_t left(const struct reading *r)
{
    return (size_t)(r->end - r->at);
}

static bool name_tiles(struct reading *r, uint32_t n)
{
    if (n == 0 || n > 2 * r->tiles - r->named)
        return false;
    r->named += n;
    return true;
}

static void written(struct reading *r, uint32_t index, struct tile_rect where)
{
    tile_set_remove(&r->d->missing, index);
    if (r->changed != NULL)
        r->changed(r->ctx, where);
}

static void fill_tile(struct reading *r, uint32_t index, uint32_t colour)
{
    const struct tile_picture *p = r->p;
    struct tile_rect t = tile_place(p->width, p->height, index);
    for (uint32_t y = 0; y < t.h; y++) {
        uint32_t *to = p->pixels + (t.y + y) * p->stride + t.x;
        for (uint32_t x = 0; x < t.w; x++)
            to[x] = colour;
    }
    written(r, index, t);
}

static bool do_fill(struct reading *r)
{
    if (left(r) < 8)
        return false;
    uint32_t first = tile_get_u16(r->at), count = tile_get_u16(r->at + 2);
    uint32_t colour = tile_get_u32(r->at + 4);
    r->at += 8;
    if ((colour & ~tile_mask(r->p->depth)) != 0 || first >= r->tiles || count > r->tiles - first ||
        !name_tiles(r, count))
        return false;
    for (uint32_t i = first; i < first + count; i++)
        fill_tile(r, i, colour);
    return true;
}

/* --- tiles put away and brought back --- */

static bool read_shelved(struct reading *r, struct tile_shelved *out)
{
    if (left(r) < TILE_SHELF_BYTES - 1)
        return false;
    *out = (struct tile_shelved){tile_get_u16(r->at), tile_get_u16(r->at + 2),
                                 tile_get_u16(r->at + 4)};
    r->at += TILE_SHELF_BYTES - 1;
    return out->first < r->tiles && out->count <= r->tiles - out->first && out->slot < MAX_SHELF &&
           out->count <= MAX_SHELF - out->slot && name_tiles(r, out->count);
}

/* While a KEY picture is incomplete there may be what another one left. */
static bool do_shelve(struct reading *r)
{
    struct tile_shelved v;
    if (r->d->in_key || !read_shelved(r, &v))
        return false;
    for (uint32_t i = 0; i < v.count; i++)
        shelf_put(r->d->shelf, v.slot + i, r->p, v.first + i);
    return true;
}

static bool do_recall(struct reading *r)
{
    struct tile_shelved v;
    if (!read_shelved(r, &v))
        return false;
    for (uint32_t i = 0; i < v.count; i++) {
        if (!shelf_fits(r->d->shelf, v.slot + i, r->p, v.first + i))
            return false;
        shelf_get(r->d->shelf, v.slot + i, r->p, v.first + i);
        written(r, v.first + i, tile_place(r->p->width, r->p->height, v.first + i));
    }
    return true;
}

/* --- rectangles --- */

static struct tile_rect get_rect(const uint8_t *b)
{
    return (struct tile_rect){tile_get_u16(b), tile_get_u16(b + 2), tile_get_u16(b + 4),
                              tile_get_u16(b + 6)};
}

static bool lies_inside(const struct tile_picture *p, uint32_t x, uint32_t y, uint32_t w,
                        uint32_t h)
{
    return w >= 1 && h >= 1 && w <= p->width && h <= p->height && x <= p->width - w &&
           y <= p->height - h;
}

static bool name_rect(struct reading *r, struct tile_rect t)
{
    uint64_t area = (uint64_t)t.w * t.h;
    if (!lies_inside(r->p, t.x, t.y, t.w, t.h) || area > r->area)
        return false;
    r->area -= area;
    return true;
}

/* Tiles that lie wholly in it are no longer missing. */
static void rect_written(struct reading *r, struct tile_rect t)
{
    if (r->d->in_key)
        tile_set_remove_inside(&r->d->missing, r->p->width, r->p->height, t);
    if (r->changed != NULL)
        r->changed(r->ctx, t);
}

static bool do_copy(struct reading *r)
{
    if (left(r) < TILE_COPY_BYTES - 1 || r->d->in_key)
        return false;
    uint32_t x = tile_get_u16(r->at), y = tile_get_u16(r->at + 2);
    struct tile_rect to = get_rect(r->at + 4);
    r->at += TILE_COPY_BYTES - 1;
    if (!name_rect(r, to) || !lies_inside(r->p, x, y, to.w, to.h))
        return false;
    pixels_move(r->p, to, x, y);
    rect_written(r, to);
    return true;
}

/* Rectangles and the bytes of one stream that gives their pixels. */
struct listed {
    uint32_t n;
    const uint8_t *rects, *bytes;
    uint32_t len;
};

static bool read_listed(struct reading *r, struct listed *out)
{
    if (left(r) < 2)
        return false;
    out->n = tile_get_u16(r->at);
    out->rects = r->at + 2;
    r->at += 2;
    if (out->n == 0 || left(r) < TILE_LISTED_RECT_BYTES * (size_t)out->n + 4)
        return false;
    r->at += TILE_LISTED_RECT_BYTES * (size_t)out->n;
    out->len = tile_get_u32(r->at);
    r->at += 4;
    if (out->len > left(r))
        return false;
    out->bytes = r->at;
    r->at += out->len;
    return true;
}

static bool do_ink(struct reading *r)
{
    struct ink *k = &r->d->ink;
    struct listed l;
    if (!read_listed(r, &l))
        return false;
    ink_unpack_start(k, r->p->depth, l.bytes, l.len);
    for (uint32_t i = 0; i < l.n; i++) {
        struct tile_rect t = get_rect(l.rects + TILE_LISTED_RECT_BYTES * (size_t)i);
        if (!name_rect(r, t) || !ink_unpack(k, r->p, t))
            return false;
        rect_written(r, t);
    }
    return ink_unpack_end(k);
}

static bool do_quick(struct reading *r)
{
    struct quick *k = &r->d->quick;
    struct listed l;
    if (!read_listed(r, &l) || !quick_unpack_start(k, r->p->depth, l.bytes, l.len))
        return false;
    for (uint32_t i = 0; i < l.n; i++) {
        struct tile_rect t = get_rect(l.rects + TILE_LISTED_RECT_BYTES * (size_t)i);
        if (!name_rect(r, t) || !quick_unpack(k, r->p, t))
            return false;
        rect_written(r, t);
    }
    return quick_unpack_end(k);
}

/* A rectangle counts as work with its sides rounded up to blocks. */
static bool name_rough(struct reading *r, struct tile_rect t)
{
    uint64_t area;
    if (!lies_inside(r->p, t.x, t.y, t.w, t.h) || !rough_fits(t, &area) || area > r->area)
        return false;
    r->area -= area;
    return true;
}

static bool do_rough(struct reading *r)
{
    struct rough *k = &r->d->rough;
    struct listed l;
    if (left(r) < 1)
        return false;
    uint8_t step = *r->at++;
    if (step == 0 || !read_listed(r, &l))
        return false;
    rough_unpack_start(k, r->p->depth, step, l.bytes, l.len);
    for (uint32_t i = 0; i < l.n; i++) {
        struct tile_rect t = get_rect(l.rects + TILE_LISTED_RECT_BYTES * (size_t)i);
        if (!name_rough(r, t) || !rough_unpack(k, r->p, t))
            return false;
        rect_written(r, t);
    }
    return rough_unpack_end(k);
}

static bool do_photo(struct reading *r)
{
    if (left(r) < TILE_PHOTO_BYTES - 1)
        return false;
    struct tile_rect t = get_rect(r->at);
    r->at += TILE_PHOTO_BYTES - 1;
    if (!name_rect(r, t))
        return false;
    size_t used = photo_read(&r->d->photo, r->p, t, r->at, left(r));
    r->at += used;
    if (used > 0)
        rect_written(r, t);
    return used > 0;
}

static bool do_operation(struct reading *r)
{
    switch (*r->at++) {
    case TILE_OP_FILL:
        return do_fill(r);
    case TILE_OP_COPY:
        return do_copy(r);
    case TILE_OP_INK:
        return do_ink(r);
    case TILE_OP_QUICK:
        return do_quick(r);
    case TILE_OP_PHOTO:
        return do_photo(r);
    case TILE_OP_ROUGH:
        return do_rough(r);
    case TILE_OP_SHELVE:
        return do_shelve(r);
    case TILE_OP_RECALL:
        return do_recall(r);
    default:
        return false;
    }
}

static bool follows(const struct tile_decoder *d, const struct tile_head *h)
{
    if (h->width != d->now.width || h->height != d->now.height || h->depth != d->now.depth)
        return false;
    return h->update == d->now.update + (d->in_update ? 0u : 1u);
}

static enum tile_result check_order(struct tile_decoder *d, const struct tile_head *h)
{
    if (h->key) {
        tile_set_fill(&d->missing, tile_count(h->width, h->height));
        d->in_key = true;
        shelf_forget(d->shelf);
    } else if (!d->started) {
        return TILE_NEED_KEY;
    } else if (!follows(d, h)) {
        return TILE_BAD;
    }
    d->started = true;
    d->now = *h;
    d->in_update = !h->last;
    return TILE_OK;
}

/* Copies of all of the picture, and all of it in blocks: more no sender ever needs. */
static uint64_t most_area(const struct tile_picture *p)
{
    return 2 * (uint64_t)((p->width + 7) & ~7u) * ((p->height + 7) & ~7u);
}

enum tile_result tile_decode(struct tile_decoder *d, const uint8_t *unit, size_t len,
                             const struct tile_picture *p, tile_changed_fn changed, void *ctx)
{
    struct tile_head h;
    if (!tile_head_read(unit, len, &h))
        return TILE_BAD;
    if (h.key || d->started) {
        if (h.width != p->width || h.height != p->height || h.depth != p->depth)
            return TILE_BAD;
    }
    enum tile_result order = check_order(d, &h);
    if (order != TILE_OK)
        return order;
    struct reading r = {.d = d,
                        .at = unit + TILE_HEAD_BYTES,
                        .end = unit + len,
                        .p = p,
                        .tiles = tile_count(p->width, p->height),
                        .area = most_area(p),
                        .changed = changed,
                        .ctx = ctx};
    while (r.at < r.end)
        if (!do_operation(&r))
            return TILE_BAD;
    if (h.last && d->in_key) {
        if (!tile_set_empty(&d->missing))
            return TILE_BAD;
        d->in_key = false;
    }
    return TILE_OK;
}
