/*
 * Sessions on the main road and beside it: joining, guesses, waiting room, epochs, pictures, the
 * end. Organizer and joiners run here with a relay in memory; nothing is replaced inside them.
 */
#include "net/seal/organizer_state.h"
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

/* Whom the rules do not let in is not let in, whatever a broker says of the lobby or of them. */
static void only_known_people(void **state)
{
    struct world w;
    (void)state;
    const struct organizer_config config = {.with_password = true,
                                            .admission = 1,
                                            .password = world_text(WORLD_PASSWORD),
                                            .name = world_text("Olga")};
    world_init_config(&w, &config);
    struct world_peer *p = world_join(&w);
    assert_true(p->wait); /* though there is to be no waiting room */
    assert_int_equal(w.knocks, 1);
    organizer_admit(w.o, w.knock[0], true, false, w.now);
    world_run(&w);
    assert_true(p->ended);
    assert_int_equal(p->why, END_WHY_REFUSED);
    assert_int_equal(w.members, 1);
    p = world_join(&w);
    organizer_admit(w.o, w.knock[1], true, true, w.now);
    world_run(&w);
    assert_int_equal(p->members, 2);
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

static void removed_is_told(void **state)
{
    static const enum end_why told[] = {
        [REMOVE_WANTED] = END_WHY_REMOVED, [REMOVE_UNRECORDED] = END_WHY_UNRECORDED};
    (void)state;
    for (enum remove_why why = REMOVE_WANTED; why <= REMOVE_UNRECORDED; why++) {
        struct world w;
        world_init(&w, WORLD_PASSWORD, false);
        struct world_peer *a = world_join(&w);
        organizer_remove(w.o, a->mid, why, w.now);
        world_run(&w);
        assert_true(a->ended && !a->cut);
        assert_int_equal(a->why, told[why]);
        assert_int_equal(a->drop_why, DROP_REMOVED);
        world_finish(&w);
    }
}

/* Why somebody is put out is one of two; everything else is no message. */
static void removed_for_no_reason(void **state)
{
    static const uint8_t reasons[] = {0, 1, 3, 5, 255};
    (void)state;
    for (size_t i = 0; i < sizeof reasons; i++) {
        struct world w;
        world_init(&w, WORLD_PASSWORD, false);
        struct world_peer *a = world_join(&w);
        struct conn *c = seat_find(w.o, a->mid)->conn;
        assert_true(line_send(c->line, INNER_KICKED, span_of(&reasons[i], 1)));
        conn_flush(w.o, c);
        world_run(&w);
        assert_true(a->ended && a->cut);
        assert_int_equal(a->code, E_PARSE);
        world_finish(&w);
    }
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
        cmocka_unit_test(only_known_people),
        cmocka_unit_test(no_password),
        cmocka_unit_test(new_password_restarts),
        cmocka_unit_test(locked),
        cmocka_unit_test(two_viewers),
        cmocka_unit_test(removed_is_told),
        cmocka_unit_test(removed_for_no_reason),
        cmocka_unit_test(pause_stop_stale),
        cmocka_unit_test(end_does_not_wait_for_ever),
        cmocka_unit_test(waiting_hear_of_the_end),
        cmocka_unit_test(need_once_a_second),
        cmocka_unit_test(need_when_the_view_comes),
    };
    return cmocka_run_group_tests(tests, world_group_setup, world_group_teardown);
}
