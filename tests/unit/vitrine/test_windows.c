/*
 * The windows on a virtual X server (no physical devices there; physical hands are in
 * tests/scenario, which starts this program with the argument "rig" and talks to it). Without Xvfb
 * the tests are skipped.
 */
#include "windows_rig.h"

#include "broker/windows_parts.h"
#include "lib/keys.h"
#include "lib/ui/labels.h"
#include "lib/ui/strings.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xcb/composite.h>
#include <xcb/shape.h>
#include <xcb/xcb.h>
#include <xcb/xtest.h>

#include <cmocka.h>

/* ---------------------------------------------------------------------------------- the server */
static pid_t server;
static xcb_connection_t *other; /* another program of this user */
static xcb_window_t root;

_Noreturn static void exec_server(int fd, const char *depth)
{
    char number[16], screen[32];
    int quiet = open("/dev/null", O_RDWR);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(quiet, 1);
    dup2(quiet, 2);
    snprintf(number, sizeof number, "%d", fd);
    snprintf(screen, sizeof screen, "1024x768x%s", depth);
    execlp("Xvfb", "Xvfb", "-displayfd", number, "-screen", "0", screen, "-nolisten", "tcp", "-ac",
           "-noreset", NULL);
    _exit(127);
}

static bool start_server(const char *depth)
{
    int ends[2];
    char number[16] = "", display[32];
    if (pipe(ends) != 0)
        return false;
    server = fork();
    if (server == 0)
        exec_server(ends[1], depth);
    close(ends[1]);
    ssize_t n = read(ends[0], number, sizeof number - 1);
    close(ends[0]);
    if (n <= 0)
        return false;
    snprintf(display, sizeof display, ":%d", atoi(number));
    setenv("DISPLAY", display, 1);
    other = xcb_connect(NULL, NULL);
    root = xcb_setup_roots_iterator(xcb_get_setup(other)).data->root;
    return xcb_connection_has_error(other) == 0;
}

static void stop_server(void)
{
    if (other)
        xcb_disconnect(other);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
}

static uint32_t pixel(int x, int y)
{
    xcb_get_image_reply_t *r = xcb_get_image_reply(
        other,
        xcb_get_image(other, XCB_IMAGE_FORMAT_Z_PIXMAP, root, (int16_t)x, (int16_t)y, 1, 1, ~0u),
        NULL);
    assert_non_null(r);
    uint32_t v;
    memcpy(&v, xcb_get_image_data(r), sizeof v);
    free(r);
    return v & 0xffffff;
}

/* --------------------------------------------------------------------------- a program's hands */
static void fake(uint8_t type, uint8_t detail, int x, int y)
{
    xcb_test_fake_input(other, type, detail, 0, root, (int16_t)x, (int16_t)y, 0);
    xcb_flush(other);
}

/* --- waiting for what is meant: a machine may be as busy as it likes */
#define PATIENCE_MS 20000

#define UNTIL(r, what)                                                                             \
    do {                                                                                           \
        for (uint64_t until = loop_now_ms() + PATIENCE_MS; !(what) && loop_now_ms() < until;)      \
            rig_run(r, 10, NULL, 0);                                                               \
        assert_true(what);                                                                         \
    } while (0)

static bool anything_to_read(struct rig *r)
{
    struct pollfd fds[LOOP_MAX];
    nfds_t n = 0;
    for (unsigned i = 0; i < LOOP_MAX; i++)
        if (r->loop.entries[i].fd >= 0)
            fds[n++] = (struct pollfd){.fd = r->loop.entries[i].fd, .events = POLLIN};
    return poll(fds, n, 0) > 0;
}

static void server_is_done(xcb_connection_t *x)
{
    free(xcb_get_input_focus_reply(x, xcb_get_input_focus(x), NULL));
}

/* The server has told everything that the program's requests before have led to, windows and
   painters have done what comes of it, and that is on the screen. */
static void settle(struct rig *r)
{
    for (unsigned i = 0; i < 3; i++) {
        server_is_done(other); /* twice: the first answer may go before others' events */
        server_is_done(other);
        do
            rig_run(r, 10, NULL, 0);
        while (anything_to_read(r) && !r->lost);
    }
}

static void click(struct rig *r, struct ui_rect at)
{
    fake(XCB_MOTION_NOTIFY, 0, at.x + at.w / 2, at.y + at.h / 2);
    fake(XCB_BUTTON_PRESS, 1, 0, 0);
    fake(XCB_BUTTON_RELEASE, 1, 0, 0);
    settle(r);
}

static void tap(struct rig *r, uint8_t code)
{
    fake(XCB_KEY_PRESS, code, 0, 0);
    fake(XCB_KEY_RELEASE, code, 0, 0);
    settle(r);
}

static uint8_t code_of(const struct rig *r, uint32_t keysym)
{
    for (unsigned code = r->d.keys.first; code <= r->d.keys.last; code++)
        if (r->d.keys.sym[code][0] == keysym)
            return (uint8_t)code;
    fail_msg("no key %x", keysym);
    return 0;
}

static xcb_atom_t atom_of(const char *name)
{
    xcb_intern_atom_reply_t *r =
        xcb_intern_atom_reply(other, xcb_intern_atom(other, 0, (uint16_t)strlen(name), name), NULL);
    assert_non_null(r);
    xcb_atom_t atom = r->atom;
    free(r);
    return atom;
}

static struct ui_rect control(const struct rig *r, const char *id)
{
    for (unsigned i = 0; i < r->line.n_controls; i++)
        if (strcmp(r->line.controls[i].id, id) == 0)
            return r->line.controls[i].rect;
    fail_msg("no control %s", id);
    return (struct ui_rect){0};
}

static struct rig *rig_ready(bool sheetless)
{
    struct rig *r = malloc(sizeof *r);
    assert_non_null(r);
    assert_true(rig_start(r));
    r->sheetless = sheetless;
    return r;
}

static struct rig *rig_with(enum ui_window face)
{
    struct rig *r = rig_ready(false);
    windows_show(r->w, face);
    rig_run(r, PATIENCE_MS, &r->mapped, 1);
    assert_int_equal(r->mapped, 1);
    settle(r);
    return r;
}

static void drop(struct rig *r)
{
    rig_finish(r);
    for (unsigned i = 0; i < LOOP_MAX; i++) /* one would fire into freed windows */
        assert_int_equal(r->loop.timers[i].at_ms, 0);
    free(r);
}

/* --------------------------------------------------------------------------------------- tests */
static void test_home(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    assert_string_equal(r->line.name, "home");
    assert_int_equal(r->line.rect.w, 720);
    assert_int_equal(r->line.rect.h, 528);
    for (unsigned i = 0; i < 100 && pixel(r->line.rect.x + 5, r->line.rect.y + 5) != 0x3366cc; i++)
        settle(r); /* mapped before the server has copied the picture */
    assert_int_equal(pixel(r->line.rect.x + 5, r->line.rect.y + 5), 0x3366cc);
    struct ui_rect host = control(r, "host");
    assert_int_equal(host.w, 280);
    click(r, host);
    assert_int_equal(r->actions, 1);
    assert_int_equal(r->action, ACTION_HOST);
    assert_int_equal(r->hand, HAND_SYNTHETIC);
    uint32_t ids[MAX_OWN_WINDOWS];
    assert_int_equal(windows_ids(r->w, ids), 16);
    drop(r);
}

