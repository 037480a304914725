/*
 * Ctrl+F11 brings the keyboard to vitrine's windows, whatever program has it, and F6 leads on: who
 * uses no pointer could reach neither the bar nor a panel that is closed (ui.md 7). Runs in the
 * broker. Heard as raw events, of physical devices alone: neither whoever controls this computer
 * from afar nor a program can press it. It answers nothing, and a guard begins anew where the
 * keyboard comes to.
 */
#include "broker/windows_parts.h"

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
    if (hotkey_keys_event(&w->summon, &key) == HOTKEY_SUMMON)
        summon(w, e->time);
}
