/* Raw TLS clients for the tests of the relay's shell. */
#include "tests/unit/relay/caller.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

struct server caller_server;
static struct sockaddr_in address;

static bool ignore_event(void *ctx, enum relay_intrusion kind, uint32_t count, const char *source)
{
    (void)ctx;
    (void)kind;
    (void)count;
    (void)source;
    return true;
}

static int make_listener(void)
{
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 128), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    return fd;
}

int caller_set_up(void **state)
{
    struct hub_config config = {
        .random = keys_random, .event = ignore_event, .low = 10, .high = 99};
    struct keys keys;
    int fd = make_listener();
    (void)state;
    assert_true(keys_warm_up());
    assert_true(keys_make(&keys));
    assert_int_equal(server_init(&caller_server, NULL, &keys, &config, &fd, 1, -1), 0);
    return 0;
}

int caller_tear_down(void **state)
{
    (void)state;
    server_finish(&caller_server);
    return 0;
}

void caller_turn(int times)
{
    for (int i = 0; i < times; i++)
        assert_int_equal(server_turn(&caller_server, 1), 0);
}

/* --- a connection --------------------------------------------------------------------------------
 */

static void set_alpn(SSL *ssl, const char *names)
{
    uint8_t list[128], *p = list;
    while (names != NULL) {
        const char *comma = strchr(names, ',');
        size_t n = comma != NULL ? (size_t)(comma - names) : strlen(names);
        *p++ = (uint8_t)n;
        memcpy(p, names, n);
        p += n;
        names = comma != NULL ? comma + 1 : NULL;
    }
    if (p > list)
        assert_int_equal(SSL_set_alpn_protos(ssl, list, (unsigned)(p - list)), 0);
}

int caller_dial(const struct caller_options *o)
{
    struct sockaddr_in from = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK + o->host)};
    int small = 16384, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&from, sizeof from), 0);
    if (o->small_window)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    for (size_t i = 0; i < o->n_head; i++) { /* in pieces, so that nothing may count on one */
        assert_int_equal(send(fd, (const uint8_t *)o->head + i, 1, MSG_NOSIGNAL), 1);
        caller_turn(i % 7 == 0);
    }
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

/* The library's macro takes a pointer to non-const. */
static int set_groups(SSL_CTX *ctx, const char *names)
{
    char list[64] = {0};
    strncpy(list, names, sizeof list - 1);
    return (int)SSL_CTX_set1_groups_list(ctx, list);
}

static SSL_CTX *make_context(const struct caller_options *o)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(ctx, o->tls12 ? TLS1_2_VERSION : TLS1_3_VERSION);
    SSL_CTX_set_max_proto_version(ctx, o->tls12 ? TLS1_2_VERSION : TLS1_3_VERSION);
    assert_int_equal(
        SSL_CTX_set_ciphersuites(ctx, o->ciphers ? o->ciphers : "TLS_AES_256_GCM_SHA384"), 1);
    if (o->groups != NULL)
        assert_int_equal(set_groups(ctx, o->groups), 1);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
    return ctx;
}

/* true: try again. */
static bool wait_turn(SSL *ssl, int r)
{
    int e = SSL_get_error(ssl, r);
    ERR_clear_error();
    if (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE)
        return false;
    caller_turn(1);
    return true;
}

bool caller_connect(struct caller *c, const struct caller_options *o)
{
    int r;
    *c = (struct caller){.fd = caller_dial(o), .ctx = make_context(o)};
    c->ssl = SSL_new(c->ctx);
    SSL_set_fd(c->ssl, c->fd);
    set_alpn(c->ssl, o->alpn);
    do
        r = SSL_connect(c->ssl);
    while (r != 1 && wait_turn(c->ssl, r));
    return r == 1;
}

struct caller *caller_create(void)
{
    struct caller *c = calloc(1, sizeof *c);
    assert_true(caller_connect(c, &(struct caller_options){.alpn = FRAME_ALPN}));
    return c;
}

void caller_hang_up(struct caller *c)
{
    SSL_free(c->ssl);
    SSL_CTX_free(c->ctx);
    close(c->fd);
    *c = (struct caller){.fd = -1};
}

void caller_destroy(struct caller *c)
{
    if (c->ssl != NULL)
        caller_hang_up(c);
    free(c);
}

