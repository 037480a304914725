/* Entrance: bytes of a TLS stream as vitrine-relay (first byte even) or vitrine-net (odd) cuts them
 * into frames. */
#include "lib/relay_frame.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What decodes and is encodable comes out the same: nothing is half understood. */
static void check_again(const struct frame *f, const uint8_t *bytes, size_t len)
{
    uint8_t again[FRAME_HEAD + FRAME_SMALL_MAX];
    if (f->type == FRAME_MSG || f->type == FRAME_UNIT)
        return;
    if (frame_encode(f, again) != len || memcmp(again, bytes, len) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum frame_from from;
    if (size == 0)
        return 0;
    from = data[0] & 1 ? FRAME_FROM_RELAY : FRAME_FROM_CLIENT;
    data++;
    size--;
    for (;;) {
        struct frame f;
        struct unit_peek unit;
        size_t need = frame_need(data, size < FRAME_HEAD ? size : FRAME_HEAD, from);
        if (need > FRAME_HEAD + FRAME_UNIT_MAX)
            abort();
        if (need == 0 || need > size || size < FRAME_HEAD)
            return 0;
        if (frame_decode(data, need, from, &f) == FRAME_GOOD) {
            check_again(&f, data, need);
            if (f.type == FRAME_UNIT && frame_peek_unit(f.u.unit.sealed, &unit) && unit.mid == 0)
                abort();
        }
        data += need;
        size -= need;
    }
}
