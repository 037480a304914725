/* Entrance: the head of a sealed unit, read by the relay and by net without any key. A header has
   one form only: written again in its shortest form it is the same bytes. */
#include "lib/relay_frame.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t put_number(uint8_t *out, uint8_t *bits, uint64_t v)
{
    size_t n = 0;
    if (v < 8) {
        *bits = (uint8_t)v;
        return 0;
    }
    for (uint64_t rest = v; rest != 0; rest >>= 8)
        n++;
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
    *bits = (uint8_t)(8 | (n - 1));
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct unit_peek u;
    uint8_t again[20] = {0x40}, kid_bits, ctr_bits;
    size_t len = 3;
    if (!frame_peek_unit((struct span){data, size}, &u))
        return 0;
    again[1] = u.key;
    len += put_number(again + len, &kid_bits,
                      (uint64_t)u.epoch << 24 | (uint64_t)u.mid << 8 | u.stream);
    len += put_number(again + len, &ctr_bits, u.ctr);
    again[2] = (uint8_t)(kid_bits << 4 | ctr_bits);
    if (len >= size || memcmp(again, data, len) != 0)
        abort();
    return 0;
}
