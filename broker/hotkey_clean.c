/* See hotkey_clean.h. */
#include "broker/hotkey_clean.h"
#include "broker/reply.h"
#include "lib/clock.h"
#include "lib/x11_oldest.h"
#include "lib/x11_reply.h"
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>
#include <xcb/xinput.h>
#include <xcb/xtest.h>

#define ROUND_US 20000 /* between two rounds of taking back ... */
#define ROUNDS_MAX 20  /* ... and how many, where somebody else presses keys by XTEST, too */
#define TURN_MAX 256   /* answers and events of one turn: the keys and the broker have theirs */

/* --- questions --- */

static void ask_map(struct hotkey_clean *c)
{
    const xcb_setup_t *s = xcb_get_setup(c->x);
    c->map_again = c->asked[ASK_MAP] != 0;
    if (c->map_again)
        return;
    /* before, and so answered before: the map is told with them */
    c->asked[ASK_MODIFIERS] = xcb_get_modifier_mapping(c->x).sequence;
    c->asked[ASK_MAP] = xcb_get_keyboard_mapping(c->x, s->min_keycode,
                                                 (uint8_t)(s->max_keycode - s->min_keycode + 1))
                            .sequence;
}

/* One at a time, and anew from the first whenever anything has changed. */
static void ask_own(struct hotkey_clean *c)
{
    const xcb_setup_t *s = xcb_get_setup(c->x);
    if (c->asked[ASK_OWN_MAP] != 0)
        return;
    if (c->next_own >= c->n_keyboards) {
        c->calls.all_maps(c->calls.ctx);
        return;
    }
    uint8_t id = (uint8_t)c->keyboard[c->next_own++];
    c->asked[ASK_OWN_MODIFIERS] = xcb_input_get_device_modifier_mapping(c->x, id).sequence;
    c->asked[ASK_OWN_MAP] =
        xcb_input_get_device_key_mapping(c->x, id, s->min_keycode,
                                         (uint8_t)(s->max_keycode - s->min_keycode + 1))
            .sequence;
}

static void ask_all_own(struct hotkey_clean *c)
{
    c->next_own = 0;
    ask_own(c);
}

bool hotkey_clean_injects(const struct hotkey_clean *c, uint16_t device)
{
    for (size_t i = 0; i < c->n_xtest; i++)
        if (c->xtest[i] == device)
            return true;
    return false;
}

void hotkey_clean_ask_devices(struct hotkey_clean *c)
{
    c->devices_again = c->asked[ASK_DEVICES] != 0;
    if (!c->devices_again)
        c->asked[ASK_DEVICES] = xcb_input_xi_query_device(c->x, XCB_INPUT_DEVICE_ALL).sequence;
}

static void take_map(struct hotkey_clean *c, const xcb_get_keyboard_mapping_reply_t *r)
{
    const xcb_setup_t *s = xcb_get_setup(c->x);
    keymap_set(&c->map, s->min_keycode, s->max_keycode, r->keysyms_per_keycode,
               xcb_get_keyboard_mapping_keysyms(r),
               (size_t)xcb_get_keyboard_mapping_keysyms_length(r));
    memcpy(c->map.ctrl, c->modifiers.ctrl, sizeof c->map.ctrl);
    c->calls.map(c->calls.ctx, &c->map);
    ask_all_own(c);
}

static void take_modifiers(struct hotkey_clean *c, const xcb_get_modifier_mapping_reply_t *r)
{
    keymap_find_modifiers(&c->modifiers, xcb_get_modifier_mapping_keycodes(r), x11_reply_behind(r),
                          r->keycodes_per_modifier);
}

static void take_own_modifiers(struct hotkey_clean *c,
                               const xcb_input_get_device_modifier_mapping_reply_t *r)
{
    keymap_find_modifiers(&c->own, xcb_input_get_device_modifier_mapping_keymaps(r),
                          x11_reply_behind(r), r->keycodes_per_modifier);
}

static void take_own_map(struct hotkey_clean *c, const xcb_input_get_device_key_mapping_reply_t *r)
{
    const xcb_setup_t *s = xcb_get_setup(c->x);
    uint8_t ctrl[sizeof c->own.ctrl];
    memcpy(ctrl, c->own.ctrl, sizeof ctrl);
    keymap_set(&c->own, s->min_keycode, s->max_keycode, r->keysyms_per_keycode,
               xcb_input_get_device_key_mapping_keysyms(r),
               (size_t)xcb_input_get_device_key_mapping_keysyms_length(r));
    memcpy(c->own.ctrl, ctrl, sizeof ctrl);
    c->calls.own_map(c->calls.ctx, &c->own);
}

