/*
 * What people in a session have signed, as the trail holds it (audit/FORMAT.md 10): checked against
 * the keys that the organizer's signed record names. Pure; runs in vitrine-verify, which distrusts
 * every byte.
 */
#ifndef AUDIT_VERIFY_PROOF_H
#define AUDIT_VERIFY_PROOF_H
#include "audit/chain/line.h"
#include "policy/limits.h"

/* A record, from its parts: the last two are at hand, for the two sides of a grant. */
struct proof_record {
    unsigned member; /* whose key it names; 0: none is here */
    unsigned part, of;
    size_t len;
    uint8_t bytes[PROOF_RECORD_MAX];
};

struct proof_book {
    struct proof_record record[2];
    unsigned last; /* the one begun last */
};

enum proof_says {
    PROOF_WRONG,   /* malformed, or a signature is not that key's */
    PROOF_UNNAMED, /* right, but the record that names a key was too long for the trail */
    PROOF_GOOD
};

/* record_part: the parts of one record follow each other. */
enum proof_says proof_part(struct proof_book *b, const struct line *l);
/* control_proof: both PAIR_AUTH. Uses the records up. */
enum proof_says proof_control(struct proof_book *b, const struct line *l);
/* share_proof. Uses the record up. */
enum proof_says proof_share(struct proof_book *b, const struct line *l);

#endif
