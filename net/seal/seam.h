/*
 * The seam between two epochs of one presenter's screen. Counters begin anew with each epoch, so
 * that none of them tells of units lost at the end of the one before: STATUS does
 * (PROTOCOL.md 13). Run by vitrine-seal of a viewer; pure.
 */
#ifndef NET_SEAL_SEAM_H
#define NET_SEAL_SEAM_H
#include <stdbool.h>
#include <stdint.h>

struct seam {
    uint32_t epoch; /* of the newest unit; 0 none */
    uint64_t ctr;   /* expected next in it */
    bool based;     /* it is known how many units were sealed before that epoch: */
    uint64_t base;
    uint32_t told; /* epoch of the newest STATUS, and what it says was sealed before it */
    uint64_t total;
};

/* Another presenter: what follows begins with a KEY unit. */
void seam_forget(struct seam *s);
/* A unit that was opened, and the counter after it. false: something sealed before that epoch is
   missing, or this is of an epoch that is over: the picture has to begin anew. */
bool seam_unit(struct seam *s, uint32_t epoch, bool key, uint64_t next_ctr);
/* STATUS of that epoch: so many screen units were sealed before it. false: as above. */
bool seam_status(struct seam *s, uint32_t epoch, uint64_t total);
/* How many have come, counted over all epochs, with those that were jumped over; 0: none, or it is
   not known. */
uint64_t seam_have(const struct seam *s);

#endif
