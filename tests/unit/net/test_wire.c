/* net/wire against relays that lie: each says one thing it must not, and the connection ends with
 * the right word. */
#include "ch_link.h"
#include "ch_net.h"
#include "net/wire/wire.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

#define SID "123456789"

struct lie {
    const char *name;
    bool creates;  /* we are the organizer */
    bool opens;    /* a proper OPENED comes first */
    bool no_alpn;  /* it selects no protocol */
    bool no_tls;   /* the bytes go out in the clear */
    bool hangs_up; /* without close_notify, after its bytes */
    int again;     /* says them so many times more, and reads nothing */
    size_t len;
    uint8_t bytes[80];
    uint8_t what;
    uint16_t code;
};

#define HEAD(type, len) (type), 0, 0, (len)

static const struct lie lies[] = {
    {"ERR ENDED", false, true, .len = 6, .bytes = {HEAD(0x7f, 2), 0, 8}, .what = NET_END_CLEAN,
     .code = 8},
    {"ERR NONE at once", .len = 6, .bytes = {HEAD(0x7f, 2), 0, 3}, .what = NET_END_CLEAN,
     .code = 3},
    {"ERR 0", false, true, .len = 6, .bytes = {HEAD(0x7f, 2), 0, 0}, .what = NET_END_PROTOCOL},
    {"unknown type", false, true, .len = 4, .bytes = {HEAD(0x55, 0)}, .what = NET_END_PROTOCOL},
    {"a client's frame", false, true, .len = 4, .bytes = {HEAD(0x09, 0)}, .what = NET_END_PROTOCOL},
    {"giant unit", false, true, .len = 4, .bytes = {0x11, 0xff, 0xff, 0xff},
     .what = NET_END_PROTOCOL},
    {"giant message", false, true, .len = 4, .bytes = {0x10, 0, 0x40, 0x17},
     .what = NET_END_PROTOCOL},
    {"unit before OPENED", .len = 12, .bytes = {HEAD(0x11, 8)}, .what = NET_END_PROTOCOL},
    {"message before OPENED", .len = 9, .bytes = {HEAD(0x10, 5), 0, 0, 0, 1, 9},
     .what = NET_END_PROTOCOL},
    {"PEER to a member", false, true, .len = 9, .bytes = {HEAD(0x0a, 5), 0, 0, 0, 1, 1},
     .what = NET_END_PROTOCOL},
    {"BOUND to the organizer", true, true, .len = 54, .bytes = {HEAD(0x06, 50), 0, 2},
     .what = NET_END_PROTOCOL},
    {"AWAY to the organizer", true, true, .len = 5, .bytes = {HEAD(0x0b, 1), 1},
     .what = NET_END_PROTOCOL},
    {"REPORT of what was never sent", true, true, .len = 20,
     .bytes = {HEAD(0x13, 16), 0, 0, 0, 0, 0, 0, 0, 1}, .what = NET_END_PROTOCOL},
    {"OPENED of another number", false, false, .len = 67,
     .bytes = {HEAD(0x03, 63), '9', '8', '7', '6', '5', '4', '3', '2', '1', 0, 0, 0, 1, [65] = 1},
     .what = NET_END_PROTOCOL},
    {"OPENED without parameters", false, false, .len = 66,
     .bytes = {HEAD(0x03, 62), '1', '2', '3', '4', '5', '6', '7', '8', '9', 0, 0, 0, 1},
     .what = NET_END_PROTOCOL},
    {"OPENED of handle 0", true, false, .len = 66,
     .bytes = {HEAD(0x03, 62), '1', '2', '3', '4', '5', '6', '7', '8', '9', 0, 0, 0, 0},
     .what = NET_END_PROTOCOL},
    /* Fails when answers wait however many they are: it then asks until memory ends. */
    {"asks and does not listen", false, true, .again = 300000, .len = 13, .bytes = {HEAD(0x7e, 9)},
     .what = NET_END_PROTOCOL},
    {"hangs up at once", .hangs_up = true, .what = NET_END_LOST},
    {"hangs up in a frame", false, true, .hangs_up = true, .len = 6,
     .bytes = {HEAD(0x10, 200), 0, 0}, .what = NET_END_LOST},
    {"selects no protocol", .no_alpn = true, .what = NET_END_TLS},
    {"speaks no TLS", .no_tls = true, .len = 12, .bytes = "HTTP/1.1 400", .what = NET_END_TLS},
};

/* --- the relay that lies, in a process of its own ------------------------------------------------
 */

static EVP_PKEY *key;
static X509 *certificate;
static uint8_t pin[TLS_PIN];

static int make_keys(void **state)
{
    uint8_t *der = NULL, digest[EVP_MAX_MD_SIZE];
    int len;
    (void)state;
    key = EVP_EC_gen("P-256");
    certificate = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    EVP_Digest(der, (size_t)len, digest, NULL, EVP_sha256(), NULL);
    memcpy(pin, digest, sizeof pin);
    OPENSSL_free(der);
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    EVP_PKEY_free(key);
    X509_free(certificate);
    return 0;
}

