/*
 * Cursor units in both directions: written by vitrine-capture, read by vitrine-render (view) from
 * whoever presents, so everything read is checked. FORMAT.md 9.
 */
#include "lib/tile/cursor.h"
#include "lib/tile/format.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define HEAD_BYTES 14
#define SHAPE_BYTES 8

/* Premultiplied: no colour is larger than its alpha. Careless cursor themes break this. */
static uint32_t premultiplied(uint32_t p)
{
    uint32_t a = p >> 24, out = a << 24;
    for (int shift = 0; shift <= 16; shift += 8) {
        uint32_t c = p >> shift & 0xff;
        out |= (c > a ? a : c) << shift;
    }
    return out;
}

/* Length of the packed shape, 0 when it does not fit. */
static size_t pack_shape(const struct tile_cursor *c, uint8_t *out, size_t room)
{
    size_t n = (size_t)c->width * c->height;
    uint8_t *bytes = malloc(n * 4);
    if (bytes == NULL)
        return 0;
    for (size_t i = 0; i < n; i++)
        tile_put_u32(bytes + 4 * i, premultiplied(c->argb[i]));
    uLongf len = room;
    bool fits = compress2(out, &len, bytes, n * 4, Z_DEFAULT_COMPRESSION) == Z_OK;
    explicit_bzero(bytes, n * 4);
    free(bytes);
    return fits ? len : 0;
}

static bool shape_fits(const struct tile_cursor *c)
{
    return c->width >= 1 && c->width <= MAX_CURSOR && c->height >= 1 && c->height <= MAX_CURSOR &&
           c->hot_x < c->width && c->hot_y < c->height;
}

static size_t put_shape(const struct tile_cursor *c, uint8_t *out)
{
    if (!shape_fits(c))
        return 0;
    tile_put_u16(out, c->width);
    tile_put_u16(out + 2, c->height);
    tile_put_u16(out + 4, c->hot_x);
    tile_put_u16(out + 6, c->hot_y);
    size_t room = MAX_UNIT - HEAD_BYTES - SHAPE_BYTES;
    size_t len = pack_shape(c, out + SHAPE_BYTES, room);
    return len == 0 ? 0 : SHAPE_BYTES + len;
}

size_t tile_cursor_encode(const struct tile_cursor *c, uint8_t *out)
{
    size_t len = HEAD_BYTES;
    out[0] = TILE_CURSOR_VERSION;
    out[1] = (uint8_t)c->kind;
    tile_put_u32(out + 2, c->time_ms);
    tile_put_u32(out + 6, (uint32_t)c->x);
    tile_put_u32(out + 10, (uint32_t)c->y);
    if (c->kind == TILE_CURSOR_SHAPE) {
        size_t shape = put_shape(c, out + HEAD_BYTES);
        if (shape == 0)
            out[1] = TILE_CURSOR_ARROW;
        len += shape;
    }
    return len;
}

static bool unpack_shape(const uint8_t *bytes, size_t len, uint32_t *argb, size_t n)
{
    uLongf got = n * 4;
    uLong taken = len;
    uint8_t *to = (uint8_t *)argb;
    if (uncompress2(to, &got, bytes, &taken) != Z_OK || got != n * 4 || taken != len)
        return false;
    for (size_t i = 0; i < n; i++) {
        uint32_t p = tile_get_u32(to + 4 * i);
        if (p != premultiplied(p))
            return false;
        argb[i] = p;
    }
    return true;
}

static bool read_shape(const uint8_t *at, size_t len, struct tile_cursor *c)
{
    if (len < SHAPE_BYTES)
        return false;
    c->width = tile_get_u16(at);
    c->height = tile_get_u16(at + 2);
    c->hot_x = tile_get_u16(at + 4);
    c->hot_y = tile_get_u16(at + 6);
    return shape_fits(c) &&
           unpack_shape(at + SHAPE_BYTES, len - SHAPE_BYTES, c->argb, (size_t)c->width * c->height);
}

/* Far outside any screen is not a place. */
static bool place_fits(int32_t v)
{
    return v >= -65536 && v <= 65536;
}

bool tile_cursor_decode(const uint8_t *unit, size_t len, struct tile_cursor *out)
{
    if (len < HEAD_BYTES || len > MAX_UNIT || unit[0] != TILE_CURSOR_VERSION ||
        unit[1] > TILE_CURSOR_ARROW)
        return false;
    bool shape = unit[1] == TILE_CURSOR_SHAPE;
    int32_t x = (int32_t)tile_get_u32(unit + 6), y = (int32_t)tile_get_u32(unit + 10);
    if (!place_fits(x) || !place_fits(y) || (!shape && len != HEAD_BYTES))
        return false;
    if (shape && !read_shape(unit + HEAD_BYTES, len - HEAD_BYTES, out))
        return false;
    out->kind = unit[1];
    out->time_ms = tile_get_u32(unit + 2);
    out->x = x;
    out->y = y;
    return true;
}
