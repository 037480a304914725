/*
 * Ctrl+F11 brings the keyboard to vitrine's windows, whatever program has it, and F6 leads on: who
 * uses no pointer could reach neither the bar nor a panel that is closed (ui.md 7). Runs in the
 * broker. Heard as raw events, of physical devices alone: neither whoever controls this computer
 * from afar nor a program can press it. It answers nothing, and a guard begins anew where the
 * keyboard comes to.
 *
 * Of several vitrines the one that was used last answers (display_others.c). Any program can say
 * that it is that one: pressed again, when nothing of that one's has had the keyboard a second
 * after the first time, the key is everybody's. And any program can say so for whichever window has
 * the keyboard: the third time within AGAIN_MS it is everybody's in any case.
 */
#include "broker/windows_parts.h"

#include "lib/loop.h"

#define SERVED_MS 1000 /* in which whom it is for has taken the keyboard */
#define AGAIN_MS 4000
#define INSISTS 3 /* presses */

static bool is_asked_elsewhere(const struct windows *w)
{
    bool dialog = w->prompt.step != PROMPT_STEP_NONE && !w->prompt.in_panel;
    return dialog || w->pick.program || display_lock_is_said(w->d);
}

/* By a window that may be a lock screen's or none: what is there can have the keyboard, which a
   lock screen gives to nobody; a key that comes then shows that it is none. Nothing comes up. */
static bool may_be_locked(const struct windows *w)
{
    return w->d->lock.told;
}

static void take_keyboard(struct pane *p)
{
    struct windows *w = p->w;
    p->keyboard_wanted = false;
    if (is_asked_elsewhere(w))
        return;
    /* As old as the key: who has turned to another window since keeps the keyboard there. */
    if (p->win.style == WINDOW_MANAGED && !may_be_locked(w))
        window_activate(&p->win, w->summon_time);
    xcb_set_input_focus(w->d->x, XCB_INPUT_FOCUS_POINTER_ROOT, p->win.id, w->summon_time);
    if (p->view.focus == VIEW_NONE)
        view_focus_move(&p->view, w->model, false);
    windows_feed(p, (struct origin_event){.what = ORIGIN_FOCUS_LOST});
}

void summon_on_mapped(struct pane *p)
{
    if (p->keyboard_wanted)
        take_keyboard(p);
}

/* Closed or minimised, the main window comes back; the keyboard follows when it is there. */
static bool bring_back(struct windows *w)
{
    struct pane *p = &w->pane[PANE_MAIN];
    if (may_be_locked(w))
        return false;
    if (!p->live && w->calls.panel_wanted)
        w->calls.panel_wanted(w->calls.ctx);
    if (!p->live)
        return false;
    p->keyboard_wanted = true;
    if (p->painted)
        window_map(&p->win);
    return true;
}

static bool can_take(const struct pane *p)
{
    return p->live && p->win.mapped;
}

void windows_next(struct pane *from)
{
    enum { N = 5 };
    static const enum pane_name round[N] = {PANE_MAIN, PANE_SIDE, PANE_DOCTOR, PANE_MIRROR,
                                            PANE_BAR};
    struct windows *w = from->w;
    unsigned at = 0;
    while (at < N && &w->pane[round[at]] != from)
        at++;
    w->summon_time = w->d->time;
    for (unsigned i = 1; i < N; i++) {
        struct pane *p = &w->pane[round[(at + i) % N]];
        if (can_take(p)) {
            take_keyboard(p);
            return;
        }
        if (p->which == PANE_MAIN && bring_back(w))
            return;
    }
}

static struct pane *with_keyboard(struct windows *w)
{
    for (unsigned n = 0; n < PANES; n++)
        if (n != PANE_DIALOG && n != PANE_TOAST && can_take(&w->pane[n]) && w->pane[n].view.focused)
            return &w->pane[n];
    return NULL;
}

