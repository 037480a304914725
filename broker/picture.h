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
#include "broker/window.h"
#include <xcb/render.h>

struct chan;
struct msg_screen_changed;

#define PICTURE_PENDING 16 /* updates the server has not read yet; more end the painter */

enum picture_mode { PICTURE_FIT, PICTURE_ONE_TO_ONE };

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
    uint32_t serial; /* of the target */
    enum picture_mode mode;
    int pan_x, pan_y;                  /* upper left picture pixel, one to one */
    uint32_t full_w, full_h;           /* of the presenter's picture; 0 unknown */
    bool forgotten;                    /* nothing has been drawn since SCREEN_FORGET */
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
/* One to one: moves the part that is shown, in picture pixels. */
void picture_pan(struct picture *p, int dx, int dy);
/* SCREEN_CHANGED; 0, or -1: the painter broke a rule (end it). */
int picture_changed(struct picture *p, const struct msg_screen_changed *m);
/* The presenter's pixel at that place of the parent; beside the picture the nearest one, and false.
   Untouched while nothing is known of the picture. */
bool picture_point(const struct picture *p, int x, int y, int32_t *px, int32_t *py);
/* True when the event was its own: exposure, completion. */
bool picture_event(struct picture *p, const xcb_generic_event_t *e);

#endif
