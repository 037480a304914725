/*
 * A virtual X server for tests of the windows, another program of this user on it, and its hands
 * (no physical devices there). Without Xvfb the tests are skipped.
 */
#ifndef TESTS_UNIT_VITRINE_WINDOWS_DESK_H
#define TESTS_UNIT_VITRINE_WINDOWS_DESK_H
#include "windows_rig.h"

#include "broker/windows_parts.h"
#include "lib/keys.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xcb/xcb.h>
#include <xcb/xtest.h>
/* after the headers it needs */
#include <cmocka.h>

/* ---------------------------------------------------------------------------------- the server */
static pid_t server;
static xcb_connection_t *other; /* another program of this user */
static xcb_window_t root;
static const char *server_screen = "1024x768x24";

_Noreturn static inline void exec_server(int fd)
{
    char number[16];
    int quiet = open("/dev/null", O_RDWR);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(quiet, 1);
    dup2(quiet, 2);
    snprintf(number, sizeof number, "%d", fd);
    execlp("Xvfb", "Xvfb", "-displayfd", number, "-screen", "0", server_screen, "-nolisten", "tcp",
           "-ac", "-noreset", NULL);
    _exit(127);
}

static inline bool run_server(void)
{
    int ends[2];
    char number[16] = "", display[32];
    if (pipe(ends) != 0)
        return false;
    server = fork();
    if (server == 0)
        exec_server(ends[1]);
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

/* False, and said: there is none. */
static inline bool start_server(void)
{
    bool runs = run_server();
    if (!runs)
        printf("# no Xvfb here: windows not tested\n");
    return runs;
}

static inline void stop_server(void)
{
    if (other)
        xcb_disconnect(other);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
}

static inline uint32_t pixel(int x, int y)
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
static inline void fake(uint8_t type, uint8_t detail, int x, int y)
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

static inline bool anything_to_read(struct rig *r)
{
    struct pollfd fds[LOOP_MAX];
    nfds_t n = 0;
    for (unsigned i = 0; i < LOOP_MAX; i++)
        if (r->loop.entries[i].fd >= 0)
            fds[n++] = (struct pollfd){.fd = r->loop.entries[i].fd, .events = POLLIN};
    return poll(fds, n, 0) > 0;
}

static inline void server_is_done(xcb_connection_t *x)
{
    free(xcb_get_input_focus_reply(x, xcb_get_input_focus(x), NULL));
}

/* The server has told everything that the program's requests before have led to, windows and
   painters have done what comes of it, and that is on the screen. */
static inline void settle(struct rig *r)
{
    for (unsigned i = 0; i < 3; i++) {
        server_is_done(other); /* twice: the first answer may go before others' events */
        server_is_done(other);
        do
            rig_run(r, 10, NULL, 0);
        while (anything_to_read(r) && !r->lost);
    }
}

static inline void click(struct rig *r, struct ui_rect at)
{
    fake(XCB_MOTION_NOTIFY, 0, at.x + at.w / 2, at.y + at.h / 2);
    fake(XCB_BUTTON_PRESS, 1, 0, 0);
    fake(XCB_BUTTON_RELEASE, 1, 0, 0);
    settle(r);
}

static inline void tap(struct rig *r, uint8_t code)
{
    fake(XCB_KEY_PRESS, code, 0, 0);
    fake(XCB_KEY_RELEASE, code, 0, 0);
    settle(r);
}

static inline uint8_t code_of(const struct rig *r, uint32_t keysym)
{
    for (unsigned code = r->d.keys.first; code <= r->d.keys.last; code++)
        if (r->d.keys.sym[code][0] == keysym)
            return (uint8_t)code;
    fail_msg("no key %x", keysym);
    return 0;
}

static inline xcb_atom_t atom_of(const char *name)
{
    xcb_intern_atom_reply_t *r =
        xcb_intern_atom_reply(other, xcb_intern_atom(other, 0, (uint16_t)strlen(name), name), NULL);
    assert_non_null(r);
    xcb_atom_t atom = r->atom;
    free(r);
    return atom;
}

static inline struct ui_rect control(const struct rig *r, const char *id)
{
    for (unsigned i = 0; i < r->line.n_controls; i++)
        if (strcmp(r->line.controls[i].id, id) == 0)
            return r->line.controls[i].rect;
    fail_msg("no control %s", id);
    return (struct ui_rect){0};
}

static inline struct rig *rig_ready(bool sheetless)
{
    struct rig *r = malloc(sizeof *r);
    assert_non_null(r);
    assert_true(rig_start(r));
    r->sheetless = sheetless;
    return r;
}

static inline struct rig *rig_with(enum ui_window face)
{
    struct rig *r = rig_ready(false);
    windows_show(r->w, face);
    rig_run(r, PATIENCE_MS, &r->mapped, 1);
    assert_int_equal(r->mapped, 1);
    settle(r);
    return r;
}

static inline void drop(struct rig *r)
{
    rig_finish(r);
    for (unsigned i = 0; i < LOOP_MAX; i++) /* one would fire into freed windows */
        assert_int_equal(r->loop.timers[i].at_ms, 0);
    free(r);
}

static inline void ask(struct rig *r, uint32_t serial)
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

static inline xcb_window_t window_at(int x, int y)
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
static inline struct rig *rig_armed(void)
{
    struct rig *r = rig_with(UI_HOME);
    ask(r, 7);
    UNTIL(r, r->armed);
    return r;
}

static inline void on_nothing(void *ctx, uint32_t tag, const void *reply)
{
    (void)ctx;
    (void)tag;
    (void)reply;
}

static inline void ask_too_much(struct rig *r)
{
    while (r->d.later_n < DISPLAY_LATER)
        display_ask_nothing(&r->d, on_nothing, NULL, 0);
}

static inline xcb_window_t lay_over(int x, unsigned w, uint32_t redirect)
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

static inline xcb_window_t put_into(xcb_window_t parent, bool moved)
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

/* Somebody is at the door. */
static inline void knock(struct rig *r)
{
    r->people[0] = (struct ui_person){.id = 40, .waiting = true, .name = "Lee"};
    r->model.people = r->people;
    r->model.n_people = 1;
}

#endif
