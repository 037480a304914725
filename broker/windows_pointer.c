/*
 * The pointer on our own windows: what it hits, hovers over, drags. Runs in the broker. Distrusts
 * every other X client: see windows_input.c.
 */
#include "broker/windows_parts.h"

#define GRIP 6 /* logical pixels of a resizable window's edge */

static int whole(xcb_input_fp1616_t v)
{
    return v >> 16;
}

static uint8_t hit(const struct pane *p, const device_event *e)
{
    if (!p->painted || e->event != p->win.id)
        return VIEW_NONE;
    return view_hit(&p->view, p->w->model, whole(e->event_x), whole(e->event_y));
}

/* Also what is off: it says why. */
static uint8_t under(const struct pane *p, const device_event *e)
{
    if (!p->painted || e->event != p->win.id)
        return VIEW_NONE;
    return view_under(&p->view, p->w->model, whole(e->event_x), whole(e->event_y));
}

void windows_hover(struct pane *p, uint8_t control)
{
    if (control == p->view.hover)
        return;
    p->view.hover = control;
    pane_repaint(p);
}

/* The window manager moves or resizes it from here on; our implicit grab of the pointer is in its
 * way. */
static void hand_to_manager(struct pane *p, const device_event *e, uint32_t direction)
{
    struct display *d = p->w->d;
    xcb_client_message_event_t m = {
        .response_type = XCB_CLIENT_MESSAGE,
        .format = 32,
        .window = p->win.id,
        .type = d->atom[ATOM_NET_WM_MOVERESIZE],
        .data.data32 = {(uint32_t)whole(e->root_x), (uint32_t)whole(e->root_y), direction, 1, 1}};
    xcb_input_xi_ungrab_device(d->x, e->time, e->deviceid);
    xcb_send_event(d->x, 0, d->root,
                   XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY,
                   (const char *)&m);
}

static void maybe_drag(struct pane *p, const device_event *e)
{
    enum { BOTTOM_RIGHT = 4, MOVE = 8 };
    int x = whole(e->event_x), y = whole(e->event_y), grip = ui_px(GRIP, p->view.scale);
    if (e->detail != 1 || p->win.style != WINDOW_MANAGED || e->event != p->win.id)
        return;
    if (view_layout(&p->view, p->w->model)->resizable && x >= p->win.at.w - grip &&
        y >= p->win.at.h - grip)
        hand_to_manager(p, e, BOTTOM_RIGHT);
    else if (view_is_header(&p->view, p->w->model, x, y))
        hand_to_manager(p, e, MOVE);
}

static void drag_bar(struct windows *w, const device_event *e)
{
    int x = whole(e->root_x), y = whole(e->root_y);
    windows_put_bar(w, display_monitor_at(w->d, x, y), x - w->bar_grip);
}

bool windows_by_somebody(const struct pane *p, uint16_t source)
{
    return p->judge.assistive_ok || windows_hand_of(p, source) == HAND_PHYSICAL;
}

/* Where no window manager gives the focus to what is clicked. */
static void take_focus(struct pane *p, const device_event *e)
{
    if (p->win.style == WINDOW_MANAGED && !p->view.focused && e->detail == 1)
        xcb_set_input_focus(p->w->d->x, XCB_INPUT_FOCUS_POINTER_ROOT, p->win.id, e->time);
}

static void on_press(struct pane *p, const device_event *e, struct origin_event o)
{
    if (windows_by_somebody(p, e->sourceid)) {
        display_others_use(p->w->d);
        take_focus(p, e);
    }
    if (o.target == ORIGIN_NO_TARGET && p->painted && windows_by_somebody(p, e->sourceid)) {
        maybe_drag(p, e);
        if (p->which == PANE_BAR && e->detail == 1)
            p->w->bar_grip = whole(e->event_x);
        windows_pan_press(p, e);
    }
    windows_feed(p, o);
}

static void on_motion(struct pane *p, const device_event *e, struct origin_event o)
{
    if (p->which == PANE_BAR && p->w->bar_grip >= 0 && windows_by_somebody(p, e->sourceid))
        drag_bar(p->w, e);
    windows_hover(p, under(p, e));
    windows_feed(p, o);
}

bool windows_have_keyboard(const struct windows *w)
{
    for (unsigned n = 0; n < PANES; n++)
        if (w->pane[n].live && w->pane[n].win.mapped && w->pane[n].view.focused)
            return true;
    return false;
}

void windows_on_pointer(struct pane *p, const device_event *e)
{
    if (windows_pan_drag(p, e) || windows_steer_pointer(p, e)) {
        p->w->d->time = e->time;
        return;
    }
    struct origin_event o = windows_aim(p, hit(p, e));
    o.source = e->sourceid;
    o.time = e->time;
    o.detail = e->detail;
    p->w->d->time = e->time;
    p->w->d->pointer_x = whole(e->root_x);
    p->w->d->pointer_y = whole(e->root_y);
    switch (e->event_type) {
    case XCB_INPUT_MOTION:
        o.what = ORIGIN_MOTION;
        on_motion(p, e, o);
        break;
    case XCB_INPUT_BUTTON_PRESS:
        o.what = ORIGIN_PRESS;
        on_press(p, e, o);
        break;
    default:
        o.what = ORIGIN_RELEASE;
        p->w->bar_grip = -1;
        windows_feed(p, o);
    }
}
