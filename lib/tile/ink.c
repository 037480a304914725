/*
 * The model and the coder of coded rectangles, both directions; see the header and FORMAT.md 5.
 * `back` is a constant wherever these functions are used: the compiler makes two sets of them.
 */
#include "lib/tile/ink.h"
#include <string.h>

#define CONFIDENCE 30 /* place of the confidence in a remembered pixel */
#define PIXEL 0x3fffffffu
#define TOP (1u << 24)

/* --- the coder --- */

static void put_byte(struct ink *k, unsigned byte)
{
    struct ink_coder *c = &k->coder;
    if (!c->begun)
        c->begun = true; /* a carry never comes this far */
    else if (c->at < k->len)
        k->out[c->at++] = (uint8_t)byte;
    else
        k->over = true;
}

static void put_held(struct ink *k)
{
    struct ink_coder *c = &k->coder;
    if ((uint32_t)c->low < 0xff000000u || c->low >> 32) {
        unsigned carry = (unsigned)(c->low >> 32);
        put_byte(k, c->held + carry);
        for (; c->waiting > 0; c->waiting--)
            put_byte(k, 0xff + carry);
        c->held = (uint8_t)(c->low >> 24);
    } else {
        c->waiting++;
    }
    c->low = (c->low & 0x00ffffffu) << 8;
}

static uint8_t next_byte(struct ink *k)
{
    if (k->coder.at < k->len)
        return k->in[k->coder.at++];
    k->over = true;
    return 0;
}

/* Fast at first, then steady. */
static inline void learn(struct ink_chance *p, unsigned bit)
{
    static const uint8_t speed[] = {1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 5};
    unsigned by = speed[p->taken];
    if (bit)
        p->zero = (uint16_t)(p->zero - (p->zero >> by));
    else
        p->zero = (uint16_t)(p->zero + ((65535u - p->zero) >> by));
    p->taken = (uint16_t)(p->taken + (p->taken + 1u < sizeof speed));
}

static inline unsigned code_bit(struct ink *k, struct ink_chance *p, unsigned bit, const bool back)
{
    struct ink_coder *c = &k->coder;
    uint32_t bound = (c->range >> 16) * (p->zero | 1u);
    if (back)
        bit = c->code >= bound;
    if (bit) {
        if (back)
            c->code -= bound;
        else
            c->low += bound;
        c->range -= bound;
    } else {
        c->range = bound;
    }
    learn(p, bit);
    while (c->range < TOP) {
        c->range <<= 8;
        if (back)
            c->code = c->code << 8 | next_byte(k);
        else
            put_held(k);
    }
    return bit;
}

/* `bits` bits, highest first, each judged by those before it. */
static inline uint32_t code_tree(struct ink *k, struct ink_chance *tree, unsigned bits,
                                 uint32_t value, const bool back)
{
    uint32_t node = 1;
    for (unsigned i = bits; i-- > 0;)
        node = node << 1 | code_bit(k, &tree[node], value >> i & 1, back);
    return node - (1u << bits);
}

/* --- surroundings --- */

struct around {
    uint32_t w, ww, n, nw, ne, nn;
};

static inline struct around look(const uint32_t *row, const uint32_t *up, const uint32_t *up2,
                                 uint32_t x)
{
    row += x;
    up += x;
    return (struct around){row[-1], row[-2], up[0], up[-1], up[1], up2[x]};
}

static inline uint32_t hash_around(const struct around *a)
{
    uint32_t h = a->w * 0x9e3779b1u;
    h = (h ^ a->n) * 0x85ebca6bu;
    h = (h ^ h >> 15 ^ a->nw) * 0xc2b2ae35u;
    h = (h ^ a->ne) * 0x27d4eb2fu;
    h = (h ^ h >> 15 ^ a->ww) * 0x165667b1u;
    h = (h ^ a->nn) * 0x9e3779b1u;
    return h >> 20;
}

static inline uint32_t hash_pair(const struct around *a)
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

static uint32_t code_new(struct ink *k, const struct around *a, uint32_t pixel, const bool back)
{
    struct ink_model *m = &k->model;
    uint8_t d = k->depth;
    uint32_t eg = expect_channel(a, d, 1), er = expect_channel(a, d, 2),
             eb = expect_channel(a, d, 0);
    uint32_t steep = distance(channel(a->w, d, 1), channel(a->n, d, 1));
    unsigned slope = steep < 4 ? 0 : steep < 32 ? 1 : 2;
    uint32_t g = channel(pixel, d, 1), r = channel(pixel, d, 2), b = channel(pixel, d, 0);
    uint32_t dg = code_tree(k, m->green[slope], 8, (g - eg) & 0xff, back);
    g = (eg + dg) & 0xff;
    uint32_t dr = code_tree(k, m->red[dg == 0], 8, (r - er - dg) & 0xff, back);
    uint32_t db = code_tree(k, m->blue[dr == 0], 8, (b - eb - dg) & 0xff, back);
    uint32_t low = d == 30 ? code_tree(k, m->low, 6, low_bits(pixel), back) : 0;
    return join((er + dg + dr) & 0xff, g, (eb + dg + db) & 0xff, low, d);
}

