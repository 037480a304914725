/*
 * Lost lines (e2e.md 11): who comes back in time is the same member, with nothing typed, whatever
 * the line does meanwhile; who does not is removed. Organizer and joiners run here with a relay in
 * memory.
 */
#include "net/seal/organizer_state.h"
#include "policy/limits.h"
#include "tests/unit/seal/stranger.h"

static void lost_is_removed_later(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w), *b = world_join(&w);
    organizer_peer_gone(w.o, a->handle, w.now);
    world_pass(&w, RESUME_MEMBER_MS - 1000);
    assert_int_equal(w.members, 3);
    world_pass(&w, 1100);
    assert_int_equal(w.members, 2);
    assert_int_equal(b->gone[MEMBER_LOST], 1);
    world_finish(&w);
}

static void a_cut_member_comes_back(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    assert_true(organizer_share(w.o, w.now));
    world_screen_unit(&w, true, "one", 3);
    world_cut_member(&w, a);
    assert_int_equal(a->picture, PICTURE_STALE);
    world_pass(&w, 40000);
    assert_false(a->ended);
    a->handle++;
    joiner_back(a->j, a->handle, w.now);
    world_run(&w);
    assert_int_equal(a->backs, 1);
    world_screen_unit(&w, false, "part", 4); /* cannot be decoded without what was missed */
    assert_int_equal(a->screens, 1);
    world_screen_unit(&w, true, "key", 3);
    assert_int_equal(a->screens, 2);
    world_pass(&w, STATUS_MS);
    assert_int_equal(a->picture, PICTURE_RUNNING);
    world_finish(&w);
}

/* The relay was started again: nobody has the handle they had, the relay knows nothing. */
static void all_come_back_after_the_relay(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w), *b = world_join(&w);
    assert_true(organizer_share(w.o, w.now));
    for (int round = 0; round < 3; round++) {
        unsigned presents = w.presents, screens = a->screens;
        organizer_cut(w.o, w.now);
        joiner_cut(a->j, w.now);
        joiner_cut(b->j, w.now);
        a->bound = b->bound = false;
        world_lose(&w);
        assert_true(organizer_unshare(w.o, true, w.now));
        world_lose(&w);
        world_pass(&w,
                   RESUME_MEMBER_MS + 10000); /* nobody is removed while we are away ourselves */
        assert_int_equal(w.members, 3);
        memset(w.m0, 0, sizeof w.m0);
        organizer_back(w.o, w.now);
        assert_int_equal(w.backs, round + 1);
        assert_int_equal(w.presents, presents + 1);
        assert_int_equal(w.m0[0], 1);
        a->handle += 100, b->handle += 100;
        joiner_back(a->j, a->handle, w.now);
        joiner_back(b->j, b->handle, w.now);
        world_run(&w);
        assert_int_equal(a->backs, round + 1);
        assert_int_equal(b->backs, round + 1);
        assert_true(organizer_share(w.o, w.now));
        world_screen_unit(&w, true, "key", 3);
        assert_int_equal(a->screens, screens + 1);
        assert_int_equal(b->screens, screens + 1);
    }
    world_pass(&w, RESUME_MEMBER_MS + 10000);
    assert_int_equal(w.members, 3);
    world_finish(&w);
}

/* The organizer's line only: members stay attached and resume on the connection they have. */
static void members_resume_where_they_are(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    organizer_cut(w.o, w.now);
    world_lose(&w);
    joiner_away(a->j, true, w.now);
    world_pass(&w, 100000); /* longer than any handshake may take */
    assert_false(a->ended);
    organizer_back(w.o, w.now);
    joiner_away(a->j, false, w.now);
    world_run(&w);
    assert_int_equal(a->backs, 1);
    world_pass(&w, RESUME_MEMBER_MS + 10000);
    assert_int_equal(w.members, 2);
    world_finish(&w);
}

/* Delivers what waits for the organizer, and not its answers. */
static void let_organizer_hear(struct world *w)
{
    struct world_item *kept = NULL, **end = &kept;
    while (w->first) {
        struct world_item *i = w->first;
        w->first = i->next;
        i->next = NULL;
        w->end = w->first ? w->end : &w->first;
        if (i->kind == WORLD_TO_ORGANIZER) {
            world_deliver(w, i);
            free(i);
        } else {
            *end = i;
            end = &i->next;
        }
    }
    w->first = kept;
    w->end = kept ? end : &w->first;
}

/* The organizer's line is lost again while it answers a RESUME, and AWAY overtakes the answers, as
   the relay sends its own words first. They come while nothing is awaited (0), or within the next
   resume (1); neither is broken by them. */
