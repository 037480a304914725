/* TLS to the relay. Run by vitrine-net; distrusts certificate and records alike. */
#include "net/wire/tls.h"
#include "lib/relay_frame.h"
#include "policy/limits.h"
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- who the relay is ----------------------------------------------------------------------------
 */

static bool pin_of(X509 *leaf, uint8_t pin[TLS_PIN])
{
    uint8_t *der = NULL, digest[EVP_MAX_MD_SIZE];
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &der);
    bool ok = len > 0 && EVP_Digest(der, (size_t)len, digest, NULL, EVP_sha256(), NULL) == 1;
    OPENSSL_free(der);
    if (ok)
        memcpy(pin, digest, TLS_PIN);
    return ok;
}

/* With a pin the key must match and nothing else counts; without, chain and host. There is no third
 * way. */
static int verify(X509_STORE_CTX *store, void *ctx)
{
    struct tls *t = ctx;
    X509 *leaf = X509_STORE_CTX_get0_cert(store);
    bool ok = leaf != NULL && pin_of(leaf, t->shown);
    if (ok && t->has_pin)
        ok = CRYPTO_memcmp(t->shown, t->pin, TLS_PIN) == 0;
    else if (ok)
        ok = X509_verify_cert(store) == 1;
    t->refused = !ok;
    if (ok)
        X509_STORE_CTX_set_error(store, X509_V_OK);
    else if (X509_STORE_CTX_get_error(store) == X509_V_OK)
        X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    return ok;
}

static void on_info(const SSL *ssl, int where, int value)
{
    struct tls *t = SSL_get_app_data(ssl);
    if ((where & SSL_CB_ALERT) && (value >> 8) == SSL3_AL_FATAL && t != NULL)
        t->alert = value & 0xff;
}

/* --- settings ------------------------------------------------------------------------------------
 */

static bool set_groups(SSL_CTX *ctx)
{
    static char hybrid[] = "SecP256r1MLKEM768:P-256", plain[] = "P-256";
    if (SSL_CTX_set1_groups_list(ctx, hybrid) == 1)
        return true;
    ERR_clear_error(); /* this library has no ML-KEM */
    return SSL_CTX_set1_groups_list(ctx, plain) == 1;
}

static bool set_up(SSL_CTX *ctx)
{
    if (SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_ciphersuites(ctx, "TLS_AES_256_GCM_SHA384") != 1 || !set_groups(ctx))
        return false;
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(ctx, 1);
    SSL_CTX_set_info_callback(ctx, on_info);
    return true;
}

bool tls_warm_up(struct tls *t)
{
    uint8_t byte;
    *t = (struct tls){0};
    /* No configuration file: it may name modules to load, and there are no files after the
     * lock-down. */
    if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1 || RAND_bytes(&byte, 1) != 1)
        return false;
    t->ctx = SSL_CTX_new(TLS_client_method());
    return t->ctx != NULL && set_up(t->ctx);
}

static int add_certificates(X509_STORE *store, BIO *pem)
{
    int n = 0;
    X509 *x;
    while ((x = PEM_read_bio_X509(pem, NULL, NULL, NULL)) != NULL) {
        n += X509_STORE_add_cert(store, x) == 1;
        X509_free(x);
    }
    ERR_clear_error(); /* the last read found the end */
    return n;
}

static ssize_t read_file(int fd, char *to, size_t room)
{
    size_t len = 0;
    ssize_t n;
    do {
        n = read(fd, to + len, room - len);
        if (n > 0)
            len += (size_t)n;
    } while ((n > 0 && len < room) || (n < 0 && errno == EINTR));
    return n < 0 || len == room ? -1 : (ssize_t)len;
}

int tls_read_anchors(struct tls *t, int fd)
{
    char *pem = malloc(TLS_ANCHORS_MAX);
    ssize_t len = pem == NULL ? -1 : read_file(fd, pem, TLS_ANCHORS_MAX);
    BIO *bio = len < 0 ? NULL : BIO_new_mem_buf(pem, (int)len);
    int n = bio == NULL ? -1 : add_certificates(SSL_CTX_get_cert_store(t->ctx), bio);
    BIO_free(bio);
    free(pem);
    return n;
}

