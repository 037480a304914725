/*
 * What is shared, where it is, and whether it is still there; runs in the broker. Distrusts the
 * shared window's program: the window may move, vanish or be hidden at any time, and then the heart
 * hears so; where it is said to be is only where the border goes.
 */
#include "broker/windows_parts.h"

#include "broker/place.h"
#include <stdlib.h>
#include <string.h>
#include <xcb/shape.h>

static struct ui_rect screen_of(const struct windows *w)
{
    return (struct ui_rect){0, 0, w->d->width, w->d->height};
}

static bool same_rect(const struct ui_rect *a, const struct ui_rect *b)
{
    return a->x == b->x && a->y == b->y && a->w == b->w && a->h == b->h;
}

static bool is_monitor(const struct windows *w, const struct ui_rect *area)
{
    for (unsigned i = 0; i < w->d->n_monitors; i++)
        if (same_rect(area, &w->d->monitor[i]))
            return true;
    return false;
}

enum ui_monitor shared_monitor(const struct windows *w, const struct ui_rect *area)
{
    for (unsigned i = 0; i < w->d->n_monitors; i++)
        if (same_rect(area, &w->d->monitor[i]))
            return place_monitor(w->d->monitor, w->d->n_monitors, i);
    return UI_MONITOR_NONE;
}

/* More than three quarters of one: who may not show a whole screen may not show nearly all of it.
 */
static bool is_most_of_a_monitor(const struct windows *w, const struct ui_rect *area)
{
    for (unsigned i = 0; i < w->d->n_monitors; i++) {
        const struct ui_rect *m = &w->d->monitor[i];
        if (place_overlap(area, m) * 4 > (int64_t)m->w * m->h * 3)
            return true;
    }
    return false;
}

uint8_t shared_code(const struct windows *w, const struct share_choice *what)
{
    enum { WHOLE, WINDOW, PART, MONITOR, MOST }; /* enum session_what */
    struct ui_rect screen = screen_of(w);
    if (what->what == UI_WHAT_WINDOW)
        return WINDOW;
    if (what->what == UI_WHAT_WHOLE || same_rect(&what->area, &screen))
        return WHOLE;
    if (is_monitor(w, &what->area))
        return MONITOR;
    return is_most_of_a_monitor(w, &what->area) ? MOST : PART;
}

struct share_choice windows_choice(const struct windows *w)
{
    struct share_choice c = w->shared;
    if (c.what == UI_WHAT_WHOLE)
        c.area = screen_of(w);
    return c;
}

struct ui_rect windows_shared_area(const struct windows *w)
{
    return windows_choice(w).area;
}

/* Around a part or a window, so that nothing of it is hidden; the whole screen has no outside. */
struct ui_rect shared_border(const struct windows *w, int width)
{
    struct ui_rect area = windows_shared_area(w), screen = screen_of(w);
    if (same_rect(&area, &screen))
        return area;
    return (struct ui_rect){area.x - width, area.y - width, area.w + 2 * width, area.h + 2 * width};
}

struct ui_rect shared_bar(struct windows *w, const struct pane *bar)
{
    const struct ui_layout *l = view_layout(&bar->view, w->model);
    struct ui_rect area = windows_shared_area(w);
    struct ui_rect m = w->shared.what == UI_WHAT_WHOLE
                           ? display_monitor_at(w->d, w->d->pointer_x, w->d->pointer_y)
                           : display_monitor_at(w->d, area.x + area.w / 2, area.y + area.h / 2);
    int width = ui_px(l->w, w->scale), height = ui_px(l->h, w->scale);
    if (bar->win.mapped) /* another face: the owner may have moved it */
        return windows_bar_place(w, width, height);
    return (struct ui_rect){m.x + (m.w - width) / 2, m.y, width, height};
}

/* --- following a window --- */

static void follow(struct windows *w);

static bool is_current(const struct windows *w, uint32_t round)
{
    return w->shared.what == UI_WHAT_WINDOW && round == w->shared_round;
}

static void show_border(struct windows *w)
{
    if (!w->bar_on)
        return;
    windows_border(w);
    display_flush(w->d);
}

static void on_origin(void *ctx, uint32_t tag, const void *reply)
{
    struct windows *w = ctx;
    const xcb_translate_coordinates_reply_t *r = reply;
    if (!is_current(w, tag))
        return;
    bool again = w->shared_again;
    w->shared_asking = w->shared_again = false;
    struct ui_rect now = w->shared_size;
    if (r) {
        now.x = r->dst_x;
        now.y = r->dst_y;
    }
    if (r && !same_rect(&now, &w->shared.area)) {
        w->shared.area = now;
        show_border(w);
    }
    if (again)
        follow(w);
}

static void on_size(void *ctx, uint32_t tag, const void *reply)
{
    struct windows *w = ctx;
    const xcb_get_geometry_reply_t *r = reply;
    if (!r || !is_current(w, tag))
        return;
    w->shared_size.w = r->width;
    w->shared_size.h = r->height;
}

