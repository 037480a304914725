/*
 * Starts workers: clone, stage 1, exec by descriptor; kills and reaps them. Runs in the broker and
 * its launcher. Distrusts the program files it executes (owner and mode are checked on the open
 * descriptor).
 */
#include "lib/start.h"
#include "lib/chan.h"
#include "lib/clock.h"
#include "lib/fd.h"
#include "lib/sandbox.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where the child puts its descriptors. Stage 1 allows to execute number 4 only, which is
 * close-on-exec. */
enum { PROGRAM_FD = 4, REPORT_FD = 5, FIRST_FREE_FD = 6, ASIDE_FD = 16 };

#define KILL_WAIT_MS 2000

struct plan {
    enum worker_kind kind;
    bool namespaces;
    bool for_parent;
    int program, control, report; /* the child's ends */
};

static int programs_dir = -1;
static int null_fd = -1;

int start_init(void)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0)
        return -1;
    path[n] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL) {
        errno = ENOENT;
        return -1;
    }
    slash[slash == path] = '\0';
    programs_dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    return programs_dir >= 0 && null_fd >= 0 ? 0 : -1;
}

pid_t start_fork(int *pidfd)
{
    return (pid_t)syscall(SYS_clone, (unsigned long)(CLONE_PIDFD | SIGCHLD), NULL, pidfd, NULL,
                          NULL);
}

/* Only root and we may be able to change what runs with our descriptors. */
static int open_program(enum worker_kind kind)
{
    FD_OWNED fd = openat(programs_dir, worker_kind_program(kind), O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0)
        return -1;
    bool ours = st.st_uid == 0 || st.st_uid == geteuid();
    if (S_ISREG(st.st_mode) && ours && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
        return fd_steal(&fd);
    errno = EPERM;
    return -1;
}

/* --- the child, before exec: system calls only, on a copy of the broker's memory --- */

_Noreturn static void child_fail(int report)
{
    int error = errno;
    ssize_t ignored = write(report, &error, sizeof error);
    (void)ignored;
    _exit(127);
}

/* Handlers and the mask are the broker's; a worker starts with none. */
static void child_reset_signals(void)
{
    struct sigaction act = {.sa_handler = SIG_DFL};
    for (int sig = 1; sig < NSIG; sig++)
        sigaction(sig, &act, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Moves them out of the way first: any of them may sit where another one belongs. */
static bool child_arrange_descriptors(const struct plan *p)
{
    int control = fcntl(p->control, F_DUPFD_CLOEXEC, ASIDE_FD);
    int program = fcntl(p->program, F_DUPFD_CLOEXEC, ASIDE_FD);
    int report = fcntl(p->report, F_DUPFD_CLOEXEC, ASIDE_FD);
    int null = fcntl(null_fd, F_DUPFD_CLOEXEC, ASIDE_FD);
    if (control < 0 || program < 0 || report < 0 || null < 0)
        return false;
    return dup2(null, 0) == 0 && dup2(null, 1) == 1 && dup2(null, 2) == 2 &&
           dup2(control, WORKER_CONTROL_FD) == WORKER_CONTROL_FD &&
           dup3(program, PROGRAM_FD, O_CLOEXEC) == PROGRAM_FD &&
           dup3(report, REPORT_FD, O_CLOEXEC) == REPORT_FD &&
           syscall(SYS_close_range, FIRST_FREE_FD, ~0U, 0) == 0;
}

/* SIGKILL when the parent ends, also when it ended before we could ask for it: then nobody holds
   the other end of the report any more. */
static bool child_dies_with_parent(void)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return false;
    struct pollfd p = {.fd = REPORT_FD};
    return poll(&p, 1, 0) == 0;
}

static bool child_limit_core(void)
{
    const struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none) == 0;
}

static void child_execute(enum worker_kind kind)
{
    char program[16] = {0}, role[16] = {0}, tz[] = "TZ=UTC0", locale[] = "LC_ALL=C.UTF-8";
    strncpy(program, worker_kind_program(kind), sizeof program - 1);
    strncpy(role, worker_kind_name(kind), sizeof role - 1);
    char *argv[] = {program, role, NULL};
    char *envp[] = {tz, locale, NULL};
    syscall(SYS_execveat, PROGRAM_FD, "", argv, envp, AT_EMPTY_PATH);
}

static const struct policy_filter *stage1_of(enum worker_kind kind)
{
    return kind == WORKER_DIAL ? &policy_stage1_dial : &policy_stage1;
}

_Noreturn static void child_run(const struct plan *p)
{
    child_reset_signals();
    setsid(); /* no controlling terminal, and the terminal's signals stay the broker's business */
    if (!child_arrange_descriptors(p))
        child_fail(p->report);
    if (!child_dies_with_parent() || !child_limit_core() ||
        (p->namespaces && sandbox_keep_mount_rights() != 0) ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || sandbox_filter(stage1_of(p->kind)) != 0)
        child_fail(REPORT_FD);
    child_execute(p->kind);
    child_fail(REPORT_FD);
}

/* --- the parent --- */

/* The old clone, not clone3: its flags are in a register, where the broker's own filter can judge
 * them. */
static pid_t clone_child(const struct plan *p, int *pidfd)
{
    unsigned long flags = CLONE_PIDFD;
    flags |= p->for_parent ? CLONE_PARENT : SIGCHLD;
    if (p->namespaces)
        flags |= CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS |
                 CLONE_NEWCGROUP;
    /* dial resolves and connects: the one worker that keeps the machine's network. */
    if (p->namespaces && p->kind != WORKER_DIAL)
        flags |= CLONE_NEWNET;
    return (pid_t)syscall(SYS_clone, flags, NULL, pidfd, NULL, NULL);
}

/* No handler of the broker may run in the child. */
static pid_t clone_quietly(const struct plan *p, int *pidfd)
{
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &old);
    pid_t pid = clone_child(p, pidfd);
    if (pid == 0)
        child_run(p);
    int saved = errno;
    sigprocmask(SIG_SETMASK, &old, NULL);
    errno = saved;
    return pid;
}

