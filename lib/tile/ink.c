/* The model of coded rectangles, both directions; see the header and FORMAT.md 5. */
#include "lib/tile/ink.h"
#include "lib/tile/pixels.h"
#include <string.h>

#define INLINE CODER_INLINE
#define APART CODER_APART

#define CONFIDENCE 30 /* place of the confidence in a remembered pixel */
#define PIXEL 0x3fffffffu

/* --- surroundings --- */

struct around {
    uint32_t w, ww, n, nw, ne, nn;
};

static INLINE struct around look(const uint32_t *row, const uint32_t *up, const uint32_t *up2,
                                 uint32_t x)
{
    row += x;
    up += x;
    return (struct around){row[-1], row[-2], up[0], up[-1], up[1], up2[x]};
}

/* What is left comes last: it is known last. */
static INLINE uint32_t hash_around(const struct around *a)
{
    uint32_t h =
        a->n * 0x85ebca6bu + a->nw * 0xc2b2ae35u + a->ne * 0x27d4eb2fu + a->nn * 0x165667b1u;
    h ^= h >> 15;
    h += a->w * 0x9e3779b1u + a->ww * 0x2545f491u;
    h ^= h >> 13;
    return (h * 0x9e3779b1u) >> 20;
}

static INLINE uint32_t hash_pair(const struct around *a)
{
    return ((a->w * 0x9e3779b1u ^ a->n) * 0x85ebca6bu) >> 22;
}

/* --- a pixel that is none of the expected ones --- */

static inline uint32_t channel(uint32_t p, uint8_t depth, unsigned which)
{
    return depth == 30 ? p >> (10 * which + 2) & 0xff : p >> (8 * which) & 0xff;
}

static inline uint32_t expect(uint32_t w, uint32_t n, uint32_t nw)
{
    uint32_t high = w > n ? w : n, low = w > n ? n : w;
    return nw >= high ? low : nw <= low ? high : w + n - nw;
}

static inline uint32_t expect_channel(const struct around *a, uint8_t depth, unsigned which)
{
    return expect(channel(a->w, depth, which), channel(a->n, depth, which),
                  channel(a->nw, depth, which));
}

static inline uint32_t low_bits(uint32_t p)
{
    return (p & 3) | (p >> 8 & 0xc) | (p >> 16 & 0x30);
}

static inline uint32_t join(uint32_t r, uint32_t g, uint32_t b, uint32_t low, uint8_t depth)
{
    if (depth == 24)
        return r << 16 | g << 8 | b;
    return r << 22 | g << 12 | b << 2 | (low & 3) | (low & 0xc) << 8 | (low & 0x30) << 16;
}

static inline uint32_t distance(uint32_t a, uint32_t b)
{
    return a > b ? a - b : b - a;
}

/* A small number, either sign: whether it is 0, its sign, how long it is, its bits. */
static INLINE uint32_t code_small(struct ink *k, struct coder *c, struct ink_small *m,
                                  uint32_t value, const bool back)
{
    if (code_bit(&k->bytes, c, &m->some, value != 0, back) == 0)
        return 0;
    unsigned minus = code_toss(&k->bytes, c, &m->minus, value >> 7, back);
    uint32_t size = back ? 0 : (minus ? (0u - value) & 0xff : value), bits = 1;
    unsigned real = back ? 0 : 32u - (unsigned)__builtin_clz(size);
    while (bits < 8 && code_bit(&k->bytes, c, &m->bits[bits], bits < real, back))
        bits++;
    uint32_t v = 1;
    if (bits > 1)
        v = v << 1 | code_toss(&k->bytes, c, &m->top[bits], size >> (bits - 2) & 1, back);
    if (bits > 2)
        v = v << (bits - 2) |
            code_even(&k->bytes, c, bits - 2, size & ((1u << (bits - 2)) - 1), back);
    return (minus ? 0u - v : v) & 0xff;
}

struct coded {
    struct coder coder;
    uint32_t pixel;
};

