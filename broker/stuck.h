/*
 * An X server that does not answer, or takes nothing that is written to it: libxcb waits for it
 * without end, and where it had no memory for an answer, too. Who waits is let go after X_STUCK_MS:
 * the connections are shut down, which libxcb finds out as it does of a server that is gone.
 *
 * The time is counted in two halves, of which one passes at once for a process that was stopped or
 * a machine that slept.
 */
#ifndef BROKER_STUCK_H
#define BROKER_STUCK_H
#include <stdbool.h>

/* From here on answers may be waited for: where none has come, all connections are shut down ... */
void stuck_begin(void);
/* ... and no more, but by whoever has begun before; in a turn of the loop as before. */
void stuck_end(void);
/* struct loop's `waits`: a turn begins and ends where the loop does not wait. In it nothing is
   waited for: connections that take nothing are shut down. */
void stuck_turn(bool waits);

/* A connection to the X server, until it is closed; four at most. */
void stuck_add(int fd);
void stuck_remove(int fd);

/* One was shut down, since something was last asked. */
bool stuck_was(void);

#endif
