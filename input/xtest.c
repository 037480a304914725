/*
 * See xtest.h. Runs in vitrine-input. Waits for the server while it connects only; from then on
 * answers are looked for, never waited for.
 */
#include "input/xtest.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xcb/xcb.h>
#include <xcb/xcbext.h>
#include <xcb/xtest.h>

struct xtest {
    struct inject *inject;
    xcb_connection_t *c;
    xcb_window_t root;
    unsigned asked;   /* sequence of the question under way; 0 none */
    uint8_t lent[32]; /* keys whose meaning we changed ourselves */
    bool mapping;     /* both maps are asked for */
    bool stale;       /* they changed since */
    unsigned map_asked, modifiers_asked;
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

static void xtest_ask(void *self)
{
    struct xtest *x = self;
    x->asked = xcb_get_input_focus(x->c).sequence;
    xcb_flush(x->c);
}

/* --- keyboard map --- */

static void ask_map(struct xtest *x)
{
    const xcb_setup_t *s = xcb_get_setup(x->c);
    x->map_asked = xcb_get_keyboard_mapping(x->c, s->min_keycode,
                                            (uint8_t)(s->max_keycode - s->min_keycode + 1))
                       .sequence;
    x->modifiers_asked = xcb_get_modifier_mapping(x->c).sequence;
    x->mapping = true;
    x->stale = false;
    xcb_flush(x->c);
}

static void take_symbols(struct xtest *x, const xcb_get_keyboard_mapping_reply_t *r)
{
    const xcb_setup_t *s = xcb_get_setup(x->c);
    unsigned per = r->keysyms_per_keycode;
    size_t n = (size_t)xcb_get_keyboard_mapping_keysyms_length(r);
    const xcb_keysym_t *sym = xcb_get_keyboard_mapping_keysyms(r);
    memset(&x->map, 0, sizeof x->map);
    x->map.first = s->min_keycode;
    x->map.last = s->max_keycode;
    x->map.per = (uint8_t)(per < KEYS_PER_CODE ? per : KEYS_PER_CODE);
    for (unsigned code = x->map.first; code <= x->map.last; code++)
        for (unsigned i = 0; i < x->map.per && (code - x->map.first) * per + i < n; i++)
            x->map.sym[code][i] = sym[(code - x->map.first) * per + i];
}

/* true: an answer was there; *got is it, NULL an error. */
static bool poll_reply(struct xtest *x, unsigned *sequence, void **got)
{
    xcb_generic_error_t *error = NULL;
    *got = NULL;
    if (*sequence == 0 || !xcb_poll_for_reply(x->c, *sequence, got, &error))
        return false;
    *sequence = 0;
    if (error != NULL)
        fail(x, FAIL_X_ERROR, (uint32_t)error->error_code << 16 | error->major_code);
    free(error);
    return true;
}

static void look_for_symbols(struct xtest *x)
{
    void *r;
    if (poll_reply(x, &x->map_asked, &r) && r != NULL)
        take_symbols(x, r);
    free(r);
}

static void look_for_modifiers(struct xtest *x, struct inject_news *news)
{
    void *r;
    if (!poll_reply(x, &x->modifiers_asked, &r))
        return;
    const xcb_get_modifier_mapping_reply_t *m = r;
    if (m != NULL) {
        keymap_find_modifiers(&x->map, xcb_get_modifier_mapping_keycodes(m),
                              m->keycodes_per_modifier);
        news->map_changed = true;
    }
    free(r);
    x->mapping = false;
}

static void look_for_map(struct xtest *x, struct inject_news *news)
{
    look_for_symbols(x);
    if (x->map_asked == 0)
        look_for_modifiers(x, news);
    if (!x->mapping && x->stale)
        ask_map(x);
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

static bool xtest_look(void *self, struct inject_news *news)
{
    struct xtest *x = self;
    xcb_generic_event_t *e;
    void *r;
    while ((e = xcb_poll_for_event(x->c)) != NULL) {
        on_event(x, e);
        free(e);
    }
    if (poll_reply(x, &x->asked, &r)) {
        news->answered = true;
        free(r);
    }
    if (x->mapping)
        look_for_map(x, news);
    else if (x->stale)
        ask_map(x);
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
