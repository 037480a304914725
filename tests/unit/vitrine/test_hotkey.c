/* Which key events are the kill switch. */
#include "broker/hotkey_keys.h"
#include "policy/limits.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
/* after the headers it needs */
#include <cmocka.h>

enum {
    CAPS = 66,
    CTRL = 37,
    CTRL_R = 105,
    F11 = 95,
    F12 = 96,
    ESC = 9,
    KEYBOARD = 7,
    OTHER = 8,
    XTEST = 5
};

static struct hotkey_keys k;

static void begin(void)
{
    static const struct keymap none;
    memset(&k, 0, sizeof k);
    hotkey_keys_renew(&k, &none);
    hotkey_keys_renewed(&k);
}

static enum hotkey_which which(uint16_t device, uint32_t code, bool press)
{
    return hotkey_keys_event(&k, &(struct hotkey_event){.source = device,
                                                        .xtest = device == XTEST,
                                                        .press = press,
                                                        .code = code,
                                                        .now_us = 1000});
}

static bool event(uint16_t device, uint32_t code, bool press)
{
    return which(device, code, press) == HOTKEY_KILL;
}

static bool down(uint16_t device, uint32_t code)
{
    return event(device, code, true);
}

static bool up(uint16_t device, uint32_t code)
{
    return event(device, code, false);
}

static void test_pressed(void **state)
{
    (void)state;
    begin();
    assert_false(down(KEYBOARD, F12));
    assert_false(up(KEYBOARD, F12));
    assert_false(down(KEYBOARD, CTRL));
    assert_true(down(KEYBOARD, F12));
    assert_false(down(KEYBOARD, F12)); /* the copy for the master device, or a repeat */
    assert_false(up(KEYBOARD, F12));
    assert_true(down(KEYBOARD, F12)); /* again: stops sharing, too */
    up(KEYBOARD, F12);
    up(KEYBOARD, CTRL);
    assert_false(down(KEYBOARD, F12));
    up(KEYBOARD, F12);
    down(KEYBOARD, CTRL_R);
    down(KEYBOARD, CTRL);
    up(KEYBOARD, CTRL);
    assert_true(down(KEYBOARD, F12)); /* the other Ctrl is still held */
}

/* What the remote side holds or lifts is another device. */
static void test_devices(void **state)
{
    (void)state;
    begin();
    down(XTEST, CTRL);
    assert_false(down(KEYBOARD, F12));
    up(KEYBOARD, F12);
    down(KEYBOARD, CTRL);
    up(XTEST, CTRL);
    assert_true(down(KEYBOARD, F12));
    up(KEYBOARD, CTRL);
    assert_false(down(OTHER, F12));
    down(OTHER, CTRL);
    hotkey_keys_forget(&k, OTHER);
    up(OTHER, F12);
    assert_false(down(OTHER, F12));
    for (uint16_t d = 100; d < 100 + 2 * HOTKEY_DEVICES; d++) {
        down(d, CTRL);
        assert_true(down(d, F12) || d >= 100 + HOTKEY_DEVICES - 3);
        up(d, F12);
    }
}

/* Some programs pass the keys of one keyboard on by two devices; there are pedals, and keyboards in
   two parts. What injects is no part of any of them. */
static void test_two_devices(void **state)
{
    (void)state;
    begin();
    down(OTHER, CTRL);
    assert_true(down(KEYBOARD, F12));
    up(KEYBOARD, F12);
    assert_false(down(XTEST, F12));
    up(XTEST, F12);
    up(OTHER, CTRL);
    assert_false(down(KEYBOARD, F12));
    up(KEYBOARD, F12);
    down(XTEST, CTRL);
    assert_true(down(XTEST, F12)); /* as before: unclear */
}

/* Caps Lock as one more Ctrl (caps:ctrl_modifier) keeps its keysym, and xmodmap adds any key. */
static void test_ctrl_by_the_modifier_map(void **state)
{
    static const uint8_t rows[8 * 3] = {[2 * 3] = CTRL, CAPS, 0};
    static struct keymap map;
    (void)state;
    begin();
    down(KEYBOARD, CAPS);
    assert_false(down(KEYBOARD, F12));
    up(KEYBOARD, F12);
    keymap_find_modifiers(&map, rows, sizeof rows, 3);
    hotkey_keys_learn(&k, &map);
    assert_true(down(KEYBOARD, F12)); /* held since before it was known */
    up(KEYBOARD, F12);
    up(KEYBOARD, CAPS);
    down(KEYBOARD, 0);
    assert_false(down(KEYBOARD, F12));
}

