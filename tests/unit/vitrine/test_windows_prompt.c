/* Dialogs: when they can be answered, what is an answer, and what covers them. */
#include "windows_desk.h"

static unsigned bells;

xcb_void_cookie_t __wrap_xcb_bell(xcb_connection_t *x, int8_t percent);
xcb_void_cookie_t __wrap_xcb_bell(xcb_connection_t *x, int8_t percent)
{
    (void)x;
    (void)percent;
    bells++;
    return (xcb_void_cookie_t){0};
}

/* One tone with each dialog; none where the setting says so. */
static void test_tone(void **state)
{
    (void)state;
    for (unsigned sound = 0; sound < 2; sound++) {
        struct rig *r = rig_with(UI_HOME);
        r->model.sound = sound;
        bells = 0;
        ask(r, 5);
        UNTIL(r, r->armed);
        assert_int_equal(bells, sound);
        drop(r);
    }
}

static void test_prompt_yes(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    const uint32_t white = 0xffffff;
    xcb_change_window_attributes(other, root, XCB_CW_BACK_PIXEL, &white);
    xcb_clear_area(other, 0, root, 0, 0, 0, 0);
    assert_int_equal(pixel(5, 760), white);
    ask(r, 7);
    assert_int_equal(pixel(r->prompt.yes.x + r->prompt.yes.w / 2, r->prompt.yes.y - 60), 0x3366cc);
    uint32_t dim = pixel(5, 760); /* a darkened copy of what was there: white at 35 % */
    assert_true((dim & 0xff) > 0x50 && (dim & 0xff) < 0x62);
    assert_int_equal(dim, (dim & 0xff) * 0x10101);
    click(r, r->prompt.yes); /* too early */
    assert_int_equal(r->answers, 0);
    UNTIL(r, r->armed);
    assert_true(r->prompt.armed);
    click(r, r->prompt.yes);
    UNTIL(r, r->answers == 1);
    assert_true(r->yes);
    assert_int_equal(r->hand, HAND_SYNTHETIC);
    assert_true(r->prompt.closed);
    drop(r);
}

static void test_prompt_no(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    ask(r, 7);
    click(r, r->prompt.no);
    assert_int_equal(r->answers, 1);
    assert_false(r->yes);
    r->prompts_told = 0;
    ask(r, 8);
    tap(r, 9); /* Escape, by the keyboard grab */
    assert_int_equal(r->answers, 2);
    assert_false(r->yes);
    assert_int_equal(r->why, ORIGIN_WHY_ESCAPE);
    drop(r);
}

static void test_prompt_synthetic(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    windows_assistive(r->w, false);
    ask(r, 7);
    UNTIL(r, r->armed);
    click(r, r->prompt.yes);
    assert_int_equal(r->answers, 0);
    assert_false(r->armed);
    rig_run(r, GUARD_MS + 300, NULL, 0);
    assert_false(r->armed); /* spoilt for good */
    tap(r, 9);
    assert_int_equal(r->answers, 0);
    prompt_close(r->w, 7);
    assert_true(r->prompt.closed);
    assert_int_equal(r->answers, 0); /* a close is not an answer */
    drop(r);
}

static void test_prompt_forged(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    struct ui_rect yes = r->prompt.yes;
    xcb_window_t dialog = window_at(yes.x + 5, yes.y + 5);
    for (uint8_t type = XCB_BUTTON_PRESS; type <= XCB_BUTTON_RELEASE; type++) {
        xcb_button_press_event_t e = {.response_type = type,
                                      .detail = 1,
                                      .root = root,
                                      .event = dialog,
                                      .root_x = (int16_t)(yes.x + 5),
                                      .root_y = (int16_t)(yes.y + 5),
                                      .event_x = 300,
                                      .event_y = 460,
                                      .same_screen = 1};
        xcb_send_event(other, 0, dialog, 0, (const char *)&e);
    }
    xcb_expose_event_t x = {
        .response_type = XCB_EXPOSE, .window = dialog, .width = 500, .height = 300};
    unsigned told = r->prompts_told;
    xcb_send_event(other, 0, dialog, 0, (const char *)&x);
    xcb_flush(other);
    settle(r);
    assert_int_equal(r->answers, 0);
    assert_true(r->armed);
    assert_int_equal(r->prompts_told, told); /* not for a moment was it otherwise */
    xcb_client_message_event_t m = {
        .response_type = XCB_CLIENT_MESSAGE, .format = 32, .window = dialog, .type = 1};
    xcb_send_event(other, 0, dialog, 0, (const char *)&m);
    xcb_flush(other);
    UNTIL(r, r->answers == 1);
    assert_false(r->yes);
    assert_int_equal(r->why, ORIGIN_WHY_CLOSED);
    drop(r);
}

static void test_prompt_covered(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    xcb_window_t top = lay_over(0, 1000, 1);
    UNTIL(r, !r->armed);
    settle(r);
    assert_int_equal(pixel(r->prompt.yes.x + 60, r->prompt.yes.y - 60),
                     0x3366cc); /* on top again */
    UNTIL(r, r->armed);
    xcb_unmap_window(other, window_at(r->prompt.yes.x + 5, r->prompt.yes.y + 5));
    xcb_flush(other);
    UNTIL(r, r->answers == 1);
    assert_false(r->yes);
    xcb_destroy_window(other, top);
    xcb_flush(other);
    drop(r);
}

/* However often something is put there again, the server is asked once at a time; and where it can
   not be asked at all, later. */
