/* lib/relay_frame: every frame survives its way, every malformed one is refused. */
#include "lib/relay_frame.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka wants the above first */
#include <cmocka.h>

static size_t encode(const struct frame *f, uint8_t out[FRAME_HEAD + FRAME_SMALL_MAX])
{
    size_t len = frame_encode(f, out);
    assert_true(len >= FRAME_HEAD);
    return len;
}

static void attach_survives(void **state)
{
    uint8_t b[FRAME_HEAD + FRAME_SMALL_MAX];
    struct frame f = {.type = FRAME_ATTACH}, g;
    size_t len;
    (void)state;
    memcpy(f.u.attach.sid, "123456789", FRAME_SID);
    f.u.attach.as = FRAME_AS_MEMBER;
    memset(f.u.attach.token, 7, FRAME_TOKEN);
    len = encode(&f, b);
    assert_int_equal(len, FRAME_HEAD + 59);
    assert_memory_equal(b + 5, "123456789", 9); /* SID stands at bytes 5 to 13 */
    assert_int_equal(frame_decode(b, len, FRAME_FROM_CLIENT, &g), FRAME_GOOD);
    assert_memory_equal(g.u.attach.token, f.u.attach.token, FRAME_TOKEN);
    assert_int_equal(g.u.attach.as, FRAME_AS_MEMBER);
}

static void opened_survives(void **state)
{
    uint8_t b[FRAME_HEAD + FRAME_SMALL_MAX], m0[255];
    struct frame f = {.type = FRAME_OPENED}, g;
    size_t len;
    (void)state;
    memset(m0, 9, sizeof m0);
    memcpy(f.u.opened.sid, "987654321", FRAME_SID);
    f.u.opened.handle = 0xdeadbeef;
    f.u.opened.params = (struct span){m0, sizeof m0};
    len = encode(&f, b);
    assert_int_equal(frame_decode(b, len, FRAME_FROM_RELAY, &g), FRAME_GOOD);
    assert_int_equal(g.u.opened.handle, 0xdeadbeef);
    assert_int_equal(g.u.opened.params.len, 255);
    assert_memory_equal(g.u.opened.params.data, m0, 255);
}

static void report_survives(void **state)
{
    uint8_t b[FRAME_HEAD + FRAME_SMALL_MAX];
    struct frame f = {.type = FRAME_REPORT}, g;
    size_t len;
    (void)state;
    f.u.report.taken = 0x0102030405060708;
    f.u.report.viewers = 1000;
    f.u.report.worst_ms = 65535;
    len = encode(&f, b);
    assert_int_equal(frame_decode(b, len, FRAME_FROM_RELAY, &g), FRAME_GOOD);
    assert_true(g.u.report.taken == f.u.report.taken);
    assert_int_equal(g.u.report.viewers, 1000);
    assert_int_equal(g.u.report.worst_ms, 65535);
}

/* A frame as bytes, and what it has to be from either side. */
struct sample {
    const char *name;
    size_t len;
    uint8_t bytes[24];
    enum frame_from from;
    enum frame_result result;
};

#define HEAD(type, len) (type), 0, 0, (len)

