/*
 * Binds and listens, dual stack. Runs in the launcher; the address comes from the user's command
 * line.
 */
#include "broker/listen.h"
#include "lib/fd.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024
#define PORT_TRIES 16 /* free for IPv6 may be taken for IPv4 */

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t address_len(const union address *a)
{
    return a->any.sa_family == AF_INET6 ? sizeof a->v6 : sizeof a->v4;
}

static int open_listener(union address *a, uint16_t port)
{
    const int on = 1;
    FD_OWNED fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        return -1;
    if (a->any.sa_family == AF_INET6) {
        a->v6.sin6_port = htons(port);
        if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0)
            return -1;
    } else {
        a->v4.sin_port = htons(port);
    }
    if (bind(fd, &a->any, address_len(a)) != 0 || listen(fd, BACKLOG) != 0)
        return -1;
    return fd_steal(&fd);
}

static uint16_t port_of(int fd)
{
    union address a = {0};
    socklen_t len = sizeof a;
    if (getsockname(fd, &a.any, &len) != 0)
        return 0;
    return ntohs(a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
}

static int listen_one(union address *a, uint16_t port, struct listening *out)
{
    int fd = open_listener(a, port);
    if (fd < 0)
        return -1;
    out->fds[out->n++] = fd;
    out->port = port_of(fd);
    return 0;
}

/* A machine without IPv6 (or without IPv4) still listens on what it has. */
static bool family_is_missing(int error)
{
    return error == EAFNOSUPPORT || error == EADDRNOTAVAIL || error == EPROTONOSUPPORT;
}

static int listen_both(union address pair[2], uint16_t port, struct listening *out)
{
    for (int i = 0; i < 2; i++) {
        if (listen_one(&pair[i], out->n > 0 ? out->port : port, out) == 0 ||
            family_is_missing(errno))
            continue;
        int saved = errno;
        listen_finish(out);
        errno = saved;
        return -1;
    }
    return out->n > 0 ? 0 : -1;
}

static void name_both(bool local, union address pair[2])
{
    memset(pair, 0, 2 * sizeof *pair);
    pair[0].v6.sin6_family = AF_INET6;
    pair[0].v6.sin6_addr = local ? in6addr_loopback : in6addr_any;
    pair[1].v4.sin_family = AF_INET;
    pair[1].v4.sin_addr.s_addr = htonl(local ? INADDR_LOOPBACK : INADDR_ANY);
}

static bool parse(const char *text, union address *a)
{
    memset(a, 0, sizeof *a);
    a->any.sa_family = AF_INET;
    if (inet_pton(AF_INET, text, &a->v4.sin_addr) == 1)
        return true;
    a->any.sa_family = AF_INET6;
    return inet_pton(AF_INET6, text, &a->v6.sin6_addr) == 1;
}

int listen_on(const char *address, uint16_t port, struct listening *out)
{
    *out = (struct listening){.fds = {-1, -1}};
    bool local = strcmp(address, "localhost") == 0;
    union address pair[2];
    if (!local && *address != '\0') {
        if (parse(address, &pair[0]))
            return listen_one(&pair[0], port, out);
        errno = EINVAL;
        return -1;
    }
    int result = -1;
    for (int i = 0; i < PORT_TRIES && result != 0; i++) {
        name_both(local, pair);
        result = listen_both(pair, port, out);
        if (port != 0 || errno != EADDRINUSE)
            break;
    }
    return result;
}

void listen_finish(struct listening *l)
{
    for (unsigned i = 0; i < l->n; i++)
        fd_close(&l->fds[i]);
    l->n = 0;
}

/* A connected datagram socket has chosen its own address; the documentation prefixes (RFC 5737, RFC
   3849) stand for "somewhere else". */
static bool route_of(union address to, union address *own)
{
    FD_OWNED fd = socket(to.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t len = sizeof *own;
    return fd >= 0 && connect(fd, &to.any, address_len(&to)) == 0 &&
           getsockname(fd, &own->any, &len) == 0;
}

void listen_route(char out[LISTEN_ROUTE])
{
    static const char *const elsewhere[] = {"192.0.2.1", "2001:db8::1"};
    union address to, own = {0};
    memcpy(out, "127.0.0.1", sizeof "127.0.0.1");
    for (int i = 0; i < 2; i++) {
        parse(elsewhere[i], &to);
        to.v4.sin_port = htons(9); /* discard; the same place in both families */
        if (!route_of(to, &own))
            continue;
        const void *bytes = own.any.sa_family == AF_INET6 ? (const void *)&own.v6.sin6_addr
                                                          : (const void *)&own.v4.sin_addr;
        if (inet_ntop(own.any.sa_family, bytes, out, LISTEN_ROUTE))
            return;
    }
}
