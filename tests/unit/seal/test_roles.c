/*
 * Who presents, and who is who (e2e.md 7, 8, 11): hand-over, a member that presents, its lease, the
 * verification words.
 */
#include "net/seal/group_state.h"
#include "net/seal/joiner_state.h"
#include "tests/unit/seal/control_world.h"

static void screen_of(struct world *w, struct world_peer *p, bool key)
{
    joiner_screen(p->j, key, span_of("picture", 7), w->now);
    world_run(w);
}

static void member_presents(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    organizer_view(w.o, true, w.now);
    world_screen_unit(&w, true, "a", 1);
    control_hand_to(&w, p);
    assert_int_equal(w.presenter, 1); /* our own capture lives still */
    assert_true(organizer_unshare(w.o, false, w.now));
    world_run(&w);
    assert_int_equal(w.presenter, p->mid);
    assert_int_equal(p->presenter, p->mid);
    assert_int_equal(q->presenter, p->mid);
    assert_true(joiner_share(p->j, w.now));
    world_pass(&w, 100); /* PING */
    screen_of(&w, p, true);
    screen_of(&w, p, false);
    joiner_cursor(p->j, true, span_of("xy", 2), w.now);
    world_run(&w);
    assert_int_equal(w.screens, 2);
    assert_int_equal(w.cursors, 1);
    assert_int_equal(q->screens, 3);
    assert_int_equal(p->screens, 1); /* the organizer's, before */
    world_pass(&w, 20000);
    assert_int_equal(w.picture, PICTURE_RUNNING);
    assert_int_equal(q->picture, PICTURE_RUNNING);
    struct world_peer *late = world_join(&w);
    assert_true(p->need_keys >= 1);
    screen_of(&w, p, false);
    assert_int_equal(w.screens, 3);
    assert_int_equal(late->screens, 0); /* not before a KEY unit */
    screen_of(&w, p, true);
    assert_int_equal(late->screens, 1);
    assert_true(joiner_unshare(p->j, true, w.now));
    world_run(&w);
    assert_int_equal(q->picture, PICTURE_PAUSED);
    assert_true(joiner_share(p->j, w.now));
    assert_true(joiner_unshare(p->j, false, w.now));
    world_run(&w);
    assert_int_equal(w.presenter, 0); /* given back */
    assert_false(p->ended || q->ended || w.ended);
    world_finish(&w);
}

static void offers(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    organizer_unshare(w.o, false, w.now);
    organizer_offer(w.o, p->mid, w.now);
    world_run(&w);
    joiner_answer(p->j, false, w.now);
    joiner_answer(p->j, true, w.now); /* nothing is open any more */
    world_run(&w);
    assert_true(w.answers == 1 && !w.answered_yes);
    organizer_offer(w.o, p->mid, w.now);
    organizer_offer(w.o, 1, w.now); /* taken back */
    world_run(&w);
    joiner_answer(p->j, true, w.now);
    world_run(&w);
    assert_int_equal(w.answers, 1);
    assert_int_equal(w.presenter, 0);
    organizer_offer(w.o, p->mid, w.now);
    organizer_offer(w.o, 1, w.now); /* taken back, and offered again before p's user has answered */
    organizer_offer(w.o, p->mid, w.now);
    world_run(&w);
    assert_int_equal(w.answers, 1);
    joiner_answer(p->j, false, w.now);
    world_run(&w);
    assert_true(w.answers == 2 && !w.answered_yes);
    organizer_offer(w.o, 77, w.now);
    assert_true(w.answers == 3 && !w.answered_yes);
    control_hand_to(&w, p);
    assert_int_equal(w.presenter, p->mid);
    control_hand_to(&w, q); /* from one member to another */
    assert_int_equal(p->presenter, q->mid);
    assert_false(joiner_share(p->j, w.now));
    organizer_offer(w.o, 1, w.now);
    world_run(&w);
    assert_int_equal(q->presenter, 0);
    control_hand_to(&w, q);
    joiner_leave(q->j, w.now);
    world_run(&w);
    assert_int_equal(w.presenter, 0);
    assert_false(p->ended || w.ended);
    world_finish(&w);
}

/* The session ends while a removal waits for the presenter's word: it is told of with the end,
   whichever end it is. Fails when finish (organizer.c) does not ask removed_end. */
static void removed_is_said_at_the_end(void **state)
{
    struct world w;
    (void)state;
    for (int cut = 0; cut < 2; cut++) {
        struct world_peer *p = control_start(&w), *q = world_join(&w);
        organizer_unshare(w.o, false, w.now);
        control_hand_to(&w, p);
        p->deaf = true;
        organizer_remove(w.o, q->mid, REMOVE_WANTED, w.now);
        world_run(&w);
        assert_int_equal(w.gone[MEMBER_REMOVED], 0);
        if (cut)
            organizer_lost(w.o);
        else
            organizer_end(w.o, 0, w.now);
        world_run(&w);
        world_pass(&w, END_WAIT_MS + 200);
        assert_true(w.ended);
        assert_int_equal(w.gone[MEMBER_REMOVED], 1);
        world_finish(&w);
    }
}