/* By the X server's time, whoever stood still since; it begins anew after 49 days. */
static void test_again(void **state)
{
    (void)state;
    begin();
    assert_false(hotkey_keys_again(&k, 0)); /* the first press of all */
    assert_true(hotkey_keys_again(&k, HOTKEY_TWICE_MS - 1));
    assert_false(hotkey_keys_again(&k, 3 * HOTKEY_TWICE_MS));
    assert_false(hotkey_keys_again(&k, 4 * HOTKEY_TWICE_MS));
    assert_false(hotkey_keys_again(&k, UINT32_MAX));
    assert_true(hotkey_keys_again(&k, 5));
}

static void test_escape(void **state)
{
    (void)state;
    begin();
    down(KEYBOARD, CTRL);
    assert_false(down(KEYBOARD, ESC));
    up(KEYBOARD, ESC);
    k.escape_us = 1001;
    assert_true(down(KEYBOARD, ESC));
    up(KEYBOARD, ESC);
    k.escape_us = 1000; /* control is over for a while: it is the desktop's again */
    assert_false(down(KEYBOARD, ESC));
}

/* The other key, which is never taken for the switch, nor the switch for it. */
static void test_summon(void **state)
{
    static struct keymap map = {.first = 8, .last = 255, .per = 2};
    (void)state;
    begin();
    assert_int_equal(which(KEYBOARD, F11, true), HOTKEY_NONE);
    which(KEYBOARD, F11, false);
    down(XTEST, CTRL); /* what a controller holds */
    assert_int_equal(which(KEYBOARD, F11, true), HOTKEY_NONE);
    which(KEYBOARD, F11, false);
    down(KEYBOARD, CTRL);
    assert_int_equal(which(KEYBOARD, F11, true), HOTKEY_SUMMON);
    assert_int_equal(which(KEYBOARD, F11, true), HOTKEY_NONE); /* a repeat */
    assert_int_equal(which(KEYBOARD, F11, false), HOTKEY_NONE);
    assert_int_equal(which(KEYBOARD, F12, true), HOTKEY_KILL);
    map.sym[70][0] = 0xffc8;
    map.sym[70][1] = 0xffc9; /* both on one key */
    map.sym[71][1] = 0xffc8;
    hotkey_keys_learn(&k, &map);
    assert_int_equal(which(KEYBOARD, 70, true), HOTKEY_KILL);
    assert_int_equal(which(KEYBOARD, 71, true), HOTKEY_SUMMON);
}

/* A changed map adds keys while somebody controls; it never takes one away. */
static void test_map(void **state)
{
    static struct keymap map;
    (void)state;
    begin();
    map.first = 8;
    map.last = 255;
    map.per = 2;
    map.sym[70][1] = 0xffc9; /* F12 */
    map.sym[66][0] = 0xffe3; /* Control_L */
    hotkey_keys_learn(&k, &map);
    down(KEYBOARD, 66);
    assert_true(down(KEYBOARD, 70));
    assert_true(down(KEYBOARD, F12));
    up(KEYBOARD, 70);
    memset(map.sym, 0, sizeof map.sym);
    hotkey_keys_learn(&k, &map);
    assert_true(down(KEYBOARD, 70));
    up(KEYBOARD, 70);
    hotkey_keys_renew(&k, &map);
    assert_true(down(KEYBOARD, 70)); /* another keyboard's map may still say so */
    up(KEYBOARD, 70);
    down(KEYBOARD, CTRL); /* 66 is none in this map */
    map.sym[71][0] = 0xffc9;
    hotkey_keys_learn(&k, &map);
    hotkey_keys_renewed(&k);
    assert_true(down(KEYBOARD, 71));
    up(KEYBOARD, 71);
    assert_false(down(KEYBOARD, 70));
    assert_false(down(KEYBOARD, 256));
    assert_false(down(KEYBOARD, 0xffffffff));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pressed),     cmocka_unit_test(test_devices),
        cmocka_unit_test(test_two_devices), cmocka_unit_test(test_ctrl_by_the_modifier_map),
        cmocka_unit_test(test_escape),      cmocka_unit_test(test_map),
        cmocka_unit_test(test_again),       cmocka_unit_test(test_summon)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
