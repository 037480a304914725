/*
 * SPAKE2+ (RFC 9383), P256-SHA512-HKDF-SHA512-HMAC-SHA512, in RFC order: prover sends shareP,
 * verifier answers shareV and confirmV, prover checks and sends confirmP. Built on OpenSSL's
 * EC_POINT functions under the rules at the end of e2e.md 6; secrets live in the secure heap.
 */
#ifndef NET_SEAL_PAKE_H
#define NET_SEAL_PAKE_H
#include "lib/span.h"
#include "net/seal/bytes.h"
#include "net/seal/code.h"
#include <openssl/types.h>
#include <stdbool.h>
#include <stdint.h>

#define PAKE_ID_PROVER "participant"
#define PAKE_ID_VERIFIER "organizer"
#define PAKE_SCALAR 32
#define PAKE_CONFIRM 64
#define PAKE_CONTEXT_MAX 192

/* Curve and the constants M, N; once per process, after crypto_init. */
void pake_init(void);
void pake_finish(void);

/* lp(b) of RFC 9383: 8-byte little-endian length and the bytes. */
void pake_put_counted(struct put *p, struct span b);

/* w = ws mod n for the 40 bytes of a stretch. false: the result is 0, which is refused. */
bool pake_reduce(const uint8_t ws[40], uint8_t w[PAKE_SCALAR]);

/* What one password gives, kept for as long as it is valid: w0*M and w0*N are computed once, so
   that no work that depends on the password is repeated per attempt. */
struct pake;
/* The verifier keeps (w0, L), never w1. NULL when a scalar is out of range or L is no point. */
struct pake *pake_create_verifier(const uint8_t w0[PAKE_SCALAR], const uint8_t L[POINT_LEN]);
struct pake *pake_create_prover(const uint8_t w0[PAKE_SCALAR], const uint8_t w1[PAKE_SCALAR]);
void pake_destroy(struct pake *p); /* wipes; accepts NULL */

/* L = w1*P. false: w1 out of range. */
bool pake_verifier_point(const uint8_t w1[PAKE_SCALAR], uint8_t L[POINT_LEN]);

/* One attempt: a fresh scalar and the share to send. */
struct pake_try {
    BIGNUM *scalar;
    uint8_t share[POINT_LEN]; /* shareP of a prover, shareV of a verifier */
};
/* `scalar` NULL: random. A given one (test vectors, self-test) must be in [1, n-1], else false. */
bool pake_start(const struct pake *p, const uint8_t *scalar, struct pake_try *t);
void pake_try_finish(struct pake_try *t); /* wipes; accepts a zeroed one */

/* Result of an attempt. The holder wipes it. */
struct pake_keys {
    uint8_t confirm_p[PAKE_CONFIRM]; /* MACs, not their keys */
    uint8_t confirm_v[PAKE_CONFIRM];
    uint8_t shared[SHARED_LEN]; /* K_shared */
};

/* What only test vectors look at; NULL in the product. */
struct pake_trace {
    uint8_t z[POINT_LEN], v[POINT_LEN];
    uint8_t tt[1024];
    size_t tt_len;
    uint8_t k_main[64], k_confirm_p[64], k_confirm_v[64];
};

struct pake_terms {
    struct span context, id_prover, id_verifier;
};

/* Computes Z, V and the keys from the other side's share; consumes (wipes) the attempt. false: the
   share is not a point in the right form, or something came out as infinity (E_POINT). */
bool pake_run(const struct pake *p, struct pake_try *t, const uint8_t other[POINT_LEN],
              const struct pake_terms *terms, struct pake_keys *out, struct pake_trace *trace);

#endif
