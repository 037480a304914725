/*
 * Cursor units (FORMAT.md): where the presenter's pointer is and what it looks like. Its own
 * stream, drawn by the viewer's side over the picture. The decoder takes hostile bytes; both are
 * pure.
 */
#ifndef LIB_TILE_CURSOR_H
#define LIB_TILE_CURSOR_H
#include "policy/limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tile_cursor_kind {
    TILE_CURSOR_HIDDEN = 0, /* no pointer to be shown */
    TILE_CURSOR_MOVED = 1,  /* place only: shape as before */
    TILE_CURSOR_SHAPE = 2,  /* place and shape */
    TILE_CURSOR_ARROW = 3   /* place; the shape is too large to be sent: draw a plain arrow */
};

struct tile_cursor {
    enum tile_cursor_kind kind;
    int32_t x, y;                           /* hot spot in picture coordinates; may be outside */
    uint16_t width, height;                 /* SHAPE only: 1..MAX_CURSOR */
    uint16_t hot_x, hot_y;                  /* below width, height */
    uint32_t time_ms;                       /* presenter's monotonic clock, low 32 bits */
    uint32_t argb[MAX_CURSOR * MAX_CURSOR]; /* rows without gaps, premultiplied */
};

/* Writes a unit into out[MAX_UNIT]; returns its length, 0 when there is no memory. A shape that
   does not fit is sent as ARROW. */
size_t tile_cursor_encode(const struct tile_cursor *c, uint8_t *out);
/* Checks everything, then fills *out; for kinds without a shape the shape fields are left as they
   are. false: bad unit, the shape fields of *out are undefined. A colour larger than its alpha is
   refused. */
bool tile_cursor_decode(const uint8_t *unit, size_t len, struct tile_cursor *out);

#endif
