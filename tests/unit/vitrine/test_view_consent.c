/* Dialogs of consent: whom and what they name, which answers there are, and when the question has
 * become another one. */
#include "lib/ui/say.h"
#include "view_rig.h"

static struct view_content content(const struct view *v, const struct ui_model *m)
{
    struct view_content c;
    view_content(v, m, &c);
    return c;
}

static bool same_as(const struct view *v, const struct ui_model *m, const struct view_content *c)
{
    struct view_content now = content(v, m);
    return view_same_content(&now, c);
}

static void test_tab(void **state)
{
    (void)state;
    struct ui_model m = model();
    m.no_window = true;
    struct view v = opened(UI_CONSENT_SHARE, &m);
    view_key(&v, &m, KEYS_TAB);
    assert_int_equal(v.focus, UI_CONSENT_SHARE_WHOLE);
    view_key(&v, &m, KEYS_TAB); /* the choice that is off is passed over */
    assert_int_equal(v.focus, UI_CONSENT_SHARE_PART);
    view_key(&v, &m, KEYS_TAB);
    assert_int_equal(v.focus, UI_CONSENT_SHARE_ALL);
    view_key(&v, &m, KEYS_TAB);
    assert_int_equal(v.focus, UI_CONSENT_SHARE_YES);
    view_key(&v, &m, KEYS_TAB);
    assert_int_equal(v.focus, UI_CONSENT_SHARE_NO);
    view_key(&v, &m, KEYS_LEFT_TAB);
    assert_int_equal(v.focus, UI_CONSENT_SHARE_YES);
}

/* What the rules or the X server do not allow is off, and so is its yes; a tile to be picked on the
   screen answers nothing by itself. */
static void test_kinds(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct view v = opened(UI_CONSENT_SHARE, &m);
    assert_int_equal(view_press(&v, &m, UI_CONSENT_SHARE_ONE).pick, UI_WHAT_WINDOW);
    assert_int_equal(view_press(&v, &m, UI_CONSENT_SHARE_PART).pick, UI_WHAT_PART);
    assert_int_equal(v.what, UI_WHAT_WHOLE);
    assert_false(view_press(&v, &m, UI_CONSENT_SHARE_PART).answer);
    assert_int_equal(view_look(&v, &m, UI_CONSENT_SHARE_YES) & UI_LOOK_OFF, 0);
    m.no_whole = true;
    assert_int_equal(view_look(&v, &m, UI_CONSENT_SHARE_WHOLE) & UI_LOOK_OFF, UI_LOOK_OFF);
    assert_int_equal(view_look(&v, &m, UI_CONSENT_SHARE_YES) & UI_LOOK_OFF, UI_LOOK_OFF);
    struct msg_ui_paint order;
    view_paint(&v, &m, &order); /* nor is it said that they will see everything */
    assert_int_equal(number_in(&order, UI_SLOT_WHAT), UI_WHAT_UNKNOWN);
    assert_int_equal(ui_share_body(UI_WHAT_UNKNOWN, UI_MONITOR_NONE), UI_STR_WHY_PICK);
    v.what = UI_WHAT_PART;
    view_paint(&v, &m, &order);
    assert_int_equal(number_in(&order, UI_SLOT_WHAT), UI_WHAT_PART);
    assert_int_equal(view_look(&v, &m, UI_CONSENT_SHARE_YES) & UI_LOOK_OFF, 0);
}

static unsigned rows_named(const struct msg_ui_paint *order, const char *first)
{
    assert_true(order->n_rows > 0);
    assert_int_equal(order->rows[0].name.len, strlen(first));
    assert_memory_equal(order->rows[0].name.data, first, strlen(first));
    return order->n_rows;
}

/* The consent to share names two, and everybody where that is asked for: page by page, without a
   choice of what is shared, and with the same two answers in the same places. */
