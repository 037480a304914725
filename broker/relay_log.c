/* See relay_log.h. Run by the parent of a relay; what it writes was made by lib/json.h. */
#include "broker/relay_log.h"
#include "lib/fd.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Not blocking, so that a pipe of that name does not hold the start up; and only then known for
   what it is. */
static int open_plain(const char *path)
{
    struct stat st;
    int fd = open(
        path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0640);
    if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
        fd_close(&fd);
        errno = EBADF;
    }
    return fd;
}

int relay_log_open(struct relay_log *log)
{
    if (!log->path)
        return 0;
    int fd = open_plain(log->path);
    if (fd < 0) {
        fprintf(stderr, "vitrine: the log %s cannot be opened: %s\n", log->path,
                errno == EBADF ? "it is no plain file" : strerror(errno));
        return -1;
    }
    fd_close(&log->fd);
    log->fd = fd;
    return 0;
}

void relay_log_write(const struct relay_log *log, const char *line)
{
    size_t len = strlen(line);
    if (log->fd < 0 || write(log->fd, line, len) != (ssize_t)len)
        fputs(line, stderr);
}

void relay_log_close(struct relay_log *log)
{
    fd_close(&log->fd);
}
