/*
 * Tokens for coming back (relay.md 3): the relay proves to itself that it once admitted the bearer,
 * without keeping a list. Run by vitrine-relay; pure apart from the HMAC.
 */
#ifndef NET_RELAY_TOKEN_H
#define NET_RELAY_TOKEN_H
#include "lib/relay_frame.h"

#define TOKEN_KEY 32
#define TOKEN_INSTANCE 8

struct token_keys {
    uint8_t current[TOKEN_KEY];
    uint8_t previous[TOKEN_KEY]; /* before the last key reload: still verifies */
    bool has_previous;
};

struct token {
    uint16_t mid;    /* whose it is: the organizer's 1; 0: made by a relay that named nobody, opens
                        nothing */
    uint64_t expiry; /* seconds since 1970, 48 bits */
    uint8_t instance[TOKEN_INSTANCE];
};

/* false: the library failed. */
bool token_write(const struct token_keys *k, uint8_t as, const uint8_t sid[FRAME_SID],
                 const struct token *t, uint8_t out[FRAME_TOKEN]);
/* True when one of the keys made these bytes for `as` and `sid`; expiry and mid are for the
   caller to judge. */
bool token_read(const struct token_keys *k, uint8_t as, const uint8_t sid[FRAME_SID],
                const uint8_t bytes[FRAME_TOKEN], struct token *out);

#endif
