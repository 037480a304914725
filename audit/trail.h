/*
 * Appends lines to one trail, whole batches at a time: the key file first says where the chain will
 * stand, then the lines are written and brought to the disk, then the key file says that they are
 * there. A crash in between is recognised and is no tampering; everything else that does not fit
 * is, and is written into the trail itself when it goes on. Several brokers of one user may write
 * one trail: each batch is made under a lock, and continues where the key file says.
 */
#ifndef AUDIT_TRAIL_H
#define AUDIT_TRAIL_H
#include "audit/chain/key.h"
#include "lib/span.h"
#include <sys/types.h>

#define TRAIL_BATCH 65536 /* bytes of lines written at once */

struct trail {
    int log, key_fd; /* not owned */
    struct trail_key key;
    uint64_t run;              /* the first line we wrote, which all of ours name */
    bool in_run;               /* that line is in the log; until then each batch has a new place */
    struct line_head head;     /* of the batch being made */
    uint8_t seal[DIGEST_SIZE]; /* the key of its next line */
    size_t n, written;         /* written: bytes of `batch` that are in the log since it was made */
    char batch[TRAIL_BATCH];
};

struct trail_field {
    const char *name; /* ours */
    struct span value;
};

/* Looks at both files, continues the chain, or begins one. Writes log_start, log_recovered or
   log_suspect as the case may be. previous: the part before a log that may have no whole line yet,
   which was put aside because it had become long; then the chain goes on from its last line. -1:
   none. 0, or -1 with errno: nothing can be recorded. */
int trail_open(struct trail *t, int log, int key_fd, int previous);

/* A batch: begin (takes the lock), add lines, commit (writes, releases). All return 0, or -1 with
   errno; after a failed commit nothing of the batch is in the log, unless the log is append-only:
   what it took of the batch stays, and the next one goes on behind it. */
int trail_begin(struct trail *t);
/* May one more line of the largest size, and a signature, be added? */
bool trail_has_room(const struct trail *t);
int trail_add(struct trail *t, unsigned id, const struct trail_field *fields, unsigned n_fields);
/* Adds the signature of the head as a line of its own. */
int trail_sign(struct trail *t);
int trail_commit(struct trail *t);

/* Hands out the verification key, of line *from (audit/FORMAT.md), and with `out` forgets it. 1; 0:
   it has been taken away before; -1 with errno. */
int trail_take_key(struct trail *t, bool out, uint8_t key[DIGEST_SIZE], uint64_t *from);

void trail_finish(struct trail *t);

#endif
