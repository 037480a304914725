/*
 * Which processes there are, and what each has to be by the kernel's own account: filters, threads,
 * capabilities. Runs in `vitrine doctor`; a process's name is its own claim, the rest is not.
 */
#include "broker/doctor.h"
#include "broker/proc.h"
#include <stdarg.h>
#include <string.h>

static const struct {
    const char *program, *name;
    const struct policy_filter *filter;
} own[DOCTOR_PARTS] = {
    [DOCTOR_BROKER] = {"vitrine", "broker", &policy_broker},
    [DOCTOR_LAUNCHER] = {"vitrine-launch", "launcher", &policy_launcher},
    [DOCTOR_WATCH] = {"vitrine-watch", "watch", &policy_watch},
};

static const struct policy_filter *const workers[WORKER_KINDS] = {
    [WORKER_GATE] = &policy_gate,     [WORKER_CAPTURE] = &policy_capture,
    [WORKER_INPUT] = &policy_input,   [WORKER_DIAL] = &policy_dial,
    [WORKER_NET] = &policy_net,       [WORKER_SEAL] = &policy_seal,
    [WORKER_RELAY] = &policy_relay,   [WORKER_UI] = &policy_ui,
    [WORKER_VIEW] = &policy_view,     [WORKER_AUDIT] = &policy_audit,
    [WORKER_VERIFY] = &policy_verify, [WORKER_BUS] = &policy_bus,
};

const char *doctor_part_name(unsigned part)
{
    if (part == WORKER_NONE)
        return NULL;
    return part < WORKER_KINDS ? worker_kind_name(part) : own[part].name;
}

const struct policy_filter *doctor_part_filter(unsigned part)
{
    return part < WORKER_KINDS ? workers[part] : own[part].filter;
}

const struct policy_filter *doctor_part_first(unsigned part)
{
    if (part == WORKER_NONE || part >= WORKER_KINDS)
        return NULL;
    return part == WORKER_DIAL ? &policy_stage1_dial : &policy_stage1;
}

/* Those that print something and end: they start no session and put on no filter. */
static bool is_of_a_moment(const char *argument)
{
    static const char *const words[] = {"stop", "doctor", "policy", "audit", "identity"};
    bool is = strncmp(argument, "--", 2) == 0 || strcmp(argument, "-h") == 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        is = is || strcmp(argument, words[i]) == 0;
    return is;
}

/* --- the first argument --- */

struct argument {
    char text[32];
};

/* In a child: the words lie in the process's own memory, and it chooses what is behind that; a file
   system that never answers, say. */
static bool read_argument(const void *ctx, void *answer)
{
    struct argument *a = answer;
    char line[64] = {0};
    ssize_t n = proc_read(*(const pid_t *)ctx, "cmdline", line, sizeof line);
    size_t first = strlen(line);
    if (n > 0 && first + 1 < (size_t)n)
        memcpy(a->text, line + first + 1, strnlen(line + first + 1, sizeof a->text - 1));
    return true;
}

/* False: there is no answer, and it is not that process's doing. */
static bool argument_of(pid_t pid, struct argument *a, char wrong[DOCTOR_WRONG])
{
    bool late, heard = doctor_ask_about(read_argument, &pid, a, sizeof *a, &late);
    if (late)
        doctor_add_wrong(wrong, "what it was started with cannot be read: it lets that wait");
    return heard || late;
}

/* vitrine is one program and many commands; render one and two kinds: the first argument tells
   which. That of a painter who does not show it is not known; it is judged as that of windows. */
unsigned doctor_part_of(pid_t pid, const char *name, char wrong[DOCTOR_WRONG])
{
    bool is_render = strcmp(name, worker_kind_program(WORKER_UI)) == 0;
    struct argument a = {0};
    bool asks = is_render || strcmp(name, own[DOCTOR_BROKER].program) == 0;
    if (asks && !argument_of(pid, &a, wrong))
        return DOCTOR_PARTS;
    if (is_render && wrong[0])
        return WORKER_UI;
    const char *role = a.text;
    for (enum worker_kind k = WORKER_GATE; k < WORKER_KINDS; k++)
        if (strcmp(worker_kind_program(k), name) == 0 &&
            (!is_render || strcmp(worker_kind_name(k), role) == 0))
            return k;
    for (unsigned part = DOCTOR_BROKER; part < DOCTOR_PARTS; part++)
        if (strcmp(own[part].program, name) == 0 &&
            (part != DOCTOR_BROKER || !is_of_a_moment(role)))
            return part;
    return WORKER_NONE;
}

void doctor_add_wrong(char out[DOCTOR_WRONG], const char *format, ...)
{
    size_t at = strlen(out);
    va_list list;
    if (at + 2 < DOCTOR_WRONG && at > 0)
        at += (size_t)snprintf(out + at, DOCTOR_WRONG - at, "; ");
    va_start(list, format);
    vsnprintf(out + at, DOCTOR_WRONG - at, format, list);
    va_end(list);
}

/* A worker has two filters more than its broker. The launcher and the watcher were forked before
   the broker put on its own, and have one of theirs. */
static void judge_worker(const struct doctor_process *p, int outer, char out[DOCTOR_WRONG])
{
    const char *why;
    if (!start_verified(&p->proof, outer + 2, p->root, &why))
        doctor_add_wrong(out, "%s", why);
}

static void judge_own(const struct doctor_process *p, int outer, char out[DOCTOR_WRONG])
{
    const struct proof *is = &p->proof;
    bool free_of_capabilities = is->cap_eff == 0 && is->cap_prm == 0 && is->cap_amb == 0;
    if (is->seccomp != 2 || is->filters < 1)
        doctor_add_wrong(out, "no seccomp filter");
    else if (is->filters != outer)
        doctor_add_wrong(out, "%d seccomp filters, its broker has %d", is->filters, outer);
    if (is->no_new_privs != 1)
        doctor_add_wrong(out, "no_new_privs is not set");
    if (is->threads != 1)
        doctor_add_wrong(out, "%d threads instead of one", is->threads);
    if (!free_of_capabilities && !p->root)
        doctor_add_wrong(out, "a capability is left");
}

void doctor_judge(const struct doctor_process *p, int outer, char out[DOCTOR_WRONG])
{
    if (outer < 0)
        doctor_add_wrong(out, "its broker is gone");
    else if (p->part < WORKER_KINDS)
        judge_worker(p, outer, out);
    else
        judge_own(p, outer, out);
}
