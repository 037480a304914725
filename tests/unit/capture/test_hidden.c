/* The sender on paper, and what viewers must not see: what is asked about with each picture, and
   windows that are masked. What was read before must not leave after. */
#include "tests/unit/capture/paper.h"

/* --- what is to be hidden is asked for with each picture --- */

static void paper_ask(void *ctx, uint32_t serial)
{
    (void)ctx;
    paper.asked++;
    paper.question = serial;
}

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

/* --- windows that are masked --- */

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

/* What was looked at and has not left is read again, and so are the parts to come. Fails when the
   tiles that were looked at first count as known. */
static void test_mask_between_parts(void **state)
{
    (void)state;
    const uint32_t windows[] = {3};
    steps(1000);
    paper_rows(H, 1);
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
    paper_rows(H, 1);
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

int main(void)
{
#define WITH(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH(test_nothing_before_the_answer),
        WITH(test_asked_again),
        WITH(test_shades_go),
        WITH(test_what_shades_leave),
        WITH(test_listed_after_cut),
        WITH(test_shades_of_the_past),
        WITH(test_shades_change),
        WITH(test_mask_while_asked),
        WITH(test_mask),
        WITH(test_mask_overtakes),
        WITH(test_mask_between_units),
        WITH(test_mask_after_cut),
        WITH(test_mask_between_parts),
        WITH(test_mask_hides_parts),
        WITH(test_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
