/*
 * Bounds-checked writing and reading of big-endian fields in memory of the caller. A failed step
 * clears `ok` and everything after it does nothing, so that a parser reads straight through and
 * asks once at the end.
 */
#ifndef NET_SEAL_BYTES_H
#define NET_SEAL_BYTES_H
#include "lib/span.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* --- writing --- */
struct put {
    uint8_t *data;
    size_t cap;
    size_t len;
    bool ok;
};

static inline struct put put_into(uint8_t *data, size_t cap)
{
    return (struct put){.data = data, .cap = cap, .ok = true};
}

/* Room for n bytes, to be filled by the caller; NULL when there is none. */
static inline uint8_t *put_room(struct put *p, size_t n)
{
    if (!p->ok || n > p->cap - p->len) {
        p->ok = false;
        return NULL;
    }
    p->len += n;
    return p->data + (p->len - n);
}

static inline void put_bytes(struct put *p, const void *bytes, size_t n)
{
    uint8_t *to = put_room(p, n);
    if (to && n)
        memcpy(to, bytes, n);
}

static inline void put_number(struct put *p, uint64_t v, unsigned width)
{
    uint8_t *to = put_room(p, width);
    for (unsigned i = 0; to && i < width; i++)
        to[i] = (uint8_t)(v >> (8 * (width - 1 - i)));
}

static inline void put_u8(struct put *p, uint8_t v)
{
    put_number(p, v, 1);
}

static inline void put_u16(struct put *p, uint16_t v)
{
    put_number(p, v, 2);
}

static inline void put_u32(struct put *p, uint32_t v)
{
    put_number(p, v, 4);
}

static inline void put_u64(struct put *p, uint64_t v)
{
    put_number(p, v, 8);
}

/* --- reading --- */
struct get {
    const uint8_t *at;
    size_t left;
    bool ok;
};

static inline struct get get_from(const uint8_t *data, size_t len)
{
    return (struct get){.at = data, .left = len, .ok = true};
}

/* The next n bytes, still the owner's; NULL when there are fewer. */
static inline const uint8_t *get_bytes(struct get *g, size_t n)
{
    if (!g->ok || n > g->left) {
        g->ok = false;
        return NULL;
    }
    const uint8_t *here = g->at;
    g->at += n;
    g->left -= n;
    return here;
}

static inline void get_copy(struct get *g, uint8_t *to, size_t n)
{
    const uint8_t *from = get_bytes(g, n);
    if (from && n)
        memcpy(to, from, n);
}

static inline uint64_t get_number(struct get *g, unsigned width)
{
    const uint8_t *from = get_bytes(g, width);
    uint64_t v = 0;
    for (unsigned i = 0; from && i < width; i++)
        v = v << 8 | from[i];
    return v;
}

static inline uint8_t get_u8(struct get *g)
{
    return (uint8_t)get_number(g, 1);
}

static inline uint16_t get_u16(struct get *g)
{
    return (uint16_t)get_number(g, 2);
}

static inline uint32_t get_u32(struct get *g)
{
    return (uint32_t)get_number(g, 4);
}

static inline uint64_t get_u64(struct get *g)
{
    return get_number(g, 8);
}

/* Everything was there, and nothing is left over. */
static inline bool get_done(const struct get *g)
{
    return g->ok && g->left == 0;
}

#endif
