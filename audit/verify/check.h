/*
 * Checks one trail from its first byte to its last and names the first line that is wrong.
 * Streaming: one line in memory at a time, whatever the length of the log; a second reading only
 * where a line is missing, to tell a removed one from one that stands elsewhere.
 */
#ifndef AUDIT_VERIFY_CHECK_H
#define AUDIT_VERIFY_CHECK_H
#include "audit/chain/key.h"
#include "audit/verify/reader.h"
#include "lib/fail.h"

struct check_result {
    enum verdict verdict;
    uint64_t line;  /* of the file, from 1: the first wrong one; 0: none */
    uint64_t lines; /* whole lines read */
    uint64_t first; /* number in the chain of the first line that is there */
    bool sealed; /* a verification key was given, and its line or a later one is there: from it on
                    every line was sealed */
    uint32_t proofs;    /* right signatures of people (proof.h); of a receipt, in its session */
    uint32_t unnamed;   /* ... and those for whose key there is no record */
    uint64_t signed_to; /* the last line that a good signature covers, as a line of the file */
    uint8_t key[32];    /* that signed it, where signed_to is not 0 */
    uint32_t session;   /* VERDICT_RECEIPT, _UNPROVED: its number; 0: it does not say */
};

/* How many lines may be missing between the line of the verification key and the first one that
   is there: seconds of work, some hundred parts. */
#define CHECK_SEAL_STEPS (1 << 22)

/* The verification key: that of line `from`. */
struct check_seal {
    uint64_t from;
    uint8_t key[DIGEST_SIZE];
};

/* seal: NULL where it is not at hand; then lines are not shown to be older than the key file, and
   seals are looked at only where the key file still holds that key. With it nothing passes
   without `key` (VERDICT_NO_END), nor without a line that it seals. key: public key and head of the
   file beside the log; NULL: the chain and the signatures are checked against the key the log
   itself names, and only a signed head shows that it ends there; then alone the first line may be
   that of a receipt. */
void check_log(const struct reader_source *log, const struct trail_key *key,
               const struct check_seal *seal, struct check_result *out);

#endif
