/* Photographic rectangles: what was written is read back; lengths are exact; foreign bytes stay
 * inside. */
#include "lib/tile/photo.h"
#include "tests/unit/lib/chance.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after the three headers it needs */
#include <cmocka.h>

#define W 320
#define H 200

static uint32_t from_px[W * H], to_px[W * H];
static uint8_t bytes[4 * PHOTO_PIXELS + 1024];
static struct photo photo;

/* Flat, smooth, grain, noise, and a few very frequent values (long codes). */
static void paint(uint32_t kind)
{
    for (uint32_t y = 0; y < H; y++)
        for (uint32_t x = 0; x < W; x++) {
            uint32_t p = 0x336699;
            if (kind % 5 == 1)
                p = x * 0x10101u + y * 0x300u;
            else if (kind % 5 == 2)
                p = (x / 2 + draw() % 8) * 0x10101u;
            else if (kind % 5 == 3)
                p = draw();
            else if (kind % 5 == 4)
                p = 1u << draw() % 24 & (draw() % 50 == 0 ? ~0u : 1u);
            from_px[y * W + x] = p;
        }
}

static struct tile_rect any_rect(uint8_t depth)
{
    uint32_t most = depth == 30 ? PHOTO_PIXELS / 2 : PHOTO_PIXELS;
    struct tile_rect r = {draw() % W, draw() % H, 0, 0};
    do {
        r.w = draw() % (W - r.x) + 1;
        r.h = draw() % (H - r.y) + 1;
    } while (r.w * r.h > most);
    return r;
}

static void assert_rect(struct tile_rect r, uint32_t mask)
{
    for (uint32_t y = 0; y < H; y++)
        for (uint32_t x = 0; x < W; x++) {
            bool in = x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h;
            uint32_t want = in ? from_px[y * W + x] & mask : 0xeeeeeeeeu;
            if (to_px[y * W + x] != want)
                fail_msg("pixel %u,%u of %ux%u", x, y, r.w, r.h);
        }
}

static void test_round_trip(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        uint8_t depth = i % 2 ? 24 : 30;
        struct tile_picture from = {from_px, W, W, H, depth}, to = {to_px, W, W, H, depth};
        struct tile_rect r = any_rect(depth);
        paint(i / 2);
        size_t planned = photo_plan(&photo, &from, r);
        assert_int_equal(photo_write(&photo, &from, r, bytes), planned);
        assert_true(planned <= (size_t)r.w * r.h * 4 + 8);
        memset(to_px, 0xee, sizeof to_px);
        assert_int_equal(photo_read(&photo, &to, r, bytes, sizeof bytes), planned);
        assert_rect(r, tile_mask(depth));
        assert_int_equal(photo_read(&photo, &to, r, bytes, planned), planned);
        assert_int_equal(photo_read(&photo, &to, r, bytes, planned - 1), 0);
        assert_int_equal(photo_read(&photo, &to, r, bytes, draw() % planned), 0);
    }
}

/* Codes that are too long, too few or too many mean nothing. */
static void test_bad_codes(void **state)
{
    struct tile_picture from = {from_px, W, W, H, 24}, to = {to_px, W, W, H, 24};
    struct tile_rect r = {0, 0, 64, 64};
    (void)state;
    paint(2);
    size_t len = photo_plan(&photo, &from, r);
    photo_write(&photo, &from, r, bytes);
    assert_int_equal(bytes[0], 0);
    for (size_t at = 0; at < 129; at++) {
        uint8_t kept = bytes[at];
        for (uint32_t v = 0; v < 256; v++) {
            bytes[at] = (uint8_t)v;
            size_t used = photo_read(&photo, &to, r, bytes, len);
            assert_true(used <= len);
            if (at > 0 && v != kept && (v >> 4 > PHOTO_BITS || (v & 15) > PHOTO_BITS))
                assert_int_equal(used, 0);
        }
        bytes[at] = kept;
    }
    bytes[0] = 3;
    assert_int_equal(photo_read(&photo, &to, r, bytes, len), 0);
}

static void test_noise(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3000; i++) {
        struct tile_picture to = {to_px, W, W, H, i % 2 ? 24 : 30};
        struct tile_rect r = any_rect(30);
        size_t len = draw() % 4000;
        paint(2);
        if (i % 3 == 0)
            (void)photo_plan(&photo, &to, r), (void)photo_write(&photo, &to, r, bytes);
        for (size_t k = 0; k < (i % 3 ? len : 3); k++)
            bytes[i % 3 ? k : draw() % (len + 1)] = (uint8_t)draw();
        size_t used = photo_read(&photo, &to, r, bytes, len);
        assert_true(used <= len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_bad_codes),
        cmocka_unit_test(test_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
