/* Picking what is shared: a window, a monitor. */
#include "windows_desk.h"

#include <xcb/shape.h>

#define MINE_W 300 /* of a window that can be shared */

static xcb_window_t show_mine(int x, int w)
{
    const uint32_t values[] = {0x225588};
    xcb_window_t id = xcb_generate_id(other);
    xcb_create_window(other, XCB_COPY_FROM_PARENT, id, root, (int16_t)x, 20, (uint16_t)w, 200, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT, XCB_CW_BACK_PIXEL,
                      values);
    xcb_map_window(other, id);
    xcb_flush(other);
    return id;
}

static xcb_atom_t client_list(void)
{
    static const char name[] = "_NET_CLIENT_LIST_STACKING";
    xcb_intern_atom_reply_t *r =
        xcb_intern_atom_reply(other, xcb_intern_atom(other, 0, sizeof name - 1, name), NULL);
    assert_non_null(r);
    xcb_atom_t atom = r->atom;
    free(r);
    return atom;
}

/* Picks one window while a window manager names those, the last on top. */
static void pick_among(struct rig *r, const uint32_t *ids, unsigned n)
{
    xcb_change_property(other, XCB_PROP_MODE_REPLACE, root, client_list(), XCB_ATOM_WINDOW, 32, n,
                        ids);
    xcb_flush(other);
    ask(r, 7);
    click(r, control(r, "one"));
    settle(r);
}

static void drop_picking(struct rig *r, xcb_window_t mine)
{
    xcb_delete_property(other, root, client_list());
    xcb_destroy_window(other, mine);
    xcb_flush(other);
    drop(r);
}

/* By the program that a person has for it: libxcb sends no SetMonitor without outputs. */
static void xrandr(const char *what)
{
    char command[128];
    snprintf(command, sizeof command, "xrandr %s", what);
    assert_int_equal(system(command), 0);
}

/* Whoever picks one of two monitors is asked about that one, by the side it stands on. */
static void test_pick_monitor(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    const uint8_t tab = code_of(r, KEYS_TAB), enter = code_of(r, KEYS_RETURN);
    xrandr("--setmonitor a 624/165x768/203+400+0 screen");
    xrandr("--setmonitor b 400/105x768/203+0+0 none");
    UNTIL(r, r->d.n_monitors == 2);
    fake(XCB_MOTION_NOTIFY, 0, 800, 700);
    settle(r);
    ask(r, 7);
    assert_int_equal(r->monitor, UI_MONITOR_NONE);
    click(r, control(r, "part"));
    settle(r);
    fake(XCB_MOTION_NOTIFY, 0, 800, 700);
    tap(r, tab);
    tap(r, enter);
    UNTIL(r, r->monitor != UI_MONITOR_NONE);
    bool left = r->monitor == UI_MONITOR_LEFT;
    assert_true(left || r->monitor == UI_MONITOR_RIGHT);
    assert_string_equal(r->monitor_size, left ? "400 × 768" : "624 × 768");
    xrandr("--delmonitor a --delmonitor b");
    drop(r);
}

/* The root on top of all: it is no window that can be shared. */
static void test_pick_root(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    xcb_window_t mine = show_mine(20, MINE_W);
    r->model.theme = 2;
    pick_among(r, (uint32_t[]){mine, root}, 2);
    assert_string_equal(r->line.name, "pick");
    assert_int_equal(r->line.rect.w, MINE_W);
    assert_int_equal(pixel(r->line.rect.x - 2, r->line.rect.y + 20),
                     theme_get(2)->rgb[COLOUR_ACCENT]);
    drop_picking(r, mine);
}

static void cut(xcb_window_t id)
{
    const xcb_rectangle_t half = {0, 0, 100, 200};
    xcb_shape_rectangles(other, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_BOUNDING, 0, id, 0, 0, 1, &half);
    xcb_flush(other);
}

/* A window with a shape is not offered. */
static void test_pick_shaped(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    xcb_window_t mine = show_mine(20, MINE_W), shaped = show_mine(500, 200);
    cut(shaped);
    pick_among(r, (uint32_t[]){mine, shaped}, 2);
    assert_string_equal(r->line.name, "pick");
    assert_int_equal(r->line.rect.w, MINE_W);
    xcb_destroy_window(other, shaped);
    drop_picking(r, mine);
}

/* A shared window that gets one is shared no more. */
static void test_shared_shaped(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    xcb_window_t mine = show_mine(20, MINE_W);
    pick_among(r, &mine, 1);
    tap(r, 36); /* Enter */
    UNTIL(r, r->armed);
    click(r, r->prompt.yes);
    UNTIL(r, r->answers == 1);
    assert_true(r->yes);
    assert_int_equal(r->gone, 0);
    cut(mine);
    UNTIL(r, r->gone == 1);
    drop_picking(r, mine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pick_shaped),
        cmocka_unit_test(test_shared_shaped),
        cmocka_unit_test(test_pick_root),
        cmocka_unit_test(test_pick_monitor),
    };
    if (!start_server())
        return 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stop_server();
    return failed;
}
