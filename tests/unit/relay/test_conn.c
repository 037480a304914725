/* net/relay/conn: what one connection can do to the thread that serves all of them. */
#include "net/relay/service.h"
#include "tests/unit/relay/caller.h"
#include <openssl/ssl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

enum { ROUNDS = 20000, ENDLESS_S = 60 };

/* The one that connected last. */
static struct conn *newest(void)
{
    return caller_server.conns;
}

/* --- a read that has to write --------------------------------------------------------------------
 */

static void ask_for_nothing(struct caller *c)
{
    caller_say(c, &(struct frame){.type = FRAME_KEEP});
}

static void ask_for_keys(struct caller *c)
{
    assert_int_equal(SSL_key_update(c->ssl, SSL_KEY_UPDATE_REQUESTED), 1);
    ask_for_nothing(c);
}

/* All that can be read without giving the relay a turn. */
static void swallow(struct caller *c)
{
    size_t n;
    while (SSL_read_ex(c->ssl, c->in, sizeof c->in, &n) == 1)
        ;
}

/* Until the relay's own KeyUpdate is what its socket does not take. */
static void stop_in_a_key_update(struct caller *c, struct conn *conn)
{
    for (int i = 0; i < ROUNDS; i++) {
        conn->key_updates = 0; /* as many as it takes: not all of them meet a full socket */
        ask_for_keys(c);
        if (conn->client.is_blocked && SSL_in_init(conn->ssl))
            return;
        if (conn->client.is_blocked)
            swallow(c);
    }
    fail_msg("every KeyUpdate was sent");
}

/* Fails by the alarm when such a read is tried until it can write: that is for as long as the peer
   does not read, and TCP_USER_TIMEOUT has patience with it. */
static void a_read_that_has_to_write_waits(void **state)
{
    struct caller c;
    struct conn *conn;
    uint8_t sid[FRAME_SID];
    int least = 1;
    (void)state;
    assert_true(
        caller_connect(&c, &(struct caller_options){.alpn = FRAME_ALPN, .small_window = true}));
    caller_open(&c, sid);
    conn = newest();
    assert_int_equal(setsockopt(conn->fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least), 0);
    stop_in_a_key_update(&c, conn);
    alarm(ENDLESS_S);
    ask_for_keys(&c);
    alarm(0);
    assert_int_equal(conn->phase, CONN_OPEN);
    assert_false(service_is_wanted(&caller_server));
    for (int i = 0; i < ROUNDS && (conn->client.is_blocked || conn->client.queue.bytes > 0); i++) {
        swallow(&c);
        caller_turn(1);
    }
    assert_false(SSL_in_init(conn->ssl));
    swallow(&c);
    ask_for_keys(&c);
    assert_int_equal(caller_expect(&c, FRAME_KEEP).u.keep.answer, 1);
    caller_hang_up(&c);
}

/* --- a read without end --------------------------------------------------------------------------
 */

static void update_keys(struct caller *c, int times)
{
    for (int i = 0; i < times; i++) {
        assert_int_equal(SSL_key_update(c->ssl, SSL_KEY_UPDATE_NOT_REQUESTED), 1);
        assert_int_equal(SSL_do_handshake(c->ssl), 1);
    }
}

/* Fails when one read goes through as many as come. */
static void key_updates_are_limited(void **state)
{
    struct caller *c = caller_create();
    struct conn *conn = newest();
    uint8_t sid[FRAME_SID];
    (void)state;
    caller_open(c, sid);
    update_keys(c, 64);
    ask_for_nothing(c);
    assert_int_equal(caller_expect(c, FRAME_KEEP).u.keep.answer, 1);
    assert_int_equal(conn->key_updates, 64);
    update_keys(c, 1000);
    assert_true(caller_at_end(c));
    assert_int_equal(caller_server.hub.sources.counted[INTRUSION_MALFORMED], 1);
    caller_destroy(c);
}