static void test_expose(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    struct ui_rect at = r->line.rect;
    unsigned painted = r->painted;
    xcb_window_t top = xcb_generate_id(other);
    const uint32_t values[] = {0, 1};
    xcb_create_window(other, 24, top, root, (int16_t)at.x, (int16_t)at.y, 200, 200, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    xcb_map_window(other, top);
    xcb_flush(other);
    settle(r);
    assert_int_equal(pixel(at.x + 5, at.y + 5), 0);
    xcb_destroy_window(other, top);
    xcb_flush(other);
    settle(r);
    assert_int_equal(pixel(at.x + 5, at.y + 5), 0x3366cc);
    assert_int_equal(r->painted, painted); /* from the same memory */
    drop(r);
}

/* Memory files for pictures of windows that this process holds, the painter's part among them. */
static unsigned pictures_held(void)
{
    unsigned n = 0;
    DIR *all = opendir("/proc/self/fd");
    assert_non_null(all);
    for (struct dirent *e = readdir(all); e; e = readdir(all)) {
        char what[64] = "";
        if (readlinkat(dirfd(all), e->d_name, what, sizeof what - 1) > 0)
            n += strncmp(what, "/memfd:vitrine-window", 21) == 0;
    }
    closedir(all);
    return n;
}

/* What stood in a window is not kept when it is closed, nor when it shows something else. */
static void test_forgotten(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    unsigned before = pictures_held();
    windows_side(r->w, UI_CHAT);
    UNTIL(r, strcmp(r->line.name, "chat") == 0);
    settle(r);
    assert_true(pictures_held() > before);
    windows_side_close(r->w);
    assert_int_equal(pictures_held(), before);
    windows_side(r->w, UI_CHAT);
    windows_side_close(r->w); /* while the painter has it */
    unsigned painted = r->painted;
    rig_run(r, PATIENCE_MS, &r->painted, painted + 1);
    settle(r);
    assert_int_equal(pictures_held(), before);
    windows_show(r->w, UI_JOIN);
    UNTIL(r, strcmp(r->line.name, "join") == 0);
    settle(r);
    assert_int_equal(pictures_held(), before);
    drop(r);
}

static void test_typing(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    click(r, control(r, "join_number"));
    xcb_set_input_focus(other, XCB_INPUT_FOCUS_POINTER_ROOT, XCB_INPUT_FOCUS_POINTER_ROOT, 0);
    static const uint8_t codes[] = {10, 11, 12, 65, 13, 38, 14, 15}; /* 1 2 3 space 4 a 5 6 */
    for (unsigned i = 0; i < sizeof codes; i++)
        tap(r, codes[i]);
    assert_string_equal(windows_text(r->w, UI_HOME, UI_HOME_JOIN_NUMBER), "123 456");
    tap(r, 22); /* BackSpace */
    assert_string_equal(windows_text(r->w, UI_HOME, UI_HOME_JOIN_NUMBER), "123 45");
    tap(r, 36); /* Return presses Join */
    assert_int_equal(r->action, ACTION_JOIN);
    assert_string_equal(windows_text(r->w, UI_JOIN, UI_JOIN_PASSWORD), "");
    assert_true(windows_set_text(r->w, UI_HOME, UI_HOME_YOUR_NAME, "S\xc3\xa4m"));
    assert_false(windows_set_text(r->w, UI_HOME, UI_HOME_YOUR_NAME, "a\nb"));
    assert_string_equal(windows_text(r->w, UI_HOME, UI_HOME_YOUR_NAME), "S\xc3\xa4m");
    drop(r);
}

static void ask(struct rig *r, uint32_t serial)
{
    fake(XCB_MOTION_NOTIFY, 0, 3, 3);
    settle(r);
    prompt_prepare(r->w, serial, PROMPT_KIND_SHARE, 0, "", false);
    rig_run(r, PATIENCE_MS, &r->prompts_told, 1);
    assert_int_equal(r->prompts_told, 1);
    assert_int_equal(r->prompt.serial, serial);
    assert_false(r->prompt.armed);
    settle(r);
}

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
    assert_int_equal(r->answers, 1);
    assert_true(r->yes);
    assert_int_equal(r->hand, HAND_SYNTHETIC);
    assert_true(r->prompt.closed);
    drop(r);
}

/* --- what assistive tools read */

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

/* --- sealed labels */

static xcb_get_image_reply_t *grab(struct ui_rect at)
{
    xcb_get_image_reply_t *r =
        xcb_get_image_reply(other,
                            xcb_get_image(other, XCB_IMAGE_FORMAT_Z_PIXMAP, root, (int16_t)at.x,
                                          (int16_t)at.y, (uint16_t)at.w, (uint16_t)at.h, ~0u),
                            NULL);
    assert_non_null(r);
    return r;
}

static bool same(xcb_get_image_reply_t *a, xcb_get_image_reply_t *b)
{
    int n = xcb_get_image_data_length(a);
    return n == xcb_get_image_data_length(b) &&
           memcmp(xcb_get_image_data(a), xcb_get_image_data(b), (size_t)n) == 0;
}

/* Yes, no and what lies beyond them while the painter paints in that colour. */
static void look(struct rig *r, uint32_t colour, struct ui_rect at, xcb_get_image_reply_t **out)
{
    r->colour = colour;
    windows_update(r->w);
    settle(r);
    assert_int_equal(pixel(r->prompt.yes.x + 60, r->prompt.yes.y - 60), colour & 0xffffff);
    *out = grab(at);
}

/* The rig's painter gives each label stripes of a width of its own. */
static unsigned stripes_of(unsigned control)
{
    struct ui_label label[UI_LABELS_MAX];
    unsigned n = ui_labels(label);
    for (unsigned i = 0; i < n; i++)
        if (label[i].window == UI_CONSENT_SHARE && label[i].control == control)
            return i + 2;
    return 0;
}

static unsigned stripes(struct ui_rect button)
{
    int x = button.x + 20, y = button.y + 12, first;
    uint32_t ground = pixel(x, y);
    if (pixel(x + 1, y) != ground && pixel(x + 2, y) != ground) /* began on a stripe */
        ground = pixel(++x, y);
    while (pixel(x, y) == ground)
        x++;
    first = x++;
    while (pixel(x, y) == ground)
        x++;
    return (unsigned)(x - first);
}

/* Whatever a painter paints there, buttons, ring and frame are the broker's, with a label of their
   own each. Seen to fail without window_over in labels_follow, and with one label for all. */
static void test_sealed(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    xcb_get_image_reply_t *a, *b;
    ask(r, 7);
    UNTIL(r, r->prompt.armed);
    struct ui_rect no = r->prompt.no, yes = r->prompt.yes;
    struct ui_rect frame = {no.x - 24, no.y - 200, 7, 240};
    assert_int_equal(yes.x - no.x - no.w, 16);
    for (unsigned i = 0; i < 2; i++) {
        struct ui_rect at = i ? yes : no;
        at = (struct ui_rect){at.x - 4, at.y - 4, at.w + 8, at.h + 8};
        xcb_get_image_reply_t *x = grab(at), *y;
        look(r, 0xff123456, at, &y);
        assert_true(same(x, y));
        free(x);
        free(y);
    }
    a = grab(frame);
    look(r, 0xff0b6670, frame, &b);
    assert_true(same(a, b));
    free(a);
    free(b);
    assert_int_equal(r->sheets, UI_LANGUAGES); /* by the first painter, before all else */
    assert_int_equal(stripes(no), stripes_of(UI_CONSENT_SHARE_NO));
    assert_int_equal(stripes(yes), stripes_of(UI_CONSENT_SHARE_YES));
    drop(r);
}

