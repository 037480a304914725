/* The gate's judge of the input worker: what it may inject and lend, and what is let go of when it
   ends. */
#include "broker/gate/held.h"
#include "tests/unit/gate/judge_rig.h"

static size_t fake(uint8_t type, uint8_t detail, int32_t x, int32_t y)
{
    start(XTEST, 2, 36);
    req[4] = type;
    req[5] = detail;
    if (type == 6)
        put32(12, ROOT);
    put16(24, (uint32_t)x);
    put16(26, (uint32_t)y);
    return 36;
}

static void test_input(void **state)
{
    (void)state;
    open_gate(&x11_rules_input, false);
    assert_passes(fake(2, 38, 0, 0));
    assert_passes(fake(3, 255, 0, 0));
    assert_passes(fake(4, 1, 0, 0));
    assert_passes(fake(6, 0, 100, 50));
    assert_breaks(fake(2, 7, 0, 0), GATE_RULE_FORM);
    assert_breaks(fake(6, 1, 100, 50), GATE_RULE_FORM); /* relative */
    assert_breaks(fake(6, 0, 99, 50), GATE_RULE_AREA);
    assert_breaks(fake(6, 0, 740, 50), GATE_RULE_AREA);
    for (unsigned type = 0; type < 256; type++)
        if (type < 2 || type > 6)
            assert_breaks(fake((uint8_t)type, 10, 0, 0), GATE_RULE_FORM);
    fake(2, 38, 0, 0);
    req[35] = 4; /* a device */
    assert_breaks(36, GATE_RULE_FORM);
    fake(2, 38, 0, 0);
    put32(8, 1000); /* a delay */
    assert_breaks(36, GATE_RULE_FORM);
    start(XTEST, 3, 8); /* GrabControl */
    assert_breaks(8, GATE_RULE_REQUEST);
    start(SHM, 0, 4);
    assert_breaks(4, GATE_RULE_REQUEST);
}

static size_t lend(uint8_t code, uint32_t first, uint32_t second)
{
    start(100, 1, 16);
    req[4] = code;
    req[5] = 2;
    put32(8, first);
    put32(12, second);
    return 16;
}

/* A character for a spare key, and nothing else of the keyboard map. */
static void test_lend(void **state)
{
    static const uint32_t good[] = {0, 'a', 0xe9, 0x6c1, 0x20ac, 0xfe51, 0x1000101, 0x1010000};
    static const uint32_t bad[] = {0xffc9 /* F12 */,
                                   0xffe3 /* Control_L */,
                                   0xfe03 /* AltGr */,
                                   0xff0d,
                                   0x1008ff10 /* XF86 */,
                                   1,
                                   0x1f,
                                   0xffffffff};
    (void)state;
    open_gate(&x11_rules_input, false);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_passes(lend(SPARE, good[i], good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_breaks(lend(SPARE, bad[i], bad[i]), GATE_RULE_FORM);
        assert_breaks(lend(SPARE, 'a', bad[i]), GATE_RULE_FORM);
        assert_breaks(lend(SPARE, bad[i], 'a'), GATE_RULE_FORM);
    }
    assert_passes(lend(SPARE + 1, 0x1000430, 0x1000410));
    assert_breaks(lend(SPARE + 2, 'a', 'a'), GATE_RULE_FORM);
    assert_breaks(lend(38, 'b', 'b'), GATE_RULE_FORM);
    lend(SPARE, 'a', 'a');
    req[1] = 2; /* two keys */
    assert_breaks(16, GATE_RULE_FORM);
    lend(SPARE, 'a', 'a');
    req[5] = 4;
    assert_breaks(16, GATE_RULE_FORM);
    start(100, 1, 20);
    assert_breaks(20, GATE_RULE_FORM);
    start(101, 0, 8);
    assert_passes(8);
    start(119, 0, 4);
    assert_passes(4);
    start(118, 2, 8); /* SetModifierMapping */
    assert_breaks(8, GATE_RULE_REQUEST);
    open_gate(&x11_rules_capture, false);
    assert_breaks(lend(SPARE, 'a', 'a'), GATE_RULE_REQUEST);
}

/* What is down is released, once; what is not down is left alone. */
static void test_held(void **state)
{
    static uint8_t out[HELD_BYTES];
    struct held h;
    (void)state;
    held_init(&h, XTEST);
    assert_int_equal(held_let_go(&h, out), 0);
    held_note(&h, req, fake(2, 38, 0, 0));
    held_note(&h, req, fake(2, 255, 0, 0));
    held_note(&h, req, fake(2, 50, 0, 0));
    held_note(&h, req, fake(3, 50, 0, 0));
    held_note(&h, req, fake(4, 1, 0, 0));
    held_note(&h, req, fake(4, 32, 0, 0));
    held_note(&h, req, fake(6, 0, 100, 50));
    held_note(&h, req, lend(SPARE, 'a', 'a'));
    held_note(&h, req, lend(SPARE, 'b', 'b'));
    static const uint8_t expected[][2] = {{5, 1}, {5, 32}, {3, 38}, {3, 255}};
    assert_int_equal(held_let_go(&h, out), 4 * 36 + 16);
    for (size_t i = 0; i < 4; i++) {
        fake(expected[i][0], expected[i][1], 0, 0);
        assert_memory_equal(out + 36 * i, req, 36);
    }
    lend(SPARE, 0, 0);
    assert_memory_equal(out + 4 * 36, req, 16);
    assert_int_equal(held_let_go(&h, out), 0);
    for (unsigned code = 8; code < 256; code++)
        held_note(&h, req, fake(2, (uint8_t)code, 0, 0));
    for (uint8_t b = 1; b <= 32; b++)
        held_note(&h, req, fake(4, b, 0, 0));
    for (uint8_t i = 0; i < 2 * MAX_SPARES; i++)
        held_note(&h, req, lend((uint8_t)(SPARE - i), 'a', 'a'));
    assert_true(held_let_go(&h, out) <= HELD_BYTES);
}

/* No place, no press: everything else is as it was. */
static void test_astray(void **state)
{
    struct held h;
    (void)state;
    held_init(&h, XTEST);
    for (uint8_t b = 1; b <= 32; b++)
        assert_true(held_astray(&h, req, fake(4, b, 0, 0)));
    static const uint8_t others[][2] = {{2, 38}, {3, 38}, {5, 1}, {6, 0}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(held_astray(&h, req, fake(others[i][0], others[i][1], 0, 0)));
    assert_false(held_astray(&h, req, lend(SPARE, 'a', 'a')));
    held_note(&h, req, fake(2, 38, 0, 0));
    assert_true(held_astray(&h, req, fake(4, 1, 0, 0)));
    held_note(&h, req, fake(6, 0, 100, 50));
    assert_false(held_astray(&h, req, fake(4, 1, 0, 0)));
    held_lose_place(&h);
    assert_true(held_astray(&h, req, fake(4, 1, 0, 0)));
}

static void test_capture_cannot_inject(void **state)
{
    (void)state;
    open_gate(&x11_rules_capture, true);
    assert_breaks(fake(2, 38, 0, 0), GATE_RULE_REQUEST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_input),
        cmocka_unit_test(test_lend),
        cmocka_unit_test(test_held),
        cmocka_unit_test(test_astray),
        cmocka_unit_test(test_capture_cannot_inject),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
