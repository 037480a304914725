/*
 * Session signatures. Runs in vitrine-seal; distrusts points and signatures of peers.
 */
#include "net/seal/sig.h"
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <string.h>

/* Digest and signature are asked for apart: what joins the two looks the digest up by its name each
   time, which costs as much as the signature. */

#define PREFIX "e2e/1 sig "
#define DER_MAX 72 /* two INTEGERs of up to 33 bytes, and 6 bytes around them */

EVP_PKEY *sig_create(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    crypto_must(key != NULL);
    return key;
}

void sig_public(const EVP_PKEY *key, uint8_t out[POINT_LEN])
{
    size_t len = 0;
    crypto_must(
        EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, out, POINT_LEN, &len) == 1 &&
        len == POINT_LEN);
}

static bool public_ok(EVP_PKEY *key)
{
    EVP_PKEY_CTX *check = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    crypto_must(check != NULL);
    bool ok = EVP_PKEY_public_check(check) == 1;
    EVP_PKEY_CTX_free(check);
    return ok;
}

EVP_PKEY *sig_from_public(const uint8_t point[POINT_LEN])
{
    if (point[0] != 0x04)
        return NULL;
    char group[] = "P-256";
    uint8_t copy[POINT_LEN];
    memcpy(copy, point, sizeof copy);
    OSSL_PARAM params[3] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof copy),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    crypto_must(ctx && EVP_PKEY_fromdata_init(ctx) == 1);
    bool ok = EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1 && public_ok(key);
    EVP_PKEY_CTX_free(ctx);
    if (!ok) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}

static void digest(const char *label, struct span m, uint8_t out[32])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    crypto_must(ctx && EVP_DigestInit_ex2(ctx, crypto_algorithms.sha256, NULL) == 1);
    if (label)
        crypto_must(EVP_DigestUpdate(ctx, PREFIX, strlen(PREFIX)) == 1 &&
                    EVP_DigestUpdate(ctx, label, strlen(label) + 1) == 1);
    crypto_must((!m.len || EVP_DigestUpdate(ctx, m.data, m.len) == 1) &&
                EVP_DigestFinal_ex(ctx, out, NULL) == 1);
    EVP_MD_CTX_free(ctx);
}

static bool der_to_rs(const uint8_t *der, size_t len, uint8_t out[SIG_LEN])
{
    const uint8_t *at = der;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
    bool ok = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, 32) == 32 &&
              BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + 32, 32) == 32;
    ECDSA_SIG_free(sig);
    return ok;
}

/* 0 when r and s cannot be put into DER. */
static size_t rs_to_der(const uint8_t rs[SIG_LEN], uint8_t der[DER_MAX])
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(rs, 32, NULL), *s = BN_bin2bn(rs + 32, 32, NULL);
    crypto_must(sig && r && s && ECDSA_SIG_set0(sig, r, s) == 1);
    uint8_t *at = der;
    int len = i2d_ECDSA_SIG(sig, NULL);
    if (len > 0 && len <= DER_MAX)
        len = i2d_ECDSA_SIG(sig, &at);
    else
        len = 0;
    ECDSA_SIG_free(sig);
    return len > 0 ? (size_t)len : 0;
}

void sig_sign(EVP_PKEY *key, const char *label, struct span m, uint8_t out[SIG_LEN])
{
    uint8_t der[DER_MAX], hash[32];
    size_t len = sizeof der;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    digest(label, m, hash);
    crypto_must(ctx && EVP_PKEY_sign_init(ctx) == 1 &&
                EVP_PKEY_sign(ctx, der, &len, hash, sizeof hash) == 1 && der_to_rs(der, len, out));
    EVP_PKEY_CTX_free(ctx);
}

static bool verify(EVP_PKEY *key, const char *label, struct span m, const uint8_t sig[SIG_LEN])
{
    uint8_t der[DER_MAX], hash[32];
    size_t len = rs_to_der(sig, der);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    digest(label, m, hash);
    crypto_must(ctx && EVP_PKEY_verify_init(ctx) == 1);
    bool ok = len && EVP_PKEY_verify(ctx, der, len, hash, sizeof hash) == 1;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

bool sig_verify(EVP_PKEY *key, const char *label, struct span m, const uint8_t sig[SIG_LEN])
{
    return verify(key, label, m, sig);
}

bool sig_verify_plain(EVP_PKEY *key, struct span m, const uint8_t sig[SIG_LEN])
{
    return verify(key, NULL, m, sig);
}
