/*
 * Consent dialogs; runs in the broker. Distrusts everything but the judge's verdict: whatever takes
 * the dialog away, covers it or kills its painter is a no or begins the guard again.
 */
#include "broker/prompt.h"

#include "broker/place.h"
#include "broker/windows_parts.h"
#include "lib/loop.h"
#include <string.h>
#include <xcb/xinput.h>

/* Faces, names for --events, and the two controls that answer. */
static const struct {
    const char *name;
    enum ui_window face;
    uint8_t yes, no;
} kinds[PROMPT_KINDS] = {
    [PROMPT_KIND_ADMIT] = {"admit", UI_ADMIT, UI_ADMIT_ADMIT, UI_ADMIT_REFUSE},
    [PROMPT_KIND_SHARE] = {"share", UI_CONSENT_SHARE, UI_CONSENT_SHARE_YES, UI_CONSENT_SHARE_NO},
    [PROMPT_KIND_PRESENT] = {"present", UI_PRESENT, UI_PRESENT_YES, UI_PRESENT_NO},
    [PROMPT_KIND_BECOME] = {"hand-over", UI_PRESENT, UI_PRESENT_YES, UI_PRESENT_NO},
    [PROMPT_KIND_WORDS] = {"words", UI_WORDS, UI_WORDS_SAME, UI_WORDS_LATER},
    [PROMPT_KIND_KEY] = {"key", UI_KEY_CHANGED, UI_KEY_CHANGED_YES, UI_KEY_CHANGED_NO},
    [PROMPT_KIND_STILL] = {"still", UI_SHARING_BAR, UI_SHARING_BAR_KEEP, UI_SHARING_BAR_STOP},
    [PROMPT_KIND_CONTROL] = {"control", UI_CONSENT_CONTROL, UI_CONSENT_CONTROL_YES,
                             UI_CONSENT_CONTROL_NO},
    [PROMPT_KIND_WHOLE] = {"whole", UI_CONTROL_WHOLE, UI_CONTROL_WHOLE_YES, UI_CONTROL_WHOLE_NO},
    [PROMPT_KIND_SECOND] = {"second", UI_PRESENT, UI_PRESENT_YES, UI_PRESENT_NO},
    [PROMPT_KIND_END] = {"end", UI_END_ASK, UI_END_ASK_YES, UI_END_ASK_NO},
};

static enum pane_name pane_for(const struct prompt *q)
{
    return !q->in_panel ? PANE_DIALOG : q->kind == PROMPT_KIND_STILL ? PANE_BAR : PANE_MAIN;
}

struct pane *prompt_pane(struct windows *w)
{
    if (w->prompt.step != PROMPT_STEP_UP)
        return NULL;
    return &w->pane[pane_for(&w->prompt)];
}

const char *prompt_kind_name(enum prompt_kind kind)
{
    return kinds[kind].name;
}

uint8_t prompt_control(const struct prompt *q, bool yes)
{
    if (q->kind == PROMPT_KIND_ADMIT && q->in_panel)
        return yes ? UI_HOST_PANEL_ADMIT : UI_HOST_PANEL_REFUSE;
    return yes ? kinds[q->kind].yes : kinds[q->kind].no;
}

/* ------------------------------------------------------------------------------------ keyboard */
static void on_grab(void *ctx, uint32_t tag, const void *reply)
{
    (void)ctx;
    (void)tag;
    (void)reply; /* somebody else has it: then the focus must do */
}

void prompt_take_keyboard(struct windows *w, xcb_window_t id)
{
    const uint32_t mask = XCB_INPUT_XI_EVENT_MASK_KEY_PRESS | XCB_INPUT_XI_EVENT_MASK_KEY_RELEASE;
    for (unsigned i = 0; i < w->d->n_keyboards; i++) {
        xcb_input_xi_grab_device_cookie_t c = xcb_input_xi_grab_device(
            w->d->x, id, XCB_CURRENT_TIME, XCB_NONE, w->d->keyboard[i],
            XCB_INPUT_GRAB_MODE_22_ASYNC, XCB_INPUT_GRAB_MODE_22_ASYNC, 0, 1, &mask);
        display_later(w->d, c.sequence, on_grab, w, 0);
    }
    xcb_set_input_focus(w->d->x, XCB_INPUT_FOCUS_POINTER_ROOT, id, XCB_CURRENT_TIME);
}

