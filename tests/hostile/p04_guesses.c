/*
 * Property 4 of e2e.md 15: a password is guessed online only, and a few times. Whoever knows the
 * number tries words.
 */
#include "policy/limits.h"
#include "tests/unit/seal/world.h"

/* Seen to fail: guess.c guess_fail gives the guess back: 0 wrong tries, not 1. */
static void p04_wrong_password(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *p = world_join_with(&w, "amber canoe fifty melon", w.fp);
    assert_true(p->ended && !p->welcomed);
    assert_int_equal(p->code, E_AUTH);
    assert_int_equal(p->drop_why, DROP_PASSWORD);
    assert_int_equal(w.wrong, 1);
    assert_int_equal(w.members, 1);
    static const char *const impossible[] = {"short", "-- - --",
                                             "gr\xc3\xbc\xc3\x9f gott allerseits", ""};
    for (size_t i = 0; i < 4; i++) {
        p = world_join_with(&w, impossible[i], w.fp);
        assert_int_equal(p->code, E_AUTH); /* known without asking */
    }
    assert_int_equal(w.wrong, 1);
    p = world_join(&w);
    assert_int_equal(p->members, 2);
    assert_int_equal(w.wrong, 1);
    world_finish(&w);
}

/* M1 and then nothing: M3 is lost on the way. */
static bool lose_m3(struct world *w, struct world_item *i)
{
    (void)w;
    return !(i->kind == WORLD_TO_ORGANIZER && (i->bytes[1] == 0x04 || i->bytes[1] == 0x05));
}

/* Seen to fail: guess_fail gives the guess back: 0 wrong tries, not 1. */
static void p04_abandoned_counts(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    w.touch = lose_m3;
    struct world_peer *p = world_join_with(&w, WORLD_PASSWORD, w.fp);
    assert_int_equal(w.wrong, 0);
    world_pass(&w, HANDSHAKE_MS);
    assert_int_equal(w.wrong, 1); /* the time is over */
    assert_true(p->ended);
    p = world_join_with(&w, WORLD_PASSWORD, w.fp);
    organizer_peer_gone(w.o, p->handle, w.now);
    assert_int_equal(w.wrong, 2); /* gone at once: the same */
    world_finish(&w);
}

static unsigned answers; /* M2 seen */

static bool count_m2(struct world *w, struct world_item *i)
{
    (void)w;
    answers += i->kind == WORLD_TO_JOINER && i->bytes[1] == 0x03;
    return true;
}

/* Seen to fail: guess_take takes no token: a 6th M2 leaves; guess_fail gives the guess back: 0
   wrong tries, not 5. */
static void p04_sixth_guess_waits(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    answers = 0;
    w.touch = count_m2;
    for (int i = 0; i < GUESS_BUCKET; i++)
        assert_int_equal(world_join_with(&w, "not the password", w.fp)->code, E_AUTH);
    assert_int_equal(answers, GUESS_BUCKET);
    assert_int_equal(w.wrong, GUESS_BUCKET);
    world_pass(&w, 1000);
    struct world_peer *p = world_join_with(&w, WORLD_PASSWORD, w.fp);
    world_pass(&w, GUESS_REFILL_MS - 2000);
    assert_int_equal(answers, GUESS_BUCKET);
    assert_false(p->ended);
    world_pass(&w, 1100); /* refilled: the right password works again */
    assert_int_equal(answers, GUESS_BUCKET + 1);
    assert_int_equal(p->members, 2);
    world_finish(&w);
}

/* Seen to fail: guess_fail gives the guess back: 0 wrong tries, not 50. */
static void p04_fifty_guesses_stop(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    for (int i = 0; i < GUESS_MAX; i++) {
        struct world_peer *p = world_join_with(&w, "not the password", w.fp);
        world_part(&w, p);
        world_pass(&w, GUESS_REFILL_MS);
        if (i == 2)
            world_pass(&w, 1);
    }
    assert_int_equal(w.wrong, GUESS_MAX);
    assert_true(w.stopped);
    struct world_peer *p = world_join_with(&w, WORLD_PASSWORD, w.fp);
    assert_int_equal(p->code, E_LIMIT);
    assert_true(organizer_password(w.o, world_text("another password"), w.now));
    p = world_join_with(&w, "another password", w.fp);
    world_pass(&w, 600);
    assert_int_equal(p->members, 2);
    p = world_join_with(&w, WORLD_PASSWORD, w.fp);
    assert_int_equal(p->code, E_AUTH);
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p04_wrong_password),
        cmocka_unit_test(p04_abandoned_counts),
        cmocka_unit_test(p04_sixth_guess_waits),
        cmocka_unit_test(p04_fifty_guesses_stop),
    };
    return cmocka_run_group_tests_name("p04_guesses", tests, world_group_setup,
                                       world_group_teardown);
}
