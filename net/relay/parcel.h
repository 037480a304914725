/*
 * A parcel: one complete frame, head included, shared by all the queues it waits in and not changed
 * once it is in the first. It is counted in two accounts, its session's and the relay's, as long as
 * anybody holds it, and with RELAY_FRAME_COST more; each queue it waits in costs that again: of
 * small frames their places are the most. Run by vitrine-relay; pure.
 */
#ifndef NET_RELAY_PARCEL_H
#define NET_RELAY_PARCEL_H
#include "lib/relay_frame.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes held, costs included. An account lives until the last parcel in it is gone, and the last
 * account under it. */
struct account {
    uint64_t held;
    uint32_t refs;
    struct account *parent; /* NULL for the relay's own */
};

struct parcel {
    struct account *account;
    uint32_t refs;
    uint32_t len; /* of bytes */
    uint8_t rank; /* enum frame_rank */
    bool key;     /* a viewer can start here */
    uint8_t bytes[];
};

/* NULL: no memory. Holds a reference to its parent. */
struct account *account_create(struct account *parent);
void account_release(struct account *a);

/* A frame of `len` bytes, head included, with one reference. `len` must come from frame_need, which
   bounds it. NULL: no memory. */
struct parcel *parcel_create(struct account *account, size_t len);
struct parcel *parcel_hold(struct parcel *p);
void parcel_release(struct parcel *p); /* accepts NULL */
/* The same for a place in a queue, which costs RELAY_FRAME_COST. What has been taken out of it is
   held on as by parcel_hold. */
struct parcel *parcel_enter(struct parcel *p);
void parcel_take_out(struct parcel *p);
/* Counts the parcel in another account from now on: a connection's first frame comes before its
 * session. */
void parcel_move(struct parcel *p, struct account *to);

#endif
