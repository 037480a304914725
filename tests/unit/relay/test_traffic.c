/* net/relay/hub: relay.md 5 and 6, row by row, without sockets: messages and units, who gets what.
 */
#include "tests/unit/relay/cast.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka wants the above first */
#include <cmocka.h>

static int count_type(struct cast *c, int index, enum frame_type type)
{
    struct frame f;
    int n = 0;
    while (cast_hear(c, index, &f))
        n += f.type == type;
    return n;
}

/* --- messages ------------------------------------------------------------------------------------
 */

static void messages_name_the_other_side(void **state)
{
    struct cast *c = *state;
    uint32_t handle;
    cast_create(c);
    handle = cast_attach(c, 1);
    cast_say_msg(c, 1, 1, "hello");
    cast_expect_msg(c, 0, handle, "hello"); /* the organizer reads handles */
    cast_say_msg(c, 0, handle, "welcome");
    cast_expect_msg(c, 1, 1, "welcome"); /* all others mids */
    cast_say_msg(c, 0, handle + 1, "to nobody");
    cast_expect_nothing(c, 1);
}

static void newcomers_write_to_the_organizer_only(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    cast_join(c, 2, 2);
    cast_attach(c, 1);
    cast_say_msg(c, 1, 2, "psst");
    cast_expect_nothing(c, 2);
    cast_expect_err(c, 1, FRAME_ERR_BAD);
}

static void members_write_to_organizer_and_presenter(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    cast_join(c, 2, 2);
    cast_join(c, 3, 3);
    cast_join(c, 4, 4);
    cast_present(c, 3);
    cast_say_msg(c, 2, 3, "to P");
    cast_expect_msg(c, 3, 2, "to P");
    cast_say_msg(c, 3, 4, "from P");
    cast_expect_msg(c, 4, 3, "from P");
    cast_say_msg(c, 2, 4, "no");
    cast_expect_nothing(c, 4);
    cast_expect_nothing(c, 2); /* may have raced with a hand-over: dropped, not ended */
}

static void keep_is_answered(void **state)
{
    struct cast *c = *state;
    struct frame f = {.type = FRAME_KEEP};
    cast_create(c);
    f.u.keep.stamp = 77;
    cast_say(c, 0, &f);
    f = cast_expect(c, 0, FRAME_KEEP);
    assert_int_equal(f.u.keep.answer, 1);
    assert_int_equal(f.u.keep.stamp, 77);
    cast_pass(c, KEEP_MS + 1000);
    f = cast_expect(c, 0, FRAME_KEEP);
    assert_int_equal(f.u.keep.answer, 0);
}

/* --- units ---------------------------------------------------------------------------------------
 */

static void units_go_to_all_others_unchanged(void **state)
{
    struct cast *c = *state;
    struct frame f;
    uint8_t before[64];
    cast_create(c);
    cast_join(c, 2, 2);
    cast_join(c, 3, 3);
    cast_attach(c, 4); /* waits to be admitted: gets none */
    cast_present(c, 2);
    cast_say_unit(c, 2, 2, UNIT_SCREEN, true, 40);
    f = cast_expect(c, 0, FRAME_UNIT);
    assert_int_equal(f.u.unit.sealed.len, 47);
    memcpy(before, f.u.unit.sealed.data, 47);
    f = cast_expect(c, 3, FRAME_UNIT);
    assert_int_equal(f.u.unit.sealed.len, 47);
    assert_memory_equal(f.u.unit.sealed.data, before, 47);
    cast_expect_nothing(c, 2);
    cast_expect_nothing(c, 4);
    assert_int_equal(c->clients[2].taken, FRAME_HEAD + 47);
}

static void a_unit_of_somebody_else_ends_its_sender(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    cast_join(c, 2, 2);
    cast_join(c, 3, 3);
    cast_present(c, 2);
    cast_say_unit(c, 3, 2, UNIT_SCREEN, true, 40);
    cast_expect_err(c, 3, FRAME_ERR_BAD);
    cast_expect_nothing(c, 2);
}

static void screen_of_a_non_presenter_is_dropped(void **state)
{
    struct cast *c = *state;
    static const uint8_t streams[] = {UNIT_SCREEN, UNIT_CURSOR, UNIT_AUDIO, UNIT_STATUS};
    cast_create(c);
    cast_join(c, 2, 2);
    cast_join(c, 3, 3);
    cast_present(c, 2);
    for (size_t i = 0; i < sizeof streams; i++)
        cast_say_unit(c, 3, 3, streams[i], true, 40);
    cast_expect_nothing(c, 0);
    cast_expect_nothing(c, 2);
    cast_expect_nothing(c, 3);
    assert_int_equal(c->hub.counts.units_refused, 4);
    cast_say_unit(c, 3, 3, UNIT_CHAT, false, 40);
    cast_expect(c, 0, FRAME_UNIT);
    cast_expect(c, 2, FRAME_UNIT);
}

