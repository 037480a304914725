/*
 * What the input worker has down and what it has lent, as far as the gate let it pass, and whether
 * the pointer is where it went: pure book-keeping for vitrine-gate. The X server keeps keys and
 * buttons of a client that is gone down, and the keyboard map as that client left it; so the gate
 * takes both back before it goes itself.
 */
#ifndef BROKER_GATE_HELD_H
#define BROKER_GATE_HELD_H
#include "policy/limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Enough for every key and button released and every spare key taken back. */
#define HELD_BYTES ((256 + 32) * 36 + MAX_SPARES * 16)

struct held {
    uint8_t major; /* of XTEST */
    uint8_t keys[32];
    uint32_t buttons; /* bit n: button n + 1 */
    uint8_t lent[MAX_SPARES];
    uint8_t n_lent;
    bool placed; /* the pointer is where this worker has moved it, as far as is known */
};

void held_init(struct held *h, uint8_t major_xtest);
/* One permitted request that leaves now. */
void held_note(struct held *h, const uint8_t *request, size_t len);
/* Presses or moves something, or lifts what is not down by this worker. */
bool held_reaches(const struct held *h, const uint8_t *request, size_t len);
/* Presses a button though the worker has not brought the pointer here: nobody has judged the place.
 */
bool held_astray(const struct held *h, const uint8_t *request, size_t len);
/* The owner's hand is at work, and may leave the pointer anywhere. */
void held_lose_place(struct held *h);
/* The requests that take everything back, buttons first, into out[HELD_BYTES]; returns their length
   and forgets what was held. */
size_t held_let_go(struct held *h, uint8_t *out);

#endif
