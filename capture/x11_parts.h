/* Shared by the files of the X11 source; nobody else includes it. */
#ifndef CAPTURE_X11_PARTS_H
#define CAPTURE_X11_PARTS_H
#include "capture/x11.h"
#include <xcb/damage.h>
#include <xcb/randr.h>
#include <xcb/shm.h>
#include <xcb/xcb.h>
#include <xcb/xfixes.h>

/* The picture in the server's memory: one read after the other, packed. */
struct x11_segment {
    xcb_shm_seg_t id; /* 0: none */
    const uint32_t *pixels;
    size_t bytes;
};

struct x11 {
    struct source base; /* first: a struct source is one of these */
    xcb_connection_t *c;
    struct x11_area area;
    uint8_t depth;
    uint16_t root_w, root_h;
    struct source_rect place; /* of the picture on the root */
    uint8_t event_damage, event_fixes, event_randr;
    xcb_damage_damage_t damage;
    struct x11_segment segment;
    uint32_t windows[MAX_OWN_WINDOWS];
    size_t n_windows;
};

static inline struct x11 *x11_of(struct source *s)
{
    return (struct x11 *)s;
}

/* Notes the reason (the first one stays). Returns false. */
bool x11_fail(struct x11 *x, enum fail code, uint32_t detail);
/* As above for a reply that is missing: lost connection, or the error, which is freed. */
bool x11_fail_reply(struct x11 *x, xcb_generic_error_t *error);

bool x11_segment_create(struct x11 *x, size_t bytes);
/* Wipes nothing: the memory is the server's, and read-only here. */
void x11_segment_destroy(struct x11 *x);

enum source_result x11_grab(struct source *s, const struct tile_set *want, struct source_grab *out);
bool x11_cursor(struct source *s, struct tile_cursor *out, uint32_t *serial);

#endif