/* --- after the last word -------------------------------------------------------------------------
 */

static void earn_an_end(struct caller *c, const struct conn *conn)
{
    static const uint8_t unknown[FRAME_HEAD] = {0x55};
    caller_write(c, unknown, sizeof unknown);
    for (int i = 0; i < ROUNDS && conn->phase != CONN_CLOSING; i++)
        caller_turn(1);
    assert_int_equal(conn->phase, CONN_CLOSING);
}

/* What is drained from it is a share as any other. */
static void what_comes_after_the_end_is_read_in_shares(void **state)
{
    static const uint8_t flood[3 * RELAY_READ_BURST];
    struct caller *c = caller_create();
    struct conn *conn = newest();
    uint8_t one;
    (void)state;
    earn_an_end(c, conn);
    assert_int_equal(send(c->fd, flood, sizeof flood, MSG_NOSIGNAL), sizeof flood);
    conn->can_read = true;
    assert_int_equal(conn_read(conn, server_now()), CONN_MORE);
    assert_int_equal(recv(conn->fd, &one, 1, MSG_PEEK), 1);
    for (int i = 0; i < ROUNDS && recv(conn->fd, &one, 1, MSG_PEEK) > 0; i++)
        caller_turn(1);
    assert_int_equal(recv(conn->fd, &one, 1, MSG_PEEK), -1);
    caller_destroy(c);
}

/* Fails when only the time for a goodbye ends it: many who come and go so would be there at once,
   and be freed together. What TLS held goes before. */
static void who_is_gone_after_the_end_is_freed(void **state)
{
    const struct linger at_once = {.l_onoff = 1};
    struct caller *c = caller_create();
    struct conn *conn = newest();
    (void)state;
    earn_an_end(c, conn);
    assert_null(conn->ssl);
    conn->deadline_ms = UINT64_MAX;
    assert_int_equal(setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    caller_hang_up(c); /* by a reset */
    for (int i = 0; i < 1000 && caller_server.n_conns > 0; i++)
        caller_turn(1);
    assert_int_equal(caller_server.n_conns, 0);
    caller_destroy(c);
}

/* --- silence -------------------------------------------------------------------------------------
 */

/* Nothing was heard of it for as long as a connection may be silent. */
static void seem_silent(struct conn *c)
{
    struct hub_now now = server_now();
    c->client.heard_ms = now.ms - SILENCE_MS;
    conn_check(c, now);
}

/* Whoever waits in any lane may have said much: it is we who do not listen. */
static void who_waits_to_be_read_is_not_silent(void **state)
{
    struct caller *o = caller_create();
    struct conn *conn = newest();
    struct session *s;
    uint8_t sid[FRAME_SID];
    (void)state;
    caller_open(o, sid);
    caller_turn(3);
    s = session_find(&caller_server.hub, sid);
    struct turns_lane *lanes[] = {&caller_server.paused, &s->held, &s->lanes[HUB_GO_ON],
                                  &s->lanes[HUB_BEGIN]};
    for (size_t i = 0; i < sizeof lanes / sizeof lanes[0]; i++) {
        turns_put(lanes[i], &conn->client.reading);
        seem_silent(conn);
        assert_int_equal(conn->phase, CONN_OPEN);
        turns_leave(&conn->client.reading);
        conn_check(conn, server_now()); /* it has all its time again */
        assert_int_equal(conn->phase, CONN_OPEN);
    }
    seem_silent(conn);
    assert_int_equal(conn->phase, CONN_DEAD);
    caller_destroy(o);
}

#define CALLER(name) cmocka_unit_test_setup_teardown(name, caller_set_up, caller_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALLER(a_read_that_has_to_write_waits),
        CALLER(key_updates_are_limited),
        CALLER(what_comes_after_the_end_is_read_in_shares),
        CALLER(who_is_gone_after_the_end_is_freed),
        CALLER(who_waits_to_be_read_is_not_silent),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
