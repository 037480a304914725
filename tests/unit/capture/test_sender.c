/* The sender with a source and a clock of paper: what is read when, what leaves when. */
#include "tests/unit/capture/paper.h"

static void test_first_picture(void **state)
{
    (void)state;
    assert_int_equal(steps(1000), SENDER_IDLE);
    assert_exact();
    assert_int_equal(viewer.keys, 1);
    assert_int_equal(viewer.running, 1);
    assert_int_equal(steps(1001), SENDER_IDLE);
    assert_int_equal(viewer.updates, 1);
}

static void test_only_what_changed(void **state)
{
    (void)state;
    steps(1000);
    paper_change(70, 70, 1);
    steps(1010);
    assert_exact();
    assert_int_equal(tile_set_size(&paper.wanted), 1);
    assert_int_equal(viewer.updates, 2);
    /* painted anew with the same: read, but not sent */
    tile_set_add(&paper.news.damaged, 3);
    steps(1020);
    assert_int_equal(viewer.updates, 2);
}

/* Nothing is read while something waits to be sent; afterwards the newest is. */
static void test_blocked(void **state)
{
    (void)state;
    steps(1000);
    viewer.full = true;
    paper_change(1, 1, 1);
    assert_int_equal(steps(1010), SENDER_BLOCKED);
    size_t grabs = paper.grabs;
    for (uint32_t i = 0; i < 50; i++) {
        paper_change(1, 1, i);
        paper_change(299, 199, i);
        assert_int_equal(steps(1010 + i), SENDER_BLOCKED);
    }
    assert_int_equal(paper.grabs, grabs);
    viewer.full = false;
    assert_int_equal(steps(1100), SENDER_IDLE);
    assert_exact();
    assert_int_equal(viewer.updates, 3);
}

static void test_lost(void **state)
{
    (void)state;
    viewer.lost = true;
    assert_int_equal(steps(1000), SENDER_FAILED);
    assert_int_equal(sender.failure, FAIL_PEER_GONE);
}

static void test_source_fails(void **state)
{
    (void)state;
    steps(1000);
    paper.broken = true;
    paper.base.failure = FAIL_X_LOST;
    assert_int_equal(steps(1001), SENDER_FAILED);
    assert_int_equal(sender.failure, FAIL_X_LOST);
}

static void test_moving(void **state)
{
    (void)state;
    steps(1000);
    paper_change(5, 5, 5);
    paper.next = SOURCE_MOVING;
    assert_int_equal(steps(1010), SENDER_LATER);
    assert_true(sender.wake_ms > 1010 && sender.wake_ms < 1020);
    assert_int_equal(viewer.updates, 1);
    assert_int_equal(steps(sender.wake_ms), SENDER_IDLE);
    assert_exact();
}

static void test_resized(void **state)
{
    (void)state;
    steps(1000);
    paper.w = 100;
    paper.h = 50;
    paper_change(5, 5, 5);
    paper.next = SOURCE_RESIZED;
    assert_int_equal(steps(1010), SENDER_IDLE);
    assert_int_equal(viewer.picture.width, 100);
    assert_exact();
    assert_int_equal(viewer.running, 2);
    paper.w = 200;
    paper.news.resized = true;
    assert_int_equal(steps(1020), SENDER_IDLE);
    assert_exact();
    assert_int_equal(viewer.running, 3);
}

/* --- what is covered and comes back --- */

static void paper_rect(uint32_t x, uint32_t y, uint32_t w, uint32_t h, uint32_t page)
{
    for (uint32_t v = y; v < y + h; v++)
        for (uint32_t u = x; u < x + w; u++)
            paper.pixels[v * W + u] = ((v * W + u) * 2654435761u ^ page * 977) & 0xffffff;
    tile_set_add_rect(&paper.news.damaged, W, H, x, y, w, h);
}

static void test_covered_comes_back(void **state)
{
    (void)state;
    steps(1000);
    paper_rect(50, 50, 200, 200, 1);
    steps(2000);
    size_t bytes = viewer.bytes;
    paper_rect(50, 50, 200, 200, 0);
    steps(3000);
    assert_exact();
    assert_true(viewer.bytes - bytes < 1000);
}

