/*
 * What another program of the same user can do with the input devices themselves, so that a prompt
 * under a person's hand might be answered (platform.md 5):
 *
 *   devices warp PX PY       puts the pointer there by XIWarpPointer
 *   devices master PX PY     makes a pointer and a keyboard of its own, clicks there, and takes
 * them away again devices typist PX PY     the same; puts that pointer there and types Tab, space
 * and Return devices latch            latches Shift: the next key pressed is another one devices
 * mousekeys 0|1    the keypad of the keyboard moves and clicks the pointer, or does not devices
 * replay PX PY     says "ready"; holds the next button pressed anywhere, puts the pointer there and
 * lets the press go on from there; says "done" devices steal            says "ready"; takes the
 * next button pressed anywhere for itself, and leaves its release to whom it comes to; says "done"
 *   devices keyboard         takes the keyboard, says "ready", and has it until it is killed
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>
#include <xcb/xcbext.h>
#include <xcb/xinput.h>
#include <xcb/xtest.h>

#define NAME "another"
#define NAME_POINTER NAME " pointer"
#define CODE_TAB 23
#define CODE_RETURN 36
#define CODE_SPACE 65
#define SHIFT 1
#define MOUSE_KEYS 0x10u
#define CONTROLS_ENABLED 0x80000000u

static xcb_connection_t *x;
static xcb_window_t root;

/* An answer: the server has done all that was asked before. */
static void settle(void)
{
    free(xcb_get_input_focus_reply(x, xcb_get_input_focus(x), NULL));
}

static xcb_input_fp1616_t fixed(int v)
{
    return v * 65536;
}

/* --- pointers */

static uint16_t device_named(const char *name)
{
    xcb_input_xi_query_device_reply_t *r = xcb_input_xi_query_device_reply(
        x, xcb_input_xi_query_device(x, XCB_INPUT_DEVICE_ALL), NULL);
    uint16_t id = 0;
    if (!r)
        return 0;
    for (xcb_input_xi_device_info_iterator_t i = xcb_input_xi_query_device_infos_iterator(r); i.rem;
         xcb_input_xi_device_info_next(&i))
        if (i.data->name_len == strlen(name) &&
            memcmp(xcb_input_xi_device_info_name(i.data), name, strlen(name)) == 0)
            id = i.data->deviceid;
    free(r);
    return id;
}

static bool warp(const int n[])
{
    xcb_input_xi_warp_pointer(x, XCB_NONE, root, 0, 0, 0, 0, fixed(n[0]), fixed(n[1]),
                              device_named("Virtual core pointer"));
    return true;
}

static void aim(const int n[])
{
    xcb_test_fake_input(x, XCB_MOTION_NOTIFY, 0, 0, root, (int16_t)n[0], (int16_t)n[1], 0);
}

static void clicks(const int n[])
{
    aim(n);
    xcb_test_fake_input(x, XCB_BUTTON_PRESS, 1, 0, root, 0, 0, 0);
    xcb_test_fake_input(x, XCB_BUTTON_RELEASE, 1, 0, root, 0, 0, 0);
    settle();
}

static void types(const int n[])
{
    static const uint8_t keys[] = {CODE_TAB, CODE_SPACE, CODE_RETURN};
    aim(n);
    for (unsigned i = 0; i < sizeof keys; i++) {
        xcb_test_fake_input(x, XCB_KEY_PRESS, keys[i], 0, root, 0, 0, 0);
        xcb_test_fake_input(x, XCB_KEY_RELEASE, keys[i], 0, root, 0, 0, 0);
    }
    settle();
}

/* Its XTEST devices are what this program's XTEST requests go to. */
static bool with_own(const int n[], void (*what)(const int n[]))
{
    struct {
        xcb_input_add_master_t head;
        char name[8];
    } add = {{XCB_INPUT_HIERARCHY_CHANGE_TYPE_ADD_MASTER, sizeof add / 4, sizeof NAME - 1, 1, 1},
             NAME};
    xcb_input_remove_master_t off = {.type = XCB_INPUT_HIERARCHY_CHANGE_TYPE_REMOVE_MASTER,
                                     .len = sizeof off / 4,
                                     .return_mode = XCB_INPUT_CHANGE_MODE_FLOAT};
    xcb_input_xi_change_hierarchy(x, 1, (const xcb_input_hierarchy_change_t *)&add);
    off.deviceid = device_named(NAME_POINTER);
    if (off.deviceid == 0)
        return false;
    xcb_input_xi_set_client_pointer(x, XCB_NONE, off.deviceid);
    what(n);
    xcb_input_xi_change_hierarchy(x, 1, (const xcb_input_hierarchy_change_t *)&off);
    return true;
}

static bool master(const int n[])
{
    return with_own(n, clicks);
}

static bool typist(const int n[])
{
    return with_own(n, types);
}

/* --- XKB, by hand: its library is not among those of this tree */

