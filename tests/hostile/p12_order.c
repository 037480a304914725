/*
 * Property 12 of e2e.md 15: what is repeated, swapped, cut off or kept back is seen.
 */
#include "policy/limits.h"
#include "tests/unit/seal/chat_world.h"
#include "tests/unit/seal/control_world.h"
#include "tests/unit/seal/stage.h"

/* Seen to fail: group_units.c judge_counter without E_REPLAY: shown twice. */
static void p12_replayed_unit(void **state)
{
    struct stage s;
    (void)state;
    stage_init(&s);
    struct world_item *i = seal_next(&s, true, "one");
    carry(&s, i);
    carry(&s, i);
    assert_int_equal(s.p->screens, 1);
    assert_true(s.p->ended);
    assert_int_equal(s.p->code, E_REPLAY);
    world_finish(&s.w);
}

/* Seen to fail: judge_counter without E_REPLAY: no code. */
static void p12_swapped_units(void **state)
{
    struct stage s;
    (void)state;
    stage_init(&s);
    struct world_item *one = seal_next(&s, true, "one"), *two = seal_next(&s, true, "two");
    carry(&s, two); /* a KEY unit may jump, and says what was missed */
    assert_int_equal(s.p->missed, 1);
    carry(&s, one);
    assert_int_equal(s.p->code, E_REPLAY);
    world_finish(&s.w);
}

/* Seen to fail: judge_counter without E_GAP: pictures with a hole are shown, 3 instead of 1. */
static void p12_gap_heals_with_key(void **state)
{
    struct stage s;
    (void)state;
    stage_init(&s);
    carry(&s, seal_next(&s, true, "one"));
    (void)seal_next(&s, false, "lost");
    s.p->needs = 0;
    carry(&s, seal_next(&s, false, "three"));
    carry(&s, seal_next(&s, false, "four"));
    assert_int_equal(s.p->screens, 1);
    assert_int_equal(s.p->needs, 1);           /* asked once */
    pass_with_status(&s, RELAY_BEHIND_MAX_MS); /* so long it may wait for a slow line */
    assert_false(s.p->ended);
    carry(&s, seal_next(&s, true, "five"));
    assert_int_equal(s.p->screens, 2);
    assert_int_equal(s.p->missed, 3);
    pass_with_status(&s, GAP_MS + STATUS_MS);
    assert_false(s.p->ended);
    (void)seal_next(&s, false, "lost");
    carry(&s, seal_next(&s, false, "seven"));
    pass_with_status(&s, GAP_MS + STATUS_MS);
    assert_true(s.p->ended);
    assert_int_equal(s.p->code, E_GAP);
    world_finish(&s.w);
}

/* Before the screen comes to rest the relay keeps back its last part, and lets STATUS pass: no
   counter jumps, as nothing comes after it; an epoch in between begins them anew. Seen to fail:
   watch.c is_behind says no: still "running". */
static void p12_the_last_part_kept_back(void **state)
{
    (void)state;
    for (int epoch = 0; epoch < 2; epoch++) {
        struct stage s;
        stage_init(&s);
        carry(&s, seal_next(&s, true, "one"));
        pass_with_status(&s, 2 * STALE_MS);
        assert_int_equal(s.p->picture, PICTURE_RUNNING);
        s.p->needs = 0;
        struct world_item *last = seal_next(&s, false, "kept back");
        uint64_t sealed_ms = s.w.now;
        if (epoch)
            organizer_lock(s.w.o, true, s.w.now);
        while (s.p->picture == PICTURE_RUNNING && s.w.now <= sealed_ms + STALE_MS)
            pass_with_status(&s, 100);
        assert_int_equal(s.p->picture, PICTURE_STALE);
        assert_in_range(s.w.now - sealed_ms, STATUS_MS, STALE_MS);
        pass_with_status(&s, STATUS_MS);
        assert_int_equal(s.p->picture, PICTURE_STALE); /* whatever STATUS says */
        assert_int_equal(s.p->needs, 1);               /* it may be lost with somebody's line */
        if (!epoch)
            carry(&s, last);
        else
            carry(&s, seal_next(&s, true, "all"));
        pass_with_status(&s, STATUS_MS);
        assert_int_equal(s.p->picture, PICTURE_RUNNING);
        assert_int_equal(s.p->screens, 2);
        assert_false(s.p->ended);
        world_finish(&s.w);
    }
}