static const struct sample samples[] = {
    {"BIND", 10, {HEAD(5, 6), 0, 0, 0, 1, 0, 2}, FRAME_FROM_CLIENT, FRAME_GOOD},
    {"BIND from the relay", 10, {HEAD(5, 6), 0, 0, 0, 1, 0, 2}, FRAME_FROM_RELAY, FRAME_BAD},
    {"BIND of handle 0", 10, {HEAD(5, 6), 0, 0, 0, 0, 0, 2}, FRAME_FROM_CLIENT, FRAME_BAD},
    {"BIND of mid 0", 10, {HEAD(5, 6), 0, 0, 0, 1, 0, 0}, FRAME_FROM_CLIENT, FRAME_BAD},
    {"BIND of mid 1", 10, {HEAD(5, 6), 0, 0, 0, 1, 0, 1}, FRAME_FROM_CLIENT, FRAME_BAD},
    {"BIND one short", 9, {HEAD(5, 5), 0, 0, 0, 1, 0}, FRAME_FROM_CLIENT, FRAME_BAD},
    {"BIND one over", 11, {HEAD(5, 7), 0, 0, 0, 1, 0, 2, 0}, FRAME_FROM_CLIENT, FRAME_BAD},
    {"DROP", 9, {HEAD(7, 5), 0, 0, 0, 1, 7}, FRAME_FROM_CLIENT, FRAME_GOOD},
    {"DROP why 0", 9, {HEAD(7, 5), 0, 0, 0, 1, 0}, FRAME_FROM_CLIENT, FRAME_BAD},
    {"DROP why 8", 9, {HEAD(7, 5), 0, 0, 0, 1, 8}, FRAME_FROM_CLIENT, FRAME_BAD},
    {"END", 4, {HEAD(9, 0)}, FRAME_FROM_CLIENT, FRAME_GOOD},
    {"END with a byte", 5, {HEAD(9, 1), 0}, FRAME_FROM_CLIENT, FRAME_BAD},
    {"PEER", 9, {HEAD(10, 5), 0, 0, 0, 1, 2}, FRAME_FROM_RELAY, FRAME_GOOD},
    {"PEER from a client", 9, {HEAD(10, 5), 0, 0, 0, 1, 2}, FRAME_FROM_CLIENT, FRAME_BAD},
    {"PEER state 3", 9, {HEAD(10, 5), 0, 0, 0, 1, 3}, FRAME_FROM_RELAY, FRAME_BAD},
    {"AWAY 2", 5, {HEAD(11, 1), 2}, FRAME_FROM_RELAY, FRAME_BAD},
    {"MSG without bytes", 8, {HEAD(16, 4), 0, 0, 0, 1}, FRAME_FROM_CLIENT, FRAME_BAD},
    {"MSG to 0", 9, {HEAD(16, 5), 0, 0, 0, 0, 1}, FRAME_FROM_CLIENT, FRAME_BAD},
    {"MSG", 9, {HEAD(16, 5), 0, 0, 0, 1, 1}, FRAME_FROM_RELAY, FRAME_GOOD},
    {"KEEP 2", 13, {HEAD(0x7e, 9), 2}, FRAME_FROM_CLIENT, FRAME_BAD},
    {"KEEP", 13, {HEAD(0x7e, 9), 1}, FRAME_FROM_CLIENT, FRAME_GOOD},
    {"ERR 0", 6, {HEAD(0x7f, 2), 0, 0}, FRAME_FROM_RELAY, FRAME_BAD},
    {"unknown", 4, {HEAD(0x20, 0)}, FRAME_FROM_CLIENT, FRAME_BAD},
    {"type 0", 4, {HEAD(0, 0)}, FRAME_FROM_CLIENT, FRAME_BAD},
    {"CREATE", 6, {HEAD(1, 2), 1, 0}, FRAME_FROM_CLIENT, FRAME_GOOD},
    {"CREATE of version 2", 6, {HEAD(1, 2), 2, 0}, FRAME_FROM_CLIENT, FRAME_OTHER_VERSION},
    {"CREATE of version 2, longer", 8, {HEAD(1, 4), 2}, FRAME_FROM_CLIENT, FRAME_OTHER_VERSION},
    {"CREATE, key too short", 7, {HEAD(1, 3), 1, 2, 0}, FRAME_FROM_CLIENT, FRAME_BAD},
    {"CREATE, key over", 8, {HEAD(1, 4), 1, 1, 0, 0}, FRAME_FROM_CLIENT, FRAME_BAD},
    {"ATTACH too short", 6, {HEAD(2, 2), 1, '1'}, FRAME_FROM_CLIENT, FRAME_BAD},
};

static void samples_are_judged(void **state)
{
    struct frame f;
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const struct sample *s = &samples[i];
        enum frame_result r = frame_decode(s->bytes, s->len, s->from, &f);
        if (r != s->result)
            fail_msg("%s: %d, wanted %d", s->name, r, s->result);
    }
}

