/*
 * Looks at processes from outside, through /proc. Runs in the broker. What a process calls itself
 * is its own claim; what the kernel says of its filters, threads and capabilities is not.
 */
#include "broker/doctor.h"
#include "broker/proc.h"
#include "lib/text.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define SETTLES_MS 250 /* a worker that starts is locked in by then, mostly */

enum { STATUS_DIFFERS = 1, STATUS_UNSURE = 7 };

/* -1, with errno: not for us to see, or it could not be read, not even to its end. */
static int count_names(const char *path)
{
    DIR *d = opendir(path);
    if (d == NULL)
        return -1;
    int n = 0;
    errno = 0;
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    int error = errno;
    closedir(d);
    errno = error;
    return error == 0 ? n : -1;
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

static int look_into(struct doctor_look *look, pid_t pid, const char *folder)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, folder);
    int n = count_names(path);
    look->failed = look->failed || (n < 0 && errno != EACCES && errno != EPERM);
    return n;
}

/* Or is about to: it has no memory any more, and is nobody's to look into. Where somebody is in a
   thousand groups the beginning does not tell. */
static bool has_ended(pid_t pid)
{
    char status[4096];
    ssize_t len = proc_read(pid, "status", status, sizeof status);
    bool whole = len < (ssize_t)sizeof status - 1;
    return len <= 0 || proc_is_dead(status) || (whole && strstr(status, "\nVmSize:") == NULL);
}

struct doctor_look doctor_look_at(pid_t pid)
{
    struct doctor_look look = {.own_network = has_own_network(pid)};
    look.root_entries = look_into(&look, pid, "root");
    look.descriptors = look_into(&look, pid, "fd");
    look.failed = look.failed || has_ended(pid);
    return look;
}

/* --- every vitrine process of this user */

static pid_t parent_in(const char *status)
{
    const char *line = strstr(status, "\nPPid:");
    return line == NULL ? 0 : (pid_t)strtol(line + 6, NULL, 10);
}

static bool is_vitrine(const char *name)
{
    return strncmp(name, "vitrine", 7) == 0 && (name[7] == '\0' || name[7] == '-');
}

/* Of the filters that a broker got from whoever started it nobody knows more than their number. Of
   one that is there and not shown not even that: `known` is false, and p has as many as it should.
 */
static int filters_of_broker(const struct doctor_process *p, bool *known)
{
    struct proof broker;
    *known = true;
    if (p->part == WORKER_NONE || p->part == DOCTOR_BROKER)
        return p->proof.filters;
    if (start_measure_pid(p->parent, &broker) == 0)
        return broker.filters;
    if (kill(p->parent, 0) != 0 && errno == ESRCH)
        return -1;
    *known = false;
    int own = p->part < WORKER_KINDS ? 2 : 0;
    return p->proof.filters > own ? p->proof.filters - own : 0;
}

static void compare(struct doctor_process *p)
{
    bool known;
    doctor_judge(p, filters_of_broker(p, &known), p->wrong);
    if (!doctor_filters_compare(p, p->wrong) || !known)
        p->unseen |= DOCTOR_FILTERS;
    p->unseen |= doctor_compare(p, p->wrong);
    if (!doctor_namespaces_compare(p, p->wrong))
        p->unseen |= DOCTOR_NAMESPACES;
}

/* What one that has ended meanwhile did not show is not missing. */
static bool is_gone(pid_t pid)
{
    char status[4096];
    ssize_t len = proc_read(pid, "status", status, sizeof status);
    return len < 0 ? !proc_may_be_there(errno) : len == 0 || proc_is_dead(status);
}

/* False: there is nothing, or it is noted that there may be. */
static bool read_of(struct doctor_processes *r, pid_t pid, const char *file, char *out, size_t size)
{
    ssize_t len = proc_read(pid, file, out, size);
    r->hidden = r->hidden || (len < 0 && proc_may_be_there(errno));
    return len > 0;
}

