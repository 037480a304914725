/*
 * Whether a secret opens a unit, whatever the unit says of its epoch.
 */
#ifndef TESTS_HOSTILE_OPENS_H
#define TESTS_HOSTILE_OPENS_H
#include "net/seal/derive.h"
#include "net/seal/joiner_state.h"
#include "tests/unit/seal/world.h"

/* Of that session, with the secret of one epoch as if it were that of the unit's. */
static inline bool secret_opens(const uint8_t secret[SECRET_LEN],
                                const uint8_t sess_id[SESS_ID_LEN], const struct world_item *i)
{
    static uint8_t plain[UNIT_PLAIN_MAX];
    uint8_t base[SECRET_LEN], metadata[SFRAME_METADATA_MAX];
    struct unit_head h;
    struct sframe_key k;
    assert_true(unit_parse(span_of(i->bytes, i->len), &h));
    derive_frame_key(secret, sess_id, h.kid, base);
    sframe_key_init(&k, span_of(base, sizeof base), h.kid, false);
    bool ok = sframe_open(&k, h.ctr, h.header,
                          span_of(metadata, unit_metadata(sess_id, h.flags, metadata)),
                          h.cipher.data, h.cipher.len, plain);
    sframe_key_finish(&k);
    return ok;
}

static inline bool opens_with(const struct world_peer *p, const uint8_t secret[SECRET_LEN],
                              const struct world_item *i)
{
    return secret_opens(secret, p->j->sess_id, i);
}

#endif
