/* What assistive tools read of the windows. */
#include "windows_desk.h"

#include "broker/events.h"
#include "lib/ui/strings.h"

static void check_told(const struct rig *r, const struct ui_layout *l)
{
    static const char *const roles[] = {"button", "field", "radio", "toggle",
                                        "check",  "row",   "link",  "area"};
    unsigned focused = 0;
    for (unsigned i = 0; i < r->line.n_controls; i++) {
        const struct windows_control_line *c = &r->line.controls[i];
        bool known = false;
        for (unsigned k = 0; k < sizeof roles / sizeof *roles; k++)
            known |= strcmp(c->role, roles[k]) == 0;
        assert_true(known);
        assert_true(c->label[0] || strcmp(c->role, "area") == 0);
        assert_non_null(c->state);
        assert_true(c->rect.w > 0 && c->rect.h > 0);
        focused += c->focus;
    }
    assert_true(focused <= 1);
    unsigned there = 0;
    for (unsigned c = 0; c < l->n_controls; c++)
        there += l->controls[c].kind != UI_KIND_NONE;
    assert_true(r->line.n_controls <= there && (r->line.n_controls > 0 || there == 0));
}

/* Every window is told in words: each control there is, with role, label, focus and state. */
static void test_told(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    strcpy(r->model.sid, "482915306");
    r->model.error = UI_ERROR_R_NET;
    for (unsigned kind = 0; kind < UI_WINDOWS; kind++) {
        const struct ui_layout *l = ui_layout_get(kind, 0);
        if (kind == UI_LABELS)
            continue;
        windows_show(r->w, (enum ui_window)kind);
        for (unsigned i = 0; i < 100 && strcmp(r->line.name, l->name) != 0; i++)
            settle(r);
        assert_string_equal(r->line.name, l->name);
        assert_true(r->line.mapped);
        check_told(r, l);
    }
    drop(r);
}

static const char *label_told(const struct rig *r, const char *id)
{
    for (unsigned i = 0; i < r->line.n_controls; i++)
        if (strcmp(r->line.controls[i].id, id) == 0)
            return r->line.controls[i].label;
    return "";
}

/* The label told is the one that is painted: of somebody's row who has control, too. */
static void test_told_control(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    r->people[0] = (struct ui_person){.id = 7, .may_be_asked = true, .name = "Ada"};
    r->model.people = r->people;
    r->model.n_people = 1;
    windows_update(r->w);
    settle(r);
    click(r, control(r, "row_1"));
    assert_string_equal(label_told(r, "allow_ctl"), "Allow control");
    r->people[0].badges = UI_BADGE_CONTROL;
    windows_update(r->w);
    settle(r);
    assert_string_equal(label_told(r, "allow_ctl"), "End control");
    click(r, control(r, "allow_ctl"));
    assert_int_equal(r->action, ACTION_END_CONTROL);
    drop(r);
}

static const struct windows_control_line *line_of(const struct rig *r, const char *id)
{
    for (unsigned i = 0; i < r->line.n_controls; i++)
        if (strcmp(r->line.controls[i].id, id) == 0)
            return &r->line.controls[i];
    fail_msg("no control %s", id);
    return NULL;
}

static bool says(const struct rig *r, const char *words)
{
    for (unsigned i = 0; r->line.said && i < r->line.said->n; i++)
        if (strcmp(r->line.said->text[i], words) == 0)
            return true;
    return false;
}

/* Rows are told by the name that stands there, in quotation marks that it cannot end, and by its
   badges; buttons say whom they are about; the open row is the chosen one. */
