/*
 * Control between two members of one session (e2e.md 10): asking, granting, the pair channel,
 * INPUT, and every way in which it ends. Properties 10, 11 and 16 of e2e.md 15 are
 * tests/hostile/p10_holder.c, p11_revoked.c and p16_organizer.c.
 */
#include "net/seal/control_state.h"
#include "net/seal/input_pace.h"
#include "net/seal/input_record.h"
#include "net/seal/joiner_state.h"
#include "net/seal/pair.h"
#include "tests/unit/seal/control_world.h"

/* --- asking and granting --- */

static void asks_and_gets(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    control_ask(joiner_control(p->j, w.now), 3, false, w.now);
    world_run(&w);
    assert_int_equal(w.c.asked, 1);
    assert_int_equal(w.c.asked_mid, p->mid);
    assert_int_equal(w.c.asked_caps, 3);
    const struct signal_terms terms = {.caps = 3, .ttl_s = 300, .idle_s = 60};
    control_grant(organizer_control(w.o, w.now), p->mid, w.c.request, &terms, w.now);
    world_run(&w);
    assert_true(w.c.live && !w.c.mine && p->c.live && p->c.mine);
    assert_int_equal(w.c.mid, p->mid);
    assert_int_equal(p->c.mid, 1);
    assert_int_equal(p->c.ttl_s, 300);
    assert_int_equal(p->c.idle_s, 60);
    assert_memory_equal(w.c.grant, p->c.grant, GRANT_ID_LEN);
    control_do(&w, p, key(INPUT_KEY_DOWN, 38));
    assert_int_equal(w.c.events, 1);
    assert_int_equal(w.c.last.code, 38);
    control_revoke(organizer_control(w.o, w.now), w.c.grant, GRANT_END_OWN, w.now);
    assert_false(w.c.live); /* at once: nothing has travelled yet */
    world_run(&w);
    assert_false(p->c.live);
    assert_int_equal(w.c.why, GRANT_END_OWN);
    assert_int_equal(p->c.why, GRANT_END_PEER);
    world_finish(&w);
}

static void refused(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    control_ask(joiner_control(p->j, w.now), 1, false, w.now);
    control_ask(joiner_control(p->j, w.now), 1, false, w.now); /* one wish at a time */
    world_run(&w);
    assert_int_equal(w.c.asked, 1);
    control_deny(organizer_control(w.o, w.now), p->mid, w.c.request, w.now);
    world_run(&w);
    assert_int_equal(p->c.denied, 1);
    assert_memory_equal(p->c.denied_request, w.c.request, REQUEST_ID_LEN);
    const struct signal_terms terms = {.caps = 1, .ttl_s = 300, .idle_s = 60};
    control_grant(organizer_control(w.o, w.now), p->mid, w.c.request, &terms, w.now);
    assert_int_equal(w.c.denied, 1); /* no request is open any more */
    control_ask(joiner_control(p->j, w.now), 1, false, w.now);
    world_run(&w);
    const struct signal_terms more = {.caps = 3, .ttl_s = 300, .idle_s = 60};
    control_grant(organizer_control(w.o, w.now), p->mid, w.c.request, &more, w.now);
    world_run(&w);
    assert_int_equal(w.c.denied, 2); /* more than was asked for */
    assert_int_equal(p->c.denied, 2);
    world_finish(&w);
}

static void one_at_a_time(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    control_set_up(&w, p, 3, false);
    control_ask(joiner_control(q->j, w.now), 1, false, w.now);
    world_run(&w);
    assert_int_equal(w.c.asked, 2);
    const struct signal_terms terms = {.caps = 1, .ttl_s = 300, .idle_s = 60};
    control_grant(organizer_control(w.o, w.now), q->mid, w.c.request, &terms, w.now);
    world_run(&w);
    assert_int_equal(q->c.denied, 1);
    assert_true(w.c.live && w.c.mid == p->mid);
    world_finish(&w);
}

/* The member in control asks for more and gets it, as its broker does it: the old grant ends and
   then the new one is made. `late`: the close of the old channel never arrives. */
