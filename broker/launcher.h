/*
 * The launcher: a child of the broker, forked before the broker's filter is on, for what that
 * filter forbids. It binds the relay's listening sockets and starts dial and relay, whose parent is
 * the broker nevertheless; and it has the disk waited for in the broker's place, by a child of its
 * own for each file or folder, one after the other. This is the broker's side; answers come in the
 * order of the questions, but those of a disk in an order of their own: a dial waits for no disk.
 */
#ifndef BROKER_LAUNCHER_H
#define BROKER_LAUNCHER_H
#include "lib/chan.h"
#include "lib/loop.h"
#include "lib/start.h"

#define LAUNCHER_PENDING 8 /* of each kind; one for each file that is being kept (store.h) */

/* error 0: *s is the caller's from now on. Otherwise errno, and nothing runs. */
typedef void (*launcher_started_fn)(void *ctx, struct started *s, int error);
/* error 0: the n sockets are the caller's from now on; port is the one they got. */
typedef void (*launcher_listening_fn)(void *ctx, const int *sockets, unsigned n, uint16_t port,
                                      int error);
/* error 0: it is on the disk. Otherwise errno, and nothing is known of that. */
typedef void (*launcher_synced_fn)(void *ctx, int error);

struct launcher {
    struct loop *loop;
    struct started process; /* of the launcher itself */
    struct chan chan;
    struct launcher_questions {
        struct launcher_question {
            launcher_started_fn started; /* one of the three is set */
            launcher_listening_fn listening;
            launcher_synced_fn synced;
            void *ctx;
        } list[LAUNCHER_PENDING];
        unsigned n;
    } pending, syncs; /* to itself, to the disk */
    char
        route[65]; /* with the last sockets: this machine's address on the default route, numeric */
};

/* Forks the launcher, which locks itself in under policy/seccomp/launcher.policy. After start_init,
   before anything else is open or known. 0, or -1 with errno. */
int launcher_fork(struct launcher *l);
/* Begins to listen to it; waits for nothing. 0 or -1. */
int launcher_attach(struct launcher *l, struct loop *loop);
/* Number of filters of the launcher now; -1 when it is gone. */
int launcher_filters(const struct launcher *l);
/* dial or relay only. False: the launcher is gone or busy; the callback is not called then. */
bool launcher_start(struct launcher *l, enum worker_kind kind, bool plain, launcher_started_fn done,
                    void *ctx);
/* Binds and listens on a numeric address ("": all of this machine, IPv6 and IPv4; "localhost") and
   port (0: a free one). False as above. */
bool launcher_listen(struct launcher *l, const char *address, uint16_t port,
                     launcher_listening_fn done, void *ctx);
/* Brings a regular file or a folder onto the disk: what was written to it through this open file,
   or renamed in it. `fd` stays the caller's, and may be closed at once. False as above. */
bool launcher_sync(struct launcher *l, int fd, launcher_synced_fn done, void *ctx);
/* Does that address stand for all addresses of this machine? */
bool launcher_means_all(const char *address);
/* Kills it; pending questions are dropped without an answer. Accepts a zeroed one. */
void launcher_finish(struct launcher *l);

/* The launcher's own main loop, in broker/launcher_child.c. */
_Noreturn void launcher_run(int control);

#endif
