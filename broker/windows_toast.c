/*
 * Toasts, one at a time. What tells of a protection (sharing stopped, control ended, somebody more
 * sees the screen, ...) is neither replaced nor hidden by what is only kind to know, which anybody
 * in the session can bring about; nor is one of them lost for others: each sort has its place in
 * the queue, and further ones of a sort become one. None lies over a consent dialog: it would cover
 * it, and be covered; nor is one over before a lock screen is gone. Runs in the broker.
 */
#include "broker/windows_parts.h"

#include "lib/loop.h"
#include <string.h>

static const uint8_t protecting[TOASTS_WAIT] = {
    UI_TOAST_JOINED,         UI_TOAST_STOPPED,       UI_TOAST_LOCKED,
    UI_TOAST_PASSWORD,       UI_TOAST_WORKER,        UI_TOAST_CONTROL_ENDED,
    UI_TOAST_CONTROL_SCREEN, UI_TOAST_NOT_CERTIFIED, UI_TOAST_CONTROL_CANNOT,
    UI_TOAST_NOT_KEPT,       UI_TOAST_LOG_SPACE,     UI_TOAST_LOG_LOST,
    UI_TOAST_LOG_NEEDED,     UI_TOAST_LOG_MINE,      UI_TOAST_LOG_DOOR};

static bool protects(const struct toast *one)
{
    return memchr(protecting, one->toast, sizeof protecting) != NULL;
}

static bool has_to_wait(const struct windows *w)
{
    return w->d->lock.told || (w->prompt.step >= PROMPT_STEP_MAPPING && !w->prompt.in_panel);
}

static void merge(struct toast *with, const struct toast *one)
{
    memcpy(with->name, one->name, sizeof with->name);
    with->people += one->people;
}

/* The kind one that waits is the newest; of the others none is forgotten for a newer one. */
static void put_by(struct toasts *t, const struct toast *one)
{
    unsigned i = 0;
    if (!protects(one)) {
        t->kind = *one;
        t->kind_waits = true;
        return;
    }
    while (i < t->n && t->wait[i].toast != one->toast)
        i++;
    if (i < t->n)
        merge(&t->wait[i], one);
    else
        t->wait[t->n++] = *one;
}

static bool take_next(struct toasts *t, struct toast *one)
{
    if (t->n > 0) {
        *one = t->wait[0];
        memmove(t->wait, t->wait + 1, --t->n * sizeof t->wait[0]);
        return true;
    }
    *one = t->kind;
    bool any = t->kind_waits;
    t->kind_waits = false;
    return any;
}

static void show_next(struct windows *w);

static void on_toast_over(void *ctx);

static void set_time(struct windows *w)
{
    loop_set_timer(w->loop, TOAST_MS, on_toast_over, w);
}

/* What no painter has painted yet has been shown to nobody. */
static void on_toast_over(void *ctx)
{
    struct windows *w = ctx;
    if (!w->pane[PANE_TOAST].painted && protects(&w->toasts.shown)) {
        set_time(w);
        return;
    }
    pane_hide(&w->pane[PANE_TOAST]);
    show_next(w);
    display_flush(w->d);
}

static void show(struct windows *w, const struct toast *one)
{
    struct pane *p = &w->pane[PANE_TOAST];
    w->toasts.shown = *one;
    pane_show(p, UI_TOAST);
    p->view.toast = one->toast;
    p->view.toast_people = one->people;
    memcpy(p->view.name, one->name, sizeof p->view.name);
    pane_repaint(p);
    set_time(w);
}

static void show_next(struct windows *w)
{
    struct toast one;
    if (!has_to_wait(w) && take_next(&w->toasts, &one))
        show(w, &one);
}

/* The same again is seen longer, but only while nothing waits for that. Each arrival is news. */
static bool goes_on(const struct toasts *t, const struct toast *one)
{
    return t->n == 0 && one->toast != UI_TOAST_JOINED && t->shown.toast == one->toast &&
           strcmp(t->shown.name, one->name) == 0;
}

void windows_toast(struct windows *w, enum ui_toast toast, const char *name)
{
    struct toast one = {.toast = (uint8_t)toast, .people = 1};
    bool live = w->pane[PANE_TOAST].live;
    strncpy(one.name, name ? name : "", sizeof one.name - 1);
    if (has_to_wait(w) || (live && protects(&w->toasts.shown) && !goes_on(&w->toasts, &one)))
        put_by(&w->toasts, &one);
    else
        show(w, &one);
    display_flush(w->d);
}

void toast_make_way(struct windows *w)
{
    if (!w->pane[PANE_TOAST].live)
        return;
    if (protects(&w->toasts.shown))
        put_by(&w->toasts, &w->toasts.shown);
    loop_clear_timer(w->loop, on_toast_over, w);
    pane_hide(&w->pane[PANE_TOAST]);
}

void toast_come_back(struct windows *w)
{
    if (!w->pane[PANE_TOAST].live)
        show_next(w);
}

void toast_painted(struct windows *w)
{
    set_time(w);
}

void toast_stop(struct windows *w)
{
    loop_clear_timer(w->loop, on_toast_over, w);
}
