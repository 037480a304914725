/* What leaves roughly and when it becomes exact, with a source and a clock of paper. */
#include "tests/unit/capture/paper.h"

/* Tiles of the paper that are not cut off below, where so little of a photograph is sent exactly.
 */
#define WHOLE_TILES 30

static int set_up_rough(void **state)
{
    (void)state;
    return set_up_sender(false);
}

/* A photograph, another one for each `turn`; x bits as an X server leaves them. */
static uint32_t photo(uint32_t x, uint32_t y, uint32_t turn)
{
    uint32_t grain = (x * 7919 + y * 104729 + turn * 15485863) * 2654435761u >> 29;
    uint32_t at = (x / 2 + y / 3 + turn * 5) % 160, v = at < 80 ? at : 160 - at;
    return 0xff000000u | (v + 60 + grain) << 16 | (v / 2 + 90 + grain) << 8 | (140 - v + grain);
}

/* Columns of tiles from..to - 1 of the paper show it. */
static void play(uint32_t from, uint32_t to, uint32_t turn)
{
    for (uint32_t y = 0; y < H; y++)
        for (uint32_t x = from * TILE_SIDE; x < to * TILE_SIDE && x < W; x++)
            paper.pixels[y * W + x] = photo(x, y, turn) & 0xffffff;
    tile_set_add_rect(&paper.news.damaged, W, H, from * TILE_SIDE, 0, (to - from) * TILE_SIDE, H);
}

static uint32_t rough_tiles(void)
{
    struct tile_set rough;
    tile_set_clear(&rough);
    for (uint32_t y = 0; y < H; y++)
        for (uint32_t x = 0; x < W; x++)
            if (viewer.pixels[y * W + x] != paper.pixels[y * W + x])
                tile_set_add_rect(&rough, W, H, x, y, 1, 1);
    return tile_set_size(&rough);
}

/* Wakes it whenever it wants, until it wants nothing; returns when that was. */
static uint64_t rest(uint64_t now)
{
    for (int i = 0; i < 100; i++) {
        switch (steps(now)) {
        case SENDER_IDLE:
            return now;
        case SENDER_LATER:
            assert_true(sender.wake_ms > now);
            now = sender.wake_ms;
            break;
        default:
            fail_msg("neither idle nor later");
        }
    }
    fail_msg("never comes to rest");
    return 0;
}

static void test_exact_at_rest(void **state)
{
    (void)state;
    play(0, 5, 0);
    assert_int_equal(steps(1000), SENDER_LATER);
    assert_true(rough_tiles() >= WHOLE_TILES);
    uint64_t now = 1000;
    for (uint32_t i = 1; i < 40; i++) {
        play(0, 2, i);
        assert_int_equal(steps(now += 33), SENDER_LATER);
    }
    /* where it went on it is rough, elsewhere it has become exact meanwhile */
    assert_true(rough_tiles() >= 12 && rough_tiles() <= 14);
    assert_true(rest(now) <= now + 1000);
    assert_exact();
    uint32_t units = viewer.units;
    assert_int_equal(steps(now + 60000), SENDER_IDLE);
    assert_int_equal(viewer.units, units);
}

static void test_lossless(void **state)
{
    (void)state;
    play(0, 5, 0);
    assert_int_equal(steps(1000), SENDER_IDLE);
    assert_exact();
    play(0, 5, 1);
    assert_int_equal(steps(1033), SENDER_IDLE);
    assert_exact();
}

/* Half of a tile that was rough becomes exact: the other half is owed still. */
static void test_part_of_a_tile(void **state)
{
    (void)state;
    play(0, 5, 0);
    uint64_t now = rest(1000);
    play(1, 2, 1);
    steps(now += 10);
    for (uint32_t y = 70; y < 80; y++)
        for (uint32_t x = 70; x < 80; x++)
            paper_change(x, y, 0x123456);
    steps(now += 10);
    assert_true(rough_tiles() > 0);
    rest(now);
    assert_exact();
}

