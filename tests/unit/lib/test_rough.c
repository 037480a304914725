/* Rough rectangles: how near they come, what may never be sent so, what is refused. */
#include "lib/tile/decode.h"
#include "lib/tile/encode.h"
#include "lib/tile/looks.h"
#include "lib/tile/rough.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after the headers it needs */
#include <cmocka.h>

#define W 640
#define H 200
#include "tests/unit/lib/coded.h"

#define ROOM (4 * W * H)

static uint8_t bytes[ROOM + ROUGH_END_BYTES];
static struct rough rough;

static uint32_t join(uint32_t r, uint32_t g, uint32_t b, uint8_t depth)
{
    return depth == 30 ? (r << 22 | g << 12 | b << 2) | 0xc0100401u
                       : 0xff000000u | r << 16 | g << 8 | b;
}

/* Hills and grain, x bits set. */
static void paint_photo(uint8_t depth)
{
    for (uint32_t y = 0; y < H; y++)
        for (uint32_t x = 0; x < W; x++) {
            uint32_t at = (x + y * 2) % 200, v = at < 100 ? at : 200 - at, grain = draw() % 8;
            from_px[y * W + x] = join(v + 60 + grain, v / 2 + 90 + grain, 160 - v + grain, depth);
        }
}

static uint32_t channel(uint32_t p, uint8_t depth, unsigned c)
{
    unsigned bits = depth == 30 ? 10 : 8;
    return p >> (c * bits) & ((1u << bits) - 1);
}

/* Mean square of the error, in 8 bits. */
static double error_of(struct tile_rect r, uint8_t depth)
{
    double sum = 0, scale = depth == 30 ? 4 : 1;
    for (uint32_t y = r.y; y < r.y + r.h; y++)
        for (uint32_t x = r.x; x < r.x + r.w; x++)
            for (unsigned c = 0; c < 3; c++) {
                double d = (double)channel(from_px[y * W + x], depth, c) -
                           (double)channel(to_px[y * W + x], depth, c);
                sum += d * d / (scale * scale);
            }
    return sum / (3. * r.w * r.h);
}

/* Packs and unpacks; what lies beside the rectangle is not touched. */
static size_t pass_on(struct tile_rect r, uint8_t depth, uint8_t step)
{
    struct tile_picture from = picture(from_px, depth), to = picture(to_px, depth);
    memset(to_px, 0xee, sizeof to_px);
    rough_pack_start(&rough, depth, step, bytes, ROOM);
    assert_true(rough_pack(&rough, &from, r));
    size_t len = rough_pack_end(&rough);
    rough_unpack_start(&rough, depth, step, bytes, len);
    assert_true(rough_unpack(&rough, &to, r));
    assert_true(rough_unpack_end(&rough));
    for (uint32_t y = 0; y < H; y++)
        for (uint32_t x = 0; x < W; x++)
            if (x < r.x || y < r.y || x >= r.x + r.w || y >= r.y + r.h)
                assert_int_equal(to_px[y * W + x], 0xeeeeeeee);
            else
                assert_int_equal(to_px[y * W + x] & ~tile_mask(depth), 0);
    return len;
}

/* The step bounds the mean error, whatever is in the rectangle, noise too. */
static void test_how_near(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 40; i++) {
        uint8_t depth = i % 2 ? 30 : 24, step = (uint8_t)(8 + i % 5 * 12);
        struct tile_rect r = {draw() % 100, draw() % 100, draw() % 500 + 1, draw() % 64 + 1};
        paint_photo(depth);
        for (size_t p = 0; i % 4 >= 2 && p < W * H; p++)
            from_px[p] = draw();
        pass_on(r, depth, depth == 30 ? (uint8_t)(4 * step) : step);
        double q = step / 4. * 1.25;
        if (error_of(r, depth) > q * q * (0.67 * 0.67))
            fail_msg("depth %u step %u: %g", depth, step, error_of(r, depth));
    }
    paint_photo(24);
    struct tile_rect all = {0, 0, 512, 64};
    assert_true(pass_on(all, 24, 28) < 512 * 64 * 3 / 12);
    assert_true(error_of(all, 24) < 7); /* 39.7 dB */
}

