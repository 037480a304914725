/*
 * From verdicts to actions: what a judged press does, and when a guard moves on. Runs in the
 * broker. Distrusts every source of input that the judge (origin.h) has not called physical.
 */
#include "broker/windows_parts.h"

#include "lib/loop.h"

#define HINT_MS 5000
#define FINE_S 10        /* the clock in the bar shows every second so long ... */
#define COARSE_S 10      /* ... and every tenth later */
#define GUARD_STEP_MS 50 /* the bar in the button moves in 20 steps */

/* --- verdicts */

enum windows_hand windows_hand_of(const struct pane *p, uint16_t source)
{
    return origin_device_kind(&p->w->d->devices, source) == ORIGIN_DEVICE_PHYSICAL ? HAND_PHYSICAL
                                                                                   : HAND_SYNTHETIC;
}

void windows_hint(struct windows *w)
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

static void act(struct pane *p, struct view_press press, enum windows_hand hand)
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
    if (press.pick != UI_WHAT_WHOLE) {
        if (face == UI_SETTINGS)
            pick_begin_program(w);
        else
            pick_begin(w, (enum ui_what)press.pick);
        return;
    }
    if (press.answer) {
        prompt_answered(w, press.yes, hand, ORIGIN_WHY_NONE);
        return;
    }
    if (press.action == ACTION_NONE || panel_answer(p, &press, hand))
        return;
    if (face == UI_DOCTOR && press.action == ACTION_CLOSE)
        windows_doctor(w, false);
    else if (p->which == PANE_SIDE && press.action == ACTION_CLOSE)
        windows_side_close(w);
    else if (w->calls.action)
        w->calls.action(w->calls.ctx, face, press.action, press.id, hand);
}

void windows_press(struct pane *p, struct view_press press, enum windows_hand hand)
{
    act(p, press, hand);
    if (!p->live)
        return;
    if (shown_follow(p)) /* a choice in a dialog changes what is granted */
        windows_feed(p, (struct origin_event){.what = ORIGIN_CHANGED});
}

static void on_close(struct pane *p, enum origin_why why)
{
    if (p->which == PANE_DIALOG)
        prompt_answered(p->w, false, why == ORIGIN_WHY_ESCAPE ? HAND_PHYSICAL : HAND_NONE, why);
    else
        act(p, view_action(ACTION_CLOSE), HAND_NONE);
}

static void show_pressed(struct pane *p)
{
    uint8_t pressed = p->judge.held ? (uint8_t)p->judge.held_target : VIEW_NONE;
    if (pressed == p->view.pressed)
        return;
    p->view.pressed = pressed;
    p->view.pressed_whom = p->judge.held_person;
    pane_repaint(p);
}

/* The panel's Admit where something lies over the panel, or the screen shows another: pressed, it
 * gives nothing. */
static bool asks_apart(const struct pane *p)
{
    const struct windows *w = p->w;
    return p->which == PANE_MAIN && w->prompt.in_panel && w->prompt.step == PROMPT_STEP_UP &&
           (!p->judge.seen || windows_above(w) != ABOVE_NOTHING || !seen_same(p));
}

struct origin_event windows_aim(const struct pane *p, uint8_t control)
{
    bool grant = view_is_grant(&p->view, p->w->model, control);
    if (control == VIEW_NONE || (grant && !labels_shown(p, control)))
        return (struct origin_event){.target = ORIGIN_NO_TARGET};
    grant = grant && !asks_apart(p);
    bool danger = view_is_danger(&p->view, p->w->model, control);
    return (struct origin_event){.target = control,
                                 .person = view_whom(&p->view, p->w->model, control),
                                 .grant = grant,
                                 .danger = danger,
                                 .loosens = view_loosens(&p->view, p->w->model, control),
                                 .face_ms = shown_since(p, control)};
}

/* What was pressed is not there any more, or not to be seen; or something else is pressed now,
   which counts when it is let go of. */
static bool takes_back(const struct windows *w, const struct origin_event *e)
{
    enum origin_what what = e->what;
    bool presses = what == ORIGIN_PRESS || (what == ORIGIN_KEY && e->key == ORIGIN_KEY_PRESSES);
    return (presses && e->target != w->seen.held.target) || what == ORIGIN_COVERED ||
           what == ORIGIN_CHANGED || what == ORIGIN_MOVED || what == ORIGIN_PAINTER_GONE ||
           what == ORIGIN_LOCKED;
}

struct origin_verdict windows_judge(struct pane *p, struct origin_event e)
{
    e.now_ms = loop_now_ms();
    if (p == prompt_pane(p->w) && takes_back(p->w, &e))
        seen_let_go(p->w);
    if (e.source != 0) /* a device's: the server has given it its time */
        e.late_ms = origin_late_ms(&p->w->clock, e.now_ms, e.time);
    struct origin_verdict v = origin_feed(&p->judge, &e);
    /* An answer is told while the prompt is still said to be armed. */
    if (v.result != ORIGIN_PRESSED)
        prompt_update_armed(p->w, e.now_ms);
    return v;
}

