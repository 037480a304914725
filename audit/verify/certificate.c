/* Chains of certificates: see certificate.h. Run by verify; distrusts every byte of the chain. The
   authorities are root's own file. */
#include "audit/verify/certificate.h"
#include "lib/text.h"
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

/* --- the chain --- */

/* NULL: not one to three certificates and nothing else. The first is the helper's. */
static STACK_OF(X509) * read_chain(struct span der)
{
    STACK_OF(X509) *chain = sk_X509_new_null();
    const uint8_t *at = der.data, *end = der.data + der.len;
    bool good = chain != NULL;
    while (good && at < end) {
        X509 *x = d2i_X509(NULL, &at, (long)(end - at));
        good = x && sk_X509_num(chain) < IDENTITY_CHAIN && sk_X509_push(chain, x) > 0;
        if (!good)
            X509_free(x);
    }
    if (good && sk_X509_num(chain) > 0)
        return chain;
    sk_X509_pop_free(chain, X509_free);
    return NULL;
}

/* Elliptic curve P-256 or P-384, named; the key is a point of it. */
static bool key_good(const X509 *x)
{
    char curve[32];
    EVP_PKEY *key = X509_get0_pubkey(x);
    if (!key || !EVP_PKEY_is_a(key, "EC") ||
        EVP_PKEY_get_group_name(key, curve, sizeof curve, NULL) != 1)
        return false;
    return strcmp(curve, "prime256v1") == 0 || strcmp(curve, "secp384r1") == 0;
}

static bool signature_good(const X509 *x)
{
    int nid = X509_get_signature_nid(x);
    return nid == NID_ecdsa_with_SHA256 || nid == NID_ecdsa_with_SHA384 ||
           nid == NID_ecdsa_with_SHA512;
}

static bool algorithms_good(STACK_OF(X509) * chain)
{
    for (int i = 0; i < sk_X509_num(chain); i++)
        if (!key_good(sk_X509_value(chain, i)) || !signature_good(sk_X509_value(chain, i)))
            return false;
    return true;
}

/* --- the authorities --- */

static int no_password(char *buf, int size, int writing, void *ctx)
{
    (void)buf, (void)size, (void)writing, (void)ctx;
    return -1;
}

/* NULL: none in it, or one that is damaged or no authority of ours. */
static X509_STORE *read_anchors(struct span pem)
{
    X509_STORE *store = X509_STORE_new();
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
    X509 *x;
    int n = 0;
    bool good = store && bio;
    for (; good && (x = PEM_read_bio_X509(bio, NULL, no_password, NULL)); n++) {
        good = key_good(x) && X509_check_ca(x) == 1 && X509_STORE_add_cert(store, x) == 1;
        X509_free(x);
    }
    BIO_free(bio);
    good = good && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    if (good && n > 0)
        return store;
    X509_STORE_free(store);
    return NULL;
}

bool certificate_authorities(struct span anchors)
{
    X509_STORE *store = read_anchors(anchors);
    X509_STORE_free(store);
    ERR_clear_error();
    return store != NULL;
}

static enum chain_fault fault_of(int error)
{
    switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
        return CHAIN_ISSUER;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return CHAIN_TIME;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
        return CHAIN_USAGE;
    default:
        return CHAIN_RULES;
    }
}

/* Every rule of RFC 5280 that OpenSSL knows. The chain it finds ends in a self-signed authority:
   each link of it is one of ours or of theirs, and all were looked at. */
static enum chain_fault walk(X509_STORE *store, STACK_OF(X509) * chain, uint64_t unix_s)
{
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    enum chain_fault fault = CHAIN_RULES;
    if (ctx && X509_STORE_CTX_init(ctx, store, sk_X509_value(chain, 0), chain) == 1) {
        X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
        X509_VERIFY_PARAM_set_time(param, (time_t)unix_s);
        X509_VERIFY_PARAM_set_depth(param, IDENTITY_CHAIN - 1);
        X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_CLIENT);
        X509_VERIFY_PARAM_set_flags(param,
                                    X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
        fault = X509_verify_cert(ctx) == 1 ? CHAIN_GOOD : fault_of(X509_STORE_CTX_get_error(ctx));
    }
    X509_STORE_CTX_free(ctx);
    return fault;
}

/* --- the helper's own --- */

static bool usage_good(X509 *x)
{
    uint32_t usage = X509_get_key_usage(x), extended = X509_get_extended_key_usage(x);
    return X509_check_ca(x) == 0 && usage != UINT32_MAX && usage & KU_DIGITAL_SIGNATURE &&
           !(usage & KU_KEY_CERT_SIGN) && extended != UINT32_MAX && extended & XKU_SSL_CLIENT;
}

static bool take_name(X509 *x, struct certificate *out)
{
    const X509_NAME *subject = X509_get_subject_name(x);
    int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0)
        return false;
    unsigned char *utf8 = NULL;
    int len =
        ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    bool good = len > 0 && len <= MAX_NAME && text_valid(utf8, (size_t)len);
    if (good)
        memcpy(out->name, utf8, (size_t)len);
    out->name_len = good ? (size_t)len : 0;
    OPENSSL_free(utf8);
    return good;
}

/* OpenSSL hands out the point as it stands in the certificate, which may be a compressed one. */
static bool take_key(X509 *x, struct certificate *out)
{
    EVP_PKEY *key = X509_get0_pubkey(x);
    uint8_t *spki = NULL;
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);
    bool good = EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                               "uncompressed") == 1 &&
                EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, out->key,
                                                sizeof out->key, &out->key_len) == 1 &&
                len > 0 && EVP_Digest(spki, (size_t)len, out->fp, NULL, EVP_sha256(), NULL) == 1;
    OPENSSL_free(spki);
    return good && (out->key_len == 65 || out->key_len == 97);
}

static enum chain_fault check(STACK_OF(X509) * chain, X509_STORE *store, uint64_t unix_s,
                              struct certificate *out)
{
    X509 *first = sk_X509_value(chain, 0);
    if (!algorithms_good(chain))
        return CHAIN_ALGORITHM;
    enum chain_fault fault = walk(store, chain, unix_s);
    if (fault)
        return fault;
    if (!usage_good(first))
        return CHAIN_USAGE;
    if (!take_name(first, out))
        return CHAIN_NAME;
    return take_key(first, out) ? CHAIN_GOOD : CHAIN_ALGORITHM;
}

enum chain_fault certificate_check(struct span chain, struct span anchors, uint64_t unix_s,
                                   struct certificate *out)
{
    memset(out, 0, sizeof *out);
    X509_STORE *store = read_anchors(anchors);
    STACK_OF(X509) *list = read_chain(chain);
    enum chain_fault fault = !store  ? CHAIN_ANCHORS
                             : !list ? CHAIN_FORM
                                     : check(list, store, unix_s, out);
    sk_X509_pop_free(list, X509_free);
    X509_STORE_free(store);
    ERR_clear_error();
    return fault;
}
