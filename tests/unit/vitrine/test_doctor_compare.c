/*
 * What `vitrine doctor` says of a running process: what it holds beside its row in
 * policy/processes.h, what the kernel says of it, and its filters beside those compiled.
 */
#include "broker/doctor.h"
#include "lib/sandbox.h"
#include "policy/limits.h"
#include "tests/unit/programs.h"
#include "tests/unit/vitrine/failing_readdir.h"
#include <dirent.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cmocka.h>

/* --- what a process holds, beside its rule: a child of ours that holds what an input worker does,
   and then one thing more --- */

static char compared[DOCTOR_WRONG];

/* What a process shows to itself was all compared. */
static const char *compare_here(void)
{
    const struct doctor_process p = {.pid = getpid(), .part = WORKER_INPUT};
    compared[0] = 0;
    if (doctor_compare(&p, compared) != 0)
        strcpy(compared, "not all was seen");
    return compared;
}

static bool limit(int what, rlim_t value)
{
    return setrlimit((__rlimit_resource_t)what, &(struct rlimit){value, value}) == 0;
}

static bool hold_like_input(int ends[2])
{
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; fd++)
        dup2(null, fd);
    syscall(SYS_close_range, 3, ~0U, 0);
    return limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NPROC, 0) && limit(RLIMIT_CORE, 0) &&
           limit(RLIMIT_MSGQUEUE, 0) && limit(RLIMIT_NOFILE, WORKER_NOFILE) &&
           socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0;
}

/* The number of the first thing that was not as expected; 0: none. */
static int hold_more(void)
{
    int ends[2];
    if (!hold_like_input(ends) || *compare_here())
        return 1;
    int more = dup(ends[0]);
    if (!strstr(compare_here(), "local sockets: 3, its rule says 2"))
        return 2;
    close(more);
    more = socket(AF_INET, SOCK_STREAM, 0);
    if (!strstr(compare_here(), "network sockets: 1, its rule says 0"))
        return 3;
    close(more);
    more = memfd_create("more", 0);
    if (!strstr(compare_here(), "memory files: 1, its rule says 0"))
        return 4;
    close(more);
    more = open("/proc/self/status", O_RDONLY);
    if (!strstr(compare_here(), "open files: 1, its rule says 0"))
        return 5;
    close(more);
    if (pipe(ends) != 0 || !strstr(compare_here(), "of no kind it has: 2"))
        return 6;
    close(ends[0]);
    close(ends[1]);
    /* In another network than whoever made them the sockets are the same. */
    return unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 && *compare_here() ? 7 : 0;
}

/* Where nothing more can be opened, or read. */
static bool cannot_open;

int __real_openat(int at, const char *path, int flags, ...);
int __wrap_openat(int at, const char *path, int flags, ...);
int __wrap_openat(int at, const char *path, int flags, ...)
{
    if (!cannot_open)
        return __real_openat(at, path, flags);
    errno = EMFILE;
    return -1;
}

/* What could not be looked at is neither right nor wrong. */
static int hold_what_is_not_seen(void)
{
    const struct doctor_process p = {.pid = getpid(), .part = WORKER_INPUT};
    int ends[2];
    if (!hold_like_input(ends) || *compare_here())
        return 1;
    cannot_open = true;
    if (doctor_compare(&p, compared) != DOCTOR_DESCRIPTORS || *compared)
        return 2;
    cannot_open = false;
    for (unsigned n = 1; n < 6; n++) {
        read_that_fails = reads + n;
        if (doctor_compare(&p, compared) != DOCTOR_DESCRIPTORS || *compared)
            return 3;
    }
    return *compare_here() ? 4 : 0;
}

/* Not one after the other for as long as it opens them. */
static int hold_very_many(void)
{
    int ends[2];
    if (!hold_like_input(ends) || *compare_here())
        return 1;
    for (int i = 0; i < WORKER_NOFILE - 8; i++)
        if (dup(0) < 0)
            return 2;
    return strstr(compare_here(), "descriptors: 19, its rule says 18") ? 0 : 3;
}

static void expect_zero_of(int (*in_child)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(in_child());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0);
}

static void test_held_descriptors(void **state)
{
    (void)state;
    expect_zero_of(hold_more);
    expect_zero_of(hold_very_many);
    expect_zero_of(hold_what_is_not_seen);
}

static int lax_limits(void)
{
    int ends[2];
    if (!limit(RLIMIT_NOFILE, WORKER_NOFILE + 1))
        return 1;
    compare_here();
    return strstr(compared, "Max open files: 65, its rule says 64") &&
                   strstr(compared, "Max processes") && pipe(ends) == 0
               ? 0
               : 2;
}

