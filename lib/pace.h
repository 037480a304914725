/* How often something may happen: a burst at once, and one more in each step of time. Pure. */
#ifndef LIB_PACE_H
#define LIB_PACE_H
#include <stdbool.h>
#include <stdint.h>

struct pace { /* zero: all of the burst is free */
    uint64_t since_ms;
    uint32_t used;
};

/* Once more? false: too often. Of one pace, burst and refill_ms are always the same. */
bool pace_take(struct pace *p, uint32_t burst, uint64_t refill_ms, uint64_t now_ms);
/* From when on the answer is yes. */
uint64_t pace_due(const struct pace *p, uint32_t burst, uint64_t refill_ms);

#endif
