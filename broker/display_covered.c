/*
 * Lock screens that tell nobody (i3lock, slock, xtrlock, xsecurelock run alone): all of them map a
 * window over a whole monitor, past any window manager, to be seen or for input alone. Such a
 * window is taken for a lock screen from its mapping until it is gone. Runs in the broker. Nothing
 * is grabbed to find out more: a grab of ours would make a lock screen fail.
 *
 * Not taken for one: what was there before vitrine, what a window manager maps itself (frames,
 * helpers while a window is moved), a compositor's overlay (the server's own window), and windows
 * of vitrines. A press of a hand on a window of ours shows that nobody holds the pointer, which
 * every lock screen does: the windows that there are then are none. So does a key, but not at once:
 * somebody may be typing while a lock screen has its window, and not yet the keyboard.
 *
 * Any program can map such a window, as screenshot tools do to pick a part: control ends, too.
 */
#include "broker/display.h"
#include "broker/never.h"
#include "broker/place.h"
#include "broker/reply.h"
#include "lib/loop.h"

#include <string.h>
#include <xcb/xinput.h>

#define EDGE 4 /* pixels that it may leave on each side: xsecurelock's leaves one */
#define CLASS_WORDS 64
#define KEY_MS 1500             /* in which a lock screen has taken the keyboard */
#define CLIENT_BITS 0x1fffffffu /* X11: the top three bits of a client's identifiers are zero */

static uint32_t client_of(const struct display *d, xcb_window_t window)
{
    return window & ~xcb_get_setup(d->x)->resource_id_mask;
}

static bool is_ours(const struct display *d, xcb_window_t window)
{
    return client_of(d, window) == xcb_get_setup(d->x)->resource_id_base;
}

static bool is_whole(const struct display *d, struct ui_rect place)
{
    for (unsigned i = 0; i < d->n_monitors; i++) {
        const struct ui_rect most = place_inset(d->monitor[i], EDGE);
        if (place_overlap(&place, &most) == (int64_t)most.w * most.h)
            return true;
    }
    return false;
}

/* --- the windows that are there */

static void forget(struct display *d, xcb_window_t window)
{
    for (unsigned i = d->lock.n_covers; i-- > 0;)
        if (d->lock.cover[i] == window)
            d->lock.cover[i] = d->lock.cover[--d->lock.n_covers];
    display_lock_tell(d);
}

/* With that many at once, those that came first say for all of them when they go. */
static void remember(struct display *d, xcb_window_t window)
{
    for (unsigned i = 0; i < d->lock.n_covers; i++)
        if (d->lock.cover[i] == window)
            return;
    d->lock.covered_ms = loop_now_ms();
    if (d->lock.n_covers < DISPLAY_COVERS)
        d->lock.cover[d->lock.n_covers++] = window;
    display_lock_tell(d);
}

/* --- what it is */

static void look(struct display *d, xcb_window_t window);

static void on_again(void *ctx)
{
    struct display *d = ctx;
    unsigned n = d->lock.n_unasked;
    xcb_window_t window[DISPLAY_COVERS];
    memcpy(window, d->lock.unasked, sizeof window);
    d->lock.n_unasked = 0;
    for (unsigned i = 0; i < n; i++)
        look(d, window[i]);
    display_flush(d);
}

/* Where there was no room for a question, all are asked again a little later. */
static bool is_unasked(struct display *d, xcb_window_t window, const void *reply)
{
    if (reply || d->later_n < DISPLAY_LATER)
        return false;
    if (d->lock.n_unasked == DISPLAY_COVERS) {
        remember(d, window); /* so many at once that nobody can know */
        return true;
    }
    d->lock.unasked[d->lock.n_unasked++] = window;
    loop_set_timer(d->loop, ASK_AGAIN_MS, on_again, d);
    return true;
}

void display_covered_stop(struct display *d)
{
    loop_clear_timer(d->loop, on_again, d);
}

