/*
 * Identities. Runs in vitrine-seal; distrusts keys and signatures of peers, and the form of the
 * user's own file, which is read before the lock-down.
 */
#include "net/seal/identity.h"
#include "lib/text.h"
#include "net/seal/bytes.h"
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/sig.h"
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>
#include <unistd.h>

#define LABEL "identity"
#define PREFIX "e2e/1 sig " LABEL /* and a zero byte */
#define ED25519_KEY 32
#define POINT_384 97
#define CLAIM_MAX (sizeof PREFIX + 1 + SHARED_LEN + POINT_LEN + MAX_NAME)

struct identity {
    enum identity_alg alg;
    EVP_PKEY *key;
    uint8_t shown[MAX_IDENTITY];
    size_t shown_len;
    uint8_t name[MAX_NAME];
    size_t name_len;
    uint8_t fp[IDENTITY_FP];
};

/* --- the bytes that are signed --- */

/* With `whole` from the label on, else what sig_sign puts it before. */
static struct span claim_bytes(const struct identity_claim *c, bool whole, uint8_t out[CLAIM_MAX])
{
    struct put p = put_into(out, CLAIM_MAX);
    if (whole)
        put_bytes(&p, PREFIX, sizeof PREFIX);
    put_u8(&p, c->organizer);
    put_bytes(&p, c->bind, SHARED_LEN);
    put_bytes(&p, c->sig_pub, POINT_LEN);
    put_bytes(&p, c->name.data, c->name.len);
    crypto_must(p.ok);
    return span_of(out, p.len);
}

static bool is_curve(const EVP_PKEY *key, const char *want)
{
    char name[32];
    return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, name, sizeof name, NULL) == 1 &&
           strcmp(name, want) == 0;
}

/* SHA-384 for P-384, SHA-256 for P-256; Ed25519 has a hash of its own. By the curve, not by how
   long the point is: keys may hold a compressed one. */
static const char *hash_of(enum identity_alg alg, const EVP_PKEY *key)
{
    return alg == IDENTITY_ED25519 ? NULL : is_curve(key, "secp384r1") ? "SHA2-384" : "SHA2-256";
}

/* --- reading our own --- */

static int no_password(char *buf, int size, int writing, void *ctx)
{
    (void)buf, (void)size, (void)writing, (void)ctx;
    return -1;
}

/* OpenSSL would hand it out as it stands in the file. */
static size_t public_point(EVP_PKEY *key, uint8_t out[IDENTITY_POINT_MAX])
{
    size_t len = 0;
    bool ok = EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                             "uncompressed") == 1 &&
              EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, out, IDENTITY_POINT_MAX,
                                              &len) == 1;
    return ok ? len : 0;
}

/* false: more than three, or too long. */
static bool add_certificate(struct identity *id, unsigned n, X509 *x)
{
    int len = i2d_X509(x, NULL);
    if (n > IDENTITY_CHAIN || len <= 0 || (size_t)len > sizeof id->shown - id->shown_len)
        return false;
    uint8_t *at = id->shown + id->shown_len;
    id->shown_len += (size_t)len;
    return i2d_X509(x, &at) == len;
}

/* The one common name, as the other side will read it. */
static bool take_name(struct identity *id, X509 *x)
{
    X509_NAME *subject = X509_get_subject_name(x);
    int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0)
        return false;
    unsigned char *utf8 = NULL;
    int len =
        ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    bool ok = len > 0 && len <= MAX_NAME && text_valid(utf8, (size_t)len);
    if (ok)
        memcpy(id->name, utf8, (size_t)len);
    id->name_len = ok ? (size_t)len : 0;
    OPENSSL_free(utf8);
    return ok;
}

static bool take_first(struct identity *id, X509 *x)
{
    uint8_t *spki = NULL;
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);
    bool ok = len > 0 && X509_check_private_key(x, id->key) == 1 && take_name(id, x);
    if (ok)
        identity_key_fingerprint(span_of(spki, (size_t)len), id->fp);
    OPENSSL_free(spki);
    return ok;
}

static bool take_certificates(struct identity *id, struct span pem, unsigned *n)
{
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
    X509 *x;
    bool ok = true;
    crypto_must(bio != NULL);
    for (*n = 0; ok && (x = PEM_read_bio_X509(bio, NULL, no_password, NULL)); X509_free(x)) {
        ++*n;
        ok = add_certificate(id, *n, x) && (*n > 1 || take_first(id, x));
    }
    BIO_free(bio);
    return ok;
}

static bool take_bare_key(struct identity *id)
{
    size_t len = ED25519_KEY;
    id->alg = EVP_PKEY_is_a(id->key, "ED25519") ? IDENTITY_ED25519 : IDENTITY_P256;
    if (id->alg == IDENTITY_ED25519) {
        if (EVP_PKEY_get_raw_public_key(id->key, id->shown, &len) != 1)
            return false;
    } else {
        len = is_curve(id->key, "prime256v1") ? public_point(id->key, id->shown) : 0;
    }
    id->shown_len = len;
    identity_key_fingerprint(span_of(id->shown, len), id->fp);
    return identity_is_key(id->alg, span_of(id->shown, len));
}

static bool take_all(struct identity *id, struct span pem)
{
    unsigned n = 0;
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
    crypto_must(bio != NULL);
    id->key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
    BIO_free(bio);
    if (!id->key || !take_certificates(id, pem, &n))
        return false;
    if (!n)
        return take_bare_key(id);
    id->alg = IDENTITY_CHAINED;
    return is_curve(id->key, "prime256v1") || is_curve(id->key, "secp384r1");
}

