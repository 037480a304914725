/*
 * A walk over the heart's states (broker/session.h), breadth first from one of them: every event of
 * walk_events in every state, right and wrong ones alike. The invariants are asked of each state
 * and each step; the first that is broken is said, and ends the program. Small world: two people at
 * the door, two in the session, two remembered names.
 */
#ifndef TESTS_UNIT_VITRINE_WALK_H
#define TESTS_UNIT_VITRINE_WALK_H
#include "broker/session.h"
#include <stddef.h>

#define PEOPLE 2

/* walk_events.c: every event that can be thought of in this small world. */
#define WALK_EVENTS_MAX 320
extern struct session_event walk_events[WALK_EVENTS_MAX];
extern unsigned walk_n_events, walk_n_plain; /* behind the plain ones: those about control */
void walk_make_events(void);

/* Says what is wrong and ends the program, unless ok. */
void must(bool ok, const char *what);
/* One step, with its invariants. */
void walk_step(const struct session *before, const struct session_event *ev, struct session *after);
/* From that state, so many steps. */
void walk(const struct session *start, unsigned depth);
/* One step further without those about control: what there is to see, their own roads show. */
void walk_far(const struct session *start, unsigned depth);
/* For SIGABRT. The heart's own assertions: say where. */
void walk_on_abort(int sig);

/* Of all walks together. */
struct walk_count {
    size_t states, transitions;
    size_t idle; /* transitions without consequence */
    unsigned most_effects;
};
struct walk_count walk_counted(void);

#endif
