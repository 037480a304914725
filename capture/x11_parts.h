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
    uint8_t depth;         /* of its pixmap: 32 for a window that could be translucent */
    uint16_t w, h, border; /* as last told by an event */
    bool dirty;            /* its pixmap may hold what others drew: wash it before reading */
};

/* One of vitrine's windows. */
struct x11_own {
    uint32_t id;
    bool told;                /* it is right on the root, and every change is told by events */
    bool asked;               /* with the picture being read */
    bool seen;                /* exists and is viewable */
    struct source_rect place; /* on the root, its border included */
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
    struct x11_own windows[MAX_OWN_WINDOWS];
    size_t n_windows;
    uint16_t seen_w, seen_h; /* of the root with the last picture */
    struct x11_target target;
    struct source_news missed; /* heard while reading, for the next pump */
    struct tile_set together;  /* damaged at the same time when last read, as far as they are few */
};

/* Tiles that are read together again: each costs the server 16 KiB to copy, another answer 0.1 ms.
 */
#define TOGETHER_MAX 8

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

/* `more` becomes part of it. */
void x11_add_news(struct source_news *to, const struct source_news *more);
/* Events that have arrived already, without reading further ones. */
void x11_drain(struct x11 *x, struct source_news *news);
/* Whether pixels of that visual are 8 (or 10) bits of red, green and blue in 32, red highest. */
bool x11_visual_fits(struct x11 *x, xcb_visualid_t visual, uint8_t depth);

/* The pointer's picture as the server tells it. false, and nothing written: too large to be sent,
   or not one, such as a picture of more pixels than came. */
bool x11_shape(const xcb_xfixes_get_cursor_image_reply_t *r, struct tile_cursor *out);

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

/* What has been asked about the windows that are not told of by events. */
struct x11_asked {
    xcb_get_geometry_cookie_t root;
    size_t n;
    struct x11_asked_own {
        xcb_void_cookie_t events;
        xcb_query_tree_cookie_t parent;
        xcb_get_window_attributes_cookie_t mapped;
        xcb_get_geometry_cookie_t size;
        xcb_translate_coordinates_cookie_t origin;
    } windows[MAX_OWN_WINDOWS];
};

/* The windows to be hidden from now on. */
void x11_places_set(struct x11 *x, const uint32_t *ids, size_t n);
/* Asks, within a grab of the server, for what events do not tell; reads the answers. */
void x11_places_ask(struct x11 *x, struct x11_asked *a);
bool x11_places_read(struct x11 *x, const struct x11_asked *a);
/* Takes note of an event; those of other kinds are ignored. Places that are to be shown again are
   added to `n`. */
void x11_places_event(struct x11 *x, const xcb_generic_event_t *event, struct source_news *n);
/* What is to be hidden in the last picture, once all events of before it have been noted. false: a
   place is neither told by events nor was it asked for. */
bool x11_places_list(struct x11 *x, struct source_grab *out);

/* One event that the server sent; damage and the like are added to `n`. */
void x11_note_event(struct x11 *x, const xcb_generic_event_t *e, struct source_news *n);

enum source_result x11_grab(struct source *s, struct tile_set *want, struct source_grab *out);
bool x11_cursor(struct source *s, struct tile_cursor *out, uint32_t *serial);

#endif
