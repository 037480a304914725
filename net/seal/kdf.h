/*
 * KDF, TAG and hashes of e2e.md 2, on HKDF (RFC 5869), HMAC and SHA-2 of OpenSSL's EVP. What can
 * only fail by a defect ends the process (crypto_must); lengths are the caller's constants.
 */
#ifndef NET_SEAL_KDF_H
#define NET_SEAL_KDF_H
#include "lib/span.h"
#include <stddef.h>
#include <stdint.h>

#define KDF_CONTEXT_MAX 256 /* longest ctx of any derivation in e2e.md, with room */

/* KDF(prk, label, ctx, L): HKDF-Expand-SHA512 with info "e2e/1 " || label || 0x00 || ctx. */
void kdf_expand(struct span prk, const char *label, struct span ctx, uint8_t *out, size_t out_len);

/* TAG(label, m): SHA-256 over "e2e/1 " || label || 0x00 || m. */
void kdf_tag(const char *label, struct span m, uint8_t out[32]);

void kdf_hash256(struct span m, uint8_t out[32]);
void kdf_hash512(struct span m, uint8_t out[64]);
void kdf_hmac512(struct span key, struct span m, uint8_t out[64]);

/* Plain HKDF-SHA512: whole, or its two halves (RFC 5869 section 2). */
void kdf_hkdf512(struct span ikm, struct span salt, struct span info, uint8_t *out, size_t out_len);
void kdf_extract512(struct span ikm, struct span salt, uint8_t out[64]);
void kdf_expand512(struct span prk, struct span info, uint8_t *out, size_t out_len);

static inline struct span span_of(const void *data, size_t len)
{
    return (struct span){.data = data, .len = len};
}

#endif