struct identity *identity_read(struct span pem)
{
    struct identity *id = crypto_zalloc(sizeof *id);
    uint8_t sig[IDENTITY_SIG_MAX], bind[SHARED_LEN] = {0}, sig_pub[POINT_LEN] = {0};
    const struct identity_claim trial = {.bind = bind, .sig_pub = sig_pub};
    if (!take_all(id, pem) || !identity_sign(id, &trial, sig)) {
        identity_destroy(id);
        id = NULL;
    }
    ERR_clear_error();
    return id;
}

void identity_destroy(struct identity *id)
{
    if (!id)
        return;
    EVP_PKEY_free(id->key);
    crypto_release(id);
}

enum identity_alg identity_alg(const struct identity *id)
{
    return id ? id->alg : IDENTITY_NONE;
}

struct span identity_key(const struct identity *id)
{
    return id ? span_of(id->shown, id->shown_len) : span_of(NULL, 0);
}

struct span identity_name(const struct identity *id)
{
    return id ? span_of(id->name, id->name_len) : span_of(NULL, 0);
}

void identity_fingerprint(const struct identity *id, uint8_t out[IDENTITY_FP])
{
    memcpy(out, id->fp, IDENTITY_FP);
}

size_t identity_sign(const struct identity *id, const struct identity_claim *claim,
                     uint8_t out[IDENTITY_SIG_MAX])
{
    uint8_t bytes[CLAIM_MAX];
    size_t len = IDENTITY_SIG_MAX;
    if (id->alg == IDENTITY_P256) {
        sig_sign(id->key, LABEL, claim_bytes(claim, false, bytes), out);
        crypto_wipe(bytes, sizeof bytes);
        return SIG_LEN;
    }
    struct span m = claim_bytes(claim, true, bytes);
    const char *hash = hash_of(id->alg, id->key);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx && EVP_DigestSignInit_ex(ctx, NULL, hash, NULL, NULL, id->key, NULL) == 1 &&
              EVP_DigestSign(ctx, out, &len, m.data, m.len) == 1;
    EVP_MD_CTX_free(ctx);
    crypto_wipe(bytes, sizeof bytes);
    return ok ? len : 0;
}

/* --- making one --- */

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = write(fd, bytes, len);
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

bool identity_make(enum identity_alg alg, int fd)
{
    EVP_PKEY *key =
        alg == IDENTITY_ED25519 ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519") : EVP_EC_gen("P-256");
    BIO *bio = BIO_new(BIO_s_secmem());
    char *pem = NULL;
    bool ok = key && bio && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1;
    long len = ok ? BIO_get_mem_data(bio, &pem) : 0;
    ok = ok && len > 0 && write_all(fd, pem, (size_t)len);
    EVP_PKEY_free(key);
    BIO_free(bio);
    ERR_clear_error();
    return ok;
}

/* --- others' --- */

static EVP_PKEY *key_from_point(struct span point)
{
    char group[] = "P-384";
    uint8_t copy[IDENTITY_POINT_MAX];
    EVP_PKEY *key = NULL;
    if (point.len == POINT_LEN)
        return sig_from_public(point.data);
    if (point.len != POINT_384 || point.data[0] != 0x04)
        return NULL;
    memcpy(copy, point.data, point.len);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, point.len),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    crypto_must(ctx && EVP_PKEY_fromdata_init(ctx) == 1);
    bool ok = EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_CTX *check = ok ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
    ok = check && EVP_PKEY_public_check(check) == 1;
    EVP_PKEY_CTX_free(check);
    if (ok)
        return key;
    EVP_PKEY_free(key);
    return NULL;
}

static EVP_PKEY *key_of(enum identity_alg alg, struct span key)
{
    switch (alg) {
    case IDENTITY_P256:
        return key.len == POINT_LEN ? sig_from_public(key.data) : NULL;
    case IDENTITY_ED25519:
        return key.len == ED25519_KEY
                   ? EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, key.data, key.len)
                   : NULL;
    case IDENTITY_CHAINED:
        return key_from_point(key);
    default:
        return NULL;
    }
}

bool identity_is_key(enum identity_alg alg, struct span key)
{
    EVP_PKEY *k = key_of(alg, key);
    EVP_PKEY_free(k);
    ERR_clear_error();
    return k != NULL;
}

static bool signed_whole(EVP_PKEY *key, const char *hash, struct span m, struct span sig)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx && EVP_DigestVerifyInit_ex(ctx, NULL, hash, NULL, NULL, key, NULL) == 1 &&
              EVP_DigestVerify(ctx, sig.data, sig.len, m.data, m.len) == 1;
    EVP_MD_CTX_free(ctx);
    return ok;
}

bool identity_signed(enum identity_alg alg, struct span key, const struct identity_claim *claim,
                     struct span sig)
{
    uint8_t bytes[CLAIM_MAX];
    EVP_PKEY *k = key_of(alg, key);
    bool ok = k != NULL;
    if (ok && alg == IDENTITY_P256)
        ok = sig.len == SIG_LEN && sig_verify(k, LABEL, claim_bytes(claim, false, bytes), sig.data);
    else if (ok)
        ok = signed_whole(k, hash_of(alg, k), claim_bytes(claim, true, bytes), sig);
    EVP_PKEY_free(k);
    crypto_wipe(bytes, sizeof bytes);
    ERR_clear_error();
    return ok;
}

void identity_key_fingerprint(struct span key, uint8_t out[IDENTITY_FP])
{
    crypto_must(EVP_Digest(key.data, key.len, out, NULL, crypto_algorithms.sha256, NULL) == 1);
}
