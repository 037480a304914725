/* The pointer's picture in an answer that says more than it holds. */
#include "capture/x11_parts.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after the headers it needs */
#include <cmocka.h>

static struct tile_cursor got;

/* An answer with `words` pixels, as libxcb hands it over: no more memory than came. */
static bool shape(uint16_t w, uint16_t h, uint16_t hot, uint32_t words)
{
    xcb_xfixes_get_cursor_image_reply_t head = {
        .response_type = 1, .length = words, .width = w, .height = h, .xhot = hot, .yhot = hot};
    uint8_t *r = malloc(sizeof head + words * 4);
    assert_non_null(r);
    memcpy(r, &head, sizeof head);
    memset(r + sizeof head, 7, words * 4);
    memset(&got, 0, sizeof got);
    bool fits = x11_shape((const xcb_xfixes_get_cursor_image_reply_t *)r, &got);
    free(r);
    return fits;
}

static void test_taken(void **state)
{
    (void)state;
    assert_true(shape(3, 2, 1, 6));
    assert_int_equal(got.width, 3);
    assert_int_equal(got.height, 2);
    assert_int_equal(got.hot_x, 1);
    assert_int_equal(got.argb[5], 0x07070707);
    assert_int_equal(got.argb[6], 0);
    assert_true(shape(MAX_CURSOR, MAX_CURSOR, 0, MAX_CURSOR * MAX_CURSOR));
}

/* What lay behind it in this process went to the viewers. */
static void test_more_than_came(void **state)
{
    static const struct tile_cursor nothing;
    (void)state;
    assert_false(shape(3, 2, 1, 5));
    assert_false(shape(1, 1, 0, 0));
    assert_false(shape(MAX_CURSOR, MAX_CURSOR, 0, 0));
    assert_memory_equal(&got, &nothing, sizeof got);
}

static void test_impossible(void **state)
{
    (void)state;
    assert_false(shape(0, 1, 0, 4));
    assert_false(shape(1, 0, 0, 4));
    assert_false(shape(MAX_CURSOR + 1, 1, 0, MAX_CURSOR + 1));
    assert_false(shape(2, 2, 2, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_more_than_came),
        cmocka_unit_test(test_impossible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