void prompt_give_keyboard(struct windows *w)
{
    for (unsigned i = 0; i < w->d->n_keyboards; i++)
        xcb_input_xi_ungrab_device(w->d->x, XCB_CURRENT_TIME, w->d->keyboard[i]);
}

/* -------------------------------------------------------------------------------------- making */
static void on_pointer(void *ctx, uint32_t tag, const void *reply);

static void take_down(struct windows *w)
{
    struct prompt *q = &w->prompt;
    if (q->step == PROMPT_STEP_NONE)
        return;
    if (q->step == PROMPT_STEP_UP)
        windows_tell_prompt(w, true);
    bool in_panel = q->in_panel, up = q->step >= PROMPT_STEP_MAPPING;
    struct pane *p = &w->pane[pane_for(q)];
    memset(q, 0, sizeof *q);
    p->view.person = 0;
    p->view.guard = 0;
    p->view.asked = false;
    p->view.unlike = false;
    p->view.alike = 0;
    windows_above_end(w);
    seen_end(w);
    if (in_panel) {
        view_focus_keep(&p->view, w->model);
        pane_repaint(p);
        return;
    }
    pick_stop(w);
    never_rest(w);
    if (up) {
        prompt_give_keyboard(w);
        cover_unmap(&w->cover);
    }
    pane_hide(p);
    toast_come_back(w);
}

void prompt_step_aside(struct windows *w)
{
    windows_tell_prompt(w, true);
    seen_end(w);
    w->prompt.step = PROMPT_STEP_PICKING;
    w->prompt.armed = false;
    w->prompt.why = NULL;
    w->pane[PANE_DIALOG].view.unlike = false;
    if (w->calls.prompt_armed)
        w->calls.prompt_armed(w->calls.ctx, w->prompt.serial, false);
    cover_unmap(&w->cover);
    window_unmap(&w->pane[PANE_DIALOG].win);
}

/* As at first: the cover darkens what is there now, and the guard begins when the dialog is seen.
 */
void prompt_step_back(struct windows *w)
{
    struct pane *p = &w->pane[PANE_DIALOG];
    if (w->prompt.step != PROMPT_STEP_PICKING)
        return;
    shown_follow(p);
    pane_repaint(p);
    w->prompt.step = PROMPT_STEP_MAPPING;
    display_query_pointer(w->d, on_pointer, w);
}

static void prepare_dialog(struct windows *w)
{
    struct pane *p = &w->pane[PANE_DIALOG];
    w->prompt.step = PROMPT_STEP_PAINTING;
    w->offered = (struct share_choice){.area = {0, 0, w->d->width, w->d->height}};
    if (w->prompt.kind == PROMPT_KIND_SHARE)
        never_look(w); /* by the time of a picking everything has been looked at */
    struct ui_rect m = display_monitor_at(w->d, w->d->pointer_x, w->d->pointer_y);
    w->scale = place_scale(w->d->desktop.dpi, 0, m.w, m.h);
    pane_show(p, kinds[w->prompt.kind].face);
    p->view.focused = true; /* it takes the keyboard */
    p->view.asked = w->prompt.kind == PROMPT_KIND_BECOME   ? UI_PRESENT_TAKE
                    : w->prompt.kind == PROMPT_KIND_SECOND ? UI_PRESENT_SECOND
                                                           : UI_PRESENT_GIVE;
    p->view.person = w->prompt.person;
    memcpy(p->view.name, w->prompt.name, sizeof p->view.name);
    shown_follow(p);
    pane_repaint(p);
}

static void prepare_in_panel(struct windows *w)
{
    struct pane *p = &w->pane[pane_for(&w->prompt)];
    w->prompt.step = PROMPT_STEP_READY;
    w->prompt.since_ms = loop_now_ms();
    p->view.person = w->prompt.person;
    p->view.alike = 0;
    if (w->prompt.kind == PROMPT_KIND_STILL)
        windows_bar_follow(w);
    p->view.asked = w->prompt.kind == PROMPT_KIND_STILL;
    shown_follow(p);
    pane_repaint(p);
    if (w->calls.prompt_painted)
        w->calls.prompt_painted(w->calls.ctx, w->prompt.serial);
}

