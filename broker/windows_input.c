/*
 * What happens to the windows: X events to judges, verdicts to actions. Runs in the broker.
 * Distrusts every other X client: input counts only as XI2 events (which nobody can forge with
 * SendEvent), and only when the judge says so; core input events are never selected and never
 * looked at.
 */
#include "broker/windows_parts.h"

#include "broker/keys.h"
#include "lib/loop.h"
#include <string.h>
#include <xcb/xinput.h>

#define GUARD_STEP_MS 50 /* the bar in the button moves in 20 steps */
#define ACTIVE_MS 1000
#define HINT_MS 5000
#define RAISES_A_SECOND 5 /* against somebody else who also wants to be on top */
#define GRIP 6            /* logical pixels of a resizable window's edge */
#define REPEAT 0x10000u   /* XIKeyRepeat */

typedef xcb_input_button_press_event_t device_event; /* keys, buttons, motion: one layout */

static void on_timer(void *ctx)
{
    windows_tick(ctx);
}

static struct pane *pane_of(struct windows *w, xcb_window_t id)
{
    for (unsigned n = 0; n < PANES; n++)
        if (w->pane[n].win.id == id)
            return &w->pane[n];
    return id == w->cover.win.id ? &w->pane[PANE_DIALOG] : NULL;
}

/* ------------------------------------------------------------------------------------ verdicts */
static enum windows_hand hand_of(const struct pane *p, uint16_t source)
{
    return origin_device_kind(&p->w->d->devices, source) == ORIGIN_DEVICE_PHYSICAL ? HAND_PHYSICAL
                                                                                   : HAND_SYNTHETIC;
}

static void show_hint(struct windows *w)
{
    uint64_t now = loop_now_ms();
    if (w->hint_told_ms != 0 && now < w->hint_told_ms + HINT_MS)
        return;
    w->hint_told_ms = now;
    if (w->calls.hint)
        w->calls.hint(w->calls.ctx);
}

static bool is_mine(struct windows *w, const struct view_press *press)
{
    return w->prompt.in_panel && w->prompt.step == PROMPT_STEP_UP && press->id == w->prompt.person;
}

/* Admit in the panel is the answer to the prompt that is up there, or nothing. */
static bool panel_answer(struct pane *p, const struct view_press *press, enum windows_hand hand)
{
    if (press->action == ACTION_ADMIT) {
        if (is_mine(p->w, press))
            prompt_answered(p->w, true, hand, ORIGIN_WHY_NONE);
        return true;
    }
    if (press->action == ACTION_REFUSE && is_mine(p->w, press)) {
        prompt_answered(p->w, false, hand, ORIGIN_WHY_NONE);
        return true;
    }
    return false;
}

void windows_act(struct pane *p, struct view_press press, enum windows_hand hand)
{
    struct windows *w = p->w;
    enum ui_window face = p->view.kind;
    if (press.minimise)
        window_minimise(&p->win);
    if (press.full)
        window_full_screen(&p->win, p->view.full);
    if (press.mode)
        picture_mode(&w->picture, p->view.mode ? PICTURE_ONE_TO_ONE : PICTURE_FIT);
    if (press.changed || press.full || press.mode) {
        windows_layout_viewer(w);
        pane_repaint(p);
    }
    if (press.answer) {
        prompt_answered(w, press.yes, hand, ORIGIN_WHY_NONE);
        return;
    }
    if (press.action == ACTION_NONE || panel_answer(p, &press, hand))
        return;
    if (face == UI_DOCTOR && press.action == ACTION_CLOSE)
        windows_doctor(w, false);
    else if (w->calls.action)
        w->calls.action(w->calls.ctx, face, press.action, press.id, hand);
}

/* A choice in a dialog changes what is granted. */
static void after_press(struct pane *p)
{
    if (!p->live)
        return;
    uint64_t content = view_content(&p->view, p->w->model);
    if (content == p->content)
        return;
    p->content = content;
    windows_feed(p, (struct origin_event){.what = ORIGIN_CHANGED});
}

static void on_close(struct pane *p, enum origin_why why)
{
    if (p == &p->w->pane[PANE_DIALOG])
        prompt_answered(p->w, false, why == ORIGIN_WHY_ESCAPE ? HAND_PHYSICAL : HAND_NONE, why);
    else
        windows_act(p, view_action(ACTION_CLOSE), HAND_NONE);
}

static void show_pressed(struct pane *p)
{
    uint8_t pressed = p->judge.held ? (uint8_t)p->judge.held_target : VIEW_NONE;
    if (pressed == p->view.pressed)
        return;
    p->view.pressed = pressed;
    pane_repaint(p);
}

