/*
 * Making and showing the windows; runs in the broker. Distrusts other X clients: what they do to
 * our windows is taken as it comes, at worst something is not shown, and then it counts as not
 * shown.
 */
#include "broker/windows_parts.h"

#include "broker/place.h"
#include "lib/loop.h"
#include "lib/ui/strings.h"
#include <stdlib.h>
#include <string.h>

static const struct {
    enum ui_window face;
    enum window_style style;
    enum windows_painter painter;
} panes[PANES] = {
    [PANE_MAIN] = {UI_HOME, WINDOW_MANAGED, PAINTER_MAIN},
    [PANE_DOCTOR] = {UI_DOCTOR, WINDOW_MANAGED, PAINTER_MAIN},
    [PANE_SIDE] = {UI_SETTINGS, WINDOW_MANAGED, PAINTER_MAIN},
    [PANE_MIRROR] = {UI_MIRROR, WINDOW_MANAGED, PAINTER_MAIN},
    [PANE_BAR] = {UI_SHARING_BAR, WINDOW_ON_TOP, PAINTER_MAIN},
    [PANE_TOAST] = {UI_TOAST, WINDOW_ON_TOP, PAINTER_MAIN},
    [PANE_DIALOG] = {UI_CONSENT_SHARE, WINDOW_ON_TOP, PAINTER_PROMPT},
};

/* --- life */

static void on_placed(void *ctx)
{
    struct pane *p = ctx;
    if (!p->live)
        return;
    windows_feed(p, (struct origin_event){.what = ORIGIN_MOVED});
    windows_above_follow(p->w);
    windows_tell(p);
}

static void create_pane(struct windows *w, enum pane_name n)
{
    struct pane *p = &w->pane[n];
    p->w = w;
    p->which = n;
    p->painter = panes[n].painter;
    window_create(&p->win, w->d, panes[n].style, (struct ui_rect){0, 0, 64, 64}, WINDOW_SURFACE);
    p->win.placed = on_placed;
    p->win.placed_ctx = p;
    if (n == PANE_TOAST) /* else it would take the keys of somebody who types under the pointer */
        window_let_input_through(&p->win);
    if (n == PANE_MIRROR)
        picture_create(&w->mirror, &p->win);
    if (n != PANE_MAIN)
        return;
    picture_create(&w->picture, &p->win);
    windows_note_create(w); /* after the picture: above it */
}

static unsigned scale_now(const struct windows *w)
{
    struct ui_rect m = display_monitor_at(w->d, w->d->pointer_x, w->d->pointer_y);
    return place_scale(w->d->desktop.dpi, 0, m.w, m.h);
}

/* As large as the screen wants it, where the sealed labels are there in that size: a window that is
   not a fresh painter's own cannot have them made. */
static void take_scale(struct windows *w)
{
    unsigned scale = scale_now(w);
    if (labels_have(&w->labels, scale) || !labels_have(&w->labels, w->scale))
        w->scale = scale;
}

static void on_lost(void *ctx)
{
    struct windows *w = ctx;
    if (w->calls.lost)
        w->calls.lost(w->calls.ctx);
}

static void on_changed(void *ctx)
{
    struct windows *w = ctx;
    shared_screen_changed(w);
    if (w->border.area.w > 0 && w->bar_on)
        windows_bar(w, true);
    if (w->calls.screen_changed)
        w->calls.screen_changed(w->calls.ctx);
}

/* The lead first: it knows why this is a no. */
static void on_locked(void *ctx, bool locked)
{
    struct windows *w = ctx;
    if (w->calls.screen_locked)
        w->calls.screen_locked(w->calls.ctx, locked);
    if (locked) {
        toast_make_way(w);
        windows_screen_locked(w);
    } else {
        toast_come_back(w);
        display_flush(w->d);
    }
}

static void on_desktop(void *ctx)
{
    struct windows *w = ctx;
    if (w->calls.desktop)
        w->calls.desktop(w->calls.ctx);
}

/* First what is hidden, then the lead, which tells capture. */
static void on_others(void *ctx)
{
    struct windows *w = ctx;
    if (w->d->others.there)
        never_others(w);
    if (w->calls.others)
        w->calls.others(w->calls.ctx);
}

