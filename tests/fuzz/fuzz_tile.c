/* Entrance: a screen unit from the presenter. Input: units one after the other, each with a length
 * of two bytes. The picture has a block of its own of exactly its size, so that the sanitizer sees
 * what is written beside it. */
#include "lib/tile/decode.h"
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { AREA = 200 * 200 };

static bool fits(const struct tile_picture *p, const struct tile_head *h)
{
    return p->pixels != NULL && p->width == h->width && p->height == h->height;
}

/* One of that size: the one before, where it fits. */
static bool provide(struct tile_picture *p, const struct tile_head *h)
{
    if (!fits(p, h)) {
        free(p->pixels);
        *p = (struct tile_picture){.stride = h->width, .width = h->width, .height = h->height};
        p->pixels = calloc((size_t)h->width * h->height, sizeof *p->pixels);
    }
    p->depth = h->depth;
    return p->pixels != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tile_picture p = {0};
    struct tile_decoder *d = tile_decoder_create();
    while (d != NULL && size > 2) {
        size_t len = (size_t)data[0] << 8 | data[1];
        struct tile_head h;
        data += 2;
        size -= 2;
        if (len > size)
            len = size;
        if (tile_head_read(data, len, &h) && (size_t)h.width * h.height <= AREA &&
            provide(&p, &h) && tile_decode(d, data, len, &p, NULL, NULL) == TILE_BAD)
            break;
        data += len;
        size -= len;
    }
    tile_decoder_destroy(d);
    free(p.pixels);
    return 0;
}
