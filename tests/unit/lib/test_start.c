/*
 * Starting, measuring, refusing and killing workers. This program is its own set of workers: it
 * copies itself into a folder of its own under their names and runs from there, so that nothing in
 * lib/start has to know of tests. All of it runs as the caller and, when that is root, once more as
 * a normal user.
 *
 * A test worker does what the one-byte datagrams on its control socket say, first unconfined, then,
 * from "begin" on, under gate's policy.
 */
#include "ch_gate.h"
#include "lib/chan.h"
#include "lib/fd.h"
#include "lib/sandbox.h"
#include "lib/start.h"
#include "tests/unit/programs.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define WAIT_MS 20000

/* --- the test worker */

enum order {
    ORDER_CONFINE = 'c',   /* worker_confine, which answers READY */
    ORDER_NO_FILTER = 'n', /* READY without the second filter */
    ORDER_LOOK = 'l',      /* answer with struct view */
    ORDER_SOCKET = 's',    /* a forbidden call */
    ORDER_EXIT = 'x',
};

/* What it sees around itself. */
struct view {
    int pid;
    int root_entries; /* without . and .. */
    int create_errno; /* of making a file in its root */
    int open_fds;
    int std_open;    /* descriptors 0..2 that are open */
    int environment; /* number of variables */
    int dumpable;
    unsigned long core, file_size, processes;
};

extern char **environ;

static int count_entries(const char *path)
{
    DIR *d = opendir(path);
    if (d == NULL)
        return -1;
    int n = 0;
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n - 2;
}

static unsigned long limit_of(__rlimit_resource_t what)
{
    struct rlimit limit;
    return getrlimit(what, &limit) == 0 ? (unsigned long)limit.rlim_cur : 1;
}

static void look(struct view *v)
{
    memset(v, 0, sizeof *v);
    v->pid = getpid();
    v->root_entries = count_entries("/");
    v->create_errno = open("/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600) < 0 ? errno : 0;
    for (int fd = 0; fd < 256; fd++)
        v->open_fds += fcntl(fd, F_GETFD) >= 0;
    for (int fd = 0; fd < 3; fd++)
        v->std_open += fcntl(fd, F_GETFD) >= 0;
    for (char **e = environ; *e != NULL; e++)
        v->environment++;
    v->dumpable = prctl(PR_GET_DUMPABLE);
    v->core = limit_of(RLIMIT_CORE);
    v->file_size = limit_of(RLIMIT_FSIZE);
    v->processes = limit_of(RLIMIT_NPROC);
}

/* Everything of worker_confine but its last step, so that the result can be looked at. */
static void confine_and_look(struct view *v)
{
    const struct sandbox_limits limits = {.files = 64};
    if (sandbox_has_namespaces() && sandbox_empty_root() != 0)
        _exit(10);
    if (sandbox_drop_capabilities() != 0 || sandbox_limit(&limits) != 0 ||
        sandbox_hide_memory() != 0)
        _exit(11);
    look(v);
}

static int run_worker(void)
{
    struct chan control;
    static const struct gate_at_gate handlers;
    worker_begin(WORKER_GATE);
    gate_init_gate(&control, WORKER_CONTROL_FD, &handlers, NULL);
    for (;;) {
        struct pollfd p = {.fd = WORKER_CONTROL_FD, .events = POLLIN};
        char order = 0;
        struct view v;
        if (poll(&p, 1, -1) < 0 || read(WORKER_CONTROL_FD, &order, 1) != 1)
            return 3;
        if (order == ORDER_CONFINE)
            worker_confine(WORKER_GATE, &policy_gate, &control);
        else if (order == ORDER_NO_FILTER)
            msg_ready_send(&control);
        else if (order == ORDER_LOOK)
            confine_and_look(&v);
        else if (order == ORDER_SOCKET)
            syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
        else
            return 0;
        if (order == ORDER_LOOK && write(WORKER_CONTROL_FD, &v, sizeof v) < 0)
            return 4;
    }
}

/* --- driving it */

static void order(const struct started *s, enum order o)
{
    char byte = (char)o;
    assert_int_equal(write(s->control, &byte, 1), 1);
}

static ssize_t answer(const struct started *s, void *out, size_t size)
{
    struct pollfd p = {.fd = s->control, .events = POLLIN};
    assert_int_equal(poll(&p, 1, WAIT_MS), 1);
    return read(s->control, out, size);
}

/* The way it ended, by itself. */
static siginfo_t await_end(struct started *s)
{
    siginfo_t how;
    struct pollfd p = {.fd = s->pidfd, .events = POLLIN};
    assert_int_equal(poll(&p, 1, WAIT_MS), 1);
    assert_int_equal(start_reap(s, &how), 1);
    return how;
}

static void end(struct started *s)
{
    siginfo_t how;
    assert_true(start_kill(s, &how));
    start_finish(s);
    fd_close(&s->control);
}

/* From outside, of a worker that has been through worker_confine: an empty root, the only mount,
 * read-only. */
static bool has_empty_root(pid_t pid)
{
    char path[40], text[4096] = {0};
    snprintf(path, sizeof path, "/proc/%d/root", (int)pid);
    if (count_entries(path) != 0)
        return false;
    snprintf(path, sizeof path, "/proc/%d/mountinfo", (int)pid);
    FD_OWNED fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0)
        return false;
    const char *end = strchr(text, '\n');
    return strstr(text, " / / ro,nosuid,nodev,noexec") != NULL && end != NULL && end[1] == '\0';
}

