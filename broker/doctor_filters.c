/*
 * The filters that the kernel has for a process, beside those compiled from policy/seccomp,
 * instruction by instruction. Linux gives them to root alone, and only to a process that has no
 * filter itself: `vitrine doctor` reads them before it locks itself in.
 */
#include "broker/doctor.h"
#include <linux/filter.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* glibc's ptrace takes its arguments as pointers; the kernel counts filters from the oldest. */
static long get_filter(pid_t pid, long at, struct sock_filter *out)
{
    return ptrace(PTRACE_SECCOMP_GET_FILTER, pid, (void *)at, out);
}

/* A signal that came just then is not lost: it goes on with the process. */
static bool stop(pid_t pid, long *signal)
{
    int status;
    *signal = 0;
    if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) != 0 || waitpid(pid, &status, __WALL) != pid ||
        !WIFSTOPPED(status))
        return false;
    if (status >> 16 != PTRACE_EVENT_STOP)
        *signal = WSTOPSIG(status);
    return true;
}

static bool is_same(pid_t pid, long at, const struct policy_filter *filter)
{
    static struct sock_filter code[BPF_MAXINSNS];
    return get_filter(pid, at, NULL) == filter->len && get_filter(pid, at, code) == filter->len &&
           memcmp(code, filter->code, filter->len * sizeof code[0]) == 0;
}

static void compare(const struct doctor_process *p, char out[DOCTOR_WRONG])
{
    const struct policy_filter *first = doctor_part_first(p->part);
    long last = p->proof.filters - 1;
    if (!is_same(p->pid, last, doctor_part_filter(p->part)))
        doctor_add_wrong(out, "its last filter is not the one compiled from %s.policy",
                         doctor_part_name(p->part));
    if (first && !is_same(p->pid, last - 1, first))
        doctor_add_wrong(out, "its first filter is not the one compiled from %s.policy",
                         p->part == WORKER_DIAL ? "stage1_dial" : "stage1");
}

/* --- in a child: a process in a wait that cannot be interrupted does not stop, not even to be let
   go. That anybody can arrange; the end of the child ends it. --- */

struct answer {
    char wrong[DOCTOR_WRONG];
};

static bool look(const void *ctx, void *answer)
{
    const struct doctor_process *p = ctx;
    struct answer *a = answer;
    long signal;
    if (ptrace(PTRACE_SEIZE, p->pid, NULL, NULL) != 0)
        return false;
    bool read = stop(p->pid, &signal) && get_filter(p->pid, 0, NULL) > 0;
    if (read)
        compare(p, a->wrong);
    ptrace(PTRACE_DETACH, p->pid, NULL, (void *)signal);
    return read;
}

bool doctor_filters_compare(const struct doctor_process *p, char out[DOCTOR_WRONG])
{
    struct answer a = {0};
    bool late;
    if (geteuid() != 0 || p->proof.filters < 1)
        return false;
    bool read = doctor_ask_about(look, p, &a, sizeof a, &late);
    if (read && a.wrong[0])
        doctor_add_wrong(out, "%s", a.wrong);
    return read;
}