static void summon(struct windows *w, xcb_timestamp_t time)
{
    struct pane *had = with_keyboard(w);
    w->d->time = w->summon_time = time;
    if (is_asked_elsewhere(w))
        return;
    if (had)
        windows_next(had);
    else if (can_take(&w->pane[PANE_BAR]))
        take_keyboard(&w->pane[PANE_BAR]);
    else if (can_take(&w->pane[PANE_MAIN]))
        take_keyboard(&w->pane[PANE_MAIN]);
    else
        bring_back(w);
    display_flush(w->d);
}

static void on_owner(void *ctx, uint32_t time, const void *reply)
{
    struct windows *w = ctx;
    const xcb_get_selection_owner_reply_t *r = reply;
    (void)time;
    w->summon_owner = r ? r->owner : XCB_NONE;
}

static bool has_keyboard(const struct windows *w, const xcb_get_input_focus_reply_t *r)
{
    return r && display_client_of(w->d, r->focus) == display_client_of(w->d, w->summon_owner);
}

/* Did the other one take it? */
static void on_served(void *ctx, uint32_t time, const void *reply)
{
    struct windows *w = ctx;
    w->summon_left = has_keyboard(w, reply) ? 0 : time;
}

static void on_later(void *ctx)
{
    struct windows *w = ctx;
    display_later(w->d, xcb_get_input_focus(w->d->x).sequence, on_served, w, w->summon_asked);
    display_flush(w->d);
}

void windows_summon_stop(struct windows *w)
{
    loop_clear_timer(w->loop, on_later, w);
}

/* Whom the presses before were left to has not answered, whatever it says. */
static bool insists(struct windows *w, xcb_timestamp_t time)
{
    if (w->summon_presses == 0 || time - w->summon_first >= AGAIN_MS) {
        w->summon_first = time;
        w->summon_presses = 0;
    }
    return ++w->summon_presses >= INSISTS;
}

static void on_focus(void *ctx, uint32_t time, const void *reply)
{
    struct windows *w = ctx;
    bool ours = w->summon_owner == XCB_NONE || w->summon_owner == w->d->others.window;
    bool again = w->summon_left != 0 && time - w->summon_left < AGAIN_MS;
    w->summon_left = 0;
    if (ours || insists(w, time) || (again && !has_keyboard(w, reply))) {
        w->summon_presses = 0;
        summon(w, time);
        return;
    }
    w->summon_asked = time;
    loop_set_timer(w->loop, SERVED_MS, on_later, w);
}

static void ask_whose(struct windows *w, xcb_timestamp_t time)
{
    struct display *d = w->d;
    display_later(d, xcb_get_selection_owner(d->x, d->atom[ATOM_VITRINE_USED]).sequence, on_owner,
                  w, time);
    display_later(d, xcb_get_input_focus(d->x).sequence, on_focus, w, time);
    display_flush(d);
}

/* What has been unplugged holds Ctrl no longer. */
static void forget_devices(struct windows *w)
{
    for (unsigned i = 0; i < HOTKEY_DEVICES; i++) {
        uint16_t id = w->summon.device[i].id;
        if (origin_device_kind(&w->d->devices, id) != ORIGIN_DEVICE_PHYSICAL)
            hotkey_keys_forget(&w->summon, id);
    }
}

void windows_summon_key(struct windows *w, const xcb_input_raw_key_press_event_t *e)
{
    const struct hotkey_event key = {.source = e->sourceid,
                                     .press = e->event_type == XCB_INPUT_RAW_KEY_PRESS,
                                     .code = e->detail};
    if (origin_device_kind(&w->d->devices, e->sourceid) != ORIGIN_DEVICE_PHYSICAL)
        return;
    forget_devices(w);
    hotkey_keys_renew(&w->summon, &w->d->keys);
    hotkey_keys_renewed(&w->summon);
    if (hotkey_keys_event(&w->summon, &key) != HOTKEY_SUMMON)
        return;
    windows_summon_stop(w);
    if (!w->d->others.used && !with_keyboard(w)) {
        ask_whose(w, e->time);
        return;
    }
    w->summon_left = 0;
    w->summon_presses = 0;
    summon(w, e->time);
}
