/* For tests of the eyes on one desk of 800 x 600. */
#ifndef TESTS_UNIT_CAPTURE_DESK_SET_H
#define TESTS_UNIT_CAPTURE_DESK_SET_H
#include "tests/unit/capture/desk.h"

struct set {
    struct desk d;
    struct chain k;
};

static inline int set_up(void **state)
{
    struct set *s = calloc(1, sizeof *s);
    desk_start(&s->d, 800, 600, 24, NULL);
    desk_paint(&s->d, 1);
    *state = s;
    return 0;
}

static inline int tear_down(void **state)
{
    struct set *s = *state;
    desk_finish(&s->d);
    free(s);
    return 0;
}

static inline void assert_area(struct chain *k, uint32_t colour, uint32_t x, uint32_t y, uint32_t w,
                               uint32_t h)
{
    for (uint32_t r = y; r < y + h; r++)
        for (uint32_t c = x; c < x + w; c++)
            assert_int_equal(k->picture.pixels[r * k->picture.stride + c], colour);
}

#endif
