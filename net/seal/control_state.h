/*
 * Inside of struct control, for the files control*.c only.
 */
#ifndef NET_SEAL_CONTROL_STATE_H
#define NET_SEAL_CONTROL_STATE_H
#include "lib/pace.h"
#include "net/seal/control.h"
#include "net/seal/input_pace.h"
#include "net/seal/pair.h"
#include "net/seal/pressed.h"

/* Somebody's wish, at the presenter; mid 0: none. */
struct control_request {
    uint16_t mid, caps;
    uint8_t id[REQUEST_ID_LEN];
    uint64_t until_ms;
};

/* Our own wish; to 0: none. */
struct control_wish {
    uint16_t to, caps;
    uint8_t id[REQUEST_ID_LEN];
    uint64_t until_ms;
};

/* The one grant; pair NULL: none. */
struct control_hold {
    struct pair *pair;
    bool mine; /* we control */
    bool up;
    uint16_t peer;
    uint8_t grant[GRANT_ID_LEN], request[REQUEST_ID_LEN];
    struct signal_terms terms;
    uint32_t epoch;    /* whose secret the channel came from */
    uint64_t since_ms; /* GRANT; once up: both proofs */
    uint64_t heard_ms; /* the last INPUT */
    uint64_t used_ms;  /* the last with events */
    struct pressed pressed;
    struct pace held_pace;         /* ours said, or theirs heard */
    unsigned held_want, held_said; /* ours: enum pair_held */
};

#define FAREWELL_MAX 512 /* close_notify, padded, in its record */

struct control {
    struct control_ties ties;
    struct group *group;
    EVP_PKEY *sig;
    uint8_t sess_id[SESS_ID_LEN];
    uint16_t mid;
    uint64_t now_ms;
    struct control_request requests[CONTROL_REQUESTS];
    struct control_wish wish;
    bool even;
    struct control_hold hold;
    struct input_pace pace;
    bool is_cut; /* our line is lost: what would be sent is kept */
    uint16_t farewell_to;
    size_t farewell_len;
    uint8_t farewell[PAIR_HEAD + FAREWELL_MAX];
};

/* --- control.c --- */
/* The hold begins: a pair channel under the secret of that epoch. false: that epoch is not known,
   or the other side not in the roster. */
bool control_open(struct control *c, const struct control_hold *how, uint32_t epoch);
/* Frees the keys, then tells. */
void control_over(struct control *c, enum grant_end why, enum e2e_code code);
void control_flush(struct control *c);
/* Reads what the channel has. */
void control_pump(struct control *c);

/* --- control_grant.c: the presenter's side --- */
enum e2e_code grant_on_request(struct control *c, uint16_t from, const struct signal *s);
/* Forgets requests: of everybody (0), or of one. */
void grant_withdraw(struct control *c, uint16_t mid);
void grant_roster(struct control *c);
void grant_input(struct control *c, const struct input_event *events, unsigned n);
void grant_tick(struct control *c);
uint64_t grant_due(const struct control *c);

/* --- control_wish.c: the controller's side --- */
enum e2e_code wish_on_grant(struct control *c, uint16_t from, const struct signal *s);
void wish_on_deny(struct control *c, uint16_t from, const struct signal *s);
void wish_on_invite(struct control *c, uint16_t from);
void wish_over(struct control *c, enum e2e_code code);
void wish_roster(struct control *c);
void wish_tick(struct control *c);
uint64_t wish_due(const struct control *c);

#endif