/* STATUS, as a client of p that is not ours may seal it; `next`: of the screen. */
static void say_status(struct world *w, struct world_peer *p, uint8_t state, uint64_t next)
{
    static uint8_t wire[UNIT_WIRE_MAX];
    uint8_t content[32];
    struct put c = put_into(content, sizeof content);
    put_u64(&c, w->now);
    put_u8(&c, state);
    put_u64(&c, group_screens_before(p->j->group));
    put_u8(&c, 1);
    put_u8(&c, STREAM_SCREEN);
    put_u64(&c, next);
    size_t len = group_seal(p->j->group, STREAM_STATUS, 0, span_of(content, c.len), wire);
    assert_in_range(len, 1, sizeof wire);
    p->j->port->unit(p->j->port->ctx, span_of(wire, len));
    world_run(w);
}

static void watched_by_both(struct world *w, const struct world_peer *q, int state, unsigned most)
{
    assert_int_equal(w->picture, state);
    assert_int_equal(q->picture, state);
    assert_in_range(w->pictures, 1, most);
    assert_in_range(q->pictures, 1, most);
    w->pictures = w->peers[1].pictures = 0;
}

/* A presenter that says something else without end: told no more often than is borne with, the last
   word is true, and an end is told at once. Fails when standing_heard does not ask the pace. */
static void changes_of_the_picture_like_a_storm(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    control_hand_to(&w, p);
    assert_true(organizer_unshare(w.o, false, w.now));
    world_pass(&w, 6000);
    assert_true(joiner_share(p->j, w.now));  /* its own next STATUS is 2 s away */
    world_pass(&w, 100 + PICTURE_REFILL_MS); /* PING, and all of the burst is free */
    w.pictures = q->pictures = 0;
    for (unsigned i = 0; i < 301; i++)
        say_status(&w, p, i % 2 ? PICTURE_RUNNING : PICTURE_PAUSED, 0);
    watched_by_both(&w, q, PICTURE_RUNNING, PICTURE_BURST);
    world_pass(&w, PICTURE_REFILL_MS);
    watched_by_both(&w, q, PICTURE_PAUSED, 1);
    say_status(&w, p, PICTURE_STOPPED, 0);
    watched_by_both(&w, q, PICTURE_STOPPED, 1);
    for (unsigned i = 0; i < 301; i++)
        say_status(&w, p, PICTURE_STOPPED, i % 2 ? 0 : 99); /* as if some of it were lost */
    assert_int_equal(w.pictures + q->pictures, 0);
    world_pass(&w, PICTURE_REFILL_MS);
    watched_by_both(&w, q, PICTURE_INCOMPLETE, 1);
    assert_false(p->ended || q->ended || w.ended);
    world_finish(&w);
}

/* Who watches asks every 5 s, and is told how long the answer took. */
static void quality_of_the_line(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    world_pass(&w, WATCH_PING_MS + 200);
    assert_int_equal(p->round_ms, 1); /* told as the least there is */
    w.now += WATCH_PING_MS;
    joiner_tick(p->j, w.now); /* PING is on its way */
    w.now += 40;
    world_run(&w);
    assert_int_equal(p->round_ms, 40);
    organizer_unshare(w.o, false, w.now);
    world_pass(&w, 200);
    p->round_ms = 0;
    world_pass(&w, 3 * WATCH_PING_MS); /* nothing to be watched: nothing asked */
    assert_int_equal(p->round_ms, 0);
    world_finish(&w);
}

/* Nobody but the organizer makes epochs: one that a presenter, or the relay, makes up ends the
   presentation, and the next one is taken again. */
static void an_epoch_made_up_ends_a_presentation(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w);
    organizer_unshare(w.o, false, w.now);
    organizer_view(w.o, true, w.now);
    control_hand_to(&w, p);
    joiner_share(p->j, w.now);
    world_pass(&w, 100);
    p->j->group->epoch++;
    joiner_screen(p->j, true, span_of("picture", 7), w.now);
    p->j->group->epoch--;
    world_run(&w);
    assert_int_equal(w.faults, 1);
    assert_int_equal(w.fault_code, E_EPOCH);
    assert_int_equal(w.presenter, 0);
    control_hand_to(&w, p);
    joiner_share(p->j, w.now);
    world_pass(&w, 100);
    screen_of(&w, p, true);
    assert_int_equal(w.screens, 1);
    assert_int_equal(w.faults, 1);
    world_finish(&w);
}

