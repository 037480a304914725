/*
 * Memory that forgets, algorithms, random bytes. Runs in vitrine-seal, first of all and before its
 * lock-down; distrusts nothing from outside, it only sees lengths that were checked.
 */
#include "net/seal/crypto.h"
#include "policy/limits.h"
#include <malloc.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* 2 MiB of keys are enough for 1000 members with all streams, and stay below the usual lock limit
 * of 8 MiB. */
#define SECURE_HEAP_MIN 64

struct crypto_algorithms crypto_algorithms;
static void (*failure_handler)(void);

void crypto_on_failure(void (*handler)(void))
{
    failure_handler = handler;
}

void crypto_must(bool ok)
{
    if (ok)
        return;
    if (failure_handler)
        failure_handler();
    abort();
}

/* OpenSSL's own free tells no size, the C library knows it. */
static void wiping_free(void *p, const char *file, int line)
{
    (void)file, (void)line;
    if (!p)
        return;
    explicit_bzero(p, malloc_usable_size(p));
    free(p);
}

static void *plain_malloc(size_t len, const char *file, int line)
{
    (void)file, (void)line;
    return len ? malloc(len) : NULL;
}

/* The C library's realloc leaves the old copy behind, so this one never calls it. */
static void *wiping_realloc(void *p, size_t len, const char *file, int line)
{
    if (!len) {
        wiping_free(p, file, line);
        return NULL;
    }
    void *fresh = malloc(len);
    if (fresh && p) {
        size_t old = malloc_usable_size(p);
        memcpy(fresh, p, old < len ? old : len);
        wiping_free(p, file, line);
    }
    return fresh;
}

/* Locking everything would make the stretch (32 MiB) fail under a limit, so it is done only without
   one; the secure heap is locked in any case where its size is allowed. */
static void lock_memory(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY)
        (void)mlockall(MCL_CURRENT | MCL_FUTURE);
}

static bool fetch_algorithms(void)
{
    struct crypto_algorithms *a = &crypto_algorithms;
    a->sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    a->sha512 = EVP_MD_fetch(NULL, "SHA2-512", NULL);
    a->hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    a->scrypt = EVP_KDF_fetch(NULL, "SCRYPT", NULL);
    a->pbkdf2 = EVP_KDF_fetch(NULL, "PBKDF2", NULL);
    a->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    a->aes256gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    return a->sha256 && a->sha512 && a->hkdf && a->scrypt && a->pbkdf2 && a->hmac && a->aes256gcm;
}

bool crypto_init(void)
{
    if (!CRYPTO_set_mem_functions(plain_malloc, wiping_realloc, wiping_free))
        return false;
    /* 2: it could not be locked, under a low RLIMIT_MEMLOCK. The broker sees that from outside
       (workers.c) and says so. */
    int heap = CRYPTO_secure_malloc_init(SECRET_HEAP, SECURE_HEAP_MIN);
    lock_memory();
    uint8_t touched[32];
    bool ok = heap != 0 &&
              OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_LOAD_SSL_STRINGS |
                                   OPENSSL_INIT_LOAD_CRYPTO_STRINGS,
                               NULL) == 1 &&
              RAND_bytes(touched, sizeof touched) == 1 &&
              RAND_priv_bytes(touched, sizeof touched) == 1 && fetch_algorithms();
    crypto_wipe(touched, sizeof touched);
    return ok;
}

void *crypto_alloc(size_t len)
{
    void *p = OPENSSL_secure_zalloc(len);
    crypto_must(p != NULL);
    return p;
}

void crypto_free(void *p, size_t len)
{
    OPENSSL_secure_clear_free(p, len);
}

void *crypto_zalloc(size_t len)
{
    void *p = OPENSSL_zalloc(len ? len : 1);
    crypto_must(p != NULL);
    return p;
}

void crypto_release(void *p)
{
    OPENSSL_free(p); /* wiping_free */
}

void crypto_wipe(void *p, size_t len)
{
    OPENSSL_cleanse(p, len);
}

void crypto_random(uint8_t *out, size_t len)
{
    crypto_must(RAND_priv_bytes(out, (int)len) == 1);
}

bool crypto_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

/* OSSL_PARAM has no const. */
OSSL_PARAM crypto_octets(const char *name, struct span bytes)
{
    union {
        const uint8_t *in;
        void *out;
    } p = {.in = bytes.data ? bytes.data : (const uint8_t *)""};
    return OSSL_PARAM_construct_octet_string(name, p.out, bytes.len);
}