/* --- one pixel --- */

/* What was tried and is not the pixel. */
struct refused {
    uint32_t n, pixels[7];
};

static inline bool was_refused(const struct refused *f, uint32_t p)
{
    for (uint32_t i = 0; i < f->n; i++)
        if (f->pixels[i] == p)
            return true;
    return false;
}

static inline unsigned flag(bool set, unsigned place)
{
    return (set ? 1u : 0u) << place;
}

static inline bool try_one(struct ink *k, struct ink_chance *p, struct refused *f, uint32_t guess,
                           uint32_t pixel, const bool back)
{
    if (code_bit(k, p, pixel != guess, back) == 0)
        return true;
    f->pixels[f->n++] = guess;
    return false;
}

static inline void remember(uint32_t *place, uint32_t pixel)
{
    uint32_t sure = *place >> CONFIDENCE;
    if ((*place & PIXEL) == pixel && sure > 0)
        *place = pixel | (sure < 3 ? sure + 1 : 3) << CONFIDENCE;
    else if (sure > 1)
        *place -= 1u << CONFIDENCE;
    else
        *place = pixel | 1u << CONFIDENCE;
}

static inline bool code_remembered(struct ink *k, const struct around *a, const uint32_t *seen,
                                   const uint32_t *pair, struct refused *f, uint32_t *pixel,
                                   const bool back)
{
    uint32_t guess = *seen & PIXEL, sure = *seen >> CONFIDENCE;
    unsigned like = flag(guess == a->w, 0) | flag(guess == a->n, 1);
    if (sure > 0 && !was_refused(f, guess) &&
        try_one(k, &k->model.seen[sure][like], f, guess, *pixel, back)) {
        *pixel = guess;
        return true;
    }
    guess = *pair & PIXEL;
    sure = *pair >> CONFIDENCE;
    like = flag(guess == a->w, 0) | flag(guess == a->n, 1);
    if (sure > 0 && !was_refused(f, guess) &&
        try_one(k, &k->model.pair[sure > 1][like], f, guess, *pixel, back)) {
        *pixel = guess;
        return true;
    }
    return false;
}

static inline bool code_neighbour(struct ink *k, const struct around *a, struct refused *f,
                                  uint32_t *pixel, const bool back)
{
    const uint32_t guess[4] = {a->n, a->w, a->ne, a->nw};
    unsigned shape = flag(a->w == a->nw, 0) | flag(a->n == a->nw, 1) | flag(a->n == a->ne, 2) |
                     flag(a->w == a->ww, 3) | flag(a->n == a->nn, 4);
    for (unsigned i = 0; i < 4; i++)
        if (!was_refused(f, guess[i]) &&
            try_one(k, &k->model.near[i][shape], f, guess[i], *pixel, back)) {
            *pixel = guess[i];
            return true;
        }
    return false;
}

/* `f` holds what it cannot be. */
static uint32_t code_pixel(struct ink *k, const struct around *a, struct refused f, uint32_t pixel,
                           const bool back)
{
    uint32_t *seen = &k->seen[hash_around(a)], *pair = &k->pairs[hash_pair(a)];
    if (!code_remembered(k, a, seen, pair, &f, &pixel, back) &&
        !code_neighbour(k, a, &f, &pixel, back))
        pixel = code_new(k, a, pixel, back);
    remember(seen, pixel);
    remember(pair, pixel);
    return pixel;
}

/* --- spans: nothing happens above, and nothing has happened to the left --- */

static inline unsigned length_of(uint32_t v)
{
    return 32u - (unsigned)__builtin_clz(v);
}

/* Pixels from x on whose upper right neighbour is like the one above x. */
static uint32_t span_room(const uint32_t *up, uint32_t x, uint32_t w)
{
    uint32_t n = up[x], to = x;
    while (to < w && up[to + 1] == n)
        to++;
    return to - x;
}

static uint32_t span_run(const uint32_t *row, uint32_t x, uint32_t room)
{
    uint32_t n = 0;
    row += x;
    while (n < room && row[n] == row[-1])
        n++;
    return n;
}

/* How many of `room` pixels are like the one to the left. */
static uint32_t code_span(struct ink *k, unsigned kind, uint32_t room, uint32_t run,
                          const bool back)
{
    struct ink_model *m = &k->model;
    unsigned bits = 1, size = length_of(room);
    if (code_bit(k, &m->span_all[kind][size], run < room, back) == 0)
        return room;
    unsigned real = back ? 0 : length_of(run + 1);
    while (bits < size && code_bit(k, &m->span_bits[kind][bits], bits < real, back))
        bits++;
    uint32_t v = 1;
    for (unsigned i = bits - 1; i-- > 0;) {
        struct ink_chance even = {32768, 0};
        unsigned top = i + 2 == bits;
        v = v << 1 | code_bit(k, top ? &m->span_top[kind][bits] : &even, (run + 1) >> i & 1, back);
    }
    return v - 1;
}

