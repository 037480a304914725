/*
 * What does the screen show where a grant can be given? Any program of the same user can keep a
 * window from the screen (Composite), draw over all of them (the overlay window) or into one of
 * them, and the clicks still come to us. So the X server compares, in one step that no other
 * program comes between: the root with all that is on it, where our window is, with the picture we
 * have told it to show there. Pixels that differ are folded upon one another until a single one is
 * left; that one comes here, and says whether any differs. No other pixel of the screen does.
 *
 * Runs in the broker, while a grant can be given and not otherwise. Distrusts other X clients and
 * compositing managers: what is not known is not seen. Nobody knows when the next look is, so that
 * nobody can show ours for just that long; a yes waits for one that begins after it.
 *
 * Left out are the guard bar while it moves (a compositing manager is always a step behind) and the
 * corners, which such managers round.
 */
#include "broker/windows_parts.h"

#include "broker/place.h"
#include "lib/loop.h"
#include "lib/ui/scene.h"
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <xcb/render.h>

#define FIRST_MS 10     /* what is mapped has to be put there first */
#define LOOK_MS 90      /* ... and up to as much again */
#define DIFFERS_MS 60   /* after one that differed */
#define DIFFERS_LONG 50 /* looks */
#define RARELY_MS 500
#define FRESH_MS 1000  /* what was seen before is not seen */
#define LATE_MS 250    /* a compositing manager shows what we drew so much later */
#define EXCUSES 8      /* ... and that is why a look differed, so often between two guards */
#define HOLD_MS 3000   /* a yes waits no longer */
#define DIFFERS_TOLD 4 /* looks */
#define UNLIKE_MS 1500 /* what changes the screen for so long is said ... */
#define ALIKE_MS 500   /* ... until it has not for so long: less than a guard */
#define CORNER 16      /* logical pixels */
#define DONE 0x5a5a5au /* what is left where nothing differs and nothing has failed */

void seen_create(struct windows *w)
{
    struct seen *s = &w->seen;
    xcb_connection_t *x = w->d->x;
    *s = (struct seen){.room = xcb_generate_id(x),
                       .ours = xcb_generate_id(x),
                       .gc = xcb_generate_id(x),
                       .ours_gc = xcb_generate_id(x),
                       .from = xcb_generate_id(x),
                       .to = xcb_generate_id(x)};
}

bool seen_same(const struct pane *p)
{
    const struct seen *s = &p->w->seen;
    return !s->on || p != prompt_pane(p->w) || s->same;
}

bool seen_differs(const struct windows *w)
{
    return w->seen.on && !w->seen.same && w->seen.differs >= DIFFERS_TOLD;
}

bool seen_holds(const struct windows *w)
{
    return w->seen.held.on;
}

void seen_let_go(struct windows *w)
{
    w->seen.held.on = false;
}

/* --- what is asked of the server */

static void set_function(const struct windows *w, xcb_gx_t function)
{
    const uint32_t value = function;
    xcb_change_gc(w->d->x, w->seen.gc, XCB_GC_FUNCTION, &value);
}

static void fill(const struct windows *w, uint32_t pixel, const struct ui_rect *r, unsigned n)
{
    xcb_rectangle_t at[WINDOW_OVER + 4];
    for (unsigned i = 0; i < n; i++)
        at[i] =
            (xcb_rectangle_t){(int16_t)r[i].x, (int16_t)r[i].y, (uint16_t)r[i].w, (uint16_t)r[i].h};
    xcb_change_gc(w->d->x, w->seen.gc, XCB_GC_FOREGROUND, &pixel);
    xcb_poly_fill_rectangle(w->d->x, w->seen.room, w->seen.gc, n, at);
}

static void make_gc(const struct windows *w, xcb_gcontext_t gc, xcb_drawable_t like)
{
    const uint32_t values[] = {XCB_SUBWINDOW_MODE_INCLUDE_INFERIORS, 0};
    xcb_create_gc(w->d->x, gc, like, XCB_GC_SUBWINDOW_MODE | XCB_GC_GRAPHICS_EXPOSURES, values);
}

