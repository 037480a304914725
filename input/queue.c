/* See queue.h. */
#include "input/queue.h"

bool queue_put(struct queue *q, const struct action *a)
{
    struct action *last = &q->list[(q->first + q->n + QUEUE_SIZE - 1) % QUEUE_SIZE];
    if (a->kind == ACTION_MOTION && q->n > 0 && last->kind == ACTION_MOTION) {
        *last = *a;
        q->merged++;
        return true;
    }
    if (q->n == QUEUE_SIZE)
        return false;
    q->list[(q->first + q->n++) % QUEUE_SIZE] = *a;
    return true;
}

const struct action *queue_first(const struct queue *q)
{
    return q->n == 0 ? NULL : &q->list[q->first];
}

bool queue_take(struct queue *q, struct action *a)
{
    if (q->n == 0)
        return false;
    *a = q->list[q->first];
    q->first = (q->first + 1) % QUEUE_SIZE;
    q->n--;
    return true;
}

void queue_clear(struct queue *q)
{
    q->first = q->n = 0;
}
