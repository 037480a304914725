/*
 * One sealed unit (e2e.md 9): u8 0x40 | u8 flags | SFrame ciphertext over padded body and sender's
 * signature. What may arrive when (epoch, role, counter) is decided in net/seal/group.h, not here.
 */
#ifndef NET_SEAL_UNIT_H
#define NET_SEAL_UNIT_H
#include "net/seal/code.h"
#include "net/seal/sframe.h"
#include <openssl/types.h>

#define UNIT_TYPE 0x40
#define UNIT_KEY 1 /* flags bit 0: decodable without earlier units */
#define UNIT_CONTENT_MAX 131072
#define UNIT_WIRE_MAX 135263 /* at the largest content and the longest header that occurs */
#define UNIT_PLAIN_MAX (135168 + SIG_LEN)

enum unit_stream {
    STREAM_SCREEN = 1,
    STREAM_CURSOR = 2,
    STREAM_CHAT = 3,
    STREAM_AUDIO = 4,
    STREAM_SIGNAL = 5,
    STREAM_STATUS = 6,
    STREAM_LAST = 6
};

/* Padmé as in e2e.md 9. */
size_t unit_pad(size_t len);

struct unit_sealing {
    struct sframe_key *key;
    uint64_t kid, ctr;
    uint8_t flags;
    const uint8_t *sess_id;
    EVP_PKEY *sig; /* the sender's session signature key */
    struct span content;
};
/* Writes the unit; returns its length. The content is at most UNIT_CONTENT_MAX bytes. */
size_t unit_seal(const struct unit_sealing *u, uint8_t out[UNIT_WIRE_MAX]);

struct unit_head {
    uint8_t flags, stream;
    uint16_t mid;
    uint32_t epoch;
    uint64_t kid, ctr;
    struct span header; /* SFrame header inside the wire bytes */
    struct span cipher; /* ciphertext and tag */
};
/* Form only. false: E_PARSE; mid and stream are set if they could be read, else 0. */
bool unit_parse(struct span wire, struct unit_head *h);

/* AEAD, signature, length and padding, in this order. `plain` has room for UNIT_PLAIN_MAX; *content
   points into it. E_NONE, E_FRAME or E_FORGED. */
enum e2e_code unit_open(const struct unit_head *h, struct sframe_key *key,
                        const uint8_t sess_id[SESS_ID_LEN], EVP_PKEY *sender, uint8_t *plain,
                        struct span *content);

/* AAD behind the SFrame header; returns its length. */
size_t unit_metadata(const uint8_t sess_id[SESS_ID_LEN], uint8_t flags,
                     uint8_t out[SFRAME_METADATA_MAX]);

#endif