struct windows *windows_create(struct display *d, struct loop *loop, struct ui_model *model,
                               const struct windows_calls *calls)
{
    struct windows *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->d = d;
    w->loop = loop;
    w->model = model;
    w->calls = *calls;
    w->assistive = true;
    w->bar_grip = -1;
    w->scale = scale_now(w);
    border_create(&w->border, d);
    for (unsigned n = 0; n < PANES; n++) {
        create_pane(w, (enum pane_name)n);
        view_init(&w->pane[n].view, panes[n].face);
    }
    labels_init(&w->labels, d, w->pane[PANE_MAIN].win.id);
    seen_create(w);
    cover_create(&w->cover, d);
    pick_create(w);
    clip_init(&w->clip, d, w->pane[PANE_MAIN].win.id);
    const struct display_calls display = {.ctx = w,
                                          .event = windows_on_event,
                                          .lost = on_lost,
                                          .changed = on_changed,
                                          .locked = on_locked,
                                          .desktop = on_desktop,
                                          .others = on_others};
    display_attach(d, loop, &display);
    if (never_create(w))
        return w;
    windows_destroy(w);
    return NULL;
}

void windows_destroy(struct windows *w)
{
    if (!w)
        return;
    windows_tick_stop(w);
    windows_pan_rest(w);
    windows_paint_stop(w);
    windows_buried_stop(w);
    windows_above_stop(w);
    seen_end(w);
    windows_summon_stop(w);
    toast_stop(w);
    memset(&w->d->calls, 0, sizeof w->d->calls);
    clip_finish(&w->clip);
    picture_destroy(&w->picture);
    picture_destroy(&w->mirror);
    for (unsigned n = 0; n < PANES; n++) {
        shown_stop(&w->pane[n]);
        windows_inside_stop(&w->pane[n]);
        view_finish(&w->pane[n].view);
        labels_drop(&w->pane[n]);
        window_destroy(&w->pane[n].win);
    }
    labels_finish(&w->labels);
    border_destroy(&w->border);
    shade_destroy(w->shade);
    pick_destroy(w);
    cover_destroy(&w->cover);
    display_flush(w->d);
    free(w);
}

unsigned windows_ids(const struct windows *w, uint32_t ids[MAX_OWN_WINDOWS])
{
    unsigned n = 0;
    for (unsigned i = 0; i < PANES; i++)
        ids[n++] = w->pane[i].win.id;
    for (unsigned i = 0; i < 4; i++)
        ids[n++] = w->border.side[i].id;
    for (unsigned i = 0; i < 4; i++)
        ids[n++] = w->pick.outline.side[i].id;
    ids[n++] = w->cover.win.id;
    _Static_assert(PANES + 9 <= MAX_OWN_WINDOWS, "too many windows");
    return n;
}

/* --- showing */

/* For window lists; the program's name comes first in any language. */
static void put_title(struct pane *p)
{
    static const enum ui_string titles[UI_WINDOWS] = {
        [UI_HOST_PANEL] = UI_STR_WINDOW_HOST,   [UI_VIEWER] = UI_STR_WINDOW_VIEWER,
        [UI_ERROR] = UI_STR_WINDOW_ERROR,       [UI_DOCTOR] = UI_STR_WINDOW_DOCTOR,
        [UI_SETTINGS] = UI_STR_WINDOW_SETTINGS, [UI_NEW_PASSWORD] = UI_STR_WINDOW_PASSWORD,
        [UI_PEOPLE] = UI_STR_WINDOW_PEOPLE,     [UI_CHAT] = UI_STR_WINDOW_CHAT,
        [UI_MIRROR] = UI_STR_WINDOW_MIRROR};
    const char *title = ui_string_text(titles[p->view.kind], p->w->model->language, 0);
    window_title(&p->win, *title ? title : "vitrine");
    p->titled = p->w->model->language;
}

static void begin_judge(struct pane *p)
{
    bool modal = p->which == PANE_DIALOG;
    origin_init(&p->judge, &p->w->d->devices, modal, p->w->assistive, loop_now_ms());
    p->view.hover = p->view.pressed = VIEW_NONE;
    shown_follow(p);
    if (p->win.mapped)
        windows_follow_seen(p);
}

