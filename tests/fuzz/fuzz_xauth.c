/* Entrance: the Xauthority file, and the display's name. */
#include "broker/xauth.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xauth_cookie c;
    struct xauth_display d;
    if (xauth_find(data, size, "here", "0", &c) &&
        (c.data_len == 0 || c.data_len > XAUTH_COOKIE_MAX || c.name_len > XAUTH_NAME_MAX))
        abort();
    char name[32] = "";
    memcpy(name, data, size < sizeof name - 1 ? size : sizeof name - 1);
    if (xauth_parse_display(name, &d) && strspn(d.number, "0123456789") != strlen(d.number))
        abort();
    return 0;
}