static void late_answers_to_a_resume_are_no_harm(void **state)
{
    struct world w;
    (void)state;
    for (int within = 0; within < 2; within++) {
        world_init(&w, WORLD_PASSWORD, false);
        struct world_peer *a = world_join(&w);
        organizer_cut(w.o, w.now);
        world_lose(&w);
        joiner_away(a->j, true, w.now);
        for (int round = 0; round < 3; round++) {
            organizer_back(w.o, w.now);
            joiner_away(a->j, false, w.now);
            let_organizer_hear(&w);
            assert_non_null(w.first);
            organizer_cut(w.o, w.now);
            joiner_away(a->j, true, w.now);
            if (!within)
                world_run(&w);
            assert_false(a->ended);
        }
        organizer_back(w.o, w.now);
        joiner_away(a->j, false, w.now);
        world_run(&w);
        world_pass(&w, 2000);
        assert_false(a->ended);
        assert_int_equal(a->backs, 1);
        assert_true(organizer_share(w.o, w.now));
        world_screen_unit(&w, true, "key", 3);
        assert_int_equal(a->screens, 1);
        world_cut_member(&w, a);
        joiner_back(a->j, ++a->handle, w.now);
        world_run(&w);
        assert_int_equal(a->backs, 2);
        world_finish(&w);
    }
}

/* The organizer's last words were on their way when its line was lost, and AWAY overtook them. An
   answer to a PING asks for nothing any more, an offer is none, an epoch counts. */
static void words_behind_away_are_no_harm(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w), *b = world_join(&w);
    assert_true(organizer_share(w.o, w.now));
    world_run(&w);
    w.now += WATCH_PING_MS; /* who watches asks */
    joiner_tick(a->j, w.now);
    let_organizer_hear(&w);
    organizer_offer(w.o, a->mid, w.now);
    organizer_remove(w.o, b->mid, REMOVE_WANTED, w.now);
    assert_non_null(w.first);
    organizer_cut(w.o, w.now);
    joiner_away(a->j, true, w.now);
    world_run(&w);
    assert_false(a->ended);
    assert_int_equal(a->offered, 0);
    assert_int_equal(a->gone[MEMBER_REMOVED], 1);
    organizer_back(w.o, w.now);
    joiner_away(a->j, false, w.now);
    world_pass(&w, 2000);
    joiner_answer(a->j, true, w.now); /* nothing was offered */
    world_pass(&w, RESUME_MEMBER_MS);
    assert_false(a->ended);
    assert_int_equal(a->backs, 1);
    assert_int_equal(w.faults, 0);
    assert_true(a->round_ms != 0); /* and it asks again */
    world_finish(&w);
}

static size_t heard_bytes; /* by the first joiner */

static bool count_bytes(struct world *w, struct world_item *i)
{
    (void)w;
    if (i->kind == WORLD_TO_JOINER && i->peer == 0)
        heard_bytes += i->len;
    return true;
}

static size_t cost_of_a_resume(struct world *w, struct world_peer *a)
{
    world_cut_member(w, a);
    heard_bytes = 0;
    w->touch = count_bytes;
    joiner_back(a->j, ++a->handle, w->now);
    world_run(w);
    w->touch = NULL;
    assert_false(a->ended);
    return heard_bytes;
}

/* A relay that was started again brings all of them back at once: who knows the present roster is
   not sent it again, who does not is. */
static void a_known_roster_is_not_sent_again(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w), *last = NULL;
    size_t few = cost_of_a_resume(&w, a), backs = a->backs;
    for (int i = 0; i < 8; i++)
        last = world_join(&w);
    assert_int_equal(cost_of_a_resume(&w, a), few);
    assert_int_equal(a->backs, backs + 1);
    assert_int_equal(a->members, 10);
    world_cut_member(&w, a);
    joiner_leave(last->j, w.now); /* an epoch that it does not hear of */
    world_run(&w);
    heard_bytes = 0;
    w.touch = count_bytes;
    joiner_back(a->j, ++a->handle, w.now);
    world_run(&w);
    assert_true(heard_bytes > few + 256);
    assert_int_equal(a->members, 9);
    assert_int_equal(a->backs, backs + 2);
    world_finish(&w);
}

/* A relay that breaks every attempt gets no more of them than fit into the time for one. */
static bool break_answers(struct world *w, struct world_item *i)
{
    (void)w;
    if (i->kind == WORLD_TO_JOINER && i->len > 20)
        i->bytes[i->len - 1] ^= 1, i->bytes[10] ^= 1;
    return true;
}

static void a_resume_that_is_always_broken_ends(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    world_cut_member(&w, a);
    w.touch = break_answers;
    joiner_back(a->j, ++a->handle, w.now);
    world_run(&w);
    world_pass(&w, 20000);
    assert_false(a->ended);
    world_pass(&w, 11000);
    assert_true(a->ended && a->cut);
    assert_int_equal(a->code, E_CUT);
    world_finish(&w);
}

/* What a connection that is nobody's says could only be late: it is ended, or it would fill the
   organizer's line with what nobody reads. But a member may say something on the connection it has
   before it knows that the organizer's is another one. Fails without late(), and when that does not
   wait. */
