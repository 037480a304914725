/*
 * vitrine-input: moves pointer and keys of this computer for one controller, through its gate, as
 * long as its owner lets it. It sees neither screen nor network nor files, and ends with the grant.
 */
#include "input/worker.h"
#include "lib/worker.h"

static struct input_worker worker;

int main(void)
{
    worker_begin(WORKER_INPUT);
    input_worker_init(&worker, WORKER_CONTROL_FD);
    worker_confine(WORKER_INPUT, &policy_input, &worker.control);
    return input_worker_run(&worker);
}
