/* A line that takes a unit each 50 ms, and a picture of which more changes than that. */
#include "tests/unit/capture/paper.h"

enum { FILM_H = 320, UNIT_MS = 50 };

static uint64_t now_ms;
static uint32_t seed;

/* No two of its pixels are the same, nor are two of its pictures. */
static void play(void)
{
    for (uint32_t i = 0; i < W * FILM_H; i++) {
        seed = seed * 1664525u + 1013904223u;
        paper.pixels[i] = seed >> 8;
    }
    tile_set_add_rect(&paper.news.damaged, W, H, 0, 0, W, FILM_H);
}

static int set_up_film(void **state)
{
    (void)state;
    if (set_up_sender(true))
        return 1;
    now_ms = 1000;
    seed = 1;
    steps(now_ms);
    return 0;
}

static void play_unit(void)
{
    play();
    (void)sender_step(&sender, now_ms += UNIT_MS);
}

static bool seen(uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
    for (uint32_t v = y; v < y + h; v++)
        for (uint32_t u = x; u < x + w; u++)
            if (viewer.pixels[v * W + u] != paper.pixels[v * W + u])
                return false;
    return true;
}

/* How many units pass until it is seen. */
static uint32_t play_until(uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
    uint32_t units = 0;
    for (; !seen(x, y, w, h) && units < 400; units++)
        play_unit();
    return units;
}

/* Whether it changes together with the film's first picture or when that has long been cut. */
static void test_key_below_a_film(void **state)
{
    (void)state;
    for (uint32_t before = 0; before < 12; before++) {
        for (uint32_t i = 0; i < before; i++)
            play_unit();
        paper_change(W - 1, H - 1, 0x123456 + before);
        assert_true(play_until(W - 1, H - 1, 1, 1) <= 5);
    }
}

/* What is not small has its turn. */
static void test_menu_below_a_film(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 5; i++)
        play_unit();
    for (uint32_t y = FILM_H; y < H; y++)
        for (uint32_t x = 50; x < 200; x++)
            paper_change(x, y, x * y * 977 & 0xffffff);
    assert_true(play_until(50, FILM_H, 150, H - FILM_H) <= 15);
}

/* ... and the film, too, where something small is new each time. */
static void test_film_beside_keys(void **state)
{
    (void)state;
    static uint32_t was[W * H];
    for (uint32_t i = 0; i < 10; i++)
        play_unit();
    memcpy(was, viewer.pixels, sizeof was);
    for (uint32_t i = 0; i < 20; i++) {
        paper_change(W - 1, H - 1, i);
        play_unit();
    }
    for (uint32_t y = 0; y < FILM_H; y++)
        assert_memory_not_equal(viewer.pixels + y * W, was + y * W, 64 * 4);
}

/* The newest state of all of it is there once it rests. */
static void test_film_ends(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 30; i++) {
        paper_change(i, H - 1, i);
        play_unit();
    }
    for (uint32_t i = 0; i < 20; i++)
        (void)sender_step(&sender, now_ms += UNIT_MS);
    assert_exact();
}

/* A picture too large for the line is cut: what changes meanwhile goes before the rest of it. */
static void test_small_overtakes_big(void **state)
{
    (void)state;
    steps(1000);
    for (uint32_t i = 0; i < W * H; i++)
        paper.pixels[i] = (i * 2246822519u ^ i >> 3) & 0xffffff;
    tile_set_fill(&paper.news.damaged, tile_count(W, H));
    assert_int_equal(sender_step(&sender, 2000), SENDER_AGAIN); /* the first unit */
    uint32_t updates = viewer.updates, units = viewer.units;
    assert_int_equal(sender_step(&sender, 2000 + 200), SENDER_AGAIN); /* late: shown */
    assert_int_equal(viewer.units, units + 1);
    assert_int_equal(viewer.updates, updates + 1);
    paper_change(W - 1, H - 1, 0x123456);
    assert_int_equal(sender_step(&sender, 2201), SENDER_AGAIN);
    assert_int_equal(viewer.updates, updates + 2);
    assert_int_equal(viewer.pixels[W * H - 1], 0x123456);
    assert_memory_not_equal(viewer.pixels, paper.pixels, sizeof paper.pixels);
    steps(2202);
    assert_exact();
}