/* By name: the property that marks them cannot be asked for all at once, and a device that only
   calls itself so is asked what it has down and nothing more. */
static bool is_xtest(const xcb_input_xi_device_info_t *d)
{
    static const char word[] = "XTEST";
    const char *name = xcb_input_xi_device_info_name(d);
    size_t n = d->name_len;
    return (d->type == XCB_INPUT_DEVICE_TYPE_SLAVE_KEYBOARD ||
            d->type == XCB_INPUT_DEVICE_TYPE_SLAVE_POINTER) &&
           memmem(name, n, word, sizeof word - 1) != NULL;
}

/* One that floats is a keyboard, too; a pointer that does answers with an error. The older requests
   that tell of one device's map know a byte of its number. */
static bool has_keys(const xcb_input_xi_device_info_t *d)
{
    return (d->type == XCB_INPUT_DEVICE_TYPE_SLAVE_KEYBOARD ||
            d->type == XCB_INPUT_DEVICE_TYPE_FLOATING_SLAVE) &&
           d->deviceid <= UINT8_MAX;
}

static void take_devices(struct hotkey_clean *c, const xcb_input_xi_query_device_reply_t *r)
{
    struct reply_devices all;
    c->n_xtest = c->n_keyboards = 0;
    if (!reply_devices(r, &all))
        all.n = 0;
    for (unsigned i = 0; i < all.n; i++)
        if (c->xtest_present && is_xtest(all.device[i])) {
            if (c->n_xtest < XTEST_DEVICES)
                c->xtest[c->n_xtest++] = all.device[i]->deviceid;
        } else if (has_keys(all.device[i]) && c->n_keyboards < KEYBOARDS)
            c->keyboard[c->n_keyboards++] = all.device[i]->deviceid;
    ask_all_own(c);
}

/* --- taking back what is left --- */

static void begin_round(struct hotkey_clean *c)
{
    c->again_us = 0;
    c->rounds++;
    c->released_now = 0;
    c->refused = false;
    for (size_t i = 0; i < c->n_xtest; i++) {
        if (c->asked[ASK_STATE + i] != 0)
            xcb_discard_reply(c->x, c->asked[ASK_STATE + i]);
        c->asked[ASK_STATE + i] = xcb_input_query_device_state(c->x, (uint8_t)c->xtest[i]).sequence;
    }
    c->maps_due = c->asked[ASK_MAP] != 0 ? 2 : 1;
    ask_map(c);
    xcb_flush(c->x);
}

/* The server may still find a few requests of the dead gate on its socket, and do them after our
   question: so there are rounds, until one finds nothing. */
void hotkey_clean_begin(struct hotkey_clean *c)
{
    c->cleaning = true;
    c->rounds = c->released = 0;
    begin_round(c);
}

static void release(struct hotkey_clean *c, uint8_t type, unsigned first, const uint8_t *bits,
                    unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if ((bits[i >> 3] >> (i & 7) & 1) != 0 && i >= first) {
            xcb_test_fake_input(c->x, type, (uint8_t)i, XCB_CURRENT_TIME, XCB_NONE, 0, 0, 0);
            c->released_now++;
        }
}

/* QueryDeviceState: a list of classes, each with its own length; keys and buttons have bits from
 * byte 4 on. */
static void take_state(struct hotkey_clean *c, const xcb_input_query_device_state_reply_t *r)
{
    const uint8_t *at = (const uint8_t *)(r + 1), *end = at + (size_t)r->length * 4;
    for (unsigned i = 0; i < r->num_classes && end - at >= 2 && at[1] >= 2 && end - at >= at[1];
         i++) {
        if (at[0] == 0 && at[1] >= 36)
            release(c, XCB_KEY_RELEASE, 8, at + 4, 256);
        else if (at[0] == 1 && at[1] >= 36)
            release(c, XCB_BUTTON_RELEASE, 1, at + 4, 256);
        at += at[1];
    }
}

static void take_back_lent(struct hotkey_clean *c)
{
    static const xcb_keysym_t nothing[2];
    for (size_t i = 0; i < c->n_spares; i++) {
        uint8_t code = c->spares[i];
        if (!keymap_is_lent(&c->map, code)) /* or the owner's own, since */
            continue;
        xcb_change_keyboard_mapping(c->x, 1, code, 2, nothing);
        c->released_now++;
    }
}

static bool round_is_over(const struct hotkey_clean *c)
{
    bool over = c->maps_due == 0;
    for (size_t i = 0; i < c->n_xtest; i++)
        over = over && c->asked[ASK_STATE + i] == 0;
    return over;
}

