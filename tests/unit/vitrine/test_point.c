/* Where on the presenter's screen the viewer points, in each way in which the picture can be shown:
   the pixel that is drawn there. */
#include "broker/picture.h"
#include "lib/fit.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct picture shown(uint32_t w, uint32_t h, int room_w, int room_h)
{
    return (struct picture){.at = {30, 70, room_w, room_h},
                            .seen.shown = {room_w, room_h, .full_w = w, .full_h = h}};
}

static void assert_point(const struct picture *p, int x, int y, int32_t px, int32_t py, bool inside)
{
    int32_t got_x = -1, got_y = -1;

    assert_int_equal(picture_point(p, 30 + x, 70 + y, &got_x, &got_y), inside);
    assert_int_equal(got_x, px);
    assert_int_equal(got_y, py);
}

static void as_large_as_it_is(void **state)
{
    struct picture p = shown(100, 50, 140, 99);

    (void)state;
    assert_point(&p, 20, 24, 0, 0, true);
    assert_point(&p, 119, 73, 99, 49, true);
    assert_point(&p, 19, 24, 0, 0, false);
    assert_point(&p, 120, 74, 99, 49, false);
}

static void larger(void **state)
{
    struct picture p = shown(100, 50, 320, 151);

    (void)state;
    for (int y = 0; y < 150; y++)
        for (int x = 0; x < 300; x++)
            assert_point(&p, 10 + x, y, x / 3, y / 3, true);
    assert_point(&p, 9, 0, 0, 0, false);
    assert_point(&p, 310, 149, 99, 49, false);
    assert_point(&p, 309, 150, 99, 49, false);
}

static void smaller(void **state)
{
    struct picture p = shown(100, 50, 50, 99);

    (void)state;
    assert_point(&p, 0, 37, 1, 1, true);
    assert_point(&p, 49, 61, 99, 49, true);
    assert_point(&p, 49, 62, 99, 49, false);
}

static void one_to_one(void **state)
{
    struct picture p = shown(100, 50, 40, 120);

    (void)state;
    p.seen.shown.mode = PICTURE_ONE_TO_ONE;
    p.seen.shown.pan_x = 60;
    assert_point(&p, 0, 35, 60, 0, true);
    assert_point(&p, 39, 84, 99, 49, true);
    assert_point(&p, 39, 85, 99, 49, false);
}

static void a_room_of_any_shape(void **state)
{
    (void)state;
    for (uint32_t w = 1; w < 60000; w = w * 3 + 1)
        for (uint32_t h = 1; h < 60000; h = h * 2 + 1)
            for (uint32_t room_w = 1; room_w < 17000; room_w = room_w * 5 / 2 + 1)
                for (uint32_t room_h = 1; room_h < 17000; room_h = room_h * 2 + 1) {
                    struct fit f = fit_in(w, h, room_w, room_h);

                    assert_in_range(f.w, 1, room_w);
                    assert_in_range(f.h, 1, room_h);
                    assert_true(f.times <= FIT_MOST);
                    assert_true(f.times == 0 || (f.w == w * f.times && f.h == h * f.times));
                    assert_true(f.times > 0 || f.w == room_w || f.h == room_h);
                    assert_true(f.times > 0 || (f.w <= w && f.h <= h));
                }
}

/* At every corner of the picture, and between: what is under the pointer is what is shown there. */
static void every_corner(void **state)
{
    static const int pans[][2] = {{0, 0}, {60, 0}, {0, 20}, {60, 20}, {7, 13}};

    (void)state;
    for (size_t i = 0; i < sizeof pans / sizeof *pans; i++) {
        struct picture p = shown(100, 50, 40, 30);

        p.seen.shown.mode = PICTURE_ONE_TO_ONE;
        p.seen.shown.pan_x = pans[i][0];
        p.seen.shown.pan_y = pans[i][1];
        for (int y = 0; y < 30; y++)
            for (int x = 0; x < 40; x++)
                assert_point(&p, x, y, pans[i][0] + x, pans[i][1] + y, true);
        assert_point(&p, -1, 0, pans[i][0] > 0 ? pans[i][0] - 1 : 0, pans[i][1], false);
    }
}

