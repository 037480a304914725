/*
 * The organizer's limit on password guesses (e2e.md 6): a failure is counted when confirmV leaves
 * and given back when a valid confirmP arrives. Pure; time is passed in.
 */
#ifndef NET_SEAL_GUESS_H
#define NET_SEAL_GUESS_H
#include <stdbool.h>
#include <stdint.h>

struct guess {
    uint32_t tokens;
    uint64_t refill_at_ms; /* when the next token comes; meaningful below GUESS_BUCKET */
    uint32_t open;         /* confirmV sent, nothing known yet */
    uint32_t wrong;        /* failed or abandoned under this password */
};

/* A full bucket; again for every new password. */
void guess_init(struct guess *g);
/* Refills. Call before the others with the present time. */
void guess_tick(struct guess *g, uint64_t now_ms);
/* May a confirmV leave now? */
bool guess_may(const struct guess *g);
/* It leaves. */
void guess_take(struct guess *g, uint64_t now_ms);
/* A valid confirmP came. */
void guess_return(struct guess *g);
/* A wrong one, or none. */
void guess_fail(struct guess *g);
/* GUESS_MAX reached: nothing more until there is a new password. */
bool guess_stopped(const struct guess *g);
/* When guess_may can change by time alone; UINT64_MAX: never. */
uint64_t guess_due(const struct guess *g);

#endif
