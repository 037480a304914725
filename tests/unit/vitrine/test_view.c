/* What windows show and what their buttons mean, without X: every face through the real message
 * encoder. */
#include "view_rig.h"

#include "lib/ui/labels.h"

/* Slots are told once, texts fit, and the encoder (which refuses what is out of bounds) takes it.
 */
static void check_paint(struct view *v, const struct ui_model *m, struct chan *c, int fd)
{
    struct msg_ui_paint p;
    bool told[UI_SLOTS] = {false};
    view_paint(v, m, &p);
    for (unsigned i = 0; i < p.n_values; i++) {
        assert_true(p.values[i].slot < UI_SLOTS);
        assert_false(told[p.values[i].slot]);
        told[p.values[i].slot] = true;
        assert_true(p.values[i].words.len <= 256);
    }
    assert_non_null(ui_layout_get(p.window, p.variant));
    p.serial = 1;
    p.stride = p.width * 4;
    p.memory = fd;
    assert_int_equal(msg_ui_paint_send(c, &p), 0);
}

static void test_every_face(void **state)
{
    (void)state;
    struct chan c;
    int ends[2], drain;
    char bytes[65536];
    assert_int_equal(chan_pair(ends), 0);
    drain = ends[1];
    ui_init_broker(&c, ends[0], &(struct ui_at_broker){0}, NULL);
    c.state = UI_STATE_READY;
    for (unsigned kind = 0; kind < UI_WINDOWS; kind++)
        for (unsigned variant = 0; variant < 4; variant++) {
            struct ui_model m = model();
            m.sharing = (uint8_t)(variant % 3);
            m.picture = (uint8_t)variant;
            m.waiting_room = variant & 1;
            m.password_wrong = variant & 1;
            m.error = (enum ui_error)(variant * 3);
            m.wrong_tries = variant;
            struct view v = opened((enum ui_window)kind, &m);
            v.selected = variant;
            check_paint(&v, &m, &c, drain);
            assert_true(read(drain, bytes, sizeof bytes) > 0);
        }
    chan_finish(&c);
    close(drain);
}

/* The control a window opens with is never a grant, a danger or a link; a dialog opens on its no.
 */
static void test_first_focus(void **state)
{
    (void)state;
    struct ui_model m = model();
    for (unsigned kind = 0; kind < UI_WINDOWS; kind++) {
        struct view v = opened((enum ui_window)kind, &m);
        if (v.focus == VIEW_NONE)
            continue;
        uint8_t is = view_layout(&v, &m)->controls[v.focus].kind;
        assert_true(is != UI_KIND_GRANT && is != UI_KIND_DANGER && is != UI_KIND_LINK);
    }
    assert_int_equal(opened(UI_CONSENT_SHARE, &m).focus, UI_CONSENT_SHARE_NO);
    assert_int_equal(opened(UI_ADMIT, &m).focus, UI_ADMIT_REFUSE);
    assert_int_equal(opened(UI_HOME, &m).focus, UI_HOME_HOST);
    assert_int_equal(opened(UI_SHARING_BAR, &m).focus, VIEW_NONE);
}

/* Every sealed control has its words on the sheet, and the sheet has room for all of them. */
static void test_labels(void **state)
{
    (void)state;
    struct ui_label label[UI_LABELS_MAX];
    unsigned n = ui_labels(label), words = 0, faces = 0;
    const struct ui_layout *sheet = ui_layout_get(UI_LABELS, 0);
    assert_true(n < UI_LABELS_MAX);
    for (unsigned i = 0; i < n; i++) {
        assert_true(label[i].at.x + label[i].at.w <= sheet->w);
        assert_true(label[i].at.y + label[i].at.h <= sheet->h);
        words += label[i].part == UI_LABEL_WORDS;
    }
    for (unsigned kind = 0; kind < UI_WINDOWS; kind++)
        for (unsigned v = 0; v < ui_layout_variants(kind); v++) {
            const struct ui_layout *l = ui_layout_get(kind, v);
            for (unsigned c = 0; c < l->n_controls; c++) {
                if (l->controls[c].kind == UI_KIND_GRANT) /* nothing is given away without */
                    assert_true(ui_label_sealed(kind, c));
                if (l->controls[c].kind != UI_KIND_NONE && ui_label_sealed(kind, c))
                    faces += l->controls[c].n_faces;
            }
        }
    assert_int_equal(words, faces);
}