void caller_write(struct caller *c, const uint8_t *bytes, size_t len)
{
    size_t done = 0, n;
    while (done < len) {
        int r = SSL_write_ex(c->ssl, bytes + done, len - done, &n);
        if (r == 1)
            done += n;
        else if (!wait_turn(c->ssl, r))
            return; /* the relay has closed: the test will see it when it listens */
    }
}

void caller_say(struct caller *c, const struct frame *f)
{
    uint8_t bytes[FRAME_HEAD + FRAME_SMALL_MAX];
    size_t len = frame_encode(f, bytes);
    assert_true(len > 0);
    caller_write(c, bytes, len);
    caller_turn(1);
}

static bool read_to(struct caller *c, size_t want)
{
    uint64_t until = server_now().ms + 2000;
    while (c->have < want) {
        size_t n = 0;
        int r = SSL_read_ex(c->ssl, c->in + c->have, want - c->have, &n);
        c->have += n;
        if (r != 1 && (!wait_turn(c->ssl, r) || server_now().ms > until))
            return false;
    }
    return true;
}

bool caller_hear(struct caller *c, struct frame *out)
{
    size_t len;
    c->have = 0;
    if (!read_to(c, FRAME_HEAD))
        return false;
    len = frame_need(c->in, FRAME_HEAD, FRAME_FROM_RELAY);
    assert_int_not_equal(len, 0);
    if (!read_to(c, len))
        return false;
    assert_int_equal(frame_decode(c->in, len, FRAME_FROM_RELAY, out), FRAME_GOOD);
    return true;
}

struct frame caller_expect(struct caller *c, enum frame_type type)
{
    struct frame f = {0};
    do
        if (!caller_hear(c, &f))
            fail_msg("silence, wanted %#x", type);
    while (f.type != type &&
           (f.type == FRAME_REPORT || f.type == FRAME_NEED || f.type == FRAME_KEEP));
    if (f.type != type)
        fail_msg("%#x, wanted %#x", f.type, type);
    return f;
}

bool caller_at_end(struct caller *c)
{
    uint8_t byte;
    size_t n;
    uint64_t until = server_now().ms + 3000;
    while (server_now().ms < until) {
        int r = SSL_read_ex(c->ssl, &byte, 1, &n);
        if (r == 1)
            return false;
        if (!wait_turn(c->ssl, r))
            return true;
    }
    return false;
}

void caller_expect_err(struct caller *c, enum frame_err code)
{
    assert_int_equal(caller_expect(c, FRAME_ERR).u.err.code, code);
    assert_true(caller_at_end(c));
}

/* --- scenes --------------------------------------------------------------------------------------
 */

void caller_open(struct caller *o, uint8_t sid[FRAME_SID])
{
    struct frame params = {.type = FRAME_PARAMS};
    caller_say(o, &(struct frame){.type = FRAME_CREATE});
    memcpy(sid, caller_expect(o, FRAME_OPENED).u.opened.sid, FRAME_SID);
    params.u.params.m0 = (struct span){(const uint8_t *)"M0", 2};
    caller_say(o, &params);
}

uint32_t caller_attach(struct caller *c, struct caller *o, const uint8_t sid[FRAME_SID])
{
    struct frame f = {.type = FRAME_ATTACH};
    uint32_t handle;
    memcpy(f.u.attach.sid, sid, FRAME_SID);
    caller_say(c, &f);
    f = caller_expect(c, FRAME_OPENED);
    handle = f.u.opened.handle;
    assert_memory_equal(f.u.opened.params.data, "M0", 2);
    assert_int_equal(caller_expect(o, FRAME_PEER).u.peer.handle, handle);
    return handle;
}

void caller_bind(struct caller *c, struct caller *o, uint32_t handle, uint16_t mid)
{
    struct frame f = {.type = FRAME_BIND};
    f.u.bind.handle = handle;
    f.u.bind.mid = mid;
    caller_say(o, &f);
    assert_int_equal(caller_expect(c, FRAME_BOUND).u.bound.mid, mid);
}

size_t caller_write_unit(uint8_t *out, uint16_t mid, uint8_t stream, bool key, size_t len)
{
    const uint8_t head[] = {0x40, key, 0xb0, 1, (uint8_t)(mid >> 8), (uint8_t)mid, stream};
    frame_write_head(out, FRAME_UNIT, sizeof head + len);
    memcpy(out + FRAME_HEAD, head, sizeof head);
    for (size_t i = 0; i < len; i++)
        out[FRAME_HEAD + sizeof head + i] = (uint8_t)(i * 7 + len);
    return FRAME_HEAD + sizeof head + len;
}
