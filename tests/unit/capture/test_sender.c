/* The sender with a source and a clock of paper: what is read when, what leaves when. */
#include "tests/unit/capture/paper.h"

static void paper_ask(void *ctx, uint32_t serial)
{
    (void)ctx;
    paper.asked++;
    paper.question = serial;
}

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

/* --- what is to be hidden is asked for with each picture --- */

static uint32_t at(uint32_t x, uint32_t y)
{
    return viewer.pixels[y * W + x];
}

static uint32_t ask_first(void)
{
    sender.way.ask = paper_ask;
    assert_int_equal(steps(1000), SENDER_IDLE);
    assert_int_equal(paper.asked, 1);
    assert_int_equal(viewer.units, 0);
    return paper.question;
}

static void test_nothing_before_the_answer(void **state)
{
    (void)state;
    const struct source_rect place = {20, 30, 40, 50};
    uint32_t question = ask_first();
    paper_change(5, 5, 7);
    assert_int_equal(steps(1010), SENDER_IDLE);
    assert_int_equal(paper.grabs, 1); /* nor is anything else read */
    sender_shade(&sender, question + 1, AGAIN_NOTHING, NULL, 0);
    sender_shade(&sender, question + 2, AGAIN_NOTHING, NULL, 0);
    assert_int_equal(steps(1020), SENDER_IDLE);
    assert_int_equal(viewer.units, 0);
    sender_shade(&sender, question, AGAIN_NOTHING, &place, 1);
    assert_int_equal(steps(1030), SENDER_IDLE); /* and asks about what changed meanwhile */
    assert_int_equal(at(20, 30), picture_blank(24));
    assert_int_equal(at(59, 79), picture_blank(24));
    assert_int_equal(at(19, 30), paper.pixels[30 * W + 19]);
    assert_int_equal(paper.asked, 2);
}

static void test_asked_again(void **state)
{
    (void)state;
    uint32_t question = ask_first();
    sender_shade(&sender, question, AGAIN_PICTURE, NULL, 0);
    assert_int_equal(steps(1010), SENDER_IDLE);
    assert_int_equal(viewer.units, 0);
    assert_int_equal(paper.grabs, 2);
    assert_int_not_equal(paper.question, question);
    sender_shade(&sender, paper.question, AGAIN_NOTHING, NULL, 0);
    assert_int_equal(steps(1020), SENDER_IDLE);
    assert_exact();
}

/* Answers that nothing is hidden, as often as it asks. */
static enum sender_next answers(uint64_t now_ms)
{
    enum sender_next next = steps(now_ms);
    while (paper.question != 0) {
        uint32_t question = paper.question;
        paper.question = 0;
        sender_shade(&sender, question, AGAIN_NOTHING, NULL, 0);
        next = steps(now_ms);
    }
    return next;
}

/* Nothing is damaged where something was hidden, and need not be any more. */
static void test_shades_go(void **state)
{
    (void)state;
    const struct source_rect place = {20, 30, 40, 50};
    sender_shade(&sender, ask_first(), AGAIN_NOTHING, &place, 1);
    assert_int_equal(steps(1010), SENDER_IDLE);
    assert_int_equal(answers(1020), SENDER_LATER);
    assert_int_equal(answers(1020 + LINGER_MS), SENDER_IDLE);
    assert_exact();
    assert_true(paper.asked <= 6);
}

/* What a hidden window leaves behind, where the one beneath has no background, is not shown before
   that one's program had time to draw. Fails when a place is shown as soon as no answer names it.
 */
static void test_what_shades_leave(void **state)
{
    (void)state;
    const struct source_rect place = {20, 30, 40, 50}, other = {120, 30, 40, 50};
    sender_shade(&sender, ask_first(), AGAIN_NOTHING, &place, 1);
    assert_int_equal(steps(1010), SENDER_IDLE);
    sender_shade(&sender, paper.question, AGAIN_PICTURE, &other, 1); /* there only for a moment */
    assert_int_equal(steps(1015), SENDER_IDLE);
    paper_change(25, 35, SECRET); /* still on the screen */
    paper_change(125, 35, SECRET);
    assert_int_equal(answers(1020), SENDER_LATER);
    assert_int_equal(sender.wake_ms, 1020 + LINGER_MS);
    paper_change(26, 35, SECRET);
    assert_int_equal(answers(1400), SENDER_LATER);
    assert_int_equal(at(25, 35), picture_blank(24));
    assert_int_equal(at(26, 35), picture_blank(24));
    assert_int_equal(at(125, 35), picture_blank(24));
    paper_change(25, 35, 7);
    paper_change(26, 35, 7);
    paper_change(125, 35, 7);
    assert_int_equal(answers(1500), SENDER_LATER);
    assert_int_equal(answers(1020 + LINGER_MS), SENDER_IDLE);
    assert_exact();
}

