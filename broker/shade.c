/*
 * What must not be seen: asking the X server, being told, answering; see shade.h. Runs in the
 * broker; never waits for the server after shade_create. Distrusts what other clients send: events
 * made by them do not count, properties are compared as bytes.
 */
#include "broker/shade.h"
#include "broker/reply.h"
#include "broker/stuck.h"
#include "lib/loop.h"
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>

#define CLASS_WORDS 64 /* 256 bytes: longer than any list can compare with */

static const uint32_t told_of = XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY | XCB_EVENT_MASK_PROPERTY_CHANGE;

/* --- asking --- */

static void remember(struct shade *s, unsigned seq, uint32_t id, enum shade_question what)
{
    unsigned at = (s->first + s->n_asked++) % SHADE_ASKED;
    s->asked[at] = (struct shade_asked){seq, id, what};
}

static unsigned select_events(struct shade *s, uint32_t window, uint32_t mask)
{
    return xcb_change_window_attributes(s->x, window, XCB_CW_EVENT_MASK, &mask).sequence;
}

/* First to be told of changes, then what it is: nothing falls between. */
static void ask_inside(struct shade *s, struct shade_node *n)
{
    uint32_t id = n->id;
    select_events(s, id, told_of);
    remember(s, xcb_query_tree(s->x, id).sequence, id, ASKED_INSIDE);
    unsigned seq =
        xcb_get_property(s->x, 0, id, XCB_ATOM_WM_CLASS, XCB_GET_PROPERTY_TYPE_ANY, 0, CLASS_WORDS)
            .sequence;
    remember(s, seq, id, ASKED_CLASS);
    tree_asked(&s->tree, n, seq);
}

static void ask_place(struct shade *s, struct shade_top *top)
{
    top->place_seq = xcb_get_geometry(s->x, top->id).sequence;
    remember(s, top->place_seq, top->id, ASKED_PLACE);
    top->map_seq = xcb_get_window_attributes(s->x, top->id).sequence;
    remember(s, top->map_seq, top->id, ASKED_SHOWN);
}

static bool has_room(const struct shade *s)
{
    return s->n_asked + 4 <= SHADE_ASKED;
}

static void ask_what_is_new(struct shade *s)
{
    struct shade_tree *t = &s->tree;
    for (unsigned i = 0; i < t->n_tops && has_room(s); i++)
        if (!t->top[i].place_known && t->top[i].place_seq == 0)
            ask_place(s, &t->top[i]);
    for (unsigned i = 0; i < t->n_nodes && t->n_to_ask > 0 && has_room(s); i++)
        if (t->node[i].state == SHADE_TO_ASK)
            ask_inside(s, &t->node[i]);
}

/* The server's answer to anything at all: by then it has told what was before. */
static void ask_now(struct shade *s)
{
    if (s->serial == 0 || s->now_seq != 0 || !has_room(s))
        return;
    s->now_seq = xcb_get_input_focus(s->x).sequence;
    remember(s, s->now_seq, 0, ASKED_NOW);
}

/* --- windows --- */

static bool is_own(const struct shade *s, uint32_t window)
{
    return s->calls.own && s->calls.own(s->calls.ctx, window);
}

/* An own window at the root is hidden by capture itself. */
static struct shade_top *add_top(struct shade *s, uint32_t id)
{
    return is_own(s, id) ? NULL : tree_add_top(&s->tree, id);
}

static void add_tops(struct shade *s, const xcb_query_tree_reply_t *r)
{
    const xcb_window_t *id;
    unsigned n = reply_children(r, &id);
    for (unsigned i = 0; i < n && !s->tree.overfull; i++)
        if (!tree_top(&s->tree, id[i])) /* else it came, and was told of, before */
            tree_move(&s->tree, id[i], s->tree.root, is_own(s, id[i]));
    s->tree.complete = true;
}

static struct ui_rect with_border(int x, int y, unsigned w, unsigned h, unsigned border)
{
    int width = (int)(w + 2 * border), height = (int)(h + 2 * border);
    return (struct ui_rect){x, y, width > 65535 ? 65535 : width, height > 65535 ? 65535 : height};
}

/* --- answers of the server --- */

static void on_inside(struct shade *s, uint32_t id, const xcb_query_tree_reply_t *r)
{
    const xcb_window_t *child;
    unsigned n = reply_children(r, &child);
    bool room = true;
    for (unsigned i = 0; i < n && room; i++)
        room = tree_add_inside(&s->tree, child[i], id, is_own(s, child[i]));
}

/* Windows of another vitrine; ours are known by what they are, and are not asked about. */
static const struct never vitrines = {1, {"vitrine"}};

