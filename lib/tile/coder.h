/*
 * The adaptive binary range coder under INK and ROUGH (FORMAT.md 5), both directions: `back` is a
 * constant wherever these functions are used, so that the compiler makes two sets of them and the
 * two cannot differ. Internal to lib/tile; a header, because the coder's registers stay in the
 * processor's only where everything is in one function. Pure, no allocation; reads nothing behind
 * the bytes it was given.
 */
#ifndef LIB_TILE_CODER_H
#define LIB_TILE_CODER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CODER_INLINE inline __attribute__((always_inline))
#define CODER_APART __attribute__((noinline))
#define CODER_AHEAD 8 /* bytes that it reads ahead */
#define CODER_EVEN_BITS 8
#define CODER_END_BYTES 16 /* most that coder_pack_end adds to the room it was given */

/* How likely a decision is 0, in 65536ths, in the upper half; how often it was taken below. */
struct chance {
    uint32_t zero_taken;
};

/* The registers: enough to take back what was packed. */
struct coder {
    uint64_t low, range, code;
    size_t at;
    bool over; /* more was written or read than there is */
};

/* The bytes, on one side or the other. */
struct coder_bytes {
    uint8_t *out; /* packing; the room is `len` ... */
    size_t from;  /* ... where what can be taken back began ... */
    bool carried; /* ... and whether a carry went further back */
    const uint8_t *in;
    size_t len;
};

/* What does not fit into 64 bits goes to the bytes before. */
static CODER_APART void coder_carry(struct coder_bytes *b, size_t at)
{
    do {
        at--;
        b->carried = b->carried || at < b->from;
    } while (++b->out[at] == 0 && at > 0);
}

/* The coder_carry into what was there before the rectangle is taken back. */
static void coder_carry_back(struct coder_bytes *b, size_t at)
{
    while (b->carried && at > 0)
        b->carried = b->out[--at]-- == 0;
}

static CODER_INLINE void coder_add(struct coder_bytes *b, struct coder *c, uint64_t v)
{
    c->low += v;
    if (__builtin_expect(c->low < v, 0) && !c->over)
        coder_carry(b, c->at);
}

static CODER_INLINE void coder_put_word(struct coder_bytes *b, struct coder *c)
{
    if (c->at + 4 <= b->len) {
        for (unsigned i = 0; i < 4; i++)
            b->out[c->at + i] = (uint8_t)(c->low >> (56 - 8 * i));
        c->at += 4;
    } else {
        c->over = true;
    }
    c->low <<= 32;
}

/* Behind the end are zeros, but no more of them than the coder reads ahead. */
static CODER_APART uint32_t coder_last_word(const struct coder_bytes *b, size_t at)
{
    uint32_t v = 0;
    for (size_t i = at; i < at + 4; i++)
        v = v << 8 | (i < b->len ? b->in[i] : 0);
    return v;
}

