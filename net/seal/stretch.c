/*
 * Password stretch. Runs in vitrine-seal, once per password; distrusts the typed bytes.
 */
#include "net/seal/stretch.h"
#include "net/seal/bytes.h"
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/pake.h"
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <string.h>

#define PBKDF2_ITERATIONS 210000
#define SCRYPT_MEMORY (64u << 20)
#define INPUT_MAX (3 * 8 + PASSWORD_MAX + 2 * 16)

bool stretch_canonical(struct span typed, uint8_t out[PASSWORD_MAX], size_t *len)
{
    size_t n = 0;
    for (size_t i = 0; i < typed.len; i++) {
        uint8_t c = typed.data[i];
        if (c < 0x20 || c > 0x7e)
            return false;
        if (c == ' ' || c == '-')
            continue;
        if (n == PASSWORD_MAX)
            return false;
        out[n++] = c;
    }
    *len = n;
    return true;
}

static void derive(EVP_KDF *kdf, const OSSL_PARAM params[], uint8_t *out, size_t out_len)
{
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    crypto_must(ctx && EVP_KDF_derive(ctx, out, out_len, params) == 1);
    EVP_KDF_CTX_free(ctx);
}

void stretch_scrypt(struct span in, struct span salt, uint64_t n, uint32_t r, uint32_t p,
                    uint8_t *out, size_t out_len)
{
    uint64_t memory = SCRYPT_MEMORY;
    OSSL_PARAM params[7] = {
        crypto_octets(OSSL_KDF_PARAM_PASSWORD, in),
        crypto_octets(OSSL_KDF_PARAM_SALT, salt),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory),
        OSSL_PARAM_construct_end(),
    };
    derive(crypto_algorithms.scrypt, params, out, out_len);
}

static void pbkdf2(struct span in, struct span salt, uint8_t *out, size_t out_len)
{
    char digest[] = "SHA2-512";
    uint64_t iterations = PBKDF2_ITERATIONS;
    OSSL_PARAM params[5] = {
        crypto_octets(OSSL_KDF_PARAM_PASSWORD, in),
        crypto_octets(OSSL_KDF_PARAM_SALT, salt),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_ITER, &iterations),
        OSSL_PARAM_construct_end(),
    };
    derive(crypto_algorithms.pbkdf2, params, out, out_len);
}

void stretch_password(unsigned kind, struct span canonical, const uint8_t salt[32],
                      uint8_t out[2 * STRETCH_OUT])
{
    uint8_t in[INPUT_MAX];
    struct put p = put_into(in, sizeof in);
    pake_put_counted(&p, canonical);
    pake_put_counted(&p, span_of(PAKE_ID_PROVER, strlen(PAKE_ID_PROVER)));
    pake_put_counted(&p, span_of(PAKE_ID_VERIFIER, strlen(PAKE_ID_VERIFIER)));
    crypto_must(p.ok && (kind == STRETCH_SCRYPT || kind == STRETCH_PBKDF2));
    struct span input = span_of(in, p.len), salted = span_of(salt, 32);
    if (kind == STRETCH_SCRYPT)
        stretch_scrypt(input, salted, 32768, 8, 1, out, 2 * STRETCH_OUT);
    else
        pbkdf2(input, salted, out, 2 * STRETCH_OUT);
    crypto_wipe(in, sizeof in);
}
