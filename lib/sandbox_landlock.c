/*
 * Landlock, by the ABI of the running kernel: the newest one known here is 7, and what an older
 * kernel does not know is left out. Runs in every worker. The numbers are the kernel's
 * (include/uapi/linux/landlock.h); they stand here because a distribution's header is often older
 * than its kernel.
 */
#include "lib/fd.h"
#include "lib/sandbox.h"
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RULESET_VERSION 1U
#define RULE_PATH_BENEATH 1
#define FS_READ_FILE (1ULL << 2)
#define FS_READ_DIR (1ULL << 3)
#define NET_BIND_TCP (1ULL << 0)
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_ABSTRACT_UNIX (1ULL << 0)
#define SCOPE_SIGNAL (1ULL << 1)

struct ruleset {
    uint64_t fs;     /* ABI 1 */
    uint64_t net;    /* ABI 4 */
    uint64_t scoped; /* ABI 6 */
};

struct path_beneath {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

int sandbox_landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, RULESET_VERSION);
    return abi < 0 ? 0 : (int)abi;
}

/* All rights of that ABI: 13 at first, then REFER, TRUNCATE, IOCTL_DEV. */
static uint64_t fs_rights(int abi)
{
    unsigned bits = 13;
    if (abi >= 2)
        bits = 14;
    if (abi >= 3)
        bits = 15;
    if (abi >= 5)
        bits = 16;
    return (1ULL << bits) - 1;
}

static struct ruleset rules_for(int abi, bool may_connect, size_t *size)
{
    struct ruleset r = {.fs = fs_rights(abi)};
    *size = offsetof(struct ruleset, net);
    if (abi >= 4) {
        r.net = may_connect ? NET_BIND_TCP : NET_BIND_TCP | NET_CONNECT_TCP;
        *size = offsetof(struct ruleset, scoped);
    }
    if (abi >= 6) {
        r.scoped = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
        *size = sizeof r;
    }
    return r;
}

/* A directory gets the right to list it too; the kernel refuses that right on a file. */
static int allow_reading(int rules, const char *path)
{
    FD_OWNED fd = open(path, O_PATH | O_CLOEXEC);
    struct stat st;
    if (fd < 0)
        return errno == ENOENT || errno == EACCES ? 0 : -1;
    if (fstat(fd, &st) != 0)
        return -1;
    struct path_beneath rule = {.allowed = FS_READ_FILE, .parent = fd};
    if (S_ISDIR(st.st_mode))
        rule.allowed |= FS_READ_DIR;
    return (int)syscall(SYS_landlock_add_rule, rules, RULE_PATH_BENEATH, &rule, 0);
}

int sandbox_landlock(const char *const *readable)
{
    int abi = sandbox_landlock_abi();
    if (abi == 0)
        return 0;
    size_t size;
    struct ruleset r = rules_for(abi, readable != NULL, &size);
    FD_OWNED rules = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
    if (rules < 0)
        return -1;
    for (; readable != NULL && *readable != NULL; readable++)
        if (allow_reading(rules, *readable) != 0)
            return -1;
    if (syscall(SYS_landlock_restrict_self, rules, 0) != 0)
        return -1;
    return abi;
}