static void xkb(uint8_t minor, void *request, size_t len)
{
    static xcb_extension_t id = {"XKEYBOARD", 0};
    const xcb_protocol_request_t about = {1, &id, minor, 1};
    struct iovec part[4] = {{NULL, 0}, {NULL, 0}, {request, len}, {NULL, -len & 3}};
    xcb_send_request(x, 0, part + 2, &about);
}

static void xkb_begin(void)
{
    struct {
        uint8_t major, minor;
        uint16_t length, want_major, want_minor;
    } use = {.want_major = 1};
    xkb(0, &use, sizeof use);
}

static bool latch(const int n[])
{
    struct {
        uint8_t major, minor;
        uint16_t length, device;
        uint8_t affect_locks, locks, lock_group, group, affect_latches, latches, pad, latch_group;
        uint16_t group_latch;
    } r = {.device = 0x100, .affect_latches = SHIFT, .latches = SHIFT};
    (void)n;
    xkb_begin();
    xkb(5, &r, sizeof r);
    return true;
}

static bool mousekeys(const int n[])
{
    struct {
        uint8_t major, minor;
        uint16_t length, device;
        uint8_t before[18];
        uint32_t affect, enabled, change;
        uint8_t after[64];
    } r = {.device = 0x100, .affect = MOUSE_KEYS, .enabled = n[0] ? MOUSE_KEYS : 0};
    r.change = CONTROLS_ENABLED;
    _Static_assert(sizeof r == 100, "SetControls");
    xkb_begin();
    xkb(7, &r, sizeof r);
    return true;
}

/* --- grabs */

static void say(const char *word)
{
    settle();
    printf("%s\n", word);
    fflush(stdout);
}

static bool wait_for_press(void)
{
    xcb_generic_event_t *e;
    bool came = false;
    while (!came && (e = xcb_wait_for_event(x))) {
        came = (e->response_type & 0x7f) == XCB_BUTTON_PRESS;
        free(e);
    }
    return came;
}

static bool replay(const int n[])
{
    xcb_grab_button(x, 0, root, XCB_EVENT_MASK_BUTTON_PRESS, XCB_GRAB_MODE_SYNC,
                    XCB_GRAB_MODE_ASYNC, XCB_NONE, XCB_NONE, 1, XCB_MOD_MASK_ANY);
    say("ready");
    if (!wait_for_press())
        return false;
    xcb_warp_pointer(x, XCB_NONE, root, 0, 0, 0, 0, (int16_t)n[0], (int16_t)n[1]);
    xcb_ungrab_button(x, 1, root, XCB_MOD_MASK_ANY);
    xcb_allow_events(x, XCB_ALLOW_REPLAY_POINTER, XCB_CURRENT_TIME);
    say("done");
    return true;
}

static bool steal(const int n[])
{
    (void)n;
    xcb_grab_pointer(x, 0, root, XCB_EVENT_MASK_BUTTON_PRESS, XCB_GRAB_MODE_ASYNC,
                     XCB_GRAB_MODE_ASYNC, XCB_NONE, XCB_NONE, XCB_CURRENT_TIME);
    say("ready");
    if (!wait_for_press())
        return false;
    xcb_ungrab_pointer(x, XCB_CURRENT_TIME);
    say("done");
    return true;
}

static bool keyboard(const int n[])
{
    (void)n;
    free(xcb_grab_keyboard_reply(
        x,
        xcb_grab_keyboard(x, 0, root, XCB_CURRENT_TIME, XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC),
        NULL));
    say("ready");
    for (xcb_generic_event_t *e; (e = xcb_wait_for_event(x));)
        free(e);
    return false;
}

static const struct {
    const char *name;
    int numbers;
    bool (*run)(const int n[]);
} commands[] = {{"warp", 2, warp},   {"master", 2, master},       {"typist", 2, typist},
                {"latch", 0, latch}, {"mousekeys", 1, mousekeys}, {"replay", 2, replay},
                {"steal", 0, steal}, {"keyboard", 0, keyboard}};

/* Devices show their whole selves only to who knows XInput 2. */
static bool begin(void)
{
    x = xcb_connect(NULL, NULL);
    if (xcb_connection_has_error(x))
        return false;
    root = xcb_setup_roots_iterator(xcb_get_setup(x)).data->root;
    xcb_input_xi_query_version_reply_t *v =
        xcb_input_xi_query_version_reply(x, xcb_input_xi_query_version(x, 2, 2), NULL);
    bool ok = v && v->major_version >= 2;
    free(v);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc < 2 || !begin())
        return 2;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        int n[2] = {0};
        if (strcmp(argv[1], commands[i].name) != 0 || argc != 2 + commands[i].numbers)
            continue;
        for (int k = 0; k < commands[i].numbers; k++)
            n[k] = atoi(argv[2 + k]);
        bool ok = commands[i].run(n);
        settle();
        xcb_disconnect(x);
        return ok ? 0 : 1;
    }
    return 2;
}
