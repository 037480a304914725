/*
 * Actions that wait until the X server can take them. Pure, of fixed size. A motion replaces the
 * one before it when nothing else has come between: under load the pointer jumps further, but a
 * press or release is never lost, never reordered, and happens where it was meant.
 */
#ifndef INPUT_QUEUE_H
#define INPUT_QUEUE_H
#include "input/inject.h"
#include <stddef.h>

#define QUEUE_SIZE 8192

struct queue {
    struct action list[QUEUE_SIZE];
    size_t first, n;
    uint32_t merged; /* motions that were replaced */
};

/* false: full. */
bool queue_put(struct queue *q, const struct action *a);
bool queue_take(struct queue *q, struct action *a);
/* The one that queue_take would give; NULL: none. */
const struct action *queue_first(const struct queue *q);
/* Forgets what waits. */
void queue_clear(struct queue *q);

#endif