/* No memory for a sheet: none is ordered, and nobody waits for it. */
static bool no_memory;

bool __real_shared_create(struct shared *s, struct display *d, uint32_t width, uint32_t height);
bool __wrap_shared_create(struct shared *s, struct display *d, uint32_t width, uint32_t height);
bool __wrap_shared_create(struct shared *s, struct display *d, uint32_t width, uint32_t height)
{
    bool sheet = (int)width == ui_layout_get(UI_LABELS, 0)->w;
    return !(sheet && no_memory) && __real_shared_create(s, d, width, height);
}

static void test_sheets_not_ordered(void **state)
{
    (void)state;
    no_memory = true;
    struct rig *r = rig_with(UI_HOME);
    no_memory = false;
    assert_int_equal(r->sheets, 0);
    assert_int_equal(r->w->slow[PAINTER_MAIN].orders, 0);
    drop(r);
}

/* Of a dialog that is closed nothing is kept, in the server neither: its labels name the session.
 */
static void test_labels_dropped(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    ask(r, 7);
    UNTIL(r, r->w->pane[PANE_DIALOG].over != XCB_NONE);
    click(r, r->prompt.no);
    UNTIL(r, r->answers == 1);
    prompt_close(r->w, 7);
    assert_int_equal(r->w->pane[PANE_DIALOG].over, XCB_NONE);
    r->prompts_told = 0;
    ask(r, 8);
    UNTIL(r, r->w->pane[PANE_DIALOG].over != XCB_NONE);
    drop(r);
}

/* A dialog's painter begins before the other one has painted the sheets it was asked for: both are
   asked, the first answer counts, and neither is ended for its own. Fails with one order for both.
 */
static void test_sheets_twice(void **state)
{
    (void)state;
    struct rig *r = malloc(sizeof *r);
    assert_non_null(r);
    assert_true(rig_start(r));
    windows_show(r->w, UI_HOME);
    prompt_prepare(r->w, 7, PROMPT_KIND_SHARE, 0, "", false);
    rig_run(r, PATIENCE_MS, &r->prompts_told, 1);
    assert_int_equal(r->ended, 0);
    assert_int_equal(r->prompts_told, 1);
    assert_int_equal(r->sheets, 2 * UI_LANGUAGES);
    settle(r);
    assert_int_equal(stripes(r->prompt.yes), stripes_of(UI_CONSENT_SHARE_YES));
    drop(r);
}

/* Nothing of a toast can be pressed, and nothing is: pointer and keys go to what lies beneath.
   Fails without window_let_input_through. */
static void test_toast(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    uint32_t ids[MAX_OWN_WINDOWS];
    unsigned n = windows_ids(r->w, ids), toasts = 0;
    windows_toast(r->w, UI_TOAST_STOPPED, "");
    settle(r);
    for (unsigned i = 0; i < n; i++) {
        xcb_get_geometry_reply_t *at =
            xcb_get_geometry_reply(other, xcb_get_geometry(other, ids[i]), NULL);
        xcb_shape_get_rectangles_reply_t *input = xcb_shape_get_rectangles_reply(
            other, xcb_shape_get_rectangles(other, ids[i], XCB_SHAPE_SK_INPUT), NULL);
        assert_true(at && input);
        if (at->width == 440 && at->height == 64) {
            toasts++;
            assert_int_equal(xcb_shape_get_rectangles_rectangles_length(input), 0);
        }
        free(at);
        free(input);
    }
    assert_int_equal(toasts, 1);
    drop(r);
}

static bool toast_is(const struct rig *r, enum ui_toast toast)
{
    const struct pane *p = &r->w->pane[PANE_TOAST];
    return p->live && p->view.toast == toast;
}

/* What tells of a protection takes the place of what is kind to know, and is not replaced by it:
   both are seen in turn. */
static void test_toasts_in_turn(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    windows_toast(r->w, UI_TOAST_CHAT, "Lee");
    assert_true(toast_is(r, UI_TOAST_CHAT));
    windows_toast(r->w, UI_TOAST_CONTROL_ENDED, "");
    assert_true(toast_is(r, UI_TOAST_CONTROL_ENDED));
    windows_toast(r->w, UI_TOAST_PRESENTING, "Kim");
    windows_toast(r->w, UI_TOAST_STOPPED, "");
    windows_toast(r->w, UI_TOAST_LEFT, "Kim");
    assert_true(toast_is(r, UI_TOAST_CONTROL_ENDED));
    UNTIL(r, !toast_is(r, UI_TOAST_CONTROL_ENDED));
    assert_true(toast_is(r, UI_TOAST_STOPPED));
    UNTIL(r, !toast_is(r, UI_TOAST_STOPPED));
    assert_true(toast_is(r, UI_TOAST_LEFT)); /* the newest of the others */
    drop(r);
}

/* Who joins sees the screen: that is shown its time, and whoever comes meanwhile is told of after
   it. Fails where a newer one, or a line of chat, takes its place. */
static void test_toast_of_arrivals(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    const struct pane *p = &r->w->pane[PANE_TOAST];
    windows_toast(r->w, UI_TOAST_JOINED, "Kim");
    windows_toast(r->w, UI_TOAST_CHAT, "Mallory");
    windows_toast(r->w, UI_TOAST_JOINED, "Lee");
    windows_toast(r->w, UI_TOAST_JOINED, "Lee");
    assert_true(toast_is(r, UI_TOAST_JOINED));
    assert_string_equal(p->view.name, "Kim");
    assert_int_equal(p->view.toast_people, 1);
    UNTIL(r, p->view.toast_people == 2);
    assert_true(toast_is(r, UI_TOAST_JOINED));
    UNTIL(r, toast_is(r, UI_TOAST_CHAT));
    drop(r);
}

/* What anybody can bring about by asking, ever so often and under ever so many names, is one of its
   sort: it neither takes the place of another nor stays for ever. */
static void test_toast_is_not_crowded_out(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    char name[8];
    ask(r, 7);
    for (unsigned i = 0; i < 2 * TOASTS_WAIT; i++) {
        snprintf(name, sizeof name, "M%u", i);
        windows_toast(r->w, UI_TOAST_NOT_CERTIFIED, name);
    }
    windows_toast(r->w, UI_TOAST_CONTROL_ENDED, "");
    UNTIL(r, r->armed);
    click(r, r->prompt.no);
    UNTIL(r, r->answers == 1);
    assert_true(toast_is(r, UI_TOAST_NOT_CERTIFIED));
    for (uint64_t end = loop_now_ms() + PATIENCE_MS;
         !toast_is(r, UI_TOAST_CONTROL_ENDED) && loop_now_ms() < end; rig_run(r, 100, NULL, 0))
        windows_toast(r->w, UI_TOAST_NOT_CERTIFIED, name);
    assert_true(toast_is(r, UI_TOAST_CONTROL_ENDED));
    drop(r);
}