void pane_show(struct pane *p, enum ui_window face)
{
    bool focused = p->view.focused;
    view_finish(&p->view);
    view_init(&p->view, face);
    p->view.scale = p->w->scale;
    p->view.focused = focused && p->win.mapped;
    p->live = true;
    p->painted = false;
    shown_forget(p);
    p->face_serial = p->w->serial + 1; /* older pictures are of another face */
    put_title(p);
    if (p->win.style == WINDOW_MANAGED)
        pane_place(p);
    view_open(&p->view, p->w->model);
    view_focus_first(&p->view, p->w->model);
    begin_judge(p);
    if (p->which == PANE_MAIN) {
        windows_layout_viewer(p->w);
        hidden_tell(p->w);
    }
    windows_put_toast(p->w); /* it gives way to a new window */
    pane_repaint(p);
}

void pane_hide(struct pane *p)
{
    p->live = p->painted = p->keyboard_wanted = false;
    if (p->win.wanted)
        window_unmap(&p->win);
    window_forget(&p->win);
    labels_drop(p);
    view_finish(&p->view);
    view_init(&p->view, panes[p->which].face);
}

void pane_resized(struct pane *p)
{
    if (p->which == PANE_MAIN)
        windows_layout_viewer(p->w);
    pane_repaint(p);
}

/* The pane that shows that face or is about to; NULL: none. */
static struct pane *pane_with(const struct windows *w, enum ui_window face)
{
    static const enum pane_name places[] = {PANE_MAIN, PANE_SIDE};
    for (unsigned i = 0; i < 2; i++) {
        const struct pane *p = &w->pane[places[i]];
        if (p->live && p->view.kind == face)
            return (struct pane *)(uintptr_t)p;
    }
    return NULL;
}

void windows_show(struct windows *w, enum ui_window face)
{
    struct pane *p = &w->pane[PANE_MAIN];
    if (!p->live)
        take_scale(w);
    if (p->live && p->view.kind == face)
        pane_repaint(p);
    else
        pane_show(p, face);
    windows_tick(w);
    display_flush(w->d);
}

void windows_hide(struct windows *w)
{
    pane_hide(&w->pane[PANE_MAIN]);
    windows_layout_viewer(w);
    display_flush(w->d);
}

void windows_minimise(struct windows *w)
{
    window_minimise(&w->pane[PANE_MAIN].win);
    display_flush(w->d);
}

void windows_raise(struct windows *w)
{
    struct pane *p = &w->pane[PANE_MAIN];
    if (p->live && p->painted)
        window_map(&p->win);
    window_activate(&p->win, w->d->time);
    display_flush(w->d);
}

void windows_doctor(struct windows *w, bool on)
{
    struct pane *p = &w->pane[PANE_DOCTOR];
    if (!on)
        pane_hide(p);
    else if (p->live)
        window_activate(&p->win, w->d->time);
    else
        pane_show(p, UI_DOCTOR);
    display_flush(w->d);
}

void windows_side(struct windows *w, enum ui_window face)
{
    struct pane *p = &w->pane[PANE_SIDE];
    if (p->live && p->view.kind == face)
        window_activate(&p->win, w->d->time);
    else
        pane_show(p, face);
    display_flush(w->d);
}

bool windows_side_shows(const struct windows *w, enum ui_window face)
{
    return pane_with(w, face) == &w->pane[PANE_SIDE];
}

void windows_side_close(struct windows *w)
{
    pane_hide(&w->pane[PANE_SIDE]);
    display_flush(w->d);
}

static enum border_style border_style_now(const struct windows *w)
{
    if (w->model->sharing == 2)
        return BORDER_PAUSED;
    return w->model->control ? BORDER_CONTROL : BORDER_SHARING;
}

/* ui.md 3: 4 while sharing, 8 and 2 white under control. */
void windows_border(struct windows *w)
{
    enum border_style style = border_style_now(w);
    int width = ui_px(style == BORDER_CONTROL ? 10 : BORDER_WIDTH, w->scale);
    border_map(&w->border, shared_border(w, width), width, style, theme_get(w->model->theme));
    if (w->bar_on)
        window_raise(&w->pane[PANE_BAR].win); /* mapping has put the border above it */
}

