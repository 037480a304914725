/* Entrance: what other programs say about the desktop's looks. */
#include "broker/desktop.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct desktop d = {0};
    desktop_take_xsettings(&d, data, size);
    desktop_take_resources(&d, (const char *)data, size);
    if ((d.dpi != 0 && (d.dpi < 48 || d.dpi > 960)) || d.theme > DESKTOP_CONTRAST)
        abort();
    return 0;
}
