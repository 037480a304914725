/* See wire.h. */
#include "tests/unit/lib/wire.h"
#include "lib/span.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
    struct cmsghdr align;
    uint8_t room[CMSG_SPACE(64 * sizeof(int))];
};

void wire_take(int fd, struct wire *w)
{
    union control control = {0};
    struct iovec part = {w->bytes, sizeof w->bytes};
    struct msghdr head = {.msg_iov = &part,
                          .msg_iovlen = 1,
                          .msg_control = &control,
                          .msg_controllen = sizeof control};
    ssize_t n = recvmsg(fd, &head, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    w->len = n < 0 ? 0 : (size_t)n;
    w->n_fds = 0;
    struct cmsghdr *c = CMSG_FIRSTHDR(&head);
    if (n >= 0 && c != NULL) {
        w->n_fds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(w->fds, CMSG_DATA(c), w->n_fds * sizeof(int));
    }
}

int wire_put(int fd, const struct wire *w)
{
    union control control = {0};
    struct iovec part = {(void *)(uintptr_t)w->bytes, w->len};
    struct msghdr head = {.msg_iov = &part, .msg_iovlen = 1};
    if (w->n_fds > 0) {
        head.msg_control = &control;
        head.msg_controllen = CMSG_SPACE(w->n_fds * sizeof(int));
        struct cmsghdr *c = CMSG_FIRSTHDR(&head);
        c->cmsg_len = CMSG_LEN(w->n_fds * sizeof(int));
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        memcpy(CMSG_DATA(c), w->fds, w->n_fds * sizeof(int));
    }
    return sendmsg(fd, &head, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

void wire_finish(struct wire *w)
{
    for (size_t i = 0; i < w->n_fds; i++)
        close(w->fds[i]);
    w->n_fds = 0;
}

int wire_open_fds(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = 0;
    while (d != NULL && readdir(d) != NULL)
        n++;
    if (d != NULL)
        closedir(d);
    return n;
}

int wire_memory(void)
{
    int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0 && (ftruncate(fd, 4096) != 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) != 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

struct span wire_span(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}
