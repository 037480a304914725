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
    return (struct picture){.at = {30, 70, room_w, room_h}, .full_w = w, .full_h = h};
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
    p.mode = PICTURE_ONE_TO_ONE;
    p.pan_x = 60;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_large_as_it_is),
        cmocka_unit_test(larger),
        cmocka_unit_test(smaller),
        cmocka_unit_test(one_to_one),
        cmocka_unit_test(a_room_of_any_shape),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
