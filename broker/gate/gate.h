/*
 * The shell around the judge: poll, recvmsg and sendmsg between one worker and the X server. Runs
 * as vitrine-gate; the worker's bytes are distrusted, the server's are passed through unparsed.
 *
 * Ends by itself: worker gone, server gone, broker gone, or after a violation has been reported.
 * Leaving closes both connections, so the worker is cut off from X at once. The gate of the input
 * worker first releases what that worker held down (held.h); where the gate is killed, somebody
 * else does: the watcher of the kill switch, or the broker.
 */
#ifndef BROKER_GATE_GATE_H
#define BROKER_GATE_GATE_H
#include "broker/gate/flow.h"
#include "broker/gate/held.h"
#include "broker/gate/judge.h"
#include "broker/gate/pace.h"
#include "lib/chan.h"
#include "lib/loop.h"

struct gate {
    struct loop loop;
    struct chan control;
    int server, client; /* -1 before GATE_OPEN */
    struct judge judge;
    struct flow up, down; /* worker to server, server to worker */
    size_t judged;        /* bytes at the head of `up` that may leave */
    bool paced;           /* the worker injects: few at a time, and not too fast */
    struct pace pace;
    struct held held;
    bool owner_first;                     /* the worker may only let go */
    uint8_t greeting[JUDGE_GREETING_MAX]; /* with the cookie; wiped when sent */
    size_t greeting_len;
};

/* Takes over the control descriptor. `g` is large: static or on the heap. */
void gate_init(struct gate *g, int control_fd);
/* Runs until the end; returns the exit status: 0, or 1 when the loop itself failed. */
int gate_run(struct gate *g);
/* Closes and wipes everything. */
void gate_finish(struct gate *g);

#endif
