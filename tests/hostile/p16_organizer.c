/*
 * Property 16 of e2e.md 15: the organizer cannot control either.
 */
#include "tests/hostile/pair_attack.h"

/* With all its keys it plays the presenter's controller. Seen to fail: take_proof does not ask
   sig_verify: control is granted. */
static void p16_not_the_organizer_either(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    const struct signal_terms terms = {.caps = 3, .ttl_s = 300, .idle_s = 60};
    control_present(&w, p);
    control_ask(joiner_control(q->j, w.now), 3, false, w.now);
    world_run(&w);
    struct attacker a = {.to_organizer = true}; /* what p says to q is heard here */
    w.touch = divert;
    w.touch_ctx = &a;
    control_grant(joiner_control(p->j, w.now), q->mid, p->c.request, &terms, w.now);
    world_run(&w);
    struct pair_opening how = {.mid_c = q->mid,
                               .mid_p = p->mid,
                               .terms = terms,
                               .own = w.o->sig,
                               .peer = group_find(w.o->group, p->mid)->key};
    memcpy(how.grant, p->j->control->hold.grant, GRANT_ID_LEN);
    a.pair = forge(w.o->group, w.o->sess_id, &how);
    for (int i = 0; i < 8; i++) { /* by hand: p is told that it comes from q */
        struct input_event events[MAX_INPUT_EVENTS];
        unsigned n = 0;
        enum e2e_code code = E_NONE;
        (void)pair_next(a.pair, events, &n, &code);
        for (size_t len; (len = pair_take(a.pair, a.out));)
            joiner_message(p->j, q->mid, span_of(a.out, len), w.now);
        world_run(&w);
    }
    assert_int_equal(p->c.granted, 0);
    assert_int_equal(p->c.events, 0);
    assert_int_equal(p->c.code, E_GRANT);
    pair_destroy(a.pair);
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p16_not_the_organizer_either),
    };
    return cmocka_run_group_tests_name("p16_organizer", tests, world_group_setup,
                                       world_group_teardown);
}
