/* What the watcher's second connection has read is seen, and how much is asked of a server that
 * reads nothing. */
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

/* GetModifierMapping is half as long as the others, and goes before every GetKeyboardMapping. */
enum { FIRST = 8, LAST = 255, KEYS = LAST - FIRST + 1, REQUEST = 8, MAP_REQUESTS = 12, CAPS = 66 };
enum { FLOATING = 8, KEYBOARD = 9, MENU = 135, SYM_F12 = 0xffc9 };
/* The requests of the beginning: QueryExtension, GetModifierMapping, GetKeyboardMapping,
 * QueryExtension, XIQueryDevice.
 */
enum { XTEST_ASKED = 1, MAP_ASKED = 3, XINPUT_ASKED = 4, DEVICES_ASKED = 5 };

static int server; /* its end of the connection */
static struct hotkey_clean clean;
static unsigned maps, own_maps, all_maps, cleaned;
static unsigned event_before_reply; /* the how-manieth look for an answer from now; 0: none */
static uint32_t syms[KEYS];         /* of the keyboard map */
static uint16_t asked, done;        /* the last request the server has got, and has carried out */

static bool put(const void *bytes, size_t n)
{
    return send(server, bytes, n, 0) == (ssize_t)n;
}

static bool take(size_t n)
{
    uint8_t request[64];
    return recv(server, request, n, MSG_WAITALL) == (ssize_t)n;
}

static void put_mapping_notify(void)
{
    assert_true(put((const uint8_t[32]){XCB_MAPPING_NOTIFY, 0, (uint8_t)done}, 32));
}

/* With the modifiers that were asked for before. */
static bool put_map(uint16_t request)
{
    static uint8_t reply[32 + 4 * KEYS];
    const uint8_t modifiers[32 + 8] = {1, 1, (uint8_t)(request - 1), [4] = 2, [32 + 2] = CAPS};
    reply[0] = 1, reply[1] = 1, reply[2] = (uint8_t)request, reply[4] = KEYS;
    memcpy(reply + 32, syms, sizeof syms);
    done = request;
    return put(modifiers, sizeof modifiers) && put(reply, sizeof reply);
}

static void put_no_devices(uint16_t request)
{
    done = request;
    assert_true(put((const uint8_t[32]){1, 0, (uint8_t)request}, 32));
}

static bool put_extension(uint8_t request, bool present)
{
    return put((const uint8_t[32]){1, 0, request, [8] = present, [9] = 131}, 32);
}

/* The moment between the look for events and the look for an answer. */
int __real_xcb_poll_for_reply(xcb_connection_t *c, unsigned request, void **reply,
                              xcb_generic_error_t **error);
int __wrap_xcb_poll_for_reply(xcb_connection_t *c, unsigned request, void **reply,
                              xcb_generic_error_t **error);
int __wrap_xcb_poll_for_reply(xcb_connection_t *c, unsigned request, void **reply,
                              xcb_generic_error_t **error)
{
    if (event_before_reply > 0 && --event_before_reply == 0)
        put_mapping_notify();
    return __real_xcb_poll_for_reply(c, request, reply, error);
}

static void on_map(void *ctx, const struct keymap *map)
{
    (void)ctx;
    assert_int_equal(map->ctrl[CAPS >> 3], 1u << (CAPS & 7));
    maps++;
}

static void on_own_map(void *ctx, const struct keymap *map)
{
    (void)ctx;
    assert_int_equal(map->ctrl[MENU >> 3], 1u << (MENU & 7));
    assert_int_equal(map->sym[MENU + 1][0], SYM_F12);
    own_maps++;
}

static void on_all_maps(void *ctx)
{
    (void)ctx;
    all_maps++;
}

static void on_clean(void *ctx, unsigned released)
{
    (void)ctx;
    (void)released;
    cleaned++;
}

/* A server of no screen and no format greets (X protocol, section 8) who has said hello, and has
   XInput, but no XTEST. */
