/* Answers and events of an X server that count more than came. */
#include "broker/display.h"
#include "broker/reply.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after the headers it needs */
#include <cmocka.h>

#define REPLY(type, ...) make(&(type){.response_type = 1, __VA_ARGS__}, sizeof(type))
static uint8_t *reply;

/* As libxcb hands it over: 32 bytes, and no more memory behind them than is filled. */
static uint8_t *make(const void *head, size_t n)
{
    assert_int_equal(n, 32);
    free(reply);
    reply = malloc(n);
    assert_non_null(reply);
    memcpy(reply, head, n);
    return reply;
}

static void * and (const void *bytes, size_t n)
{
    uint32_t words;
    memcpy(&words, reply + 4, sizeof words);
    uint8_t *more = realloc(reply, 32 + words * 4 + n);
    assert_non_null(more);
    memcpy(more + 32 + words * 4, bytes, n);
    words += (uint32_t)n / 4;
    memcpy(more + 4, &words, sizeof words);
    return reply = more;
}

static int finish(void **state)
{
    (void)state;
    free(reply);
    reply = NULL;
    return 0;
}

/* A keyboard with a name of five letters and a class of a kind that libxcb does not know. */
static void add_device(uint16_t id)
{
    static const char name[8] = "XTEST";
    static const uint16_t class[6] = {77, 3, 1, 0, 0, 0};
    xcb_input_xi_device_info_t d = {.deviceid = id, .type = 4, .num_classes = 1, .name_len = 5};
    and(&d, sizeof d);
    and(name, sizeof name);
    and(class, sizeof class);
}

static void test_devices(void **state)
{
    struct reply_devices all;
    (void)state;
    assert_false(reply_devices(NULL, &all));
    REPLY(xcb_input_xi_query_device_reply_t, .num_infos = 2);
    add_device(3);
    assert_false(reply_devices((const void *)reply, &all));
    add_device(9);
    assert_true(reply_devices((const void *)reply, &all));
    assert_int_equal(all.n, 2);
    assert_int_equal(all.device[1]->deviceid, 9);
    assert_memory_equal(xcb_input_xi_device_info_name(all.device[1]), "XTEST", 5);
}

static void test_devices_that_end_early(void **state)
{
    struct reply_devices all;
    xcb_input_xi_device_info_t d = {.type = 4, .name_len = 5};
    (void)state;
    REPLY(xcb_input_xi_query_device_reply_t, .num_infos = 1);
    and(&d, sizeof d);
    assert_false(reply_devices((const void *)reply, &all)); /* in a name */
    and("XTE", 4);
    assert_false(reply_devices((const void *)reply, &all));
    and("ST\0", 4);
    assert_true(reply_devices((const void *)reply, &all));
    d = (xcb_input_xi_device_info_t){.type = 4, .num_classes = 2};
    REPLY(xcb_input_xi_query_device_reply_t, .num_infos = 1);
    and(&d, sizeof d);
    and((const uint16_t[4]){0, 2}, 8);
    assert_false(reply_devices((const void *)reply, &all)); /* in its classes */
    and((const uint16_t[4]){0, 3}, 8);
    assert_false(reply_devices((const void *)reply, &all)); /* in one of them */
    REPLY(xcb_input_xi_query_device_reply_t, .num_infos = 1);
    d.num_classes = 1;
    and(&d, sizeof d);
    and((const uint16_t[4]){0, 0}, 8); /* of no length */
    assert_false(reply_devices((const void *)reply, &all));
}

static void test_more_devices_than_there_are(void **state)
{
    static const xcb_input_xi_device_info_t d[REPLY_DEVICES + 1];
    struct reply_devices all;
    (void)state;
    REPLY(xcb_input_xi_query_device_reply_t, .num_infos = REPLY_DEVICES);
    and(d, sizeof d);
    assert_true(reply_devices((const void *)reply, &all));
    REPLY(xcb_input_xi_query_device_reply_t, .num_infos = REPLY_DEVICES + 1);
    and(d, sizeof d);
    assert_false(reply_devices((const void *)reply, &all));
}

static void test_monitors(void **state)
{
    static const uint32_t output[2];
    xcb_randr_monitor_info_t m = {.nOutput = 2, .width = 640, .height = 480};
    (void)state;
    assert_false(reply_monitors_fit(NULL));
    REPLY(xcb_randr_get_monitors_reply_t, .nMonitors = 2);
    assert_false(reply_monitors_fit((const void *)reply));
    and(&m, sizeof m);
    assert_false(reply_monitors_fit((const void *)reply));
    and(output, sizeof output);
    assert_false(reply_monitors_fit((const void *)reply));
    and(&m, sizeof m);
    assert_false(reply_monitors_fit((const void *)reply));
    and(output, sizeof output);
    assert_true(reply_monitors_fit((const void *)reply));
}

