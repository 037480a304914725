/* net/wire: the order of what is sent, and the presenter's window. */
#include "net/wire/outbox.h"
#include "net/wire/pace.h"
#include "policy/limits.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the above first */
#include <cmocka.h>

static void expect(struct outbox *b, enum frame_type type, bool with_screen)
{
    struct outbox_frame *f = outbox_pop(b, with_screen);
    struct frame decoded;
    assert_non_null(f);
    assert_int_equal(f->bytes[0], type);
    assert_int_equal(frame_decode(f->bytes, f->len, FRAME_FROM_CLIENT, &decoded), FRAME_GOOD);
    free(f);
}

static void orders_keep_their_place_among_messages(void **state)
{
    static uint8_t body[16402], unit[FRAME_UNIT_MAX];
    struct outbox b = {0};
    struct frame drop = {.type = FRAME_DROP}, keep = {.type = FRAME_KEEP};
    (void)state;
    drop.u.drop.handle = 7;
    drop.u.drop.why = 2;
    assert_true(outbox_add_unit(&b, (struct span){unit, sizeof unit}, UNIT_SCREEN));
    assert_true(outbox_add_unit(&b, (struct span){unit, 100}, UNIT_STATUS));
    assert_true(outbox_add_msg(&b, 7, (struct span){body, sizeof body}));
    assert_true(outbox_add(&b, &drop));
    assert_true(outbox_add_msg(&b, 8, (struct span){body, 1}));
    assert_true(outbox_add(&b, &keep));
    assert_int_equal(b.bytes, 4 + 135267 + 4 + 100 + 4 + 16406 + 4 + 5 + 4 + 5 + 4 + 9);
    expect(&b, FRAME_KEEP, true);
    expect(&b, FRAME_MSG, true);
    expect(&b, FRAME_DROP, true);
    expect(&b, FRAME_MSG, true);
    expect(&b, FRAME_UNIT, false); /* the status; the screen may not go now */
    assert_null(outbox_pop(&b, false));
    expect(&b, FRAME_UNIT, true);
    assert_int_equal(b.bytes, 0);
    outbox_finish(&b);
}

static void nothing_too_long_is_taken(void **state)
{
    static uint8_t bytes[FRAME_UNIT_MAX + 1];
    struct outbox b = {0};
    (void)state;
    assert_false(outbox_add_msg(&b, 1, (struct span){bytes, 16403}));
    assert_false(outbox_add_msg(&b, 1, (struct span){bytes, 0}));
    assert_false(outbox_add_unit(&b, (struct span){bytes, sizeof bytes}, UNIT_SCREEN));
    outbox_finish(&b);
}

static void the_window_closes_and_opens(void **state)
{
    struct pace p;
    (void)state;
    pace_init(&p);
    while (pace_allows(&p))
        pace_sent(&p, 100000);
    assert_true(p.sent >= NET_WINDOW_FIRST && p.sent < NET_WINDOW_FIRST + 100000);
    assert_true(pace_report(&p, p.sent, 0));
    assert_true(pace_allows(&p));
    assert_int_equal(p.window, NET_WINDOW_FIRST * 3 / 2); /* it was what limited us */
    assert_true(pace_report(&p, p.sent, 0));
    assert_int_equal(p.window, NET_WINDOW_FIRST * 3 / 2); /* now it is not */
}

static void a_slow_median_shrinks_it(void **state)
{
    struct pace p;
    (void)state;
    pace_init(&p);
    for (int i = 0; i < 20; i++)
        assert_true(pace_report(&p, 0, NET_MEDIAN_HIGH_MS + 1));
    assert_int_equal(p.window, NET_WINDOW_MIN);
    assert_true(pace_allows(&p)); /* one unit always may go */
}

static void a_lying_report_is_refused(void **state)
{
    struct pace p;
    (void)state;
    pace_init(&p);
    pace_sent(&p, 100);
    assert_false(pace_report(&p, 101, 0));
    assert_true(pace_report(&p, 100, 0));
    assert_false(pace_report(&p, 99, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_keep_their_place_among_messages),
        cmocka_unit_test(nothing_too_long_is_taken),
        cmocka_unit_test(the_window_closes_and_opens),
        cmocka_unit_test(a_slow_median_shrinks_it),
        cmocka_unit_test(a_lying_report_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
