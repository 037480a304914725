/*
 * What a relay or a slow line keeps back, brings late or loses, and STATUS, which tells of it: who
 * watches is not shown an old picture as a live one, and nobody who did nothing is put out.
 */
#include "net/seal/derive.h"
#include "net/seal/group.h"
#include "net/seal/joiner_state.h"
#include "net/seal/sig.h"
#include "policy/limits.h"
#include "tests/unit/seal/stage.h"

/* Whoever presents has lost their line, and what was asked for with it: it is asked for anew when
   they are back, and nobody is ended for it. Fails when the time goes on meanwhile. */
static void a_gap_waits_for_the_presenter(void **state)
{
    struct stage s;
    (void)state;
    stage_init(&s);
    carry(&s, seal_next(&s, true, "one"));
    (void)seal_next(&s, false, "lost");
    carry(&s, seal_next(&s, false, "three"));
    s.p->needs = 0;
    world_pass(&s.w, GAP_MS + STALE_MS);
    assert_int_equal(s.p->picture, PICTURE_STALE);
    carry(&s, s.w.units);
    assert_int_equal(s.p->needs, 1);
    pass_with_status(&s, RELAY_BEHIND_MAX_MS);
    assert_false(s.p->ended);
    carry(&s, seal_next(&s, true, "four"));
    assert_int_equal(s.p->screens, 2);
    world_finish(&s.w);
}

/* There is no room for a unit between seal and view: the picture waits for a KEY unit, which is
   asked for; the pointer's shape comes with it, and nothing waits for that. */
static void no_room_at_the_view(void **state)
{
    struct stage s;
    (void)state;
    stage_init(&s);
    carry(&s, seal_next(&s, true, "one"));
    s.p->needs = 0;
    s.p->full = true;
    organizer_cursor(s.w.o, true, world_text("shape"), s.w.now);
    carry(&s, s.w.units);
    assert_int_equal(s.p->needs, 1);
    s.p->full = false;
    carry(&s, seal_next(&s, false, "part"));
    assert_int_equal(s.p->screens, 2);
    for (int key = 0; key < 2; key++) {
        s.p->full = true;
        carry(&s, seal_next(&s, key, "lost"));
        assert_int_equal(s.p->needs, 2 + key);
        s.p->full = false;
        carry(&s, seal_next(&s, false, "part"));
        assert_int_equal(s.p->screens, 2);
    }
    carry(&s, seal_next(&s, true, "all"));
    carry(&s, seal_next(&s, false, "part"));
    assert_int_equal(s.p->screens, 4);
    assert_false(s.p->ended);
    world_finish(&s.w);
}

/* A relay's queue brings the screen five seconds late, and STATUS, now at once, now a moment later:
   marked once, not now this, now that. */
static void a_late_picture_is_marked_once(void **state)
{
    enum { MOST = 200, LATE_MS = 5000 };
    static struct world_item *on_its_way[MOST];
    static uint64_t due_ms[MOST];
    struct stage s;
    size_t sent = 0, come = 0, told = 0;
    struct world_item *status = NULL;
    uint64_t status_ms = 0;
    (void)state;
    stage_init(&s);
    for (uint64_t ms = 0; ms < 60000; ms += 10) {
        struct world_item *known = s.w.units;
        world_pass(&s.w, 10);
        if (s.w.units != known) {
            status = s.w.units;
            status_ms = s.w.now + ++told % 3 * 20;
        }
        if (status && s.w.now >= status_ms) {
            carry(&s, status);
            status = NULL;
        }
        if (ms % 500 == 0) {
            assert_true(sent < MOST);
            on_its_way[sent] = seal_next(&s, ms == 0, "part");
            due_ms[sent++] = s.w.now + LATE_MS;
        }
        for (; come < sent && due_ms[come] <= s.w.now; come++)
            carry(&s, on_its_way[come]);
    }
    assert_true(s.p->screens > 100);
    assert_int_equal(s.p->picture, PICTURE_STALE);
    assert_in_range(s.p->pictures, 2, 4);
    world_finish(&s.w);
}

/* A KEY unit that is wanted and never comes: what is shown is old. Fails when look_how_far does not
   note it. */
