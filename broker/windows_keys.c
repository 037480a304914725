/*
 * The keyboard in our own windows: focus, fields, keys that press. Runs in the broker. Distrusts
 * every other X client: see windows_input.c; what is pasted goes through field.h.
 */
#include "broker/windows_parts.h"

#include "lib/keys.h"

#define REPEAT 0x10000u /* XIKeyRepeat */

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
    for (unsigned n = 0; n < PANES && w->paste_into; n++) {
        struct pane *p = &w->pane[n];
        if (p->live && view_field(&p->view) == w->paste_into &&
            field_insert(w->paste_into, text, len, true))
            pane_repaint(p);
    }
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

/* What dragging the bar does (ui.md 3). */
static bool moved_bar(struct pane *p, uint32_t sym, uint32_t mods)
{
    if (p->which != PANE_BAR || !(mods & KEYS_CTRL) || (sym != KEYS_LEFT && sym != KEYS_RIGHT))
        return false;
    windows_step_bar(p->w, sym == KEYS_LEFT ? -1 : 1);
    return true;
}

static void use_key(struct pane *p, const device_event *e, uint32_t sym)
{
    if (sym == KEYS_F6) {
        windows_next(p);
        return;
    }
    if (moved_bar(p, sym, e->mods.effective) || windows_pan_key(p, sym, e->mods.effective))
        return;
    if (field_took(p, sym, e->mods.effective))
        return;
    windows_press(p, view_key(&p->view, p->w->model, sym), windows_hand_of(p, e->sourceid));
}

void windows_on_key(struct pane *p, const device_event *e)
{
    if (windows_steer_key(p, e)) {
        p->w->d->time = e->time;
        return;
    }
    uint32_t sym = keysym_of(p, e);
    bool in_field = view_field(&p->view) != NULL;
    uint8_t control = p->view.focus;
    if (in_field)
        control = sym == KEYS_RETURN ? view_default(&p->view, p->w->model) : VIEW_NONE;
    if (!p->painted)
        control = VIEW_NONE;
    struct origin_event o = windows_aim(p, control);
    o.what = e->event_type == XCB_INPUT_KEY_PRESS ? ORIGIN_KEY : ORIGIN_KEY_UP;
    o.source = e->sourceid;
    o.time = e->time;
    o.key = class_of(sym, in_field);
    o.detail = e->detail;
    o.repeat = e->flags & REPEAT;
    p->w->d->time = e->time;
    p->follows = p->follows || !p->view.focused;
    p->view.focused = true; /* keys come to it, however it got them */
    struct origin_verdict v = windows_judge(p, o);
    if (v.result == ORIGIN_KEY_OURS && p->painted)
        use_key(p, e, sym);
    windows_conclude(p, v, e->sourceid);
    windows_tick(p->w);
}

void windows_on_focus(struct pane *p, bool in)
{
    bool dialog = p->which == PANE_DIALOG;
    p->follows = false;
    if (!in && p->which == PANE_MAIN)
        windows_steer_let_go(p->w);
    if (!in)
        windows_feed(p, (struct origin_event){.what = ORIGIN_FOCUS_LOST});
    if (dialog || !p->live || p->view.focused == in)
        return; /* a dialog has the keyboard, whatever the focus does */
    p->view.focused = in;
    if (in)
        display_others_use(p->w->d);
    pane_repaint(p);
}
