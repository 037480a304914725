/*
 * The relay's shell: listening sockets, epoll, the control channel, the clock. Run by
 * vitrine-relay. One thread, one turn after the other: events, then what the hub wants sent, then
 * time.
 */
#ifndef NET_RELAY_SERVER_H
#define NET_RELAY_SERVER_H
#include "lib/chan.h"
#include "net/relay/conn.h"
#include "net/relay/keys.h"
#include "net/relay/metrics.h"

#define SERVER_LISTENERS 4

struct server {
    struct hub hub;
    struct keys keys;
    struct chan *control;
    int epoll;
    int listeners[SERVER_LISTENERS];
    size_t n_listeners;
    struct metrics metrics;
    struct conn *conns;
    size_t n_conns, n_handshakes;
    struct turns_lane paused;   /* said too much */
    struct turns_lane unknown;  /* at the door, before a balancer has said whose they are */
    struct turns_lane openings; /* unfinished handshakes, the oldest first */
    struct conn *dead;
    uint64_t full_ms; /* since then nobody is accepted, as nobody can give way; 0: they are */
    bool pending[SERVER_LISTENERS]; /* there may be somebody */
    size_t next_listener;
    int writes; /* records left in this turn */
    uint64_t checked_ms, ticked_ms, woken_ms, door_ms;
    uint64_t door_us;   /* from when on the door may be served again */
    size_t next_errand; /* of the door */
    int steps;          /* of handshakes and first frames, left in this slice */
    unsigned tick_ms;
    bool stop;
};

/* Takes over the keys and the sockets (listening, made non-blocking here; metrics: -1 none). 0, or
 * -1 errno. */
int server_init(struct server *s, struct chan *control, struct keys *keys,
                const struct hub_config *config, const int *sockets, size_t n_sockets, int metrics);
void server_finish(struct server *s);
/* Until s->stop: the control channel ended, or a drain is over. 0, or -1 with errno. */
int server_run(struct server *s);
/* One turn, waiting at most wait_ms; server_run is this in a loop. */
int server_turn(struct server *s, int wait_ms);
/* Takes the events that are there, or come within wait_ms: who said something waits to be read. 0,
   or -1 with errno. Also in the middle of a turn, as long as nobody is being served. */
int server_hear(struct server *s, int wait_ms);
/* Takes over new keys for new connections; tokens of those before still verify, however often the
   same keys come again. */
void server_reload(struct server *s, struct keys *keys);
void server_drain(struct server *s, uint16_t seconds);
struct hub_now server_now(void);
uint64_t server_now_us(void); /* monotonic */

#endif