void prompt_prepare(struct windows *w, uint32_t serial, enum prompt_kind kind, uint32_t person,
                    const char *name, bool in_panel)
{
    take_down(w);
    if (w->pick.program)
        pick_stop(w);
    struct prompt *q = &w->prompt;
    q->serial = serial;
    q->kind = kind;
    q->person = person;
    q->in_panel = in_panel;
    strncpy(q->name, name ? name : "", sizeof q->name - 1);
    if (in_panel)
        prepare_in_panel(w);
    else
        prepare_dialog(w);
    display_flush(w->d);
}

void prompt_on_painted(struct windows *w)
{
    struct prompt *q = &w->prompt;
    if (q->step != PROMPT_STEP_PAINTING)
        return;
    q->step = PROMPT_STEP_READY;
    if (w->calls.prompt_painted)
        w->calls.prompt_painted(w->calls.ctx, q->serial);
}

/* ------------------------------------------------------------------------------------- mapping */
static struct ui_rect grant_rect(const struct pane *p)
{
    const struct ui_layout *l = view_layout(&p->view, p->w->model);
    for (uint8_t c = 0; c < l->n_controls; c++)
        if (l->controls[c].kind == UI_KIND_GRANT)
            return view_rect(&p->view, p->w->model, c);
    return (struct ui_rect){0};
}

/* Below where bars are, where there is another vitrine: its bar stays above everything, and what it
   lies over is never wholly seen. */
static struct ui_rect room_for(const struct pane *p)
{
    const struct windows *w = p->w;
    struct ui_rect m = display_monitor_at(w->d, w->d->pointer_x, w->d->pointer_y);
    return w->d->others.there ? place_under(m, p->view.h, windows_bar_height(w)) : m;
}

static void on_pointer(void *ctx, uint32_t tag, const void *reply)
{
    (void)tag;
    (void)reply;
    struct windows *w = ctx;
    struct pane *p = &w->pane[PANE_DIALOG];
    if (w->prompt.step != PROMPT_STEP_MAPPING)
        return;
    window_place(&p->win,
                 place_dialog(room_for(p), p->view.w, p->view.h, grant_rect(p), w->d->pointer_x,
                              w->d->pointer_y, ui_px(PLACE_CLEAR, w->scale)));
    toast_make_way(w);
    cover_map(&w->cover);
    window_map(&p->win);
    prompt_take_keyboard(w, p->win.id);
    display_flush(w->d);
}

/* The server's own bell, as loud as the desktop has it: no sound system, no further rights. */
static void tone(struct windows *w)
{
    if (w->model->sound)
        xcb_bell(w->d->x, 0);
}

/* What hangs off the screen, or lies under the border, is never wholly seen: its guard would never
   end. */
static void bring_onto_screen(struct pane *p)
{
    struct ui_rect screen = {0, 0, p->w->d->width, p->w->d->height}, at = p->win.at;
    struct ui_rect seen = place_keep_on(place_inset(screen, ui_px(PLACE_EDGE, p->w->scale)), at);
    if (seen.x != at.x || seen.y != at.y)
        window_place(&p->win, seen);
}

static void begin_in_panel(struct windows *w)
{
    struct pane *p = &w->pane[pane_for(&w->prompt)];
    w->prompt.step = PROMPT_STEP_UP;
    tone(w);
    if (p->which == PANE_MAIN) {
        bring_onto_screen(p);
        windows_above_begin(w);
    }
    seen_begin(w);
    windows_feed(p, (struct origin_event){.what = ORIGIN_CHANGED});
    windows_tell_prompt(w, false);
}

void prompt_map(struct windows *w, uint32_t serial)
{
    struct prompt *q = &w->prompt;
    if (q->step != PROMPT_STEP_READY || q->serial != serial)
        return;
    if (q->in_panel) {
        begin_in_panel(w);
    } else {
        q->step = PROMPT_STEP_MAPPING;
        display_query_pointer(w->d, on_pointer, w);
    }
    windows_tick(w);
    display_flush(w->d);
}

