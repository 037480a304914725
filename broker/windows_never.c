/*
 * Windows that are never shown to others, as the other windows see it: what may be picked, what may
 * be shared, what capture has to ask about. Runs in the broker; broker/shade.h does the watching.
 */
#include "broker/windows_parts.h"

static void on_answer(void *ctx, uint32_t serial, enum read_again again,
                      const struct ui_rect *places, unsigned n)
{
    struct windows *w = ctx;
    if (w->calls.shade_answer)
        w->calls.shade_answer(w->calls.ctx, serial, again, places, n);
}

static void on_shade_changed(void *ctx)
{
    struct windows *w = ctx;
    if (w->calls.shade_answer && windows_shade(w))
        w->calls.shade_answer(w->calls.ctx, 0, AGAIN_NOTHING, NULL, 0);
}

static void refused(struct windows *w, enum windows_never_why why)
{
    if (w->calls.never_shown)
        w->calls.never_shown(w->calls.ctx, why);
}

/* A window that has only gone is told of as that. */
static void on_forbidden(void *ctx)
{
    struct windows *w = ctx;
    if (shade_of(w->shade, w->shared.window) == SHADE_HIDDEN)
        refused(w, NEVER_SHARED);
    if (w->calls.target_gone)
        w->calls.target_gone(w->calls.ctx);
}

static bool on_own(void *ctx, uint32_t window)
{
    const struct windows *w = ctx;
    return windows_own(w, window) || window == w->pick.veil;
}

bool never_create(struct windows *w)
{
    const struct shade_calls calls = {w, on_answer, on_shade_changed, on_forbidden, on_own};
    w->shade = shade_create(w->d, w->loop, &calls);
    return w->shade != NULL;
}

/* Where nothing can be hidden, capture need not ask. */
static bool any_listed(const struct windows *w)
{
    return w->d->others.there || (w->never[0] && w->never[0]->n > 0) ||
           (w->never[1] && w->never[1]->n > 0);
}

void never_look(struct windows *w)
{
    shade_begin(w->shade, w->never[0], w->never[1]);
}

/* As long as something is shared about which capture asks, or may be picked. */
void never_rest(struct windows *w)
{
    bool picks = w->prompt.step != PROMPT_STEP_NONE && w->prompt.kind == PROMPT_KIND_SHARE;
    if (!w->shades && !picks)
        shade_end(w->shade);
}

uint32_t never_born(const struct windows *w, uint32_t window)
{
    return shade_of(w->shade, window) == SHADE_HIDDEN ? 0 : shade_born(w->shade, window);
}

bool never_share(struct windows *w, const struct share_choice *what)
{
    bool one = what->what == UI_WHAT_WINDOW;
    w->shades = one || any_listed(w);
    if (!w->shades) {
        never_rest(w);
        return true;
    }
    never_look(w);
    if (one && (what->born == 0 || shade_born(w->shade, what->window) != what->born ||
                shade_of(w->shade, what->window) != SHADE_CLEAR)) {
        if (shade_of(w->shade, what->window) == SHADE_HIDDEN)
            refused(w, NEVER_PICKED);
        w->shades = false;
        return false;
    }
    shade_target(w->shade, one ? what->window : 0, what->born);
    return true;
}

void never_forget(struct windows *w)
{
    w->shades = false;
    shade_target(w->shade, 0, 0);
    never_rest(w);
}

/* What is to be hidden is another now. */
static void share_as_listed(struct windows *w)
{
    if (!w->bar_on)
        return;
    if (w->shared.what != UI_WHAT_WINDOW)
        never_share(w, &w->shared);
    else if (w->calls.target_gone) /* found again, is it the one that was picked? the owner says */
        w->calls.target_gone(w->calls.ctx);
}

/* --- for the lead --- */

void windows_never(struct windows *w, const struct never *policy, const struct never *user)
{
    w->never[0] = policy;
    w->never[1] = user;
    if (shade_is_on(w->shade))
        shade_again(w->shade, policy, user);
    share_as_listed(w);
}

void never_others(struct windows *w)
{
    if (w->shared.what != UI_WHAT_WINDOW) /* else it is looked at already */
        share_as_listed(w);
}

bool windows_shade(const struct windows *w)
{
    return w->shades;
}

bool windows_shade_ask(struct windows *w, uint32_t serial)
{
    if (!w->shades)
        return false;
    shade_ask(w->shade, serial);
    return true;
}

void windows_shade_begin(struct windows *w)
{
    shade_ask(w->shade, 0);
}
