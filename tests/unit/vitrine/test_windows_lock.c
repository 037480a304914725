/* Lock screens: what is one, when it came, and when it is gone. */
#include "windows_glass.h"

/* Over the whole screen and past the window manager: a lock screen. */
static void test_prompt_locked(void **state)
{
    (void)state;
    static const struct {
        int x;
        unsigned w;
        uint32_t redirect;
        bool locks;
    } tops[] = {{0, 1024, 1, true},  {4, 1016, 1, true},  {-9, 2000, 1, true},
                {0, 1024, 0, false}, {5, 1015, 1, false}, {0, 1015, 1, false}};
    for (unsigned i = 0; i < sizeof tops / sizeof *tops; i++) {
        struct rig *r = rig_armed();
        xcb_window_t top = lay_over(tops[i].x, tops[i].w, tops[i].redirect);
        UNTIL(r, !r->armed);
        settle(r);
        assert_int_equal(r->answers, tops[i].locks);
        assert_int_equal(r->d.lock.n_covers, tops[i].locks);
        assert_false(r->yes);
        assert_true(!tops[i].locks || r->why == ORIGIN_WHY_LOCKED);
        xcb_destroy_window(other, top);
        xcb_flush(other);
        settle(r);
        assert_int_equal(r->d.lock.n_covers, 0);
        drop(r);
    }
}

/* A compositor's overlay that comes: xsecurelock asks for it before it has the keyboard. */
static void test_lock_screen_overlay(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    version(other);
    assert_int_not_equal(overlay(other), XCB_NONE);
    UNTIL(r, r->answers == 1);
    assert_false(r->yes);
    assert_int_equal(r->d.lock.n_covers, 1);
    xcb_composite_release_overlay_window(other, root);
    xcb_flush(other);
    settle(r);
    assert_int_equal(r->d.lock.n_covers, 0);
    drop(r);
}

/* Gone before the server was asked where it was, or what it is: as if it had not been there. */
static void test_lock_screen_gone(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    for (unsigned i = 0; i < 20; i++) {
        xcb_window_t top = lay_over(0, 1024, 1);
        for (unsigned turn = 0; turn < i % 5; turn++)
            rig_run(r, 0, NULL, 0);
        if (i % 2)
            xcb_destroy_window(other, top);
        else
            xcb_unmap_window(other, top);
        xcb_flush(other);
        settle(r);
        assert_int_equal(r->d.lock.n_covers, 0);
    }
    drop(r);
}

/* No room for a question when it comes: it is asked about later. */
static void test_lock_screen_unasked(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    const xcb_map_notify_event_t e = {.response_type = XCB_MAP_NOTIFY,
                                      .event = root,
                                      .window = lay_over(0, 1024, 1),
                                      .override_redirect = 1};
    ask_too_much(r);
    display_covered_event(&r->d, (const xcb_generic_event_t *)&e);
    assert_int_equal(r->d.lock.n_unasked, 1);
    UNTIL(r, r->d.lock.n_unasked == 0 && r->d.lock.n_covers == 1);
    xcb_destroy_window(other, e.window);
    xcb_flush(other);
    UNTIL(r, r->d.lock.n_covers == 0);
    drop(r);
}

static void name_manager(xcb_window_t on, xcb_window_t window)
{
    xcb_change_property(other, XCB_PROP_MODE_REPLACE, on, atom_of("_NET_SUPPORTING_WM_CHECK"),
                        XCB_ATOM_WINDOW, 32, 1, &window);
    xcb_flush(other);
}

static xcb_window_t small(void)
{
    xcb_window_t id = xcb_generate_id(other);
    xcb_create_window(other, 0, id, root, 0, 0, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY,
                      XCB_COPY_FROM_PARENT, 0, NULL);
    return id;
}

static void expect_cover(struct rig *r, bool locks)
{
    xcb_window_t top = lay_over(0, 1024, 1);
    settle(r);
    settle(r);
    assert_int_equal(r->d.lock.n_covers, locks);
    xcb_destroy_window(other, top);
    xcb_flush(other);
    settle(r);
}

