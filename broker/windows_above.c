/*
 * Does another window lie over the host panel while Admit waits in it? Such a window may show one
 * name over another's row, and let the click through (it has no shape for input). Where windows are
 * composited the server says of none that it is covered, and the panel, unlike a dialog, does not
 * come to the top by itself. So the children of the root are followed in their order, as the server
 * tells it, and what the panel is in, wherever that is put; what is not known yet lies over it.
 * Runs in the broker, on the connection that brings the clicks: by the time of a click all that
 * came before it is known. Distrusts other X clients; what they do makes Admit ask again in a
 * dialog, and nothing else.
 *
 * What is drawn into the panel itself, or into a compositor's overlay, which lies over everything
 * and shows everything, is windows_seen.c's.
 */
#include "broker/windows_parts.h"

#include "broker/place.h"
#include "broker/reply.h"
#include "lib/loop.h"
#include <string.h>

#define ASKED_AT_ONCE 16

static void begin(struct windows *w);

static xcb_window_t panel(const struct windows *w)
{
    return w->pane[PANE_MAIN].win.id;
}

/* --- the order */

static struct above_top *find(struct above *a, xcb_window_t id)
{
    for (unsigned i = 0; i < a->n; i++)
        if (a->top[i].id == id)
            return &a->top[i];
    return NULL;
}

static void take(struct above *a, xcb_window_t id)
{
    struct above_top *t = find(a, id);
    if (!t)
        return;
    a->n--;
    memmove(t, t + 1, (size_t)(a->top + a->n - t) * sizeof *t);
}

static void put(struct above *a, struct above_top top, unsigned at)
{
    if (a->n == ABOVE_TOPS) {
        a->overfull = true;
        return;
    }
    memmove(&a->top[at + 1], &a->top[at], (a->n - at) * sizeof top);
    a->top[at] = top;
    a->n++;
}

/* Above that one; XCB_NONE: below all others. */
static void move(struct above *a, xcb_window_t id, xcb_window_t below)
{
    struct above_top *t = find(a, id);
    if (!t)
        return;
    struct above_top top = *t;
    take(a, id);
    const struct above_top *under = find(a, below);
    put(a, top, under ? (unsigned)(under - a->top) + 1 : below == XCB_NONE ? 0 : a->n);
}

/* A compositing manager's overlay shows everything; what it shows is windows_seen.c's. */
static bool hides(const struct windows *w, const struct above_top *t, const struct above_top *what)
{
    bool placed = t->placed && what->placed;
    return !display_is_servers(w->d, t->id) && t->mapped && t->shows &&
           (!placed || place_overlap(&t->place, &what->place) > 0);
}

/* Where what it is in is, which shows no more of it: of that the server tells by itself. Where the
   panel is has to be asked, and is known too late. */
static bool is_under_another(const struct windows *w)
{
    const struct above *a = &w->above;
    const struct above_top *ours = NULL;
    for (unsigned i = 0; i < a->n; i++) {
        if (ours && hides(w, &a->top[i], ours))
            return true;
        if (a->top[i].id == a->frame)
            ours = &a->top[i];
    }
    return !ours;
}

enum above_what windows_above(const struct windows *w)
{
    const struct above *a = &w->above;
    if (!a->on)
        return ABOVE_NOTHING;
    if (!a->listed || a->frame == XCB_NONE)
        return ABOVE_UNKNOWN;
    if (!a->overfull && !is_under_another(w))
        return ABOVE_NOTHING;
    return a->asking ? ABOVE_UNKNOWN : ABOVE_SOMETHING;
}

/* Its guard begins anew when the screen says again who would be admitted. Nothing else in the panel
   depends on it. */
void windows_above_follow(struct windows *w)
{
    struct pane *p = &w->pane[PANE_MAIN];
    enum above_what now = windows_above(w);
    if (now == w->above.told)
        return;
    w->above.told = now;
    shown_judge(p);
    if (now == ABOVE_NOTHING) {
        windows_feed(p, (struct origin_event){.what = ORIGIN_SHOWN});
        return;
    }
    prompt_update_armed(w, loop_now_ms());
    windows_tick(w);
}

/* --- asking what was there before */

static struct ui_rect with_border(int x, int y, unsigned w, unsigned h, unsigned border)
{
    return (struct ui_rect){x, y, (int)(w + 2 * border), (int)(h + 2 * border)};
}

/* What was told since is newer. */
static void on_place(void *ctx, uint32_t id, const void *reply)
{
    struct windows *w = ctx;
    const xcb_get_geometry_reply_t *g = reply;
    struct above_top *t = find(&w->above, id);
    if (!t || !g || t->placed)
        return;
    t->place = with_border(g->x, g->y, g->width, g->height, g->border_width);
    t->placed = true;
}

static void ask_more(struct windows *w);

