/*
 * What the two halves of the verifier share: check.c walks along the chain, check_line.c judges
 * what a line says that is in its place.
 */
#ifndef AUDIT_VERIFY_CHECK_PARTS_H
#define AUDIT_VERIFY_CHECK_PARTS_H
#include "audit/chain/line.h"
#include "audit/verify/check.h"
#include "audit/verify/give_up.h"
#include "audit/verify/receipt.h"
#include <string.h>

struct proof_book;

struct walk {
    struct reader reader;
    const struct trail_key *key;
    struct check_result *out;
    struct line_head last;            /* of the chain so far */
    uint8_t before_last[DIGEST_SIZE]; /* what the last line names as its predecessor */
    uint8_t public_key[32];           /* that signs this log */
    bool has_key;
    uint64_t place;         /* line of the file */
    uint64_t first;         /* ... with which the trail begins */
    struct check_seal seal; /* of the next line */
    bool has_seal, slice, has_head;
    bool own_seal;          /* `seal` is from the key file: whoever has that can seal anew */
    uint64_t odd_seal;      /* own_seal: the first line whose seal is another; 0: none is */
    struct receipt receipt; /* has_head: what it claims, and what there is of it */
    uint64_t bad_place; /* a line of no form: wrong, unless the next one says that it was torn */
    size_t bad_len;
    struct proof_book *book; /* NULL before the first line of one: it is large */
};

/* The first line of the trail itself. */
static inline bool walk_at_first(const struct walk *w)
{
    return w->place == w->first;
}

/* This is the first wrong line, and how: false. */
bool walk_wrong(struct walk *w, enum verdict verdict, uint64_t line);
static inline bool walk_equal(const uint8_t a[DIGEST_SIZE], const uint8_t b[DIGEST_SIZE])
{
    return memcmp(a, b, DIGEST_SIZE) == 0;
}

/* Of a line that follows the one before: its signature, key, proofs, what it says was torn. */
bool walk_check_meaning(struct walk *w, const struct line *l);
/* ... and what the key file and the verification key say of it. */
bool walk_check_keys(struct walk *w, const struct line *l);

#endif
