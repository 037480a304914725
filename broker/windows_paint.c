/*
 * Orders to the painters of windows and dialogs, and their pictures put on the screen. Runs in the
 * broker. Distrusts painters: a picture that was not asked for ends its painter.
 */
#include "broker/windows_parts.h"

#include "ch_ui.h"
#include "lib/chan.h"
#include "lib/loop.h"
#include "lib/serial.h"
#include <string.h>

static void painter_failed(struct windows *w, enum windows_painter which)
{
    windows_painter(w, which, NULL);
    if (w->calls.painter_failed)
        w->calls.painter_failed(w->calls.ctx, which);
}

/* --- a painter that takes too long is as good as dead */

static void on_slow(void *ctx)
{
    struct slow *s = ctx;
    struct windows *w = s->w;
    enum windows_painter which = (enum windows_painter)(s - w->slow);
    s->orders = 0;
    if (w->painter[which])
        painter_failed(w, which);
}

void windows_count_order(struct windows *w, enum windows_painter which)
{
    struct slow *s = &w->slow[which];
    s->w = w;
    if (s->orders++ == 0)
        loop_set_timer(w->loop, PAINTER_SLOW_MS, on_slow, s);
}

/* One is done: the next one has its own time. */
static void count_answer(struct windows *w, enum windows_painter which)
{
    struct slow *s = &w->slow[which];
    if (s->orders > 0 && --s->orders > 0)
        loop_set_timer(w->loop, PAINTER_SLOW_MS, on_slow, s);
    else
        loop_clear_timer(w->loop, on_slow, s);
}

void windows_paint_stop(struct windows *w)
{
    for (unsigned i = 0; i < PAINTERS; i++) {
        w->slow[i].orders = 0;
        loop_clear_timer(w->loop, on_slow, &w->slow[i]);
    }
}

uint32_t windows_next_serial(struct windows *w)
{
    return w->serial = serial_next(w->serial);
}

static bool order_picture(struct pane *p, const struct shared *page)
{
    struct windows *w = p->w;
    struct msg_ui_paint m;
    if (!labels_order(w, p->painter, p->view.scale) || !windows_tell_crowd(w, p->painter))
        return false;
    view_paint(&p->view, w->model, &m);
    m.serial = windows_next_serial(w);
    m.stride = page->stride;
    m.memory = page->fd;
    shown_ordered(p);
    tell_ordered(p, &m);
    p->awaited = labels_face(p);
    bool ok = msg_ui_paint_send(w->painter[p->painter], &m) == 0;
    explicit_bzero(&m, sizeof m);
    if (ok)
        windows_count_order(w, p->painter);
    return ok;
}

void pane_repaint(struct pane *p)
{
    if (!p->live)
        return;
    pane_size_view(p);
    windows_tell(p);
    labels_redraw(p);
    p->win.puts++; /* of labels alone */
    p->win.stale = true;
    if (!p->w->painter[p->painter])
        return;
    struct shared *page = window_page(&p->win, (uint32_t)p->view.w, (uint32_t)p->view.h);
    if (!page)
        return; /* one is under way; painted again after it */
    if (order_picture(p, page))
        window_sent(&p->win, p->w->serial);
    else
        painter_failed(p->w, p->painter);
}

static void on_picture(struct pane *p, uint16_t alike)
{
    if (!p->painted) {
        p->painted = true;
        window_forget_before(&p->win); /* that was the last face's */
        if (p->which == PANE_TOAST)
            toast_painted(p->w);
    }
    tell_marked(p, alike);
    windows_tell(p);
    shown_put(p);
    shown_marked(p, alike);
    if (p->which == PANE_MAIN)
        windows_note_put(p->w);
    if (p->which == PANE_DIALOG)
        prompt_on_painted(p->w);
    else if (!p->win.wanted)
        window_map(&p->win);
    if (p->win.stale)
        pane_repaint(p);
    display_flush(p->w->d);
}

int windows_painted(struct windows *w, enum windows_painter which, uint32_t serial, uint16_t alike)
{
    count_answer(w, which);
    if (labels_painted(&w->labels, which, serial))
        return 0;
    for (unsigned n = 0; n < PANES; n++) {
        struct pane *p = &w->pane[n];
        if (p->painter != which || !window_awaits(&p->win, serial))
            continue;
        labels_follow(p, p->awaited);
        window_painted(&p->win, serial);
        if (!p->live) {
            window_forget(&p->win);
            display_flush(w->d);
        } else if (p->face_serial <= serial)
            on_picture(p, alike);
        else if (p->win.stale)
            pane_repaint(p); /* that was the last face's; this one waited for the painter */
        return 0;
    }
    return -1;
}

void windows_painter(struct windows *w, enum windows_painter which, struct chan *painter)
{
    w->painter[which] = painter;
    w->fresh[which] = painter != NULL;
    w->crowd[which] = 0;
    w->slow[which].orders = 0;
    loop_clear_timer(w->loop, on_slow, &w->slow[which]);
    labels_painter_gone(&w->labels, which);
    for (unsigned n = 0; n < PANES; n++) {
        struct pane *p = &w->pane[n];
        if (p->painter != which)
            continue;
        window_painter_gone(&p->win);
        if (painter)
            pane_repaint(p);
        else if (p->live)
            windows_feed(p, (struct origin_event){.what = ORIGIN_PAINTER_GONE});
    }
    display_flush(w->d);
}
