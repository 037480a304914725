/* The token bucket of vitrine-gate for the input worker. Reads no foreign bytes. */
#include "broker/gate/pace.h"
#include "policy/limits.h"

#define FULL (GATE_PACE_AT_ONCE * 1000u)

void pace_init(struct pace *p, uint64_t now_ms)
{
    *p = (struct pace){now_ms, FULL};
}

uint32_t pace_allows(struct pace *p, uint64_t now_ms)
{
    uint64_t passed = now_ms > p->last_ms ? now_ms - p->last_ms : 0;
    uint64_t gained = passed * GATE_PACE_PER_S; /* a second's worth in thousandths, each ms */
    p->tokens = gained >= FULL - p->tokens ? FULL : p->tokens + (uint32_t)gained;
    p->last_ms = now_ms;
    return p->tokens / 1000;
}

void pace_take(struct pace *p, uint32_t n)
{
    p->tokens -= n * 1000 < p->tokens ? n * 1000 : p->tokens;
}
