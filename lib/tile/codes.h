/*
 * Prefix codes (Huffman's) of PHOTO and QUICK, both directions: FORMAT.md 6. Symbols are 0 to
 * CODES_SYMBOLS - 1, codes at most CODES_BITS long. Internal to lib/tile. Pure, no allocation.
 *
 * Reading runs in vitrine-render (view) on hostile bytes: nothing is read behind the end.
 */
#ifndef LIB_TILE_CODES_H
#define LIB_TILE_CODES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CODES_SYMBOLS 256
#define CODES_BITS 12

/* Lengths of a complete code, none above `most`, for the first n symbols; two or more of them must
   have a count. 0: does not occur. */
void codes_choose(const uint32_t *count, uint32_t n, uint32_t most, uint8_t *length);
/* Codes by length, then by symbol, their bits reversed, as they are written lowest first; none of
   the lengths is above CODES_BITS. */
void codes_assign(const uint8_t *length, uint32_t n, uint16_t *code);
/* Complete, no more and no less, and none above `most`: else some bits would mean nothing. */
bool codes_complete(const uint8_t *length, uint32_t n, uint32_t most);
/* What the next `most` bits mean, into 2^most entries: a symbol, its length above bit 8. */
void codes_table(const uint8_t *length, uint32_t n, uint32_t most, uint16_t *table);

/* Lengths as nibbles, the even symbol in the upper half: (n + 1) / 2 bytes. */
uint8_t *codes_write_lengths(const uint8_t *length, uint32_t n, uint8_t *out);
void codes_read_lengths(const uint8_t *in, uint32_t n, uint8_t *length);

/* Bits on their way out: the caller knows that there is room. */
struct codes_out {
    uint8_t *at;
    uint64_t held;
    uint32_t n;
};

/* At most 32 bits. */
static inline void codes_put(struct codes_out *b, uint32_t bits, uint32_t n)
{
    b->held |= (uint64_t)bits << b->n;
    b->n += n;
    for (; b->n >= 32; b->n -= 32, b->held >>= 32)
        for (int i = 0; i < 4; i++)
            *b->at++ = (uint8_t)(b->held >> (8 * i));
}

/* The rest of the last byte is 0. Returns where the bytes end. */
static inline uint8_t *codes_put_end(struct codes_out *b)
{
    for (uint32_t i = 0; i < b->n; i += 8)
        *b->at++ = (uint8_t)(b->held >> i);
    return b->at;
}

/* Bits on their way in; behind the end are zeros. */
struct codes_in {
    const uint8_t *at, *end;
    uint64_t held;
    uint32_t n, missing; /* bits held; bytes that were not there */
};

/* At least 56 bits are held then. */
static inline void codes_refill_slowly(struct codes_in *b)
{
    while (b->n <= 56) {
        if (b->at < b->end)
            b->held |= (uint64_t)*b->at++ << b->n;
        else
            b->missing++;
        b->n += 8;
    }
}

static inline void codes_refill(struct codes_in *b)
{
    if (b->end - b->at < 8) {
        codes_refill_slowly(b);
        return;
    }
    uint64_t more = 0;
    for (int i = 0; i < 8; i++)
        more |= (uint64_t)b->at[i] << (8 * i);
    uint32_t bytes = (63 - b->n) / 8;
    b->held |= more << b->n;
    b->at += bytes;
    b->n += 8 * bytes;
    if (b->n < 64)
        b->held &= ((uint64_t)1 << b->n) - 1;
}

/* n, at most 32, of the bits that are held. */
static inline uint32_t codes_take_bits(struct codes_in *b, uint32_t n)
{
    uint32_t v = (uint32_t)(b->held & (((uint64_t)1 << n) - 1));
    b->held >>= n;
    b->n -= n;
    return v;
}

/* A symbol of a code whose table has 2^most entries. */
static inline uint8_t codes_take(struct codes_in *b, const uint16_t *table, uint32_t most)
{
    uint32_t entry = table[b->held & ((1u << most) - 1)], bits = entry >> 8;
    b->held >>= bits;
    b->n -= bits;
    return (uint8_t)entry;
}

/* Where the first byte is that no bit was taken of; NULL: more was taken than there was. */
static inline const uint8_t *codes_in_end(const struct codes_in *b)
{
    uint32_t back = b->n / 8;
    return b->missing > back ? NULL : b->at - (back - b->missing);
}

#endif
