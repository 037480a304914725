/* Parts in which nearly every pixel is new: found where they are, coded as planes behind the rest,
 * and exact. */
#include "lib/tile/decode.h"
#include "lib/tile/encode.h"
#include "lib/tile/grain.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after the headers it needs */
#include <cmocka.h>

enum { W = 512, H = 256, SIDE = 80 };

static uint32_t pixels[2][W * H];
static uint8_t unit[MAX_UNIT];
static struct tile_changes changes;

/* A shaded disc of that radius on paper with lines, as a slide has one. */
static void paint(struct tile_picture *p, int cx, int cy, int radius)
{
    for (int y = 0; y < (int)p->height; y++)
        for (int x = 0; x < (int)p->width; x++) {
            int dx = x - cx, dy = y - cy, d = dx * dx + dy * dy;
            uint32_t shade = (uint32_t)(3 * x + 2 * y) & 0xff;
            p->pixels[(size_t)y * p->stride + (size_t)x] =
                d < radius * radius ? shade << 16 | (255 - shade) << 8 | ((uint32_t)(y * 3) & 0xff)
                : y % 24 == 0       ? 0x202020
                                    : 0xff0000f0u;
        }
}

static struct tile_picture picture(int i, uint32_t w, uint32_t h)
{
    return (struct tile_picture){pixels[i], w, w, h, 24};
}

static void test_found(void **state)
{
    (void)state;
    struct tile_picture p = picture(0, W, H);
    struct tile_rect out[GRAIN_MOST], band = {0, 64, W, 64};
    paint(&p, 240, 96, SIDE);
    uint32_t n = grain_find(&p, band, out), inside = 0, all = 0;
    assert_in_range(n, 1, 3);
    for (uint32_t i = 0; i < n; i++) {
        assert_in_range(out[i].y, 64, 127);
        all += out[i].w * out[i].h;
        for (uint32_t y = out[i].y; y < out[i].y + out[i].h; y++)
            for (uint32_t x = out[i].x; x < out[i].x + out[i].w; x++)
                inside += (x - 240) * (x - 240) + (y - 96) * (y - 96) < SIDE * SIDE;
    }
    assert_true(inside > 8500 && inside * 10 > all * 9); /* of 9900 */
}

static void test_not_found(void **state)
{
    (void)state;
    struct tile_picture p = picture(0, W, H);
    struct tile_rect out[GRAIN_MOST], band = {0, 0, W, 64}, small = {232, 90, 15, 15};
    paint(&p, 0, 0, 0);
    assert_int_equal(grain_find(&p, band, out), 0); /* lines */
    paint(&p, 30, 30, 9);
    assert_int_equal(grain_find(&p, band, out), 0); /* too small */
    paint(&p, 240, 96, SIDE);
    assert_int_equal(grain_find(&p, small, out), 0); /* less than a block */
}

/* Sends what was begun; returns its bytes. */
static size_t transfer(struct tile_encoder *e, struct tile_decoder *d,
                       const struct tile_picture *to)
{
    size_t len, sum = 0;
    while ((len = tile_encoder_unit(e, unit)) > 0) {
        assert_int_equal(tile_decode(d, unit, len, to, NULL, NULL), TILE_OK);
        sum += len;
    }
    return sum;
}

static void assert_same(const struct tile_picture *a, const struct tile_picture *b)
{
    for (size_t i = 0; i < a->stride * a->height; i++)
        assert_int_equal(a->pixels[i] & 0xffffff, b->pixels[i]);
}

static void test_sent(void **state)
{
    (void)state;
    struct tile_picture p = picture(0, W, H), to = picture(1, W, H);
    struct tile_encoder *e = tile_encoder_create(true);
    struct tile_decoder *d = tile_decoder_create();
    tile_changes_fill(&changes, W, H);
    for (uint32_t i = 0; i < 6; i++) { /* a whole picture, then changes */
        const struct tile_update u = {.changes = &changes, .key = i == 0};
        paint(&p, 90 + 60 * (int)i, 70 + 20 * (int)i, SIDE - (int)i);
        tile_encoder_begin(e, &p, &u, i, 0);
        transfer(e, d, &to);
        assert_same(&p, &to);
    }
    tile_encoder_destroy(e);
    tile_decoder_destroy(d);
}

/* A unit that copies all of the picture has no room for pixels that are written twice: the decoder
   would call it too much work. Fails when parts are left out there, too. */
static void test_beside_copies(void **state)
{
    (void)state;
    struct tile_picture p = picture(0, 128, 128), to = picture(1, 128, 128);
    struct tile_encoder *e = tile_encoder_create(true);
    struct tile_decoder *d = tile_decoder_create();
    const struct tile_copy all = {{0, 0, 128, 128}, 0, 0};
    tile_changes_fill(&changes, 128, 128);
    for (uint32_t i = 0; i < 2; i++) {
        const struct tile_update u = {
            .changes = &changes, .copies = &all, .n_copies = i, .key = i == 0};
        paint(&p, 64, 64, 46 + (int)i);
        tile_encoder_begin(e, &p, &u, i, 0);
        transfer(e, d, &to);
        assert_same(&p, &to);
    }
    tile_encoder_destroy(e);
    tile_decoder_destroy(d);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found), cmocka_unit_test(test_not_found), cmocka_unit_test(test_sent),
        cmocka_unit_test(test_beside_copies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