static bool unheard(struct world *w, struct world_item *i)
{
    return i->kind != WORLD_TO_ORGANIZER || &w->peers[i->peer] != w->touch_ctx;
}

/* The organizer's line was lost before it heard that the epoch is known, and a SNAPSHOT of it says
   nothing new: not who presented before. */
static void old_presenter_is_late_after_a_resume(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w), *r = world_join(&w);
    organizer_unshare(w.o, false, w.now);
    control_hand_to(&w, p);
    joiner_share(p->j, w.now);
    world_pass(&w, 100);
    p->deaf = true;
    w.touch = unheard;
    w.touch_ctx = r;
    control_hand_to(&w, q);
    world_pass(&w, 100);
    w.touch = NULL;
    organizer_cut(w.o, w.now);
    joiner_away(r->j, true, w.now);
    world_lose(&w);
    organizer_back(w.o, w.now);
    joiner_away(r->j, false, w.now);
    world_run(&w);
    assert_int_equal(r->backs, 1);
    screen_of(&w, p, true);
    assert_int_equal(r->screens, 0);
    assert_false(r->ended);
    world_finish(&w);
}

static void words_are_the_same(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, NULL, false);
    struct world_peer *p = world_join_with(&w, "", w.fp);
    organizer_admit(w.o, w.knock[0], true, false, w.now);
    world_run(&w);
    struct world_peer *q = world_join_with(&w, "", w.fp);
    organizer_admit(w.o, w.knock[1], true, false, w.now);
    world_pass(&w, 600);
    organizer_verified(w.o, p->mid, true, w.now);
    organizer_verified(w.o, p->mid, true, w.now); /* no second time */
    world_run(&w);
    assert_int_equal(w.verified, 1u << p->mid);
    assert_int_equal(q->verified, 1u << p->mid);
    assert_int_equal(q->members, 3);
    joiner_verified(p->j, 1, true, w.now);
    assert_true(p->verified & 2u);
    struct world_peer *late = world_join_with(&w, "", w.fp);
    organizer_admit(w.o, w.knock[2], true, false, w.now);
    world_pass(&w, 600);
    assert_int_equal(late->verified, 1u << p->mid);
    organizer_share(w.o, w.now);
    world_run(&w);
    control_set_up(&w, p, 1, false); /* without a password, but verified */
    control_ask(joiner_control(q->j, w.now), 1, false, w.now);
    world_run(&w);
    const struct signal_terms terms = {.caps = 1, .ttl_s = 300, .idle_s = 60};
    control_revoke(organizer_control(w.o, w.now), w.c.grant, GRANT_END_OWN, w.now);
    control_grant(organizer_control(w.o, w.now), q->mid, w.c.request, &terms, w.now);
    world_run(&w);
    assert_int_equal(q->c.denied, 1);
    world_finish(&w);
}

static void words_differ(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    joiner_verified(p->j, 1, false, w.now);
    assert_true(p->ended);
    assert_int_equal(p->code, E_IDENTITY);
    organizer_verified(w.o, q->mid, false, w.now);
    world_run(&w);
    world_pass(&w, 2500);
    assert_true(w.ended && q->ended && !q->cut);
    assert_int_equal(q->why, END_WHY_WORDS); /* ... and not merely ended */
    world_finish(&w);
}

/* Compared at the door: verified from the first roster on, for everybody. */
static void words_at_the_door(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, NULL, false);
    struct world_peer *p = world_join_with(&w, "", w.fp);
    organizer_admit(w.o, w.knock[0], true, true, w.now);
    world_run(&w);
    assert_int_equal(w.verified, 1u << p->mid);
    struct world_peer *q = world_join_with(&w, "", w.fp);
    organizer_admit(w.o, w.knock[1], true, false, w.now);
    world_pass(&w, 600);
    assert_int_equal(q->verified, 1u << p->mid);
    assert_int_equal(w.verified, 1u << p->mid);
    world_join_with(&w, "", w.fp);
    organizer_end(w.o, END_REASON_WORDS, w.now);
    world_pass(&w, 2500);
    assert_int_equal(p->why, END_WHY_WORDS);
    assert_int_equal(w.peers[2].why, END_WHY_WORDS); /* who waits hears it as well */
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(member_presents),
        cmocka_unit_test(offers),
        cmocka_unit_test(quality_of_the_line),
        cmocka_unit_test(old_presenter_is_late_after_a_resume),
        cmocka_unit_test(an_epoch_made_up_ends_a_presentation),
        cmocka_unit_test(removed_is_said_at_the_end),
        cmocka_unit_test(changes_of_the_picture_like_a_storm),
        cmocka_unit_test(words_are_the_same),
        cmocka_unit_test(words_differ),
        cmocka_unit_test(words_at_the_door),
    };
    return cmocka_run_group_tests_name("roles", tests, world_group_setup, world_group_teardown);
}