/* A picture is cut off, and a window in the rest of it is listed meanwhile: its lines do not
   follow. Fails when the rest goes on whatever the answer says; so does a newcomer's whole picture.
 */
static void test_listed_after_cut(void **state)
{
    (void)state;
    const struct source_rect place = {0, 0, W, H};
    for (int whole = 0; whole < 2; whole++) {
        uint64_t now = 3000 + 4000 * (uint64_t)whole;
        sender.way.ask = paper_ask;
        sender_mask(&sender, NULL, 0, false);
        answers(now - 2000);
        answers(now - 1000); /* nothing lingers */
        for (uint32_t i = 0; i < W * H; i++)
            paper.pixels[i] = ((i + now) * 2246822519u ^ i >> 3) & 0x7fffff;
        if (!whole) {
            tile_set_fill(&paper.news.damaged, tile_count(W, H));
            (void)sender_step(&sender, now);
            sender_shade(&sender, paper.question, AGAIN_NOTHING, NULL, 0);
            paper.question = 0;
            (void)sender_step(&sender, now);
            (void)sender_step(&sender, now + 200);
            assert_false(tile_encoder_busy(sender.encoder)); /* shown, and the rest is to come */
        }
        paper_change(1, 1, 5);
        if (whole)
            sender_need_key(&sender);
        for (int i = 0; i < 20 && paper.question == 0; i++)
            (void)sender_step(&sender, now + 201);
        assert_int_not_equal(paper.question, 0);
        uint32_t question = paper.question, units = viewer.units;
        paper.question = 0;
        sender_shade(&sender, question, AGAIN_NOTHING, &place, 1);
        for (int i = 0; i < 20 && paper.question == 0; i++)
            (void)sender_step(&sender, now + 202);
        assert_int_equal(viewer.units, units);
        sender_shade(&sender, paper.question, AGAIN_NOTHING, &place, 1);
        steps(now + 203);
        for (uint32_t i = 0; i < W * H; i += 997)
            assert_int_equal(viewer.pixels[i], picture_blank(24));
    }
}

/* One that was hidden rightly is gone, and the next answer names that place still: of the past, so
   it is read once more, although the list is the same. Fails when only another list is looked at.
 */
static void test_shades_of_the_past(void **state)
{
    (void)state;
    const struct source_rect place = {20, 30, 40, 50};
    sender_shade(&sender, ask_first(), AGAIN_NOTHING, &place, 1);
    for (unsigned n = 0; n < 3; n++) { /* until nothing is asked about any more */
        assert_int_equal(steps(1010), SENDER_IDLE);
        if (paper.question != 0)
            sender_shade(&sender, paper.question, AGAIN_NOTHING, &place, 1);
    }
    paper_change(25, 35, 7);
    assert_int_equal(steps(1020), SENDER_IDLE);
    size_t asked = paper.asked;
    sender_shade(&sender, paper.question, AGAIN_PLACES, &place, 1);
    assert_int_equal(steps(1030), SENDER_IDLE);
    assert_int_equal(paper.asked, asked + 1);
    assert_int_equal(answers(1040), SENDER_LATER);
    assert_int_equal(answers(1040 + LINGER_MS), SENDER_IDLE);
    assert_exact();
}

/* Said without a question: what was read and not answered is not used, and nothing new is read
   before its answer is there, because the next answer is about the time behind that one. */
