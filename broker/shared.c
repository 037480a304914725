/*
 * Memory files that painters draw into and the X server copies from; runs in the broker. Distrusts
 * painters: the files are sealed and never mapped here.
 */
#include "broker/shared.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define SHARED_ROW 64 /* rows begin at a cache line */

static int sealed_memory(size_t size)
{
    int fd = memfd_create("vitrine-window", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    if (ftruncate(fd, (off_t)size) == 0 &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

bool shared_create(struct shared *s, struct display *d, uint32_t width, uint32_t height)
{
    *s = (struct shared){.fd = -1, .width = width, .height = height};
    s->stride = (width * 4 + SHARED_ROW - 1) / SHARED_ROW * SHARED_ROW;
    if (width == 0 || height == 0 || width > 16384 || height > 16384) {
        errno = EINVAL;
        return false;
    }
    s->fd = sealed_memory((size_t)s->stride * height);
    int for_server = s->fd < 0 ? -1 : fcntl(s->fd, F_DUPFD_CLOEXEC, 0);
    if (for_server < 0) {
        int error = errno;
        shared_destroy(s, d);
        errno = error;
        return false;
    }
    s->segment = xcb_generate_id(d->x);
    xcb_shm_attach_fd(d->x, s->segment, for_server, 1); /* xcb closes it */
    return true;
}

void shared_destroy(struct shared *s, struct display *d)
{
    if (s->segment && d->x && !d->lost)
        xcb_shm_detach(d->x, s->segment);
    if (s->fd >= 0)
        close(s->fd);
    *s = (struct shared){.fd = -1};
}