/* Right to left everything is where a mirror puts it: what is hit, and in which window. */
static void test_mirrored(void **state)
{
    (void)state;
    struct ui_model m = model(), other = model();
    other.flags = 1;
    for (unsigned kind = 0; kind < UI_WINDOWS; kind++) {
        struct view v = opened((enum ui_window)kind, &m);
        const struct ui_layout *l = view_layout(&v, &m);
        for (uint8_t c = 0; c < l->n_controls; c++) {
            struct ui_rect a = view_rect(&v, &m, c), b = view_rect(&v, &other, c);
            if (a.w == 0)
                continue;
            assert_int_equal(b.x, v.w - a.x - a.w);
            assert_int_equal(b.y, a.y);
            assert_int_equal(b.w, a.w);
            assert_int_equal(view_hit(&v, &m, a.x + 1, a.y + 1),
                             view_hit(&v, &other, b.x + b.w - 2, b.y + 1));
        }
    }
}

/* Settings: a press changes the window's own copy, nothing of the model; the organisation's rules
   cannot be pressed. */
static void test_settings(void **state)
{
    (void)state;
    struct ui_model m = model();
    m.settings = (struct ui_settings){.waiting_room = true, .sound = true};
    struct view v = opened(UI_SETTINGS, &m);
    view_open(&v, &m);
    view_press(&v, &m, UI_SETTINGS_SOUND);
    view_press(&v, &m, UI_SETTINGS_THEME_CONTRAST);
    view_press(&v, &m, UI_SETTINGS_LANG_DE);
    view_press(&v, &m, UI_SETTINGS_PW_OWN);
    assert_false(v.set.sound);
    assert_true(m.settings.sound);
    assert_int_equal(v.set.theme, 3);
    assert_int_equal(v.set.language, 1 + UI_LANGUAGE_DE);
    assert_int_equal(v.set.password, UI_PASSWORD_OWN);
    view_press(&v, &m, UI_SETTINGS_WAITING); /* may_open is off: the organisation says so */
    view_press(&v, &m, UI_SETTINGS_PW_NONE);
    assert_true(v.set.waiting_room);
    assert_int_equal(v.set.password, UI_PASSWORD_OWN);
    v.focus = UI_SETTINGS_THEME_LIGHT; /* arrows choose, and stay in their kind */
    assert_true(view_key(&v, &m, KEYS_DOWN).changed);
    assert_int_equal(v.focus, UI_SETTINGS_THEME_DARK);
    assert_int_equal(v.set.theme, 2);
    v.focus = UI_SETTINGS_THEME_CONTRAST;
    assert_false(view_key(&v, &m, KEYS_DOWN).changed);
    v.focus = UI_SETTINGS_LANG_DE; /* next in the Tab order is another choice */
    assert_false(view_key(&v, &m, KEYS_RIGHT).changed);
    v.focus = UI_SETTINGS_THEME_AUTO;
    assert_false(view_key(&v, &m, KEYS_LEFT).changed);
    assert_int_equal(v.set.theme, 2);
    assert_int_equal(v.set.language, 1 + UI_LANGUAGE_DE);
    assert_int_equal(view_press(&v, &m, UI_SETTINGS_SAVE).action, ACTION_SAVE_SETTINGS);
    assert_int_equal(view_press(&v, &m, UI_SETTINGS_NEVER_PICK).pick, UI_WHAT_WINDOW);
    assert_true(field_set(view_field_of(&v, UI_SETTINGS_NEVER), "KeePassXC, Mail App", 19));
    assert_false(field_set(view_field_of(&v, UI_SETTINGS_NEVER), "K\xc3\xa4se", 5));
    assert_int_equal(view_key(&v, &m, KEYS_ESCAPE).action, ACTION_CLOSE);
}

