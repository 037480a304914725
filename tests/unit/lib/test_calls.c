/*
 * Every system call number, under every compiled policy, put to the kernel itself: a child puts the
 * filter on and makes each call, with arguments around every value that a row names. What has to
 * happen is read from the rows of policy/seccomp/ by the few lines below, not from the compiled
 * program. So that no call is carried out, an older filter in the child answers each with MARK: the
 * kernel takes the strictest answer of all filters, so MARK means that the policy permits.
 *
 * Seen to fail with a row of audit.policy taken out of the table of rows only, and with these edits
 * of the compiled audit.policy: a condition's value changed by one bit, its upper half not asked,
 * the default turned from kill to errno; and of broker.policy: the default turned to kill.
 */
#include "lib/sandbox.h"
#include "lib/worker.h"
#include "policy/compile/constants.h"
#include "policy_tables.h"
#include "tests/unit/sanitized.h"
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
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
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka wants the ones above */
#include <cmocka.h>

#define NUMBERS 600 /* this kernel's are below 500 */
#define MARK 3333   /* an errno nobody has; below the 4095 that a filter may answer with */
#define DIED (-1)
#define DONE 81 /* exit statuses, and the arguments of exit_group that no trial has */
#define NOT_BEGUN 82
#define MOST 60000

static const struct {
    const char *name;
    const struct policy_filter *filter;
} filters[] = {
    {"stage1", &policy_stage1},   {"stage1_dial", &policy_stage1_dial},
    {"broker", &policy_broker},   {"launcher", &policy_launcher},
    {"watch", &policy_watch},     {"gate", &policy_gate},
    {"capture", &policy_capture}, {"input", &policy_input},
    {"dial", &policy_dial},       {"net", &policy_net},
    {"seal", &policy_seal},       {"relay", &policy_relay},
    {"ui", &policy_ui},           {"view", &policy_view},
    {"audit", &policy_audit},     {"verify", &policy_verify},
    {"bus", &policy_bus},
};
#define FILTERS (sizeof filters / sizeof *filters)

struct trial {
    int nr;
    uint64_t args[6];
    int expected; /* errno, MARK: permitted, DIED */
    int got;
};

static struct trial trials[MOST]; /* the children share this memory */
static size_t n_trials;
static volatile size_t at; /* the one that is being tried */

/* --- what the rows say --- */

static bool compare(uint64_t arg, const char *op, uint64_t value)
{
    if (strcmp(op, "==") == 0)
        return arg == value;
    if (strcmp(op, "!=") == 0)
        return arg != value;
    if (strcmp(op, "&") == 0)
        return (arg & value) != 0;
    if (strcmp(op, "in") == 0)
        return (arg & ~value) == 0;
    fail_msg("no such test: %s", op);
    return false;
}

/* Calls fn for each `argN OP VALUE`; a new alternative begins where `first` is true. */
typedef void (*test_fn)(void *ctx, bool first, unsigned arg, const char *op, uint64_t value);

