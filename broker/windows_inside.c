/*
 * What others put into our windows: any program of the same user may make or move a window into one
 * of them, where it hides what we say, and the server tells nobody that ours is covered. Runs in
 * the broker. Whatever is not ours is put out again; nothing is destroyed, it may be a person's.
 */
#include "broker/windows_parts.h"

#include "lib/loop.h"

#define INSIDE_MOST 10 /* windows of one dialog: after that it is a no */

/* The viewer's picture, the note above it and the mirror's, where and while they are shown. */
static bool belongs(const struct windows *w, const struct pane *p, xcb_window_t child)
{
    if (p->which == PANE_MIRROR)
        return child == w->mirror.id && w->mirror.mapped;
    if (p->which != PANE_MAIN)
        return false;
    return (child == w->picture.id && w->picture.mapped) || (child == w->note && w->note_mapped);
}

static bool is_inner(const struct windows *w, xcb_window_t id)
{
    return id == w->picture.id || id == w->mirror.id || id == w->note;
}

static void on_out(void *ctx, uint32_t tag, const void *reply);

/* One question at a time, however many come. By its answer the server has done all before it. */
static void ask_out(struct pane *p)
{
    p->asked_out = p->strangers;
    display_ask_nothing(p->w->d, on_out, p->w, p->which);
}

static void on_again(void *ctx)
{
    ask_out(ctx);
}

static void on_out(void *ctx, uint32_t tag, const void *reply)
{
    struct windows *w = ctx;
    struct pane *p = &w->pane[tag];
    if (!reply) { /* it may not have done any of it */
        loop_set_timer(w->loop, ASK_AGAIN_MS, on_again, p);
        return;
    }
    p->strangers -= p->asked_out;
    p->asked_out = 0;
    if (p->strangers > 0)
        ask_out(p);
    else
        windows_follow_seen(p);
}

/* An inner window of ours stays where it is: who maps it has it unmapped, no more. */
static void put_out(struct pane *p, xcb_window_t child)
{
    struct display *d = p->w->d;
    xcb_unmap_window(d->x, child);
    if (!is_inner(p->w, child))
        xcb_reparent_window(d->x, child, d->root, 0, 0);
    p->strangers++;
    windows_follow_seen(p);
    if (p->asked_out == 0)
        ask_out(p);
}

/* A window for input alone hides nothing: programs that hide a resting pointer put one there. */
static void on_class(void *ctx, uint32_t child, const void *reply)
{
    struct pane *p = ctx;
    struct windows *w = p->w;
    const xcb_get_window_attributes_reply_t *r = reply;
    p->unknown--;
    if (r && r->_class == XCB_WINDOW_CLASS_INPUT_ONLY) {
        windows_follow_seen(p);
        return;
    }
    put_out(p, child);
    if (p->which == PANE_DIALOG && w->prompt.step == PROMPT_STEP_UP &&
        ++w->prompt.strangers > INSIDE_MOST)
        prompt_answered(w, false, HAND_NONE, ORIGIN_WHY_COVERED);
}

static void on_stranger(struct pane *p, xcb_window_t child)
{
    struct display *d = p->w->d;
    p->unknown++;
    windows_follow_seen(p);
    display_later(d, xcb_get_window_attributes(d->x, child).sequence, on_class, p, child);
}

void windows_inside_stop(struct pane *p)
{
    loop_clear_timer(p->w->loop, on_again, p);
}

bool windows_inside(struct windows *w, const xcb_generic_event_t *e)
{
    const xcb_map_notify_event_t *m = (const xcb_map_notify_event_t *)e;
    bool mapped = e->response_type == XCB_MAP_NOTIFY && m->event != m->window;
    struct pane *p =
        mapped ? windows_pane_with(w, m->event) : NULL; /* until then it hides nothing */
    if (!p)
        return false;
    if (!belongs(w, p, m->window))
        on_stranger(p, m->window);
    return true;
}
