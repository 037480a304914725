/*
 * poll(2) loop of every process but the relay. Needs poll and clock_gettime, nothing else. It
 * judges no bytes; what callbacks read from their descriptors is theirs to distrust.
 */
#include "lib/loop.h"
#include "lib/clock.h"
#include "policy/limits.h"
#include <errno.h>
#include <limits.h>
#include <stddef.h>

void loop_init(struct loop *l)
{
    *l = (struct loop){0};
    for (int i = 0; i < LOOP_MAX; i++)
        l->entries[i].fd = -1;
}

static struct loop_entry *find_entry(struct loop *l, int fd)
{
    for (int i = 0; i < LOOP_MAX; i++)
        if (l->entries[i].fd == fd)
            return &l->entries[i];
    return NULL;
}

bool loop_add(struct loop *l, int fd, loop_events_fn want, loop_fn ready, void *ctx)
{
    struct loop_entry *e = fd < 0 ? NULL : find_entry(l, -1);
    if (e == NULL)
        return false;
    *e = (struct loop_entry){.fd = fd, .want = want, .ready = ready, .ctx = ctx};
    return true;
}

void loop_remove(struct loop *l, int fd)
{
    struct loop_entry *e = fd < 0 ? NULL : find_entry(l, fd);
    if (e != NULL)
        *e = (struct loop_entry){.fd = -1};
}

static struct loop_timer *find_timer(struct loop *l, loop_timer_fn fire, void *ctx)
{
    for (int i = 0; i < LOOP_MAX; i++) {
        struct loop_timer *t = &l->timers[i];
        if (t->at_ms != 0 && t->fire == fire && t->ctx == ctx)
            return t;
    }
    return NULL;
}

static struct loop_timer *find_free_timer(struct loop *l)
{
    for (int i = 0; i < LOOP_MAX; i++)
        if (l->timers[i].at_ms == 0)
            return &l->timers[i];
    return NULL;
}

bool loop_set_timer(struct loop *l, uint64_t in_ms, loop_timer_fn fire, void *ctx)
{
    struct loop_timer *t = find_timer(l, fire, ctx);
    if (t == NULL)
        t = find_free_timer(l);
    if (t == NULL)
        return false;
    *t = (struct loop_timer){.at_ms = loop_now_ms() + in_ms, .fire = fire, .ctx = ctx};
    return true;
}

void loop_clear_timer(struct loop *l, loop_timer_fn fire, void *ctx)
{
    struct loop_timer *t = find_timer(l, fire, ctx);
    if (t != NULL)
        t->at_ms = 0;
}

uint64_t loop_now_ms(void)
{
    return clock_now_us() / 1000;
}

static struct loop_timer *find_earliest(struct loop *l)
{
    struct loop_timer *first = NULL;
    for (int i = 0; i < LOOP_MAX; i++) {
        struct loop_timer *t = &l->timers[i];
        if (t->at_ms != 0 && (first == NULL || t->at_ms < first->at_ms))
            first = t;
    }
    return first;
}

/* At most as many as were due at the start: a timer that sets itself again for now must not keep
   descriptors waiting. */
static void fire_due(struct loop *l)
{
    uint64_t now = loop_now_ms();
    int due = 0;
    for (int i = 0; i < LOOP_MAX; i++)
        due += l->timers[i].at_ms != 0 && l->timers[i].at_ms <= now;
    for (; due > 0 && !l->stop; due--) {
        struct loop_timer *t = find_earliest(l);
        if (t == NULL || t->at_ms > now)
            return;
        struct loop_timer fired = *t;
        t->at_ms = 0;
        fired.fire(fired.ctx);
    }
}

static uint64_t find_due(struct loop *l)
{
    const struct loop_timer *t = find_earliest(l);
    uint64_t due = t != NULL ? t->at_ms : UINT64_MAX;
    for (int i = 0; i < LOOP_MAX; i++) {
        const struct loop_entry *e = &l->entries[i];
        if (e->fd >= 0 && e->soon_ms != 0 && e->soon_ms < due)
            due = e->soon_ms;
    }
    return due;
}

static int wait_time(struct loop *l)
{
    uint64_t due = find_due(l), now;
    if (due == UINT64_MAX)
        return -1;
    now = loop_now_ms();
    uint64_t left = due > now ? due - now : 0;
    return left > INT_MAX ? INT_MAX : (int)left;
}

static short wanted(struct loop_entry *e)
{
    short events = e->want != NULL ? e->want(e->ctx) : POLLIN;
    if (!(events & LOOP_SOON))
        e->soon_ms = 0;
    else if (e->soon_ms == 0)
        e->soon_ms = loop_now_ms() + LOOP_SOON_MS;
    return (short)(events & ~LOOP_SOON);
}

static void note_soon(struct loop_entry *e)
{
    if (e->soon_ms == 0 || loop_now_ms() < e->soon_ms)
        return;
    e->soon_ms = 0;
    e->revents |= POLLOUT;
}

static int wait_for(struct loop *l, struct pollfd *fds, nfds_t n)
{
    if (l->waits != NULL)
        l->waits(true);
    int result = poll(fds, n, wait_time(l)), error = errno;
    if (l->waits != NULL)
        l->waits(false);
    errno = error;
    return result;
}

/* Waits and notes in each entry what happened; an entry added later in
   this turn has nothing noted. */
static int poll_entries(struct loop *l)
{
    struct pollfd fds[LOOP_MAX];
    struct loop_entry *asked[LOOP_MAX];
    nfds_t n = 0;
    for (int i = 0; i < LOOP_MAX; i++) {
        struct loop_entry *e = &l->entries[i];
        e->revents = 0;
        if (e->fd < 0)
            continue;
        fds[n] = (struct pollfd){.fd = e->fd, .events = wanted(e)};
        asked[n++] = e;
    }
    if (wait_for(l, fds, n) < 0)
        return errno == EINTR ? 0 : -1;
    for (nfds_t i = 0; i < n; i++) {
        asked[i]->revents = fds[i].revents;
        note_soon(asked[i]);
    }
    return 0;
}

static void call_ready(struct loop *l)
{
    for (int i = 0; i < LOOP_MAX && !l->stop; i++) {
        struct loop_entry *e = &l->entries[i];
        short revents = e->revents;
        e->revents = 0;
        if (revents != 0)
            e->ready(e->ctx, revents);
    }
}

int loop_run(struct loop *l)
{
    int result = 0;
    while (!l->stop && result == 0) {
        result = poll_entries(l);
        if (result == 0)
            fire_due(l);
        if (result == 0)
            call_ready(l);
    }
    l->stop = false;
    return result;
}

void loop_stop(struct loop *l)
{
    l->stop = true;
}
