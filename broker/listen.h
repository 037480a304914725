/* Listening sockets for the relay, made by the launcher before anything of a client is parsed. */
#ifndef BROKER_LISTEN_H
#define BROKER_LISTEN_H
#include <stdint.h>

struct listening {
    int fds[2];
    unsigned n;
    uint16_t port; /* the one they share */
};

/* `address`: numeric IPv4 or IPv6, "localhost", or "" for all addresses; the latter two are IPv6
   and IPv4 as far as this machine has them. Port 0: a free one, the same for both. 0, or -1 with
   errno (EINVAL: not an address). */
int listen_on(const char *address, uint16_t port, struct listening *out);
void listen_finish(struct listening *l);

#define LISTEN_ROUTE 46 /* a numeric address, terminated */
/* Under which address others reach this machine: its own on the default route (IPv4, else IPv6),
   else loopback. Sends nothing. */
void listen_route(char out[LISTEN_ROUTE]);

#endif