static _Noreturn void greet(void)
{
    static const uint8_t greeting[40] = {
        [0] = 1, [2] = 11, [6] = 8, [26] = 0xff, [27] = 0xff, [34] = FIRST, [35] = LAST};
    bool met = take(12) && put(greeting, sizeof greeting) && take(16) &&
               put_extension(XTEST_ASKED, false) && take(MAP_REQUESTS + 24) && put_map(MAP_ASKED) &&
               put_extension(XINPUT_ASKED, true) && take(REQUEST);
    _exit(!met);
}

static int begin(void **state)
{
    static const struct hotkey_clean_calls calls = {
        .map = on_map, .own_map = on_own_map, .all_maps = on_all_maps, .clean = on_clean};
    int ends[2], how = 1;
    (void)state;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return -1;
    server = ends[0];
    maps = own_maps = all_maps = cleaned = 0;
    event_before_reply = 0;
    asked = DEVICES_ASKED;
    done = XINPUT_ASKED;
    pid_t greeter = fork();
    if (greeter == 0)
        greet();
    xcb_connection_t *x = xcb_connect_to_fd(ends[1], NULL);
    hotkey_clean_init(&clean, x, &calls);
    bool met = waitpid(greeter, &how, 0) == greeter && how == 0;
    met = met && !hotkey_clean_read(&clean) && maps == 1 && !hotkey_clean_knows(&clean);
    return met && !xcb_connection_has_error(x) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    xcb_disconnect(clean.x);
    close(server);
    return 0;
}

/* How many questions have come to the server, modifiers and keys counted as one. */
static unsigned read_questions(void)
{
    uint8_t got[1024];
    ssize_t n = recv(server, got, sizeof got, MSG_DONTWAIT);
    unsigned questions = 0;
    for (ssize_t at = 0; at < n; at += got[at + 2] * 4) {
        asked++;
        questions += got[at] != XCB_GET_MODIFIER_MAPPING;
    }
    return questions;
}

/* What came while an answer was looked for lay in xcb's queue, and poll(2) slept over it for as
   long as the answer did not come: for as long as somebody held the server. */
static void test_event_with_question(void **state)
{
    (void)state;
    event_before_reply = 2; /* the last of a turn that finds nothing */
    assert_false(hotkey_clean_read(&clean));
    assert_int_equal(event_before_reply, 0);
    assert_int_equal(read_questions(), 1);
    put_no_devices(DEVICES_ASKED);
    assert_true(put_map(asked));
    assert_false(hotkey_clean_read(&clean));
    assert_int_equal(maps, 2);
    assert_true(hotkey_clean_knows(&clean));
}

/* Who holds the server may change the map as often as it likes: what is written to a server that
   does not read must not fill the socket, where a write waits. */
static void test_asks_once(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        put_mapping_notify();
        hotkey_clean_ask_devices(&clean);
        assert_false(hotkey_clean_read(&clean));
    }
    assert_int_equal(read_questions(), 1);
    put_no_devices(DEVICES_ASKED);
    assert_true(put_map(asked));
    assert_false(hotkey_clean_read(&clean));
    assert_int_equal(read_questions(), 2); /* both are others since */
    put_no_devices((uint16_t)(asked - 2));
    assert_true(put_map(asked));
    assert_false(hotkey_clean_read(&clean));
    assert_int_equal(read_questions(), 0);
    assert_true(hotkey_clean_knows(&clean));
}

/* A key that was spare when control began, and was given a meaning since: a character may have been
   lent, another meaning is the owner's. */
static void test_only_what_was_lent(void **state)
{
    enum { LENT = 250, OWN = 249, TOOLS = 0x1008ff81 };
    static const uint8_t spares[] = {LENT, OWN}, back[8] = {100, 1, 4, 0, LENT, 2};
    uint8_t got[64];
    (void)state;
    put_no_devices(DEVICES_ASKED);
    assert_false(hotkey_clean_read(&clean));
    hotkey_clean_lend(&clean, spares, 2);
    hotkey_clean_begin(&clean);
    assert_int_equal(read_questions(), 1);
    syms[LENT - FIRST] = 'a';
    syms[OWN - FIRST] = TOOLS;
    assert_true(put_map(asked));
    memset(syms, 0, sizeof syms);
    assert_false(hotkey_clean_read(&clean));
    assert_int_equal(recv(server, got, sizeof got, MSG_DONTWAIT), 16);
    assert_memory_equal(got, back, 6);
}

