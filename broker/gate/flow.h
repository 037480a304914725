/*
 * One direction of the gate: a buffer between two connected sockets, with the descriptors that came
 * in the same chunk. Used by vitrine-gate only; it does not look at the bytes.
 */
#ifndef BROKER_GATE_FLOW_H
#define BROKER_GATE_FLOW_H
#include "policy/limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Four of the longest requests; the X library's own buffer is 16 KiB. */
#define FLOW_BYTES 65536
#define FLOW_FDS 8

enum flow_result {
    FLOW_OK,
    FLOW_FULL, /* nothing to read now, or the other side takes no more now */
    FLOW_OVER  /* closed or broken */
};

struct flow {
    int from, to; /* not owned */
    size_t start, len;
    bool starved; /* the last write met a shortage (chan_is_shortage): poll(2) does not tell of its
                     end */
    int fds[FLOW_FDS]; /* owned; they leave with the first byte */
    size_t n_fds;
    uint8_t bytes[FLOW_BYTES];
};

void flow_init(struct flow *f, int from, int to);
/* Closes descriptors that did not leave; wipes the buffer. */
void flow_finish(struct flow *f);
/* Reads what there is, once, behind what is held. */
enum flow_result flow_read(struct flow *f);
/* Writes up to n held bytes, once, and the descriptors with them. *left is what remains of n. */
enum flow_result flow_write(struct flow *f, size_t n, size_t *left);
/* The bytes held. */
static inline const uint8_t *flow_bytes(const struct flow *f)
{
    return f->bytes + f->start;
}
static inline uint8_t *flow_change(struct flow *f)
{
    return f->bytes + f->start;
}
/* Puts `put` bytes in the place of the first `cut` held. false: no room. */
bool flow_replace(struct flow *f, size_t cut, const uint8_t *bytes, size_t put);

#endif
