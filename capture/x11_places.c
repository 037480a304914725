/*
 * Where own windows are, so that they can be hidden; part of the X11 source of vitrine-capture.
 *
 * A window right on the root is asked for once, and then its events tell every change: they come in
 * order with the answers, so what was told before the pixels came is what was true when they were
 * read. A window with another parent (a window manager's frame) would have to be followed up to the
 * root; it is asked for with every picture, and its events are only a reason to take one. What a
 * client sends in an event's shape is no event.
 */
#include "capture/x11_parts.h"
#include <stdlib.h>
#include <string.h>

static struct x11_own *find_own(struct x11 *x, uint32_t id)
{
    for (size_t i = 0; i < x->n_windows; i++)
        if (x->windows[i].id == id)
            return &x->windows[i];
    return NULL;
}

void x11_places_set(struct x11 *x, const uint32_t *ids, size_t n)
{
    struct x11_own next[MAX_OWN_WINDOWS] = {{0}};
    n = n < MAX_OWN_WINDOWS ? n : MAX_OWN_WINDOWS;
    for (size_t i = 0; i < n; i++) {
        const struct x11_own *old = find_own(x, ids[i]);
        next[i] = old != NULL ? *old : (struct x11_own){.id = ids[i]};
    }
    memcpy(x->windows, next, sizeof next);
    x->n_windows = n;
}

/* --- asking --- */

static void ask_own(struct x11 *x, const struct x11_own *w, struct x11_asked_own *a)
{
    uint32_t events = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
    a->events = xcb_change_window_attributes_checked(x->c, w->id, XCB_CW_EVENT_MASK, &events);
    a->parent = xcb_query_tree(x->c, w->id);
    a->mapped = xcb_get_window_attributes(x->c, w->id);
    a->size = xcb_get_geometry(x->c, w->id);
    a->origin = xcb_translate_coordinates(x->c, w->id, x->area.root, 0, 0);
}

void x11_places_ask(struct x11 *x, struct x11_asked *a)
{
    a->root = xcb_get_geometry(x->c, x->area.root);
    a->n = 0;
    for (size_t i = 0; i < x->n_windows; i++) {
        x->windows[i].asked = !x->windows[i].told;
        if (x->windows[i].asked)
            ask_own(x, &x->windows[i], &a->windows[a->n++]);
    }
}

/* A window that is gone answers with errors: it is not seen. */
static void read_own(const struct x11 *x, const struct x11_asked_own *a, struct x11_own *w)
{
    xcb_generic_error_t *e[5] = {NULL};
    xcb_query_tree_reply_t *p = xcb_query_tree_reply(x->c, a->parent, &e[0]);
    xcb_get_window_attributes_reply_t *m = xcb_get_window_attributes_reply(x->c, a->mapped, &e[1]);
    xcb_get_geometry_reply_t *s = xcb_get_geometry_reply(x->c, a->size, &e[2]);
    xcb_translate_coordinates_reply_t *o = xcb_translate_coordinates_reply(x->c, a->origin, &e[3]);
    e[4] = xcb_request_check(x->c, a->events); /* answered already: nothing is waited for */
    w->seen = false;
    if (p != NULL && m != NULL && s != NULL && o != NULL && e[4] == NULL) {
        w->told = p->parent == x->area.root;
        w->seen = m->map_state == XCB_MAP_STATE_VIEWABLE;
        w->place =
            (struct source_rect){o->dst_x - s->border_width, o->dst_y - s->border_width,
                                 s->width + 2u * s->border_width, s->height + 2u * s->border_width};
    }
    free(p);
    free(m);
    free(s);
    free(o);
    for (int i = 0; i < 5; i++)
        free(e[i]);
}

static void read_again(const struct x11 *x, const struct source_rect *r, struct source_news *n)
{
    tile_set_add_rect(&n->damaged, x->place.w, x->place.h, (int64_t)r->x - x->place.x,
                      (int64_t)r->y - x->place.y, r->w, r->h);
}

/* Where it is no more there may be nothing damaged: it lay beneath another window. */
static void show_again(const struct x11 *x, const struct x11_own *was, const struct x11_own *now,
                       struct source_news *n)
{
    if (was->seen && (!now->seen || memcmp(&was->place, &now->place, sizeof was->place) != 0))
        read_again(x, &was->place, n);
}

bool x11_places_read(struct x11 *x, const struct x11_asked *a)
{
    xcb_generic_error_t *e = NULL;
    xcb_get_geometry_reply_t *root = xcb_get_geometry_reply(x->c, a->root, &e);
    for (size_t i = 0, k = 0; i < x->n_windows; i++) {
        struct x11_own was = x->windows[i];
        if (was.asked)
            read_own(x, &a->windows[k++], &x->windows[i]);
        show_again(x, &was, &x->windows[i], &x->missed);
    }
    if (root == NULL)
        return x11_fail_reply(x, e);
    x->seen_w = root->width;
    x->seen_h = root->height;
    free(root);
    return true;
}

/* --- being told --- */

static void on_configure(struct x11_own *w, const xcb_configure_notify_event_t *e)
{
    w->place = (struct source_rect){e->x, e->y, e->width + 2u * e->border_width,
                                    e->height + 2u * e->border_width};
}

/* Nobody tells what becomes of its frame. But a window manager that takes the frame off the screen
   unmaps the window in it as well (ICCCM 4.1.4): where it was is looked at once more, and the
   answers that come with the pixels say what is hidden there. */
static void on_framed(const struct x11 *x, const struct x11_own *w, struct source_news *n)
{
    if (w->seen)
        read_again(x, &w->place, n);
}

void x11_places_event(struct x11 *x, const xcb_generic_event_t *event, struct source_news *n)
{
    /* all of them have the window at the same place */
    const xcb_unmap_notify_event_t *e = (const xcb_unmap_notify_event_t *)event;
    struct x11_own *w;
    if (event->response_type < XCB_DESTROY_NOTIFY || event->response_type > XCB_GRAVITY_NOTIFY)
        return;
    w = find_own(x, e->window);
    if (w == NULL || w->asked) /* asked: the answer is newer */
        return;
    if (!w->told) {
        on_framed(x, w, n);
        return;
    }
    struct x11_own was = *w;
    switch (event->response_type) {
    case XCB_CONFIGURE_NOTIFY:
        on_configure(w, (const xcb_configure_notify_event_t *)event);
        break;
    case XCB_MAP_NOTIFY:
        w->seen = true;
        break;
    case XCB_UNMAP_NOTIFY:
        w->seen = false;
        break;
    default: /* destroyed, or it has another parent: asked for again */
        w->told = false;
    }
    show_again(x, &was, w, n);
}

bool x11_places_list(struct x11 *x, struct source_grab *out)
{
    bool known = true;
    out->n_hidden = 0;
    for (size_t i = 0; i < x->n_windows; i++) {
        struct x11_own *w = &x->windows[i];
        known = known && (w->told || w->asked);
        w->asked = false;
        if (w->seen)
            out->hidden[out->n_hidden++] = (struct source_rect){
                w->place.x - x->place.x, w->place.y - x->place.y, w->place.w, w->place.h};
    }
    return known;
}
