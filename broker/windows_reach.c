/*
 * Is what lies at a place of the screen vitrine's own, and so out of a controller's reach? Runs in
 * the broker. Another program's window may lie above one of ours: only the X server knows who is
 * seen there (a window's visibility does not say it where a compositor runs: all are whole then).
 * It is asked without waiting, from the root down, because a window manager may have put ours into
 * windows of its own. Distrusts other X clients: what they make the server say can let a press
 * through to themselves, or lose it, and nothing else.
 */
#include "broker/place.h"
#include "broker/windows_parts.h"

#define DEEPEST 32 /* windows in one another; old toolkits make many */

enum windows_reach windows_reach(const struct windows *w, int x, int y)
{
    enum windows_reach found = REACH_FREE;
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
