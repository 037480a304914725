/*
 * Sessions on the main road and beside it: joining, guesses, waiting room, epochs, pictures, the
 * end. Organizer and joiners run here with a relay in memory; nothing is replaced inside them.
 */
#include "policy/limits.h"
#include "tests/unit/seal/world.h"

static void joins_and_sees(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *p = world_join(&w);
    assert_true(p->welcomed && !p->wait && !p->ended);
    assert_int_equal(p->members, 2);
    assert_int_equal(w.members, 2);
    assert_int_equal(p->mid, 2);
    assert_true(organizer_share(w.o, w.now));
    world_run(&w);
    assert_int_equal(p->presenter, 1);
    assert_int_equal(p->picture, PICTURE_RUNNING);
    uint8_t *big = malloc(MAX_UNIT);
    for (size_t i = 0; i < MAX_UNIT; i++)
        big[i] = (uint8_t)(i * 31 + i / 251);
    static const size_t sizes[] = {1, 2, 251, 252, 253, 4096, 65536, MAX_UNIT - 1, MAX_UNIT};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        world_screen_unit(&w, i == 0, big, sizes[i]);
        assert_int_equal(p->screens, i + 1);
        assert_int_equal(p->content_len, sizes[i]);
        assert_memory_equal(p->content, big, sizes[i]);
        assert_int_equal(p->last_key, i == 0);
    }
    w.keep_units = true;
    for (unsigned key = 0; key < 2; key++) {
        organizer_cursor(w.o, key, span_of("xy", 2), w.now);
        world_run(&w);
        assert_int_equal(w.units->bytes[1], key); /* the relay keeps that one */
    }
    assert_int_equal(p->cursors, 2);
    assert_int_equal(p->missed, 0);
    free(big);
    world_finish(&w);
}

static void waiting_room(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, true);
    struct world_peer *p = world_join(&w);
    assert_true(p->welcomed && p->wait);
    assert_int_equal(w.knocks, 1);
    assert_memory_equal(w.words, p->words, 4);
    assert_int_equal(p->members, 0);
    world_pass(&w, 120000); /* people may take their time */
    assert_false(p->ended);
    organizer_admit(w.o, w.knock[0], true, false, w.now);
    world_run(&w);
    assert_int_equal(p->members, 2);
    p = world_join(&w);
    organizer_admit(w.o, w.knock[1], false, false, w.now);
    world_run(&w);
    assert_true(p->ended && !p->cut);
    assert_int_equal(p->why, END_WHY_REFUSED);
    assert_int_equal(p->members, 0);
    p = world_join(&w);
    joiner_leave(p->j, w.now);
    world_run(&w);
    assert_int_equal(w.knock_gone, 1);
    assert_int_equal(w.members, 2);
    world_finish(&w);
}

static void no_password(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, NULL, false);
    struct world_peer *p = world_join_with(&w, "", w.fp);
    assert_true(p->wait); /* forced */
    assert_int_equal(w.knocks, 1);
    organizer_admit(w.o, w.knock[0], true, false, w.now);
    world_run(&w);
    assert_int_equal(p->members, 2);
    p = world_join_with(&w, WORLD_PASSWORD, NULL); /* must not be led into a session without one */
    assert_true(p->ended);
    assert_int_equal(p->code, E_AUTH);
    world_finish(&w);
}

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

/* A new password while somebody is proving the old one: that one has to begin again, and no guess
 * is left open. */
static bool lose_m3_once(struct world *w, struct world_item *i)
{
    bool m3 = i->kind == WORLD_TO_ORGANIZER && i->bytes[1] == 0x04;
    if (m3)
        w->touch_ctx = NULL;
    return !m3 && !(i->kind == WORLD_TO_ORGANIZER && !w->touch_ctx && i->bytes[1] == 0x05);
}

static void new_password_restarts(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    w.touch = lose_m3_once;
    w.touch_ctx = &w;
    struct world_peer *p = world_join_with(&w, WORLD_PASSWORD, w.fp);
    assert_false(p->ended);
    w.touch = NULL;
    assert_true(organizer_password(w.o, world_text("another password"), w.now));
    world_run(&w);
    assert_true(p->ended);
    assert_int_equal(p->code, E_BUSY);
    assert_int_equal(w.wrong, 0);
    for (int i = 0; i < GUESS_BUCKET; i++)
        assert_int_equal(world_join_with(&w, WORLD_PASSWORD, w.fp)->code, E_AUTH);
    assert_int_equal(w.wrong, GUESS_BUCKET);
    world_finish(&w);
}

static void locked(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *first = world_join(&w);
    organizer_lock(w.o, true, w.now);
    world_run(&w);
    struct world_peer *p = world_join(&w);
    assert_true(p->ended);
    assert_int_equal(p->code, E_LOCKED);
    assert_int_equal(p->drop_why, DROP_LOCKED);
    organizer_lock(w.o, false, w.now);
    p = world_join(&w);
    assert_int_equal(p->members, 3);
    assert_int_equal(first->members, 3);
    world_finish(&w);
}

