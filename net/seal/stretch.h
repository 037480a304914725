/*
 * From a typed password to the numbers w0 and w1 of the PAKE (e2e.md 5, RFC 9383 section 3.2).
 */
#ifndef NET_SEAL_STRETCH_H
#define NET_SEAL_STRETCH_H
#include "lib/span.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STRETCH_SCRYPT 1 /* scrypt, N=32768, r=8, p=1: 32 MiB, the default */
#define STRETCH_PBKDF2 2 /* PBKDF2-HMAC-SHA512, 210000 iterations: approved mode */
#define STRETCH_OUT 40   /* bytes of w0s and of w1s */
#define PASSWORD_MIN 6   /* canonical form */
#define PASSWORD_MAX 64

/* Canonical form: every space and hyphen deleted. Returns its length; false when a byte is outside
   0x20-0x7E or more than PASSWORD_MAX remain. A length below PASSWORD_MIN is for the caller to
   refuse (empty: pwmode 0). */
bool stretch_canonical(struct span typed, uint8_t out[PASSWORD_MAX], size_t *len);

/* w0s || w1s of a canonical password. `kind` is STRETCH_SCRYPT or STRETCH_PBKDF2. */
void stretch_password(unsigned kind, struct span canonical, const uint8_t salt[32],
                      uint8_t out[2 * STRETCH_OUT]);

/* scrypt (RFC 7914) itself. */
void stretch_scrypt(struct span in, struct span salt, uint64_t n, uint32_t r, uint32_t p,
                    uint8_t *out, size_t out_len);

#endif
