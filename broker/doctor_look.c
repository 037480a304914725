/*
 * Looks at processes from outside, through /proc. Runs in the broker. What a process calls itself
 * is its own claim; what the kernel says of its filters, threads and capabilities is not.
 */
#include "broker/doctor.h"
#include "broker/proc.h"
#include <stdlib.h>
#include <string.h>

static int count_names(const char *path)
{
    DIR *d = opendir(path);
    if (d == NULL)
        return -1;
    int n = 0;
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    return n;
}

static int has_own_network(pid_t pid)
{
    char path[32], theirs[64] = {0}, ours[64] = {0};
    snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
    if (readlink(path, theirs, sizeof theirs - 1) <= 0 ||
        readlink("/proc/self/ns/net", ours, sizeof ours - 1) <= 0)
        return -1;
    return strcmp(theirs, ours) != 0;
}

struct doctor_look doctor_look_at(pid_t pid)
{
    struct doctor_look look;
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/root", (int)pid);
    look.root_entries = count_names(path);
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    look.descriptors = count_names(path);
    look.own_network = has_own_network(pid);
    return look;
}

/* --- every vitrine process of this user */

static pid_t parent_in(const char *status)
{
    const char *line = strstr(status, "\nPPid:");
    return line == NULL ? 0 : (pid_t)strtol(line + 6, NULL, 10);
}

static bool is_dead(const char *status)
{
    return strstr(status, "\nState:\tZ") != NULL || strstr(status, "\nState:\tX") != NULL;
}

static bool is_vitrine(const char *name)
{
    return strncmp(name, "vitrine", 7) == 0 && (name[7] == '\0' || name[7] == '-');
}

/* render is one program and two kinds: its first argument tells which. */
static enum worker_kind kind_of(pid_t pid, const char *name)
{
    char line[64] = {0};
    ssize_t n = proc_read(pid, "cmdline", line, sizeof line);
    size_t first = strlen(line);
    const char *role = n > 0 && first + 1 < (size_t)n ? line + first + 1 : "";
    for (enum worker_kind k = WORKER_GATE; k < WORKER_KINDS; k++)
        if (strcmp(worker_kind_program(k), name) == 0 &&
            (strcmp(name, "vitrine-render") != 0 || strcmp(worker_kind_name(k), role) == 0))
            return k;
    return WORKER_NONE;
}

/* A worker has two filters more than the broker that started it. */
static const char *judge(const struct doctor_process *p)
{
    struct proof broker;
    const char *why;
    if (p->kind == WORKER_NONE)
        return NULL;
    if (start_measure_pid(p->parent, &broker) != 0)
        return "its broker is gone";
    start_verified(&p->proof, broker.filters + 2, &why);
    return why;
}

static void add_process(struct doctor_report *r, pid_t pid)
{
    struct doctor_process p = {.pid = pid};
    char name[32], status[4096];
    if (r->n_processes == DOCTOR_PROCESSES || proc_read(pid, "comm", name, sizeof name) <= 1 ||
        proc_read(pid, "status", status, sizeof status) <= 0)
        return;
    name[strcspn(name, "\n")] = '\0';
    p.parent = parent_in(status);
    /* Neither this process nor what it has started itself, to measure. */
    if (!is_vitrine(name) || (getuid() != 0 && !proc_is_ours(status)) || is_dead(status) ||
        pid == getpid() || p.parent == getpid())
        return;
    memcpy(p.name, name, strnlen(name, sizeof p.name - 1));
    p.kind = kind_of(pid, p.name);
    if (start_measure_pid(pid, &p.proof) != 0)
        return;
    const char *wrong = judge(&p);
    if (wrong)
        snprintf(p.wrong, sizeof p.wrong, "%s", wrong);
    if (p.kind != WORKER_NONE)
        doctor_compare(&p, p.wrong);
    r->processes[r->n_processes++] = p;
}

void doctor_scan_processes(struct doctor_report *r)
{
    DIR *d = opendir("/proc");
    r->n_processes = 0;
    if (d == NULL)
        return;
    for (pid_t pid = proc_next(d); pid > 0; pid = proc_next(d))
        add_process(r, pid);
    closedir(d);
}