static void each_test(const char *condition, test_fn fn, void *ctx)
{
    char copy[2048], *state = NULL;
    bool first = true;
    snprintf(copy, sizeof copy, "%s", condition);
    for (char *word = strtok_r(copy, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
        unsigned arg;
        uint64_t value = 0;
        if (strcmp(word, "||") == 0 || strcmp(word, "&&") == 0) {
            first = word[0] == '|';
            continue;
        }
        char *op = strtok_r(NULL, " ", &state), *text = strtok_r(NULL, " ", &state);
        if (sscanf(word, "arg%u", &arg) != 1 || arg > 5 || !op || !text ||
            !constant_parse(text, &value))
            fail_msg("not understood: %s", condition);
        fn(ctx, first, arg, op, value);
        first = false;
    }
}

struct judged {
    const uint64_t *args;
    bool any, all;
};

static void judge_test(void *ctx, bool first, unsigned arg, const char *op, uint64_t value)
{
    struct judged *j = ctx;
    if (first) {
        j->any = j->any || j->all;
        j->all = true;
    }
    j->all = j->all && compare(j->args[arg], op, value);
}

static bool fits(const char *condition, const uint64_t *args)
{
    struct judged j = {.args = args, .all = false};
    each_test(condition, judge_test, &j);
    return j.any || j.all;
}

struct said {
    int otherwise;  /* what the default does */
    int refusal;    /* what the row does where its condition does not fit; 0: the default */
    bool permitted; /* by one of the alternatives */
    bool row;
};

/* One row: 1, CONDITION, CONDITION; return ERROR, return ERROR, kill. */
static void take_row(const char *text, const uint64_t *args, struct said *s)
{
    char condition[2048], error[32];
    const char *answer = strstr(text, "return ");
    const char *semicolon = strchr(text, ';');
    s->row = true;
    if (answer && sscanf(answer, "return %31s", error) == 1)
        s->refusal = constant_errno(error);
    if (strcmp(text, "kill") == 0)
        s->refusal = DIED;
    if (answer == text || strcmp(text, "kill") == 0)
        return;
    snprintf(condition, sizeof condition, "%.*s",
             (int)(semicolon ? (size_t)(semicolon - text) : strlen(text)), text);
    s->permitted = s->permitted || strcmp(condition, "1") == 0 || fits(condition, args);
}

static void collect(const char *policy, const char *call, const uint64_t *args, struct said *s)
{
    for (size_t i = 0; i < policy_n_calls; i++) {
        const struct policy_call *c = &policy_calls[i];
        char included[64];
        if (strcmp(c->policy, policy) != 0)
            continue;
        if (strcmp(c->call, "@default") == 0)
            s->otherwise = strcmp(c->condition, "kill") == 0 ? DIED : ENOSYS;
        if (strcmp(c->call, call) == 0)
            take_row(c->condition, args, s);
        if (strcmp(c->call, "@include") == 0 && sscanf(c->condition, "%60[^.]", included) == 1)
            collect(included, call, args, s);
    }
}

static int expected(const char *policy, const char *call, const uint64_t *args)
{
    struct said s = {.otherwise = 0};
    collect(policy, call, args, &s);
    assert_int_not_equal(s.otherwise, 0);
    if (s.permitted)
        return MARK;
    return s.row && s.refusal ? s.refusal : s.otherwise;
}

/* --- what is tried --- */

/* Whose filter is the last of several: a row that one of the others does not have has no effect. */
static bool is_worker(const char *policy)
{
    return strncmp(policy, "stage1", 6) != 0 && strcmp(policy, "broker") != 0 &&
           strcmp(policy, "launcher") != 0 && strcmp(policy, "watch") != 0;
}

/* Before its own a worker has that of whoever started it, and that of its first stage. */
static bool passes_outer(const char *policy, const char *call, const uint64_t *args)
{
    bool dials = strcmp(policy, "dial") == 0;
    bool launched = dials || strcmp(policy, "relay") == 0;
    return expected(dials ? "stage1_dial" : "stage1", call, args) == MARK &&
           expected(launched ? "launcher" : "broker", call, args) == MARK;
}

static void add(const char *policy, const char *call, int nr, const uint64_t *args)
{
    if (n_trials == MOST)
        fail_msg("more trials than there is room for");
    struct trial *t = &trials[n_trials++];
    *t = (struct trial){.nr = nr, .expected = expected(policy, call, args)};
    memcpy(t->args, args, sizeof t->args);
    if (is_worker(policy) && t->expected == MARK && !passes_outer(policy, call, args))
        fail_msg("%s: %s (0x%llx, 0x%llx, 0x%llx, ...) has a row that an older filter of the "
                 "worker's overrules",
                 policy, call, (unsigned long long)args[0], (unsigned long long)args[1],
                 (unsigned long long)args[2]);
}

struct around {
    const char *policy, *call;
    int nr;
    uint64_t args[6]; /* that fit the alternative so far */
};

/* Values at and beside the one that a row names, with what the alternative's other tests want. */
static void try_around(void *ctx, bool first, unsigned arg, const char *op, uint64_t value)
{
    struct around *a = ctx;
    if (first)
        memset(a->args, 0, sizeof a->args);
    const uint64_t near[] = {
        value,  value + 1, value - 1, value ^ UINT64_C(1) << 32, value ^ UINT64_C(1) << 63,
        ~value, 0,         UINT64_MAX};
    for (size_t i = 0; i < sizeof near / sizeof *near; i++) {
        a->args[arg] = near[i];
        add(a->policy, a->call, a->nr, a->args);
    }
    for (unsigned bit = 0; bit < 32 && strcmp(op, "==") != 0; bit++) {
        a->args[arg] = UINT64_C(1) << bit;
        add(a->policy, a->call, a->nr, a->args);
    }
    a->args[arg] = value;
}

static void add_conditions(const char *name, const char *policy, const char *call, int nr)
{
    for (size_t i = 0; i < policy_n_calls; i++) {
        const struct policy_call *c = &policy_calls[i];
        char included[64], condition[2048];
        if (strcmp(c->policy, policy) != 0)
            continue;
        if (strcmp(c->call, "@include") == 0 && sscanf(c->condition, "%60[^.]", included) == 1)
            add_conditions(name, included, call, nr);
        if (strcmp(c->call, call) != 0 || strncmp(c->condition, "arg", 3) != 0)
            continue;
        struct around a = {.policy = name, .call = call, .nr = nr};
        snprintf(condition, sizeof condition, "%.*s", (int)strcspn(c->condition, ";"),
                 c->condition);
        each_test(condition, try_around, &a);
    }
}

static void plan(size_t f)
{
    static const uint64_t zeros[6];
    static const uint64_t ones[6] = {UINT64_MAX, UINT64_MAX, UINT64_MAX,
                                     UINT64_MAX, UINT64_MAX, UINT64_MAX};
    n_trials = 0;
    for (int nr = 0; nr < NUMBERS; nr++) {
        char *name = seccomp_syscall_resolve_num_arch(seccomp_arch_native(), nr);
        const char *call = name ? name : "?";
        add(filters[f].name, call, nr, zeros);
        size_t before = n_trials;
        if (name)
            add_conditions(filters[f].name, filters[f].name, call, nr);
        if (n_trials > before)
            add(filters[f].name, call, nr, ones);
        free(name);
    }
}

/* --- trying --- */

/* Carried out are two: the filter is put on, with nothing to put on in the trials; and the child
   ends. Values are in the low half, which comes first on every computer this is built for. */
static int put_mark(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 2),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SECCOMP_SET_MODE_FILTER, 5, 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DONE, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NOT_BEGUN, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | MARK),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

