/* net/relay/server: the relay from outside, over real TLS on loopback. */
#include "tests/unit/relay/caller.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
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

#define UNIT_ROOM (FRAME_HEAD + FRAME_UNIT_MAX)

/* --- transport -----------------------------------------------------------------------------------
 */

static void our_handshake_works(void **state)
{
    struct caller c;
    const unsigned char *alpn;
    unsigned n;
    (void)state;
    assert_true(caller_connect(&c, &(struct caller_options){.alpn = "vitrine/1-42,vitrine/1"}));
    assert_string_equal(SSL_get_version(c.ssl), "TLSv1.3");
    assert_string_equal(SSL_CIPHER_get_name(SSL_get_current_cipher(c.ssl)),
                        "TLS_AES_256_GCM_SHA384");
    SSL_get0_alpn_selected(c.ssl, &alpn, &n);
    assert_int_equal(n, 9);
    assert_memory_equal(alpn, "vitrine/1", 9);
    caller_turn(10);
    assert_int_equal(SSL_SESSION_has_ticket(SSL_get_session(c.ssl)), 0);
    caller_hang_up(&c);
}

static void tls_1_2_is_refused(void **state)
{
    struct caller c;
    (void)state;
    assert_false(caller_connect(&c, &(struct caller_options){.tls12 = true, .alpn = FRAME_ALPN}));
    caller_hang_up(&c);
}

static void another_cipher_is_refused(void **state)
{
    static const char *const others[] = {"TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"};
    struct caller c;
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct caller_options o = {.ciphers = others[i], .alpn = FRAME_ALPN};
        assert_false(caller_connect(&c, &o));
        caller_hang_up(&c);
    }
}

static void another_group_is_refused(void **state)
{
    static const char *const others[] = {"X25519", "P-384", "P-521:X448"};
    struct caller c;
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct caller_options o = {.groups = others[i], .alpn = FRAME_ALPN};
        assert_false(caller_connect(&c, &o));
        caller_hang_up(&c);
    }
    /* ours among them, though not the first: by HelloRetryRequest */
    assert_true(
        caller_connect(&c, &(struct caller_options){.groups = "X25519:P-256", .alpn = FRAME_ALPN}));
    caller_hang_up(&c);
}

static void another_protocol_is_refused(void **state)
{
    struct caller c;
    (void)state;
    assert_false(caller_connect(&c, &(struct caller_options){.alpn = "h2,http/1.1"}));
    caller_hang_up(&c);
}

static void without_alpn_the_first_bytes_get_version(void **state)
{
    struct caller c;
    (void)state;
    assert_true(caller_connect(&c, &(struct caller_options){0}));
    caller_write(&c, (const uint8_t *)"GET / HTTP/1.1\r\n\r\n", 18);
    caller_expect_err(&c, FRAME_ERR_VERSION);
    caller_hang_up(&c);
}

static void plain_text_is_refused(void **state)
{
    struct caller *c = caller_create();
    (void)state;
    /* straight into the socket, below TLS: the record is not one */
    assert_int_equal(write(c->fd, "GET / HTTP/1.1\r\n\r\n", 18), 18);
    assert_true(caller_at_end(c));
    caller_destroy(c);
}

/* --- frames --------------------------------------------------------------------------------------
 */

static void a_bad_first_frame_ends(void **state)
{
    static const struct {
        const char *name;
        uint8_t bytes[8];
        size_t len;
    } bad[] = {
        {"unknown type", {0x55, 0, 0, 0}, 4},
        {"too long", {FRAME_CREATE, 0, 4, 1}, 4},
        {"giant", {FRAME_CREATE, 0xff, 0xff, 0xff}, 4},
        {"unit over its length", {FRAME_UNIT, 2, 0x10, 0x64}, 4},
        {"state: a unit", {FRAME_UNIT, 0, 0, 9}, 4},
        {"state: END", {FRAME_END, 0, 0, 0}, 4},
        {"direction: ERR", {FRAME_ERR, 0, 0, 2, 0, 2}, 6},
        {"key longer than said", {FRAME_CREATE, 0, 0, 3, 1, 0, 0}, 7},
        {"not a number", {FRAME_ATTACH, 0, 0, 2, 1, 'x'}, 6},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct caller *c = caller_create();
        caller_write(c, bad[i].bytes, bad[i].len);
        /* 5 of them lock this source out for the next frames: not for malformed ones */
        caller_expect_err(c, FRAME_ERR_BAD);
        caller_destroy(c);
    }
    assert_int_equal(caller_server.hub.sources.counted[INTRUSION_MALFORMED], 9);
    assert_int_equal(caller_server.hub.sources.counted[INTRUSION_LOCKED], 1);
}

