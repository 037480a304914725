/*
 * The channel between controller and presenter, one per grant (e2e.md 10): TLS with a PSK that
 * every member could derive, both session keys over its exporter (PAIR_AUTH), then INPUT. Neither
 * the organizer nor the relay can take part. Pull style, as net/seal/line.h.
 *
 *     around it: u8 0x41 | u8 0 | grant_id[16] | TLS bytes
 *     inside:    u8 0x30 | signature[64], first each way; then
 *                from the controller records of net/seal/input_record.h,
 *                from the presenter u8 0x32 | u8 held | zeros, 256 bytes, too
 */
#ifndef NET_SEAL_PAIR_H
#define NET_SEAL_PAIR_H
#include "net/seal/input_record.h"
#include "net/seal/outer.h"
#include "net/seal/signal.h"
#include <openssl/types.h>

#define PAIR_HEAD (2 + GRANT_ID_LEN)

struct pair;

struct pair_opening {
    bool presenter; /* this end: TLS server, takes INPUT */
    uint8_t grant[GRANT_ID_LEN];
    uint16_t mid_c, mid_p;
    struct signal_terms terms;
    const uint8_t *sess_id;
    const uint8_t *psk; /* 48 bytes; the caller wipes them */
    EVP_PKEY *own;      /* referenced */
    EVP_PKEY *peer;     /* public key out of the roster; referenced */
};
struct pair *pair_create(const struct pair_opening *how); /* never NULL */
void pair_destroy(struct pair *p);                        /* frees all keys; accepts NULL */

/* Splits a message of outer type 0x41. false: E_PARSE. */
bool pair_split(struct span body, const uint8_t **grant, struct span *tls);

void pair_feed(struct pair *p, struct span tls);

enum pair_result {
    PAIR_NOTHING,
    PAIR_UP,     /* both have proved who they are */
    PAIR_INPUT,  /* *events, *n: in the form and within the caps of the grant */
    PAIR_HELD,   /* *n: enum pair_held */
    PAIR_CLOSED, /* close_notify */
    PAIR_BAD     /* *code: E_CHANNEL (TLS) or E_GRANT */
};
enum pair_result pair_next(struct pair *p, struct input_event events[MAX_INPUT_EVENTS], unsigned *n,
                           enum e2e_code *code);
bool pair_up(const struct pair *p);
/* What both have signed, once it is up; valid as long as p. For a receipt: neither tells anything
   about what is said in the channel. */
struct pair_proof {
    const uint8_t *bind;       /* SHARED_LEN: out of this channel, and no other */
    const uint8_t *own, *peer; /* signatures, SIG_LEN each */
};
struct pair_proof pair_proof(const struct pair *p);

/* One INPUT; n may be 0. The channel must be up, at the controller's end. false: E_CHANNEL, or an
   event that is not valid anywhere. */
bool pair_send(struct pair *p, const struct input_event *events, unsigned n);
/* What becomes of the controller's events at the moment. */
enum pair_held { PAIR_HELD_NOT, PAIR_HELD_OWNER, PAIR_HELD_QUESTION, PAIR_HELD_REACH };
/* Says so; the channel must be up, at the presenter's end. false: E_CHANNEL. */
bool pair_hold(struct pair *p, enum pair_held held);
void pair_close(struct pair *p); /* close_notify */
/* The next message for the peer, head included; 0 when there is none. */
size_t pair_take(struct pair *p, uint8_t out[PAIR_HEAD + OUTER_CHAN_MAX]);

#endif
