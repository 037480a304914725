/*
 * The fixed life of a worker's main(), the same in every one:
 *     worker_begin    take descriptor 3, refuse to run otherwise
 *     (its own)       warm up: libraries, fonts, keys handed over before the lock-down
 *     worker_confine  empty root, no capabilities, limits, Landlock, tight seccomp filter; READY
 *     (its own)       loop
 * Failing to lock down is fatal, always; there is no switch around it.
 *
 * After worker_confine there is no file system, no new socket, no new process and no second thread:
 * a library that starts a thread, reads a file, or looks up a time zone or locale has to do so in
 * the warm-up, or not at all. A system call outside policy/seccomp/NAME.policy kills the process at
 * once.
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
    WORKER_BUS,
    WORKER_KINDS
};

/* Role name as in policy/seccomp/NAME.policy and the --events "role": gate, capture, ... */
const char *worker_kind_name(enum worker_kind kind);
/* Name of its executable, at most 15 bytes so that `ps` shows it whole: vitrine-gate, ...,
 * vitrine-render. */
const char *worker_kind_program(enum worker_kind kind);

struct chan;
struct sock_filter;
/* A compiled policy: build/gen/policy_NAME.c defines policy_NAME from policy/seccomp/NAME.policy.
   All of them are in the archive of lib/; a program links the ones it names. */
struct policy_filter {
    const struct sock_filter *code;
    uint16_t len;
};
extern const struct policy_filter policy_stage1, policy_stage1_dial, policy_broker, policy_launcher,
    policy_watch;
extern const struct policy_filter policy_gate, policy_capture, policy_input, policy_dial,
    policy_net, policy_seal, policy_relay, policy_ui, policy_view, policy_audit, policy_verify,
    policy_bus;

/* Checks that descriptor 3 is a SEQPACKET socket, ignores SIGPIPE, fixes the environment's time
   zone, closes every descriptor above 3. Exits 2 with one line on standard error when started by
   hand. */
void worker_begin(enum worker_kind kind);
/* Locks the process in (architecture 2, step 3) under `policy`, the filter of `kind`, and sends
   READY on the channel, whose state it sets to 1. Never returns on failure: FAILED(FAIL_CONFINE,
   errno), exit. */
void worker_confine(enum worker_kind kind, const struct policy_filter *policy,
                    struct chan *control);
/* A channel to another worker has ended for as long, and the broker has ended neither: it is not
   the other's death. */
#define WORKER_CUT_OFF_MS 1000
/* Says FAILED and exits. */
_Noreturn void worker_fail(struct chan *control, enum fail code, uint32_t detail);

#endif