static void test_told_people(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    r->people[0] = (struct ui_person){.id = 1, .badges = UI_BADGE_YOU | UI_BADGE_ORGANIZER};
    r->people[1] = (struct ui_person){.id = 2,
                                      .badges = UI_BADGE_PRESENTER | UI_BADGE_WORDS_MATCH,
                                      .name = "Ada”, Organizer \"x"};
    r->people[2] = (struct ui_person){.id = 9, .waiting = true, .name = "Lee"};
    r->people[3] = (struct ui_person){.id = 3, .name = "Kim"};
    r->model.people = r->people;
    r->model.n_people = 4;
    windows_update(r->w);
    settle(r);
    assert_string_equal(line_of(r, "row_1")->label, "You");
    assert_string_equal(line_of(r, "row_1")->badges, "Organizer");
    assert_string_equal(line_of(r, "row_2")->label, "“Ada', Organizer 'x”");
    assert_string_equal(line_of(r, "row_2")->badges, "Presenter, Words match");
    assert_string_equal(line_of(r, "row_3")->label, "“Kim”");
    assert_string_equal(line_of(r, "row_3")->badges, "Words not checked");
    assert_string_equal(line_of(r, "admit")->name, "Lee");
    assert_null(line_of(r, "share")->name);
    click(r, control(r, "row_3"));
    assert_string_equal(line_of(r, "row_3")->state, "chosen");
    assert_string_equal(line_of(r, "remove")->name, "Kim");
    unsigned told = r->windows_told;
    r->people[1].badges = UI_BADGE_WORDS_MATCH; /* nothing else has changed: told all the same */
    windows_update(r->w);
    settle(r);
    assert_int_equal(r->windows_told, told + 1);
    assert_string_equal(line_of(r, "row_2")->badges, "Words match");
    r->alike = 1 << 3; /* of the picture's rows: Lee, we, Ada, Kim */
    r->people[1].badges = UI_BADGE_PRESENTER;
    windows_update(r->w);
    settle(r);
    assert_string_equal(line_of(r, "row_3")->badges, "Same name, Words not checked");
    assert_string_equal(line_of(r, "row_2")->badges, "Presenter, Words not checked");
    r->alike = 1;
    windows_update(r->w);
    settle(r);
    assert_string_equal(line_of(r, "row_3")->badges, "Words not checked");
    assert_true(says(r, "“Lee”"));
    assert_true(says(r, "Same name"));
    /* Nothing of it to be seen: as the painter says that. */
    r->people[3] = (struct ui_person){.id = 3, .name = "\u3164 \ufe0f"};
    windows_update(r->w);
    settle(r);
    assert_string_equal(line_of(r, "row_3")->label, "no name");
    drop(r);
}

/* What stands in a field is told, but no password, nor an invitation, which has one in it. */
static void test_told_fields(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    assert_true(windows_set_text(r->w, UI_HOME, UI_HOME_YOUR_NAME, "S\xc3\xa4m"));
    assert_true(windows_set_text(r->w, UI_HOME, UI_HOME_JOIN_NUMBER, "417 902"));
    settle(r);
    assert_string_equal(line_of(r, "your_name")->value, "S\xc3\xa4m");
    assert_int_equal(line_of(r, "your_name")->length, 3);
    assert_string_equal(line_of(r, "join_number")->value, "417 902");
    assert_null(line_of(r, "join")->value);
    assert_int_equal(line_of(r, "join")->length, -1);
    assert_true(windows_set_text(r->w, UI_HOME, UI_HOME_JOIN_NUMBER, "vitrine://h/1#v1.zebra"));
    settle(r);
    assert_null(line_of(r, "join_number")->value);
    assert_int_equal(line_of(r, "join_number")->length, 22);
    windows_show(r->w, UI_JOIN);
    assert_true(windows_set_text(r->w, UI_JOIN, UI_JOIN_PASSWORD, "zebra"));
    settle(r);
    assert_null(line_of(r, "password")->value);
    assert_int_equal(line_of(r, "password")->length, 5);
    drop(r);
}

/* What a window says besides its controls; a clock alone is no news. */
static void test_told_texts(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    assert_true(says(r, "What would you like to do?"));
    assert_true(says(r, "Nobody can see your screen or use this computer."));
    windows_toast(r->w, UI_TOAST_LEFT, "Kim");
    settle(r);
    assert_string_equal(r->line.name, "toast");
    assert_true(says(r, "“Kim”"));
    assert_true(says(r, "left the session."));
    ask(r, 5);
    assert_string_equal(r->line.name, "consent-share");
    assert_true(says(r, "Share your screen with people you admit?"));
    assert_true(says(r, "Nobody is here yet. Each person you admit will see it."));
    assert_string_equal(line_of(r, "whole")->group, "What they will see");
    prompt_close(r->w, 5);
    r->model.sharing = 1;
    r->model.viewers = 1;
    r->model.sharing_since_ms = loop_now_ms() - 900;
    windows_bar(r->w, true);
    UNTIL(r, r->bar);
    settle(r);
    assert_string_equal(r->line.name, "sharing-bar");
    assert_true(says(r, "You are sharing your whole screen"));
    unsigned told = r->windows_told;
    uint32_t seconds = r->w->pane[PANE_BAR].view.seconds;
    UNTIL(r, r->w->pane[PANE_BAR].view.seconds != seconds);
    settle(r);
    assert_int_equal(r->windows_told, told);
    drop(r);
}

