/*
 * A world (world.h) with two members who write to one another; one of them may have a client of its
 * own. Used by the tests of chat.
 */
#ifndef TESTS_UNIT_SEAL_CHAT_WORLD_H
#define TESTS_UNIT_SEAL_CHAT_WORLD_H
#include "net/seal/joiner_state.h"
#include "tests/unit/seal/world.h"

static inline void chat_write(struct world *w, struct world_peer *p, const char *s)
{
    assert_true(p ? joiner_chat(p->j, world_text(s), w->now)
                  : organizer_chat(w->o, world_text(s), w->now));
    world_run(w);
}

static inline void chat_start(struct world *w, struct world_peer **p, struct world_peer **q)
{
    world_init(w, WORLD_PASSWORD, false);
    *p = world_join(w);
    *q = world_join(w);
}

/* A unit that p's client made by itself, with p's keys or as another's. */
static inline void chat_say_raw(struct world *w, struct world_peer *p, uint16_t as,
                                struct span content)
{
    static uint8_t wire[UNIT_WIRE_MAX];
    group_set_own_mid(p->j->group, as);
    size_t len = group_seal(p->j->group, STREAM_CHAT, 0, content, wire);
    group_set_own_mid(p->j->group, p->mid);
    assert_true(len > 0);
    p->j->port->unit(p->j->port->ctx, span_of(wire, len));
    world_run(w);
}

#endif
