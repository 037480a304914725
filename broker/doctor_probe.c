/*
 * What the kernel really refuses under a role's compiled policy: a child of ours puts the two
 * filters on, tries one call, and is killed by the kernel or not. Runs in the broker, under the
 * broker's own filter.
 */
#include "broker/doctor.h"
#include "lib/sandbox.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NO_FD 9999 /* filters come before descriptors */
#define TRIES_MAX 6

struct
try {
    long number, args[5];
};

/* What each power takes at least; all of them have to be stopped. The calls are harmless where they
 * are not. */
static const struct try tries[DOCTOR_POWERS][TRIES_MAX] = {
    [DOCTOR_SCREEN] = {{SYS_socket, {AF_UNIX, SOCK_STREAM, 0}}, {SYS_connect, {NO_FD, 0, 0}}},
    [DOCTOR_HANDS] = {{SYS_socket, {AF_UNIX, SOCK_STREAM, 0}}, {SYS_connect, {NO_FD, 0, 0}}},
    [DOCTOR_NET] = {{SYS_socket, {AF_INET, SOCK_STREAM, 0}},
                    {SYS_socket, {AF_INET6, SOCK_DGRAM, 0}},
                    {SYS_socket, {AF_NETLINK, SOCK_RAW, 0}},
                    {SYS_socket, {AF_PACKET, SOCK_RAW, 0}},
                    {SYS_listen, {NO_FD, 0}}},
    [DOCTOR_FILES] = {{SYS_openat, {AT_FDCWD, (long)"/", O_RDONLY, 0}},
                      {SYS_openat, {AT_FDCWD, (long)"/", O_WRONLY, 0}},
                      {SYS_openat2, {AT_FDCWD, (long)"/", 0, 0}},
                      {SYS_unlinkat, {NO_FD, 0, 0}},
                      {SYS_renameat2, {NO_FD, 0, NO_FD, 0, 0}}},
    [DOCTOR_OTHERS] = {{SYS_ptrace, {0xffff, 0, 0, 0}},
                       {SYS_process_vm_readv, {0, 0, 0, 0, 0}},
                       {SYS_pidfd_send_signal, {NO_FD, 0, 0, 0}},
                       {SYS_clone, {CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, 0, 0, 0, 0}},
                       {SYS_execve, {0, 0, 0}},
                       {SYS_execveat, {NO_FD, (long)"", 0, 0, 0}}},
};

static bool is_refusal(int error)
{
    return error == ENOSYS || error == EAFNOSUPPORT;
}

/* Exit status 0: refused with an errno by a filter; 1: the kernel went on to look at the call. */
_Noreturn static void run_try(enum worker_kind kind, const struct try *t)
{
    if (kind != WORKER_NONE && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
                                sandbox_filter(doctor_part_first(kind)) != 0 ||
                                sandbox_filter(doctor_part_filter(kind)) != 0))
        syscall(SYS_exit_group, 1);
    long result = syscall(t->number, t->args[0], t->args[1], t->args[2], t->args[3], t->args[4]);
    syscall(SYS_exit_group, result < 0 && is_refusal(errno) ? 0 : 1);
    for (;;) {
    }
}

static bool is_stopped(enum worker_kind kind, const struct try *t)
{
    int pidfd = -1, status = 1;
    pid_t pid = start_fork(&pidfd);
    if (pid == 0)
        run_try(kind, t);
    if (pid < 0)
        return false;
    close(pidfd);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool doctor_is_blocked(enum worker_kind kind, enum doctor_power power)
{
    for (size_t i = 0; i < TRIES_MAX; i++) {
        const struct try *t = &tries[power][i];
        bool used = t->number != 0 || t->args[0] != 0;
        if (used && !is_stopped(kind, t))
            return false;
    }
    return true;
}
