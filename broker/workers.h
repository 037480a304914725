/*
 * The broker's running workers: start, verify from outside, watch, kill. One struct worker per
 * process; several of one kind may run (a gate per client, a fresh ui per prompt).
 *
 * The life of a worker, each step told to the broker through struct worker_uses:
 *   workers_start        cloned and executed in stage 1; `open` wraps its control channel,
 * `started` may send what it needs before its lock-down (fonts, key files), nothing that matters
 *   READY                what /proc says of it is checked: Seccomp 2, the exact number of filters,
 * NoNewPrivs, one thread, no capability. Right: `verified`, from now on descriptors that matter may
 * go. Wrong, late (START_MS) or dead: `ended` death, bad message   `ended`, with the reason A start
 * that fails for want of namespaces is repeated once without them (platform.md 3), unless that is
 * forbidden; `started` is called again for the new process then.
 *
 * Nothing here blocks the loop, except workers_kill, which waits for the kernel to finish the kill.
 */
#ifndef BROKER_WORKERS_H
#define BROKER_WORKERS_H
#include "broker/launcher.h"
#include "lib/chan.h"
#include "lib/loop.h"
#include "lib/start.h"
#include "policy/limits.h"

#define WORKERS_MAX 24 /* two loop entries each */

struct msg_failed;
struct worker;

/* Why a worker is no more. */
struct worker_end {
    const char *
        why; /* words for log and --events: killed, exited, violation, unverified: ..., malformed */
    bool violation; /* SIGSYS: it tried a call outside its policy; or it sent a bad message */
    bool was_verified;
    bool late;          /* it did not say READY in START_MS */
    int signal, status; /* of the process, 0 when it does not apply */
    enum fail fail;     /* what it said of itself last */
    uint32_t detail;
    int error; /* errno of a start that failed, 0 otherwise */
};

/* What one user of workers does with its worker. `ended` is called once, not after workers_kill;
   the pointer is void after it. */
struct worker_uses {
    /* Wraps the descriptor (takes ownership): CH_init_broker(&w->control, fd, &handlers, w). The
       table has workers_on_ready and workers_on_failed in it, and handlers get the struct worker as
       their ctx. */
    void (*open)(struct worker *w, int fd);
    void (*started)(struct worker *w); /* may be NULL */
    void (*verified)(struct worker *w);
    void (*ended)(struct worker *w, const struct worker_end *end);
};

enum worker_life {
    WORKER_FREE,
    WORKER_LAUNCHING, /* the launcher was asked */
    WORKER_STARTING,  /* executed, not READY */
    WORKER_VERIFIED,
    WORKER_GONE /* ended while one of its messages is being handled */
};

struct worker {
    struct workers *all;
    const struct worker_uses *uses;
    void *ctx; /* the user's */
    enum worker_kind kind;
    enum worker_life state;
    struct started process;
    struct chan control;
    struct proof proof;   /* as of verification */
    uint32_t verified_us; /* from clone to verified */
    bool plain;           /* started without namespaces */
    bool busy;            /* inside chan_receive */
    struct worker_end end;
};

enum worker_event_what { WORKER_EVENT_STARTED, WORKER_EVENT_VERIFIED, WORKER_EVENT_ENDED };

/* For the audit trail and --events. */
struct worker_event {
    enum worker_event_what what;
    const struct worker *worker;  /* kind, process.pid, proof, verified_us */
    const struct worker_end *end; /* ENDED only */
};
typedef void (*workers_event_fn)(void *ctx, const struct worker_event *e);

struct workers {
    struct loop *loop;
    struct launcher *launcher;
    workers_event_fn on_event; /* may be NULL */
    void *ctx;
    int own_filters;         /* of the broker, after protect_broker */
    bool require_namespaces; /* organisation policy: no fallback */
    bool without_namespaces; /* a worker runs or ran without: for the security status */
    bool without_lock;       /* nor is all of its keys' memory locked: the same */
    struct worker table[WORKERS_MAX];
};

/* Whether the memory in which a worker of that kind has its keys cannot be swapped out. */
static inline bool workers_keys_locked(enum worker_kind kind, const struct proof *p)
{
    return kind != WORKER_SEAL || p->locked_kb >= SECRET_HEAP / 1024;
}

/* After protect_broker. `launcher` may be NULL: dial and relay cannot be started then. 0 or -1. */
int workers_init(struct workers *all, struct loop *loop, struct launcher *launcher,
                 workers_event_fn on_event, void *ctx);
/* Starts one. NULL with errno when it could not even be tried (table full, program missing, no
   fallback left); later failures come through `ended`. */
struct worker *workers_start(struct workers *all, enum worker_kind kind,
                             const struct worker_uses *uses, void *ctx);
/* SIGKILL; returns when the process is gone for certain (microseconds; at most KILL_WAIT_MS of
   lib/start). `why` is for the event. Accepts NULL and one that has ended. False: the kernel did
   not confirm its end. */
bool workers_kill(struct worker *w, const char *why);
/* Has neither it nor its channel ended, also where the loop has not come to that yet? */
bool workers_alive(const struct worker *w);
/* Every one. */
void workers_kill_all(struct workers *all, const char *why);
/* Is one of this kind running (also unverified)? */
bool workers_have(const struct workers *all, enum worker_kind kind);

/* For the handler tables. */
int workers_on_ready(void *ctx);
int workers_on_failed(void *ctx, struct msg_failed *m);

#endif
