/* net/relay/door: strangers, however many, take a bounded part of a turn, and one source no other's
   place. */
#include "net/relay/door.h"
#include "net/relay/service.h"
#include "tests/unit/relay/caller.h"
#include <openssl/ssl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

enum { CROWD = 60, TURNS = 20000 };

static int fds[RELAY_HANDSHAKES_MAX + 2];

/* The newest source may go on connecting: how fast one may is shown elsewhere. */
static void forgive(void)
{
    caller_server.hub.sources.newest->tokens_milli = RELAY_SOURCE_BURST * 1000u;
}

static void turn_until_in(size_t conns)
{
    for (int i = 0; i < TURNS && caller_server.n_conns != conns; i++)
        caller_turn(1);
    assert_int_equal(caller_server.n_conns, conns);
}

/* They connect and say nothing. */
static void dial_silently(int n, uint8_t host)
{
    for (int i = 0; i < n; i++)
        fds[i] = caller_dial(&(struct caller_options){.host = host});
}

static void hang_up(int n)
{
    for (int i = 0; i < n; i++)
        close(fds[i]);
    turn_until_in(0);
}

/* --- how soon ------------------------------------------------------------------------------------
 */

static int slept_ms; /* at most, in one call */

int __real_epoll_wait(int epoll, struct epoll_event *events, int n, int ms);
int __wrap_epoll_wait(int epoll, struct epoll_event *events, int n, int ms);
int __wrap_epoll_wait(int epoll, struct epoll_event *events, int n, int ms)
{
    slept_ms = ms > slept_ms ? ms : slept_ms;
    return __real_epoll_wait(epoll, events, n, ms);
}

/* Fails when the pause after a slice is a millisecond, as that is the least epoll_wait sleeps:
   three steps of a handshake take less, and a thousand come back at once. */
static void nobody_waits_for_a_whole_millisecond(void **state)
{
    (void)state;
    dial_silently(CROWD, 0);
    for (int i = 0; i < TURNS && caller_server.n_conns < CROWD; i++) {
        bool work = door_has_work(&caller_server);
        slept_ms = 0;
        assert_int_equal(server_turn(&caller_server, 1000), 0);
        if (work)
            assert_int_equal(slept_ms, 0);
    }
    assert_int_equal(caller_server.n_conns, CROWD);
    hang_up(CROWD);
}

/* --- how much in a turn --------------------------------------------------------------------------
 */

/* Fails when a turn accepts all there are. Nobody is refused: they wait in the kernel. */
static void a_crowd_comes_in_slices(void **state)
{
    (void)state;
    dial_silently(CROWD, 0);
    for (size_t before = 0; caller_server.n_conns < CROWD; before = caller_server.n_conns) {
        caller_turn(1);
        assert_true(caller_server.n_conns - before <= RELAY_DOOR_MOST);
    }
    hang_up(CROWD);
}

/* Fails when all whose time is over are freed in one turn. */
static void a_crowd_goes_in_slices(void **state)
{
    (void)state;
    dial_silently(CROWD, 0);
    turn_until_in(CROWD);
    for (struct conn *c = caller_server.conns; c != NULL; c = c->after)
        c->deadline_ms = server_now().ms;
    caller_server.checked_ms -= 1000;
    for (size_t before = CROWD; caller_server.n_conns > 0; before = caller_server.n_conns) {
        caller_turn(1);
        assert_true(before - caller_server.n_conns <= RELAY_DOOR_MOST);
    }
    assert_int_equal(caller_server.n_handshakes, 0);
    hang_up(CROWD);
}

/* At that time, whatever the door took before. */
static size_t serve_at(uint64_t ms)
{
    struct hub_now now = server_now();
    now.ms = ms;
    caller_server.door_us = 0;
    door_serve(&caller_server, now);
    return caller_server.n_conns;
}

