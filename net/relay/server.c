/* Sockets and turns of vitrine-relay. Distrusts everybody who connects, and how many they are. */
#include "net/relay/server.h"
#include "ch_relay.h"
#include "net/relay/door.h"
#include "net/relay/service.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 256

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
    return watch(s, fd, EPOLLIN | EPOLLET, &s->listeners[s->n_listeners++]);
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
    turns_lane_init(&s->unknown, &s->hub.sources.door);
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
    if (CRYPTO_memcmp(s->hub.tokens.current, keys->token_key, TOKEN_KEY) != 0) {
        memcpy(s->hub.tokens.previous, s->hub.tokens.current, TOKEN_KEY);
        s->hub.tokens.has_previous = true;
    }
    keys_finish(&s->keys);
    s->keys = *keys;
    *keys = (struct keys){0};
    memcpy(s->hub.tokens.current, s->keys.token_key, TOKEN_KEY);
}

void server_drain(struct server *s, uint16_t seconds)
{
    stop_accepting(s);
    metrics_stop(&s->metrics);
    hub_drain(&s->hub, seconds, server_now());
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
        door_note_pending(s, what);
    else if (what == &s->metrics.listener)
        accept_metrics(s, now);
    else if (is_within(what, s->metrics.clients, sizeof s->metrics.clients))
        on_metrics(s, *(int *)what);
    else
        service_note(s, what, e->events, now);
}

static void check_conns(struct server *s, struct hub_now now)
{
    for (struct conn *c = s->conns; c != NULL; c = c->after) {
        conn_check(c, now);
        door_recount(s, c);
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
    if (door_is_full(s) && due > now_ms + RELAY_TICK_MS)
        due = now_ms + RELAY_TICK_MS;
    if (s->paused.first != NULL && due > s->woken_ms + SERVICE_PAUSED_MS)
        due = s->woken_ms + SERVICE_PAUSED_MS;
    ms = due > now_ms ? (int)(due - now_ms) : 0;
    return ms < wait_ms ? ms : wait_ms;
}

/* Its pauses are shorter than the millisecond that epoll_wait(2) knows: a thousand who come back at
   once would wait for that, not for work. */
static void wait_for_door(struct server *s)
{
    uint64_t now_us = server_now_us(), left_us = s->door_us > now_us ? s->door_us - now_us : 0;
    struct timespec t = {.tv_nsec = (long)(left_us < 1000 ? left_us : 1000) * 1000};
    struct pollfd p = {.fd = s->epoll, .events = POLLIN};
    (void)ppoll(&p, 1, &t, NULL);
}

int server_hear(struct server *s, int wait_ms)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(s->epoll, events, EVENTS, wait_ms);
    struct hub_now now = server_now();
    if (n < 0 && errno != EINTR)
        return -1;
    for (int i = 0; i < n; i++)
        dispatch(s, &events[i], now);
    return 0;
}

int server_turn(struct server *s, int wait_ms)
{
    struct hub_now now;
    int ms = wait_time(s, wait_ms);
    if (ms > 0 && door_has_work(s)) {
        wait_for_door(s);
        ms = 0;
    }
    if (server_hear(s, ms) != 0)
        return -1;
    now = server_now();
    service_read(s, now);
    service_write(s, now); /* units before what is said about them */
    let_time_pass(s, now);
    if (s->control != NULL && s->control->queued > 0)
        chan_flush(s->control);
    service_write(s, now);
    door_serve(s, now);
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
        s->conns = c->after;
        conn_destroy(c, now);
    }
    hub_finish(&s->hub);
    keys_finish(&s->keys);
    if (s->epoll >= 0)
        close(s->epoll);
}
