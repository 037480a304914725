/*
 * The workers of one run, by post (enum session_worker: what one is there for): starts the right
 * kind with the right handlers and gives them what they need before their lock-down.
 * broker/workers.h does the rest.
 */
#ifndef BROKER_CREW_H
#define BROKER_CREW_H
#include "broker/session.h"

struct app;
struct chan;
struct worker;

/* EV_READY or EV_ENDED follows, also when it could not even be tried. */
void crew_start(struct app *a, enum session_worker w);
/* A painter for a dialog, without a post yet: for spare.c. NULL with errno. */
struct worker *crew_start_spare(struct app *a);
/* SIGKILL; gone when it returns. EV_ENDED follows. */
void crew_kill(struct app *a, enum session_worker w);
/* It takes no message any more: the same, unless it is gone already. */
void crew_lost(struct app *a, enum session_worker w);
/* Its control channel; NULL unless it is verified. */
struct chan *crew_chan(struct app *a, enum session_worker w);
#endif
