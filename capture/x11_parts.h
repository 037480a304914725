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

/* The one window that is shared, where it is one. */
struct x11_target {
    uint8_t depth;             /* of its pixmap: 32 for a window that could be translucent */
    uint16_t w, h, border;     /* as last told by an event */
    bool dirty;                /* its pixmap may hold what others drew: wash it before reading */
    struct source_news missed; /* heard while reading, for the next pump */
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
    struct x11_target target;
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

/* Events that have arrived already, without reading further ones. */
void x11_drain(struct x11 *x, struct source_news *news);
/* Whether pixels of that visual are 8 (or 10) bits of red, green and blue in 32, red highest. */
bool x11_visual_fits(struct x11 *x, xcb_visualid_t visual, uint8_t depth);

/* Asks for the pieces of a grab, packed into the segment; `dx`, `dy`: where the picture's corner is
   in the drawable. */
void x11_ask_pixels(const struct x11 *x, const struct source_grab *g, xcb_drawable_t from,
                    int32_t dx, int32_t dy, xcb_shm_get_image_cookie_t images[MAX_RECTS]);
/* true: all pieces were read, in that depth. An error is kept for the caller, who frees it. */
bool x11_read_pixels(struct x11 *x, const xcb_shm_get_image_cookie_t *images, size_t n,
                     uint8_t depth, xcb_generic_error_t **error);

/* x11_target.c; all but the first only where area.target is not 0 */
bool x11_target_open(struct x11 *x);
enum source_result x11_target_fit(struct x11 *x);
void x11_target_event(struct x11 *x, const xcb_generic_event_t *e);
enum source_result x11_target_grab(struct x11 *x, struct source_grab *out);
/* Where it is on the screen now; unchanged when it is gone. */
void x11_target_find(struct x11 *x);

enum source_result x11_grab(struct source *s, const struct tile_set *want, struct source_grab *out);
bool x11_cursor(struct source *s, struct tile_cursor *out, uint32_t *serial);

#endif
