/*
 * Makes one call to the system fail, for tests/hostile/h22_faults.py: linked into copies of the
 * real programs (build/faults/), with --wrap in front of the calls of our own objects. Never
 * installed.
 *
 * A worker's environment is fixed and it can read no file, so its orders are in the program itself,
 * like those of rogue.c: "KIND N": the N-th call of that kind fails, and no other; "KIND N at HEX":
 * the N-th that returns to that address of the program, a place in its code; with " wait" behind,
 * it waits there until that has been seen. They are counted without orders too; with "count" a
 * process waits at its end, and before it kills one, until they have been read.
 *
 * Libraries read, write and allocate for us: OpenSSL the line to the relay and its clients', xcb
 * the X server's. Those calls are kinds of their own, by functions of this program that stand in
 * front of the C library's.
 */
#include "lib/clock.h"
#undef _FORTIFY_SOURCE /* which has some of the functions below as its own */
#define _FORTIFY_SOURCE 0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* FD: another number for what is open, and what is set up with it. FILES: what is done with files
 * and folders beside reading and writing. STDIO: what a stream has gathered cannot be written. */
enum kind {
    ALLOC,
    READ,
    WRITE,
    SEND,
    OPEN,
    FORK,
    LIB_READ,
    LIB_WRITE,
    FD,
    FILES,
    STDIO,
    LIB_ALLOC,
    KINDS
};
static const char *const names[KINDS] = {"alloc", "read", "write",   "send",
                                         "open",  "fork", "libread", "libwrite",
                                         "fd",    "file", "stdio",   "liballoc"};

#define MARK "FAULTS:"

#define PLACES 1024

/* Read from outside (/proc/PID/mem): how many of each kind there have been, and at each place. */
struct {
    char orders[64];
    unsigned calls[KINDS];
    volatile unsigned over,
        seen; /* so often it waited to be looked at; whoever looks has seen it */
    unsigned n_places;
    struct place {
        unsigned address, kind, calls;
    } places[PLACES];
} fault = {.orders = MARK "                                                        "};

#define PATIENCE_US 20000000 /* for one who looks and is gone */

/* What is looked for is here: until it was seen. Without a call to the system, which a worker's
 * filter could end. */
static void await_look(void)
{
    uint64_t end = clock_now_us() + PATIENCE_US;
    fault.over++;
    while (fault.seen != fault.over && clock_now_us() < end)
        continue;
}

extern const char __ehdr_start[], etext[]; /* of the linker: where the program's code is */

/* How many calls of that kind there have been at that place, with this one. */
static unsigned calls_at(enum kind kind, unsigned address)
{
    struct place *p = fault.places, *end = p + fault.n_places;
    while (p < end && (p->address != address || p->kind != kind))
        p++;
    if (p == fault.places + PLACES)
        return 0; /* whoever looks sees that all are taken */
    if (p == end) {
        *p = (struct place){.address = address, .kind = kind};
        fault.n_places++;
    }
    return ++p->calls;
}

/* Those that libraries make are at no place of ours: from NULL, or from where their code is. */
static bool due_at(enum kind kind, const char *from)
{
    bool ours_calls = from >= __ehdr_start && from < etext;
    unsigned address = ours_calls ? (unsigned)(from - __ehdr_start) : 0;
    unsigned call = ++fault.calls[kind], call_here = ours_calls ? calls_at(kind, address) : 0;
    const char *orders = fault.orders + sizeof MARK - 1;
    size_t len = strlen(names[kind]);
    char *rest = NULL;
    if (strncmp(orders, names[kind], len) != 0 || orders[len] != ' ')
        return false;
    unsigned long wanted = strtoul(orders + len, &rest, 10);
    bool here = strncmp(rest, " at ", 4) == 0;
    if (here && strtoul(rest + 4, &rest, 16) != address)
        return false;
    if (wanted != (here ? call_here : call))
        return false;
    if (strcmp(rest, " wait") == 0)
        await_look();
    return true;
}

#define due(kind) due_at(kind, __builtin_return_address(0))

static bool counts_only(void)
{
    return strcmp(fault.orders + sizeof MARK - 1, "count") == 0;
}

__attribute__((destructor)) static void linger(void)
{
    if (counts_only())
        await_look();
}

/* A call of our own is on its way: what stands in front of the C library lets it through. */
static unsigned ours;

/* NAME of that kind, with these parameters, fails with that errno and value. */
#define FAIL(type, name, kind, value, error, parameters, arguments)                                \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        if (due(kind)) {                                                                           \
            errno = error;                                                                         \
            return value;                                                                          \
        }                                                                                          \
        ours++;                                                                                    \
        type result = __real_##name arguments;                                                     \
        ours--;                                                                                    \
        return result;                                                                             \
    }