static inline bool is_span(const struct around *a)
{
    return a->n == a->nw && a->n == a->ne && a->w == a->ww;
}

/* --- rows --- */

static void code_row(struct ink *k, uint32_t *row, const uint32_t *up, const uint32_t *up2,
                     uint32_t w, const bool back)
{
    for (uint32_t x = 0; x < w;) {
        struct around a = look(row, up, up2, x);
        struct refused f = {0};
        if (is_span(&a)) {
            uint32_t room = span_room(up, x, w);
            uint32_t run = code_span(k, a.w == a.n, room, back ? 0 : span_run(row, x, room), back);
            if (run > room)
                run = room; /* more than there is: a stream nobody packed, but still a picture */
            for (uint32_t i = 0; back && i < run; i++)
                row[x + i] = a.w;
            x += run;
            if (run == room)
                continue;
            if (run > 0)
                a = look(row, up, up2, x);
            f = (struct refused){1, {a.w}};
        }
        row[x] = code_pixel(k, &a, f, row[x], back);
        x++;
    }
}

/* Beyond its sides a row goes on as at its ends; before its first pixel stands the one above. */
static void close_row(uint32_t *row, uint32_t w)
{
    row[-1] = row[-2] = row[0];
    row[w] = row[w - 1];
}

static void load_row(const struct tile_picture *p, struct tile_rect r, uint32_t y, uint32_t *row)
{
    const uint32_t *from = p->pixels + (size_t)(r.y + y) * p->stride + r.x;
    uint32_t mask = tile_mask(p->depth);
    for (uint32_t x = 0; x < r.w; x++)
        row[x] = from[x] & mask;
}

static inline bool code_rect(struct ink *k, const struct tile_picture *p, struct tile_rect r,
                             const bool back)
{
    uint32_t *row = k->lines[0] + 2, *up = k->lines[1] + 2, *up2 = k->lines[2] + 2;
    unsigned same = 0;
    memset(up - 2, 0, (r.w + 3) * sizeof *up);
    memset(up2 - 2, 0, (r.w + 3) * sizeof *up2);
    for (uint32_t y = 0; y < r.h && !k->over; y++) {
        if (!back)
            load_row(p, r, y, row);
        row[-1] = row[-2] = up[0];
        unsigned differs = back || memcmp(row, up, r.w * sizeof *row) != 0;
        differs = code_bit(k, &k->model.row[same], differs, back);
        same = !differs;
        if (same)
            memcpy(row, up, r.w * sizeof *row);
        else
            code_row(k, row, up, up2, r.w, back);
        close_row(row, r.w);
        if (back)
            memcpy(p->pixels + (size_t)(r.y + y) * p->stride + r.x, row, r.w * sizeof *row);
        uint32_t *free_row = up2;
        up2 = up;
        up = row;
        row = free_row;
    }
    return !k->over;
}

/* --- streams --- */

static void start(struct ink *k, uint8_t depth)
{
    struct ink_chance *p = (struct ink_chance *)&k->model;
    k->coder = (struct ink_coder){.range = 0xffffffffu};
    k->over = false;
    k->depth = depth;
    for (size_t i = 0; i < sizeof k->model / sizeof *p; i++)
        p[i] = (struct ink_chance){32768, 0};
    memset(k->seen, 0, sizeof k->seen);
    memset(k->pairs, 0, sizeof k->pairs);
}

void ink_pack_start(struct ink *k, uint8_t depth, uint8_t *out, size_t room)
{
    k->out = out;
    k->len = room;
    start(k, depth);
}

bool ink_pack(struct ink *k, const struct tile_picture *p, struct tile_rect r)
{
    struct ink_coder before = k->coder;
    if (code_rect(k, p, r, false))
        return true;
    k->coder = before;
    k->over = false;
    return false;
}

size_t ink_pack_end(struct ink *k)
{
    k->len += INK_END_BYTES;
    for (int i = 0; i < 5; i++)
        put_held(k);
    return k->coder.at;
}

void ink_unpack_start(struct ink *k, uint8_t depth, const uint8_t *in, size_t len)
{
    k->in = in;
    k->len = len;
    start(k, depth);
    for (int i = 0; i < 4; i++)
        k->coder.code = k->coder.code << 8 | next_byte(k);
}

bool ink_unpack(struct ink *k, const struct tile_picture *p, struct tile_rect r)
{
    return code_rect(k, p, r, true);
}

bool ink_unpack_end(const struct ink *k)
{
    return !k->over && k->coder.at == k->len;
}
