/* For tests of the gate's judge: an open gate, and requests by hand. */
#ifndef TESTS_UNIT_GATE_JUDGE_RIG_H
#define TESTS_UNIT_GATE_JUDGE_RIG_H
#include "broker/gate/judge.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* after the headers it needs */
#include <cmocka.h>

enum { SHM = 130, DAMAGE = 143, XFIXES = 138, RANDR = 140, XTEST = 132, COMPOSITE = 142 };
enum { ROOT = 0x50d, OWN = 0x400001, OTHER = 0x600001, TARGET = 0x800001, SPARE = 248 };

static struct judge j;
static uint8_t req[MAX_GATE_REQUEST + 64];

static inline void open_gate(const struct x11_rules *rules, bool whole)
{
    struct judge_terms t = {.rules = rules,
                            .root = ROOT,
                            .whole = whole,
                            .x = 100,
                            .y = 50,
                            .w = 640,
                            .h = 480,
                            .majors = {0, SHM, DAMAGE, XFIXES, RANDR, XTEST, COMPOSITE},
                            .spares = {SPARE, SPARE + 1},
                            .n_spares = 2};
    judge_init(&j, &t);
    static const uint16_t setup[6] = {'l', 11, 0, 0, 0, 0};
    struct judge_verdict v = judge_bytes(&j, (const uint8_t *)setup, sizeof setup);
    assert_int_equal(v.kind, JUDGE_SETUP);
    assert_int_equal(v.bytes, 12);
}

static inline void put16(size_t at, uint32_t value)
{
    uint16_t v = (uint16_t)value;
    memcpy(req + at, &v, 2);
}

static inline void put32(size_t at, uint32_t v)
{
    memcpy(req + at, &v, 4);
}

static inline void start(uint8_t major, uint8_t minor, uint32_t len)
{
    memset(req, 0, sizeof req);
    req[0] = major;
    req[1] = minor;
    put16(2, len / 4);
}

static inline struct judge_verdict judge(size_t len)
{
    struct judge_verdict v = judge_bytes(&j, req, len);
    /* a part of it is never enough, and never judged differently */
    return v;
}

static inline void assert_passes(size_t len)
{
    for (size_t n = 0; n < len; n++) {
        struct judge copy = j;
        assert_int_equal(judge_bytes(&copy, req, n).kind, JUDGE_MORE);
    }
    struct judge_verdict v = judge(len);
    assert_int_equal(v.kind, JUDGE_PASS);
    assert_int_equal(v.bytes, len);
}

static inline void assert_breaks(size_t len, enum gate_rule rule)
{
    struct judge_verdict v = judge(len);
    assert_int_equal(v.kind, JUDGE_VIOLATION);
    assert_int_equal(v.rule, rule);
    assert_int_equal(v.major, req[0]);
}

static inline size_t request_id(uint8_t major, uint8_t minor, size_t len, uint32_t id)
{
    start(major, minor, (uint32_t)len);
    put32(4, id);
    return len;
}

static inline size_t create_segment(uint32_t id, uint32_t size)
{
    request_id(SHM, 7, 16, id);
    put32(8, size);
    return 16;
}

static inline size_t get_image(uint32_t drawable, int32_t x, int32_t y, uint32_t w, uint32_t h,
                               uint32_t segment)
{
    request_id(SHM, 4, 32, drawable);
    put16(8, (uint32_t)x);
    put16(10, (uint32_t)y);
    put16(12, w);
    put16(14, h);
    put32(16, 0xffffffff);
    req[20] = 2;
    put32(24, segment);
    return 32;
}

#endif