static void frames_may_come_byte_by_byte(void **state)
{
    struct caller *o = caller_create();
    uint8_t bytes[FRAME_HEAD + FRAME_SMALL_MAX];
    size_t len = frame_encode(&(struct frame){.type = FRAME_CREATE}, bytes);
    (void)state;
    for (size_t i = 0; i < len; i++) {
        caller_write(o, bytes + i, 1);
        caller_turn(1);
    }
    caller_expect(o, FRAME_OPENED);
    caller_destroy(o);
}

/* A step of the handshake that an older event asked for reads the client's last words and its first
   frame in one piece; the event of those finds nothing left to be read. Fails when only events make
   the relay read: the frame lies in TLS until its time is over. */
static void a_frame_read_with_the_handshake_is_taken(void **state)
{
    struct caller c;
    struct conn *conn;
    struct epoll_event lost[8];
    uint8_t bytes[FRAME_HEAD + FRAME_SMALL_MAX];
    int on = 1;
    (void)state;
    assert_true(caller_connect(&c, &(struct caller_options){.alpn = FRAME_ALPN}));
    assert_int_equal(setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), 0);
    caller_write(&c, bytes, frame_encode(&(struct frame){.type = FRAME_CREATE}, bytes));
    conn = caller_server.conns;
    assert_int_equal(conn->phase, CONN_HANDSHAKE);
    assert_int_equal(epoll_wait(caller_server.epoll, lost, 8, 1000), 1);
    conn->can_read = false;
    turns_put(&conn->source->door, &conn->client.reading);
    caller_expect(&c, FRAME_OPENED);
    caller_hang_up(&c);
}

static void an_unknown_number_is_none_and_ten_lock_out(void **state)
{
    struct frame f = {.type = FRAME_ATTACH};
    (void)state;
    memcpy(f.u.attach.sid, "123456789", FRAME_SID);
    for (int i = 0; i <= RELAY_TRIES_NUMBER; i++) {
        struct caller *c = caller_create();
        caller_say(c, &f);
        caller_expect_err(c, i < RELAY_TRIES_NUMBER ? FRAME_ERR_NONE : FRAME_ERR_LOCKED);
        caller_destroy(c);
    }
}

/* --- a session -----------------------------------------------------------------------------------
 */

struct party {
    struct caller *o, *a, *b;
    uint8_t sid[FRAME_SID];
    uint32_t handle_a, handle_b;
};

static struct party gather(void)
{
    struct party p = {.o = caller_create(), .a = caller_create(), .b = caller_create()};
    struct frame present = {.type = FRAME_PRESENT};
    caller_open(p.o, p.sid);
    p.handle_a = caller_attach(p.a, p.o, p.sid);
    p.handle_b = caller_attach(p.b, p.o, p.sid);
    caller_bind(p.a, p.o, p.handle_a, 2);
    caller_bind(p.b, p.o, p.handle_b, 3);
    present.u.present.mid = 1;
    caller_say(p.o, &present);
    return p;
}

static void disperse(struct party *p)
{
    caller_destroy(p->o);
    caller_destroy(p->a);
    caller_destroy(p->b);
}

static void say_msg(struct caller *c, uint32_t peer, const char *text)
{
    uint8_t bytes[256];
    size_t len = strlen(text);
    frame_write_head(bytes, FRAME_MSG, 4 + len);
    frame_put_u32(bytes + FRAME_HEAD, peer);
    memcpy(bytes + FRAME_HEAD + 4, text, len);
    caller_write(c, bytes, FRAME_HEAD + 4 + len);
}

static void expect_msg(struct caller *c, uint32_t peer, const char *text)
{
    struct frame f = caller_expect(c, FRAME_MSG);
    assert_int_equal(f.u.msg.peer, peer);
    assert_int_equal(f.u.msg.bytes.len, strlen(text));
    assert_memory_equal(f.u.msg.bytes.data, text, strlen(text));
}

static void messages_go_both_ways(void **state)
{
    struct party p = gather();
    (void)state;
    say_msg(p.a, 1, "from a");
    expect_msg(p.o, p.handle_a, "from a");
    say_msg(p.o, p.handle_b, "to b");
    expect_msg(p.b, 1, "to b");
    disperse(&p);
}

