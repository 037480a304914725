/* Many small changes that go on, on a line that takes a unit each 100 ms: what changes once beside
   them is there soon. */
#define PAPER_SIZE W = 1920, H = 1080
#include "tests/unit/capture/paper.h"

enum { UNIT_MS = 100, MOST = 200, KEY_ROW = H - 1, MENU_X = 640, MENU_Y = 1025, MENU_W = 128 };

static uint64_t now_ms;
static uint32_t seed;

/* Noise in a corner of each tile of so many rows. */
static void play(uint32_t side, uint32_t rows)
{
    for (uint32_t y = 0; y < rows * TILE_SIDE && y < MENU_Y; y++)
        for (uint32_t x = 0; x < W; x++)
            if (x % TILE_SIDE < side && y % TILE_SIDE < side) {
                seed = seed * 1664525u + 1013904223u;
                paper.pixels[y * W + x] = seed >> 8;
            }
    tile_set_add_rect(&paper.news.damaged, W, H, 0, 0, W, rows * TILE_SIDE);
    (void)sender_step(&sender, now_ms += UNIT_MS);
}

static bool seen(uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
    for (uint32_t v = y; v < y + h; v++)
        if (memcmp(&viewer.pixels[v * W + x], &paper.pixels[v * W + x], w * 4) != 0)
            return false;
    return true;
}

static uint32_t play_until(uint32_t side, uint32_t rows, uint32_t x, uint32_t y, uint32_t w,
                           uint32_t h)
{
    uint32_t units = 0;
    for (; !seen(x, y, w, h) && units < MOST; units++)
        play(side, rows);
    return units;
}

static void check(uint32_t side, uint32_t rows)
{
    now_ms = 1000;
    seed = 1;
    steps(now_ms);
    for (uint32_t i = 0; i < 3; i++)
        play(side, rows);
    paper_change(W - 1, KEY_ROW, 0x777777);
    uint32_t key = play_until(side, rows, W - 1, KEY_ROW, 1, 1);
    for (uint32_t y = MENU_Y; y < H; y++)
        for (uint32_t x = MENU_X; x < MENU_X + MENU_W; x++)
            paper_change(x, y, x * y * 977 & 0xffffff);
    uint32_t menu = play_until(side, rows, MENU_X, MENU_Y, MENU_W, H - MENU_Y);
    print_message("side %u, %u rows: a key after %u units, a menu after %u\n", side, rows, key,
                  menu);
    assert_true(key < MOST);
    assert_true(menu < MOST);
}

static void test_many_small(void **state)
{
    (void)state;
    check(30, 16);
}

static void test_few_small(void **state)
{
    (void)state;
    check(30, 8);
}

static void test_smaller(void **state)
{
    (void)state;
    check(20, 16);
}

static void test_smallest(void **state)
{
    (void)state;
    check(16, 17);
}

static void test_film(void **state)
{
    (void)state;
    check(TILE_SIDE, 16);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_many_small), TEST(test_few_small), TEST(test_smaller),
        TEST(test_smallest),   TEST(test_film),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
