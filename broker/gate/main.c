/*
 * vitrine-gate: stands between one worker (capture or input) and the X server, and lets only the
 * requests of policy/x11 pass. Distrusts that worker; sees no network, no file, no other worker.
 */
#include "broker/gate/gate.h"
#include "lib/worker.h"

static struct gate gate;

int main(void)
{
    worker_begin(WORKER_GATE);
    gate_init(&gate, WORKER_CONTROL_FD);
    worker_confine(WORKER_GATE, &policy_gate, &gate.control);
    int status = gate_run(&gate);
    gate_finish(&gate);
    return status;
}
