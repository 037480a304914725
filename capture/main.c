/*
 * vitrine-capture: reads the agreed area of the screen through its gate and hands encoded pictures
 * to seal. Distrusts nobody's bytes but checks them all the same: messages by the generated
 * decoders, sizes before they become memory.
 */
#include "capture/worker.h"
#include "lib/worker.h"

static struct capture_worker worker;

int main(void)
{
    worker_begin(WORKER_CAPTURE);
    capture_worker_init(&worker, WORKER_CONTROL_FD);
    worker_confine(WORKER_CAPTURE, &policy_capture, &worker.control);
    return capture_worker_run(&worker);
}