/* What was cut off viewers have not: it may be covered and come back, but not from their shelf. */
static void test_not_what_they_lack(void **state)
{
    (void)state;
    steps(1000);
    paper_rect(0, 0, W, H, 1);
    assert_int_equal(sender_step(&sender, 2000), SENDER_AGAIN);
    assert_int_equal(sender_step(&sender, 2200), SENDER_AGAIN); /* cut here */
    paper_rect(0, 0, W, H, 2);
    assert_int_equal(sender_step(&sender, 2700), SENDER_AGAIN);
    steps(3000);
    paper_rect(0, 0, W, H, 1);
    steps(4000);
    assert_exact();
}

/* Whatever changes when, on a line that is full now and then. */
static void test_any_order(void **state)
{
    uint32_t seed = 7;
    uint64_t now_ms = 1000;
    (void)state;
    steps(now_ms);
    for (uint32_t i = 0; i < 600; i++) {
        seed = seed * 1664525u + 1013904223u;
        uint32_t x = (seed >> 8) % 250, y = (seed >> 12) % 350;
        paper_rect(x, y, 1 + (seed >> 4) % (W - x), 1 + (seed >> 16) % (H - y), seed >> 30);
        viewer.full = i % 5 == 0;
        if (i % 37 == 0)
            sender_need_key(&sender);
        now_ms += (seed >> 20) % 400;
        for (uint32_t n = (seed >> 25) % 4; n > 0; n--)
            (void)sender_step(&sender, now_ms += 45);
        if (i % 7 != 0)
            continue;
        viewer.full = false;
        steps(now_ms);
        assert_exact();
    }
}

/* --- a picture that is another one leaves in parts, while the others are still to be compared ---
 */

static void test_leaves_in_parts(void **state)
{
    (void)state;
    steps(1000);
    paper_rows(H, 1);
    uint32_t updates = viewer.updates, units = viewer.units;
    assert_int_equal(sender_step(&sender, 2000), SENDER_AGAIN);
    assert_int_equal(viewer.units, units + 1);
    assert_false(tile_set_empty(&sender.parts.left));
    assert_memory_equal(viewer.pixels, paper.pixels, W * 64 * 4);
    steps(2001);
    assert_exact();
    assert_int_equal(viewer.updates, updates + 1);
}

/* The last unit says something, though what is compared last is as it was. */
static void test_parts_end_the_same(void **state)
{
    (void)state;
    steps(1000);
    for (uint32_t rows = 5 * 64 + 1; rows <= 6 * 64; rows += 9) {
        uint32_t updates = viewer.updates;
        paper_rows(rows, rows);
        steps(1000 + rows);
        assert_exact();
        assert_int_equal(viewer.updates, updates + 1);
    }
}

/* --- whole pictures, for who comes in --- */

static void test_key_once_a_second(void **state)
{
    (void)state;
    steps(1000);
    size_t grabs = paper.grabs;
    sender_need_key(&sender); /* once at once: whoever came in could not draw the first yet */
    steps(1400);
    assert_int_equal(viewer.keys, 2);
    sender_need_key(&sender);
    assert_int_equal(steps(1500), SENDER_LATER);
    assert_int_equal(sender.wake_ms, 1000 + KEY_EVERY_MS);
    assert_int_equal(viewer.keys, 2);
    steps(sender.wake_ms);
    assert_int_equal(viewer.keys, 3);
    assert_int_equal(paper.grabs, grabs); /* from what is kept: nothing was read anew */
    assert_int_equal(steps(9000), SENDER_IDLE);
    assert_int_equal(viewer.keys, 3);
}

/* A change that waits for no key goes at once, the key later. */
static void test_changes_do_not_wait_for_key(void **state)
{
    (void)state;
    steps(1000);
    sender_need_key(&sender);
    steps(1050);
    sender_need_key(&sender);
    paper_change(8, 8, 8);
    assert_int_equal(steps(1100), SENDER_LATER);
    assert_exact();
    assert_int_equal(viewer.keys, 2);
}

/* Asked for all the time: everybody pays for each, so they come seldom, and changes go on between.
   Seen to fail: asked_key_ms without many_ms. */
