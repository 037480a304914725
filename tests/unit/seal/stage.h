/*
 * A presenter and one who watches, between whom the test carries the units. Used by the tests of
 * what a relay does to them.
 */
#ifndef TESTS_UNIT_SEAL_STAGE_H
#define TESTS_UNIT_SEAL_STAGE_H
#include "tests/unit/seal/world.h"

struct stage {
    struct world w;
    struct world_peer *p;
};

static inline void stage_init(struct stage *s)
{
    world_init(&s->w, WORLD_PASSWORD, false);
    s->p = world_join(&s->w);
    assert_true(organizer_share(s->w.o, s->w.now));
    world_run(&s->w);
    s->w.keep_units = true;
    s->p->bound = false; /* from here on the test carries units */
}

static inline struct world_item *seal_next(struct stage *s, bool key, const char *content)
{
    organizer_screen(s->w.o, key, world_text(content), s->w.now);
    return s->w.units;
}

static inline void carry(struct stage *s, const struct world_item *i)
{
    joiner_unit(s->p->j, span_of(i->bytes, i->len), s->w.now);
}

/* Of all that is sealed meanwhile only STATUS passes. */
static inline void pass_with_status(struct stage *s, uint64_t ms)
{
    for (uint64_t end = s->w.now + ms; s->w.now < end && !s->p->ended;) {
        const struct world_item *before = s->w.units;
        world_pass(&s->w, 100);
        if (s->w.units != before)
            carry(s, s->w.units);
    }
}

/* The relay keeps EPOCH back: units of it wait for two seconds, then they are lost; more of them
 * end it. */
static inline bool keep_epoch(struct world *w, struct world_item *i)
{
    return i->kind != WORLD_TO_JOINER || i->peer != 0 || !w->touch_ctx;
}

#endif