/* In a list arrows go from row to row, past the buttons of an open one, and end with it. */
static void test_arrows_in_list(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct view v = opened(UI_HOST_PANEL, &m);
    view_press(&v, &m, UI_HOST_PANEL_ROW_2);
    assert_int_not_equal(v.selected, 0);
    assert_false(view_look(&v, &m, UI_HOST_PANEL_REMOVE) & UI_LOOK_OFF);
    assert_true(view_key(&v, &m, KEYS_DOWN).changed);
    assert_int_equal(v.focus, UI_HOST_PANEL_ROW_3);
    assert_false(view_key(&v, &m, KEYS_DOWN).changed);
    assert_true(view_key(&v, &m, KEYS_UP).changed);
    assert_int_equal(v.focus, UI_HOST_PANEL_ROW_2);
    assert_false(view_key(&v, &m, KEYS_UP).changed); /* above is one's own, which does not open */
    assert_int_equal(v.focus, UI_HOST_PANEL_ROW_2);
}

/* Where the focused control goes, the focus is on what comes before it and could have had it. */
static void test_focus_is_kept(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct view v = opened(UI_HOST_PANEL, &m);
    assert_false(view_focus_keep(&v, &m));
    assert_false(view_look(&v, &m, UI_HOST_PANEL_NEXT) & UI_LOOK_OFF);
    view_press(&v, &m, UI_HOST_PANEL_NEXT); /* the last page: Next is off */
    assert_int_equal(view_look(&v, &m, UI_HOST_PANEL_NEXT), UI_LOOK_OFF);
    assert_int_equal(v.focus, UI_HOST_PANEL_PREV);
    view_press(&v, &m, UI_HOST_PANEL_PREV);
    v.focus = UI_HOST_PANEL_ROW_3;
    view_key(&v, &m, KEYS_PAGE_DOWN); /* one row */
    assert_int_equal(v.focus, UI_HOST_PANEL_ROW_1);
    v.focus = VIEW_NONE;
    assert_true(view_focus_keep(&v, &m));
    assert_int_equal(v.focus, UI_HOST_PANEL_COPY);
}

/* Enter in a field presses the filled button of its part of the window. */
static void test_enter_in_field(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct view v = opened(UI_HOME, &m);
    v.focus = UI_HOME_YOUR_NAME;
    assert_int_equal(view_default(&v, &m), UI_HOME_HOST);
    v.focus = UI_HOME_JOIN_NUMBER;
    assert_true(field_set(view_field(&v), "482915306", 9));
    assert_int_equal(view_default(&v, &m), UI_HOME_JOIN);
}

/* Chat: the newest page follows; who reads further up stays there. */
static void test_chat(void **state)
{
    (void)state;
    static struct ui_chat_line lines[40];
    struct ui_model m = model();
    struct msg_ui_paint order;
    for (unsigned i = 0; i < 40; i++)
        snprintf(lines[i].text, sizeof lines[i].text, "line %u", i);
    m.chat = lines;
    m.n_chat = 20;
    m.can_chat = true;
    struct view v = opened(UI_CHAT, &m);
    assert_int_equal(view_look(&v, &m, UI_CHAT_SEND), UI_LOOK_OFF); /* nothing is written yet */
    assert_true(field_set(&v.field[0], "hello", 5));
    assert_int_equal(view_look(&v, &m, UI_CHAT_SEND), 0);
    assert_int_equal(view_default(&v, &m), UI_CHAT_SEND);
    assert_int_equal(view_press(&v, &m, UI_CHAT_SEND).action, ACTION_CHAT_SEND);
    assert_int_equal(view_look(&v, &m, UI_CHAT_NEXT), UI_LOOK_OFF);
    assert_true(view_key(&v, &m, KEYS_PAGE_UP).changed);
    m.n_chat = 23; /* more is written meanwhile */
    view_paint(&v, &m, &order);
    assert_int_equal(order.n_rows, VIEW_CHAT);
    assert_memory_equal(order.values[order.n_values - VIEW_CHAT].words.data, "line 6", 6);
    view_key(&v, &m, KEYS_PAGE_UP);
    view_key(&v, &m, KEYS_PAGE_UP);
    assert_int_equal(view_look(&v, &m, UI_CHAT_PREV), UI_LOOK_OFF);
    for (unsigned i = 0; i < 4; i++)
        view_key(&v, &m, KEYS_PAGE_DOWN);
    m.n_chat = 30;
    view_paint(&v, &m, &order);
    assert_memory_equal(order.values[order.n_values - 1].words.data, "line 29", 7);
    m.can_chat = false; /* no line */
    assert_int_equal(view_look(&v, &m, UI_CHAT_SEND), UI_LOOK_OFF);
    assert_int_equal(view_press(&v, &m, UI_CHAT_SEND).action, ACTION_NONE);
    m.n_chat = 0;
    struct view panel = opened(UI_HOST_PANEL, &m), viewer = opened(UI_VIEWER, &m);
    assert_int_equal(view_look(&panel, &m, UI_HOST_PANEL_CHAT), UI_LOOK_OFF);
    assert_int_equal(view_look(&viewer, &m, UI_VIEWER_CHAT), UI_LOOK_OFF);
    m.can_chat = true;
    assert_int_equal(view_press(&panel, &m, UI_HOST_PANEL_CHAT).action, ACTION_CHAT);
    assert_int_equal(view_press(&viewer, &m, UI_VIEWER_CHAT).action, ACTION_CHAT);
}