/* Its time begins when it is there, not when a painter has been told of it that never paints. */
static void test_toast_of_a_slow_painter(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    r->lazy = true;
    windows_toast(r->w, UI_TOAST_CONTROL_ENDED, "");
    rig_run(r, TOAST_MS + 500, NULL, 0);
    assert_true(toast_is(r, UI_TOAST_CONTROL_ENDED));
    r->lazy = false;
    windows_painter(r->w, PAINTER_MAIN, &r->ui[PAINTER_MAIN]); /* the next one */
    UNTIL(r, r->w->pane[PANE_TOAST].win.mapped);
    UNTIL(r, !toast_is(r, UI_TOAST_CONTROL_ENDED));
    drop(r);
}

/* Behind a lock screen nobody reads: what came there, or was there, comes when it is gone. */
static void test_toast_waits_for_the_owner(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    windows_toast(r->w, UI_TOAST_STOPPED, "");
    display_lock_bus(&r->d, true);
    windows_toast(r->w, UI_TOAST_CONTROL_ENDED, "");
    rig_run(r, TOAST_MS + 500, NULL, 0); /* longer than it would be shown */
    assert_false(r->w->pane[PANE_TOAST].live);
    display_lock_bus(&r->d, false);
    assert_true(toast_is(r, UI_TOAST_CONTROL_ENDED) || toast_is(r, UI_TOAST_STOPPED));
    UNTIL(r, toast_is(r, UI_TOAST_STOPPED));
    UNTIL(r, !toast_is(r, UI_TOAST_STOPPED));
    drop(r);
}

/* No toast comes while a dialog is up, or its guard would begin again whenever somebody in the
   session wants it; what has to be known comes after it, also what was there before it. */
static void test_toast_waits(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    windows_toast(r->w, UI_TOAST_STOPPED, "");
    ask(r, 7);
    assert_false(toast_is(r, UI_TOAST_STOPPED));
    UNTIL(r, r->armed);
    windows_toast(r->w, UI_TOAST_CONTROL_ENDED, "");
    settle(r);
    assert_false(r->w->pane[PANE_TOAST].live);
    assert_true(r->armed);
    click(r, r->prompt.no);
    UNTIL(r, r->answers == 1);
    assert_true(toast_is(r, UI_TOAST_STOPPED));
    UNTIL(r, toast_is(r, UI_TOAST_CONTROL_ENDED));
    drop(r);
}

/* ------------------------------------------------------------------------------------ picking */
#define MINE_W 300 /* of a window that can be shared */

static xcb_window_t show_mine(int x, int w)
{
    const uint32_t values[] = {0x225588};
    xcb_window_t id = xcb_generate_id(other);
    xcb_create_window(other, XCB_COPY_FROM_PARENT, id, root, (int16_t)x, 20, (uint16_t)w, 200, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT, XCB_CW_BACK_PIXEL,
                      values);
    xcb_map_window(other, id);
    xcb_flush(other);
    return id;
}

static xcb_atom_t client_list(void)
{
    static const char name[] = "_NET_CLIENT_LIST_STACKING";
    xcb_intern_atom_reply_t *r =
        xcb_intern_atom_reply(other, xcb_intern_atom(other, 0, sizeof name - 1, name), NULL);
    assert_non_null(r);
    xcb_atom_t atom = r->atom;
    free(r);
    return atom;
}

/* Picks one window while a window manager names those, the last on top. */
static void pick_among(struct rig *r, const uint32_t *ids, unsigned n)
{
    xcb_change_property(other, XCB_PROP_MODE_REPLACE, root, client_list(), XCB_ATOM_WINDOW, 32, n,
                        ids);
    xcb_flush(other);
    ask(r, 7);
    click(r, control(r, "one"));
    settle(r);
}

static void drop_picking(struct rig *r, xcb_window_t mine)
{
    xcb_delete_property(other, root, client_list());
    xcb_destroy_window(other, mine);
    xcb_flush(other);
    drop(r);
}

/* The root on top of all: it is no window that can be shared. */
/* By the program that a person has for it: libxcb sends no SetMonitor without outputs. */
static void xrandr(const char *what)
{
    char command[128];
    snprintf(command, sizeof command, "xrandr %s", what);
    assert_int_equal(system(command), 0);
}

/* Whoever picks one of two monitors is asked about that one, by the side it stands on. */
static void test_pick_monitor(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    const uint8_t tab = code_of(r, KEYS_TAB), enter = code_of(r, KEYS_RETURN);
    xrandr("--setmonitor a 624/165x768/203+400+0 screen");
    xrandr("--setmonitor b 400/105x768/203+0+0 none");
    UNTIL(r, r->d.n_monitors == 2);
    fake(XCB_MOTION_NOTIFY, 0, 800, 700);
    settle(r);
    ask(r, 7);
    assert_int_equal(r->monitor, UI_MONITOR_NONE);
    click(r, control(r, "part"));
    settle(r);
    fake(XCB_MOTION_NOTIFY, 0, 800, 700);
    tap(r, tab);
    tap(r, enter);
    UNTIL(r, r->monitor != UI_MONITOR_NONE);
    bool left = r->monitor == UI_MONITOR_LEFT;
    assert_true(left || r->monitor == UI_MONITOR_RIGHT);
    assert_string_equal(r->monitor_size, left ? "400 × 768" : "624 × 768");
    xrandr("--delmonitor a --delmonitor b");
    drop(r);
}

static void test_pick_root(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    xcb_window_t mine = show_mine(20, MINE_W);
    r->model.theme = 2;
    pick_among(r, (uint32_t[]){mine, root}, 2);
    assert_string_equal(r->line.name, "pick");
    assert_int_equal(r->line.rect.w, MINE_W);
    assert_int_equal(pixel(r->line.rect.x - 2, r->line.rect.y + 20),
                     theme_get(2)->rgb[COLOUR_ACCENT]);
    drop_picking(r, mine);
}

static void cut(xcb_window_t id)
{
    const xcb_rectangle_t half = {0, 0, 100, 200};
    xcb_shape_rectangles(other, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_BOUNDING, 0, id, 0, 0, 1, &half);
    xcb_flush(other);
}

/* A window with a shape is not offered. */
static void test_pick_shaped(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    xcb_window_t mine = show_mine(20, MINE_W), shaped = show_mine(500, 200);
    cut(shaped);
    pick_among(r, (uint32_t[]){mine, shaped}, 2);
    assert_string_equal(r->line.name, "pick");
    assert_int_equal(r->line.rect.w, MINE_W);
    xcb_destroy_window(other, shaped);
    drop_picking(r, mine);
}

