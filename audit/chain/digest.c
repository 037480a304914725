/* Hashes and signatures of the trail. Run by audit and verify. */
#include "audit/chain/digest.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

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
