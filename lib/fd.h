/*
 * Descriptors that close themselves at the end of their scope, for functions that collect several
 * before they hand them over together.
 */
#ifndef LIB_FD_H
#define LIB_FD_H
#include <unistd.h>

static inline void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Gives the descriptor away: the variable no longer owns it. */
static inline int fd_steal(int *fd)
{
    int mine = *fd;
    *fd = -1;
    return mine;
}

#define FD_OWNED __attribute__((cleanup(fd_close))) int

#endif