static void units_arrive_unchanged(void **state)
{
    static uint8_t unit[UNIT_ROOM];
    struct party p = gather();
    size_t sizes[] = {1, 300, 8192, 131072, FRAME_UNIT_MAX - 7};
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        size_t len = caller_write_unit(unit, 1, UNIT_SCREEN, i == 0, sizes[i]);
        struct frame f;
        caller_write(p.o, unit, len);
        f = caller_expect(p.a, FRAME_UNIT);
        assert_int_equal(f.u.unit.sealed.len, len - FRAME_HEAD);
        assert_memory_equal(f.u.unit.sealed.data, unit + FRAME_HEAD, len - FRAME_HEAD);
        f = caller_expect(p.b, FRAME_UNIT);
        assert_memory_equal(f.u.unit.sealed.data, unit + FRAME_HEAD, len - FRAME_HEAD);
    }
    disperse(&p);
}

static void a_unit_by_somebody_else_is_dropped(void **state)
{
    uint8_t unit[64];
    struct party p = gather();
    (void)state;
    caller_write(p.a, unit, caller_write_unit(unit, 2, UNIT_SCREEN, true, 40));
    say_msg(p.a, 1, "after it");
    expect_msg(p.o, p.handle_a, "after it"); /* nothing came before */
    assert_int_equal(caller_server.hub.counts.units_refused, 1);
    disperse(&p);
}

static void a_unit_in_another_name_ends_its_sender(void **state)
{
    uint8_t unit[64];
    struct party p = gather();
    (void)state;
    caller_write(p.a, unit, caller_write_unit(unit, 3, UNIT_CHAT, false, 40));
    caller_expect_err(p.a, FRAME_ERR_BAD);
    assert_int_equal(caller_expect(p.o, FRAME_PEER).u.peer.state, FRAME_PEER_GONE);
    disperse(&p);
}

static void end_is_told_to_all(void **state)
{
    struct party p = gather();
    (void)state;
    say_msg(p.o, p.handle_a, "signed END");
    caller_say(p.o, &(struct frame){.type = FRAME_END});
    expect_msg(p.a, 1, "signed END");
    caller_expect_err(p.a, FRAME_ERR_ENDED);
    caller_expect_err(p.b, FRAME_ERR_ENDED);
    caller_expect_err(p.o, FRAME_ERR_ENDED);
    disperse(&p);
}

static void a_lost_organizer_is_away(void **state)
{
    struct party p = gather();
    (void)state;
    caller_hang_up(p.o);
    assert_int_equal(caller_expect(p.a, FRAME_AWAY).u.away.on, 1);
    assert_int_equal(caller_expect(p.b, FRAME_AWAY).u.away.on, 1);
    disperse(&p);
}

static void a_dropped_client_hears_why(void **state)
{
    struct party p = gather();
    struct frame drop = {.type = FRAME_DROP};
    (void)state;
    say_msg(p.o, p.handle_a, "KICKED");
    drop.u.drop.handle = p.handle_a;
    drop.u.drop.why = 3;
    caller_say(p.o, &drop);
    expect_msg(p.a, 1, "KICKED");
    caller_expect_err(p.a, FRAME_ERR_REMOVED);
    disperse(&p);
}

/* One viewer takes nothing for three seconds of 8 KiB units; the other gets all of them at once.
   When the slow one reads again, it finds a KEY unit and what follows, not three seconds of
   history. */
static void a_slow_viewer_skips_and_slows_nobody(void **state)
{
    static uint8_t unit[UNIT_ROOM];
    struct party p = gather();
    struct frame f;
    int fast = 0, slow = 0, keys = 0;
    const int all = 600;
    (void)state;
    for (int i = 0; i < all; i++) {
        caller_write(p.o, unit, caller_write_unit(unit, 1, UNIT_SCREEN, i % 200 == 0, 65536));
        caller_expect(p.a, FRAME_UNIT);
        fast++;
        if (i % 100 == 99) /* lets a second pass without one */
            for (uint64_t until = server_now().ms + 500; server_now().ms < until;)
                caller_turn(1);
    }
    while (caller_hear(p.b, &f)) {
        slow += f.type == FRAME_UNIT;
        keys += f.type == FRAME_UNIT && f.u.unit.sealed.data[1] == 1;
    }
    assert_int_equal(fast, all);
    assert_true(slow > 0);
    assert_true(slow < all / 2);
    assert_true(keys >= 1);
    disperse(&p);
}

