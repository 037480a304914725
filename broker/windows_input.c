/*
 * X events to the windows they are about. Runs in the broker. Distrusts every other X client: input
 * counts only as XI2 events (which nobody can forge with SendEvent), and only when the judge says
 * so; core input events are never selected and never looked at.
 */
#include "broker/place.h"
#include "broker/reply.h"
#include "broker/windows_parts.h"

#include "lib/loop.h"
#include <string.h>

#define ACTIVE_MS 1000
#define RAISES_A_SECOND 5 /* against somebody else who also wants to be on top */

struct pane *windows_pane_with(struct windows *w, uint32_t id)
{
    for (unsigned n = 0; n < PANES; n++)
        if (w->pane[n].win.id == id)
            return &w->pane[n];
    return NULL;
}

static struct pane *pane_of(struct windows *w, xcb_window_t id)
{
    return id == w->cover.win.id ? &w->pane[PANE_DIALOG] : windows_pane_with(w, id);
}

/* --- input */

static void tell_active(struct windows *w, uint16_t source)
{
    uint64_t now = loop_now_ms();
    if (origin_device_kind(&w->d->devices, source) != ORIGIN_DEVICE_PHYSICAL ||
        now < w->active_told_ms + ACTIVE_MS)
        return;
    w->active_told_ms = now;
    if (w->calls.owner_active)
        w->calls.owner_active(w->calls.ctx);
}

static void tell_moved(struct windows *w)
{
    uint64_t now = loop_now_ms();
    if (now < w->moved_told_ms + CURSOR_TOLD_MS)
        return;
    w->moved_told_ms = now;
    if (w->calls.pointer_moved)
        w->calls.pointer_moved(w->calls.ctx);
}

static void on_raw(struct windows *w, const xcb_input_raw_key_press_event_t *e,
                   enum origin_what what)
{
    tell_active(w, e->sourceid);
    if (what == ORIGIN_RAW_MOTION)
        tell_moved(w);
    bool physical = origin_device_kind(&w->d->devices, e->sourceid) == ORIGIN_DEVICE_PHYSICAL;
    if (w->calls.owner_hand && physical)
        w->calls.owner_hand(w->calls.ctx);
    if (w->calls.injected && !physical && what != ORIGIN_RAW_MOTION)
        w->calls.injected(w->calls.ctx);
    for (unsigned n = 0; n < PANES; n++)
        if (w->pane[n].live)
            windows_judge(&w->pane[n], (struct origin_event){
                                           .what = what, .source = e->sourceid, .time = e->time});
    if (e->event_type == XCB_INPUT_RAW_KEY_PRESS || e->event_type == XCB_INPUT_RAW_KEY_RELEASE)
        windows_summon_key(w, e);
}

/* Grabs, our own among them, come with focus events of their own kind, and so does a focus that
   merely follows the pointer: neither says that we won or lost it. */
static bool is_real_focus(const xcb_input_focus_in_event_t *e)
{
    return e->mode != XCB_INPUT_NOTIFY_MODE_GRAB && e->mode != XCB_INPUT_NOTIFY_MODE_UNGRAB &&
           e->detail < XCB_INPUT_NOTIFY_DETAIL_POINTER;
}

/* From a window to its own picture: the keys still come to the window. */
static bool is_inside(const xcb_input_leave_event_t *e)
{
    return e->detail == XCB_INPUT_NOTIFY_DETAIL_INFERIOR;
}

/* Before this event. While one is, the server sends us the pointer's events, whoever wants them. */
static bool is_any_down(const device_event *e)
{
    const uint32_t *buttons = xcb_input_button_press_button_mask(e);
    uint32_t any = 0;
    for (unsigned i = 0; i < e->buttons_len; i++)
        any |= buttons[i];
    return any != 0;
}

