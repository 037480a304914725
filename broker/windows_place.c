/*
 * Where windows stand and how large they are; runs in the broker. Distrusts window managers: what
 * they made of a window is taken as it is, and painted in the size that its layout says.
 */
#include "broker/windows_parts.h"

#include "broker/place.h"

#define TOAST_GAP 8 /* logical pixels between bar and toast */
#define BAR_STEP 32 /* ... that a key moves the bar */

static int most(int a, int b)
{
    return a > b ? a : b;
}

void pane_size_view(struct pane *p)
{
    const struct ui_layout *l = view_layout(&p->view, p->w->model);
    unsigned s = p->view.scale;
    p->view.w = ui_px(l->w, s);
    p->view.h = ui_px(l->h, s);
    if (!l->resizable)
        return;
    p->view.w = most(p->win.at.w, ui_px(UI_VIEWER_MIN_W, s));
    p->view.h = most(p->win.at.h, ui_px(UI_VIEWER_MIN_H, s));
}

int windows_bar_height(const struct windows *w)
{
    return ui_px(ui_layout_get(UI_SHARING_BAR, 0)->h, w->scale);
}

static struct ui_rect start_place(struct windows *w, const struct ui_layout *l)
{
    struct ui_rect m = display_monitor_at(w->d, w->d->pointer_x, w->d->pointer_y);
    struct ui_rect inner = place_inset(m, ui_px(PLACE_EDGE, w->scale));
    int width = ui_px(l->w, w->scale), height = ui_px(l->h, w->scale);
    if (l->resizable && width > inner.w) /* pane_place keeps it in there */
        width = most(inner.w, ui_px(UI_VIEWER_MIN_W, w->scale));
    if (l->resizable && height > inner.h)
        height = most(inner.h, ui_px(UI_VIEWER_MIN_H, w->scale));
    if (l == ui_layout_get(UI_MIRROR, 0)) /* in a corner: it is looked at beside other work */
        return place_keep_on(inner, (struct ui_rect){m.x + m.w, m.y + m.h, width, height});
    return place_below(m, width, height, windows_bar_height(w));
}

void pane_place(struct pane *p)
{
    const struct ui_layout *l = view_layout(&p->view, p->w->model);
    unsigned s = p->w->scale;
    struct ui_rect at = start_place(p->w, l);
    if (p->win.mapped) { /* stays where the owner put it, as far as all of it can be seen there */
        at.x = p->win.at.x;
        at.y = p->win.at.y;
        struct ui_rect m = display_monitor_at(p->w->d, at.x + at.w / 2, at.y + at.h / 2);
        at = place_keep_on(place_inset(m, ui_px(PLACE_EDGE, s)), at);
    }
    /* Bounds first: a manager holds the new size against those it knows. */
    if (l->resizable)
        window_bounds(&p->win, ui_px(UI_VIEWER_MIN_W, s), ui_px(UI_VIEWER_MIN_H, s), 0, 0, true);
    else
        window_bounds(&p->win, at.w, at.h, at.w, at.h, true);
    window_place(&p->win, at);
}

void windows_put_toast(struct windows *w)
{
    struct ui_rect m = display_monitor_at(w->d, w->d->pointer_x, w->d->pointer_y), own[PANES];
    const struct ui_layout *l = ui_layout_get(UI_TOAST, 0);
    unsigned n = 0;
    if (!w->pane[PANE_TOAST].live)
        return;
    for (unsigned i = 0; i < PANES; i++)
        if (w->pane[i].live && i != PANE_TOAST)
            own[n++] = w->pane[i].win.at;
    window_place(&w->pane[PANE_TOAST].win,
                 place_toast(m, ui_px(l->w, w->scale), ui_px(l->h, w->scale),
                             w->bar_on ? windows_bar_height(w) : 0, ui_px(TOAST_GAP, w->scale), own,
                             n));
}

void windows_put_bar(struct windows *w, struct ui_rect m, int x)
{
    struct pane *bar = &w->pane[PANE_BAR];
    struct ui_rect was = bar->win.put; /* not where somebody else may have moved it */
    struct ui_rect at = place_keep_on(m, (struct ui_rect){x, m.y, was.w, was.h});
    if (at.x == was.x && at.y == was.y)
        return;
    window_place(&bar->win, at);
    windows_feed(bar, (struct origin_event){.what = ORIGIN_MOVED});
    windows_tell(bar);
}

static struct ui_rect monitor_of_bar(const struct windows *w)
{
    struct ui_rect at = w->pane[PANE_BAR].win.put;
    return display_monitor_at(w->d, at.x + at.w / 2, at.y);
}

void windows_keep_bar(struct windows *w)
{
    windows_put_bar(w, monitor_of_bar(w), w->pane[PANE_BAR].win.put.x);
}

/* The monitor that begins where m ends; m where there is none. */
static struct ui_rect beside(const struct windows *w, struct ui_rect m, int way)
{
    int x = way < 0 ? m.x - 1 : m.x + m.w, y = m.y + m.h / 2;
    struct ui_rect next = display_monitor_at(w->d, x, y);
    return place_inside(next, x, y) ? next : m;
}

void windows_step_bar(struct windows *w, int way)
{
    struct ui_rect at = w->pane[PANE_BAR].win.put;
    struct ui_rect m = monitor_of_bar(w);
    if (way < 0 ? at.x <= m.x : at.x + at.w >= m.x + m.w)
        m = beside(w, m, way);
    windows_put_bar(w, m, at.x + way * ui_px(BAR_STEP, w->scale));
}

struct ui_rect windows_bar_place(struct windows *w, int width, int height)
{
    struct ui_rect was = w->pane[PANE_BAR].win.put;
    int middle = was.x + was.w / 2;
    return place_keep_on(monitor_of_bar(w),
                         (struct ui_rect){middle - width / 2, was.y, width, height});
}

struct ui_rect pane_root_rect(const struct pane *p, uint8_t control)
{
    struct ui_rect r = view_rect(&p->view, p->w->model, control);
    r.x += p->win.at.x;
    r.y += p->win.at.y;
    return r;
}