/* --- what the relay could do to M0 --- */

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

static void p18_edited_m0(void **state)
{
    static const struct {
        size_t at;
        uint8_t to;
        unsigned code;
    } cases[] = {
        {0, 2, E_VERSION}, {1, 2, E_PARSE}, {3, 2, E_SUITE}, {2, 1, E_SUITE},  {4, 0, E_AUTH},
        {4, 2, E_PARSE},   {5, 2, E_AUTH},  {5, 3, E_PARSE}, {6, 1, E_AUTH},   {6, 2, E_IDENTITY},
        {6, 4, E_PARSE},   {7, 1, E_AUTH},  {8, 0, E_AUTH},  {40, 2, E_POINT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world w;
        world_init(&w, WORLD_PASSWORD, false);
        w.m0[cases[i].at] = cases[i].at == 8 ? (uint8_t)(w.m0[8] ^ 1) : cases[i].to;
        struct world_peer *p = world_join_with(&w, WORLD_PASSWORD, NULL);
        assert_true(p->ended && !p->welcomed);
        assert_int_equal(p->code, cases[i].code);
        world_finish(&w);
    }
}

/* --- people come and go --- */

static void two_viewers(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    assert_true(organizer_share(w.o, w.now));
    world_screen_unit(&w, true, "first", 5);
    world_screen_unit(&w, false, "second", 6);
    assert_int_equal(a->screens, 2);
    w.need_keys = 0;
    struct world_peer *b = world_join(&w);
    assert_int_equal(w.need_keys, 1);
    world_screen_unit(&w, false, "third", 5);
    assert_int_equal(a->screens, 3);
    assert_int_equal(b->screens, 0); /* not before a KEY unit */
    world_screen_unit(&w, true, "fourth", 6);
    world_screen_unit(&w, false, "fifth", 5);
    assert_int_equal(a->screens, 5);
    assert_int_equal(b->screens, 2);
    assert_int_equal(a->missed + b->missed, 0);
    assert_memory_equal(b->content, "fifth", 5);
    joiner_leave(a->j, w.now);
    world_run(&w);
    assert_true(a->ended && !a->cut);
    assert_int_equal(w.gone[MEMBER_LEFT], 1);
    assert_int_equal(b->gone[MEMBER_LEFT], 1);
    assert_int_equal(b->members, 2);
    world_screen_unit(&w, false, "sixth", 5);
    assert_int_equal(b->screens, 3);
    world_finish(&w);
}

static void p07_removed_opens_nothing(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w), *b = world_join(&w);
    assert_true(organizer_share(w.o, w.now));
    world_screen_unit(&w, true, "for both", 8);
    assert_int_equal(a->screens, 1);
    a->deaf = true; /* it never hears that it is out, and the relay goes on giving it everything */
    w.keep_units = true;
    organizer_remove(w.o, a->mid, w.now);
    world_run(&w);
    assert_int_equal(w.gone[MEMBER_REMOVED], 1);
    assert_int_equal(b->gone[MEMBER_REMOVED], 1);
    for (int i = 0; i < 20; i++)
        world_screen_unit(&w, i % 5 == 0, "for one only", 12);
    assert_int_equal(b->screens, 21);
    for (struct world_item *i = w.units; i; i = i->next)
        joiner_unit(a->j, span_of(i->bytes, i->len), w.now);
    assert_int_equal(a->screens, 1);
    world_finish(&w);
}

static void removed_is_told(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    organizer_remove(w.o, a->mid, w.now);
    world_run(&w);
    assert_true(a->ended && !a->cut);
    assert_int_equal(a->why, END_WHY_REMOVED);
    assert_int_equal(a->drop_why, DROP_REMOVED);
    world_finish(&w);
}

static void p08_nothing_earlier(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    w.keep_units = true;
    assert_true(organizer_share(w.o, w.now));
    for (int i = 0; i < 10; i++)
        world_screen_unit(&w, i == 0, "early", 5);
    struct world_item *early = w.units;
    w.units = NULL;
    struct world_peer *b = world_join(&w);
    for (struct world_item *i = early, *next; i; i = next) {
        next = i->next;
        joiner_unit(b->j, span_of(i->bytes, i->len), w.now);
        free(i);
    }
    assert_int_equal(a->screens, 10);
    assert_int_equal(b->screens, 0);
    assert_int_equal(b->cursors, 0);
    world_finish(&w);
}

/* --- the picture's state, and the end --- */

