/*
 * Does another window lie over the one in which a question is asked? A dialog comes to the top
 * again; the panel is a window like others and stays where it is. Its visibility says nothing where
 * windows are composited: the server is asked, without waiting, who is met at places all over it,
 * and close to one another beside the answer. Runs in the broker. Distrusts other X clients; what
 * lets the pointer through, as a compositor's own window does, is not found so.
 */
#include "broker/windows_parts.h"

#define ACROSS 8 /* places in a row, and rows */
#define BESIDE 48
#define PLACES (ACROSS * ACROSS + BESIDE)
#define DEEPEST 16 /* windows in one another: frames of a window manager */

static void on_child(void *ctx, uint32_t tag, const void *reply);

static struct pane *asking(struct windows *w)
{
    struct pane *p = prompt_pane(w);
    return p && w->prompt.in_panel ? p : NULL;
}

static int part(int from, int size, unsigned i, unsigned of)
{
    return from + (int)(2 * i + 1) * size / (int)(2 * of);
}

static void ask_in(struct windows *w, const struct pane *p, xcb_window_t window)
{
    const unsigned i = w->above.place;
    const struct ui_rect at = p->win.at;
    int x = part(at.x, at.w, i % ACROSS, ACROSS), y = part(at.y, at.h, i / ACROSS, ACROSS);
    if (i >= ACROSS * ACROSS) {
        struct ui_rect yes = pane_root_rect(p, prompt_control(&w->prompt, true));
        x = part(at.x, at.w, i - ACROSS * ACROSS, BESIDE);
        y = yes.y + yes.h / 2;
    }
    display_later(
        w->d,
        xcb_translate_coordinates(w->d->x, w->d->root, window, (int16_t)x, (int16_t)y).sequence,
        on_child, w, 0);
    display_flush(w->d);
}

static void begin(struct windows *w, const struct pane *p)
{
    w->above = (struct above){.asking = true};
    ask_in(w, p, w->d->root);
}

static void conclude(struct windows *w, struct pane *p, bool covered)
{
    bool again = w->above.again;
    w->above.asking = false;
    if (p->overlaid != covered) {
        p->overlaid = covered;
        windows_follow_seen(p);
    }
    if (again)
        windows_above(w);
}

/* No answer: that window has gone meanwhile, and its going is told. */
static void on_child(void *ctx, uint32_t tag, const void *reply)
{
    const xcb_translate_coordinates_reply_t *r = reply;
    struct windows *w = ctx;
    struct above *a = &w->above;
    struct pane *p = asking(w);
    (void)tag;
    if (!p) {
        a->asking = false;
        return;
    }
    bool met = r && r->child == p->win.id;
    if (met && ++a->place < PLACES) {
        a->depth = 0;
        ask_in(w, p, w->d->root);
    } else if (met) {
        conclude(w, p, false);
    } else if (!r || r->child == XCB_NONE || windows_own(w, r->child) || ++a->depth > DEEPEST) {
        conclude(w, p, true);
    } else {
        ask_in(w, p, r->child);
    }
}

void windows_above(struct windows *w)
{
    const struct pane *p = asking(w);
    if (!p)
        return;
    if (w->above.asking)
        w->above.again = true;
    else
        begin(w, p);
}
