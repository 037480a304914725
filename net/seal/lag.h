/*
 * Whether what STATUS says was sealed has come within a fair time (PROTOCOL.md 13). Counters tell
 * of what is missing only when something else comes after it: this tells while nothing more comes.
 * Run by vitrine-seal of a viewer; pure.
 */
#ifndef NET_SEAL_LAG_H
#define NET_SEAL_LAG_H
#include "policy/limits.h"
#include <stdint.h>

/* A unit is named by the next STATUS: STALE_MS after it was sealed the picture without it is old.
 */
#define LAG_MS (STALE_MS - STATUS_MS)
#define LAG_MARKS 4 /* of the last LAG_MS, one in STATUS_MS / 2 */

struct lag { /* zero: nothing is owed */
    struct {
        uint64_t sealed, ms;
    } owed[LAG_MARKS]; /* the oldest first */
    unsigned n;
};

void lag_forget(struct lag *l);
/* STATUS of now: so many units were sealed, and not all of them have come. */
void lag_owed(struct lag *l, uint64_t sealed, uint64_t now_ms);
/* So many of them have come. */
void lag_came(struct lag *l, uint64_t have);
/* Since when something is owed, and from when on the picture is old; UINT64_MAX: nothing is. */
uint64_t lag_since(const struct lag *l);
uint64_t lag_due(const struct lag *l);

#endif
