/* See standing.h. Runs in vitrine-seal; distrusts the presenter. */
#include "net/seal/standing.h"
#include "policy/limits.h"

void standing_init(struct standing *s, const struct port *port)
{
    *s = (struct standing){.port = port, .told = -1, .newest = -1};
}

void standing_now(struct standing *s, enum port_picture state)
{
    s->newest = (int)state;
    if (s->told == s->newest)
        return;
    s->told = s->newest;
    s->port->picture(s->port->ctx, state);
}

/* From a live picture to its end; there are no more of those than live ones were told. */
static bool ends(const struct standing *s, enum port_picture state)
{
    bool live = s->told == PICTURE_RUNNING || s->told == PICTURE_PAUSED;
    return live && (state == PICTURE_STOPPED || state == PICTURE_INCOMPLETE);
}

void standing_heard(struct standing *s, enum port_picture state, uint64_t now_ms)
{
    s->newest = (int)state;
    if (ends(s, state))
        standing_now(s, state);
    else
        standing_tick(s, now_ms);
}

void standing_forget(struct standing *s)
{
    s->newest = s->told;
}

void standing_tick(struct standing *s, uint64_t now_ms)
{
    if (s->newest != s->told && pace_take(&s->pace, PICTURE_BURST, PICTURE_REFILL_MS, now_ms))
        standing_now(s, (enum port_picture)s->newest);
}

uint64_t standing_due(const struct standing *s)
{
    return s->newest == s->told ? UINT64_MAX : s->pace.since_ms + PICTURE_REFILL_MS;
}