static uint32_t hash(const void *data, size_t n)
{
    const uint8_t *b = data;
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ b[i]) * 16777619u;
    return h;
}

/* Known answers: bytes of the format are the same everywhere and for ever (FORMAT.md 7). */
static void test_known(void **state)
{
    static const uint8_t small[] = {
        0x8c, 0x01, 0x50, 0xca, 0xcc, 0xee, 0x75, 0x69, 0xbf, 0xe0, 0x2f, 0x44, 0x76, 0x81,
        0xe6, 0xb1, 0x84, 0x22, 0xc0, 0xf2, 0x52, 0x80, 0x1d, 0x92, 0x6a, 0x97, 0x77, 0xa7,
        0xc2, 0x59, 0xf0, 0xb9, 0x24, 0xb2, 0x74, 0x5c, 0x3a, 0x1e, 0xae, 0xdf, 0x09, 0x5d,
        0xb1, 0x7f, 0xec, 0x11, 0x1a, 0xa2, 0x67, 0x6a, 0xe6, 0x19, 0x99, 0x30, 0xee, 0x03,
        0x5a, 0x0a, 0xd4, 0x14, 0x8c, 0x94, 0x6f, 0xc6, 0xb8, 0xbf, 0xba, 0xbd, 0x56, 0x4d,
        0x89, 0x96, 0x68, 0x91, 0x25, 0xd7, 0x4b, 0x64, 0x07, 0x83};
    struct tile_picture to = picture(to_px, 24);
    (void)state;
    memset(to_px, 0, sizeof to_px);
    rough_unpack_start(&rough, 24, 28, small, sizeof small);
    assert_true(rough_unpack(&rough, &to, (struct tile_rect){0, 0, 16, 8}));
    assert_true(rough_unpack_end(&rough));
    assert_int_equal(hash(to_px, sizeof to_px), 0x17c803b9u);
    seed = 7;
    for (uint8_t depth = 24; depth <= 30; depth += 6) {
        paint_photo(depth);
        size_t len = pass_on((struct tile_rect){3, 5, 509, 61}, depth, depth == 30 ? 112 : 28);
        assert_int_equal(hash(bytes, len), depth == 30 ? 0x40f58f2au : 0x167240fau);
        assert_int_equal(hash(to_px, sizeof to_px), depth == 30 ? 0x2d0be19bu : 0x8a2be7c2u);
    }
}

/* A rectangle that does not fit is taken back: what was there before decodes as if alone. */
static void test_no_room(void **state)
{
    (void)state;
    paint_photo(24);
    struct tile_picture from = picture(from_px, 24), to = picture(to_px, 24);
    for (size_t room = 0; room < 2000; room += 23) {
        struct tile_rect r = {0, 0, 64, 64};
        uint32_t n = 0;
        rough_pack_start(&rough, 24, 28, bytes, room);
        while (n < 9 && rough_pack(&rough, &from, (struct tile_rect){n * 64, 0, 64, 64}))
            n++;
        size_t len = rough_pack_end(&rough);
        assert_true(n < 9 && len <= room + ROUGH_END_BYTES);
        rough_unpack_start(&rough, 24, 28, bytes, len);
        for (uint32_t i = 0; i < n; i++, r.x += 64)
            assert_true(rough_unpack(&rough, &to, r));
        assert_true(n == 0 || rough_unpack_end(&rough));
        assert_true(n == 0 || error_of((struct tile_rect){0, 0, n * 64, 64}, 24) < 8);
    }
}

/* --- what is never sent so --- */

/* Strokes one pixel wide, such as small writing has. */
static void write_on(struct tile_rect r, uint32_t colour)
{
    for (uint32_t y = r.y + 20; y < r.y + 30; y++)
        for (uint32_t x = r.x + 4; x < r.x + r.w - 4; x++)
            if (x % 4 == 0 || y % 9 == 0)
                from_px[y * W + x] = colour;
}

