/*
 * Takes back what a controller left down when there is no watcher to do it (broker/hotkey_watch.c
 * does otherwise): asks the server what its XTEST devices have down, releases that and nothing
 * else, and clears the lent keys. In rounds, as there: the server may find a few requests of the
 * dead gate after our question. Run by the broker; trusts the X server.
 */
#include "broker/app.h"
#include "broker/hands.h"
#include <xcb/xinput.h>
#include <xcb/xtest.h>

#define ROUNDS 5
#define ROUND_MS 20

static void release(struct app *a, uint8_t type, unsigned first, const uint8_t *bits)
{
    for (unsigned i = first; i < 256; i++)
        if (bits[i >> 3] >> (i & 7) & 1)
            xcb_test_fake_input(a->display.x, type, (uint8_t)i, XCB_CURRENT_TIME, XCB_NONE, 0, 0,
                                0);
}

/* A list of classes, each with its own length; keys and buttons have bits from byte 4 on. */
static void on_state(void *ctx, uint32_t tag, const void *reply)
{
    struct app *a = ctx;
    const xcb_input_query_device_state_reply_t *r = reply;
    (void)tag;
    if (!r || a->session.control.step == CONTROL_ON)
        return;
    const uint8_t *at = (const uint8_t *)(r + 1), *end = at + (size_t)r->length * 4;
    for (unsigned i = 0; i < r->num_classes && end - at >= 2 && at[1] >= 2 && end - at >= at[1];
         i++) {
        if (at[0] == 0 && at[1] >= 36)
            release(a, XCB_KEY_RELEASE, 8, at + 4);
        else if (at[0] == 1 && at[1] >= 36)
            release(a, XCB_BUTTON_RELEASE, 1, at + 4);
        at += at[1];
    }
    xcb_flush(a->display.x);
}

static void take_back_lent(struct app *a)
{
    static const xcb_keysym_t nothing[2];
    const struct keymap *map = &a->display.keys;
    for (unsigned i = 0; i < a->hands.n_spares; i++) {
        uint8_t code = a->hands.spares[i];
        if (keymap_is_lent(map, code))
            xcb_change_keyboard_mapping(a->display.x, 1, code, 2, nothing);
    }
}

static void one_round(void *ctx)
{
    struct app *a = ctx;
    const struct origin_devices *t = &a->display.devices;
    for (unsigned i = 0; i < t->n; i++)
        if (t->device[i].kind == ORIGIN_DEVICE_SYNTHETIC)
            display_later(
                &a->display,
                xcb_input_query_device_state(a->display.x, (uint8_t)t->device[i].id).sequence,
                on_state, a, 0);
    take_back_lent(a);
    xcb_flush(a->display.x);
    if (++a->hands.rounds < ROUNDS)
        (void)loop_set_timer(&a->loop, ROUND_MS, one_round, a);
}

void hands_clean(struct app *a)
{
    a->hands.rounds = 0;
    one_round(a);
}
