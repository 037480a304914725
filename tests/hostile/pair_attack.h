/*
 * An end of a pair channel in an attacker's hands: with every key but the one that is missing.
 */
#ifndef TESTS_HOSTILE_PAIR_ATTACK_H
#define TESTS_HOSTILE_PAIR_ATTACK_H
#include "net/seal/control_state.h"
#include "net/seal/derive.h"
#include "net/seal/joiner_state.h"
#include "net/seal/organizer_state.h"
#include "net/seal/pair.h"
#include "tests/unit/seal/control_world.h"

/* An end of a pair channel in the attacker's hands. */
struct attacker {
    struct pair *pair;
    bool to_organizer;     /* the victim */
    struct world_peer *as; /* whose handle, or whose ears, the relay lends */
    uint8_t out[PAIR_HEAD + OUTER_CHAN_MAX];
};

/* What the victim sends to the one the attacker plays goes to the attacker. */
static inline bool divert(struct world *w, struct world_item *i)
{
    struct attacker *a = w->touch_ctx;
    const uint8_t *grant;
    struct span tls;
    bool message = i->kind == WORLD_TO_ORGANIZER || i->kind == WORLD_TO_JOINER;
    if (!message || i->bytes[0] != 0x41)
        return true;
    bool from_victim = (i->kind == WORLD_TO_JOINER) == a->to_organizer;
    if (from_victim && a->pair && pair_split(span_of(i->bytes, i->len), &grant, &tls))
        pair_feed(a->pair, tls);
    return false;
}

/* Every member has the epoch secret and hears the grant id: only the signature is missing. */
static struct pair *forge(const struct group *g, const uint8_t sess_id[SESS_ID_LEN],
                          const struct pair_opening *how)
{
    uint8_t secret[SECRET_LEN], psk[PSK_LEN];
    struct pair_opening opening = *how;
    assert_true(group_secret_of(g, group_now_epoch(g), 0, secret));
    const struct derive_pair d = {.secret = secret,
                                  .sess_id = sess_id,
                                  .grant_id = opening.grant,
                                  .mid_c = how->mid_c,
                                  .mid_p = how->mid_p};
    derive_pair_psk(&d, psk);
    opening.psk = psk;
    opening.sess_id = sess_id;
    return pair_create(&opening);
}

#endif
