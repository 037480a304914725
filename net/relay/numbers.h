/*
 * Session numbers: nine digits, the first not 0, drawn uniformly from the relay's range and not
 * given again for RELAY_NUMBER_MS (relay.md 7). Run by vitrine-relay; pure: randomness and time are
 * given.
 */
#ifndef NET_RELAY_NUMBERS_H
#define NET_RELAY_NUMBERS_H
#include "net/relay/map.h"

/* Fills out with len bytes of a CSPRNG. false: it failed, nothing may be drawn. */
typedef bool (*random_fn)(uint8_t *out, size_t len);

struct numbers {
    uint32_t first, count; /* the range */
    struct map recent;     /* the set of numbers in `given` */
    struct numbers_given {
        uint32_t number;
        uint64_t at_ms;
    } * given; /* ring, oldest first */
    size_t size, head, used;
    random_fn random;
};

/* low and high: first two digits, 10 to 99, low <= high. */
void numbers_init(struct numbers *n, uint8_t low, uint8_t high, random_fn random);
void numbers_finish(struct numbers *n);
/* A fresh number, or 0: none to be had now (no memory, RELAY_NUMBERS_MAX given within the time). */
uint32_t numbers_draw(struct numbers *n, uint64_t now_ms);
/* Notes a number that came back with a token, so that it is not drawn for somebody else. */
void numbers_note(struct numbers *n, uint32_t number, uint64_t now_ms);

#endif