/* One for input alone shows nothing. */
static void on_kind(void *ctx, uint32_t id, const void *reply)
{
    struct windows *w = ctx;
    const xcb_get_window_attributes_reply_t *r = reply;
    struct above_top *t = find(&w->above, id);
    w->above.asking--;
    if (t && r) {
        t->known = true;
        t->shows = r->_class != XCB_WINDOW_CLASS_INPUT_ONLY;
    }
    if (t && r && !t->map_told)
        t->mapped = r->map_state != XCB_MAP_STATE_UNMAPPED;
    ask_more(w);
    windows_above_follow(w);
}

static bool can_ask(const struct windows *w)
{
    return w->d->later_n + 2 <= DISPLAY_LATER;
}

static void on_again(void *ctx)
{
    struct windows *w = ctx;
    if (!w->above.on)
        return;
    if (w->above.listed && w->above.frame != XCB_NONE)
        ask_more(w);
    else
        begin(w);
    display_flush(w->d);
}

static void ask_again(struct windows *w)
{
    loop_set_timer(w->loop, ASK_AGAIN_MS, on_again, w);
}

static void ask_about(struct windows *w, struct above_top *t)
{
    xcb_window_t id = t->id;
    t->asked = true;
    w->above.asking++;
    display_later(w->d, xcb_get_geometry(w->d->x, id).sequence, on_place, w, id);
    display_later(w->d, xcb_get_window_attributes(w->d->x, id).sequence, on_kind, w, id);
}

static void ask_more(struct windows *w)
{
    struct above *a = &w->above;
    if (!a->on)
        return;
    for (unsigned i = 0; i < a->n && a->asking < ASKED_AT_ONCE; i++) {
        if (a->top[i].asked)
            continue;
        if (!can_ask(w)) {
            ask_again(w);
            return;
        }
        ask_about(w, &a->top[i]);
    }
}

/* --- which of them ours is in */

static void ask_parent(struct windows *w, xcb_window_t window);

/* First to be told where that is put, then asking where it is: nothing falls between. It stays
   selected: others of us select the same. A window of ours, into which somebody has put ours, has
   it and needs the rest of its mask: without it nobody would hear of what covers the bar. */
static void go_out(struct windows *w, xcb_window_t parent)
{
    const uint32_t mask = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
    if (!display_is_ours(w->d, parent))
        xcb_change_window_attributes(w->d->x, parent, XCB_CW_EVENT_MASK, &mask);
    w->above.within[w->above.depth++] = parent;
    ask_parent(w, parent);
}

static void on_parent(void *ctx, uint32_t round, const void *reply)
{
    struct windows *w = ctx;
    struct above *a = &w->above;
    const xcb_query_tree_reply_t *t = reply;
    if (round != a->round)
        return;
    if (!t) {
        ask_again(w);
        return;
    }
    if (t->parent == w->d->root)
        a->frame = a->at;
    else if (t->parent != XCB_NONE && a->depth < ABOVE_DEEPEST)
        go_out(w, t->parent);
    windows_above_follow(w);
}

static void ask_parent(struct windows *w, xcb_window_t window)
{
    w->above.at = window;
    display_later(w->d, xcb_query_tree(w->d->x, window).sequence, on_parent, w, w->above.round);
    display_flush(w->d);
}

/* --- beginning */

/* Something was told between the question and its answer, nobody knows in which order. */
static void on_children(void *ctx, uint32_t round, const void *reply)
{
    struct windows *w = ctx;
    struct above *a = &w->above;
    const xcb_window_t *id;
    if (round != a->round)
        return;
    if (!reply || a->stale) {
        ask_again(w);
        return;
    }
    unsigned n = reply_children(reply, &id);
    for (unsigned i = 0; i < n; i++)
        put(a, (struct above_top){.id = id[i], .mapped = true, .shows = true}, a->n);
    a->listed = true;
    ask_more(w);
    windows_above_follow(w);
}

static void begin(struct windows *w)
{
    struct above *a = &w->above;
    a->n = a->depth = 0;
    a->listed = a->overfull = a->stale = false;
    a->frame = XCB_NONE;
    a->round++;
    display_later(w->d, xcb_query_tree(w->d->x, w->d->root).sequence, on_children, w, a->round);
    ask_parent(w, panel(w));
}

void windows_above_begin(struct windows *w)
{
    w->above.on = true;
    begin(w);
    windows_above_follow(w);
}

void windows_above_again(struct windows *w)
{
    if (!w->above.on)
        return;
    begin(w);
    windows_above_follow(w);
}

void windows_above_stop(struct windows *w)
{
    loop_clear_timer(w->loop, on_again, w);
}

void windows_above_end(struct windows *w)
{
    if (!w->above.on)
        return;
    w->above.on = false;
    w->above.round++; /* what is answered from now on is nobody's */
    windows_above_stop(w);
    windows_above_follow(w);
}

/* --- what the server tells */

