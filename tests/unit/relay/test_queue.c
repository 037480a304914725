/* net/relay/queue: order of sending, and how a slow viewer skips. */
#include "net/relay/queue.h"
#include "policy/limits.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the above first */
#include <cmocka.h>

struct desk {
    struct account account;
    struct queue q;
    uint64_t now;
    uint8_t serial;
};

static int set_up(void **state)
{
    struct desk *d = calloc(1, sizeof *d);
    d->account.refs = 1;
    d->now = 1000;
    queue_init(&d->q, RELAY_QUEUE_MSG, d->now);
    *state = d;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *d = *state;
    queue_finish(&d->q);
    assert_int_equal(d->account.held, 0);
    assert_int_equal(d->account.refs, 1);
    free(d);
    return 0;
}

/* Each gets the next serial number as its first byte. */
static enum queue_result push(struct desk *d, enum frame_rank rank, bool key, size_t len)
{
    struct parcel *p = parcel_create(&d->account, len);
    enum queue_result r;
    p->rank = (uint8_t)rank;
    p->key = key;
    p->bytes[0] = ++d->serial;
    r = queue_push(&d->q, p, d->now);
    parcel_release(p);
    return r;
}

/* Serial of the next, 0: none. */
static int pop(struct desk *d)
{
    struct parcel *p = queue_pop(&d->q);
    int serial = p == NULL ? 0 : p->bytes[0];
    parcel_release(p);
    return serial;
}

static void ranks_go_in_order(void **state)
{
    struct desk *d = *state;
    for (int r = FRAME_RANKS - 1; r >= 0; r--)
        push(d, (enum frame_rank)r, true, 10);
    push(d, FRAME_RANK_MSG, false, 10);
    for (int serial = FRAME_RANKS; serial >= FRAME_RANKS - 1; serial--)
        assert_int_equal(pop(d), serial);
    assert_int_equal(pop(d), FRAME_RANKS + 1); /* the second message behind the first */
    for (int serial = FRAME_RANKS - 2; serial > 0; serial--)
        assert_int_equal(pop(d), serial);
    assert_int_equal(pop(d), 0);
}

static void only_the_newest_cursor_and_status_wait(void **state)
{
    struct desk *d = *state;
    push(d, FRAME_RANK_CURSOR, false, 10);
    push(d, FRAME_RANK_STATUS, false, 10);
    push(d, FRAME_RANK_CURSOR, false, 10);
    push(d, FRAME_RANK_STATUS, false, 10);
    assert_int_equal(pop(d), 4);
    assert_int_equal(pop(d), 3);
    assert_int_equal(pop(d), 0);
}

/* One that moves after it has changed would be drawn in its old shape for good. */
static void a_pointers_shape_waits_with_its_place(void **state)
{
    struct desk *d = *state;
    push(d, FRAME_RANK_CURSOR, false, 10);
    push(d, FRAME_RANK_CURSOR, true, 10);
    push(d, FRAME_RANK_CURSOR, true, 10);
    for (int i = 0; i < 5; i++)
        push(d, FRAME_RANK_CURSOR, false, 10);
    assert_int_equal(pop(d), 3);
    assert_int_equal(pop(d), 8);
    assert_int_equal(pop(d), 0);
    push(d, FRAME_RANK_CURSOR, true, 10);
    push(d, FRAME_RANK_CURSOR, false, 10);
    push(d, FRAME_RANK_CURSOR, true, 10);
    assert_int_equal(pop(d), 11);
    assert_int_equal(pop(d), 0);
}

static void old_audio_and_signals_are_dropped(void **state)
{
    struct desk *d = *state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(push(d, FRAME_RANK_AUDIO, false, 100000), QUEUE_OK);
    assert_int_equal(pop(d), 4);
    assert_int_equal(pop(d), 5);
    assert_int_equal(pop(d), 0);
}

static void messages_and_chat_are_never_dropped(void **state)
{
    struct desk *d = *state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(push(d, FRAME_RANK_MSG, false, 100000), QUEUE_OK);
    assert_int_equal(push(d, FRAME_RANK_MSG, false, 100000), QUEUE_SLOW);
    assert_int_equal(push(d, FRAME_RANK_CHAT, false, 200000), QUEUE_OK);
    assert_int_equal(push(d, FRAME_RANK_CHAT, false, 100000), QUEUE_SLOW);
    assert_int_equal(pop(d), 1);
}

