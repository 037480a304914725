/*
 * Property 10 of e2e.md 15: input comes from the holder of the present grant, and from nobody else.
 */
#include "tests/hostile/pair_attack.h"

static void attack(struct world *w, struct attacker *a)
{
    struct input_event events[MAX_INPUT_EVENTS];
    unsigned n = 0;
    enum e2e_code code = E_NONE;
    for (int i = 0; i < 8; i++) {
        (void)pair_next(a->pair, events, &n, &code);
        for (size_t len; (len = pair_take(a->pair, a->out));) {
            if (a->to_organizer)
                organizer_message(w->o, a->as->handle, span_of(a->out, len), w->now);
            else
                joiner_message(a->as->j, 1, span_of(a->out, len), w->now);
        }
        world_run(w);
    }
}

/* p was granted; q, with the relay and every key but p's, takes its place. Seen to fail: pair.c
   take_proof does not ask sig_verify: control is granted. */
static void p10_only_the_holder(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    struct attacker a = {.to_organizer = true, .as = p};
    const struct signal_terms terms = {.caps = 3, .ttl_s = 300, .idle_s = 60};
    control_ask(joiner_control(p->j, w.now), 3, false, w.now);
    world_run(&w);
    w.touch = divert;
    w.touch_ctx = &a;
    control_grant(organizer_control(w.o, w.now), p->mid, w.c.request, &terms, w.now);
    world_run(&w);
    struct pair_opening how = {.mid_c = p->mid,
                               .mid_p = 1,
                               .terms = terms,
                               .own = q->j->sig,
                               .peer = group_find(q->j->group, 1)->key};
    memcpy(how.grant, w.o->control->hold.grant, GRANT_ID_LEN);
    a.pair = forge(q->j->group, q->j->sess_id, &how);
    attack(&w, &a);
    assert_int_equal(w.c.granted, 0);
    assert_int_equal(w.c.denied, 1);
    assert_int_equal(w.c.code, E_GRANT);
    assert_int_equal(w.c.events, 0);
    pair_destroy(a.pair);
    world_finish(&w);
}

/* Everything of pair channels that passed, to be said again. */
static struct world_item *recorded[64];
static unsigned n_recorded;

static bool record(struct world *w, struct world_item *i)
{
    (void)w;
    if (i->kind == WORLD_TO_ORGANIZER && i->bytes[0] == 0x41 && n_recorded < 64) {
        struct world_item *copy = malloc(sizeof *copy + i->len);
        memcpy(copy, i, sizeof *copy + i->len);
        recorded[n_recorded++] = copy;
    }
    return true;
}

static void say_again(struct world *w, const struct world_peer *as)
{
    for (unsigned i = 0; i < n_recorded; i++)
        organizer_message(w->o, as->handle, span_of(recorded[i]->bytes, recorded[i]->len), w->now);
    world_run(w);
}

/* Seen to fail: control_pair does not compare the sender, or does not compare the grant: the live
   grant ends for what a stranger, or nobody any more, said. */
static void p10_replays_and_strangers(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    n_recorded = 0;
    w.touch = record;
    control_set_up(&w, p, 3, false);
    control_do(&w, p, key(INPUT_KEY_DOWN, 38));
    control_do(&w, p, key(INPUT_KEY_UP, 38));
    w.touch = NULL;
    assert_int_equal(w.c.events, 2);
    say_again(&w, q); /* another member's mouth */
    assert_int_equal(w.c.events, 2);
    assert_true(w.c.live);
    control_revoke(organizer_control(w.o, w.now), w.c.grant, GRANT_END_OWN, w.now);
    world_run(&w);
    say_again(&w, p); /* after the revoke */
    assert_int_equal(w.c.events, 2);
    control_set_up(&w, p, 3, false);
    say_again(&w, p); /* of an old grant */
    assert_int_equal(w.c.events, 2);
    assert_true(w.c.live);
    for (unsigned i = 0; i < n_recorded; i++)
        free(recorded[i]);
    world_finish(&w);
}

/* A controller whose client does not ask what it may. Seen to fail: input_record_may says yes to
   all: the key is pressed. */
static void p10_no_more_than_was_granted(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    control_set_up(&w, p, CAP_POINTER, false);
    control_do(&w, p, motion(1, 1));
    assert_int_equal(w.c.events, 1); /* control */
    p->j->control->hold.terms.caps = 7;
    control_do(&w, p, key(INPUT_KEY_DOWN, 38));
    assert_int_equal(w.c.events, 1);
    assert_false(w.c.live || p->c.live);
    assert_int_equal(w.c.code, E_GRANT);
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p10_only_the_holder),
        cmocka_unit_test(p10_replays_and_strangers),
        cmocka_unit_test(p10_no_more_than_was_granted),
    };
    return cmocka_run_group_tests_name("p10_holder", tests, world_group_setup,
                                       world_group_teardown);
}
