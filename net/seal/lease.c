/* See lease.h. Runs in vitrine-seal of a member. */
#include "net/seal/lease.h"
#include "net/seal/crypto.h"

bool lease_holds(const struct lease *l, uint32_t epoch, uint64_t now_ms)
{
    return l->proved && now_ms <= l->proved_ms + LEASE_MS && epoch >= l->named;
}

bool lease_ask(struct lease *l, uint64_t now_ms, uint8_t nonce[LEASE_NONCE])
{
    if (l->n == LEASE_ASKED_MAX)
        return false;
    crypto_random(nonce, LEASE_NONCE);
    memcpy(l->asked[l->n].nonce, nonce, LEASE_NONCE);
    l->asked[l->n++].sent_ms = now_ms;
    return true;
}

bool lease_answer(struct lease *l, const struct inner_pong *pong)
{
    if (!l->n || memcmp(l->asked[0].nonce, pong->nonce, LEASE_NONCE) != 0)
        return false;
    l->proved = true;
    l->proved_ms = l->asked[0].sent_ms;
    if (pong->epoch > l->named)
        l->named = pong->epoch;
    memmove(l->asked, l->asked + 1, --l->n * sizeof *l->asked);
    return true;
}

void lease_forget(struct lease *l)
{
    l->n = 0;
}

uint64_t lease_next_ms(const struct lease *l, uint32_t every_ms)
{
    if (l->n == LEASE_ASKED_MAX)
        return UINT64_MAX;
    if (l->n)
        return l->asked[l->n - 1].sent_ms + every_ms;
    return l->proved ? l->proved_ms + every_ms : 0;
}

uint64_t lease_until_ms(const struct lease *l)
{
    return l->proved ? l->proved_ms + LEASE_MS + 1 : UINT64_MAX;
}