/* A screen of other colours than our windows': into those as the server itself shows them. */
static void convert_ours(const struct windows *w, struct pane *p, struct ui_rect at)
{
    const struct seen *s = &w->seen;
    struct display *d = w->d;
    xcb_create_pixmap(d->x, d->depth, s->ours, d->root, (uint16_t)at.w, (uint16_t)at.h);
    make_gc(w, s->ours_gc, s->ours);
    window_copy_face(&p->win, s->ours, s->ours_gc);
    xcb_render_create_picture(d->x, s->from, s->ours, d->format, 0, NULL);
    xcb_render_create_picture(d->x, s->to, s->room, d->root_format, 0, NULL);
    xcb_render_composite(d->x, XCB_RENDER_PICT_OP_SRC, s->from, XCB_NONE, s->to, 0, 0, 0, 0, 0, 0,
                         (uint16_t)at.w, (uint16_t)at.h);
    xcb_render_free_picture(d->x, s->from);
    xcb_render_free_picture(d->x, s->to);
    xcb_free_gc(d->x, s->ours_gc);
    xcb_free_pixmap(d->x, s->ours);
}

static void put_ours(const struct windows *w, struct pane *p, struct ui_rect at)
{
    const struct ui_rect all = {0, 0, at.w, at.h};
    fill(w, ~0u, &all, 1); /* what then fails leaves something that differs */
    if (w->d->root_depth == w->d->depth)
        window_copy_face(&p->win, w->seen.room, w->seen.gc);
    else
        convert_ours(w, p, at);
}

static void leave_out(const struct windows *w, struct pane *p, struct ui_rect at)
{
    struct ui_rect out[WINDOW_OVER + 4];
    int c = ui_px(CORNER, p->view.scale);
    unsigned n = labels_moving(p, out);
    for (unsigned i = 0; i < 4; i++)
        out[n++] = (struct ui_rect){i & 1 ? at.w - c : 0, i & 2 ? at.h - c : 0, c, c};
    fill(w, 0, out, n);
}

/* The far half upon the near one; of an odd number the middle stays. */
static void fold(const struct windows *w, struct ui_rect at)
{
    const struct seen *s = &w->seen;
    xcb_connection_t *x = w->d->x;
    for (int half = (at.h + 1) / 2; at.h > 1; at.h = half, half = (at.h + 1) / 2)
        xcb_copy_area(x, s->room, s->room, s->gc, 0, (int16_t)half, 0, 0, (uint16_t)at.w,
                      (uint16_t)(at.h - half));
    for (int half = (at.w + 1) / 2; at.w > 1; at.w = half, half = (at.w + 1) / 2)
        xcb_copy_area(x, s->room, s->room, s->gc, (int16_t)half, 0, 0, 0, (uint16_t)(at.w - half),
                      1);
}

/* Under a grab, and with all of it made anew: what has a name can be drawn into, and changed, by
   every client. */
static unsigned compare(const struct windows *w, struct pane *p, struct ui_rect at)
{
    const struct seen *s = &w->seen;
    struct display *d = w->d;
    const struct ui_rect last = {0, 0, 1, 1};
    xcb_grab_server(d->x);
    xcb_create_pixmap(d->x, d->root_depth, s->room, d->root, (uint16_t)at.w, (uint16_t)at.h);
    make_gc(w, s->gc, s->room);
    put_ours(w, p, at);
    set_function(w, XCB_GX_XOR);
    xcb_copy_area(d->x, d->root, s->room, s->gc, (int16_t)at.x, (int16_t)at.y, 0, 0, (uint16_t)at.w,
                  (uint16_t)at.h);
    set_function(w, XCB_GX_COPY);
    leave_out(w, p, at);
    set_function(w, XCB_GX_OR);
    fold(w, at);
    set_function(w, XCB_GX_XOR);
    fill(w, DONE, &last, 1);
    unsigned asked =
        xcb_get_image(d->x, XCB_IMAGE_FORMAT_Z_PIXMAP, s->room, 0, 0, 1, 1, ~0u).sequence;
    xcb_free_gc(d->x, s->gc);
    xcb_free_pixmap(d->x, s->room);
    xcb_ungrab_server(d->x);
    return asked;
}

