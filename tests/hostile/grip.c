/*
 * A vitrine-input that has gone bad, for tests/hostile/h27_input: the honest program, until the
 * controller presses `a`. Then it does what its orders say, with whatever it holds down; they are
 * in the program itself, as in rogue.c. Linked with --wrap around xcb_test_fake_input.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xcb/xcb.h>
#include <xcb/xtest.h>

enum { KEY_A = 38, NOT_SPARE = 40, FAR = 30000 };

char orders[64] = "ORDERS:                                                        ";

static bool is(const char *deed)
{
    size_t n = strlen(deed);
    return memcmp(orders + 8, deed, n) == 0 && orders[8 + n] == ' ';
}

xcb_void_cookie_t __real_xcb_test_fake_input(xcb_connection_t *c, uint8_t type, uint8_t detail,
                                             uint32_t time, xcb_window_t root, int16_t x, int16_t y,
                                             uint8_t device);
xcb_void_cookie_t __wrap_xcb_test_fake_input(xcb_connection_t *c, uint8_t type, uint8_t detail,
                                             uint32_t time, xcb_window_t root, int16_t x, int16_t y,
                                             uint8_t device);

/* --- requests that the input worker may not make --- */

static xcb_window_t root_of(xcb_connection_t *c)
{
    return xcb_setup_roots_iterator(xcb_get_setup(c)).data->root;
}

static void grab(xcb_connection_t *c)
{
    xcb_grab_keyboard(c, 1, root_of(c), XCB_CURRENT_TIME, XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC);
}

static void keys(xcb_connection_t *c)
{
    xcb_query_keymap(c);
}

static void picture(xcb_connection_t *c)
{
    xcb_get_image(c, XCB_IMAGE_FORMAT_Z_PIXMAP, root_of(c), 0, 0, 1, 1, UINT32_MAX);
}

static void made_up(xcb_connection_t *c)
{
    static const char event[32] = {XCB_KEY_PRESS, KEY_A};
    xcb_send_event(c, 0, root_of(c), 0, event);
}

static void remap(xcb_connection_t *c)
{
    static const xcb_keysym_t letters[] = {'b', 'b'};
    xcb_change_keyboard_mapping(c, 1, NOT_SPARE, 2, letters);
}

/* --- what it may ask for, but not so --- */

static void fake(xcb_connection_t *c, uint8_t type, uint8_t detail, uint32_t time, int16_t at,
                 uint8_t device)
{
    __real_xcb_test_fake_input(c, type, detail, time, root_of(c), at, at, device);
}

static void type(xcb_connection_t *c)
{
    fake(c, 66, KEY_A, 0, 0, 2); /* XI's own: as the physical device */
}

static void device(xcb_connection_t *c)
{
    fake(c, XCB_KEY_PRESS, KEY_A, 0, 0, 2);
}

static void outside(xcb_connection_t *c)
{
    fake(c, XCB_MOTION_NOTIFY, 0, 0, FAR, 0);
}

static void later(xcb_connection_t *c)
{
    fake(c, XCB_KEY_PRESS, KEY_A, 60000, 0, 0);
}

static void button(xcb_connection_t *c)
{
    fake(c, XCB_BUTTON_PRESS, 99, 0, 0, 0);
}

/* Wherever the pointer is. */
static void blind(xcb_connection_t *c)
{
    fake(c, XCB_BUTTON_PRESS, 2, 0, 0, 0);
    fake(c, XCB_BUTTON_RELEASE, 2, 0, 0, 0);
}

/* --- bytes that are no request --- */

static void put(xcb_connection_t *c, const void *bytes, size_t n, int fd)
{
    struct iovec part = {(void *)(uintptr_t)bytes, n};
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(sizeof(int))];
    } own = {.align = {.cmsg_len = CMSG_LEN(sizeof fd),
                       .cmsg_level = SOL_SOCKET,
                       .cmsg_type = SCM_RIGHTS}};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    memcpy(CMSG_DATA(&own.align), &fd, sizeof fd);
    if (fd >= 0) {
        m.msg_control = &own;
        m.msg_controllen = sizeof own.room;
    }
    xcb_flush(c);
    (void)sendmsg(xcb_get_file_descriptor(c), &m, MSG_NOSIGNAL);
}

static void huge(xcb_connection_t *c)
{
    static const uint8_t big[8] = {127, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f}; /* BIG-REQUESTS */
    put(c, big, sizeof big, -1);
}

static void noise(xcb_connection_t *c)
{
    uint8_t bytes[64];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(0xa5 ^ i * 7);
    put(c, bytes, sizeof bytes, -1);
}

static void descriptor(xcb_connection_t *c)
{
    static const uint8_t nothing[4] = {127, 0, 1, 0};
    put(c, nothing, sizeof nothing, xcb_get_file_descriptor(c));
}

/* Half of a press is in front of the releases. */
static void half(xcb_connection_t *c)
{
    static const uint8_t begun[6] = {127, 0, 4, 0, 1, 2};
    put(c, begun, sizeof begun, -1);
    _exit(0);
}

static const struct {
    const char *name;
    void (*run)(xcb_connection_t *c);
} deeds[] = {
    {"grab", grab},       {"keys", keys},
    {"picture", picture}, {"made-up", made_up},
    {"remap", remap},     {"type", type},
    {"device", device},   {"button", button},
    {"outside", outside}, {"later", later},
    {"blind", blind},     {"huge", huge},
    {"noise", noise},     {"descriptor", descriptor},
    {"half", half},
};

xcb_void_cookie_t __wrap_xcb_test_fake_input(xcb_connection_t *c, uint8_t what, uint8_t detail,
                                             uint32_t time, xcb_window_t root, int16_t x, int16_t y,
                                             uint8_t from)
{
    xcb_void_cookie_t cookie = __real_xcb_test_fake_input(c, what, detail, time, root, x, y, from);
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
        if (what == XCB_KEY_PRESS && detail == KEY_A && is(deeds[i].name))
            deeds[i].run(c);
    return cookie;
}
