/* Entrance: what a gated worker sends. First byte: which list, whole or part; then its stream. */
#include "broker/gate/judge.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t own[] = {0x400001, 0x400002};
    static const uint8_t setup[12] = {'l', 0, 11};
    struct judge j;
    struct judge_terms t = {.root = 0x50d, .x = 10, .y = 10, .w = 100, .h = 100};
    if (size == 0)
        return 0;
    t.rules = data[0] & 1 ? &x11_rules_input : &x11_rules_capture;
    t.whole = data[0] & 2;
    for (uint8_t e = 1; e < X11_EXTENSIONS; e++)
        t.majors[e] = (uint8_t)(129 + e);
    judge_init(&j, &t);
    judge_add_windows(&j, own, 2);
    if (data[0] & 4)
        (void)judge_bytes(&j, setup, sizeof setup);
    data++;
    size--;
    while (size > 0) {
        struct judge_verdict v = judge_bytes(&j, data, size);
        if (v.kind == JUDGE_MORE || v.kind == JUDGE_VIOLATION)
            break;
        if (v.bytes == 0 || v.bytes > size)
            abort();
        data += v.bytes;
        size -= v.bytes;
    }
    return 0;
}
