/*
 * How many requests of the input worker may go now: a token bucket. Pure; the gate asks it with the
 * time in hand. That the X server has read everything before is the gate's own condition.
 */
#ifndef BROKER_GATE_PACE_H
#define BROKER_GATE_PACE_H
#include <stdint.h>

struct pace {
    uint64_t last_ms;
    uint32_t tokens; /* thousandths of a request */
};

/* Starts with a full bucket. */
void pace_init(struct pace *p, uint64_t now_ms);
/* Requests that may go at now_ms: at most GATE_PACE_AT_ONCE. Takes nothing. */
uint32_t pace_allows(struct pace *p, uint64_t now_ms);
/* n of them went. */
void pace_take(struct pace *p, uint32_t n);

#endif
