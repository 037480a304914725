/* See pace.h. */
#include "lib/pace.h"

bool pace_take(struct pace *p, uint32_t burst, uint64_t refill_ms, uint64_t now_ms)
{
    uint64_t back = (now_ms - p->since_ms) / refill_ms;
    if (back >= p->used)
        *p = (struct pace){.since_ms = now_ms};
    else
        *p = (struct pace){p->since_ms + back * refill_ms, p->used - (uint32_t)back};
    if (p->used >= burst)
        return false;
    p->used++;
    return true;
}

uint64_t pace_due(const struct pace *p, uint32_t burst, uint64_t refill_ms)
{
    return p->used < burst ? 0 : p->since_ms + refill_ms;
}
