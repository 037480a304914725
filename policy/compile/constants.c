/* policy-compile: the constants that seccomp policies may name, from the system's headers; build
 * time only. */
#include "policy/compile/constants.h"
#include "policy/compile/source.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define C(constant)                                                                                \
    {                                                                                              \
        .name = #constant, .value = (uint64_t)(constant)                                           \
    }

static const struct constant {
    const char *name;
    uint64_t value;
} constants[] = {
    /* mmap, mprotect, madvise */
    C(PROT_NONE),
    C(PROT_READ),
    C(PROT_WRITE),
    C(PROT_EXEC),
    C(MAP_SHARED),
    C(MAP_PRIVATE),
    C(MAP_FIXED),
    C(MAP_ANONYMOUS),
    C(MAP_NORESERVE),
    C(MAP_STACK),
    C(MAP_POPULATE),
    C(MAP_DENYWRITE),
    C(MAP_GROWSDOWN),
    C(MADV_NORMAL),
    C(MADV_DONTNEED),
    C(MADV_FREE),
    C(MADV_DONTDUMP),
    C(MADV_DODUMP),
    C(MADV_WIPEONFORK),
    C(MADV_DONTFORK),
    C(MADV_HUGEPAGE),
    C(MADV_NOHUGEPAGE),
    C(MREMAP_MAYMOVE),
    C(MFD_CLOEXEC),
    C(MFD_ALLOW_SEALING),
    /* fcntl, open */
    C(F_GETFL),
    C(F_SETFL),
    C(F_GETFD),
    C(F_SETFD),
    C(F_DUPFD),
    C(F_DUPFD_CLOEXEC),
    C(F_GET_SEALS),
    C(F_ADD_SEALS),
    C(F_SEAL_SHRINK),
    C(F_SEAL_GROW),
    C(F_SEAL_WRITE),
    C(F_SEAL_SEAL),
    C(F_SEAL_FUTURE_WRITE),
    C(F_SETLK),
    C(F_SETLKW),
    C(F_GETLK),
    C(F_OFD_SETLK),
    C(FD_CLOEXEC),
    C(O_RDONLY),
    C(O_WRONLY),
    C(O_RDWR),
    C(O_CREAT),
    C(O_EXCL),
    C(O_TRUNC),
    C(O_APPEND),
    C(O_NONBLOCK),
    C(O_CLOEXEC),
    C(O_NOFOLLOW),
    C(O_DIRECTORY),
    C(O_PATH),
    C(O_NOCTTY),
    C(O_TMPFILE),
    C(O_LARGEFILE),
    C(AT_FDCWD),
    C(AT_EMPTY_PATH),
    C(AT_SYMLINK_NOFOLLOW),
    C(LOCK_EX),
    C(LOCK_NB),
    C(LOCK_SH),
    C(LOCK_UN),
    C(SEEK_SET),
    C(SEEK_CUR),
    C(SEEK_END),
    /* sockets */
    C(AF_UNIX),
    C(AF_INET),
    C(AF_INET6),
    C(AF_NETLINK),
    C(AF_PACKET),
    C(AF_UNSPEC),
    C(SOCK_STREAM),
    C(SOCK_DGRAM),
    C(SOCK_SEQPACKET),
    C(SOCK_CLOEXEC),
    C(SOCK_NONBLOCK),
    C(SOCK_RAW),
    C(SOL_SOCKET),
    C(SO_ERROR),
    C(SO_TYPE),
    C(SO_SNDBUF),
    C(SO_RCVBUF),
    C(SO_REUSEADDR),
    C(SO_KEEPALIVE),
    C(SO_PEERCRED),
    C(SO_PASSCRED),
    C(SO_DOMAIN),
    C(SO_PROTOCOL),
    C(SO_ACCEPTCONN),
    C(SO_LINGER),
    C(SHUT_RD),
    C(SHUT_WR),
    C(SHUT_RDWR),
    C(SOL_TCP),
    C(SOL_IP),
    C(SOL_IPV6),
    C(IPPROTO_TCP),
    C(IPPROTO_UDP),
    C(IPPROTO_IP),
    C(IPPROTO_IPV6),
    C(IPV6_V6ONLY),
    C(IPV6_RECVERR),
    C(IP_RECVERR),
    C(TCP_NODELAY),
    C(TCP_USER_TIMEOUT),
    C(TCP_KEEPIDLE),
    C(TCP_KEEPINTVL),
    C(TCP_KEEPCNT),
    C(TCP_NOTSENT_LOWAT),
    C(TCP_QUICKACK),
    C(TCP_INFO),
    C(TCP_DEFER_ACCEPT),
    C(TCP_CORK),
    C(MSG_DONTWAIT),
    C(MSG_NOSIGNAL),
    C(MSG_CMSG_CLOEXEC),
    C(MSG_PEEK),
    C(MSG_TRUNC),
    /* ioctl */
    C(FIONREAD),
    C(FIONBIO),
    C(SIOCOUTQ),
    C(SIOCINQ),
    C(TCGETS),
    C(TIOCGWINSZ),
    C(FIOCLEX),
    C(SIOCGIFADDR),
    C(SIOCGIFCONF),
    /* processes, signals, time */
    C(CLONE_VM),
    C(CLONE_FS),
    C(CLONE_FILES),
    C(CLONE_SIGHAND),
    C(CLONE_THREAD),
    C(CLONE_NEWUSER),
    C(CLONE_NEWNS),
    C(CLONE_NEWPID),
    C(CLONE_NEWNET),
    C(CLONE_NEWIPC),
    C(CLONE_NEWUTS),
    C(CLONE_NEWCGROUP),
    C(CLONE_NEWTIME),
    C(CLONE_PIDFD),
    C(CLONE_PARENT),
    C(CLONE_CHILD_SETTID),
    C(CLONE_CHILD_CLEARTID),
    C(CLONE_PARENT_SETTID),
    C(CLONE_SETTLS),
    C(CLONE_SYSVSEM),
    C(CLONE_VFORK),
    C(SIGCHLD),
    C(SIGKILL),
    C(SIGTERM),
    C(SIGABRT),
    C(SIGUSR1),
    C(SIGPIPE),
    C(SIGSTOP),
    C(P_PIDFD),
    C(P_PID),
    C(P_ALL),
    C(WEXITED),
    C(WNOHANG),
    C(WNOWAIT),
    C(SIG_BLOCK),
    C(SIG_UNBLOCK),
    C(SIG_SETMASK),
    C(ITIMER_REAL),
    C(CLOCK_REALTIME),
    C(CLOCK_MONOTONIC),
    C(CLOCK_BOOTTIME),
    C(CLOCK_MONOTONIC_COARSE),
    C(CLOCK_REALTIME_COARSE),
    C(CLOCK_MONOTONIC_RAW),
    C(CLOCK_PROCESS_CPUTIME_ID),
    C(TIMER_ABSTIME),
    C(FUTEX_WAIT),
    C(FUTEX_WAKE),
    C(FUTEX_PRIVATE_FLAG),
    C(FUTEX_WAIT_PRIVATE),
    C(FUTEX_WAKE_PRIVATE),
    C(EPOLL_CTL_ADD),
    C(EPOLL_CTL_MOD),
    C(EPOLL_CTL_DEL),
    C(EPOLL_CLOEXEC),
    C(GRND_NONBLOCK),
    C(GRND_RANDOM),
    C(RLIMIT_AS),
    C(RLIMIT_CORE),
    C(RLIMIT_CPU),
    C(RLIMIT_DATA),
    C(RLIMIT_FSIZE),
    C(RLIMIT_MEMLOCK),
    C(RLIMIT_NOFILE),
    C(RLIMIT_NPROC),
    C(RLIMIT_STACK),
    /* confinement */
    C(PR_SET_NO_NEW_PRIVS),
    C(PR_GET_NO_NEW_PRIVS),
    C(PR_SET_DUMPABLE),
    C(PR_GET_DUMPABLE),
    C(PR_SET_NAME),
    C(PR_GET_NAME),
    C(PR_SET_PDEATHSIG),
    C(PR_GET_PDEATHSIG),
    C(PR_SET_SECCOMP),
    C(PR_GET_SECCOMP),
    C(PR_CAPBSET_DROP),
    C(PR_CAPBSET_READ),
    C(PR_CAP_AMBIENT),
    C(PR_CAP_AMBIENT_CLEAR_ALL),
    C(PR_SET_KEEPCAPS),
    C(PR_SET_SECUREBITS),
    C(PR_SET_PTRACER),
    C(PR_SET_VMA),
    C(SECCOMP_SET_MODE_FILTER),
    C(SECCOMP_GET_ACTION_AVAIL),
    C(LANDLOCK_CREATE_RULESET_VERSION),
    C(MS_RDONLY),
    C(MS_NOSUID),
    C(MS_NODEV),
    C(MS_NOEXEC),
    C(MS_REMOUNT),
    C(MS_BIND),
    C(MS_REC),
    C(MS_PRIVATE),
    C(MS_SLAVE),
    C(MNT_DETACH),
};

