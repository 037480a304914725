/*
 * Control of a screen that a member presents (e2e.md 7, 10, 11): granted between members, ended by
 * the organizer, with a line, with who goes; the organizer's second yes.
 */
#include "net/seal/joiner_state.h"
#include "tests/unit/seal/control_world.h"

static void control_of_a_member(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    const struct signal_terms terms = {.caps = 3, .ttl_s = 300, .idle_s = 60};
    control_present(&w, p);
    for (int by_organizer = 0; by_organizer < 2; by_organizer++) {
        struct control *asker =
            by_organizer ? organizer_control(w.o, w.now) : joiner_control(q->j, w.now);
        struct world_control *mine = by_organizer ? &w.c : &q->c;
        control_ask(asker, 3, false, w.now);
        world_run(&w);
        assert_int_equal(p->c.asked_mid, by_organizer ? 1 : q->mid);
        control_grant(joiner_control(p->j, w.now), p->c.asked_mid, p->c.request, &terms, w.now);
        world_run(&w);
        assert_true(p->c.live && mine->live && mine->mine);
        assert_int_equal(w.c.control_mid, p->c.asked_mid); /* the organizer knows */
        struct input_event e = key(INPUT_KEY_DOWN, 38);
        assert_true(control_input(asker, mine->grant, &e, 1, w.now));
        world_run(&w);
        assert_int_equal(p->c.events, 1 + by_organizer);
        organizer_revoke_all(w.o, w.now);
        world_run(&w);
        assert_false(p->c.live || mine->live);
        assert_int_equal(p->c.why, GRANT_END_ORGANIZER);
        assert_int_equal(w.c.control_mid, 0);
    }
    control_ask(joiner_control(q->j, w.now), 3, false, w.now);
    world_run(&w);
    control_grant(joiner_control(p->j, w.now), q->mid, p->c.request, &terms, w.now);
    world_run(&w);
    p->deaf = true;
    world_pass(&w, LEASE_MS + 200);
    assert_false(p->c.live); /* the lease */
    assert_int_equal(p->c.why, GRANT_END_LEASE);
    world_finish(&w);
}

/* p presents, q asks and gets it. */
static void grant_between(struct world *w, struct world_peer *p, struct world_peer *q)
{
    const struct signal_terms terms = {.caps = 3, .ttl_s = 300, .idle_s = 60};
    control_ask(joiner_control(q->j, w->now), 3, false, w->now);
    world_run(w);
    control_grant(joiner_control(p->j, w->now), q->mid, p->c.request, &terms, w->now);
    world_run(w);
    assert_true(p->c.live && q->c.live && q->c.mine);
    assert_int_equal(w->c.control_mid, q->mid);
}

/* Between members, each of whom learns of the other's lost line only through what the other says:
   it ends at once where the line is lost, and at the other end with the first word on the new one.
   Nothing is resumed; what is typed meanwhile goes nowhere. Fails without keep_farewell: the other
   end then takes itself for in control until the grant's time is over. */
static void a_grant_ends_with_either_line(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    control_present(&w, p);
    for (int round = 0; round < 4; round++) {
        struct world_peer *cut = round % 2 ? q : p, *other = round % 2 ? p : q;
        struct input_event e = motion(1, 1);
        uint8_t grant[GRANT_ID_LEN];
        unsigned events = p->c.events;
        grant_between(&w, p, q);
        memcpy(grant, q->c.grant, GRANT_ID_LEN);
        world_cut_member(&w, cut);
        assert_false(cut->c.live);
        assert_int_equal(cut->c.why, GRANT_END_LINE);
        assert_true(other->c.live);
        assert_true(control_input(joiner_control(q->j, w.now), grant, &e, 1, w.now));
        world_pass(&w, 1000);
        cut->handle++;
        joiner_back(cut->j, cut->handle, w.now);
        world_run(&w);
        assert_false(other->c.live);
        assert_int_equal(other->c.why, GRANT_END_PEER);
        assert_int_equal(w.c.control_mid, 0);
        assert_true(control_input(joiner_control(q->j, w.now), grant, &e, 1, w.now));
        world_pass(&w, PING_MS + 100); /* whoever is back may speak again */
        assert_int_equal(p->c.events, events);
        assert_false(p->ended || q->ended || w.ended);
    }
    world_finish(&w);
}

