/*
 * Chains of certificates made by a test: an authority of its own, what it issues, and everything
 * that can be wrong with it, one thing at a time. Also for the fuzz target and its seeds.
 */
#ifndef TESTS_UNIT_VERIFY_CHAINS_H
#define TESTS_UNIT_VERIFY_CHAINS_H
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdint.h>

#define CHAINS_NOW 1760000000 /* when they are good */

/* What one certificate says; zero: as a good helper's does. */
struct wanted {
    const char *name;     /* NULL: "Helga Nord" */
    const char *curve;    /* NULL: P-256; "RSA": a key of 2048 bits */
    const char *usage;    /* NULL: critical,digitalSignature; "": none */
    const char *extended; /* NULL: clientAuth; "": none */
    const char
        *more; /* NULL: none; an extension as OpenSSL's configuration has them, "oid=value" */
    int names; /* common names; 0: one, -1: none */
    int ca;    /* 1: an authority, which may sign */
    long from, until;   /* seconds from CHAINS_NOW; 0 0: an hour before to an hour after */
    const EVP_MD *hash; /* NULL: SHA-256 */
};

/* A key and its certificate; issuer NULL: signed by itself. */
struct issued {
    EVP_PKEY *key;
    X509 *x;
};
struct issued chains_issue(const struct wanted *w, const struct issued *issuer);
void chains_forget(struct issued *i);
/* Appends the DER; returns the new length. */
size_t chains_add(uint8_t *out, size_t len, const struct issued *i);
size_t chains_pem(char *out, size_t size, const struct issued *i);

#endif
