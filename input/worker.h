/*
 * vitrine-input at work: the broker's messages to actions, actions to the X server at the speed it
 * reads them. Trusts the broker's grant check, but checks every field again; what comes from the X
 * server passes through xcb. It cannot see the screen.
 */
#ifndef INPUT_WORKER_H
#define INPUT_WORKER_H
#include "input/book.h"
#include "input/mapper.h"
#include "input/queue.h"
#include "lib/chan.h"
#include "lib/loop.h"

struct input_worker {
    struct loop loop;
    struct chan control;
    struct inject inject;
    bool open, running; /* connected; INPUT_RUNNING said */
    uint8_t grant[16];
    int32_t x, y; /* the shared area on the root */
    uint32_t w, h;
    struct mapper mapper;
    struct queue queue;
    struct book book;
    unsigned group, locks;
    bool waiting;             /* for the server to take what was sent */
    uint64_t pressed_ms[256]; /* when a keycode was last pressed here; 0 never */
    bool placed;              /* some event had a place ... */
    int32_t at_x, at_y; /* ... the last one that; where wheels turn, wherever the owner moved */
    int32_t turned[2];  /* 120ths of a notch not yet turned: right, down */
    uint32_t release;   /* serial to confirm when the queue is empty; 0 none */
    uint32_t untold;    /* events read that INPUT_TAKEN has not told yet */
    uint32_t keys, buttons, motions;
};

/* Takes over the control descriptor. `w` is large: static. */
void input_worker_init(struct input_worker *w, int control_fd);
/* Runs until the broker closes the channel; the exit status. */
int input_worker_run(struct input_worker *w);

/* How the way to the server is opened; tests have their own. false: *failure and *detail. */
typedef bool (*input_open_fn)(struct inject *i, int fd, uint32_t root);
extern input_open_fn input_worker_open;

#endif