static bool is_plain(void **state)
{
    return *state != NULL;
}

static int go_plain(void **state)
{
    static char yes;
    *state = &yes;
    return 0;
}

/* --- tests; with and without namespaces where *state says so */

/* Ours to keep: with them, the worker's end does not wait for what is taken down with them. */
static bool holds_namespaces(const struct started *s)
{
    static const char *const names[NAMESPACES] = {"mnt", "net",  "ipc",   "pid",
                                                  "uts", "user", "cgroup"};
    bool all = true;
    for (unsigned i = 0; i < NAMESPACES; i++) {
        char path[64];
        struct stat its, held;
        snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)s->pid, names[i]);
        all = all && stat(path, &its) == 0 && fstat(s->held[i], &held) == 0 &&
              its.st_ino == held.st_ino && (fcntl(s->held[i], F_GETFD) & FD_CLOEXEC) != 0;
    }
    return all;
}

static bool holds_none(const struct started *s)
{
    bool none = true;
    for (unsigned i = 0; i < NAMESPACES; i++)
        none = none && s->held[i] < 0;
    return none;
}

static void test_verified(void **state)
{
    struct started s;
    struct proof p;
    uint8_t ready[16];
    const char *why;
    assert_int_equal(start_worker(WORKER_GATE, is_plain(state), &s), 0);
    order(&s, ORDER_CONFINE);
    assert_int_equal(answer(&s, ready, sizeof ready), 2);
    assert_int_equal(start_measure(&s, &p), 0);
    assert_int_equal(p.namespaces, !is_plain(state));
    assert_true(is_plain(state) || has_empty_root(s.pid));
    assert_true(is_plain(state) ? holds_none(&s) : holds_namespaces(&s));
    assert_true(start_verified(&p, start_own_filters() + 2, geteuid() == 0, &why));
    assert_false(start_verified(&p, start_own_filters() + 1, geteuid() == 0, &why));
    assert_string_equal(why, "wrong number of seccomp filters");
    end(&s);
}

static void test_forbidden_call_kills(void **state)
{
    struct started s;
    uint8_t ready[16];
    assert_int_equal(start_worker(WORKER_GATE, is_plain(state), &s), 0);
    order(&s, ORDER_CONFINE);
    assert_int_equal(answer(&s, ready, sizeof ready), 2);
    order(&s, ORDER_SOCKET);
    siginfo_t how = await_end(&s);
    assert_true(how.si_code == CLD_KILLED || how.si_code == CLD_DUMPED);
    assert_int_equal(how.si_status, SIGSYS);
    start_finish(&s);
    fd_close(&s.control);
}

static void test_missing_filter_is_refused(void **state)
{
    struct started s;
    struct proof p;
    uint8_t ready[16];
    const char *why;
    assert_int_equal(start_worker(WORKER_GATE, is_plain(state), &s), 0);
    order(&s, ORDER_NO_FILTER);
    assert_int_equal(answer(&s, ready, sizeof ready), 2);
    assert_int_equal(start_measure(&s, &p), 0);
    assert_false(start_verified(&p, start_own_filters() + 2, geteuid() == 0, &why));
    assert_string_equal(why, "wrong number of seccomp filters");
    end(&s);
}

/* What `ps` shows: executed by descriptor, it would be a number on older kernels. */
static bool is_called(pid_t pid, const char *name)
{
    char path[32], text[32] = {0};
    snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    FD_OWNED fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, text, sizeof text - 1) > 0 && strcmp(text, name) == 0;
}

