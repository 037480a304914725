/*
 * What waits for one connection, in the order of relay.md 6, and the policy that lets a slow viewer
 * skip. Run by vitrine-relay; pure: times are given, nothing is sent here.
 *
 * A viewer is behind when its oldest waiting screen unit is older than its limit, or more bytes of
 * them wait than RELAY_QUEUE_SCREEN for each RELAY_BEHIND_MS of that limit. It then skips:
 * everything before the newest waiting KEY unit is dropped; with none waiting, everything, and
 * nothing more is queued until a KEY unit comes. Each skip doubles the limit, RELAY_BEHIND_CALM_MS
 * without one halve it. The bytes grow with the limit so that a picture larger than
 * RELAY_QUEUE_SCREEN can be completed too.
 */
#ifndef NET_RELAY_QUEUE_H
#define NET_RELAY_QUEUE_H
#include "net/relay/parcel.h"

struct queue_item;

struct queue {
    struct queue_list {
        struct queue_item *first, *last;
        size_t bytes;
    } lists[FRAME_RANKS];
    size_t bytes;      /* in all lists, RELAY_FRAME_COST for each frame included */
    size_t msg_limit;  /* RELAY_QUEUE_MSG, or more for the organizer */
    bool wants_key;    /* stream 1 is dropped until a KEY unit comes */
    uint64_t ask_ms;   /* with wants_key: from when on the presenter has to be asked */
    uint32_t limit_ms; /* RELAY_BEHIND_MS to RELAY_BEHIND_MAX_MS */
    uint64_t calm_ms;  /* when the limit was last changed */
    uint64_t skips;    /* since queue_init */
    uint64_t dropped;  /* screen units not sent, since queue_init */
};

enum queue_result {
    QUEUE_OK,
    QUEUE_NEED, /* skipped, or waits: the presenter has to send a KEY unit */
    QUEUE_SLOW  /* messages pile up: this connection does not read and has to go */
};

void queue_init(struct queue *q, size_t msg_limit, uint64_t now_ms);
void queue_finish(struct queue *q); /* accepts a zeroed one */

/* Adds a reference of its own. Drops older ones where relay.md 6 says so. */
enum queue_result queue_push(struct queue *q, struct parcel *p, uint64_t now_ms);
/* The next to send, with its reference; NULL: nothing waits. Who takes it finishes it. */
struct parcel *queue_pop(struct queue *q);
/* `first`, taken from q, and those that wait behind it in one parcel, as many as one TLS record
   holds: small ones cost their record and their write, not their bytes. Takes over `first` (NULL:
   nothing); it alone is returned where there is no other, or no memory. */
struct parcel *queue_join(struct queue *q, struct parcel *first);
/* Lets time pass: skips when behind, relaxes the limit when calm. */
enum queue_result queue_check(struct queue *q, uint64_t now_ms);
/* Behind by order, because shared memory is short. true: something was dropped. */
bool queue_skip(struct queue *q, uint64_t now_ms);
/* Its stream 1 goes on with the next KEY unit; what waits already is kept. Whoever is new gets one
   without asking (e2e.md 9), so QUEUE_NEED comes only after RELAY_NEED_GRACE_MS. */
void queue_await_key(struct queue *q, uint64_t now_ms);
/* A viewer that starts, or starts again: drops what waits of stream 1 as well. */
void queue_start_viewing(struct queue *q, uint64_t now_ms);
/* Drops everything that waits. */
void queue_clear(struct queue *q);

/* Age of the oldest waiting screen unit in ms; 0: none waits. */
uint64_t queue_age_ms(const struct queue *q, uint64_t now_ms);
/* ... of the oldest waiting message. */
uint64_t queue_msg_age_ms(const struct queue *q, uint64_t now_ms);
/* Age beyond its limit, or waiting for a KEY unit after a skip. */
bool queue_is_behind(const struct queue *q, uint64_t now_ms);

#endif
