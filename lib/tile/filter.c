/*
 * Tile bodies in both directions. Packing runs in vitrine-capture on its own pixels; unpacking in
 * vitrine-render (view) on bytes from elsewhere: every value of them is meaningful except palette
 * indexes, which are checked here. Lengths are the caller's business: it has pulled exactly as many
 * bytes as the size asks for.
 */
#include "lib/tile/filter.h"
#include "lib/tile/format.h"
#include <string.h>

/* --- pixels as bytes: three with the upper eight bits of each colour, in depth 30 one more with
 * the rest --- */

struct bytes4 {
    uint8_t b, g, r, low;
};

static struct bytes4 split(uint32_t p, uint8_t depth)
{
    if (depth == 24)
        return (struct bytes4){(uint8_t)p, (uint8_t)(p >> 8), (uint8_t)(p >> 16), 0};
    return (struct bytes4){(uint8_t)(p >> 2), (uint8_t)(p >> 12), (uint8_t)(p >> 22),
                           (uint8_t)((p & 3) | (p >> 8 & 0xc) | (p >> 16 & 0x30))};
}

static uint32_t join(struct bytes4 c, uint8_t depth)
{
    if (depth == 24)
        return c.b | (uint32_t)c.g << 8 | (uint32_t)c.r << 16;
    return (uint32_t)c.b << 2 | (uint32_t)c.g << 12 | (uint32_t)c.r << 22 | (c.low & 3u) |
           (c.low & 0xcu) << 8 | (c.low & 0x30u) << 16;
}

static size_t pack_low(const struct tile_block *b, uint8_t *out)
{
    uint32_t n = b->w * b->h;
    if (b->depth == 24)
        return 0;
    for (uint32_t i = 0; i < n; i++)
        out[i] = split(b->px[i], 30).low;
    return n;
}

/* --- PLAIN --- */

static size_t pack_plain(const struct tile_block *b, uint8_t *out)
{
    uint32_t n = b->w * b->h;
    for (uint32_t i = 0; i < n; i++) {
        struct bytes4 c = split(b->px[i], b->depth);
        out[3 * i] = c.b;
        out[3 * i + 1] = c.g;
        out[3 * i + 2] = c.r;
    }
    return 3 * n + pack_low(b, out + 3 * n);
}

void tile_filter_unpack_plain(struct tile_block *b, const uint8_t *body)
{
    uint32_t n = b->w * b->h;
    const uint8_t *low = body + 3 * n;
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *c = body + 3 * i;
        uint8_t rest = b->depth == 30 ? low[i] : 0;
        b->px[i] = join((struct bytes4){c[0], c[1], c[2], rest}, b->depth);
    }
}

/* --- SMOOTH: planes G, B-G, R-G, each byte less what its left, upper and upper left neighbours
 * suggest --- */

static inline uint8_t predict(uint8_t left, uint8_t up, uint8_t corner)
{
    uint8_t high = left > up ? left : up, low = left > up ? up : left;
    if (corner >= high)
        return low;
    if (corner <= low)
        return high;
    return (uint8_t)(left + up - corner);
}

static void subtract_plane(const uint8_t *in, uint8_t *out, uint32_t w, uint32_t h)
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

static void add_plane(const uint8_t *in, uint8_t *out, uint32_t w, uint32_t h)
{
    out[0] = in[0];
    for (uint32_t x = 1; x < w; x++)
        out[x] = (uint8_t)(in[x] + out[x - 1]);
    for (uint32_t y = 1; y < h; y++) {
        uint8_t *row = out + y * w;
        const uint8_t *up = row - w, *from = in + y * w;
        row[0] = (uint8_t)(from[0] + up[0]);
        for (uint32_t x = 1; x < w; x++)
            row[x] = (uint8_t)(from[x] + predict(row[x - 1], up[x], up[x - 1]));
    }
}

static size_t pack_smooth(const struct tile_block *b, uint8_t *out)
{
    uint32_t n = b->w * b->h;
    uint8_t g[TILE_PIXELS], bg[TILE_PIXELS], rg[TILE_PIXELS];
    for (uint32_t i = 0; i < n; i++) {
        struct bytes4 c = split(b->px[i], b->depth);
        g[i] = c.g;
        bg[i] = (uint8_t)(c.b - c.g);
        rg[i] = (uint8_t)(c.r - c.g);
    }
    subtract_plane(g, out, b->w, b->h);
    subtract_plane(bg, out + n, b->w, b->h);
    subtract_plane(rg, out + 2 * n, b->w, b->h);
    return 3 * n + pack_low(b, out + 3 * n);
}

void tile_filter_unpack_smooth(struct tile_block *b, const uint8_t *body)
{
    uint32_t n = b->w * b->h;
    uint8_t g[TILE_PIXELS], bg[TILE_PIXELS], rg[TILE_PIXELS];
    add_plane(body, g, b->w, b->h);
    add_plane(body + n, bg, b->w, b->h);
    add_plane(body + 2 * n, rg, b->w, b->h);
    for (uint32_t i = 0; i < n; i++) {
        uint8_t rest = b->depth == 30 ? body[3 * n + i] : 0;
        struct bytes4 c = {(uint8_t)(bg[i] + g[i]), g[i], (uint8_t)(rg[i] + g[i]), rest};
        b->px[i] = join(c, b->depth);
    }
}

