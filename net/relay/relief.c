/* What is held stays within its bounds, a session's and the relay's (relay.md 6 and 7). Run by
   vitrine-relay. Who holds most gives way: one session's crowd of slow readers is not paid for by
   another session. */
#include "net/relay/hub.h"

bool relief_is_short(const struct hub *h)
{
    return h->account.held > RELAY_BUFFERS_MAX / 4 * 3 ||
           h->n_clients > h->max_clients - h->max_clients / 8;
}

static struct client *holder_of_oldest(const struct session *s, uint64_t now_ms)
{
    struct client *found = NULL;
    uint64_t oldest = 0;
    for (struct client *c = s->clients; c != NULL; c = c->session_after) {
        uint64_t age = queue_age_ms(&c->queue, now_ms) + 1;
        if (c->queue.lists[FRAME_RANK_SCREEN].first != NULL && age > oldest) {
            oldest = age;
            found = c;
        }
    }
    return found;
}

static struct client *holder_of_most(const struct session *s)
{
    struct client *found = NULL;
    for (struct client *c = s->clients; c != NULL; c = c->session_after)
        if (c->queue.bytes > (found == NULL ? 0 : found->queue.bytes))
            found = c;
    return found;
}

/* One step: a viewer skips; where no picture waits, whoever lets most messages pile up goes. false:
   nothing of this session waits. */
static bool relieve(struct hub *h, struct session *s)
{
    struct client *c = holder_of_oldest(s, h->now.ms);
    if (c != NULL) {
        queue_skip(&c->queue, h->now.ms);
        s->wants_key |= c->queue.wants_key;
        return true;
    }
    c = holder_of_most(s);
    if (c == NULL)
        return false;
    queue_clear(&c->queue);
    hub_end(h, c, FRAME_ERR_SLOW, 0);
    return true;
}

static struct session *heaviest(const struct hub *h)
{
    struct session *found = NULL;
    for (struct session *s = h->sessions; s != NULL; s = s->after)
        if (found == NULL || s->account->held > found->account->held)
            found = s;
    return found;
}

void relief_check(struct hub *h, struct session *s)
{
    while (s->account->held > RELAY_SESSION_BUFFERS && relieve(h, s))
        ;
    while (h->account.held > RELAY_BUFFERS_MAX && (s = heaviest(h)) != NULL && relieve(h, s))
        ;
}