/* What is the end of a picture's parts in an epoch in which none was sealed before it stops: what
   was sealed before that epoch counts, and STATUS may come before what it counts. Seen to fail:
   complete asks for the newest epoch's counters only: "stopped" for what is incomplete. */
static void p12_the_end_in_another_epoch(void **state)
{
    (void)state;
    for (int kept_back = 0; kept_back < 2; kept_back++) {
        struct stage s;
        stage_init(&s);
        carry(&s, seal_next(&s, true, "one"));
        pass_with_status(&s, STATUS_MS);
        struct world_item *last = seal_next(&s, false, "last");
        if (!kept_back)
            carry(&s, last);
        organizer_lock(s.w.o, true, s.w.now);
        world_run(&s.w);
        struct world_item *part = kept_back ? NULL : seal_next(&s, false, "of the next");
        s.w.touch = keep_epoch;
        s.w.touch_ctx = &s;
        assert_true(organizer_unshare(s.w.o, false, s.w.now));
        carry(&s, s.w.units); /* STATUS: stopped */
        assert_int_equal(s.p->picture, PICTURE_INCOMPLETE);
        if (!kept_back) {
            carry(&s, part);
            assert_int_equal(s.p->picture, PICTURE_STOPPED);
        }
        assert_false(s.p->ended);
        world_finish(&s.w);
    }
}

/* Seen to fail: take does not hold units of a newer epoch: nothing is shown; judge_epoch takes the
   epoch before for ever: a late unit ends it. */
static void p12_late_epoch(void **state)
{
    struct stage s;
    (void)state;
    stage_init(&s);
    organizer_cursor(s.w.o, true, world_text("of the epoch before"), s.w.now);
    struct world_item *old = s.w.units;
    organizer_lock(s.w.o, true, s.w.now);
    carry(&s, seal_next(&s, true, "of the next")); /* comes before its EPOCH */
    assert_int_equal(s.p->screens, 0);
    world_run(&s.w);
    assert_int_equal(s.p->screens, 1);
    carry(&s, old); /* the previous epoch is good for five seconds */
    assert_int_equal(s.p->cursors, 1);
    world_pass(&s.w, EPOCH_KEEP_MS);
    carry(&s, old);
    assert_int_equal(s.p->cursors, 1);
    assert_false(s.p->ended);
    world_finish(&s.w);
}

/* A relay that keeps back the end of an epoch: its counters do not tell, STATUS of the next one
   does. Seen to fail: on_status does not ask seam_status: no KEY unit is asked for. */
static void p12_the_end_of_an_epoch_kept_back(void **state)
{
    struct stage s;
    (void)state;
    stage_init(&s);
    carry(&s, seal_next(&s, true, "one"));
    world_pass(&s.w, STATUS_MS);
    carry(&s, s.w.units); /* STATUS */
    s.p->needs = 0;
    for (int lost = 0; lost < 2; lost++) {
        carry(&s, seal_next(&s, false, "part"));
        if (lost)
            (void)seal_next(&s, false, "kept back");
        organizer_lock(s.w.o, !lost, s.w.now);
        world_run(&s.w);
        carry(&s, seal_next(&s, false, "next"));
        assert_int_equal(s.p->screens, lost ? 6 : 3);
        world_pass(&s.w, STATUS_MS);
        carry(&s, s.w.units);
        assert_int_equal(s.p->needs, lost);
        carry(&s, seal_next(&s, false, "after it"));
        assert_int_equal(s.p->screens, lost ? 6 : 4);
    }
    carry(&s, seal_next(&s, true, "all"));
    assert_int_equal(s.p->screens, 7);
    assert_false(s.p->ended);
    world_finish(&s.w);
}

/* A relay that loses, or holds back, the last of the picture. */
static struct {
    unsigned n;
    bool hold;
    size_t len;
    uint8_t bytes[2048];
    int between;
} last_unit;

