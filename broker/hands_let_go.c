/*
 * What a controller has down goes up, and the owner goes before it. Both are asked of the input
 * worker, and hang on nothing that it may leave undone: while the owner is at work the gate lets
 * nothing pass that presses or moves (GATE_HOLD), and a worker that does not say in time that it
 * has let go is killed, its gate with it; then the watcher takes back what is down. Run by the
 * broker.
 */
#include "broker/app.h"
#include "broker/crew.h"
#include "broker/hands.h"
#include "broker/record.h"
#include "ch_gate.h"
#include "ch_input.h"
#include "lib/serial.h"
#include <string.h>

void hands_hold_gate(struct app *a, bool on)
{
    struct hands *h = &a->hands;
    struct chan *gate = crew_chan(a, SW_INPUT_GATE);
    if (!gate || h->gate_holds == on)
        return;
    h->gate_holds = on;
    if (msg_gate_hold_send(gate, &(struct msg_gate_hold){.on = on}) != 0)
        crew_lost(a, SW_INPUT_GATE);
}

/* --- has it let go? --- */

static bool is_awaited(const struct app *a)
{
    return a->session.control.running && a->hands.let_go != a->hands.released;
}

static void on_late(void *ctx);

/* Nobody can let go at an X server that answers nobody: the time runs from its answer to a question
   of ours, and when it is over it has to have answered once more. */
static void on_server(void *ctx, uint32_t tag, const void *reply)
{
    struct app *a = ctx;
    struct hands *h = &a->hands;
    if (tag != h->released || !is_awaited(a))
        return;
    if (!h->late || reply == NULL) { /* NULL: too many questions wait already */
        h->late = false;
        (void)loop_set_timer(&a->loop, RELEASED_MS, on_late, a);
        return;
    }
    record_deaf(a, SW_INPUT);
    crew_lost(a, SW_INPUT_GATE); /* first: it is what stands before the X server */
}

static void on_late(void *ctx)
{
    struct app *a = ctx;
    if (!is_awaited(a))
        return;
    a->hands.late = true;
    display_ask_nothing(&a->display, on_server, a, a->hands.released);
}

int hands_on_released(struct app *a, uint32_t serial)
{
    struct hands *h = &a->hands;
    if (serial > h->released)
        return -1; /* an answer to no question */
    h->let_go = serial;
    if (!is_awaited(a))
        loop_clear_timer(&a->loop, on_late, a);
    return 0;
}

void hands_release(struct app *a)
{
    struct hands *h = &a->hands;
    struct chan *input = crew_chan(a, SW_INPUT);
    memset(h->keys, 0, sizeof h->keys);
    h->buttons = 0;
    hands_drop(a);
    if (!input || !a->session.control.running)
        return;
    h->released = serial_next(h->released);
    h->late = false;
    loop_clear_timer(&a->loop, on_late, a);
    if (msg_input_release_send(input, &(struct msg_input_release){.serial = h->released}) != 0)
        crew_lost(a, SW_INPUT_GATE);
    else
        display_ask_nothing(&a->display, on_server, a, h->released);
}
