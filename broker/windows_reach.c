/*
 * Is what lies at a place of the screen, or has the keyboard, out of a controller's reach? That are
 * vitrine's own windows and those that are never shown; and for keys, where one monitor is shared,
 * what lies mostly outside it, unless it is most of what is shared and the controller's own pointer
 * is on it: nobody types into what they cannot see. Runs in the broker. Another
 * program's window may lie above one of ours: only the X server knows who is seen there (a window's
 * visibility does not say it where a compositor runs: all are whole then). It is asked without
 * waiting, from the root down, because a window manager may have put ours into windows of its own.
 * Distrusts other X clients: what they make the server say can let a press through to themselves,
 * or lose it, and nothing else.
 */
#include "broker/place.h"
#include "broker/windows_parts.h"

#define DEEPEST 32 /* windows in one another; old toolkits make many */

enum windows_reach windows_reach(const struct windows *w, int x, int y)
{
    enum windows_reach found = w->shades ? REACH_UNKNOWN : REACH_FREE;
    for (unsigned n = 0; n < PANES; n++) {
        const struct window *win = &w->pane[n].win;
        if (!win->mapped || !place_inside(win->at, x, y))
            continue;
        if (win->style == WINDOW_ON_TOP)
            return REACH_OURS;
        found = REACH_UNKNOWN;
    }
    /* Too many questions wait, as while somebody holds the X server: what cannot be told is not to
       be reached. */
    return found == REACH_UNKNOWN && w->d->later_n == DISPLAY_LATER ? REACH_OURS : found;
}

static void on_child(void *ctx, uint32_t tag, const void *reply);

static void ask_inside(struct windows *w, xcb_window_t window)
{
    struct reach *r = &w->reach;
    const xcb_translate_coordinates_cookie_t asked =
        xcb_translate_coordinates(w->d->x, w->d->root, window, r->x, r->y);
    r->depth++;
    display_later(w->d, asked.sequence, on_child, w, r->serial);
}

static void tell(struct reach *r, bool ours)
{
    windows_reach_fn told = r->told;
    r->told = NULL;
    told(r->ctx, ours);
}

/* A child of the root that is never shown; what is not known yet is not shown either. */
static bool is_hidden(const struct windows *w, xcb_window_t top)
{
    return w->shades && shade_of(w->shade, top) != SHADE_CLEAR;
}

/* No answer: that window has gone meanwhile. */
static void on_child(void *ctx, uint32_t tag, const void *reply)
{
    const xcb_translate_coordinates_reply_t *child = reply;
    struct windows *w = ctx;
    struct reach *r = &w->reach;
    if (tag != r->serial || r->told == NULL)
        return;
    if (child == NULL || r->depth == DEEPEST || windows_own(w, child->child))
        tell(r, true);
    else if (child->child == XCB_NONE)
        tell(r, false);
    else if (r->depth == 1 && is_hidden(w, child->child))
        tell(r, true);
    else
        ask_inside(w, child->child);
}

void windows_ask_reach(struct windows *w, int x, int y, windows_reach_fn told, void *ctx)
{
    w->reach = (struct reach){
        .serial = w->reach.serial + 1, .x = (int16_t)x, .y = (int16_t)y, .told = told, .ctx = ctx};
    ask_inside(w, w->d->root);
}

void windows_forget_reach(struct windows *w)
{
    w->reach.told = NULL;
}

/* --- who has the keyboard --- */

static bool shares_everything(const struct windows *w)
{
    struct ui_rect area = windows_shared_area(w);
    return area.x <= 0 && area.y <= 0 && area.w >= w->d->width && area.h >= w->d->height;
}

enum windows_reach windows_key_reach(const struct windows *w)
{
    if (!w->shades && shares_everything(w))
        return REACH_FREE;
    return w->d->later_n == DISPLAY_LATER ? REACH_OURS : REACH_UNKNOWN;
}

/* It lies mostly in what is shared. */
static bool is_mostly_shared(const struct windows *w, struct ui_rect r)
{
    struct ui_rect area = windows_shared_area(w);
    return place_overlap(&area, &r) * 2 >= (int64_t)r.w * r.h;
}

