/*
 * Writing one trail, for the files trail*.c only: see trail.h.
 */
#ifndef AUDIT_TRAIL_PARTS_H
#define AUDIT_TRAIL_PARTS_H
#include "audit/tail.h"
#include "audit/trail.h"

/* Of several writers of one trail: held from reading the key file to writing it. 0, or -1 with
   errno. */
int trail_lock(const struct trail *t);
/* Leaves errno as it is. */
void trail_unlock(const struct trail *t);

/* One line with one field; as trail_add. */
int trail_say(struct trail *t, unsigned id, const char *name, const char *value);
/* A batch begins behind that end of the log (where it is unreadable, behind the line that the key
   file knows), with whatever a torn line needs: its end and, `told`, the word that it is one. 0,
   or -1 with errno. */
int trail_go_on(struct trail *t, const struct tail *end, bool told);
/* The batch, and where the chain stands before and after it: see audit/FORMAT.md 4. 0, or -1 with
   errno; t->written says what of it is in the log. */
int trail_write(struct trail *t);

#endif
