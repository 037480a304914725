/* What is off says why. */
#include "view_rig.h"

/* What is off says why, and nothing else does; in any state of things. */
static void test_why(void **state)
{
    (void)state;
    unsigned off = 0;
    for (unsigned bits = 0; bits < 1u << 12; bits++) {
        struct ui_model m = model();
        struct ui_person who[8] = {{.id = 1, .badges = UI_BADGE_YOU},
                                   {.id = 2, .lacks = (uint8_t)(bits % 3)},
                                   {.id = 3, .waiting = true}};
        m.people = who;
        m.n_people = bits & 1 ? 3 : 0;
        m.off_line = bits & 2;
        m.screen_locked = bits & 4;
        m.can_share = m.can_offer = m.can_compare = !(bits & 6);
        m.can_chat = bits & 8;
        m.no_control = bits & 16;
        m.input_live = bits & 32;
        m.no_whole = bits & 64;
        m.no_window = bits & 128;
        m.sharing = (uint8_t)((bits >> 8 & 3) % 3);
        m.control_longest = bits & 1024 ? 5 : 60;
        m.picture = (uint8_t)(bits >> 10 & 3);
        m.mine = (uint8_t)((bits >> 5 & 3) % 3);
        m.may_ask = m.may_more = bits & 2048;
        m.settings.changing = bits & 8;
        m.settings.may_lack = m.settings.may_open = bits & 1;
        if (bits & 512)
            m.sid[0] = '\0';
        for (unsigned w = 0; w < UI_LABELS; w++) {
            struct view v = opened((enum ui_window)w, &m);
            view_open(&v, &m);
            v.selected = bits & 2048 ? 2 : 0;
            for (uint8_t c = 0; c < view_layout(&v, &m)->n_controls; c++) {
                uint16_t look = view_look(&v, &m, c);
                bool is_off = (look & UI_LOOK_OFF) && !(look & UI_LOOK_HIDDEN);
                off += is_off;
                if (is_off != (view_why(&v, &m, c) != UI_STR_NONE))
                    fail_msg("window %u, control %u, bits %x", w, c, bits);
            }
        }
    }
    assert_true(off > 1000);
}

/* Make presenter: greyed with its reason while somebody is being asked, and to be taken back from
   that one; in the panel and in the people window alike. */
static void test_offer(void **state)
{
    static const struct {
        enum ui_window window;
        uint8_t control;
    } places[] = {{UI_HOST_PANEL, UI_HOST_PANEL_MK_PRESENTER}, {UI_PEOPLE, UI_PEOPLE_MK_PRESENTER}};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct ui_model m = model();
        struct view v = opened(places[i].window, &m);
        v.selected = 2;
        m.can_take = true;
        assert_int_equal(view_why(&v, &m, places[i].control), UI_STR_WHY_QUESTION);
        m.offering = true; /* whoever presents stops first */
        assert_int_equal(view_why(&v, &m, places[i].control), UI_STR_WHY_OFFERED);
        assert_int_equal(view_press(&v, &m, places[i].control).action, ACTION_NONE);
        m.offered = 2;
        assert_int_equal(view_theirs(&v, &m), 1);
        assert_int_equal(view_why(&v, &m, places[i].control), UI_STR_NONE);
        assert_int_equal(view_press(&v, &m, places[i].control).action, ACTION_MAKE_PRESENTER);
        v.selected = 3; /* somebody else */
        assert_int_equal(view_theirs(&v, &m), 0);
        assert_int_equal(view_why(&v, &m, places[i].control), UI_STR_WHY_OFFERED);
        m.offered = m.offering = false;
        m.can_offer = true;
        assert_int_equal(view_why(&v, &m, places[i].control), UI_STR_NONE);
        m.can_offer = m.can_take = false;
        m.off_line = true;
        assert_int_equal(view_why(&v, &m, places[i].control), UI_STR_WHY_LINE);
    }
}

/* Share and what else waits for the line, or for the screen to be unlocked, says so without being
   asked; what shows by itself only under the pointer. */
static void test_why_shown(void **state)
{
    (void)state;
    struct ui_model m = model();
    m.can_offer = m.can_compare = m.can_chat = true;
    struct view v = opened(UI_HOST_PANEL, &m);
    assert_int_equal(view_why(&v, &m, UI_HOST_PANEL_PAUSE), UI_STR_WHY_NOTHING);
    assert_int_equal(view_why_shown(&v, &m), UI_STR_NONE);
    struct ui_rect pause = view_rect(&v, &m, UI_HOST_PANEL_PAUSE);
    assert_int_equal(view_hit(&v, &m, pause.x + 5, pause.y + 5), VIEW_NONE);
    v.hover = view_under(&v, &m, pause.x + 5, pause.y + 5);
    assert_int_equal(v.hover, UI_HOST_PANEL_PAUSE);
    assert_int_equal(view_why_shown(&v, &m), UI_STR_WHY_NOTHING);
    v.hover = VIEW_NONE;
    m.can_share = false;
    m.screen_locked = true;
    assert_int_equal(view_why(&v, &m, UI_HOST_PANEL_SHARE), UI_STR_WHY_LOCKED);
    assert_int_equal(view_why_shown(&v, &m), UI_STR_WHY_LOCKED);
    m.off_line = true;
    assert_int_equal(view_why_shown(&v, &m), UI_STR_WHY_LINE);
    struct msg_ui_paint order;
    view_paint(&v, &m, &order);
    bool told = false;
    for (unsigned i = 0; i < order.n_values; i++)
        told |= order.values[i].slot == UI_SLOT_WHY && order.values[i].number == UI_STR_WHY_LINE;
    assert_true(told);
    m = model();
    m.no_whole = true;
    v = opened(UI_CONSENT_SHARE, &m);
    assert_int_equal(view_why_shown(&v, &m), UI_STR_WHY_WHOLE);
    m.control_longest = 5;
    v = opened(UI_CONSENT_CONTROL, &m);
    assert_int_equal(view_why_shown(&v, &m), UI_STR_WHY_LONGER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_why),
        cmocka_unit_test(test_offer),
        cmocka_unit_test(test_why_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
