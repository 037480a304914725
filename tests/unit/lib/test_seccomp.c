/*
 * Each process's compiled policy, tried by the kernel: a child puts the filters on as a worker
 * would, makes one call, and either comes back or dies of SIGSYS.
 */
#include "lib/sandbox.h"
#include "lib/worker.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define BIT(kind) (1U << (kind))
#define ALL_ROLES (BIT(WORKER_KINDS) - 2)

static const struct policy_filter *const role_policy[WORKER_KINDS] = {
    [WORKER_GATE] = &policy_gate,     [WORKER_CAPTURE] = &policy_capture,
    [WORKER_INPUT] = &policy_input,   [WORKER_DIAL] = &policy_dial,
    [WORKER_NET] = &policy_net,       [WORKER_SEAL] = &policy_seal,
    [WORKER_RELAY] = &policy_relay,   [WORKER_UI] = &policy_ui,
    [WORKER_VIEW] = &policy_view,     [WORKER_AUDIT] = &policy_audit,
    [WORKER_VERIFY] = &policy_verify, [WORKER_BUS] = &policy_bus,
};

/* Calls are made raw: number and up to six arguments, on descriptors that are open in the child. */
struct call {
    const char *name;
    long number;
    long args[6];
    uint32_t roles; /* that may */
};

#define NO_PEER 0
#define BAD_FD 900 /* the filter decides before the descriptor is looked at */

static char buffer[64];
static const long no_time[2];

