/* Coded rectangles of large updates: what was packed comes back, whatever the pixels, the room and
 * the cut; codes that are none are refused. */
#include "lib/tile/quick.h"
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
/* Of the lengths, depth 24. */
#define FEW_BYTES (QUICK_FEW / 2)
#define CODES_BYTES (QUICK_GREEN * FEW_BYTES + 5 * 128)

static uint32_t events[QUICK_EVENTS];
static uint8_t bytes[ROOM + 64];
static struct quick quick;

static uint32_t shade(uint32_t x, uint32_t y, uint32_t kind, uint32_t wide, uint32_t down)
{
    uint32_t at = x * wide + (kind % 20 == 17 ? H - y : y) * down;
    return at / 16 * (kind % 2 ? 0x010101u : 0x00100401u) + (x / 40 << 7);
}

/* Flat, few colours, writing, noise, and shades: edges of one step that go down, left, right and
   further, some where a colour overflows. */
static void paint(uint32_t kind)
{
    uint32_t colours[4] = {draw(), draw(), draw(), draw()}, wide = draw() % 9 + 1,
             down = draw() % 9;
    for (uint32_t y = 0; y < H; y++)
        for (uint32_t x = 0; x < W; x++) {
            uint32_t p = colours[0];
            if (kind % 5 == 1)
                p = colours[(x / 7 + y / 5) % 4];
            else if (kind % 5 == 2)
                p = shade(x, y, kind, wide, down);
            else if (kind % 5 == 3)
                p = draw() % 9 == 0 ? colours[draw() % 4] : colours[0];
            else if (kind % 5 == 4 && kind % 3 == 0)
                p = draw();
            else if (kind % 5 == 4)
                p = draw() % 200 ? shade(x, y, kind, wide, down) : draw();
            from_px[y * W + x] = p;
        }
}

/* Returns how many of 12 rectangles had room. */
static size_t round_trip(uint32_t kind, uint8_t depth, size_t room)
{
    struct tile_picture from = picture(from_px, depth), to = picture(to_px, depth);
    struct tile_rect rects[12];
    size_t n = 0;
    quick_pack_start(&quick, depth, events);
    for (; n < 12; n++) {
        rects[n] = any_rect();
        if (!quick_pack(&quick, &from, rects[n], NULL, 0, room))
            break;
        assert_true(quick_packed_most(&quick) <= room);
    }
    size_t most = quick_packed_most(&quick), len = quick_pack_end(&quick, bytes);
    assert_true(len <= most);
    memset(to_px, 0xee, sizeof to_px);
    assert_true(quick_unpack_start(&quick, depth, bytes, len));
    for (size_t i = 0; i < n; i++) {
        assert_true(quick_unpack(&quick, &to, rects[i]));
        if (!is_same(rects[i], tile_mask(depth)))
            fail_msg("kind %u depth %u rectangle %zu of %zu", kind, depth, i, n);
    }
    assert_true(quick_unpack_end(&quick));
    return n;
}

static void test_round_trip(void **state)
{
    size_t packed = 0, tried = 0;
    (void)state;
    for (uint32_t i = 0; i < 900; i++) {
        paint(i);
        packed += round_trip(i, i % 2 ? 24 : 30, i % 3 ? ROOM : draw() % 6000);
        tried += 12;
    }
    assert_true(packed > tried / 3 && packed < tried);
}

static void test_small(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 5000; i++) {
        struct tile_rect r = {0, 0, draw() % 3 + 1, draw() % 3 + 1};
        for (uint32_t k = 0; k < 9; k++)
            from_px[k / 3 * W + k % 3] = draw() % 2 ? draw() : 0xffffff;
        struct tile_picture from = picture(from_px, 24), to = picture(to_px, 24);
        quick_pack_start(&quick, 24, events);
        assert_true(quick_pack(&quick, &from, r, NULL, 0, ROOM));
        size_t len = quick_pack_end(&quick, bytes);
        assert_true(quick_unpack_start(&quick, 24, bytes, len));
        assert_true(quick_unpack(&quick, &to, r) && quick_unpack_end(&quick));
        assert_true(is_same(r, 0xffffff));
    }
}

