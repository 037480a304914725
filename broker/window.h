/*
 * One X window and the pictures a painter makes for it, in two memory files (shared.h): a picture
 * is never copied while it is painted.
 */
#ifndef BROKER_WINDOW_H
#define BROKER_WINDOW_H
#include "broker/display.h"
#include "broker/shared.h"
#include <stdbool.h>
#include <stdint.h>

enum window_style {
    WINDOW_MANAGED, /* a normal window that draws its own frame */
    WINDOW_ON_TOP   /* override-redirect: bar, border, toast, dialog, cover */
};

#define WINDOW_OVER 16

struct window {
    struct display *d;
    xcb_window_t id; /* XCB_NONE: not created */
    enum window_style style;
    xcb_gcontext_t gc;    /* for pictures: clipped to where a painter may paint */
    xcb_gcontext_t plain; /* not clipped */
    struct ui_rect at;    /* root coordinates, device pixels; where the server says it is */
    bool wanted;          /* shall be mapped */
    bool mapped;          /* MapNotify has come */
    bool visible;         /* wholly, says the server */
    bool covered;         /* wholly, says the server; it says so of none that is composited */
    bool stray;           /* WINDOW_ON_TOP: somebody has put it into another window than the root */
    struct ui_rect put;   /* WINDOW_ON_TOP: where we have put it, ... */
    unsigned put_asked;   /* ... by that request */
    unsigned moved;       /* somebody else has put it elsewhere, so often since it was mapped */

    xcb_pixmap_t over; /* not owned; XCB_NONE: painters have all of it */
    struct ui_rect part[WINDOW_OVER];
    unsigned n_parts;

    struct shared page[2];
    int shown;                 /* page the window shows; -1 none yet */
    int painting;              /* page at the painter; -1 none */
    unsigned reading[2];       /* copies the server was told to make and has not said that it has */
    uint32_t serial;           /* of the picture at the painter */
    bool stale;                /* to be painted again as soon as a page is free */
    unsigned puts;             /* pictures the server was told to show */
    uint8_t cut;               /* bit n: somebody has given it a shape of that kind; not of input */
    void (*placed)(void *ctx); /* `at` has become known after a move; may be NULL */
    void *placed_ctx;
};

/* Creates it unmapped. `background`: pixel shown where nothing was painted yet. */
void window_create(struct window *w, struct display *d, enum window_style style, struct ui_rect at,
                   uint32_t background);
/* It is to be seen, never pressed: pointer and, where the keyboard follows it, keys are those of
   what lies beneath. */
void window_let_input_through(struct window *w);
/* Accepts a zeroed one. */
void window_destroy(struct window *w);
/* WM_CLASS, "vitrine" on all of them: by it another vitrine knows our windows. */
void window_class(const struct display *d, xcb_window_t id);
/* Title for window lists. */
void window_title(struct window *w, const char *title);
/* Smallest and largest size for the window manager; most 0: no upper bound. */
void window_bounds(struct window *w, int least_w, int least_h, int most_w, int most_h,
                   bool at_place);
void window_place(struct window *w, struct ui_rect at);
/* One that is taken is first put right. Where somebody is faster, it still is when MapNotify comes.
 */
void window_map(struct window *w);
/* A managed one may be elsewhere; `placed` says so. */
void window_ask_place(struct window *w);
/* Somebody has put it into another window, cut a shape out of it, or put it elsewhere again and
   again (it is put back each time): mapped, it need not be seen. */
bool window_is_taken(const struct window *w);
void window_unmap(struct window *w);
void window_raise(struct window *w);
void window_minimise(struct window *w);
void window_full_screen(struct window *w, bool on);
/* Raises it and asks the window manager for the focus, by what the owner did at that time. */
void window_activate(struct window *w, xcb_timestamp_t time);

/* The page for the next picture, of that size (a picture may be larger or smaller than its window),
   or NULL: both are in use, or no memory (errno is then ENOMEM). The caller sends it to a painter
   and then calls window_sent. */
struct shared *window_page(struct window *w, uint32_t width, uint32_t height);
void window_sent(struct window *w, uint32_t serial);
/* The painter is done with it: shown from now on. False: not the picture it was asked for. */
bool window_painted(struct window *w, uint32_t serial);
/* The painter is gone: what it had is worthless. */
void window_painter_gone(struct window *w);
/* Gives back the memory of what was shown before the page shown now. */
void window_forget_before(struct window *w);
/* The same for what is shown now: hidden, what stood in the window is nowhere any more. A page that
   is at the painter stays until it comes back. */
void window_forget(struct window *w);
/* From now on no painter's pixel reaches these parts: they show those of `over`, a pixmap as large
   as the window that stays alive until the next call. n 0: none. At most WINDOW_OVER. */
void window_over(struct window *w, xcb_pixmap_t over, const struct ui_rect *part, unsigned n);
/* `over` has changed: shows it. */
void window_put_over(struct window *w);
/* True: the picture that is being painted has that serial. */
bool window_awaits(const struct window *w, uint32_t serial);
/* Copies a part of the shown page to another window of ours (a note above the picture). */
void window_put_part(struct window *w, xcb_window_t to, struct ui_rect part);
/* What of it has been painted, root coordinates; w 0: nothing, or WINDOW_ON_TOP not as large as it
   is now. */
struct ui_rect window_face(const struct window *w);
/* The same, as the window shows it where nothing hides it, into a drawable as large. The page that
   is shown, w->shown, is being read until window_copied: when what was asked after it is answered,
   whether it could be copied or not. */
void window_copy_face(struct window *w, xcb_drawable_t to, xcb_gcontext_t gc);
void window_copied(struct window *w, int page);
/* Puts all of it there again: somebody may have drawn into it. */
void window_put_again(struct window *w);
/* True when the event was this window's: expose, completed copies,
   geometry, map state, parent, shape, visibility. */
bool window_event(struct window *w, const xcb_generic_event_t *e);

#endif
