/* Hashes and signatures of the trail. Run by audit and verify. */
#include "audit/chain/digest.h"
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#define DER_MAX 72 /* two INTEGERs of up to 33 bytes, and 6 bytes around them */

bool digest_of(const void *bytes, size_t len, uint8_t out[DIGEST_SIZE])
{
    return EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL) == 1;
}

bool digest_make_key(uint8_t private_key[32], uint8_t public_key[32])
{
    size_t len = 32;
    if (RAND_priv_bytes(private_key, 32) != 1)
        return false;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, private_key, 32);
    bool good = key && EVP_PKEY_get_raw_public_key(key, public_key, &len) == 1 && len == 32;
    EVP_PKEY_free(key);
    return good;
}

bool digest_sign(const uint8_t private_key[32], const void *bytes, size_t len,
                 uint8_t out[SIGNATURE_SIZE])
{
    size_t n = SIGNATURE_SIZE;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, private_key, 32);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = key && ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
                EVP_DigestSign(ctx, out, &n, bytes, len) == 1 && n == SIGNATURE_SIZE;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return good;
}

bool digest_verify(const uint8_t public_key[32], const void *bytes, size_t len,
                   const uint8_t signature[SIGNATURE_SIZE])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, 32);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = key && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
                EVP_DigestVerify(ctx, signature, SIGNATURE_SIZE, bytes, len) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return good;
}

static EVP_PKEY *session_key(const uint8_t point[65])
{
    char group[] = "P-256";
    uint8_t copy[65];
    memcpy(copy, point, sizeof copy);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof copy),
        OSSL_PARAM_construct_end()};
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (point[0] != 4 || !ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    return key;
}

/* r and s as OpenSSL wants them; 0: no memory, or too large. */
static size_t to_der(const uint8_t rs[64], uint8_t out[DER_MAX])
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(rs, 32, NULL), *s = BN_bin2bn(rs + 32, 32, NULL);
    int len = 0;
    if (sig && r && s && ECDSA_SIG_set0(sig, r, s) == 1) {
        r = s = NULL;
        len = i2d_ECDSA_SIG(sig, NULL);
        len = len > 0 && len <= DER_MAX ? i2d_ECDSA_SIG(sig, &out) : 0;
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(sig);
    return len > 0 ? (size_t)len : 0;
}

bool digest_verify_session(const uint8_t point[65], const void *bytes, size_t len,
                           const uint8_t signature[64])
{
    uint8_t der[DER_MAX];
    size_t der_len = to_der(signature, der);
    EVP_PKEY *key = session_key(point);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = der_len && key && ctx &&
                EVP_DigestVerifyInit_ex(ctx, NULL, "SHA2-256", NULL, NULL, key, NULL) == 1 &&
                EVP_DigestVerify(ctx, der, der_len, bytes, len) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return good;
}

bool digest_seal(const uint8_t key[DIGEST_SIZE], const uint8_t hash[DIGEST_SIZE],
                 uint8_t out[DIGEST_SIZE])
{
    unsigned len = DIGEST_SIZE;
    return HMAC(EVP_sha256(), key, DIGEST_SIZE, hash, DIGEST_SIZE, out, &len) != NULL;
}

bool digest_evolve(uint8_t key[DIGEST_SIZE])
{
    uint8_t message[23 + DIGEST_SIZE] = "vitrine/1 audit evolve";
    memcpy(message + 23, key, DIGEST_SIZE);
    bool good = digest_of(message, sizeof message, key);
    OPENSSL_cleanse(message, sizeof message);
    return good;
}

bool digest_random(uint8_t out[DIGEST_SIZE])
{
    return RAND_priv_bytes(out, DIGEST_SIZE) == 1;
}

bool digest_warm_up(void)
{
    uint8_t private_key[32], public_key[32], hash[DIGEST_SIZE], signature[SIGNATURE_SIZE];
    uint8_t seal[DIGEST_SIZE];
    bool good = digest_make_key(private_key, public_key) && digest_of("", 0, hash) &&
                digest_sign(private_key, hash, sizeof hash, signature) &&
                digest_verify(public_key, hash, sizeof hash, signature) &&
                digest_seal(private_key, hash, seal) && digest_evolve(seal);
    hash[0] ^= 1;
    good = good && !digest_verify(public_key, hash, sizeof hash, signature);
    OPENSSL_cleanse(private_key, sizeof private_key);
    return good;
}

void digest_head_message(uint64_t n, const uint8_t hash[DIGEST_SIZE], uint8_t out[HEAD_MESSAGE])
{
    static const char label[21] = "vitrine/1 audit head";
    memcpy(out, label, sizeof label);
    for (int i = 0; i < 8; i++)
        out[21 + i] = (uint8_t)(n >> (56 - 8 * i));
    memcpy(out + 29, hash, DIGEST_SIZE);
}