/* Rough pixels are moved by the viewer itself to where all was exact: they are rough there. */
static void test_moved_while_rough(void **state)
{
    (void)state;
    play(0, 5, 0);
    uint64_t now = rest(1000);
    play(0, 2, 1);
    steps(now += 10);
    assert_true(rough_tiles() >= 12);
    for (uint32_t y = 0; y < H; y++) {
        memcpy(paper.pixels + y * W + 128, paper.pixels + y * W, 128 * 4);
        for (uint32_t x = 0; x < 128; x++)
            paper.pixels[y * W + x] = 0x808080;
    }
    tile_set_fill(&paper.news.damaged, tile_count(W, H));
    steps(now += 10);
    assert_true(sender.change.n_copies > 0);
    assert_true(rough_tiles() >= 12);
    assert_true(rest(now) <= now + 1000);
    assert_exact();
}

/* A photograph of any size moves by a row and each tile changes in two corners: copies of nearly
   all of it and all of it roughly are one unit, which viewers take. */
static void test_moved_and_changed(void **state)
{
    (void)state;
    paper.w = paper.h = 305;
    for (uint32_t i = 0; i < 4; i++) {
        for (uint32_t p = 0; p < paper.w * paper.h; p++)
            paper.pixels[p] = photo(p % paper.w, p / paper.w + i, 0) & 0xffffff;
        for (uint32_t t = 0; t < tile_count(paper.w, paper.h); t++) {
            struct tile_rect r = tile_place(paper.w, paper.h, t);
            paper_change(r.x, r.y, photo(7, t, i) & 0xffffff);
            paper_change(r.x + r.w - 1, r.y + r.h - 1, photo(9, t, i) & 0xffffff);
        }
        steps(1000 + i * 33);
        assert_true(i == 0 || sender.change.n_copies > 0);
    }
    rest(2000);
    assert_exact();
}

/* Something else never stops moving: what rests becomes exact all the same, within a second. */
static void test_beside_what_never_rests(void **state)
{
    (void)state;
    play(0, 5, 0);
    uint64_t now = rest(1000);
    play(0, 5, 1);
    for (uint32_t i = 0; i < 1000; i++) {
        play(4, 5, i);
        (void)sender_step(&sender, ++now); /* there is always something newer */
    }
    for (uint32_t y = 0; y < H; y++)
        assert_memory_equal(viewer.pixels + y * W, paper.pixels + y * W, 4 * TILE_SIDE * 4);
}

/* ... also where it is more than one unit: what is overdue goes on for a slice. */
static void test_much_beside_what_never_rests(void **state)
{
    (void)state;
    play(0, 5, 0);
    for (uint32_t i = 0; i < W * H; i++)
        paper.pixels[i] ^= i * 2654435761u >> 3 & 0x1f1f1f;
    for (uint32_t i = 0; i < 1000; i++) {
        play(4, 5, i);
        (void)sender_step(&sender, 1000 + i);
        uint32_t units = viewer.units;
        while (sender.repaying && tile_encoder_busy(sender.encoder)) {
            play(4, 5, i);
            (void)sender_step(&sender, 1000 + i);
            assert_true(viewer.units - units < 9);
        }
    }
    for (uint32_t y = 0; y < H; y++)
        assert_memory_equal(viewer.pixels + y * W, paper.pixels + y * W, 4 * TILE_SIDE * 4);
}

static void answer(void *ctx, uint32_t serial)
{
    (void)ctx;
    paper.question = serial;
}

/* It is drawn again before each look, the same picture: it becomes exact within a second, whether
   somebody is asked what to hide or not, and also beside a film. */
static void test_drawn_again(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        bool asked = i % 2, film = i / 2;
        uint64_t from = 3000 * i + 1000;
        sender.way.ask = asked ? answer : NULL;
        play(0, 5, i);
        for (uint64_t now = from; now < from + 1000; now += 2) {
            if (film)
                play(4, 5, (uint32_t)now);
            tile_set_fill(&paper.news.damaged, tile_count(W, H));
            (void)sender_step(&sender, now);
            if (paper.question != 0)
                sender_shade(&sender, paper.question, AGAIN_NOTHING, NULL, 0);
            assert_true(now != from + 200 || rough_tiles() >= WHOLE_TILES - 6);
        }
        for (uint32_t y = 0; y < H; y++)
            assert_memory_equal(viewer.pixels + y * W, paper.pixels + y * W,
                                (film ? 4 * TILE_SIDE : W) * 4);
    }
}

