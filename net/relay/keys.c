/* Certificate, key and TLS settings of vitrine-relay. The files come from its parent: parsed before
   anything of the network is. */
#include "net/relay/keys.h"
#include "policy/limits.h"
#include <errno.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>
#include <unistd.h>

bool keys_random(uint8_t *out, size_t len)
{
    return len <= INT32_MAX && RAND_bytes(out, (int)len) == 1;
}

bool keys_warm_up(void)
{
    uint8_t byte;
    /* No configuration file: it may name modules to load, and there are no files after the
     * lock-down. */
    if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
        return false;
    return keys_random(&byte, 1);
}

/* --- TLS 1.3, one cipher, no tickets -------------------------------------------------------------
 */

/* R always selects vitrine/1; a list without it is answered by an alert; no list at all by nothing,
   and its first bytes get ERR VERSION. */
static int select_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                       const unsigned char *in, unsigned in_len, void *ctx)
{
    const size_t want = sizeof FRAME_ALPN - 1;
    (void)ssl;
    (void)ctx;
    for (size_t i = 0; i < in_len; i += 1u + in[i]) {
        if (in[i] != want || in_len - i - 1 < want || memcmp(in + i + 1, FRAME_ALPN, want) != 0)
            continue;
        *out = in + i + 1;
        *out_len = (unsigned char)want;
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static bool set_groups(SSL_CTX *tls)
{
    static char hybrid[] = "SecP256r1MLKEM768:P-256", plain[] = "P-256";
    if (SSL_CTX_set1_groups_list(tls, hybrid) == 1)
        return true;
    ERR_clear_error(); /* this library has no ML-KEM */
    return SSL_CTX_set1_groups_list(tls, plain) == 1;
}

static SSL_CTX *make_tls(void)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (tls == NULL)
        return NULL;
    if (SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_max_proto_version(tls, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_ciphersuites(tls, "TLS_AES_256_GCM_SHA384") != 1 || !set_groups(tls) ||
        SSL_CTX_set_num_tickets(tls, 0) != 1) {
        SSL_CTX_free(tls);
        return NULL;
    }
    SSL_CTX_set_max_early_data(tls, 0);
    SSL_CTX_set_options(tls, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(tls, SSL_VERIFY_NONE, NULL); /* no client certificates */
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(tls, 1); /* head and body of a record in one read */
    SSL_CTX_set_alpn_select_cb(tls, select_alpn, NULL);
    return tls;
}

/* --- what follows from the key -------------------------------------------------------------------
 */

static bool derive_pin(X509 *leaf, uint8_t pin[KEYS_PIN])
{
    uint8_t *der = NULL, digest[EVP_MAX_MD_SIZE];
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &der);
    bool ok = len > 0 && EVP_Digest(der, (size_t)len, digest, NULL, EVP_sha256(), NULL) == 1;
    OPENSSL_free(der);
    if (ok)
        memcpy(pin, digest, KEYS_PIN);
    return ok;
}

static bool hkdf(const uint8_t *secret, size_t len, uint8_t out[TOKEN_KEY])
{
    static const char info[] = "relay/1 token";
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
    size_t n = TOKEN_KEY;
    bool ok = c != NULL && EVP_PKEY_derive_init(c) == 1 &&
              EVP_PKEY_CTX_set_hkdf_md(c, EVP_sha256()) == 1 &&
              EVP_PKEY_CTX_set1_hkdf_key(c, secret, (int)len) == 1 &&
              EVP_PKEY_CTX_add1_hkdf_info(c, (const uint8_t *)info, sizeof info - 1) == 1 &&
              EVP_PKEY_derive(c, out, &n) == 1 && n == TOKEN_KEY;
    EVP_PKEY_CTX_free(c);
    return ok;
}

static bool derive_token_key(EVP_PKEY *key, uint8_t out[TOKEN_KEY])
{
    uint8_t *der = NULL;
    int len = i2d_PrivateKey(key, &der);
    bool ok = len > 0 && hkdf(der, (size_t)len, out);
    if (len > 0)
        OPENSSL_clear_free(der, (size_t)len);
    return ok;
}

static bool fill(struct keys *k, SSL_CTX *tls, EVP_PKEY *key)
{
    X509 *leaf = SSL_CTX_get0_certificate(tls);
    if (leaf == NULL || SSL_CTX_use_PrivateKey(tls, key) != 1 ||
        SSL_CTX_check_private_key(tls) != 1)
        return false;
    if (!derive_pin(leaf, k->pin) || !derive_token_key(key, k->token_key))
        return false;
    k->tls = tls;
    return true;
}

void keys_finish(struct keys *k)
{
    SSL_CTX_free(k->tls);
    OPENSSL_cleanse(k, sizeof *k);
}

/* --- a key for this run --------------------------------------------------------------------------
 */

static bool describe(X509 *x, EVP_PKEY *key)
{
    X509_NAME *name = X509_get_subject_name(x);
    return X509_set_version(x, X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set(X509_get_serialNumber(x), 1) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(x), -86400) != NULL &&
           X509_gmtime_adj(X509_getm_notAfter(x), 86400 * 366) != NULL &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"vitrine relay",
                                      -1, -1, 0) == 1 &&
           X509_set_issuer_name(x, name) == 1 && X509_set_pubkey(x, key) == 1 &&
           X509_sign(x, key, EVP_sha256()) > 0;
}

static bool use_own(struct keys *k, SSL_CTX *tls, EVP_PKEY *key)
{
    X509 *x = X509_new();
    bool ok =
        x != NULL && describe(x, key) && SSL_CTX_use_certificate(tls, x) == 1 && fill(k, tls, key);
    X509_free(x);
    return ok;
}

bool keys_make(struct keys *k)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    SSL_CTX *tls = make_tls();
    bool ok;
    *k = (struct keys){0};
    ok = key != NULL && tls != NULL && use_own(k, tls, key);
    EVP_PKEY_free(key);
    if (!ok)
        SSL_CTX_free(tls);
    return ok;
}

