/* `vitrine stop`: ends remote control and sharing of this user's sessions, from a shell or a
 * desktop shortcut, and says so when it is true: a vitrine that does not do it is ended. */
#ifndef BROKER_STOP_CMD_H
#define BROKER_STOP_CMD_H
#include <sys/types.h>

struct options;

enum stop_how {
    STOP_NOBODY, /* not a vitrine of this user (any more) */
    STOP_DONE,   /* no process of it reads the screen or presses keys */
    STOP_ENDED,  /* it did not do it within `patience_ms`: it has been killed, and they with it */
    STOP_NOT     /* ... and even then one of them was still there */
};

/* SIGUSR1 to that one, and SIGCONT: one that stands still hears nothing. Waits until capture, input
   worker and gates of it are gone. */
enum stop_how stop_broker(pid_t broker, unsigned patience_ms);

/* Every vitrine of this user. 0, also when there is none; 1: one had to be killed for it; 4: one
   could not be stopped, or /proc does not show them to this user, so that nobody was looked for. */
int stop_cmd(const struct options *o);

#endif
