/* Chains of certificates for tests: see chains.h. */
#include "tests/unit/verify/chains.h"
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void must(int ok)
{
    if (!ok)
        abort();
}

static void extend(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    if (!*value)
        return;
    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&ctx);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    must(e != NULL && X509_add_ext(x, e, -1) == 1);
    X509_EXTENSION_free(e);
}

static void extend_more(X509 *x, const char *more)
{
    char oid[64];
    size_t n = strcspn(more, "=");
    memcpy(oid, more, n);
    oid[n] = 0;
    X509_EXTENSION *e = X509V3_EXT_conf(NULL, NULL, oid, more + n + 1);
    must(e != NULL && X509_add_ext(x, e, -1) == 1);
    X509_EXTENSION_free(e);
}

static EVP_PKEY *make_key(const char *curve)
{
    EVP_PKEY *key =
        curve && strcmp(curve, "RSA") == 0 ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048)
        : curve && strcmp(curve, "ED25519") == 0 ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
                                                 : EVP_EC_gen(curve ? curve : "P-256");
    must(key != NULL);
    return key;
}

static const char *or_else(const char *value, const char *usual)
{
    return value ? value : usual;
}

struct issued chains_issue(const struct wanted *w, const struct issued *issuer)
{
    static long serial = 1;
    struct issued i = {make_key(w->curve), X509_new()};
    X509 *by = issuer ? issuer->x : i.x;
    EVP_PKEY *with = issuer ? issuer->key : i.key;
    const char *name = or_else(w->name, w->ca ? "Authority" : "Helga Nord");
    bool usual = !w->from && !w->until;
    X509_set_version(i.x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(i.x), ++serial);
    ASN1_TIME_set(X509_getm_notBefore(i.x), CHAINS_NOW + (usual ? -3600 : w->from));
    ASN1_TIME_set(X509_getm_notAfter(i.x), CHAINS_NOW + (usual ? 3600 : w->until));
    X509_NAME_add_entry_by_txt(X509_get_subject_name(i.x), "O", MBSTRING_UTF8,
                               (const unsigned char *)"Example", -1, -1, 0);
    for (int n = w->names ? w->names : 1; n > 0; n--)
        must(X509_NAME_add_entry_by_txt(X509_get_subject_name(i.x), "CN", MBSTRING_UTF8,
                                        (const unsigned char *)name, -1, -1, 0));
    X509_set_issuer_name(i.x, X509_get_subject_name(by));
    must(X509_set_pubkey(i.x, i.key) == 1);
    extend(i.x, by, NID_basic_constraints, w->ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    extend(i.x, by, NID_subject_key_identifier, "hash");
    if (issuer)
        extend(i.x, by, NID_authority_key_identifier, "keyid:always");
    extend(i.x, by, NID_key_usage,
           or_else(w->usage, w->ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature"));
    extend(i.x, by, NID_ext_key_usage, or_else(w->extended, w->ca ? "" : "clientAuth"));
    if (w->more)
        extend_more(i.x, w->more);
    bool own_hash = EVP_PKEY_is_a(with, "ED25519");
    must(X509_sign(i.x, with, own_hash ? NULL : w->hash ? w->hash : EVP_sha256()) > 0);
    return i;
}

void chains_forget(struct issued *i)
{
    EVP_PKEY_free(i->key);
    X509_free(i->x);
    *i = (struct issued){0};
}

size_t chains_add(uint8_t *out, size_t len, const struct issued *i)
{
    uint8_t *at = out + len;
    return len + (size_t)i2d_X509(i->x, &at);
}

size_t chains_pem(char *out, size_t size, const struct issued *i)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *data;
    must(bio != NULL && PEM_write_bio_X509(bio, i->x) == 1);
    long n = BIO_get_mem_data(bio, &data);
    must(n > 0 && (size_t)n < size);
    memcpy(out, data, (size_t)n);
    BIO_free(bio);
    return (size_t)n;
}
