/* Admit in the panel, and what lies over or within that. */
#include "windows_glass.h"

static void test_panel_inside(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    knock(r);
    windows_update(r->w);
    prompt_prepare(r->w, 3, PROMPT_KIND_ADMIT, 40, "Lee", true);
    UNTIL(r, r->armed);
    int x = r->prompt.yes.x + 5, y = r->prompt.yes.y + 5;
    xcb_window_t panel = window_at(x, y);
    put_into(panel, false);
    UNTIL(r, !r->armed);
    UNTIL(r, r->armed);
    assert_int_equal(window_at(x, y), panel);
    xcb_map_window(other, r->w->picture.id); /* ours, but it has nothing to show here */
    xcb_flush(other);
    UNTIL(r, !r->armed);
    UNTIL(r, r->armed);
    assert_int_equal(r->answers, 0);
    drop(r);
}

static void test_panel_admit(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    r->people[0] = (struct ui_person){.id = 40, .waiting = true, .name = "Lee"};
    r->people[1] = (struct ui_person){.id = 41, .waiting = true, .name = "Kim"};
    r->model.people = r->people;
    r->model.n_people = 2;
    windows_update(r->w);
    prompt_prepare(r->w, 3, PROMPT_KIND_ADMIT, 40, "Lee", true);
    settle(r);
    assert_string_equal(r->prompt.window, "host-panel");
    click(r, r->prompt.yes);
    assert_int_equal(r->answers, 0);
    UNTIL(r, r->armed);
    r->people[0].badges = UI_BADGE_CERTIFIED; /* what is shown changes: the guard begins again */
    windows_update(r->w);
    UNTIL(r, !r->armed);
    UNTIL(r, r->armed);
    click(r, r->prompt.yes);
    UNTIL(r, r->answers == 1);
    assert_true(r->yes);
    settle(r);
    click(r, r->prompt.yes); /* no prompt is up: Admit is off */
    assert_int_equal(r->answers, 1);
    assert_int_equal(r->actions, 0);
    drop(r);
}

/* --- what lies over the panel */

/* Lets a click through, and nobody in: it asks in a dialog. */
static void covered(struct rig *r)
{
    unsigned before = r->apart;
    UNTIL(r, !r->armed && strcmp(r->prompt.why, "covered") == 0);
    rig_run(r, GUARD_MS + 300, NULL, 0);
    assert_false(r->armed);
    click(r, r->prompt.yes);
    assert_int_equal(r->apart, before + 1);
    assert_int_equal(r->answers, 0);
}

static void test_panel_covered(void **state)
{
    (void)state;
    for (unsigned composed = 0; composed < 2; composed++) {
        if (composed)
            compose(true);
        struct rig *r = rig_with_knock();
        struct ui_rect at = r->prompt.yes, beside = {0, 0, 20, 20};
        xcb_window_t glass = lay_glass(at, XCB_WINDOW_CLASS_INPUT_OUTPUT);
        covered(r);
        take_away(glass);
        UNTIL(r, r->armed);
        assert_string_equal(r->prompt.why, "");
        glass = lay_glass(beside, XCB_WINDOW_CLASS_INPUT_OUTPUT); /* and is moved over it */
        settle(r);
        assert_true(r->armed);
        change(glass, XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y,
               (const uint32_t[]){(uint32_t)at.x, (uint32_t)at.y});
        covered(r);
        change(glass, XCB_CONFIG_WINDOW_STACK_MODE, (const uint32_t[]){XCB_STACK_MODE_BELOW});
        UNTIL(r, r->armed);
        change(glass, XCB_CONFIG_WINDOW_STACK_MODE, (const uint32_t[]){XCB_STACK_MODE_ABOVE});
        covered(r);
        take_away(glass);
        UNTIL(r, r->armed);
        glass = lay_glass(at, XCB_WINDOW_CLASS_INPUT_ONLY); /* it shows nothing */
        settle(r);
        UNTIL(r, r->armed);
        click(r, r->prompt.yes);
        UNTIL(r, r->answers == 1);
        assert_true(r->yes);
        take_away(glass);
        drop(r);
    }
    compose(false);
}

/* It was there before Admit waited, and while the pointer's button was down. */
static void test_panel_covered_before(void **state)
{
    (void)state;
    compose(true);
    struct rig *r = rig_with(UI_HOST_PANEL);
    xcb_window_t glass = lay_glass(r->line.rect, XCB_WINDOW_CLASS_INPUT_OUTPUT);
    knock(r);
    windows_update(r->w);
    prompt_prepare(r->w, 3, PROMPT_KIND_ADMIT, 40, "Lee", true);
    settle(r);
    covered(r);
    take_away(glass);
    UNTIL(r, r->armed);
    fake(XCB_MOTION_NOTIFY, 0, r->prompt.yes.x + 5, r->prompt.yes.y + 5);
    fake(XCB_BUTTON_PRESS, 1, 0, 0);
    settle(r);
    glass = lay_glass(r->line.rect, XCB_WINDOW_CLASS_INPUT_OUTPUT);
    settle(r);
    fake(XCB_BUTTON_RELEASE, 1, 0, 0);
    settle(r);
    assert_int_equal(r->answers, 0);
    assert_int_equal(r->apart, 1);
    take_away(glass);
    drop(r);
    compose(false);
}

/* The picture of the one who looked like somebody else comes when the next one is asked about: that
   one is not marked. */
static void test_panel_innocent(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    knock(r);
    r->lazy = true;
    windows_update(r->w);
    prompt_prepare(r->w, 3, PROMPT_KIND_ADMIT, 40, "Lee", true);
    settle(r);
    rig_paint_late(r, PAINTER_MAIN); /* another order is under way, about Lee */
    settle(r);
    prompt_close(r->w, 3);
    r->people[0] = (struct ui_person){.id = 41, .waiting = true, .name = "Kim"};
    windows_update(r->w);
    prompt_prepare(r->w, 4, PROMPT_KIND_ADMIT, 41, "Kim", true);
    r->alike = 1;
    rig_paint_late(r, PAINTER_MAIN);
    r->alike = 0;
    r->lazy = false;
    settle(r);
    assert_int_equal(r->w->pane[PANE_MAIN].view.alike, 0);
    UNTIL(r, r->armed);
    r->alike = 1; /* of Kim it is true */
    r->people[0].badges = UI_BADGE_CERTIFIED;
    windows_update(r->w);
    UNTIL(r, r->w->pane[PANE_MAIN].view.alike == 1);
    drop(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_panel_inside),   cmocka_unit_test(test_panel_admit),
        cmocka_unit_test(test_panel_covered),  cmocka_unit_test(test_panel_covered_before),
        cmocka_unit_test(test_panel_innocent),
    };
    if (!start_server())
        return 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stop_server();
    return failed;
}
