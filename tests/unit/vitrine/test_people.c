/* Names and their slots. Fails when a member who is not there gets a slot of its own, which takes
   one from a name whose refusals are remembered. */
#include "broker/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct people p;

static void slot_of_nobody(void **state)
{
    (void)state;
    people_init(&p);
    people_set_member(&p, 2, 2, LEVEL_CLAIMED, span_text("Kim"));
    uint32_t kim = people_member_slot(&p, 2);
    assert_true(kim < SESSION_SLOTS);
    for (unsigned i = 1; i < SESSION_SLOTS; i++) {
        char name[] = {(char)('a' + i), 0};
        assert_int_not_equal(people_slot(&p, name), kim);
    }
    assert_int_equal(people_member_slot(&p, 9), SESSION_SLOTS);
    assert_int_equal(people_member_slot(&p, 0), SESSION_SLOTS);
    assert_int_equal(people_member_slot(&p, 2), kim);
}

/* However many are turned away at the door meanwhile: who waits keeps name, key and words. */
static void who_waits_is_not_forgotten(void **state)
{
    static struct session s = {.n_waiting = 1, .waiting = {{.knock = 1}}};
    (void)state;
    people_init(&p);
    (void)people_add_knock(&p, &s, 1, span_text("Kim"));
    for (uint32_t knock = 2; knock < 1000; knock++) {
        (void)people_add_knock(&p, &s, knock, span_text("Ada"));
        assert_string_equal(people_knock_name(&p, knock), "Ada");
    }
    assert_string_equal(people_knock_name(&p, 1), "Kim");
    s.n_waiting = 0;
    for (uint32_t knock = 1000; knock < 1100; knock++)
        (void)people_add_knock(&p, &s, knock, span_text("Ada"));
    assert_string_equal(people_knock_name(&p, 1), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slot_of_nobody),
        cmocka_unit_test(who_waits_is_not_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
