/*
 * SFrame. Runs in vitrine-seal; distrusts header and ciphertext.
 */
#include "net/seal/sframe.h"
#include "net/seal/bytes.h"
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include <openssl/evp.h>
#include <string.h>

#define SUITE 0x0005

/* --- header, RFC 9605 section 4.3: X KKK Y CCC --- */

/* Bytes of a value that does not fit the three bits; 0 when it does. */
static unsigned long_form(uint64_t v)
{
    unsigned n = 0;
    if (v < 8)
        return 0;
    for (; v; v >>= 8)
        n++;
    return n;
}

size_t sframe_header_encode(uint64_t kid, uint64_t ctr, uint8_t out[SFRAME_HEADER_MAX])
{
    unsigned k = long_form(kid), c = long_form(ctr);
    struct put p = put_into(out, SFRAME_HEADER_MAX);
    unsigned high = k ? 8 | (k - 1) : (unsigned)kid, low = c ? 8 | (c - 1) : (unsigned)ctr;
    put_u8(&p, (uint8_t)(high << 4 | low));
    put_number(&p, kid, k);
    put_number(&p, ctr, c);
    return p.len;
}

static uint64_t field(struct get *g, unsigned bits)
{
    unsigned n = bits & 8 ? (bits & 7) + 1 : 0;
    uint64_t v = n ? get_number(g, n) : bits;
    if (long_form(v) != n)
        g->ok = false;
    return v;
}

size_t sframe_header_decode(struct span in, uint64_t *kid, uint64_t *ctr)
{
    struct get g = get_from(in.data, in.len);
    uint8_t config = get_u8(&g);
    *kid = field(&g, config >> 4);
    *ctr = field(&g, config & 15);
    return g.ok ? in.len - g.left : 0;
}

/* --- keys --- */

static void expand(const uint8_t secret[64], const char *label, uint64_t kid, uint8_t *out,
                   size_t len)
{
    uint8_t info[64];
    struct put p = put_into(info, sizeof info);
    put_bytes(&p, label, strlen(label));
    put_u64(&p, kid);
    put_u16(&p, SUITE);
    crypto_must(p.ok);
    kdf_expand512(span_of(secret, 64), span_of(info, p.len), out, len);
}

void sframe_derive(struct span base_key, uint64_t kid, uint8_t key[32], uint8_t salt[SFRAME_SALT])
{
    uint8_t secret[64];
    kdf_extract512(base_key, span_of(NULL, 0), secret);
    expand(secret, "SFrame 1.0 Secret key ", kid, key, 32);
    expand(secret, "SFrame 1.0 Secret salt ", kid, salt, SFRAME_SALT);
    crypto_wipe(secret, sizeof secret);
}

void sframe_key_init(struct sframe_key *k, struct span base_key, uint64_t kid, bool seal)
{
    uint8_t key[32];
    sframe_derive(base_key, kid, key, k->salt);
    k->cipher = EVP_CIPHER_CTX_new();
    crypto_must(k->cipher && EVP_CipherInit_ex2(k->cipher, crypto_algorithms.aes256gcm, key, NULL,
                                                seal, NULL) == 1);
    crypto_wipe(key, sizeof key);
}

void sframe_key_finish(struct sframe_key *k)
{
    EVP_CIPHER_CTX_free(k->cipher);
    crypto_wipe(k, sizeof *k);
}

void sframe_nonce(const uint8_t salt[SFRAME_SALT], uint64_t ctr, uint8_t nonce[SFRAME_SALT])
{
    memcpy(nonce, salt, SFRAME_SALT);
    for (unsigned i = 0; i < 8; i++)
        nonce[SFRAME_SALT - 1 - i] ^= (uint8_t)(ctr >> (8 * i));
}

/* --- frames --- */

static bool begin(struct sframe_key *k, uint64_t ctr, struct span header, struct span metadata)
{
    uint8_t nonce[SFRAME_SALT];
    int n = 0;
    sframe_nonce(k->salt, ctr, nonce);
    return EVP_CipherInit_ex2(k->cipher, NULL, NULL, nonce, -1, NULL) == 1 &&
           EVP_CipherUpdate(k->cipher, NULL, &n, header.data, (int)header.len) == 1 &&
           EVP_CipherUpdate(k->cipher, NULL, &n, metadata.data, (int)metadata.len) == 1;
}

void sframe_seal(struct sframe_key *k, uint64_t ctr, struct span header, struct span metadata,
                 uint8_t *data, size_t len)
{
    int n = 0;
    crypto_must(begin(k, ctr, header, metadata) &&
                EVP_CipherUpdate(k->cipher, data, &n, data, (int)len) == 1 && (size_t)n == len &&
                EVP_CipherFinal_ex(k->cipher, data + len, &n) == 1 && n == 0 &&
                EVP_CIPHER_CTX_ctrl(k->cipher, EVP_CTRL_AEAD_GET_TAG, SFRAME_TAG, data + len) == 1);
}

bool sframe_open(struct sframe_key *k, uint64_t ctr, struct span header, struct span metadata,
                 const uint8_t *in, size_t len, uint8_t *out)
{
    if (len < SFRAME_TAG)
        return false;
    uint8_t tag[SFRAME_TAG], spare[16];
    int n = 0;
    size_t plain = len - SFRAME_TAG;
    memcpy(tag, in + plain, SFRAME_TAG);
    crypto_must(begin(k, ctr, header, metadata) &&
                EVP_CipherUpdate(k->cipher, out, &n, in, (int)plain) == 1 && (size_t)n == plain &&
                EVP_CIPHER_CTX_ctrl(k->cipher, EVP_CTRL_AEAD_SET_TAG, SFRAME_TAG, tag) == 1);
    if (EVP_CipherFinal_ex(k->cipher, spare, &n) == 1)
        return true;
    crypto_wipe(out, plain);
    return false;
}
