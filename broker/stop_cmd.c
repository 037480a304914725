/* `vitrine stop`: see stop_cmd.h. Reads /proc; a process that only calls itself vitrine may get the
   signal too, which it would have to be one of this user's for. */
#include "broker/stop_cmd.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_named_vitrine(int proc, const char *pid)
{
    char path[300], name[32] = {0};
    snprintf(path, sizeof path, "%s/comm", pid);
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, name, sizeof name - 1);
    close(fd);
    return n > 0 && strcmp(name, "vitrine\n") == 0;
}

/* The real user, from the status file: a process that cannot be looked into belongs to root in
 * /proc. */
static bool is_mine(int proc, const char *pid)
{
    char path[300], text[1024] = {0};
    snprintf(path, sizeof path, "%s/status", pid);
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    const char *line = n > 0 ? strstr(text, "\nUid:") : NULL;
    return line && strtoul(line + 5, NULL, 10) == getuid();
}

int stop_cmd(const struct options *o)
{
    (void)o;
    DIR *dir = opendir("/proc");
    const struct dirent *e;
    unsigned told = 0;
    while (dir && (e = readdir(dir))) {
        long pid = strtol(e->d_name, NULL, 10);
        if (pid <= 1 || pid == getpid() || !is_named_vitrine(dirfd(dir), e->d_name) ||
            !is_mine(dirfd(dir), e->d_name))
            continue;
        told += kill((pid_t)pid, SIGUSR1) == 0;
    }
    if (dir)
        closedir(dir);
    if (told)
        printf("sharing and control stopped in %u running vitrine\n", told);
    else
        printf("no vitrine is running\n");
    return 0;
}