static bool spoil_the_end(struct world *w, struct world_item *i)
{
    struct world_peer *p = &w->peers[i->peer];
    if (i->kind != WORLD_UNIT || last_unit.n++ > 1)
        return true;
    if (last_unit.n == 1) { /* the picture */
        last_unit.len = i->len;
        memcpy(last_unit.bytes, i->bytes, i->len);
        return false;
    }
    joiner_unit(p->j, span_of(i->bytes, i->len), w->now); /* STATUS */
    last_unit.between = p->picture;
    if (last_unit.hold)
        joiner_unit(p->j, span_of(last_unit.bytes, last_unit.len), w->now);
    return false;
}

static int end_of(bool spoilt, bool hold)
{
    struct world w;
    struct world_peer *p = control_start(&w);
    world_screen_unit(&w, true, "a", 1);
    world_screen_unit(&w, false, "b", 1);
    memset(&last_unit, 0, sizeof last_unit);
    last_unit.hold = hold;
    w.touch = spoilt ? spoil_the_end : NULL;
    world_screen_unit(&w, false, "c", 1);
    organizer_unshare(w.o, false, w.now);
    world_run(&w);
    world_pass(&w, 10000);
    assert_false(p->ended);
    int picture = p->picture;
    world_finish(&w);
    return picture;
}

/* Seen to fail: complete says yes: "stopped" for what is incomplete. */
static void p12_an_incomplete_end_is_marked(void **state)
{
    (void)state;
    assert_int_equal(end_of(false, false), PICTURE_STOPPED);
    assert_int_equal(end_of(true, false), PICTURE_INCOMPLETE);
    assert_int_equal(end_of(true, true), PICTURE_STOPPED);
    assert_int_equal(last_unit.between, PICTURE_INCOMPLETE);
}

static unsigned lose_next, twice_next;

static bool lose_or_double(struct world *w, struct world_item *i)
{
    if (i->kind != WORLD_UNIT_O)
        return true;
    if (twice_next && twice_next--)
        organizer_unit(w->o, span_of(i->bytes, i->len), w->now);
    return !(lose_next && lose_next--);
}

/* Told, and nobody is refused for it. Seen to fail: judge_counter without E_REPLAY: read twice. */
static void p12_lines_repeated_and_missing(void **state)
{
    struct world w;
    struct world_peer *p, *q;
    (void)state;
    chat_start(&w, &p, &q);
    w.touch = lose_or_double;
    twice_next = 1;
    chat_write(&w, p, "once");
    assert_int_equal(w.c.lines, 1);
    assert_true(w.faults == 1 && w.fault_code == E_REPLAY);
    lose_next = 1;
    chat_write(&w, q, "lost on the way");
    chat_write(&w, q, "after it"); /* is heard: who wrote it did not lose the other */
    assert_true(w.c.lines == 2 && w.c.lines_missed == 1 && w.faults == 1);
    assert_string_equal(w.c.line, "after it");
    assert_false(p->ended || q->ended || w.ended);
    world_finish(&w);
}

/* The relay lets nothing through, STATUS neither, and then everything again. Seen to fail:
   watch_tick never marks: still "running". */
static void p12_frozen(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    struct world_peer *a = world_join(&w);
    assert_true(organizer_share(w.o, w.now));
    world_pass(&w, 20000);
    assert_int_equal(a->picture, PICTURE_RUNNING);
    a->bound = false;
    world_pass(&w, STALE_MS);
    assert_int_equal(a->picture, PICTURE_STALE);
    a->bound = true;
    world_pass(&w, STATUS_MS);
    assert_int_equal(a->picture, PICTURE_RUNNING);
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p12_replayed_unit),
        cmocka_unit_test(p12_swapped_units),
        cmocka_unit_test(p12_gap_heals_with_key),
        cmocka_unit_test(p12_the_last_part_kept_back),
        cmocka_unit_test(p12_the_end_in_another_epoch),
        cmocka_unit_test(p12_late_epoch),
        cmocka_unit_test(p12_an_incomplete_end_is_marked),
        cmocka_unit_test(p12_the_end_of_an_epoch_kept_back),
        cmocka_unit_test(p12_lines_repeated_and_missing),
        cmocka_unit_test(p12_frozen),
    };
    return cmocka_run_group_tests_name("p12_order", tests, world_group_setup, world_group_teardown);
}
