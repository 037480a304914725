/*
 * Places for the runs of an audit trail: several vitrines of one user write one trail at the same
 * time, and each line names its run. As many are told apart as there are places.
 */
#ifndef LIB_RUNS_H
#define LIB_RUNS_H
#include <stdbool.h>
#include <stdint.h>

/* Vitrines that write one trail at once and are told apart: more than anybody has open, and few
   enough to hold a record of each at hand (audit/verify/proof.h). */
#define RUNS_MOST 16

struct run_place {
    uint64_t run;
    uint64_t used; /* by runs_place, last; 0: empty */
};

/* The place of that run among n (at least 1), or one for it: empty, or of the run that has been
   silent longest. now: rises with each call, from 1. *fresh: nothing of what the caller keeps there
   is of this run. */
unsigned runs_place(struct run_place *places, unsigned n, uint64_t run, uint64_t now, bool *fresh);

#endif
