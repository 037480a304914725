/*
 * Message channels: receive, check, dispatch; send or queue. Every process links it; it distrusts
 * every datagram and every descriptor it receives.
 */
#include "lib/chan.h"
#include "lib/loop.h"
#include "lib/msg.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct chan_queued {
    struct chan_queued *next;
    int fds[MAX_FDS]; /* duplicates, ours */
    size_t n_fds, len;
    uint8_t bytes[];
};

union fd_control {
    struct cmsghdr align;
    uint8_t room[CMSG_SPACE(MAX_FDS * sizeof(int))];
};

struct datagram {
    size_t len;
    bool whole; /* neither bytes nor descriptors were cut off */
    int fds[MAX_FDS];
    size_t n_fds;
};

/* The datagram being handled. One is enough for a process, and handlers may not receive: see
 * chan.h. */
static uint8_t receive_buffer[MAX_DATAGRAM];
static bool receiving;

static void close_all(const int *fds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* Takes over every descriptor the kernel has installed, whatever else is wrong. */
static void collect_descriptors(struct msghdr *head, struct datagram *d)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c != NULL; c = CMSG_NXTHDR(head, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) {
            d->whole = false;
            continue;
        }
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (d->n_fds < MAX_FDS)
                d->fds[d->n_fds++] = fd;
            else
                d->whole = false, close(fd);
        }
    }
}

/* 1: a datagram; 0: the other end closed; -1 with errno (EAGAIN: nothing there; others: it was
 * reset). */