/* As long as something waits to be sent, one step in RELAY_DOOR_MS, and kinds of them take turns.
   Fails when the door does as much as ever. */
static void sessions_go_first(void **state)
{
    struct turns_place waiting = {0};
    uint64_t ms = server_now().ms + 1000;
    (void)state;
    dial_silently(CROWD, 0);
    turns_put(&caller_server.hub.lanes[HUB_WRITE], &waiting);
    door_note_pending(&caller_server, caller_server.listeners);
    assert_int_equal(serve_at(ms), 1);
    assert_int_equal(serve_at(ms + RELAY_DOOR_MS - 1), 1);
    assert_int_equal(serve_at(ms + RELAY_DOOR_MS), 1); /* a step of its handshake */
    assert_int_equal(serve_at(ms + 2 * RELAY_DOOR_MS), 2);
    turns_leave(&waiting);
    for (int i = 0; i < 3; i++)
        serve_at(ms + 2 * RELAY_DOOR_MS);
    assert_true(caller_server.n_conns > 2);
    caller_server.door_us = 0;
    turn_until_in(CROWD);
    hang_up(CROWD);
}

/* An organizer whose session is quiet, while a crowd waits in the kernel. */
static struct caller *hold_session(uint8_t sid[FRAME_SID])
{
    struct caller *o = caller_create();
    caller_open(o, sid);
    caller_turn(10);
    dial_silently(CROWD, 1);
    door_note_pending(&caller_server, caller_server.listeners);
    return o;
}

/* Returns when the kernel has it for the relay, which has not had a turn. */
static void write_frame(struct caller *c, const struct conn *at, const struct frame *f)
{
    uint8_t bytes[FRAME_HEAD + FRAME_SMALL_MAX];
    struct pollfd p = {.fd = at->fd, .events = POLLIN};
    caller_write(c, bytes, frame_encode(f, bytes));
    assert_int_equal(poll(&p, 1, 20000), 1);
}

/* What comes from a session after a turn's events have been taken goes before the door, too. Fails
   when the door does not ask the kernel. */
static void a_slice_is_put_off(void **state)
{
    uint8_t sid[FRAME_SID];
    struct caller *o = hold_session(sid);
    uint64_t ms = server_now().ms;
    (void)state;
    caller_server.door_ms = ms;
    write_frame(o, caller_server.conns, &(struct frame){.type = FRAME_KEEP});
    assert_int_equal(serve_at(ms + RELAY_DOOR_MS - 1), 1);
    assert_true(hub_is_wanted(&caller_server.hub));
    assert_int_equal(serve_at(ms + RELAY_DOOR_MS), 2); /* nobody waits here for ever */
    caller_destroy(o);
    turn_until_in(CROWD);
    hang_up(CROWD);
}

/* The organizer, who is to be told of a newcomer, does not wait for the rest of the slice. Fails
   when it goes on: the next step would be to accept one. */
static void a_slice_is_broken_off(void **state)
{
    struct frame f = {.type = FRAME_ATTACH};
    struct caller *v = caller_create(), *o = hold_session(f.u.attach.sid);
    (void)state;
    write_frame(v, caller_server.conns->after, &f);
    caller_server.next_errand = 2; /* a step's turn */
    assert_int_equal(serve_at(server_now().ms), 2);
    assert_true(hub_is_sending(&caller_server.hub));
    caller_destroy(v);
    caller_destroy(o);
    turn_until_in(CROWD);
    hang_up(CROWD);
}

/* Whoever has been refused has not had the place of the slice. Fails when it has: of the flood 15
   more would go before. */
