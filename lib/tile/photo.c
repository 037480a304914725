/* Photographic rectangles, both directions; see the header and FORMAT.md 6. */
#include "lib/tile/photo.h"
#include "lib/tile/codes.h"
#include <string.h>
#ifndef __clang__
#pragma GCC optimize("O3") /* the loops over planes are worth vectors */
#endif

enum plane_kind { PLANE_CODED = 0, PLANE_FLAT = 1, PLANE_PLAIN = 2 };

static uint32_t planes_of(uint8_t depth)
{
    return depth == 30 ? 4 : 3;
}

/* --- pixels and planes: g, b - g, r - g (upper eight bits), low --- */

static void split(struct photo *k, const struct tile_picture *p, struct tile_rect r)
{
    uint8_t *g = k->value[0], *b = k->value[1], *red = k->value[2], *low = k->value[3];
    for (uint32_t y = 0; y < r.h; y++) {
        const uint32_t *row = p->pixels + (size_t)(r.y + y) * p->stride + r.x;
        uint32_t at = y * r.w;
        if (p->depth == 24) {
            for (uint32_t x = 0; x < r.w; x++) {
                g[at + x] = (uint8_t)(row[x] >> 8);
                b[at + x] = (uint8_t)(row[x] - (row[x] >> 8));
                red[at + x] = (uint8_t)((row[x] >> 16) - (row[x] >> 8));
            }
            continue;
        }
        for (uint32_t x = 0; x < r.w; x++) {
            uint32_t v = row[x];
            g[at + x] = (uint8_t)(v >> 12);
            b[at + x] = (uint8_t)((v >> 2) - (v >> 12));
            red[at + x] = (uint8_t)((v >> 22) - (v >> 12));
            low[at + x] = (uint8_t)((v & 3) | (v >> 8 & 0xc) | (v >> 16 & 0x30));
        }
    }
}

static void join(const struct photo *k, const struct tile_picture *p, struct tile_rect r)
{
    const uint8_t *g = k->value[0], *b = k->value[1], *red = k->value[2], *low = k->value[3];
    for (uint32_t y = 0; y < r.h; y++) {
        uint32_t *row = p->pixels + (size_t)(r.y + y) * p->stride + r.x, at = y * r.w;
        if (p->depth == 24) {
            for (uint32_t x = 0; x < r.w; x++) {
                uint32_t green = g[at + x];
                row[x] = ((b[at + x] + green) & 0xff) | green << 8 |
                         ((red[at + x] + green) & 0xff) << 16;
            }
            continue;
        }
        for (uint32_t x = 0; x < r.w; x++) {
            uint32_t green = g[at + x], rest = low[at + x];
            row[x] = ((b[at + x] + green) & 0xff) << 2 | green << 12 |
                     ((red[at + x] + green) & 0xff) << 22 | (rest & 3) | (rest & 0xc) << 8 |
                     (rest & 0x30) << 16;
        }
    }
}

/* From left, above and above left: the middle one of left, above and left + above - corner. */
static inline uint8_t predict(uint8_t left, uint8_t up, uint8_t corner)
{
    uint8_t high = left > up ? left : up, low = left > up ? up : left;
    uint8_t c = corner > high ? high : corner;
    c = c < low ? low : c;
    return (uint8_t)(left + up - c);
}

static void subtract(const uint8_t *in, uint8_t *out, uint32_t w, uint32_t h)
{
    out[0] = in[0];
    for (uint32_t x = 1; x < w; x++)
        out[x] = (uint8_t)(in[x] - in[x - 1]);
    for (uint32_t y = 1; y < h; y++) {
        const uint8_t *row = in + y * w, *up = row - w;
        uint8_t *to = out + y * w;
        to[0] = (uint8_t)(row[0] - up[0]);
        for (uint32_t x = 1; x < w; x++)
            to[x] = (uint8_t)(row[x] - predict(row[x - 1], up[x], up[x - 1]));
    }
}

static void add(const uint8_t *in, uint8_t *out, uint32_t w, uint32_t h)
{
    out[0] = in[0];
    for (uint32_t x = 1; x < w; x++)
        out[x] = (uint8_t)(in[x] + out[x - 1]);
    for (uint32_t y = 1; y < h; y++) {
        const uint8_t *from = in + y * w, *up = out + (y - 1) * w;
        uint8_t *row = out + y * w;
        uint8_t last = row[0] = (uint8_t)(from[0] + up[0]);
        for (uint32_t x = 1; x < w; x++)
            row[x] = last = (uint8_t)(from[x] + predict(last, up[x], up[x - 1]));
    }
}

/* --- codes --- */

static void count_plane(const uint8_t *v, uint32_t n, uint32_t count[256])
{
    uint32_t part[4][256] = {{0}}; /* four, so that equal neighbours do not wait for each other */
    uint32_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (uint32_t j = 0; j < 4; j++)
            part[j][v[i + j]]++;
    for (; i < n; i++)
        part[0][v[i]]++;
    for (uint32_t s = 0; s < 256; s++)
        count[s] = part[0][s] + part[1][s] + part[2][s] + part[3][s];
}

/* --- writing --- */

