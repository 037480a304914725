/*
 * e2e.md 6 at the organizer's door: how many wait there for a turn and for an answer, and that who
 * has committed to a number keeps to it.
 *
 * Seen to fail: refusal without GUESS_QUEUE, without WAITING_MAX; join_reveal without its
 * comparison.
 */
#define WORLD_PEERS 110
#include "net/seal/joiner_state.h"
#include "net/seal/organizer_state.h"
#include "tests/unit/seal/world.h"

static struct world w;

/* With no guess to be had 64 wait for their turn; one more is sent away at once, and none of them
   has cost a handshake. Those that have waited have it as soon as there is one. */
static void so_many_wait_their_turn(void **state)
{
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    w.o->guess.tokens = 0;
    w.o->guess.refill_at_ms = w.now + GUESS_REFILL_MS - 1000;
    for (int i = 0; i < GUESS_QUEUE; i++)
        assert_false(world_join_with(&w, WORLD_PASSWORD, w.fp)->ended);
    struct world_peer *late = world_join_with(&w, WORLD_PASSWORD, w.fp);
    assert_true(late->ended);
    assert_int_equal(late->code, E_BUSY);
    assert_int_equal(w.o->guess.open, 0);
    world_pass(&w, GUESS_REFILL_MS - 1000 + JOIN_GATHER_MS);
    for (int i = 0; i < GUESS_QUEUE; i++)
        assert_true(w.peers[i].bound && !w.peers[i].ended); /* each gave its guess back */
    world_finish(&w);
}

/* A hundred may wait to be let in, at the waiting room; one more is sent away. */
static void so_many_wait_for_an_answer(void **state)
{
    (void)state;
    world_init(&w, WORLD_PASSWORD, true);
    for (int i = 0; i < WAITING_MAX; i++)
        assert_false(world_join_with(&w, WORLD_PASSWORD, w.fp)->ended);
    assert_int_equal(w.knocks, WAITING_MAX);
    struct world_peer *late = world_join_with(&w, WORLD_PASSWORD, w.fp);
    assert_true(late->ended);
    assert_int_equal(late->code, E_BUSY);
    organizer_admit(w.o, w.knock[0], false, false, w.now);
    world_run(&w);
    assert_true(w.peers[0].ended);
    assert_false(world_join_with(&w, WORLD_PASSWORD, w.fp)->ended);
    world_finish(&w);
}

/* A joiner that has seen nonce_O before it chooses its own could look for words that fit. */
static bool choose_again(struct world *world, struct world_item *i)
{
    struct joiner *j = world->peers[i->peer].j;
    if (i->kind == WORLD_TO_JOINER && i->bytes[1] == OUTER_CHAN && j->secrets)
        j->secrets->nonce_j[0] ^= 1;
    return true;
}

static void who_has_committed_keeps_to_it(void **state)
{
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    w.touch = choose_again;
    struct world_peer *p = world_join(&w);
    assert_true(p->ended);
    assert_int_equal(w.members, 1);
    assert_false(p->bound);
    w.touch = NULL;
    assert_false(world_join(&w)->ended);
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(so_many_wait_their_turn),
        cmocka_unit_test(so_many_wait_for_an_answer),
        cmocka_unit_test(who_has_committed_keeps_to_it),
    };
    return cmocka_run_group_tests(tests, world_group_setup, world_group_teardown);
}