static void on_xinput(struct windows *w, const xcb_ge_generic_event_t *g)
{
    const device_event *e = (const device_event *)g;
    const xcb_input_raw_key_press_event_t *raw = (const xcb_input_raw_key_press_event_t *)g;
    seen_expire(w);
    switch (g->event_type) {
    case XCB_INPUT_RAW_MOTION:
    case XCB_INPUT_RAW_TOUCH_BEGIN:
    case XCB_INPUT_RAW_TOUCH_UPDATE:
    case XCB_INPUT_RAW_TOUCH_END:
        on_raw(w, raw, ORIGIN_RAW_MOTION);
        return;
    case XCB_INPUT_RAW_KEY_PRESS:
    case XCB_INPUT_RAW_BUTTON_PRESS:
        on_raw(w, raw, ORIGIN_RAW_PRESS);
        return;
    case XCB_INPUT_RAW_KEY_RELEASE:
    case XCB_INPUT_RAW_BUTTON_RELEASE:
        on_raw(w, raw, ORIGIN_RAW_RELEASE);
        return;
    default:
        break;
    }
    if (e->event == w->pick.veil) {
        pick_input(w, e);
        return;
    }
    struct pane *p = pane_of(w, e->event);
    if (!p || !p->live)
        return;
    if (g->event_type == XCB_INPUT_BUTTON_PRESS)
        display_covered_hand(w->d, e->sourceid, e->detail, is_any_down(e));
    if (g->event_type == XCB_INPUT_KEY_PRESS && w->prompt.step == PROMPT_STEP_NONE)
        display_covered_key(w->d, e->sourceid); /* beside a dialog we hold the keyboard */
    switch (g->event_type) {
    case XCB_INPUT_MOTION:
    case XCB_INPUT_BUTTON_PRESS:
    case XCB_INPUT_BUTTON_RELEASE:
        windows_on_pointer(p, e);
        break;
    case XCB_INPUT_KEY_PRESS:
    case XCB_INPUT_KEY_RELEASE:
        windows_on_key(p, e);
        break;
    case XCB_INPUT_LEAVE:
        if (is_inside((const xcb_input_leave_event_t *)g))
            break;
        windows_hover(p, VIEW_NONE);
        if (p->which == PANE_MAIN)
            windows_pan_rest(w);
        if (p->follows)
            windows_on_focus(p, false);
        break;
    case XCB_INPUT_FOCUS_IN:
    case XCB_INPUT_FOCUS_OUT:
        if (is_real_focus((const xcb_input_focus_in_event_t *)g))
            windows_on_focus(p, g->event_type == XCB_INPUT_FOCUS_IN);
        else if (g->event_type == XCB_INPUT_FOCUS_OUT) {
            if (p->which == PANE_MAIN) /* whoever grabs the keyboard gets the releases as well */
                windows_steer_let_go(w);
            if (p->follows)
                windows_on_focus(p, false);
        }
        break;
    default:
        break;
    }
}

/* --- core events */

/* In somebody's window it is mapped, and seen where that is. */
static bool is_bar_taken(const struct windows *w)
{
    const struct window *bar = &w->pane[PANE_BAR].win;
    return (bar->mapped && window_is_taken(bar)) || border_is_taken(&w->border);
}

void windows_bar_changed(struct windows *w)
{
    bool taken = is_bar_taken(w);
    bool there = w->pane[PANE_BAR].win.mapped && border_is_mapped(&w->border) && !taken;
    if (!w->bar_on || (there == w->bar_told && !taken))
        return;
    w->bar_told = there;
    if (there && w->calls.bar_mapped)
        w->calls.bar_mapped(w->calls.ctx);
    if (!there && w->calls.bar_lost)
        w->calls.bar_lost(w->calls.ctx);
}

/* In somebody's window it may lie under others of theirs, however high it is. */
static void on_dialog(struct windows *w)
{
    const struct window *win = &w->pane[PANE_DIALOG].win;
    if (win->mapped && !window_is_taken(win))
        prompt_on_mapped(w);
    else if (win->wanted)
        prompt_on_taken(w);
}

static void on_mapped(struct pane *p, bool mapped)
{
    struct windows *w = p->w;
    if (mapped)
        origin_init(&p->judge, &w->d->devices, p->which == PANE_DIALOG, w->assistive,
                    loop_now_ms());
    if (mapped)
        shown_seen(p);
    shown_judge(p);
    p->judge.blocked = w->model->input_live;
    windows_tell(p);
    if (p->which == PANE_BAR)
        windows_bar_changed(w);
    if (p->which == PANE_DIALOG)
        on_dialog(w);
    if (mapped)
        summon_on_mapped(p);
    if (p->which == PANE_MAIN)
        hidden_tell(w);
}

/* Somebody has had it taken, or has stopped. */
static void on_taken(struct pane *p)
{
    windows_follow_seen(p);
    if (p->which == PANE_DIALOG && p->win.mapped && window_is_taken(&p->win))
        on_dialog(p->w);
    if (p->which == PANE_BAR)
        windows_bar_changed(p->w);
}

static void put_on_top(struct windows *w);

