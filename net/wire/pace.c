/* The presenter's window. Run by vitrine-net; the reports are the relay's word, which can only slow
 * us down. Pure. */
#include "net/wire/pace.h"
#include "policy/limits.h"

void pace_init(struct pace *p)
{
    *p = (struct pace){.window = NET_WINDOW_FIRST};
}

bool pace_allows(struct pace *p)
{
    bool open = p->sent - p->taken < p->window;
    p->was_full |= !open;
    return open;
}

void pace_sent(struct pace *p, uint32_t bytes)
{
    p->sent += bytes;
}

static void shrink(struct pace *p)
{
    p->window /= 2;
    if (p->window < NET_WINDOW_MIN)
        p->window = NET_WINDOW_MIN;
}

static void grow(struct pace *p)
{
    p->window += p->window / 2;
    if (p->window > NET_WINDOW_MAX)
        p->window = NET_WINDOW_MAX;
}

bool pace_report(struct pace *p, uint64_t taken, uint16_t median_ms)
{
    if (taken < p->taken || taken > p->sent)
        return false;
    p->taken = taken;
    if (median_ms > NET_MEDIAN_HIGH_MS)
        shrink(p);
    else if (p->was_full && median_ms < NET_MEDIAN_LOW_MS)
        grow(p);
    p->was_full = false;
    return true;
}
