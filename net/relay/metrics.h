/*
 * Numbers for Prometheus on a loopback socket: whatever is asked (at most 1 KiB is read), the whole
 * text is the answer. Names nobody and nothing of a session. Run by vitrine-relay.
 */
#ifndef NET_RELAY_METRICS_H
#define NET_RELAY_METRICS_H
#include "net/relay/hub.h"

#define METRICS_CLIENTS 8
#define METRICS_TEXT 8192
#define METRICS_MS 2000 /* one request at most */

struct metrics {
    int listener; /* -1: none */
    struct metrics_client {
        int fd; /* -1: free */
        uint64_t at_ms;
    } clients[METRICS_CLIENTS];
};

/* The text, without the head; its length. `handshakes`: unfinished ones. */
size_t metrics_write(const struct hub *h, size_t connections, size_t handshakes,
                     char out[METRICS_TEXT]);

void metrics_init(struct metrics *m, int listener); /* takes ownership */
void metrics_finish(struct metrics *m);
/* Nobody is answered any more but who is there already: the place is another process's to take. */
void metrics_stop(struct metrics *m);
/* Accepts; the new descriptor for the caller's epoll, -1 none. */
int metrics_accept(struct metrics *m, uint64_t now_ms);
/* Answers the client at `index` and closes it. */
void metrics_answer(struct metrics *m, size_t index, const char *text, size_t len);
/* The index a descriptor has; METRICS_CLIENTS: it is none of ours. */
size_t metrics_index(const struct metrics *m, int fd);
/* Closes who has not asked in time. */
void metrics_check(struct metrics *m, uint64_t now_ms);

#endif
