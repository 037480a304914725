/*
 * One TCP connection of the relay: handshake, frames in, frames out, the end. Run by vitrine-relay;
 * what arrives is anybody's. Works on one non-blocking socket, edge-triggered: server.c says when
 * it may have become readable or writable.
 */
#ifndef NET_RELAY_CONN_H
#define NET_RELAY_CONN_H
#include "net/relay/hub.h"
#include <openssl/types.h>

enum conn_phase {
    CONN_PROXY, /* of a balancer: its head comes first, and says whose the connection is */
    CONN_HANDSHAKE,
    CONN_OPEN,    /* the hub knows it */
    CONN_CLOSING, /* we have said the last word; waiting for the other side to have read it */
    CONN_DEAD     /* to be destroyed at the end of this turn */
};

struct conn {
    enum conn_phase phase;
    int fd;
    SSL *ssl;
    struct hub *hub;
    struct source *source;  /* NULL while PROXY */
    struct source_key peer; /* where the connection itself comes from */
    struct client client;
    struct conn *before, *after; /* all connections of the server */
    struct conn *next_dead;
    struct conn **graves; /* where the dead wait to be destroyed */
    bool can_read;
    bool reads_when_writable; /* there is something to read, but TLS has to write before */
    uint32_t key_updates;     /* of the peer */
    bool is_deaf;             /* what it still says is not looked at */
    bool has_alpn;
    struct turns_place opening; /* among the unfinished handshakes: door.c */
    struct source *opens_for;   /* whose unfinished handshake it is counted as */
    uint64_t awaited_ms;  /* ... in which the other side is waited for since; 0: it waits for us */
    uint64_t took_ms;     /* ... and that took before */
    uint64_t deadline_ms; /* PROXY, HANDSHAKE, CLOSING */
    uint8_t head[FRAME_HEAD];
    size_t have;        /* bytes of the frame being read, head included */
    struct parcel *in;  /* once its head is there */
    struct parcel *out; /* being sent, `sent` bytes of it are in TLS */
    size_t sent;
};

enum conn_more {
    CONN_IDLE,  /* all there was has been read */
    CONN_MORE,  /* it had its share of this turn */
    CONN_HELD,  /* its unit waits for what its session sends: hub_hold */
    CONN_PAUSED /* it may not be read from now; conn_is_paused says how long */
};

/* Takes ownership of fd and of one reference to source (source_release); without a source the
   first bytes have to be a PROXY v2 head. NULL: no memory, fd closed. */
struct conn *conn_create(int fd, SSL_CTX *tls, struct hub *hub, struct source *source,
                         struct source_key peer, struct hub_now now);
bool conn_is_opening(const struct conn *c); /* PROXY or HANDSHAKE */
/* Leaves the hub at once and goes to *graves; conn_destroy comes at the end of a turn, a few in
   each, when no event and no list names it any more. */
void conn_die(struct conn *c, struct hub_now now);
void conn_destroy(struct conn *c, struct hub_now now);
/* Goes on with the handshake, then reads and handles frames. */
enum conn_more conn_read(struct conn *c, struct hub_now now);
/* False also where its unit is to be held: whoever reads it then hands it to hub_hold, and it is
   not forgotten here. */
bool conn_is_paused(const struct conn *c, uint64_t now_ms);
/* Sends what its queue holds, at most RELAY_WRITE_BURST records; returns how many, and lines it up
   again when there is more. */
int conn_write(struct conn *c, struct hub_now now);
/* Its handshake takes too long: the end, and told where it is we who have waited. */
void conn_die_slow(struct conn *c, struct hub_now now);
/* Time passes: called once a second. */
void conn_check(struct conn *c, struct hub_now now);
struct conn *conn_of(struct client *c);

#endif
