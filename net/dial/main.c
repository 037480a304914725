/*
 * vitrine-dial: looks up one name, connects, hands the socket to the broker, exits. Distrusts name
 * servers; sees nothing of what the socket will carry.
 */
#include "ch_dial.h"
#include "lib/worker.h"
#include "net/dial/connect.h"
#include "policy/limits.h"
#include <errno.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum stage { STAGE_NAME = 0, STAGE_CONNECT = 1, STAGE_TIME = 2 };

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
    (void)msg_dialled_send(&d->control, &m);
    close(fd);
}

static int on_dial(void *ctx, struct msg_dial *m)
{
    struct dial *d = ctx;
    struct addrinfo *found = NULL;
    char host[MAX_HOST + 1] = "";
    int code, fd;
    memcpy(host, m->host.data, m->host.len);
    d->done = true;
    d->control.state = DIAL_STATE_DONE;
    code = look_up(host, m->port, &found);
    if (code != 0) {
        fail(d, STAGE_NAME, errno_of(code));
        return 0;
    }
    fd = connect_any(found, DIAL_MS);
    if (fd >= 0)
        pass_on(d, fd);
    else
        fail(d, errno == ETIMEDOUT ? STAGE_TIME : STAGE_CONNECT, errno);
    freeaddrinfo(found);
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
