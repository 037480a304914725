/* The painter of the next dialog: see spare.h. Run by the broker. */
#include "broker/spare.h"
#include "broker/app.h"
#include "broker/crew.h"

#define SPARE_MS 500 /* after what made one due: whoever asked that is busy */

static void start(void *ctx)
{
    struct app *a = ctx;
    a->spare = crew_start_spare(a);
}

void spare_later(struct app *a)
{
    if (a->crew[SW_SEAL] && !a->spare)
        loop_set_timer(&a->loop, SPARE_MS, start, a);
}

void spare_end(struct app *a)
{
    struct worker *w = a->spare;
    a->spare = NULL;
    loop_clear_timer(&a->loop, start, a);
    workers_kill(w, "killed");
}

/* One that has died since the loop last looked would refuse that dialog. */
struct worker *spare_take(struct app *a)
{
    if (a->spare && !workers_alive(a->spare))
        spare_end(a);
    struct worker *w = a->spare;
    a->spare = NULL;
    spare_later(a);
    return w;
}