static void a_picture_with_a_hole_is_old(void **state)
{
    struct stage s;
    (void)state;
    stage_init(&s);
    carry(&s, seal_next(&s, true, "one"));
    s.p->full = true;
    carry(&s, seal_next(&s, false, "lost"));
    s.p->full = false;
    pass_with_status(&s, STALE_MS);
    assert_int_equal(s.p->picture, PICTURE_STALE);
    carry(&s, seal_next(&s, true, "all"));
    pass_with_status(&s, STATUS_MS);
    assert_int_equal(s.p->picture, PICTURE_RUNNING);
    world_finish(&s.w);
}

/* Slow, and not kept back: each part comes two seconds late. Nothing is marked, nothing asked for.
 */
static void a_little_late_is_not_old(void **state)
{
    struct stage s;
    (void)state;
    stage_init(&s);
    carry(&s, seal_next(&s, true, "one"));
    s.p->needs = 0;
    for (int i = 0; i < 10; i++) {
        struct world_item *part = seal_next(&s, false, "part");
        pass_with_status(&s, STATUS_MS);
        carry(&s, part);
        assert_int_equal(s.p->picture, PICTURE_RUNNING);
    }
    assert_int_equal(s.p->needs, 0);
    assert_int_equal(s.p->screens, 11);
    world_finish(&s.w);
}

/* STATUS of an epoch that is over is not the newest word, whenever the relay lets it through. */
static void status_of_the_epoch_before(void **state)
{
    struct stage s;
    (void)state;
    stage_init(&s);
    assert_true(organizer_unshare(s.w.o, true, s.w.now));
    struct world_item *paused = s.w.units;
    organizer_lock(s.w.o, true, s.w.now);
    assert_true(organizer_share(s.w.o, s.w.now));
    world_run(&s.w);
    carry(&s, s.w.units);
    assert_int_equal(s.p->picture, PICTURE_RUNNING);
    carry(&s, paused);
    assert_int_equal(s.p->picture, PICTURE_RUNNING);
    world_finish(&s.w);
}

/* Messages to the joiner that are still on their way, in their order. */
static struct world_item *delayed, **delayed_end;

static bool delay(struct world *w, struct world_item *i)
{
    (void)w;
    if (i->kind != WORLD_TO_JOINER)
        return true;
    struct world_item *copy = malloc(sizeof *copy + i->len);
    memcpy(copy, i, sizeof *copy + i->len);
    copy->next = NULL;
    *delayed_end = copy;
    delayed_end = &copy->next;
    return false;
}

static void deliver_delayed(struct world *w)
{
    w->touch = NULL;
    for (struct world_item *i = delayed, *next; i; i = next) {
        next = i->next;
        world_push_from(w, i->peer, i->from, span_of(i->bytes, i->len));
        free(i);
    }
    world_run(w);
}

/* What was dropped is made good by its stream: parts of the screen wait for a KEY unit, the
   pointer's shape is asked for, STATUS comes again. Fails when all streams are taken for the
   screen's, or the pointer's for none. */
static void dropped_by_stream(void **state)
{
    enum { STATUS_UNIT, CURSOR_UNIT, SCREEN_UNIT, KINDS };
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        struct stage s;
        stage_init(&s);
        carry(&s, seal_next(&s, true, "one"));
        s.p->needs = 0;
        delayed = NULL, delayed_end = &delayed;
        s.w.touch = delay;
        organizer_lock(s.w.o, true, s.w.now);
        world_pass(&s.w, 100);
        if (kind == CURSOR_UNIT)
            organizer_cursor(s.w.o, true, world_text("shape"), s.w.now);
        else if (kind == SCREEN_UNIT)
            (void)seal_next(&s, false, "part");
        carry(&s, s.w.units);
        world_pass(&s.w, EPOCH_HELD_MS + 100);
        assert_int_equal(s.p->needs, kind != STATUS_UNIT);
        deliver_delayed(&s.w);
        if (kind != SCREEN_UNIT) {
            carry(&s, seal_next(&s, false, "part"));
            assert_int_equal(s.p->screens, 2);
        }
        assert_false(s.p->ended);
        world_finish(&s.w);
    }
}

/* The epoch before is over: its pointer comes too late. */
static void a_late_pointer(void **state)
{
    struct stage s;
    (void)state;
    stage_init(&s);
    carry(&s, seal_next(&s, true, "one"));
    organizer_cursor(s.w.o, true, world_text("shape"), s.w.now);
    struct world_item *shape = s.w.units;
    organizer_lock(s.w.o, true, s.w.now);
    world_run(&s.w);
    world_pass(&s.w, EPOCH_KEEP_MS);
    s.p->needs = 0;
    carry(&s, shape);
    assert_int_equal(s.p->needs, 1);
    carry(&s, seal_next(&s, false, "part"));
    assert_int_equal(s.p->screens, 2);
    world_finish(&s.w);
}

