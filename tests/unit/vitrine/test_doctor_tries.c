/*
 * What `vitrine doctor` tries in children, and sees of a process from outside: also where that
 * could not be done.
 */
#include "broker/doctor.h"
#include "lib/sandbox.h"
#include "tests/unit/vitrine/failing_readdir.h"
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What the table says never of, the kernel refuses; and it says so of nothing that works. */
static void test_probes(void **state)
{
    (void)state;
    for (enum worker_kind k = WORKER_GATE; k < WORKER_KINDS; k++)
        assert_int_equal(doctor_try(k, DOCTOR_OTHERS), UI_HOLDS_NEVER);
    assert_int_equal(doctor_try(WORKER_SEAL, DOCTOR_NET), UI_HOLDS_NEVER);
    assert_int_equal(doctor_try(WORKER_SEAL, DOCTOR_FILES), UI_HOLDS_NEVER);
    assert_int_equal(doctor_try(WORKER_VIEW, DOCTOR_SCREEN), UI_HOLDS_NEVER);
    assert_int_equal(doctor_try(WORKER_DIAL, DOCTOR_NET), UI_HOLDS_TRUSTED);
    assert_int_equal(doctor_try(WORKER_DIAL, DOCTOR_FILES), UI_HOLDS_TRUSTED);
    /* This test itself has no filter. */
    assert_int_equal(doctor_try(WORKER_NONE, DOCTOR_NET), UI_HOLDS_TRUSTED);
    assert_int_equal(doctor_try(WORKER_NONE, DOCTOR_FILES), UI_HOLDS_TRUSTED);
}

/* --- a computer without a place for one more process, or one more filter --- */

static unsigned forks, fork_that_fails, filters, filter_that_fails;

pid_t __real_start_fork(int *pidfd);
pid_t __wrap_start_fork(int *pidfd);
pid_t __wrap_start_fork(int *pidfd)
{
    if (++forks != fork_that_fails)
        return __real_start_fork(pidfd);
    errno = EAGAIN;
    return -1;
}

int __real_sandbox_filter(const struct policy_filter *policy);
int __wrap_sandbox_filter(const struct policy_filter *policy);
int __wrap_sandbox_filter(const struct policy_filter *policy)
{
    if (++filters != filter_that_fails)
        return __real_sandbox_filter(policy);
    errno = ENOMEM;
    return -1;
}

static enum ui_holds try_without(unsigned fork, unsigned filter, enum worker_kind kind)
{
    forks = filters = 0;
    fork_that_fails = fork;
    filter_that_fails = filter;
    enum ui_holds holds = doctor_try(kind, DOCTOR_NET);
    fork_that_fails = filter_that_fails = 0;
    return holds;
}

/* Neither that the kernel stops it nor that it does not: but one that went through is enough. */
static void test_what_cannot_be_tried(void **state)
{
    (void)state;
    assert_int_equal(try_without(0, 0, WORKER_SEAL), UI_HOLDS_NEVER);
    assert_int_equal(try_without(1, 0, WORKER_SEAL), UI_HOLDS_UNTRIED);
    assert_int_equal(try_without(5, 0, WORKER_SEAL), UI_HOLDS_UNTRIED);
    assert_int_equal(try_without(0, 1, WORKER_SEAL), UI_HOLDS_UNTRIED); /* in each child */
    assert_int_equal(try_without(0, 2, WORKER_SEAL), UI_HOLDS_UNTRIED);
    assert_int_equal(try_without(1, 0, WORKER_DIAL), UI_HOLDS_TRUSTED);
}

static void test_who_cannot_be_looked_into(void **state)
{
    (void)state;
    struct doctor_look look = doctor_look_at(getpid());
    assert_true(look.root_entries > 0 && look.descriptors > 0 && !look.failed);
    for (unsigned n = 1; n < 4; n++) {
        read_that_fails = reads + n; /* ., .., and one that would be left out */
        look = doctor_look_at(getpid());
        assert_int_equal(look.root_entries, -1);
        assert_true(look.descriptors > 0 && look.failed);
    }
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    siginfo_t how;
    assert_int_equal(waitid(P_PID, (id_t)child, &how, WEXITED | WNOWAIT), 0);
    assert_true(doctor_look_at(child).failed); /* it has ended before */
    assert_int_equal(waitpid(child, NULL, 0), child);
    static struct doctor_processes none;
    struct doctor_report r = {.running = &none};
    r.rows[WORKER_SEAL].result = DOCTOR_VERIFIED;
    assert_int_equal(doctor_report_status(&r), 0);
    r.rows[WORKER_SEAL].look.failed = true;
    assert_int_equal(doctor_report_status(&r), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_probes),
        cmocka_unit_test(test_what_cannot_be_tried),
        cmocka_unit_test(test_who_cannot_be_looked_into),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
