/*
 * Key derivation and hashes. Runs in vitrine-seal; its inputs are checked lengths and secrets of
 * ours.
 */
#include "net/seal/kdf.h"
#include "net/seal/bytes.h"
#include "net/seal/crypto.h"
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <string.h>

#define LABEL_MAX 32
#define PREFIX "e2e/1 "

static void hkdf(int mode, struct span key, struct span salt, struct span info, uint8_t *out,
                 size_t out_len)
{
    char digest[] = "SHA2-512";
    OSSL_PARAM params[6] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
        crypto_octets(OSSL_KDF_PARAM_KEY, key),
        crypto_octets(OSSL_KDF_PARAM_SALT, salt),
        crypto_octets(OSSL_KDF_PARAM_INFO, info),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(crypto_algorithms.hkdf);
    crypto_must(ctx && EVP_KDF_derive(ctx, out, out_len, params) == 1);
    EVP_KDF_CTX_free(ctx);
}

void kdf_hkdf512(struct span ikm, struct span salt, struct span info, uint8_t *out, size_t out_len)
{
    hkdf(EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND, ikm, salt, info, out, out_len);
}

void kdf_extract512(struct span ikm, struct span salt, uint8_t out[64])
{
    hkdf(EVP_KDF_HKDF_MODE_EXTRACT_ONLY, ikm, salt, span_of(NULL, 0), out, 64);
}

void kdf_expand512(struct span prk, struct span info, uint8_t *out, size_t out_len)
{
    hkdf(EVP_KDF_HKDF_MODE_EXPAND_ONLY, prk, span_of(NULL, 0), info, out, out_len);
}

void kdf_expand(struct span prk, const char *label, struct span ctx, uint8_t *out, size_t out_len)
{
    uint8_t info[sizeof PREFIX + LABEL_MAX + KDF_CONTEXT_MAX];
    struct put p = put_into(info, sizeof info);
    put_bytes(&p, PREFIX, strlen(PREFIX));
    put_bytes(&p, label, strlen(label) + 1);
    put_bytes(&p, ctx.data, ctx.len);
    crypto_must(p.ok);
    kdf_expand512(prk, span_of(info, p.len), out, out_len);
}

static void digest(EVP_MD *md, const char *label, struct span m, uint8_t *out)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    crypto_must(ctx && EVP_DigestInit_ex2(ctx, md, NULL) == 1);
    if (label)
        crypto_must(EVP_DigestUpdate(ctx, PREFIX, strlen(PREFIX)) == 1 &&
                    EVP_DigestUpdate(ctx, label, strlen(label) + 1) == 1);
    crypto_must((!m.len || EVP_DigestUpdate(ctx, m.data, m.len) == 1) &&
                EVP_DigestFinal_ex(ctx, out, NULL) == 1);
    EVP_MD_CTX_free(ctx);
}

void kdf_tag(const char *label, struct span m, uint8_t out[32])
{
    digest(crypto_algorithms.sha256, label, m, out);
}

void kdf_hash256(struct span m, uint8_t out[32])
{
    digest(crypto_algorithms.sha256, NULL, m, out);
}

void kdf_hash512(struct span m, uint8_t out[64])
{
    digest(crypto_algorithms.sha512, NULL, m, out);
}

void kdf_hmac512(struct span key, struct span m, uint8_t out[64])
{
    char name[] = "SHA2-512";
    OSSL_PARAM params[2] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                            OSSL_PARAM_construct_end()};
    size_t len = 0;
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(crypto_algorithms.hmac);
    crypto_must(ctx && EVP_MAC_init(ctx, key.data, key.len, params) == 1 &&
                EVP_MAC_update(ctx, m.data, m.len) == 1 && EVP_MAC_final(ctx, out, &len, 64) == 1);
    EVP_MAC_CTX_free(ctx);
}