/* It has been put under other programs' windows; we only raise it. */
static bool is_lowered(const struct windows *w, const struct window *win,
                       const xcb_generic_event_t *e)
{
    const xcb_configure_notify_event_t *c = (const xcb_configure_notify_event_t *)e;
    return e->response_type == XCB_CONFIGURE_NOTIFY && win->mapped &&
           !windows_own(w, c->above_sibling);
}

static void on_window_event(struct pane *p, const xcb_generic_event_t *e, struct ui_rect before)
{
    struct ui_rect now = p->win.at;
    if (e->response_type == p->w->d->shape_event && p->w->d->major.shape) {
        on_taken(p);
        return;
    }
    switch (e->response_type & 0x7f) {
    case XCB_MAP_NOTIFY:
    case XCB_UNMAP_NOTIFY:
        on_mapped(p, p->win.mapped);
        break;
    case XCB_VISIBILITY_NOTIFY:
        windows_follow_seen(p);
        if (p->which == PANE_MAIN)
            hidden_tell(p->w);
        break;
    case XCB_CONFIGURE_NOTIFY:
        if (now.w != before.w || now.h != before.h)
            pane_resized(p);
        if (memcmp(&now, &before, sizeof now) != 0) {
            windows_feed(p, (struct origin_event){.what = ORIGIN_MOVED});
            windows_above_follow(p->w);
            windows_tell(p);
        } else if (p->which == PANE_BAR && is_lowered(p->w, &p->win, e)) {
            put_on_top(p->w);
        }
        if (window_is_taken(&p->win))
            on_taken(p);
        break;
    default:
        if ((e->response_type & 0x7f) == XCB_EXPOSE)
            shown_put_again(p);
        if (p->win.stale)
            pane_repaint(p); /* a page has become free */
        break;
    }
}

static bool pane_event(struct pane *p, const xcb_generic_event_t *e)
{
    struct ui_rect before = p->win.at;
    if (!window_event(&p->win, e))
        return false;
    on_window_event(p, e, before);
    return true;
}

static bool side_event(struct windows *w, const xcb_generic_event_t *e)
{
    for (unsigned i = 0; i < 4; i++)
        if (window_event(&w->border.side[i], e)) {
            if (i > 0 &&
                is_lowered(w, &w->border.side[i], e)) /* the first is raised over others' */
                put_on_top(w);
            windows_bar_changed(w);
            return true;
        }
    if (!window_event(&w->cover.win, e))
        return false;
    if (!w->cover.win.wanted)
        hidden_uncovered(w);
    return true;
}

bool windows_own(const struct windows *w, uint32_t id)
{
    uint32_t ids[MAX_OWN_WINDOWS];
    unsigned n = windows_ids(w, ids);
    while (n > 0)
        if (ids[--n] == id)
            return true;
    return false;
}

/* False: not again within this second. */
static bool raise_overlays(struct windows *w, uint64_t now)
{
    if (now >= w->raise_ms + 1000) {
        w->raise_ms = now;
        w->raises = 0;
    }
    if (w->raises++ >= RAISES_A_SECOND)
        return false;
    if (w->bar_on) {
        border_raise(&w->border);
        window_raise(&w->pane[PANE_BAR].win);
    }
    if (w->pick.what != UI_WHAT_WHOLE) {
        const uint32_t above = XCB_STACK_MODE_ABOVE;
        xcb_configure_window(w->d->x, w->pick.veil, XCB_CONFIG_WINDOW_STACK_MODE, &above);
        border_raise(&w->pick.outline);
    }
    if (w->prompt.step == PROMPT_STEP_UP && !w->prompt.in_panel) {
        window_raise(&w->cover.win);
        window_raise(&w->pane[PANE_DIALOG].win);
    }
    return true;
}

bool pane_is_clear(const struct pane *p)
{
    return p->win.visible && !window_is_taken(&p->win) && p->strangers == 0 && p->unknown == 0 &&
           !(p->which == PANE_DIALOG && p->w->buried);
}

static bool is_seen(const struct pane *p)
{
    return pane_is_clear(p) && (p->which == PANE_MAIN || seen_same(p));
}

void windows_follow_seen(struct pane *p)
{
    bool seen = is_seen(p);
    if (seen && !p->judge.seen) {
        shown_seen(p);
        windows_tell(p);
    }
    windows_feed(p, (struct origin_event){.what = seen ? ORIGIN_SEEN : ORIGIN_COVERED});
}