/* uretprobe and uprobe: the kernel's own ways back from a probe. It looks at them before any
   filter, and whoever was not sent there by a probe gets SIGILL
   or ENXIO: no filter can say anything about them, and nobody gains by calling them. */
static bool is_probe(int nr)
{
    return nr == 335 || nr == 336;
}

/* Makes the calls from `at` on; each death ends it, with `at` at the call that killed. */
static int child(void *ctx)
{
    const struct policy_filter *filter = ctx;
    signal(SIGILL, SIG_DFL); /* not the test runner's */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || put_mark() != 0 ||
        sandbox_filter(filter) != 0)
        syscall(SYS_exit_group, NOT_BEGUN);
    for (; at < n_trials; at++) {
        struct trial *t = &trials[at];
        const uint64_t *a = t->args;
        long result = syscall(t->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
        int error = result < 0 ? errno : 0;
        bool went = t->nr == SYS_seccomp && error == EFAULT; /* by all filters */
        t->got = is_probe(t->nr) ? t->expected : went ? MARK : error;
    }
    syscall(SYS_exit_group, DONE);
    return 0;
}

/* The child shares our memory, not our filters: to copy the memory for each death takes minutes. */
static void try_all(const struct policy_filter *filter)
{
    static char stack[65536] __attribute__((aligned(16)));
    union {
        const struct policy_filter *read_only;
        void *plain;
    } ctx = {filter};
    for (at = 0; at < n_trials;) {
        int status = 0;
        pid_t pid = clone(child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, ctx.plain);
        assert_true(pid > 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (WIFEXITED(status) && WEXITSTATUS(status) == DONE)
            return;
        struct trial *t = &trials[at++];
        if (!WIFSIGNALED(status) || (WTERMSIG(status) != SIGSYS && !is_probe(t->nr)))
            fail_msg("call %d ended with status 0x%x", t->nr, (unsigned)status);
        t->got = is_probe(t->nr) ? t->expected : DIED;
    }
}

static void every_number_under_every_policy(void **state)
{
    (void)state;
    size_t calls = 0, permitted = 0;
    const struct rlimit none = {0};
    assert_int_equal(setrlimit(RLIMIT_CORE, &none), 0);
    for (size_t f = 0; f < FILTERS; f++) {
        plan(f);
        try_all(filters[f].filter);
        for (size_t i = 0; i < n_trials; i++) {
            const struct trial *t = &trials[i];
            if (t->got != t->expected)
                fail_msg("%s: call %d (0x%llx, 0x%llx, 0x%llx, ...): %d, not %d", filters[f].name,
                         t->nr, (unsigned long long)t->args[0], (unsigned long long)t->args[1],
                         (unsigned long long)t->args[2], t->got, t->expected);
            permitted += t->got == MARK;
        }
        calls += n_trials;
    }
    printf("# %zu calls tried under %zu policies, %zu of them permitted\n", calls, FILTERS,
           permitted);
}

int main(void)
{
    if (PROGRAMS_SANITIZED) /* its run-time would have to live under the policies */
        return 0;
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_number_under_every_policy)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