static void the_refused_do_not_take_the_others_places(void **state)
{
    struct turns_place waiting = {0};
    struct source *flood;
    uint64_t ms = server_now().ms;
    (void)state;
    dial_silently(1, 0);
    turn_until_in(1);
    flood = caller_server.hub.sources.newest;
    flood->tokens_milli = 0;
    flood->filled_ms = ms;
    for (int i = 1; i < RELAY_DOOR_MOST; i++)
        fds[i] = caller_dial(&(struct caller_options){0});
    fds[RELAY_DOOR_MOST] = caller_dial(&(struct caller_options){.host = 1});
    turns_put(&caller_server.hub.lanes[HUB_WRITE], &waiting);
    door_note_pending(&caller_server, caller_server.listeners);
    caller_server.door_ms = 0;
    caller_server.next_errand = 1; /* that of accepting */
    assert_int_equal(serve_at(ms), 2);
    assert_int_equal(flood->live, 1);
    turns_leave(&waiting);
    hang_up(RELAY_DOOR_MOST + 1);
}

static void the_door_has_half_of_the_time(void **state)
{
    (void)state;
    dial_silently(1, 0);
    turn_until_in(1);
    assert_true(caller_server.door_us > 0);
    caller_server.door_us = UINT64_MAX;
    dial_silently(CROWD, 1);
    caller_turn(10);
    assert_int_equal(caller_server.n_conns, 1);
    assert_true(door_has_work(&caller_server));
    assert_false(service_is_wanted(&caller_server)); /* nor does it spin meanwhile */
    caller_server.door_us = 0;
    turn_until_in(1 + CROWD);
    hang_up(CROWD);
}

/* --- whose turn at the door ----------------------------------------------------------------------
 */

static SSL_CTX *client_context(void)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
    return ctx;
}

/* As far as it comes now. */
static void shake(SSL *ssl)
{
    SSL_do_handshake(ssl);
}

static size_t finished(void)
{
    return caller_server.n_conns - caller_server.n_handshakes;
}

/* The one whose source has no other. */
static const struct conn *alone(void)
{
    const struct conn *c = caller_server.conns;
    while (c->source->live > 1)
        c = c->after;
    return c;
}

/* Fails when all wait in one line: the last one's handshake would end last. */
static void sources_take_turns(void **state)
{
    SSL_CTX *ctx = client_context();
    SSL *ssl[CROWD];
    (void)state;
    for (int i = 0; i < CROWD; i++) {
        fds[i] = caller_dial(&(struct caller_options){.host = i == CROWD - 1});
        ssl[i] = SSL_new(ctx);
        SSL_set_fd(ssl[i], fds[i]);
        SSL_set_connect_state(ssl[i]);
        shake(ssl[i]);
    }
    turn_until_in(CROWD);
    for (const struct conn *c = alone(); conn_is_opening(c);) {
        caller_turn(1);
        for (int i = 0; i < CROWD; i++)
            shake(ssl[i]);
    }
    assert_true(finished() < CROWD / 2);
    for (int i = 0; i < CROWD; i++)
        SSL_free(ssl[i]);
    SSL_CTX_free(ctx);
    hang_up(CROWD);
}

static void let_pass(uint64_t ms)
{
    caller_server.conns->client.since_ms -= ms;
    caller_server.hub.swept_ms -= 1000;
    caller_server.ticked_ms -= 1000;
    caller_turn(10);
}

/* Fails when its 5 s go on while it is we who do not read. */
static void a_frame_that_waits_is_not_late(void **state)
{
    struct caller *c = caller_create();
    const struct client *client = &caller_server.conns->client;
    (void)state;
    for (int i = 0; i < TURNS && caller_server.n_handshakes > 0; i++)
        caller_turn(1);
    caller_server.door_us = UINT64_MAX;
    caller_write(c, (const uint8_t[]){FRAME_CREATE}, 1);
    for (int i = 0; i < TURNS && client->reading.lane == NULL; i++)
        caller_turn(1);
    assert_non_null(client->reading.lane);
    let_pass(OPENING_MS);
    assert_int_equal(client->state, CLIENT_NEW);
    let_pass(OPENING_MS); /* nor for ever */
    assert_int_equal(client->state, CLIENT_ENDING);
    caller_server.door_us = 0;
    caller_destroy(c);
}

