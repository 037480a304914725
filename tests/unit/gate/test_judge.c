/* The gate's judge, with the allow-lists that are compiled in: each rule kept and each rule broken.
 */
#include "broker/gate/pace.h"
#include "tests/unit/gate/judge_rig.h"

static void test_setup(void **state)
{
    static const struct {
        uint16_t words[6];
        enum judge_kind kind;
    } rows[] = {
        {{'l', 11, 0, 0, 0, 0}, JUDGE_SETUP},       {{'B', 11, 0, 0, 0, 0}, JUDGE_VIOLATION},
        {{'l', 10, 0, 0, 0, 0}, JUDGE_VIOLATION},   {{'l', 11, 1, 0, 0, 0}, JUDGE_VIOLATION},
        {{'l', 11, 0, 18, 16, 0}, JUDGE_VIOLATION}, {{'l', 11, 0, 0, 16, 0}, JUDGE_VIOLATION},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct judge_terms t = {.rules = &x11_rules_capture, .root = ROOT};
        judge_init(&j, &t);
        struct judge_verdict v = judge_bytes(&j, (const uint8_t *)rows[i].words, 12);
        assert_int_equal(v.kind, rows[i].kind);
        if (v.kind == JUDGE_VIOLATION)
            assert_int_equal(v.rule, GATE_RULE_SETUP);
    }
}

static void test_greeting(void **state)
{
    (void)state;
    uint8_t out[JUDGE_GREETING_MAX];
    size_t len = judge_greeting(out, (const uint8_t *)"MIT-MAGIC-COOKIE-1", 18,
                                (const uint8_t *)"0123456789abcdef", 16);
    assert_int_equal(len, 12 + 20 + 16);
    assert_int_equal(out[6], 18);
    assert_int_equal(out[8], 16);
    assert_memory_equal(out + 12, "MIT-MAGIC-COOKIE-1\0\0", 20);
    assert_memory_equal(out + 32, "0123456789abcdef", 16);
    assert_int_equal(judge_greeting(out, NULL, 0, NULL, 0), 12);
}

static void test_length(void **state)
{
    (void)state;
    open_gate(&x11_rules_capture, true);
    start(43, 0, 0); /* BIG-REQUESTS writes 0 here */
    assert_breaks(4, GATE_RULE_LENGTH);
    start(127, 0, MAX_GATE_REQUEST + 4);
    assert_breaks(4, GATE_RULE_LENGTH);
    start(127, 0, MAX_GATE_REQUEST);
    assert_int_equal(judge(4).kind, JUDGE_MORE);
    assert_breaks(MAX_GATE_REQUEST, GATE_RULE_FORM);
}

/* Every core request and every minor of every extension: only the rows of the file may pass. */
static void only_listed(const struct x11_rules *rules, const char *core, const uint16_t *minors)
{
    for (unsigned major = 0; major < 256; major++) {
        for (unsigned minor = 0; minor < 256; minor++) {
            bool listed = major < 128 ? major && strchr(core, (int)major)
                                      : major <= DAMAGE && minor < 16 && minors[major] >> minor & 1;
            open_gate(rules, true);
            start((uint8_t)major, (uint8_t)minor, 4);
            struct judge_verdict v = judge(4);
            if (!listed)
                assert_true(v.kind == JUDGE_VIOLATION && v.rule == GATE_RULE_REQUEST);
            else
                assert_true(v.kind == JUDGE_PASS || v.rule == GATE_RULE_FORM ||
                            (major == 36 && v.kind == JUDGE_MORE)); /* only with its end */
        }
    }
}

/* Both files that policy/x11/ has. */
static void test_only_listed(void **state)
{
    static const char capture[] = {1, 2, 3, 4, 8, 14, 15, 36, 37, 40, 43, 54, 98, 127, 0},
                      input[] = {43, 98, 100, 101, 119, 127, 0};
    static const uint16_t capture_minors[DAMAGE + 1] = {
        [SHM] = 0x95, [DAMAGE] = 0x0f, [XFIXES] = 0x19, [RANDR] = 0x11, [COMPOSITE] = 0x43};
    static const uint16_t input_minors[DAMAGE + 1] = {[XTEST] = 0x05};
    (void)state;
    only_listed(&x11_rules_capture, capture, capture_minors);
    only_listed(&x11_rules_input, input, input_minors);
}

