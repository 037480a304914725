/* Sockets and turns of vitrine-relay. Distrusts everybody who connects, and how many they are. */
#include "net/relay/server.h"
#include "ch_relay.h"
#include "net/relay/service.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 256
#define ACCEPTS 16 /* connections taken from one listener in a turn */
#define HURRY_MS                                                                                   \
    1000 /* with all places taken, a handshake older than this gives way to a new one */
#define NOT_SENT 65536

struct hub_now server_now(void)
{
    struct timespec mono, wall;
    clock_gettime(CLOCK_MONOTONIC, &mono);
    clock_gettime(CLOCK_REALTIME, &wall);
    return (struct hub_now){
        .ms = (uint64_t)mono.tv_sec * 1000 + (uint64_t)mono.tv_nsec / 1000000 + 1,
        .unix_s = (uint64_t)wall.tv_sec,
    };
}

uint64_t server_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- set-up --------------------------------------------------------------------------------------
 */

static int watch(struct server *s, int fd, uint32_t events, void *what)
{
    struct epoll_event e = {.events = events, .data.ptr = what};
    return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e);
}

static int add_listener(struct server *s, int fd)
{
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
        return -1;
    s->listeners[s->n_listeners] = fd;
    return watch(s, fd, EPOLLIN, &s->listeners[s->n_listeners++]);
}

int server_init(struct server *s, struct chan *control, struct keys *keys,
                const struct hub_config *config, const int *sockets, size_t n_sockets, int metrics)
{
    memset(s, 0, sizeof *s);
    s->control = control;
    s->keys = *keys;
    *keys = (struct keys){0};
    s->tick_ms = RELAY_REPORT_MS;
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    metrics_init(&s->metrics, metrics);
    if (s->epoll < 0 || !hub_init(&s->hub, config))
        return -1;
    memcpy(s->hub.tokens.current, s->keys.token_key, TOKEN_KEY);
    for (size_t i = 0; i < n_sockets && i < SERVER_LISTENERS; i++)
        if (add_listener(s, sockets[i]) != 0)
            return -1;
    if (metrics >= 0 && (fcntl(metrics, F_SETFL, O_NONBLOCK) != 0 ||
                         watch(s, metrics, EPOLLIN, &s->metrics.listener) != 0))
        return -1;
    return control == NULL ? 0 : watch(s, control->fd, EPOLLIN, control);
}

static void stop_accepting(struct server *s)
{
    for (size_t i = 0; i < s->n_listeners; i++)
        close(s->listeners[i]);
    s->n_listeners = 0;
}

void server_reload(struct server *s, struct keys *keys)
{
    memcpy(s->hub.tokens.previous, s->hub.tokens.current, TOKEN_KEY);
    s->hub.tokens.has_previous = true;
    keys_finish(&s->keys);
    s->keys = *keys;
    *keys = (struct keys){0};
    memcpy(s->hub.tokens.current, s->keys.token_key, TOKEN_KEY);
}

void server_drain(struct server *s, uint16_t seconds)
{
    stop_accepting(s);
    hub_drain(&s->hub, seconds, server_now());
}

/* --- connections ---------------------------------------------------------------------------------
 */

static void link_conn(struct server *s, struct conn *c)
{
    c->after = s->conns;
    if (c->after != NULL)
        c->after->before = c;
    s->conns = c;
    s->n_conns++;
    s->n_handshakes++;
    c->is_counted = true;
}

void server_recount(struct server *s, struct conn *c)
{
    if (c->is_counted && !conn_is_opening(c)) {
        c->is_counted = false;
        s->n_handshakes--;
    }
}

static void unlink_conn(struct server *s, struct conn *c)
{
    *(c->before ? &c->before->after : &s->conns) = c->after;
    if (c->after != NULL)
        c->after->before = c->before;
    s->n_conns--;
}

static void tune(int fd)
{
    int on = 1, low = NOT_SENT, patience = SILENCE_MS;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &low, sizeof low);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
}

