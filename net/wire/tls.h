/*
 * The client's end of TLS to the relay (relay.md 1): TLS 1.3, one cipher, and the two ways a relay
 * proves who it is. Run by vitrine-net.
 */
#ifndef NET_WIRE_TLS_H
#define NET_WIRE_TLS_H
#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TLS_PIN 16
#define TLS_ANCHORS_MAX 4194304 /* bytes of a certificate bundle: a system's has some 250 KiB */

struct tls {
    SSL_CTX *ctx;
    SSL *ssl;
    bool has_pin;
    uint8_t pin[TLS_PIN];   /* wanted */
    uint8_t shown[TLS_PIN]; /* of the leaf the relay showed; zeros before */
    bool refused;           /* the certificate was not accepted */
    int alert;              /* last fatal alert, sent or received; 0 none */
};

/* Loads what the library would otherwise load later; before the lock-down. false: the library
 * failed. */
bool tls_warm_up(struct tls *t);
/* Adds the certificates of a PEM bundle to the anchors (fd is not closed). Number added, -1:
 * unreadable. */
int tls_read_anchors(struct tls *t, int fd);
/* Begins on a connected socket (not owned). pin NULL: chain and host, a name or an address. sid:
   the nine digits or NULL, for the hint. false: the library failed, or the host is no name and no
   address. */
bool tls_begin(struct tls *t, int fd, const char *host, const uint8_t *pin, const char *sid);
/* Forgets this connection; context and anchors stay, another may begin. */
void tls_end(struct tls *t);
void tls_finish(struct tls *t);

enum tls_result { TLS_OK, TLS_READ, TLS_WRITE, TLS_CLOSED, TLS_FAILED };

/* TLS_OK: the relay has proved itself and speaks vitrine/1. TLS_READ, TLS_WRITE: again when the
 * socket can. */
enum tls_result tls_shake_hands(struct tls *t);
enum tls_result tls_read(struct tls *t, uint8_t *to, size_t room, size_t *n);
enum tls_result tls_write(struct tls *t, const uint8_t *from, size_t len, size_t *n);
/* Says close_notify. */
void tls_close(struct tls *t);

#endif