/* --- places --------------------------------------------------------------------------------------
 */

static void fill_places(void)
{
    for (int i = 0; i < RELAY_HANDSHAKES_MAX; i++) {
        fds[i] = caller_dial(&(struct caller_options){0});
        turn_until_in((size_t)i + 1);
        forgive();
    }
    assert_int_equal(caller_server.n_handshakes, RELAY_HANDSHAKES_MAX);
}

/* Once the door has done what there was. */
static bool is_at_end(int fd)
{
    uint8_t byte;
    caller_turn(20);
    for (int i = 0; i < TURNS && door_has_work(&caller_server); i++)
        caller_turn(1);
    return recv(fd, &byte, 1, 0) == 0;
}

/* Fails when whoever comes late is refused while one source holds every place. */
static void a_crowd_gives_a_place_to_another_source(void **state)
{
    struct caller c;
    uint64_t ms;
    (void)state;
    fill_places();
    ms = server_now().ms - 1000;
    for (struct conn *old = caller_server.conns; old != NULL; old = old->after)
        old->awaited_ms = ms--, old->took_ms = 0; /* newest first: however long that took */
    assert_true(caller_connect(&c, &(struct caller_options){.alpn = FRAME_ALPN, .host = 1}));
    assert_true(is_at_end(fds[0])); /* the one that had the longest time */
    assert_false(is_at_end(fds[1]));
    caller_hang_up(&c);
    hang_up(RELAY_HANDSHAKES_MAX);
}

/* Its own crowd does not: until one of it has had a fair time. */
static void a_source_does_not_push_its_own_out(void **state)
{
    uint64_t ms;
    int another;
    (void)state;
    fill_places();
    ms = server_now().ms;
    for (struct conn *c = caller_server.conns; c != NULL; c = c->after)
        c->awaited_ms = ms, c->took_ms = 0; /* however long that took */
    another = caller_dial(&(struct caller_options){0});
    assert_true(is_at_end(another));
    close(another);
    assert_false(is_at_end(fds[0]));
    for (struct conn *c = caller_server.conns; c != NULL; c = c->after)
        c->awaited_ms -= 1000;
    forgive();
    another = caller_dial(&(struct caller_options){0});
    assert_false(is_at_end(another));
    assert_true(is_at_end(fds[0]));
    close(another);
    hang_up(RELAY_HANDSHAKES_MAX);
}

/* Each place has a source of its own; what all of them wait for is us. */
static void fill_places_by_many(void)
{
    for (int i = 0; i < RELAY_HANDSHAKES_MAX; i++) {
        fds[i] = caller_dial(&(struct caller_options){.host = (uint8_t)i});
        turn_until_in((size_t)i + 1);
    }
    assert_int_equal(caller_server.n_handshakes, RELAY_HANDSHAKES_MAX);
}

/* Half-open, or a byte now and then: its end has a line in the log. Fails without conn_die_slow. */
static void an_unfinished_handshake_is_told(void **state)
{
    struct hub_now now;
    int fd = caller_dial(&(struct caller_options){.host = 0});
    (void)state;
    turn_until_in(1);
    caller_turn(3);
    now = server_now();
    now.ms += RELAY_HANDSHAKE_MS;
    conn_check(caller_server.conns, now);
    assert_int_equal(caller_server.conns->phase, CONN_DEAD);
    assert_int_equal(caller_server.hub.sources.counted[INTRUSION_SLOW], 1);
    close(fd);
}

/* The relay is slow, and they are not: none of them is broken off, and who comes next waits in the
   kernel, without a turn of its own, until there is room. Fails when what is counted is the time
   since a handshake began, or when the next one is accepted and refused. */