/* A map that changes all the time, by whomever, keeps no end of control from coming. */
static void test_clean_while_the_map_changes(void **state)
{
    (void)state;
    put_no_devices(DEVICES_ASKED);
    assert_false(hotkey_clean_read(&clean));
    hotkey_clean_begin(&clean);
    for (unsigned i = 0; i < 8 && cleaned == 0; i++) {
        assert_int_equal(read_questions(), 1);
        put_mapping_notify();
        assert_true(put_map(asked));
        assert_false(hotkey_clean_read(&clean));
        usleep(25000);
        hotkey_clean_go_on(&clean);
    }
    assert_int_equal(cleaned, 1);
    assert_int_equal(hotkey_clean_wait_ms(&clean), -1);
}

/* One that floats, and one that a keyboard is attached to. */
static void put_keyboards(uint16_t request)
{
    done = request;
    assert_true(
        put((const uint8_t[32 + 2 * 12]){1, 0, (uint8_t)request, [4] = 6, [8] = 2, [32] = FLOATING,
                                         [34] = 5, [44] = KEYBOARD, [46] = 4},
            32 + 2 * 12));
}

/* The second of two is counted, and did not come. */
static void test_keyboards_that_did_not_come(void **state)
{
    (void)state;
    assert_true(put(
        (const uint8_t[32 + 12]){1, 0, DEVICES_ASKED, [4] = 3, [8] = 2, [32] = FLOATING, [34] = 5},
        32 + 12));
    assert_false(hotkey_clean_read(&clean));
    assert_int_equal(clean.n_keyboards, 0);
    assert_int_equal(read_questions(), 0);
}

static void put_error(uint16_t request)
{
    assert_true(put((const uint8_t[32]){0, XCB_MATCH, (uint8_t)request}, 32));
}

static void put_own_map(uint16_t request)
{
    static uint8_t reply[32 + 4 * KEYS];
    const uint8_t modifiers[32 + 8] = {
        1, 0, (uint8_t)(request - 1), [4] = 2, [8] = 1, [32 + 2] = MENU};
    const uint32_t f12 = SYM_F12;
    reply[0] = 1, reply[2] = (uint8_t)request, reply[4] = KEYS, reply[8] = 1;
    memcpy(reply + 32 + 4 * (MENU + 1 - FIRST), &f12, sizeof f12);
    assert_true(put(modifiers, sizeof modifiers) && put(reply, sizeof reply));
}

/* A keyboard on which nobody has typed yet: its map is not everybody's. One that has no keys after
   all, or is gone, keeps the next from nothing. */
static void test_maps_of_their_own(void **state)
{
    (void)state;
    unsigned before = all_maps;
    put_keyboards(DEVICES_ASKED);
    for (unsigned round = 1; round <= 2; round++) {
        assert_false(hotkey_clean_read(&clean));
        assert_int_equal(read_questions(), 2);
        assert_false(hotkey_clean_knows(&clean));
        put_error((uint16_t)(asked - 1));
        put_error(asked);
        assert_false(hotkey_clean_read(&clean));
        assert_int_equal(read_questions(), 2);
        put_own_map(asked);
        assert_false(hotkey_clean_read(&clean));
        assert_int_equal(own_maps, round);
        assert_int_equal(all_maps, before + round);
        assert_true(hotkey_clean_knows(&clean));
        assert_int_equal(read_questions(), 0);
        done = asked;
        put_mapping_notify(); /* any of them may have changed */
        assert_false(hotkey_clean_read(&clean));
        assert_int_equal(read_questions(), 1);
        assert_true(put_map(asked));
    }
    assert_false(clean.refused);
}

#define WITH(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_event_with_question),         WITH(test_asks_once),
        WITH(test_clean_while_the_map_changes), WITH(test_only_what_was_lent),
        WITH(test_maps_of_their_own),           WITH(test_keyboards_that_did_not_come)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
