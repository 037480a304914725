/* Entrance: what a balancer says before a connection. */
#include "net/relay/proxy_head.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* However it is cut, what it needs never shrinks, never passes the bound, and a head that is read
 * has exactly that length. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sockaddr_storage from = {.ss_family = AF_UNSPEC};
    size_t need = PROXY_HEAD_FIRST;
    for (size_t have = 0; have <= size && need > 0; have++) {
        size_t now = proxy_head_need(data, have);
        if (now > PROXY_HEAD_MAX || (now != 0 && now < need))
            abort();
        need = now;
    }
    if (proxy_head_read(data, size, &from) &&
        (need != size ||
         (from.ss_family != AF_UNSPEC && from.ss_family != AF_INET && from.ss_family != AF_INET6)))
        abort();
    return 0;
}
