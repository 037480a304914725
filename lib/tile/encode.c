/*
 * From changed tiles to units; runs in vitrine-capture on its own picture. FORMAT.md is the
 * specification.
 *
 * One unit is: the head, in the first one the copies, FILL operations as they come, one INK and one
 * TILES operation at the end. What is drawn goes into INK, photographs into TILES: there the
 * coder's decisions would cost more time than their bytes are worth. The DEFLATE stream is flushed
 * to a block end after each tile: so the true length is known and the unit can be closed before it
 * is full, and each tile gets a code of its own, which on screens is worth more than the table
 * costs.
 */
#include "lib/tile/encode.h"
#include "lib/tile/filter.h"
#include "lib/tile/ink.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* A body that does not compress is stored: 5 bytes for each 16 KiB, and the marks of block and
 * stream end. */
#define WORST_TILE (TILE_BODY_MAX + 64)
/* Tiles beside each other are coded as one rectangle up to this many: more context at their edges,
 * but also more to be taken back when a unit is full. */
#define INK_TILES 8
/* Less of a photograph than this many pixels is coded like a drawing: better, and soon done. */
#define PHOTO_LEAST (TILE_PIXELS / 4)

struct fill {
    uint32_t first, count, colour;
};

struct tile_encoder {
    struct tile_picture picture;
    struct tile_changes left;
    struct tile_copy copies[TILE_COPIES_MAX];
    size_t n_copies;
    uint32_t next, n_left;
    bool first, key;
    uint32_t update, time_ms;
    z_stream z;
    /* the unit being made */
    uint8_t *out;
    size_t used; /* head and FILL operations */
    struct fill fill;
    uint32_t n_tiles;
    uint16_t tiles[TILES_MAX];
    uint8_t packed[MAX_UNIT];
    uint8_t body[TILE_BODY_MAX];
    struct tile_block block;
    uint32_t n_rects;
    struct tile_rect rects[TILES_MAX];
    struct ink ink;
    uint8_t inked[MAX_UNIT + INK_END_BYTES];
};