/* A shared window that gets one is shared no more. */
static void test_shared_shaped(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    xcb_window_t mine = show_mine(20, MINE_W);
    pick_among(r, &mine, 1);
    tap(r, 36); /* Enter */
    UNTIL(r, r->armed);
    click(r, r->prompt.yes);
    assert_int_equal(r->answers, 1);
    assert_true(r->yes);
    assert_int_equal(r->gone, 0);
    cut(mine);
    UNTIL(r, r->gone == 1);
    drop_picking(r, mine);
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

static xcb_window_t window_at(int x, int y)
{
    xcb_window_t found = root, at = root;
    for (;;) {
        xcb_translate_coordinates_reply_t *t = xcb_translate_coordinates_reply(
            other, xcb_translate_coordinates(other, root, at, (int16_t)x, (int16_t)y), NULL);
        at = t ? t->child : XCB_NONE;
        free(t);
        if (at == XCB_NONE)
            return found;
        found = at;
    }
}

/* With a dialog that can be answered. */
static struct rig *rig_armed(void)
{
    struct rig *r = rig_with(UI_HOME);
    ask(r, 7);
    UNTIL(r, r->armed);
    return r;
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

static void on_nothing(void *ctx, uint32_t tag, const void *reply)
{
    (void)ctx;
    (void)tag;
    (void)reply;
}

static void ask_too_much(struct rig *r)
{
    while (r->d.later_n < DISPLAY_LATER)
        display_ask_nothing(&r->d, on_nothing, NULL, 0);
}

static xcb_window_t lay_over(int x, unsigned w, uint32_t redirect)
{
    const uint32_t values[] = {0, redirect};
    xcb_window_t top = xcb_generate_id(other);
    xcb_create_window(other, 24, top, root, (int16_t)x, 0, (uint16_t)w, 768, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    xcb_map_window(other, top);
    xcb_flush(other);
    return top;
}

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

static void put_state(const struct rig *r, const char *name)
{
    xcb_atom_t state = atom_of(name);
    xcb_change_property(other, XCB_PROP_MODE_REPLACE, r->w->pane[PANE_MAIN].win.id,
                        atom_of("_NET_WM_STATE"), XCB_ATOM_ATOM, 32, 1, &state);
    xcb_flush(other);
}

/* Whether the main window can be seen at all: not behind another one, not minimised; behind our own
   cover it is as it was, and what came over it meanwhile counts when that is gone. */
static void test_hidden(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    assert_true(r->seen);
    xcb_window_t top = lay_over(0, 700, 1); /* a part of it is seen */
    settle(r);
    assert_true(r->seen);
    xcb_destroy_window(other, top);
    top = lay_over(100, 850, 1);
    UNTIL(r, !r->seen);
    xcb_destroy_window(other, top);
    xcb_flush(other);
    UNTIL(r, r->seen);
    put_state(r, "_NET_WM_STATE_HIDDEN"); /* by a manager that leaves it mapped */
    UNTIL(r, !r->seen);
    put_state(r, "_NET_WM_STATE_MAXIMIZED_VERT");
    UNTIL(r, r->seen);
    ask(r, 1);
    UNTIL(r, r->armed);
    assert_true(r->seen);
    put_state(r, "_NET_WM_STATE_HIDDEN");
    settle(r);
    assert_true(r->seen);
    prompt_close(r->w, 1);
    UNTIL(r, !r->seen);
    windows_show(r->w, UI_ERROR); /* in the panel's place */
    put_state(r, "_NET_WM_STATE_MAXIMIZED_VERT");
    settle(r);
    assert_false(r->seen);
    windows_show(r->w, UI_HOST_PANEL);
    UNTIL(r, r->seen);
    xcb_unmap_window(other, r->w->pane[PANE_MAIN].win.id);
    xcb_flush(other);
    UNTIL(r, !r->seen);
    drop(r);
}

static bool is_called(const struct rig *r, enum pane_name pane, const char *title)
{
    xcb_get_property_reply_t *p = xcb_get_property_reply(
        other,
        xcb_get_property(other, 0, r->w->pane[pane].win.id, atom_of("_NET_WM_NAME"), 0, 0, 64),
        NULL);
    assert_non_null(p);
    size_t len = (size_t)xcb_get_property_value_length(p);
    bool is = len == strlen(title) && memcmp(xcb_get_property_value(p), title, len) == 0;
    free(p);
    return is;
}

/* Window lists speak the language of the windows, also when that changes. */
static void test_titles(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    assert_true(is_called(r, PANE_MAIN, "vitrine: your session"));
    r->model.language = UI_LANGUAGE_DE;
    windows_update(r->w);
    settle(r);
    assert_true(is_called(r, PANE_MAIN, "vitrine: Ihre Sitzung"));
    windows_side(r->w, UI_PEOPLE);
    settle(r);
    assert_true(is_called(r, PANE_SIDE, "vitrine: Personen"));
    drop(r);
}

static void put_settings(xcb_window_t manager, const char *theme)
{
    uint8_t bytes[64] = {0}; /* least significant byte first */
    size_t n = strlen(theme), len = 12;
    static const char name[] = "Net/ThemeName";
    bytes[8] = 1; /* one setting: a text */
    bytes[len++] = 1;
    len++;
    bytes[len++] = sizeof name - 1;
    len++;
    memcpy(bytes + len, name, sizeof name - 1);
    len += (sizeof name - 1 + 3) / 4 * 4 + 4; /* and a serial */
    bytes[len] = (uint8_t)n;
    memcpy(bytes + len + 4, theme, n);
    len += 4 + (n + 3) / 4 * 4;
    xcb_change_property(other, XCB_PROP_MODE_REPLACE, manager, atom_of("_XSETTINGS_SETTINGS"),
                        atom_of("_XSETTINGS_SETTINGS"), 8, (uint32_t)len, bytes);
    xcb_flush(other);
}

/* The desktop's looks are followed while the program runs. */
static void test_desktop(void **state)
{
    (void)state;
    xcb_window_t manager = lay_over(2000, 1, 1);
    put_settings(manager, "Adwaita");
    xcb_set_selection_owner(other, manager, atom_of("_XSETTINGS_S0"), XCB_CURRENT_TIME);
    xcb_flush(other);
    struct rig *r = rig_with(UI_HOME);
    assert_int_equal(r->d.desktop.theme, DESKTOP_LIGHT);
    put_settings(manager, "Adwaita-dark");
    UNTIL(r, r->desktops == 1 && r->d.desktop.theme == DESKTOP_DARK);
    put_settings(manager, "Adwaita-dark");
    settle(r);
    put_settings(manager, "HighContrast");
    put_settings(manager, "Adwaita");
    UNTIL(r, r->d.desktop.theme == DESKTOP_LIGHT);
    unsigned told = r->desktops;
    assert_true(told == 2 || told == 3); /* not for what is the same */
    static const char text[] = "Xft.dpi:\t192\n";
    xcb_change_property(other, XCB_PROP_MODE_REPLACE, root, XCB_ATOM_RESOURCE_MANAGER,
                        XCB_ATOM_STRING, 8, sizeof text - 1, text);
    xcb_flush(other);
    UNTIL(r, r->d.desktop.dpi == 192);
    assert_int_equal(r->d.desktop.theme, DESKTOP_LIGHT);
    xcb_delete_property(other, root, XCB_ATOM_RESOURCE_MANAGER);
    xcb_destroy_window(other, manager);
    xcb_flush(other);
    UNTIL(r, r->d.desktop.dpi == 0);
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

static xcb_window_t put_into(xcb_window_t parent, bool moved)
{
    xcb_window_t id = xcb_generate_id(other);
    const uint32_t values[] = {0xffffff, 1};
    xcb_create_window(other, 24, id, moved ? root : parent, 0, 0, 1000, 768, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    if (moved)
        xcb_reparent_window(other, id, parent, 0, 0);
    xcb_map_window(other, id);
    xcb_flush(other);
    return id;
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

/* Somebody is at the door. */
static void knock(struct rig *r)
{
    r->people[0] = (struct ui_person){.id = 40, .waiting = true, .name = "Lee"};
    r->model.people = r->people;
    r->model.n_people = 1;
}

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

/* A painter that takes an order and does not paint is as good as dead, and said to be. */
static void test_lazy_painter(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    r->lazy = true;
    windows_show(r->w, UI_JOIN);
    rig_run(r, PAINTER_SLOW_MS + 5000, &r->failed, 1);
    assert_int_equal(r->failed, 1);
    r->lazy = false;
    windows_painter(r->w, PAINTER_MAIN, &r->ui[PAINTER_MAIN]); /* another one: painted again */
    unsigned before = r->painted;
    rig_run(r, PATIENCE_MS, &r->painted, before + 1);
    assert_true(r->painted > before);
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
    assert_int_equal(r->answers, 1);
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

/* It shows the dialog and holds its labels back: nothing there can be pressed but the way out,
   which stays open. */
static void test_sheetless_painter(void **state)
{
    (void)state;
    struct rig *r = rig_ready(true);
    windows_show(r->w, UI_HOME);
    rig_run(r, PATIENCE_MS, &r->mapped, 1);
    ask(r, 5);
    UNTIL(r, r->armed);
    click(r, r->prompt.yes);
    assert_int_equal(r->answers, 0);
    assert_false(r->armed); /* it was noise */
    click(r, r->prompt.no);
    assert_int_equal(r->answers, 1);
    assert_false(r->yes);
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
    assert_int_equal(r->answers, 1);
    assert_true(r->yes);
    settle(r);
    click(r, r->prompt.yes); /* no prompt is up: Admit is off */
    assert_int_equal(r->answers, 1);
    assert_int_equal(r->actions, 0);
    drop(r);
}

/* --- what lies over the panel. The server says of no window that it is covered where a compositor
   runs: this program plays one. */
static void compose(bool on)
{
    free(xcb_composite_query_version_reply(other, xcb_composite_query_version(other, 0, 4), NULL));
    if (on)
        xcb_composite_redirect_subwindows(other, root, XCB_COMPOSITE_REDIRECT_MANUAL);
    else
        xcb_composite_unredirect_subwindows(other, root, XCB_COMPOSITE_REDIRECT_MANUAL);
    xcb_flush(other);
}

/* A window there that lets clicks through. */
static xcb_window_t lay_glass(struct ui_rect at, uint16_t class)
{
    const uint32_t past_managers = 1;
    xcb_window_t id = xcb_generate_id(other);
    xcb_create_window(other, 0, id, root, (int16_t)at.x, (int16_t)at.y, (uint16_t)at.w,
                      (uint16_t)at.h, 0, class, XCB_COPY_FROM_PARENT, XCB_CW_OVERRIDE_REDIRECT,
                      &past_managers);
    xcb_shape_rectangles(other, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_INPUT, 0, id, 0, 0, 0, NULL);
    xcb_map_window(other, id);
    xcb_flush(other);
    return id;
}

static void take_away(xcb_window_t id)
{
    xcb_destroy_window(other, id);
    xcb_flush(other);
}

static void change(xcb_window_t id, uint16_t what, const uint32_t *values)
{
    xcb_configure_window(other, id, what, values);
    xcb_flush(other);
}

static struct rig *rig_with_knock(void)
{
    struct rig *r = rig_with(UI_HOST_PANEL);
    knock(r);
    windows_update(r->w);
    prompt_prepare(r->w, 3, PROMPT_KIND_ADMIT, 40, "Lee", true);
    UNTIL(r, r->armed);
    return r;
}

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
        assert_int_equal(r->answers, 1);
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

/* Who is there is told to each painter before it paints, a dialog's own too, and again only when
   somebody has come or gone; whose key has changed is nowhere yet, and one more. */
static void test_crowd(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    assert_int_equal(r->crowds, 0); /* nobody: that is what it knows by itself */
    r->people[0] = (struct ui_person){.id = 1, .name = "Sam", .badges = UI_BADGE_YOU};
    r->people[1] = (struct ui_person){.id = 40, .waiting = true, .name = "Lee"};
    r->model.people = r->people;
    r->model.n_people = 2;
    windows_update(r->w);
    windows_update(r->w);
    settle(r);
    assert_int_equal(r->crowds, 1);
    assert_int_equal(r->crowd, 2);
    prompt_prepare(r->w, 3, PROMPT_KIND_ADMIT, 40, "Lee", false);
    settle(r);
    assert_int_equal(r->crowds, 2);
    assert_int_equal(r->crowd, 2);
    prompt_close(r->w, 3);
    prompt_prepare(r->w, 4, PROMPT_KIND_KEY, 7, "Kim", false);
    settle(r);
    assert_int_equal(r->crowd, 3);
    prompt_close(r->w, 4);
    r->model.n_people = 1;
    windows_update(r->w);
    settle(r);
    assert_int_equal(r->crowd, 1);
    drop(r);
}

static bool is_marked(void)
{
    xcb_get_property_reply_t *r = xcb_get_property_reply(
        other, xcb_get_property(other, 0, root, atom_of("_VITRINE_CONTROLLED"), 0, 0, 1), NULL);
    assert_non_null(r);
    bool marked = r->type != XCB_NONE;
    free(r);
    return marked;
}

static void unmark(void)
{
    xcb_delete_property(other, root, atom_of("_VITRINE_CONTROLLED"));
    xcb_flush(other);
}

static xcb_window_t owner_of_ours(void)
{
    xcb_get_selection_owner_reply_t *r = xcb_get_selection_owner_reply(
        other, xcb_get_selection_owner(other, atom_of("_VITRINE")), NULL);
    assert_non_null(r);
    xcb_window_t owner = r->owner;
    free(r);
    return owner;
}

/* The server has noticed that the last one is gone. */
static void until_nobody(void)
{
    while (owner_of_ours() != XCB_NONE)
        ;
}

/* Two on one display: each knows of the other, also of one that came when others had gone, and of
   remote control, before it began or while it runs. The mark stays: who takes it away sees it come
   back. */
static void test_others(void **state)
{
    (void)state;
    until_nobody();
    struct rig *first = rig_with(UI_HOME);
    assert_false(first->d.others.there);
    assert_false(first->d.others.controlled);
    struct rig *second = rig_with(UI_HOME);
    settle(first);
    assert_true(first->d.others.there);
    assert_true(second->d.others.there);
    drop(second); /* it had the selection */
    UNTIL(first, owner_of_ours() == first->d.others.window);
    second = rig_with(UI_HOME);
    assert_true(second->d.others.there);
    display_mark_controlled(&first->d);
    settle(second);
    assert_true(second->d.others.controlled);
    assert_int_equal(second->others, 2);
    unmark();
    settle(first);
    assert_true(is_marked());
    drop(first);
    drop(second);
    until_nobody();
    second = rig_with(UI_HOME);
    assert_true(second->d.others.controlled); /* it was before its time */
    assert_false(second->d.others.there);
    drop(second);
    unmark(); /* the last one is gone; the next test has a desk of its own */
    server_is_done(other);
    assert_false(is_marked());
}

/* Somebody leaves while a button is down on a row: the release acts on nobody else. */
static void test_row_shifts(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    r->people[0] = (struct ui_person){.id = 2, .name = "Lee"};
    r->people[1] = (struct ui_person){.id = 3, .name = "Kim"};
    r->model.people = r->people;
    r->model.n_people = 2;
    windows_update(r->w);
    settle(r);
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

static void test_bar(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    r->model.sharing = 1;
    r->model.sharing_since_ms = loop_now_ms();
    windows_bar(r->w, true);
    UNTIL(r, r->bar);
    settle(r);
    assert_int_equal(pixel(1, 400), 0xc4161c);
    assert_int_equal(pixel(1022, 400), 0xc4161c);
    assert_int_equal(pixel(512, 767), 0xc4161c);
    assert_int_equal(pixel(512, 20), 0x3366cc);
    assert_false(r->bar_lost);
    xcb_unmap_window(other, window_at(512, 20));
    xcb_flush(other);
    UNTIL(r, r->bar_lost);
    windows_bar(r->w, false);
    settle(r);
    assert_int_not_equal(pixel(1, 400), 0xc4161c);
    drop(r);
}

/* The border is of the bar's red, in all colours. */
static void test_border_colours(void **state)
{
    (void)state;
    for (uint8_t theme = 0; theme < 3; theme++) {
        struct rig *r = rig_with(UI_HOST_PANEL);
        r->model.theme = theme;
        r->model.sharing = 1;
        r->model.sharing_since_ms = loop_now_ms();
        for (uint8_t control = 0; control < 2; control++) {
            r->model.control = control;
            windows_bar(r->w, true);
            UNTIL(r, r->bar);
            settle(r);
            assert_int_equal(pixel(1, 400), theme_get(theme)->rgb[COLOUR_LIVE]);
            windows_bar(r->w, false);
            settle(r);
        }
        drop(r);
    }
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

/* Seen by who manages windows: the next event of that type of the server's; its first number. */
static uint32_t await_managed(struct rig *r, uint8_t type, unsigned number)
{
    for (uint64_t end = loop_now_ms() + PATIENCE_MS; loop_now_ms() < end;) {
        xcb_generic_event_t *e = xcb_poll_for_event(other);
        if (e != NULL && (e->response_type & 0x7f) == type) {
            uint32_t found = ((xcb_client_message_event_t *)e)->data.data32[number];
            free(e);
            return found;
        }
        free(e);
        rig_run(r, 10, NULL, 0);
    }
    fail_msg("no event %u", type);
    return 0;
}

/* A window that comes back late asks the window manager for the keyboard with the time of the key:
   who has turned to another program since is not torn away from it. */
static void test_comes_back_late(void **state)
{
    (void)state;
    static const uint32_t manage = XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT, none = 0;
    struct rig *r = rig_with(UI_HOST_PANEL);
    const xcb_window_t panel = r->w->pane[PANE_MAIN].win.id;
    r->model.sharing = 1;
    windows_bar(r->w, true);
    UNTIL(r, r->bar);
    xcb_unmap_window(other, panel);
    xcb_set_input_focus(other, XCB_INPUT_FOCUS_POINTER_ROOT, window_at(512, 20), 0);
    settle(r);
    xcb_change_window_attributes(other, root, XCB_CW_EVENT_MASK, &manage);
    tap(r, code_of(r, KEYS_F6));
    const xcb_timestamp_t asked = r->w->summon_time;
    (void)await_managed(r, XCB_MAP_REQUEST, 0);
    while (r->d.time == asked)
        tap(r, code_of(r, KEYS_LEFT));
    xcb_map_window(other, panel);
    xcb_flush(other);
    const xcb_timestamp_t told = await_managed(r, XCB_CLIENT_MESSAGE, 1);
    xcb_change_window_attributes(other, root, XCB_CW_EVENT_MASK, &none);
    settle(r);
    assert_int_equal(told, asked);
    drop(r);
}

/* Ctrl and an arrow move it as dragging does: along the top edge, as far as it goes; and another
   face of it stays where it was put. Seen to fail without moved_bar, and without
   windows_bar_place. */
static void test_bar_moves(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    const uint8_t left = code_of(r, KEYS_LEFT), right = code_of(r, KEYS_RIGHT), ctrl = 37;
    r->model.sharing = 1;
    windows_bar(r->w, true);
    UNTIL(r, r->bar);
    settle(r);
    struct ui_rect first = r->line.rect;
    assert_string_equal(r->line.name, "sharing-bar");
    xcb_set_input_focus(other, XCB_INPUT_FOCUS_POINTER_ROOT, window_at(512, 20), 0);
    settle(r);
    tap(r, right); /* without Ctrl it is no business of the bar's place */
    assert_int_equal(r->line.rect.x, first.x);
    fake(XCB_KEY_PRESS, ctrl, 0, 0);
    tap(r, right);
    assert_true(r->line.rect.x > first.x && r->line.rect.y == first.y);
    for (unsigned i = 0; i < 20; i++)
        tap(r, left);
    fake(XCB_KEY_RELEASE, ctrl, 0, 0);
    assert_int_equal(r->line.rect.x, 0);
    assert_int_equal(r->line.rect.y, 0);
    r->model.control = 1;
    windows_update(r->w);
    settle(r);
    assert_string_equal(r->line.name, "sharing-bar-control");
    assert_int_equal(r->line.rect.x, 0);
    windows_put_bar(r->w, (struct ui_rect){3000, 0, 1024, 768}, 3100); /* a monitor that goes */
    windows_bar(r->w, true);
    settle(r);
    assert_in_range(r->line.rect.x, 0, 1023);
    drop(r);
}

/* The second half of a double click on a row meets what the first one has opened: where the row was
   stands Remove now, of whoever it is. */
static void test_double_click_row(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    r->people[0] = (struct ui_person){.id = 2, .name = "Lee"};
    r->people[1] = (struct ui_person){.id = 3, .name = "Kim"};
    r->model.people = r->people;
    r->model.n_people = 2;
    windows_update(r->w);
    settle(r);
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

static void paint_target(struct rig *r, uint32_t colour)
{
    size_t size = (size_t)r->target_m.stride * r->target_m.height;
    uint32_t *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, r->target, 0);
    assert_true(p != MAP_FAILED);
    for (size_t i = 0; i < size / 4; i++)
        p[i] = colour;
    munmap(p, size);
}

static void test_picture(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_VIEWER);
    windows_view(r->w, &r->screen);
    settle(r);
    assert_true(r->target >= 0);
    assert_int_equal(r->target_m.width, 958);
    assert_int_equal(r->target_m.height, 502);
    paint_target(r, 0x00ff00);
    struct msg_screen_changed m = {
        .target = r->target_m.serial, .serial = 5, .n_rects = 1, .rects = {{10, 10, 100, 100}}};
    assert_int_equal(msg_screen_changed_send(&r->view, &m), 0);
    rig_run(r, PATIENCE_MS, &r->shown, 5);
    assert_int_equal(r->shown, 5);
    int x = r->line.rect.x + 1, y = r->line.rect.y + 97;
    assert_int_equal(pixel(x + 50, y + 50), 0x00ff00);
    assert_int_not_equal(pixel(x + 200, y + 50), 0x00ff00);
    m.rects[0] = (struct rect){900, 10, 59, 10}; /* one pixel too far */
    assert_int_equal(windows_view_changed(r->w, &m), -1);
    m.target++;
    assert_int_equal(windows_view_changed(r->w, &m), -1);
    r->model.picture = UI_VIEWER_STALE; /* a note above the picture */
    windows_update(r->w);
    settle(r);
    assert_int_equal(pixel(r->line.rect.x + 480, r->line.rect.y + 346), 0x3366cc);
    drop(r);
}

static void test_copy(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    assert_true(windows_copy(r->w, "vitrine://relay/123456789#v1"));
    settle(r);
    click(r, control(r, "join_number"));
    fake(XCB_KEY_PRESS, 37, 0, 0);
    tap(r, 55); /* Ctrl+V */
    fake(XCB_KEY_RELEASE, 37, 0, 0);
    UNTIL(r, strcmp(windows_text(r->w, UI_HOME, UI_HOME_JOIN_NUMBER),
                    "vitrine://relay/123456789#v1") == 0);
    drop(r);
}

static void test_lost(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    xcb_disconnect(other);
    other = NULL;
    kill(server, SIGKILL);
    UNTIL(r, r->lost);
    drop(r);
}

/* -------------------------------------------------------------------------------------- driven */
/* Every prompt in turn, with somebody to be about. In the panel: the door's, or the bar's own. */
static void open_prompt(struct rig *r, unsigned serial, enum prompt_kind kind, bool in_panel)
{
    knock(r);
    strcpy(r->model.words, "amber basil cedar delta");
    strcpy(r->model.key, "1234 5678");
    r->model.sharing = kind == PROMPT_KIND_STILL;
    windows_bar(r->w, kind == PROMPT_KIND_STILL);
    if (kind == PROMPT_KIND_ADMIT && in_panel)
        windows_show(r->w, UI_HOST_PANEL);
    windows_update(r->w);
    prompt_prepare(r->w, serial, kind, 40, "Lee", in_panel);
}

/* What came to the server before is answered first: said when all of that has been worked off. */
static unsigned synced, sync_rounds;

static void on_sync(void *ctx)
{
    struct rig *r = ctx;
    if (sync_rounds-- == 0) {
        printf("sync %u\n", synced);
        return;
    }
    server_is_done(r->d.x);
    display_flush(&r->d);
    loop_set_timer(&r->loop, 1, on_sync, r);
}

static void command(struct rig *r, const char *line)
{
    unsigned n, kind;
    if (sscanf(line, "prompt %u %u", &n, &kind) == 2 && kind < PROMPT_KINDS)
        open_prompt(r, n, (enum prompt_kind)kind, kind == PROMPT_KIND_STILL);
    else if (sscanf(line, "panel %u", &n) == 1)
        open_prompt(r, n, PROMPT_KIND_ADMIT, true);
    else if (sscanf(line, "show %u", &n) == 1)
        windows_show(r->w, (enum ui_window)n);
    else if (sscanf(line, "assistive %u", &n) == 1)
        windows_assistive(r->w, n);
    else if (strcmp(line, "text\n") == 0)
        printf("text %s\n", windows_text(r->w, UI_HOME, UI_HOME_JOIN_NUMBER));
    else if (sscanf(line, "bar %u", &n) == 1)
        windows_bar(r->w, n);
    else if (sscanf(line, "sync %u", &synced) == 1) {
        sync_rounds = 2;
        on_sync(r);
    }
}

static void on_command(void *ctx, short revents)
{
    (void)revents;
    char line[128];
    if (!fgets(line, sizeof line, stdin))
        exit(0);
    command(ctx, line);
}

static int drive(void)
{
    static struct rig r;
    setvbuf(stdout, NULL, _IOLBF, 0);
    setvbuf(stdin, NULL, _IONBF, 0);
    if (!rig_start(&r))
        return 1;
    r.echo = true;
    loop_add(&r.loop, 0, NULL, on_command, &r);
    windows_show(r.w, UI_HOME);
    loop_run(&r.loop);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_home),
        cmocka_unit_test(test_expose),
        cmocka_unit_test(test_forgotten),
        cmocka_unit_test(test_typing),
        cmocka_unit_test(test_tone),
        cmocka_unit_test(test_prompt_yes),
        cmocka_unit_test(test_prompt_no),
        cmocka_unit_test(test_prompt_synthetic),
        cmocka_unit_test(test_prompt_forged),
        cmocka_unit_test(test_lock_screen_named_vitrine),
        cmocka_unit_test(test_lock_screen_manager),
        cmocka_unit_test(test_lock_screen_vitrine),
        cmocka_unit_test(test_lock_screens_many),
        cmocka_unit_test(test_lock_screen_hand),
        cmocka_unit_test(test_prompt_covered),
        cmocka_unit_test(test_hidden),
        cmocka_unit_test(test_titles),
        cmocka_unit_test(test_desktop),
        cmocka_unit_test(test_prompt_locked),
        cmocka_unit_test(test_lock_screen_gone),
        cmocka_unit_test(test_lock_screen_unasked),
        cmocka_unit_test(test_asked_again),
        cmocka_unit_test(test_prompt_inside),
        cmocka_unit_test(test_inside_for_input),
        cmocka_unit_test(test_inside_unasked),
        cmocka_unit_test(test_panel_inside),
        cmocka_unit_test(test_prompt_painter),
        cmocka_unit_test(test_lazy_painter),
        cmocka_unit_test(test_sheetless_painter),
        cmocka_unit_test(test_old_face),
        cmocka_unit_test(test_come_and_go),
        cmocka_unit_test(test_panel_admit),
        cmocka_unit_test(test_panel_covered),
        cmocka_unit_test(test_panel_covered_before),
        cmocka_unit_test(test_panel_innocent),
        cmocka_unit_test(test_crowd),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_row_shifts),
        cmocka_unit_test(test_double_click),
        cmocka_unit_test(test_double_click_beneath),
        cmocka_unit_test(test_double_click_row),
        cmocka_unit_test(test_bar),
        cmocka_unit_test(test_border_colours),
        cmocka_unit_test(test_comes_back_late),
        cmocka_unit_test(test_bar_moves),
        cmocka_unit_test(test_picture),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_pick_shaped),
        cmocka_unit_test(test_shared_shaped),
        cmocka_unit_test(test_pick_root),
        cmocka_unit_test(test_pick_monitor),
        cmocka_unit_test(test_sealed),
        cmocka_unit_test(test_sheets_twice),
        cmocka_unit_test(test_sheets_not_ordered),
        cmocka_unit_test(test_labels_dropped),
        cmocka_unit_test(test_toast),
        cmocka_unit_test(test_toasts_in_turn),
        cmocka_unit_test(test_toast_waits),
        cmocka_unit_test(test_toast_of_arrivals),
        cmocka_unit_test(test_toast_is_not_crowded_out),
        cmocka_unit_test(test_toast_waits_for_the_owner),
        cmocka_unit_test(test_toast_of_a_slow_painter),
        cmocka_unit_test(test_told),
        cmocka_unit_test(test_told_control),
        cmocka_unit_test(test_told_people),
        cmocka_unit_test(test_told_fields),
        cmocka_unit_test(test_told_texts),
        cmocka_unit_test(test_told_own_share),
        cmocka_unit_test(test_told_full_screen),
        cmocka_unit_test(test_lost),
    };
    if (argc > 1 && strcmp(argv[1], "rig") == 0)
        return drive();
    if (!start_server("24")) {
        printf("# no Xvfb here: windows not tested\n");
        return 0;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stop_server();
    return failed;
}