static void test_share_everybody(void **state)
{
    (void)state;
    static struct ui_person many[16];
    struct ui_model m = model();
    struct msg_ui_paint order;
    struct view v = opened(UI_CONSENT_SHARE, &m);
    m.n_people = 4; /* ourselves, two others, and one at the door */
    assert_int_equal(view_look(&v, &m, UI_CONSENT_SHARE_ALL), UI_LOOK_HIDDEN);
    for (unsigned i = 0; i < 16; i++) {
        many[i] = (struct ui_person){.id = i + 1, .waiting = i == 3};
        snprintf(many[i].name, sizeof many[i].name, "Person %c", (char)('a' + i));
    }
    many[0].badges = UI_BADGE_YOU;
    m.people = many;
    m.n_people = 16; /* fourteen of them would see it */
    view_paint(&v, &m, &order);
    assert_int_equal(rows_named(&order, "Person b"), 2);
    struct ui_rect yes = view_rect(&v, &m, UI_CONSENT_SHARE_YES);
    assert_false(view_key(&v, &m, KEYS_PAGE_DOWN).changed);
    assert_true(view_press(&v, &m, UI_CONSENT_SHARE_ALL).changed);
    assert_int_equal(view_variant(&v, &m), UI_SHARE_EVERYBODY);
    assert_int_equal(v.focus, UI_CONSENT_SHARE_ALL);
    view_paint(&v, &m, &order);
    assert_int_equal(rows_named(&order, "Person b"), VIEW_SHARE);
    assert_int_equal(view_rect(&v, &m, UI_CONSENT_SHARE_WHOLE).w, 0);
    assert_int_equal(view_rect(&v, &m, UI_CONSENT_SHARE_YES).x, yes.x);
    assert_int_equal(view_rect(&v, &m, UI_CONSENT_SHARE_YES).y, yes.y);
    assert_int_equal(view_look(&v, &m, UI_CONSENT_SHARE_PREV), UI_LOOK_OFF);
    assert_true(view_press(&v, &m, UI_CONSENT_SHARE_NEXT).changed);
    assert_true(view_key(&v, &m, KEYS_PAGE_DOWN).changed);
    assert_false(view_key(&v, &m, KEYS_PAGE_DOWN).changed);
    view_paint(&v, &m, &order);
    assert_int_equal(rows_named(&order, "Person o"), 2);
    assert_int_equal(number_in(&order, UI_SLOT_FIRST), 13);
    assert_int_equal(number_in(&order, UI_SLOT_FOUND), 14);
    assert_true(view_press(&v, &m, UI_CONSENT_SHARE_YES).yes);
    m.n_people = 9; /* some have left */
    view_paint(&v, &m, &order);
    assert_int_equal(rows_named(&order, "Person i"), 1);
    m.n_people = 3; /* all that are left fit beside the choice */
    assert_int_equal(view_variant(&v, &m), UI_SHARE_CHOICE);
    m.n_people = 16;
    assert_true(view_press(&v, &m, UI_CONSENT_SHARE_ALL).changed);
    assert_int_equal(view_variant(&v, &m), UI_SHARE_CHOICE);
    m.also = UI_ALSO_PASSWORD; /* a line more, a name less */
    m.n_people = 3;
    assert_int_equal(view_look(&v, &m, UI_CONSENT_SHARE_ALL), 0);
    v = opened(UI_CONSENT_SHARE, &m); /* details: F1, like the link */
    assert_true(view_key(&v, &m, KEYS_F1).changed);
    assert_int_equal(view_variant(&v, &m), UI_SHARE_EVERYBODY);
    assert_true(view_key(&v, &m, KEYS_F1).changed);
    assert_int_equal(view_variant(&v, &m), UI_SHARE_CHOICE);
    m.n_people = 1; /* nobody to be listed */
    assert_false(view_key(&v, &m, KEYS_F1).changed);
}

/* A monitor is named as a person would: by its place among the others, and its size. */
static void test_monitor(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct msg_ui_paint order;
    struct view v = opened(UI_CONSENT_SHARE, &m);
    v.what = UI_WHAT_PART;
    struct view_content before = content(&v, &m);
    v.monitor = UI_MONITOR_LEFT;
    strcpy(v.size, "1920 × 1080");
    assert_false(same_as(&v, &m, &before)); /* its guard begins again */
    view_paint(&v, &m, &order);
    assert_int_equal(number_in(&order, UI_SLOT_MONITOR), UI_MONITOR_LEFT);
    v.what = UI_WHAT_WHOLE; /* chosen since: nothing of a monitor is said */
    view_paint(&v, &m, &order);
    assert_int_equal(number_in(&order, UI_SLOT_MONITOR), UINT32_MAX);
}

/* The guard must begin again when, and only when, what is granted reads differently. */
static void test_content(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct view v = opened(UI_CONSENT_SHARE, &m);
    struct view_content before = content(&v, &m);
    v.guard = 500;
    v.hover = UI_CONSENT_SHARE_YES;
    v.focus = UI_CONSENT_SHARE_YES;
    m.rtt_ms = 7;
    assert_true(same_as(&v, &m, &before));
    m.viewers++;
    assert_false(same_as(&v, &m, &before));
    m = model();
    struct ui_person renamed[6];
    memcpy(renamed, people, sizeof people);
    strcpy(renamed[1].name, "Alexa");
    m.people = renamed;
    assert_false(same_as(&v, &m, &before));
    strcpy(renamed[1].name, "Alex");
    assert_true(same_as(&v, &m, &before));
    renamed[4].id = 9; /* one of "and 2 more" */
    assert_false(same_as(&v, &m, &before));
    renamed[4].id = 4;
    v.what = UI_WHAT_PART;
    assert_false(same_as(&v, &m, &before));
}

/* A consent that says it is for whoever joins is the same question with one more; by whom they are
   let in is part of it. */
