/*
 * Other vitrines on the same X server. Runs in the broker. Two things are watched:
 *
 * Is another one there? Each takes the selection _VITRINE when it begins; whoever had it is told,
 * and who finds it taken knows. When its owner goes, the others take it again, so that a next one
 * finds it taken.
 *
 * Has there been remote control, of whichever vitrine? From then on no program's event may answer
 * anything here: it may come from an input worker, or from what a controller has left running. The
 * mark is a property of the first root window and stays as long as the X server lives. A controller
 * has a keyboard and may take it away; a vitrine that knows of it puts it back, the one that he
 * controls always among them.
 *
 * Which of them was used last? That one has the selection _VITRINE_USED: it has begun last, or had
 * the keyboard or a press last. A key that means all of them is for that one (windows_summon.c).
 *
 * Distrusts other X clients: those that take the selection or set the mark make pictures a little
 * slower, and mouse keys good for nothing. The selection may name any client's window:
 * broker/display_covered.c believes it late.
 */
#include "broker/display.h"
#include "broker/reply.h"

#include <xcb/xfixes.h>

static void tell(struct display *d)
{
    if (d->calls.others)
        d->calls.others(d->calls.ctx);
}

static void set_mark(struct display *d)
{
    const uint32_t yes = 1;
    xcb_change_property(d->x, XCB_PROP_MODE_REPLACE, d->others.first_root,
                        d->atom[ATOM_VITRINE_CONTROLLED], XCB_ATOM_CARDINAL, 32, 1, &yes);
}

void display_mark_controlled(struct display *d)
{
    d->others.controlled = true;
    set_mark(d);
    display_flush(d);
}

static void learn_mark(struct display *d)
{
    if (d->others.controlled)
        return;
    d->others.controlled = true;
    tell(d);
}

static void learn_other(struct display *d)
{
    if (d->others.there)
        return;
    d->others.there = true;
    tell(d);
}

static void on_mark(void *ctx, uint32_t tag, const void *reply)
{
    const xcb_get_property_reply_t *r = reply;
    (void)tag;
    if (r && r->type != XCB_NONE)
        learn_mark(ctx);
}

static void on_owner(void *ctx, uint32_t tag, const void *reply)
{
    const xcb_get_selection_owner_reply_t *r = reply;
    (void)tag;
    if (!r || r->owner == XCB_NONE)
        return;
    learn_other(ctx);
    display_covered_vitrine(ctx, r->owner);
}

static void take_selection(struct display *d)
{
    xcb_set_selection_owner(d->x, d->others.window, d->atom[ATOM_VITRINE], XCB_CURRENT_TIME);
}

void display_others_use(struct display *d)
{
    if (d->others.used)
        return;
    d->others.used = true;
    xcb_set_selection_owner(d->x, d->others.window, d->atom[ATOM_VITRINE_USED], XCB_CURRENT_TIME);
}

static void ask_mark(struct display *d)
{
    display_later(d,
                  xcb_get_property(d->x, 0, d->others.first_root, d->atom[ATOM_VITRINE_CONTROLLED],
                                   XCB_GET_PROPERTY_TYPE_ANY, 0, 1)
                      .sequence,
                  on_mark, d, 0);
}

/* First to be told of changes, then what is: nothing falls between. */
void display_others_watch(struct display *d)
{
    const uint32_t mask = XCB_EVENT_MASK_PROPERTY_CHANGE;
    d->others.first_root = xcb_setup_roots_iterator(xcb_get_setup(d->x)).data->root;
    if (d->others.first_root != d->root)
        xcb_change_window_attributes(d->x, d->others.first_root, XCB_CW_EVENT_MASK, &mask);
    ask_mark(d);
    d->others.window = xcb_generate_id(d->x);
    xcb_create_window(d->x, 0, d->others.window, d->root, -1, -1, 1, 1, 0,
                      XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, 0, NULL);
    xcb_xfixes_select_selection_input(d->x, d->root, d->atom[ATOM_VITRINE],
                                      XCB_XFIXES_SELECTION_EVENT_MASK_SET_SELECTION_OWNER |
                                          XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_WINDOW_DESTROY |
                                          XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_CLIENT_CLOSE);
    display_later(d, xcb_get_selection_owner(d->x, d->atom[ATOM_VITRINE]).sequence, on_owner, d, 0);
    take_selection(d);
    display_others_use(d);
}

static void on_selection(struct display *d, const xcb_xfixes_selection_notify_event_t *e)
{
    if (e->selection != d->atom[ATOM_VITRINE] || e->owner == d->others.window)
        return;
    if (e->owner == XCB_NONE) {
        take_selection(d);
        return;
    }
    learn_other(d);
    display_covered_vitrine(d, e->owner);
}

static bool on_property(struct display *d, const xcb_property_notify_event_t *e)
{
    if (e->window != d->others.first_root || e->atom != d->atom[ATOM_VITRINE_CONTROLLED])
        return false;
    if (e->state == XCB_PROPERTY_NEW_VALUE)
        learn_mark(d);
    else if (d->others.controlled)
        set_mark(d);
    return true;
}

/* What comes to a selection's owner: that it is none any more is told above; there is nothing to be
   had from it. */
static bool is_about_ours(struct display *d, const xcb_generic_event_t *e)
{
    const xcb_selection_clear_event_t *clear = (const xcb_selection_clear_event_t *)e;
    const xcb_selection_request_event_t *request = (const xcb_selection_request_event_t *)e;
    xcb_atom_t selection = e->response_type == XCB_SELECTION_CLEAR     ? clear->selection
                           : e->response_type == XCB_SELECTION_REQUEST ? request->selection
                                                                       : XCB_NONE;
    if (selection == d->atom[ATOM_VITRINE_USED] && e->response_type == XCB_SELECTION_CLEAR)
        d->others.used = false;
    return selection == d->atom[ATOM_VITRINE] || selection == d->atom[ATOM_VITRINE_USED];
}

bool display_others_event(struct display *d, const xcb_generic_event_t *e)
{
    if (e->response_type == d->xfixes_event + XCB_XFIXES_SELECTION_NOTIFY) {
        on_selection(d, (const xcb_xfixes_selection_notify_event_t *)e);
        return true;
    }
    if (e->response_type == XCB_PROPERTY_NOTIFY)
        return on_property(d, (const xcb_property_notify_event_t *)e);
    return is_about_ours(d, e);
}
