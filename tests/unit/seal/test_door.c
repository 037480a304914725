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

/* What the relay is told of a stranger's first message: it counts what nobody honest says, and what
   another version of ours says is no attack. Seen to fail: drop_for without either part, refuse()
   without its mid, on_pair without late(). */
static void the_relay_is_told_of_nonsense(void **state)
{
    enum { STRANGER = 0x77777777 };
    static const struct {
        const char *name;
        uint8_t bytes[OUTER_M1_LEN];
        size_t len;
        enum port_drop why;
    } said[] = {
        {"nothing", {1, 2}, 2, DROP_PROTOCOL},
        {"no message", {1, 0x33, 0, 1}, 105, DROP_PROTOCOL},
        {"M1 too short", {1, OUTER_M1, 0, 1, 0x77, 0x77, 0x77, 0x77}, 104, DROP_PROTOCOL},
        {"M1 of another connection", {1, OUTER_M1, 0, 1, 0, 0, 0, 9}, 105, DROP_PROTOCOL},
        {"M1 of another version", {2, OUTER_M1, 0, 1}, 105, DROP_REFUSED},
        {"M1 of another suite", {1, OUTER_M1, 0, 9}, 105, DROP_REFUSED},
        {"nonsense of another version", {2, 0x33, 0, 1}, 105, DROP_PROTOCOL},
        {"RESUME of nobody",
         {1, OUTER_RESUME, 0, 1, 0x77, 0x77, 0x77, 0x77, 0, 9},
         46,
         DROP_REMOVED},
        {"RESUME of another connection",
         {1, OUTER_RESUME, 0, 1, 0, 0, 0, 9, 0, 2},
         46,
         DROP_PROTOCOL},
        {"pair bytes", {OUTER_PAIR, 0, 1}, 3, DROP_OVER},
    };
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    assert_int_equal(world_join(&w)->mid, 2);
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        unsigned before = w.others_dropped;
        organizer_message(w.o, STRANGER, span_of(said[i].bytes, said[i].len), w.now);
        if (w.others_dropped != before + 1 || w.others_why != said[i].why)
            fail_msg("%s: dropped for %u", said[i].name, w.others_why);
    }
    world_finish(&w);
}

/* Fails where a pair's bytes are for whoever is in alone, and pass unseen from all others. */
static void who_is_not_in_has_no_pair(void **state)
{
    static const uint8_t pair[] = {OUTER_PAIR, 0, 1};
    (void)state;
    world_init(&w, WORLD_PASSWORD, true);
    struct world_peer *p = world_join_with(&w, WORLD_PASSWORD, w.fp);
    assert_int_equal(w.knocks, 1);
    organizer_message(w.o, p->handle, span_of(pair, sizeof pair), w.now);
    world_run(&w);
    assert_int_equal(p->drop_why, DROP_PROTOCOL);
    world_finish(&w);
}

static bool lose_channel(struct world *world, struct world_item *i)
{
    (void)world;
    return i->len < 2 || i->bytes[1] != OUTER_CHAN;
}

/* A line too slow for the handshake is nobody's fault. Fails when conn_late says what it says of
   bytes that are wrong. */
static void who_is_late_has_done_nothing(void **state)
{
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    w.touch = lose_channel;
    struct world_peer *p = world_join(&w);
    world_pass(&w, HANDSHAKE_MS + 1000);
    assert_int_equal(p->drop_why, DROP_OVER);
    w.touch = NULL;
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(so_many_wait_their_turn),
        cmocka_unit_test(so_many_wait_for_an_answer),
        cmocka_unit_test(who_has_committed_keeps_to_it),
        cmocka_unit_test(the_relay_is_told_of_nonsense),
        cmocka_unit_test(who_is_not_in_has_no_pair),
        cmocka_unit_test(who_is_late_has_done_nothing),
    };
    return cmocka_run_group_tests(tests, world_group_setup, world_group_teardown);
}