/* A thousand beginnings would fill a session's memory, and its viewers would pay. */
static void a_frame_begun_is_not_the_sessions(void **state)
{
    struct party p = gather();
    uint8_t head[FRAME_HEAD];
    (void)state;
    frame_write_head(head, FRAME_UNIT, FRAME_UNIT_MAX);
    caller_write(p.a, head, sizeof head);
    caller_turn(3);
    assert_true(caller_server.hub.account.held > FRAME_UNIT_MAX);
    assert_true(caller_server.hub.sessions->account->held < 1000);
    disperse(&p);
}

enum { CROWD = 16, EACH = 7 }; /* more than three shares each: half a turn is less at times */
static uint8_t long_message[FRAME_HEAD + FRAME_MSG_MAX];

struct crowd {
    struct caller *o, *members[CROWD];
};

/* An organizer, and many members who have each said more than one share and were not read yet. */
static void say_all_at_once(struct crowd *crowd)
{
    uint8_t sid[FRAME_SID];
    crowd->o = caller_create();
    caller_open(crowd->o, sid);
    frame_write_head(long_message, FRAME_MSG, FRAME_MSG_MAX);
    frame_put_u32(long_message + FRAME_HEAD, 1);
    for (uint16_t i = 0; i < CROWD; i++) {
        crowd->members[i] = caller_create();
        caller_bind(crowd->members[i], crowd->o, caller_attach(crowd->members[i], crowd->o, sid),
                    (uint16_t)(i + 2));
    }
    for (int i = 0; i < CROWD * EACH; i++)
        caller_write(crowd->members[i / EACH], long_message, sizeof long_message);
}

static void go_home(struct crowd *crowd)
{
    for (int i = 0; i < CROWD; i++)
        caller_destroy(crowd->members[i]);
    caller_destroy(crowd->o);
}

/* It takes what comes, and does not look at it. */
static void take_all(const struct caller *c)
{
    static uint8_t nowhere[65536];
    while (recv(c->fd, nowhere, sizeof nowhere, MSG_DONTWAIT) > 0)
        ;
}

/* Fails when every connection that has something is read in the same turn. */
static void a_turn_takes_a_few_shares(void **state)
{
    const uint64_t share = RELAY_READ_BURST + sizeof long_message;
    const struct hub_counts *counts = &caller_server.hub.counts;
    struct crowd crowd;
    int turns = 0;
    (void)state;
    say_all_at_once(&crowd);
    for (uint64_t before = 0; counts->messages < CROWD * EACH; turns++) {
        assert_int_equal(server_turn(&caller_server, 1000), 0);
        assert_true(counts->message_bytes - before <=
                    (RELAY_READ_SHARES + RELAY_READ_MORE) * share);
        before = counts->message_bytes;
        take_all(crowd.o);
        assert_true(turns < 1000);
    }
    assert_true(turns > 1);
    go_home(&crowd);
}

/* Fails when those who go on stand in one line with those who begin. */
static void who_begins_goes_before_who_goes_on(void **state)
{
    const struct hub_counts *counts = &caller_server.hub.counts;
    uint8_t unit[64];
    struct crowd crowd;
    (void)state;
    say_all_at_once(&crowd);
    while (!turns_is_idle(&caller_server.hub.turns[HUB_BEGIN]) || counts->messages == 0)
        assert_int_equal(server_turn(&caller_server, 1000), 0);
    caller_write(crowd.o, unit, caller_write_unit(unit, 1, UNIT_SIGNAL, false, 40));
    assert_int_equal(server_turn(&caller_server, 1000), 0);
    assert_int_equal(counts->units, 1);
    assert_false(turns_is_idle(&caller_server.hub.turns[HUB_GO_ON])); /* the crowd still goes on */
    go_home(&crowd);
}

/* --- behind a balancer ---------------------------------------------------------------------------
 */

#define HEAD_V4 "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x07\x7f\0\0\x01\x30\x39\x1d\x13"
#define HEAD_CHECK "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"

static void believe_loopback(void)
{
    struct hub_config *c = &caller_server.hub.config;
    memcpy(c->proxies[0], (const uint8_t[16]){[10] = 0xff, [11] = 0xff, 127, 0, 0, 1}, 16);
    c->n_proxies = 1;
}

static bool connect_saying(struct caller *c, const void *head, size_t len)
{
    return caller_connect(
        c, &(struct caller_options){.alpn = FRAME_ALPN, .head = head, .n_head = len});
}

static void assert_source(const char *want)
{
    char text[SOURCE_TEXT];
    source_text(&caller_server.conns->source->key, text);
    assert_string_equal(text, want);
}

