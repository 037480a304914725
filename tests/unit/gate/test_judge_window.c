/* The gate's judge where one window is shown: its own pixmap and no other, and what covers the root
   while it moves. */
#include "tests/unit/gate/judge_rig.h"

static void open_on_window(void)
{
    open_gate(&x11_rules_capture, false);
    j.terms.target = TARGET;
    assert_passes(create_segment(1, 4096));
}

static size_t name_pixmap(uint32_t window, uint32_t pixmap)
{
    request_id(COMPOSITE, 6, 12, window);
    put32(8, pixmap);
    return 12;
}

static void test_one_window(void **state)
{
    (void)state;
    open_on_window();
    assert_breaks(get_image(ROOT, 100, 50, 1, 1, 1), GATE_RULE_DRAWABLE);
    assert_breaks(get_image(TARGET, 0, 0, 1, 1, 1),
                  GATE_RULE_DRAWABLE); /* what lies above is in it */
    assert_breaks(get_image(7, 0, 0, 1, 1, 1), GATE_RULE_DRAWABLE);
    assert_breaks(name_pixmap(OTHER, 7), GATE_RULE_DRAWABLE);
    assert_breaks(name_pixmap(ROOT, 7), GATE_RULE_DRAWABLE);
    assert_passes(name_pixmap(TARGET, 7));
    assert_passes(get_image(7, 0, 0, 1, 1, 1));
    assert_breaks(get_image(7, 0, 0, 1, 1, 2), GATE_RULE_FORM); /* no segment of ours */
    assert_passes(request_id(54, 0, 8, 7));
    assert_breaks(get_image(7, 0, 0, 1, 1, 1), GATE_RULE_DRAWABLE);
    assert_breaks(request_id(54, 0, 8, 7), GATE_RULE_FORM);
    request_id(COMPOSITE, 1, 12, TARGET);
    assert_passes(12);
    req[8] = 1; /* manual: it would not be shown any more */
    assert_breaks(12, GATE_RULE_FORM);
    assert_breaks(request_id(COMPOSITE, 1, 12, OTHER), GATE_RULE_DRAWABLE);
    assert_breaks(request_id(COMPOSITE, 2, 12, TARGET), GATE_RULE_REQUEST); /* all windows below */
    assert_passes(request_id(14, 0, 8, TARGET));
}

static size_t cover(uint32_t parent)
{
    request_id(1, 0, 36, 9);
    put32(8, parent);
    put16(16, 16384);
    put16(18, 16384);
    put16(22, 1);
    put32(28, 2);
    put32(32, 0x808080);
    return 36;
}

/* Grey over all of the shared window, for as long as the server is grabbed, and nothing else of a
   window. */
static void test_cover(void **state)
{
    (void)state;
    open_on_window();
    assert_breaks(cover(TARGET), GATE_RULE_FORM); /* nothing is grabbed */
    start(36, 0, 4);
    req[4] = 37;
    req[5] = 0;
    put16(6, 1);
    assert_int_equal(judge_bytes(&j, req, 8).kind, JUDGE_PASS);
    assert_breaks(request_id(8, 0, 8, 9), GATE_RULE_FORM);
    assert_breaks(request_id(8, 0, 8, TARGET), GATE_RULE_FORM);
    assert_breaks(cover(OTHER), GATE_RULE_DRAWABLE);
    assert_breaks(cover(ROOT), GATE_RULE_DRAWABLE);
    cover(TARGET);
    put32(32, 0xffffff);
    assert_breaks(36, GATE_RULE_FORM);
    cover(TARGET);
    put16(18, 16383); /* a part of it */
    assert_breaks(36, GATE_RULE_FORM);
    cover(TARGET);
    put16(22, 2); /* one that only takes input */
    assert_breaks(36, GATE_RULE_FORM);
    cover(TARGET);
    put32(28, 0x802); /* events of it */
    assert_breaks(36, GATE_RULE_FORM);
    assert_passes(cover(TARGET));
    assert_passes(request_id(8, 0, 8, 9));
    start(37, 0, 4);
    assert_breaks(4, GATE_RULE_FORM); /* it would stay */
    assert_breaks(request_id(4, 0, 8, TARGET), GATE_RULE_FORM);
    assert_passes(request_id(4, 0, 8, 9));
    assert_breaks(request_id(8, 0, 8, 9), GATE_RULE_FORM);
    start(37, 0, 4);
    assert_passes(4);
    assert_breaks(cover(TARGET), GATE_RULE_FORM);
    request_id(2, 0, 16, TARGET);
    put32(8, 0x800);
    put32(12, 0x20000);
    assert_passes(16);
    put32(12, 0x20001); /* keys, too */
    assert_breaks(16, GATE_RULE_FORM);
    request_id(DAMAGE, 1, 16, 20);
    put32(8, TARGET);
    req[12] = 1;
    assert_passes(16);
    put32(4, 21);
    put32(8, ROOT);
    assert_breaks(16, GATE_RULE_DRAWABLE);
}

/* Where no window is shared, none of it passes. */
static void test_no_window(void **state)
{
    (void)state;
    open_gate(&x11_rules_capture, true);
    assert_breaks(name_pixmap(0, 7), GATE_RULE_DRAWABLE);
    assert_breaks(name_pixmap(ROOT, 7), GATE_RULE_DRAWABLE);
    j.closes = 37; /* as within a grab */
    assert_breaks(cover(0), GATE_RULE_DRAWABLE);
    assert_breaks(cover(ROOT), GATE_RULE_DRAWABLE);
    assert_breaks(request_id(COMPOSITE, 1, 12, 0), GATE_RULE_DRAWABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_window),
        cmocka_unit_test(test_cover),
        cmocka_unit_test(test_no_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