static void test_content_of_newcomers(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct view v = opened(UI_CONSENT_SHARE, &m);
    m.also = UI_ALSO_LET_IN;
    strcpy(m.organizer, "Olga");
    struct view_content before = content(&v, &m);
    m.viewers++;
    m.people = people + 1;
    m.n_people--;
    assert_true(same_as(&v, &m, &before));
    strcpy(m.organizer, "Oleg");
    assert_false(same_as(&v, &m, &before));
}

/* In a dialog about one person nobody else matters, however often they come and go; that the one it
   is about looks like somebody does. */
static void test_content_of_others(void **state)
{
    static const enum ui_window faces[] = {UI_ADMIT,       UI_WORDS,           UI_PRESENT,
                                           UI_KEY_CHANGED, UI_CONSENT_CONTROL, UI_CONTROL_WHOLE};
    (void)state;
    for (unsigned i = 0; i < sizeof faces / sizeof faces[0]; i++) {
        struct ui_model m = model();
        struct view v = opened(faces[i], &m);
        struct msg_ui_paint order;
        strcpy(v.name, "Lee");
        struct view_content before = content(&v, &m);
        m.n_people = 1;
        assert_true(same_as(&v, &m, &before));
        view_paint(&v, &m, &order);
        assert_int_equal(number_in(&order, UI_SLOT_NAME), 0);
        v.alike = 0x8000;
        assert_false(same_as(&v, &m, &before));
        view_paint(&v, &m, &order);
        assert_int_equal(number_in(&order, UI_SLOT_NAME), 1); /* from then on */
        v.alike = 0;
        strcpy(v.name, "Lea");
        assert_false(same_as(&v, &m, &before));
    }
}

/* What somebody let in will see, and who stops first, is part of what is granted. */
static void test_content_of_sharing(void **state)
{
    static const enum ui_window faces[] = {UI_ADMIT, UI_PRESENT, UI_CONSENT_SHARE};
    (void)state;
    for (unsigned i = 0; i < sizeof faces / sizeof faces[0]; i++) {
        struct ui_model m = model();
        struct msg_ui_paint order;
        struct view v = opened(faces[i], &m);
        struct view_content before = content(&v, &m);
        m.other = true;
        assert_false(same_as(&v, &m, &before));
        view_paint(&v, &m, &order);
        assert_int_equal(number_in(&order, UI_SLOT_SHARING), UI_SHARING_OTHER);
        m.sharing = UI_SHARING_PAUSED; /* ours comes first */
        view_paint(&v, &m, &order);
        assert_int_equal(number_in(&order, UI_SLOT_SHARING), UI_SHARING_PAUSED);
        m.sharing = UI_SHARING_OFF;
        m.other = false;
        assert_true(same_as(&v, &m, &before));
    }
}

/* Who knocks under a member's name and goes again does not keep anybody from answering. */
static void test_content_of_namesakes(void **state)
{
    (void)state;
    struct ui_person named[6];
    struct ui_model m = model();
    memcpy(named, people, sizeof people);
    m.people = named;
    struct view share = opened(UI_CONSENT_SHARE, &m), panel = opened(UI_HOST_PANEL, &m);
    struct view_content before = content(&share, &m), waits = content(&panel, &m);
    for (unsigned i = 0; i < 6; i++)
        named[i].badges |= UI_BADGE_SAME_NAME;
    assert_true(same_as(&share, &m, &before));
    assert_true(same_as(&panel, &m, &waits));
    named[2].badges |= UI_BADGE_CERTIFIED; /* waits */
    assert_false(same_as(&panel, &m, &waits));
    named[4].badges |= UI_BADGE_WORDS_MATCH; /* one of "and 2 more" */
    assert_false(same_as(&share, &m, &before));
}

static void test_answers(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct view v = opened(UI_CONSENT_SHARE, &m);
    assert_true(view_press(&v, &m, UI_CONSENT_SHARE_YES).yes);
    struct view_press no = view_press(&v, &m, UI_CONSENT_SHARE_NO);
    assert_true(no.answer && !no.yes);
    v = opened(UI_ADMIT, &m);
    assert_true(view_press(&v, &m, UI_ADMIT_ADMIT).yes);
    assert_false(view_press(&v, &m, UI_ADMIT_REFUSE).yes);
    v = opened(UI_VIEWER, &m);
    v.full = true;
    assert_true(view_key(&v, &m, KEYS_ESCAPE).full);
    assert_false(v.full);
    assert_int_equal(view_key(&v, &m, KEYS_ESCAPE).action, ACTION_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_share_everybody),
        cmocka_unit_test(test_monitor),
        cmocka_unit_test(test_tab),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_content),
        cmocka_unit_test(test_content_of_others),
        cmocka_unit_test(test_content_of_sharing),
        cmocka_unit_test(test_content_of_newcomers),
        cmocka_unit_test(test_content_of_namesakes),
        cmocka_unit_test(test_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