/* Until the relay has seen that they are gone; the door has half of its time only. */
static void end_connections(void)
{
    for (int i = 0; i < 1000 && caller_server.n_conns > 0; i++)
        caller_turn(1);
    assert_int_equal(caller_server.n_conns, 0);
}

static void a_balancer_says_where_clients_come_from(void **state)
{
    struct caller c;
    (void)state;
    believe_loopback();
    assert_true(connect_saying(&c, HEAD_V4, sizeof HEAD_V4 - 1));
    assert_source("192.0.2.7");
    caller_hang_up(&c);
    assert_true(connect_saying(&c, HEAD_CHECK, sizeof HEAD_CHECK - 1));
    assert_source("127.0.0.1");
    caller_hang_up(&c);
    end_connections();
    assert_int_equal(caller_server.n_handshakes, 0);
}

static void a_balancer_has_to_say_it(void **state)
{
    struct caller c;
    (void)state;
    believe_loopback();
    assert_false(connect_saying(&c, NULL, 0));
    caller_hang_up(&c);
    end_connections();
    assert_int_equal(caller_server.n_handshakes, 0);
    assert_int_equal(caller_server.hub.sources.counted[INTRUSION_MALFORMED], 1);
}

static void nobody_else_may_say_it(void **state)
{
    struct caller c;
    (void)state;
    assert_false(connect_saying(&c, HEAD_V4, sizeof HEAD_V4 - 1));
    caller_hang_up(&c);
}

/* A balancer is not one of its clients: their limits are not its own. */
static void a_balancer_may_bring_a_crowd(void **state)
{
    uint8_t head[sizeof HEAD_V4 - 1];
    struct caller *crowd = calloc(RELAY_SOURCE_BURST + 20, sizeof *crowd);
    (void)state;
    believe_loopback();
    memcpy(head, HEAD_V4, sizeof head);
    for (int i = 0; i < RELAY_SOURCE_BURST + 20; i++) {
        head[19] = (uint8_t)i;
        assert_true(connect_saying(&crowd[i], head, sizeof head));
    }
    for (int i = 0; i < RELAY_SOURCE_BURST + 20; i++)
        caller_hang_up(&crowd[i]);
    free(crowd);
}

static void silence_is_the_end(void **state)
{
    struct caller *c = caller_create();
    struct frame f;
    uint8_t sid[FRAME_SID];
    (void)state;
    caller_open(c, sid);
    caller_server.conns->client.heard_ms -= SILENCE_MS;
    for (int i = 0; i < 5 && caller_hear(c, &f); i++)
        ;
    assert_true(caller_at_end(c));
    caller_destroy(c);
}

/* Until the relay has finished its side too. */
static void end_handshakes(void)
{
    for (int i = 0; i < 1000 && caller_server.n_handshakes > 0; i++)
        caller_turn(1);
    assert_int_equal(caller_server.n_handshakes, 0);
}

static void an_opening_has_five_seconds(void **state)
{
    struct caller *c = caller_create();
    (void)state;
    end_handshakes();
    caller_server.conns->client.since_ms -= OPENING_MS;
    caller_expect_err(c, FRAME_ERR_BAD);
    caller_destroy(c);
}

static void a_handshake_has_ten_seconds(void **state)
{
    struct caller c = {0};
    (void)state;
    assert_true(caller_connect(&c, &(struct caller_options){.alpn = FRAME_ALPN}));
    end_handshakes();
    caller_server.conns->phase = CONN_HANDSHAKE; /* as if it had never finished */
    turns_put(&caller_server.openings, &caller_server.conns->opening);
    caller_server.n_handshakes = 1;
    hub_gone(&caller_server.hub, &caller_server.conns->client, server_now());
    caller_server.conns->deadline_ms = server_now().ms - 1;
    for (int i = 0; i < 1500 && caller_server.n_conns > 0; i++)
        caller_turn(1);
    assert_int_equal(caller_server.n_conns, 0);
    assert_int_equal(caller_server.n_handshakes, 0);
    caller_hang_up(&c);
}

static void drain_ends_in_time(void **state)
{
    struct party p = gather();
    (void)state;
    server_drain(&caller_server, 1);
    assert_int_equal(caller_expect(p.a, FRAME_DRAIN).u.drain.seconds, 1);
    caller_expect_err(p.a, FRAME_ERR_DRAINING);
    caller_expect(p.o, FRAME_DRAIN);
    disperse(&p);
    for (int i = 0; i < 4000 && !caller_server.stop; i++)
        caller_turn(1);
    assert_true(caller_server.stop);
}

