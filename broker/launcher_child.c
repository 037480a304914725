/*
 * The launcher itself: locks itself in, then binds sockets, starts dial and relay and has the disk
 * waited for as the broker asks. It is a fork of the broker from before the broker knew or opened
 * anything. It reads the broker's messages only, and ends with the broker.
 */
#include "broker/launcher.h"
#include "broker/listen.h"
#include "ch_launch.h"
#include "lib/fd.h"
#include "lib/loop.h"
#include "lib/sandbox.h"
#include "policy/limits.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Why nothing could be passed on in all that time. */
static uint32_t error_of(const struct chan *c)
{
    return c->starved ? ETOOMANYREFS : EAGAIN;
}

static int on_launch(void *ctx, struct msg_launch *m)
{
    struct chan *c = ctx;
    if (m->worker != WORKER_DIAL && m->worker != WORKER_RELAY)
        return -1;
    struct started s;
    if (start_worker_for_parent((enum worker_kind)m->worker, m->plain == 1, &s) != 0) {
        const struct msg_launch_failed failed = {.error = (uint32_t)errno,
                                                 .pid = s.pid > 0 ? (uint32_t)s.pid : 0};
        return msg_launch_failed_send(c, &failed);
    }
    const struct msg_launched launched = {.pid = (uint32_t)s.pid,
                                          .namespaces = s.namespaces,
                                          .pidfd = s.pidfd,
                                          .status = s.status,
                                          .control = s.control};
    uint64_t until = loop_now_ms() + PASS_MS;
    int result;
    do
        result = msg_launched_send(c, &launched);
    while (chan_try_again(c, result, until));
    if (result != 0 && errno == EAGAIN) {
        siginfo_t how;
        (void)start_kill(&s, &how);
        result = msg_launch_failed_send(
            c, &(struct msg_launch_failed){.error = error_of(c), .pid = (uint32_t)s.pid});
    }
    fd_close(&s.control);
    start_finish(&s);
    return result;
}

static int on_listen(void *ctx, struct msg_listen *m)
{
    struct chan *c = ctx;
    char address[MAX_HOST + 1] = {0};
    memcpy(address, m->address.data, m->address.len);
    struct listening sockets;
    if (listen_on(address, m->port, &sockets) != 0)
        return msg_listen_failed_send(c, &(struct msg_listen_failed){.error = (uint32_t)errno});
    char route[LISTEN_ROUTE];
    listen_route(route);
    struct msg_listening answer = {
        .port = sockets.port, .route = span_text(route), .n_sockets = (uint16_t)sockets.n};
    for (unsigned i = 0; i < sockets.n; i++)
        answer.sockets[i] = sockets.fds[i];
    uint64_t until = loop_now_ms() + PASS_MS;
    int result;
    do
        result = msg_listening_send(c, &answer);
    while (chan_try_again(c, result, until));
    if (result != 0 && errno == EAGAIN)
        result = msg_listen_failed_send(c, &(struct msg_listen_failed){.error = error_of(c)});
    listen_finish(&sockets);
    return result;
}

/* --- the disk, which may hang: a child waits for it, with the launcher's filter and without its
   channel, whose other end is to see at once when the launcher is gone */

static struct {
    int waiting[LAUNCHER_PENDING];
    unsigned n;
    pid_t pid; /* waits for the first of them */
    int child; /* its pidfd; -1: none */
} disk = {.child = -1};

/* The open file came from the broker: the kernel tells of every error since it was opened. */
_Noreturn static void wait_for_disk(int channel, int file, pid_t launcher)
{
    close(channel);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != launcher) /* it has died before this asked to die with it */
        _exit(EPIPE);
    _exit(fsync(file) == 0 ? 0 : errno);
}

static int answer_first(struct chan *c, int error)
{
    const struct msg_synced answer = {.error = (uint32_t)error};
    fd_close(&disk.waiting[0]);
    memmove(disk.waiting, disk.waiting + 1, --disk.n * sizeof disk.waiting[0]);
    return msg_synced_send(c, &answer);
}

static int sync_first(struct chan *c)
{
    while (disk.n > 0) {
        pid_t launcher = getpid();
        disk.pid = start_fork(&disk.child);
        if (disk.pid == 0)
            wait_for_disk(c->fd, disk.waiting[0], launcher);
        if (disk.pid > 0)
            return 0;
        if (answer_first(c, errno) != 0)
            return -1;
    }
    return 0;
}

static int on_sync(void *ctx, struct msg_sync *m)
{
    if (disk.n == LAUNCHER_PENDING)
        return -1;
    disk.waiting[disk.n++] = fd_steal(&m->what);
    return disk.n == 1 ? sync_first(ctx) : 0;
}

static int on_child_ended(struct chan *c)
{
    siginfo_t how = {0};
    bool ended = waitid(P_PIDFD, (id_t)disk.child, &how, WEXITED) == 0 && how.si_code == CLD_EXITED;
    fd_close(&disk.child);
    return answer_first(c, ended ? how.si_status : EIO) == 0 ? sync_first(c) : -1;
}

/* --- life */

static const struct launch_at_launcher handlers = {
    .on_launch = on_launch, .on_listen = on_listen, .on_sync = on_sync};

static bool use_null(void)
{
    FD_OWNED null = open("/dev/null", O_RDWR | O_CLOEXEC);
    return null >= 0 && dup2(null, 0) == 0 && dup2(null, 1) == 1 && dup2(null, 2) == 2;
}

/* The terminal's signals are the broker's business: it stops this process by dying. */
static bool lock_in(void)
{
    setsid();
    signal(SIGPIPE, SIG_IGN);
    return use_null() && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 &&
           prctl(PR_SET_NAME, "vitrine-launch", 0, 0, 0) == 0 && sandbox_hide_memory() == 0 &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && sandbox_filter(&policy_launcher) == 0;
}

static bool turn(struct chan *c)
{
    struct pollfd p[] = {{.fd = c->fd, .events = POLLIN}, {.fd = disk.child, .events = POLLIN}};
    if (poll(p, 2, -1) < 0)
        return errno == EINTR;
    if (p[1].revents != 0 && on_child_ended(c) != 0)
        return false;
    return p[0].revents == 0 || chan_receive(c, 1) == CHAN_OK;
}

_Noreturn void launcher_run(int control)
{
    struct chan c;
    if (!lock_in())
        _exit(1);
    launch_init_launcher(&c, control, &handlers, &c);
    while (turn(&c)) {
    }
    _exit(0);
}