static int receive_datagram(int fd, struct datagram *d)
{
    union fd_control control;
    struct iovec part = {receive_buffer, sizeof receive_buffer};
    struct msghdr head = {.msg_iov = &part,
                          .msg_iovlen = 1,
                          .msg_control = &control,
                          .msg_controllen = sizeof control.room};
    ssize_t n;
    bool reset = false; /* it left something unread: said once, before what it wrote itself */
    do {
        n = recvmsg(fd, &head, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    } while (n < 0 && (errno == EINTR || (errno == ECONNRESET && !reset && (reset = true))));
    if (n < 0)
        return -1;
    *d = (struct datagram){.len = (size_t)n, .whole = !(head.msg_flags & (MSG_TRUNC | MSG_CTRUNC))};
    collect_descriptors(&head, d);
    if (n > 0)
        return 1;
    /* An empty datagram looks like the end, and nobody of ours sends one. */
    close_all(d->fds, d->n_fds);
    return 0;
}

static const struct chan_row *find_row(const struct chan_side *side, uint16_t type)
{
    for (size_t i = 0; i < side->n_rows; i++)
        if (side->rows[i].type == type)
            return &side->rows[i];
    return NULL;
}

static const char *taken_word(enum msg_taken t)
{
    switch (t) {
    case MSG_TAKEN:
        return NULL;
    case MSG_MALFORMED:
        return "malformed";
    case MSG_DESCRIPTORS:
        return "descriptors";
    case MSG_REFUSED:
        return "refused";
    case MSG_UNHANDLED:
        return "unhandled";
    }
    return "malformed";
}

/* Checks everything, then acts. NULL, or why this message ends its sender. */
static const char *dispatch(struct chan *c, struct datagram *d, uint16_t *type)
{
    if (!d->whole || d->len < 2)
        return "malformed";
    *type = (uint16_t)(receive_buffer[0] << 8 | receive_buffer[1]);
    const struct chan_row *row = find_row(c->side, *type);
    if (row == NULL)
        return "unknown";
    if (c->state >= 32 || !(row->states >> c->state & 1))
        return "state";
    struct msg_reader r = {
        .at = receive_buffer + 2, .end = receive_buffer + d->len, .fds = d->fds, .n_fds = d->n_fds};
    enum msg_taken taken = row->take(c, &r);
    d->n_fds = r.n_fds; /* 0 once the message owned them */
    if (row->secret)
        explicit_bzero(receive_buffer, d->len);
    return taken_word(taken);
}

/* CHAN_OK with *handled false: nothing was waiting. */
static enum chan_result receive_one(struct chan *c, bool *handled)
{
    struct datagram d;
    *handled = false;
    int got = receive_datagram(c->fd, &d);
    c->empty = got < 0 && errno == EAGAIN;
    if (got < 0)
        return c->empty && !c->lost ? CHAN_OK : CHAN_ENDED;
    if (got == 0)
        return CHAN_ENDED;
    uint16_t type = 0;
    receiving = true;
    const char *why = dispatch(c, &d, &type);
    receiving = false;
    *handled = true;
    if (why == NULL)
        return CHAN_OK;
    close_all(d.fds, d.n_fds);
    explicit_bzero(receive_buffer, d.len); /* what it was is unknown: it might have been a secret */
    c->bad_type = type;
    c->bad_why = why;
    return CHAN_BAD;
}

enum chan_result chan_receive(struct chan *c, unsigned most)
{
    assert(!receiving);
    for (unsigned i = 0; i < most && c->fd >= 0; i++) {
        bool handled;
        enum chan_result result = receive_one(c, &handled);
        if (result != CHAN_OK || !handled)
            return result;
    }
    return CHAN_OK;
}

enum chan_result chan_receive_wait(struct chan *c)
{
    assert(!receiving);
    for (;;) {
        struct pollfd p = {.fd = c->fd, .events = POLLIN};
        if (c->fd < 0 || (poll(&p, 1, -1) < 0 && errno != EINTR))
            return CHAN_ENDED;
        bool handled = false;
        enum chan_result result = receive_one(c, &handled);
        if (result != CHAN_OK || handled)
            return result;
    }
}

bool chan_is_shortage(int error)
{
    return error == ENOBUFS || error == ENOMEM || error == ETOOMANYREFS;
}

static int send_datagram(int fd, const uint8_t *bytes, size_t len, const int *fds, size_t n_fds)
{
    union fd_control control = {0};
    struct iovec part = {(void *)(uintptr_t)bytes, len};
    struct msghdr head = {.msg_iov = &part, .msg_iovlen = 1};
    if (n_fds > 0) {
        head.msg_control = &control;
        head.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
        struct cmsghdr *c = CMSG_FIRSTHDR(&head);
        *c = (struct cmsghdr){.cmsg_len = CMSG_LEN(n_fds * sizeof(int)),
                              .cmsg_level = SOL_SOCKET,
                              .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
    }
    ssize_t n;
    do
        n = sendmsg(fd, &head, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -1 : 0;
}

/* The kernel has no memory for it at this moment, which happens to large ones first, or more
   descriptors of this user are under way than this process may have open (unix(7)), whoever's they
   are: it waits, as behind a full socket. */
static int send_now(struct chan *c, const uint8_t *bytes, size_t len, const int *fds, size_t n_fds)
{
    int result = send_datagram(c->fd, bytes, len, fds, n_fds);
    c->starved = result != 0 && chan_is_shortage(errno);
    if (c->starved)
        errno = EAGAIN;
    c->lost = c->lost || (result != 0 && errno != EAGAIN);
    return result;
}

static void queued_destroy(struct chan_queued *q)
{
    close_all(q->fds, q->n_fds);
    explicit_bzero(q->bytes, q->len); /* it may hold a secret */
    free(q);
}

static int duplicate_all(struct chan_queued *q, const int *fds, size_t n_fds)
{
    for (size_t i = 0; i < n_fds; i++) {
        int copy = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
        if (copy < 0)
            return -1;
        q->fds[q->n_fds++] = copy;
    }
    return 0;
}

static int enqueue(struct chan *c, const uint8_t *bytes, size_t len, const int *fds, size_t n_fds)
{
    if (c->queued > c->queue_limit || len > c->queue_limit - c->queued) {
        errno = EAGAIN;
        return -1;
    }
    struct chan_queued *q = calloc(1, sizeof *q + len);
    if (q == NULL)
        return -1;
    q->len = len;
    memcpy(q->bytes, bytes, len);
    if (duplicate_all(q, fds, n_fds) != 0) {
        int saved = errno;
        queued_destroy(q);
        errno = saved;
        return -1;
    }
    if (c->last != NULL)
        c->last->next = q;
    else
        c->first = q;
    c->last = q;
    c->queued += len;
    return 0;
}

int chan_send_raw(struct chan *c, const uint8_t *bytes, size_t len, const int *fds, size_t n_fds)
{
    if (c->fd < 0 || c->lost) {
        errno = EPIPE;
        return -1;
    }
    if (len > MAX_DATAGRAM || n_fds > MAX_FDS) {
        errno = EMSGSIZE;
        return -1;
    }
    if (c->first == NULL) {
        if (send_now(c, bytes, len, fds, n_fds) == 0)
            return 0;
        if (errno != EAGAIN || c->queue_limit == 0)
            return -1;
    }
    return enqueue(c, bytes, len, fds, n_fds);
}

int chan_flush(struct chan *c)
{
    if (c->lost) {
        errno = EPIPE;
        return -1;
    }
    while (c->first != NULL) {
        struct chan_queued *q = c->first;
        if (send_now(c, q->bytes, q->len, q->fds, q->n_fds) != 0)
            return -1;
        c->first = q->next;
        if (c->first == NULL)
            c->last = NULL;
        c->queued -= q->len;
        queued_destroy(q);
    }
    return 0;
}

short chan_room_events(const struct chan *c)
{
    return c->starved ? LOOP_SOON : POLLOUT;
}

bool chan_try_again(const struct chan *c, int sent, uint64_t until_ms)
{
    uint64_t now = loop_now_ms();
    if (sent == 0 || errno != EAGAIN || now >= until_ms)
        return false;
    struct pollfd p = {.fd = c->starved ? -1 : c->fd, .events = POLLOUT};
    (void)poll(&p, 1, c->starved ? LOOP_SOON_MS : (int)(until_ms - now));
    return true;
}

short chan_events(const struct chan *c)
{
    if (c->lost)
        return POLLIN | LOOP_SOON;
    return (short)(c->first != NULL ? POLLIN | chan_room_events(c) : POLLIN);
}

void chan_finish(struct chan *c)
{
    while (c->first != NULL) {
        struct chan_queued *q = c->first;
        c->first = q->next;
        queued_destroy(q);
    }
    c->last = NULL;
    c->queued = 0;
    /* A zeroed one has no side yet, and its 0 is not a descriptor of ours. */
    if (c->side != NULL && c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    c->side = NULL;
}

int chan_pair(int ends[2])
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        return -1;
    /* More room than the default saves wake-ups for pictures; the kernel caps it, which is no
     * failure. */
    int size = 4 * MAX_DATAGRAM;
    for (int i = 0; i < 2; i++)
        (void)setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    return 0;
}