/* The organizer's line is slow: what it says to us comes after what others present, by seconds.
   What could not be held is made good by a KEY unit, whatever comes before that. */
static void epoch_on_a_slow_line(void **state)
{
    struct stage s;
    (void)state;
    stage_init(&s);
    carry(&s, seal_next(&s, true, "before"));
    delayed_end = &delayed;
    s.w.touch = delay;
    organizer_lock(s.w.o, true, s.w.now);
    for (uint64_t ms = 0; ms < 3 * EPOCH_HELD_MS; ms += 500) {
        carry(&s, seal_next(&s, false, "part"));
        world_pass(&s.w, 500);
    }
    assert_false(s.p->ended);
    unsigned needs = s.p->needs;
    assert_true(needs != 0);
    assert_non_null(delayed);
    deliver_delayed(&s.w);
    carry(&s, seal_next(&s, false, "part"));
    world_pass(&s.w, 6000); /* its line is as slow the other way */
    assert_int_equal(s.p->screens, 1);
    carry(&s, seal_next(&s, true, "all"));
    carry(&s, seal_next(&s, false, "part"));
    assert_int_equal(s.p->screens, 3);
    assert_false(s.p->ended);
    assert_int_equal(s.p->needs, needs);
    world_finish(&s.w);
}

/* The KEY unit that was asked for is lost with somebody's line: the presenter's STATUS goes on, and
   it is asked for again. */
static void a_key_that_never_comes(void **state)
{
    struct stage s;
    (void)state;
    stage_init(&s);
    carry(&s, seal_next(&s, true, "one"));
    struct world_item *old = seal_next(&s, false, "of the epoch before");
    organizer_lock(s.w.o, true, s.w.now);
    world_run(&s.w);
    world_pass(&s.w, EPOCH_KEEP_MS);
    s.p->needs = 0;
    carry(&s, old);
    assert_int_equal(s.p->needs, 1);
    for (int i = 0; i < 5; i++) {
        world_pass(&s.w, STATUS_MS);
        carry(&s, s.w.units);
    }
    assert_false(s.p->ended);
    assert_int_equal(s.p->needs, 2);
    world_finish(&s.w);
}

/* Our own line is slow: a queue of the relay's brings what was sealed sixteen seconds ago. It is
   not shown, nor is what follows without it. */
static void units_on_a_slow_line(void **state)
{
    struct stage s;
    (void)state;
    stage_init(&s);
    carry(&s, seal_next(&s, true, "one"));
    s.p->needs = 0;
    struct world_item *old = seal_next(&s, false, "of the epoch before");
    organizer_lock(s.w.o, true, s.w.now);
    world_run(&s.w);
    world_pass(&s.w, EPOCH_KEEP_MS);
    for (int i = 0; i < 20; i++) {
        carry(&s, old);
        world_pass(&s.w, 500);
    }
    assert_false(s.p->ended);
    assert_int_equal(s.p->needs, 1);
    old->bytes[1] ^= UNIT_KEY; /* it looks like what was asked for: that must be asked for again */
    carry(&s, old);
    assert_int_equal(s.p->needs, 2);
    carry(&s, seal_next(&s, false, "part"));
    assert_int_equal(s.p->screens, 1);
    carry(&s, seal_next(&s, true, "all"));
    assert_int_equal(s.p->screens, 2);
    world_finish(&s.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gap_waits_for_the_presenter),
        cmocka_unit_test(no_room_at_the_view),
        cmocka_unit_test(a_late_picture_is_marked_once),
        cmocka_unit_test(a_picture_with_a_hole_is_old),
        cmocka_unit_test(a_little_late_is_not_old),
        cmocka_unit_test(status_of_the_epoch_before),
        cmocka_unit_test(dropped_by_stream),
        cmocka_unit_test(a_late_pointer),
        cmocka_unit_test(epoch_on_a_slow_line),
        cmocka_unit_test(units_on_a_slow_line),
        cmocka_unit_test(a_key_that_never_comes),
    };
    return cmocka_run_group_tests(tests, world_group_setup, world_group_teardown);
}