static void only_as_far_as_it_goes(void **state)
{
    struct picture_part p = {40, 30, PICTURE_ONE_TO_ONE, 70, -4, 100, 50};

    (void)state;
    p = picture_part_within(p);
    assert_int_equal(p.pan_x, 60);
    assert_int_equal(p.pan_y, 0);
    p.w = 90; /* the window grows */
    p = picture_part_within(p);
    assert_int_equal(p.pan_x, 10);
    p.full_w = 80; /* the picture shrinks: it has room on both sides */
    p = picture_part_within(p);
    assert_int_equal(p.pan_x, 0);
    assert_true(picture_part_moves(&p)); /* upwards and down */
    p.full_h = 30;
    assert_false(picture_part_moves(&p));
    p.full_h = 31;
    p.mode = PICTURE_FIT;
    assert_false(picture_part_moves(&p));
}

/* One key is enough to see all of it. */
static void part_by_part(void **state)
{
    struct picture_part p = {40, 30, PICTURE_ONE_TO_ONE, 0, 0, 100, 50};
    static bool seen[50][100];
    unsigned n = 0;

    (void)state;
    do {
        for (int y = 0; y < 30; y++)
            for (int x = 0; x < 40; x++)
                seen[p.pan_y + y][p.pan_x + x] = true;
        picture_part_next(&p, &p.pan_x, &p.pan_y);
        assert_true(++n < 20);
    } while (p.pan_x || p.pan_y);
    for (int y = 0; y < 50; y++)
        for (int x = 0; x < 100; x++)
            assert_true(seen[y][x]);
}

/* The painter lags behind, and so does the server: until it has read the new picture the window
   shows the old one, and that is what is pointed at. */
static void what_is_there_counts(void **state)
{
    struct picture p = shown(100, 50, 40, 30);
    struct picture_part other = p.seen.shown, third;

    (void)state;
    other.mode = p.seen.shown.mode = PICTURE_ONE_TO_ONE;
    other.pan_x = 60;
    other.pan_y = 20;
    p.wish = p.ordered = other;
    assert_point(&p, 5, 6, 5, 6, true);
    picture_seen_put(&p.seen, &other, 77);
    assert_point(&p, 5, 6, 5, 6, true);
    assert_false(picture_seen_there(&p.seen, 76));
    assert_point(&p, 5, 6, 5, 6, true);
    assert_true(picture_seen_there(&p.seen, 77));
    assert_point(&p, 5, 6, 65, 26, true);
    assert_false(picture_seen_there(&p.seen, 77));
    /* two on their way: which of them is there nobody knows, and nothing is pointed at */
    third = other;
    third.pan_x = 30;
    picture_seen_put(&p.seen, &third, 78);
    third.pan_x = 31;
    picture_seen_put(&p.seen, &third, 79);
    assert_point(&p, 5, 6, -1, -1, false);
    assert_false(picture_seen_there(&p.seen, 78));
    assert_point(&p, 5, 6, -1, -1, false);
    assert_true(picture_seen_there(&p.seen, 79));
    assert_point(&p, 5, 6, 36, 26, true);
    picture_seen_gone(&p.seen);
    assert_point(&p, 5, 6, -1, -1, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_large_as_it_is),
        cmocka_unit_test(larger),
        cmocka_unit_test(smaller),
        cmocka_unit_test(one_to_one),
        cmocka_unit_test(a_room_of_any_shape),
        cmocka_unit_test(every_corner),
        cmocka_unit_test(only_as_far_as_it_goes),
        cmocka_unit_test(part_by_part),
        cmocka_unit_test(what_is_there_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