static bool is_listed(const struct shade *s, const xcb_get_property_reply_t *r)
{
    struct span value = reply_bytes(r);
    if (r->format != 8)
        return false;
    if (r->bytes_after > 0)
        return true; /* cannot be compared as a whole */
    if (never_matches(&vitrines, value.data, value.len))
        return true;
    for (unsigned i = 0; i < 2; i++)
        if (s->never[i] && never_matches(s->never[i], value.data, value.len))
            return true;
    return false;
}

/* A window that is gone is nobody's; the server says so, too. */
static void on_class(struct shade *s, const struct shade_asked *a,
                     const xcb_get_property_reply_t *r)
{
    struct shade_node *n = tree_node(&s->tree, a->id);
    if (n && n->state == SHADE_ASKED_FOR && n->seq == a->seq)
        tree_known(&s->tree, n, r != NULL && is_listed(s, r));
}

static void on_place(struct shade *s, const struct shade_asked *a,
                     const xcb_get_geometry_reply_t *r)
{
    struct shade_top *top = tree_top(&s->tree, a->id);
    if (!top || top->place_seq != a->seq)
        return;
    if (r)
        tree_place(&s->tree, top, with_border(r->x, r->y, r->width, r->height, r->border_width));
    top->place_known = true;
}

static void on_shown(struct shade *s, const struct shade_asked *a,
                     const xcb_get_window_attributes_reply_t *r)
{
    struct shade_top *top = tree_top(&s->tree, a->id);
    if (!top || top->map_seq != a->seq)
        return;
    top->map_known = true;
    tree_map(&s->tree, top, r && r->map_state != XCB_MAP_STATE_UNMAPPED);
}

static void on_reply(struct shade *s, const struct shade_asked *a, const void *reply)
{
    switch (a->what) {
    case ASKED_ROOT:
        if (reply)
            add_tops(s, reply);
        break;
    case ASKED_INSIDE:
        on_inside(s, a->id, reply);
        break;
    case ASKED_CLASS:
        on_class(s, a, reply);
        break;
    case ASKED_PLACE:
        on_place(s, a, reply);
        break;
    case ASKED_SHOWN:
        on_shown(s, a, reply);
        break;
    case ASKED_NOW:
        s->up_to_date = s->up_to_date || a->seq == s->now_seq;
        break;
    }
}

/* --- what the server tells --- */

static void on_create(struct shade *s, const xcb_create_notify_event_t *e)
{
    if (e->parent != s->tree.root) {
        tree_add_inside(&s->tree, e->window, e->parent, is_own(s, e->window));
        return;
    }
    struct shade_top *top = add_top(s, e->window);
    if (!top)
        return;
    tree_place(&s->tree, top, with_border(e->x, e->y, e->width, e->height, e->border_width));
    top->place_known = top->map_known = true;
}

static void on_configure(struct shade *s, const xcb_configure_notify_event_t *e)
{
    struct shade_top *top = tree_top(&s->tree, e->window);
    if (top && e->event == s->tree.root)
        tree_place(&s->tree, top, with_border(e->x, e->y, e->width, e->height, e->border_width));
}

static void move_top(struct shade *s, uint32_t window, int x, int y)
{
    struct shade_top *top = tree_top(&s->tree, window);
    if (top)
        tree_place(&s->tree, top, (struct ui_rect){x, y, top->place.w, top->place.h});
}

/* Told by the old parent and by the new one, which may be the same: then it is elsewhere in it. */
static void on_reparent(struct shade *s, const xcb_reparent_notify_event_t *e)
{
    tree_move(&s->tree, e->window, e->parent, is_own(s, e->window));
    if (e->parent == s->tree.root)
        move_top(s, e->window, e->x, e->y);
}

static void on_gravity(struct shade *s, const xcb_gravity_notify_event_t *e)
{
    if (e->event == s->tree.root)
        move_top(s, e->window, e->x, e->y);
}

static void on_map(struct shade *s, const xcb_map_notify_event_t *e, bool mapped)
{
    struct shade_top *top = tree_top(&s->tree, e->window);
    if (top && e->event == s->tree.root)
        tree_map(&s->tree, top, mapped);
}

static void on_property(struct shade *s, const xcb_property_notify_event_t *e)
{
    struct shade_node *n = e->atom == XCB_ATOM_WM_CLASS ? tree_node(&s->tree, e->window) : NULL;
    if (n)
        tree_ask_again(&s->tree, n);
}

