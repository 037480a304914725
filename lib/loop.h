/*
 * A small poll(2) loop: descriptors and one-shot timers, no allocation after loop_init, no
 * surprises. Used by every process but the relay (epoll). Callbacks run one after the other, timers
 * first; they may add and remove anything, themselves included. Descriptors in `entries` are not
 * owned.
 */
#ifndef LIB_LOOP_H
#define LIB_LOOP_H
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#define LOOP_MAX 128
/* Beside poll(2)'s events: ready is called with POLLOUT after LOOP_SOON_MS, whatever the descriptor
   says. For what cannot be waited for. */
#define LOOP_SOON 0x4000

typedef void (*loop_fn)(void *ctx, short revents);
typedef void (*loop_timer_fn)(void *ctx);
typedef short (*loop_events_fn)(void *ctx); /* events wanted now; called before every poll */

struct loop {
    struct loop_entry {
        int fd;
        loop_events_fn want; /* NULL: POLLIN */
        loop_fn ready;
        void *ctx;
        short revents;    /* of this turn, not yet told */
        uint64_t soon_ms; /* when LOOP_SOON is over; 0: not asked for */
    } entries[LOOP_MAX];
    struct loop_timer {
        uint64_t at_ms; /* 0: free */
        loop_timer_fn fire;
        void *ctx;
    } timers[LOOP_MAX];
    void (*waits)(bool waits); /* before it waits, and when it waits no more; may be NULL */
    bool stop;
};

void loop_init(struct loop *l);
/* Watches fd (not owned). false: full. */
bool loop_add(struct loop *l, int fd, loop_events_fn want, loop_fn ready, void *ctx);
void loop_remove(struct loop *l, int fd);
/* One-shot timer identified by (fire, ctx): setting it again moves it. false: full. */
bool loop_set_timer(struct loop *l, uint64_t in_ms, loop_timer_fn fire, void *ctx);
void loop_clear_timer(struct loop *l, loop_timer_fn fire, void *ctx);
/* Runs until loop_stop (which also counts when called before); returns -1 with errno only when poll
 * itself fails. */
int loop_run(struct loop *l);
void loop_stop(struct loop *l);
/* CLOCK_MONOTONIC in milliseconds. */
uint64_t loop_now_ms(void);

#endif