static INLINE struct coded code_new(struct ink *k, struct coder c, struct around a, uint32_t pixel,
                                    const bool back)
{
    struct ink_model *m = &k->model;
    uint8_t d = k->depth;
    uint32_t eg = expect_channel(&a, d, 1), er = expect_channel(&a, d, 2),
             eb = expect_channel(&a, d, 0);
    uint32_t steep = distance(channel(a.w, d, 1), channel(a.n, d, 1));
    unsigned slope = steep < 4 ? 0 : steep < 32 ? 1 : 2;
    uint32_t g = channel(pixel, d, 1), r = channel(pixel, d, 2), b = channel(pixel, d, 0);
    uint32_t dg = code_tree(&k->bytes, &c, m->green[slope], 8, (g - eg) & 0xff, back);
    g = (eg + dg) & 0xff;
    uint32_t dr = code_small(k, &c, &m->red[dg == 0], (r - er - dg) & 0xff, back);
    uint32_t db = code_small(k, &c, &m->blue[dr == 0], (b - eb - dg) & 0xff, back);
    uint32_t low = d == 30 ? code_tree(&k->bytes, &c, m->low, 6, low_bits(pixel), back) : 0;
    return (struct coded){c, join((er + dg + dr) & 0xff, g, (eb + dg + db) & 0xff, low, d)};
}

/* Functions of their own, which take the registers and give them back. */
static APART struct coded pack_new(struct ink *k, struct coder c, struct around a, uint32_t pixel)
{
    return code_new(k, c, a, pixel, false);
}

static APART struct coded unpack_new(struct ink *k, struct coder c, struct around a)
{
    return code_new(k, c, a, 0, true);
}

/* --- one pixel --- */

static INLINE unsigned flag(bool set, unsigned place)
{
    return (set ? 1u : 0u) << place;
}

static INLINE uint32_t surer(uint32_t pixel, uint32_t sure)
{
    return pixel | (sure < 3 ? sure + 1 : 3) << CONFIDENCE;
}

static INLINE uint32_t remember(uint32_t was, uint32_t pixel)
{
    uint32_t sure = was >> CONFIDENCE;
    if ((was & PIXEL) == pixel && sure > 0)
        return surer(pixel, sure);
    return sure > 1 ? was - (1u << CONFIDENCE) : pixel | 1u << CONFIDENCE;
}

#define NONE UINT32_MAX /* no pixel */

/* `n` or, refused before, nothing: then one of the other three, or something new. */
static INLINE uint32_t code_near(struct ink *k, struct coder *c, const struct around *a,
                                 const uint32_t refused[3], uint32_t pixel, const bool back)
{
    const uint32_t guess[4] = {a->n, a->w, a->ne, a->nw};
    unsigned shape = flag(a->w == a->nw, 0) | flag(a->n == a->nw, 1) | flag(a->n == a->ne, 2) |
                     flag(a->w == a->ww, 3) | flag(a->n == a->nn, 4);
    for (unsigned i = 0; i < 4; i++) {
        bool out = guess[i] == refused[0] || guess[i] == refused[1] || guess[i] == refused[2];
        for (unsigned j = 0; j < i; j++)
            out = out || guess[i] == guess[j];
        if (!out && code_bit(&k->bytes, c, &k->model.near[i][shape], pixel != guess[i], back) == 0)
            return guess[i];
    }
    struct coded r = back ? unpack_new(k, *c, *a) : pack_new(k, *c, *a, pixel);
    *c = r.coder;
    return r.pixel;
}

/* How a guess looks beside its neighbours. */
static INLINE unsigned likeness(uint32_t guess, const struct around *a)
{
    return flag(guess == a->w, 0) | flag(guess == a->n, 1);
}

/* `seen` is not it. */
static INLINE uint32_t code_unseen(struct ink *k, struct coder *c, const struct around *a,
                                   const uint32_t refused[2], uint32_t pixel, const bool back)
{
    uint32_t *pair = &k->pairs[hash_pair(a)], was = *pair, guess = was & PIXEL;
    uint32_t sure = was >> CONFIDENCE, list[3] = {refused[0], refused[1], NONE};
    bool hit = false;
    if (sure > 0 && guess != refused[0] && guess != refused[1]) {
        struct chance *p = &k->model.pair[sure > 1][likeness(guess, a)];
        hit = code_bit(&k->bytes, c, p, pixel != guess, back) == 0;
        list[2] = guess;
    }
    pixel = hit ? guess : code_near(k, c, a, list, pixel, back);
    *pair = remember(was, pixel);
    return pixel;
}