/* Who goes with a line that is as good as ever says so itself, before the organizer does. */
static void a_grant_ends_with_who_goes(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    control_present(&w, p);
    grant_between(&w, p, q);
    joiner_finish(q->j, false, E_NONE, END_WHY_SELF);
    world_run(&w);
    assert_false(p->c.live);
    assert_int_equal(p->c.why, GRANT_END_PEER);
    world_finish(&w);
}

static void notice(struct world *w, struct world_peer *p, uint16_t mid, uint8_t on)
{
    uint8_t body[GRANT_ID_LEN + 3] = {0};
    body[GRANT_ID_LEN] = (uint8_t)(mid >> 8);
    body[GRANT_ID_LEN + 1] = (uint8_t)mid;
    body[GRANT_ID_LEN + 2] = on;
    if (p->ended)
        return;
    assert_true(line_send(p->j->line, INNER_GRANT_NOTICE, span_of(body, sizeof body)));
    joiner_flush(p->j);
    world_run(w);
}

/* Who says without end that somebody has control, or has it no more, is out; who says the same
   again is not passed on. */
static void notices_without_end(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    control_present(&w, p);
    for (unsigned i = 0; i < 10; i++)
        notice(&w, p, q->mid, 1);
    assert_int_equal(w.c.control_told, 1);
    assert_int_equal(w.c.control_mid, q->mid);
    assert_false(p->ended || w.faults);
    for (unsigned i = 0; i < 1000; i++)
        notice(&w, p, q->mid, i % 2);
    assert_true(p->ended && !q->ended);
    assert_int_equal(w.faults, 1);
    assert_int_equal(w.fault_code, E_LIMIT);
    assert_true(w.c.control_told <= HELD_HEARD_BURST);
    assert_int_equal(w.c.control_mid, 0);
    world_finish(&w);
}

/* A member presents and asks the organizer about q. */
static void second_yes(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    organizer_unshare(w.o, false, w.now);
    control_hand_to(&w, p);
    joiner_second(q->j, p->mid, w.now); /* who does not present asks nothing */
    joiner_second(p->j, q->mid, w.now);
    joiner_second(p->j, q->mid, w.now); /* once */
    world_run(&w);
    assert_int_equal(w.seconds, 1);
    assert_true(w.second_from == p->mid && w.second_mid == q->mid);
    organizer_second(w.o, p->mid, 77, true, w.now); /* about nobody */
    organizer_second(w.o, q->mid, q->mid, true, w.now);
    world_run(&w);
    assert_int_equal(p->seconds, 0);
    organizer_second(w.o, p->mid, q->mid, true, w.now);
    organizer_second(w.o, p->mid, q->mid, false, w.now); /* answered already */
    world_run(&w);
    assert_true(p->seconds == 1 && p->second_yes && p->second_mid == q->mid);
    joiner_second(p->j, 77, w.now); /* nobody: no, and the organizer is not asked */
    world_run(&w);
    assert_true(w.seconds == 1 && p->seconds == 2 && !p->second_yes);
    joiner_second(p->j, q->mid, w.now);
    world_run(&w);
    organizer_offer(w.o, 1, w.now); /* taken back: nobody may answer for them any more */
    world_run(&w);
    organizer_second(w.o, p->mid, q->mid, true, w.now);
    world_run(&w);
    assert_true(w.seconds == 2 && p->seconds == 3 && !p->second_yes);
    assert_false(p->ended || q->ended || w.ended);
    world_finish(&w);
}

/* p is back on a new line before the relay has said that the old one is gone. */
static void change_lines(struct world *w, struct world_peer *p)
{
    unsigned backs = p->backs, dropped = w->others_dropped;
    joiner_cut(p->j, w->now);
    world_lose(w);
    joiner_back(p->j, ++p->handle, w->now);
    world_run(w);
    assert_int_equal(p->backs, backs + 1);
    assert_int_equal(w->others_dropped, dropped + 1); /* the old one */
}