/* It may have gone before it was remembered; its going later on is told. */
static void on_there(void *ctx, uint32_t window, const void *reply)
{
    struct display *d = ctx;
    const xcb_get_window_attributes_reply_t *r = reply;
    if (!is_unasked(d, window, r) && (!r || r->map_state == XCB_MAP_STATE_UNMAPPED))
        forget(d, window);
}

static void on_manager(void *ctx, uint32_t window, const void *reply)
{
    struct display *d = ctx;
    const xcb_get_property_reply_t *r = reply;
    const uint32_t *manager;
    if (is_unasked(d, window, r))
        return;
    if (reply_numbers(r, &manager) > 0 && client_of(d, manager[0]) == client_of(d, window))
        return;
    remember(d, window);
    display_later(d, xcb_get_window_attributes(d->x, window).sequence, on_there, d, window);
}

static void on_class(void *ctx, uint32_t window, const void *reply)
{
    static const struct never vitrines = {1, {"vitrine"}};
    struct display *d = ctx;
    const struct span name = reply_bytes(reply);
    if (is_unasked(d, window, reply))
        return;
    if (name.len > 0 && never_matches(&vitrines, name.data, name.len))
        return;
    display_later(d,
                  xcb_get_property(d->x, 0, d->root, d->atom[ATOM_NET_SUPPORTING_WM_CHECK],
                                   XCB_ATOM_WINDOW, 0, 1)
                      .sequence,
                  on_manager, d, window);
}

static void on_place(void *ctx, uint32_t window, const void *reply)
{
    struct display *d = ctx;
    const xcb_get_geometry_reply_t *g = reply;
    if (is_unasked(d, window, g))
        return;
    if (!g || !is_whole(d, (struct ui_rect){g->x, g->y, g->width + 2 * g->border_width,
                                            g->height + 2 * g->border_width})) {
        forget(d, window);
        return;
    }
    display_later(d,
                  xcb_get_property(d->x, 0, window, XCB_ATOM_WM_CLASS, XCB_GET_PROPERTY_TYPE_ANY, 0,
                                   CLASS_WORDS)
                      .sequence,
                  on_class, d, window);
}

static void look(struct display *d, xcb_window_t window)
{
    display_later(d, xcb_get_geometry(d->x, window).sequence, on_place, d, window);
}

static void on_mapped(struct display *d, const xcb_map_notify_event_t *m)
{
    if (m->override_redirect && !is_ours(d, m->window) && (m->window & ~CLIENT_BITS) == 0)
        look(d, m->window);
}

void display_covered_event(struct display *d, const xcb_generic_event_t *e)
{
    const xcb_map_notify_event_t *m = (const xcb_map_notify_event_t *)e;
    const xcb_unmap_notify_event_t *u = (const xcb_unmap_notify_event_t *)e;
    const xcb_destroy_notify_event_t *g = (const xcb_destroy_notify_event_t *)e;
    const xcb_reparent_notify_event_t *r = (const xcb_reparent_notify_event_t *)e;
    if (e->response_type == XCB_MAP_NOTIFY && m->event == d->root)
        on_mapped(d, m);
    else if (e->response_type == XCB_UNMAP_NOTIFY && u->event == d->root)
        forget(d, u->window);
    else if (e->response_type == XCB_DESTROY_NOTIFY && g->event == d->root)
        forget(d, g->window);
    else if (e->response_type == XCB_REPARENT_NOTIFY && r->event == d->root)
        forget(d, r->window); /* if it lies there again, it is mapped again */
}

void display_covered_key(struct display *d, uint16_t source)
{
    if (loop_now_ms() >= d->lock.covered_ms + KEY_MS)
        display_covered_hand(d, source);
}

void display_covered_hand(struct display *d, uint16_t source)
{
    if (d->lock.n_covers == 0 || origin_device_kind(&d->devices, source) != ORIGIN_DEVICE_PHYSICAL)
        return;
    d->lock.n_covers = 0;
    display_lock_tell(d);
}