static void a_new_viewer_begins_with_a_key(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    cast_join(c, 2, 2);
    cast_present(c, 2);
    cast_say_unit(c, 2, 2, UNIT_SCREEN, true, 40);
    cast_join(c, 3, 3);
    cast_say_unit(c, 2, 2, UNIT_SCREEN, false, 40);
    cast_expect_nothing(c, 3);
    cast_expect_nothing(c, 2); /* the key comes with the epoch: not asked for at once */
    cast_pass(c, RELAY_NEED_GRACE_MS + 100);
    cast_say_unit(c, 2, 2, UNIT_SCREEN, false, 40);
    cast_ignore(c, 0);
    assert_int_equal(count_type(c, 2, FRAME_NEED), 1);
    cast_say_unit(c, 2, 2, UNIT_SCREEN, true, 40);
    cast_expect(c, 3, FRAME_UNIT);
    cast_say_unit(c, 2, 2, UNIT_SCREEN, false, 40);
    cast_expect(c, 3, FRAME_UNIT);
}

static void need_is_asked_once_a_second(void **state)
{
    struct cast *c = *state;
    struct frame need = {.type = FRAME_NEED};
    cast_create(c);
    cast_join(c, 2, 2);
    cast_present(c, 2);
    cast_say_unit(c, 2, 2, UNIT_SCREEN, true, 40); /* the organizer is served */
    for (int i = 0; i < 10; i++)
        cast_say(c, 0, &need);
    assert_int_equal(count_type(c, 2, FRAME_NEED), 1);
    cast_pass(c, RELAY_NEED_MS);
    assert_int_equal(count_type(c, 2, FRAME_NEED), 1); /* the nine others, together */
    cast_pass(c, 3 * RELAY_NEED_MS);
    assert_int_equal(count_type(c, 2, FRAME_NEED), 0);
}

/* Whoever asks all the time gets little of it, and takes nothing from others. */
static void one_viewer_needs_no_pictures_all_the_time(void **state)
{
    struct cast *c = *state;
    struct frame need = {.type = FRAME_NEED};
    int told = 0;
    cast_create(c);
    cast_join(c, 2, 2);
    cast_join(c, 3, 3);
    cast_present(c, 2);
    for (int s = 0; s < 60; s++) {
        cast_say_unit(c, 2, 2, UNIT_SCREEN, true, 40);
        cast_say(c, 3, &need);
        cast_pass(c, RELAY_NEED_MS);
        told += count_type(c, 2, FRAME_NEED);
    }
    assert_in_range(told, RELAY_NEEDS, RELAY_NEEDS + 60000 / RELAY_NEEDS_MS);
    cast_say(c, 0, &need);
    assert_int_equal(count_type(c, 2, FRAME_NEED), 1);
}

/* Only a picture answers a NEED that waits for its second: what members say with the KEY flag on
   it, or a pointer's shape, does not take it back. Fails when fan_out does not look at the rank. */
static void a_keyed_signal_answers_no_need(void **state)
{
    struct cast *c = *state;
    struct frame need = {.type = FRAME_NEED};
    cast_create(c);
    cast_join(c, 2, 2);
    cast_join(c, 3, 3);
    cast_present(c, 2);
    cast_say_unit(c, 2, 2, UNIT_SCREEN, true, 40);
    cast_say(c, 0, &need);
    assert_int_equal(count_type(c, 2, FRAME_NEED), 1);
    cast_say_unit(c, 2, 2, UNIT_SCREEN, true, 40);
    cast_say(c, 0, &need);
    cast_say_unit(c, 3, 3, UNIT_SIGNAL, true, 40);
    cast_say_unit(c, 3, 3, UNIT_CHAT, true, 40);
    cast_say_unit(c, 2, 2, UNIT_CURSOR, true, 40);
    cast_pass(c, RELAY_NEED_MS);
    assert_int_equal(count_type(c, 2, FRAME_NEED), 1);
}

static void a_slow_viewer_does_not_slow_the_others(void **state)
{
    struct cast *c = *state;
    int got = 0, slow;
    cast_create(c);
    cast_join(c, 2, 2);
    cast_join(c, 3, 3);
    cast_join(c, 4, 4);
    cast_present(c, 2);
    cast_say_unit(c, 2, 2, UNIT_SCREEN, true, 8000);
    for (int i = 0; i < 300; i++) { /* 10 s at 30 a second; 4 takes nothing */
        cast_say_unit(c, 2, 2, UNIT_SCREEN, i % 100 == 99, 8000);
        cast_pass(c, 33);
        got += count_type(c, 3, FRAME_UNIT);
        cast_ignore(c, 0);
        cast_ignore(c, 2);
    }
    assert_int_equal(got, 301);
    assert_true(c->clients[4].queue.skips >= 1);
    assert_true(c->clients[4].queue.bytes < 300 * 8000 / 2);
    slow = cast_ignore(c, 4);
    assert_true(slow > 0 && slow < 301);
}

