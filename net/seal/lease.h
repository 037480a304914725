/*
 * A member's proof that the organizer still speaks to it (e2e.md 8): without a recent answer to its
 * PING it seals nothing, so that a relay which withholds an EPOCH gains little. Pure.
 */
#ifndef NET_SEAL_LEASE_H
#define NET_SEAL_LEASE_H
#include "net/seal/inner.h"

#define LEASE_NONCE 16
#define LEASE_ASKED_MAX 8 /* unanswered PINGs; more say nothing new */

struct lease {
    struct {
        uint8_t nonce[LEASE_NONCE];
        uint64_t sent_ms;
    } asked[LEASE_ASKED_MAX]; /* oldest first: a channel keeps the order */
    unsigned n;
    bool proved;
    uint64_t proved_ms; /* when the newest answered PING was sent */
    uint32_t named;     /* newest epoch that an answer named */
};

/* May media, chat and signals of this epoch be sealed now? */
bool lease_holds(const struct lease *l, uint32_t epoch, uint64_t now_ms);
/* Writes a PING's nonce. false: enough are unanswered. */
bool lease_ask(struct lease *l, uint64_t now_ms, uint8_t nonce[LEASE_NONCE]);
/* false: it answers no PING of ours. */
bool lease_answer(struct lease *l, const struct inner_pong *pong);
/* Another channel: what was asked on the old one has no answer. */
void lease_forget(struct lease *l);
/* When the next PING is due, one every `every_ms`; UINT64_MAX: enough are unanswered. */
uint64_t lease_next_ms(const struct lease *l, uint32_t every_ms);
/* When lease_holds can become false by time alone; UINT64_MAX: it does not hold. */
uint64_t lease_until_ms(const struct lease *l);

#endif