static void pause_stop_stale(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    assert_true(organizer_share(w.o, w.now));
    world_pass(&w, 20000);
    assert_int_equal(a->picture, PICTURE_RUNNING);
    assert_true(organizer_unshare(w.o, true, w.now));
    world_run(&w);
    assert_true(w.unshared);
    assert_int_equal(a->picture, PICTURE_PAUSED);
    assert_int_equal(a->presenter, 1);
    world_pass(&w, 20000);
    assert_int_equal(a->picture, PICTURE_PAUSED);
    assert_true(organizer_share(w.o, w.now));
    world_run(&w);
    assert_int_equal(a->picture, PICTURE_RUNNING);
    a->bound = false; /* the relay withholds everything */
    world_pass(&w, STALE_MS + STATUS_MS);
    assert_int_equal(a->picture, PICTURE_STALE);
    a->bound = true;
    world_pass(&w, STATUS_MS);
    assert_int_equal(a->picture, PICTURE_RUNNING);
    assert_true(organizer_unshare(w.o, false, w.now));
    world_run(&w);
    assert_int_equal(a->picture, PICTURE_STOPPED);
    assert_int_equal(a->presenter, 0);
    world_screen_unit(&w, true, "late", 4);
    assert_int_equal(a->screens, 0);
    world_finish(&w);
}

static void p13_ends_properly(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w), *b = world_join(&w);
    organizer_end(w.o, END_REASON_NONE, w.now);
    world_run(&w);
    world_pass(&w, 1);
    assert_true(a->ended && !a->cut && b->ended && !b->cut);
    assert_int_equal(a->why, END_WHY_ORGANIZER);
    assert_true(w.ended && !w.cut && w.net_end);
    world_finish(&w);
}

static void end_does_not_wait_for_ever(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    world_join(&w)->deaf = true;
    organizer_end(w.o, END_REASON_NONE, w.now);
    world_run(&w);
    world_pass(&w, END_WAIT_MS - 100);
    assert_false(w.ended);
    world_pass(&w, 200);
    assert_true(w.ended && w.net_end);
    world_finish(&w);
}

static void p13_cut_is_not_an_end(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    joiner_lost(a->j);
    assert_true(a->ended && a->cut);
    assert_int_equal(a->code, E_CUT);
    struct world_peer *b = world_join(&w);
    joiner_away(b->j, true, w.now);
    world_pass(&w, RESUME_ORGANIZER_MS);
    assert_true(b->cut);
    assert_int_equal(b->code, E_CUT);
    organizer_lost(w.o);
    assert_true(w.ended && w.cut);
    world_finish(&w);
}

static void waiting_hear_of_the_end(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, true);
    struct world_peer *a = world_join(&w);
    organizer_end(w.o, END_REASON_NONE, w.now);
    world_run(&w);
    assert_true(a->ended && !a->cut && w.ended);
    assert_int_equal(a->why, END_WHY_ORGANIZER);
    world_finish(&w);
}

static void need_once_a_second(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    world_join(&w);
    assert_true(organizer_share(w.o, w.now));
    for (int i = 0; i < 30; i++) {
        organizer_need(w.o, w.now);
        world_pass(&w, 100);
    }
    assert_in_range(w.need_keys, 3, 4);
    world_finish(&w);
}

/* The epoch's own KEY unit is waited for, a little; what passed unseen is asked for at once. A
   newcomer's KEY unit is none of those that are counted. */
static void need_when_the_view_comes(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    assert_true(organizer_share(w.o, w.now));
    unsigned asked = w.need_keys;
    struct world_peer *p = world_join(&w);
    assert_int_equal(w.need_keys, asked + 1);
    organizer_need(w.o, w.now);
    assert_int_equal(w.need_keys, asked + 2);
    joiner_view(p->j, false, w.now);
    p->needs = 0;
    joiner_view(p->j, true, w.now);
    assert_int_equal(p->needs, 0);
    world_pass(&w, 2 * STATUS_MS);
    assert_int_equal(p->needs, 1);
    joiner_view(p->j, false, w.now);
    world_screen_unit(&w, true, "unseen", 6);
    joiner_view(p->j, true, w.now);
    assert_int_equal(p->needs, 2);
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_and_sees),
        cmocka_unit_test(waiting_room),
        cmocka_unit_test(no_password),
        cmocka_unit_test(p04_wrong_password),
        cmocka_unit_test(p04_abandoned_counts),
        cmocka_unit_test(p04_sixth_guess_waits),
        cmocka_unit_test(p04_fifty_guesses_stop),
        cmocka_unit_test(new_password_restarts),
        cmocka_unit_test(locked),
        cmocka_unit_test(p05_fp_differs),
        cmocka_unit_test(p18_edited_m0),
        cmocka_unit_test(two_viewers),
        cmocka_unit_test(p07_removed_opens_nothing),
        cmocka_unit_test(removed_is_told),
        cmocka_unit_test(p08_nothing_earlier),
        cmocka_unit_test(pause_stop_stale),
        cmocka_unit_test(p13_ends_properly),
        cmocka_unit_test(end_does_not_wait_for_ever),
        cmocka_unit_test(p13_cut_is_not_an_end),
        cmocka_unit_test(waiting_hear_of_the_end),
        cmocka_unit_test(need_once_a_second),
        cmocka_unit_test(need_when_the_view_comes),
    };
    return cmocka_run_group_tests(tests, world_group_setup, world_group_teardown);
}