static int take_first(SSL *ssl, const unsigned char **out, unsigned char *n,
                      const unsigned char *in, unsigned len, void *ctx)
{
    const struct lie *lie = ctx;
    (void)ssl;
    if (lie->no_alpn)
        return SSL_TLSEXT_ERR_NOACK;
    for (unsigned i = 0; i < len; i += 1u + in[i])
        if (in[i] == 9) {
            *out = in + i + 1;
            *n = in[i];
            return SSL_TLSEXT_ERR_OK;
        }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static SSL *begin(const struct lie *lie, int fd)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    SSL *ssl;
    SSL_CTX_use_certificate(ctx, certificate);
    SSL_CTX_use_PrivateKey(ctx, key);
    SSL_CTX_set_num_tickets(ctx, 0);
    SSL_CTX_set_alpn_select_cb(ctx, take_first, (void *)(uintptr_t)lie);
    ssl = SSL_new(ctx);
    SSL_set_fd(ssl, fd);
    return SSL_accept(ssl) == 1 ? ssl : NULL;
}

static void say_opened(const struct lie *lie, SSL *ssl)
{
    uint8_t out[FRAME_HEAD + FRAME_SMALL_MAX];
    struct frame f = {.type = FRAME_OPENED};
    memcpy(f.u.opened.sid, SID, FRAME_SID);
    f.u.opened.handle = 7;
    if (!lie->creates)
        f.u.opened.params = (struct span){(const uint8_t *)"M0", 2};
    SSL_write(ssl, out, (int)frame_encode(&f, out));
}

_Noreturn static void be_the_relay(const struct lie *lie, int fd)
{
    uint8_t first[128];
    SSL *ssl;
    if (lie->no_tls) {
        ssize_t n = write(fd, lie->bytes, lie->len);
        _exit(n < 0 || read(fd, first, sizeof first) < 0);
    }
    ssl = begin(lie, fd);
    if (ssl == NULL || SSL_read(ssl, first, sizeof first) <= 0)
        _exit(0);
    if (lie->opens)
        say_opened(lie, ssl);
    if (lie->len > 0)
        SSL_write(ssl, lie->bytes, (int)lie->len);
    for (int i = 0; i < lie->again; i++)
        SSL_write(ssl, lie->bytes, (int)lie->len);
    if (!lie->hangs_up)
        SSL_read(ssl, first, sizeof first);
    _exit(0);
}

/* --- a relay that agrees to what was not offered -------------------------------------------------
 */

struct choice {
    const char *name;
    uint8_t cipher[2], group[2];
    uint8_t share; /* bytes of its key share; 0: it asks for one of that group */
    uint8_t what;
};

/* The last is what was offered: it is not what it says that ends that one, it hangs up. */
static const struct choice choices[] = {
    {"AES-128", {0x13, 0x01}, {0, 23}, 65, NET_END_TLS},
    {"ChaCha20", {0x13, 0x03}, {0, 23}, 65, NET_END_TLS},
    {"no cipher there is", {0x12, 0x34}, {0, 23}, 65, NET_END_TLS},
    {"X25519", {0x13, 0x02}, {0, 29}, 0, NET_END_TLS},
    {"P-384", {0x13, 0x02}, {0, 24}, 0, NET_END_TLS},
    {"as offered", {0x13, 0x02}, {0, 23}, 65, NET_END_LOST},
};

/* The generator of P-256, a point like any other. */
static const uint8_t base_point[65] = {
    0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5,
    0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4,
    0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a,
    0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33,
    0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5};

/* RFC 8446 4.1.3: the random of a ServerHello that is a HelloRetryRequest. Whoever has offered that
   group answers it with another ClientHello. */
static const uint8_t retry[32] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                                  0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                                  0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

static uint8_t *add(uint8_t *to, const void *from, size_t n)
{
    memcpy(to, from, n);
    return to + n;
}

static uint8_t *add_share(uint8_t *p, const struct choice *c)
{
    uint8_t len = (uint8_t)(c->share > 0 ? 4 + c->share : 2);
    p = add(p, (uint8_t[]){0, 51, 0, len}, 4);
    p = add(p, c->group, 2);
    if (c->share == 0)
        return p;
    p = add(p, (uint8_t[]){0, c->share}, 2);
    return add(p, base_point, c->share);
}

/* A ServerHello in one record, as an answer to that ClientHello record. */
static size_t choose(const struct choice *c, const uint8_t *hello, uint8_t out[256])
{
    const uint8_t versions[] = {0, 43, 0, 2, 3, 4};
    uint8_t *p = out + 9, *extensions;
    p = add(p, "\3\3", 2);
    p = add(p, c->share > 0 ? base_point : retry, 32); /* the point is as random as any */
    p = add(p, hello + 43, 1u + hello[43]);
    p = add(p, c->cipher, 2);
    *p++ = 0;
    extensions = p;
    p = add(p + 2, versions, sizeof versions);
    p = add_share(p, c);
    memcpy(extensions, (uint8_t[]){0, (uint8_t)(p - extensions - 2)}, 2);
    memcpy(out, (uint8_t[]){22, 3, 3, 0, (uint8_t)(p - out - 5), 2, 0, 0, (uint8_t)(p - out - 9)},
           9);
    return (size_t)(p - out);
}