static CODER_INLINE void coder_get_word(const struct coder_bytes *b, struct coder *c)
{
    uint32_t v;
    if (c->at + 4 <= b->len) {
        const uint8_t *in = b->in + c->at;
        v = (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
    } else {
        v = coder_last_word(b, c->at);
    }
    c->at += 4;
    c->over = c->over || c->at > b->len + CODER_AHEAD;
    c->code = c->code << 32 | v;
}

static CODER_INLINE void coder_refill(struct coder_bytes *b, struct coder *c, const bool back)
{
    if (__builtin_expect(c->range >> 32 != 0, 1))
        return;
    c->range <<= 32;
    if (back)
        coder_get_word(b, c);
    else
        coder_put_word(b, c);
}

/* Fast at first, then steady. */
static const uint8_t chance_speed[16] = {1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 5};

static CODER_INLINE void chance_learn(struct chance *p, uint32_t was, unsigned bit)
{
    uint32_t zero = was >> 16, taken = was & 15, by = chance_speed[taken];
    zero = bit ? zero - (zero >> by) : zero + ((65535u - zero) >> by);
    p->zero_taken = zero << 16 | (taken + (taken < 11));
}

static CODER_INLINE void chance_learn_either(struct chance *p, uint32_t was, unsigned bit)
{
    uint32_t zero = was >> 16, taken = was & 15, by = chance_speed[taken], one = 0 - bit;
    zero += (((65535u - zero) >> by) & ~one) - ((zero >> by) & one);
    p->zero_taken = zero << 16 | (taken + (taken < 11));
}

static CODER_INLINE unsigned code_bit(struct coder_bytes *b, struct coder *c, struct chance *p,
                                      unsigned bit, const bool back)
{
    uint32_t was = p->zero_taken;
    uint64_t bound = (c->range >> 16) * (was >> 16 | 1u);
    if (back)
        bit = c->code >= bound;
    if (bit) {
        if (back)
            c->code -= bound;
        else
            coder_add(b, c, bound);
        c->range -= bound;
        chance_learn(p, was, 1);
    } else {
        c->range = bound;
        chance_learn(p, was, 0);
    }
    coder_refill(b, c, back);
    return bit;
}

/* The same without a branch, for what the processor could not foresee either. */
static CODER_INLINE unsigned code_toss(struct coder_bytes *b, struct coder *c, struct chance *p,
                                       unsigned bit, const bool back)
{
    uint32_t was = p->zero_taken;
    uint64_t bound = (c->range >> 16) * (was >> 16 | 1u);
    if (back)
        bit = c->code >= bound;
    uint64_t one = 0 - (uint64_t)bit;
    if (back)
        c->code -= bound & one;
    else
        coder_add(b, c, bound & one);
    c->range = bound + ((c->range - 2 * bound) & one);
    chance_learn_either(p, was, bit);
    coder_refill(b, c, back);
    return bit;
}

/* `bits` (at most CODER_EVEN_BITS) that are as likely 0 as 1. */
static CODER_INLINE uint32_t code_even(struct coder_bytes *b, struct coder *c, unsigned bits,
                                       uint32_t value, const bool back)
{
    c->range >>= bits;
    if (back) {
        uint64_t v = c->code / c->range;
        value = v >> bits ? (1u << bits) - 1 : (uint32_t)v;
        c->code -= value * c->range;
    } else {
        coder_add(b, c, value * c->range);
    }
    coder_refill(b, c, back);
    return value;
}

/* `bits` bits, highest first, each judged by those before it. No branch depends on them. */
static CODER_INLINE uint32_t code_tree(struct coder_bytes *b, struct coder *c, struct chance *tree,
                                       unsigned bits, uint32_t value, const bool back)
{
    uint32_t node = 1;
    for (unsigned i = bits; i-- > 0;)
        node = node << 1 | code_toss(b, c, &tree[node], value >> i & 1, back);
    return node - (1u << bits);
}

/* All chances even. */
static inline void coder_forget(struct chance *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (struct chance){32768u << 16};
}

static inline void coder_pack_start(struct coder_bytes *b, struct coder *c, uint8_t *out,
                                    size_t room)
{
    *b = (struct coder_bytes){.out = out, .len = room};
    *c = (struct coder){.range = UINT64_MAX};
}

static inline void coder_unpack_start(struct coder_bytes *b, struct coder *c, const uint8_t *in,
                                      size_t len)
{
    *b = (struct coder_bytes){.in = in, .len = len};
    *c = (struct coder){.range = UINT64_MAX};
    coder_get_word(b, c);
    coder_get_word(b, c);
}

/* What is packed from here on can be taken back. */
static inline void coder_mark(struct coder_bytes *b, const struct coder *c)
{
    b->from = c->at;
    b->carried = false;
}

static inline void coder_take_back(struct coder_bytes *b, struct coder *c,
                                   const struct coder *before)
{
    *c = *before;
    coder_carry_back(b, before->at);
}

/* The number in the range with most zeros at its end; those need not be sent. Returns the length.
 */
static inline size_t coder_pack_end(struct coder_bytes *b, struct coder *c)
{
    size_t least = c->at;
    uint64_t ones = UINT64_MAX;
    b->len += CODER_END_BYTES;
    while (((c->low + ones) & ~ones) - c->low >= c->range)
        ones >>= 8;
    coder_add(b, c, ((c->low + ones) & ~ones) - c->low);
    coder_put_word(b, c);
    coder_put_word(b, c);
    while (c->at > least && b->out[c->at - 1] == 0)
        c->at--;
    return c->at;
}

/* All bytes were read, and no more. */
static inline bool coder_unpack_end(const struct coder_bytes *b, const struct coder *c)
{
    return !c->over && c->at >= b->len;
}

#endif