/* Any program writes on any window what it likes. */
static void test_lock_screen_named_vitrine(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    const uint32_t redirect = 1;
    xcb_window_t top = xcb_generate_id(other);
    xcb_create_window(other, 0, top, root, 0, 0, 1024, 768, 0, XCB_WINDOW_CLASS_INPUT_ONLY,
                      XCB_COPY_FROM_PARENT, XCB_CW_OVERRIDE_REDIRECT, &redirect);
    xcb_change_property(other, XCB_PROP_MODE_REPLACE, top, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING, 8,
                        16, "vitrine\0vitrine");
    xcb_map_window(other, top);
    xcb_flush(other);
    UNTIL(r, r->d.lock.n_covers == 1);
    xcb_destroy_window(other, top);
    xcb_flush(other);
    UNTIL(r, r->d.lock.n_covers == 0);
    drop(r);
}

/* A window manager is one for as long as its check window is there, and none that names itself
   after there has been control. */
static void test_lock_screen_manager(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    xcb_window_t check = small();
    name_manager(root, check);
    expect_cover(r, true); /* it does not name itself */
    name_manager(check, check);
    name_manager(root, check);
    settle(r);
    expect_cover(r, false);
    xcb_destroy_window(other, check);
    expect_cover(r, true);
    r->d.others.controlled = true;
    check = small();
    name_manager(check, check);
    name_manager(root, check);
    settle(r);
    expect_cover(r, true);
    xcb_destroy_window(other, check);
    xcb_delete_property(other, root, atom_of("_NET_SUPPORTING_WM_CHECK"));
    drop(r);
}

/* Whoever has the vitrines' selection, when it has had it for longer than a lock screen begins. */
static void test_lock_screen_vitrine(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    xcb_window_t owner = small();
    xcb_set_selection_owner(other, owner, atom_of("_VITRINE"), XCB_CURRENT_TIME);
    xcb_flush(other);
    UNTIL(r, r->d.lock.vitrine.window == owner);
    r->d.lock.vitrine.since_ms = loop_now_ms();
    expect_cover(r, true);
    r->d.lock.vitrine.since_ms = 0;
    expect_cover(r, false);
    xcb_destroy_window(other, owner);
    expect_cover(r, true);
    drop(r);
}

/* More than there is room for: the others' going does not unlock. */
static void test_lock_screens_many(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    xcb_window_t top[DISPLAY_COVERS + 1];
    for (unsigned i = 0; i <= DISPLAY_COVERS; i++) {
        top[i] = lay_over(0, 1024, 1);
        settle(r);
    }
    for (unsigned i = 0; i < DISPLAY_COVERS; i++)
        xcb_destroy_window(other, top[i]);
    xcb_flush(other);
    UNTIL(r, r->d.lock.n_covers == 0);
    assert_true(r->d.lock.told);
    origin_device_set(&r->d.devices, 200, ORIGIN_DEVICE_PHYSICAL);
    r->d.lock.covered_ms = 0;
    display_covered_hand(&r->d, 200, 1, false);
    assert_false(r->d.lock.told);
    xcb_destroy_window(other, top[DISPLAY_COVERS]);
    drop(r);
}

/* A press says that there is no lock screen, when one would have the pointer by now. */
static void test_lock_screen_hand(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    xcb_window_t top = lay_over(0, 1024, 1);
    UNTIL(r, r->d.lock.told);
    origin_device_set(&r->d.devices, 200, ORIGIN_DEVICE_PHYSICAL);
    r->d.lock.covered_ms = loop_now_ms();
    display_covered_hand(&r->d, 200, 1, false);
    assert_true(r->d.lock.told);
    r->d.lock.covered_ms = 0;
    display_covered_hand(&r->d, 200, 4, false); /* a wheel */
    display_covered_hand(&r->d, 200, 1, true);  /* another one is down */
    display_covered_hand(&r->d, 201, 1, false); /* no hand */
    assert_true(r->d.lock.told);
    display_covered_hand(&r->d, 200, 1, false);
    assert_false(r->d.lock.told);
    xcb_destroy_window(other, top);
    drop(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lock_screen_named_vitrine),
        cmocka_unit_test(test_lock_screen_manager),
        cmocka_unit_test(test_lock_screen_vitrine),
        cmocka_unit_test(test_lock_screens_many),
        cmocka_unit_test(test_lock_screen_hand),
        cmocka_unit_test(test_prompt_locked),
        cmocka_unit_test(test_lock_screen_overlay),
        cmocka_unit_test(test_lock_screen_gone),
        cmocka_unit_test(test_lock_screen_unasked),
    };
    if (!start_server())
        return 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stop_server();
    return failed;
}