static struct origin_verdict judge(struct pane *p, struct origin_event e)
{
    e.now_ms = loop_now_ms();
    struct origin_verdict v = origin_feed(&p->judge, &e);
    if (v.result !=
        ORIGIN_PRESSED) /* the answer is told while the prompt is still said to be armed */
        prompt_update_armed(p->w, e.now_ms);
    return v;
}

static void conclude(struct pane *p, struct origin_verdict v, uint16_t source)
{
    switch (v.result) {
    case ORIGIN_NOTHING:
    case ORIGIN_KEY_OURS:
        break;
    case ORIGIN_HINT:
        show_hint(p->w);
        break;
    case ORIGIN_NO:
        on_close(p, v.why);
        return;
    case ORIGIN_PRESSED:
        p->view.pressed = VIEW_NONE;
        windows_act(p, view_press(&p->view, p->w->model, (uint8_t)v.target), hand_of(p, source));
        after_press(p);
        break;
    }
    if (p->live)
        show_pressed(p);
}

void windows_feed(struct pane *p, struct origin_event e)
{
    conclude(p, judge(p, e), e.source);
    windows_tick(p->w);
}

/* ------------------------------------------------------------------------------------- pointer */
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

static void set_hover(struct pane *p, uint8_t control)
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

/* The bar moves along the top edge only, ui.md 3. */
static void drag_bar(struct windows *w, const device_event *e)
{
    struct window *bar = &w->pane[PANE_BAR].win;
    struct ui_rect m = display_monitor_at(w->d, whole(e->root_x), whole(e->root_y));
    struct ui_rect at = bar->at;
    at.x = whole(e->root_x) - w->bar_grip;
    at.y = m.y;
    if (at.x + at.w > m.x + m.w)
        at.x = m.x + m.w - at.w;
    if (at.x < m.x)
        at.x = m.x;
    if (at.x != bar->at.x || at.y != bar->at.y)
        window_place(bar, at);
}

static bool accepted(const struct pane *p, uint16_t source)
{
    return p->judge.assistive_ok || hand_of(p, source) == HAND_PHYSICAL;
}

/* Where no window manager gives the focus to what is clicked. */
static void take_focus(struct pane *p, const device_event *e)
{
    if (p->win.style == WINDOW_MANAGED && !p->view.focused && e->detail == 1)
        xcb_set_input_focus(p->w->d->x, XCB_INPUT_FOCUS_POINTER_ROOT, p->win.id, e->time);
}

static void on_press(struct pane *p, const device_event *e, struct origin_event o)
{
    if (accepted(p, e->sourceid))
        take_focus(p, e);
    if (o.target == ORIGIN_NO_TARGET && p->painted && accepted(p, e->sourceid)) {
        maybe_drag(p, e);
        if (p == &p->w->pane[PANE_BAR] && e->detail == 1)
            p->w->bar_grip = whole(e->event_x);
    }
    windows_feed(p, o);
}

static void on_motion(struct pane *p, const device_event *e, struct origin_event o)
{
    if (p == &p->w->pane[PANE_BAR] && p->w->bar_grip >= 0 && accepted(p, e->sourceid))
        drag_bar(p->w, e);
    set_hover(p, hit(p, e));
    windows_feed(p, o);
}

