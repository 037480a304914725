/*
 * Messages inside the member channel (e2e.md 7): which are allowed from whom, how long they may be,
 * their reassembly from TLS bytes, and strict building and parsing of each.
 */
#ifndef NET_SEAL_INNER_H
#define NET_SEAL_INNER_H
#include "net/seal/bytes.h"
#include "net/seal/code.h"
#include "policy/limits.h"

enum inner_type {
    INNER_HELLO = 0x10,
    INNER_WELCOME = 0x11,
    INNER_REVEAL = 0x12,
    INNER_ADMIT = 0x14,
    INNER_REFUSE = 0x15,
    INNER_EPOCH = 0x16,
    INNER_SNAPSHOT = 0x17,
    INNER_END = 0x18,
    INNER_ACK = 0x19,
    INNER_PING = 0x1a,
    INNER_PONG = 0x1b,
    INNER_LEAVE = 0x1c,
    INNER_KICKED = 0x1d,
    INNER_PRESENT_OFFER = 0x1f,
    INNER_PRESENT_ANSWER = 0x20,
    INNER_GRANT_NOTICE = 0x21,
    INNER_REVOKE = 0x22,
    INNER_REKEY_REQ = 0x23,
    INNER_SECOND_ASK = 0x24,
    INNER_SECOND_SAID = 0x25
};

/* KICKED */
enum kicked_reason { KICKED_REMOVED = 2, KICKED_UNRECORDED = 4 };

#define INNER_HEAD 4

/* Where a channel stands, seen by its receiver; one bit each, so that a message can name several.
 */
enum inner_stage {
    INNER_AT_HELLO = 1,    /* organizer: waits for HELLO. member: waits for WELCOME */
    INNER_AT_REVEAL = 2,   /* organizer: waits for REVEAL */
    INNER_AT_WAITING = 4,  /* nothing decided yet */
    INNER_AT_ADMITTED = 8, /* member: ADMIT came, or resumed; waits for SNAPSHOT */
    INNER_AT_MEMBER = 16
};

/* May this type, with a body of this length, arrive now? E_NONE, E_STATE (type, direction, stage)
   or E_PARSE (length). Asked before any byte of the body is stored. */
enum e2e_code inner_check(uint8_t type, bool at_organizer, enum inner_stage stage, uint32_t len);

/* --- reassembly --- */
struct inner_rx {
    uint8_t head[INNER_HEAD];
    size_t head_len;
    uint8_t *body; /* allocated when the head has been accepted */
    uint32_t body_len, filled;
};
struct inner_message {
    uint8_t type;
    struct span body; /* until the next call */
};
enum inner_fed { INNER_MORE, INNER_COMPLETE, INNER_BAD };
/* Takes bytes from *in (advancing it) until one message is complete. INNER_BAD: *code says why. */
enum inner_fed inner_feed(struct inner_rx *rx, struct span *in, bool at_organizer,
                          enum inner_stage stage, struct inner_message *out, enum e2e_code *code);
void inner_finish(struct inner_rx *rx); /* wipes; accepts a zeroed one */

/* --- single messages; parse functions return false for E_PARSE --- */
struct inner_ident {
    uint8_t alg; /* 0 none, 1 ECDSA P-256, 2 Ed25519, 3 chain */
    struct span key, sig;
};
#define INNER_IDENT_KEY_MAX MAX_IDENTITY
#define INNER_IDENT_SIG_MAX 128
#define INNER_IDENT_MAX (1 + 2 + INNER_IDENT_KEY_MAX + 2 + INNER_IDENT_SIG_MAX)

struct inner_hello {
    struct span name;
    const uint8_t *sig_pub, *com; /* 65, 32 */
    uint16_t caps;
    struct inner_ident ident;
    const uint8_t *pop; /* 64 */
};
struct inner_welcome {
    struct span name;
    const uint8_t *nonce_o; /* 32 */
    uint8_t state;          /* 0 wait, 1 go on */
    struct inner_ident ident;
    const uint8_t *opop; /* 64 */
};
/* REFUSE.reason */
enum inner_refusal {
    REFUSAL_NO = 1,
    REFUSAL_ENDED = 2,
    REFUSAL_FULL = 3,
    REFUSAL_LOCKED = 4,
    REFUSAL_WORDS = 5,
    REFUSAL_IDENTITY = 6
};

struct inner_pong {
    const uint8_t *nonce; /* 16 */
    uint32_t epoch, log_seq;
    const uint8_t *head; /* 32 */
};

void inner_hello_build(const struct inner_hello *m, struct put *p);
bool inner_hello_parse(struct span body, struct inner_hello *m);
void inner_welcome_build(const struct inner_welcome *m, struct put *p);
bool inner_welcome_parse(struct span body, struct inner_welcome *m);
void inner_pong_build(const struct inner_pong *m, struct put *p);
bool inner_pong_parse(struct span body, struct inner_pong *m);

/* What pop and opop sign: bind || sig_pub_J || name, bind || sig_pub_J || nonce_O. */
#define INNER_PROOF_MAX (SHARED_LEN + POINT_LEN + MAX_NAME)
struct span inner_proof(const uint8_t bind[SHARED_LEN], const uint8_t sig_pub[POINT_LEN],
                        struct span last, uint8_t out[INNER_PROOF_MAX]);

#endif
