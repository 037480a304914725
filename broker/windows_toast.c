/*
 * Toasts, one at a time. What tells of a protection (sharing stopped, control ended, ...) is
 * neither replaced nor hidden by what is only kind to know, which anybody in the session can bring
 * about. None lies over a consent dialog: it would cover it, and be covered. Runs in the broker.
 */
#include "broker/windows_parts.h"

#include "lib/loop.h"
#include <string.h>

static bool protects(uint8_t toast)
{
    switch (toast) {
    case UI_TOAST_STOPPED:
    case UI_TOAST_LOCKED:
    case UI_TOAST_PASSWORD:
    case UI_TOAST_WORKER:
    case UI_TOAST_CONTROL_ENDED:
    case UI_TOAST_CONTROL_CANNOT:
    case UI_TOAST_NOT_CERTIFIED:
    case UI_TOAST_NOT_KEPT:
        return true;
    default:
        return false;
    }
}

static bool has_to_wait(const struct windows *w)
{
    return w->prompt.step >= PROMPT_STEP_MAPPING && !w->prompt.in_panel;
}

static bool same(const struct toast *a, const struct toast *b)
{
    return a->toast == b->toast && strcmp(a->name, b->name) == 0;
}

/* The kind one that waits is the newest; of the others none is forgotten for a newer one. */
static void put_by(struct toasts *t, const struct toast *one)
{
    if (!protects(one->toast)) {
        t->kind = *one;
        t->kind_waits = true;
        return;
    }
    for (unsigned i = 0; i < t->n; i++)
        if (same(&t->wait[i], one))
            return;
    if (t->n < TOASTS_WAIT)
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

static void on_toast_over(void *ctx)
{
    struct windows *w = ctx;
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
    memcpy(p->view.name, one->name, sizeof p->view.name);
    pane_repaint(p);
    loop_set_timer(w->loop, TOAST_MS, on_toast_over, w);
}

static void show_next(struct windows *w)
{
    struct toast one;
    if (!has_to_wait(w) && take_next(&w->toasts, &one))
        show(w, &one);
}

void windows_toast(struct windows *w, enum ui_toast toast, const char *name)
{
    struct toast one = {.toast = (uint8_t)toast};
    bool live = w->pane[PANE_TOAST].live;
    strncpy(one.name, name ? name : "", sizeof one.name - 1);
    if (has_to_wait(w) ||
        (live && protects(w->toasts.shown.toast) && !same(&w->toasts.shown, &one)))
        put_by(&w->toasts, &one);
    else
        show(w, &one);
    display_flush(w->d);
}

void toast_make_way(struct windows *w)
{
    if (!w->pane[PANE_TOAST].live)
        return;
    if (protects(w->toasts.shown.toast))
        put_by(&w->toasts, &w->toasts.shown);
    loop_clear_timer(w->loop, on_toast_over, w);
    pane_hide(&w->pane[PANE_TOAST]);
}

void toast_come_back(struct windows *w)
{
    if (!w->pane[PANE_TOAST].live)
        show_next(w);
}

void toast_stop(struct windows *w)
{
    loop_clear_timer(w->loop, on_toast_over, w);
}
