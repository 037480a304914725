/*
 * Lock screens that say on a message bus that they are up: starts vitrine-bus with a session, where
 * there is a bus, hands it the connections, and takes what it hears to the display, which knows
 * what else says that the owner is away (broker/display_lock.c). It decides nothing.
 *
 * A lock screen that was up when the worker ended stays up until the session ends: nobody has said
 * otherwise.
 */
#ifndef BROKER_LOCKER_H
#define BROKER_LOCKER_H
#include <stdbool.h>
#include <stdint.h>

struct app;
struct worker;

struct locker_state {
    struct worker *worker;
    int session, system;   /* buses, on their way to the worker; -1 */
    uint8_t given, buses;  /* that the worker was handed, and hears: bits of BUS_LOCKED */
    uint8_t there, locked; /* bits: enum locker (lib/lockers.h) */
    bool heard;            /* the worker has said something */
    bool rests;            /* the trail was told less than BUS_RECORD_MS ago: */
    uint8_t told_lost, told_there;
};

void locker_init(struct app *a);
/* With a session, and when it is over. Nothing where one listens already. */
void locker_start(struct app *a);
void locker_end(struct app *a);

/* Can be connected to now, and is no other user's: the bus of this desktop, and the system's. */
bool locker_finds_session(void);
bool locker_finds_system(void);

#endif