static const struct call calls[] = {
    /* what every worker needs */
    {"read", SYS_read, {BAD_FD, 0, 0}, ALL_ROLES},
    {"write", SYS_write, {BAD_FD, 0, 0}, ALL_ROLES},
    {"recvmsg", SYS_recvmsg, {BAD_FD, 0, 0}, ALL_ROLES},
    {"sendmsg", SYS_sendmsg, {BAD_FD, 0, 0}, ALL_ROLES},
    {"close", SYS_close, {BAD_FD}, ALL_ROLES},
    {"ppoll", SYS_ppoll, {0, 0, (long)no_time, 0, 0}, ALL_ROLES},
    {"fstat", SYS_fstat, {BAD_FD, 0}, ALL_ROLES},
    {"mmap rw",
     SYS_mmap,
     {0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0},
     ALL_ROLES},
    {"madvise dontdump", SYS_madvise, {0, 0, MADV_DONTDUMP}, ALL_ROLES},
    {"brk", SYS_brk, {0}, ALL_ROLES},
    {"getrandom", SYS_getrandom, {(long)buffer, 8, 0}, ALL_ROLES},
    {"clock_gettime", SYS_clock_gettime, {1, (long)buffer}, ALL_ROLES},
    {"futex wake", SYS_futex, {(long)buffer, FUTEX_WAKE_PRIVATE, 0}, ALL_ROLES},
    {"fcntl getfl", SYS_fcntl, {BAD_FD, F_GETFL}, ALL_ROLES},
    {"fcntl get seals", SYS_fcntl, {BAD_FD, F_GET_SEALS}, ALL_ROLES},

    /* what some need */
    {"fcntl add seals", SYS_fcntl, {BAD_FD, F_ADD_SEALS, 0}, BIT(WORKER_CAPTURE)},
    {"writev",
     SYS_writev,
     {BAD_FD, 0, 0},
     BIT(WORKER_GATE) | BIT(WORKER_CAPTURE) | BIT(WORKER_INPUT) | BIT(WORKER_DIAL) |
         BIT(WORKER_NET) | BIT(WORKER_RELAY)},
    {"recvfrom",
     SYS_recvfrom,
     {BAD_FD, 0, 0, 0, 0, 0},
     BIT(WORKER_GATE) | BIT(WORKER_CAPTURE) | BIT(WORKER_INPUT) | BIT(WORKER_DIAL) |
         BIT(WORKER_NET) | BIT(WORKER_RELAY)},
    {"sendto, connected",
     SYS_sendto,
     {BAD_FD, 0, 0, 0, NO_PEER, 0},
     BIT(WORKER_GATE) | BIT(WORKER_DIAL) | BIT(WORKER_NET) | BIT(WORKER_RELAY)},
    {"sendto, an address", SYS_sendto, {BAD_FD, 0, 0, 0, (long)buffer, 16}, BIT(WORKER_DIAL)},
    {"ioctl outq",
     SYS_ioctl,
     {BAD_FD, SIOCOUTQ, 0},
     BIT(WORKER_GATE) | BIT(WORKER_NET) | BIT(WORKER_RELAY)},
    {"ioctl sti", SYS_ioctl, {BAD_FD, TIOCSTI, 0}, 0},
    {"accept4", SYS_accept4, {BAD_FD, 0, 0, 0}, BIT(WORKER_RELAY)},
    {"epoll_ctl", SYS_epoll_ctl, {BAD_FD, 0, 0, 0}, BIT(WORKER_RELAY)},
    {"getpeername", SYS_getpeername, {BAD_FD, 0, 0}, BIT(WORKER_RELAY) | BIT(WORKER_DIAL)},
    {"getpid",
     SYS_getpid,
     {0},
     BIT(WORKER_DIAL) | BIT(WORKER_NET) | BIT(WORKER_SEAL) | BIT(WORKER_RELAY) | BIT(WORKER_AUDIT) |
         BIT(WORKER_VERIFY)},
    {"mlock", SYS_mlock, {0, 0}, BIT(WORKER_SEAL)},
    {"fdatasync", SYS_fdatasync, {BAD_FD}, BIT(WORKER_AUDIT)},
    {"ftruncate", SYS_ftruncate, {BAD_FD, 0}, BIT(WORKER_AUDIT)},
    {"fstatfs", SYS_fstatfs, {BAD_FD, 0}, BIT(WORKER_AUDIT)},
    {"pwrite64", SYS_pwrite64, {BAD_FD, 0, 0, 0}, BIT(WORKER_AUDIT)},
    {"pread64",
     SYS_pread64,
     {BAD_FD, 0, 0, 0},
     BIT(WORKER_AUDIT) | BIT(WORKER_VERIFY) | BIT(WORKER_DIAL)},

    /* only dial, while it lives */
    {"openat, reading", SYS_openat, {AT_FDCWD, (long)"/", O_RDONLY, 0}, BIT(WORKER_DIAL)},
    {"socket, inet", SYS_socket, {AF_INET, SOCK_DGRAM, 0}, BIT(WORKER_DIAL)},
    {"connect", SYS_connect, {BAD_FD, 0, 0}, BIT(WORKER_DIAL)},
    {"newfstatat", SYS_newfstatat, {AT_FDCWD, (long)"/", (long)0, 0}, BIT(WORKER_DIAL)},
    {"mmap rx",
     SYS_mmap,
     {0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0},
     BIT(WORKER_DIAL)},
    {"mprotect exec", SYS_mprotect, {0, 0, PROT_READ | PROT_EXEC}, BIT(WORKER_DIAL)},

    /* nobody */
    {"openat, writing", SYS_openat, {AT_FDCWD, (long)"/nowhere", O_WRONLY | O_CREAT, 0600}, 0},
    {"statfs", SYS_statfs, {(long)"/", 0}, 0},
    {"listen", SYS_listen, {BAD_FD, 1}, 0},
    {"execve", SYS_execve, {(long)"/bin/true", 0, 0}, 0},
    {"execveat", SYS_execveat, {4, (long)"", 0, 0, AT_EMPTY_PATH}, 0},
    {"clone", SYS_clone, {SIGCHLD, 0, 0, 0, 0}, 0},
    {"clone3", SYS_clone3, {0, 0}, 0},
    {"unshare", SYS_unshare, {CLONE_NEWUSER}, 0},
    {"setns", SYS_setns, {BAD_FD, 0}, 0},
    {"ptrace", SYS_ptrace, {PTRACE_TRACEME, 0, 0, 0}, 0},
    {"process_vm_readv", SYS_process_vm_readv, {1, 0, 0, 0, 0, 0}, 0},
    {"kill", SYS_kill, {1, 0}, 0},
    {"tgkill", SYS_tgkill, {1, 1, 0}, 0},
    {"pidfd_send_signal", SYS_pidfd_send_signal, {BAD_FD, 0, 0, 0}, 0},
    {"prctl", SYS_prctl, {PR_SET_DUMPABLE, 1}, 0},
    {"mount", SYS_mount, {0, 0, 0, 0, 0}, 0},
    {"pivot_root", SYS_pivot_root, {0, 0}, 0},
    {"chdir", SYS_chdir, {(long)"/"}, 0},
    {"capset", SYS_capset, {0, 0}, 0},
    {"seccomp", SYS_seccomp, {1, 0, 0}, 0},
    {"bpf", SYS_bpf, {0, 0, 0}, 0},
    {"perf_event_open", SYS_perf_event_open, {0, 0, 0, 0, 0}, 0},
    {"io_uring_setup", SYS_io_uring_setup, {1, 0}, 0},
    {"userfaultfd", SYS_userfaultfd, {0}, 0},
    {"memfd_create", SYS_memfd_create, {(long)"x", 0}, 0},
    {"shmget", SYS_shmget, {0, 4096, 0600}, 0},
    {"keyctl", SYS_keyctl, {0, 0, 0, 0, 0}, 0},
    {"init_module", SYS_init_module, {0, 0, 0}, 0},
    {"unlinkat", SYS_unlinkat, {AT_FDCWD, (long)"/nowhere", 0}, 0},
    {"socketpair", SYS_socketpair, {AF_UNIX, SOCK_STREAM, 0, (long)buffer}, 0},
};

