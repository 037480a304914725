/* Lines that others can cause at will: how many of them are in the trail, and that the rest is
   counted. */
#include "broker/record_left.h"
#include "broker/session.h"
#include "lib/fail.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the ones above */
#include <cmocka.h>

_Static_assert((int)WHY_COUNT < RECORD_LEFT_KINDS, "each refusal has a place of its own");
_Static_assert((int)INTRUSION_LAST < RECORD_LEFT_KINDS, "and each intrusion");

static struct record_left left;

static int make(void **state)
{
    (void)state;
    memset(&left, 0, sizeof left);
    return 0;
}

/* An hour of it, a line each millisecond. */
static void test_flood(void **state)
{
    (void)state;
    const uint64_t all = 3600000;
    uint64_t written = 0, counted = 0;
    for (uint64_t now = 1; now <= all; now++) {
        bool may = record_left_take(&left, AUDIT_RELAY_INTRUSION, 3, now);
        assert_true(may || now > 1); /* the first one always */
        written += may;
        enum audit_event event;
        uint32_t kind, lines;
        if (now % RECORD_LEFT_MS != 0)
            continue;
        assert_true(record_left_next(&left, &event, &kind, &lines));
        assert_int_equal(event, AUDIT_RELAY_INTRUSION);
        assert_int_equal(kind, 3);
        counted += lines;
        assert_false(record_left_next(&left, &event, &kind, &lines));
    }
    assert_true(written <= RECORD_AT_WILL + all / RECORD_AT_WILL_MS);
    assert_true(written >= all / RECORD_AT_WILL_MS);
    assert_int_equal(written + counted, all); /* none is left out and not counted */
}

/* One kind of flood hides nothing of another kind, nor of another event. */
static void test_kinds(void **state)
{
    (void)state;
    enum audit_event event;
    uint32_t kind, lines, n = 0;
    for (unsigned i = 0; i < 10 * RECORD_AT_WILL; i++) {
        record_left_take(&left, AUDIT_RELAY_INTRUSION, 3, 5);
        record_left_take(&left, AUDIT_MEMBER_FAULT, 14, 5);
        record_left_take(&left, AUDIT_MEMBER_FAULT, 70000, 5);
    }
    assert_true(record_left_take(&left, AUDIT_RELAY_INTRUSION, 2, 5));
    assert_true(record_left_take(&left, AUDIT_MEMBER_FAULT, 3, 5));
    assert_true(record_left_take(&left, AUDIT_KNOCK, 0, 5));
    assert_false(record_left_take(&left, AUDIT_MEMBER_FAULT, 80000, 5));
    while (record_left_next(&left, &event, &kind, &lines)) {
        assert_true(lines == 9 * RECORD_AT_WILL || lines == 9 * RECORD_AT_WILL + 1);
        n++;
    }
    assert_int_equal(n, 3);
}

/* What somebody was let in to, agreed to or saw: every line. */
static void test_never_left_out(void **state)
{
    static const enum audit_event always[] = {
        AUDIT_ADMIT,           AUDIT_MEMBER_JOINED,   AUDIT_MEMBER_LEFT,  AUDIT_CONSENT_ASKED,
        AUDIT_CONSENT_GIVEN,   AUDIT_CONSENT_REFUSED, AUDIT_CONTROL_ON,   AUDIT_CONTROL_OFF,
        AUDIT_CONTROL_PROOF,   AUDIT_SHARE_PROOF,     AUDIT_RECORD_PART,  AUDIT_SHARE_ON,
        AUDIT_SHARE_OFF,       AUDIT_KILL_SWITCH,     AUDIT_WORDS_DIFFER, AUDIT_KEY_CHANGED,
        AUDIT_JOINING_STOPPED, AUDIT_IDENTITY_GOOD,   AUDIT_VIOLATION,    AUDIT_SESSION_END,
    };
    (void)state;
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        for (unsigned n = 0; n < 10 * RECORD_AT_WILL; n++)
            assert_true(record_left_take(&left, always[i], 0, 5));
    enum audit_event event;
    uint32_t kind, lines;
    assert_false(record_left_next(&left, &event, &kind, &lines));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_flood, make),
        cmocka_unit_test_setup(test_kinds, make),
        cmocka_unit_test_setup(test_never_left_out, make),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
