/*
 * Somebody who is attached to the session and nobody in it. Used by the tests of RESUME.
 */
#ifndef TESTS_UNIT_SEAL_STRANGER_H
#define TESTS_UNIT_SEAL_STRANGER_H
#include "net/seal/outer.h"
#include "tests/unit/seal/world.h"

#define STRANGER 0x77777777

/* A connection of nobody's says RESUME for that member; false: it is dropped. */
static inline bool stranger_resumes(struct world *w, uint32_t handle, uint16_t mid, uint32_t count)
{
    const struct outer_resume r = {.handle = handle, .mid = mid, .count = count};
    uint8_t out[OUTER_RESUME_LEN];
    unsigned dropped = w->others_dropped;
    outer_resume_build(&r, out);
    organizer_message(w->o, handle, span_of(out, sizeof out), w->now);
    world_run(w);
    return w->others_dropped == dropped;
}

#endif
