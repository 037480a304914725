/* Entrance: the configuration of a relay. */
#include "broker/relay_conf.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct relay_conf c;
    char error[KEYFILE_ERROR];
    memset(error, 'x', sizeof error);
    relay_conf_init(&c);
    bool good = relay_conf_parse(&c, "relay.conf", (const char *)data, size, error);
    if (c.low < 10 || c.low > c.high || c.high > 99 || c.n_proxies > RELAY_PROXIES ||
        !memchr(c.create_key, '\0', sizeof c.create_key))
        abort();
    if (!good && !memchr(error, '\0', sizeof error))
        abort();
    return 0;
}