static long make_call(const struct call *c)
{
    return syscall(c->number, c->args[0], c->args[1], c->args[2], c->args[3], c->args[4],
                   c->args[5]);
}

/* Runs the call under the filters, in a child. -SIGSYS: killed by the filter; otherwise the errno
   it got, 0 for success. */
static int try_call(const struct policy_filter *first, const struct policy_filter *second,
                    const struct call *c)
{
    pid_t pid = fork();
    if (pid == 0) {
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || sandbox_filter(first) != 0 ||
            (second != NULL && sandbox_filter(second) != 0))
            syscall(SYS_exit_group, 255);
        long result = make_call(c);
        syscall(SYS_exit_group, result < 0 ? errno : 0);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status))
        return -WTERMSIG(status);
    assert_int_not_equal(WEXITSTATUS(status), 255);
    return WEXITSTATUS(status);
}

static const struct policy_filter *stage1_of(enum worker_kind kind)
{
    return kind == WORKER_DIAL ? &policy_stage1_dial : &policy_stage1;
}

static void test_roles(void **state)
{
    (void)state;
    for (enum worker_kind kind = WORKER_GATE; kind < WORKER_KINDS; kind++) {
        for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
            int got = try_call(stage1_of(kind), role_policy[kind], &calls[i]);
            bool may = (calls[i].roles & BIT(kind)) != 0;
            /* dial.policy says why some things are only refused there. */
            bool refused = got == -SIGSYS || (kind == WORKER_DIAL && got == ENOSYS);
            if (may ? got < 0 || got == ENOSYS : !refused)
                fail_msg("%s under %s: %d, expected to be %s", calls[i].name,
                         worker_kind_name(kind), got, may ? "permitted" : "killed");
        }
    }
}

/* The resolver asks for these and must be told no without dying. */
static void test_dial_answers(void **state)
{
    (void)state;
    const struct call local = {"socket, local", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}, 0};
    const struct call netlink = {"socket, netlink", SYS_socket, {AF_NETLINK, SOCK_RAW, 0}, 0};
    assert_int_equal(try_call(&policy_stage1_dial, &policy_dial, &local), EAFNOSUPPORT);
    assert_int_equal(try_call(&policy_stage1_dial, &policy_dial, &netlink), EAFNOSUPPORT);
}

/* dial as it is confined, asking the C library for a name. */
static void test_dial_looks_up(void **state)
{
    static const char *const readable[] = {"/etc",     "/lib",       "/lib64",
                                           "/usr/lib", "/usr/lib64", NULL};
    (void)state;
    pid_t pid = fork();
    if (pid == 0) {
        struct addrinfo *found = NULL;
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || sandbox_landlock(readable) < 0 ||
            sandbox_filter(&policy_stage1_dial) != 0 || sandbox_filter(&policy_dial) != 0)
            syscall(SYS_exit_group, 1);
        if (getaddrinfo("localhost", "7443", NULL, &found) != 0)
            syscall(SYS_exit_group, 2);
        /* A file of a user is out of reach for Landlock's sake alone: opening to read is permitted.
         */
        if (sandbox_landlock_abi() > 0 && (open("/root", O_RDONLY) >= 0 || errno != EACCES))
            syscall(SYS_exit_group, 3);
        syscall(SYS_exit_group, 0);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

struct expectation {
    struct call call;
    int result; /* errno, 0 for success */
};

static void expect(const char *where, const struct policy_filter *filter,
                   const struct expectation *e, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int got = try_call(filter, NULL, &e[i].call);
        if (got != e[i].result)
            fail_msg("%s under %s: %d, expected %d", e[i].call.name, where, got, e[i].result);
    }
}

