/*
 * Can the main window be seen at all? A question in it would be one to nobody. Runs in the broker;
 * distrusts window managers and other X clients: what they say too much makes a dialog of it.
 */
#include "broker/reply.h"
#include "broker/windows_parts.h"

#define STATES 32 /* of one window */

/* An error in the middle of a session takes the panel's place. Under our own cover it is as it was:
 * the dialog above is the question then. */
void hidden_tell(struct windows *w)
{
    const struct pane *p = &w->pane[PANE_MAIN];
    bool seen = p->win.mapped && !p->win.covered && !w->minimised && p->view.kind != UI_ERROR;
    if (w->cover.win.wanted || seen == w->main_seen)
        return;
    w->main_seen = seen;
    if (w->calls.shown)
        w->calls.shown(w->calls.ctx, seen);
}

static void on_settled(void *ctx, uint32_t tag, const void *reply)
{
    (void)tag;
    (void)reply;
    hidden_tell(ctx);
}

void hidden_uncovered(struct windows *w)
{
    display_ask_nothing(w->d, on_settled, w, 0);
}

/* Managers that composite leave what they minimise mapped. */
static void on_states(void *ctx, uint32_t tag, const void *reply)
{
    struct windows *w = ctx;
    const xcb_get_property_reply_t *r = reply;
    bool hidden = false;
    (void)tag;
    const xcb_atom_t *state;
    if (r && r->type == XCB_ATOM_ATOM)
        for (unsigned n = reply_numbers(r, &state); n > 0; n--)
            hidden |= state[n - 1] == w->d->atom[ATOM_NET_WM_STATE_HIDDEN];
    w->minimised = hidden;
    hidden_tell(w);
}

bool hidden_event(struct windows *w, const xcb_generic_event_t *e)
{
    const xcb_property_notify_event_t *p = (const xcb_property_notify_event_t *)e;
    xcb_window_t id = w->pane[PANE_MAIN].win.id;
    if (e->response_type != XCB_PROPERTY_NOTIFY || p->window != id ||
        p->atom != w->d->atom[ATOM_NET_WM_STATE])
        return false;
    display_later(
        w->d,
        xcb_get_property(w->d->x, 0, id, w->d->atom[ATOM_NET_WM_STATE], XCB_ATOM_ATOM, 0, STATES)
            .sequence,
        on_states, w, 0);
    return true;
}