static void more_time(struct world *w, struct world_peer *p, uint32_t seconds, bool late)
{
    const struct signal_terms terms = {.caps = 3, .ttl_s = seconds, .idle_s = 60};
    unsigned asked = w->c.asked, granted = w->c.granted;
    control_ask(joiner_control(p->j, w->now), 3, false, w->now);
    world_run(w);
    assert_int_equal(w->c.asked, asked + 1);
    w->touch = late ? lose_pair : NULL;
    control_revoke(organizer_control(w->o, w->now), w->c.grant, GRANT_END_OWNER, w->now);
    world_run(w);
    w->touch = NULL;
    control_grant(organizer_control(w->o, w->now), p->mid, w->c.request, &terms, w->now);
    world_run(w);
    assert_int_equal(w->c.granted, granted + 1);
}

/* --- INPUT --- */

static void held_keys_are_told_of(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    control_set_up(&w, p, 3, false);
    control_do(&w, p, key(INPUT_KEY_DOWN, 50));
    unsigned before = w.msgs;
    world_pass(&w, 5000);
    assert_int_equal(w.c.silents, 0);
    assert_true(w.msgs - before >= 15); /* about four a second */
    w.touch = lose_pair;
    world_pass(&w, 1000); /* within a second of the last one */
    assert_int_equal(w.c.silents, 1);
    assert_true(w.c.live);
    world_pass(&w, 3000);
    assert_int_equal(w.c.silents, 1);
    world_finish(&w);
}

/* A presenter that allows less than was asked for must not cost the controller its session. */
static void beyond_the_caps(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    control_set_up(&w, p, CAP_POINTER, false);
    const struct input_event e = key(INPUT_KEY_DOWN, 38);
    assert_true(control_input(joiner_control(p->j, w.now), p->c.grant, &e, 1, w.now));
    world_pass(&w, 100);
    assert_int_equal(w.c.events, 0);
    assert_true(w.c.live && p->c.live && !p->ended);
    control_do(&w, p, motion(1, 1));
    assert_int_equal(w.c.events, 1);
    world_finish(&w);
}

static void even_timing(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    control_set_up(&w, p, 3, true);
    unsigned before = w.msgs;
    control_do(&w, p, motion(1, 1)); /* at once */
    control_do(&w, p, key(INPUT_KEY_DOWN, 38));
    control_do(&w, p, key(INPUT_KEY_UP, 38));
    pass_finely(&w, 20);
    assert_int_equal(w.c.events, 3);
    assert_int_equal(w.c.batches, 2); /* one record for both */
    pass_finely(&w, 3000);
    unsigned sent = w.msgs - before;
    assert_in_range(sent, INPUT_CHAFF_MS / INPUT_TICK_MS, 2 * INPUT_CHAFF_MS / INPUT_TICK_MS + 2);
    before = w.msgs;
    pass_finely(&w, 1000);
    assert_int_equal(w.msgs, before);
    world_finish(&w);
}

/* --- how it ends --- */

static void time_and_idleness(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    control_set_up(&w, p, 3, false); /* 300 s, 60 s idle */
    world_pass(&w, 61000);
    assert_false(w.c.live || p->c.live);
    assert_int_equal(w.c.why, GRANT_END_IDLE);
    control_set_up(&w, p, 3, false);
    for (int i = 0; i < 31; i++) {
        control_do(&w, p, motion(i, i));
        world_pass(&w, 10000);
    }
    assert_false(w.c.live || p->c.live);
    assert_int_equal(w.c.why, GRANT_END_TIME);
    world_finish(&w);
}

static void other_ends(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    control_set_up(&w, p, 3, false);
    control_revoke(joiner_control(p->j, w.now), p->c.grant, GRANT_END_OWN, w.now); /* released */
    world_run(&w);
    assert_false(w.c.live);
    assert_int_equal(w.c.why, GRANT_END_PEER);
    control_set_up(&w, p, 3, false);
    organizer_unshare(w.o, false, w.now); /* nobody presents */
    world_run(&w);
    assert_false(w.c.live || p->c.live);
    assert_int_equal(w.c.why, GRANT_END_PRESENTER);
    assert_int_equal(p->c.why, GRANT_END_PRESENTER); /* EPOCH came first */
    organizer_share(w.o, w.now);
    world_run(&w);
    control_set_up(&w, p, 3, false);
    organizer_revoke_all(w.o, w.now);
    world_run(&w);
    assert_false(w.c.live || p->c.live);
    control_set_up(&w, p, 3, false);
    organizer_cut(w.o, w.now);
    assert_false(w.c.live);
    assert_int_equal(w.c.why, GRANT_END_LINE);
    joiner_away(p->j, true, w.now);
    assert_false(p->c.live);
    world_finish(&w);
}

