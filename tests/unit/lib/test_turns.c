/* Early turns: a shorter slice, and nothing else of what this process was started with. */
#include "lib/turns.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static uint64_t slice_ns(void)
{
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime_ns, deadline_ns, period_ns;
    } attr = {.size = sizeof attr};
    return syscall(SYS_sched_getattr, 0, &attr, sizeof attr, 0) == 0 ? attr.runtime_ns : 0;
}

/* 0: as it should be. */
static int ask(int policy, int nice)
{
    const struct sched_param none = {0};
    uint64_t before = slice_ns(); /* 0: this kernel has none to ask for */
    if (setpriority(PRIO_PROCESS, 0, nice) != 0 || sched_setscheduler(0, policy, &none) != 0)
        return 1;
    turns_ask_early(0);
    if (sched_getscheduler(0) != policy || getpriority(PRIO_PROCESS, 0) != nice)
        return 2;
    return policy == SCHED_OTHER && before != 0 && slice_ns() != 100000 ? 3 : 0;
}

static int in_a_child(int policy, int nice)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit(ask(policy, nice));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void keeps_its_priority(void **state)
{
    (void)state;
    assert_int_equal(in_a_child(SCHED_OTHER, 0), 0);
    assert_int_equal(in_a_child(SCHED_OTHER, 5), 0);
    assert_int_equal(in_a_child(SCHED_BATCH, 5), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keeps_its_priority)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