static void gone(struct windows *w)
{
    if (w->calls.target_gone)
        w->calls.target_gone(w->calls.ctx);
}

/* A rectangle stays where it is: it may be another kind of thing now, or another monitor's. */
void shared_screen_changed(struct windows *w)
{
    if (w->shared.what == UI_WHAT_PART && shared_code(w, &w->shared) != w->shared_as)
        gone(w);
}

static void on_attributes(void *ctx, uint32_t tag, const void *reply)
{
    struct windows *w = ctx;
    const xcb_get_window_attributes_reply_t *r = reply;
    if (is_current(w, tag) && (!r || r->map_state != XCB_MAP_STATE_VIEWABLE))
        gone(w);
}

/* Beside its shape a window's pixmap holds what is not its own: such a window is not shared. */
static void on_shape(void *ctx, uint32_t tag, const void *reply)
{
    struct windows *w = ctx;
    const xcb_shape_query_extents_reply_t *r = reply;
    if (is_current(w, tag) && (!r || r->bounding_shaped))
        gone(w);
}

static void watch_shape(struct windows *w, bool on)
{
    xcb_connection_t *x = w->d->x;
    uint32_t id = w->shared.window;
    if (w->d->major.shape == 0 || w->shared.what != UI_WHAT_WINDOW)
        return;
    xcb_shape_select_input(x, id, on);
    if (on)
        display_later(w->d, xcb_shape_query_extents(x, id).sequence, on_shape, w, w->shared_round);
}

static void follow(struct windows *w)
{
    xcb_connection_t *x = w->d->x;
    uint32_t id = w->shared.window, round = w->shared_round;
    w->shared_again = w->shared_asking; /* one question at a time: it may be on a long way */
    if (w->shared_asking)
        return;
    w->shared_asking = true;
    w->shared_size = w->shared.area;
    display_later(w->d, xcb_get_window_attributes(x, id).sequence, on_attributes, w, round);
    display_later(w->d, xcb_get_geometry(x, id).sequence, on_size, w, round);
    display_later(w->d, xcb_translate_coordinates(x, id, w->d->root, 0, 0).sequence, on_origin, w,
                  round);
    display_flush(w->d);
}

static void select_events(struct windows *w, uint32_t mask)
{
    if (w->shared.what == UI_WHAT_WINDOW)
        xcb_change_window_attributes(w->d->x, w->shared.window, XCB_CW_EVENT_MASK, &mask);
}

void shared_forget(struct windows *w)
{
    select_events(w, 0);
    watch_shape(w, false);
    if (w->shared.what == UI_WHAT_WINDOW)
        windows_above_again(w); /* the panel may have been put into that one */
    w->shared = (struct share_choice){0};
    never_forget(w);
    w->shared_asking = w->shared_again = false;
    w->shared_round++;
}

bool shared_begin(struct windows *w, const struct share_choice *what)
{
    shared_forget(w);
    if (what->what == UI_WHAT_WINDOW &&
        (what->window == w->d->root || windows_own(w, what->window)))
        return false;
    if (!never_share(w, what))
        return false;
    w->shared = *what;
    w->shared_as = shared_code(w, what);
    if (what->what != UI_WHAT_WINDOW)
        return true;
    select_events(w, XCB_EVENT_MASK_STRUCTURE_NOTIFY);
    watch_shape(w, true);
    follow(w); /* it may have moved, or gone, since it was picked */
    return true;
}

bool shared_event(struct windows *w, const xcb_generic_event_t *e)
{
    const xcb_unmap_notify_event_t *u = (const xcb_unmap_notify_event_t *)e;
    const xcb_destroy_notify_event_t *d = (const xcb_destroy_notify_event_t *)e;
    const xcb_configure_notify_event_t *c = (const xcb_configure_notify_event_t *)e;
    const xcb_shape_notify_event_t *s = (const xcb_shape_notify_event_t *)e;
    if (w->shared.what != UI_WHAT_WINDOW)
        return false;
    if (w->d->major.shape && e->response_type == w->d->shape_event) {
        if (s->affected_window == w->shared.window && s->shape_kind == XCB_SHAPE_SK_BOUNDING &&
            s->shaped)
            gone(w);
        return true;
    }
    switch (e->response_type) {
    case XCB_UNMAP_NOTIFY:
        if (u->window == w->shared.window)
            gone(w);
        break;
    case XCB_DESTROY_NOTIFY:
        if (d->window == w->shared.window)
            gone(w);
        break;
    case XCB_CONFIGURE_NOTIFY: /* of the window, or of some frame: perhaps its own */
        if (!windows_own(w, c->window))
            follow(w);
        break;
    case XCB_REPARENT_NOTIFY:
        follow(w);
        break;
    default:
        break;
    }
    return false; /* others may want to know as well */
}
