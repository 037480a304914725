/*
 * Entrance: a sealed unit from the relay. It is parsed as it is; then its rest is taken as the
 * plaintext of the presenter and sealed under the right keys, so that what lies behind AEAD and
 * signature is reached too.
 */
#include "net/seal/bytes.h"
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/sig.h"
#include "net/seal/unit.h"
#include "tests/fuzz/seal_leaks.h"
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static EVP_PKEY *sender;
static const uint8_t sess_id[SESS_ID_LEN] = {3}, base[SECRET_LEN] = {5};
static uint8_t plain[UNIT_PLAIN_MAX], wire[UNIT_WIRE_MAX];

static void parse(struct span in)
{
    struct unit_head h;
    uint8_t again[SFRAME_HEADER_MAX];
    if (!unit_parse(in, &h))
        return;
    if (sframe_header_encode(h.kid, h.ctr, again) != h.header.len ||
        memcmp(again, h.header.data, h.header.len) != 0 || h.stream > STREAM_LAST || !h.mid ||
        !h.epoch)
        abort();
}

/* `body` is not padded right unless the input happens to be. */
static void seal_and_open(const uint8_t *body, size_t len)
{
    uint8_t header[SFRAME_HEADER_MAX], metadata[SFRAME_METADATA_MAX], message[128], hash[32];
    uint64_t kid = sframe_kid(1, 1, STREAM_SCREEN);
    struct sframe_key seal, open;
    struct span head = span_of(header, sframe_header_encode(kid, 0, header)), content;
    struct unit_head h;
    struct put p = put_into(wire, sizeof wire), m = put_into(message, sizeof message);
    put_u8(&p, UNIT_TYPE);
    put_u8(&p, 0);
    put_bytes(&p, head.data, head.len);
    uint8_t *at = put_room(&p, len + SIG_LEN);
    put_room(&p, SFRAME_TAG);
    memcpy(at, body, len);
    kdf_hash256(span_of(body, len), hash);
    put_bytes(&m, sess_id, SESS_ID_LEN);
    put_bytes(&m, head.data, head.len);
    put_u8(&m, 0);
    put_bytes(&m, hash, sizeof hash);
    sig_sign(sender, "frame", span_of(message, m.len), at + len);
    sframe_key_init(&seal, span_of(base, sizeof base), kid, true);
    sframe_key_init(&open, span_of(base, sizeof base), kid, false);
    sframe_seal(&seal, 0, head, span_of(metadata, unit_metadata(sess_id, 0, metadata)), at,
                len + SIG_LEN);
    if (unit_parse(span_of(wire, p.len), &h)) {
        enum e2e_code code = unit_open(&h, &open, sess_id, sender, plain, &content);
        if (code == E_NONE && unit_pad(4 + content.len) != len)
            abort();
        if (code == E_FORGED)
            abort();
    }
    sframe_key_finish(&seal);
    sframe_key_finish(&open);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!sender) {
        if (!crypto_init())
            abort();
        sender = sig_create();
    }
    parse(span_of(data, size));
    if (size <= 4096)
        seal_and_open(data, size);
    return 0;
}
