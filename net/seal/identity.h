/*
 * Identities that last longer than a session (e2e.md 7): this user's own key, and the signatures of
 * others. A key alone says "the same as last time"; a chain of certificates says a name, but that
 * is judged elsewhere (vitrine-verify). The own key lies in the secure heap.
 */
#ifndef NET_SEAL_IDENTITY_H
#define NET_SEAL_IDENTITY_H
#include "lib/span.h"
#include "net/seal/code.h"
#include "policy/limits.h"
#include <stdbool.h>
#include <stdint.h>

enum identity_alg { IDENTITY_NONE, IDENTITY_P256, IDENTITY_ED25519, IDENTITY_CHAINED };

#define IDENTITY_SIG_MAX 128 /* DER of a P-384 signature: at most 104 */
#define IDENTITY_POINT_MAX 97
#define IDENTITY_FP 32

/* What is signed: e2e.md 7, IDENT. */
struct identity_claim {
    bool organizer;
    const uint8_t *bind;    /* SHARED_LEN */
    const uint8_t *sig_pub; /* POINT_LEN: the session key of the one who claims */
    struct span name;
};

/* --- our own --- */
struct identity;

/* A private key as PEM (PKCS #8 or SEC 1, not encrypted), and behind or before it the certificates
   for it, its own first. P-256, or P-384 with certificates, or Ed25519 without. NULL: anything
   else. Before the lock-down: OpenSSL fetches what reads PEM. */
struct identity *identity_read(struct span pem);
void identity_destroy(struct identity *id);                /* wipes; accepts NULL */
enum identity_alg identity_alg(const struct identity *id); /* of NULL: IDENTITY_NONE */
struct span identity_key(const struct identity *id);       /* the key, or the chain, as in IDENT */
struct span identity_name(const struct identity *id);      /* of the certificate; else empty */
void identity_fingerprint(const struct identity *id, uint8_t out[IDENTITY_FP]);
/* Returns the length. */
size_t identity_sign(const struct identity *id, const struct identity_claim *claim,
                     uint8_t out[IDENTITY_SIG_MAX]);
/* A new key, P-256 or Ed25519, written to that file. false: it could not be. */
bool identity_make(enum identity_alg alg, int fd);

/* --- others' --- */
/* What the broker says of an identity that somebody showed. */
struct identity_answer {
    bool yes;
    struct span key, name; /* of a chain: what its first certificate certifies */
    const uint8_t *fp;     /* IDENTITY_FP; of a chain */
};
/* Is it a key of that kind? IDENTITY_CHAINED: the point of a certificate, P-256 or P-384. */
bool identity_is_key(enum identity_alg alg, struct span key);
/* Signed by that key, form of the signature included. */
bool identity_signed(enum identity_alg alg, struct span key, const struct identity_claim *claim,
                     struct span sig);
/* SHA-256 of a key of alg 1 or 2, as in IDENT. */
void identity_key_fingerprint(struct span key, uint8_t out[IDENTITY_FP]);

#endif
