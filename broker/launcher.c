/*
 * The broker's side of its launcher. Runs in the broker; trusts the launcher no more than a worker:
 * a bad message or its death ends it, and every question that waits is answered with an error.
 */
#include "broker/launcher.h"
#include "ch_launch.h"
#include "lib/fd.h"
#include "policy/limits.h"
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct launcher_question take_first(struct launcher_questions *waiting)
{
    struct launcher_question q = waiting->list[0];
    waiting->n--;
    memmove(waiting->list, waiting->list + 1, waiting->n * sizeof q);
    return q;
}

static bool ask(struct launcher_questions *waiting, struct launcher_question q)
{
    if (waiting->n == LAUNCHER_PENDING)
        return false;
    waiting->list[waiting->n++] = q;
    return true;
}

/* --- answers */

static int on_launched(void *ctx, struct msg_launched *m)
{
    struct launcher *l = ctx;
    if (l->pending.n == 0 || l->pending.list[0].started == NULL)
        return -1;
    struct launcher_question q = take_first(&l->pending);
    struct started s = {START_NONE, .pid = (pid_t)m->pid, .namespaces = m->namespaces == 1};
    s.pidfd = fd_steal(&m->pidfd);
    s.status = fd_steal(&m->status);
    s.control = fd_steal(&m->control);
    q.started(q.ctx, &s, 0);
    return 0;
}

static int on_launch_failed(void *ctx, struct msg_launch_failed *m)
{
    struct launcher *l = ctx;
    if (l->pending.n == 0 || l->pending.list[0].started == NULL)
        return -1;
    /* It is dead or dying: the launcher has killed it. */
    if (m->pid != 0)
        (void)waitpid((pid_t)m->pid, NULL, 0);
    struct launcher_question q = take_first(&l->pending);
    q.started(q.ctx, NULL, m->error != 0 ? (int)m->error : EIO);
    return 0;
}

static int on_listening(void *ctx, struct msg_listening *m)
{
    struct launcher *l = ctx;
    if (l->pending.n == 0 || l->pending.list[0].listening == NULL)
        return -1;
    struct launcher_question q = take_first(&l->pending);
    int sockets[MAX_FDS];
    unsigned n = m->n_sockets;
    for (unsigned i = 0; i < n; i++)
        sockets[i] = fd_steal(&m->sockets[i]);
    memset(l->route, 0, sizeof l->route);
    memcpy(l->route, m->route.data, m->route.len);
    q.listening(q.ctx, sockets, n, m->port, 0);
    return 0;
}

static int on_listen_failed(void *ctx, struct msg_listen_failed *m)
{
    struct launcher *l = ctx;
    if (l->pending.n == 0 || l->pending.list[0].listening == NULL)
        return -1;
    struct launcher_question q = take_first(&l->pending);
    q.listening(q.ctx, NULL, 0, 0, m->error != 0 ? (int)m->error : EIO);
    return 0;
}

static int on_synced(void *ctx, struct msg_synced *m)
{
    struct launcher *l = ctx;
    if (l->syncs.n == 0)
        return -1;
    struct launcher_question q = take_first(&l->syncs);
    q.synced(q.ctx, (int)m->error);
    return 0;
}

static const struct launch_at_broker handlers = {
    .on_launched = on_launched,
    .on_launch_failed = on_launch_failed,
    .on_listening = on_listening,
    .on_listen_failed = on_listen_failed,
    .on_synced = on_synced,
};

/* --- life */

static void stop(struct launcher *l)
{
    siginfo_t how;
    if (l->loop != NULL && l->chan.fd >= 0)
        loop_remove(l->loop, l->chan.fd);
    chan_finish(&l->chan);
    start_kill(&l->process, &how);
    start_finish(&l->process);
}

static void fail_pending(struct launcher *l)
{
    while (l->pending.n > 0) {
        struct launcher_question q = take_first(&l->pending);
        if (q.started != NULL)
            q.started(q.ctx, NULL, EPIPE);
        else
            q.listening(q.ctx, NULL, 0, 0, EPIPE);
    }
    while (l->syncs.n > 0) {
        struct launcher_question q = take_first(&l->syncs);
        q.synced(q.ctx, EPIPE);
    }
}

static void on_channel(void *ctx, short revents)
{
    struct launcher *l = ctx;
    if ((revents & POLLOUT) != 0)
        (void)chan_flush(&l->chan);
    if (chan_receive(&l->chan, 2 * LAUNCHER_PENDING) == CHAN_OK)
        return;
    stop(l);
    fail_pending(l);
}

static short wanted_events(void *ctx)
{
    const struct launcher *l = ctx;
    return chan_events(&l->chan);
}

int launcher_fork(struct launcher *l)
{
    *l = (struct launcher){.process = {START_NONE}, .chan = {.fd = -1}};
    int pair[2];
    if (chan_pair(pair) != 0)
        return -1;
    FD_OWNED ours = pair[0], theirs = pair[1];
    l->process.pid = start_fork(&l->process.pidfd);
    if (l->process.pid == 0) {
        fd_close(&ours);
        launcher_run(theirs);
    }
    if (l->process.pid < 0)
        return -1;
    l->process.status = start_open_status(l->process.pid);
    launch_init_broker(&l->chan, fd_steal(&ours), &handlers, l);
    l->chan.queue_limit = MAX_QUEUED;
    return l->process.status < 0 ? -1 : 0;
}

int launcher_attach(struct launcher *l, struct loop *loop)
{
    l->loop = loop;
    return loop_add(loop, l->chan.fd, wanted_events, on_channel, l) ? 0 : -1;
}

int launcher_filters(const struct launcher *l)
{
    struct proof p;
    return l->process.status >= 0 && start_measure(&l->process, &p) == 0 ? p.filters : -1;
}

bool launcher_start(struct launcher *l, enum worker_kind kind, bool plain, launcher_started_fn done,
                    void *ctx)
{
    const struct msg_launch m = {.worker = (uint8_t)kind, .plain = plain};
    if (l->pending.n == LAUNCHER_PENDING || msg_launch_send(&l->chan, &m) != 0)
        return false;
    return ask(&l->pending, (struct launcher_question){.started = done, .ctx = ctx});
}

bool launcher_listen(struct launcher *l, const char *address, uint16_t port,
                     launcher_listening_fn done, void *ctx)
{
    const struct msg_listen m = {
        .address = span_text(address),
        .port = port,
    };
    if (l->pending.n == LAUNCHER_PENDING || msg_listen_send(&l->chan, &m) != 0)
        return false;
    return ask(&l->pending, (struct launcher_question){.listening = done, .ctx = ctx});
}

bool launcher_sync(struct launcher *l, int fd, launcher_synced_fn done, void *ctx)
{
    const struct msg_sync m = {.what = fd};
    if (l->syncs.n == LAUNCHER_PENDING || msg_sync_send(&l->chan, &m) != 0)
        return false;
    return ask(&l->syncs, (struct launcher_question){.synced = done, .ctx = ctx});
}

bool launcher_means_all(const char *address)
{
    return !*address || strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

void launcher_finish(struct launcher *l)
{
    if (l->process.pid <= 0)
        return;
    l->pending.n = l->syncs.n = 0;
    stop(l);
    l->process.pid = 0;
}
