/*
 * Where a log ends: its last whole line, and what a crash left behind it. Run by audit, which
 * distrusts every byte of it: somebody may have changed it since.
 */
#ifndef AUDIT_TAIL_H
#define AUDIT_TAIL_H
#include "audit/chain/key.h"
#include <stdbool.h>
#include <sys/types.h>

struct tail {
    struct line_head head; /* last whole line of the log; unreadable: all zeros */
    bool open;             /* of that line nothing but the newline is missing */
    off_t half;            /* bytes of a torn line behind it */
    off_t size;            /* of the log, without the part before it */
    bool before;           /* that line, or the beginning of it, stands in the part before it */
    bool empty, unreadable;
};

/* Looks at the last LINE_MAX_BYTES x 4 bytes: bounded, however long the log is.
   crashed: a batch was under way, so that what stands behind the last whole line may have been torn
   more than once: the line that says so was torn itself, and has got an end of its own since.
   previous: the part before it, which is read as if the log went on in it; -1: the log alone.
   0, or -1 with errno. */
int tail_find(int log, int previous, bool crashed, struct tail *out);
/* NULL: the log ends where the key file says, or a crash left it somewhere on the way to `next`;
   otherwise what is wrong with it, in words. */
const char *tail_judge(const struct tail *end, const struct trail_key *k);

#endif
