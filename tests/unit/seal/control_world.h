/*
 * A world (world.h) with somebody who presents and somebody who may control. Used by the tests of
 * control.
 */
#ifndef TESTS_UNIT_SEAL_CONTROL_WORLD_H
#define TESTS_UNIT_SEAL_CONTROL_WORLD_H
#include "tests/unit/seal/world.h"

/* The organizer shares, one member looks on. */
static inline struct world_peer *control_start(struct world *w)
{
    world_init(w, WORLD_PASSWORD, false);
    struct world_peer *p = world_join(w);
    assert_true(organizer_share(w->o, w->now));
    world_run(w);
    return p;
}

/* p asks, the organizer agrees, both ends come up. 300 s, 60 s idle. */
static inline void control_set_up(struct world *w, struct world_peer *p, uint16_t caps, bool even)
{
    const struct signal_terms terms = {.caps = caps, .ttl_s = 300, .idle_s = 60};
    unsigned asked = w->c.asked, granted = w->c.granted;
    control_ask(joiner_control(p->j, w->now), caps, even, w->now);
    world_run(w);
    assert_int_equal(w->c.asked, asked + 1);
    control_grant(organizer_control(w->o, w->now), p->mid, w->c.request, &terms, w->now);
    world_run(w);
    assert_int_equal(w->c.granted, granted + 1);
    assert_true(w->c.live && p->c.live);
}

/* The organizer offers, p says yes; nobody presented before. */
static inline void control_hand_to(struct world *w, struct world_peer *p)
{
    unsigned offered = p->offered;
    organizer_offer(w->o, p->mid, w->now);
    world_run(w);
    assert_int_equal(p->offered, offered + 1);
    joiner_answer(p->j, true, w->now);
    world_run(w);
    assert_true(w->answered_yes && w->answered_mid == p->mid);
}

/* p presents in the organizer's place, and shows its screen. */
static inline void control_present(struct world *w, struct world_peer *p)
{
    organizer_unshare(w->o, false, w->now);
    control_hand_to(w, p);
    joiner_share(p->j, w->now);
    world_pass(w, 100);
}

static inline struct input_event key(uint8_t kind, uint8_t code)
{
    return (struct input_event){
        .kind = kind, .code = code, .keysym = kind == INPUT_KEY_DOWN ? 0x61 : 0};
}

static inline struct input_event motion(int32_t x, int32_t y)
{
    return (struct input_event){.kind = INPUT_MOTION, .x = x, .y = y};
}

static inline void control_do(struct world *w, struct world_peer *p, struct input_event e)
{
    assert_true(control_input(joiner_control(p->j, w->now), p->c.grant, &e, 1, w->now));
    world_run(w);
}

/* A relay that loses what belongs to pair channels. */
static inline bool lose_pair(struct world *w, struct world_item *i)
{
    (void)w;
    bool message = i->kind == WORLD_TO_ORGANIZER || i->kind == WORLD_TO_JOINER;
    return !message || i->bytes[0] != 0x41;
}

/* Time in steps of 5 ms. */
static inline void pass_finely(struct world *w, uint64_t ms)
{
    for (uint64_t i = 0; i < ms; i += 5)
        world_pass(w, 5);
}

#endif