/* To a newcomer what others have exactly comes exactly, what moves roughly. */
static void test_newcomer(void **state)
{
    (void)state;
    play(0, 5, 0);
    uint64_t now = rest(1000);
    play(0, 1, 1);
    steps(now += 2000);
    sender_need_key(&sender);
    uint32_t keys = viewer.keys;
    steps(now += 10);
    assert_int_equal(viewer.keys, keys + 1);
    assert_int_equal(rough_tiles(), 7);
    rest(now);
    assert_exact();
}

/* ... and what the others are owed does not wait longer than two turns because of it. */
static void test_newcomers_do_not_delay(void **state)
{
    (void)state;
    play(0, 5, 0);
    rest(1000);
    play(0, 5, 1);
    uint32_t keys = viewer.keys;
    for (uint64_t now = 3000; now <= 3500; now += 10) {
        if (now == 3450)
            sender_need_key(&sender);
        steps(now);
        assert_true(now != 3450 || (viewer.keys == keys + 1 && rough_tiles() >= WHOLE_TILES));
    }
    assert_exact();
}

/* What is owed was read before the mask: it must not leave any more. */
static void test_mask_before_it_is_exact(void **state)
{
    (void)state;
    static uint32_t was[W * H];
    const uint32_t windows[] = {3};
    play(0, 5, 0);
    uint64_t now = rest(1000);
    play(0, 5, 1);
    steps(now += 10);
    for (uint32_t i = 0; i < 2; i++)
        tile_encoder_turn(sender.encoder); /* all is due */
    memcpy(was, viewer.pixels, sizeof was);
    sender_mask(&sender, windows, 1, false);
    now += 1000;
    for (bool more = true; more;) {
        more = sender_step(&sender, now) == SENDER_AGAIN;
        for (uint32_t i = 0; i < 10 * 10; i++) {
            uint32_t at = i / 10 * W + 30 + i % 10, seen = viewer.pixels[at];
            assert_true(seen == was[at] || seen == 0x808080);
        }
    }
    assert_int_equal(viewer.pixels[35], 0x808080);
    for (uint32_t i = 0; i < 10 * 10; i++)
        paper.pixels[i / 10 * W + 30 + i % 10] = 0x808080;
    rest(now);
    assert_exact();
}

/* A mask in the middle of making exact: half of it has left. */
static void test_mask_while_it_becomes_exact(void **state)
{
    (void)state;
    const uint32_t windows[] = {3};
    play(0, 5, 0);
    uint64_t now = rest(1000);
    play(0, 5, 1);
    steps(now += 10);
    viewer.full = true;
    while (steps(now) != SENDER_BLOCKED)
        now = sender.wake_ms;
    assert_true(sender.repaying);
    sender_mask(&sender, windows, 1, false);
    viewer.full = false;
    steps(++now);
    assert_int_equal(viewer.pixels[35], 0x808080);
    for (uint32_t i = 0; i < 10 * 10; i++)
        paper.pixels[i / 10 * W + 30 + i % 10] = 0x808080;
    rest(now);
    assert_exact();
}

int main(void)
{
#define ROUGH(t) cmocka_unit_test_setup_teardown(t, set_up_rough, tear_down)
    const struct CMUnitTest tests[] = {
        ROUGH(test_exact_at_rest),
        cmocka_unit_test_setup_teardown(test_lossless, set_up, tear_down),
        ROUGH(test_part_of_a_tile),
        ROUGH(test_moved_while_rough),
        ROUGH(test_moved_and_changed),
        ROUGH(test_beside_what_never_rests),
        ROUGH(test_much_beside_what_never_rests),
        ROUGH(test_drawn_again),
        ROUGH(test_newcomer),
        ROUGH(test_newcomers_do_not_delay),
        ROUGH(test_mask_before_it_is_exact),
        ROUGH(test_mask_while_it_becomes_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