static void test_many_keys_come_seldom(void **state)
{
    (void)state;
    const uint64_t begin = 1000, end = 61000;
    for (uint64_t now = begin; now < end; now += 500) {
        sender_need_key(&sender);
        paper_change(8, 8, (uint32_t)now);
        steps(now);
        assert_exact();
    }
    assert_in_range(viewer.keys, KEY_MANY, KEY_MANY + (end - begin) / KEY_MANY_MS);
    assert_true(sender.wake_ms - end <= KEY_MANY_MS);
}

/* What is to be hidden changes again and again, and nobody asks: whoever comes in then waits no
   longer for it. */
static void test_keys_for_masks_take_none(void **state)
{
    (void)state;
    uint64_t now = 1000;
    for (uint32_t i = 0; i < 2 * KEY_MANY; i++) {
        sender_shade(&sender, 0, AGAIN_NOTHING, NULL, 0);
        steps(now += KEY_EVERY_MS);
    }
    uint32_t keys = viewer.keys;
    assert_true(keys >= 2 * KEY_MANY);
    sender_need_key(&sender);
    steps(now + KEY_EVERY_MS);
    assert_int_equal(viewer.keys, keys + 1);
}

/* --- the pointer --- */

static void point(enum tile_cursor_kind kind, int32_t x, uint32_t serial)
{
    paper.pointer = (struct tile_cursor){.kind = kind, .x = x, .width = 1, .height = 1};
    paper.serial = serial;
}

static void test_pointer(void **state)
{
    (void)state;
    point(TILE_CURSOR_SHAPE, 5, 1);
    sender_look_at_pointer(&sender, 900);
    assert_int_equal(viewer.cursors, 0); /* not before the first picture */
    steps(1000);
    assert_int_equal(sender_look_at_pointer(&sender, 5000), CURSOR_ACTIVE_MS);
    assert_int_equal(viewer.cursor, TILE_CURSOR_SHAPE);
    assert_int_equal(sender_look_at_pointer(&sender, 9000), CURSOR_IDLE_MS);
    assert_int_equal(viewer.cursors, 1);
    point(TILE_CURSOR_SHAPE, 6, 1);
    sender_look_at_pointer(&sender, 9001);
    assert_int_equal(viewer.cursor, TILE_CURSOR_MOVED);
    point(TILE_CURSOR_SHAPE, 6, 2);
    sender_look_at_pointer(&sender, 9002);
    assert_int_equal(viewer.cursor, TILE_CURSOR_SHAPE);
    point(TILE_CURSOR_HIDDEN, 7, 2);
    sender_look_at_pointer(&sender, 9003);
    assert_int_equal(viewer.cursor, TILE_CURSOR_HIDDEN);
    point(TILE_CURSOR_HIDDEN, 8, 2);
    sender_look_at_pointer(&sender, 9004);
    assert_int_equal(viewer.cursors, 4); /* where it is outside is not told */
    point(TILE_CURSOR_SHAPE, 8, 2);
    viewer.full = true;
    sender_look_at_pointer(&sender, 9005);
    viewer.full = false;
    sender_look_at_pointer(&sender, 9006);
    assert_int_equal(viewer.cursor, TILE_CURSOR_SHAPE);
    sender_need_key(&sender);
    sender_look_at_pointer(&sender, 9007);
    assert_int_equal(viewer.cursors, 6);
    assert_int_equal(sender_look_at_pointer(&sender, 69000), CURSOR_ASLEEP_MS);
    pointer_stir(&sender.pointer, 69000); /* a hand is on it: looked at as if it had moved */
    assert_int_equal(sender_look_at_pointer(&sender, 69000), CURSOR_ACTIVE_MS);
}

int main(void)
{
#define WITH(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH(test_first_picture),
        WITH(test_only_what_changed),
        WITH(test_blocked),
        WITH(test_lost),
        WITH(test_source_fails),
        WITH(test_moving),
        WITH(test_resized),
        WITH(test_covered_comes_back),
        WITH(test_not_what_they_lack),
        WITH(test_any_order),
        WITH(test_leaves_in_parts),
        WITH(test_parts_end_the_same),
        WITH(test_key_once_a_second),
        WITH(test_changes_do_not_wait_for_key),
        WITH(test_many_keys_come_seldom),
        WITH(test_keys_for_masks_take_none),
        WITH(test_pointer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