static void test_what_it_sees(void **state)
{
    struct started s;
    struct view v;
    assert_int_equal(start_worker(WORKER_GATE, is_plain(state), &s), 0);
    order(&s, ORDER_LOOK);
    assert_int_equal(answer(&s, &v, sizeof v), sizeof v);
    if (!is_plain(state)) {
        assert_int_equal(v.pid, 1);
        assert_int_equal(v.root_entries, 0);
        assert_int_equal(v.create_errno, ENOSYS); /* stage 1; EROFS without it */
    }
    assert_int_equal(v.open_fds, 4);
    assert_int_equal(v.std_open, 3);
    assert_int_equal(v.environment, 2);
    assert_int_equal(v.core, 0);
    assert_int_equal(v.file_size, 0);
    assert_int_equal(v.processes, 0);
    assert_int_equal(v.dumpable, 0);
    assert_true(is_called(s.pid, "vitrine-gate\n"));
    end(&s);
}

static void test_kill_is_final(void **state)
{
    struct started s;
    siginfo_t how;
    assert_int_equal(start_worker(WORKER_GATE, is_plain(state), &s), 0);
    assert_true(start_kill(&s, &how));
    assert_int_equal(how.si_status, SIGKILL);
    assert_int_equal(kill(s.pid, 0), -1);
    assert_int_equal(errno, ESRCH);
    start_finish(&s);
    fd_close(&s.control);
}

/* A parent that is killed, without a chance to say anything, takes its worker along. */
static void die_with_parent(bool plain, bool confined)
{
    int report[2], stay[2];
    assert_int_equal(pipe(report), 0);
    assert_int_equal(pipe(stay), 0);
    pid_t parent = fork();
    if (parent == 0) {
        struct started s;
        close(stay[1]);
        if (start_worker(WORKER_GATE, plain, &s) != 0)
            _exit(1);
        if (confined) {
            char ready[16];
            order(&s, ORDER_CONFINE);
            answer(&s, ready, sizeof ready);
        }
        /* A second holder of the channel: its end must not be what ends the worker. */
        if (fork() == 0) /* as long as the test goes on */
            _exit(read(stay[0], &(char){0}, 1) == 0 ? 0 : 1);
        if (write(report[1], &s.pid, sizeof s.pid) != sizeof s.pid)
            _exit(1);
        pause();
    }
    pid_t worker = 0;
    assert_int_equal(read(report[0], &worker, sizeof worker), sizeof worker);
    FD_OWNED pidfd = (int)syscall(SYS_pidfd_open, worker, 0);
    assert_true(pidfd >= 0);
    kill(parent, SIGKILL);
    struct pollfd p = {.fd = pidfd, .events = POLLIN};
    assert_int_equal(poll(&p, 1, WAIT_MS), 1);
    close(stay[0]);
    close(stay[1]);
    waitpid(parent, NULL, 0);
    close(report[0]);
    close(report[1]);
}

static void test_dies_with_parent(void **state)
{
    die_with_parent(is_plain(state), false);
    die_with_parent(is_plain(state), true);
}

/* Copies of this program that somebody else could have changed. */
static void test_refuses_writable_program(void **state)
{
    (void)state;
    struct started s;
    assert_int_equal(chmod("vitrine-audit", 0775), 0);
    assert_int_equal(start_worker(WORKER_AUDIT, true, &s), -1);
    assert_int_equal(errno, EPERM);
    assert_int_equal(chmod("vitrine-audit", 0757), 0);
    assert_int_equal(start_worker(WORKER_AUDIT, true, &s), -1);
    assert_int_equal(errno, EPERM);
    assert_int_equal(chmod("vitrine-audit", 0755), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown("vitrine-audit", PROGRAMS_NORMAL_USER, PROGRAMS_NORMAL_USER), 0);
        assert_int_equal(start_worker(WORKER_AUDIT, true, &s), -1);
        assert_int_equal(errno, EPERM);
        assert_int_equal(chown("vitrine-audit", 0, 0), 0);
    }
    assert_int_equal(start_worker(WORKER_AUDIT, true, &s), 0);
    end(&s);
}