static void test_shades_change(void **state)
{
    (void)state;
    uint32_t question = ask_first();
    sender_shade(&sender, 0, AGAIN_NOTHING, NULL, 0);
    assert_int_equal(steps(1010), SENDER_IDLE);
    assert_int_equal(paper.grabs, 1);
    sender_shade(&sender, question, AGAIN_NOTHING, NULL, 0);
    assert_int_equal(steps(1020), SENDER_IDLE);
    assert_int_equal(viewer.units, 0);
    assert_int_equal(paper.grabs, 2);
    sender_shade(&sender, paper.question, AGAIN_NOTHING, NULL, 0);
    assert_int_equal(steps(1030), SENDER_IDLE);
    assert_exact();
    uint32_t keys = viewer.keys;
    sender_shade(&sender, 0, AGAIN_NOTHING, NULL, 0);
    assert_int_equal(steps(1040), SENDER_IDLE);
    assert_int_equal(tile_set_size(&paper.wanted), tile_count(W, H));
    sender_shade(&sender, paper.question, AGAIN_NOTHING, NULL, 0);
    assert_int_equal(steps(1050), SENDER_IDLE);
    assert_int_equal(viewer.keys, keys + 1); /* at once: viewers forget what they had put away */
}

static void test_mask_while_asked(void **state)
{
    (void)state;
    uint32_t question = ask_first();
    sender_mask(&sender, NULL, 0, false);
    sender_shade(&sender, question, AGAIN_NOTHING, NULL, 0);
    assert_int_equal(steps(1010), SENDER_IDLE);
    assert_int_equal(viewer.units, 0); /* read before the mask */
    sender.way.ask = NULL;             /* and nobody answers any more */
    sender_mask(&sender, NULL, 0, false);
    assert_int_equal(steps(1020), SENDER_IDLE);
    assert_exact();
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

static void test_mask(void **state)
{
    (void)state;
    const uint32_t windows[] = {3};
    steps(1000);
    sender_mask(&sender, windows, 1, false);
    steps(1010);
    for (uint32_t x = 0; x < 60; x++)
        assert_int_equal(viewer.pixels[5 * W + x],
                         x / 10 == 3 ? 0x808080 : paper.pixels[5 * W + x]);
    sender_mask(&sender, NULL, 0, false);
    steps(1020);
    assert_exact();
}

/* A unit that was made before the mask and could not leave never leaves. */
static void test_mask_overtakes(void **state)
{
    (void)state;
    const uint32_t windows[] = {3};
    steps(1000);
    viewer.full = true;
    for (uint32_t i = 0; i < 100; i++)
        paper_change(30 + i % 10, i / 10, SECRET);
    assert_int_equal(steps(1010), SENDER_BLOCKED);
    sender_mask(&sender, windows, 1, false);
    viewer.full = false;
    steps(1020);
    for (size_t i = 0; i < W * H; i++)
        assert_int_not_equal(viewer.pixels[i], SECRET);
    assert_int_equal(viewer.pixels[35], 0x808080);
    assert_int_equal(viewer.keys, 2);
}

/* Half of an update has left when the mask comes: the other half must not follow. */
static void test_mask_between_units(void **state)
{
    (void)state;
    const uint32_t windows[] = {3};
    steps(1000);
    uint32_t noise = 1; /* does not compress: two units */
    for (uint32_t i = 0; i < W * H; i++) {
        noise = noise * 1664525u + 1013904223u;
        paper.pixels[i] = noise >> 8;
    }
    tile_set_fill(&paper.news.damaged, tile_count(W, H));
    uint32_t before = viewer.units;
    while (viewer.units == before)
        assert_int_not_equal(sender_step(&sender, 1010), SENDER_FAILED);
    assert_true(tile_encoder_busy(sender.encoder));
    sender_mask(&sender, windows, 1, false);
    uint32_t units = viewer.units;
    assert_int_equal(steps(1020), SENDER_IDLE);
    assert_int_equal(viewer.keys, 2);
    assert_true(viewer.units >= units + 2);
    assert_int_equal(viewer.pixels[5 * W + 35], 0x808080);
}

/* What was cut off was read before the mask: it must not follow either. */
static void test_mask_after_cut(void **state)
{
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        const uint32_t windows[] = {3};
        uint64_t now = 2000 + 2000 * (uint64_t)turn;
        sender_mask(&sender, NULL, 0, false);
        steps(now - 1000);
        for (uint32_t i = 0; i < W * H; i++)
            paper.pixels[i] = ((i + now) * 2246822519u ^ i >> 3) & 0x7fffff;
        tile_set_fill(&paper.news.damaged, tile_count(W, H));
        (void)sender_step(&sender, now);
        (void)sender_step(&sender, now + 200);
        assert_false(tile_encoder_busy(sender.encoder));
        if (turn > 0) { /* the rest would be next */
            paper_change(1, 1, 5);
            (void)sender_step(&sender, now + 201);
        }
        for (uint32_t i = 0; i < W * H; i++)
            paper.pixels[i] |= 0x800000;
        sender_mask(&sender, windows, 1, false);
        for (int i = 0; i < 3; i++) {
            uint32_t before = viewer.units;
            (void)sender_step(&sender, now + 202);
            if (viewer.units > before)
                assert_true(viewer.pixels[0] & 0x800000);
        }
        steps(now + 210);
        assert_int_equal(viewer.pixels[35], 0x808080);
    }
}

