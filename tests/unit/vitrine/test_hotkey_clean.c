/* What the watcher's connection has read is seen, and how much it asks of a server that reads
 * nothing. */
#include "broker/hotkey_clean.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
/* after the headers it needs */
#include <cmocka.h>

enum { FIRST = 8, LAST = 255, KEYS = LAST - FIRST + 1, REQUEST_MAP = 101, REQUEST = 8 };

static int server; /* its end of the connection */
static struct hotkey_clean clean;
static unsigned maps;
static bool event_before_reply;

static void put(const void *bytes, size_t n)
{
    assert_int_equal(send(server, bytes, n, 0), (ssize_t)n);
}

static void put_mapping_notify(void)
{
    put((const uint8_t[32]){XCB_MAPPING_NOTIFY}, 32);
}

static void put_map(uint16_t sequence)
{
    static uint8_t reply[32 + 4 * KEYS];
    reply[0] = 1, reply[1] = 1, reply[2] = (uint8_t)sequence, reply[4] = KEYS;
    put(reply, sizeof reply);
}

/* The moment between the look for events and the look for an answer. */
int __real_xcb_poll_for_reply(xcb_connection_t *c, unsigned request, void **reply,
                              xcb_generic_error_t **error);
int __wrap_xcb_poll_for_reply(xcb_connection_t *c, unsigned request, void **reply,
                              xcb_generic_error_t **error);
int __wrap_xcb_poll_for_reply(xcb_connection_t *c, unsigned request, void **reply,
                              xcb_generic_error_t **error)
{
    if (event_before_reply)
        put_mapping_notify();
    event_before_reply = false;
    return __real_xcb_poll_for_reply(c, request, reply, error);
}

static void on_map(void *ctx, const struct keymap *map)
{
    (void)ctx;
    (void)map;
    maps++;
}

/* A server of no screen and no format greets (X protocol, section 8) who has said hello. */
static _Noreturn void greet(void)
{
    static const uint8_t greeting[40] = {
        [0] = 1, [2] = 11, [6] = 8, [26] = 0xff, [27] = 0xff, [34] = FIRST, [35] = LAST};
    uint8_t hello[12];
    bool met = recv(server, hello, sizeof hello, MSG_WAITALL) == sizeof hello &&
               send(server, greeting, sizeof greeting, 0) == sizeof greeting;
    _exit(!met);
}

static int begin(void **state)
{
    int ends[2], how = 1;
    (void)state;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return -1;
    server = ends[0];
    maps = 0;
    event_before_reply = false;
    pid_t greeter = fork();
    if (greeter == 0)
        greet();
    clean = (struct hotkey_clean){.x = xcb_connect_to_fd(ends[1], NULL), .calls = {.map = on_map}};
    return waitpid(greeter, &how, 0) == greeter && how == 0 && !xcb_connection_has_error(clean.x)
               ? 0
               : -1;
}

static int end(void **state)
{
    (void)state;
    xcb_disconnect(clean.x);
    close(server);
    return 0;
}

static unsigned events(void)
{
    unsigned n = 0;
    xcb_generic_event_t *e;
    while (hotkey_clean_next(&clean, &e)) {
        n += e != NULL;
        free(e);
    }
    return n;
}

/* A press that came while an answer was looked for lay in xcb's queue, and poll(2) slept over it
   for as long as the answer did not come: for as long as somebody held the server. */
static void test_event_with_question(void **state)
{
    (void)state;
    hotkey_clean_ask_map(&clean);
    xcb_flush(clean.x);
    event_before_reply = true;
    assert_int_equal(events(), 1);
    assert_int_equal(maps, 0);
    put_map(1);
    put_mapping_notify();
    assert_int_equal(events(), 1);
    assert_int_equal(maps, 1);
}

/* Who holds the server may change the map as often as it likes: what is written to a server that
   does not read must not fill the socket, where a write waits. */
static void test_asks_once(void **state)
{
    uint8_t got[1024];
    (void)state;
    for (unsigned i = 0; i < 100000; i++) {
        hotkey_clean_ask_map(&clean);
        xcb_flush(clean.x);
    }
    assert_int_equal(recv(server, got, sizeof got, 0), REQUEST);
    assert_int_equal(got[0], REQUEST_MAP);
    put_map(1);
    assert_int_equal(events(), 0);
    assert_int_equal(maps, 1);
    xcb_flush(clean.x);
    assert_int_equal(recv(server, got, sizeof got, 0), REQUEST); /* it may have changed since */
    put_map(2);
    assert_int_equal(events(), 0);
    assert_int_equal(maps, 2);
    xcb_flush(clean.x);
    assert_int_equal(recv(server, got, sizeof got, MSG_DONTWAIT), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_event_with_question, begin, end),
        cmocka_unit_test_setup_teardown(test_asks_once, begin, end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