_Noreturn static void be_the_forger(const struct choice *c, int fd)
{
    uint8_t hello[2048], out[256];
    size_t len;
    if (read(fd, hello, sizeof hello) < 44 + 32)
        _exit(1);
    len = choose(c, hello, out);
    if (write(fd, out, len) != (ssize_t)len)
        _exit(1);
    shutdown(fd, SHUT_WR);
    while (read(fd, hello, sizeof hello) > 0)
        ;
    _exit(0);
}

/* --- us ------------------------------------------------------------------------------------------
 */

struct desk {
    struct wire *wire;
    struct chan broker, seal;
    struct msg_net_closed end;
    int closed, opened, link_opened;
};

static int on_closed(void *ctx, struct msg_net_closed *m)
{
    struct desk *d = ctx;
    d->end = *m;
    d->closed++;
    return 0;
}

static int on_opened(void *ctx)
{
    struct desk *d = ctx;
    d->opened++;
    return 0;
}

static int on_link_opened(void *ctx, struct msg_link_opened *m)
{
    struct desk *d = ctx;
    assert_int_equal(m->handle, 7);
    d->link_opened++;
    d->seal.state = LINK_STATE_OPEN;
    return 0;
}

static const struct net_at_broker at_broker = {.on_net_closed = on_closed,
                                               .on_net_opened = on_opened};
static const struct link_at_seal at_seal = {.on_link_opened = on_link_opened};
static const struct net_at_net at_net = {0};

static void connect_pair(int ends[2])
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof in;
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&in, sizeof in), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&in, &len), 0);
    ends[0] = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(ends[0], (struct sockaddr *)&in, sizeof in), 0);
    ends[1] = accept(listener, NULL, NULL);
    assert_true(ends[1] >= 0);
    assert_int_equal(setsockopt(ends[1], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), 0);
    close(listener);
}

static void set_up_wire(struct desk *d, int link[2])
{
    int control[2];
    d->wire = calloc(1, sizeof *d->wire);
    assert_int_equal(chan_pair(control), 0);
    assert_int_equal(chan_pair(link), 0);
    net_init_net(&d->wire->control, control[0], &at_net, d->wire);
    net_init_broker(&d->broker, control[1], &at_broker, d);
    d->broker.state = NET_STATE_OPEN;
    link_init_seal(&d->seal, link[1], &at_seal, d);
    wire_init(d->wire);
    assert_true(tls_warm_up(&d->wire->tls));
}

static void tear_down(struct desk *d, pid_t pid)
{
    int status;
    while (chan_receive(&d->broker, 8) == CHAN_OK && d->closed == 0)
        ;
    while (chan_receive(&d->seal, 8) == CHAN_OK && d->link_opened == 0 && d->opened > 0)
        ;
    wire_finish(d->wire);
    chan_finish(&d->wire->control);
    chan_finish(&d->broker);
    chan_finish(&d->seal);
    free(d->wire);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
}

static struct desk meet(const struct lie *lie, const struct choice *choice)
{
    struct desk d = {0};
    struct wire_target target = {
        .host = "127.0.0.1", .pin = pin, .sid = lie != NULL && lie->creates ? NULL : SID};
    int link[2], ends[2];
    pid_t pid;
    connect_pair(ends);
    pid = fork();
    if (pid == 0) {
        close(ends[0]);
        if (choice != NULL)
            be_the_forger(choice, ends[1]);
        be_the_relay(lie, ends[1]);
    }
    close(ends[1]);
    set_up_wire(&d, link);
    wire_begin(d.wire, &target, ends[0], link[0]);
    if (d.wire->phase != WIRE_OVER)
        loop_run(&d.wire->loop);
    tear_down(&d, pid);
    return d;
}

static void lies_end_the_connection(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct desk d = meet(&lies[i], NULL);
        if (d.closed != 1 || d.end.what != lies[i].what ||
            (lies[i].what == NET_END_CLEAN && d.end.code != lies[i].code))
            fail_msg("%s: %d times, what %u code %u", lies[i].name, d.closed, d.end.what,
                     d.end.code);
        assert_int_equal(d.opened, lies[i].opens);
    }
}

static void another_cipher_or_group_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        if (OPENSSL_VERSION_NUMBER >= 0x30500000L && choices[i].what == NET_END_LOST)
            continue; /* its first share is of the hybrid group */
        struct desk d = meet(NULL, &choices[i]);
        if (d.closed != 1 || d.end.what != choices[i].what)
            fail_msg("%s: %d times, what %u", choices[i].name, d.closed, d.end.what);
        assert_int_equal(d.opened, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lies_end_the_connection),
        cmocka_unit_test(another_cipher_or_group_is_refused),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
