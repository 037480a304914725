/*
 * vitrine-seal's channels and loop around one session: net/seal/organizer.h or net/seal/joiner.h.
 * Here is all its I/O; what a message means is decided there.
 */
#ifndef NET_SEAL_WORKER_H
#define NET_SEAL_WORKER_H
#include "lib/chan.h"
#include "lib/loop.h"
#include "net/seal/outer.h"
#include "net/seal/port.h"

struct organizer;
struct joiner;
struct identity;

struct seal_worker {
    struct loop loop;
    /* all but the first: fd -1 until they are handed over */
    struct chan control, link, share, view, mirror;
    struct port port;
    struct organizer *organizer; /* one of them, once SEAL_HOST or SEAL_JOIN came */
    struct joiner *joiner;
    int next_link;            /* handed over, not in use yet; -1 none */
    bool mirror_behind;       /* it had no room for a unit: it needs a KEY one */
    bool mirror_waits;        /* something waits for it: its time to take it runs */
    size_t mirror_owed;       /* bytes it still has to take in that time */
    bool link_broken;         /* net cannot take what must not be lost */
    bool was_linked;          /* the session has had a line: the next one is a return */
    bool has_keys;            /* SEAL_KEY or SEAL_KEY_NEW came */
    struct outer_sides sides; /* told with the end */
    bool has_sides;
    bool key_given;            /* ... with a file; identity NULL then: it cannot be used */
    struct identity *identity; /* this user's; erased when the session is over */
};

/* Takes over the control channel. */
void seal_worker_init(struct seal_worker *w, int control_fd);
/* Before the lock-down: waits for the broker's word on this user's identity, reads or makes it.
   What came of it is told once the loop runs. */
void seal_worker_keys(struct seal_worker *w);
/* Until the broker's end closes: returns the exit status. */
int seal_worker_run(struct seal_worker *w);
/* Erases every secret. */
void seal_worker_finish(struct seal_worker *w);

/* The session's control; NULL: there is none, and what the broker wants of it is over. */
struct control *seal_worker_control(struct seal_worker *w);
/* Control and hand-over from the broker, in net/seal/worker_control.c. */
struct seal_at_seal;
void seal_worker_control_handlers(struct seal_at_seal *handlers);

/* This user's identity, in net/seal/worker_identity.c. */
void seal_worker_identity_handlers(struct seal_at_seal *handlers);
void seal_worker_tell_key(struct seal_worker *w);
/* The name others see: that of our certificate where there is one. */
struct span seal_worker_name(const struct seal_worker *w, struct span typed);
/* There is no usable identity although a file was given, or one is required: the session is over
   before it began. */
bool seal_worker_unknown(struct seal_worker *w, bool required);

/* What others see, in net/seal/worker_mirror.c. close: also where it is closed. */
void seal_worker_mirror_handlers(struct seal_at_seal *handlers);
void seal_worker_mirror_port(struct port *port);
void seal_worker_mirror_close(struct seal_worker *w);

/* After everything that can have changed the session: its next moment, a line that is lost. */
void seal_worker_settle(struct seal_worker *w);

/* What a session sends, in net/seal/worker_port.c. */
void seal_worker_port(struct seal_worker *w);

#endif