static enum plane_kind plan_plane(struct photo *k, uint32_t plane, uint32_t n, size_t *bytes)
{
    const uint32_t *count = k->count[plane];
    uint32_t bits = 0;
    *bytes = 2;
    for (uint32_t s = 0; s < 256; s++)
        if (count[s] == n)
            return PLANE_FLAT;
    codes_choose(count, CODES_SYMBOLS, PHOTO_BITS, k->length[plane]);
    for (uint32_t s = 0; s < 256; s++)
        bits += count[s] * k->length[plane][s];
    *bytes = 1 + 128 + (bits + 7) / 8;
    if (*bytes < n + 1u)
        return PLANE_CODED;
    *bytes = n + 1u;
    return PLANE_PLAIN;
}

size_t photo_plan(struct photo *k, const struct tile_picture *p, struct tile_rect r)
{
    uint32_t n = r.w * r.h;
    size_t sum = 0, bytes;
    split(k, p, r);
    for (uint32_t i = 0; i < planes_of(p->depth); i++) {
        if (i < 3)
            subtract(k->value[i], k->rest[i], r.w, r.h);
        else
            memcpy(k->rest[i], k->value[i], n);
        count_plane(k->rest[i], n, k->count[i]);
        (void)plan_plane(k, i, n, &bytes);
        sum += bytes;
    }
    return sum;
}

static uint8_t *write_codes(const struct photo *k, uint32_t plane, uint32_t n, uint8_t *out)
{
    const uint8_t *v = k->rest[plane], *length = k->length[plane];
    uint16_t code[CODES_SYMBOLS] = {0};
    struct codes_out b = {.at = codes_write_lengths(length, CODES_SYMBOLS, out)};
    codes_assign(length, CODES_SYMBOLS, code);
    for (uint32_t i = 0; i < n; i++)
        codes_put(&b, code[v[i]], length[v[i]]);
    return codes_put_end(&b);
}

static uint8_t *write_plane(struct photo *k, uint32_t plane, uint32_t n, uint8_t *out)
{
    size_t bytes;
    enum plane_kind kind = plan_plane(k, plane, n, &bytes);
    *out++ = (uint8_t)kind;
    if (kind == PLANE_FLAT) {
        *out++ = k->rest[plane][0];
        return out;
    }
    if (kind == PLANE_PLAIN) {
        memcpy(out, k->rest[plane], n);
        return out + n;
    }
    return write_codes(k, plane, n, out);
}

size_t photo_write(struct photo *k, const struct tile_picture *p, struct tile_rect r, uint8_t *out)
{
    uint8_t *to = out;
    for (uint32_t i = 0; i < planes_of(p->depth); i++)
        to = write_plane(k, i, r.w * r.h, to);
    return (size_t)(to - out);
}

/* --- reading --- */

static size_t read_codes(struct photo *k, uint32_t plane, uint32_t n, const uint8_t *in, size_t len)
{
    uint8_t *v = k->rest[plane];
    struct codes_in b = {.at = in, .end = in + len};
    uint32_t i = 0;
    for (; i + 4 <= n; i += 4) {
        codes_refill(&b);
        for (uint32_t j = 0; j < 4; j++)
            v[i + j] = codes_take(&b, k->table, PHOTO_BITS);
        if (b.missing > 8)
            return 0;
    }
    codes_refill_slowly(&b);
    for (; i < n; i++)
        v[i] = codes_take(&b, k->table, PHOTO_BITS);
    const uint8_t *end = codes_in_end(&b);
    return end == NULL ? 0 : (size_t)(end - in);
}

static size_t read_plane(struct photo *k, uint32_t plane, uint32_t n, const uint8_t *in, size_t len)
{
    if (len < 2)
        return 0;
    switch (in[0]) {
    case PLANE_FLAT:
        memset(k->rest[plane], in[1], n);
        return 2;
    case PLANE_PLAIN:
        if (len < n + 1u)
            return 0;
        memcpy(k->rest[plane], in + 1, n);
        return n + 1u;
    case PLANE_CODED:
        break;
    default:
        return 0;
    }
    if (len < 130)
        return 0;
    codes_read_lengths(in + 1, CODES_SYMBOLS, k->length[plane]);
    if (!codes_complete(k->length[plane], CODES_SYMBOLS, PHOTO_BITS))
        return 0;
    codes_table(k->length[plane], CODES_SYMBOLS, PHOTO_BITS, k->table);
    size_t used = read_codes(k, plane, n, in + 129, len - 129);
    return used == 0 ? 0 : used + 129;
}

size_t photo_read(struct photo *k, const struct tile_picture *p, struct tile_rect r,
                  const uint8_t *in, size_t len)
{
    uint32_t n = r.w * r.h;
    size_t at = 0;
    if (n > PHOTO_PIXELS)
        return 0;
    for (uint32_t i = 0; i < planes_of(p->depth); i++) {
        size_t used = read_plane(k, i, n, in + at, len - at);
        if (used == 0)
            return 0;
        at += used;
        if (i < 3)
            add(k->rest[i], k->value[i], r.w, r.h);
        else
            memcpy(k->value[i], k->rest[i], n);
    }
    join(k, p, r);
    return at;
}
