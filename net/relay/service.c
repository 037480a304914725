/* Who is served next, and how much of it. Run by vitrine-relay; distrusts how much anybody says,
   and to how many. */
#include "net/relay/service.h"
#include <sys/epoll.h>

static void read_conn(struct server *s, struct conn *c, struct hub_now now)
{
    switch (conn_read(c, now)) {
    case CONN_MORE:
        hub_read_on(&s->hub, &c->client);
        break;
    case CONN_HELD:
        hub_hold(&c->client);
        break;
    case CONN_PAUSED:
        turns_put(&s->paused, &c->client.reading);
        break;
    case CONN_IDLE:
        break;
    }
    server_recount(s, c);
}

void service_note(struct server *s, struct conn *c, uint32_t events, struct hub_now now)
{
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        c->can_read = true;
    if (conn_is_opening(c)) {
        turns_put(&s->shaking, &c->client.reading);
        return;
    }
    if (c->phase == CONN_OPEN && c->client.is_blocked &&
        (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))) {
        c->client.is_blocked = false;
        c->can_read |= c->reads_when_writable;
        c->reads_when_writable = false;
        hub_mark(&s->hub, &c->client);
    }
    if (c->can_read)
        hub_line_up(&s->hub, &c->client, hub_reading_of(&c->client, now.ms));
}

/* Only those that are not paused any more: the others would take the turns of those who go on. */
static void wake_paused(struct server *s, struct hub_now now)
{
    struct turns_place *next;
    if (now.ms - s->woken_ms < SERVICE_PAUSED_MS)
        return;
    s->woken_ms = now.ms;
    for (struct turns_place *p = s->paused.first; p != NULL; p = next) {
        struct client *c = hub_reader(p);
        next = p->after;
        if (conn_is_paused(conn_of(c), now.ms))
            continue;
        turns_leave(p);
        hub_read_on(&s->hub, c);
    }
}

static bool is_sending(const struct server *s)
{
    return !turns_is_idle(&s->hub.turns[HUB_WRITE]);
}

/* Fresh memory for what piles up makes a share several times as long as another: a turn has a bound
   in time too. */
static void read_shares(struct server *s, enum hub_turn what, int shares, struct hub_now now)
{
    uint64_t until_us = server_now_us() + RELAY_TURN_READ_US;
    struct client *c;
    while (shares-- > 0 && s->hub.copies < RELAY_TURN_COPIES &&
           (c = hub_next(&s->hub, what)) != NULL) {
        read_conn(s, conn_of(c), now);
        if (server_now_us() >= until_us)
            break;
    }
}

/* Whoever presents, or says little, or has just begun, goes before those who had their share
   already: a unit does not wait for what a crowd says together, and no turn is longer than these
   shares. What has been said already is sent before those who go on say more. */
void service_read(struct server *s, struct hub_now now)
{
    int more = is_sending(s) ? 1 : RELAY_READ_MORE;
    s->hub.copies = 0;
    wake_paused(s, now);
    read_shares(s, HUB_BEGIN, RELAY_READ_SHARES, now);
    read_shares(s, HUB_GO_ON, more, now);
}

void service_write(struct server *s, struct hub_now now)
{
    struct client *c;
    int left = RELAY_TURN_WRITES;
    while (left > 0 && (c = hub_next(&s->hub, HUB_WRITE)) != NULL)
        left -= conn_write(conn_of(c), now);
}

static bool may_shake(const struct server *s, struct hub_now now, uint64_t now_us)
{
    return now_us >= s->shake_us && !(is_sending(s) && now.ms - s->shaken_ms < RELAY_SHAKE_MS);
}

/* A crowd at the door, or a flood, costs a session the time of a few steps of a handshake; of one
   in RELAY_SHAKE_MS where its viewers are still waiting. Half of the time is for others, whatever
   comes to the door. */
void service_shake(struct server *s, struct hub_now now)
{
    uint64_t begun_us = server_now_us(), ended_us;
    int most = is_sending(s) ? 1 : RELAY_SHAKES;
    struct turns_place *p;
    if (s->shaking.first == NULL || !may_shake(s, now, begun_us))
        return;
    s->shaken_ms = now.ms;
    while (most-- > 0 && (p = turns_take_from(&s->shaking)) != NULL)
        read_conn(s, conn_of(hub_reader(p)), now);
    ended_us = server_now_us();
    s->shake_us = ended_us + (ended_us - begun_us);
}

bool service_is_wanted(const struct server *s)
{
    for (int i = 0; i < HUB_TURNS; i++)
        if (!turns_is_idle(&s->hub.turns[i]))
            return true;
    return s->shaking.first != NULL && server_now_us() >= s->shake_us;
}