static void on_event(struct shade *s, const xcb_generic_event_t *e)
{
    switch (e->response_type) { /* with the bit of events that clients make: none of these */
    case XCB_CREATE_NOTIFY:
        on_create(s, (const xcb_create_notify_event_t *)e);
        break;
    case XCB_DESTROY_NOTIFY:
        tree_remove(&s->tree, ((const xcb_destroy_notify_event_t *)e)->window);
        break;
    case XCB_REPARENT_NOTIFY:
        on_reparent(s, (const xcb_reparent_notify_event_t *)e);
        break;
    case XCB_CONFIGURE_NOTIFY:
        on_configure(s, (const xcb_configure_notify_event_t *)e);
        break;
    case XCB_GRAVITY_NOTIFY:
        on_gravity(s, (const xcb_gravity_notify_event_t *)e);
        break;
    case XCB_MAP_NOTIFY:
    case XCB_UNMAP_NOTIFY:
        on_map(s, (const xcb_map_notify_event_t *)e, e->response_type == XCB_MAP_NOTIFY);
        break;
    case XCB_PROPERTY_NOTIFY:
        on_property(s, (const xcb_property_notify_event_t *)e);
        break;
    default:
        break;
    }
}

/* --- answering --- */

static bool target_is_good(const struct shade *s)
{
    const struct shade_tree *t = &s->tree;
    return t->target == 0 ||
           (tree_verdict(t, t->target) == SHADE_CLEAR && tree_born(t, t->target) == s->target_born);
}

static void say_forbidden(struct shade *s)
{
    if (s->forbidden || s->tree.target == 0 || !tree_settled(&s->tree) || target_is_good(s))
        return;
    s->forbidden = true;
    if (s->calls.forbidden)
        s->calls.forbidden(s->calls.ctx);
}

static void answer(struct shade *s)
{
    struct ui_rect places[MAX_SHADES];
    if (s->serial == 0 || !s->up_to_date || !tree_settled(&s->tree) || !target_is_good(s))
        return;
    uint32_t serial = s->serial;
    enum read_again again = s->tree.unsure       ? AGAIN_PICTURE
                            : s->tree.n_past > 0 ? AGAIN_PLACES
                                                 : AGAIN_NOTHING;
    unsigned n = tree_places(&s->tree, places);
    s->serial = s->now_seq = 0;
    s->up_to_date = s->told = false;
    s->calls.answer(s->calls.ctx, serial, again, places, s->tree.target ? 0 : n);
}

/* Before the answer: what was seen until now is forgotten by those who got it, with a whole
 * picture.
 */
static void say_changed(struct shade *s)
{
    if (!s->tree.changed || s->told || s->tree.target != 0)
        return;
    s->told = true;
    if (s->calls.changed)
        s->calls.changed(s->calls.ctx);
}

/* --- the connection --- */

/* The next answer of the server that is there, and the next event: events first, so that whatever
   came before them has been read, too. */
static bool fetch(struct shade *s)
{
    xcb_generic_error_t *error = NULL;
    if (!s->event)
        s->event = xcb_poll_for_event(s->x);
    if (!s->has_reply && s->n_asked > 0) {
        s->has_reply = xcb_poll_for_reply(s->x, s->asked[s->first].seq, &s->reply, &error);
        free(error);
    }
    if (!s->event)
        s->event = xcb_poll_for_queued_event(s->x);
    return s->event || s->has_reply;
}

static void drop_event(struct shade *s)
{
    free(s->event);
    s->event = NULL;
}

static void drop_reply(struct shade *s)
{
    free(s->reply);
    s->reply = NULL;
    s->has_reply = false;
    s->first = (s->first + 1) % SHADE_ASKED;
    s->n_asked--;
}

/* In the order in which the server said them: an event has the number of the last request that was
   done before it, so it comes behind the answer with that number. */
static bool hear_one(struct shade *s)
{
    if (!fetch(s))
        return false;
    const struct shade_asked *a = &s->asked[s->first];
    if (s->event && (!s->has_reply || (int32_t)(s->event->full_sequence - a->seq) < 0)) {
        if (s->on && (int32_t)(s->event->full_sequence - s->begin_seq) >= 0)
            on_event(s, s->event);
        drop_event(s);
    } else {
        if (s->on)
            on_reply(s, a, s->reply);
        drop_reply(s);
    }
    return true;
}

static void lose(struct shade *s)
{
    if (!s->lost)
        loop_remove(s->loop, xcb_get_file_descriptor(s->x));
    s->lost = true; /* nothing is answered any more: no picture leaves */
}

static bool send_questions(struct shade *s)
{
    if (s->on) {
        ask_what_is_new(s);
        ask_now(s);
    }
    if (xcb_flush(s->x) > 0 && !xcb_connection_has_error(s->x))
        return true;
    lose(s);
    return false;
}

static void on_turn(void *ctx);

/* From the loop, not from here: who asks is not answered before it goes on. */
static void pump_soon(struct shade *s)
{
    if (!s->lost)
        loop_set_timer(s->loop, 0, on_turn, s);
}

/* All that has been told is heard before an answer is made of it. Whoever makes windows without end
   keeps pictures waiting, and nobody else: what is too much for one turn waits for the next. */