/* What it may not have open now it could after one call. */
static int lax_hard_limit(void)
{
    if (setrlimit(RLIMIT_NOFILE, &(struct rlimit){WORKER_NOFILE, WORKER_NOFILE + 1}) != 0)
        return 1;
    compare_here();
    return strstr(compared, "Max open files: 65, its rule says 64") ? 0 : 2;
}

static void test_lax_limits(void **state)
{
    (void)state;
    expect_zero_of(lax_limits);
    expect_zero_of(lax_hard_limit);
}

/* --- what the kernel says of it: each fact wrong in turn --- */

static const char *judge_as(unsigned part, struct proof proof, int outer, bool root)
{
    const struct doctor_process p = {.part = part, .proof = proof, .root = root};
    compared[0] = 0;
    doctor_judge(&p, outer, compared);
    return compared;
}

static const char *judge(unsigned part, struct proof proof, int outer)
{
    return judge_as(part, proof, outer, false);
}

static void expect_named(unsigned part, struct proof proof, const char *words)
{
    if (!strstr(judge(part, proof, 1), words))
        fail_msg("%s: '%s' instead of '%s'", doctor_part_name(part), compared, words);
}

static void test_judged(void **state)
{
    (void)state;
    for (unsigned part = WORKER_GATE; part < DOCTOR_PARTS; part++) {
        bool is_worker = part < WORKER_KINDS;
        const struct proof good = {
            .seccomp = 2, .filters = is_worker ? 3 : 1, .no_new_privs = 1, .threads = 1};
        struct proof p = good;
        assert_string_equal(judge(part, p, 1), "");
        assert_non_null(strstr(judge(part, p, -1), "its broker is gone"));
        p.seccomp = 0;
        expect_named(part, p, "no seccomp filter");
        p = good;
        p.filters++;
        expect_named(part, p, "seccomp filters");
        p = good;
        p.no_new_privs = 0;
        expect_named(part, p, "no_new_privs is not set");
        p = good;
        p.threads = 2;
        expect_named(part, p, is_worker ? "more than one thread" : "2 threads");
        uint64_t *sets[] = {&p.cap_eff, &p.cap_prm, &p.cap_amb};
        for (size_t i = 0; i < 3; i++) {
            p = good;
            *sets[i] = 1;
            expect_named(part, p, "a capability is left");
        }
    }
}

/* Without namespaces only a worker that root started could empty its bounding set, whoever asks. */
static void test_judged_without_namespaces(void **state)
{
    (void)state;
    for (unsigned part = WORKER_GATE; part < WORKER_KINDS; part++) {
        struct proof p = {
            .seccomp = 2, .filters = 3, .no_new_privs = 1, .threads = 1, .cap_bnd = UINT64_MAX};
        assert_string_equal(judge_as(part, p, 1, false), "");
        assert_non_null(strstr(judge_as(part, p, 1, true), "bounding set is not empty"));
        p.namespaces = true;
        assert_non_null(strstr(judge_as(part, p, 1, false), "bounding set is not empty"));
    }
}

/* This process has its parent's namespaces: a worker that says it has its own is named, each. */
static void test_shared_namespaces(void **state)
{
    (void)state;
    static const char *const names[] = {"user", "mnt", "pid", "ipc", "uts", "cgroup", "net"};
    struct doctor_process p = {.pid = getpid(), .part = WORKER_SEAL, .proof.namespaces = true};
    char words[64];
    compared[0] = 0;
    doctor_compare(&p, compared);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(words, sizeof words, "no %s namespace of its own", names[i]);
        assert_non_null(strstr(compared, words));
    }
    p.part = WORKER_DIAL;
    compared[0] = 0;
    doctor_compare(&p, compared);
    assert_null(strstr(compared, "no net namespace"));
}

/* --- what Linux shows to root alone is not taken for right --- */

