/* Reads /proc; see proc.h. Run by the broker; distrusts the names of processes. */
#include "broker/proc.h"
#include "lib/fd.h"
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

pid_t proc_next(DIR *proc)
{
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

static bool is_of(const char *status, uid_t user)
{
    const char *uid = strstr(status, "\nUid:");
    return uid != NULL && (uid_t)strtoul(uid + 5, NULL, 10) == user;
}

bool proc_is_ours(const char *status)
{
    return is_of(status, getuid());
}

bool proc_is_root(const char *status)
{
    return is_of(status, 0);
}
