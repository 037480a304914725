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

enum { REFUSED = 0, LOOKED_AT = 1, NOT_MADE = 2 };

/* Exit status: refused with an errno by a filter; the kernel went on to look at the call; there was
   no call, as the filters could not be put on. */
_Noreturn static void run_try(enum worker_kind kind, const struct try *t)
{
    if (kind != WORKER_NONE && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
                                sandbox_filter(doctor_part_first(kind)) != 0 ||
                                sandbox_filter(doctor_part_filter(kind)) != 0))
        syscall(SYS_exit_group, NOT_MADE);
    long result = syscall(t->number, t->args[0], t->args[1], t->args[2], t->args[3], t->args[4]);
    syscall(SYS_exit_group, result < 0 && is_refusal(errno) ? REFUSED : LOOKED_AT);
    for (;;) {
    }
}

static enum ui_holds try_one(enum worker_kind kind, const struct try *t)
{
    int pidfd = -1, status = 0;
    pid_t pid = start_fork(&pidfd), ended = -1;
    if (pid == 0)
        run_try(kind, t);
    if (pid < 0)
        return UI_HOLDS_UNTRIED;
    close(pidfd);
    while ((ended = waitpid(pid, &status, 0)) < 0 && errno == EINTR) {
    }
    if (ended != pid || (WIFEXITED(status) && WEXITSTATUS(status) == NOT_MADE))
        return UI_HOLDS_UNTRIED;
    bool stopped =
        WIFSIGNALED(status) ? WTERMSIG(status) == SIGSYS : WEXITSTATUS(status) == REFUSED;
    return stopped ? UI_HOLDS_NEVER : UI_HOLDS_TRUSTED;
}

enum ui_holds doctor_try(enum worker_kind kind, enum doctor_power power)
{
    enum ui_holds all = UI_HOLDS_NEVER;
    for (size_t i = 0; i < TRIES_MAX && all != UI_HOLDS_TRUSTED; i++) {
        const struct try *t = &tries[power][i];
        bool used = t->number != 0 || t->args[0] != 0;
        enum ui_holds one = used ? try_one(kind, t) : UI_HOLDS_NEVER;
        if (one != UI_HOLDS_NEVER)
            all = one;
    }
    return all;
}
