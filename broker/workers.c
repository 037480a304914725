/*
 * Table of running workers. Runs in the broker. Everything a worker says before it is verified is
 * limited to READY and FAILED by the channel's states; what it says later is checked by generated
 * code.
 */
#include "broker/workers.h"
#include "ch_worker.h"
#include "lib/clock.h"
#include "lib/fd.h"
#include "policy/limits.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define RECEIVE_AT_ONCE 16 /* then the others get their turn */
#define RECEIVE_LAST 256   /* last words of a dead worker */
#define LINGER_MS 500      /* between closing its channel and its exit */

static bool begin(struct worker *w);
static void on_pidfd(void *ctx, short revents);

static void tell(struct worker *w, enum worker_event_what what, const struct worker_end *end)
{
    const struct worker_event e = {.what = what, .worker = w, .end = end};
    if (w->all->on_event != NULL)
        w->all->on_event(w->all->ctx, &e);
}

/* --- end of a worker */

static void on_deadline(void *ctx);
static void on_linger(void *ctx);

static void unwatch(struct worker *w)
{
    if (w->control.side != NULL && w->control.fd >= 0)
        loop_remove(w->all->loop, w->control.fd);
    if (w->process.pidfd >= 0)
        loop_remove(w->all->loop, w->process.pidfd);
    loop_clear_timer(w->all->loop, on_deadline, w);
    loop_clear_timer(w->all->loop, on_linger, w);
}

static void note_exit(struct worker_end *end, const siginfo_t *how)
{
    if (how->si_code == CLD_EXITED)
        end->status = how->si_status;
    else if (how->si_code == CLD_KILLED || how->si_code == CLD_DUMPED)
        end->signal = how->si_status;
    if (end->signal != SIGSYS)
        return;
    end->violation = true;
    end->why = "violation";
}

/* Kills what is left of the process and gives everything back but the slot. False: not confirmed
 * dead. */
static bool put_down(struct worker *w)
{
    siginfo_t how = {0};
    bool dead = w->process.pidfd < 0 || start_kill(&w->process, &how);
    note_exit(&w->end, &how);
    unwatch(w);
    chan_finish(&w->control);
    start_finish(&w->process);
    return dead;
}

static void release(struct worker *w)
{
    w->state = w->busy ? WORKER_GONE : WORKER_FREE;
}

/* Only what looks like missing namespaces is worth a second try: the three symptoms of
 * platform.md 3. */
static bool try_plain(struct worker *w)
{
    if (w->plain || w->all->require_namespaces || w->end.was_verified ||
        w->end.fail != FAIL_CONFINE || start_is_shortage(w->end.error) ||
        start_is_shortage((int)w->end.detail))
        return false;
    w->plain = true;
    return begin(w);
}

static void end_worker(struct worker *w, const char *why)
{
    if (w->state == WORKER_FREE || w->state == WORKER_GONE)
        return;
    if (w->end.why == NULL)
        w->end.why = why;
    w->end.was_verified = w->state == WORKER_VERIFIED;
    put_down(w);
    w->state = WORKER_GONE; /* what is told next may lead back here */
    if (w->end.signal ==
        SIGSYS) /* also where it died while it was being measured, which then showed nothing */
        w->end.why = "violation";
    if (w->process.pid > 0)
        tell(w, WORKER_EVENT_ENDED, &w->end);
    if (try_plain(w))
        return;
    struct worker_end end = w->end;
    release(w);
    w->uses->ended(w, &end);
}

bool workers_kill(struct worker *w, const char *why)
{
    if (w == NULL || w->state == WORKER_FREE || w->state == WORKER_GONE)
        return true;
    bool asked_only = w->state == WORKER_LAUNCHING;
    w->end.why = why;
    w->end.was_verified = w->state == WORKER_VERIFIED;
    bool dead = put_down(w);
    w->end.why = why; /* also where the worker fell to its filter in the same moment */
    if (!asked_only)
        tell(w, WORKER_EVENT_ENDED, &w->end);
    if (asked_only)
        w->state = WORKER_GONE; /* the launcher's answer frees it */
    else
        release(w);
    return dead;
}

