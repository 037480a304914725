/*
 * Identities for tests of sessions: keys as `vitrine identity new` makes them, and keys with a
 * certificate that nobody issued (what a chain is worth is the broker's word).
 */
#ifndef TESTS_UNIT_SEAL_IDENTITIES_H
#define TESTS_UNIT_SEAL_IDENTITIES_H
#include "net/seal/identity.h"
#include "net/seal/kdf.h"
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static inline struct identity *made(enum identity_alg alg)
{
    uint8_t text[4096];
    int fd = memfd_create("identity", MFD_CLOEXEC);
    assert_true(fd >= 0 && identity_make(alg, fd));
    ssize_t n = pread(fd, text, sizeof text, 0);
    assert_true(n > 0 && n < (ssize_t)sizeof text);
    close(fd);
    struct identity *id = identity_read(span_of(text, (size_t)n));
    assert_non_null(id);
    return id;
}

static inline size_t pem_of(char out[8192], EVP_PKEY *key, X509 **certificates, size_t n)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *data;
    assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(PEM_write_bio_X509(bio, certificates[i]), 1);
    long len = BIO_get_mem_data(bio, &data);
    assert_true(len > 0 && len < 8192);
    memcpy(out, data, (size_t)len);
    BIO_free(bio);
    return (size_t)len;
}

static inline X509 *certificate(EVP_PKEY *key, const char *name, int names)
{
    X509 *x = X509_new();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    for (int i = 0; i < names; i++)
        X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                                   (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509_set_pubkey(x, key);
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    return x;
}

static inline struct identity *certified(const char *curve, const char *name)
{
    char pem[8192];
    EVP_PKEY *key = EVP_EC_gen(curve);
    X509 *x = certificate(key, name, 1);
    struct identity *id = identity_read(span_of(pem, pem_of(pem, key, &x, 1)));
    assert_non_null(id);
    X509_free(x);
    EVP_PKEY_free(key);
    return id;
}

/* What vitrine-verify would say of a chain of one. */
struct spki {
    uint8_t key[IDENTITY_POINT_MAX], fp[IDENTITY_FP];
    size_t len;
};
static inline struct spki spki_of(const uint8_t *der, size_t len)
{
    struct spki s = {0};
    X509 *x = d2i_X509(NULL, &der, (long)len);
    assert_non_null(x);
    assert_int_equal(
        EVP_PKEY_get_octet_string_param(X509_get0_pubkey(x), "pub", s.key, sizeof s.key, &s.len),
        1);
    memset(s.fp, 0x5c, sizeof s.fp);
    X509_free(x);
    return s;
}

#endif
