/* See hotkey_clean.h. */
#include "broker/hotkey_clean.h"
#include "lib/clock.h"
#include "lib/x11_asked.h"
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>
#include <xcb/xinput.h>
#include <xcb/xtest.h>

#define ROUND_US 20000 /* between two rounds of taking back ... */
#define ROUNDS_MAX 20  /* ... and how many, where somebody else presses keys by XTEST, too */

/* --- questions --- */

void hotkey_clean_ask_map(struct hotkey_clean *c)
{
    const xcb_setup_t *s = xcb_get_setup(c->x);
    c->map_again = c->asked[ASK_MAP] != 0;
    if (!c->map_again)
        c->asked[ASK_MAP] = xcb_get_keyboard_mapping(c->x, s->min_keycode,
                                                     (uint8_t)(s->max_keycode - s->min_keycode + 1))
                                .sequence;
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
    unsigned per = r->keysyms_per_keycode;
    size_t n = (size_t)xcb_get_keyboard_mapping_keysyms_length(r);
    const xcb_keysym_t *sym = xcb_get_keyboard_mapping_keysyms(r);
    memset(&c->map, 0, sizeof c->map);
    c->map.first = s->min_keycode;
    c->map.last = s->max_keycode;
    c->map.per = (uint8_t)(per < KEYS_PER_CODE ? per : KEYS_PER_CODE);
    for (unsigned code = c->map.first; code <= c->map.last; code++)
        for (unsigned i = 0; i < c->map.per && (code - c->map.first) * per + i < n; i++)
            c->map.sym[code][i] = sym[(code - c->map.first) * per + i];
    c->calls.map(c->calls.ctx, &c->map);
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

static void take_devices(struct hotkey_clean *c, const xcb_input_xi_query_device_reply_t *r)
{
    c->n_xtest = 0;
    xcb_input_xi_device_info_iterator_t i = xcb_input_xi_query_device_infos_iterator(r);
    for (; i.rem > 0; xcb_input_xi_device_info_next(&i))
        if (c->xtest_present && is_xtest(i.data) && c->n_xtest < XTEST_DEVICES)
            c->xtest[c->n_xtest++] = i.data->deviceid;
}

/* --- taking back what is left --- */

static void begin_round(struct hotkey_clean *c)
{
    c->again_us = 0;
    c->rounds++;
    c->released_now = 0;
    for (size_t i = 0; i < c->n_xtest; i++) {
        if (c->asked[ASK_STATE + i] != 0)
            xcb_discard_reply(c->x, c->asked[ASK_STATE + i]);
        c->asked[ASK_STATE + i] = xcb_input_query_device_state(c->x, (uint8_t)c->xtest[i]).sequence;
    }
    hotkey_clean_ask_map(c);
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
        if (c->map.sym[code][0] == 0 && c->map.sym[code][1] == 0)
            continue;
        xcb_change_keyboard_mapping(c->x, 1, code, 2, nothing);
        c->released_now++;
    }
}

static void end_round(struct hotkey_clean *c)
{
    for (size_t i = ASK_MAP; i < ASKS; i++)
        if (i != ASK_DEVICES && c->asked[i] != 0)
            return;
    take_back_lent(c);
    c->released += c->released_now;
    xcb_flush(c->x);
    if ((c->rounds < 2 || c->released_now > 0) && c->rounds < ROUNDS_MAX) {
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

static void take_answer(struct hotkey_clean *c, unsigned ask, const void *r)
{
    if (r == NULL)
        return;
    if (ask == ASK_MAP)
        take_map(c, r);
    else if (ask == ASK_DEVICES)
        take_devices(c, r);
    else if (c->cleaning)
        take_state(c, r);
}

static void ask_again(struct hotkey_clean *c)
{
    if (c->map_again && c->asked[ASK_MAP] == 0)
        hotkey_clean_ask_map(c);
    if (c->devices_again && c->asked[ASK_DEVICES] == 0)
        hotkey_clean_ask_devices(c);
}

/* Looking for an answer may read events, too. */
bool hotkey_clean_next(struct hotkey_clean *c, xcb_generic_event_t **event)
{
    void *r = NULL;
    xcb_generic_error_t *error = NULL;
    unsigned ask = x11_asked_oldest(c->asked, ASKS);
    *event = xcb_poll_for_event(c->x);
    if (*event != NULL)
        return true;
    if (ask == ASKS || !xcb_poll_for_reply(c->x, c->asked[ask], &r, &error)) {
        *event = xcb_poll_for_queued_event(c->x);
        return *event != NULL;
    }
    c->asked[ask] = 0;
    take_answer(c, ask, r);
    free(r);
    free(error);
    ask_again(c);
    if (c->cleaning && c->again_us == 0)
        end_round(c);
    return true;
}