static void add_process(struct doctor_processes *r, pid_t pid)
{
    struct doctor_process p = {.pid = pid};
    char name[32], status[4096];
    if (!read_of(r, pid, "comm", name, sizeof name) ||
        !read_of(r, pid, "status", status, sizeof status))
        return;
    name[strlen(name) - 1] = '\0'; /* the newline; one before it is the name's */
    text_clean(name);
    p.parent = parent_in(status);
    /* Neither this process nor what it has started itself, to measure. */
    if (!is_vitrine(name) || (getuid() != 0 && !proc_is_ours(status)) || proc_is_dead(status) ||
        pid == getpid() || p.parent == getpid())
        return;
    r->full = r->n == DOCTOR_PROCESSES;
    if (r->full)
        return;
    memcpy(p.name, name, strnlen(name, sizeof p.name - 1));
    p.part = doctor_part_of(pid, p.name, p.wrong);
    p.user = proc_user(status);
    p.root = proc_is_root(status);
    bool measured = p.part != DOCTOR_PARTS && start_measure_pid(pid, &p.proof) == 0;
    if (measured && p.part != WORKER_NONE)
        compare(&p);
    if (is_gone(pid))
        return;
    if (measured)
        r->list[r->n++] = p;
    r->hidden = r->hidden || !measured;
}

static void scan_once(struct doctor_processes *out)
{
    DIR *d = opendir("/proc");
    out->n = 0;
    out->full = false;
    out->hidden = d == NULL || proc_view() != PROC_SHOWN;
    if (d == NULL)
        return;
    for (pid_t pid = proc_next(d); pid > 0; pid = proc_next(d))
        add_process(out, pid);
    out->hidden = out->hidden || errno != 0;
    closedir(d);
}

void doctor_scan_processes(struct doctor_processes *out)
{
    scan_once(out);
    for (int again = 1; again < DOCTOR_SCANS && doctor_status(out) == STATUS_DIFFERS; again++) {
        poll(NULL, 0, SETTLES_MS);
        scan_once(out);
    }
}

/* --- what it comes to */

enum doctor_verdict doctor_verdict(const struct doctor_process *p)
{
    if (p->wrong[0])
        return DOCTOR_DIFFERS;
    if (p->part == WORKER_NONE)
        return DOCTOR_NO_RULE;
    return p->unseen ? DOCTOR_UNSURE : DOCTOR_RIGHT;
}

const char *doctor_verdict_word(enum doctor_verdict v)
{
    static const char *const words[] = {[DOCTOR_RIGHT] = "as it should be",
                                        [DOCTOR_UNSURE] = "not all compared",
                                        [DOCTOR_DIFFERS] = "wrong",
                                        [DOCTOR_NO_RULE] = "no rule"};
    return words[v];
}

const char *doctor_seen_word(unsigned n)
{
    static const char *const words[DOCTOR_SEEN_BITS] = {"descriptors", "namespaces", "limits",
                                                        "filters"};
    return words[n];
}

int doctor_status(const struct doctor_processes *all)
{
    int status = all->full || all->hidden ? STATUS_UNSURE : 0;
    for (unsigned i = 0; i < all->n; i++) {
        enum doctor_verdict v = doctor_verdict(&all->list[i]);
        if (v == DOCTOR_DIFFERS)
            return STATUS_DIFFERS;
        if (v != DOCTOR_RIGHT)
            status = STATUS_UNSURE;
    }
    return status;
}

static bool is_unknown(const struct doctor_row *row)
{
    bool unknown = row->look.failed;
    for (int power = 0; power < DOCTOR_POWERS; power++)
        unknown = unknown || row->holds[power] == UI_HOLDS_UNTRIED;
    return unknown && row->result == DOCTOR_VERIFIED;
}

int doctor_report_status(const struct doctor_report *r)
{
    int status = doctor_status(r->running);
    for (int k = 0; k < WORKER_KINDS && status == 0; k++)
        if (is_unknown(&r->rows[k]))
            status = STATUS_UNSURE;
    return status;
}
