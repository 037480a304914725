/* A worker for one question: see errand.h. Run by the broker. */
#include "broker/errand.h"
#include "policy/limits.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

bool errand_begin(enum worker_kind kind, bool require_namespaces, struct started *s)
{
    if (start_worker(kind, false, s) == 0)
        return true;
    return !require_namespaces && !start_is_shortage(errno) && start_worker(kind, true, s) == 0;
}

static bool hear(struct chan *c, int ms)
{
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    return poll(&p, 1, ms) == 1 && chan_receive_wait(c) == CHAN_OK;
}

bool errand_hear_soon(struct chan *c)
{
    return hear(c, START_MS);
}

bool errand_hear(struct chan *c)
{
    return hear(c, -1);
}

/* Stage 1 and its own filter are on, above whatever is on us, in the namespaces it was started in.
 */
bool errand_confined(const struct started *s)
{
    struct proof proof;
    const char *why;
    return start_measure(s, &proof) == 0 &&
           start_verified(&proof, start_own_filters() + 2, geteuid() == 0, &why) &&
           proof.namespaces == s->namespaces;
}

void errand_end(struct started *s, struct chan *c)
{
    siginfo_t how;
    start_kill(s, &how);
    start_finish(s);
    chan_finish(c);
}