bool workers_alive(const struct worker *w)
{
    struct pollfd ends[] = {{.fd = w->process.pidfd, .events = POLLIN}, {.fd = w->control.fd}};
    return w->control.fd >= 0 && poll(ends, 2, 0) == 0;
}

void workers_kill_all(struct workers *all, const char *why)
{
    for (size_t i = 0; i < WORKERS_MAX; i++)
        workers_kill(&all->table[i], why);
}

/* --- verification */

/* What Seccomp says of a process that its filter is killing (SECCOMP_MODE_DEAD of the kernel). */
#define SECCOMP_DYING 3

static bool is_launched(enum worker_kind kind)
{
    return kind == WORKER_DIAL || kind == WORKER_RELAY;
}

/* Its parent's filters, which it inherits, and its own two. */
static int expected_filters(const struct worker *w)
{
    int inherited = is_launched(w->kind) ? launcher_filters(w->all->launcher) : w->all->own_filters;
    return inherited < 0 ? -1 : inherited + 2;
}

static bool check(struct worker *w, const char **why)
{
    int expected = expected_filters(w);
    *why = "it could not be measured";
    if (expected < 0 || start_measure(&w->process, &w->proof) != 0)
        return false;
    if (!start_verified(&w->proof, expected, geteuid() == 0, why))
        return false;
    *why = "its namespaces are missing";
    return w->proof.namespaces == w->process.namespaces;
}

int workers_on_ready(void *ctx)
{
    struct worker *w = ctx;
    const char *why;
    if (!check(w, &why)) {
        /* It broke its rules right after READY: its death, which comes next, tells so. */
        if (w->proof.seccomp == SECCOMP_DYING)
            return 0;
        w->end.why = why;
        return -1;
    }
    w->verified_us = (uint32_t)(clock_now_us() - w->process.started_us);
    w->state = WORKER_VERIFIED;
    w->control.state = 1;
    w->all->without_namespaces |= !w->proof.namespaces;
    w->all->without_lock |= !workers_keys_locked(w->kind, &w->proof);
    loop_clear_timer(w->all->loop, on_deadline, w);
    tell(w, WORKER_EVENT_VERIFIED, NULL);
    w->uses->verified(w);
    return 0;
}

int workers_on_failed(void *ctx, struct msg_failed *m)
{
    struct worker *w = ctx;
    w->end.fail = (enum fail)m->code;
    w->end.detail = m->detail;
    w->end.why = "failed";
    return 0;
}

/* --- loop callbacks */

static void on_deadline(void *ctx)
{
    struct worker *w = ctx;
    w->end.late = true;
    end_worker(w, "not ready in time");
}

static void on_linger(void *ctx)
{
    end_worker(ctx, "closed its channel");
}

/* True while the worker is still there afterwards. */
static bool receive(struct worker *w, unsigned most, enum chan_result *result)
{
    w->busy = true;
    *result = chan_receive(&w->control, most);
    w->busy = false;
    if (w->state != WORKER_GONE)
        return true;
    w->state = WORKER_FREE;
    return false;
}

static void end_bad_sender(struct worker *w)
{
    /* A worker that is refused at READY has a reason already; everything else is a bad message. */
    if (w->end.why == NULL || w->state == WORKER_VERIFIED)
        w->end.why = w->control.bad_why;
    w->end.violation = true;
    end_worker(w, "bad message");
}

/* An orderly exit closes the channel a moment before the process ends; on_pidfd comes next. */
static void await_exit(struct worker *w)
{
    loop_remove(w->all->loop, w->control.fd);
    chan_finish(&w->control);
    if (!loop_set_timer(w->all->loop, LINGER_MS, on_linger, w))
        end_worker(w, "closed its channel");
}

static void on_control(void *ctx, short revents)
{
    struct worker *w = ctx;
    enum chan_result result;
    if ((revents & POLLOUT) != 0)
        (void)chan_flush(&w->control);
    if (!receive(w, RECEIVE_AT_ONCE, &result) || w->control.fd < 0)
        return;
    if (result == CHAN_BAD)
        end_bad_sender(w);
    else if (result == CHAN_ENDED)
        await_exit(w);
}

static short wanted_events(void *ctx)
{
    const struct worker *w = ctx;
    return chan_events(&w->control);
}

