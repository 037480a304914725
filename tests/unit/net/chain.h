/*
 * The real programs vitrine-relay, vitrine-dial and vitrine-net, started as their parent would
 * (without namespaces: tests/unit is no place for them), with the test as broker and as seal.
 */
#ifndef TESTS_UNIT_NET_CHAIN_H
#define TESTS_UNIT_NET_CHAIN_H
#include "ch_dial.h"
#include "ch_link.h"
#include "ch_net.h"
#include "ch_relay.h"
#include <stdbool.h>
#include <sys/types.h>

#define CHAIN_BYTES 200000

struct chain_relay {
    pid_t pid;
    struct chan control;
    uint16_t port, metrics_port;
    uint8_t pin[16];
    bool ready, serving, taken, drained;
    int events;
};

/* One client: its net, and what has come out of it, in order. */
struct chain_party {
    pid_t pid;
    struct chan control, link;
    bool ready, opened, closed, link_gone;
    struct msg_net_closed end;
    int failed; /* FAILED.code, 0 none */
    char sid[10];
    uint32_t handle;
    uint8_t params[255];
    size_t n_params;
    int bound;     /* mid; 0 not yet */
    uint32_t peer; /* of the last LINK_PEER or LINK_MSG */
    uint8_t peer_state;
    int away; /* -1 not told */
    int n_msgs, n_units, n_needs;
    uint8_t last[CHAIN_BYTES]; /* body of the last LINK_MSG, or the last unit */
    size_t n_last;
    bool deaf; /* seal does not read */
};

/* certificate, key: files handed over, -1: a key for this run. */
void chain_relay_start(struct chain_relay *r, int certificate, int key);
/* Hands it another certificate and key, as on SIGHUP; waits for its answer. */
void chain_relay_reload(struct chain_relay *r, int certificate, int key);
void chain_relay_stop(struct chain_relay *r);

/* A connected socket from vitrine-dial; -1: *stage and *error say why. */
int chain_dial(const char *host, uint16_t port, int *stage, int *error);

struct chain_want {
    const char *host;   /* NULL: 127.0.0.1 */
    const uint8_t *pin; /* NULL: chain */
    const char *sid;    /* NULL: create */
    int anchors;        /* file, 0: none */
};
/* Starts net on a dialled socket of its own. */
void chain_join(struct chain_party *p, const struct chain_relay *r, const struct chain_want *want);
/* Another socket and another link for a party whose connection has been lost. */
void chain_return(struct chain_party *p, const struct chain_relay *r,
                  const struct chain_want *want);
void chain_leave(struct chain_party *p);

/* Lets everybody run until *flag is set or two seconds are over; returns *flag. */
bool chain_until(struct chain_party *const *all, int n, const bool *flag);
void chain_run(struct chain_party *const *all, int n, int ms);
bool chain_until_count(struct chain_party *const *all, int n, const int *count, int want);

#endif
