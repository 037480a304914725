/* Presses on what has become something else meanwhile: rows that shift, the second of a double
 * click. */
#include "windows_desk.h"

/* The panel, with two people in it. */
static struct rig *rig_with_two(void)
{
    struct rig *r = rig_with(UI_HOST_PANEL);
    r->people[0] = (struct ui_person){.id = 2, .name = "Lee"};
    r->people[1] = (struct ui_person){.id = 3, .name = "Kim"};
    r->model.people = r->people;
    r->model.n_people = 2;
    windows_update(r->w);
    settle(r);
    return r;
}

/* Somebody leaves while a button is down on a row: the release acts on nobody else. */
static void test_row_shifts(void **state)
{
    (void)state;
    struct rig *r = rig_with_two();
    struct ui_rect row = control(r, "row_1");
    fake(XCB_MOTION_NOTIFY, 0, row.x + 20, row.y + 20);
    fake(XCB_BUTTON_PRESS, 1, 0, 0);
    settle(r);
    r->people[0] = r->people[1];
    r->model.n_people = 1;
    windows_update(r->w);
    settle(r);
    fake(XCB_BUTTON_RELEASE, 1, 0, 0);
    settle(r);
    assert_int_equal(r->actions, 0);
    click(r, row); /* meant for whom it shows now */
    assert_int_equal(r->actions, 1);
    assert_int_equal(r->action, ACTION_OPEN_ROW);
    assert_int_equal(r->action_id, 3);
    drop(r);
}

static void click_twice(struct rig *r, struct ui_rect at)
{
    fake(XCB_MOTION_NOTIFY, 0, at.x + at.w / 2, at.y + at.h / 2);
    for (unsigned i = 0; i < 2; i++) {
        fake(XCB_BUTTON_PRESS, 1, 0, 0);
        fake(XCB_BUTTON_RELEASE, 1, 0, 0);
    }
    settle(r);
}

static const char *state_told(const struct rig *r, const char *id)
{
    for (unsigned i = 0; i < r->line.n_controls; i++)
        if (strcmp(r->line.controls[i].id, id) == 0)
            return r->line.controls[i].state;
    return "off";
}

/* Pause and Lock become Continue and Unlock under the pointer: the second half of a double click is
   not meant for those, not even where it comes before they are painted. A press on them when they
   have been there for a while is. */
static void test_double_click(void **state)
{
    static const struct {
        const char *id;
        enum ui_action on, off;
    } turns[] = {{"pause", ACTION_PAUSE, ACTION_CONTINUE}, {"lock", ACTION_LOCK, ACTION_UNLOCK}};
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    r->obeys = true;
    r->model.sharing = 1;
    strcpy(r->model.sid, "482915306");
    windows_update(r->w);
    settle(r);
    for (unsigned i = 0; i < 2; i++) {
        r->actions = 0;
        click_twice(r, control(r, turns[i].id));
        assert_int_equal(r->actions, 1);
        assert_int_equal(r->action, turns[i].on);
        UNTIL(r, state_told(r, turns[i].id)[0] == '\0'); /* no longer new */
        click(r, control(r, turns[i].id));
        assert_int_equal(r->actions, 2);
        assert_int_equal(r->action, turns[i].off);
    }
    drop(r);
}

/* A window lay over Unlock and is gone: what it was clicked away with is not meant for that. */
static void test_double_click_beneath(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    strcpy(r->model.sid, "482915306");
    r->model.locked = true;
    windows_update(r->w);
    settle(r);
    UNTIL(r, state_told(r, "lock")[0] == '\0');
    struct ui_rect unlock = control(r, "lock");
    shown_put_again(&r->w->pane[PANE_MAIN]); /* exposed: of what lay over it nobody has told */
    click(r, unlock);
    assert_int_equal(r->actions, 0);
    UNTIL(r, state_told(r, "lock")[0] == '\0');
    xcb_window_t top = put_into(root, false);
    fake(XCB_MOTION_NOTIFY, 0, unlock.x + unlock.w / 2, unlock.y + unlock.h / 2);
    settle(r);
    xcb_destroy_window(other, top);
    click(r, unlock);
    assert_int_equal(r->actions, 0);
    UNTIL(r, state_told(r, "lock")[0] == '\0');
    click(r, unlock);
    assert_int_equal(r->actions, 1);
    assert_int_equal(r->action, ACTION_UNLOCK);
    drop(r);
}

/* The second half of a double click on a row meets what the first one has opened: where the row was
   stands Remove now, of whoever it is. */
static void test_double_click_row(void **state)
{
    (void)state;
    struct rig *r = rig_with_two();
    click(r, control(r, "row_1"));
    UNTIL(r, state_told(r, "remove")[0] == '\0');
    struct ui_rect remove = control(r, "remove"), row = control(r, "row_2");
    click(r, remove);
    assert_int_equal(r->action, ACTION_REMOVE);
    assert_int_equal(r->action_id, 2);
    struct ui_rect below = {remove.x, row.y, remove.w, row.h}; /* of Kim's row, when it opens */
    r->actions = 0;
    click_twice(r, below);
    assert_int_equal(r->action, ACTION_OPEN_ROW);
    assert_int_equal(r->action_id, 3);
    assert_int_equal(r->actions, 1);
    struct ui_rect now = control(r, "remove");
    assert_true(now.y < below.y + below.h / 2 && below.y + below.h / 2 < now.y + now.h);
    drop(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_shifts),
        cmocka_unit_test(test_double_click),
        cmocka_unit_test(test_double_click_beneath),
        cmocka_unit_test(test_double_click_row),
    };
    if (!start_server())
        return 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stop_server();
    return failed;
}
