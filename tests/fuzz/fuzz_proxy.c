/* Entrance: a proxy's answer to CONNECT. */
#include "net/dial/proxy.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* However it is cut, the first verdict that is one stays. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int first = -1;
    for (size_t n = 0; n <= size && n <= PROXY_ANSWER_MAX; n++) {
        int now = proxy_status(data, n);
        if (now < -1 || (now > 0 && now < 100) || now > 999)
            abort();
        if (first != -1 && now != first)
            abort();
        first = now;
    }
    return 0;
}
