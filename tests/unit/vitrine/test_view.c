/* What windows show and what their buttons mean, without X: every face through the real message
 * encoder. */
#include "broker/ui/view.h"
#include "ch_ui.h"
#include "lib/keys.h"
#include "lib/ui/labels.h"
#include "lib/ui/strings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct ui_person people[] = {
    {.id = 1, .badges = UI_BADGE_YOU | UI_BADGE_ORGANIZER, .name = "Sam"},
    {.id = 2, .name = "Alex"},
    {.id = 40, .waiting = true, .name = "Lee"},
    {.id = 3, .name = "Kim"},
    {.id = 4, .name = "Ola"},
    {.id = 41, .waiting = true, .name = "Mo"},
};

static struct ui_model model(void)
{
    struct ui_model m = {.people = people, .n_people = 6, .can_share = true, .viewers = 3};
    strcpy(m.sid, "482915306");
    strcpy(m.password, "amber canal violet orbit");
    return m;
}

static struct view opened(enum ui_window kind, const struct ui_model *m)
{
    struct view v;
    view_init(&v, kind);
    const struct ui_layout *l = view_layout(&v, m);
    v.w = l->w;
    v.h = l->h;
    v.focused = true;
    view_focus_first(&v, m);
    return v;
}

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
    assert_int_equal(view_press(&v, &m, UI_SETTINGS_SAVE).action, ACTION_SAVE_SETTINGS);
    assert_int_equal(view_press(&v, &m, UI_SETTINGS_NEVER_PICK).pick, UI_WHAT_WINDOW);
    assert_true(field_set(view_field_of(&v, UI_SETTINGS_NEVER), "KeePassXC, Mail App", 19));
    assert_false(field_set(view_field_of(&v, UI_SETTINGS_NEVER), "K\xc3\xa4se", 5));
    assert_int_equal(view_key(&v, &m, KEYS_ESCAPE).action, ACTION_CLOSE);
}

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

static uint32_t number_in(const struct msg_ui_paint *order, enum ui_slot slot)
{
    for (unsigned i = 0; i < order->n_values; i++)
        if (order->values[i].slot == slot)
            return order->values[i].number;
    return UINT32_MAX;
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
    v.what = UI_WHAT_PART;
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
        cmocka_unit_test(test_every_face),
        cmocka_unit_test(test_first_focus),
        cmocka_unit_test(test_share_everybody),
        cmocka_unit_test(test_monitor),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_mirrored),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_people),
        cmocka_unit_test(test_chat),
        cmocka_unit_test(test_what_is_seen),
        cmocka_unit_test(test_status_of_control),
        cmocka_unit_test(test_toast_of_arrival),
        cmocka_unit_test(test_what_is_shared),
        cmocka_unit_test(test_tab),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_panel),
        cmocka_unit_test(test_hit),
        cmocka_unit_test(test_content),
        cmocka_unit_test(test_content_of_others),
        cmocka_unit_test(test_content_of_newcomers),
        cmocka_unit_test(test_content_of_namesakes),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_pressed_row),
        cmocka_unit_test(test_loosens),
        cmocka_unit_test(test_why),
        cmocka_unit_test(test_offer),
        cmocka_unit_test(test_error_detail),
        cmocka_unit_test(test_why_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