static void leaving_ends_it(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    control_set_up(&w, p, 3, false);
    joiner_leave(p->j, w.now);
    world_run(&w);
    assert_false(w.c.live);
    struct world_peer *q = world_join(&w);
    control_set_up(&w, q, 3, false);
    organizer_remove(w.o, q->mid, REMOVE_WANTED, w.now);
    world_run(&w);
    assert_false(w.c.live || q->c.live);
    q = world_join(&w);
    control_ask(joiner_control(q->j, w.now), 1, false, w.now);
    world_run(&w);
    unsigned denied = w.c.denied;
    joiner_leave(q->j, w.now);
    world_run(&w);
    assert_int_equal(w.c.denied, denied + 1); /* the prompt of somebody gone closes */
    world_finish(&w);
}

static void channel_that_does_not_come_up(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    control_ask(joiner_control(p->j, w.now), 3, false, w.now);
    world_run(&w);
    w.touch = lose_pair;
    const struct signal_terms terms = {.caps = 3, .ttl_s = 300, .idle_s = 60};
    control_grant(organizer_control(w.o, w.now), p->mid, w.c.request, &terms, w.now);
    world_pass(&w, PAIR_OPEN_MS + 200);
    assert_int_equal(w.c.denied, 1);
    assert_int_equal(p->c.denied, 1);
    assert_false(w.c.granted || p->c.granted);
    w.touch = NULL;
    control_set_up(&w, p, 3, false);
    world_finish(&w);
}

/* Who cannot be told that a grant is over asks anew: the owner's answer ends the old one. */
static void asking_anew(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    control_set_up(&w, p, 3, false);
    w.touch = lose_pair;
    control_revoke(joiner_control(p->j, w.now), p->c.grant, GRANT_END_OWN, w.now);
    world_run(&w);
    assert_true(w.c.live);
    w.touch = NULL;
    more_time(&w, p, 300, true);
    assert_true(w.c.live && p->c.live);
    world_finish(&w);
}

/* Asks in the middle of control; it goes on until the owner agrees, and then under another grant
   and key, of another length, whichever of close and GRANT comes first. */
static void extension(void **state)
{
    struct world w;
    uint8_t first[GRANT_ID_LEN];
    (void)state;
    struct world_peer *p = control_start(&w);
    control_set_up(&w, p, 3, false);
    memcpy(first, p->c.grant, sizeof first);
    control_ask(joiner_control(p->j, w.now), 3, false, w.now);
    control_ask(joiner_control(p->j, w.now), 3, false, w.now); /* one wish at a time */
    world_run(&w);
    assert_int_equal(w.c.asked, 2);
    assert_true(w.c.live && p->c.live);
    control_do(&w, p, key(INPUT_KEY_DOWN, 38));
    assert_int_equal(w.c.events, 1);
    control_deny(organizer_control(w.o, w.now), p->mid, w.c.request, w.now);
    world_run(&w);
    assert_int_equal(p->c.denied, 1);
    assert_true(w.c.live && p->c.live); /* a no to more is not an end */
    for (unsigned late = 0; late < 2; late++) {
        memcpy(first, p->c.grant, sizeof first);
        more_time(&w, p, 900, late);
        assert_true(w.c.live && p->c.live);
        assert_int_equal(p->c.ttl_s, 900);
        assert_memory_not_equal(first, p->c.grant, GRANT_ID_LEN);
        const struct input_event e = key(INPUT_KEY_DOWN, 39);
        unsigned before = w.c.events;
        assert_true(control_input(joiner_control(p->j, w.now), first, &e, 1, w.now));
        world_run(&w);
        assert_int_equal(w.c.events, before); /* of the old one: nothing */
        control_do(&w, p, e);
        assert_int_equal(w.c.events, before + 1);
    }
    assert_int_equal(w.c.late, 0);
    world_finish(&w);
}

/* --- what the owner says meanwhile --- */