static void on_pidfd(void *ctx, short revents)
{
    (void)revents;
    struct worker *w = ctx;
    enum chan_result result = CHAN_OK;
    /* Its last words first: they say why. */
    if (w->control.fd >= 0 && !receive(w, RECEIVE_LAST, &result))
        return;
    if (result == CHAN_BAD)
        end_bad_sender(w);
    else
        end_worker(w, "exited");
}

/* --- start of a worker */

static bool watch(struct worker *w)
{
    struct loop *l = w->all->loop;
    return loop_add(l, w->control.fd, wanted_events, on_control, w) &&
           loop_add(l, w->process.pidfd, NULL, on_pidfd, w) &&
           loop_set_timer(l, START_MS, on_deadline, w);
}

/* False, with nothing left of it, when the loop is full. */
static bool adopt(struct worker *w, const struct started *s)
{
    uint64_t asked_us = w->process.started_us;
    w->process = *s;
    w->process.kind = w->kind;
    if (w->process.started_us == 0)
        w->process.started_us = asked_us;
    w->state = WORKER_STARTING;
    w->uses->open(w, fd_steal(&w->process.control));
    w->control.queue_limit = MAX_QUEUED;
    if (!watch(w)) {
        put_down(w);
        errno = EMFILE;
        return false;
    }
    tell(w, WORKER_EVENT_STARTED, NULL);
    if (w->uses->started != NULL)
        w->uses->started(w);
    return true;
}

/* The launcher's answer. */
static void on_launched(void *ctx, struct started *s, int error)
{
    struct worker *w = ctx;
    if (w->state == WORKER_GONE) { /* no longer wanted */
        siginfo_t how;
        if (s != NULL) {
            start_kill(s, &how);
            start_finish(s);
            fd_close(&s->control);
        }
        w->state = WORKER_FREE;
        return;
    }
    if (s != NULL && adopt(w, s))
        return;
    w->end.error = s != NULL ? EMFILE : error;
    w->end.fail = s != NULL ? FAIL_NONE : FAIL_CONFINE;
    end_worker(w, "could not be started");
}

static bool launch(struct worker *w)
{
    errno = EPIPE;
    if (w->all->launcher == NULL ||
        !launcher_start(w->all->launcher, w->kind, w->plain, on_launched, w))
        return false;
    w->state = WORKER_LAUNCHING;
    w->process = (struct started){START_NONE, .kind = w->kind, .started_us = clock_now_us()};
    return true;
}

/* Starts as w->plain says. */
static bool begin(struct worker *w)
{
    w->end = (struct worker_end){0};
    w->control = (struct chan){.fd = -1};
    if (is_launched(w->kind))
        return launch(w);
    struct started s;
    if (start_worker(w->kind, w->plain, &s) != 0)
        return false;
    return adopt(w, &s);
}

static struct worker *find_free(struct workers *all)
{
    for (size_t i = 0; i < WORKERS_MAX; i++)
        if (all->table[i].state == WORKER_FREE && !all->table[i].busy)
            return &all->table[i];
    errno = EMFILE;
    return NULL;
}

int workers_init(struct workers *all, struct loop *loop, struct launcher *launcher,
                 workers_event_fn on_event, void *ctx)
{
    *all = (struct workers){.loop = loop,
                            .launcher = launcher,
                            .on_event = on_event,
                            .ctx = ctx,
                            .own_filters = start_own_filters()};
    return all->own_filters < 0 ? -1 : 0;
}

struct worker *workers_start(struct workers *all, enum worker_kind kind,
                             const struct worker_uses *uses, void *ctx)
{
    struct worker *w = find_free(all);
    if (w == NULL)
        return NULL;
    *w = (struct worker){.all = all, .uses = uses, .ctx = ctx, .kind = kind};
    if (begin(w))
        return w;
    /* That the launcher could not be asked says nothing of namespaces. */
    w->plain = !is_launched(kind);
    if (w->plain && !all->require_namespaces && !start_is_shortage(errno) && begin(w))
        return w;
    w->state = WORKER_FREE;
    return NULL;
}

bool workers_have(const struct workers *all, enum worker_kind kind)
{
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        enum worker_life state = all->table[i].state;
        if (all->table[i].kind == kind && state != WORKER_FREE && state != WORKER_GONE)
            return true;
    }
    return false;
}