/* It is most of what is shared, as one that is maximised over several monitors. */
static bool is_most_of_shared(const struct windows *w, struct ui_rect r)
{
    struct ui_rect area = windows_shared_area(w);
    return place_overlap(&area, &r) * 2 >= (int64_t)area.w * area.h;
}

/* Is it seen where the controller's own pointer is? */
static void on_top_there(void *ctx, uint32_t tag, const void *reply)
{
    const xcb_translate_coordinates_reply_t *child = reply;
    struct windows *w = ctx;
    struct reach *r = &w->reach;
    if (tag == r->serial && r->told != NULL)
        tell(r, child == NULL || child->child != r->at);
}

static void ask_top_there(struct windows *w)
{
    const struct reach *r = &w->reach;
    display_later(w->d,
                  xcb_translate_coordinates(w->d->x, w->d->root, w->d->root, r->x, r->y).sequence,
                  on_top_there, w, r->serial);
}

static void on_place(void *ctx, uint32_t tag, const void *reply)
{
    const xcb_get_geometry_reply_t *g = reply;
    struct windows *w = ctx;
    struct reach *r = &w->reach;
    if (tag != r->serial || r->told == NULL)
        return;
    if (g == NULL || is_hidden(w, r->at)) {
        tell(r, true);
        return;
    }
    const struct ui_rect place = {g->x, g->y, g->width + 2 * g->border_width,
                                  g->height + 2 * g->border_width};
    if (is_mostly_shared(w, place))
        tell(r, false);
    else if (r->pointed && is_most_of_shared(w, place))
        ask_top_there(w);
    else
        tell(r, true);
}

static void ask_place(struct windows *w, xcb_window_t top)
{
    w->reach.at = top;
    display_later(w->d, xcb_get_geometry(w->d->x, top).sequence, on_place, w, w->reach.serial);
}

static void on_parent(void *ctx, uint32_t tag, const void *reply);

static void ask_parent(struct windows *w, xcb_window_t window)
{
    struct reach *r = &w->reach;
    r->at = window;
    r->depth++;
    display_later(w->d, xcb_query_tree(w->d->x, window).sequence, on_parent, w, r->serial);
}

static void on_parent(void *ctx, uint32_t tag, const void *reply)
{
    const xcb_query_tree_reply_t *t = reply;
    struct windows *w = ctx;
    struct reach *r = &w->reach;
    if (tag != r->serial || r->told == NULL)
        return;
    if (t == NULL || r->depth == DEEPEST || windows_own(w, r->at))
        tell(r, true);
    else if (t->parent == w->d->root)
        ask_place(w, r->at);
    else if (t->parent == XCB_NONE) /* the root itself: keys for the desktop */
        tell(r, false);
    else
        ask_parent(w, t->parent);
}

static void on_under_pointer(void *ctx, uint32_t tag, const void *reply)
{
    const xcb_query_pointer_reply_t *p = reply;
    struct windows *w = ctx;
    struct reach *r = &w->reach;
    if (tag != r->serial || r->told == NULL)
        return;
    if (p == NULL || p->child == XCB_NONE)
        tell(r, p == NULL);
    else
        ask_parent(w, p->child);
}

static void on_focus(void *ctx, uint32_t tag, const void *reply)
{
    const xcb_get_input_focus_reply_t *f = reply;
    struct windows *w = ctx;
    struct reach *r = &w->reach;
    if (tag != r->serial || r->told == NULL)
        return;
    if (f == NULL || f->focus == XCB_INPUT_FOCUS_NONE) {
        tell(r, f == NULL);
    } else if (f->focus == XCB_INPUT_FOCUS_POINTER_ROOT) {
        display_later(w->d, xcb_query_pointer(w->d->x, w->d->root).sequence, on_under_pointer, w,
                      r->serial);
    } else {
        ask_parent(w, f->focus);
    }
}

void windows_ask_key_reach(struct windows *w, bool pointed, int x, int y, windows_reach_fn told,
                           void *ctx)
{
    w->reach = (struct reach){.serial = w->reach.serial + 1,
                              .pointed = pointed,
                              .x = (int16_t)x,
                              .y = (int16_t)y,
                              .told = told,
                              .ctx = ctx};
    display_later(w->d, xcb_get_input_focus(w->d->x).sequence, on_focus, w, w->reach.serial);
}
