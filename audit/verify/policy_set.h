/*
 * The signature of an organisation's policy. It is over a text that sha256sum(1) makes,
 *     vitrine policy 1
 *     SHA256  vitrine.conf
 *     SHA256  conf.d/NAME.conf        ... in the order they are read
 *     SHA256  helpers.pem             last, what helper_certificates names; elsewhere: /ITS/PATH
 * so that openssl(1) alone can sign:
 *     openssl pkeyutl -sign -rawin -inkey KEY.pem -in TEXT -out policy.sig
 */
#ifndef AUDIT_VERIFY_POLICY_SET_H
#define AUDIT_VERIFY_POLICY_SET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* set: name and bytes of each file, each behind its length (4 bytes, big-endian); key: an Ed25519
   public key as PEM; signature: 64 bytes. All are files, read from their start. */
bool policy_set_signed(int set, int key, int signature);
/* The text that is signed. false: `set` is not of the form, or the text is longer than size. */
bool policy_set_text(const uint8_t *set, size_t len, char *out, size_t size, size_t *n);
/* The key in a PEM file as `openssl pkey -pubout` writes it: nothing but that. */
bool policy_set_key(const char *pem, size_t len, uint8_t key[32]);

#endif