/* --- what comes of it */

static void on_time(void *ctx);

static void look_in(struct windows *w, uint64_t ms)
{
    loop_set_timer(w->loop, ms, on_time, w);
}

static uint64_t in_a_while(void)
{
    uint8_t random = 0;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != (ssize_t)sizeof random)
        return LOOK_MS;
    return LOOK_MS + random * (uint64_t)LOOK_MS / 256;
}

/* In the panel nothing else depends on it; what asks in a window of its own is covered. */
static void follow(struct windows *w)
{
    struct pane *p = prompt_pane(w);
    if (p->which != PANE_MAIN) {
        windows_follow_seen(p);
        return;
    }
    shown_judge(p);
    if (w->seen.same) {
        windows_feed(p, (struct origin_event){.what = ORIGIN_SHOWN});
        return;
    }
    prompt_update_armed(w, loop_now_ms());
    windows_tick(w);
}

static void lose(struct windows *w)
{
    if (!w->seen.same)
        return;
    w->seen.same = false;
    seen_let_go(w);
    follow(w);
}

/* Not as long as a yes waits: that has a time of its own. */
void seen_expire(struct windows *w)
{
    const struct seen *s = &w->seen;
    if (s->on && s->same && !s->held.on && loop_now_ms() > s->same_ms + FRESH_MS)
        lose(w);
}

/* What lies over it is known, and taken care of elsewhere. */
static bool is_under_something(const struct pane *p)
{
    return !pane_is_clear(p) || (p->which == PANE_MAIN && windows_above(p->w) != ABOVE_NOTHING);
}

/* The line that says so; it is part of the picture, and not of what is asked. */
static void say_unlike(struct windows *w)
{
    struct seen *s = &w->seen;
    struct pane *p = prompt_pane(w);
    if (is_under_something(p))
        s->unlike_ms = 0;
    bool unlike = s->unlike_ms != 0 && loop_now_ms() >= s->unlike_ms + UNLIKE_MS;
    if (unlike == p->view.unlike)
        return;
    p->view.unlike = unlike;
    pane_repaint(p);
}

static void give(struct windows *w)
{
    struct pane *p = prompt_pane(w);
    uint8_t target = (uint8_t)w->seen.held.target;
    uint16_t source = w->seen.held.source;
    seen_let_go(w);
    if (origin_able(&p->judge) && windows_aim(p, target).grant)
        windows_press(p, view_press(&p->view, w->model, target), windows_hand_of(p, source));
    else
        windows_feed(p, (struct origin_event){.what = ORIGIN_FOCUS_LOST});
}

static void look(struct windows *w);

static void take_same(struct windows *w)
{
    struct seen *s = &w->seen;
    s->differs = 0;
    s->same_ms = s->begun_ms;
    look_in(w, in_a_while());
    if (s->unlike_ms && s->same && s->begun_ms >= s->alike_ms + ALIKE_MS)
        s->unlike_ms = 0;
    say_unlike(w);
    if (!s->on) /* its painter was gone, and with it the question */
        return;
    if (!s->same) {
        s->same = true;
        s->excused = 0;
        s->alike_ms = s->begun_ms;
        follow(w);
    } else if (s->held.on && s->looks >= s->held.look) {
        give(w);
    } else if (s->held.on) {
        look(w);
    }
}

/* It may have been drawn into: it is put there again. */
static void take_different(struct windows *w, bool on_screen)
{
    struct seen *s = &w->seen;
    bool late = s->same && s->begun_ms < s->changed_ms + LATE_MS && s->excused < EXCUSES;
    s->differs++;
    s->excused += late;
    look_in(w, s->differs < DIFFERS_LONG ? DIFFERS_MS : RARELY_MS);
    if (late)
        return;
    lose(w);
    if (!s->on) /* its time was over, too */
        return;
    if (s->differs % DIFFERS_TOLD == 1)
        window_put_again(&prompt_pane(w)->win);
    if (on_screen && !s->unlike_ms)
        s->unlike_ms = s->begun_ms;
    say_unlike(w);
    prompt_update_armed(w, loop_now_ms());
}

