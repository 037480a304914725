/*
 * What others see: the units that left, opened again for the presenter's own eyes, and nothing
 * else. Sessions in memory; the decoder is played by the test.
 */
#include "net/seal/organizer_state.h"
#include "tests/unit/seal/world.h"

static struct {
    unsigned screens, cursors;
    bool full, last_key;
    uint32_t missed;
    uint8_t content[MAX_UNIT];
    size_t len;
} seen;

static bool see_screen(void *ctx, bool key, uint32_t missed, struct span content)
{
    (void)ctx;
    if (seen.full)
        return false;
    seen.screens++;
    seen.last_key = key;
    seen.missed = missed;
    seen.len = content.len;
    memcpy(seen.content, content.data, content.len);
    return true;
}

static bool see_cursor(void *ctx, struct span content)
{
    (void)ctx;
    (void)content;
    seen.cursors++;
    return !seen.full;
}

/* A session with one viewer, a share, and the presenter looking. */
static struct world_peer *begin(struct world *w)
{
    memset(&seen, 0, sizeof seen);
    world_init(w, WORLD_PASSWORD, false);
    w->oport.mirror_screen = see_screen;
    w->oport.mirror_cursor = see_cursor;
    return world_join(w);
}

static void same_as_a_viewer(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = begin(&w);
    assert_false(organizer_mirror(w.o, true, w.now)); /* nothing is shared */
    assert_true(organizer_share(w.o, w.now));
    world_screen_unit(&w, true, "before", 6);
    assert_int_equal(seen.screens, 0);
    w.need_keys = 0;
    assert_true(organizer_mirror(w.o, true, w.now));
    assert_int_equal(w.need_keys, 1);
    world_screen_unit(&w, false, "not without a whole one", 23);
    assert_int_equal(seen.screens, 0);
    uint8_t *big = malloc(MAX_UNIT);
    for (size_t i = 0; i < MAX_UNIT; i++)
        big[i] = (uint8_t)(i * 17 + i / 251);
    static const size_t sizes[] = {1, 4096, MAX_UNIT};
    for (size_t i = 0; i < 3; i++) {
        world_screen_unit(&w, i == 0, big, sizes[i]);
        assert_int_equal(seen.screens, i + 1);
        assert_int_equal(seen.last_key, i == 0);
        assert_int_equal(seen.len, p->content_len);
        assert_memory_equal(seen.content, p->content, seen.len);
    }
    organizer_cursor(w.o, true, span_of("arrow", 5), w.now);
    assert_int_equal(seen.cursors, 1);
    free(big);
    world_finish(&w);
}

/* An opened picture stays no longer than it takes to pass it on; its length goes too. */
static void nothing_stays(void **state)
{
    struct world w;
    (void)state;
    begin(&w);
    assert_true(organizer_share(w.o, w.now));
    assert_true(organizer_mirror(w.o, true, w.now));
    world_screen_unit(&w, true, "a picture", 9);
    organizer_cursor(w.o, true, span_of("arrow", 5), w.now);
    assert_int_equal(seen.screens + seen.cursors, 2);
    for (size_t i = 0; i < 4 + 9; i++)
        assert_int_equal(w.o->sharing.plain[i], 0);
    world_finish(&w);
}

/* What capture sent and nobody got is not seen here either: before the first KEY unit nothing
   leaves. */
static void not_what_did_not_leave(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = begin(&w);
    assert_true(organizer_share(w.o, w.now));
    assert_true(organizer_mirror(w.o, true, w.now));
    world_screen_unit(&w, false, "kept back", 9);
    assert_int_equal(seen.screens + p->screens, 0);
    world_screen_unit(&w, true, "first", 5);
    assert_int_equal(seen.screens, 1);
    world_join(&w);
    world_screen_unit(&w, false, "goes on", 7); /* of another epoch, under another key */
    assert_int_equal(seen.screens, 2);
    assert_int_equal(p->screens, 2);
    assert_memory_equal(seen.content, "goes on", 7);
    world_finish(&w);
}

/* A slow decoder loses pictures, and nobody else does. */
static void slow(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = begin(&w);
    assert_true(organizer_share(w.o, w.now));
    assert_true(organizer_mirror(w.o, true, w.now));
    world_screen_unit(&w, true, "one", 3);
    seen.full = true;
    world_screen_unit(&w, false, "two", 3);
    seen.full = false;
    world_screen_unit(&w, false, "three", 5); /* builds on what it has not */
    assert_int_equal(seen.screens, 1);
    assert_int_equal(p->screens, 3);
    w.need_keys = 0;
    w.now += 2000;
    organizer_mirror_need(w.o, w.now);
    organizer_mirror_need(w.o, w.now); /* as often as it likes */
    assert_int_equal(w.need_keys, 1);
    world_screen_unit(&w, true, "four", 4);
    assert_int_equal(seen.screens, 2);
    assert_int_equal(seen.missed, 2);
    world_finish(&w);
}

static void ends_with_the_share(void **state)
{
    struct world w;
    (void)state;
    begin(&w);
    assert_true(organizer_share(w.o, w.now));
    assert_true(organizer_mirror(w.o, true, w.now));
    world_screen_unit(&w, true, "one", 3);
    assert_true(organizer_unshare(w.o, true, w.now)); /* a pause keeps it */
    assert_true(organizer_share(w.o, w.now));
    world_screen_unit(&w, true, "two", 3);
    assert_int_equal(seen.screens, 2);
    assert_true(organizer_unshare(w.o, false, w.now));
    assert_false(organizer_mirror(w.o, true, w.now));
    assert_true(organizer_share(w.o, w.now)); /* another share: nobody looks yet */
    world_screen_unit(&w, true, "three", 5);
    assert_int_equal(seen.screens, 2);
    assert_true(organizer_mirror(w.o, true, w.now));
    assert_false(organizer_mirror(w.o, false, w.now));
    world_screen_unit(&w, true, "four", 4);
    assert_int_equal(seen.screens, 2);
    world_finish(&w);
}

/* A member has nothing of its own to see before it presents. */
static void member_that_looks_on(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = begin(&w);
    assert_true(organizer_share(w.o, w.now));
    assert_false(joiner_mirror(p->j, true, w.now));
    world_screen_unit(&w, true, "one", 3);
    assert_int_equal(p->screens, 1);
    assert_int_equal(seen.screens, 0);
    world_finish(&w);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_a_viewer),       cmocka_unit_test(nothing_stays),
        cmocka_unit_test(not_what_did_not_leave), cmocka_unit_test(slow),
        cmocka_unit_test(ends_with_the_share),    cmocka_unit_test(member_that_looks_on)};
    cmocka_set_test_filter(argc > 1 ? argv[1] : NULL);
    return cmocka_run_group_tests(tests, world_group_setup, world_group_teardown);
}