void prompt_on_mapped(struct windows *w)
{
    struct prompt *q = &w->prompt;
    if (q->step != PROMPT_STEP_MAPPING)
        return;
    q->step = PROMPT_STEP_UP;
    tone(w);
    /* Again: a window can be grabbed for only once it is viewable. */
    prompt_take_keyboard(w, w->pane[PANE_DIALOG].win.id);
    seen_begin(w);
    windows_tell_prompt(w, false);
    windows_tick(w);
}

/* ------------------------------------------------------------------------------------ guarding */
void prompt_guard(struct windows *w, uint32_t serial)
{
    struct pane *p = prompt_pane(w);
    if (p && w->prompt.serial == serial)
        windows_feed(p, (struct origin_event){.what = ORIGIN_CHANGED});
}

/* A dialog comes back to the top by itself; what lies over the panel stays there, and so does what
   another program shows instead of either. */
static bool is_covered(const struct pane *p)
{
    return seen_differs(p->w) ||
           (p->which == PANE_MAIN && (!p->win.visible || windows_above(p->w) == ABOVE_SOMETHING));
}

static const char *why_not(const struct pane *p)
{
    return p->view.unlike ? "effects" : is_covered(p) ? "covered" : "";
}

const char *prompt_why(const struct windows *w)
{
    return w->prompt.why ? w->prompt.why : "";
}

void prompt_update_armed(struct windows *w, uint64_t now_ms)
{
    struct pane *p = prompt_pane(w);
    struct prompt *q = &w->prompt;
    bool armed = p && (origin_armed(&p->judge, now_ms) || seen_holds(w)), was = q->armed;
    const char *why = p && !armed ? why_not(p) : "";
    if (!p || (armed == was && strcmp(why, prompt_why(w)) == 0))
        return;
    q->armed = armed;
    q->why = why;
    windows_tell_prompt(w, false);
    if (armed != was && w->calls.prompt_armed)
        w->calls.prompt_armed(w->calls.ctx, q->serial, armed);
}

void prompt_apart(struct windows *w)
{
    if (w->calls.prompt_apart)
        w->calls.prompt_apart(w->calls.ctx, w->prompt.serial);
}

void prompt_on_covered(struct windows *w, uint64_t now_ms)
{
    if (w->prompt.step != PROMPT_STEP_UP || w->prompt.in_panel)
        return;
    seen_let_go(w);
    /* The guard begins anew; a press on its No is still one. */
    struct origin_event e = {.what = ORIGIN_FOCUS_LOST, .now_ms = now_ms};
    origin_feed(&w->pane[PANE_DIALOG].judge, &e);
    prompt_update_armed(w, now_ms);
    windows_tick(w); /* no VisibilityNotify comes after it where windows are composited */
}

/* ----------------------------------------------------------------------------------- answering */
void prompt_answered(struct windows *w, bool yes, enum windows_hand hand, enum origin_why why)
{
    struct prompt *q = &w->prompt;
    struct pane *p = prompt_pane(w);
    if (!p && q->step == PROMPT_STEP_NONE)
        return;
    uint32_t serial = q->serial;
    uint8_t choice = p ? p->view.what : 0;
    yes = yes && p && hand != HAND_NONE;
    if (yes && q->kind == PROMPT_KIND_SHARE) {
        bool whole = choice == UI_WHAT_WHOLE || shared_code(w, &w->offered) == 0;
        if (whole) /* also when the screen grows */
            w->offered = (struct share_choice){0};
        yes = shared_begin(w, &w->offered);
        choice = w->shared_as;
    }
    take_down(w);
    display_flush(w->d);
    if (w->calls.prompt_answer)
        w->calls.prompt_answer(w->calls.ctx, serial, yes, choice, hand, why);
}

void prompt_on_taken(struct windows *w)
{
    prompt_answered(w, false, HAND_NONE, ORIGIN_WHY_CLOSED);
}

void prompt_close(struct windows *w, uint32_t serial)
{
    if (w->prompt.step == PROMPT_STEP_NONE || w->prompt.serial != serial)
        return;
    take_down(w);
    display_flush(w->d);
}