static void attach_is_judged(void **state)
{
    uint8_t good[FRAME_HEAD + FRAME_SMALL_MAX], b[FRAME_HEAD + FRAME_SMALL_MAX];
    struct frame f = {.type = FRAME_ATTACH}, g;
    size_t len;
    (void)state;
    memcpy(f.u.attach.sid, "123456789", FRAME_SID);
    len = encode(&f, good);
    static const struct {
        size_t at;
        uint8_t value;
    } wrong[] = {{5, '0'}, {6, 'x'}, {13, 0}, {14, 3}, {15, 1}, {62, 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        memcpy(b, good, len);
        assert_int_equal(frame_decode(b, len, FRAME_FROM_CLIENT, &g), FRAME_GOOD);
        b[wrong[i].at] = wrong[i].value;
        assert_int_equal(frame_decode(b, len, FRAME_FROM_CLIENT, &g), FRAME_BAD);
    }
}

static void heads_are_judged_early(void **state)
{
    const uint8_t unit[] = {FRAME_UNIT, 0x02, 0x10, 0x63}; /* 135267 */
    const uint8_t over[] = {FRAME_UNIT, 0x02, 0x10, 0x64};
    const uint8_t msg[] = {FRAME_MSG, 0, 0x40, 0x16}; /* 16406 */
    const uint8_t msg_over[] = {FRAME_MSG, 0, 0x40, 0x17};
    const uint8_t keep_over[] = {FRAME_KEEP, 0, 0, 10};
    (void)state;
    assert_int_equal(frame_need(unit, 0, FRAME_FROM_CLIENT), FRAME_HEAD);
    assert_int_equal(frame_need(unit, 3, FRAME_FROM_CLIENT), FRAME_HEAD);
    assert_int_equal(frame_need(unit, 4, FRAME_FROM_CLIENT), FRAME_HEAD + FRAME_UNIT_MAX);
    assert_int_equal(frame_need(over, 4, FRAME_FROM_CLIENT), 0);
    assert_int_equal(frame_need(msg, 4, FRAME_FROM_RELAY), FRAME_HEAD + FRAME_MSG_MAX);
    assert_int_equal(frame_need(msg_over, 4, FRAME_FROM_RELAY), 0);
    assert_int_equal(frame_need(keep_over, 4, FRAME_FROM_RELAY), 0);
    assert_int_equal(frame_need((const uint8_t[]){0x55}, 1, FRAME_FROM_CLIENT), 0);
    assert_int_equal(frame_need((const uint8_t[]){FRAME_ERR}, 1, FRAME_FROM_CLIENT), 0);
}

static bool peek(const uint8_t *bytes, size_t len, struct unit_peek *u)
{
    return frame_peek_unit((struct span){bytes, len}, u);
}

/* epoch 1, mid 2, stream 1, CTR 5, KEY */
static const uint8_t sealed[] = {0x40, 1, 0xb5, 1, 0, 2, 1, 0xaa};

static void unit_header_is_read(void **state)
{
    struct unit_peek u;
    const uint8_t longer[] = {0x40, 0, 0xe9, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 3, 1, 0, 0xaa};
    (void)state;
    assert_true(peek(sealed, sizeof sealed, &u));
    assert_int_equal(u.epoch, 1);
    assert_int_equal(u.mid, 2);
    assert_int_equal(u.stream, UNIT_SCREEN);
    assert_int_equal(u.ctr, 5);
    assert_true(u.key);
    assert_true(peek(longer, sizeof longer, &u));
    assert_int_equal(u.epoch, 0xffffffff);
    assert_int_equal(u.mid, 0xfffe);
    assert_int_equal(u.ctr, 256);
    assert_false(u.key);
}

static void unit_header_is_strict(void **state)
{
    static const struct {
        const char *name;
        size_t len;
        uint8_t bytes[16];
    } wrong[] = {
        {"nothing", 0, {0}},
        {"kind", 8, {0x41, 1, 0xb5, 1, 0, 2, 1, 0xaa}},
        {"flags", 8, {0x40, 2, 0xb5, 1, 0, 2, 1, 0xaa}},
        {"no ciphertext", 7, {0x40, 1, 0xb5, 1, 0, 2, 1}},
        {"short KID", 5, {0x40, 1, 0xb5, 1, 0}},
        {"KID with a leading zero", 9, {0x40, 1, 0xc5, 0, 1, 0, 2, 1, 0xaa}},
        {"KID in the config byte", 4, {0x40, 1, 0x15, 0xaa}},
        {"CTR with a leading zero", 10, {0x40, 1, 0xb9, 1, 0, 2, 1, 0, 9, 0xaa}},
        {"CTR 7 in a byte", 9, {0x40, 1, 0xb8, 1, 0, 2, 1, 7, 0xaa}},
        {"epoch 0", 7, {0x40, 1, 0xa5, 1, 2, 1, 0xaa}},
        {"mid 0", 8, {0x40, 1, 0xb5, 1, 0, 0, 1, 0xaa}},
        {"stream 0", 8, {0x40, 1, 0xb5, 1, 0, 2, 0, 0xaa}},
        {"stream 7", 8, {0x40, 1, 0xb5, 1, 0, 2, 7, 0xaa}},
        {"KID of 8 bytes", 12, {0x40, 1, 0xf5, 1, 0, 0, 0, 0, 0, 2, 1, 0xaa}},
    };
    struct unit_peek u;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (peek(wrong[i].bytes, wrong[i].len, &u))
            fail_msg("%s: accepted", wrong[i].name);
}

static void small_frames_only_are_encoded(void **state)
{
    uint8_t b[FRAME_HEAD + FRAME_SMALL_MAX], key[65] = {0};
    struct frame f = {.type = FRAME_CREATE};
    (void)state;
    f.u.create.key = (struct span){key, sizeof key};
    assert_int_equal(frame_encode(&f, b), 0);
    assert_int_equal(frame_encode(&(struct frame){.type = FRAME_UNIT}, b), 0);
    assert_int_equal(frame_encode(&(struct frame){.type = 0x55}, b), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attach_survives),
        cmocka_unit_test(opened_survives),
        cmocka_unit_test(report_survives),
        cmocka_unit_test(samples_are_judged),
        cmocka_unit_test(attach_is_judged),
        cmocka_unit_test(heads_are_judged_early),
        cmocka_unit_test(unit_header_is_read),
        cmocka_unit_test(unit_header_is_strict),
        cmocka_unit_test(small_frames_only_are_encoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
