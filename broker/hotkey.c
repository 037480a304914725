/* See hotkey.h. Runs in the broker; trusts the watcher no more than a worker: a bad message ends
 * it. */
#include "broker/hotkey.h"
#include "ch_watch.h"
#include "lib/fd.h"
#include "lib/serial.h"
#include "policy/limits.h"
#include <errno.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

static int on_ready(void *ctx)
{
    struct hotkey *h = ctx;
    h->ready = true;
    h->chan.state = WATCH_STATE_READY;
    return 0;
}

static int on_failed(void *ctx, struct msg_failed *m)
{
    (void)ctx;
    (void)m;
    return -1; /* it exits; the end of the channel says the same */
}

static int on_watch_armed(void *ctx, struct msg_watch_armed *m)
{
    struct hotkey *h = ctx;
    h->calls.armed(h->calls.ctx, m->serial);
    return 0;
}

static int on_watch_fired(void *ctx, struct msg_watch_fired *m)
{
    struct hotkey *h = ctx;
    h->calls.fired(h->calls.ctx, m);
    return 0;
}

static int on_watch_clean(void *ctx, struct msg_watch_clean *m)
{
    struct hotkey *h = ctx;
    h->asks = false;
    h->calls.clean(h->calls.ctx, m->released);
    return 0;
}

static int on_watch_alive(void *ctx, struct msg_watch_alive *m)
{
    struct hotkey *h = ctx;
    h->alive_said = m->serial;
    return m->serial == h->alive_asked ? 0 : -1; /* one is asked at a time */
}

static const struct watch_at_broker handlers = {
    .on_ready = on_ready,
    .on_failed = on_failed,
    .on_watch_armed = on_watch_armed,
    .on_watch_fired = on_watch_fired,
    .on_watch_clean = on_watch_clean,
    .on_watch_alive = on_watch_alive,
};

static void lose(struct hotkey *h)
{
    void (*lost)(void *) = h->calls.lost;
    void *whom = h->calls.ctx;
    hotkey_finish(h);
    lost(whom);
}

static void on_channel(void *ctx, short revents)
{
    struct hotkey *h = ctx;
    if ((revents & POLLOUT) != 0)
        (void)chan_flush(&h->chan);
    if (chan_receive(&h->chan, 8) != CHAN_OK)
        lose(h);
}

/* --- does it watch? --- */

static void ask_alive(void *ctx);

static void ask_later(struct hotkey *h)
{
    (void)loop_set_timer(h->loop, WATCH_ALIVE_MS, ask_alive, h);
}

/* One that stands still (SIGSTOP) keeps its channel. What it said while this process stood still
   has not been read yet; and where all of the machine did, it gets its turns first. */
static void ask_alive(void *ctx)
{
    struct hotkey *h = ctx;
    siginfo_t how;
    if (chan_receive(&h->chan, 8) != CHAN_OK) {
        lose(h);
        return;
    }
    if (!h->asks)
        return;
    h->missed = h->alive_said == h->alive_asked ? 0 : h->missed + 1;
    if (h->missed == WATCH_MISSED) {
        (void)start_kill(&h->process, &how);
        lose(h);
        return;
    }
    if (h->missed == 0) {
        h->alive_asked = serial_next(h->alive_asked);
        (void)msg_watch_alive_send(&h->chan, &(struct msg_watch_alive){.serial = h->alive_asked});
    }
    ask_later(h);
}

static short wanted_events(void *ctx)
{
    const struct hotkey *h = ctx;
    return chan_events(&h->chan);
}

void hotkey_take(struct hotkey *h, int control)
{
    watch_init_broker(&h->chan, control, &handlers, h);
}

int hotkey_fork(struct hotkey *h)
{
    *h = (struct hotkey){.process = {START_NONE}, .chan = {.fd = -1}};
    int pair[2];
    if (chan_pair(pair) != 0)
        return -1;
    FD_OWNED ours = pair[0], theirs = pair[1];
    h->process.pid = start_fork(&h->process.pidfd);
    if (h->process.pid == 0)
        hotkey_watch(theirs);
    if (h->process.pid < 0)
        return -1;
    hotkey_take(h, fd_steal(&ours));
    return 0;
}

int hotkey_attach(struct hotkey *h, struct loop *loop, const struct hotkey_calls *calls)
{
    h->loop = loop;
    h->calls = *calls;
    h->chan.queue_limit = MAX_QUEUED;
    return loop_add(loop, h->chan.fd, wanted_events, on_channel, h) ? 0 : -1;
}

uint32_t hotkey_arm(struct hotkey *h, const int *pidfds, unsigned n, const uint8_t *spares,
                    unsigned n_spares, bool escape)
{
    struct msg_watch_arm m = {.escape = escape, .n_processes = (uint16_t)n};
    if (!h->ready || h->chan.fd < 0 || n > 2 || n_spares > MAX_SPARES)
        return 0;
    m.serial = h->serial = serial_next(h->serial);
    for (unsigned i = 0; i < n; i++)
        m.processes[i] = pidfds[i];
    m.n_spares = (uint16_t)n_spares;
    for (unsigned i = 0; i < n_spares; i++)
        m.spares[i].code = spares[i];
    if (n > 0 && !h->asks)
        ask_later(h);
    h->asks = n > 0;
    return msg_watch_arm_send(&h->chan, &m) == 0 ? m.serial : 0;
}

void hotkey_finish(struct hotkey *h)
{
    if (h->process.pid <= 0)
        return;
    if (h->loop != NULL && h->chan.fd >= 0)
        loop_remove(h->loop, h->chan.fd);
    if (h->loop != NULL)
        loop_clear_timer(h->loop, ask_alive, h);
    chan_finish(&h->chan);
    siginfo_t how;
    (void)start_reap(&h->process, &how); /* if it has ended already */
    start_finish(&h->process);
    h->ready = h->asks = false;
    h->process.pid = 0;
}
