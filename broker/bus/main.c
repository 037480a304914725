/*
 * vitrine-bus: hears on the desktop's message bus and on the system's when the screen is locked.
 * It makes no connection: it is handed two. Distrusts both, and everybody on them.
 */
#include "broker/bus/bus.h"
#include "lib/worker.h"

static struct bus bus;

int main(void)
{
    worker_begin(WORKER_BUS);
    bus_init(&bus, WORKER_CONTROL_FD);
    worker_confine(WORKER_BUS, &policy_bus, &bus.control);
    return bus_run(&bus);
}