static void test_formats(void **state)
{
    static const xcb_render_pictforminfo_t f;
    static const xcb_render_pictscreen_t s = {.num_depths = 2};
    static const xcb_render_pictdepth_t d = {.num_visuals = 1}, empty;
    static const xcb_render_pictvisual_t v;
    const struct {
        const void *bytes;
        size_t n;
    } parts[] = {
        {&f, sizeof f}, {&s, sizeof s}, {&d, sizeof d}, {&v, sizeof v}, {&empty, sizeof empty}};
    (void)state;
    assert_false(reply_formats_fit(NULL));
    REPLY(xcb_render_query_pict_formats_reply_t, .num_formats = 1, .num_screens = 1);
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        assert_false(reply_formats_fit((const void *)reply));
        and(parts[i].bytes, parts[i].n);
    }
    assert_true(reply_formats_fit((const void *)reply));
    REPLY(xcb_render_query_pict_formats_reply_t, .num_formats = UINT32_MAX);
    assert_false(reply_formats_fit((const void *)reply));
}

static void test_byte(void **state)
{
    uint8_t byte = 7;
    (void)state;
    REPLY(xcb_input_xi_get_property_reply_t, .type = 19, .format = 8, .num_items = 1);
    assert_false(reply_byte((const void *)reply, &byte));
    and("\1\0\0", 4);
    assert_true(reply_byte((const void *)reply, &byte));
    assert_int_equal(byte, 1);
}

static void test_state(void **state)
{
    static struct display d;
    struct display_state s;
    xcb_input_xi_query_pointer_reply_t r = {.length = 0};
    (void)state;
    assert_false(display_take_state(&d, NULL, &s));
    assert_false(display_take_state(&d, &r, &s)); /* its groups are behind the head */
    r.length = (sizeof r - 32) / 4;
    r.group.effective = 6;
    assert_true(display_take_state(&d, &r, &s));
    assert_int_equal(s.group, 2);
}

/* The words behind the head of an event that is one of these, of one list of `n`. */
static bool fits(uint16_t type, uint16_t n, uint32_t words)
{
    union {
        xcb_ge_generic_event_t g;
        xcb_input_button_press_event_t b;
        xcb_input_hierarchy_event_t h;
    } e = {.g = {.response_type = XCB_GE_GENERIC, .length = words}};
    if (type == XCB_INPUT_HIERARCHY)
        e.h.num_infos = n;
    else
        e.b.buttons_len = n;
    e.g.event_type = type;
    e.g.length = words;
    return reply_event_fits(&e.g);
}

static void test_events(void **state)
{
    (void)state;
    assert_true(fits(XCB_INPUT_RAW_KEY_PRESS, 0, 0));
    assert_true(fits(XCB_INPUT_HIERARCHY, 2, 6));
    assert_false(fits(XCB_INPUT_HIERARCHY, 2, 5));
    assert_true(fits(XCB_INPUT_LEAVE, 0, 10));
    assert_false(fits(XCB_INPUT_LEAVE, 0, 9));
    assert_false(fits(XCB_INPUT_FOCUS_IN, 0, 0));
    assert_true(fits(XCB_INPUT_BUTTON_PRESS, 0, 12));
    assert_false(fits(XCB_INPUT_MOTION, 0, 11));
    assert_true(fits(XCB_INPUT_BUTTON_PRESS, 2, 14));
    assert_false(fits(XCB_INPUT_BUTTON_PRESS, 3, 14));
}

static void test_modifiers(void **state)
{
    static const uint8_t rows[8] = {[2] = 37};
    static struct keymap m;
    (void)state;
    keymap_find_modifiers(&m, rows, 8, 1);
    assert_int_equal(m.ctrl[37 >> 3], 1u << (37 & 7));
    keymap_find_modifiers(&m, rows, 7, 1); /* one row is missing */
    assert_int_equal(m.ctrl[37 >> 3], 0);
    keymap_find_modifiers(&m, rows, 8, 255);
    keymap_find_modifiers(&m, NULL, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_devices, finish),
        cmocka_unit_test_teardown(test_devices_that_end_early, finish),
        cmocka_unit_test_teardown(test_more_devices_than_there_are, finish),
        cmocka_unit_test_teardown(test_monitors, finish),
        cmocka_unit_test_teardown(test_formats, finish),
        cmocka_unit_test_teardown(test_byte, finish),
        cmocka_unit_test(test_state),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_modifiers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
