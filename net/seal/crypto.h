/*
 * The ground everything cryptographic in seal stands on: memory that forgets, algorithms fetched
 * once, random bytes, and what happens when a step that cannot fail fails all the same.
 */
#ifndef NET_SEAL_CRYPTO_H
#define NET_SEAL_CRYPTO_H
#include "lib/span.h"
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Before any other call into OpenSSL, before the lock-down: zeroing allocators, secure heap (locked
   and kept out of dumps), mlockall where the limit allows, no configuration file, random generator
   touched, algorithms fetched. false: OpenSSL refused, or was in use already. */
bool crypto_init(void);

/* Zeroed memory from the secure heap, for keys. Never NULL. crypto_free wipes; accepts NULL. */
void *crypto_alloc(size_t len);
void crypto_free(void *p, size_t len);

/* Zeroed plain memory of a checked length. Never NULL. Freed by crypto_release, which wipes;
 * accepts NULL. */
void *crypto_zalloc(size_t len);
void crypto_release(void *p);

void crypto_wipe(void *p, size_t len);
void crypto_random(uint8_t *out, size_t len);
bool crypto_equal(const uint8_t *a, const uint8_t *b, size_t len);

/* What OpenSSL can refuse only by a defect or want of memory. `ok` false: calls the handler (in the
   worker it says FAILED(FAIL_CRYPTO) and exits); aborts where none is set or it returns. */
void crypto_must(bool ok);
void crypto_on_failure(void (*handler)(void));

/* A parameter of OpenSSL that only reads the bytes; they must stay until it is used. */
OSSL_PARAM crypto_octets(const char *name, struct span bytes);

/* Algorithms, fetched once by crypto_init; owned by this module. */
struct crypto_algorithms {
    EVP_MD *sha256;
    EVP_MD *sha512;
    EVP_KDF *hkdf;
    EVP_KDF *scrypt;
    EVP_KDF *pbkdf2;
    EVP_MAC *hmac;
    EVP_CIPHER *aes256gcm;
};
extern struct crypto_algorithms crypto_algorithms;

#endif