/* --- a picture that is another one leaves in parts, while the others are still to be compared ---
 */

static void paint_rows(uint32_t rows, uint32_t page)
{
    uint32_t noise = page;
    for (uint32_t i = 0; i < W * rows; i++) {
        noise = noise * 1664525u + 1013904223u;
        paper.pixels[i] = noise >> 8 & 0x7fffff;
    }
    tile_set_fill(&paper.news.damaged, tile_count(W, H));
}

static void test_leaves_in_parts(void **state)
{
    (void)state;
    steps(1000);
    paint_rows(H, 1);
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
        paint_rows(rows, rows);
        steps(1000 + rows);
        assert_exact();
        assert_int_equal(viewer.updates, updates + 1);
    }
}

/* What was looked at and has not left is read again, and so are the parts to come. Fails when the
   tiles that were looked at first count as known. */
static void test_mask_between_parts(void **state)
{
    (void)state;
    const uint32_t windows[] = {3};
    steps(1000);
    paint_rows(H, 1);
    assert_int_equal(sender_step(&sender, 2000), SENDER_AGAIN);
    assert_false(tile_set_empty(&sender.parts.left));
    assert_false(tile_set_empty(&sender.parts.changed));
    sender_mask(&sender, windows, 1, false);
    steps(2010);
    assert_int_equal(viewer.keys, 2);
    assert_int_equal(viewer.pixels[35], 0x808080);
    assert_memory_equal(viewer.pixels + W * 10, paper.pixels + W * 10, W * (H - 10) * 4);
}

/* Nothing that was read before the mask leaves after it, whichever part it was in. */
static void test_mask_hides_parts(void **state)
{
    (void)state;
    const uint32_t windows[] = {3};
    steps(1000);
    paint_rows(H, 1);
    assert_int_equal(sender_step(&sender, 2000), SENDER_AGAIN);
    uint32_t units = viewer.units;
    for (uint32_t i = 0; i < W * H; i++)
        paper.pixels[i] |= 0x800000;
    sender_mask(&sender, windows, 1, false);
    while (viewer.units == units)
        assert_int_not_equal(sender_step(&sender, 2010), SENDER_FAILED);
    for (uint32_t i = 0; i < W * 64; i++)
        assert_true(viewer.pixels[i] & 0x800000);
    steps(2011);
    for (uint32_t i = 0; i < W * H; i++)
        assert_true(viewer.pixels[i] & 0x800000);
}

static void test_hold(void **state)
{
    (void)state;
    steps(1000);
    uint32_t units = viewer.units;
    viewer.full = true;
    paper_change(1, 1, 1);
    steps(1005);
    sender_mask(&sender, NULL, 0, true);
    viewer.full = false;
    sender_need_key(&sender);
    paper_change(9, 9, SECRET);
    assert_int_equal(steps(5000), SENDER_IDLE);
    assert_int_equal(sender_look_at_pointer(&sender, 5000), CURSOR_IDLE_MS);
    assert_int_equal(viewer.units, units);
    assert_int_equal(viewer.cursors, 0);
    sender_mask(&sender, NULL, 0, false);
    assert_int_equal(steps(5010), SENDER_IDLE);
    assert_exact();
}

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