static void test_extension_absent(void **state)
{
    (void)state;
    open_gate(&x11_rules_capture, true);
    j.terms.majors[X11_SHM] = 0;
    start(SHM, 0, 4);
    assert_breaks(4, GATE_RULE_REQUEST);
}

static void test_windows(void **state)
{
    static const uint8_t ask[] = {3, 14};
    const uint32_t own[] = {OWN};
    (void)state;
    open_gate(&x11_rules_capture, true);
    for (size_t i = 0; i < sizeof ask; i++) {
        assert_passes(request_id(ask[i], 0, 8, ROOT));
        assert_breaks(request_id(ask[i], 0, 8, OWN), GATE_RULE_DRAWABLE);
        assert_breaks(request_id(ask[i], 0, 8, 0), GATE_RULE_DRAWABLE);
    }
    judge_add_windows(&j, own, 1);
    for (size_t i = 0; i < sizeof ask; i++) {
        assert_passes(request_id(ask[i], 0, 8, OWN));
        assert_breaks(request_id(ask[i], 0, 8, OTHER), GATE_RULE_DRAWABLE);
    }
    request_id(40, 0, 16, OWN);
    put32(8, ROOT);
    assert_passes(16);
    put32(8, OWN);
    assert_breaks(16, GATE_RULE_DRAWABLE);
    request_id(40, 0, 16, OTHER);
    put32(8, ROOT);
    assert_breaks(16, GATE_RULE_DRAWABLE);
}

/* A list of our own windows says nothing about what may be read as a picture. */
static void test_windows_are_not_pictures(void **state)
{
    const uint32_t own[] = {OWN};
    (void)state;
    open_gate(&x11_rules_capture, true);
    judge_add_windows(&j, own, 1);
    assert_passes(create_segment(1, 4096));
    assert_breaks(get_image(OWN, 0, 0, 1, 1, 1), GATE_RULE_DRAWABLE);
    assert_breaks(get_image(OTHER, 0, 0, 1, 1, 1), GATE_RULE_DRAWABLE);
    assert_passes(get_image(ROOT, 0, 0, 1, 1, 1));
}

/* A worker may be a little behind with the list: a window stays known for a while. */
static size_t select_events(uint32_t window, uint32_t mask, uint32_t events)
{
    request_id(2, 0, 16, window);
    put32(8, mask);
    put32(12, events);
    return 16;
}

/* Own windows say where they are; the root and other windows are not listened to. */
static void test_own_windows_tell(void **state)
{
    uint32_t own = OWN;
    (void)state;
    open_gate(&x11_rules_capture, true);
    judge_add_windows(&j, &own, 1);
    assert_passes(select_events(OWN, 0x800, 0x20000));
    assert_breaks(select_events(OTHER, 0x800, 0x20000), GATE_RULE_DRAWABLE);
    assert_breaks(select_events(ROOT, 0x800, 0x20000), GATE_RULE_DRAWABLE);
    assert_breaks(select_events(OWN, 0x800, 0x20001), GATE_RULE_FORM); /* and its keys */
    assert_breaks(select_events(OWN, 0x800, 0x80000), GATE_RULE_FORM); /* its children */
    assert_breaks(select_events(OWN, 0x200, 0x20000), GATE_RULE_FORM); /* something else of it */
    assert_passes(request_id(15, 0, 8, OWN));
    assert_breaks(request_id(15, 0, 8, OTHER), GATE_RULE_DRAWABLE);
    assert_breaks(request_id(15, 0, 8, ROOT), GATE_RULE_DRAWABLE);
}

static void test_windows_stay_known(void **state)
{
    (void)state;
    open_gate(&x11_rules_capture, true);
    for (uint32_t i = 0; i < JUDGE_WINDOWS + 1; i++) {
        uint32_t id = OWN + i;
        judge_add_windows(&j, &id, 1);
        judge_add_windows(&j, &id, 1);
    }
    assert_passes(request_id(14, 0, 8, OWN + 1));
    assert_passes(request_id(14, 0, 8, OWN + JUDGE_WINDOWS));
    assert_breaks(request_id(14, 0, 8, OWN), GATE_RULE_DRAWABLE);
}