static void send_update(struct tile_encoder *e, struct tile_decoder *d, const struct tile_update *u,
                        uint32_t update)
{
    static uint8_t unit[MAX_UNIT];
    struct tile_picture from = picture(from_px, 24), to = picture(to_px, 24);
    size_t len;
    tile_encoder_begin(e, &from, u, update, 0);
    while ((len = tile_encoder_unit(e, unit)) > 0)
        assert_int_equal(tile_decode(d, unit, len, &to, NULL, NULL), TILE_OK);
}

static void send_once(uint32_t *changed)
{
    static struct tile_changes all;
    struct tile_encoder *e = tile_encoder_create(false);
    struct tile_decoder *d = tile_decoder_create();
    tile_changes_fill(&all, W, H);
    send_update(e, d, &(struct tile_update){.changes = &all, .key = true}, 1);
    *changed = 0;
    for (size_t i = 0; i < W * H; i++)
        *changed += (from_px[i] & 0xffffff) != to_px[i];
    tile_encoder_destroy(e);
    tile_decoder_destroy(d);
}

/* Saturated red on black, fine coloured writing on plain and on hardly shaded ground. */
static void test_writing_is_exact(void **state)
{
    static const uint32_t on[] = {0x000000, 0xffffff, 0x0000ff, 0x202830, 0x10ff10};
    static const uint32_t inks[] = {0xff0000, 0x00ff00, 0x0000c0, 0xff00ff, 0x60a0ff};
    uint32_t changed;
    (void)state;
    for (uint32_t i = 0; i < 25; i++)
        for (uint32_t shaded = 0; shaded < 2; shaded++) {
            for (uint32_t p = 0; p < W * H; p++)
                from_px[p] = on[i / 5] ^ (shaded ? p % W / 40 : 0);
            for (uint32_t y = 0; y + 40 < H; y += 20)
                write_on((struct tile_rect){0, y, W, 40}, inks[i % 5]);
            send_once(&changed);
            assert_int_equal(changed, 0);
        }
}

/* ... and on a photograph: the tile it is in is exact, the others are not. */
static void test_writing_on_a_photograph(void **state)
{
    static const uint32_t inks[] = {0xff0000, 0xffffff, 0x000000, 0x0000ff, 0xffff00};
    struct tile_rect tile = {128, 64, 64, 64};
    uint32_t changed;
    (void)state;
    for (uint32_t i = 0; i < 5; i++) {
        paint_photo(24);
        struct tile_picture p = picture(from_px, 24);
        assert_false(looks_written(&p, tile));
        write_on(tile, inks[i]);
        assert_true(looks_written(&p, tile));
        memset(to_px, 0, sizeof to_px);
        send_once(&changed);
        assert_true(changed > W * H / 2);
        for (uint32_t y = 64; y < 128; y++)
            for (uint32_t x = 128; x < 192; x++)
                assert_int_equal(from_px[y * W + x] & 0xffffff, to_px[y * W + x]);
    }
}

/* --- few strokes, thin ones, faint ones --- */

static void bar(void)
{
    for (uint32_t y = 108; y < 128; y++)
        memset(from_px + y * W, 0, W * 4);
}

/* The last letter of a subtitle, which reaches into a tile that else shows the film. */
static void one_letter(void)
{
    bar();
    for (uint32_t y = 112; y < 123; y++)
        from_px[y * W + 130] = 0xff0000;
}

static void level_strokes(void)
{
    bar();
    for (uint32_t y = 112; y < 121; y += 3)
        for (uint32_t x = 130; x < 186; x++)
            from_px[y * W + x] = 0xff0000;
}

static void faint_writing(void)
{
    for (uint32_t y = 70; y < 124; y++)
        for (uint32_t x = 130; x < 190; x += 4)
            if (y % 12 < 9)
                from_px[y * W + x] += 48 << 16;
}

static void soft_writing(void)
{
    static const uint32_t ramp[] = {50, 100, 150, 100, 50};
    for (uint32_t i = 0; i < W * H; i++)
        from_px[i] = (20 + draw() % 8) * 0x10101;
    for (uint32_t y = 70; y < 124; y++)
        for (uint32_t x = 130; y % 12 < 9 && x + 5 < 190; x += 9)
            for (uint32_t i = 0; i < 5; i++)
                from_px[y * W + x + i] = (from_px[y * W + x + i] & 0xffff) | ramp[i] << 16;
}

