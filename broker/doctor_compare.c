/*
 * Compares a running process with its row in policy/processes.h: descriptors, namespaces, limits.
 * What Linux lets only root see of a process that is not dumpable (descriptors and namespaces) is
 * compared where it can be. Runs in `vitrine doctor`; believes the kernel, and no process.
 */
#include "broker/doctor.h"
#include "broker/proc.h"
#include "lib/fd.h"
#include "policy/processes.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

struct holds {
    unsigned local, network, files, memory, polls, processes, namespaces, strange, all;
    unsigned unknown; /* were there, and could not be looked at */
};

#define DEV_NULLS 16 /* of which no rule says a number: three, and some for a moment */

static const struct policy_process rules[DOCTOR_PARTS] = {
#define ROW(kind, ...) [WORKER_##kind] = {__VA_ARGS__},
#define OWN_ROW(part, ...) [DOCTOR_##part] = {__VA_ARGS__},
    POLICY_PROCESSES(ROW) POLICY_OWN_PROCESSES(OWN_ROW)
#undef OWN_ROW
#undef ROW
};

static void differs(char out[DOCTOR_WRONG], const char *what, unsigned long has, unsigned long may)
{
    doctor_add_wrong(out, "%s: %lu, its rule says %lu", what, has, may);
}

/* --- descriptors --- */

static bool is_socket(const char *link)
{
    return strncmp(link, "socket:[", 8) == 0;
}

/* The socket itself says what it is, as "UNIX" or "UNIX-STREAM"; the lists in /proc/net are those
   of one network, and as long as anybody likes. Held by O_PATH first: what a process puts in its
   place meanwhile, a file of a slow file system say, is never asked. */
static unsigned *as_socket(struct holds *h, int folder, const char *name)
{
    FD_OWNED fd = openat(folder, name, O_PATH | O_CLOEXEC);
    char path[40], link[32], kind[32];
    if (fd < 0 && proc_may_be_there(errno))
        return &h->unknown;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t n = fd < 0 ? -1 : readlink(path, link, sizeof link - 1);
    if (n <= 0)
        return &h->network;
    link[n] = '\0';
    bool local = is_socket(link) &&
                 getxattr(path, "system.sockprotoname", kind, sizeof kind) >= 4 &&
                 memcmp(kind, "UNIX", 4) == 0;
    return local ? &h->local : &h->network;
}

static bool is_namespace(const char *link)
{
    bool found = false;
    for (size_t i = 0; i < NAMESPACES && !found; i++) {
        size_t n = strlen(start_namespaces[i]);
        found = strncmp(link, start_namespaces[i], n) == 0 && strncmp(link + n, ":[", 2) == 0;
    }
    return found;
}

static void count(struct holds *h, const char *link, int folder, const char *name)
{
    if (strcmp(link, "/dev/null") == 0)
        return;
    if (is_socket(link))
        *as_socket(h, folder, name) += 1;
    else if (strncmp(link, "/memfd:", 7) == 0)
        h->memory++;
    else if (strcmp(link, "anon_inode:[eventpoll]") == 0)
        h->polls++;
    else if (strcmp(link, "anon_inode:[pidfd]") == 0 || strncmp(link, "pidfd:", 6) == 0 ||
             strcmp(link, "anon_inode:[signalfd]") == 0)
        h->processes++;
    else if (is_namespace(link))
        h->namespaces++;
    else if (link[0] == '/')
        h->files++;
    else
        h->strange++;
}

/* Above it one of its rules is broken, or it has that many of /dev/null. */
static unsigned most_of(unsigned part)
{
    return rules[part].local + rules[part].network + rules[part].files + rules[part].memory +
           rules[part].polls + rules[part].processes + rules[part].namespaces + DEV_NULLS;
}

/* The next name; NULL: that was the last, or no more can be read, which is noted. */
static const char *next(DIR *d, struct holds *h)
{
    errno = 0;
    struct dirent *e = readdir(d);
    h->unknown += !e && errno != 0;
    return e ? e->d_name : NULL;
}

/* Those from `first` on, at most one more than `most`; what could not be read is in h->unknown.
   False: not for us to see. */
