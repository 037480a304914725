/*
 * A worker for one question: started, checked from outside like every worker, asked, and killed.
 * Whoever asks waits for the answer, so errands belong before a session, or into commands. After
 * start_init.
 */
#ifndef BROKER_ERRAND_H
#define BROKER_ERRAND_H
#include "lib/chan.h"
#include "lib/start.h"

/* With namespaces where the kernel has them; require_namespaces: not without. false, with errno: no
   worker. s->control is the caller's to wrap, at once. */
bool errand_begin(enum worker_kind kind, bool require_namespaces, struct started *s);
/* One message; within START_MS, or as long as it takes. false: none, or not one that may come. */
bool errand_hear_soon(struct chan *c);
bool errand_hear(struct chan *c);
/* Is it locked in, now that it says it is ready? To be asked before it sees a byte of what it is
   to judge, and before a word of it is believed. */
bool errand_confined(const struct started *s);
/* Nothing is left of it. */
void errand_end(struct started *s, struct chan *c);

#endif
