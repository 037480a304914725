/* Cursor units: round trips, and what is refused. */
#include "lib/tile/cursor.h"
#include "lib/tile/format.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* after the headers it needs */
#include <cmocka.h>

static struct tile_cursor in, out;
static uint8_t unit[MAX_UNIT];

static void make_shape(uint16_t w, uint16_t h)
{
    in = (struct tile_cursor){.kind = TILE_CURSOR_SHAPE, .x = -5, .y = 4000, .time_ms = 77};
    in.width = w;
    in.height = h;
    in.hot_x = (uint16_t)(w - 1);
    for (uint32_t i = 0; i < (uint32_t)w * h; i++)
        in.argb[i] = 0x01010101u * (i % 200);
}

static void assert_round_trip(void)
{
    size_t len = tile_cursor_encode(&in, unit);
    assert_int_equal(unit[0], 1); /* as FORMAT.md says, whatever the screen's version is */
    memset(&out, 0xaa, sizeof out);
    assert_true(tile_cursor_decode(unit, len, &out));
    assert_int_equal(out.kind, in.kind);
    assert_int_equal(out.x, in.x);
    assert_int_equal(out.y, in.y);
    assert_int_equal(out.time_ms, in.time_ms);
}

static void test_places(void **state)
{
    (void)state;
    for (int kind = TILE_CURSOR_HIDDEN; kind <= TILE_CURSOR_ARROW; kind++) {
        if (kind == TILE_CURSOR_SHAPE)
            continue;
        in = (struct tile_cursor){.kind = (enum tile_cursor_kind)kind, .x = -65536, .y = 65536};
        assert_round_trip();
    }
}

static void test_shapes(void **state)
{
    static const uint16_t sizes[][2] = {{1, 1}, {24, 24}, {32, 7}, {MAX_CURSOR, MAX_CURSOR}};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        make_shape(sizes[i][0], sizes[i][1]);
        assert_round_trip();
        assert_int_equal(out.width, in.width);
        assert_int_equal(out.height, in.height);
        assert_int_equal(out.hot_x, in.hot_x);
        assert_memory_equal(out.argb, in.argb, (size_t)in.width * in.height * 4);
    }
}

/* Careless themes have colours above their alpha: mended before they leave. */
static void test_premultiplied(void **state)
{
    (void)state;
    make_shape(2, 1);
    in.argb[0] = 0x00ffffff;
    in.argb[1] = 0x80ff40ff;
    assert_round_trip();
    assert_int_equal(out.argb[0], 0);
    assert_int_equal(out.argb[1], 0x80804080);
}

static void test_too_large(void **state)
{
    (void)state;
    make_shape(MAX_CURSOR, MAX_CURSOR);
    uint32_t s = 1;
    for (size_t i = 0; i < MAX_CURSOR * MAX_CURSOR; i++) /* does not compress */
        in.argb[i] = 0xff000000u | ((s = s * 1664525u + 1013904223u) >> 8);
    size_t len = tile_cursor_encode(&in, unit);
    assert_true(tile_cursor_decode(unit, len, &out));
    assert_int_equal(out.kind, TILE_CURSOR_ARROW);
    make_shape(4, 4);
    in.hot_y = 4;
    len = tile_cursor_encode(&in, unit);
    assert_true(tile_cursor_decode(unit, len, &out));
    assert_int_equal(out.kind, TILE_CURSOR_ARROW);
}

static void test_refused(void **state)
{
    static const struct {
        uint8_t at, value;
    } bad[] = {{0, 99}, {1, 4}, {1, 1}, {6, 1}, {10, 0x80}, {14, 2}, {15, 23}, {15, 0}, {19, 24}};
    (void)state;
    make_shape(24, 24);
    size_t len = tile_cursor_encode(&in, unit);
    for (size_t n = 0; n < len; n++)
        assert_false(tile_cursor_decode(unit, n, &out));
    assert_false(tile_cursor_decode(unit, len + 1, &out));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t kept = unit[bad[i].at];
        unit[bad[i].at] = bad[i].value;
        if (tile_cursor_decode(unit, len, &out))
            fail_msg("row %zu", i);
        unit[bad[i].at] = kept;
    }
    assert_true(tile_cursor_decode(unit, len, &out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_premultiplied), cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