static bool says(const struct msg_ui_paint *order, enum ui_slot slot, const char *words)
{
    for (unsigned i = 0; i < order->n_values; i++)
        if (order->values[i].slot == slot)
            return order->values[i].words.len == strlen(words) &&
                   memcmp(order->values[i].words.data, words, strlen(words)) == 0;
    return false;
}

/* The viewer's header says what of the screen is shown; the bar opens what others see, and closes
   it again, also in a pause, where there is nothing to open. */
static void test_what_is_seen(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct msg_ui_paint order;
    struct view v = opened(UI_VIEWER, &m), bar = opened(UI_SHARING_BAR, &m);
    m.theirs = UI_WHAT_PART;
    view_paint(&v, &m, &order);
    assert_int_equal(number_in(&order, UI_SLOT_WHAT), UI_WHAT_PART);
    m.sharing = 1;
    assert_int_equal(view_look(&bar, &m, UI_SHARING_BAR_SEE), 0);
    assert_int_equal(view_press(&bar, &m, UI_SHARING_BAR_SEE).action, ACTION_MIRROR);
    m.sharing = 2;
    assert_int_equal(view_look(&bar, &m, UI_SHARING_BAR_SEE), UI_LOOK_HIDDEN);
    m.mirror = true;
    assert_int_equal(view_look(&bar, &m, UI_SHARING_BAR_SEE), UI_LOOK_CHOSEN);
    struct view mirror = opened(UI_MIRROR, &m);
    view_paint(&mirror, &m, &order);
    assert_int_equal(number_in(&order, UI_SLOT_SHARING), 2);
    assert_int_equal(view_key(&mirror, &m, KEYS_ESCAPE).action, ACTION_CLOSE);
}

/* The security status is told that somebody has control, and who, also while that waits for a
   question. */
static void test_status_of_control(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct msg_ui_paint order;
    struct view v = opened(UI_DOCTOR, &m);
    for (m.control = 0; m.control < 3; m.control++) {
        strcpy(m.controller, m.control ? "Kim" : "");
        view_paint(&v, &m, &order);
        assert_int_equal(number_in(&order, UI_SLOT_CONTROLS), m.control != 0);
        assert_true(says(&order, UI_SLOT_NAME, m.controller));
    }
}

/* Who has joined can see the screen, where it is shared: the toast is told so. */
static void test_toast_of_arrival(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct msg_ui_paint order;
    struct view v = opened(UI_TOAST, &m);
    v.toast = UI_TOAST_JOINED;
    v.toast_people = 2;
    m.sharing = 1;
    view_paint(&v, &m, &order);
    assert_int_equal(number_in(&order, UI_SLOT_SHARING), 1);
    assert_int_equal(number_in(&order, UI_SLOT_PEOPLE), 2);
}

