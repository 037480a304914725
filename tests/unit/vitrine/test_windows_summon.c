/* Ctrl+F11, by keys that count as a person's here. */
#include "windows_desk.h"

#define CTRL 37 /* keycodes of common keyboards */
#define F11 95

/* Of this server's devices all are a program's. */
static void believe_devices(struct rig *r)
{
    for (unsigned i = 0; i < r->d.devices.n; i++)
        r->d.devices.device[i].kind = ORIGIN_DEVICE_PHYSICAL;
}

static void press(struct rig *r)
{
    fake(XCB_KEY_PRESS, CTRL, 0, 0);
    tap(r, F11);
    fake(XCB_KEY_RELEASE, CTRL, 0, 0);
    settle(r);
}

static xcb_window_t focused(void)
{
    xcb_get_input_focus_reply_t *f =
        xcb_get_input_focus_reply(other, xcb_get_input_focus(other), NULL);
    assert_non_null(f);
    xcb_window_t id = f->focus;
    free(f);
    return id;
}

/* It says that it is the vitrine that was used last, and it has the keyboard, always. Who presses
   again and again is answered all the same. */
static void test_somebody_says_it_is_for_him(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    const xcb_window_t ours = r->w->pane[PANE_MAIN].win.id;
    xcb_window_t theirs = lay_over(900, 100, 1);
    xcb_set_selection_owner(other, theirs, atom_of("_VITRINE_USED"), XCB_CURRENT_TIME);
    xcb_set_input_focus(other, XCB_INPUT_FOCUS_POINTER_ROOT, theirs, XCB_CURRENT_TIME);
    settle(r);
    assert_false(r->d.others.used);
    believe_devices(r);
    press(r);
    assert_int_equal(focused(), theirs); /* it may be true */
    for (unsigned i = 0; i < 50 && focused() != ours; i++)
        press(r);
    assert_int_equal(focused(), ours);
    drop(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_somebody_says_it_is_for_him)};
    if (!start_server())
        return 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stop_server();
    return failed;
}