static void on_pointer(struct pane *p, const device_event *e)
{
    uint8_t control = hit(p, e);
    struct origin_event o = {.source = e->sourceid,
                             .time = e->time,
                             .target = control == VIEW_NONE ? ORIGIN_NO_TARGET : control,
                             .grant = view_is_grant(&p->view, p->w->model, control),
                             .detail = e->detail};
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

/* ---------------------------------------------------------------------------------------- keys */
static uint32_t keysym_of(const struct pane *p, const device_event *e)
{
    uint32_t sym = keymap_keysym(&p->w->d->keys, e->detail, e->mods.effective, e->group.effective);
    sym = sym == KEYS_LEFT_TAB ? sym : keys_plain(sym);
    return sym == KEYS_TAB && (e->mods.effective & KEYS_SHIFT) ? KEYS_LEFT_TAB : sym;
}

static enum origin_key class_of(uint32_t sym, bool in_field)
{
    switch (sym) {
    case KEYS_RETURN:
        return ORIGIN_KEY_PRESSES;
    case ' ':
    case KEYS_KP_SPACE:
        return in_field ? ORIGIN_KEY_OTHER : ORIGIN_KEY_PRESSES;
    case KEYS_ESCAPE:
        return ORIGIN_KEY_ESCAPE;
    case KEYS_SHIFT_L: /* on the way to Shift+Tab */
    case KEYS_SHIFT_R:
    case KEYS_TAB:
    case KEYS_LEFT_TAB:
    case KEYS_LEFT:
    case KEYS_RIGHT:
    case KEYS_UP:
    case KEYS_DOWN:
    case KEYS_PAGE_UP:
    case KEYS_PAGE_DOWN:
        return ORIGIN_KEY_MOVES;
    default:
        return ORIGIN_KEY_OTHER;
    }
}

static void on_pasted(void *ctx, const char *text, size_t len)
{
    struct windows *w = ctx;
    struct pane *p = &w->pane[PANE_MAIN];
    if (p->live && view_field(&p->view) == w->paste_into && w->paste_into &&
        field_insert(w->paste_into, text, len, true))
        pane_repaint(p);
    w->paste_into = NULL;
    display_flush(w->d);
}

static bool field_took(struct pane *p, uint32_t sym, uint32_t mods)
{
    struct windows *w = p->w;
    struct field *f = view_field(&p->view);
    if (!f)
        return false;
    switch (field_key(f, sym, mods)) {
    case FIELD_NOTHING:
        return false;
    case FIELD_EATEN:
        return true;
    case FIELD_CUT:
        clip_offer(&w->clip, f->text, f->len);
        field_clear(f);
        break;
    case FIELD_COPY:
        clip_offer(&w->clip, f->text, f->len);
        break;
    case FIELD_PASTE:
        w->paste_into = f;
        clip_ask(&w->clip, on_pasted, w);
        break;
    case FIELD_MOVED:
    case FIELD_CHANGED:
        break;
    }
    pane_repaint(p);
    return true;
}

/* F6 goes round the windows (ui.md 7). */
static void next_window(struct windows *w, struct pane *from)
{
    static const enum pane_name round[] = {PANE_MAIN, PANE_DOCTOR, PANE_BAR};
    unsigned at = 0;
    while (at < 3 && &w->pane[round[at]] != from)
        at++;
    for (unsigned i = 1; i <= 3; i++) {
        struct pane *p = &w->pane[round[(at + i) % 3]];
        if (!p->live || !p->win.mapped || p == from)
            continue;
        if (p->win.style == WINDOW_MANAGED)
            window_activate(&p->win);
        xcb_set_input_focus(w->d->x, XCB_INPUT_FOCUS_POINTER_ROOT, p->win.id, w->d->time);
        view_focus_move(&p->view, w->model, false);
        return;
    }
}

static void use_key(struct pane *p, const device_event *e, uint32_t sym)
{
    if (sym == KEYS_F6) {
        next_window(p->w, p);
        return;
    }
    if (field_took(p, sym, e->mods.effective))
        return;
    struct view_press press = view_key(&p->view, p->w->model, sym);
    windows_act(p, press, hand_of(p, e->sourceid));
    after_press(p);
}

static void on_key(struct pane *p, const device_event *e)
{
    uint32_t sym = keysym_of(p, e);
    bool in_field = view_field(&p->view) != NULL;
    uint8_t control = p->view.focus;
    if (in_field)
        control = sym == KEYS_RETURN ? view_default(&p->view, p->w->model) : VIEW_NONE;
    if (!p->painted)
        control = VIEW_NONE;
    struct origin_event o = {.what =
                                 e->event_type == XCB_INPUT_KEY_PRESS ? ORIGIN_KEY : ORIGIN_KEY_UP,
                             .source = e->sourceid,
                             .time = e->time,
                             .target = control == VIEW_NONE ? ORIGIN_NO_TARGET : control,
                             .grant = view_is_grant(&p->view, p->w->model, control),
                             .key = class_of(sym, in_field),
                             .detail = e->detail,
                             .repeat = e->flags & REPEAT};
    p->w->d->time = e->time;
    p->view.focused = true; /* keys come to it, however it got them */
    struct origin_verdict v = judge(p, o);
    if (v.result == ORIGIN_KEY_OURS && p->painted)
        use_key(p, e, sym);
    conclude(p, v, e->sourceid);
    windows_tick(p->w);
}

/* Grabs, our own among them, come with focus events of their own kind, and so does a focus that
   merely follows the pointer: neither says that we won or lost it. */
static bool is_real_focus(const xcb_input_focus_in_event_t *e)
{
    return e->mode != XCB_INPUT_NOTIFY_MODE_GRAB && e->mode != XCB_INPUT_NOTIFY_MODE_UNGRAB &&
           e->detail < XCB_INPUT_NOTIFY_DETAIL_POINTER;
}

static void on_focus(struct pane *p, bool in)
{
    bool dialog = p == &p->w->pane[PANE_DIALOG];
    if (!in)
        windows_feed(p, (struct origin_event){.what = ORIGIN_FOCUS_LOST});
    if (dialog || !p->live || p->view.focused == in)
        return; /* a dialog has the keyboard, whatever the focus does */
    p->view.focused = in;
    pane_repaint(p);
}

/* ----------------------------------------------------------------------------------- raw input */
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

static void on_raw(struct windows *w, const xcb_input_raw_key_press_event_t *e,
                   enum origin_what what)
{
    tell_active(w, e->sourceid);
    for (unsigned n = 0; n < PANES; n++)
        if (w->pane[n].live)
            judge(&w->pane[n],
                  (struct origin_event){.what = what, .source = e->sourceid, .time = e->time});
}

static void on_xinput(struct windows *w, const xcb_ge_generic_event_t *g)
{
    const device_event *e = (const device_event *)g;
    const xcb_input_raw_key_press_event_t *raw = (const xcb_input_raw_key_press_event_t *)g;
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
    struct pane *p = pane_of(w, e->event);
    if (!p || !p->live)
        return;
    switch (g->event_type) {
    case XCB_INPUT_MOTION:
    case XCB_INPUT_BUTTON_PRESS:
    case XCB_INPUT_BUTTON_RELEASE:
        on_pointer(p, e);
        break;
    case XCB_INPUT_KEY_PRESS:
    case XCB_INPUT_KEY_RELEASE:
        on_key(p, e);
        break;
    case XCB_INPUT_LEAVE:
        set_hover(p, VIEW_NONE);
        break;
    case XCB_INPUT_FOCUS_IN:
    case XCB_INPUT_FOCUS_OUT:
        if (is_real_focus((const xcb_input_focus_in_event_t *)g))
            on_focus(p, g->event_type == XCB_INPUT_FOCUS_IN);
        break;
    default:
        break;
    }
}

/* --------------------------------------------------------------------------------- core events */
void windows_bar_changed(struct windows *w)
{
    bool there = w->pane[PANE_BAR].win.mapped && border_is_mapped(&w->border);
    if (!w->bar_on || there == w->bar_told)
        return;
    w->bar_told = there;
    if (there && w->calls.bar_mapped)
        w->calls.bar_mapped(w->calls.ctx);
    if (!there && w->calls.bar_lost)
        w->calls.bar_lost(w->calls.ctx);
}

static void on_mapped(struct pane *p, bool mapped)
{
    struct windows *w = p->w;
    if (mapped)
        origin_init(&p->judge, &w->d->devices, p == &w->pane[PANE_DIALOG], w->assistive,
                    loop_now_ms());
    p->judge.blocked = w->model->input_live;
    windows_tell(p);
    if (p == &w->pane[PANE_BAR])
        windows_bar_changed(w);
    if (p == &w->pane[PANE_DIALOG] && mapped)
        prompt_on_mapped(w);
    if (p == &w->pane[PANE_DIALOG] && !mapped && p->win.wanted)
        prompt_on_taken(w);
    if (p == &w->pane[PANE_MAIN] && w->calls.shown)
        w->calls.shown(w->calls.ctx, p->view.kind, mapped);
}

static void on_window_event(struct pane *p, const xcb_generic_event_t *e, struct ui_rect before)
{
    struct ui_rect now = p->win.at;
    switch (e->response_type & 0x7f) {
    case XCB_MAP_NOTIFY:
    case XCB_UNMAP_NOTIFY:
        on_mapped(p, p->win.mapped);
        break;
    case XCB_VISIBILITY_NOTIFY:
        windows_feed(p,
                     (struct origin_event){.what = p->win.visible ? ORIGIN_SEEN : ORIGIN_COVERED});
        break;
    case XCB_CONFIGURE_NOTIFY:
        if (now.w != before.w || now.h != before.h)
            pane_resized(p);
        if (memcmp(&now, &before, sizeof now) != 0) {
            windows_feed(p, (struct origin_event){.what = ORIGIN_MOVED});
            windows_tell(p);
        }
        break;
    default:
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
            windows_bar_changed(w);
            return true;
        }
    return window_event(&w->cover.win, e);
}

static bool is_ours(const struct windows *w, xcb_window_t id)
{
    uint32_t ids[MAX_OWN_WINDOWS];
    unsigned n = windows_ids(w, ids);
    while (n > 0)
        if (ids[--n] == id)
            return true;
    return false;
}

static void raise_overlays(struct windows *w, uint64_t now)
{
    if (now >= w->raise_ms + 1000) {
        w->raise_ms = now;
        w->raises = 0;
    }
    if (w->raises++ >= RAISES_A_SECOND)
        return;
    if (w->bar_on) {
        border_raise(&w->border);
        window_raise(&w->pane[PANE_BAR].win);
    }
    if (w->prompt.step == PROMPT_STEP_UP && !w->prompt.in_panel) {
        window_raise(&w->cover.win);
        window_raise(&w->pane[PANE_DIALOG].win);
    }
}

/* Somebody else's window was mapped, or put above one of ours that belongs on top. */
static void on_foreign(struct windows *w, const xcb_generic_event_t *e)
{
    const xcb_map_notify_event_t *m = (const xcb_map_notify_event_t *)e;
    const xcb_configure_notify_event_t *c = (const xcb_configure_notify_event_t *)e;
    bool mapped =
        e->response_type == XCB_MAP_NOTIFY && m->event == w->d->root && !is_ours(w, m->window);
    bool above = e->response_type == XCB_CONFIGURE_NOTIFY && c->event == w->d->root &&
                 !is_ours(w, c->window) && is_ours(w, c->above_sibling);
    if (!mapped && !above)
        return;
    uint64_t now = loop_now_ms();
    prompt_on_covered(w, now);
    raise_overlays(w, now);
}

static void on_client_message(struct windows *w, const xcb_client_message_event_t *e)
{
    struct pane *p = pane_of(w, e->window);
    if (!p || !p->live)
        return;
    bool close = e->type == w->d->atom[ATOM_WM_PROTOCOLS] &&
                 e->data.data32[0] == w->d->atom[ATOM_WM_DELETE_WINDOW];
    if (close || p == &w->pane[PANE_DIALOG])
        windows_feed(p, (struct origin_event){.what = ORIGIN_CLOSE});
}

void windows_on_event(void *ctx, const xcb_generic_event_t *e)
{
    struct windows *w = ctx;
    const xcb_ge_generic_event_t *g = (const xcb_ge_generic_event_t *)e;
    if (e->response_type == XCB_GE_GENERIC && g->extension == w->d->major.xinput) {
        on_xinput(w, g);
        return;
    }
    if ((e->response_type & 0x7f) == XCB_CLIENT_MESSAGE) {
        on_client_message(w, (const xcb_client_message_event_t *)e);
        return;
    }
    if (picture_event(&w->picture, e) || clip_event(&w->clip, e))
        return;
    for (unsigned n = 0; n < PANES; n++)
        if (pane_event(&w->pane[n], e))
            return;
    if (!side_event(w, e))
        on_foreign(w, e);
}

/* ---------------------------------------------------------------------------------------- time */
static unsigned long long sooner(unsigned long long a, unsigned long long b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

static bool has_grant(const struct pane *p)
{
    return p == prompt_pane(p->w);
}

static unsigned long long tick_pane(struct pane *p, uint64_t now)
{
    if (!has_grant(p))
        return 0;
    unsigned guard = origin_progress(&p->judge, now) / 50 * 50;
    if (guard != p->view.guard) {
        p->view.guard = guard;
        pane_repaint(p);
    }
    unsigned long long next = origin_next_ms(&p->judge, now);
    if (guard > 0 && guard < 1000)
        next = sooner(next, GUARD_STEP_MS);
    else if (guard == 0 && next > GUARD_STEP_MS && p->judge.seen && !p->judge.voided)
        next = GUARD_STEP_MS;
    return next;
}

static unsigned long long tick_bar(struct windows *w, uint64_t now)
{
    struct pane *p = &w->pane[PANE_BAR];
    if (!w->bar_on)
        return 0;
    uint64_t since = w->model->sharing_since_ms;
    uint32_t seconds = since && now > since ? (uint32_t)((now - since) / 1000) : 0;
    if (seconds != p->view.seconds) {
        p->view.seconds = seconds;
        pane_repaint(p);
    }
    return since ? 1000 - (now - since) % 1000 : 1000;
}

void windows_tick(struct windows *w)
{
    uint64_t now = loop_now_ms();
    unsigned long long next = tick_bar(w, now);
    struct pane *p = prompt_pane(w);
    if (p) {
        struct origin_event tick = {.what = ORIGIN_TICK, .now_ms = now};
        struct origin_verdict v = origin_feed(&p->judge, &tick);
        if (v.result == ORIGIN_NO) {
            prompt_answered(w, false, HAND_NONE, v.why);
            return;
        }
        next = sooner(next, tick_pane(p, now));
        prompt_update_armed(w, now);
    }
    if (next)
        loop_set_timer(w->loop, next, on_timer, w);
    display_flush(w->d);
}
