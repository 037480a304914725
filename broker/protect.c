/*
 * Locks the broker in. Runs once, at its start.
 */
#include "broker/protect.h"
#include "lib/sandbox.h"
#include "lib/start.h"
#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* With no program at all a kernel that has filters answers "bad address"; every other answer means
   that it does not have them. Nothing is installed by this. */
static bool has_filters(void)
{
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL) != 0 && errno == EFAULT;
}

static bool can_kill_process(void)
{
    uint32_t action = SECCOMP_RET_KILL_PROCESS;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

bool protect_possible(const char **why)
{
    *why = NULL;
    if (!has_filters() || !can_kill_process())
        *why = "this Linux kernel cannot filter system calls (seccomp), so vitrine's parts could "
               "not be "
               "locked in; use a kernel with CONFIG_SECCOMP_FILTER";
    else if (start_own_filters() < 0)
        *why = "this Linux kernel does not say how many system call filters a process has, so "
               "vitrine could "
               "not check its parts; Linux 5.9 or later and a mounted /proc are needed";
    return *why == NULL;
}

int protect_broker(void)
{
    if (sandbox_hide_memory() != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return sandbox_filter(&policy_broker);
}
