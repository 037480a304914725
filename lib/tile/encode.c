/*
 * From changed tiles to units; runs in vitrine-capture on its own picture. FORMAT.md is the
 * specification.
 *
 * One unit is: the head, FILL operations as they come, one TILES operation at the end. The DEFLATE
 * stream is flushed to a block end after each tile: so the true length is known and the unit can be
 * closed before it is full, and each tile gets a code of its own, which on screens is worth more
 * than the table costs.
 */
#include "lib/tile/encode.h"
#include "lib/tile/filter.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define FILL_BYTES 9
#define TILES_HEAD_BYTES 7
/* A body that does not compress is stored: 5 bytes for each 16 KiB, and the marks of block and
 * stream end. */
#define WORST_TILE (TILE_BODY_MAX + 64)

struct fill {
    uint32_t first, count, colour;
};

struct tile_encoder {
    struct tile_picture picture;
    struct tile_set left;
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
                        const struct tile_set *changed, bool key, uint32_t update, uint32_t time_ms)
{
    assert(tile_size_fits(p->width, p->height, p->depth));
    assert(key || e->n_left == 0);
    e->picture = *p;
    e->left = *changed;
    e->n_left = tile_set_size(changed);
    e->next = 0;
    e->first = true;
    e->key = key;
    e->update = update;
    e->time_ms = time_ms;
    assert(e->n_left > 0);
    assert(!key || e->n_left == tile_count(p->width, p->height));
}

void tile_encoder_add(struct tile_encoder *e, const struct tile_set *changed)
{
    tile_set_add_all(&e->left, changed);
    e->n_left = tile_set_size(&e->left);
    e->next = 0;
}

bool tile_encoder_busy(const struct tile_encoder *e)
{
    return e->n_left > 0;
}

bool tile_encoder_at_key(const struct tile_encoder *e)
{
    return e->n_left > 0 && e->first && e->key;
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
    e->used += FILL_BYTES;
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
    memcpy(to + TILES_HEAD_BYTES + 2 * e->n_tiles, e->packed, len);
    e->used += TILES_HEAD_BYTES + 2 * e->n_tiles + len;
}

static bool room_for_one(const struct tile_encoder *e)
{
    size_t packed = sizeof e->packed - e->z.avail_out;
    size_t fixed = e->used + 2 * FILL_BYTES + TILES_HEAD_BYTES + 2 * (e->n_tiles + 1);
    return fixed + packed + WORST_TILE <= MAX_UNIT;
}

static void start_unit(struct tile_encoder *e, uint8_t *out)
{
    e->out = out;
    e->used = TILE_HEAD_BYTES;
    e->fill.count = 0;
    e->n_tiles = 0;
    deflateReset(&e->z);
    e->z.next_out = e->packed;
    e->z.avail_out = sizeof e->packed;
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
    if (e->n_left == 0)
        return 0;
    start_unit(e, out);
    while (e->n_left > 0 && room_for_one(e)) {
        uint32_t index = tile_set_next(&e->left, e->next);
        load_block(e, index);
        if (block_is_flat(&e->block))
            add_flat(e, index);
        else
            add_tile(e, index);
        tile_set_remove(&e->left, index);
        e->n_left--;
        e->next = index + 1;
    }
    put_fill(e);
    put_tiles(e);
    put_head(e);
    e->first = false;
    return e->used;
}
