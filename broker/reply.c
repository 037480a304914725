/*
 * Bounds of answers of the X server: see reply.h. Runs in the broker; fuzzed (tests/fuzz/
 * fuzz_xreply.c).
 */
#include "broker/reply.h"
#include <stddef.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* An answer's length counts words of four bytes behind its first 32. */
struct span reply_bytes(const xcb_get_property_reply_t *r)
{
    if (r == NULL || r->format != 8)
        return (struct span){NULL, 0};
    return (struct span){(const uint8_t *)(r + 1), least(r->value_len, (size_t)r->length * 4)};
}

unsigned reply_numbers(const xcb_get_property_reply_t *r, const uint32_t **out)
{
    *out = r == NULL ? NULL : (const uint32_t *)(r + 1);
    return r == NULL || r->format != 32 ? 0 : (unsigned)least(r->value_len, r->length);
}

unsigned reply_children(const xcb_query_tree_reply_t *r, const xcb_window_t **out)
{
    *out = r == NULL ? NULL : (const xcb_window_t *)(r + 1);
    return r == NULL ? 0 : (unsigned)least(r->children_len, r->length);
}
