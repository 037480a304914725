/* Toasts: which one is seen, when, and for how long. */
#include "windows_desk.h"

#include <xcb/shape.h>

/* Nothing of a toast can be pressed, and nothing is: pointer and keys go to what lies beneath.
   Fails without window_let_input_through. */
static void test_toast(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    uint32_t ids[MAX_OWN_WINDOWS];
    unsigned n = windows_ids(r->w, ids), toasts = 0;
    windows_toast(r->w, UI_TOAST_STOPPED, "");
    settle(r);
    for (unsigned i = 0; i < n; i++) {
        xcb_get_geometry_reply_t *at =
            xcb_get_geometry_reply(other, xcb_get_geometry(other, ids[i]), NULL);
        xcb_shape_get_rectangles_reply_t *input = xcb_shape_get_rectangles_reply(
            other, xcb_shape_get_rectangles(other, ids[i], XCB_SHAPE_SK_INPUT), NULL);
        assert_true(at && input);
        if (at->width == 440 && at->height == 64) {
            toasts++;
            assert_int_equal(xcb_shape_get_rectangles_rectangles_length(input), 0);
        }
        free(at);
        free(input);
    }
    assert_int_equal(toasts, 1);
    drop(r);
}

static bool toast_is(const struct rig *r, enum ui_toast toast)
{
    const struct pane *p = &r->w->pane[PANE_TOAST];
    return p->live && p->view.toast == toast;
}

/* What tells of a protection takes the place of what is kind to know, and is not replaced by it:
   both are seen in turn. */
static void test_toasts_in_turn(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    windows_toast(r->w, UI_TOAST_CHAT, "Lee");
    assert_true(toast_is(r, UI_TOAST_CHAT));
    windows_toast(r->w, UI_TOAST_CONTROL_ENDED, "");
    assert_true(toast_is(r, UI_TOAST_CONTROL_ENDED));
    windows_toast(r->w, UI_TOAST_PRESENTING, "Kim");
    windows_toast(r->w, UI_TOAST_STOPPED, "");
    windows_toast(r->w, UI_TOAST_LEFT, "Kim");
    assert_true(toast_is(r, UI_TOAST_CONTROL_ENDED));
    UNTIL(r, !toast_is(r, UI_TOAST_CONTROL_ENDED));
    assert_true(toast_is(r, UI_TOAST_STOPPED));
    UNTIL(r, !toast_is(r, UI_TOAST_STOPPED));
    assert_true(toast_is(r, UI_TOAST_LEFT)); /* the newest of the others */
    drop(r);
}

/* Who joins sees the screen: that is shown its time, and whoever comes meanwhile is told of after
   it. Fails where a newer one, or a line of chat, takes its place. */
static void test_toast_of_arrivals(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    const struct pane *p = &r->w->pane[PANE_TOAST];
    windows_toast(r->w, UI_TOAST_JOINED, "Kim");
    windows_toast(r->w, UI_TOAST_CHAT, "Mallory");
    windows_toast(r->w, UI_TOAST_JOINED, "Lee");
    windows_toast(r->w, UI_TOAST_JOINED, "Lee");
    assert_true(toast_is(r, UI_TOAST_JOINED));
    assert_string_equal(p->view.name, "Kim");
    assert_int_equal(p->view.toast_people, 1);
    UNTIL(r, p->view.toast_people == 2);
    assert_true(toast_is(r, UI_TOAST_JOINED));
    UNTIL(r, toast_is(r, UI_TOAST_CHAT));
    drop(r);
}

/* What anybody can bring about by asking, ever so often and under ever so many names, is one of its
   sort: it neither takes the place of another nor stays for ever. */
static void test_toast_is_not_crowded_out(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    char name[8];
    ask(r, 7);
    for (unsigned i = 0; i < 2 * TOASTS_WAIT; i++) {
        snprintf(name, sizeof name, "M%u", i);
        windows_toast(r->w, UI_TOAST_NOT_CERTIFIED, name);
    }
    windows_toast(r->w, UI_TOAST_CONTROL_ENDED, "");
    UNTIL(r, r->armed);
    click(r, r->prompt.no);
    UNTIL(r, r->answers == 1);
    assert_true(toast_is(r, UI_TOAST_NOT_CERTIFIED));
    for (uint64_t end = loop_now_ms() + PATIENCE_MS;
         !toast_is(r, UI_TOAST_CONTROL_ENDED) && loop_now_ms() < end; rig_run(r, 100, NULL, 0))
        windows_toast(r->w, UI_TOAST_NOT_CERTIFIED, name);
    assert_true(toast_is(r, UI_TOAST_CONTROL_ENDED));
    drop(r);
}

/* Its time begins when it is there, not when a painter has been told of it that never paints. */
static void test_toast_of_a_slow_painter(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    r->lazy = true;
    windows_toast(r->w, UI_TOAST_CONTROL_ENDED, "");
    rig_run(r, TOAST_MS + 500, NULL, 0);
    assert_true(toast_is(r, UI_TOAST_CONTROL_ENDED));
    r->lazy = false;
    windows_painter(r->w, PAINTER_MAIN, &r->ui[PAINTER_MAIN]); /* the next one */
    UNTIL(r, r->w->pane[PANE_TOAST].win.mapped);
    UNTIL(r, !toast_is(r, UI_TOAST_CONTROL_ENDED));
    drop(r);
}

/* Behind a lock screen nobody reads: what came there, or was there, comes when it is gone. */
static void test_toast_waits_for_the_owner(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    windows_toast(r->w, UI_TOAST_STOPPED, "");
    display_lock_bus(&r->d, true);
    windows_toast(r->w, UI_TOAST_CONTROL_ENDED, "");
    rig_run(r, TOAST_MS + 500, NULL, 0); /* longer than it would be shown */
    assert_false(r->w->pane[PANE_TOAST].live);
    display_lock_bus(&r->d, false);
    assert_true(toast_is(r, UI_TOAST_CONTROL_ENDED) || toast_is(r, UI_TOAST_STOPPED));
    UNTIL(r, toast_is(r, UI_TOAST_STOPPED));
    UNTIL(r, !toast_is(r, UI_TOAST_STOPPED));
    drop(r);
}

/* No toast comes while a dialog is up, or its guard would begin again whenever somebody in the
   session wants it; what has to be known comes after it, also what was there before it. */
static void test_toast_waits(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    windows_toast(r->w, UI_TOAST_STOPPED, "");
    ask(r, 7);
    assert_false(toast_is(r, UI_TOAST_STOPPED));
    UNTIL(r, r->armed);
    windows_toast(r->w, UI_TOAST_CONTROL_ENDED, "");
    settle(r);
    assert_false(r->w->pane[PANE_TOAST].live);
    assert_true(r->armed);
    click(r, r->prompt.no);
    UNTIL(r, r->answers == 1);
    assert_true(toast_is(r, UI_TOAST_STOPPED));
    UNTIL(r, toast_is(r, UI_TOAST_CONTROL_ENDED));
    drop(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_toast),
        cmocka_unit_test(test_toasts_in_turn),
        cmocka_unit_test(test_toast_waits),
        cmocka_unit_test(test_toast_of_arrivals),
        cmocka_unit_test(test_toast_is_not_crowded_out),
        cmocka_unit_test(test_toast_waits_for_the_owner),
        cmocka_unit_test(test_toast_of_a_slow_painter),
    };
    if (!start_server())
        return 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stop_server();
    return failed;
}