/* --- keys from files -----------------------------------------------------------------------------
 */

/* -1: unreadable or longer than the buffer. */
static int read_file(int fd, uint8_t *out, size_t room)
{
    size_t len = 0;
    ssize_t n;
    do {
        n = read(fd, out + len, room - len);
        if (n > 0)
            len += (size_t)n;
    } while ((n > 0 && len < room) || (n < 0 && errno == EINTR));
    return n < 0 || len == room ? -1 : (int)len;
}

/* An encrypted key is refused, not asked about. */
static int no_password(char *buf, int size, int writing, void *ctx)
{
    (void)buf;
    (void)size;
    (void)writing;
    (void)ctx;
    return -1;
}

static bool use_certificates(SSL_CTX *tls, const uint8_t *pem, int len)
{
    BIO *bio = BIO_new_mem_buf(pem, len);
    X509 *x = PEM_read_bio_X509(bio, NULL, no_password, NULL);
    bool ok = x != NULL && SSL_CTX_use_certificate(tls, x) == 1;
    X509_free(x);
    while (ok && (x = PEM_read_bio_X509(bio, NULL, no_password, NULL)) != NULL) {
        ok = SSL_CTX_add1_chain_cert(tls, x) == 1;
        X509_free(x);
    }
    ERR_clear_error(); /* the last read found the end */
    BIO_free(bio);
    return ok;
}

static EVP_PKEY *parse_key(const uint8_t *pem, int len)
{
    BIO *bio = BIO_new_mem_buf(pem, len);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
    BIO_free(bio);
    return key;
}

static bool read_into(struct keys *k, SSL_CTX *tls, int certificate_fd, int key_fd)
{
    static uint8_t pem[KEYS_FILE_MAX];
    EVP_PKEY *key = NULL;
    int len = read_file(certificate_fd, pem, sizeof pem);
    bool ok = len > 0 && use_certificates(tls, pem, len);
    len = ok ? read_file(key_fd, pem, sizeof pem) : -1;
    if (len > 0)
        key = parse_key(pem, len);
    ok = key != NULL && fill(k, tls, key);
    EVP_PKEY_free(key);
    OPENSSL_cleanse(pem, sizeof pem);
    return ok;
}

bool keys_read(struct keys *k, int certificate_fd, int key_fd)
{
    SSL_CTX *tls = make_tls();
    *k = (struct keys){0};
    if (tls == NULL)
        return false;
    if (!read_into(k, tls, certificate_fd, key_fd)) {
        SSL_CTX_free(tls);
        ERR_clear_error();
        return false;
    }
    return true;
}