/* A child of a normal user's that is not dumpable, as workers are. */
static int hidden(void)
{
    struct doctor_process p = {.part = WORKER_SEAL, .proof.namespaces = true};
    int ends[2];
    char byte;
    if (pipe(ends) != 0)
        return 1;
    p.pid = fork();
    if (p.pid == 0) {
        bool ready = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0;
        if (!ready || write(ends[1], "r", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    if (read(ends[0], &byte, 1) != 1)
        return 2;
    compared[0] = 0;
    unsigned unseen = doctor_compare(&p, compared);
    kill(p.pid, SIGKILL);
    waitpid(p.pid, NULL, 0);
    if (geteuid() == 0)
        return unseen == 0 && strstr(compared, "namespace of its own") ? 0 : 3;
    return unseen == (DOCTOR_NAMESPACES | DOCTOR_DESCRIPTORS) &&
                   !strstr(compared, "namespace of its own") && !strstr(compared, "sockets")
               ? 0
               : 4;
}

static void test_hidden(void **state)
{
    (void)state;
    expect_zero_of(hidden);
}

/* What it all comes to: the exit status of `vitrine doctor`. */
static void test_verdicts(void **state)
{
    static struct doctor_processes all;
    struct doctor_process *p = &all.list[1];
    (void)state;
    assert_int_equal(doctor_status(&all), 0);
    all.n = 3;
    for (unsigned i = 0; i < all.n; i++)
        all.list[i].part = WORKER_SEAL;
    assert_int_equal(doctor_verdict(p), DOCTOR_RIGHT);
    assert_int_equal(doctor_status(&all), 0);
    for (unsigned bit = 0; bit < DOCTOR_SEEN_BITS; bit++) {
        p->unseen = 1u << bit;
        assert_int_equal(doctor_verdict(p), DOCTOR_UNSURE);
        assert_int_equal(doctor_status(&all), 7);
    }
    strcpy(all.list[2].wrong, "2 threads");
    assert_int_equal(doctor_verdict(&all.list[2]), DOCTOR_DIFFERS);
    assert_int_equal(doctor_status(&all), 1); /* whatever else was not seen */
    all.n = 2;
    p->part = WORKER_NONE;
    assert_int_equal(doctor_verdict(p), DOCTOR_NO_RULE);
    assert_int_equal(doctor_status(&all), 7);
    p->part = WORKER_SEAL;
    p->unseen = 0;
    assert_int_equal(doctor_status(&all), 0);
    all.full = true;
    assert_int_equal(doctor_status(&all), 7); /* of those that are not listed nothing is known */
    all.full = false;
    all.hidden = true;
    assert_int_equal(doctor_status(&all), 7);
}

/* --- the filters themselves, read from the kernel --- */

#define LONGEST_S 60 /* for a test that would hang: SIGALRM ends the program */

/* A child that puts these on, one after the other, and waits; `p` is measured when it does. */
static void start_filtered(struct doctor_process *p, const struct policy_filter *const *filters,
                           size_t n)
{
    alarm(LONGEST_S);
    p->pid = fork();
    if (p->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        bool on = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
        for (size_t i = 0; i < n; i++)
            on = on && sandbox_filter(filters[i]) == 0;
        while (on)
            poll(NULL, 0, -1);
        _exit(1);
    }
    do {
        assert_int_equal(waitpid(p->pid, NULL, WNOHANG), 0);
        assert_int_equal(start_measure_pid(p->pid, &p->proof), 0);
    } while (p->proof.filters != (int)n);
    alarm(0);
}

/* What the kernel would answer, where it does not: it is built without that, or this program runs
   under a filter itself. Everything else is asked of the kernel. */
static bool stand_in;
static const struct policy_filter *const *worn;
static size_t n_worn;

long __real_ptrace(enum __ptrace_request request, ...);
long __wrap_ptrace(enum __ptrace_request request, ...);
long __wrap_ptrace(enum __ptrace_request request, ...)
{
    va_list args;
    va_start(args, request);
    pid_t pid = va_arg(args, pid_t);
    void *at = va_arg(args, void *), *out = va_arg(args, void *);
    va_end(args);
    if (!stand_in || request != PTRACE_SECCOMP_GET_FILTER)
        return __real_ptrace(request, pid, at, out);
    const struct policy_filter *filter = (uintptr_t)at < n_worn ? worn[(uintptr_t)at] : NULL;
    if (filter && out)
        memcpy(out, filter->code, filter->len * sizeof filter->code[0]);
    return filter ? filter->len : -1;
}

/* What doctor says of it as `part`; NULL when it could not look. */
static const char *read_filters(unsigned part, const struct policy_filter *const *filters, size_t n)
{
    struct doctor_process p = {.part = part};
    int status;
    compared[0] = 0;
    worn = filters;
    n_worn = n;
    start_filtered(&p, filters, n);
    bool read = doctor_filters_compare(&p, compared);
    /* It goes on as before. */
    assert_int_equal(waitpid(p.pid, &status, WNOHANG), 0);
    kill(p.pid, SIGKILL);
    waitpid(p.pid, &status, 0);
    return read ? compared : NULL;
}

static const struct sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
static const struct policy_filter anything = {allow, 1};

static int ask_kernel(void **state)
{
    const struct policy_filter *const one[] = {&anything};
    (void)state;
    stand_in = geteuid() == 0 && !read_filters(DOCTOR_WATCH, one, 1);
    if (stand_in)
        puts("# this kernel tells nobody a process's filters: the test says them");
    return 0;
}

/* Doctor asks for root alone. */
static bool is_asked(void)
{
    const struct policy_filter *const one[] = {&anything};
    if (geteuid() != 0)
        assert_null(read_filters(DOCTOR_WATCH, one, 1));
    return geteuid() == 0;
}

static void test_filters_as_compiled(void **state)
{
    (void)state;
    if (!is_asked())
        return;
    for (unsigned part = WORKER_GATE; part < DOCTOR_PARTS; part++) {
        const struct policy_filter *const two[] = {doctor_part_first(part),
                                                   doctor_part_filter(part)};
        if (part < WORKER_KINDS)
            assert_string_equal(read_filters(part, two, 2), "");
        else
            assert_string_equal(read_filters(part, two + 1, 1), "");
    }
}

/* Another's filter, one instruction changed, one more, another first one: named. */
static void test_other_filters(void **state)
{
    (void)state;
    static struct sock_filter code[BPF_MAXINSNS];
    struct policy_filter longer = {code, policy_seal.len}, changed = {code, policy_seal.len};
    if (!is_asked())
        return;
    const struct {
        const struct policy_filter *filters[2];
        const char *words;
    } rows[] = {
        {{&policy_stage1, &policy_net}, "last filter is not the one compiled from seal.policy"},
        {{&policy_stage1, &changed}, "last filter is not the one compiled from seal.policy"},
        {{&policy_stage1, &longer}, "last filter is not the one compiled from seal.policy"},
        {{&policy_stage1_dial, &policy_seal}, "first filter is not the one compiled from stage1"},
        {{&anything, &policy_seal}, "first filter is not the one compiled from stage1"},
    };
    memcpy(code, policy_seal.code, policy_seal.len * sizeof code[0]);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        code[policy_seal.len] = code[policy_seal.len - 1];
        longer.len = (uint16_t)(policy_seal.len + (rows[i].filters[1] == &longer));
        /* The last instruction answers a call nobody lists; killing the thread instead of the
           process is a difference of one bit pattern. */
        code[policy_seal.len - 1].k ^=
            rows[i].filters[1] == &changed ? SECCOMP_RET_KILL_PROCESS : 0;
        const char *said = read_filters(WORKER_SEAL, rows[i].filters, 2);
        if (!said || !strstr(said, rows[i].words))
            fail_msg("row %zu: '%s' instead of '%s'", i, said ? said : "unread", rows[i].words);
        code[policy_seal.len - 1] = policy_seal.code[policy_seal.len - 1];
    }
}
static const char *const programs[] = {NULL};

/* In a wait that no trace stops, one call of vfork away for anybody. */
static void wait_unstoppable(const int in[2], const int out[2])
{
    char byte = 1;
    bool on = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
              prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && sandbox_filter(&anything) == 0;
    close(in[1]);
    if (on && vfork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (write(out[1], &byte, 1) == 1 && read(in[0], &byte, 1) >= 0)
            _exit(0);
        _exit(1);
    }
    if (on && write(out[1], &byte, 1) == 1)
        while (true)
            poll(NULL, 0, -1);
    _exit(1);
}

/* Root's doctor does not wait for it, and when it goes on, it goes on. */
static void test_unstoppable(void **state)
{
    (void)state;
    struct doctor_process p = {.part = WORKER_SEAL};
    int in[2], out[2];
    char byte;
    alarm(LONGEST_S);
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    p.pid = fork();
    if (p.pid == 0)
        wait_unstoppable(in, out);
    close(out[1]);
    assert_int_equal(read(out[0], &byte, 1), 1);
    assert_int_equal(start_measure_pid(p.pid, &p.proof), 0);
    assert_int_equal(p.proof.filters, 1);
    compared[0] = 0;
    assert_false(doctor_filters_compare(&p, compared));
    assert_string_equal(compared, "");
    close(in[1]);
    assert_int_equal(read(out[0], &byte, 1), 1);
    kill(p.pid, SIGKILL);
    assert_int_equal(waitpid(p.pid, NULL, 0), p.pid);
    close(in[0]);
    close(out[0]);
    alarm(0);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return programs_run(argv[0], programs);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_held_descriptors),
        cmocka_unit_test(test_lax_limits),
        cmocka_unit_test(test_judged),
        cmocka_unit_test(test_judged_without_namespaces),
        cmocka_unit_test(test_shared_namespaces),
        cmocka_unit_test(test_hidden),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_filters_as_compiled),
        cmocka_unit_test(test_other_filters),
        cmocka_unit_test(test_unstoppable),
    };
    return cmocka_run_group_tests(tests, ask_kernel, NULL);
}