FAIL(void *, malloc, ALLOC, NULL, ENOMEM, (size_t n), (n))
FAIL(void *, calloc, ALLOC, NULL, ENOMEM, (size_t n, size_t size), (n, size))
FAIL(FILE *, open_memstream, ALLOC, NULL, ENOMEM, (char **text, size_t *n), (text, n))
FAIL(void *, mmap, ALLOC, MAP_FAILED, ENOMEM,
     (void *at, size_t n, int protect, int flags, int fd, off_t from),
     (at, n, protect, flags, fd, from))
FAIL(int, memfd_create, ALLOC, -1, EMFILE, (const char *name, unsigned flags), (name, flags))
FAIL(int, ftruncate, ALLOC, -1, ENOSPC, (int fd, off_t n), (fd, n))

FAIL(ssize_t, read, READ, -1, EIO, (int fd, void *to, size_t n), (fd, to, n))
FAIL(ssize_t, pread, READ, -1, EIO, (int fd, void *to, size_t n, off_t from), (fd, to, n, from))
FAIL(ssize_t, recv, READ, -1, ECONNRESET, (int fd, void *to, size_t n, int flags),
     (fd, to, n, flags))
FAIL(ssize_t, recvmsg, READ, -1, ECONNRESET, (int fd, struct msghdr *m, int flags), (fd, m, flags))
FAIL(ssize_t, getrandom, READ, -1, EIO, (void *to, size_t n, unsigned flags), (to, n, flags))

FAIL(ssize_t, write, WRITE, -1, ENOSPC, (int fd, const void *from, size_t n), (fd, from, n))
FAIL(ssize_t, pwrite, WRITE, -1, EIO, (int fd, const void *from, size_t n, off_t at),
     (fd, from, n, at))
FAIL(int, fdatasync, WRITE, -1, EIO, (int fd), (fd))
FAIL(int, fsync, WRITE, -1, EIO, (int fd), (fd))

FAIL(ssize_t, send, SEND, -1, ENOBUFS, (int fd, const void *from, size_t n, int flags),
     (fd, from, n, flags))
FAIL(ssize_t, sendmsg, SEND, -1, EPIPE, (int fd, const struct msghdr *m, int flags), (fd, m, flags))

FAIL(FILE *, fopen, OPEN, NULL, EMFILE, (const char *path, const char *mode), (path, mode))
FAIL(FILE *, fdopen, OPEN, NULL, ENOMEM, (int fd, const char *mode), (fd, mode))
FAIL(int, socket, OPEN, -1, EMFILE, (int domain, int type, int protocol), (domain, type, protocol))
FAIL(int, socketpair, OPEN, -1, EMFILE, (int domain, int type, int protocol, int ends[2]),
     (domain, type, protocol, ends))
FAIL(int, pipe2, OPEN, -1, EMFILE, (int ends[2], int flags), (ends, flags))
FAIL(int, epoll_create1, OPEN, -1, EMFILE, (int flags), (flags))
FAIL(int, accept4, OPEN, -1, EMFILE, (int fd, struct sockaddr *from, socklen_t *n, int flags),
     (fd, from, n, flags))
FAIL(int, connect, OPEN, -1, ECONNREFUSED, (int fd, const struct sockaddr *to, socklen_t n),
     (fd, to, n))

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_openat(int at, const char *path, int flags, ...);
int __wrap_openat(int at, const char *path, int flags, ...);

static mode_t mode_of(va_list more)
{
    return (mode_t)va_arg(more, unsigned);
}

int __wrap_open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = mode_of(more); /* not used by the call where there is none */
    va_end(more);
    if (!due(OPEN))
        return __real_open(path, flags, mode);
    errno = EMFILE;
    return -1;
}

int __wrap_openat(int at, const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = mode_of(more);
    va_end(more);
    if (!due(OPEN))
        return __real_openat(at, path, flags, mode);
    errno = EMFILE;
    return -1;
}

FAIL(int, dup2, FD, -1, EMFILE, (int from, int to), (from, to))
FAIL(int, dup3, FD, -1, EMFILE, (int from, int to, int flags), (from, to, flags))
FAIL(int, signalfd, FD, -1, EMFILE, (int fd, const sigset_t *set, int flags), (fd, set, flags))
FAIL(int, epoll_ctl, FD, -1, ENOMEM, (int set, int op, int fd, struct epoll_event *event),
     (set, op, fd, event))
FAIL(int, bind, FD, -1, EADDRINUSE, (int fd, const struct sockaddr *at, socklen_t n), (fd, at, n))
FAIL(int, listen, FD, -1, EADDRINUSE, (int fd, int n), (fd, n))

FAIL(DIR *, opendir, FILES, NULL, EMFILE, (const char *path), (path))
FAIL(struct dirent *, readdir, FILES, NULL, EIO, (DIR * folder), (folder))
FAIL(int, scandir, FILES, -1, ENOMEM,
     (const char *path, struct dirent ***found, int (*take)(const struct dirent *),
      int (*order)(const struct dirent **, const struct dirent **)),
     (path, found, take, order))
