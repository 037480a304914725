/* Who is served next, and how much of it. Run by vitrine-relay; distrusts how much anybody says,
   and to how many. */
#include "net/relay/service.h"
#include "net/relay/door.h"
#include <sys/epoll.h>

static void read_on(struct server *s, struct conn *c, struct hub_now now)
{
    if (door_is_for(c))
        door_line_up(s, c, now);
    else
        hub_read_on(&s->hub, &c->client);
}

void service_read_one(struct server *s, struct conn *c, struct hub_now now)
{
    switch (conn_read(c, now)) {
    case CONN_MORE:
        read_on(s, c, now);
        break;
    case CONN_HELD:
        hub_hold(&c->client);
        break;
    case CONN_PAUSED:
        turns_put(&s->paused, &c->client.reading);
        break;
    case CONN_IDLE:
        door_await(c, now);
        break;
    }
    door_recount(s, c);
}

void service_note(struct server *s, struct conn *c, uint32_t events, struct hub_now now)
{
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        c->can_read = true;
    if (c->phase == CONN_OPEN && c->client.is_blocked &&
        (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))) {
        c->client.is_blocked = false;
        c->can_read |= c->reads_when_writable;
        c->reads_when_writable = false;
        hub_mark(&s->hub, &c->client);
    }
    if (door_is_for(c) && (c->can_read || conn_is_opening(c)))
        door_line_up(s, c, now);
    else if (c->phase == CONN_OPEN && c->can_read)
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

/* Fresh memory for what piles up makes a share several times as long as another: a turn has a bound
   in time too. */
static void read_shares(struct server *s, enum hub_turn what, int shares, struct hub_now now)
{
    uint64_t until_us = server_now_us() + RELAY_TURN_READ_US;
    struct client *c;
    while (shares-- > 0 && s->hub.copies < RELAY_TURN_COPIES &&
           (c = hub_next(&s->hub, what)) != NULL) {
        service_read_one(s, conn_of(c), now);
        if (server_now_us() >= until_us)
            break;
    }
}

/* Whoever presents, or says little, or has just begun, goes before those who had their share
   already: a unit does not wait for what a crowd says together, and no turn is longer than these
   shares. What has been said already is sent before those who go on say more. */
void service_read(struct server *s, struct hub_now now)
{
    int more = hub_is_sending(&s->hub) ? 1 : RELAY_READ_MORE;
    s->hub.copies = 0;
    s->writes = RELAY_TURN_WRITES;
    wake_paused(s, now);
    read_shares(s, HUB_BEGIN, RELAY_READ_SHARES, now);
    read_shares(s, HUB_GO_ON, more, now);
}

void service_write(struct server *s, struct hub_now now)
{
    struct client *c;
    while (s->writes > 0 && (c = hub_next(&s->hub, HUB_WRITE)) != NULL) {
        int n = conn_write(conn_of(c), now);
        s->writes -= n;
        hub_sent(&s->hub, c, (uint32_t)n, now.ms);
    }
}

bool service_is_wanted(const struct server *s)
{
    return hub_is_wanted(&s->hub) || door_is_due(s);
}