static void who_is_nobody_is_ended(void **state)
{
    static const uint8_t late[] = {1, OUTER_CHAN, 0, 1, 23, 3, 3, 0, 1, 0};
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    organizer_message(w.o, STRANGER, span_of(late, sizeof late), w.now);
    assert_int_equal(w.others_dropped, 1);
    organizer_cut(w.o, w.now);
    world_lose(&w);
    joiner_away(a->j, true, w.now);
    organizer_back(w.o, w.now);
    organizer_message(w.o, a->handle, span_of(late, sizeof late), w.now);
    world_run(&w);
    assert_false(a->dropped);
    joiner_away(a->j, false, w.now);
    world_run(&w);
    assert_int_equal(a->backs, 1);
    world_pass(&w, RESUME_MEMBER_MS);
    organizer_message(w.o, STRANGER, span_of(late, sizeof late), w.now);
    assert_int_equal(w.others_dropped, 2);
    world_finish(&w);
}

/* The token of somebody who left is of no more use, either; a stranger who goes has none, and has
   done nothing. Fails when LEAVE is told as what may come back, and when a stranger's is not. */
static void who_left_does_not_come_back(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    joiner_leave(a->j, w.now);
    world_run(&w);
    assert_int_equal(a->drop_why, DROP_REMOVED);
    world_finish(&w);
    world_init(&w, WORLD_PASSWORD, true);
    struct world_peer *b = world_join_with(&w, WORLD_PASSWORD, w.fp);
    joiner_leave(b->j, w.now);
    world_run(&w);
    assert_int_equal(b->drop_why, DROP_LEFT);
    world_finish(&w);
}

/* Removed while it was away: the relay is told that its token is of no more use. Fails when
   refuse() says what it says of every other RESUME. */
static void who_was_removed_comes_back_once(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w), *b = world_join(&w);
    world_cut_member(&w, a);
    organizer_remove(w.o, a->mid, REMOVE_WANTED, w.now);
    world_run(&w);
    joiner_back(a->j, ++a->handle, w.now);
    world_run(&w);
    assert_true(a->ended);
    assert_int_equal(a->drop_why, DROP_REMOVED);
    assert_false(stranger_resumes(&w, STRANGER, b->mid, 7)); /* somebody who is in */
    assert_int_equal(b->drop_why, 0);
    assert_false(b->ended);
    world_finish(&w);
}

/* The relay, or whoever takes the organizer's place there, says ERROR: the attempt ends, and the
   next one comes. Fails when on_error ends the membership. */
static void an_error_ends_an_attempt_only(void **state)
{
    struct world w;
    uint8_t error[OUTER_HEAD + 2];
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    outer_error_build(E_STATE, error);
    joiner_message(a->j, 1, span_of(error, sizeof error), w.now); /* nothing is tried */
    assert_false(a->ended);
    world_cut_member(&w, a);
    joiner_back(a->j, ++a->handle, w.now);
    joiner_message(a->j, 1, span_of(error, sizeof error), w.now);
    joiner_message(a->j, 1, span_of(error, sizeof error), w.now);
    world_lose(&w);
    world_pass(&w, 1000);
    assert_false(a->ended);
    assert_int_equal(a->backs, 1);
    assert_true(organizer_share(w.o, w.now));
    world_screen_unit(&w, true, "key", 3);
    assert_int_equal(a->screens, 1);
    world_finish(&w);
}

/* Who waits at the door has nothing to come back with. */
static void the_waiting_begin_again(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, true);
    struct world_peer *a = world_join(&w);
    assert_int_equal(w.knocks, 1);
    organizer_cut(w.o, w.now);
    assert_int_equal(w.knock_gone, 1);
    joiner_away(a->j, true, w.now);
    assert_true(a->ended && a->cut);
    assert_int_equal(a->code, E_CUT);
    organizer_admit(w.o, w.knock[0], true, false, w.now);
    organizer_back(w.o, w.now);
    world_run(&w);
    assert_int_equal(w.members, 1);
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lost_is_removed_later),
        cmocka_unit_test(who_is_nobody_is_ended),
        cmocka_unit_test(who_left_does_not_come_back),
        cmocka_unit_test(who_was_removed_comes_back_once),
        cmocka_unit_test(a_cut_member_comes_back),
        cmocka_unit_test(all_come_back_after_the_relay),
        cmocka_unit_test(members_resume_where_they_are),
        cmocka_unit_test(late_answers_to_a_resume_are_no_harm),
        cmocka_unit_test(words_behind_away_are_no_harm),
        cmocka_unit_test(a_known_roster_is_not_sent_again),
        cmocka_unit_test(a_resume_that_is_always_broken_ends),
        cmocka_unit_test(an_error_ends_an_attempt_only),
        cmocka_unit_test(the_waiting_begin_again),
    };
    return cmocka_run_group_tests(tests, world_group_setup, world_group_teardown);
}
