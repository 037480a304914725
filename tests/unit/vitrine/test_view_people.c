/* Rows of people: their pages, what is done to whom, and what takes a protection back. */
#include "view_rig.h"

/* People: pages of seven, found by part of a name, actions only for somebody else. */
static void test_people(void **state)
{
    (void)state;
    static struct ui_person many[20];
    struct ui_model m = model();
    for (unsigned i = 0; i < 20; i++) {
        many[i] = (struct ui_person){.id = i + 1};
        snprintf(many[i].name, sizeof many[i].name, "Person %c", (char)('a' + i));
    }
    many[0].badges = UI_BADGE_YOU;
    m.people = many;
    m.n_people = 20;
    struct view v = opened(UI_PEOPLE, &m);
    assert_int_equal(view_look(&v, &m, UI_PEOPLE_ROW_1), UI_LOOK_OFF); /* ourselves */
    view_key(&v, &m, KEYS_PAGE_DOWN);
    view_key(&v, &m, KEYS_PAGE_DOWN);
    view_key(&v, &m, KEYS_PAGE_DOWN);
    assert_int_equal(v.page, 2);
    assert_int_equal(view_look(&v, &m, UI_PEOPLE_ROW_7), UI_LOOK_HIDDEN);
    assert_int_equal(view_look(&v, &m, UI_PEOPLE_REMOVE), UI_LOOK_HIDDEN);
    assert_int_equal(view_press(&v, &m, UI_PEOPLE_ROW_6).id, 20);
    assert_int_equal(view_look(&v, &m, UI_PEOPLE_REMOVE), 0);
    assert_int_equal(view_press(&v, &m, UI_PEOPLE_REMOVE).id, 20);
    strcpy(many[2].name, "J\u00f6rg");
    assert_true(field_set(&v.field[0], "J\u00d6", 3));
    assert_int_equal(view_whom(&v, &m, UI_PEOPLE_ROW_1), 3);
    strcpy(many[2].name, "Person c");
    assert_true(field_set(&v.field[0], "SON C", 5));
    assert_int_equal(view_look(&v, &m, UI_PEOPLE_ROW_2), UI_LOOK_HIDDEN);
    assert_int_equal(view_look(&v, &m, UI_PEOPLE_REMOVE), UI_LOOK_HIDDEN); /* not on this page */
    assert_int_equal(view_whom(&v, &m, UI_PEOPLE_ROW_1), 3);
    assert_int_equal(view_whom(&v, &m, UI_PEOPLE_ROW_2), 0);
    assert_int_equal(view_press(&v, &m, UI_PEOPLE_ROW_1).id, 3);
    assert_int_equal(view_whom(&v, &m, UI_PEOPLE_REMOVE), 3);
    assert_int_equal(view_whom(&v, &m, UI_PEOPLE_NEXT), 0);
}

/* The last page turns off the arrow that led there: the focus does not stay on what is not to be
   seen. */
static void test_focus_at_the_end(void **state)
{
    (void)state;
    static struct ui_person many[20];
    struct ui_model m = model();
    for (unsigned i = 0; i < 20; i++)
        many[i] = (struct ui_person){.id = i + 1};
    m.people = many;
    m.n_people = 20;
    struct view v = opened(UI_PEOPLE, &m);
    view_press(&v, &m, UI_PEOPLE_NEXT);
    assert_int_equal(v.focus, UI_PEOPLE_NEXT);
    view_press(&v, &m, UI_PEOPLE_NEXT);
    assert_int_equal(v.focus, UI_PEOPLE_PREV);
    view_key(&v, &m, KEYS_PAGE_UP);
    assert_int_equal(v.focus, UI_PEOPLE_PREV);
    view_key(&v, &m, KEYS_PAGE_UP);
    assert_int_equal(v.focus, UI_PEOPLE_NEXT);
    assert_true(view_whole_look(&v, &m, v.focus) & UI_LOOK_FOCUS);
    m.n_people = 2; /* one page, without arrows */
    assert_true(view_focus_keep(&v, &m));
    assert_int_equal(v.focus, UI_PEOPLE_ROW_2);
}

/* What takes a protection back is not under a finger that was on something else: nothing puts the
   focus there but a key that moves it. */
static void test_focus_does_not_loosen(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct view v = opened(UI_HOST_PANEL, &m);
    m.can_chat = true;
    v.focus = UI_HOST_PANEL_CHAT;
    assert_false(view_focus_keep(&v, &m));
    m.can_chat = false;
    assert_true(view_focus_keep(&v, &m));
    assert_int_equal(v.focus, UI_HOST_PANEL_LOCK);
    m.can_chat = m.locked = true;
    m.sharing = UI_SHARING_PAUSED;
    v.focus = UI_HOST_PANEL_CHAT;
    m.can_chat = false;
    assert_true(view_focus_keep(&v, &m)); /* neither Unlock nor Continue */
    assert_int_equal(v.focus, UI_HOST_PANEL_SHARE);
}