struct tile_encoder *tile_encoder_create(void)
{
    struct tile_encoder *e = calloc(1, sizeof *e);
    if (e == NULL)
        return NULL;
    if (deflateInit2(&e->z, Z_BEST_SPEED, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(e);
        return NULL;
    }
    return e;
}

void tile_encoder_destroy(struct tile_encoder *e)
{
    if (e == NULL)
        return;
    deflateEnd(&e->z);
    explicit_bzero(e, sizeof *e);
    free(e);
}

void tile_encoder_begin(struct tile_encoder *e, const struct tile_picture *p,
                        const struct tile_update *u, uint32_t update, uint32_t time_ms)
{
    assert(tile_size_fits(p->width, p->height, p->depth));
    assert(u->key || (e->n_left == 0 && e->n_copies == 0));
    assert(u->n_copies <= TILE_COPIES_MAX && !(u->key && u->n_copies > 0));
    e->picture = *p;
    e->left = *u->changes;
    e->n_left = tile_set_size(&e->left.set);
    e->n_copies = u->n_copies;
    if (u->n_copies > 0)
        memcpy(e->copies, u->copies, u->n_copies * sizeof *u->copies);
    e->next = 0;
    e->first = true;
    e->key = u->key;
    e->update = update;
    e->time_ms = time_ms;
    assert(e->n_left + e->n_copies > 0);
    assert(!u->key || e->n_left == tile_count(p->width, p->height));
}

void tile_encoder_add(struct tile_encoder *e, const struct tile_changes *changes)
{
    tile_changes_add(&e->left, changes);
    e->n_left = tile_set_size(&e->left.set);
    e->next = 0;
}

bool tile_encoder_busy(const struct tile_encoder *e)
{
    return e->n_left > 0 || e->n_copies > 0;
}

bool tile_encoder_at_key(const struct tile_encoder *e)
{
    return tile_encoder_busy(e) && e->first && e->key;
}

static void load_block(struct tile_encoder *e, uint32_t index)
{
    const struct tile_picture *p = &e->picture;
    struct tile_rect r = tile_place(p->width, p->height, index);
    uint32_t mask = tile_mask(p->depth);
    e->block.w = r.w;
    e->block.h = r.h;
    e->block.depth = p->depth;
    for (uint32_t y = 0; y < r.h; y++) {
        const uint32_t *from = p->pixels + (r.y + y) * p->stride + r.x;
        uint32_t *to = e->block.px + y * r.w;
        for (uint32_t x = 0; x < r.w; x++)
            to[x] = from[x] & mask;
    }
}

static bool block_is_flat(const struct tile_block *b)
{
    uint32_t differs = 0, n = b->w * b->h;
    for (uint32_t i = 0; i < n && differs == 0; i += b->w)
        for (uint32_t x = 0; x < b->w; x++)
            differs |= b->px[i + x] ^ b->px[0];
    return differs == 0;
}

static void put_fill(struct tile_encoder *e)
{
    if (e->fill.count == 0)
        return;
    uint8_t *to = e->out + e->used;
    to[0] = TILE_OP_FILL;
    tile_put_u16(to + 1, e->fill.first);
    tile_put_u16(to + 3, e->fill.count);
    tile_put_u32(to + 5, e->fill.colour);
    e->used += TILE_FILL_BYTES;
    e->fill.count = 0;
}

static void add_flat(struct tile_encoder *e, uint32_t index)
{
    struct fill *f = &e->fill;
    if (f->count > 0 && f->first + f->count == index && f->colour == e->block.px[0]) {
        f->count++;
        return;
    }
    put_fill(e);
    *f = (struct fill){index, 1, e->block.px[0]};
}

static void deflate_bytes(struct tile_encoder *e, const uint8_t *bytes, size_t len, int flush)
{
    e->z.next_in = (z_const Bytef *)(uintptr_t)bytes;
    e->z.avail_in = (uInt)len;
    int r = deflate(&e->z, flush);
    assert(r == (flush == Z_FINISH ? Z_STREAM_END : Z_OK) && e->z.avail_in == 0);
    (void)r;
}

static void add_tile(struct tile_encoder *e, uint32_t index)
{
    size_t len = tile_filter_pack(&e->block, e->body);
    e->tiles[e->n_tiles++] = (uint16_t)index;
    /* What SMOOTH leaves is noise: looking for repetitions in it costs half the time and gains
     * nothing. */
    deflateParams(&e->z, Z_BEST_SPEED,
                  e->body[0] == TILE_FILTER_SMOOTH ? Z_RLE : Z_DEFAULT_STRATEGY);
    deflate_bytes(e, e->body, len, Z_BLOCK);
}

static void put_tiles(struct tile_encoder *e)
{
    if (e->n_tiles == 0)
        return;
    deflate_bytes(e, NULL, 0, Z_FINISH);
    size_t len = sizeof e->packed - e->z.avail_out;
    uint8_t *to = e->out + e->used;
    to[0] = TILE_OP_TILES;
    tile_put_u16(to + 1, e->n_tiles);
    for (uint32_t i = 0; i < e->n_tiles; i++)
        tile_put_u16(to + 3 + 2 * i, e->tiles[i]);
    tile_put_u32(to + 3 + 2 * e->n_tiles, (uint32_t)len);
    memcpy(to + TILE_TILES_BYTES + 2 * e->n_tiles, e->packed, len);
    e->used += TILE_TILES_BYTES + 2 * e->n_tiles + len;
}

/* --- rectangles --- */

static bool tile_is_whole(const struct tile_encoder *e, uint32_t index)
{
    struct tile_rect r = tile_place(e->picture.width, e->picture.height, index);
    struct tile_box b = e->left.box[index];
    return b.x1 == 0 && b.y1 == 0 && b.x2 == r.w && b.y2 == r.h;
}

static struct tile_rect box_place(const struct tile_encoder *e, uint32_t index)
{
    struct tile_rect r = tile_place(e->picture.width, e->picture.height, index);
    struct tile_box b = e->left.box[index];
    return (struct tile_rect){r.x + b.x1, r.y + b.y1, b.x2 - (uint32_t)b.x1, b.y2 - (uint32_t)b.y1};
}

/* Drawn things repeat a neighbour exactly, photographs hardly ever do. */
static bool looks_photographic(const struct tile_picture *p, struct tile_rect r)
{
    uint32_t mask = tile_mask(p->depth), same = 0, seen = 0;
    for (uint32_t y = 1; y < r.h; y += 2) {
        const uint32_t *row = p->pixels + (r.y + y) * p->stride + r.x, *up = row - p->stride;
        for (uint32_t x = 1; x < r.w; x++)
            same += ((row[x] ^ row[x - 1]) & mask) == 0 || ((row[x] ^ up[x]) & mask) == 0;
        seen += r.w - 1;
    }
    return same * 3 < seen;
}

enum class { CLASS_FLAT, CLASS_DRAWN, CLASS_PHOTO };

static enum class classify(struct tile_encoder *e, uint32_t index) {
    struct tile_rect r = box_place(e, index); if (tile_is_whole(e, index)){
        load_block(e, index); if (block_is_flat(&e->block)) return CLASS_FLAT;}
return r.w * r.h >= PHOTO_LEAST && looks_photographic(&e->picture, r) ? CLASS_PHOTO : CLASS_DRAWN;
}

/* Tiles to the right that can go on in the same rectangle; returns how many in all. */
static uint32_t gather(struct tile_encoder *e, uint32_t index, struct tile_rect *r)
{
    uint32_t columns = tile_columns(e->picture.width), n = 1;
    *r = box_place(e, index);
    while (n < INK_TILES && (index + n) % columns != 0 && tile_set_has(&e->left.set, index + n)) {
        struct tile_rect next = box_place(e, index + n);
        if (next.x != r->x + r->w || classify(e, index + n) != CLASS_DRAWN)
            break;
        uint32_t top = r->y < next.y ? r->y : next.y;
        uint32_t end = r->y + r->h > next.y + next.h ? r->y + r->h : next.y + next.h;
        if ((end - top) * (r->w + next.w) > r->w * r->h + next.w * next.h + TILE_PIXELS / 2)
            break;
        *r = (struct tile_rect){r->x, top, r->w + next.w, end - top};
        n++;
    }
    return n;
}

static size_t fixed_bytes(const struct tile_encoder *e)
{
    return e->used + 2 * TILE_FILL_BYTES + TILE_TILES_BYTES + 2 * (e->n_tiles + 1) +
           TILE_INK_BYTES + TILE_INK_RECT_BYTES * (e->n_rects + 1) + INK_END_BYTES;
}

static size_t packed_bytes(const struct tile_encoder *e)
{
    return sizeof e->packed - e->z.avail_out + (e->n_tiles > 0 ? 16 : 0);
}

static bool room_for_tile(const struct tile_encoder *e)
{
    return fixed_bytes(e) + packed_bytes(e) + e->ink.coder.at + WORST_TILE <= MAX_UNIT;
}

static bool add_rect(struct tile_encoder *e, struct tile_rect r)
{
    size_t taken = fixed_bytes(e) + packed_bytes(e);
    if (taken >= MAX_UNIT)
        return false;
    if (e->n_rects == 0)
        ink_pack_start(&e->ink, e->picture.depth, e->inked, MAX_UNIT - taken);
    e->ink.len = MAX_UNIT - taken;
    if (!ink_pack(&e->ink, &e->picture, r))
        return false;
    e->rects[e->n_rects++] = r;
    return true;
}

static void put_rects(struct tile_encoder *e)
{
    if (e->n_rects == 0)
        return;
    size_t len = ink_pack_end(&e->ink);
    uint8_t *to = e->out + e->used;
    to[0] = TILE_OP_INK;
    tile_put_u16(to + 1, e->n_rects);
    to += 3;
    for (uint32_t i = 0; i < e->n_rects; i++, to += TILE_INK_RECT_BYTES) {
        tile_put_u16(to, e->rects[i].x);
        tile_put_u16(to + 2, e->rects[i].y);
        tile_put_u16(to + 4, e->rects[i].w);
        tile_put_u16(to + 6, e->rects[i].h);
    }
    tile_put_u32(to, (uint32_t)len);
    memcpy(to + 4, e->inked, len);
    e->used += TILE_INK_BYTES + TILE_INK_RECT_BYTES * e->n_rects + len;
}

static void put_copies(struct tile_encoder *e)
{
    for (size_t i = 0; i < e->n_copies; i++, e->used += TILE_COPY_BYTES) {
        const struct tile_copy *c = &e->copies[i];
        uint8_t *to = e->out + e->used;
        to[0] = TILE_OP_COPY;
        tile_put_u16(to + 1, c->from_x);
        tile_put_u16(to + 3, c->from_y);
        tile_put_u16(to + 5, c->to.x);
        tile_put_u16(to + 7, c->to.y);
        tile_put_u16(to + 9, c->to.w);
        tile_put_u16(to + 11, c->to.h);
    }
    e->n_copies = 0;
}

/* --- units --- */

static void start_unit(struct tile_encoder *e, uint8_t *out)
{
    e->out = out;
    e->used = TILE_HEAD_BYTES;
    e->fill.count = 0;
    e->n_tiles = 0;
    e->n_rects = 0;
    e->ink.coder.at = 0;
    deflateReset(&e->z);
    e->z.next_out = e->packed;
    e->z.avail_out = sizeof e->packed;
}

static void done(struct tile_encoder *e, uint32_t index, uint32_t n)
{
    for (uint32_t i = index; i < index + n; i++)
        tile_set_remove(&e->left.set, i);
    e->n_left -= n;
    e->next = index + n;
}

static bool is_empty(const struct tile_encoder *e)
{
    return e->n_tiles == 0 && e->n_rects == 0;
}

static bool add_photo(struct tile_encoder *e, uint32_t index)
{
    if (!room_for_tile(e))
        return false;
    load_block(e, index);
    add_tile(e, index);
    done(e, index, 1);
    return true;
}

static bool add_drawn(struct tile_encoder *e, uint32_t index)
{
    struct tile_rect r;
    uint32_t n = gather(e, index, &r);
    if (add_rect(e, r)) {
        done(e, index, n);
        return true;
    }
    /* Something no model fits: DEFLATE can store it. */
    return is_empty(e) && add_photo(e, index);
}

/* false: the unit is full. */
static bool add_next(struct tile_encoder *e)
{
    uint32_t index = tile_set_next(&e->left.set, e->next);
    switch (classify(e, index)) {
    case CLASS_FLAT:
        if (fixed_bytes(e) + packed_bytes(e) + e->ink.coder.at > MAX_UNIT)
            return false;
        add_flat(e, index);
        done(e, index, 1);
        return true;
    case CLASS_PHOTO:
        return add_photo(e, index);
    case CLASS_DRAWN:
    default:
        return add_drawn(e, index);
    }
}

static void put_head(struct tile_encoder *e)
{
    uint8_t *h = e->out;
    h[0] = TILE_VERSION;
    h[1] =
        (uint8_t)((e->first && e->key ? TILE_FLAG_KEY : 0) | (e->n_left == 0 ? TILE_FLAG_LAST : 0));
    h[2] = e->picture.depth;
    tile_put_u32(h + 3, e->update);
    tile_put_u32(h + 7, e->time_ms);
    tile_put_u16(h + 11, e->picture.width);
    tile_put_u16(h + 13, e->picture.height);
}

size_t tile_encoder_unit(struct tile_encoder *e, uint8_t *out)
{
    if (!tile_encoder_busy(e))
        return 0;
    start_unit(e, out);
    put_copies(e);
    while (e->n_left > 0 && add_next(e))
        ;
    put_fill(e);
    put_rects(e);
    put_tiles(e);
    put_head(e);
    e->first = false;
    return e->used;
}
