/*
 * What the parts of the vector program share: reading hex, comparing, counting.
 */
#ifndef TESTS_UNIT_SEAL_VECTORS_H
#define TESTS_UNIT_SEAL_VECTORS_H
#include "lib/span.h"
#include "tests/json.h"

struct tally {
    unsigned good, bad, skipped;
    const char *file;
};

/* Bytes out of hex; freed by the caller. */
struct bytes {
    uint8_t *data;
    size_t len;
};

static int vectors_nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c < 'a' || c > 'f')
        json_die("not lower-case hex");
    return c - 'a' + 10;
}

static inline struct bytes vectors_hex_text(const char *hex)
{
    struct bytes b = {.len = strlen(hex) / 2};
    if (strlen(hex) % 2)
        json_die("half a byte of hex");
    b.data = malloc(b.len + 1);
    for (size_t i = 0; i < b.len; i++)
        b.data[i] = (uint8_t)(vectors_nibble(hex[2 * i]) << 4 | vectors_nibble(hex[2 * i + 1]));
    return b;
}

static inline struct bytes vectors_hex(const struct json *v, const char *key)
{
    return vectors_hex_text(json_text(v, key));
}

static inline struct span vectors_span(struct bytes b)
{
    return (struct span){b.data, b.len};
}

/* One value computed, one expected. */
static inline void vectors_check(struct tally *t, const char *what, const void *got, size_t len,
                                 const struct json *v, const char *key)
{
    struct bytes want = vectors_hex(v, key);
    bool same = json_get(v, key) && want.len == len && (!len || memcmp(got, want.data, len) == 0);
    if (same) {
        t->good++;
    } else {
        t->bad++;
        printf("%s: %s: %s differs\n", t->file, what, key);
    }
    free(want.data);
}

static inline void vectors_true(struct tally *t, const char *what, const char *which, bool ok)
{
    if (ok) {
        t->good++;
    } else {
        t->bad++;
        printf("%s: %s: %s wrong\n", t->file, what, which);
    }
}

#endif
