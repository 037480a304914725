/* For tests of channels: datagrams as they lie on the socket, to be changed and sent again. */
#ifndef TESTS_UNIT_LIB_WIRE_H
#define TESTS_UNIT_LIB_WIRE_H
#include "lib/chan.h"
#include "policy/limits.h"

struct wire {
    uint8_t bytes[MAX_DATAGRAM + 8];
    size_t len;
    int fds[64];
    size_t n_fds;
};

/* Takes the next datagram off a raw end; its descriptors are the caller's. */
void wire_take(int fd, struct wire *w);
/* Sends it as it is. 0 or -1. */
int wire_put(int fd, const struct wire *w);
void wire_finish(struct wire *w);
/* How many descriptors this process has open. */
int wire_open_fds(void);
/* A sealed memory file, as painters get. */
int wire_memory(void);
struct span wire_span(const char *text);

#endif
