/*
 * Root directory, capabilities, limits and filter of a process that locks itself in. Runs in every
 * worker (and partly in the broker) before any foreign byte has reached it.
 */
#include "lib/sandbox.h"
#include "lib/worker.h"
#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOUNT_RIGHTS (1U << CAP_SYS_ADMIN | 1U << CAP_SETPCAP)

static int set_capabilities(uint32_t low)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[2] = {{low, low, low}, {0, 0, 0}};
    return (int)syscall(SYS_capset, &head, sets);
}

static bool has_capability(unsigned cap)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[2] = {{0}};
    return syscall(SYS_capget, &head, sets) == 0 && (sets[0].effective >> cap & 1) != 0;
}

int sandbox_keep_mount_rights(void)
{
    if (set_capabilities(MOUNT_RIGHTS) != 0)
        return -1;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0, 0) != 0)
        return -1;
    return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SETPCAP, 0, 0);
}

bool sandbox_has_namespaces(void)
{
    return getpid() == 1;
}

int sandbox_empty_root(void)
{
    const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    /* Any directory that is always there will do as the place of the new root: it is gone
     * afterwards. */
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", "/proc", "tmpfs", flags, "size=4k,nr_inodes=2,mode=0555") != 0 ||
        chdir("/proc") != 0)
        return -1;
    /* Old and new root on one place: the old one lies on top and is taken off. */
    if (syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
        return -1;
    return mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL);
}

int sandbox_drop_capabilities(void)
{
    for (unsigned long cap = 0; has_capability(CAP_SETPCAP) && cap < 64; cap++) {
        if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
            continue;
        if (errno != EINVAL)
            return -1;
        break; /* past the last one this kernel knows */
    }
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
        return -1;
    return set_capabilities(0);
}

int sandbox_hide_memory(void)
{
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return -1;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static int limit_to(__rlimit_resource_t what, rlim_t value)
{
    struct rlimit limit;
    if (getrlimit(what, &limit) != 0)
        return -1;
    if (limit.rlim_max < value)
        value = limit.rlim_max;
    return setrlimit(what, &(struct rlimit){value, value});
}

int sandbox_limit(const struct sandbox_limits *limits)
{
    if (limit_to(RLIMIT_NOFILE, limits->files) != 0 || limit_to(RLIMIT_NPROC, 0) != 0 ||
        limit_to(RLIMIT_MSGQUEUE, 0) != 0)
        return -1;
    return limits->may_write ? 0 : limit_to(RLIMIT_FSIZE, 0);
}

int sandbox_filter(const struct policy_filter *policy)
{
    /* The kernel's struct has no const; it only reads. */
    union {
        const struct sock_filter *read_only;
        struct sock_filter *plain;
    } code = {policy->code};
    struct sock_fprog program = {.len = policy->len, .filter = code.plain};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}
