/*
 * What people in a session have signed, as the trail holds it (audit/FORMAT.md 10): checked against
 * the keys that the organizer's signed record names. Pure; runs in vitrine-verify, which distrusts
 * every byte.
 */
#ifndef AUDIT_VERIFY_PROOF_H
#define AUDIT_VERIFY_PROOF_H
#include "audit/chain/line.h"
#include "lib/runs.h"
#include "policy/limits.h"

#define PROOF_LABEL 17 /* "e2e/1 sig record" and a zero byte */

/* A record, from its parts. */
struct proof_record {
    unsigned part, of; /* of 0: none is here */
    size_t len;
    uint8_t text[PROOF_LABEL + PROOF_RECORD_MAX]; /* what is signed, and the signature */
};

/* What one vitrine wrote: the last two records are at hand, for the two sides of a grant. */
struct proof_run {
    unsigned last; /* the record begun last */
    struct proof_record record[2];
};

/* Several vitrines of one user write one trail at once. Of more than RUNS_MOST the one that has
   been silent longest is forgotten: its proofs are unnamed. Zeroed at first. */
struct proof_book {
    struct run_place places[RUNS_MOST];
    struct proof_run runs[RUNS_MOST];
    uint64_t read; /* proofs and parts */
};

enum proof_says {
    PROOF_WRONG,   /* malformed, a signature is not that key's, or the record names another */
    PROOF_UNNAMED, /* right, but no whole record is here that names a key: lines were lost (full
                      disk, crash), or the trail is of a time when long ones were left out */
    PROOF_GOOD
};

/* record_part: the parts of one record follow each other in their run; one that does not is lost
   with its record. */
enum proof_says proof_part(struct proof_book *b, const struct line *l);
/* control_proof: both PAIR_AUTH. Uses the records of its run up. */
enum proof_says proof_control(struct proof_book *b, const struct line *l);
/* share_proof. Uses them up, too. */
enum proof_says proof_share(struct proof_book *b, const struct line *l);

#endif