#define E(error)                                                                                   \
    {                                                                                              \
        .name = #error, .number = error                                                            \
    }

static const struct {
    const char *name;
    int number;
} errors[] = {E(EPERM),   E(ENOENT),       E(ESRCH),  E(EACCES), E(EINVAL), E(ENOSYS), E(EBADF),
              E(ENOTSUP), E(EAFNOSUPPORT), E(ENODEV), E(EMFILE), E(EAGAIN), E(ENOTTY)};

int constant_errno(const char *name)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(errors[i].name, name) == 0)
            return errors[i].number;
    return 0;
}

static bool parse_one(const char *word, uint64_t *value)
{
    int64_t n;
    if (word[0] == '~') {
        if (!parse_one(word + 1, value))
            return false;
        *value = ~*value;
        return true;
    }
    if (parse_number(word, &n)) {
        *value = (uint64_t)n;
        return true;
    }
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        if (strcmp(constants[i].name, word) == 0) {
            *value = constants[i].value;
            return true;
        }
    }
    return false;
}

bool constant_parse(const char *text, uint64_t *value)
{
    char copy[LINE_MAX_BYTES], *rest = NULL;
    snprintf(copy, sizeof copy, "%s", text);
    *value = 0;
    bool any = false;
    for (char *w = strtok_r(copy, "|", &rest); w != NULL; w = strtok_r(NULL, "|", &rest)) {
        uint64_t one;
        if (!parse_one(w, &one))
            return false;
        *value |= one;
        any = true;
    }
    return any;
}
