/* Connections in no session. Run by vitrine-relay; distrusts everybody who connects, and how many
   they are. */
#include "net/relay/door.h"
#include "net/relay/service.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* With all places taken, a handshake for which we have waited so long gives way to a new one. */
#define HURRY_MS 1000
#define NOT_SENT_BYTES 65536

bool door_is_for(const struct conn *c)
{
    return c->phase != CONN_DEAD && (c->phase != CONN_OPEN || c->client.session == NULL);
}

void door_await(struct conn *c, struct hub_now now)
{
    if (conn_is_opening(c) && c->awaited_ms == 0)
        c->awaited_ms = now.ms;
}

static uint64_t took_ms(const struct conn *c, struct hub_now now)
{
    return c->took_ms + (c->awaited_ms != 0 ? now.ms - c->awaited_ms : 0);
}

void door_line_up(struct server *s, struct conn *c, struct hub_now now)
{
    c->took_ms = took_ms(c, now);
    c->awaited_ms = 0;
    turns_put(c->source != NULL ? &c->source->door : &s->unknown, &c->client.reading);
}

/* --- unfinished handshakes -----------------------------------------------------------------------
 */

void door_recount(struct server *s, struct conn *c)
{
    bool opening = conn_is_opening(c);
    struct source *of = opening ? c->source : NULL;
    if (c->opens_for != NULL && c->opens_for != of)
        c->opens_for->openings--;
    if (of != NULL && c->opens_for != of)
        of->openings++;
    c->opens_for = of;
    if (c->opening.lane != NULL && !opening) {
        turns_leave(&c->opening);
        s->n_handshakes--;
        s->full_ms = 0;
    }
}

static struct conn *opening_conn(struct turns_place *p)
{
    return (struct conn *)(void *)((char *)p - offsetof(struct conn, opening));
}

static uint32_t openings_of(const struct conn *c)
{
    return c->source != NULL ? c->source->openings : 0;
}

/* The one that would rather be missed: it keeps us waiting, and for longer. Of those that wait for
   us, which is honest work, the one that has waited least. */
static bool gives_way_before(const struct conn *a, const struct conn *b, struct hub_now now)
{
    if ((a->awaited_ms != 0) != (b->awaited_ms != 0))
        return a->awaited_ms != 0;
    return a->awaited_ms == 0 || took_ms(a, now) > took_ms(b, now);
}

/* Of the source that has most of them. */
static struct conn *last_of_crowd(struct server *s, struct hub_now now)
{
    struct conn *found = opening_conn(s->openings.first);
    for (struct turns_place *p = found->opening.after; p != NULL; p = p->after) {
        struct conn *c = opening_conn(p);
        uint32_t most = openings_of(found), n = openings_of(c);
        if (n > most ||
            (n == most && c->source == found->source && gives_way_before(c, found, now)))
            found = c;
    }
    return found;
}

/* Of all that have had a fair time; NULL: none has. */
static struct conn *slowest(struct server *s, struct hub_now now)
{
    struct conn *found = opening_conn(s->openings.first);
    for (struct turns_place *p = found->opening.after; p != NULL; p = p->after)
        if (gives_way_before(opening_conn(p), found, now))
            found = opening_conn(p);
    return found->awaited_ms != 0 && took_ms(found, now) >= HURRY_MS ? found : NULL;
}

/* A source that has fewer than another gets one of the other's places; among equals the slowest
   makes room, if it has had a fair time. */
static bool room_for(struct server *s, const struct source *source, struct hub_now now)
{
    struct conn *out;
    if (s->n_handshakes < RELAY_HANDSHAKES_MAX)
        return true;
    out = last_of_crowd(s, now);
    if (source == NULL || openings_of(out) <= source->openings + 1)
        out = slowest(s, now);
    if (out == NULL)
        return false;
    if (out->awaited_ms != 0 && took_ms(out, now) >= HURRY_MS)
        conn_die_slow(out, now);
    else
        conn_die(out, now);
    door_recount(s, out);
    return true;
}

/* --- accepting -----------------------------------------------------------------------------------
 */

static void link_conn(struct server *s, struct conn *c)
{
    c->after = s->conns;
    if (c->after != NULL)
        c->after->before = c;
    s->conns = c;
    s->n_conns++;
    s->n_handshakes++;
    turns_put(&s->openings, &c->opening);
    door_recount(s, c);
}

static void tune(int fd)
{
    int on = 1, low = NOT_SENT_BYTES, patience = SILENCE_MS;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &low, sizeof low);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
}

static bool is_balancer(const struct server *s, const struct sockaddr *from)
{
    const struct hub_config *c = &s->hub.config;
    uint8_t address[16] = {[10] = 0xff, [11] = 0xff};
    if (from->sa_family == AF_INET)
        memcpy(address + 12, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
    else
        memcpy(address, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
    for (size_t i = 0; i < c->n_proxies; i++)
        if (memcmp(address, c->proxies[i], sizeof address) == 0)
            return true;
    return false;
}

static void begin(struct server *s, int fd, struct source *source, struct source_key key,
                  struct hub_now now)
{
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET};
    struct conn *c;
    tune(fd);
    c = conn_create(fd, s->keys.tls, &s->hub, source, key, now);
    if (c == NULL)
        return;
    c->graves = &s->dead;
    c->can_read = true;
    c->awaited_ms = now.ms;
    link_conn(s, c);
    e.data.ptr = c;
    if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e) != 0)
        conn_die(c, now);
}

