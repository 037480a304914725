/* Entrance: a screen unit from the presenter. Input: units one after the other, each with a length
 * of two bytes. */
#include "lib/tile/decode.h"
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { SIDE = 200 };
    static uint32_t pixels[SIDE * SIDE];
    struct tile_decoder *d = tile_decoder_create();
    while (d != NULL && size > 2) {
        size_t len = (size_t)data[0] << 8 | data[1];
        struct tile_head h;
        data += 2;
        size -= 2;
        if (len > size)
            len = size;
        if (tile_head_read(data, len, &h) && h.width <= SIDE && h.height <= SIDE) {
            struct tile_picture p = {pixels, h.width, h.width, h.height, h.depth};
            if (tile_decode(d, data, len, &p, NULL, NULL) == TILE_BAD)
                break;
        }
        data += len;
        size -= len;
    }
    tile_decoder_destroy(d);
    return 0;
}
