/*
 * Begin and lock-down of every worker. Runs in each of them before any foreign byte has arrived;
 * from worker_confine on, the process can do what its policy file lists and nothing else.
 */
#include "lib/worker.h"
#include "ch_worker.h"
#include "lib/chan.h"
#include "lib/sandbox.h"
#include "policy/processes.h"
#include <errno.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const struct {
    const char *name, *program;
} kinds[WORKER_KINDS] = {
    [WORKER_NONE] = {"none", "vitrine-none"},
    [WORKER_GATE] = {"gate", "vitrine-gate"},
    [WORKER_CAPTURE] = {"capture", "vitrine-capture"},
    [WORKER_INPUT] = {"input", "vitrine-input"},
    [WORKER_DIAL] = {"dial", "vitrine-dial"},
    [WORKER_NET] = {"net", "vitrine-net"},
    [WORKER_SEAL] = {"seal", "vitrine-seal"},
    [WORKER_RELAY] = {"relay", "vitrine-relay"},
    [WORKER_UI] = {"ui", "vitrine-render"},
    [WORKER_VIEW] = {"view", "vitrine-render"},
    [WORKER_AUDIT] = {"audit", "vitrine-audit"},
    [WORKER_VERIFY] = {"verify", "vitrine-verify"},
    [WORKER_BUS] = {"bus", "vitrine-bus"},
};

/* What getaddrinfo reads; nothing below a home directory. */
static const char *const resolver_files[] = {"/etc",
                                             "/lib",
                                             "/lib64",
                                             "/usr/lib",
                                             "/usr/lib64",
                                             "/run/systemd/resolve",
                                             "/run/resolvconf",
                                             "/run/NetworkManager",
                                             NULL};

const char *worker_kind_name(enum worker_kind kind)
{
    return kinds[kind < WORKER_KINDS ? kind : WORKER_NONE].name;
}

const char *worker_kind_program(enum worker_kind kind)
{
    return kinds[kind < WORKER_KINDS ? kind : WORKER_NONE].program;
}

static bool is_control_socket(int fd)
{
    int domain = 0, type = 0;
    socklen_t len = sizeof domain, type_len = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 && domain == AF_UNIX &&
           getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) == 0 && type == SOCK_SEQPACKET;
}

_Noreturn static void refuse_to_run(enum worker_kind kind)
{
    const char *parts[] = {worker_kind_program(kind), ": a part of vitrine, started by it only\n"};
    for (size_t i = 0; i < 2; i++) {
        ssize_t ignored = write(STDERR_FILENO, parts[i], strlen(parts[i]));
        (void)ignored;
    }
    _exit(2);
}

void worker_begin(enum worker_kind kind)
{
    if (!is_control_socket(WORKER_CONTROL_FD))
        refuse_to_run(kind);
    syscall(SYS_close_range, WORKER_CONTROL_FD + 1, ~0U, 0);
    /* Executed by descriptor, the process would be listed as "4". */
    prctl(PR_SET_NAME, worker_kind_program(kind), 0, 0, 0);
    signal(SIGPIPE, SIG_IGN);
    /* Certificate checks ask for the time zone later, when there are no files any more. */
    setenv("TZ", "UTC0", 1);
    tzset();
}

static int confine_files(enum worker_kind kind)
{
    /* dial keeps the root: name lookup reads /etc. Landlock below is what limits it. */
    if (kind == WORKER_DIAL || !sandbox_has_namespaces())
        return 0;
    return sandbox_empty_root();
}

/* Of the rows of policy/processes.h what is a limit; the rest is compared by doctor. */
static const struct policy_process rules[] = {
#define ROW(kind, ...) [WORKER_##kind] = {__VA_ARGS__},
    POLICY_PROCESSES(ROW)
#undef ROW
};

static int confine_limits(enum worker_kind kind)
{
    const struct sandbox_limits limits = {
        .files = (uint32_t)rules[kind].open,
        .may_write = rules[kind].grows_files,
    };
    return sandbox_limit(&limits);
}

/* Changed credentials clear the wish to die with the parent; a parent that is gone already has
   closed its end of the control channel. */
static int confine_lifetime(void)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
        return -1;
    struct pollfd p = {.fd = WORKER_CONTROL_FD};
    if (poll(&p, 1, 0) <= 0 || (p.revents & POLLHUP) == 0)
        return 0;
    errno = EPIPE;
    return -1;
}

static int confine(enum worker_kind kind, const struct policy_filter *policy)
{
    if (confine_files(kind) != 0 || sandbox_drop_capabilities() != 0 || confine_limits(kind) != 0 ||
        sandbox_hide_memory() != 0 || confine_lifetime() != 0)
        return -1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        sandbox_landlock(kind == WORKER_DIAL ? resolver_files : NULL) < 0)
        return -1;
    return sandbox_filter(policy);
}

void worker_confine(enum worker_kind kind, const struct policy_filter *policy, struct chan *control)
{
    if (confine(kind, policy) != 0)
        worker_fail(control, FAIL_CONFINE, (uint32_t)errno);
    control->state = 1;
    if (msg_ready_send(control) != 0)
        _exit(1);
}

_Noreturn void worker_fail(struct chan *control, enum fail code, uint32_t detail)
{
    /* Best effort: the broker learns of the exit in any case. */
    (void)msg_failed_send(control, &(struct msg_failed){.code = (uint16_t)code, .detail = detail});
    _exit(1);
}