static void test_few_strokes(void **state)
{
    static void (*const write[])(void) = {one_letter, level_strokes, faint_writing, soft_writing};
    static struct tile_changes all;
    struct tile_rect tile = {128, 64, 64, 64};
    (void)state;
    tile_changes_fill(&all, W, H);
    for (uint32_t i = 0; i < 4; i++) {
        struct tile_encoder *e = tile_encoder_create(false);
        struct tile_decoder *d = tile_decoder_create();
        uint32_t changed = 0;
        for (uint32_t update = 1; update < 4; update++) {
            paint_photo(24);
            write[i]();
            send_update(e, d, &(struct tile_update){.changes = &all, .key = update == 1}, update);
            for (uint32_t y = tile.y; y < tile.y + tile.h; y++)
                for (uint32_t x = tile.x; x < tile.x + tile.w; x++)
                    changed += (from_px[y * W + x] & 0xffffff) != to_px[y * W + x];
        }
        assert_int_equal(changed, 0);
        assert_true((from_px[0] & 0xffffff) != to_px[0] || (from_px[9] & 0xffffff) != to_px[9]);
        tile_encoder_destroy(e);
        tile_decoder_destroy(d);
    }
}

/* A film fills one tile and the lower part of the next, above it there is red writing: what has
   not changed is not sent roughly with what has. */
static void test_writing_beside_a_film(void **state)
{
    static struct tile_changes changes;
    struct tile_encoder *e = tile_encoder_create(false);
    struct tile_decoder *d = tile_decoder_create();
    (void)state;
    for (uint32_t i = 1; i < 5; i++) {
        paint_photo(24);
        for (uint32_t y = 64; y < 82; y++)
            for (uint32_t x = 128; x < 192; x++)
                from_px[y * W + x] = y < 80 && y >= 66 && x % 5 == 0 ? 0xc00000 : 0xffffff;
        tile_changes_fill(&changes, W, H);
        if (i > 1) {
            tile_set_clear(&changes.set);
            tile_set_add_rect(&changes.set, W, H, 64, 64, 128, 64);
            changes.box[12].y1 = 18;
        }
        send_update(e, d, &(struct tile_update){.changes = &changes, .key = i == 1}, i);
        assert_true((from_px[100 * W + 150] & 0xffffff) != to_px[100 * W + 150] || i == 1);
        for (uint32_t y = 64; y < 82; y++)
            for (uint32_t x = 128; x < 192; x++)
                assert_int_equal(from_px[y * W + x], to_px[y * W + x]);
    }
    tile_encoder_destroy(e);
    tile_decoder_destroy(d);
}

/* --- what is refused --- */

static size_t unit_of(uint8_t *u, uint8_t step, struct tile_rect r, size_t len)
{
    static const uint8_t head[TILE_HEAD_BYTES] = {TILE_VERSION, TILE_FLAG_LAST, 24, 0, 0, 0, 2};
    memcpy(u, head, sizeof head);
    tile_put_u16(u + 11, W);
    tile_put_u16(u + 13, H);
    u[15] = TILE_OP_ROUGH;
    u[16] = step;
    tile_put_u16(u + 17, 1);
    tile_put_u16(u + 19, r.x);
    tile_put_u16(u + 21, r.y);
    tile_put_u16(u + 23, r.w);
    tile_put_u16(u + 25, r.h);
    tile_put_u32(u + 27, (uint32_t)len);
    memcpy(u + 31, bytes, len);
    return 31 + len;
}