static void test_segments(void **state)
{
    (void)state;
    open_gate(&x11_rules_capture, true);
    assert_breaks(get_image(ROOT, 0, 0, 1, 1, 9), GATE_RULE_FORM);
    assert_breaks(create_segment(9, 0), GATE_RULE_FORM);
    assert_breaks(create_segment(9, MAX_SCREEN_W * MAX_SCREEN_H * 4 + 1), GATE_RULE_FORM);
    assert_breaks(create_segment(0, 4096), GATE_RULE_FORM);
    assert_passes(create_segment(9, MAX_SCREEN_W * MAX_SCREEN_H * 4));
    assert_breaks(create_segment(9, 4096), GATE_RULE_FORM);
    assert_passes(create_segment(10, 4096));
    assert_breaks(create_segment(11, 4096), GATE_RULE_LIMIT);
    assert_passes(request_id(SHM, 2, 8, 9));
    assert_breaks(request_id(SHM, 2, 8, 9), GATE_RULE_FORM);
    assert_breaks(get_image(ROOT, 0, 0, 1, 1, 9), GATE_RULE_FORM);
    assert_passes(create_segment(11, 4096));
    get_image(ROOT, 0, 0, 1, 1, 11);
    req[20] = 1; /* XYPixmap */
    assert_breaks(32, GATE_RULE_FORM);
}

static void test_damages(void **state)
{
    (void)state;
    open_gate(&x11_rules_capture, true);
    for (uint32_t id = 20; id < 20 + MAX_GATE_THINGS + 1; id++) {
        request_id(DAMAGE, 1, 16, id);
        put32(8, ROOT);
        req[12] = 1;
        if (id < 20 + MAX_GATE_THINGS)
            assert_passes(16);
        else
            assert_breaks(16, GATE_RULE_LIMIT);
    }
    request_id(DAMAGE, 3, 16, 20);
    assert_passes(16);
    put32(12, 77); /* a region */
    assert_breaks(16, GATE_RULE_FORM);
    assert_passes(request_id(DAMAGE, 2, 8, 20));
    request_id(DAMAGE, 1, 16, 30);
    put32(8, OTHER);
    req[12] = 1;
    assert_breaks(16, GATE_RULE_DRAWABLE);
}

static void test_area(void **state)
{
    static const struct {
        int32_t x, y;
        uint32_t w, h;
        bool inside;
    } rows[] = {
        {100, 50, 640, 480, true},   {739, 529, 1, 1, true},        {99, 50, 10, 10, false},
        {100, 49, 10, 10, false},    {100, 50, 641, 480, false},    {100, 50, 640, 481, false},
        {740, 50, 1, 1, false},      {-1, -1, 65535, 65535, false}, {-32768, 50, 65535, 1, false},
        {200, 100, 65535, 1, false},
    };
    (void)state;
    open_gate(&x11_rules_capture, false);
    assert_passes(create_segment(1, 4096));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t len = get_image(ROOT, rows[i].x, rows[i].y, rows[i].w, rows[i].h, 1);
        if (rows[i].inside)
            assert_passes(len);
        else
            assert_breaks(len, GATE_RULE_AREA);
    }
    open_gate(&x11_rules_capture, true);
    assert_passes(create_segment(1, 4096));
    assert_passes(get_image(ROOT, 0, 0, 65535, 65535, 1));
}

/* --- a grab of the server, only together with its end --- */

enum { GRAB = 36, UNGRAB = 37, NOTHING = 127 };

static size_t append(size_t at, uint8_t major, size_t len)
{
    req[at] = major;
    req[at + 1] = 0;
    put16(at + 2, (uint32_t)len / 4);
    return at + len;
}

