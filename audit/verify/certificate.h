/*
 * A helper's certificate (e2e.md 7): does a chain of at most three certificates lead to one of the
 * organisation's authorities, and whom does its first one name? Only ECDSA over P-256 or P-384 with
 * SHA-2 counts, for every certificate and every authority. What a helper's certificate is:
 *     basicConstraints  not a CA
 *     keyUsage          digitalSignature, and not keyCertSign
 *     extendedKeyUsage  clientAuth
 *     subject           one common name, 1 to 64 bytes that vitrine can show
 * There is no revocation list: certificates for helpers are to be short-lived.
 */
#ifndef AUDIT_VERIFY_CERTIFICATE_H
#define AUDIT_VERIFY_CERTIFICATE_H
#include "lib/fail.h"
#include "lib/span.h"
#include "policy/limits.h"
#include <stdbool.h>
#include <stdint.h>

#define CERTIFICATE_POINT 97 /* P-384; of P-256 65 */

/* What a good chain says. */
struct certificate {
    uint8_t key[CERTIFICATE_POINT]; /* uncompressed */
    size_t key_len;
    uint8_t fp[32]; /* SHA-256 of SubjectPublicKeyInfo */
    char name[MAX_NAME];
    size_t name_len;
};

/* Are the certificates in it, one at least, all authorities that a chain can lead to? */
bool certificate_authorities(struct span anchors);
/* chain: DER, one certificate behind the other, the helper's first; anchors: PEM. *out is set where
   the result is CHAIN_GOOD. */
enum chain_fault certificate_check(struct span chain, struct span anchors, uint64_t unix_s,
                                   struct certificate *out);

#endif