static enum tile_result decode(const uint8_t *unit, size_t len)
{
    static const uint8_t fill[] = {TILE_OP_FILL, 0, 0, 0, 40, 0, 0, 0, 0};
    uint8_t key[TILE_HEAD_BYTES + sizeof fill] = {TILE_VERSION, 3, 24, 0, 0, 0, 1};
    struct tile_picture to = picture(to_px, 24);
    struct tile_decoder *d = tile_decoder_create();
    tile_put_u16(key + 11, W);
    tile_put_u16(key + 13, H);
    memcpy(key + TILE_HEAD_BYTES, fill, sizeof fill);
    assert_int_equal(tile_decode(d, key, sizeof key, &to, NULL, NULL), TILE_OK);
    enum tile_result result = tile_decode(d, unit, len, &to, NULL, NULL);
    tile_decoder_destroy(d);
    return result;
}

static void test_refused(void **state)
{
    static const struct tile_rect bad[] = {
        {0, 0, 0, 64},    {0, 0, 64, 0},    {0, 0, 513, 8},
        {128, 0, 513, 1}, {600, 0, 64, 64}, {0, 137, 64, 64},
        {0, 0, 512, 65},  {0, 0, 505, 65},  {65535, 65535, 65535, 65535}};
    static uint8_t unit[MAX_UNIT];
    struct tile_rect r = {64, 64, 64, 64};
    (void)state;
    paint_photo(24);
    size_t len = pass_on(r, 24, 28), n = unit_of(unit, 28, r, len);
    assert_int_equal(decode(unit, n), TILE_OK);
    assert_int_equal(decode(unit, unit_of(unit, 0, r, len)), TILE_BAD);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(decode(unit, unit_of(unit, 28, bad[i], len)), TILE_BAD);
    /* another length of the stream, and every end of the unit */
    assert_int_equal(decode(unit, unit_of(unit, 28, r, len - 9)), TILE_BAD);
    memset(bytes + len, 0, 9);
    assert_int_equal(decode(unit, unit_of(unit, 28, r, len + 9)), TILE_BAD);
    n = unit_of(unit, 28, r, len);
    for (size_t cut = TILE_HEAD_BYTES + 1; cut < n; cut++)
        assert_int_equal(decode(unit, cut), TILE_BAD);
    tile_put_u16(unit + 17, 0);
    assert_int_equal(decode(unit, n), TILE_BAD);
}

/* Rectangles count with their sides rounded up: thin ones are not cheaper than they are. */
static void test_too_much_work(void **state)
{
    static uint8_t unit[MAX_UNIT];
    struct tile_rect thin = {0, 0, 1, H};
    (void)state;
    paint_photo(24);
    size_t n = unit_of(unit, 28, thin, pass_on(thin, 24, 28)), one = n - TILE_HEAD_BYTES;
    uint32_t most = 2 * W * H / (8 * H);
    for (uint32_t i = 1; i < most + 1; i++)
        memcpy(unit + TILE_HEAD_BYTES + i * one, unit + TILE_HEAD_BYTES, one);
    assert_true(n + most * one <= MAX_UNIT);
    assert_int_equal(decode(unit, n + (most - 1) * one), TILE_OK);
    assert_int_equal(decode(unit, n + most * one), TILE_BAD);
}

/* Any bytes are a picture or refused; the largest levels overflow nothing (sanitizers). */
static void test_any_bytes(void **state)
{
    struct tile_rect r = {0, 0, 200, 100};
    (void)state;
    for (uint32_t i = 0; i < 400; i++) {
        uint8_t depth = i % 2 ? 30 : 24;
        struct tile_picture to = picture(to_px, depth);
        size_t len = draw() % 4000;
        for (size_t b = 0; b < len; b++)
            bytes[b] = i % 5 == 0 ? 0xff : (uint8_t)draw();
        rough_unpack_start(&rough, depth, i % 3 ? 255 : (uint8_t)(draw() % 255 + 1), bytes, len);
        (void)rough_unpack(&rough, &to, r);
        for (size_t p = 0; p < W * 100; p++)
            if (p % W < 200)
                assert_int_equal(to_px[p] & ~tile_mask(30), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_how_near),
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_writing_is_exact),
        cmocka_unit_test(test_writing_on_a_photograph),
        cmocka_unit_test(test_few_strokes),
        cmocka_unit_test(test_writing_beside_a_film),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_too_much_work),
        cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