static void test_asked_again(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    unsigned before = r->d.later_n;
    for (unsigned i = 0; i < 10; i++)
        shown_put_again(&r->w->pane[PANE_DIALOG]);
    assert_int_equal(r->d.later_n, before + 1);
    assert_false(r->armed);
    UNTIL(r, r->armed);
    ask_too_much(r);
    shown_put_again(&r->w->pane[PANE_DIALOG]);
    assert_false(r->armed);
    UNTIL(r, r->armed);
    drop(r);
}

/* A window within the dialog covers it, and the server tells nobody so. */
static void test_prompt_inside(void **state)
{
    (void)state;
    for (unsigned moved = 0; moved < 2; moved++) {
        struct rig *r = rig_armed();
        xcb_window_t dialog = window_at(r->prompt.yes.x + 5, r->prompt.yes.y + 5);
        xcb_window_t inside = put_into(dialog, moved);
        UNTIL(r, !r->armed);
        settle(r);
        assert_int_equal(pixel(r->prompt.yes.x + 60, r->prompt.yes.y - 60), 0x3366cc);
        UNTIL(r, r->armed);
        for (unsigned i = 0; i < 12; i++)
            put_into(dialog, moved);
        UNTIL(r, r->answers == 1);
        assert_false(r->yes);
        assert_int_equal(r->why, ORIGIN_WHY_COVERED);
        xcb_destroy_window(other, inside);
        xcb_flush(other);
        drop(r);
    }
}

/* A window that takes input alone hides nothing, and may stay: some hide a resting pointer so. */
static void test_inside_for_input(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    struct pane *p = &r->w->pane[PANE_DIALOG];
    for (unsigned i = 0; i < 30; i++) {
        xcb_window_t id = xcb_generate_id(other);
        xcb_create_window(other, 0, id, p->win.id, 9, 9, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY, 0, 0,
                          NULL);
        xcb_map_window(other, id);
    }
    xcb_flush(other);
    UNTIL(r, !r->armed);
    UNTIL(r, r->armed);
    assert_int_equal(r->answers, 0);
    drop(r);
}

/* What could not be asked is not known: it counts as within until the server has answered. */
static void test_inside_unasked(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    struct pane *p = &r->w->pane[PANE_DIALOG];
    const xcb_map_notify_event_t e = {
        .response_type = XCB_MAP_NOTIFY, .event = p->win.id, .window = put_into(root, false)};
    ask_too_much(r);
    assert_true(windows_inside(r->w, (const xcb_generic_event_t *)&e));
    assert_int_equal(p->strangers, 1);
    assert_false(r->armed);
    UNTIL(r, p->strangers == 0);
    xcb_destroy_window(other, e.window);
    xcb_flush(other);
    UNTIL(r, r->armed);
    drop(r);
}

static void test_prompt_painter(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    ask(r, 7);
    windows_painter(r->w, PAINTER_PROMPT, NULL);
    assert_int_equal(r->answers, 1);
    assert_false(r->yes);
    assert_int_equal(r->why, ORIGIN_WHY_PAINTER);
    drop(r);
}

/* The question is another one, and its picture does not come: the old one is no longer answered
   with yes, however long it stands there. The guard begins when the new one is on the screen. */
static void test_old_face(void **state)
{
    (void)state;
    struct rig *r = rig_armed();
    r->lazy = true;
    r->model.viewers++;
    windows_update(r->w);
    assert_false(r->armed);
    rig_run(r, GUARD_MS + 300, NULL, 0);
    assert_false(r->armed);
    click(r, r->prompt.yes);
    assert_int_equal(r->answers, 0);
    r->lazy = false;
    rig_paint_late(r, PAINTER_PROMPT);
    UNTIL(r, r->armed);
    click(r, r->prompt.yes);
    UNTIL(r, r->answers == 1);
    assert_true(r->yes);
    drop(r);
}

/* Somebody comes and goes all the time: the dialog can be answered all the same. That its painter
   marks the name it is about for the first time begins the guard again; a second time, of a mark
   that stays, does not. */
static void test_come_and_go(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    r->people[0] = (struct ui_person){.id = 2, .name = "Ada"};
    r->people[1] = (struct ui_person){.id = 3, .name = "Kim"};
    r->model.people = r->people;
    r->model.n_people = 1;
    windows_update(r->w);
    prompt_prepare(r->w, 3, PROMPT_KIND_ADMIT, 40, "Lee", false);
    for (uint64_t until = loop_now_ms() + PATIENCE_MS; !r->armed && loop_now_ms() < until;) {
        r->model.n_people = 3 - r->model.n_people;
        windows_update(r->w);
        rig_run(r, 200, NULL, 0);
    }
    assert_true(r->armed);
    for (unsigned i = 0; i < 3; i++) {
        unsigned told = r->prompts_told;
        r->alike = i % 2 ? 0 : 0x8000;
        r->model.n_people = 3 - r->model.n_people;
        windows_update(r->w);
        settle(r);
        if (i == 0)
            UNTIL(r, r->armed && r->prompts_told == told + 2); /* not for a while, and again */
        assert_true(r->armed);
        assert_int_equal(r->prompts_told, told + (i == 0 ? 2 : 0));
    }
    drop(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tone),
        cmocka_unit_test(test_prompt_yes),
        cmocka_unit_test(test_prompt_no),
        cmocka_unit_test(test_prompt_synthetic),
        cmocka_unit_test(test_prompt_forged),
        cmocka_unit_test(test_prompt_covered),
        cmocka_unit_test(test_asked_again),
        cmocka_unit_test(test_prompt_inside),
        cmocka_unit_test(test_inside_for_input),
        cmocka_unit_test(test_inside_unasked),
        cmocka_unit_test(test_prompt_painter),
        cmocka_unit_test(test_old_face),
        cmocka_unit_test(test_come_and_go),
    };
    if (!start_server())
        return 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stop_server();
    return failed;
}
