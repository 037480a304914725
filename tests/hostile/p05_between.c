/*
 * Property 5 of e2e.md 15: a relay that puts itself between two people fails, or is seen.
 */
#include "net/seal/derive.h"
#include "net/seal/organizer_state.h"
#include "tests/unit/seal/world.h"

/* A relay that runs two handshakes at once, each with a password it has guessed: towards the
   joiner with a session of its own, towards the organizer as a joiner. Both say E_AUTH, and the
   organizer has counted. With the right password (control) it would stand in between; with FP it
   does not come so far (below). Seen to fail: run_pake and join_m3 both take the other's MAC for
   right: the victim goes on. */
static void p05_two_handshakes(void **state)
{
    struct world real, twin;
    (void)state;
    for (int right = 0; right < 2; right++) {
        const char *guess = right ? WORLD_PASSWORD : "amber canoe fifty lime";
        world_init(&real, WORLD_PASSWORD, false);
        world_init(&twin, guess, false);
        struct world_peer *victim = world_join_with(&twin, WORLD_PASSWORD, NULL);
        struct world_peer *relay = world_join_with(&real, guess, NULL);
        assert_int_equal(victim->welcomed, right);
        assert_int_equal(relay->welcomed, right);
        if (!right) {
            assert_true(victim->ended && victim->code == E_AUTH);
            assert_true(relay->ended && relay->code == E_AUTH);
            assert_int_equal(real.wrong, 1);
            assert_int_equal(twin.wrong, 1);
            assert_int_equal(real.members, 1);
        }
        world_finish(&twin);
        world_finish(&real);
    }
}

/* The same relay without any password: it hands the joiner's M1 to the organizer, whose M0 is
   another one than the joiner has seen, and the answer back. Fails when the joiner takes confirmV
   for right. */
static struct world *other_world;

static bool pass_on(struct world *w, struct world_item *i)
{
    struct world *to = other_world;
    if (i->kind != WORLD_TO_ORGANIZER || i->bytes[1] > OUTER_M3)
        return true;
    (void)w;
    organizer_message(to->o, to->peers[0].handle, span_of(i->bytes, i->len), to->now);
    for (struct world_item *answer = to->first; answer; answer = answer->next)
        if (answer->kind == WORLD_TO_JOINER)
            world_push_from(w, 0, 1, span_of(answer->bytes, answer->len));
    return false;
}

/* Seen to fail: run_pake takes confirmV for right: the victim goes on. */
static void p05_forwarded(void **state)
{
    struct world real, twin;
    (void)state;
    world_init(&real, WORLD_PASSWORD, false);
    world_init(&twin, WORLD_PASSWORD, false); /* for its M0 alone */
    real.n = 1;
    real.peers[0] = (struct world_peer){.w = &real, .handle = 0x01000000u};
    other_world = &real;
    twin.touch = pass_on;
    struct world_peer *victim = world_join_with(&twin, WORLD_PASSWORD, NULL);
    assert_true(victim->ended && victim->code == E_AUTH);
    world_pass(&real, 0);
    real.n = 0;
    organizer_peer_gone(real.o, 0x01000000u, real.now);
    assert_int_equal(real.wrong, 1);
    assert_int_equal(real.members, 1);
    world_finish(&twin);
    world_finish(&real);
}

/* Who does not know the password gets no M3 out of a joiner: confirmV is checked first. */
static bool see_m3(struct world *w, struct world_item *i)
{
    if (i->kind == WORLD_TO_ORGANIZER && i->bytes[1] == OUTER_M3)
        (*(unsigned *)w->touch_ctx)++;
    return true;
}

/* Seen to fail: run_pake takes confirmV for right: M3 leaves. */
static void p05_no_m3_without_proof(void **state)
{
    struct world w;
    unsigned seen = 0;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    w.touch = see_m3;
    w.touch_ctx = &seen;
    assert_int_equal(world_join_with(&w, "not the password", NULL)->code, E_AUTH);
    assert_int_equal(seen, 0);
    assert_false(world_join(&w)->ended);
    assert_int_equal(seen, 1);
    world_finish(&w);
}

/* Where a relay got every nonce to be the same, the key alone would tell. */
static void words_name_the_key(const struct world *a, const struct world *b)
{
    static const uint8_t same[POINT_LEN] = {4, 1};
    uint8_t words[2][8];
    struct derive_sas d = {.bind = same, .nonce_j = same, .nonce_o = same, .sig_pub_j = same};
    d.org_pub = a->o->org_pub;
    derive_sas(&d, words[0]);
    d.org_pub = b->o->org_pub;
    derive_sas(&d, words[1]);
    assert_memory_not_equal(words[0], words[1], 4);
}

/* Without a password the words tell; who has FP does not come so far. Seen to fail: derive_sas
   without the organizer's key: the same four words; check_m0 does not compare FP: the joiner goes
   on. */
static void p05_the_words_differ(void **state)
{
    struct world real, twin;
    (void)state;
    world_init(&real, NULL, false);
    world_init(&twin, NULL, false); /* the relay's own, with another key in M0 */
    struct world_peer *victim = world_join_with(&twin, "", NULL);
    struct world_peer *relay = world_join_with(&real, "", NULL);
    assert_true(victim->welcomed && relay->welcomed);
    assert_memory_not_equal(victim->words, real.words, 4);
    words_name_the_key(&real, &twin);
    world_join_with(&twin, "", real.fp); /* who has FP never gets so far */
    assert_true(twin.peers[1].ended);
    assert_int_equal(twin.peers[1].code, E_IDENTITY);
    world_finish(&twin);
    world_finish(&real);
}

/* Seen to fail: joiner.c check_m0 does not compare FP: no E_IDENTITY. */
static void p05_fp_differs(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    uint8_t other[FP_LEN];
    memcpy(other, w.fp, FP_LEN);
    other[15] ^= 1;
    struct world_peer *p = world_join_with(&w, WORLD_PASSWORD, other);
    assert_int_equal(p->code, E_IDENTITY);
    assert_int_equal(w.msgs, 0); /* nothing was sent */
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p05_two_handshakes),      cmocka_unit_test(p05_forwarded),
        cmocka_unit_test(p05_no_m3_without_proof), cmocka_unit_test(p05_the_words_differ),
        cmocka_unit_test(p05_fp_differs),
    };
    return cmocka_run_group_tests_name("p05_between", tests, world_group_setup,
                                       world_group_teardown);
}
