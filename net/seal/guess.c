/*
 * Guess limit. Runs in vitrine-seal of the organizer.
 */
#include "net/seal/guess.h"
#include "policy/limits.h"

void guess_init(struct guess *g)
{
    *g = (struct guess){.tokens = GUESS_BUCKET};
}

void guess_tick(struct guess *g, uint64_t now_ms)
{
    while (g->tokens < GUESS_BUCKET && now_ms >= g->refill_at_ms) {
        g->tokens++;
        g->refill_at_ms += GUESS_REFILL_MS;
    }
}

bool guess_may(const struct guess *g)
{
    return g->tokens > 0 && g->open + g->wrong < GUESS_MAX;
}

void guess_take(struct guess *g, uint64_t now_ms)
{
    if (g->tokens == GUESS_BUCKET)
        g->refill_at_ms = now_ms + GUESS_REFILL_MS;
    g->tokens--;
    g->open++;
}

void guess_return(struct guess *g)
{
    g->open--;
    if (g->tokens < GUESS_BUCKET)
        g->tokens++;
}

void guess_fail(struct guess *g)
{
    g->open--;
    g->wrong++;
}

bool guess_stopped(const struct guess *g)
{
    return g->wrong >= GUESS_MAX;
}

uint64_t guess_due(const struct guess *g)
{
    return g->tokens < GUESS_BUCKET ? g->refill_at_ms : UINT64_MAX;
}