static void test_panel(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct view v = opened(UI_HOST_PANEL, &m);
    assert_true(view_is_grant(&v, &m, UI_HOST_PANEL_ADMIT));
    assert_true(view_look(&v, &m, UI_HOST_PANEL_ADMIT) & UI_LOOK_OFF); /* no prompt about Lee */
    v.person = 40;
    assert_int_equal(view_look(&v, &m, UI_HOST_PANEL_ADMIT), 0);
    m.input_live = true;
    assert_true(view_look(&v, &m, UI_HOST_PANEL_ADMIT) & UI_LOOK_OFF);
    m.input_live = false;
    struct view_press p = view_press(&v, &m, UI_HOST_PANEL_ADMIT);
    assert_int_equal(p.action, ACTION_ADMIT);
    assert_int_equal(p.id, 40);
    v.person = 41; /* the prompt is about the second: he is the one shown */
    assert_int_equal(view_whom(&v, &m, UI_HOST_PANEL_REFUSE), 41);
    assert_int_equal(view_whom(&v, &m, UI_HOST_PANEL_ADMIT), 41);
    assert_int_equal(view_press(&v, &m, UI_HOST_PANEL_REFUSE).id, 41);
    assert_int_equal(view_whom(&v, &m, UI_HOST_PANEL_ROW_2), 2);
    assert_int_equal(view_whom(&v, &m, UI_HOST_PANEL_SHARE), 0);
    p = view_press(&v, &m, UI_HOST_PANEL_ROW_2);
    assert_int_equal(p.action, ACTION_OPEN_ROW);
    assert_int_equal(p.id, 2);
    assert_int_equal(view_whom(&v, &m, UI_HOST_PANEL_REMOVE), 2);
    assert_int_equal(view_press(&v, &m, UI_HOST_PANEL_REMOVE).id, 2);
    assert_int_equal(view_press(&v, &m, UI_HOST_PANEL_ROW_1).action, ACTION_NONE); /* oneself */
    view_key(&v, &m, KEYS_PAGE_DOWN);
    assert_int_equal(view_press(&v, &m, UI_HOST_PANEL_ROW_1).id, 4);
    m.n_people = 4; /* the last one left: the page before is shown */
    assert_true(view_look(&v, &m, UI_HOST_PANEL_NEXT) & UI_LOOK_HIDDEN);
    assert_int_equal(view_press(&v, &m, UI_HOST_PANEL_SHARE).action, ACTION_SHARE);
    m.sharing = 2;
    assert_int_equal(view_press(&v, &m, UI_HOST_PANEL_SHARE).action, ACTION_STOP);
    assert_int_equal(view_press(&v, &m, UI_HOST_PANEL_PAUSE).action, ACTION_CONTINUE);
}

/* A row that was pressed shows somebody else now: it does not look pressed under the new name. */
static void test_pressed_row(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct view panel = opened(UI_HOST_PANEL, &m), list = opened(UI_PEOPLE, &m);
    panel.pressed = UI_HOST_PANEL_ROW_2;
    list.pressed = UI_PEOPLE_ROW_4;
    panel.pressed_whom = view_whom(&panel, &m, panel.pressed);
    list.pressed_whom = view_whom(&list, &m, list.pressed);
    assert_int_equal(view_whole_look(&panel, &m, panel.pressed), UI_LOOK_PRESSED);
    assert_int_equal(view_whole_look(&list, &m, list.pressed), UI_LOOK_PRESSED);
    m.people = people + 1; /* the first one left */
    m.n_people--;
    assert_int_equal(view_whole_look(&panel, &m, panel.pressed), 0);
    assert_int_equal(view_whole_look(&list, &m, list.pressed), 0);
}

/* Whatever takes a protection back needs a hand that aimed, wherever it stands, at what it means
   now: who is told where those controls are, is told of no other. */
static void test_loosens(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct view panel = opened(UI_HOST_PANEL, &m), bar = opened(UI_SHARING_BAR, &m);
    struct view_loose loose[VIEW_LOOSE];
    m.sharing = 1;
    assert_int_equal(view_loose(&panel, &m, loose), 0);
    assert_int_equal(view_loose(&bar, &m, loose), 0);
    m.sharing = 2;
    m.locked = true;
    for (uint8_t c = 0; c < view_layout(&panel, &m)->n_controls; c++)
        assert_int_equal(view_loosens(&panel, &m, c), c == UI_HOST_PANEL_PAUSE ||
                                                          c == UI_HOST_PANEL_LOCK ||
                                                          c == UI_HOST_PANEL_REMOVE);
    for (uint8_t c = 0; c < view_layout(&bar, &m)->n_controls; c++)
        assert_int_equal(view_loosens(&bar, &m, c), c == UI_SHARING_BAR_RESUME);
    assert_int_equal(view_loose(&panel, &m, loose), 2);
    assert_int_equal(view_loose(&bar, &m, loose), 1);
    panel.selected = 2;
    assert_int_equal(view_loose(&panel, &m, loose), 3);
    struct view list = opened(UI_PEOPLE, &m), settings = opened(UI_SETTINGS, &m);
    assert_int_equal(view_loose(&list, &m, loose), 0); /* nobody's row is open */
    list.selected = 2;
    assert_int_equal(view_loose(&list, &m, loose), 1);
    assert_int_equal(loose[0].action, ACTION_REMOVE);
    assert_int_equal(loose[0].whom, 2);
    assert_int_equal(view_loose(&settings, &m, loose), 1);
    assert_int_equal(loose[0].control, UI_SETTINGS_SAVE);
    struct view password = opened(UI_NEW_PASSWORD, &m);
    assert_int_equal(view_loose(&password, &m, loose), 0);
    password.what = UI_PASSWORD_NONE;
    assert_int_equal(view_loose(&password, &m, loose), 1);
    assert_int_equal(loose[0].control, UI_NEW_PASSWORD_SET);
    assert_int_equal(view_loose(&bar, &m, loose), 1);
    assert_int_equal(loose[0].action, ACTION_CONTINUE);
    assert_int_equal(loose[0].at.x, view_rect(&bar, &m, UI_SHARING_BAR_RESUME).x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_people),
        cmocka_unit_test(test_focus_at_the_end),
        cmocka_unit_test(test_focus_does_not_loosen),
        cmocka_unit_test(test_panel),
        cmocka_unit_test(test_pressed_row),
        cmocka_unit_test(test_loosens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
