/*
 * Moves bytes and descriptors from one socket to the other, for vitrine-gate. A chunk with
 * descriptors is passed on before the next is read: so they stay with the bytes they came with.
 */
#include "broker/gate/flow.h"
#include "lib/chan.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void flow_init(struct flow *f, int from, int to)
{
    f->from = from;
    f->to = to;
    f->start = f->len = f->n_fds = 0;
    f->starved = false;
}

static void close_fds(struct flow *f)
{
    for (size_t i = 0; i < f->n_fds; i++)
        close(f->fds[i]);
    f->n_fds = 0;
}

void flow_finish(struct flow *f)
{
    close_fds(f);
    explicit_bzero(f, sizeof *f);
}

static void pull_together(struct flow *f)
{
    if (f->start == 0)
        return;
    memmove(f->bytes, f->bytes + f->start, f->len);
    f->start = 0;
}

/* Takes the descriptors of a message; too many are closed and the flow is over. */
static bool take_fds(struct flow *f, struct msghdr *m)
{
    bool fits = (m->msg_flags & MSG_CTRUNC) == 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (f->n_fds == FLOW_FDS) {
                close(fd);
                fits = false;
            } else {
                f->fds[f->n_fds++] = fd;
            }
        }
    }
    return fits;
}

enum flow_result flow_read(struct flow *f)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(FLOW_FDS * sizeof(int))];
    } control;
    pull_together(f);
    struct iovec iov = {f->bytes + f->len, sizeof f->bytes - f->len};
    struct msghdr m = {.msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = control.bytes,
                       .msg_controllen = sizeof control.bytes};
    if (iov.iov_len == 0)
        return FLOW_FULL;
    ssize_t n = recvmsg(f->from, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? FLOW_FULL : FLOW_OVER;
    if (!take_fds(f, &m) || n == 0)
        return FLOW_OVER;
    f->len += (size_t)n;
    return FLOW_OK;
}

static void attach_fds(const struct flow *f, struct msghdr *m, void *space)
{
    if (f->n_fds == 0)
        return;
    m->msg_control = space;
    m->msg_controllen = CMSG_SPACE(f->n_fds * sizeof(int));
    struct cmsghdr *c = CMSG_FIRSTHDR(m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(f->n_fds * sizeof(int));
    memcpy(CMSG_DATA(c), f->fds, f->n_fds * sizeof(int));
}

enum flow_result flow_write(struct flow *f, size_t n, size_t *left)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(FLOW_FDS * sizeof(int))];
    } control = {0};
    struct iovec iov = {f->bytes + f->start, n};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
    *left = n;
    if (n == 0)
        return FLOW_OK;
    attach_fds(f, &m, control.bytes);
    ssize_t sent = sendmsg(f->to, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
    f->starved = sent < 0 && chan_is_shortage(errno);
    if (sent < 0)
        return f->starved || errno == EAGAIN || errno == EINTR ? FLOW_FULL : FLOW_OVER;
    close_fds(f);
    f->start += (size_t)sent;
    f->len -= (size_t)sent;
    *left = n - (size_t)sent;
    return *left == 0 ? FLOW_OK : FLOW_FULL;
}

bool flow_replace(struct flow *f, size_t cut, const uint8_t *bytes, size_t put)
{
    pull_together(f);
    if (cut > f->len || f->len - cut + put > sizeof f->bytes)
        return false;
    memmove(f->bytes + put, f->bytes + cut, f->len - cut);
    memcpy(f->bytes, bytes, put);
    f->len = f->len - cut + put;
    return true;
}
