/*
 * The shell of vitrine-capture: channels, descriptors and time around the sender.
 */
#ifndef CAPTURE_WORKER_H
#define CAPTURE_WORKER_H
#include "capture/sender.h"
#include "lib/chan.h"
#include "lib/loop.h"

struct capture_worker {
    struct loop loop;
    struct chan control; /* to the broker */
    struct chan share;   /* to seal; fd -1 before CAPTURE_START */
    struct sender sender;
    bool started;
    bool blocked; /* share is full */
};

/* Takes over the control descriptor. `w` is large: static or on the heap. */
void capture_worker_init(struct capture_worker *w, int control_fd);
/* Runs until the broker closes the channel: returns 0 with everything wiped. Anything else ends in
   FAILED to the broker, wiped too. */
int capture_worker_run(struct capture_worker *w);

#endif
