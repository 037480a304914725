/*
 * One member channel (e2e.md 6, 7): TLS, the messages inside it, and the secrets that belong to it
 * (bind, wrap ratchet). Used alike by organizer and member. Pull style: feed bytes, then call
 * line_next until it has nothing.
 */
#ifndef NET_SEAL_LINE_H
#define NET_SEAL_LINE_H
#include "net/seal/inner.h"
#include "net/seal/outer.h"

struct line;

struct line_opening {
    bool at_organizer;
    enum inner_stage stage; /* once the handshake is complete */
    const uint8_t *psk;     /* 48 bytes; the caller wipes them */
    struct span identity;
    const uint8_t *sess_id;
    uint32_t handle;     /* of the member's connection: binds the exporter */
    const uint8_t *wrap; /* 64 bytes: root of the ratchet; the caller wipes them */
};
struct line *line_create(const struct line_opening *how); /* never NULL */
void line_destroy(struct line *l);                        /* wipes; accepts NULL */

/* TLS bytes out of one CHAN message. */
void line_feed(struct line *l, struct span tls);

enum line_result {
    LINE_NOTHING,
    LINE_UP, /* handshake complete, bind exists; the stage is the one given at creation */
    LINE_MESSAGE,
    LINE_CLOSED, /* close_notify of the peer */
    LINE_BAD     /* *code: E_CHANNEL, E_STATE, E_PARSE */
};
/* *m is valid until the next call. */
enum line_result line_next(struct line *l, struct inner_message *m, enum e2e_code *code);

/* Decides which messages may come next. */
void line_set_stage(struct line *l, enum inner_stage stage);
enum inner_stage line_stage(const struct line *l);
bool line_up(const struct line *l);
const uint8_t *line_bind(const struct line *l); /* 64 bytes */

/* false: E_CHANNEL. */
bool line_send(struct line *l, enum inner_type type, struct span body);
void line_close(struct line *l); /* close_notify */
/* The next CHAN message for the peer, head included; 0 when there is none. */
size_t line_take(struct line *l, uint8_t out[OUTER_MAX]);

/* Masks or unmasks the epoch secret in place with the next step of the ratchet. */
void line_wrap(struct line *l, uint32_t epoch, uint8_t secret[SECRET_LEN]);

#endif