static void a_fast_viewer_never_skips(void **state)
{
    struct desk *d = *state;
    for (int i = 0; i < 100; i++) {
        assert_int_equal(push(d, FRAME_RANK_SCREEN, i == 0, 1000), QUEUE_OK);
        d->now += 900;
        assert_int_equal(queue_check(&d->q, d->now), QUEUE_OK);
        assert_false(queue_is_behind(&d->q, d->now));
        assert_int_equal(pop(d), i + 1);
    }
    assert_int_equal(d->q.skips, 0);
}

static void a_slow_one_skips_to_the_newest_key(void **state)
{
    struct desk *d = *state;
    push(d, FRAME_RANK_SCREEN, true, 10);
    push(d, FRAME_RANK_SCREEN, false, 10);
    push(d, FRAME_RANK_SCREEN, true, 10);
    push(d, FRAME_RANK_SCREEN, true, 10);
    push(d, FRAME_RANK_SCREEN, false, 10);
    d->now += RELAY_BEHIND_MS + 1;
    assert_true(queue_is_behind(&d->q, d->now));
    assert_int_equal(queue_check(&d->q, d->now), QUEUE_OK);
    assert_int_equal(d->q.dropped, 3);
    assert_int_equal(pop(d), 4);
    assert_int_equal(pop(d), 5);
}

static void without_a_key_everything_goes_until_one_comes(void **state)
{
    struct desk *d = *state;
    push(d, FRAME_RANK_SCREEN, false, 10);
    push(d, FRAME_RANK_SCREEN, false, 10);
    d->now += RELAY_BEHIND_MS + 1;
    assert_int_equal(queue_check(&d->q, d->now), QUEUE_NEED);
    assert_int_equal(push(d, FRAME_RANK_SCREEN, false, 10), QUEUE_NEED);
    assert_true(queue_is_behind(&d->q, d->now));
    assert_int_equal(pop(d), 0);
    assert_int_equal(push(d, FRAME_RANK_SCREEN, true, 10), QUEUE_OK);
    assert_int_equal(push(d, FRAME_RANK_SCREEN, false, 10), QUEUE_OK);
    assert_false(queue_is_behind(&d->q, d->now));
    assert_int_equal(pop(d), 4);
    assert_int_equal(pop(d), 5);
}

static void too_many_bytes_are_behind_as_well(void **state)
{
    struct desk *d = *state;
    push(d, FRAME_RANK_SCREEN, false, 10);
    for (int i = 0; i < RELAY_QUEUE_SCREEN / 100000; i++)
        assert_int_equal(push(d, FRAME_RANK_SCREEN, false, 100000), QUEUE_OK);
    assert_int_equal(push(d, FRAME_RANK_SCREEN, false, 100000), QUEUE_NEED);
    assert_int_equal(d->q.bytes, 0);
}

static void skipping_grows_patience_and_calm_ends_it(void **state)
{
    struct desk *d = *state;
    uint32_t limit = RELAY_BEHIND_MS;
    for (int i = 0; i < 8; i++) {
        assert_int_equal(d->q.limit_ms, limit);
        push(d, FRAME_RANK_SCREEN, true, 10);
        pop(d); /* the picture was begun */
        push(d, FRAME_RANK_SCREEN, false, 10);
        d->now += limit;
        assert_int_equal(queue_check(&d->q, d->now), QUEUE_OK);
        d->now += 1;
        assert_int_equal(queue_check(&d->q, d->now), QUEUE_NEED);
        limit = limit * 2 > RELAY_BEHIND_MAX_MS ? RELAY_BEHIND_MAX_MS : limit * 2;
    }
    assert_int_equal(d->q.limit_ms, RELAY_BEHIND_MAX_MS);
    d->now += RELAY_BEHIND_CALM_MS;
    queue_check(&d->q, d->now);
    assert_int_equal(d->q.limit_ms, RELAY_BEHIND_MAX_MS / 2);
}

/* A line of 1 MB/s and pictures of 6 MB, a new one whenever one is asked for: it gets whole ones.
 */
static void a_slow_line_still_completes_pictures(void **state)
{
    struct desk *d = *state;
    const size_t unit = 100000, units = 60;
    size_t in_picture = 0;
    int completed = 0;
    uint64_t asked = 0;
    for (int tick = 0; tick < 1200; tick++) { /* 120 s of 100 ms */
        struct parcel *p = queue_pop(&d->q);
        if (p != NULL) {
            in_picture = p->key ? 1 : in_picture + 1;
            completed += in_picture == units;
            parcel_release(p);
        }
        d->now += 100;
        if ((queue_check(&d->q, d->now) == QUEUE_NEED || d->q.bytes == 0) &&
            d->now - asked > 1000) {
            asked = d->now;
            for (size_t i = 0; i < units; i++)
                push(d, FRAME_RANK_SCREEN, i == 0, unit);
        }
    }
    assert_true(completed >= 5);
}

