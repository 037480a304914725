/*
 * Lock screens that tell nobody (i3lock, slock, xtrlock, xsecurelock run alone): all of them map a
 * window over a whole monitor, past any window manager, to be seen or for input alone. Such a
 * window is taken for a lock screen from its mapping until it is gone. Runs in the broker. Nothing
 * is grabbed to find out more: a grab of ours would make a lock screen fail.
 *
 * Not taken for one: what was there before vitrine, what a window manager maps itself (frames,
 * helpers while a window is moved), and windows of vitrines. A compositing manager's overlay is
 * taken for one when it comes: xsecurelock asks for that before it has the keyboard. Any client may
 * write any window's properties, and a controller may have left one running: nothing that is read
 * from the window itself counts. The manager's client is known by its check window and believed for
 * as long as that lives; once there has been remote control, no new one is. Another vitrine's is
 * known by the selection that it has had for a while. A press of a hand on a window of ours shows
 * that nobody holds the pointer, which every lock screen does, or a key that nobody holds the
 * keyboard: the windows that there are then are none. Neither counts at once: a lock screen has its
 * window before it has the two.
 *
 * Any program can map such a window, as screenshot tools do to pick a part: control ends, too.
 */
#include "broker/display.h"
#include "broker/place.h"
#include "broker/reply.h"
#include "lib/loop.h"

#include <string.h>
#include <xcb/xinput.h>

#define EDGE 4          /* pixels that it may leave on each side: xsecurelock's leaves one */
#define KEY_MS 1500     /* in which a lock screen has taken the keyboard */
#define BUTTON_MS 2000  /* ... the pointer */
#define BUTTONS 3       /* those that are pressed; above are turns of a wheel */
#define VITRINE_MS 2000 /* in which a lock screen that has begun maps its window */
#define CLIENT_BITS 0x1fffffffu /* X11: the top three bits of a client's identifiers are zero */

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

/* With that many at once, their going says nothing: only a hand does. */
static void remember(struct display *d, xcb_window_t window)
{
    for (unsigned i = 0; i < d->lock.n_covers; i++)
        if (d->lock.cover[i] == window)
            return;
    d->lock.covered_ms = loop_now_ms();
    if (d->lock.n_covers < DISPLAY_COVERS)
        d->lock.cover[d->lock.n_covers++] = window;
    else
        d->lock.more_covers = true;
    display_lock_tell(d);
}

/* --- clients whose windows are none */

static bool is_of(const struct display *d, const struct display_client *c, xcb_window_t window)
{
    return c->window != XCB_NONE && display_client_of(d, c->window) == display_client_of(d, window);
}

static bool is_other_vitrine(const struct display *d, xcb_window_t window)
{
    return is_of(d, &d->lock.vitrine, window) &&
           loop_now_ms() >= d->lock.vitrine.since_ms + VITRINE_MS;
}

static void forget_managers(struct display *d)
{
    for (unsigned i = d->lock.n_covers; i-- > 0;)
        if (is_of(d, &d->lock.manager, d->lock.cover[i]))
            forget(d, d->lock.cover[i]);
}

static void answer(struct display_client *c, xcb_window_t window, bool there)
{
    if (c->asked != window)
        return;
    *c = (struct display_client){there ? window : XCB_NONE, XCB_NONE, loop_now_ms()};
}

static void on_tree(void *ctx, uint32_t window, const void *reply)
{
    struct display *d = ctx;
    const xcb_query_tree_reply_t *r = reply;
    bool there = r && r->parent == d->root;
    answer(&d->lock.manager, window, there);
    answer(&d->lock.vitrine, window, there);
    forget_managers(d);
}

/* On the root, because the server tells of what goes from there. */
static void learn(struct display *d, struct display_client *c, xcb_window_t window)
{
    *c = (struct display_client){.asked = window};
    if (window != XCB_NONE)
        display_later(d, xcb_query_tree(d->x, window).sequence, on_tree, d, window);
}

static void gone(struct display_client *c, xcb_window_t window)
{
    if (c->window == window || c->asked == window)
        *c = (struct display_client){0};
}

void display_covered_vitrine(struct display *d, xcb_window_t window)
{
    learn(d, &d->lock.vitrine, window);
}

static unsigned ask_check(struct display *d, xcb_window_t window)
{
    return xcb_get_property(d->x, 0, window, d->atom[ATOM_NET_SUPPORTING_WM_CHECK], XCB_ATOM_WINDOW,
                            0, 1)
        .sequence;
}

/* What a manager that died has left on the root names none of that name. */
static void on_own_check(void *ctx, uint32_t window, const void *reply)
{
    struct display *d = ctx;
    const uint32_t *check;
    if (reply_numbers(reply, &check) > 0 && check[0] == window)
        learn(d, &d->lock.manager, window);
}

static void on_check(void *ctx, uint32_t tag, const void *reply)
{
    struct display *d = ctx;
    const uint32_t *check;
    (void)tag;
    if (reply_numbers(reply, &check) > 0)
        display_later(d, ask_check(d, check[0]), on_own_check, d, check[0]);
}

void display_covered_watch(struct display *d)
{
    display_later(d, ask_check(d, d->root), on_check, d, 0);
}

static void on_property(struct display *d, const xcb_property_notify_event_t *p)
{
    if (p->window == d->root && p->atom == d->atom[ATOM_NET_SUPPORTING_WM_CHECK] &&
        !d->others.controlled)
        display_covered_watch(d);
}

static void left(struct display *d, xcb_window_t window)
{
    gone(&d->lock.manager, window);
    gone(&d->lock.vitrine, window);
    forget(d, window);
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
    if (is_of(d, &d->lock.manager, window) || is_other_vitrine(d, window))
        return;
    remember(d, window);
    display_later(d, xcb_get_window_attributes(d->x, window).sequence, on_there, d, window);
}

static void look(struct display *d, xcb_window_t window)
{
    display_later(d, xcb_get_geometry(d->x, window).sequence, on_place, d, window);
}

static void on_mapped(struct display *d, const xcb_map_notify_event_t *m)
{
    if (m->override_redirect && !display_is_ours(d, m->window) && (m->window & ~CLIENT_BITS) == 0)
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
        left(d, g->window);
    else if (e->response_type == XCB_REPARENT_NOTIFY && r->event == d->root)
        left(d, r->window); /* if it lies there again, it is mapped again */
    else if (e->response_type == XCB_PROPERTY_NOTIFY)
        on_property(d, (const xcb_property_notify_event_t *)e);
}

static void is_none(struct display *d, uint16_t source, unsigned after_ms)
{
    if (loop_now_ms() < d->lock.covered_ms + after_ms ||
        origin_device_kind(&d->devices, source) != ORIGIN_DEVICE_PHYSICAL)
        return;
    d->lock.n_covers = 0;
    d->lock.more_covers = false;
    display_lock_tell(d);
}

void display_covered_key(struct display *d, uint16_t source)
{
    is_none(d, source, KEY_MS);
}

void display_covered_hand(struct display *d, uint16_t source, uint32_t button, bool others)
{
    if (button <= BUTTONS && !others)
        is_none(d, source, BUTTON_MS);
}
