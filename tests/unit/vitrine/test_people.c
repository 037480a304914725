/* Names and their slots. Seen to fail: with slots given round and round; without EV_SLOT. */
#include "broker/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct people p;

static uint32_t slot_of(const char *name, const struct session *s, bool anew)
{
    bool now;
    uint32_t slot = people_slot(&p, s, name, &now);
    assert_int_equal(now, anew);
    assert_true(slot < SESSION_SLOTS);
    return slot;
}

static void others(const struct session *s, unsigned n, uint32_t not_this)
{
    char name[16];
    for (unsigned i = 0; i < n; i++) {
        snprintf(name, sizeof name, "other %u", i);
        assert_int_not_equal(slot_of(name, s, true), not_this);
    }
}

/* Whoever was refused is refused still, however many others come; and whoever waits for an answer
   gets the answer meant for them. */
static void slots_that_mean_something(void **state)
{
    static struct session s;
    (void)state;
    people_init(&p);
    uint32_t kim = slot_of("Kim", &s, true), lea = slot_of("Lea", &s, true);
    s.slot[kim].refused = REFUSED_MAX;
    s.n_asking = 1;
    s.asking[0].slot = (uint8_t)lea;
    others(&s, 3 * SESSION_SLOTS, kim);
    assert_int_equal(slot_of("Kim", &s, false), kim);
    assert_int_equal(slot_of("Lea", &s, false), lea);
}

/* Every slot remembers a no: the one given longest ago is forgotten, and a newcomer is nobody's
   heir. */
static void the_oldest_no_is_forgotten(void **state)
{
    static struct session s;
    static struct session_effects out;
    char name[16];
    (void)state;
    people_init(&p);
    for (uint32_t i = 0; i < SESSION_SLOTS; i++) {
        snprintf(name, sizeof name, "other %u", i);
        s.slot[slot_of(name, &s, true)] = (struct session_slot){
            .refused = 1, .keys_refused = 1, .seconds_refused = 1, .wait = SLOT_REFUSED};
    }
    s.n_waiting = 1; /* at slot 0, for an answer */
    uint32_t kim = slot_of("Kim", &s, true);
    assert_int_equal(kim, 1);
    assert_int_equal(slot_of("other 2", &s, false), 2);
    session_step(&s, &(struct session_event){.kind = EV_SLOT, .number = kim}, &out);
    assert_int_equal(session_slot_use(&s, kim), SLOT_IDLE);
    assert_int_equal(session_slot_use(&s, 2), SLOT_REMEMBERS);
    assert_int_equal(session_slot_use(&s, 0), SLOT_IN_USE);
}

/* However many are turned away at the door meanwhile: who waits keeps name, key and words. */
static void who_waits_is_not_forgotten(void **state)
{
    static struct session s = {.n_waiting = 1, .waiting = {{.knock = 1}}};
    (void)state;
    people_init(&p);
    people_add_knock(&p, &s, 1, span_text("Kim"));
    for (uint32_t knock = 2; knock < 1000; knock++) {
        people_add_knock(&p, &s, knock, span_text("Ada"));
        assert_string_equal(people_knock_name(&p, knock), "Ada");
    }
    assert_string_equal(people_knock_name(&p, 1), "Kim");
    s.n_waiting = 0;
    for (uint32_t knock = 1000; knock < 1100; knock++)
        people_add_knock(&p, &s, knock, span_text("Ada"));
    assert_string_equal(people_knock_name(&p, 1), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_that_mean_something),
        cmocka_unit_test(the_oldest_no_is_forgotten),
        cmocka_unit_test(who_waits_is_not_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