static void a_new_viewer_is_not_asked_for_at_once(void **state)
{
    struct desk *d = *state;
    queue_start_viewing(&d->q, d->now);
    assert_int_equal(push(d, FRAME_RANK_SCREEN, false, 10), QUEUE_OK);
    assert_int_equal(pop(d), 0);
    d->now += RELAY_NEED_GRACE_MS;
    assert_int_equal(push(d, FRAME_RANK_SCREEN, false, 10), QUEUE_NEED);
    assert_int_equal(pop(d), 0);
}

static void parcels_are_counted_once(void **state)
{
    struct desk *d = *state;
    struct account *session = account_create(&d->account);
    struct parcel *p = parcel_create(&d->account, 100);
    struct queue other;
    queue_init(&other, RELAY_QUEUE_MSG, d->now);
    parcel_move(p, session);
    p->rank = FRAME_RANK_MSG;
    queue_push(&d->q, p, d->now);
    queue_push(&other, p, d->now);
    assert_int_equal(session->held, 100 + 3 * RELAY_FRAME_COST); /* itself and two places */
    assert_int_equal(d->account.held, 100 + 3 * RELAY_FRAME_COST);
    parcel_release(p);
    account_release(session); /* lives on until its last parcel is gone */
    queue_finish(&other);
    assert_int_equal(d->account.held, 100 + 2 * RELAY_FRAME_COST);
    queue_clear(&d->q);
    assert_int_equal(d->account.held, 0);
}

/* Small frames are bounded by what they cost, not by what they say alone. */
static void small_frames_are_counted_with_their_places(void **state)
{
    struct desk *d = *state;
    int n = 0;
    while (push(d, FRAME_RANK_CHAT, false, 10) == QUEUE_OK)
        assert_true(++n < RELAY_QUEUE_SMALL / 10);
    assert_int_equal(n, RELAY_QUEUE_SMALL / (RELAY_FRAME_COST + 10));
    assert_int_equal(d->account.held, n * (10 + 2 * RELAY_FRAME_COST));
}

static void small_ones_go_in_one_record(void **state)
{
    struct desk *d = *state;
    struct parcel *p;
    assert_null(queue_join(&d->q, NULL));
    push(d, FRAME_RANK_SCREEN, true, 9000);
    push(d, FRAME_RANK_SCREEN, false, 9000);
    for (int i = 0; i < 3; i++)
        push(d, FRAME_RANK_MSG, false, 1000);
    p = queue_join(&d->q, queue_pop(&d->q));
    assert_int_equal(p->len, 3 * 1000 + 9000);
    assert_int_equal(p->bytes[0], 3);
    assert_int_equal(p->bytes[1000], 4);
    assert_int_equal(p->bytes[2000], 5);
    assert_int_equal(p->bytes[3000], 1);
    assert_int_equal(d->account.held, 12000 + 9000 + 3 * RELAY_FRAME_COST);
    parcel_release(p);
    p = queue_join(&d->q, queue_pop(&d->q)); /* the last, as it is */
    assert_int_equal(p->len, 9000);
    assert_int_equal(p->bytes[0], 2);
    parcel_release(p);
}

/* One that is larger than a record, or does not fit behind another, goes alone. */
static void large_ones_go_alone(void **state)
{
    struct desk *d = *state;
    struct parcel *p;
    for (int i = 0; i < 3; i++)
        push(d, FRAME_RANK_SCREEN, true, i == 0 ? 100000 : 8193);
    for (int i = 0; i < 3; i++) {
        p = queue_join(&d->q, queue_pop(&d->q));
        assert_int_equal(p->len, i == 0 ? 100000 : 8193);
        parcel_release(p);
    }
}

#define DESK(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK(ranks_go_in_order),
        DESK(only_the_newest_cursor_and_status_wait),
        DESK(a_pointers_shape_waits_with_its_place),
        DESK(old_audio_and_signals_are_dropped),
        DESK(messages_and_chat_are_never_dropped),
        DESK(a_fast_viewer_never_skips),
        DESK(a_slow_one_skips_to_the_newest_key),
        DESK(without_a_key_everything_goes_until_one_comes),
        DESK(too_many_bytes_are_behind_as_well),
        DESK(skipping_grows_patience_and_calm_ends_it),
        DESK(a_slow_line_still_completes_pictures),
        DESK(a_new_viewer_is_not_asked_for_at_once),
        DESK(parcels_are_counted_once),
        DESK(small_frames_are_counted_with_their_places),
        DESK(small_ones_go_in_one_record),
        DESK(large_ones_go_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