static void a_reload_keeps_tokens(void **state)
{
    struct caller *o = caller_create(), *again;
    struct frame f = {.type = FRAME_ATTACH};
    struct keys keys;
    uint8_t old[KEYS_PIN];
    (void)state;
    memcpy(old, caller_server.keys.pin, KEYS_PIN);
    caller_say(o, &(struct frame){.type = FRAME_CREATE});
    struct frame opened = caller_expect(o, FRAME_OPENED);
    memcpy(f.u.attach.sid, opened.u.opened.sid, FRAME_SID);
    memcpy(f.u.attach.token, opened.u.opened.token, FRAME_TOKEN);
    f.u.attach.as = FRAME_AS_ORGANIZER;
    assert_true(keys_make(&keys));
    server_reload(&caller_server, &keys);
    assert_memory_not_equal(old, caller_server.keys.pin, KEYS_PIN);
    again = caller_create();
    caller_say(again, &f);
    caller_expect(again, FRAME_OPENED);
    caller_expect_err(o, FRAME_ERR_REPLACED);
    caller_destroy(o);
    caller_destroy(again);
}

/* A key is renewed, then the log is rotated: the same pair is read again. Who came before the key
   was renewed comes back all the same. Fails when every reload makes the key before the last one.
 */
static void reading_the_same_again_changes_nothing(void **state)
{
    struct token_keys before, *tokens = &caller_server.hub.tokens;
    struct keys keys;
    (void)state;
    before = *tokens;
    assert_true(keys_make(&keys));
    server_reload(&caller_server, &keys);
    assert_memory_equal(tokens->previous, before.current, TOKEN_KEY);
    for (int i = 0; i < 2; i++) {
        assert_true(keys_make(&keys));
        memcpy(keys.token_key, tokens->current, TOKEN_KEY);
        server_reload(&caller_server, &keys);
        assert_memory_equal(tokens->previous, before.current, TOKEN_KEY);
    }
    assert_memory_equal(tokens->current, caller_server.keys.token_key, TOKEN_KEY);
}

static void metrics_count(void **state)
{
    static char text[METRICS_TEXT];
    struct party p = gather();
    (void)state;
    assert_true(metrics_write(&caller_server.hub, 3, 0, text) > 0);
    assert_non_null(strstr(text, "\nvitrine_relay_sessions 1\n"));
    assert_non_null(strstr(text, "\nvitrine_relay_connections 3\n"));
    assert_non_null(strstr(text, "\nvitrine_relay_intrusions_total{kind=\"locked\"} 0\n"));
    assert_true(text[strlen(text) - 1] == '\n');
    disperse(&p);
}

#define CALLER(name) cmocka_unit_test_setup_teardown(name, caller_set_up, caller_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALLER(our_handshake_works),
        CALLER(tls_1_2_is_refused),
        CALLER(another_cipher_is_refused),
        CALLER(another_group_is_refused),
        CALLER(another_protocol_is_refused),
        CALLER(without_alpn_the_first_bytes_get_version),
        CALLER(plain_text_is_refused),
        CALLER(a_bad_first_frame_ends),
        CALLER(frames_may_come_byte_by_byte),
        CALLER(a_frame_read_with_the_handshake_is_taken),
        CALLER(an_unknown_number_is_none_and_ten_lock_out),
        CALLER(messages_go_both_ways),
        CALLER(units_arrive_unchanged),
        CALLER(a_unit_by_somebody_else_is_dropped),
        CALLER(a_unit_in_another_name_ends_its_sender),
        CALLER(end_is_told_to_all),
        CALLER(a_lost_organizer_is_away),
        CALLER(a_dropped_client_hears_why),
        CALLER(a_slow_viewer_skips_and_slows_nobody),
        CALLER(a_frame_begun_is_not_the_sessions),
        CALLER(a_turn_takes_a_few_shares),
        CALLER(who_begins_goes_before_who_goes_on),
        CALLER(a_balancer_says_where_clients_come_from),
        CALLER(a_balancer_has_to_say_it),
        CALLER(nobody_else_may_say_it),
        CALLER(a_balancer_may_bring_a_crowd),
        CALLER(silence_is_the_end),
        CALLER(an_opening_has_five_seconds),
        CALLER(a_handshake_has_ten_seconds),
        CALLER(drain_ends_in_time),
        CALLER(a_reload_keeps_tokens),
        CALLER(reading_the_same_again_changes_nothing),
        CALLER(metrics_count),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
