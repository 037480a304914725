/* The model of coded rectangles, both directions; see the header and FORMAT.md 5. */
#include "lib/tile/ink.h"

#define INLINE CODER_INLINE
#define APART CODER_APART

static INLINE uint32_t hash_pair(const struct around *a)
{
    return ((a->w * 0x9e3779b1u ^ a->n) * 0x85ebca6bu) >> 22;
}

/* --- a pixel that is none of the expected ones --- */

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
    uint32_t eg = around_expect(&a, d, 1), er = around_expect(&a, d, 2),
             eb = around_expect(&a, d, 0);
    unsigned slope = around_slope(&a, d);
    uint32_t g = around_channel(pixel, d, 1), r = around_channel(pixel, d, 2),
             b = around_channel(pixel, d, 0);
    uint32_t dg = code_tree(&k->bytes, &c, m->green[slope], 8, (g - eg) & 0xff, back);
    g = (eg + dg) & 0xff;
    uint32_t dr = code_small(k, &c, &m->red[dg == 0], (r - er - dg) & 0xff, back);
    uint32_t db = code_small(k, &c, &m->blue[dr == 0], (b - eb - dg) & 0xff, back);
    uint32_t low = d == 30 ? code_tree(&k->bytes, &c, m->low, 6, around_low(pixel), back) : 0;
    return (struct coded){c, around_join((er + dg + dr) & 0xff, g, (eb + dg + db) & 0xff, low, d)};
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
    uint32_t *pair = &k->pairs[hash_pair(a)], was = *pair, guess = was & AROUND_PIXEL;
    uint32_t sure = was >> AROUND_CONFIDENCE, list[3] = {refused[0], refused[1], NONE};
    bool hit = false;
    if (sure > 0 && guess != refused[0] && guess != refused[1]) {
        struct chance *p = &k->model.pair[sure > 1][likeness(guess, a)];
        hit = code_bit(&k->bytes, c, p, pixel != guess, back) == 0;
        list[2] = guess;
    }
    pixel = hit ? guess : code_near(k, c, a, list, pixel, back);
    *pair = around_remember(was, pixel);
    return pixel;
}

/* `refused` is what it cannot be, or NONE. */
static INLINE uint32_t code_pixel(struct ink *k, struct coder *c, const struct around *a,
                                  uint32_t refused, uint32_t pixel, const bool back)
{
    uint32_t *seen = &k->seen[around_hash(a)], was = *seen, guess = was & AROUND_PIXEL;
    uint32_t sure = was >> AROUND_CONFIDENCE, list[2] = {refused, NONE};
    if (sure > 0 && guess != refused) {
        struct chance *p = &k->model.seen[sure][likeness(guess, a)];
        if (code_bit(&k->bytes, c, p, pixel != guess, back) == 0) {
            *seen = around_surer(guess, sure);
            return guess;
        }
        list[1] = guess;
    }
    pixel = code_unseen(k, c, a, list, pixel, back);
    *seen = around_remember(was, pixel);
    return pixel;
}

/* --- spans: nothing happens above, nor has happened to the left --- */

/* How many of `room` pixels are like the one to the left. */
static INLINE uint32_t code_span(struct ink *k, struct coder *c, unsigned kind, uint32_t room,
                                 uint32_t run, const bool back)
{
    struct ink_model *m = &k->model;
    unsigned bits = 1, size = around_length(room);
    if (code_bit(&k->bytes, c, &m->span_all[kind][size], run < room, back) == 0)
        return room;
    unsigned real = back ? 0 : around_length(run + 1);
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

/* --- edges between colours that are nearly the same --- */

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
        struct around a = around_look(row, up, up2, x);
        uint32_t refused = NONE;
        if (around_is_span(&a)) {
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
                a = around_look(row, up, up2, x);
            refused = a.w;
        } else if (around_is_edge(&a, k->depth)) {
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
            around_load_row(p, r, y, &k->left_out, row);
        row[-1] = row[-2] = up[0];
        unsigned differs = back || pixels_differ(row, up, r.w, ~0u);
        differs = code_bit(&k->bytes, &c, &k->model.row[same], differs, back);
        same = !differs;
        if (same)
            memcpy(row, up, r.w * sizeof *row);
        else
            code_row(k, &c, row, up, up2, r.w, back);
        around_close_row(row, r.w);
        if (back)
            memcpy(p->pixels + (size_t)(r.y + y) * p->stride + r.x, row, r.w * sizeof *row);
        around_next_row(&row, &up, &up2);
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
    k->left_out = (struct around_left_out){left_out, n};
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
