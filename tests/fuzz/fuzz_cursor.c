/* Entrance: a cursor unit from the presenter. */
#include "lib/tile/cursor.h"
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tile_cursor c;
    (void)tile_cursor_decode(data, size, &c);
    return 0;
}
