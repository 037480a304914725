/*
 * See xtest.h. Runs in vitrine-input. Waits for the server while it connects only; from then on
 * answers are looked for, never waited for.
 */
#include "input/xtest.h"
#include "lib/x11_oldest.h"
#include "lib/x11_reply.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xcb/xcb.h>
#include <xcb/xcbext.h>
#include <xcb/xtest.h>

/* Questions under way, as sequence numbers; 0: none. */
enum ask { ASK_DONE, ASK_SYMBOLS, ASK_MODIFIERS, ASKS };

struct xtest {
    struct inject *inject;
    xcb_connection_t *c;
    xcb_window_t root;
    unsigned asked[ASKS];
    uint8_t lent[32]; /* keys whose meaning we changed ourselves */
    bool stale;       /* they changed since */
    struct keymap map;
};

static bool fail(struct xtest *x, enum fail code, uint32_t detail)
{
    x->inject->failure = code;
    x->inject->detail = detail;
    return false;
}

/* --- actions --- */

static void fake(struct xtest *x, uint8_t type, uint8_t detail, int32_t at_x, int32_t at_y)
{
    xcb_test_fake_input(x->c, type, detail, XCB_CURRENT_TIME,
                        type == XCB_MOTION_NOTIFY ? x->root : XCB_NONE, (int16_t)at_x,
                        (int16_t)at_y, 0);
}

static void xtest_act(void *self, const struct action *a)
{
    struct xtest *x = self;
    switch (a->kind) {
    case ACTION_KEY:
        fake(x, a->down ? XCB_KEY_PRESS : XCB_KEY_RELEASE, a->code, 0, 0);
        break;
    case ACTION_BUTTON:
        fake(x, a->down ? XCB_BUTTON_PRESS : XCB_BUTTON_RELEASE, a->code, 0, 0);
        break;
    case ACTION_MOTION:
        fake(x, XCB_MOTION_NOTIFY, 0, a->x, a->y);
        break;
    default:
        x->lent[a->code >> 3] |= (uint8_t)(1u << (a->code & 7));
        xcb_change_keyboard_mapping(x->c, 1, a->code, 2, a->sym);
        break;
    }
}

/* What cannot be written ends the connection, and nothing more is read from it: nobody would look.
 */
static bool xtest_ask(void *self)
{
    struct xtest *x = self;
    x->asked[ASK_DONE] = xcb_get_input_focus(x->c).sequence;
    xcb_flush(x->c);
    return xcb_connection_has_error(x->c) ? fail(x, FAIL_X_LOST, 0) : true;
}

/* --- keyboard map --- */

static void ask_map(struct xtest *x)
{
    const xcb_setup_t *s = xcb_get_setup(x->c);
    x->asked[ASK_SYMBOLS] = xcb_get_keyboard_mapping(x->c, s->min_keycode,
                                                     (uint8_t)(s->max_keycode - s->min_keycode + 1))
                                .sequence;
    x->asked[ASK_MODIFIERS] = xcb_get_modifier_mapping(x->c).sequence;
    x->stale = false;
    xcb_flush(x->c);
}

static void take_symbols(struct xtest *x, const xcb_get_keyboard_mapping_reply_t *r)
{
    const xcb_setup_t *s = xcb_get_setup(x->c);
    keymap_set(&x->map, s->min_keycode, s->max_keycode, r->keysyms_per_keycode,
               xcb_get_keyboard_mapping_keysyms(r),
               (size_t)xcb_get_keyboard_mapping_keysyms_length(r));
}

static void take_modifiers(struct xtest *x, const xcb_get_modifier_mapping_reply_t *r,
                           struct inject_news *news)
{
    keymap_find_modifiers(&x->map, xcb_get_modifier_mapping_keycodes(r), x11_reply_behind(r),
                          r->keycodes_per_modifier);
    news->map_changed = true;
}

static void take_answer(struct xtest *x, unsigned ask, const void *r, struct inject_news *news)
{
    if (ask == ASK_DONE)
        news->answered = true;
    else if (ask == ASK_SYMBOLS && r != NULL)
        take_symbols(x, r);
    else if (ask == ASK_MODIFIERS && r != NULL)
        take_modifiers(x, r, news);
}

