/* Entrance: DBUS_SESSION_BUS_ADDRESS. */
#include "broker/bus_address.h"
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sockaddr_un at;
    socklen_t len = 0;
    char *text = malloc(size + 1);
    if (!text)
        abort();
    memcpy(text, data, size);
    text[size] = '\0';
    if (bus_address_parse(text, &at, &len) &&
        (len > sizeof at || len < offsetof(struct sockaddr_un, sun_path) + 2 ||
         (at.sun_path[0] != '/' && at.sun_path[0] != '\0')))
        abort();
    free(text);
    return 0;
}
