/* Coded rectangles: what was packed comes back, whatever the pixels, the room and the cut. */
#include "lib/tile/ink.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after the three headers it needs */
#include <cmocka.h>

#define W 300
#define H 200
#include "tests/unit/lib/coded.h"

#define ROOM 60000

static uint8_t bytes[ROOM + INK_END_BYTES];
static struct ink ink;

/* Flat, few colours, gradients, noise; of late many, of early few. Most gradients are shaded:
   edges of one step that go down, left, right and further, some where a colour overflows. */
static void paint(uint32_t kind)
{
    uint32_t colours[4] = {draw(), draw(), draw(), draw()}, wide = draw() % 9 + 1,
             down = draw() % 9;
    for (uint32_t y = 0; y < H; y++)
        for (uint32_t x = 0; x < W; x++) {
            uint32_t p = colours[0];
            if (kind % 5 == 1)
                p = colours[(x / 7 + y / 5) % 4];
            else if (kind % 5 == 2 && kind % 20 != 2)
                p = (x * wide + (kind % 20 == 17 ? H - y : y) * down) / 16 *
                        (kind % 2 ? 0x010101u : 0x00100401u) +
                    (x / 40 << 7);
            else if (kind % 5 == 2)
                p = x * 0x10101u + y;
            else if (kind % 5 == 3)
                p = draw() % 9 == 0 ? colours[draw() % 4] : colours[0];
            else if (kind % 5 == 4)
                p = draw();
            from_px[y * W + x] = p;
        }
}

static void round_trip(uint32_t kind, uint8_t depth, size_t room)
{
    struct tile_picture from = picture(from_px, depth), to = picture(to_px, depth);
    struct tile_rect rects[12];
    size_t n = 0;
    ink_pack_start(&ink, depth, bytes, room);
    while (n < 12) {
        rects[n] = any_rect();
        if (!ink_pack(&ink, &from, rects[n], NULL, 0))
            break;
        n++;
    }
    size_t len = ink_pack_end(&ink);
    assert_true(len <= room + INK_END_BYTES);
    memset(to_px, 0xee, sizeof to_px);
    ink_unpack_start(&ink, depth, bytes, len);
    for (size_t i = 0; i < n; i++) {
        assert_true(ink_unpack(&ink, &to, rects[i]));
        if (!is_same(rects[i], tile_mask(depth)))
            fail_msg("kind %u depth %u rectangle %zu of %zu", kind, depth, i, n);
    }
    assert_true(ink_unpack_end(&ink));
}

/* Thousands of streams: rare carries and long rows of 0xff are among them. */
static void test_round_trip(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 1500; i++) {
        paint(i);
        round_trip(i, i % 2 ? 24 : 30, i % 3 ? ROOM : draw() % 3000);
    }
}

/* Smallest streams, each first byte: the coder's start. */
static void test_small(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 20000; i++) {
        struct tile_rect r = {0, 0, draw() % 3 + 1, draw() % 3 + 1};
        for (uint32_t k = 0; k < 9; k++)
            from_px[k / 3 * W + k % 3] = draw() % 2 ? draw() : 0xffffff;
        struct tile_picture from = picture(from_px, 24), to = picture(to_px, 24);
        ink_pack_start(&ink, 24, bytes, ROOM);
        assert_true(ink_pack(&ink, &from, r, NULL, 0));
        size_t len = ink_pack_end(&ink);
        ink_unpack_start(&ink, 24, bytes, len);
        assert_true(ink_unpack(&ink, &to, r) && ink_unpack_end(&ink));
        assert_true(is_same(r, 0xffffff));
    }
}

/* A cut stream is another picture or none; one that goes on behind the last pixel is refused. */
static void test_cut_and_longer(void **state)
{
    (void)state;
    struct tile_picture from = picture(from_px, 24), to = picture(to_px, 24);
    struct tile_rect all = {0, 0, W, H};
    paint(3);
    ink_pack_start(&ink, 24, bytes, ROOM);
    assert_true(ink_pack(&ink, &from, all, NULL, 0));
    size_t len = ink_pack_end(&ink);
    for (size_t n = 0; n <= len + 20; n += n + 40 < len ? 37 : 1) {
        memset(to_px, 0xee, sizeof to_px);
        ink_unpack_start(&ink, 24, bytes, n);
        bool good = ink_unpack(&ink, &to, all) && ink_unpack_end(&ink);
        if (n > len + 8)
            assert_false(good);
        if (n == len)
            assert_true(good && is_same(all, 0xffffff));
    }
}

/* What is behind the end counts as zeros, but no more than the coder reads ahead. */
static void test_end_is_bounded(void **state)
{
    (void)state;
    struct tile_picture to = picture(to_px, 24);
    for (uint32_t i = 0; i < 200; i++) {
        memset(bytes, 0xff,
               sizeof bytes); /* hardly any decision is likely: bytes are used up soon */
        ink_unpack_start(&ink, 24, bytes, i);
        bool good = ink_unpack(&ink, &to, (struct tile_rect){0, 0, W, H});
        assert_int_equal(ink.coder.over, ink.coder.at > i + 8);
        assert_int_equal(good, !ink.coder.over);
    }
}

/* Foreign bytes are some picture, inside the rectangle. */
static void test_noise_as_stream(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 300; i++) {
        struct tile_picture to = picture(to_px, i % 2 ? 24 : 30);
        struct tile_rect r = any_rect();
        for (size_t k = 0; k < 2000; k++)
            bytes[k] = (uint8_t)draw();
        memset(to_px, 0xee, sizeof to_px);
        ink_unpack_start(&ink, to.depth, bytes, 2000);
        (void)ink_unpack(&ink, &to, r);
        for (uint32_t y = 0; y < H; y++)
            for (uint32_t x = 0; x < W; x++) {
                bool in = x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h;
                uint32_t p = to_px[y * W + x];
                assert_true(in ? p == 0xeeeeeeeeu || (p & ~tile_mask(to.depth)) == 0
                               : p == 0xeeeeeeeeu);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),      cmocka_unit_test(test_small),
        cmocka_unit_test(test_cut_and_longer),  cmocka_unit_test(test_end_is_bounded),
        cmocka_unit_test(test_noise_as_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
