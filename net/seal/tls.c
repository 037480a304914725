/*
 * TLS over memory BIOs. Runs in vitrine-seal; distrusts every byte of the peer: this is the largest
 * parser it faces.
 */
#include "net/seal/tls.h"
#include "net/seal/crypto.h"
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/ssl.h>
#include <string.h>

#define CIPHER "TLS_AES_256_GCM_SHA384"
#define GROUP_HYBRID_ID 0x11eb /* SecP256r1MLKEM768 in the TLS registry */
#define PADDING 256
#define IDENTITY_CAP 64
#define REKEY_RECORDS (1u << 20)
#define RECORD_DATA 16384

static SSL_CTX *contexts[2]; /* client, server */

struct tls {
    SSL *ssl;
    SSL_SESSION *psk;
    bool server, up;
    uint32_t records; /* written under the present key */
    uint8_t identity[IDENTITY_CAP];
    size_t identity_len;
};

/* --- callbacks of OpenSSL --- */

static int client_psk(SSL *ssl, const EVP_MD *md, const unsigned char **id, size_t *id_len,
                      SSL_SESSION **session)
{
    struct tls *t = SSL_get_app_data(ssl);
    (void)md; /* fixed by the cipher of the session object */
    *id = t->identity;
    *id_len = t->identity_len;
    *session = SSL_SESSION_up_ref(t->psk) ? t->psk : NULL;
    return *session != NULL;
}

static int server_psk(SSL *ssl, const unsigned char *id, size_t id_len, SSL_SESSION **session)
{
    struct tls *t = SSL_get_app_data(ssl);
    bool ours = id_len == t->identity_len && memcmp(id, t->identity, id_len) == 0;
    *session = ours && SSL_SESSION_up_ref(t->psk) ? t->psk : NULL;
    return 1;
}

/* --- the two contexts --- */

/* The list with the hybrid group where OpenSSL knows it. The macro behind the call wants writable
 * text. */
static bool choose_groups(SSL_CTX *ctx)
{
    char hybrid[] = "SecP256r1MLKEM768:P-256", classic[] = "P-256";
    return SSL_CTX_set1_groups_list(ctx, hybrid) == 1 ||
           SSL_CTX_set1_groups_list(ctx, classic) == 1;
}