/* Who presents reads that they share, not that nobody does. */
static void test_told_own_share(void **state)
{
    static const char *const texts[] = {
        "Nobody is sharing a screen yet. It appears here as soon as somebody does.",
        "You are sharing your screen. The bar at the top pauses and stops it.",
        "Paused. Nobody can see your screen. The bar at the top goes on with it."};
    static const char *const heads[] = {"Nobody is showing a screen", "You are sharing your screen",
                                        "You have paused sharing"};
    (void)state;
    struct rig *r = rig_with(UI_VIEWER);
    r->model.picture = UI_VIEWER_EMPTY;
    for (unsigned sharing = 0; sharing < 3; sharing++) {
        r->model.sharing = (uint8_t)sharing;
        windows_update(r->w);
        settle(r);
        for (unsigned i = 0; i < 3; i++) {
            assert_true(says(r, texts[i]) == (i == sharing));
            assert_true(says(r, heads[i]) == (i == sharing));
        }
        assert_true(says(r, "You present") == (sharing > 0));
        assert_true(says(r, "View only") == (sharing == 0));
    }
    drop(r);
}

/* In full screen the picture lies over header and toolbar: nothing of them is there to be pressed,
   nor to be come to by Tab. */
static void test_told_full_screen(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_VIEWER);
    struct ui_rect part = control(r, "picture");
    assert_true(says(r, "View only"));
    click(r, control(r, "full"));
    struct ui_rect whole = r->line.rect;
    assert_true(part.h < whole.h);
    assert_memory_equal(&line_of(r, "picture")->rect, &whole, sizeof whole);
    for (unsigned i = 0; i < r->line.n_controls; i++)
        if (r->line.controls[i].focus || strcmp(r->line.controls[i].role, "area") != 0)
            fail_msg("%s", r->line.controls[i].id);
    assert_false(says(r, "View only"));
    tap(r, code_of(r, KEYS_TAB));
    tap(r, code_of(r, KEYS_RETURN));
    assert_int_equal(r->actions, 0);
    tap(r, code_of(r, KEYS_ESCAPE));
    assert_true(line_of(r, "full")->focus);
    assert_string_equal(line_of(r, "full")->state, "");
    drop(r);
}

static bool says_somewhere(const struct rig *r, const char *words)
{
    for (unsigned i = 0; r->line.said && i < r->line.said->n; i++)
        if (strstr(r->line.said->text[i], words))
            return true;
    return false;
}

/* What was written is said again with every picture of it: not to a reader that is slow, who would
   lose the rest for it. */
static void test_told_chat(void **state)
{
    (void)state;
    static const uint8_t long_line[MAX_CHAT];
    const struct span all = {long_line, sizeof long_line};
    struct ui_chat_line lines[2] = {{.begins = true, .name = "Lee", .text = "first"},
                                    {.name = "Lee", .text = "second"}};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_true(events_init(ends[1]));
    struct rig *r = rig_with(UI_HOST_PANEL);
    r->w->calls.tell_chat = true;
    r->model.chat = lines;
    r->model.n_chat = 1;
    windows_side(r->w, UI_CHAT);
    UNTIL(r, says_somewhere(r, "first"));
    while (events_have_room()) /* nobody reads */
        events_chat(4, span_text("Lee"), false, all, true);
    unsigned told = r->windows_told;
    r->model.n_chat = 2;
    windows_update(r->w);
    UNTIL(r, r->windows_told > told);
    settle(r);
    assert_string_equal(r->line.name, "chat");
    assert_false(says_somewhere(r, "first"));
    assert_false(says_somewhere(r, "second"));
    events_finish(0);
    close(ends[0]);
    close(ends[1]);
    drop(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_told),
        cmocka_unit_test(test_told_control),
        cmocka_unit_test(test_told_people),
        cmocka_unit_test(test_told_fields),
        cmocka_unit_test(test_told_texts),
        cmocka_unit_test(test_told_own_share),
        cmocka_unit_test(test_told_full_screen),
        cmocka_unit_test(test_told_chat),
    };
    if (!start_server())
        return 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stop_server();
    return failed;
}