/* --- beginning -----------------------------------------------------------------------------------
 */

static bool is_address(const char *host)
{
    uint8_t any[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, any) == 1 || inet_pton(AF_INET6, host, any) == 1;
}

static bool expect_host(SSL *ssl, const char *host)
{
    char name[MAX_HOST + 1];
    if (is_address(host))
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
    if (strlen(host) > MAX_HOST)
        return false;
    strcpy(name, host); /* the library's macro takes a pointer to non-const */
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

/* The hint, when the number is known, lets a balancer find the relay that has it. */
static bool offer_alpn(SSL *ssl, const char *sid)
{
    uint8_t list[64], *p = list;
    const size_t n = sizeof FRAME_ALPN - 1;
    if (sid != NULL) {
        *p++ = (uint8_t)(n + 3);
        memcpy(p, FRAME_ALPN "-", n + 1);
        memcpy(p + n + 1, sid, 2);
        p += n + 3;
    }
    *p++ = (uint8_t)n;
    memcpy(p, FRAME_ALPN, n);
    p += n;
    return SSL_set_alpn_protos(ssl, list, (unsigned)(p - list)) == 0;
}

bool tls_begin(struct tls *t, int fd, const char *host, const uint8_t *pin, const char *sid)
{
    t->has_pin = pin != NULL;
    if (pin != NULL)
        memcpy(t->pin, pin, TLS_PIN);
    SSL_CTX_set_cert_verify_callback(t->ctx, verify, t);
    SSL_CTX_set_verify(t->ctx, SSL_VERIFY_PEER, NULL);
    t->ssl = SSL_new(t->ctx);
    if (t->ssl == NULL || SSL_set_fd(t->ssl, fd) != 1)
        return false;
    SSL_set_app_data(t->ssl, t);
    SSL_set_connect_state(t->ssl);
    return expect_host(t->ssl, host) && offer_alpn(t->ssl, sid);
}

void tls_end(struct tls *t)
{
    SSL_free(t->ssl);
    t->ssl = NULL;
    t->refused = false;
    t->alert = 0;
    memset(t->shown, 0, sizeof t->shown);
}

void tls_finish(struct tls *t)
{
    SSL_free(t->ssl);
    SSL_CTX_free(t->ctx);
    *t = (struct tls){0};
}

/* --- records -------------------------------------------------------------------------------------
 */

static enum tls_result result_of(struct tls *t, int r)
{
    if (r == 1)
        return TLS_OK;
    switch (SSL_get_error(t->ssl, r)) {
    case SSL_ERROR_WANT_READ:
        return TLS_READ;
    case SSL_ERROR_WANT_WRITE:
        return TLS_WRITE;
    case SSL_ERROR_SSL: /* a process that was killed says no close_notify: lost, not an attack on
                           records */
        return ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING ? TLS_CLOSED
                                                                                      : TLS_FAILED;
    default:
        return TLS_CLOSED;
    }
}

static bool speaks_vitrine(const SSL *ssl)
{
    const unsigned char *alpn;
    unsigned n;
    SSL_get0_alpn_selected(ssl, &alpn, &n);
    return n == sizeof FRAME_ALPN - 1 && memcmp(alpn, FRAME_ALPN, n) == 0;
}

enum tls_result tls_shake_hands(struct tls *t)
{
    enum tls_result r;
    ERR_clear_error();
    r = result_of(t, SSL_connect(t->ssl));
    return r == TLS_OK && !speaks_vitrine(t->ssl) ? TLS_FAILED : r;
}

enum tls_result tls_read(struct tls *t, uint8_t *to, size_t room, size_t *n)
{
    *n = 0;
    ERR_clear_error();
    return result_of(t, SSL_read_ex(t->ssl, to, room, n));
}

enum tls_result tls_write(struct tls *t, const uint8_t *from, size_t len, size_t *n)
{
    *n = 0;
    ERR_clear_error();
    return result_of(t, SSL_write_ex(t->ssl, from, len, n));
}

void tls_close(struct tls *t)
{
    if (t->ssl != NULL && SSL_is_init_finished(t->ssl))
        SSL_shutdown(t->ssl);
    ERR_clear_error();
}