static void test_grab_with_its_end(void **state)
{
    (void)state;
    open_gate(&x11_rules_capture, true);
    start(GRAB, 0, 4);
    size_t len = append(append(4, NOTHING, 4), UNGRAB, 4);
    for (size_t n = 0; n < len - 4; n++)
        assert_int_equal(judge(n).kind, JUDGE_MORE);
    struct judge_verdict v = judge(len);
    assert_int_equal(v.kind, JUDGE_PASS);
    assert_int_equal(v.bytes, 4); /* the rest is judged by itself */
    append(0, NOTHING, 4);
    assert_int_equal(judge(4).kind, JUDGE_PASS);
    append(0, UNGRAB, 4);
    assert_passes(4);
    open_gate(&x11_rules_input, true);
    start(GRAB, 0, 4);
    append(4, UNGRAB, 4);
    assert_breaks(8, GATE_RULE_REQUEST); /* the other worker grabs nothing */
}

/* However it is cut off from its end, it does not reach the server. */
static void test_grab_without_end(void **state)
{
    (void)state;
    open_gate(&x11_rules_capture, true);
    start(GRAB, 0, 4);
    size_t len = 4;
    while (len + 4 <= MAX_GATE_REQUEST) {
        assert_int_equal(judge(len).kind, JUDGE_MORE);
        len = append(len, NOTHING, 4);
    }
    append(len, UNGRAB, 4);
    assert_breaks(len + 4, GATE_RULE_LENGTH); /* one request too long */
    append(len - 4, UNGRAB, 4);
    assert_int_equal(judge(len).kind, JUDGE_PASS);
    start(GRAB, 0, 4);
    append(4, NOTHING, 0);
    assert_breaks(8, GATE_RULE_LENGTH);
    start(GRAB, 0, 4);
    append(4, NOTHING, MAX_GATE_REQUEST);
    assert_breaks(8, GATE_RULE_LENGTH);
    start(GRAB, 0, 8);
    assert_breaks(8, GATE_RULE_FORM);
}

static void test_events(void **state)
{
    (void)state;
    open_gate(&x11_rules_capture, true);
    request_id(XFIXES, 3, 12, ROOT);
    put32(8, 1);
    assert_passes(12);
    put32(8, 3);
    assert_breaks(12, GATE_RULE_FORM);
    request_id(RANDR, 4, 12, ROOT);
    put16(8, 1);
    assert_passes(12);
    put16(8, 4);
    assert_breaks(12, GATE_RULE_FORM);
    request_id(RANDR, 4, 12, OTHER);
    put16(8, 1);
    assert_breaks(12, GATE_RULE_DRAWABLE);
}

static void test_several_at_once(void **state)
{
    (void)state;
    open_gate(&x11_rules_capture, true);
    start(43, 0, 4);
    memcpy(req + 4, req, 4);
    memcpy(req + 8, req, 4);
    req[8] = 44; /* QueryKeymap */
    assert_int_equal(judge_bytes(&j, req, 12).bytes, 4);
    assert_int_equal(judge_bytes(&j, req + 4, 8).bytes, 4);
    assert_int_equal(judge_bytes(&j, req + 8, 4).rule, GATE_RULE_REQUEST);
}

static void test_pace(void **state)
{
    (void)state;
    struct pace p;
    uint32_t sent = 0;
    pace_init(&p, 1000);
    for (uint64_t t = 1000; t < 3000; t++) {
        uint32_t n = pace_allows(&p, t);
        assert_true(n <= GATE_PACE_AT_ONCE);
        pace_take(&p, n);
        sent += n;
    }
    assert_in_range(sent, 2 * GATE_PACE_PER_S - 10, 2 * GATE_PACE_PER_S + GATE_PACE_AT_ONCE);
    pace_take(&p, GATE_PACE_AT_ONCE);
    assert_int_equal(pace_allows(&p, 2999), 0);
    assert_int_equal(pace_allows(&p, 10), 0); /* a clock that goes back gains nothing */
    assert_int_equal(pace_allows(&p, 1000000), GATE_PACE_AT_ONCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_setup),
        cmocka_unit_test(test_greeting),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_only_listed),
        cmocka_unit_test(test_extension_absent),
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_windows_are_not_pictures),
        cmocka_unit_test(test_own_windows_tell),
        cmocka_unit_test(test_windows_stay_known),
        cmocka_unit_test(test_segments),
        cmocka_unit_test(test_damages),
        cmocka_unit_test(test_area),
        cmocka_unit_test(test_grab_with_its_end),
        cmocka_unit_test(test_grab_without_end),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_several_at_once),
        cmocka_unit_test(test_pace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