/* Whoever is slowest to shake hands makes room, if it has had a fair time. */
static bool room_for_handshake(struct server *s, struct hub_now now)
{
    struct conn *slowest = NULL;
    if (s->n_handshakes < RELAY_HANDSHAKES_MAX)
        return true;
    for (struct conn *c = s->conns; c != NULL; c = c->after)
        if (conn_is_opening(c))
            slowest = c; /* the list begins with the newest */
    if (slowest == NULL || slowest->deadline_ms - RELAY_HANDSHAKE_MS + HURRY_MS > now.ms)
        return false;
    conn_die(slowest, now);
    server_recount(s, slowest);
    return true;
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

static void welcome(struct server *s, int fd, const struct sockaddr *from, struct hub_now now)
{
    bool balancer = is_balancer(s, from), room = s->n_conns < s->hub.max_clients;
    struct source_key key = source_key_of(from);
    struct source *source = NULL;
    struct conn *c;
    room = room && room_for_handshake(s, now);
    if (room && !balancer)
        source = source_accept(&s->hub.sources, key, now.ms);
    if (!room || (source == NULL && !balancer)) {
        close(fd);
        return;
    }
    tune(fd);
    c = conn_create(fd, s->keys.tls, &s->hub, source, key, now);
    if (c == NULL)
        return;
    c->graves = &s->dead;
    c->can_read = true;
    link_conn(s, c);
    if (watch(s, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, c) != 0)
        conn_die(c, now);
}

static void accept_some(struct server *s, int listener, struct hub_now now)
{
    int most = turns_is_idle(&s->hub.turns[HUB_WRITE]) ? ACCEPTS : 1;
    for (int i = 0; i < most; i++) {
        struct sockaddr_storage from = {0};
        socklen_t len = sizeof from;
        int fd = accept4(listener, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        welcome(s, fd, (struct sockaddr *)&from, now);
    }
}

/* --- turns ---------------------------------------------------------------------------------------
 */

static void on_control(struct server *s)
{
    if (s->control->fd < 0 || chan_receive(s->control, 16) != CHAN_OK)
        s->stop = true; /* without the parent there is no relay */
}

static void on_metrics(struct server *s, int fd)
{
    char text[METRICS_TEXT];
    size_t i = metrics_index(&s->metrics, fd);
    if (i < METRICS_CLIENTS)
        metrics_answer(&s->metrics, i, text,
                       metrics_write(&s->hub, s->n_conns, s->n_handshakes, text));
}

static void accept_metrics(struct server *s, struct hub_now now)
{
    int fd = metrics_accept(&s->metrics, now.ms);
    size_t i = metrics_index(&s->metrics, fd);
    if (i < METRICS_CLIENTS)
        watch(s, fd, EPOLLIN, &s->metrics.clients[i].fd);
}

static bool is_within(const void *p, const void *begin, size_t len)
{
    return (uintptr_t)p >= (uintptr_t)begin && (uintptr_t)p < (uintptr_t)begin + len;
}

static void dispatch(struct server *s, const struct epoll_event *e, struct hub_now now)
{
    void *what = e->data.ptr;
    if (what == s->control)
        on_control(s);
    else if (is_within(what, s->listeners, sizeof s->listeners))
        accept_some(s, *(int *)what, now);
    else if (what == &s->metrics.listener)
        accept_metrics(s, now);
    else if (is_within(what, s->metrics.clients, sizeof s->metrics.clients))
        on_metrics(s, *(int *)what);
    else
        service_note(s, what, e->events, now);
}

/* Nothing is freed before the end of a turn: events and lists may still name it. */
static void bury_dead(struct server *s, struct hub_now now)
{
    struct conn *c;
    while ((c = s->dead) != NULL) {
        s->dead = c->next_dead;
        server_recount(s, c);
        unlink_conn(s, c);
        conn_destroy(c, now);
    }
}

static void check_conns(struct server *s, struct hub_now now)
{
    for (struct conn *c = s->conns; c != NULL; c = c->after) {
        conn_check(c, now);
        server_recount(s, c);
    }
    metrics_check(&s->metrics, now.ms);
    s->checked_ms = now.ms;
}

static unsigned tick_after(const struct server *s)
{
    return s->hub.stirred && s->tick_ms > RELAY_TICK_MS ? RELAY_TICK_MS : s->tick_ms;
}

static void let_time_pass(struct server *s, struct hub_now now)
{
    if (now.ms - s->ticked_ms >= tick_after(s)) {
        s->ticked_ms = now.ms;
        s->tick_ms = hub_tick(&s->hub, now);
    }
    if (now.ms - s->checked_ms >= 1000)
        check_conns(s, now);
    if (s->hub.drain_ms != 0 && (s->n_conns == 0 || now.ms >= s->hub.drain_ms + 2 * RELAY_FLUSH_MS))
        s->stop = true;
}

static int wait_time(const struct server *s, int wait_ms)
{
    uint64_t now_ms = server_now().ms, due = s->ticked_ms + tick_after(s);
    int ms;
    if (service_is_wanted(s))
        return 0;
    if (s->shaking.first != NULL && due > now_ms + 1)
        due = now_ms + 1; /* soon: service_shake */
    if (s->paused.first != NULL && due > s->woken_ms + SERVICE_PAUSED_MS)
        due = s->woken_ms + SERVICE_PAUSED_MS;
    ms = due > now_ms ? (int)(due - now_ms) : 0;
    return ms < wait_ms ? ms : wait_ms;
}

int server_turn(struct server *s, int wait_ms)
{
    struct epoll_event events[EVENTS];
    struct hub_now now;
    int n = epoll_wait(s->epoll, events, EVENTS, wait_time(s, wait_ms));
    if (n < 0 && errno != EINTR)
        return -1;
    now = server_now();
    for (int i = 0; i < n; i++)
        dispatch(s, &events[i], now);
    service_read(s, now);
    service_write(s, now); /* units before what is said about them */
    let_time_pass(s, now);
    if (s->control != NULL && s->control->queued > 0)
        chan_flush(s->control);
    service_write(s, now);
    service_shake(s, now);
    bury_dead(s, now);
    return 0;
}

int server_run(struct server *s)
{
    while (!s->stop)
        if (server_turn(s, 1000) != 0)
            return -1;
    return 0;
}

void server_finish(struct server *s)
{
    struct hub_now now = server_now();
    stop_accepting(s);
    metrics_finish(&s->metrics);
    while (s->conns != NULL) {
        struct conn *c = s->conns;
        unlink_conn(s, c);
        conn_destroy(c, now);
    }
    hub_finish(&s->hub);
    keys_finish(&s->keys);
    if (s->epoll >= 0)
        close(s->epoll);
}