/* What was asked on the old line is forgotten at both ends: asked again it is a new question, and
   an answer to the old one reaches nobody. Fails when resume_complete does not go by leave_old. */
static void a_new_line_is_asked_anew(void **state)
{
    struct world w;
    (void)state;
    for (int answered = 0; answered < 2; answered++) {
        struct world_peer *p = control_start(&w), *q = world_join(&w);
        organizer_unshare(w.o, false, w.now);
        control_hand_to(&w, p);
        joiner_second(p->j, q->mid, w.now);
        world_run(&w);
        assert_int_equal(w.seconds, 1);
        change_lines(&w, p);
        assert_true(p->seconds == 1 && !p->second_yes);
        if (answered)
            organizer_second(w.o, p->mid, q->mid, true, w.now);
        world_run(&w);
        assert_int_equal(p->seconds, 1);
        joiner_second(p->j, q->mid, w.now);
        world_run(&w);
        assert_int_equal(w.seconds, 2);
        organizer_second(w.o, p->mid, q->mid, true, w.now);
        world_run(&w);
        assert_true(p->seconds == 2 && p->second_yes);
        assert_false(p->ended);
        assert_int_equal(w.presenter, p->mid);
        world_finish(&w);
    }
}

/* A grant does not outlive the line it was used over, at whoever presents: the organizer (0), or a
   member that changes lines itself (1), of which the organizer says that nobody controls it. Fails
   when resume_complete does not go by leave_old. */
static void a_grant_ends_with_its_line(void **state)
{
    struct world w;
    (void)state;
    for (int member = 0; member < 2; member++) {
        struct world_peer *p = control_start(&w), *q = world_join(&w);
        if (member) {
            organizer_unshare(w.o, false, w.now);
            control_hand_to(&w, p);
            world_pass(&w, 6000);
            grant_between(&w, p, q);
        } else {
            control_set_up(&w, p, 3, false);
        }
        change_lines(&w, p);
        assert_false(w.c.live || p->c.live || w.c.control_mid);
        assert_true(member || w.c.why == GRANT_END_LINE);
        world_pass(&w, 1000);
        assert_false(p->ended || q->ended || w.ended);
        world_finish(&w);
    }
}

/* A relay that says only that the organizer is back (0), or twice that it is (1), makes the
   presenter resume: whoever controls it loses that, too, so that the organizer is not told wrongly.
   Fails when joiner_away resumes without wait_for_line. */
static void back_without_having_gone(void **state)
{
    struct world w;
    (void)state;
    for (int twice = 0; twice < 2; twice++) {
        struct world_peer *p = control_start(&w), *q = world_join(&w);
        organizer_unshare(w.o, false, w.now);
        control_hand_to(&w, p);
        world_pass(&w, 6000);
        grant_between(&w, p, q);
        unsigned revoked = p->c.revoked;
        joiner_away(p->j, false, w.now);
        assert_false(p->c.live);
        assert_int_equal(p->c.revoked, revoked + 1);
        assert_int_equal(p->c.why, GRANT_END_LINE);
        if (twice)
            joiner_away(p->j, false, w.now);
        world_pass(&w, 6000);
        assert_false(q->c.live || w.c.control_mid);
        assert_false(p->ended || q->ended || w.ended);
        grant_between(&w, p, q); /* and the next one is seen again */
        world_finish(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control_of_a_member),
        cmocka_unit_test(a_grant_ends_with_either_line),
        cmocka_unit_test(a_grant_ends_with_who_goes),
        cmocka_unit_test(notices_without_end),
        cmocka_unit_test(second_yes),
        cmocka_unit_test(a_new_line_is_asked_anew),
        cmocka_unit_test(a_grant_ends_with_its_line),
        cmocka_unit_test(back_without_having_gone),
    };
    return cmocka_run_group_tests_name("grants", tests, world_group_setup, world_group_teardown);
}