/* `refused` is what it cannot be, or NONE. */
static INLINE uint32_t code_pixel(struct ink *k, struct coder *c, const struct around *a,
                                  uint32_t refused, uint32_t pixel, const bool back)
{
    uint32_t *seen = &k->seen[hash_around(a)], was = *seen, guess = was & PIXEL;
    uint32_t sure = was >> CONFIDENCE, list[2] = {refused, NONE};
    if (sure > 0 && guess != refused) {
        struct chance *p = &k->model.seen[sure][likeness(guess, a)];
        if (code_bit(&k->bytes, c, p, pixel != guess, back) == 0) {
            *seen = surer(guess, sure);
            return guess;
        }
        list[1] = guess;
    }
    pixel = code_unseen(k, c, a, list, pixel, back);
    *seen = remember(was, pixel);
    return pixel;
}

/* --- spans: nothing happens above, nor has happened to the left --- */

static INLINE unsigned length_of(uint32_t v)
{
    return 32u - (unsigned)__builtin_clz(v);
}

/* How many of `room` pixels are like the one to the left. */
static INLINE uint32_t code_span(struct ink *k, struct coder *c, unsigned kind, uint32_t room,
                                 uint32_t run, const bool back)
{
    struct ink_model *m = &k->model;
    unsigned bits = 1, size = length_of(room);
    if (code_bit(&k->bytes, c, &m->span_all[kind][size], run < room, back) == 0)
        return room;
    unsigned real = back ? 0 : length_of(run + 1);
    while (bits < size && code_bit(&k->bytes, c, &m->span_bits[kind][bits], bits < real, back))
        bits++;
    uint32_t v = 1;
    if (bits > 1)
        v = v << 1 |
            code_toss(&k->bytes, c, &m->span_top[kind][bits], (run + 1) >> (bits - 2) & 1, back);
    for (unsigned left = bits > 2 ? bits - 2 : 0; left > 0;) {
        unsigned n = left > CODER_EVEN_BITS ? CODER_EVEN_BITS : left;
        left -= n;
        v = v << n | code_even(&k->bytes, c, n, (run + 1) >> left & ((1u << n) - 1), back);
    }
    return v - 1;
}

static INLINE bool is_span(const struct around *a)
{
    return a->n == a->ne && (a->w == a->n || (a->w == a->ww && a->n == a->nw));
}

/* --- edges between colours that are nearly the same, as in everything that is shaded --- */

/* What is above ends here, what is beside it does not; each channel differs by one at most. */
static INLINE bool is_edge(const struct ink *k, const struct around *a)
{
    uint32_t one = k->depth == 30 ? 0x00100401u : 0x00010101u;
    return a->w == a->n && a->n != a->ne && ((a->n - a->ne + one) & ~(3 * one)) == 0;
}

/* It goes straight down or one to the left, which is not foreseen: no branch depends on it. Returns
   how many pixels that made, 0: it does something else. */
static INLINE uint32_t code_edge(struct ink *k, struct coder *c, const struct around *a,
                                 uint32_t *row, unsigned before, const bool back)
{
    unsigned left = back ? 0 : row[0] == a->ne;
    unsigned other = back ? 0 : (left | ((row[0] == a->n) & (row[1] == a->ne))) ^ 1;
    if (code_bit(&k->bytes, c, &k->model.edge[before], other, back) != 0)
        return 0;
    left = code_toss(&k->bytes, c, &k->model.left[before], left, back);
    if (back) {
        row[0] = a->n + ((a->ne - a->n) & (0 - left));
        row[1] = a->ne;
    }
    return 2 - left;
}

/* --- rows --- */

static INLINE void code_row(struct ink *k, struct coder *c, uint32_t *row, const uint32_t *up,
                            const uint32_t *up2, uint32_t w, const bool back)
{
    for (uint32_t x = 0; x < w;) {
        struct around a = look(row, up, up2, x);
        uint32_t refused = NONE;
        if (is_span(&a)) {
            uint32_t room = run_of(up + x + 1, a.n, w - x);
            uint32_t run = back ? 0 : run_of(row + x, a.w, room);
            run = code_span(k, c, a.w == a.n, room, run, back);
            if (run > room)
                run = room; /* more than there is: a stream nobody packed, but still a picture */
            if (back)
                run_fill(row + x, a.w, run);
            x += run;
            if (run == room)
                continue;
            if (run > 0)
                a = look(row, up, up2, x);
            refused = a.w;
        } else if (is_edge(k, &a)) {
            uint32_t n = code_edge(k, c, &a, row + x, up2[x + 1] == a.ne, back);
            x += n;
            if (n > 0)
                continue;
            refused = a.ne;
        }
        row[x] = code_pixel(k, c, &a, refused, row[x], back);
        x++;
    }
}

