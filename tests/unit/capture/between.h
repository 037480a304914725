/*
 * A process between gate and server: carries both ways, and sees each request before the server
 * does.
 */
#ifndef TESTS_UNIT_CAPTURE_BETWEEN_H
#define TESTS_UNIT_CAPTURE_BETWEEN_H
#include "tests/unit/capture/desk.h"

struct between {
    void (*begin)(struct between *b); /* in the new process; NULL: nothing */
    /* calls between_request, or the server does not get it */
    void (*on_request)(struct between *b, const uint8_t *request, size_t len);
    int gate, server;
};

/* Answers with their descriptors, for `ms`. */
static void between_answers(struct between *b, int ms)
{
    struct pollfd p = {.fd = b->server, .events = POLLIN};
    uint64_t end = loop_now_ms() + (uint64_t)ms, now;
    while ((now = loop_now_ms()) < end && poll(&p, 1, (int)(end - now)) > 0) {
        uint8_t bytes[65536], control[CMSG_SPACE(8 * sizeof(int))];
        struct iovec part = {bytes, sizeof bytes};
        struct msghdr m = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof control};
        ssize_t n = recvmsg(b->server, &m, 0);
        if (n <= 0)
            _exit(0);
        part.iov_len = (size_t)n;
        if (sendmsg(b->gate, &m, MSG_NOSIGNAL) != n)
            _exit(0);
    }
}

static void between_request(struct between *b, const uint8_t *req, size_t len)
{
    if (send(b->server, req, len, MSG_NOSIGNAL) != (ssize_t)len)
        _exit(0);
}

static size_t between_whole(const uint8_t *at, size_t have, bool setup)
{
    uint16_t words[4] = {0};
    if (have < (setup ? 12 : 4))
        return 0;
    memcpy(words, at + (setup ? 6 : 2), setup ? 4 : 2);
    size_t n = setup ? 12 + ((words[0] + 3u) & ~3u) + ((words[1] + 3u) & ~3u) : words[0] * 4u;
    return n <= have ? n : 0;
}

_Noreturn static void between_carry(struct between *b)
{
    static uint8_t held[1 << 17];
    size_t have = 0, n;
    bool setup = true;
    for (;;) {
        struct pollfd p = {.fd = b->gate, .events = POLLIN};
        between_answers(b, 1);
        if (poll(&p, 1, 1) <= 0)
            continue;
        ssize_t got = recv(b->gate, held + have, sizeof held - have, 0);
        if (got <= 0)
            _exit(0);
        have += (size_t)got;
        for (; (n = between_whole(held, have, setup)) > 0; have -= n, setup = false) {
            b->on_request(b, held, n);
            memmove(held, held + n, have - n);
        }
    }
}

/* Returns the end for the gate. */
static int between_start(struct between *b, struct desk *d, pid_t *pid)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    *pid = fork();
    if (*pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ends[0]);
        b->gate = ends[1];
        b->server = desk_socket(d);
        if (b->begin != NULL)
            b->begin(b);
        between_carry(b);
    }
    close(ends[1]);
    return ends[0];
}

#endif
