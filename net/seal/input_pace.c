/* See input_pace.h. Runs in vitrine-seal of the controller. */
#include "net/seal/input_pace.h"
#include "net/seal/crypto.h"
#include <string.h>

void input_pace_reset(struct input_pace *p, bool even, uint64_t now_ms)
{
    crypto_wipe(p, sizeof *p);
    p->even = even;
    p->at_ms = p->end_ms = p->sent_ms = now_ms;
}

static bool joins(const struct input_pace *p, const struct input_event *e)
{
    bool crowded = p->behind || p->n >= MAX_INPUT_EVENTS;
    return crowded && p->n && e->kind == INPUT_MOTION && p->queue[p->n - 1].kind == INPUT_MOTION;
}

/* A random time, so that the end of the empty records tells nothing of the last event. */
static uint64_t while_more(void)
{
    uint8_t r[2];
    crypto_random(r, sizeof r);
    return INPUT_CHAFF_MS + ((uint64_t)r[0] << 8 | r[1]) % (INPUT_CHAFF_MS + 1);
}

bool input_pace_add(struct input_pace *p, const struct input_event *events, unsigned n,
                    uint64_t now_ms)
{
    for (unsigned i = 0; i < n; i++) {
        if (joins(p, &events[i])) {
            p->queue[p->n - 1] = events[i];
            continue;
        }
        if (p->n == INPUT_QUEUE)
            return false;
        p->queue[p->n++] = events[i];
    }
    if (p->even && n)
        p->end_ms = now_ms + while_more();
    return true;
}

static unsigned take(struct input_pace *p, struct input_event *events)
{
    unsigned n = p->n < MAX_INPUT_EVENTS ? p->n : MAX_INPUT_EVENTS;
    if (!n)
        return 0;
    memcpy(events, p->queue, n * sizeof *events);
    memmove(p->queue, p->queue + n, (p->n - n) * sizeof *events);
    crypto_wipe(p->queue + p->n - n, n * sizeof *events);
    p->n -= n;
    return n;
}

static bool due(const struct input_pace *p, bool held, uint64_t now_ms)
{
    if (held && now_ms >= p->sent_ms + INPUT_ALIVE_MS)
        return true;
    if (!p->even)
        return p->n != 0;
    return now_ms >= p->at_ms && (p->n || now_ms < p->end_ms);
}

bool input_pace_next(struct input_pace *p, bool held, bool busy, uint64_t now_ms,
                     struct input_event events[MAX_INPUT_EVENTS], unsigned *n)
{
    if (!due(p, held, now_ms))
        return false;
    if (busy) {
        p->behind = p->waits = true;
        return false;
    }
    p->waits = false;
    *n = take(p, events);
    p->behind = p->n != 0;
    p->sent_ms = now_ms;
    p->at_ms = now_ms + INPUT_TICK_MS;
    return true;
}

uint64_t input_pace_due(const struct input_pace *p, bool held)
{
    uint64_t at = UINT64_MAX;
    if (p->waits)
        return at;
    if (held)
        at = p->sent_ms + INPUT_ALIVE_MS;
    bool waits = p->even ? p->n || p->at_ms < p->end_ms : p->n != 0;
    return waits && p->at_ms < at ? p->at_ms : at;
}
