/*
 * SHA-256 and Ed25519 for the audit trail: the only file that names OpenSSL for it. Linked by
 * vitrine-audit and vitrine-verify.
 */
#ifndef AUDIT_CHAIN_DIGEST_H
#define AUDIT_CHAIN_DIGEST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE 32
#define SIGNATURE_SIZE 64

/* Loads what OpenSSL loads lazily: to be called before the process is locked in. false: OpenSSL is
 * broken. */
bool digest_warm_up(void);
bool digest_of(const void *bytes, size_t len, uint8_t out[DIGEST_SIZE]);

/* A new key pair. */
bool digest_make_key(uint8_t private_key[32], uint8_t public_key[32]);
bool digest_sign(const uint8_t private_key[32], const void *bytes, size_t len,
                 uint8_t out[SIGNATURE_SIZE]);
bool digest_verify(const uint8_t public_key[32], const void *bytes, size_t len,
                   const uint8_t signature[SIGNATURE_SIZE]);

/* ECDSA P-256 with SHA-256, as members of a session sign (PROTOCOL.md 7): `point` uncompressed,
   `signature` r and s. */
bool digest_verify_session(const uint8_t point[65], const void *bytes, size_t len,
                           const uint8_t signature[64]);

/* Forward-secure sealing: the key of a line seals its hash (HMAC-SHA256); the next line's key is a
   hash of it, so that who takes the key of today cannot seal the lines of yesterday. */
bool digest_seal(const uint8_t key[DIGEST_SIZE], const uint8_t hash[DIGEST_SIZE],
                 uint8_t out[DIGEST_SIZE]);
/* Overwrites the key by that of the next line. */
bool digest_evolve(uint8_t key[DIGEST_SIZE]);
bool digest_random(uint8_t out[DIGEST_SIZE]);

/* What a signed head signs: "vitrine/1 audit head", a zero byte, n big-endian, hash of line n. */
#define HEAD_MESSAGE 61
void digest_head_message(uint64_t n, const uint8_t hash[DIGEST_SIZE], uint8_t out[HEAD_MESSAGE]);

#endif
