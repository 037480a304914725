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
    if (!lie->hangs_up)
        SSL_read(ssl, first, sizeof first);
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

static struct desk meet(const struct lie *lie)
{
    struct desk d = {0};
    struct wire_target target = {.host = "127.0.0.1", .pin = pin, .sid = lie->creates ? NULL : SID};
    int link[2], ends[2];
    pid_t pid;
    connect_pair(ends);
    pid = fork();
    if (pid == 0) {
        close(ends[0]);
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
        struct desk d = meet(&lies[i]);
        if (d.closed != 1 || d.end.what != lies[i].what ||
            (lies[i].what == NET_END_CLEAN && d.end.code != lies[i].code))
            fail_msg("%s: %d times, what %u code %u", lies[i].name, d.closed, d.end.what,
                     d.end.code);
        assert_int_equal(d.opened, lies[i].opens);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lies_end_the_connection),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