static bool configure(SSL_CTX *ctx, bool server)
{
    if (SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_ciphersuites(ctx, CIPHER) != 1 ||
        SSL_CTX_set_block_padding(ctx, PADDING) != 1 || SSL_CTX_set_num_tickets(ctx, 0) != 1 ||
        SSL_CTX_set_max_early_data(ctx, 0) != 1 || !choose_groups(ctx))
        return false;
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_clear_options(ctx, SSL_OP_ALLOW_NO_DHE_KEX | SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    /* No trust anchor exists: a server that ignores the PSK and shows a certificate fails. */
    SSL_CTX_set_verify(ctx, server ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    if (server)
        SSL_CTX_set_psk_find_session_callback(ctx, server_psk);
    else
        SSL_CTX_set_psk_use_session_callback(ctx, client_psk);
    return true;
}

bool tls_init(void)
{
    contexts[0] = SSL_CTX_new(TLS_client_method());
    contexts[1] = SSL_CTX_new(TLS_server_method());
    bool ok =
        contexts[0] && contexts[1] && configure(contexts[0], false) && configure(contexts[1], true);
    ERR_clear_error();
    return ok;
}

void tls_finish(void)
{
    SSL_CTX_free(contexts[0]);
    SSL_CTX_free(contexts[1]);
    contexts[0] = contexts[1] = NULL;
}

/* --- one channel --- */

static SSL_SESSION *psk_session(SSL *ssl, const uint8_t psk[PSK_LEN])
{
    static const unsigned char cipher_id[2] = {0x13, 0x02};
    const SSL_CIPHER *cipher = SSL_CIPHER_find(ssl, cipher_id);
    SSL_SESSION *s = SSL_SESSION_new();
    crypto_must(cipher && s && SSL_SESSION_set1_master_key(s, psk, PSK_LEN) == 1 &&
                SSL_SESSION_set_cipher(s, cipher) == 1 &&
                SSL_SESSION_set_protocol_version(s, TLS1_3_VERSION) == 1);
    return s;
}

struct tls *tls_create(bool server, const uint8_t psk[PSK_LEN], struct span identity)
{
    struct tls *t = crypto_zalloc(sizeof *t);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    t->ssl = SSL_new(contexts[server]);
    crypto_must(t->ssl && in && out && identity.len <= IDENTITY_CAP);
    t->psk = psk_session(t->ssl, psk);
    t->server = server;
    memcpy(t->identity, identity.data, identity.len);
    t->identity_len = identity.len;
    BIO_set_mem_eof_return(in, -1);
    BIO_set_mem_eof_return(out, -1);
    SSL_set_bio(t->ssl, in, out);
    SSL_set_app_data(t->ssl, t);
    if (server)
        SSL_set_accept_state(t->ssl);
    else
        SSL_set_connect_state(t->ssl);
    return t;
}

void tls_destroy(struct tls *t)
{
    if (!t)
        return;
    SSL_free(t->ssl);
    SSL_SESSION_free(t->psk);
    crypto_release(t);
}

void tls_feed(struct tls *t, struct span in)
{
    int n = BIO_write(SSL_get_rbio(t->ssl), in.data, (int)in.len);
    crypto_must(n == (int)in.len);
}

/* A peer may complete a handshake only in the one way of the suite. */
static bool as_agreed(struct tls *t)
{
    const SSL_CIPHER *cipher = SSL_get_current_cipher(t->ssl);
    long group = SSL_get_negotiated_group(t->ssl);
    bool group_ok = group == NID_X9_62_prime256v1 || (group & 0xffff) == GROUP_HYBRID_ID;
    return SSL_version(t->ssl) == TLS1_3_VERSION && cipher &&
           SSL_CIPHER_get_protocol_id(cipher) == 0x1302 && group_ok && SSL_session_reused(t->ssl) &&
           !SSL_get0_peer_certificate(t->ssl);
}

static enum tls_result failure(struct tls *t, int r)
{
    int e = SSL_get_error(t->ssl, r);
    ERR_clear_error();
    if (e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE)
        return TLS_NOTHING;
    return e == SSL_ERROR_ZERO_RETURN ? TLS_CLOSED : TLS_BAD;
}

enum tls_result tls_read(struct tls *t, uint8_t *out, size_t cap, size_t *len)
{
    ERR_clear_error();
    if (!t->up) {
        int r = SSL_do_handshake(t->ssl);
        if (r != 1)
            return failure(t, r);
        t->up = as_agreed(t);
        return t->up ? TLS_UP : TLS_BAD;
    }
    int r = SSL_read_ex(t->ssl, out, cap, len);
    return r == 1 ? TLS_DATA : failure(t, r);
}

bool tls_write(struct tls *t, struct span data)
{
    ERR_clear_error();
    if (t->records >= REKEY_RECORDS) {
        if (SSL_key_update(t->ssl, SSL_KEY_UPDATE_NOT_REQUESTED) != 1)
            return false;
        t->records = 0;
    }
    size_t n = 0;
    t->records += (uint32_t)(data.len / RECORD_DATA) + 1;
    return t->up && SSL_write_ex(t->ssl, data.data, data.len, &n) == 1 && n == data.len;
}

void tls_close(struct tls *t)
{
    ERR_clear_error();
    if (t->up)
        (void)SSL_shutdown(t->ssl);
    ERR_clear_error();
}

size_t tls_take(struct tls *t, uint8_t *out, size_t cap)
{
    int n = BIO_read(SSL_get_wbio(t->ssl), out, (int)cap);
    return n > 0 ? (size_t)n : 0;
}

void tls_export(struct tls *t, const char *label, struct span context, uint8_t out[SHARED_LEN])
{
    crypto_must(SSL_export_keying_material(t->ssl, out, SHARED_LEN, label, strlen(label),
                                           context.data, context.len, 1) == 1);
}
