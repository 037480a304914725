/*
 * The compiled filters, run by a small interpreter of classic BPF: every call has exactly the rows
 * of its policy file, conditions hold to the bit, and no other architecture's numbers pass. (That
 * the kernel agrees, and that workers live under them, the sandbox tests show.)
 */
#include "lib/worker.h"
#include "policy_tables.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
/* cmocka wants the above first */
#include <cmocka.h>

#define KILL SECCOMP_RET_KILL_PROCESS
#define ALLOW SECCOMP_RET_ALLOW
#define FAIL(e) (SECCOMP_RET_ERRNO | (e))

static const struct {
    const char *name;
    const struct policy_filter *filter;
} filters[] = {
    {"stage1", &policy_stage1}, {"stage1_dial", &policy_stage1_dial},
    {"broker", &policy_broker}, {"launcher", &policy_launcher},
    {"gate", &policy_gate},     {"capture", &policy_capture},
    {"input", &policy_input},   {"dial", &policy_dial},
    {"net", &policy_net},       {"seal", &policy_seal},
    {"relay", &policy_relay},   {"ui", &policy_ui},
    {"view", &policy_view},     {"audit", &policy_audit},
    {"verify", &policy_verify}, {"bus", &policy_bus},
    {"watch", &policy_watch},
};
#define FILTERS (sizeof filters / sizeof *filters)

static uint32_t load(const struct seccomp_data *data, uint32_t at)
{
    uint32_t word;
    assert_true(at % 4 == 0 && at + 4 <= sizeof *data);
    memcpy(&word, (const uint8_t *)data + at, 4);
    return word;
}

static bool jump_taken(const struct sock_filter *i, uint32_t a)
{
    switch (BPF_OP(i->code)) {
    case BPF_JEQ:
        return a == i->k;
    case BPF_JGT:
        return a > i->k;
    case BPF_JGE:
        return a >= i->k;
    case BPF_JSET:
        return (a & i->k) != 0;
    default:
        fail_msg("jump 0x%x", i->code);
        return false;
    }
}

/* What the filter answers. */
static uint32_t run(const struct policy_filter *f, const struct seccomp_data *data)
{
    uint32_t a = 0;
    for (size_t pc = 0; pc < f->len; pc++) {
        const struct sock_filter *i = &f->code[pc];
        if (i->code == (BPF_LD | BPF_W | BPF_ABS))
            a = load(data, i->k);
        else if (i->code == (BPF_ALU | BPF_AND | BPF_K))
            a &= i->k;
        else if (i->code == (BPF_RET | BPF_K))
            return i->k;
        else if (i->code == (BPF_JMP | BPF_JA))
            pc += i->k;
        else if (BPF_CLASS(i->code) == BPF_JMP)
            pc += jump_taken(i, a) ? i->jt : i->jf;
        else
            fail_msg("instruction 0x%x", i->code);
    }
    fail_msg("ran off the end");
    return 0;
}

static uint32_t ask(const struct policy_filter *f, uint32_t arch, int nr, const uint64_t *args)
{
    struct seccomp_data data = {.nr = nr, .arch = arch, .instruction_pointer = 0x1234};
    for (int i = 0; i < 6; i++)
        data.args[i] = args[i];
    return run(f, &data);
}

static const uint64_t zeros[6];

static uint32_t native(void)
{
    return seccomp_arch_native();
}

static void foreign_architectures_die(void **state)
{
    (void)state;
    static const uint32_t foreign[] = {AUDIT_ARCH_I386, AUDIT_ARCH_ARM, AUDIT_ARCH_PPC64, 0,
                                       0xffffffff};
    for (size_t f = 0; f < FILTERS; f++) {
        for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
            for (int nr = 0; nr < 500; nr++)
                assert_int_equal(ask(filters[f].filter, foreign[i], nr, zeros), KILL);
        /* x32: same architecture, numbers with bit 30 */
        for (int nr = 0; nr < 600 && native() == AUDIT_ARCH_X86_64; nr++)
            assert_int_equal(ask(filters[f].filter, native(), 0x40000000 + nr, zeros), KILL);
    }
}

/* What the rows of a policy and of what it includes say of a call. */
struct said {
    bool row, always;
    uint32_t otherwise; /* of the default */
};

static void collect(const char *policy, const char *call, struct said *s)
{
    for (size_t i = 0; i < policy_n_calls; i++) {
        const struct policy_call *c = &policy_calls[i];
        char included[64];
        if (strcmp(c->policy, policy) != 0)
            continue;
        if (strcmp(c->call, "@default") == 0)
            s->otherwise = strcmp(c->condition, "kill") == 0 ? KILL : FAIL(ENOSYS);
        if (strcmp(c->call, call) == 0) {
            s->row = true;
            s->always = s->always || strcmp(c->condition, "1") == 0;
        }
        if (strcmp(c->call, "@include") == 0 && sscanf(c->condition, "%60[^.]", included) == 1)
            collect(included, call, s);
    }
}

