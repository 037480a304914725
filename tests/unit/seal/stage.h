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

static void stage_init(struct stage *s)
{
    world_init(&s->w, WORLD_PASSWORD, false);
    s->p = world_join(&s->w);
    assert_true(organizer_share(s->w.o, s->w.now));
    world_run(&s->w);
    s->w.keep_units = true;
    s->p->bound = false; /* from here on the test carries units */
}

static struct world_item *seal_next(struct stage *s, bool key, const char *content)
{
    organizer_screen(s->w.o, key, world_text(content), s->w.now);
    return s->w.units;
}

static void carry(struct stage *s, const struct world_item *i)
{
    joiner_unit(s->p->j, span_of(i->bytes, i->len), s->w.now);
}

#endif
