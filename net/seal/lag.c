/* See lag.h. Runs in vitrine-seal; distrusts the relay, which keeps back, and the presenter, who
 * counts. */
#include "net/seal/lag.h"
#include <stdbool.h>
#include <string.h>

void lag_forget(struct lag *l)
{
    l->n = 0;
}

/* A presenter that says it more often than it has to gains no more places. */
void lag_owed(struct lag *l, uint64_t sealed, uint64_t now_ms)
{
    bool soon = l->n > 0 && now_ms < l->owed[l->n - 1].ms + STATUS_MS / 2;
    if (soon || l->n == LAG_MARKS)
        return;
    l->owed[l->n].sealed = sealed;
    l->owed[l->n].ms = now_ms;
    l->n++;
}

void lag_came(struct lag *l, uint64_t have)
{
    unsigned n = 0;
    while (n < l->n && l->owed[n].sealed <= have)
        n++;
    l->n -= n;
    memmove(l->owed, l->owed + n, l->n * sizeof l->owed[0]);
}

uint64_t lag_since(const struct lag *l)
{
    return l->n > 0 ? l->owed[0].ms : UINT64_MAX;
}

uint64_t lag_due(const struct lag *l)
{
    return l->n > 0 ? l->owed[0].ms + LAG_MS : UINT64_MAX;
}
