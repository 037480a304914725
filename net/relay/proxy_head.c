/* PROXY protocol version 2, the part a relay takes. Run by vitrine-relay; the bytes come from a
 * balancer that is trusted to name addresses and nothing else. Pure. */
#include "net/relay/proxy_head.h"
#include <netinet/in.h>
#include <string.h>

static const uint8_t signature[12] = "\r\n\r\n\0\r\nQUIT\n";

enum { LOCAL = 0x20, PROXY = 0x21, TCP_V4 = 0x11, TCP_V6 = 0x21 };
enum { V4_LEN = 12, V6_LEN = 36 }; /* two addresses, two ports */

static size_t length_of(const uint8_t *bytes)
{
    return PROXY_HEAD_FIRST + ((size_t)bytes[14] << 8 | bytes[15]);
}

size_t proxy_head_need(const uint8_t *bytes, size_t have)
{
    size_t len;
    if (memcmp(bytes, signature, have < sizeof signature ? have : sizeof signature) != 0)
        return 0;
    if (have < PROXY_HEAD_FIRST)
        return PROXY_HEAD_FIRST;
    len = length_of(bytes);
    return len <= PROXY_HEAD_MAX ? len : 0;
}

static void name_v4(const uint8_t *addresses, struct sockaddr_storage *from)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    memcpy(&in.sin_addr, addresses, sizeof in.sin_addr);
    memset(from, 0, sizeof *from);
    memcpy(from, &in, sizeof in);
}

static void name_v6(const uint8_t *addresses, struct sockaddr_storage *from)
{
    struct sockaddr_in6 in = {.sin6_family = AF_INET6};
    memcpy(&in.sin6_addr, addresses, sizeof in.sin6_addr);
    memset(from, 0, sizeof *from);
    memcpy(from, &in, sizeof in);
}

bool proxy_head_read(const uint8_t *bytes, size_t len, struct sockaddr_storage *from)
{
    if (len < PROXY_HEAD_FIRST || proxy_head_need(bytes, len) != len)
        return false;
    if (bytes[12] == LOCAL)
        return true;
    if (bytes[12] != PROXY)
        return false;
    if (bytes[13] == TCP_V4 && len >= PROXY_HEAD_FIRST + V4_LEN)
        name_v4(bytes + PROXY_HEAD_FIRST, from);
    else if (bytes[13] == TCP_V6 && len >= PROXY_HEAD_FIRST + V6_LEN)
        name_v6(bytes + PROXY_HEAD_FIRST, from);
    else
        return false;
    return true;
}
