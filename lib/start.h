/*
 * Starting a worker and checking that it is confined, from outside, before anything that matters is sent to
 * it (architecture 2). Used by the broker and its launcher.
 */
#ifndef LIB_START_H
#define LIB_START_H
#include "lib/worker.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct started {
    enum worker_kind kind;
    pid_t pid;
    int pidfd;
    int status;  /* /proc/PID/status, opened right after the fork (platform.md 2) */
    int control; /* our end of the control channel, not yet wrapped */
    bool namespaces;
    uint64_t started_us; /* CLOCK_MONOTONIC */
};

/* What /proc says of a running worker; measured, for the check and for the security status. */
struct proof {
    int seccomp;         /* Seccomp: 2 */
    int filters;         /* Seccomp_filters */
    int no_new_privs;
    int threads;
    uint64_t cap_eff, cap_bnd, cap_prm, cap_inh, cap_amb;
    bool namespaces;     /* its NSpid line has a second number */
    uint64_t rss_kb;
};

/* Opens the directory of our own executable once; workers are executed from it by descriptor. 0 or -1. */
int start_init(void);
/* Clones (with namespaces unless `plain`), confines stage 1, executes. 0, or -1 with errno. On failure nothing
   is left behind. */
int start_worker(enum worker_kind kind, bool plain, struct started *out);
/* As start_worker, in a process whose parent shall stay ours: used by the launcher (CLONE_PARENT). */
int start_worker_for_parent(enum worker_kind kind, bool plain, struct started *out);
/* Reads the status file. 0 or -1. */
int start_measure(const struct started *s, struct proof *out);
/* True when `p` shows a worker with exactly expected_filters filters and nothing it should not have;
   otherwise *why names the first difference in words. */
bool start_verified(const struct proof *p, int expected_filters, const char **why);
/* Number of seccomp filters on this process now. */
int start_own_filters(void);
/* SIGKILL, wait for the pidfd, reap, close all descriptors but control. */
void start_kill(struct started *s);
void start_finish(struct started *s);

#endif