static void on_buried(void *ctx)
{
    struct windows *w = ctx;
    w->buried = !raise_overlays(w, loop_now_ms());
    windows_follow_seen(&w->pane[PANE_DIALOG]);
    display_flush(w->d);
}

/* When another second of raises has begun. */
static void raise_later(struct windows *w, uint64_t now)
{
    loop_set_timer(w->loop, (unsigned)(w->raise_ms + 1000 - now), on_buried, w);
}

/* Bar and border, which somebody has lowered; where that was too often, a little later. */
static void put_on_top(struct windows *w)
{
    uint64_t now = loop_now_ms();
    if (w->bar_on && !raise_overlays(w, now))
        raise_later(w, now);
}

/* Somebody else wanted more often to be on top than we do. Where windows are composited the server
   says of none that it is covered: what is known is who was put on top last. */
static void bury(struct windows *w, uint64_t now)
{
    w->buried = true;
    raise_later(w, now);
    if (w->prompt.step == PROMPT_STEP_UP && !w->prompt.in_panel)
        windows_follow_seen(&w->pane[PANE_DIALOG]);
}

void windows_buried_stop(struct windows *w)
{
    loop_clear_timer(w->loop, on_buried, w);
}

/* Where another window is now, it lies over the dialog or under it. */
static bool meets_dialog(const struct windows *w, const xcb_configure_notify_event_t *c)
{
    int32_t edge = 2 * c->border_width;
    struct ui_rect at = {c->x, c->y, c->width + edge, c->height + edge};
    return place_overlap(&at, &w->pane[PANE_DIALOG].win.at) > 0;
}

/* Somebody else's window was mapped, or put above one of ours that belongs on top. What only wants
   the top for itself, as another vitrine's bar does, covers no dialog beside it. */
static void on_foreign(struct windows *w, const xcb_generic_event_t *e)
{
    const xcb_map_notify_event_t *m = (const xcb_map_notify_event_t *)e;
    const xcb_configure_notify_event_t *c = (const xcb_configure_notify_event_t *)e;
    bool mapped =
        e->response_type == XCB_MAP_NOTIFY && m->event == w->d->root && !windows_own(w, m->window);
    bool placed = e->response_type == XCB_CONFIGURE_NOTIFY && c->event == w->d->root &&
                  !windows_own(w, c->window);
    bool meets = mapped || (placed && meets_dialog(w, c));
    bool above = placed && windows_own(w, c->above_sibling);
    if (w->raises > RAISES_A_SECOND) /* then it need not lie on ours directly */
        above = above || (placed && meets);
    if (!mapped && !above)
        return;
    uint64_t now = loop_now_ms();
    if (meets)
        prompt_on_covered(w, now);
    if (!raise_overlays(w, now) && meets)
        bury(w, now);
}

static void on_client_message(struct windows *w, const xcb_client_message_event_t *e)
{
    struct pane *p = pane_of(w, e->window);
    if (!p || !p->live)
        return;
    bool close = e->type == w->d->atom[ATOM_WM_PROTOCOLS] &&
                 e->data.data32[0] == w->d->atom[ATOM_WM_DELETE_WINDOW];
    if (close || p->which == PANE_DIALOG)
        windows_feed(p, (struct origin_event){.what = ORIGIN_CLOSE});
}

/* Another part of the picture is there. */
static void tell_moved_part(struct windows *w)
{
    if (!w->picture.moved)
        return;
    w->picture.moved = false;
    windows_tell(&w->pane[PANE_MAIN]);
}

void windows_on_event(void *ctx, const xcb_generic_event_t *e)
{
    struct windows *w = ctx;
    const xcb_ge_generic_event_t *g = (const xcb_ge_generic_event_t *)e;
    if (e->response_type == XCB_GE_GENERIC && g->extension == w->d->major.xinput) {
        if (reply_event_fits(g))
            on_xinput(w, g);
        return;
    }
    if ((e->response_type & 0x7f) == XCB_CLIENT_MESSAGE) {
        on_client_message(w, (const xcb_client_message_event_t *)e);
        return;
    }
    windows_above_event(w, e);
    if (windows_inside(w, e) || hidden_event(w, e))
        return;
    if (picture_event(&w->picture, e)) {
        tell_moved_part(w);
        return;
    }
    if (picture_event(&w->mirror, e) || clip_event(&w->clip, e))
        return;
    for (unsigned n = 0; n < PANES; n++)
        if (pane_event(&w->pane[n], e))
            return;
    if (!side_event(w, e) && !pick_event(w, e) && !shared_event(w, e))
        on_foreign(w, e);
}