static void xtest_map(void *self, struct keymap *map)
{
    const struct xtest *x = self;
    *map = x->map;
}

/* --- what comes --- */

/* What we lend is in the mapper's map already. */
static bool is_own(const struct xtest *x, const xcb_mapping_notify_event_t *m)
{
    bool lent = (x->lent[m->first_keycode >> 3] >> (m->first_keycode & 7) & 1) != 0;
    return m->request == XCB_MAPPING_POINTER ||
           (m->request == XCB_MAPPING_KEYBOARD && m->count == 1 && lent);
}

static void on_event(struct xtest *x, const xcb_generic_event_t *e)
{
    uint8_t type = e->response_type & 0x7f;
    if (type == 0) {
        const xcb_generic_error_t *error = (const xcb_generic_error_t *)e;
        fail(x, FAIL_X_ERROR, (uint32_t)error->error_code << 16 | error->major_code);
        return;
    }
    if (type == XCB_MAPPING_NOTIFY && !is_own(x, (const xcb_mapping_notify_event_t *)e))
        x->stale = true;
}

/* true: an answer was there. */
static bool look_for_answer(struct xtest *x, struct inject_news *news)
{
    void *r = NULL;
    xcb_generic_error_t *error = NULL;
    unsigned ask = x11_oldest(x->asked, ASKS);
    if (ask == ASKS || !xcb_poll_for_reply(x->c, x->asked[ask], &r, &error))
        return false;
    x->asked[ask] = 0;
    if (error != NULL)
        fail(x, FAIL_X_ERROR, (uint32_t)error->error_code << 16 | error->major_code);
    take_answer(x, ask, r, news);
    free(error);
    free(r);
    return true;
}

/* Looking for an answer may read events, too, and poll(2) does not see them then. */
static bool look(struct xtest *x, struct inject_news *news)
{
    xcb_generic_event_t *e = xcb_poll_for_event(x->c);
    if (e == NULL && look_for_answer(x, news))
        return true;
    if (e == NULL)
        e = xcb_poll_for_queued_event(x->c);
    if (e != NULL)
        on_event(x, e);
    free(e);
    return e != NULL;
}

static bool xtest_look(void *self, struct inject_news *news)
{
    struct xtest *x = self;
    for (;;) {
        while (look(x, news)) {
        }
        if (x->asked[ASK_MODIFIERS] != 0 || !x->stale) /* the last of the two maps */
            break;
        ask_map(x); /* who writes may read, too */
    }
    if (xcb_connection_has_error(x->c))
        return fail(x, FAIL_X_LOST, 0);
    return x->inject->failure == FAIL_NONE;
}

/* --- life --- */

static void xtest_destroy(void *self)
{
    struct xtest *x = self;
    xcb_disconnect(x->c);
    free(x);
}

static const struct inject_ops ops = {
    .act = xtest_act,
    .ask = xtest_ask,
    .look = xtest_look,
    .map = xtest_map,
    .destroy = xtest_destroy,
};

static bool connect_server(struct xtest *x, int fd)
{
    x->c = xcb_connect_to_fd(fd, NULL); /* the gate knows the cookie */
    if (xcb_connection_has_error(x->c))
        return fail(x, FAIL_X_CONNECT, (uint32_t)xcb_connection_has_error(x->c));
    const xcb_query_extension_reply_t *e = xcb_get_extension_data(x->c, &xcb_test_id);
    if (e == NULL)
        return fail(x, FAIL_X_LOST, 0);
    return e->present ? true : fail(x, FAIL_X_NO_XTEST, 0);
}

bool xtest_open(struct inject *i, int fd, uint32_t root)
{
    struct xtest *x = calloc(1, sizeof *x);
    *i = (struct inject){.ops = &ops, .self = x, .fd = fd};
    if (x == NULL) {
        close(fd);
        i->failure = FAIL_MEMORY;
        return false;
    }
    x->inject = i;
    x->root = root;
    if (connect_server(x, fd)) {
        ask_map(x);
        return true;
    }
    xtest_destroy(x);
    i->fd = -1;
    return false;
}