/* Before a worker's second filter nothing kills, but the same doors are shut. */
static void test_stage1(void **state)
{
    (void)state;
    const struct expectation shut[] = {
        {{"socket", SYS_socket, {AF_INET, SOCK_STREAM, 0}, 0}, ENOSYS},
        {{"connect", SYS_connect, {BAD_FD, 0, 0}, 0}, ENOSYS},
        {{"execve", SYS_execve, {(long)"/bin/true", 0, 0}, 0}, ENOSYS},
        {{"execveat, another", SYS_execveat, {5, (long)"", 0, 0, AT_EMPTY_PATH}, 0}, ENOSYS},
        {{"execveat, a path", SYS_execveat, {4, (long)"x", 0, 0, 0}, 0}, ENOSYS},
        {{"execveat", SYS_execveat, {4, (long)"", 0, 0, AT_EMPTY_PATH}, 0}, EBADF},
        {{"clone", SYS_clone, {SIGCHLD, 0, 0, 0, 0}, 0}, ENOSYS},
        {{"clone3", SYS_clone3, {0, 0}, 0}, ENOSYS},
        {{"unshare", SYS_unshare, {CLONE_NEWUSER}, 0}, ENOSYS},
        {{"ptrace", SYS_ptrace, {PTRACE_TRACEME, 0, 0, 0}, 0}, ENOSYS},
        {{"kill", SYS_kill, {1, 0}, 0}, ENOSYS},
        {{"openat, writing", SYS_openat, {AT_FDCWD, (long)"/nowhere", O_WRONLY, 0}, 0}, ENOSYS},
        {{"openat, reading", SYS_openat, {AT_FDCWD, (long)"/", O_RDONLY, 0}, 0}, 0},
    };
    expect("stage1", &policy_stage1, shut, sizeof shut / sizeof *shut);
}

static void test_broker(void **state)
{
    (void)state;
    const struct expectation rows[] = {
        {{"socket, inet", SYS_socket, {AF_INET, SOCK_STREAM, 0}, 0}, EAFNOSUPPORT},
        {{"socket, inet6", SYS_socket, {AF_INET6, SOCK_DGRAM, 0}, 0}, EAFNOSUPPORT},
        {{"socket, netlink", SYS_socket, {AF_NETLINK, SOCK_RAW, 0}, 0}, EAFNOSUPPORT},
        {{"socket, packet", SYS_socket, {AF_PACKET, SOCK_RAW, 0}, 0}, EAFNOSUPPORT},
        {{"socket, local", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}, 0}, 0},
        {{"ptrace", SYS_ptrace, {PTRACE_TRACEME, 0, 0, 0}, 0}, ENOSYS},
        {{"process_vm_readv", SYS_process_vm_readv, {1, 0, 0, 0, 0, 0}, 0}, ENOSYS},
        {{"bpf", SYS_bpf, {0, 0, 0}, 0}, ENOSYS},
        {{"perf_event_open", SYS_perf_event_open, {0, 0, 0, 0, 0}, 0}, ENOSYS},
        {{"init_module", SYS_init_module, {0, 0, 0}, 0}, ENOSYS},
        {{"finit_module", SYS_finit_module, {0, 0, 0}, 0}, ENOSYS},
        {{"kexec_load", SYS_kexec_load, {0, 0, 0, 0}, 0}, ENOSYS},
        {{"io_uring_setup", SYS_io_uring_setup, {1, 0}, 0}, ENOSYS},
        {{"unshare", SYS_unshare, {CLONE_NEWUSER}, 0}, ENOSYS},
        {{"setns", SYS_setns, {BAD_FD, 0}, 0}, ENOSYS},
        {{"clone3", SYS_clone3, {0, 0}, 0}, ENOSYS},
        {{"clone, a thread", SYS_clone, {CLONE_VM | CLONE_THREAD | CLONE_SIGHAND, 0, 0, 0, 0}, 0},
         ENOSYS},
        {{"clone, shared memory", SYS_clone, {CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0}, 0},
         ENOSYS},
        {{"listen", SYS_listen, {BAD_FD, 1}, 0}, ENOSYS},
        {{"bind", SYS_bind, {BAD_FD, 0, 0}, 0}, ENOSYS},
        {{"execve", SYS_execve, {(long)"/bin/true", 0, 0}, 0}, ENOSYS},
        {{"openat", SYS_openat, {AT_FDCWD, (long)"/dev/null", O_WRONLY, 0}, 0}, 0},
        {{"memfd_create", SYS_memfd_create, {(long)"x", 0}, 0}, 0},
        {{"setitimer, time that passes", SYS_setitimer, {ITIMER_REAL, 0, 0}, 0}, 0},
        {{"setitimer, its own", SYS_setitimer, {ITIMER_VIRTUAL, 0, 0}, 0}, ENOSYS},
        {{"timer_create", SYS_timer_create, {1, 0, 0}, 0}, ENOSYS},
    };
    expect("broker", &policy_broker, rows, sizeof rows / sizeof *rows);
}