static void test_missing_program(void **state)
{
    (void)state;
    struct started s;
    assert_int_equal(start_worker(WORKER_NET, false, &s), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(s.pid, 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* and no child is left */
}

/* A file that the kernel cannot execute: the child's errno comes back. */
static void test_broken_program(void **state)
{
    (void)state;
    struct started s;
    FD_OWNED broken = open("vitrine-seal", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
    assert_int_equal(write(broken, "nothing", 7), 7);
    fd_close(&broken); /* nobody executes what is open for writing */
    int result = start_worker(WORKER_SEAL, false, &s), error = errno;
    unlink("vitrine-seal");
    assert_int_equal(result, -1);
    assert_int_equal(error, ENOEXEC);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static bool write_file(const char *path, const char *text)
{
    FD_OWNED fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* Inside a user namespace where no further one may be made. */
static void test_without_user_namespaces(void **state)
{
    (void)state;
    pid_t pid = fork();
    if (pid == 0) {
        char map[32];
        struct started s;
        snprintf(map, sizeof map, "0 %d 1", (int)geteuid());
        if (unshare(CLONE_NEWUSER) != 0 || !write_file("/proc/self/uid_map", map) ||
            !write_file("/proc/sys/user/max_user_namespaces", "0"))
            _exit(1);
        if (start_worker(WORKER_GATE, false, &s) == 0 || errno != ENOSPC)
            _exit(2);
        if (start_worker(WORKER_GATE, true, &s) != 0 || s.namespaces)
            _exit(3);
        order(&s, ORDER_CONFINE);
        char ready[16];
        struct proof p;
        const char *why;
        if (answer(&s, ready, sizeof ready) != 2 || start_measure(&s, &p) != 0 ||
            !start_verified(&p, start_own_filters() + 2, geteuid() == 0, &why) || p.namespaces)
            _exit(4);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* Without dumpability the kernel gives /proc/PID/uid_map of a child to root: the start must not
 * need it. */
static void test_start_when_not_dumpable(void **state)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct started s;
        char ready[16];
        if (sandbox_hide_memory() != 0 || start_worker(WORKER_GATE, is_plain(state), &s) != 0)
            _exit(1);
        order(&s, ORDER_CONFINE);
        _exit(answer(&s, ready, sizeof ready) == 2 ? 0 : 2);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* As the launcher does it: the worker's parent is the launcher's parent. */
static void test_start_for_parent(void **state)
{
    int report[2];
    assert_int_equal(pipe(report), 0);
    pid_t launcher = fork();
    if (launcher == 0) {
        struct started s;
        if (start_worker_for_parent(WORKER_GATE, is_plain(state), &s) != 0)
            _exit(1);
        _exit(write(report[1], &s.pid, sizeof s.pid) != sizeof s.pid);
    }
    pid_t worker = 0;
    assert_int_equal(read(report[0], &worker, sizeof worker), sizeof worker);
    int status;
    assert_int_equal(waitpid(launcher, &status, 0), launcher);
    assert_int_equal(status, 0);
    struct started s = {
        .pid = worker, .pidfd = (int)syscall(SYS_pidfd_open, worker, 0), .status = -1};
    siginfo_t how;
    assert_true(s.pidfd >= 0);
    /* It outlived the launcher (or ended in order, when it saw its channel closed): ours to reap.
     */
    assert_true(start_kill(&s, &how));
    start_finish(&s);
    close(report[0]);
    close(report[1]);
}

/* --- what a worker must not have; processes that look almost right */

static void *idle(void *ctx)
{
    pause();
    return ctx;
}

enum flaw { FLAW_NONE, FLAW_THREAD, FLAW_CAPABILITY, FLAW_PRIVILEGES };

static void lock_badly(enum flaw flaw)
{
    pthread_t thread;
    if (flaw == FLAW_THREAD && pthread_create(&thread, NULL, idle, NULL) != 0)
        _exit(1);
    if (flaw != FLAW_CAPABILITY && sandbox_drop_capabilities() != 0)
        _exit(2);
    if (flaw != FLAW_PRIVILEGES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        _exit(3);
    if (sandbox_filter(&policy_stage1) != 0 || sandbox_filter(&policy_gate) != 0)
        _exit(4);
}

static bool refused(enum flaw flaw, const char *expected)
{
    int ready[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        lock_badly(flaw);
        if (write(ready[1], &byte, 1) != 1)
            syscall(SYS_exit_group, 5);
        for (;;)
            poll(NULL, 0, -1);
    }
    struct proof p;
    const char *why = NULL;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(start_measure_pid(pid, &p), 0);
    bool good = start_verified(&p, start_own_filters() + 2, geteuid() == 0, &why);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(ready[0]);
    close(ready[1]);
    return expected == NULL ? good : !good && strcmp(why, expected) == 0;
}

static void test_flaws_are_refused(void **state)
{
    (void)state;
    assert_true(refused(FLAW_NONE, NULL));
    assert_true(refused(FLAW_THREAD, "more than one thread"));
    if (geteuid() == 0) {
        assert_true(refused(FLAW_CAPABILITY, "a capability is left"));
    }
}

static void test_proof_rows(void **state)
{
    (void)state;
    const struct proof good = {
        .seccomp = 2, .filters = 2, .no_new_privs = 1, .threads = 1, .namespaces = true};
    const char *why;
    assert_true(start_verified(&good, 2, geteuid() == 0, &why));
    struct proof p = good;
    p.seccomp = 0;
    assert_false(start_verified(&p, 2, geteuid() == 0, &why));
    p = good;
    p.filters = 3;
    assert_false(start_verified(&p, 2, geteuid() == 0, &why));
    p.filters = -1;
    assert_false(start_verified(&p, -1 + 2, geteuid() == 0, &why));
    p = good;
    p.no_new_privs = -1;
    assert_false(start_verified(&p, 2, geteuid() == 0, &why));
    p = good;
    p.threads = 2;
    assert_false(start_verified(&p, 2, geteuid() == 0, &why));
    uint64_t *const sets[] = {&p.cap_eff, &p.cap_prm, &p.cap_inh, &p.cap_amb, &p.cap_bnd};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        p = good;
        *sets[i] = 1;
        assert_false(start_verified(&p, 2, geteuid() == 0, &why));
    }
    /* Without namespaces the bounding set tells whether root started it, and nothing else. */
    p = good;
    p.namespaces = false;
    p.cap_bnd = 1;
    assert_true(start_verified(&p, 2, false, &why));
    assert_false(start_verified(&p, 2, true, &why));
}

static uint64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Printed, and held to the promise with the lower quartile: a busy machine delays many. */
static void test_time_to_verified(void **state)
{
    enum { N = 31 };
    uint64_t took[N];
    for (int i = 0; i < N; i++) {
        struct started s;
        struct proof p;
        uint8_t ready[16];
        const char *why;
        uint64_t begun = now_us();
        assert_int_equal(start_worker(WORKER_GATE, is_plain(state), &s), 0);
        order(&s, ORDER_CONFINE);
        assert_int_equal(answer(&s, ready, sizeof ready), 2);
        assert_int_equal(start_measure(&s, &p), 0);
        assert_true(start_verified(&p, start_own_filters() + 2, geteuid() == 0, &why));
        uint64_t now = now_us() - begun;
        end(&s);
        int at = i;
        for (; at > 0 && took[at - 1] > now; at--)
            took[at] = took[at - 1];
        took[at] = now;
    }
    print_message("# start to verified%s: min %lu us, median %lu us, max %lu us\n",
                  is_plain(state) ? ", plain" : "", (unsigned long)took[0],
                  (unsigned long)took[N / 2], (unsigned long)took[N - 1]);
}

static const char *const programs[] = {"vitrine-gate", "vitrine-audit", NULL};

/* Who waited may have stood still until its time was over. */
static void test_death_is_seen_late(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    siginfo_t how;
    assert_int_equal(waitid(P_PID, (id_t)child, &how, WEXITED | WNOWAIT), 0);
    int pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    assert_true(start_await_death(pidfd, 0));
    close(pidfd);
    assert_int_equal(waitpid(child, NULL, 0), child);
    pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
    assert_false(start_await_death(pidfd, 0));
    close(pidfd);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[0], "vitrine-gate") == 0)
        return run_worker();
    if (argc < 2)
        return programs_run(argv[0], programs);
    if (start_init() != 0)
        return 1;
#define BOTH(test) cmocka_unit_test(test), cmocka_unit_test_setup(test, go_plain)
    const struct CMUnitTest tests[] = {
        BOTH(test_verified),
        BOTH(test_forbidden_call_kills),
        BOTH(test_missing_filter_is_refused),
        BOTH(test_what_it_sees),
        BOTH(test_kill_is_final),
        BOTH(test_dies_with_parent),
        cmocka_unit_test(test_refuses_writable_program),
        cmocka_unit_test(test_missing_program),
        cmocka_unit_test(test_broken_program),
        cmocka_unit_test(test_without_user_namespaces),
        BOTH(test_start_when_not_dumpable),
        BOTH(test_start_for_parent),
        cmocka_unit_test(test_flaws_are_refused),
        cmocka_unit_test(test_proof_rows),
        cmocka_unit_test(test_death_is_seen_late),
        BOTH(test_time_to_verified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