/* The bar asks its own question in its usual face. */
static enum ui_window bar_face(const struct windows *w)
{
    bool asks = w->prompt.step != PROMPT_STEP_NONE && w->prompt.kind == PROMPT_KIND_STILL;
    return w->model->control && !asks ? UI_SHARING_BAR_CONTROL : UI_SHARING_BAR;
}

static void show_bar(struct windows *w)
{
    struct pane *p = &w->pane[PANE_BAR];
    struct ui_rect was = p->win.at, at;
    pane_show(p, bar_face(w));
    at = shared_bar(w, p);
    if (at.w != was.w || at.h != was.h) /* its buttons would stand where they are no more */
        window_forget(&p->win);
    window_place(&p->win, at);
    pane_repaint(p);
}

void windows_bar_follow(struct windows *w)
{
    if (!w->bar_on || !w->border.side[0].wanted)
        return;
    if (w->border.style != border_style_now(w))
        windows_border(w);
    if (w->pane[PANE_BAR].view.kind != bar_face(w))
        show_bar(w);
}

void windows_bar(struct windows *w, bool on)
{
    struct pane *p = &w->pane[PANE_BAR];
    bool was = w->bar_on;
    w->bar_on = on;
    if (!on) {
        w->bar_told = false;
        pane_hide(p);
        border_unmap(&w->border);
        shared_forget(w);
        display_flush(w->d);
        return;
    }
    if (!was)
        take_scale(w);
    windows_border(w);
    if (!was)
        show_bar(w);
    else /* its monitor may have gone */
        windows_keep_bar(w);
    pane_repaint(p);
    w->bar_told = false; /* who asks for a bar that is there wants to hear so */
    windows_bar_changed(w);
    windows_tick(w);
    display_flush(w->d);
}

bool windows_has_bar(const struct windows *w)
{
    return w->bar_on;
}

void windows_update(struct windows *w)
{
    for (unsigned n = 0; n < PANES; n++) {
        struct pane *p = &w->pane[n];
        if (!p->live)
            continue;
        if (p->titled != w->model->language)
            put_title(p);
        p->judge.blocked = w->model->input_live;
        if (shown_follow(p))
            windows_feed(p, (struct origin_event){.what = ORIGIN_CHANGED});
        view_focus_keep(&p->view, w->model);
        pane_repaint(p);
    }
    windows_bar_follow(w);
    if (w->model->mine != 2) /* also what is only held: its release goes elsewhere */
        windows_steer_let_go(w);
    windows_layout_viewer(w);
    windows_tick(w);
    display_flush(w->d);
}

void windows_assistive(struct windows *w, bool ok)
{
    w->assistive = ok;
    for (unsigned n = 0; n < PANES; n++)
        w->pane[n].judge.assistive_ok = ok;
}

void windows_screen_locked(struct windows *w)
{
    for (unsigned n = 0; n < PANES; n++)
        if (w->pane[n].live)
            windows_feed(&w->pane[n], (struct origin_event){.what = ORIGIN_LOCKED});
}

/* --- texts */

const char *windows_text(const struct windows *w, enum ui_window face, uint8_t control)
{
    struct pane *p = pane_with(w, face);
    const struct field *f = p ? view_field_of(&p->view, control) : NULL;
    return f ? f->text : "";
}

bool windows_set_text(struct windows *w, enum ui_window face, uint8_t control, const char *text)
{
    struct pane *p = pane_with(w, face);
    struct field *f = p ? view_field_of(&p->view, control) : NULL;
    if (!f || !field_set(f, text, strlen(text)))
        return false;
    pane_repaint(p);
    display_flush(w->d);
    return true;
}

bool windows_settings(const struct windows *w, struct ui_settings *out)
{
    const struct pane *p = pane_with(w, UI_SETTINGS);
    if (p)
        *out = p->view.set;
    return p != NULL;
}

bool windows_copy(struct windows *w, const char *text)
{
    bool ok = clip_offer(&w->clip, text, strlen(text));
    display_flush(w->d);
    return ok;
}

void windows_forget_copy(struct windows *w)
{
    clip_finish(&w->clip);
    clip_init(&w->clip, w->d, w->pane[PANE_MAIN].win.id);
    display_flush(w->d);
}
