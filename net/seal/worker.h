/*
 * vitrine-seal's channels and loop around one session: net/seal/organizer.h or net/seal/joiner.h.
 * Here is all its I/O; what a message means is decided there.
 */
#ifndef NET_SEAL_WORKER_H
#define NET_SEAL_WORKER_H
#include "lib/chan.h"
#include "lib/loop.h"
#include "net/seal/port.h"

struct organizer;
struct joiner;

struct seal_worker {
    struct loop loop;
    struct chan control, link, share, view; /* the last three: fd -1 until they are handed over */
    struct port port;
    struct organizer *organizer; /* one of them, once SEAL_HOST or SEAL_JOIN came */
    struct joiner *joiner;
    int next_link;    /* handed over, not in use yet; -1 none */
    bool link_broken; /* net cannot take what must not be lost */
    bool was_linked;  /* the session has had a line: the next one is a return */
};

/* Takes over the control channel. */
void seal_worker_init(struct seal_worker *w, int control_fd);
/* Until the broker's end closes: returns the exit status. */
int seal_worker_run(struct seal_worker *w);
/* Erases every secret. */
void seal_worker_finish(struct seal_worker *w);

/* The session's control; NULL: there is none, and what the broker wants of it is over. */
struct control *seal_worker_control(struct seal_worker *w);
/* Control and hand-over from the broker, in net/seal/worker_control.c. */
struct seal_at_seal;
void seal_worker_control_handlers(struct seal_at_seal *handlers);

/* What a session sends, in net/seal/worker_port.c. */
void seal_worker_port(struct seal_worker *w);

#endif