static void held_is_told(void **state)
{
    struct world w;
    uint8_t other[GRANT_ID_LEN] = {1};
    (void)state;
    struct world_peer *p = control_start(&w);
    control_set_up(&w, p, 3, false);
    control_hold(organizer_control(w.o, w.now), w.c.grant, PAIR_HELD_OWNER, w.now);
    world_run(&w);
    assert_int_equal(p->c.held, PAIR_HELD_OWNER);
    control_hold(organizer_control(w.o, w.now), w.c.grant, PAIR_HELD_REACH, w.now);
    world_run(&w);
    assert_int_equal(p->c.held, PAIR_HELD_REACH);
    control_hold(organizer_control(w.o, w.now), w.c.grant, PAIR_HELD_NOT, w.now);
    control_hold(organizer_control(w.o, w.now), other, PAIR_HELD_QUESTION, w.now);
    control_hold(joiner_control(p->j, w.now), p->c.grant, PAIR_HELD_QUESTION, w.now); /* not its */
    world_run(&w);
    assert_int_equal(p->c.held, PAIR_HELD_NOT);
    assert_int_equal(p->c.held_told, 3);
    assert_true(w.c.live && p->c.live && !p->ended);
    world_finish(&w);
}

/* However quickly a hand comes and goes: said no more often than the controller bears with, and the
   last word is true. */
static void hands_like_a_storm(void **state)
{
    struct world w;
    unsigned held = PAIR_HELD_NOT;
    (void)state;
    struct world_peer *p = control_start(&w);
    control_set_up(&w, p, 3, false);
    for (unsigned i = 0; i < 1001; i++) {
        held = held ? PAIR_HELD_NOT : PAIR_HELD_OWNER;
        control_hold(organizer_control(w.o, w.now), w.c.grant, held, w.now);
        world_pass(&w, 20);
    }
    assert_true(w.c.live && p->c.live && !p->ended);
    assert_in_range(p->c.held_told, HELD_BURST, HELD_BURST + 20020 / HELD_REFILL_MS);
    world_pass(&w, HELD_REFILL_MS + 100);
    assert_int_equal(p->c.held, PAIR_HELD_OWNER);
    world_finish(&w);
}

/* A word that there is not ends the grant. */
static void held_unknown(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    control_set_up(&w, p, 3, false);
    struct control *c = organizer_control(w.o, w.now);
    (void)pair_hold(c->hold.pair, (enum pair_held)(PAIR_HELD_REACH + 1));
    control_flush(c);
    world_run(&w);
    assert_false(p->c.live || p->ended);
    assert_int_equal(p->c.why, GRANT_END_FAULT);
    assert_int_equal(p->c.held_told, 0);
    world_finish(&w);
}

/* A presenter that says so without end loses its controller, who stays in the session. */
static void held_without_end(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    control_set_up(&w, p, 3, false);
    struct control *c = organizer_control(w.o, w.now);
    for (unsigned i = 0; i < 1000 && c->hold.pair; i++) {
        (void)pair_hold(c->hold.pair, i % 2 ? PAIR_HELD_NOT : PAIR_HELD_OWNER);
        control_flush(c);
        world_run(&w);
    }
    assert_false(p->c.live || p->ended);
    assert_int_equal(p->c.why, GRANT_END_FAULT);
    assert_int_equal(p->c.held_told, HELD_HEARD_BURST);
    world_finish(&w);
}

static void invited_to_ask(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    control_invite(organizer_control(w.o, w.now), p->mid, w.now);
    control_invite(organizer_control(w.o, w.now), 77, w.now);   /* nobody */
    control_invite(joiner_control(q->j, w.now), p->mid, w.now); /* does not present */
    world_run(&w);
    assert_int_equal(p->c.invited, 1);
    assert_int_equal(q->c.invited, 0);
    assert_false(p->c.live || w.c.asked); /* it gives nothing */
    control_set_up(&w, p, 3, false);
    world_finish(&w);
}

/* They all say the same. */
static void invited_without_end(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    for (unsigned i = 0; i < 300; i++)
        control_invite(organizer_control(w.o, w.now), p->mid, w.now);
    world_run(&w);
    assert_int_equal(p->c.invited, INVITE_BURST);
    world_pass(&w, INVITE_REFILL_MS);
    control_invite(organizer_control(w.o, w.now), p->mid, w.now);
    world_run(&w);
    assert_int_equal(p->c.invited, INVITE_BURST + 1);
    assert_false(p->ended || w.ended);
    world_finish(&w);
}

