/* A photograph on a large screen comes to rest beside what never does: on paper, on a line that
   takes a full unit in 10 ms. */
#define PAPER_SIZE W = 3840, H = 2160
#include "tests/unit/capture/paper.h"

enum { BYTES_MS = MAX_UNIT / 10, FROM_X = 3700, FROM_Y = 2000, SIDE = 60 };

static void photograph(uint32_t turn)
{
    for (uint32_t y = 0; y < H; y++)
        for (uint32_t x = 0; x < W; x++) {
            uint32_t grain = (x * 7919 + y * 104729 + turn * 15485863) * 2654435761u >> 29;
            uint32_t at = (x / 2 + y / 3 + turn * 5) % 160, v = at < 80 ? at : 160 - at;
            paper.pixels[y * W + x] =
                (v + 60 + grain) << 16 | (v / 2 + 90 + grain) << 8 | (140 - v + grain);
        }
    tile_set_fill(&paper.news.damaged, tile_count(W, H));
}

static void spin(uint32_t turn)
{
    for (uint32_t y = FROM_Y; y < FROM_Y + SIDE; y++)
        for (uint32_t x = FROM_X; x < FROM_X + SIDE; x++)
            paper_change(x, y, ((x + turn) / 8 + y / 8) % 2 ? 0xffffff : 0x3050a0);
}

/* One step, however long the line needs for what leaves. */
static uint64_t step(uint64_t now_ms)
{
    size_t bytes = viewer.bytes;
    (void)sender_step(&sender, now_ms);
    return now_ms + 1 + (viewer.bytes - bytes) / BYTES_MS;
}

static bool is_exact(void)
{
    return memcmp(viewer.pixels, paper.pixels, (size_t)W * FROM_Y * 4) == 0;
}

static void test_rests_beside_a_spinner(void **state)
{
    uint64_t now_ms = 1000, from_ms;
    (void)state;
    assert_int_equal(set_up_sender(false), 0);
    for (uint32_t turn = 0; turn < 2; turn++) {
        photograph(turn);
        for (uint32_t i = 0; i < 200; i++)
            now_ms = step(now_ms);
    }
    assert_false(is_exact());
    from_ms = now_ms;
    for (uint32_t i = 0; i < 5000 && (i % 50 != 0 || !is_exact()); i++) {
        spin(i);
        now_ms = step(now_ms);
    }
    print_message("exact after %u ms\n", (unsigned)(now_ms - from_ms));
    assert_true(is_exact());
    assert_true(now_ms - from_ms < 4000); /* the line needs two seconds for it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_rests_beside_a_spinner, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