/* On a quick line nothing is cut: one update, however many units. */
static void test_quick_line_shows_whole(void **state)
{
    (void)state;
    steps(1000);
    for (uint32_t i = 0; i < W * H; i++)
        paper.pixels[i] = (i * 2246822519u ^ i >> 3) & 0xffffff;
    tile_set_fill(&paper.news.damaged, tile_count(W, H));
    uint32_t updates = viewer.updates, units = viewer.units;
    steps(2000);
    assert_exact();
    assert_true(viewer.units > units + 2);
    assert_int_equal(viewer.updates, updates + 1);
}

/* --- another size in the middle of an update --- */

/* Noise, a drawing, something like a photograph. */
static uint32_t another(uint32_t i, uint32_t kind)
{
    seed = seed * 1664525u + 1013904223u;
    return (kind == 0   ? seed >> 8
            : kind == 1 ? i % W / 3 * i / W / 5 * 0x10101
                        : (seed >> 29) * 0x10101 + 0x404040 + i % W / 4) &
           0xffffff;
}

/* Until nothing wakes it. */
static void rest(void)
{
    enum sender_next next = SENDER_AGAIN;
    now_ms += 1000;
    for (int i = 0; i < 200 && next != SENDER_IDLE; i++) {
        next = sender_step(&sender, now_ms);
        assert_int_not_equal(next, SENDER_FAILED);
        if (next == SENDER_LATER)
            now_ms = sender.wake_ms;
    }
    assert_int_equal(next, SENDER_IDLE);
}

static void resize_amid(uint32_t turn, bool lossless)
{
    assert_int_equal(set_up_sender(lossless), 0);
    now_ms = 1000;
    seed = turn + 1;
    steps(now_ms);
    for (uint32_t i = 0; i < W * H; i++)
        paper.pixels[i] = another(i, turn % 3);
    tile_set_fill(&paper.news.damaged, tile_count(W, H));
    for (uint32_t i = 0; i <= turn % 7; i++) {
        viewer.full = viewer.full || i == turn % 5;
        (void)sender_step(&sender, 2000 + i * (turn % 4) * 20);
    }
    viewer.full = false;
    paper.w = turn % 2 ? 100 : 300;
    paper.h = turn % 2 ? 50 : 397;
    if (turn % 4 < 2) {
        paper.news.resized = true;
    } else { /* found out only as it is read */
        paper.next = SOURCE_RESIZED;
        paper_change(3, 3, 4);
    }
    now_ms = 3000;
    rest();
    assert_int_equal(viewer.picture.width, paper.w);
    assert_exact();
}

/* In every state of it, exactly and roughly, smaller and larger. */
static void test_resized_in_mid_update(void **state)
{
    (void)state;
    for (uint32_t turn = 0; turn < 120; turn++) {
        resize_amid(turn / 2, turn % 2);
        if (turn < 119) {
            sender_finish(&sender);
            tile_decoder_destroy(viewer.decoder);
        }
    }
}

int main(void)
{
#define FILM(t) cmocka_unit_test_setup_teardown(t, set_up_film, tear_down)
    const struct CMUnitTest tests[] = {
        FILM(test_key_below_a_film),
        FILM(test_menu_below_a_film),
        FILM(test_film_beside_keys),
        FILM(test_film_ends),
        cmocka_unit_test_setup_teardown(test_small_overtakes_big, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_quick_line_shows_whole, set_up, tear_down),
        cmocka_unit_test_teardown(test_resized_in_mid_update, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
