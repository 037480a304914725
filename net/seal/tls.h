/*
 * TLS 1.3 with an external PSK over memory (e2e.md 6): psk_dhe_ke, TLS_AES_256_GCM_SHA384, P-256
 * (behind SecP256r1MLKEM768 where OpenSSL has it), no certificates, no tickets, no early data,
 * records padded to 256. For member channels and, with other keys, for pair channels. Bytes are fed
 * in and taken out; nothing here does I/O.
 */
#ifndef NET_SEAL_TLS_H
#define NET_SEAL_TLS_H
#include "lib/span.h"
#include "net/seal/code.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Once per process, after crypto_init and before the lock-down. false: OpenSSL refused a setting.
 */
bool tls_init(void);
void tls_finish(void);

struct tls;
/* The PSK is copied into OpenSSL's session object; the caller wipes its own. Never NULL. */
struct tls *tls_create(bool server, const uint8_t psk[PSK_LEN], struct span identity);
void tls_destroy(struct tls *t); /* frees all keys; accepts NULL */

enum tls_result {
    TLS_NOTHING, /* wants more bytes */
    TLS_UP, /* the handshake has just completed, with the right cipher, group and no certificate */
    TLS_DATA,   /* bytes were read */
    TLS_CLOSED, /* close_notify */
    TLS_BAD     /* E_CHANNEL; nothing but destroy makes sense */
};

/* Bytes from the peer. */
void tls_feed(struct tls *t, struct span in);
/* One step: finishes the handshake, or reads at most cap bytes of data into out. */
enum tls_result tls_read(struct tls *t, uint8_t *out, size_t cap, size_t *len);
/* Encrypts; the channel must be up. false: E_CHANNEL. Changes its own key every 2^20 records
 * (e2e.md 14). */
bool tls_write(struct tls *t, struct span data);
/* Sends close_notify. */
void tls_close(struct tls *t);
/* Bytes for the peer; 0 when there are none. */
size_t tls_take(struct tls *t, uint8_t *out, size_t cap);
/* RFC 8446 section 7.5, 64 bytes. The channel must be up. */
void tls_export(struct tls *t, const char *label, struct span context, uint8_t out[SHARED_LEN]);

#endif
