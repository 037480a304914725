/*
 * SFrame (RFC 9605), cipher suite 0x0005 AES_256_GCM_SHA512_128: header coding, keys, and one frame
 * sealed or opened in place. KIDs follow e2e.md 9.
 */
#ifndef NET_SEAL_SFRAME_H
#define NET_SEAL_SFRAME_H
#include "lib/span.h"
#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SFRAME_HEADER_MAX 17
#define SFRAME_TAG 16
#define SFRAME_SALT 12
#define SFRAME_METADATA_MAX 64

static inline uint64_t sframe_kid(uint32_t epoch, uint16_t mid, uint8_t stream)
{
    return (uint64_t)epoch << 24 | (uint64_t)mid << 8 | stream;
}

/* Minimal encoding; returns the length written. */
size_t sframe_header_encode(uint64_t kid, uint64_t ctr, uint8_t out[SFRAME_HEADER_MAX]);
/* Returns the header's length, 0 when it is cut short or not the minimal encoding. */
size_t sframe_header_decode(struct span in, uint64_t *kid, uint64_t *ctr);

/* Key of one KID, for one direction. The raw key is not kept, only OpenSSL's schedule of it. */
struct sframe_key {
    EVP_CIPHER_CTX *cipher;
    uint8_t salt[SFRAME_SALT];
};
/* RFC 9605 section 4.4.2. `seal`: for sealing, else for opening. */
void sframe_key_init(struct sframe_key *k, struct span base_key, uint64_t kid, bool seal);
void sframe_key_finish(struct sframe_key *k); /* wipes; accepts a zeroed one */

/* Key and salt themselves, for the derivation above and for test vectors. */
void sframe_derive(struct span base_key, uint64_t kid, uint8_t key[32], uint8_t salt[SFRAME_SALT]);
/* nonce = salt XOR ctr, RFC 9605 section 4.4.3. */
void sframe_nonce(const uint8_t salt[SFRAME_SALT], uint64_t ctr, uint8_t nonce[SFRAME_SALT]);

/* Seals `len` bytes in place and appends the tag behind them. AAD = header || metadata. */
void sframe_seal(struct sframe_key *k, uint64_t ctr, struct span header, struct span metadata,
                 uint8_t *data, size_t len);
/* Opens `len` bytes (tag included) of `in` into `out` (room for len - SFRAME_TAG; may be `in`).
   false: not authentic; then `out` is wiped. */
bool sframe_open(struct sframe_key *k, uint64_t ctr, struct span header, struct span metadata,
                 const uint8_t *in, size_t len, uint8_t *out);

#endif
