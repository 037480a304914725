/*
 * The fixed life of a worker's main(), the same in every one:
 *     worker_begin    take descriptor 3, refuse to run otherwise
 *     (its own)       warm up: libraries, fonts, keys handed over before the lock-down
 *     worker_confine  empty root, no capabilities, limits, Landlock, tight seccomp filter; READY
 *     (its own)       loop
 * Failing to lock down is fatal, always; there is no switch around it.
 */
#ifndef LIB_WORKER_H
#define LIB_WORKER_H
#include "lib/fail.h"
#include <stdint.h>

#define WORKER_CONTROL_FD 3

enum worker_kind {
    WORKER_NONE = 0,
    WORKER_GATE,
    WORKER_CAPTURE,
    WORKER_INPUT,
    WORKER_DIAL,
    WORKER_NET,
    WORKER_SEAL,
    WORKER_RELAY,
    WORKER_UI,   /* vitrine-render ui */
    WORKER_VIEW, /* vitrine-render view */
    WORKER_AUDIT,
    WORKER_VERIFY,
    WORKER_KINDS
};

/* Role name as in policy/seccomp/NAME.policy and the --events "role": gate, capture, ... */
const char *worker_kind_name(enum worker_kind kind);

struct chan;
struct sock_filter;
/* A compiled policy (build/gen/policy_NAME.c): the worker's own file is linked in by its Makefile rule. */
struct policy_filter {
    const struct sock_filter *code;
    uint16_t len;
};
/* Generated: the stage-2 filter of the role this program was linked for. */
extern const struct policy_filter worker_policy;

/* Checks that descriptor 3 is a SEQPACKET socket, ignores SIGPIPE, sets TZ, closes every descriptor above 3.
   Exits 2 with one line on standard error when started by hand. */
void worker_begin(enum worker_kind kind);
/* Locks the process in (architecture 2, step 3) and sends READY on the channel, whose state it sets to 1.
   Never returns on failure: FAILED(FAIL_CONFINE), exit. */
void worker_confine(enum worker_kind kind, struct chan *control);
/* Says FAILED and exits. */
_Noreturn void worker_fail(struct chan *control, enum fail code, uint32_t detail);

#endif