/* Every window that can be open meanwhile says what of this screen others see, and how many. */
static void test_what_is_shared(void **state)
{
    static const enum ui_window open[] = {UI_HOST_PANEL, UI_PEOPLE, UI_CHAT, UI_NEW_PASSWORD,
                                          UI_SHARING_BAR};
    (void)state;
    struct ui_model m = model();
    struct msg_ui_paint order;
    m.sharing = 1;
    m.what = UI_WHAT_WINDOW;
    m.viewers = 3;
    for (unsigned i = 0; i < sizeof open / sizeof *open; i++) {
        struct view v = opened(open[i], &m);
        v.what = UI_PASSWORD_NONE; /* the choice of a window is none of what is shared */
        view_paint(&v, &m, &order);
        assert_int_equal(number_in(&order, UI_SLOT_SHARING), 1);
        assert_int_equal(number_in(&order, UI_SLOT_WHAT), UI_WHAT_WINDOW);
        assert_int_equal(number_in(&order, UI_SLOT_PEOPLE), 3);
    }
}

/* While a member presents the panel stands where their screen was: the way back to it. */
static void test_look(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct view v = opened(UI_HOST_PANEL, &m);
    m.other = true;
    assert_int_equal(view_look(&v, &m, UI_HOST_PANEL_PAUSE), UI_LOOK_OFF); /* no viewer yet */
    assert_int_equal(view_why(&v, &m, UI_HOST_PANEL_PAUSE), UI_STR_WHY_MOMENT);
    m.can_look = true;
    assert_int_equal(view_press(&v, &m, UI_HOST_PANEL_PAUSE).action, ACTION_CLOSE);
    m.sharing = 1; /* what is ours to pause comes first */
    assert_int_equal(view_press(&v, &m, UI_HOST_PANEL_PAUSE).action, ACTION_PAUSE);
}

/* Rows lie under the buttons of the open row. */
static void test_hit(void **state)
{
    (void)state;
    struct ui_model m = model();
    struct view v = opened(UI_HOST_PANEL, &m);
    assert_int_equal(view_hit(&v, &m, 400, 260), UI_HOST_PANEL_ROW_2);
    v.selected = 2;
    assert_int_equal(view_hit(&v, &m, 620, 310), UI_HOST_PANEL_REMOVE);
    assert_int_equal(view_hit(&v, &m, 360, 310), VIEW_NONE); /* Make presenter is off */
    assert_int_equal(view_hit(&v, &m, 1, 200), VIEW_NONE);
    v.scale = 512;
    assert_int_equal(view_hit(&v, &m, 1240, 620), UI_HOST_PANEL_REMOVE);
}

/* The line is measured every five seconds, the window painted only when its bars say something. */
static void test_line(void **state)
{
    (void)state;
    assert_true(view_rtt_is_news(0, 1));
    assert_false(view_rtt_is_news(1, 6));
    assert_false(view_rtt_is_news(6, 1));
    assert_true(view_rtt_is_news(1, 8));
    assert_false(view_rtt_is_news(100, 130));
    assert_true(view_rtt_is_news(100, 131));
    assert_true(view_rtt_is_news(100, 69));
}

/* The technical line can be taken along once it is shown. */
static void test_error_detail(void **state)
{
    (void)state;
    struct ui_model m = model();
    m.error = UI_ERROR_R_NET;
    struct view v = opened(UI_ERROR, &m);
    assert_int_equal(view_look(&v, &m, UI_ERROR_COPY), UI_LOOK_HIDDEN);
    strcpy(m.detail, "TLS alert 42");
    assert_int_equal(view_look(&v, &m, UI_ERROR_COPY), UI_LOOK_HIDDEN);
    assert_int_equal(view_press(&v, &m, UI_ERROR_COPY).action, ACTION_NONE);
    view_press(&v, &m, UI_ERROR_DETAILS);
    assert_int_equal(view_look(&v, &m, UI_ERROR_COPY), 0);
    assert_int_equal(view_press(&v, &m, UI_ERROR_COPY).action, ACTION_COPY_DETAIL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_face),
        cmocka_unit_test(test_first_focus),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_mirrored),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_arrows_in_list),
        cmocka_unit_test(test_focus_is_kept),
        cmocka_unit_test(test_enter_in_field),
        cmocka_unit_test(test_chat),
        cmocka_unit_test(test_what_is_seen),
        cmocka_unit_test(test_status_of_control),
        cmocka_unit_test(test_toast_of_arrival),
        cmocka_unit_test(test_what_is_shared),
        cmocka_unit_test(test_look),
        cmocka_unit_test(test_hit),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_error_detail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