static void end_round(struct hotkey_clean *c)
{
    take_back_lent(c);
    c->released += c->released_now;
    xcb_flush(c->x);
    if ((c->rounds < 2 || c->released_now > 0 || c->refused) && c->rounds < ROUNDS_MAX) {
        c->again_us = clock_now_us() + ROUND_US;
        return;
    }
    c->cleaning = false;
    c->n_spares = 0;
    c->calls.clean(c->calls.ctx, c->released);
}

void hotkey_clean_go_on(struct hotkey_clean *c)
{
    if (c->cleaning && c->again_us != 0 && clock_now_us() >= c->again_us)
        begin_round(c);
}

int hotkey_clean_wait_ms(const struct hotkey_clean *c)
{
    if (!c->cleaning || c->again_us == 0)
        return -1;
    uint64_t now = clock_now_us();
    return now >= c->again_us ? 0 : (int)((c->again_us - now) / 1000) + 1;
}

/* --- what comes --- */

/* An error: that device is gone, or has no keys. */
static void take_own(struct hotkey_clean *c, unsigned ask, const void *r)
{
    if (r == NULL && ask == ASK_OWN_MODIFIERS)
        memset(c->own.ctrl, 0, sizeof c->own.ctrl);
    else if (r != NULL && ask == ASK_OWN_MODIFIERS)
        take_own_modifiers(c, r);
    else if (r != NULL)
        take_own_map(c, r);
    if (ask == ASK_OWN_MAP)
        ask_own(c);
}

static void take_answer(struct hotkey_clean *c, unsigned ask, const void *r)
{
    if (ask == ASK_OWN_MODIFIERS || ask == ASK_OWN_MAP) {
        take_own(c, ask, r);
        return;
    }
    c->refused = c->refused || r == NULL;
    if (ask == ASK_MAP && c->maps_due > 0)
        c->maps_due--;
    if (r != NULL && ask == ASK_MAP)
        take_map(c, r);
    else if (r != NULL && ask == ASK_MODIFIERS)
        take_modifiers(c, r);
    else if (r != NULL && ask == ASK_DEVICES)
        take_devices(c, r);
    else if (r != NULL && c->cleaning)
        take_state(c, r);
    if (ask == ASK_MAP && c->map_again)
        ask_map(c);
    if (ask == ASK_DEVICES && c->devices_again)
        hotkey_clean_ask_devices(c);
}

static bool read_answer(struct hotkey_clean *c)
{
    void *r = NULL;
    xcb_generic_error_t *error = NULL;
    unsigned ask = x11_oldest(c->asked, ASKS);
    if (ask == ASKS || !xcb_poll_for_reply(c->x, c->asked[ask], &r, &error) ||
        xcb_connection_has_error(c->x))
        return false;
    c->asked[ask] = 0;
    take_answer(c, ask, r);
    free(r);
    free(error);
    if (c->cleaning && c->again_us == 0 && round_is_over(c))
        end_round(c);
    return true;
}

/* Looking for an answer may read events, too. */
static bool read_one(struct hotkey_clean *c)
{
    xcb_generic_event_t *e = xcb_poll_for_event(c->x);
    if (e == NULL && read_answer(c))
        return true;
    if (e == NULL)
        e = xcb_poll_for_queued_event(c->x);
    if (e != NULL && e->response_type == XCB_MAPPING_NOTIFY)
        ask_map(c);
    free(e);
    return e != NULL;
}

/* Who writes may read, too: so until there was nothing to write. */
bool hotkey_clean_read(struct hotkey_clean *c)
{
    for (unsigned n = 0, before = TURN_MAX; n < TURN_MAX; before = n) {
        while (n < TURN_MAX && read_one(c))
            n++;
        xcb_flush(c->x);
        if (n == before || xcb_connection_has_error(c->x))
            return false;
    }
    return true;
}

/* --- beginning --- */

void hotkey_clean_init(struct hotkey_clean *c, xcb_connection_t *x,
                       const struct hotkey_clean_calls *calls)
{
    const xcb_query_extension_reply_t *e = xcb_get_extension_data(x, &xcb_test_id);
    *c = (struct hotkey_clean){.x = x, .calls = *calls, .xtest_present = e != NULL && e->present};
    ask_map(c);
    hotkey_clean_ask_devices(c);
    xcb_flush(x);
}

bool hotkey_clean_knows(const struct hotkey_clean *c)
{
    return c->asked[ASK_MAP] == 0 && c->asked[ASK_DEVICES] == 0 && c->asked[ASK_OWN_MAP] == 0;
}

void hotkey_clean_lend(struct hotkey_clean *c, const uint8_t *spares, size_t n)
{
    memcpy(c->spares, spares, n);
    c->n_spares = n;
}