static void every_call_has_exactly_its_rows(void **state)
{
    (void)state;
    int asked = 0, permitted = 0;
    for (size_t f = 0; f < FILTERS; f++) {
        for (int nr = 0; nr < 600; nr++) {
            char *name = seccomp_syscall_resolve_num_arch(native(), nr);
            struct said s = {.otherwise = 0};
            collect(filters[f].name, name ? name : "?", &s);
            assert_true(s.otherwise != 0);
            uint32_t answer = ask(filters[f].filter, native(), nr, zeros);
            if (s.always)
                assert_int_equal(answer, ALLOW);
            else if (!s.row)
                assert_int_equal(answer, s.otherwise);
            asked++;
            permitted += s.row;
            free(name);
        }
    }
    printf("# %d questions to %zu filters, %d rows\n", asked, FILTERS, permitted);
}

#define ARGS(...)                                                                                  \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
static const struct {
    const char *filter;
    int nr;
    uint64_t args[6];
    uint32_t answer;
    const char *what;
} cases[] = {
    {"seal", SCMP_SYS(mmap), ARGS(0, 4096, PROT_READ | PROT_WRITE), ALLOW, "memory"},
    {"seal", SCMP_SYS(mmap), ARGS(0, 4096, PROT_READ | PROT_EXEC), KILL, "executable memory"},
    {"seal", SCMP_SYS(mmap), ARGS(0, 4096, PROT_EXEC), KILL, "executable memory"},
    {"seal", SCMP_SYS(mmap), ARGS(0, 4096, UINT64_C(1) << 40), KILL, "a high bit in prot"},
    {"seal", SCMP_SYS(mprotect), ARGS(0, 4096, PROT_EXEC), KILL, "mprotect"},
    {"seal", SCMP_SYS(socket), ARGS(AF_UNIX), KILL, "socket"},
    {"seal", SCMP_SYS(fcntl), ARGS(3, F_GET_SEALS), ALLOW, "seals"},
    {"seal", SCMP_SYS(fcntl), ARGS(3, F_SETOWN), KILL, "F_SETOWN"},
    {"seal", SCMP_SYS(openat), ARGS(0), KILL, "openat"},
    {"capture", SCMP_SYS(fcntl), ARGS(3, F_ADD_SEALS), ALLOW, "a row that adds to the common one"},
    {"capture", SCMP_SYS(fcntl), ARGS(3, F_GETFL), ALLOW, "the common one beside it"},
    {"capture", SCMP_SYS(fcntl), ARGS(3, F_SETOWN), KILL, "neither"},
    {"broker", SCMP_SYS(socket), ARGS(AF_UNIX), ALLOW, "a local socket"},
    {"broker", SCMP_SYS(socket), ARGS(AF_INET), FAIL(EAFNOSUPPORT), "a network socket"},
    {"broker", SCMP_SYS(socket), ARGS(AF_INET6), FAIL(EAFNOSUPPORT), "a network socket"},
    {"broker", SCMP_SYS(socket), ARGS(0), FAIL(EAFNOSUPPORT), "family 0"},
    {"broker", SCMP_SYS(socket), ARGS(UINT64_MAX), FAIL(EAFNOSUPPORT), "family -1"},
    {"broker", SCMP_SYS(ptrace), ARGS(0), FAIL(ENOSYS), "ptrace"},
    {"dial", SCMP_SYS(socket), ARGS(AF_INET), ALLOW, "IPv4"},
    {"dial", SCMP_SYS(socket), ARGS(AF_INET6), ALLOW, "IPv6"},
    {"dial", SCMP_SYS(socket), ARGS(AF_UNIX), FAIL(EAFNOSUPPORT), "below"},
    {"dial", SCMP_SYS(socket), ARGS(5), FAIL(EAFNOSUPPORT), "between"},
    {"dial", SCMP_SYS(socket), ARGS(AF_NETLINK), FAIL(EAFNOSUPPORT), "above"},
    {"dial", SCMP_SYS(socket), ARGS(UINT64_C(1) << 33), FAIL(EAFNOSUPPORT), "far above"},
    {"dial", SCMP_SYS(bind), ARGS(0), FAIL(EACCES), "bind"},
    {"stage1", SCMP_SYS(socket), ARGS(AF_INET), FAIL(ENOSYS), "socket"},
};

static void conditions_hold_to_the_bit(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t f = 0; f < FILTERS; f++) {
            if (strcmp(filters[f].name, cases[i].filter) != 0)
                continue;
            uint32_t answer = ask(filters[f].filter, native(), cases[i].nr, cases[i].args);
            if (answer != cases[i].answer)
                fail_msg("%s, %s: 0x%x, not 0x%x", cases[i].filter, cases[i].what, answer,
                         cases[i].answer);
        }
    }
}

/* Alternatives spelled out: all values of one argument around those of the rows. */
static void masked_and_plain_alternatives_do_not_leak(void **state)
{
    (void)state;
    for (uint64_t v = 0; v < 4096; v++) {
        const uint64_t args[6] = {0, 0, v};
        bool fine = (v & ~(uint64_t)(PROT_READ | PROT_WRITE)) == 0;
        assert_int_equal(ask(&policy_gate, native(), SCMP_SYS(mmap), args), fine ? ALLOW : KILL);
        const uint64_t high[6] = {0, 0, v << 32};
        assert_int_equal(ask(&policy_gate, native(), SCMP_SYS(mmap), high), v == 0 ? ALLOW : KILL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foreign_architectures_die),
        cmocka_unit_test(every_call_has_exactly_its_rows),
        cmocka_unit_test(conditions_hold_to_the_bit),
        cmocka_unit_test(masked_and_plain_alternatives_do_not_leak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
