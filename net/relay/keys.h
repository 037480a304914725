/*
 * The relay's certificate and key, and what follows from them: the TLS settings of relay.md 1, the
 * PIN, the key of its tokens. Run by vitrine-relay.
 */
#ifndef NET_RELAY_KEYS_H
#define NET_RELAY_KEYS_H
#include "net/relay/token.h"
#include <openssl/types.h>

#define KEYS_PIN 16
#define KEYS_FILE_MAX 65536 /* bytes of a PEM file */

struct keys {
    SSL_CTX *tls;
    uint8_t pin[KEYS_PIN]; /* first bytes of SHA-256 over the DER SubjectPublicKeyInfo */
    uint8_t token_key[TOKEN_KEY];
};

/* Loads what the library would otherwise load later, and seeds its generator; before the lock-down.
 */
bool keys_warm_up(void);
/* A P-256 key and a certificate of its own, in memory only. false: the library failed. */
bool keys_make(struct keys *k);
/* Reads PEM from two open files (not closed). false: unreadable, or they do not belong together. */
bool keys_read(struct keys *k, int certificate_fd, int key_fd);
void keys_finish(struct keys *k); /* accepts a zeroed one */

bool keys_random(uint8_t *out, size_t len); /* the CSPRNG, as random_fn */

#endif