static bool unpack_all(size_t len)
{
    struct tile_picture to = picture(to_px, 24);
    struct tile_rect all = {0, 0, W, H};
    memset(to_px, 0xee, sizeof to_px);
    return quick_unpack_start(&quick, 24, bytes, len) && quick_unpack(&quick, &to, all) &&
           quick_unpack_end(&quick);
}

static size_t pack_all(void)
{
    struct tile_picture from = picture(from_px, 24);
    quick_pack_start(&quick, 24, events);
    assert_true(quick_pack(&quick, &from, (struct tile_rect){0, 0, W, H}, NULL, 0, ROOM));
    return quick_pack_end(&quick, bytes);
}

/* Each bit counts: no cut is accepted, and no byte more. */
static void test_cut_and_longer(void **state)
{
    (void)state;
    for (uint32_t kind = 1; kind < 4; kind++) {
        paint(kind);
        size_t len = pack_all();
        for (size_t n = 0; n < len; n += n + 60 < len ? 37 : 1)
            assert_false(unpack_all(n));
        assert_true(unpack_all(len) && is_same((struct tile_rect){0, 0, W, H}, 0xffffff));
        memset(bytes + len, 0, 20);
        for (size_t n = 1; n < 20; n++)
            assert_false(unpack_all(len + n));
    }
}

/* A code with a length too many, one too few, or one that is too long. */
static void test_bad_codes(void **state)
{
    (void)state;
    paint(2);
    size_t len = pack_all();
    for (size_t at = 0; at < CODES_BYTES; at++) {
        uint8_t kept = bytes[at];
        for (uint32_t half = 0; half < 8; half += 4) {
            uint32_t was = kept >> half & 15, most = at < QUICK_GREEN * FEW_BYTES ? 8 : 11;
            bytes[at] = (uint8_t)(kept ^ (was ^ (was == 0 ? 1 : 0)) << half);
            assert_false(quick_unpack_start(&quick, 24, bytes, len));
            bytes[at] = (uint8_t)(kept ^ (was ^ (most + 1)) << half);
            assert_false(quick_unpack_start(&quick, 24, bytes, len));
        }
        bytes[at] = kept;
    }
    assert_true(unpack_all(len));
}

/* What was never said to occur takes no bits: lengths alone are a picture of one colour, and bits
   behind them are too many. */
static void test_no_bits(void **state)
{
    (void)state;
    memset(bytes, 0, sizeof bytes);
    assert_false(unpack_all(CODES_BYTES - 1));
    assert_true(unpack_all(CODES_BYTES));
    assert_false(unpack_all(CODES_BYTES + 1));
    for (size_t i = 0; i < (size_t)W * H; i++)
        assert_int_equal(to_px[i], 0);
}

/* Foreign bits are some picture, inside the rectangle. */
static void test_noise_as_stream(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 300; i++) {
        uint8_t depth = i % 2 ? 24 : 30;
        struct tile_picture from = picture(from_px, depth), to = picture(to_px, depth);
        struct tile_rect r = any_rect();
        paint(i);
        quick_pack_start(&quick, depth, events);
        assert_true(quick_pack(&quick, &from, (struct tile_rect){0, 0, W, 9}, NULL, 0, ROOM));
        size_t codes = CODES_BYTES + (depth == 30 ? QUICK_LOWS / 2 : 0);
        for (size_t k = quick_pack_end(&quick, bytes) > codes ? codes : 0; k < 20000; k++)
            bytes[k] = (uint8_t)draw();
        memset(to_px, 0xee, sizeof to_px);
        assert_true(quick_unpack_start(&quick, depth, bytes, 20000));
        (void)quick_unpack(&quick, &to, r);
        for (uint32_t y = 0; y < H; y++)
            for (uint32_t x = 0; x < W; x++) {
                bool in = x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h;
                uint32_t p = to_px[y * W + x];
                assert_true(in ? p == 0xeeeeeeeeu || (p & ~tile_mask(depth)) == 0
                               : p == 0xeeeeeeeeu);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),     cmocka_unit_test(test_small),
        cmocka_unit_test(test_cut_and_longer), cmocka_unit_test(test_bad_codes),
        cmocka_unit_test(test_no_bits),        cmocka_unit_test(test_noise_as_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