static void none_is_broken_off_that_waits_for_us(void **state)
{
    uint64_t ms = server_now().ms + RELAY_HANDSHAKE_MS / 2;
    const struct source *newest;
    int another;
    (void)state;
    fill_places_by_many();
    for (struct conn *c = caller_server.conns; c != NULL; c = c->after)
        c->awaited_ms = 0;
    another = caller_dial(&(struct caller_options){.host = 0});
    door_note_pending(&caller_server, caller_server.listeners);
    assert_int_equal(serve_at(ms), RELAY_HANDSHAKES_MAX);
    assert_true(door_is_full(&caller_server));
    assert_false(door_has_work(&caller_server)); /* nor does it spin meanwhile */
    assert_int_equal(serve_at(ms + RELAY_TICK_MS), RELAY_HANDSHAKES_MAX);
    assert_int_equal(caller_server.n_handshakes, RELAY_HANDSHAKES_MAX);
    newest = caller_server.hub.sources.newest;
    close(fds[0]); /* one of them gives up, and there is room */
    for (int i = 0; i < TURNS && caller_server.hub.sources.newest == newest; i++)
        caller_turn(1);
    assert_ptr_not_equal(caller_server.hub.sources.newest, newest);
    turn_until_in(RELAY_HANDSHAKES_MAX);
    fds[0] = another;
    hang_up(RELAY_HANDSHAKES_MAX);
}

/* Among equals the one that keeps us waiting makes room, however long the others have waited for
   us. Fails when the oldest does. */
static void who_keeps_us_waiting_gives_way(void **state)
{
    struct caller c;
    int at = 0;
    (void)state;
    fill_places_by_many();
    for (struct conn *i = caller_server.conns; i != NULL; i = i->after, at++)
        i->awaited_ms = at == 100 ? server_now().ms - 1000 : 0;
    assert_true(caller_connect(&c, &(struct caller_options){.alpn = FRAME_ALPN, .host = 0}));
    assert_false(is_at_end(fds[0]));
    assert_true(is_at_end(fds[RELAY_HANDSHAKES_MAX - 1 - 100]));
    caller_hang_up(&c);
    hang_up(RELAY_HANDSHAKES_MAX);
}

/* What was waited for is counted together: who says a byte now and then gains no time. */
static void a_byte_now_and_then_gains_nothing(void **state)
{
    struct hub_now now = server_now();
    struct conn *c;
    (void)state;
    dial_silently(1, 0);
    turn_until_in(1);
    caller_turn(10);
    c = caller_server.conns;
    assert_true(c->awaited_ms != 0);
    now.ms = c->awaited_ms + 700;
    door_line_up(&caller_server, c, now);
    assert_true(c->awaited_ms == 0 && c->took_ms >= 700);
    now.ms += 5000; /* it waits for us */
    turns_leave(&c->client.reading);
    door_await(c, now);
    now.ms += 300;
    door_line_up(&caller_server, c, now);
    assert_in_range(c->took_ms, 1000, 1000 + SILENCE_MS / 10);
    hang_up(1);
}

#define CALLER(name) cmocka_unit_test_setup_teardown(name, caller_set_up, caller_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALLER(nobody_waits_for_a_whole_millisecond),
        CALLER(a_crowd_comes_in_slices),
        CALLER(a_crowd_goes_in_slices),
        CALLER(sessions_go_first),
        CALLER(a_slice_is_put_off),
        CALLER(a_slice_is_broken_off),
        CALLER(the_refused_do_not_take_the_others_places),
        CALLER(the_door_has_half_of_the_time),
        CALLER(a_frame_that_waits_is_not_late),
        CALLER(sources_take_turns),
        CALLER(a_crowd_gives_a_place_to_another_source),
        CALLER(a_source_does_not_push_its_own_out),
        CALLER(an_unfinished_handshake_is_told),
        CALLER(none_is_broken_off_that_waits_for_us),
        CALLER(who_keeps_us_waiting_gives_way),
        CALLER(a_byte_now_and_then_gains_nothing),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