static uint32_t colours(const struct display *d)
{
    return d->root_depth < 32 ? (1u << d->root_depth) - 1 : 0xffffff;
}

/* The server could not do it, or not be asked: after a while that is not seen, and said. */
static void take_nothing(struct windows *w)
{
    w->seen.differs++;
    look_in(w, ASK_AGAIN_MS);
    prompt_update_armed(w, loop_now_ms());
}

static void on_pixel(void *ctx, uint32_t tag, const void *reply)
{
    struct pane *p = ctx;
    struct windows *w = p->w;
    const xcb_get_image_reply_t *r = reply;
    uint32_t pixel = 0;
    window_copied(&p->win, tag & 1);
    if (p->win.stale && p->win.painting < 0)
        pane_repaint(p); /* a page has become free */
    if (tag >> 1 != w->seen.round)
        return;
    w->seen.asked = false;
    if (!r || r->length < 1) {
        take_nothing(w);
        return;
    }
    memcpy(&pixel, r + 1, w->d->root_depth > 16 ? sizeof pixel : sizeof(uint16_t));
    if ((pixel & colours(w->d)) == (DONE & colours(w->d)))
        take_same(w);
    else
        take_different(w, true);
    display_flush(w->d);
}

static bool is_on_screen(const struct display *d, struct ui_rect r)
{
    return r.w > 0 && r.h > 0 && r.x >= 0 && r.y >= 0 && r.x + r.w <= d->width &&
           r.y + r.h <= d->height;
}

static void look(struct windows *w)
{
    struct seen *s = &w->seen;
    struct pane *p = prompt_pane(w);
    struct ui_rect at = window_face(&p->win);
    s->looks++;
    s->begun_ms = loop_now_ms();
    if (s->puts != p->win.puts && s->differs == 0) /* what we draw later excuses it no longer */
        s->changed_ms = s->begun_ms;
    s->puts = p->win.puts;
    if (!is_on_screen(w->d, at)) {
        take_different(w, false);
        return;
    }
    s->asked = true;
    look_in(w, LOOK_MS);
    display_later(w->d, compare(w, p, at), on_pixel, p, s->round << 1 | (unsigned)p->win.shown);
    display_flush(w->d);
}

static void on_time(void *ctx)
{
    struct windows *w = ctx;
    const struct seen *s = &w->seen;
    if (s->held.on && loop_now_ms() >= s->held.until_ms) {
        seen_let_go(w);
        windows_feed(prompt_pane(w), (struct origin_event){.what = ORIGIN_FOCUS_LOST});
    }
    seen_expire(w);
    if (s->on && s->asked)
        look_in(w, LOOK_MS);
    else if (s->on)
        look(w);
    display_flush(w->d);
}

bool seen_hold(struct pane *p, uint32_t target, uint16_t source)
{
    struct windows *w = p->w;
    struct seen *s = &w->seen;
    if (!s->on || p != prompt_pane(w))
        return false;
    if (s->held.on)
        return true; /* the first one counts */
    s->held.on = true;
    s->held.target = target;
    s->held.source = source;
    s->held.look = s->looks + 1;
    s->held.until_ms = loop_now_ms() + HOLD_MS;
    origin_wait(&p->judge);
    if (!s->asked)
        look(w);
    return true;
}

void seen_begin(struct windows *w)
{
    struct seen *s = &w->seen;
    seen_end(w);
    if (w->prompt.kind == PROMPT_KIND_END) /* gives nothing */
        return;
    s->on = true;
    s->puts = prompt_pane(w)->win.puts;
    look_in(w, FIRST_MS);
    follow(w); /* until then it is not */
}

void seen_end(struct windows *w)
{
    struct seen *s = &w->seen;
    s->on = s->asked = s->same = s->held.on = false;
    s->differs = s->excused = 0;
    s->same_ms = s->changed_ms = s->unlike_ms = 0;
    s->round = (s->round + 1) & INT32_MAX;
    loop_clear_timer(w->loop, on_time, w);
}