/* false: refused. */
static bool welcome(struct server *s, int fd, const struct sockaddr *from, struct hub_now now)
{
    bool balancer = is_balancer(s, from), room = s->n_conns < s->hub.max_clients;
    struct source_key key = source_key_of(from);
    struct source *source = NULL;
    if (room && !balancer)
        source = source_accept(&s->hub.sources, key, now.ms);
    if (!room || (source == NULL && !balancer) || !room_for(s, source, now)) {
        source_release(source);
        close(fd);
        return false;
    }
    begin(s, fd, source, key, now);
    return true;
}

void door_note_pending(struct server *s, int *listener)
{
    s->pending[listener - s->listeners] = true;
}

enum arrival {
    ARRIVAL_NONE, /* nobody is there */
    ARRIVAL_REFUSED,
    ARRIVAL_IN
};

static enum arrival accept_at(struct server *s, size_t i, struct hub_now now)
{
    struct sockaddr_storage from = {0};
    socklen_t len = sizeof from;
    int fd = accept4(s->listeners[i], (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        s->pending[i] = errno != EAGAIN;
        return ARRIVAL_NONE;
    }
    return welcome(s, fd, (struct sockaddr *)&from, now) ? ARRIVAL_IN : ARRIVAL_REFUSED;
}

/* Could there be room for anybody? Else whoever comes would be refused for nothing they did: they
   stay in the kernel's queue. */
static bool may_accept(struct server *s, struct hub_now now)
{
    bool full = s->n_handshakes >= RELAY_HANDSHAKES_MAX &&
                openings_of(last_of_crowd(s, now)) <= 1 && slowest(s, now) == NULL;
    s->full_ms = full ? now.ms : 0;
    return !full;
}

static enum arrival accept_next(struct server *s, struct hub_now now)
{
    enum arrival a = ARRIVAL_NONE;
    if (!may_accept(s, now))
        return a;
    for (size_t n = 0; n < s->n_listeners && a == ARRIVAL_NONE; n++) {
        size_t i = s->next_listener++ % s->n_listeners;
        if (s->pending[i])
            a = accept_at(s, i, now);
    }
    return a;
}

/* Who is refused is not one, and costs next to nothing: a source over its limits would keep the
   others waiting in the kernel until their time is over. */
static bool accept_one(struct server *s, struct hub_now now)
{
    enum arrival a = ARRIVAL_REFUSED;
    for (int i = 0; i < RELAY_DOOR_MOST && a == ARRIVAL_REFUSED; i++)
        a = accept_next(s, now);
    return a != ARRIVAL_NONE;
}

/* --- the slice of a turn -------------------------------------------------------------------------
 */

static bool step_one(struct server *s, struct hub_now now)
{
    struct turns_place *p = s->steps > 0 ? turns_take(&s->hub.sources.door) : NULL;
    if (p == NULL)
        return false;
    s->steps--;
    service_read_one(s, conn_of(hub_reader(p)), now);
    return true;
}

static bool bury_one(struct server *s, struct hub_now now)
{
    struct conn *c = s->dead;
    if (c == NULL)
        return false;
    s->dead = c->next_dead;
    door_recount(s, c);
    *(c->before ? &c->before->after : &s->conns) = c->after;
    if (c->after != NULL)
        c->after->before = c->before;
    s->n_conns--;
    conn_destroy(c, now);
    return true;
}

bool door_is_full(const struct server *s)
{
    return s->full_ms != 0;
}

static bool is_pending(const struct server *s)
{
    if (door_is_full(s))
        return false;
    for (size_t i = 0; i < s->n_listeners; i++)
        if (s->pending[i])
            return true;
    return false;
}

bool door_has_work(const struct server *s)
{
    return s->dead != NULL || !turns_is_idle(&s->hub.sources.door) || is_pending(s);
}

bool door_is_due(const struct server *s)
{
    return door_has_work(s) && server_now_us() >= s->door_us;
}

/* They take turns, so that none of them waits for the others' crowds. */
static bool (*const errands[])(struct server *, struct hub_now) = {bury_one, accept_one, step_one};
enum { ERRANDS = sizeof errands / sizeof errands[0] };

/* false: nothing is left. */
static bool serve_one(struct server *s, struct hub_now now)
{
    for (int i = 0; i < ERRANDS; i++)
        if (errands[s->next_errand++ % ERRANDS](s, now))
            return true;
    return false;
}

/* Somebody in a session waits to be read, or something to be sent. Asks the kernel: what has come
   since this turn began counts. */
static bool is_called_away(struct server *s)
{
    return server_hear(s, 0) < 0 || hub_is_wanted(&s->hub);
}

static void serve_slice(struct server *s, struct hub_now now)
{
    uint64_t begun_us = server_now_us(), ended_us;
    int most = RELAY_DOOR_MOST;
    s->steps = RELAY_DOOR_STEPS;
    do
        if (!serve_one(s, now))
            break;
    while (--most > 0 && server_now_us() < begun_us + RELAY_DOOR_US && !is_called_away(s));
    ended_us = server_now_us();
    s->door_us = ended_us + (ended_us - begun_us);
}

void door_serve(struct server *s, struct hub_now now)
{
    if (now.ms - s->full_ms >= RELAY_TICK_MS)
        s->full_ms = 0;
    if (!door_has_work(s))
        s->door_ms = now.ms; /* whoever comes now waits from now on */
    if (!door_is_due(s) || (is_called_away(s) && now.ms - s->door_ms < RELAY_DOOR_MS))
        return;
    s->door_ms = now.ms;
    serve_slice(s, now); /* of one step, if somebody waits */
}
