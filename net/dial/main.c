/*
 * vitrine-dial: looks up one name, connects, through an HTTP proxy where it is told one, hands the
 * socket to the broker, exits. Distrusts name servers and the proxy; sees nothing of what the
 * socket will carry.
 */
#include "ch_dial.h"
#include "lib/loop.h"
#include "lib/worker.h"
#include "net/dial/connect.h"
#include "net/dial/proxy.h"
#include "policy/limits.h"
#include <errno.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum stage { STAGE_NAME = 0, STAGE_CONNECT = 1, STAGE_TIME = 2, STAGE_PROXY = 3 };

#define NAME_S 2 /* a name server that does not answer is asked twice, this long each */

struct dial {
    struct chan control;
    bool done;
};

static void fail(struct dial *d, enum stage stage, int error)
{
    struct msg_dial_failed m = {.stage = (uint8_t)stage, .error = (uint32_t)error};
    (void)msg_dial_failed_send(&d->control, &m);
}

/* getaddrinfo's codes are negative; what the broker shows is an errno. */
static int errno_of(int code)
{
    switch (code) {
    case EAI_SYSTEM:
        return errno;
    case EAI_AGAIN:
        return EAGAIN; /* no name server answered */
    case EAI_MEMORY:
        return ENOMEM;
    default:
        return ENOENT; /* no such name */
    }
}

static int look_up(const char *host, uint16_t port, struct addrinfo **out)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    if (res_init() == 0) {
        _res.retrans = NAME_S;
        _res.retry = 2;
    }
    return getaddrinfo(host, service, &hints, out);
}

static void pass_on(struct dial *d, int fd)
{
    struct msg_dialled m = {.relay = fd};
    uint64_t until = loop_now_ms() + PASS_MS;
    int sent;
    do
        sent = msg_dialled_send(&d->control, &m);
    while (chan_try_again(&d->control, sent, until));
    if (sent != 0)
        fail(d, STAGE_CONNECT, d->control.starved ? ETOOMANYREFS : errno);
    close(fd);
}

/* -1: the broker has been told why. */
static int reach(struct dial *d, const char *host, uint16_t port)
{
    struct addrinfo *found = NULL;
    int code = look_up(host, port, &found), fd;
    if (code != 0) {
        fail(d, STAGE_NAME, errno_of(code));
        return -1;
    }
    fd = connect_any(found, DIAL_MS);
    if (fd < 0)
        fail(d, errno == ETIMEDOUT ? STAGE_TIME : STAGE_CONNECT, errno);
    freeaddrinfo(found);
    return fd;
}

static void copy(char *out, struct span s)
{
    memcpy(out, s.data, s.len);
    out[s.len] = '\0';
}

/* The proxy looks up the relay's name; this computer need not be able to. */
static int reach_through(struct dial *d, const struct msg_dial *m, const char *host)
{
    char proxy[MAX_HOST + 1], user[MAX_PROXY_TEXT + 1], password[MAX_PROXY_TEXT + 1];
    const struct proxy_target target = {
        .host = host, .port = m->port, .user = user, .password = password};
    copy(proxy, m->proxy);
    copy(user, m->user);
    copy(password, m->password);
    int fd = reach(d, proxy, m->proxy_port), status = 0;
    if (fd >= 0)
        status = proxy_connect(fd, &target, DIAL_MS);
    explicit_bzero(user, sizeof user);
    explicit_bzero(password, sizeof password);
    if (fd < 0 || (status >= 200 && status < 300))
        return fd;
    fail(d, status < 0 && errno == ETIMEDOUT ? STAGE_TIME : STAGE_PROXY, status < 0 ? 0 : status);
    close(fd);
    return -1;
}

static int on_dial(void *ctx, struct msg_dial *m)
{
    struct dial *d = ctx;
    char host[MAX_HOST + 1];
    copy(host, m->host);
    d->done = true;
    d->control.state = DIAL_STATE_DONE;
    int fd = m->proxy.len ? reach_through(d, m, host) : reach(d, host, m->port);
    if (fd >= 0)
        pass_on(d, fd);
    return 0;
}

static const struct dial_at_dial handlers = {on_dial};

int main(void)
{
    static struct dial d;
    worker_begin(WORKER_DIAL);
    dial_init_dial(&d.control, WORKER_CONTROL_FD, &handlers, &d);
    worker_confine(WORKER_DIAL, &policy_dial, &d.control);
    while (!d.done)
        if (chan_receive_wait(&d.control) != CHAN_OK)
            return 1;
    chan_finish(&d.control);
    return 0;
}