/* --- PALETTE --- */

uint32_t tile_index_bits(uint32_t colours)
{
    return colours <= 2 ? 1 : colours <= 4 ? 2 : colours <= 16 ? 4 : 8;
}

uint32_t tile_index_row(uint32_t w, uint32_t colours)
{
    return (w * tile_index_bits(colours) + 7) / 8;
}

#define SLOTS 1024 /* four times the colours: short probes */

struct palette {
    uint32_t n;
    uint32_t colours[TILE_PALETTE_MAX];
    uint16_t slots[SLOTS]; /* index + 1, 0 free */
    uint8_t index[TILE_PIXELS];
};

/* Index of a colour, added when new; TILE_PALETTE_MAX when there is no room. */
static uint32_t palette_find(struct palette *p, uint32_t colour)
{
    uint32_t at = colour * 0x9e3779b1u >> 22;
    for (;; at = (at + 1) % SLOTS) {
        if (p->slots[at] == 0)
            break;
        if (p->colours[p->slots[at] - 1u] == colour)
            return p->slots[at] - 1u;
    }
    if (p->n == TILE_PALETTE_MAX)
        return TILE_PALETTE_MAX;
    p->colours[p->n++] = colour;
    p->slots[at] = (uint16_t)p->n;
    return p->n - 1;
}

/* false: too many colours. */
static bool palette_build(struct palette *p, const struct tile_block *b)
{
    uint32_t n = b->w * b->h, index = 0, last = ~b->px[0];
    p->n = 0;
    memset(p->slots, 0, sizeof p->slots);
    for (uint32_t i = 0; i < n; i++) {
        if (b->px[i] != last) {
            last = b->px[i];
            index = palette_find(p, last);
            if (index == TILE_PALETTE_MAX)
                return false;
        }
        p->index[i] = (uint8_t)index;
    }
    return true;
}

static void pack_row(const uint8_t *index, uint32_t w, uint32_t bits, uint8_t *out)
{
    uint32_t each = 8 / bits;
    for (uint32_t x = 0; x < w; x += each) {
        uint32_t byte = 0;
        for (uint32_t k = 0; k < each; k++)
            byte = byte << bits | (x + k < w ? index[x + k] : 0u);
        *out++ = (uint8_t)byte;
    }
}

static size_t pack_palette(const struct palette *p, const struct tile_block *b, uint8_t *out)
{
    uint8_t *to = out;
    uint32_t bits = tile_index_bits(p->n), row = tile_index_row(b->w, p->n);
    *to++ = (uint8_t)(p->n - 1);
    for (uint32_t i = 0; i < p->n; i++, to += 4)
        tile_put_u32(to, p->colours[i]);
    for (uint32_t y = 0; y < b->h; y++, to += row)
        pack_row(p->index + y * b->w, b->w, bits, to);
    return (size_t)(to - out);
}

static bool unpack_row(uint32_t *px, uint32_t w, uint32_t bits, const uint8_t *row,
                       const uint32_t *palette, uint32_t colours)
{
    uint32_t each = 8 / bits, low = (1u << bits) - 1;
    for (uint32_t x = 0; x < w; x += each) {
        uint32_t byte = *row++;
        for (uint32_t k = 0; k < each; k++) {
            uint32_t index = byte >> (8 - bits * (k + 1)) & low;
            if (x + k >= w ? index != 0 : index >= colours)
                return false;
            if (x + k < w)
                px[x + k] = palette[index];
        }
    }
    return true;
}

bool tile_filter_unpack_palette(struct tile_block *b, const uint32_t *palette, uint32_t colours,
                                const uint8_t *indexes)
{
    uint32_t bits = tile_index_bits(colours), row = tile_index_row(b->w, colours);
    for (uint32_t y = 0; y < b->h; y++)
        if (!unpack_row(b->px + y * b->w, b->w, bits, indexes + y * row, palette, colours))
            return false;
    return true;
}

/* --- the choice --- */

/* Drawn things repeat their neighbour exactly, photographs hardly ever do. */
static bool looks_drawn(const struct tile_block *b)
{
    uint32_t n = b->w * b->h, same = 0;
    for (uint32_t i = 1; i < n; i++)
        same += b->px[i] == b->px[i - 1];
    return same * 3 >= n;
}

size_t tile_filter_pack(const struct tile_block *b, uint8_t *out)
{
    struct palette p;
    /* A table is only worth its bytes when it is small beside the pixels. */
    if (palette_build(&p, b) && p.n * 16 <= b->w * b->h) {
        out[0] = TILE_FILTER_PALETTE;
        return 1 + pack_palette(&p, b, out + 1);
    }
    bool drawn = looks_drawn(b);
    out[0] = drawn ? TILE_FILTER_PLAIN : TILE_FILTER_SMOOTH;
    return 1 + (drawn ? pack_plain(b, out + 1) : pack_smooth(b, out + 1));
}
