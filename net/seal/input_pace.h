/*
 * When a controller's events leave (e2e.md 10). quick: at once, and what cannot leave yet is
 * gathered. even: one record per 20 ms tick while something happens, and on with empty ones for 1 s
 * and a random while more, so that who watches sizes and times learns little. In both, a sign of
 * life every 250 ms while a key or button is down. Pure but for the random while.
 */
#ifndef NET_SEAL_INPUT_PACE_H
#define NET_SEAL_INPUT_PACE_H
#include "lib/input_event.h"
#include "policy/limits.h"

struct input_pace {
    bool even;
    bool behind;     /* something could not leave: from here on motions are joined */
    bool waits;      /* for the line to have room, not for a time */
    uint64_t at_ms;  /* even: the next tick */
    uint64_t end_ms; /* even: empty records until then */
    uint64_t sent_ms;
    unsigned n;
    struct input_event queue[INPUT_QUEUE];
};

/* Nothing waits, nothing was sent; also before the memory is given up: what was typed is wiped. */
void input_pace_reset(struct input_pace *p, bool even, uint64_t now_ms);
/* A press or release is never dropped. false: the queue is full. */
bool input_pace_add(struct input_pace *p, const struct input_event *events, unsigned n,
                    uint64_t now_ms);
/* Is a record to be sent now? Then its *n events, taken from the queue; 0 events: a sign of life.
   held: something is down at the other end. busy: the line has enough for the moment. */
bool input_pace_next(struct input_pace *p, bool held, bool busy, uint64_t now_ms,
                     struct input_event events[MAX_INPUT_EVENTS], unsigned *n);
/* When input_pace_next can become true by time alone; UINT64_MAX: never, also while the line was
   last found busy: whoever empties it asks again. */
uint64_t input_pace_due(const struct input_pace *p, bool held);

#endif
