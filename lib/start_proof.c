/*
 * What /proc says of a worker, and whether that is what a confined worker looks like. Runs in the
 * broker; the file is the kernel's, but a missing line counts as a failure, never as a good value.
 */
#include "lib/fd.h"
#include "lib/start.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const start_namespaces[NAMESPACES] = {"mnt", "net",  "ipc",   "pid",
                                                  "uts", "user", "cgroup"};

/* The text after "NAME:" at the start of a line, or NULL. */
static const char *find_value(const char *text, const char *name)
{
    size_t len = strlen(name);
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        if (*line == '\n')
            line++;
        if (strncmp(line, name, len) == 0 && line[len] == ':')
            return line + len + 1;
    }
    return NULL;
}

static int read_int(const char *text, const char *name)
{
    const char *value = find_value(text, name);
    return value == NULL ? -1 : (int)strtol(value, NULL, 10);
}

/* A set that is not told counts as full. */
static uint64_t read_set(const char *text, const char *name)
{
    const char *value = find_value(text, name);
    return value == NULL ? UINT64_MAX : strtoull(value, NULL, 16);
}

/* "NSpid: 812 1": more than one number when the process is in a pid namespace below ours. */
static bool read_nested(const char *text)
{
    const char *value = find_value(text, "NSpid");
    if (value == NULL)
        return false;
    char *end;
    (void)strtol(value, &end, 10);
    while (*end == ' ' || *end == '\t')
        end++;
    return *end >= '0' && *end <= '9';
}

static int measure(int status, struct proof *out)
{
    char text[8192];
    ssize_t n = pread(status, text, sizeof text - 1, 0);
    if (n <= 0) {
        errno = n == 0 ? ESRCH : errno;
        return -1;
    }
    text[n] = '\0';
    int rss = read_int(text, "VmRSS"), locked = read_int(text, "VmLck");
    *out = (struct proof){.seccomp = read_int(text, "Seccomp"),
                          .filters = read_int(text, "Seccomp_filters"),
                          .no_new_privs = read_int(text, "NoNewPrivs"),
                          .threads = read_int(text, "Threads"),
                          .cap_eff = read_set(text, "CapEff"),
                          .cap_bnd = read_set(text, "CapBnd"),
                          .cap_prm = read_set(text, "CapPrm"),
                          .cap_inh = read_set(text, "CapInh"),
                          .cap_amb = read_set(text, "CapAmb"),
                          .namespaces = read_nested(text),
                          .rss_kb = rss < 0 ? 0 : (uint64_t)rss,
                          .locked_kb = locked < 0 ? 0 : (uint64_t)locked};
    return 0;
}

static int open_of(pid_t pid, const char *what)
{
    char path[40];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, what);
    return open(path, O_RDONLY | O_CLOEXEC);
}

int start_open_status(pid_t pid)
{
    return open_of(pid, "status");
}

void start_hold_namespaces(pid_t pid, int held[NAMESPACES])
{
    char what[16];
    for (size_t i = 0; i < NAMESPACES; i++) {
        snprintf(what, sizeof what, "ns/%s", start_namespaces[i]);
        held[i] = open_of(pid, what);
    }
}

int start_measure(const struct started *s, struct proof *out)
{
    return measure(s->status, out);
}

int start_measure_pid(pid_t pid, struct proof *out)
{
    FD_OWNED status = start_open_status(pid);
    return status < 0 ? -1 : measure(status, out);
}

bool start_verified(const struct proof *p, int expected_filters, bool root, const char **why)
{
    /* Without a user namespace only root can empty the bounding set; with no capability,
       no_new_privs and no exec it bounds nothing. */
    bool bounded = p->namespaces || root;
    const struct {
        bool good;
        const char *why;
    } checks[] = {
        {p->seccomp == 2, "no seccomp filter"},
        {p->filters == expected_filters, "wrong number of seccomp filters"},
        {p->no_new_privs == 1, "no_new_privs is not set"},
        {p->threads == 1, "more than one thread"},
        {p->cap_eff == 0 && p->cap_prm == 0 && p->cap_inh == 0 && p->cap_amb == 0,
         "a capability is left"},
        {p->cap_bnd == 0 || !bounded, "the capability bounding set is not empty"},
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (!checks[i].good) {
            *why = checks[i].why;
            return false;
        }
    }
    *why = NULL;
    return true;
}

int start_own_filters(void)
{
    struct proof p;
    return start_measure_pid(getpid(), &p) == 0 ? p.filters : -1;
}
