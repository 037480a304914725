/* Reads /proc; see proc.h. Run by the broker; distrusts the names of processes. */
#include "broker/proc.h"
#include "lib/fd.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t proc_next(DIR *proc)
{
    errno = 0;
    for (struct dirent *e = readdir(proc); e != NULL; e = readdir(proc)) {
        pid_t pid = isdigit((unsigned char)e->d_name[0]) ? (pid_t)strtol(e->d_name, NULL, 10) : 0;
        if (pid > 0)
            return pid;
    }
    return 0;
}

ssize_t proc_read(pid_t pid, const char *file, char *out, size_t size)
{
    char path[40];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    FD_OWNED fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, out, size - 1);
    out[n > 0 ? n : 0] = '\0';
    return n;
}

bool proc_may_be_there(int error)
{
    return error != ENOENT && error != ESRCH && error != EACCES && error != EPERM;
}

uid_t proc_user(const char *status)
{
    const char *uid = strstr(status, "\nUid:");
    return uid == NULL ? (uid_t)-1 : (uid_t)strtoul(uid + 5, NULL, 10);
}

bool proc_is_ours(const char *status)
{
    return proc_user(status) == getuid();
}

bool proc_is_root(const char *status)
{
    return proc_user(status) == 0;
}

bool proc_is_dead(const char *status)
{
    const char *state = strstr(status, "\nState:\t");
    return state != NULL && (state[8] == 'Z' || state[8] == 'X');
}

/* Hidden as a broker is, and there until the other end is closed, by the parent's death at last. */
static _Noreturn void be_hidden(int ends[2])
{
    char byte = 0;
    fd_close(&ends[0]);
    if (prctl(PR_SET_DUMPABLE, 0) == 0 && write(ends[1], &byte, 1) == 1)
        (void)!read(ends[1], &byte, 1);
    _exit(0);
}

enum proc_view proc_view(void)
{
    char byte, name[32];
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return PROC_UNKNOWN;
    pid_t child = fork();
    if (child == 0)
        be_hidden(ends);
    fd_close(&ends[1]);
    bool there = child > 0 && read(ends[0], &byte, 1) == 1;
    bool shown = there && proc_read(child, "comm", name, sizeof name) > 0;
    fd_close(&ends[0]);
    if (child > 0)
        waitpid(child, NULL, 0);
    return shown ? PROC_SHOWN : there ? PROC_HIDDEN : PROC_UNKNOWN;
}