static void pump(struct shade *s)
{
    unsigned heard = 0;
    do {
        while (heard < SHADE_TURN && hear_one(s))
            heard++;
        if (!send_questions(s)) /* what came while they were written does not wake the loop */
            return;
        if (heard == SHADE_TURN) {
            pump_soon(s);
            return;
        }
    } while (fetch(s));
    if (!s->on)
        return;
    say_forbidden(s);
    say_changed(s);
    answer(s);
}

static void on_ready(void *ctx, short revents)
{
    (void)revents;
    pump(ctx);
}

static void on_turn(void *ctx)
{
    pump(ctx);
}

/* --- life --- */

static xcb_connection_t *connect_again(const struct display *d)
{
    struct xauth_cookie cookie;
    int fd = display_connect_raw(d, &cookie);
    if (fd < 0)
        return NULL;
    xcb_auth_info_t auth = {.namelen = cookie.name_len,
                            .name = cookie.name,
                            .datalen = cookie.data_len,
                            .data = (char *)cookie.data};
    stuck_begin();
    stuck_add(fd);
    xcb_connection_t *x = xcb_connect_to_fd(fd, cookie.data_len ? &auth : NULL);
    stuck_end();
    if (xcb_connection_has_error(x))
        stuck_remove(fd);
    xauth_cookie_finish(&cookie);
    return x;
}

struct shade *shade_create(const struct display *d, struct loop *loop,
                           const struct shade_calls *calls)
{
    struct shade *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->d = d;
    s->loop = loop;
    s->calls = *calls;
    s->x = connect_again(d);
    s->lost = !s->x || xcb_connection_has_error(s->x) ||
              !loop_add(loop, xcb_get_file_descriptor(s->x), NULL, on_ready, s);
    return s;
}

void shade_destroy(struct shade *s)
{
    if (!s)
        return;
    loop_clear_timer(s->loop, on_turn, s);
    if (!s->lost)
        loop_remove(s->loop, xcb_get_file_descriptor(s->x));
    free(s->event);
    free(s->reply);
    if (s->x) {
        stuck_remove(xcb_get_file_descriptor(s->x));
        xcb_disconnect(s->x);
    }
    free(s);
}

static void look_at_all(struct shade *s)
{
    tree_init(&s->tree, s->d->root);
    s->on = s->tree.changed = true; /* some of what is to be hidden may have been seen before */
    if (s->lost)
        return;
    s->begin_seq = select_events(s, s->d->root, XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY);
    remember(s, xcb_query_tree(s->x, s->d->root).sequence, 0, ASKED_ROOT);
}

void shade_begin(struct shade *s, const struct never *policy, const struct never *user)
{
    if (s->on)
        return;
    s->never[0] = policy;
    s->never[1] = user;
    look_at_all(s);
    pump_soon(s);
}

void shade_target(struct shade *s, uint32_t window, uint32_t born)
{
    s->tree.target = window;
    s->target_born = born;
    s->tree.unsure = true;
    s->forbidden = false;
    pump_soon(s);
}

uint32_t shade_born(const struct shade *s, uint32_t window)
{
    return s->on && !s->lost ? tree_born(&s->tree, window) : 0;
}

/* Answers that are still to come are not about what is asked from now on. */
static void forget_asked(struct shade *s)
{
    if (s->has_reply)
        drop_reply(s);
    for (; s->n_asked > 0; s->n_asked--) {
        xcb_discard_reply(s->x, s->asked[s->first].seq);
        s->first = (s->first + 1) % SHADE_ASKED;
    }
}

void shade_end(struct shade *s)
{
    if (!s->on)
        return;
    s->on = s->told = s->forbidden = s->up_to_date = false;
    s->serial = s->now_seq = 0;
    if (s->lost)
        return;
    for (unsigned i = 0; i < s->tree.n_nodes; i++)
        select_events(s, s->tree.node[i].id, 0);
    select_events(s, s->d->root, 0);
    forget_asked(s);
    pump_soon(s);
}

void shade_again(struct shade *s, const struct never *policy, const struct never *user)
{
    uint32_t serial = s->serial;
    shade_end(s);
    shade_begin(s, policy, user);
    if (serial != 0)
        shade_ask(s, serial);
}

bool shade_is_on(const struct shade *s)
{
    return s->on;
}

void shade_ask(struct shade *s, uint32_t serial)
{
    s->serial = s->on ? serial : 0;
    s->now_seq = 0;
    s->up_to_date = false;
    pump_soon(s);
}

enum shade_verdict shade_of(const struct shade *s, uint32_t window)
{
    return s->on && !s->lost ? tree_verdict(&s->tree, window) : SHADE_UNKNOWN;
}
