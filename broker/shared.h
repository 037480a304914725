/*
 * A picture's memory, shared by its painter, which draws into it, and the X server, which copies
 * from it. The broker makes it, sealed so that nobody can shrink it under the server, hands it out,
 * and never maps it.
 */
#ifndef BROKER_SHARED_H
#define BROKER_SHARED_H
#include "broker/display.h"
#include <stdbool.h>
#include <stdint.h>
#include <xcb/shm.h>

struct shared {
    int fd; /* ours, to hand out; -1 none */
    xcb_shm_seg_t segment;
    uint32_t width, height, stride;
};

/* A memory file of that size, sealed against any change of size and attached to the server for
   reading. False with errno; *s is then empty. */
bool shared_create(struct shared *s, struct display *d, uint32_t width, uint32_t height);
void shared_destroy(struct shared *s, struct display *d);

#endif