static bool count_all(pid_t pid, long first, unsigned most, struct holds *h)
{
    char path[64], link[512];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *d = opendir(path);
    if (!d)
        return false;
    for (const char *name = next(d, h); name && h->all <= most; name = next(d, h)) {
        ssize_t n = readlinkat(dirfd(d), name, link, sizeof link - 1);
        bool this_one = pid == getpid() && strtol(name, NULL, 10) == dirfd(d);
        if (n <= 0 || this_one || strtol(name, NULL, 10) < first)
            continue;
        link[n] = '\0';
        h->all++;
        count(h, link, dirfd(d), name);
    }
    closedir(d);
    return true;
}

static bool compare_descriptors(pid_t pid, unsigned part, char out[DOCTOR_WRONG])
{
    struct holds h = {0};
    unsigned most = most_of(part);
    if (!count_all(pid, part == DOCTOR_BROKER ? STDERR_FILENO + 1 : 0, most, &h))
        return false;
    const struct {
        const char *what;
        unsigned has, may;
    } rows[] = {{"local sockets", h.local, rules[part].local},
                {"network sockets", h.network, rules[part].network},
                {"open files", h.files, rules[part].files},
                {"memory files", h.memory, rules[part].memory},
                {"poll descriptors", h.polls, rules[part].polls},
                {"descriptors of processes", h.processes, rules[part].processes},
                {"namespaces", h.namespaces, rules[part].namespaces},
                {"descriptors of no kind it has", h.strange, 0},
                {"descriptors", h.all, most}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].has > rows[i].may)
            differs(out, rows[i].what, rows[i].has, rows[i].may);
    return h.unknown == 0;
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

/* One that has no pid namespace of its own has none: doctor_namespaces_compare. */
static bool compare_namespaces(const struct doctor_process *p, char out[DOCTOR_WRONG])
{
    bool seen = true;
    for (size_t i = 0; i < NAMESPACES && p->proof.namespaces; i++) {
        bool keeps = strcmp(start_namespaces[i], "net") == 0 && rules[p->part].keeps_net;
        int own = is_own(p->pid, start_namespaces[i]);
        seen = seen && own >= 0;
        if (own == 0 && !keeps)
            doctor_add_wrong(out, "no %s namespace of its own", start_namespaces[i]);
    }
    return seen;
}

/* --- limits --- */

/* The larger of soft and hard: a process may raise the one to the other. False: one has no end, or
   nothing is said of it. */
static bool limit_of(const char *text, const char *name, unsigned long *out)
{
    const char *line = strstr(text, name);
    char *end;
    *out = 0;
    if (line)
        line += strlen(name);
    for (int i = 0; line && i < 2; i++, line = end) {
        unsigned long limit = strtoul(line, &end, 10);
        if (end == line)
            return false;
        *out = limit > *out ? limit : *out;
    }
    return line != NULL;
}

static bool compare_limits(pid_t pid, unsigned part, char out[DOCTOR_WRONG])
{
    char text[4096];
    bool is_worker = part < WORKER_KINDS;
    const struct {
        const char *name;
        unsigned long may;
        bool asked;
    } limits[] = {{"Max core file size", 0, true},
                  {"Max file size", 0, is_worker && !rules[part].grows_files},
                  {"Max processes", 0, is_worker},
                  {"Max msgqueue size", 0, is_worker},
                  {"Max open files", rules[part].open, is_worker}};
    if (proc_read(pid, "limits", text, sizeof text) <= 0)
        return false;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        unsigned long has = ULONG_MAX;
        if (!limits[i].asked)
            continue;
        if (!limit_of(text, limits[i].name, &has))
            has = ULONG_MAX;
        if (has <= limits[i].may)
            continue;
        differs(out, limits[i].name, has, limits[i].may);
    }
    return true;
}

unsigned doctor_compare(const struct doctor_process *p, char out[DOCTOR_WRONG])
{
    unsigned unseen = 0;
    if (p->part < WORKER_KINDS && !compare_namespaces(p, out))
        unseen |= DOCTOR_NAMESPACES;
    if (!compare_limits(p->pid, p->part, out))
        unseen |= DOCTOR_LIMITS;
    if (!compare_descriptors(p->pid, p->part, out))
        unseen |= DOCTOR_DESCRIPTORS;
    return unseen;
}