FAIL(int, rename, FILES, -1, ENOSPC, (const char *from, const char *to), (from, to))
FAIL(int, mkdir, FILES, -1, ENOSPC, (const char *path, mode_t mode), (path, mode))
FAIL(int, flock, FILES, -1, ENOLCK, (int fd, int how), (fd, how))

FAIL(pid_t, fork, FORK, -1, EAGAIN, (void), ())

int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...);

int __wrap_fcntl(int fd, int command, ...)
{
    va_list more;
    va_start(more, command);
    long argument = va_arg(more, long);
    va_end(more);
    if ((command != F_DUPFD && command != F_DUPFD_CLOEXEC) || !due(FD))
        return __real_fcntl(fd, command, argument);
    errno = EMFILE;
    return -1;
}

int __real_fflush(FILE *f);
int __wrap_fflush(FILE *f);
int __real_fclose(FILE *f);
int __wrap_fclose(FILE *f);

/* The C library's own writes are out of reach: for this one call the stream's file is one that is
 * full. What writes to memory fails as if there were none. */
static int onto_full_disk(FILE *f, bool closes)
{
    int fd = fileno(f), full = __real_open("/dev/full", O_WRONLY | O_CLOEXEC);
    int kept = fd < 0 || full < 0 ? -1 : __real_fcntl(fd, F_DUPFD_CLOEXEC, 0L);
    if (kept >= 0)
        (void)__real_dup2(full, fd);
    (void)(closes ? __real_fclose(f) : __real_fflush(f));
    if (kept >= 0 && !closes)
        (void)__real_dup2(kept, fd);
    if (kept >= 0)
        close(kept);
    if (full >= 0)
        close(full);
    errno = ENOSPC;
    return EOF;
}

int __wrap_fflush(FILE *f)
{
    return due(STDIO) ? onto_full_disk(f, false) : __real_fflush(f);
}

int __wrap_fclose(FILE *f)
{
    return due(STDIO) ? onto_full_disk(f, true) : __real_fclose(f);
}

/* Only the making of a process: whatever else goes this way is not one of the kinds, nor is a
 * thread, which doctor's children try to make under a filter, and only the kernel can answer. Who
 * is killed makes no calls any more. */
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
    va_list more;
    long a[6];
    va_start(more, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(more, long);
    va_end(more);
    if (number == SYS_pidfd_send_signal && a[1] == SIGKILL && counts_only())
        await_look();
    bool makes = number == SYS_clone3 || (number == SYS_clone && !(a[0] & CLONE_THREAD));
    if (!makes || !due(FORK))
        return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    errno = EAGAIN;
    return -1;
}

/* --- what libraries call --- */

/* NAME, as the system call of that number and arguments does it, fails with that errno. */
#define STAND_IN(name, kind, error, parameters, call)                                              \
    ssize_t name parameters;                                                                       \
    ssize_t name parameters                                                                        \
    {                                                                                              \
        if (!ours && due_at(kind, NULL)) {                                                         \
            errno = error;                                                                         \
            return -1;                                                                             \
        }                                                                                          \
        return __real_syscall call;                                                                \
    }

STAND_IN(read, LIB_READ, EIO, (int fd, void *to, size_t n), (SYS_read, fd, to, n))
STAND_IN(recv, LIB_READ, ECONNRESET, (int fd, void *to, size_t n, int flags),
         (SYS_recvfrom, fd, to, n, flags, NULL, NULL))
STAND_IN(recvmsg, LIB_READ, ECONNRESET, (int fd, struct msghdr *m, int flags),
         (SYS_recvmsg, fd, m, flags))
STAND_IN(write, LIB_WRITE, EPIPE, (int fd, const void *from, size_t n), (SYS_write, fd, from, n))
STAND_IN(writev, LIB_WRITE, EPIPE, (int fd, const struct iovec *parts, int n),
         (SYS_writev, fd, parts, n))
STAND_IN(send, LIB_WRITE, EPIPE, (int fd, const void *from, size_t n, int flags),
         (SYS_sendto, fd, from, n, flags, NULL, 0))
STAND_IN(sendmsg, LIB_WRITE, EPIPE, (int fd, const struct msghdr *m, int flags),
         (SYS_sendmsg, fd, m, flags))

/* What the C library itself allocates is a library's, too. */
#define STAND_IN_ALLOC(name, parameters, arguments)                                                \
    void *__libc_##name parameters;                                                                \
    void *name parameters                                                                          \
    {                                                                                              \
        if (!ours && due_at(LIB_ALLOC, NULL)) {                                                    \
            errno = ENOMEM;                                                                        \
            return NULL;                                                                           \
        }                                                                                          \
        return __libc_##name arguments;                                                            \
    }

STAND_IN_ALLOC(malloc, (size_t n), (n))
STAND_IN_ALLOC(calloc, (size_t n, size_t size), (n, size))
STAND_IN_ALLOC(realloc, (void *old, size_t n), (old, n))
