/*
 * Properties of e2e.md 15 that need patched members: 5, 10, 11, 16. The attackers here hold
 * every key they can have by the design, and the relay does what they want.
 */
#include "net/seal/control_state.h"
#include "net/seal/derive.h"
#include "net/seal/joiner_state.h"
#include "net/seal/organizer_state.h"
#include "net/seal/pair.h"
#include "tests/unit/seal/control_world.h"

/* --- 10 and 16: who else can make an INPUT accepted? --- */

/* An end of a pair channel in the attacker's hands. */
struct attacker {
    struct pair *pair;
    bool to_organizer;     /* the victim */
    struct world_peer *as; /* whose handle, or whose ears, the relay lends */
    uint8_t out[PAIR_HEAD + OUTER_CHAN_MAX];
};

/* What the victim sends to the one the attacker plays goes to the attacker. */
static bool divert(struct world *w, struct world_item *i)
{
    struct attacker *a = w->touch_ctx;
    const uint8_t *grant;
    struct span tls;
    bool message = i->kind == WORLD_TO_ORGANIZER || i->kind == WORLD_TO_JOINER;
    if (!message || i->bytes[0] != 0x41)
        return true;
    bool from_victim = (i->kind == WORLD_TO_JOINER) == a->to_organizer;
    if (from_victim && a->pair && pair_split(span_of(i->bytes, i->len), &grant, &tls))
        pair_feed(a->pair, tls);
    return false;
}

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

/* Every member has the epoch secret and hears the grant id: only the signature is missing. */
static struct pair *forge(const struct group *g, const uint8_t sess_id[SESS_ID_LEN],
                          const struct pair_opening *how)
{
    uint8_t secret[SECRET_LEN], psk[PSK_LEN];
    struct pair_opening opening = *how;
    assert_true(group_secret_of(g, group_now_epoch(g), 0, secret));
    const struct derive_pair d = {.secret = secret,
                                  .sess_id = sess_id,
                                  .grant_id = opening.grant,
                                  .mid_c = how->mid_c,
                                  .mid_p = how->mid_p};
    derive_pair_psk(&d, psk);
    opening.psk = psk;
    opening.sess_id = sess_id;
    return pair_create(&opening);
}

/* p was granted; q, with the relay, takes its place. This and the next fail when take_proof does
   not ask sig_verify. */
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

/* The organizer with all its keys plays the presenter towards a controller. */
static void p16_not_the_organizer_either(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    const struct signal_terms terms = {.caps = 3, .ttl_s = 300, .idle_s = 60};
    organizer_unshare(w.o, false, w.now);
    organizer_offer(w.o, p->mid, w.now);
    world_run(&w);
    joiner_answer(p->j, true, w.now);
    world_run(&w);
    joiner_share(p->j, w.now);
    world_pass(&w, 100);
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

/* Fails when control_pair does not compare the sender, and when it does not compare the grant. */
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

/* --- 11: revocation at once. Fails when control_revoke only tells, and when control_over keeps the
   pair. --- */

static unsigned passed_input;

static bool revoke_amid(struct world *w, struct world_item *i)
{
    if (i->kind == WORLD_TO_ORGANIZER && i->bytes[0] == 0x41 && ++passed_input == 20) {
        control_revoke(organizer_control(w->o, w->now), w->c.grant, GRANT_END_HOTKEY, w->now);
        assert_false(w->c.live);
    }
    return true;
}

static void p11_revoked_amid_a_burst(void **state)
{
    struct world w;
    struct input_event burst[MAX_INPUT_EVENTS];
    (void)state;
    struct world_peer *p = control_start(&w);
    control_set_up(&w, p, 3, false);
    for (unsigned i = 0; i < MAX_INPUT_EVENTS; i++)
        burst[i] = motion((int32_t)i, 1);
    for (unsigned i = 0; i < 42; i++) /* 1008 events on their way */
        assert_true(
            control_input(joiner_control(p->j, w.now), p->c.grant, burst, MAX_INPUT_EVENTS, w.now));
    passed_input = 0;
    w.touch = revoke_amid;
    world_run(&w);
    assert_true(passed_input >= 42); /* all arrived, and the answer to the close */
    assert_int_equal(w.c.events, 19 * MAX_INPUT_EVENTS);
    assert_int_equal(w.c.late, 0);
    assert_int_equal(w.c.why, GRANT_END_HOTKEY);
    assert_false(p->c.live);
    world_finish(&w);
}

/* --- 5: a relay in the middle of a session without password: the words differ. Fails when
   derive_sas leaves the organizer's key out, and when the joiner does not compare FP. --- */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p05_the_words_differ),         cmocka_unit_test(p10_only_the_holder),
        cmocka_unit_test(p10_replays_and_strangers),    cmocka_unit_test(p11_revoked_amid_a_burst),
        cmocka_unit_test(p16_not_the_organizer_either),
    };
    return cmocka_run_group_tests_name("properties", tests, world_group_setup,
                                       world_group_teardown);
}
