/*
 * The presenter's picture in the viewer's window: a window of its own inside it, filled from a
 * memory file that only vitrine-render view draws into (messages.def, channel "screen"). The broker
 * sees rectangles, never a pixel.
 *
 *   lead: picture_start(chan)         SCREEN_TARGET goes out for the present size
 *   SCREEN_CHANGED -> picture_changed  rectangles are put on the window; SCREEN_SHOWN when the
 * server has read them size or mode change               a new target, with a new serial; the old
 * file is dropped
 */
#ifndef BROKER_PICTURE_H
#define BROKER_PICTURE_H
#include "broker/picture_part.h"
#include "broker/window.h"
#include <xcb/render.h>

struct chan;
struct msg_screen_changed;

#define PICTURE_PENDING 16 /* updates the server has not read yet; more end the painter */

struct picture {
    struct window *parent;
    xcb_window_t id;
    xcb_gcontext_t gc;
    xcb_render_picture_t paint; /* the same window, to darken what was put on it; 0: cannot be */
    bool old;                   /* what is shown is not live: it is darkened */
    struct ui_rect at;          /* in the parent, device pixels */
    bool mapped;
    struct chan *view; /* NULL: nobody draws */
    struct shared target;
    uint32_t serial;                   /* of the target */
    struct picture_part wish, ordered; /* as wanted last; as the target was ordered */
    bool awaited; /* the server has not yet read a first picture out of the target */
    struct picture_seen seen;
    bool moved;     /* the window shows another part than when this was last reset */
    bool forgotten; /* nothing has been drawn since SCREEN_FORGET */
    uint32_t pending[PICTURE_PENDING]; /* serials to report, in order */
    unsigned pending_first, pending_n;
};

/* Makes the inner window, unmapped. */
void picture_create(struct picture *p, struct window *parent);
void picture_destroy(struct picture *p);
/* The painter to use from now on (channel "screen", state ready or showing; not owned), NULL: none
 * any more. */
void picture_start(struct picture *p, struct chan *view);
/* Place within the parent; a new size makes a new target. */
void picture_place(struct picture *p, struct ui_rect at);
void picture_show(struct picture *p, bool on);
/* While it is not live it is dark, so that nobody takes it for what is there now. */
void picture_grow_old(struct picture *p, bool old);
void picture_mode(struct picture *p, enum picture_mode mode);
/* Nothing is shown any more: what was is wiped, in the painter and on the window. Once, until there
   is a new picture. */
void picture_forget(struct picture *p);
/* SCREEN_PICTURE */
void picture_size(struct picture *p, uint32_t width, uint32_t height);
/* One to one: moves the part that is shown, in picture pixels, as far as the picture goes. While
   the painter is still at the last move it is only remembered. */
void picture_pan(struct picture *p, int dx, int dy);
/* To the next part in the order of reading. */
void picture_pan_next(struct picture *p);
/* SCREEN_CHANGED; 0, or -1: the painter broke a rule (end it). */
int picture_changed(struct picture *p, const struct msg_screen_changed *m);
/* The presenter's pixel that the window shows at that place of the parent, whatever has been
   ordered since; as picture_part_point. */
bool picture_point(const struct picture *p, int x, int y, int32_t *px, int32_t *py);
/* True when the event was its own: exposure, completion. */
bool picture_event(struct picture *p, const xcb_generic_event_t *e);

#endif