/* --- pictures --- */

static void test_cover(void **state)
{
    struct tile_rect r[4];
    struct tile_set s = {0};
    (void)state;
    tile_set_add_rect(&s, 640, 640, 0, 0, 128, 128);
    tile_set_add_rect(&s, 640, 640, 300, 300, 1, 1);
    assert_int_equal(picture_cover(&s, 640, 640, r, 4), 2);
    assert_memory_equal(&r[0], &((struct tile_rect){0, 0, 128, 128}), sizeof *r);
    assert_memory_equal(&r[1], &((struct tile_rect){256, 256, 64, 64}), sizeof *r);
    for (int i = 0; i < 10; i++)
        tile_set_add(&s, (uint32_t)(i * 11));
    assert_int_equal(picture_cover(&s, 640, 640, r, 4), 1);
    assert_memory_equal(&r[0], &((struct tile_rect){0, 0, 640, 640}), sizeof *r);
    tile_set_clear(&s);
    tile_set_add(&s, 99); /* the corner, cut off */
    assert_int_equal(picture_cover(&s, 600, 610, r, 4), 1);
    assert_memory_equal(&r[0], &((struct tile_rect){576, 576, 24, 34}), sizeof *r);
}

/* A hidden rectangle of any place and size: blanked exactly, across tiles and edges. */
static void test_blank_rects(void **state)
{
    static const struct source_rect rects[] = {
        {0, 0, 300, 200},   {-10, -10, 20, 20}, {63, 63, 2, 2},  {290, 190, 100, 100},
        {-50, 60, 400, 10}, {300, 0, 10, 10},   {10, 10, 0, 10}, {-32768, -32768, 65535, 65535}};
    struct source_grab g = {.n_pieces = 1, .n_hidden = 1};
    struct picture p;
    static struct picture_change changed;
    struct tile_set all, differs;
    (void)state;
    g.pieces[0] = (struct source_piece){{0, 0, W, H}, paper.pixels};
    tile_set_fill(&all, tile_count(W, H));
    for (size_t i = 0; i < sizeof rects / sizeof rects[0]; i++) {
        const struct source_rect *r = &rects[i];
        assert_true(picture_init(&p, (struct source_size){W, H, 24}));
        g.hidden[0] = *r;
        picture_take(&p, &g, &all, &differs);
        picture_settle(&p, &differs, true, &changed);
        for (int64_t y = 0; y < H; y++)
            for (int64_t x = 0; x < W; x++) {
                bool in =
                    x >= r->x && y >= r->y && x < (int64_t)r->x + r->w && y < (int64_t)r->y + r->h;
                assert_int_equal(p.tiles.pixels[y * W + x],
                                 in ? picture_blank(24) : paper.pixels[y * W + x]);
            }
        picture_finish(&p);
    }
}

int main(void)
{
#define WITH(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH(test_first_picture),
        WITH(test_only_what_changed),
        WITH(test_covered_comes_back),
        WITH(test_not_what_they_lack),
        WITH(test_any_order),
        WITH(test_blocked),
        WITH(test_nothing_before_the_answer),
        WITH(test_asked_again),
        WITH(test_shades_go),
        WITH(test_shades_of_the_past),
        WITH(test_what_shades_leave),
        WITH(test_listed_after_cut),
        WITH(test_shades_change),
        WITH(test_mask_while_asked),
        WITH(test_lost),
        WITH(test_source_fails),
        WITH(test_moving),
        WITH(test_resized),
        WITH(test_mask),
        WITH(test_mask_overtakes),
        WITH(test_mask_between_units),
        WITH(test_mask_after_cut),
        WITH(test_leaves_in_parts),
        WITH(test_parts_end_the_same),
        WITH(test_mask_between_parts),
        WITH(test_mask_hides_parts),
        WITH(test_hold),
        WITH(test_key_once_a_second),
        WITH(test_changes_do_not_wait_for_key),
        WITH(test_many_keys_come_seldom),
        WITH(test_keys_for_masks_take_none),
        WITH(test_pointer),
        cmocka_unit_test(test_cover),
        WITH(test_blank_rects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
