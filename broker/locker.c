/* What lock screens say on message buses: see locker.h. Run by the broker. */
#include "broker/locker.h"
#include "broker/app.h"
#include "broker/bus_address.h"
#include "broker/record.h"
#include "broker/route.h"
#include "ch_bus.h"
#include "lib/fd.h"
#include "policy/limits.h"
#include <stdlib.h>
#include <unistd.h>

#define SYSTEM_BUS "unix:path=/run/dbus/system_bus_socket"

/* --- connections. The broker waits for nobody: where there is no room in a bus's queue, there is
   no bus. Made here, because the bus learns from the kernel who connects to it, and a worker is
   nobody. */

static int connect_bus(const char *address)
{
    struct sockaddr_un to;
    socklen_t len;
    if (!address || !bus_address_parse(address, &to, &len))
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, len) != 0)
        fd_close(&fd);
    return fd;
}

/* An abstract name is whose it was first. */
static bool is_ours(int fd)
{
    struct ucred who = {.uid = (uid_t)-1};
    socklen_t len = sizeof who;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
           (who.uid == geteuid() || who.uid == 0);
}

static int connect_session(void)
{
    int fd = connect_bus(getenv("DBUS_SESSION_BUS_ADDRESS"));
    if (fd >= 0 && !is_ours(fd))
        fd_close(&fd);
    return fd;
}

bool locker_finds_session(void)
{
    FD_OWNED fd = connect_session();
    return fd >= 0;
}

bool locker_finds_system(void)
{
    FD_OWNED fd = connect_bus(SYSTEM_BUS);
    return fd >= 0;
}

/* --- the worker */

static void tell(struct app *a)
{
    const struct locker_state *l = &a->locker;
    events_lockers(l->buses, l->there, l->locked);
    display_lock_bus(&a->display, l->locked != 0);
}

/* Buses that the worker was handed, and does not hear. */
static uint8_t lost(const struct locker_state *l)
{
    return (uint8_t)(l->given & ~l->buses);
}

static const char *why_less(const struct locker_state *l)
{
    static const char *const why[] = {"", "the desktop's message bus is not heard",
                                      "the system's message bus is not heard",
                                      "no message bus is heard"};
    return why[lost(l)];
}

static void record(struct app *a);

static void on_rested(void *ctx)
{
    struct app *a = ctx;
    const struct locker_state *l = &a->locker;
    a->locker.rests = false;
    if (l->worker && (l->told_lost != lost(l) || l->told_there != l->there))
        record(a);
}

/* A program that takes a name and gives it away again does not fill the trail. */
static void record(struct app *a)
{
    struct locker_state *l = &a->locker;
    l->told_lost = lost(l);
    l->told_there = l->there;
    l->rests = loop_set_timer(&a->loop, BUS_RECORD_MS, on_rested, a);
    record_lock_screens(a, l->there, why_less(l));
}

static int on_bus_locked(void *ctx, struct msg_bus_locked *m)
{
    struct app *a = route_app(ctx);
    struct locker_state *l = &a->locker;
    bool first = !l->heard;
    l->buses = m->buses;
    l->there = m->there;
    l->locked = m->locked;
    l->heard = true;
    if (first || (!l->rests && (l->told_lost != lost(l) || l->told_there != l->there)))
        record(a);
    tell(a);
    return 0;
}

static const struct bus_at_broker handlers = {
    .on_ready = workers_on_ready,
    .on_failed = workers_on_failed,
    .on_bus_locked = on_bus_locked,
};

static void on_open(struct worker *w, int fd)
{
    bus_init_broker(&w->control, fd, &handlers, w);
}

static void close_buses(struct locker_state *l)
{
    fd_close(&l->session);
    fd_close(&l->system);
}

/* One that is not there for it any more ends, and that is told like every other end. */
static void on_verified(struct worker *w)
{
    struct locker_state *l = &((struct app *)w->ctx)->locker;
    const struct msg_bus_listen m = {.n_session = l->session >= 0,
                                     .session = {l->session},
                                     .n_system = l->system >= 0,
                                     .system = {l->system}};
    w->control.state = BUS_STATE_LISTENING;
    (void)msg_bus_listen_send(&w->control, &m);
    close_buses(l);
}

/* From now on nobody listens. What was said last holds. */
static void over(struct app *a, const char *why)
{
    a->locker.worker = NULL;
    a->locker.buses = a->locker.there = 0;
    close_buses(&a->locker);
    record_lock_screens(a, 0, why);
    tell(a);
}

static void on_ended(struct worker *w, const struct worker_end *end)
{
    over(w->ctx, end->why);
}

void locker_init(struct app *a)
{
    a->locker.session = a->locker.system = -1;
}

void locker_start(struct app *a)
{
    static const struct worker_uses uses = {
        .open = on_open, .verified = on_verified, .ended = on_ended};
    struct locker_state *l = &a->locker;
    if (l->worker)
        return;
    l->session = connect_session();
    l->system = connect_bus(SYSTEM_BUS);
    l->given = (uint8_t)((l->session >= 0 ? 1 : 0) | (l->system >= 0 ? 2 : 0));
    l->heard = false;
    if (!l->given) {
        record_lock_screens(a, 0, "there is no message bus");
        return;
    }
    l->worker = workers_start(&a->workers, WORKER_BUS, &uses, a);
    if (!l->worker)
        over(a, "could not be started");
}

void locker_end(struct app *a)
{
    struct worker *w = a->locker.worker;
    close_buses(&a->locker);
    loop_clear_timer(&a->loop, on_rested, a);
    a->locker = (struct locker_state){.session = -1, .system = -1};
    workers_kill(w, "killed");
    display_lock_bus(&a->display, false);
}