static void test_launcher(void **state)
{
    (void)state;
    const struct expectation rows[] = {
        {{"socket, inet", SYS_socket, {AF_INET, SOCK_STREAM, 0}, 0}, 0},
        {{"socket, netlink", SYS_socket, {AF_NETLINK, SOCK_RAW, 0}, 0}, EAFNOSUPPORT},
        {{"listen", SYS_listen, {BAD_FD, 1}, 0}, EBADF},
        {{"ptrace", SYS_ptrace, {PTRACE_TRACEME, 0, 0, 0}, 0}, ENOSYS},
        {{"openat, writing", SYS_openat, {AT_FDCWD, (long)"/dev/null", O_WRONLY, 0}, 0}, ENOSYS},
        {{"fsync", SYS_fsync, {BAD_FD}, 0}, EBADF},
        {{"rename", SYS_rename, {(long)"/x", (long)"/y"}, 0}, ENOSYS},
        {{"memfd_create", SYS_memfd_create, {(long)"x", 0}, 0}, ENOSYS},
        {{"execve", SYS_execve, {(long)"/bin/true", 0, 0}, 0}, ENOSYS},
    };
    expect("launcher", &policy_launcher, rows, sizeof rows / sizeof *rows);
}

static void test_watch(void **state)
{
    (void)state;
    const struct expectation rows[] = {
        {{"kill by descriptor", SYS_pidfd_send_signal, {BAD_FD, SIGKILL, 0, 0}, 0}, EBADF},
        {{"another signal", SYS_pidfd_send_signal, {BAD_FD, SIGTERM, 0, 0}, 0}, -SIGSYS},
        {{"kill by number", SYS_kill, {1, SIGKILL}, 0}, -SIGSYS},
        {{"socket", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}, 0}, -SIGSYS},
        {{"openat", SYS_openat, {AT_FDCWD, (long)"/dev/null", O_RDONLY, 0}, 0}, -SIGSYS},
        {{"clone", SYS_clone, {SIGCHLD, 0, 0, 0, 0}, 0}, -SIGSYS},
    };
    expect("watch", &policy_watch, rows, sizeof rows / sizeof *rows);
}

#ifdef __x86_64__
/* The 32-bit and x32 doors lead to the same kernel by other numbers. */
static void test_other_numbers(void **state)
{
    (void)state;
    const struct call x32 = {"x32 getpid", 0x40000000L | SYS_getpid, {0}, 0};
    assert_int_equal(try_call(&policy_stage1, NULL, &x32), -SIGSYS);
    assert_int_equal(try_call(&policy_broker, NULL, &x32), -SIGSYS);
    assert_int_equal(try_call(&policy_stage1, &policy_audit, &x32), -SIGSYS);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roles),         cmocka_unit_test(test_dial_answers),
        cmocka_unit_test(test_dial_looks_up), cmocka_unit_test(test_stage1),
        cmocka_unit_test(test_watch),         cmocka_unit_test(test_broker),
        cmocka_unit_test(test_launcher),
#ifdef __x86_64__
        cmocka_unit_test(test_other_numbers),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
