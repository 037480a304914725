/*
 * Starting a worker and checking that it is confined, from outside, before anything that matters is
 * sent to it (architecture 2). Used by the broker and its launcher; single-threaded callers only,
 * because the child runs on a copy of their memory until it has executed the worker.
 *
 * The child is made by clone with user, mount, pid, network, ipc, uts and cgroup namespaces of its
 * own. It keeps two capabilities over them across the exec, as ambient ones, and no user id is
 * mapped into them: writing a map would need the child to be dumpable while it still holds a copy
 * of the broker's memory.
 */
#ifndef LIB_START_H
#define LIB_START_H
#include "lib/worker.h"
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define NAMESPACES 7
/* Their names under /proc/PID/ns, in the order of started.held. */
extern const char *const start_namespaces[NAMESPACES];
/* In the initializer of one that holds no descriptor. */
#define START_NONE .pidfd = -1, .status = -1, .control = -1, .held = {-1, -1, -1, -1, -1, -1, -1}

struct started {
    enum worker_kind kind;
    pid_t pid;
    int pidfd;
    int status;  /* /proc/PID/status, opened right after the exec (platform.md 2) */
    int control; /* our end of the control channel, not yet wrapped */
    /* /proc/PID/ns/ of those that we start ourselves; -1: none, also where one could not be opened.
       A namespace that nobody else holds is taken down as its process ends, partly before that
       counts as dead, partly by the kernel's own threads at the same time: half of the time that a
       death takes. */
    int held[NAMESPACES];
    bool namespaces;
    uint64_t started_us; /* CLOCK_MONOTONIC */
};

/* What /proc says of a running process; measured, for the check and for the security status. */
struct proof {
    int seccomp; /* Seccomp: 2 */
    int filters; /* Seccomp_filters; -1: the kernel does not say (before 5.9) */
    int no_new_privs;
    int threads;
    uint64_t cap_eff, cap_bnd, cap_prm, cap_inh, cap_amb;
    bool namespaces; /* its NSpid line has a second number */
    uint64_t rss_kb;
    uint64_t locked_kb; /* VmLck: never written to swap */
};

/* Opens the directory of our own executable once; workers are executed from it by descriptor. 0 or
 * -1. */
int start_init(void);
/* A full copy of this process by the call that the broker's filter permits: as fork(2), and its
   pidfd, which is the caller's. */
pid_t start_fork(int *pidfd);
/* Clones (with namespaces unless `plain`), confines stage 1, executes, and waits for that (a
   fraction of a millisecond). 0, or -1 with errno: ENOSPC, EPERM or EINVAL from clone mean that
   there are no namespaces to be had; EPERM with `plain` also that the program is not root's or ours
   alone. On failure nothing is left behind. */
int start_worker(enum worker_kind kind, bool plain, struct started *out);
/* Of processes, memory or descriptors, also on their way, there are too few just now: that says
   nothing of the kernel's namespaces, and is no reason to do without them. */
bool start_is_shortage(int error);
/* As start_worker, in a process whose parent shall be the worker's: used by the launcher
   (CLONE_PARENT). On failure out->pid names the child that the parent has to reap, 0 for none. */
int start_worker_for_parent(enum worker_kind kind, bool plain, struct started *out);
/* /proc/PID/status; -1 with errno. */
int start_open_status(pid_t pid);
/* The namespaces it is in, each -1 where it cannot be opened. */
void start_hold_namespaces(pid_t pid, int held[NAMESPACES]);
/* Reads the status file. 0, or -1 with errno (ESRCH: it is gone). */
int start_measure(const struct started *s, struct proof *out);
/* The same for any process that /proc shows us. */
int start_measure_pid(pid_t pid, struct proof *out);
/* True when `p` shows a worker with exactly expected_filters filters and nothing it should not
   have; otherwise *why names the first difference in words. `root`: root started it; a broker of
   its own worker says geteuid() == 0, whoever asks about another's says what that one is. */
bool start_verified(const struct proof *p, int expected_filters, bool root, const char **why);
/* Number of seccomp filters on this process now; -1 when the kernel does not say. */
int start_own_filters(void);
/* 1 and *how when the worker has ended (it is reaped then), 0 while it runs, -1 with errno. */
int start_reap(const struct started *s, siginfo_t *how);
/* Waits until it has ended, at most until then (CLOCK_MONOTONIC), and looks once more behind that:
   who waits may have stood still meanwhile. */
bool start_await_death(int pidfd, uint64_t end_us);
/* SIGKILL, wait for the pidfd, reap; descriptors stay open. True when it is gone for certain. */
bool start_kill(const struct started *s, siginfo_t *how);
/* Closes all descriptors but control; accepts one that is finished already. */
void start_finish(struct started *s);

#endif
