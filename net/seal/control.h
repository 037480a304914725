/*
 * Control of the presenter's machine (e2e.md 10), as every member takes part in it: asked for by
 * the one side, granted by the other, carried by a pair channel, ended by whatever comes first. At
 * most one grant is live. Organizer and members use the same one. Pure of I/O and clocks, as the
 * sessions around it; who may be told what is decided here, consent is the broker's.
 */
#ifndef NET_SEAL_CONTROL_H
#define NET_SEAL_CONTROL_H
#include "net/seal/group.h"
#include "net/seal/port.h"
#include "net/seal/signal.h"

struct control;

/* What it needs of its session. */
struct control_ties {
    void *ctx;
    const struct port *port;
    /* Seals on stream 5. false: not allowed now; with `later` it may also wait until it is. */
    bool (*signal)(void *ctx, struct span content, bool later);
    /* Carries a message to that member, if it is there. */
    void (*send)(void *ctx, uint16_t mid, struct span body);
    /* At the presenter: the organizer is to know who has control. */
    void (*notice)(void *ctx, const uint8_t grant[GRANT_ID_LEN], uint16_t mid, bool on);
    /* May that member be given control? In a session without password only who was verified. */
    bool (*may_control)(void *ctx, uint16_t mid);
};

/* All are referenced and outlive it. The group may be without an epoch still. */
struct control *control_create(const struct control_ties *ties, struct group *group,
                               const uint8_t sess_id[SESS_ID_LEN], EVP_PKEY *sig);
void control_destroy(struct control *c); /* wipes, says nothing; accepts NULL */
/* Our mid, once it is known. */
void control_set_mid(struct control *c, uint16_t mid);

/* --- from the broker; what cannot be done any more is answered by `denied`, or is over already ---
 */
void control_ask(struct control *c, uint16_t caps, bool even, uint64_t now_ms);
void control_grant(struct control *c, uint16_t mid, const uint8_t request[REQUEST_ID_LEN],
                   const struct signal_terms *terms, uint64_t now_ms);
void control_deny(struct control *c, uint16_t mid, const uint8_t request[REQUEST_ID_LEN],
                  uint64_t now_ms);
void control_revoke(struct control *c, const uint8_t grant[GRANT_ID_LEN], enum grant_end why,
                    uint64_t now_ms);
/* Tells the controller what becomes of its events; `held`: enum pair_held. */
void control_hold(struct control *c, const uint8_t grant[GRANT_ID_LEN], unsigned held,
                  uint64_t now_ms);
/* Tells that member that it may ask us, who present. */
void control_invite(struct control *c, uint16_t mid, uint64_t now_ms);
/* false: an event beyond the caps of the grant, which its broker should not send. */
bool control_input(struct control *c, const uint8_t grant[GRANT_ID_LEN],
                   const struct input_event *events, unsigned n, uint64_t now_ms);

/* --- from other members, all distrusted --- */
/* Content of a checked unit of stream 5. E_PARSE: its sender's client is broken. */
enum e2e_code control_signal(struct control *c, uint16_t from, struct span content,
                             uint64_t now_ms);
/* Outer type 0x41; unauthenticated, so that what is malformed is dropped. */
void control_pair(struct control *c, uint16_t from, struct span body, uint64_t now_ms);

/* --- from the session --- */
/* After every change of roster or presenter. */
void control_roster(struct control *c, uint64_t now_ms);
/* Whatever control there is, or is being set up. */
void control_end(struct control *c, enum grant_end why, uint64_t now_ms);
/* Our line is lost, or the session is over for us: that, and every request. Whoever was at the
   other end of a pair channel learns it now, of a lost line (GRANT_END_LINE) with control_bound. */
void control_cut(struct control *c, enum grant_end why, uint64_t now_ms);
/* The relay takes what is for others on our new line. */
void control_bound(struct control *c, uint64_t now_ms);
/* That member's line is lost. */
void control_peer_gone(struct control *c, uint16_t mid, uint64_t now_ms);

void control_tick(struct control *c, uint64_t now_ms);
uint64_t control_due(const struct control *c);

#endif