/* Every member reads every request: an id that somebody else uses is not taken. */
static void request_of_another(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    control_ask(joiner_control(p->j, w.now), 1, false, w.now);
    world_run(&w);
    assert_int_equal(w.c.asked, 1);
    struct signal s = {.kind = SIGNAL_REQUEST, .to = 1, .terms = {.caps = 1}};
    uint8_t out[SIGNAL_MAX];
    memcpy(s.request, w.c.request, REQUEST_ID_LEN);
    speech_send(q->j, STREAM_SIGNAL, span_of(out, signal_build(&s, out)), true);
    memset(s.request, 0, sizeof s.request);
    speech_send(q->j, STREAM_SIGNAL, span_of(out, signal_build(&s, out)), true);
    world_run(&w);
    assert_int_equal(w.c.asked, 1);
    control_deny(organizer_control(w.o, w.now), q->mid, w.c.request, w.now); /* not q's */
    world_run(&w);
    assert_int_equal(p->c.denied + q->c.denied, 0);
    world_finish(&w);
}

/* The question about the lease cannot be sent: the session ends, but not while control asks. */
static void channel_gone_while_asking(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    line_close(p->j->line); /* takes nothing any more */
    control_ask(joiner_control(p->j, w.now), 3, false, w.now);
    assert_false(p->ended);
    world_pass(&w, 100);
    assert_true(p->ended);
    world_finish(&w);
}

/* A line without room is waited for, not looked at again and again. */
static void pace_waits_for_the_line(void **state)
{
    struct input_pace p = {0};
    struct input_event e[MAX_INPUT_EVENTS], one = motion(1, 1);
    unsigned n;
    (void)state;
    for (int even = 0; even < 2; even++) {
        input_pace_reset(&p, even, 1000);
        assert_true(input_pace_add(&p, &one, 1, 1000));
        assert_false(input_pace_next(&p, true, true, 1000, e, &n));
        assert_true(input_pace_due(&p, true) == UINT64_MAX);
        assert_true(input_pace_next(&p, true, false, 1001, e, &n));
        assert_int_equal(n, 1);
        assert_true(input_pace_due(&p, true) < UINT64_MAX);
    }
}

static void without_a_password(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, NULL, false);
    struct world_peer *p = world_join_with(&w, "", w.fp);
    organizer_admit(w.o, w.knock[0], true, false, w.now);
    world_run(&w);
    organizer_share(w.o, w.now);
    world_run(&w);
    control_ask(joiner_control(p->j, w.now), 1, false, w.now);
    world_run(&w);
    const struct signal_terms terms = {.caps = 1, .ttl_s = 300, .idle_s = 60};
    control_grant(organizer_control(w.o, w.now), p->mid, w.c.request, &terms, w.now);
    world_run(&w);
    assert_int_equal(w.c.denied, 1); /* nobody has compared the words */
    assert_int_equal(p->c.denied, 1);
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_and_gets),
        cmocka_unit_test(refused),
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(held_keys_are_told_of),
        cmocka_unit_test(beyond_the_caps),
        cmocka_unit_test(even_timing),
        cmocka_unit_test(time_and_idleness),
        cmocka_unit_test(other_ends),
        cmocka_unit_test(leaving_ends_it),
        cmocka_unit_test(channel_that_does_not_come_up),
        cmocka_unit_test(asking_anew),
        cmocka_unit_test(without_a_password),
        cmocka_unit_test(extension),
        cmocka_unit_test(held_is_told),
        cmocka_unit_test(hands_like_a_storm),
        cmocka_unit_test(held_unknown),
        cmocka_unit_test(held_without_end),
        cmocka_unit_test(channel_gone_while_asking),
        cmocka_unit_test(pace_waits_for_the_line),
        cmocka_unit_test(invited_to_ask),
        cmocka_unit_test(invited_without_end),
        cmocka_unit_test(request_of_another),
    };
    return cmocka_run_group_tests_name("control", tests, world_group_setup, world_group_teardown);
}