/* The end of the stream means executed: the child's end is close-on-exec. Otherwise the child's
 * errno. */
static int read_report(int report)
{
    int error = 0;
    ssize_t n;
    do
        n = read(report, &error, sizeof error);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof error ? error : 0;
}

/* Takes the child as far as the exec; 0 or -1 with errno. */
static int follow_child(struct started *s, int report, bool for_parent)
{
    int error = read_report(report);
    if (error == 0) {
        s->status = start_open_status(s->pid);
        error = s->status < 0 ? errno : 0;
    }
    if (error == 0)
        return 0;
    siginfo_t how;
    if (for_parent)
        syscall(SYS_pidfd_send_signal, s->pidfd, SIGKILL, NULL, 0);
    else
        start_kill(s, &how);
    start_finish(s);
    errno = error;
    return -1;
}

static int start(struct plan *p, struct started *out)
{
    *out = (struct started){START_NONE, .kind = p->kind, .namespaces = p->namespaces,
                            .started_us = clock_now_us()};
    int pair[2] = {-1, -1}, pipe_ends[2] = {-1, -1};
    FD_OWNED program = open_program(p->kind);
    if (program < 0 || chan_pair(pair) != 0)
        return -1;
    FD_OWNED ours = pair[0], theirs = pair[1];
    if (pipe2(pipe_ends, O_CLOEXEC) != 0)
        return -1;
    FD_OWNED report = pipe_ends[0], reported = pipe_ends[1];
    p->program = program;
    p->control = theirs;
    p->report = reported;
    out->pid = clone_quietly(p, &out->pidfd);
    if (out->pid < 0) {
        *out = (struct started){START_NONE, .kind = p->kind};
        return -1;
    }
    fd_close(&reported);
    fd_close(&theirs);
    if (follow_child(out, report, p->for_parent) != 0)
        return -1;
    out->control = fd_steal(&ours);
    if (p->namespaces && !p->for_parent)
        start_hold_namespaces(out->pid, out->held);
    return 0;
}

int start_worker(enum worker_kind kind, bool plain, struct started *out)
{
    struct plan p = {.kind = kind, .namespaces = !plain};
    int result = start(&p, out);
    if (result != 0)
        out->pid = 0;
    return result;
}

bool start_is_shortage(int error)
{
    return error == EAGAIN || error == EMFILE || error == ENFILE || chan_is_shortage(error);
}

int start_worker_for_parent(enum worker_kind kind, bool plain, struct started *out)
{
    struct plan p = {.kind = kind, .namespaces = !plain, .for_parent = true};
    return start(&p, out);
}

int start_reap(const struct started *s, siginfo_t *how)
{
    memset(how, 0, sizeof *how);
    int result;
    do
        result = waitid(P_PIDFD, (id_t)s->pidfd, how, WEXITED | WNOHANG);
    while (result != 0 && errno == EINTR);
    if (result != 0)
        return -1;
    return how->si_pid != 0;
}

bool start_await_death(int pidfd, uint64_t end_us)
{
    struct pollfd p = {.fd = pidfd, .events = POLLIN};
    for (uint64_t now = clock_now_us(); now < end_us; now = clock_now_us())
        if (poll(&p, 1, (int)((end_us - now) / 1000) + 1) >= 0 || errno != EINTR)
            break;
    return poll(&p, 1, 0) == 1 && (p.revents & POLLIN) != 0;
}

bool start_kill(const struct started *s, siginfo_t *how)
{
    if (s->pidfd < 0)
        return false;
    syscall(SYS_pidfd_send_signal, s->pidfd, SIGKILL, NULL, 0);
    (void)start_await_death(s->pidfd, clock_now_us() + KILL_WAIT_MS * 1000);
    return start_reap(s, how) == 1;
}

void start_finish(struct started *s)
{
    if (s->pidfd > 0)
        fd_close(&s->pidfd);
    if (s->status > 0)
        fd_close(&s->status);
    for (size_t i = 0; i < NAMESPACES; i++) {
        if (s->held[i] > 0)
            fd_close(&s->held[i]);
        s->held[i] = -1;
    }
    s->pidfd = s->status = -1;
}
