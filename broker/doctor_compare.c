/*
 * Compares a running worker with its row in policy/processes.h: descriptors, namespaces, limits.
 * What Linux lets only root see of a process that is not dumpable (descriptors and namespaces) is
 * compared where it can be. Runs in `vitrine doctor`; believes the kernel, and no process.
 */
#include "broker/doctor.h"
#include "broker/proc.h"
#include "policy/processes.h"
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct holds {
    unsigned local, network, files, memory, polls, strange;
};

static const struct {
    unsigned local, network, files, memory, polls;
    unsigned long open;
    bool keeps_net, grows_files;
} rules[WORKER_KINDS] = {
#define ROW(kind, ...) [WORKER_##kind] = {__VA_ARGS__},
    POLICY_PROCESSES(ROW)
#undef ROW
};

static void differs(char out[DOCTOR_WRONG], const char *what, unsigned long has, unsigned long may)
{
    size_t at = strlen(out);
    snprintf(out + at, DOCTOR_WRONG - at, "%s%s: %lu, its rule says %lu", at ? "; " : "", what, has,
             may);
}

/* --- descriptors --- */

/* The kernel's list of local sockets: their inodes are the last number but one of each line. */
static bool is_local(unsigned long inode)
{
    FILE *in = fopen("/proc/net/unix", "re");
    char line[256];
    bool found = false;
    while (in && !found && fgets(line, sizeof line, in)) {
        unsigned long n = 0;
        found = sscanf(line, "%*s %*x %*x %*x %*x %*x %lu", &n) == 1 && n == inode;
    }
    if (in)
        fclose(in);
    return found;
}

static void count(struct holds *h, const char *link)
{
    unsigned long inode;
    if (strcmp(link, "/dev/null") == 0)
        return;
    if (sscanf(link, "socket:[%lu]", &inode) == 1)
        *(is_local(inode) ? &h->local : &h->network) += 1;
    else if (strncmp(link, "/memfd:", 7) == 0)
        h->memory++;
    else if (strcmp(link, "anon_inode:[eventpoll]") == 0)
        h->polls++;
    else if (link[0] == '/')
        h->files++;
    else
        h->strange++;
}

/* false: not for us to see. */
static bool count_all(pid_t pid, struct holds *h)
{
    char path[64], link[512];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *d = opendir(path);
    if (!d)
        return false;
    for (struct dirent *e = readdir(d); e; e = readdir(d)) {
        ssize_t n = readlinkat(dirfd(d), e->d_name, link, sizeof link - 1);
        bool this_one = pid == getpid() && strtol(e->d_name, NULL, 10) == dirfd(d);
        if (n <= 0 || this_one)
            continue;
        link[n] = '\0';
        count(h, link);
    }
    closedir(d);
    return true;
}

static void compare_descriptors(pid_t pid, enum worker_kind kind, char out[DOCTOR_WRONG])
{
    struct holds h = {0};
    if (!count_all(pid, &h))
        return;
    const struct {
        const char *what;
        unsigned has, may;
    } rows[] = {{"local sockets", h.local, rules[kind].local},
                {"network sockets", h.network, rules[kind].network},
                {"open files", h.files, rules[kind].files},
                {"memory files", h.memory, rules[kind].memory},
                {"poll descriptors", h.polls, rules[kind].polls},
                {"descriptors of no kind a worker has", h.strange, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].has > rows[i].may)
            differs(out, rows[i].what, rows[i].has, rows[i].may);
}

/* --- namespaces --- */

/* -1: not for us to see. */
static int is_own(pid_t pid, const char *name)
{
    char path[64], theirs[64] = {0}, ours[64] = {0};
    snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, name);
    if (readlink(path, theirs, sizeof theirs - 1) <= 0)
        return -1;
    snprintf(path, sizeof path, "/proc/self/ns/%s", name);
    if (readlink(path, ours, sizeof ours - 1) <= 0)
        return -1;
    return strcmp(theirs, ours) != 0;
}

/* A machine without namespaces is said elsewhere (`missing`); one that has them gives all. */
static void compare_namespaces(const struct doctor_process *p, char out[DOCTOR_WRONG])
{
    static const char *const names[] = {"user", "mnt", "pid", "ipc", "uts", "cgroup", "net"};
    for (size_t i = 0; i < sizeof names / sizeof names[0] && p->proof.namespaces; i++) {
        bool keeps = strcmp(names[i], "net") == 0 && rules[p->kind].keeps_net;
        int own = is_own(p->pid, names[i]);
        size_t at = strlen(out);
        if (own == 0 && !keeps)
            snprintf(out + at, DOCTOR_WRONG - at, "%sno %s namespace of its own", at ? "; " : "",
                     names[i]);
    }
}

/* --- limits --- */

/* The soft limit of that name; false: no such line, or no limit. */
static bool limit_of(const char *text, const char *name, unsigned long *out)
{
    const char *line = strstr(text, name);
    char *end;
    if (!line)
        return false;
    line += strlen(name);
    *out = strtoul(line, &end, 10);
    return end != line;
}

static void compare_limits(pid_t pid, enum worker_kind kind, char out[DOCTOR_WRONG])
{
    char text[4096];
    const struct {
        const char *name;
        unsigned long may;
        bool free;
    } limits[] = {{"Max file size", 0, rules[kind].grows_files},
                  {"Max processes", 0, false},
                  {"Max core file size", 0, false},
                  {"Max msgqueue size", 0, false},
                  {"Max open files", rules[kind].open, false}};
    if (proc_read(pid, "limits", text, sizeof text) <= 0)
        return;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        unsigned long has = ULONG_MAX;
        if (limits[i].free || (limit_of(text, limits[i].name, &has) && has <= limits[i].may))
            continue;
        differs(out, limits[i].name, has, limits[i].may);
    }
}

void doctor_compare(const struct doctor_process *p, char out[DOCTOR_WRONG])
{
    compare_namespaces(p, out);
    compare_limits(p->pid, p->kind, out);
    compare_descriptors(p->pid, p->kind, out);
}
