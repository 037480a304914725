/*
 * What encryption alone costs: TLS 1.3 records of one size with AES-256-GCM, written to nowhere.
 * Prints CPU seconds for each Gbit of content. Not part of the product.
 *
 *     record CONTENT_BYTES SECONDS
 */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void give_up(const char *what)
{
    fprintf(stderr, "record bench: %s\n", what);
    exit(1);
}

static double cpu_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static SSL_CTX *server_context(void)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    X509_sign(x, key, EVP_sha256());
    if (SSL_CTX_use_certificate(ctx, x) != 1 || SSL_CTX_use_PrivateKey(ctx, key) != 1)
        give_up("key");
    SSL_CTX_set_ciphersuites(ctx, "TLS_AES_256_GCM_SHA384");
    SSL_CTX_set_num_tickets(ctx, 0);
    X509_free(x);
    EVP_PKEY_free(key);
    return ctx;
}

/* Both ends in this process; returns the server's. */
static SSL *connected(SSL_CTX *server, SSL_CTX *client, SSL **other)
{
    SSL *s = SSL_new(server), *c = SSL_new(client);
    BIO *one, *two;
    BIO_new_bio_pair(&one, 0, &two, 0);
    SSL_set_bio(s, one, one);
    SSL_set_bio(c, two, two);
    SSL_set_accept_state(s);
    SSL_set_connect_state(c);
    for (int i = 0; i < 10; i++) {
        SSL_do_handshake(c);
        SSL_do_handshake(s);
    }
    if (!SSL_is_init_finished(s) || !SSL_is_init_finished(c))
        give_up("handshake");
    *other = c;
    return s;
}

int main(int argc, char **argv)
{
    size_t size = argc > 1 ? (size_t)atol(argv[1]) : 8192, n, bytes = 0;
    double seconds = argc > 2 ? atof(argv[2]) : 1, begun, used;
    SSL_CTX *server = server_context(), *client = SSL_CTX_new(TLS_client_method());
    SSL *other, *ssl = connected(server, client, &other);
    uint8_t *content = calloc(1, size);
    SSL_set0_wbio(ssl, BIO_new(BIO_s_null()));
    begun = cpu_now();
    do {
        for (int i = 0; i < 1000; i++, bytes += size)
            if (SSL_write_ex(ssl, content, size, &n) != 1 || n != size)
                give_up("write");
        used = cpu_now() - begun;
    } while (used < seconds);
    printf("{\"record_bytes\":%zu,\"cpu_s_per_gbit\":%.4f}\n", size,
           used / ((double)bytes * 8 / 1e9));
    return 0;
}