static void report_tells_the_presenter(void **state)
{
    struct cast *c = *state;
    struct frame f;
    cast_create(c);
    cast_join(c, 2, 2);
    cast_join(c, 3, 3);
    cast_present(c, 2);
    cast_say_unit(c, 2, 2, UNIT_SCREEN, true, 100);
    cast_pass(c, 100);
    f = cast_expect(c, 2, FRAME_REPORT);
    assert_int_equal(f.u.report.taken, FRAME_HEAD + 107);
    assert_int_equal(f.u.report.viewers, 2);
    assert_int_equal(f.u.report.behind, 0);
    assert_int_equal(f.u.report.worst_ms, 100);
    cast_ignore(c, 0);
    cast_pass(c, 900);
    cast_expect_nothing(c, 2); /* nothing sent since: once a second */
    cast_pass(c, 200);
    f = cast_expect(c, 2, FRAME_REPORT);
    assert_int_equal(f.u.report.viewers, 2);
    assert_int_equal(f.u.report.worst_ms, 1100);
    assert_int_equal(f.u.report.median_ms,
                     0); /* of two, the better one: a slow line slows nobody */
}

/* It sleeps as soon as nothing is left to be told or to grow old, not seconds later: STATUS alone
   comes every two. */
static void quiet_hub_sleeps(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    cast_join(c, 2, 2);
    cast_present(c, 1);
    cast_pass(c, 2000);
    cast_ignore(c, 0);
    cast_ignore(c, 2);
    cast_say_unit(c, 0, 1, UNIT_SCREEN, true, 10000);
    assert_true(c->hub.stirred);
    assert_int_equal(hub_tick(&c->hub, c->now), RELAY_TICK_MS);
    assert_false(c->hub.stirred);
    cast_pass(c, 100);
    c->now.ms += RELAY_TICK_MS; /* the unit still waits for its viewer */
    assert_int_equal(hub_tick(&c->hub, c->now), RELAY_TICK_MS);
    cast_expect(c, 0, FRAME_REPORT);
    cast_ignore(c, 2);
    c->now.ms += RELAY_TICK_MS;
    assert_int_equal(hub_tick(&c->hub, c->now), 1000);
    cast_pass(c, 1000);
    cast_expect(c, 0, FRAME_REPORT); /* the unit is no longer waiting ... */
    cast_pass(c, 4000);
    cast_expect_nothing(c, 0); /* ... and since then there is nothing new to say */
}

/* --- limits
 * ---------------------------------------------------------------------------------------
 */

static void messages_that_are_not_read_end_their_receiver(void **state)
{
    struct cast *c = *state;
    uint32_t handle;
    cast_create(c);
    handle = cast_attach(c, 1);
    for (int i = 0; i < RELAY_QUEUE_MSG / 1000 + 2; i++)
        cast_say_1000(c, 0, handle);
    cast_expect_err(c, 1, FRAME_ERR_SLOW);
    assert_int_equal(c->last_event, INTRUSION_SLOW);
    assert_int_equal(cast_expect(c, 0, FRAME_PEER).u.peer.state, FRAME_PEER_GONE);
}

static void rates_pause_reading(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    cast_attach(c, 1);
    for (int i = 0; i < 80; i++)
        cast_say_1000(c, 1, 1);
    cast_ignore(c, 0);
    assert_false(hub_may_read(&c->clients[1], c->now.ms));
    assert_true(hub_may_read(&c->clients[1], c->now.ms + 1000));
    assert_true(hub_may_read(&c->clients[0], c->now.ms));
}

static void shared_memory_is_bounded(void **state)
{
    struct cast *c = *state;
    cast_create(c);
    cast_join(c, 2, 2);
    cast_join(c, 3, 3);
    cast_present(c, 2);
    c->clients[3].queue.limit_ms =
        64 * RELAY_BEHIND_MS;        /* more patience than the session has memory */
    for (int i = 0; i < 1000; i++) { /* 125 MiB in no time: nobody is behind by age */
        cast_say_unit(c, 2, 2, UNIT_SCREEN, i % 100 == 0, 131072);
        assert_true(c->hub.account.held <= RELAY_SESSION_BUFFERS);
    }
    assert_true(c->clients[3].queue.skips > 0);
}

#define CAST(name) cmocka_unit_test_setup_teardown(name, cast_set_up, cast_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CAST(messages_name_the_other_side),
        CAST(newcomers_write_to_the_organizer_only),
        CAST(members_write_to_organizer_and_presenter),
        CAST(keep_is_answered),
        CAST(units_go_to_all_others_unchanged),
        CAST(a_unit_of_somebody_else_ends_its_sender),
        CAST(screen_of_a_non_presenter_is_dropped),
        CAST(a_new_viewer_begins_with_a_key),
        CAST(need_is_asked_once_a_second),
        CAST(one_viewer_needs_no_pictures_all_the_time),
        CAST(a_keyed_signal_answers_no_need),
        CAST(a_slow_viewer_does_not_slow_the_others),
        CAST(report_tells_the_presenter),
        CAST(quiet_hub_sleeps),
        CAST(messages_that_are_not_read_end_their_receiver),
        CAST(rates_pause_reading),
        CAST(shared_memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