void windows_conclude(struct pane *p, struct origin_verdict v, uint16_t source)
{
    switch (v.result) {
    case ORIGIN_NOTHING:
    case ORIGIN_KEY_OURS:
        break;
    case ORIGIN_HINT:
        windows_hint(p->w);
        break;
    case ORIGIN_NO:
        on_close(p, v.why);
        return;
    case ORIGIN_PRESSED:
        p->view.pressed = VIEW_NONE;
        if (!v.grant && view_is_grant(&p->view, p->w->model, (uint8_t)v.target)) {
            prompt_apart(p->w);
            break;
        }
        if (v.grant && seen_hold(p, v.target, source))
            break;
        windows_press(p, view_press(&p->view, p->w->model, (uint8_t)v.target),
                      windows_hand_of(p, source));
        break;
    }
    if (p->live)
        show_pressed(p);
}

void windows_feed(struct pane *p, struct origin_event e)
{
    windows_conclude(p, windows_judge(p, e), e.source);
    windows_tick(p->w);
}

/* --- time */

static unsigned long long sooner(unsigned long long a, unsigned long long b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

static unsigned long long tick_guard(struct pane *p, uint64_t now)
{
    unsigned guard = origin_progress(&p->judge, now) / 50 * 50;
    if (guard != p->view.guard) {
        if (guard == UI_GUARD_WHOLE || p->view.guard == UI_GUARD_WHOLE)
            p->win.puts++; /* the button looks different; before, only the bar in it moves */
        p->view.guard = guard;
        labels_redraw(p); /* grants are sealed: no painter is needed for it */
    }
    unsigned long long next = origin_next_ms(&p->judge, now);
    if (guard > 0 && guard < UI_GUARD_WHOLE)
        next = sooner(next, GUARD_STEP_MS);
    else if (guard == 0 && next > GUARD_STEP_MS && p->judge.seen && !p->judge.voided)
        next = GUARD_STEP_MS;
    return next;
}

/* Counts down to the end of the grant. */
static unsigned long long tick_control(struct pane *p, uint64_t now)
{
    uint64_t until = p->w->model->control_until_ms;
    uint32_t left = until > now ? (uint32_t)((until - now + 999) / 1000) : 0;
    if (left != p->view.seconds) {
        p->view.seconds = left;
        pane_repaint(p);
    }
    return left ? (until - now) % 1000 + 1 : 0;
}

/* Seconds are news at first, later tens of them are: each is a picture painted, put on the screen
   and, since it changes the screen, read by capture. */
static uint32_t shown_seconds(uint64_t ms)
{
    uint32_t seconds = (uint32_t)(ms / 1000);
    return seconds < FINE_S ? seconds : seconds - seconds % COARSE_S;
}

static unsigned long long until_next(uint64_t ms)
{
    uint64_t step = ms < FINE_S * 1000 ? 1000 : COARSE_S * 1000;
    return step - ms % step;
}

static unsigned long long tick_bar(struct windows *w, uint64_t now)
{
    struct pane *p = &w->pane[PANE_BAR];
    if (!w->bar_on)
        return 0;
    if (p->view.kind == UI_SHARING_BAR_CONTROL)
        return tick_control(p, now);
    bool still = p->view.asked != 0; /* then it counts down */
    uint64_t since = still ? w->prompt.since_ms : w->model->sharing_since_ms;
    uint64_t ms = since && now > since ? now - since : 0;
    uint32_t seconds = shown_seconds(ms);
    if (still)
        seconds = ms < STILL_MS ? (uint32_t)((STILL_MS - ms + 999) / 1000) : 0;
    if (seconds != p->view.seconds) {
        p->view.seconds = seconds;
        pane_repaint(p);
    }
    return still || !since ? 1000 - ms % 1000 : until_next(ms);
}

static void on_timer(void *ctx)
{
    windows_tick(ctx);
}

/* --events says when a control that waits has waited. */
static unsigned long long tick_loose(struct pane *p, uint64_t now)
{
    struct view_loose loose[VIEW_LOOSE];
    unsigned n = p->live && p->painted ? view_loose(&p->view, p->w->model, loose) : 0;
    unsigned long long next = 0;
    unsigned waits = 0;
    for (unsigned i = 0; i < n; i++) {
        unsigned long long ms = shown_waits(p, loose[i].control, now);
        waits += ms != 0;
        next = sooner(next, ms);
    }
    if (waits < p->waits)
        windows_tell(p);
    p->waits = waits;
    return next;
}

void windows_tick(struct windows *w)
{
    uint64_t now = loop_now_ms();
    unsigned long long next = tick_bar(w, now);
    for (unsigned n = 0; n < PANES; n++)
        next = sooner(next, tick_loose(&w->pane[n], now));
    struct pane *p = prompt_pane(w);
    if (p) {
        struct origin_event tick = {.what = ORIGIN_TICK, .now_ms = now};
        struct origin_verdict v = origin_feed(&p->judge, &tick);
        if (v.result == ORIGIN_NO) {
            prompt_answered(w, false, HAND_NONE, v.why);
            return;
        }
        next = sooner(next, tick_guard(p, now));
        prompt_update_armed(w, now);
    }
    if (next)
        loop_set_timer(w->loop, next, on_timer, w);
    display_flush(w->d);
}

void windows_tick_stop(struct windows *w)
{
    loop_clear_timer(w->loop, on_timer, w);
}
