/*
 * SIG of e2e.md 2: ECDSA P-256 with SHA-256, 64 bytes r || s, over "e2e/1 sig " || label || 0x00 ||
 * m.
 */
#ifndef NET_SEAL_SIG_H
#define NET_SEAL_SIG_H
#include "lib/span.h"
#include "net/seal/code.h"
#include <openssl/types.h>
#include <stdbool.h>
#include <stdint.h>

/* A new key pair; freed with EVP_PKEY_free, which wipes it. */
EVP_PKEY *sig_create(void);
/* Its public point, uncompressed. */
void sig_public(const EVP_PKEY *key, uint8_t out[POINT_LEN]);
/* A key for verifying. NULL unless it is 65 bytes beginning with 0x04 and a point of the curve. */
EVP_PKEY *sig_from_public(const uint8_t point[POINT_LEN]);

void sig_sign(EVP_PKEY *key, const char *label, struct span m, uint8_t out[SIG_LEN]);
bool sig_verify(EVP_PKEY *key, const char *label, struct span m, const uint8_t sig[SIG_LEN]);
/* The same without prefix and label: plain ECDSA-P256-SHA256 (identities, test vectors). */
bool sig_verify_plain(EVP_PKEY *key, struct span m, const uint8_t sig[SIG_LEN]);

#endif