/* Beyond its sides a row goes on as at its ends; before its first pixel stands the one above. */
static void close_row(uint32_t *row, uint32_t w)
{
    row[-1] = row[-2] = row[0];
    row[w] = row[w - 1];
}

/* Its first pixel all over: a span in each row. */
static void leave_out(const struct tile_picture *p, struct tile_rect r, uint32_t y,
                      struct tile_rect out, uint32_t *row)
{
    uint32_t colour = p->pixels[out.y * p->stride + out.x] & tile_mask(p->depth);
    if (r.y + y < out.y || r.y + y >= out.y + out.h)
        return;
    for (uint32_t x = 0; x < out.w; x++)
        row[out.x - r.x + x] = colour;
}

static void load_row(const struct ink *k, const struct tile_picture *p, struct tile_rect r,
                     uint32_t y, uint32_t *row)
{
    const uint32_t *from = p->pixels + (size_t)(r.y + y) * p->stride + r.x;
    uint32_t mask = tile_mask(p->depth);
    pixels_take(row, from, r.w, mask);
    for (uint32_t i = 0; i < k->n_left_out; i++)
        leave_out(p, r, y, k->left_out[i], row);
}

static INLINE bool code_rect(struct ink *k, const struct tile_picture *p, struct tile_rect r,
                             const bool back)
{
    uint32_t *row = k->lines[0] + 2, *up = k->lines[1] + 2, *up2 = k->lines[2] + 2;
    struct coder c = k->coder;
    unsigned same = 0;
    memset(up - 2, 0, (r.w + 3) * sizeof *up);
    memset(up2 - 2, 0, (r.w + 3) * sizeof *up2);
    for (uint32_t y = 0; y < r.h && !c.over; y++) {
        if (!back)
            load_row(k, p, r, y, row);
        row[-1] = row[-2] = up[0];
        unsigned differs = back || pixels_differ(row, up, r.w, ~0u);
        differs = code_bit(&k->bytes, &c, &k->model.row[same], differs, back);
        same = !differs;
        if (same)
            memcpy(row, up, r.w * sizeof *row);
        else
            code_row(k, &c, row, up, up2, r.w, back);
        close_row(row, r.w);
        if (back)
            memcpy(p->pixels + (size_t)(r.y + y) * p->stride + r.x, row, r.w * sizeof *row);
        uint32_t *free_row = up2;
        up2 = up;
        up = row;
        row = free_row;
    }
    k->coder = c;
    return !c.over;
}

/* --- streams --- */

static void start(struct ink *k, uint8_t depth)
{
    k->depth = depth;
    coder_forget((struct chance *)&k->model, sizeof k->model / sizeof(struct chance));
    memset(k->seen, 0, sizeof k->seen);
    memset(k->pairs, 0, sizeof k->pairs);
}

void ink_pack_start(struct ink *k, uint8_t depth, uint8_t *out, size_t room)
{
    coder_pack_start(&k->bytes, &k->coder, out, room);
    start(k, depth);
}

bool ink_pack(struct ink *k, const struct tile_picture *p, struct tile_rect r,
              const struct tile_rect *left_out, uint32_t n)
{
    struct coder before = k->coder;
    k->left_out = left_out;
    k->n_left_out = n;
    coder_mark(&k->bytes, &before);
    if (code_rect(k, p, r, false))
        return true;
    coder_take_back(&k->bytes, &k->coder, &before);
    return false;
}

size_t ink_pack_end(struct ink *k)
{
    return coder_pack_end(&k->bytes, &k->coder);
}

void ink_unpack_start(struct ink *k, uint8_t depth, const uint8_t *in, size_t len)
{
    coder_unpack_start(&k->bytes, &k->coder, in, len);
    start(k, depth);
}

bool ink_unpack(struct ink *k, const struct tile_picture *p, struct tile_rect r)
{
    return code_rect(k, p, r, true);
}

bool ink_unpack_end(const struct ink *k)
{
    return coder_unpack_end(&k->bytes, &k->coder);
}