/* Once, also where the answer that began it had it already. */
static void on_create(struct above *a, const xcb_create_notify_event_t *e)
{
    take(a, e->window);
    put(a,
        (struct above_top){.id = e->window,
                           .place = with_border(e->x, e->y, e->width, e->height, e->border_width),
                           .placed = true,
                           .map_told = true,
                           .shows = true,
                           .asked = true}, /* when it is mapped */
        a->n);
}

static void on_map(struct above *a, xcb_window_t window, bool mapped)
{
    struct above_top *t = find(a, window);
    if (!t)
        return;
    t->asked = t->asked && (t->known || !mapped);
    t->mapped = mapped;
    t->map_told = true;
}

static void on_configure(struct above *a, const xcb_configure_notify_event_t *e)
{
    struct above_top *t = find(a, e->window);
    if (!t)
        return;
    t->place = with_border(e->x, e->y, e->width, e->height, e->border_width);
    t->placed = true;
    move(a, e->window, e->above_sibling);
}

static void on_gravity(struct above *a, const xcb_gravity_notify_event_t *e)
{
    struct above_top *t = find(a, e->window);
    if (!t)
        return;
    t->place.x = e->x;
    t->place.y = e->y;
}

static void on_circulate(struct above *a, const xcb_circulate_notify_event_t *e)
{
    const xcb_window_t top = a->n ? a->top[a->n - 1].id : XCB_NONE;
    if (e->place == XCB_PLACE_ON_BOTTOM)
        move(a, e->window, XCB_NONE);
    else if (top != e->window)
        move(a, e->window, top);
}

/* Back at the root it lies on top; the rest has to be asked. */
static void on_reparent(struct windows *w, const xcb_reparent_notify_event_t *e)
{
    struct above *a = &w->above;
    take(a, e->window);
    if (e->parent == w->d->root)
        put(a, (struct above_top){.id = e->window, .mapped = true, .shows = true}, a->n);
}

/* It was about a child of the root. */
static bool is_of_root(const struct windows *w, const xcb_generic_event_t *e)
{
    /* Of all of these the window that is told comes first; made by the server alone. */
    const xcb_map_notify_event_t *m = (const xcb_map_notify_event_t *)e;
    return e->response_type >= XCB_CREATE_NOTIFY && e->response_type <= XCB_CIRCULATE_NOTIFY &&
           m->event == w->d->root;
}

static void take_in(struct windows *w, const xcb_generic_event_t *e)
{
    struct above *a = &w->above;
    switch (e->response_type) {
    case XCB_CREATE_NOTIFY:
        on_create(a, (const xcb_create_notify_event_t *)e);
        break;
    case XCB_DESTROY_NOTIFY:
        take(a, ((const xcb_destroy_notify_event_t *)e)->window);
        break;
    case XCB_MAP_NOTIFY:
    case XCB_UNMAP_NOTIFY:
        on_map(a, ((const xcb_map_notify_event_t *)e)->window, e->response_type == XCB_MAP_NOTIFY);
        break;
    case XCB_REPARENT_NOTIFY:
        on_reparent(w, (const xcb_reparent_notify_event_t *)e);
        break;
    case XCB_CONFIGURE_NOTIFY:
        on_configure(a, (const xcb_configure_notify_event_t *)e);
        break;
    case XCB_GRAVITY_NOTIFY:
        on_gravity(a, (const xcb_gravity_notify_event_t *)e);
        break;
    case XCB_CIRCULATE_NOTIFY:
        on_circulate(a, (const xcb_circulate_notify_event_t *)e);
        break;
    default:
        break;
    }
}

static bool is_within(const struct windows *w, xcb_window_t id)
{
    for (unsigned i = 0; i < w->above.depth; i++)
        if (w->above.within[i] == id)
            return true;
    return false;
}

/* A window manager, or who plays one, has put ours, or what it is in, into another one. */
static bool is_elsewhere(const struct windows *w, const xcb_generic_event_t *e)
{
    const xcb_reparent_notify_event_t *r = (const xcb_reparent_notify_event_t *)e;
    return e->response_type == XCB_REPARENT_NOTIFY &&
           (r->window == panel(w) || is_within(w, r->window));
}

/* It need not tell the panel. */
static bool is_moved_along(const struct windows *w, const xcb_generic_event_t *e)
{
    const xcb_configure_notify_event_t *c = (const xcb_configure_notify_event_t *)e;
    return e->response_type == XCB_CONFIGURE_NOTIFY && c->event == c->window &&
           is_within(w, c->window);
}

void windows_above_event(struct windows *w, const xcb_generic_event_t *e)
{
    struct above *a = &w->above;
    if (!a->on)
        return;
    if (is_moved_along(w, e))
        window_ask_place(&w->pane[PANE_MAIN].win);
    if (is_elsewhere(w, e)) {
        begin(w);
    } else if (is_of_root(w, e)) {
        a->stale = true;
        if (a->listed) {
            take_in(w, e);
            ask_more(w);
        }
    }
    windows_above_follow(w);
}
