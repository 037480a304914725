/*
 * What the lines log_start and signed_head of a log say, by its key. For the targets that write
 * one.
 */
#ifndef TESTS_FUZZ_LOG_KEY_H
#define TESTS_FUZZ_LOG_KEY_H
#include "audit/chain/key.h"
#include "lib/hex.h"
#include <stdlib.h>

struct log_key_said {
    char public[HEX_SIZE(32)], signature[HEX_SIZE(SIGNATURE_SIZE)];
};

/* Of a log that begins, or goes on: the key alone. */
static inline void log_key_name(const struct trail_key *key, struct log_key_said *said)
{
    hex_format(key->public_key, 32, said->public);
}

/* ... and its signature over the head. */
static inline void log_key_sign(const struct trail_key *key, struct log_key_said *said)
{
    uint8_t message[HEAD_MESSAGE], signature[SIGNATURE_SIZE];
    digest_head_message(key->head.n, key->head.hash, message);
    if (!digest_sign(key->private_key, message, sizeof message, signature))
        abort();
    log_key_name(key, said);
    hex_format(signature, sizeof signature, said->signature);
}

#endif
