/* Code points of the older letter keysyms, by runs; used by keys.c only. */
#ifndef LIB_KEYS_LEGACY_H
#define LIB_KEYS_LEGACY_H
#include <stddef.h>
#include <stdint.h>

struct keys_run {
    uint32_t first, last;
    const uint16_t *points; /* 0: none */
};
extern const struct keys_run keys_legacy[];
extern const size_t n_keys_legacy;

#endif
