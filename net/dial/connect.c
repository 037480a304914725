/* Connecting, one address after the other. Run by vitrine-dial; the addresses come from name
 * servers. */
#include "net/dial/connect.h"
#include "lib/loop.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

struct race {
    struct pollfd runners[CONNECT_ADDRESSES];
    nfds_t n;
    int error; /* of the last failure */
};

static void start(struct race *r, const struct addrinfo *a)
{
    int on = 1;
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fd < 0) {
        r->error = errno;
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, a->ai_addr, a->ai_addrlen) != 0 && errno != EINPROGRESS) {
        r->error = errno;
        close(fd);
        return;
    }
    r->runners[r->n++] = (struct pollfd){.fd = fd, .events = POLLOUT};
}

static void drop(struct race *r, nfds_t i)
{
    close(r->runners[i].fd);
    r->runners[i] = r->runners[--r->n];
}

static int error_of(int fd)
{
    int error = 0;
    socklen_t len = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 ? error : errno;
}

/* The first that has connected, -1: none yet. Removes those that have failed. */
static int first_home(struct race *r)
{
    for (nfds_t i = 0; i < r->n;) {
        int fd = r->runners[i].fd, error;
        if (r->runners[i].revents == 0) {
            i++;
            continue;
        }
        error = error_of(fd);
        if (error == 0) {
            r->runners[i] = r->runners[--r->n];
            return fd;
        }
        r->error = error;
        drop(r, i);
    }
    return -1;
}

static int wait_time(uint64_t until_ms, bool more)
{
    uint64_t now = loop_now_ms();
    uint64_t left = until_ms > now ? until_ms - now : 0;
    return (int)(more && left > CONNECT_STAGGER_MS ? CONNECT_STAGGER_MS : left);
}

static int run(struct race *r, const struct addrinfo *next, uint64_t until_ms)
{
    int started = 0, fd = -1;
    while (fd < 0 && (r->n > 0 || next != NULL)) {
        if (loop_now_ms() >= until_ms) {
            r->error = ETIMEDOUT;
            break;
        }
        if (next != NULL) {
            start(r, next);
            next = ++started < CONNECT_ADDRESSES ? next->ai_next : NULL;
        }
        if (r->n > 0 && poll(r->runners, r->n, wait_time(until_ms, next != NULL)) > 0)
            fd = first_home(r);
    }
    return fd;
}

int connect_any(const struct addrinfo *addresses, uint64_t timeout_ms)
{
    struct race r = {.error = EHOSTUNREACH};
    int fd = run(&r, addresses, loop_now_ms() + timeout_ms);
    while (r.n > 0)
        drop(&r, r.n - 1);
    errno = r.error;
    return fd;
}
