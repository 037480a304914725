/* What gate, capture, input and view say. Run by the broker; sees rectangles
   and numbers, never a pixel. */
#include "broker/app.h"
#include "broker/record.h"
#include "broker/route.h"
#include "broker/share.h"
#include "ch_capture.h"
#include "ch_gate.h"
#include "ch_input.h"
#include "ch_screen.h"
#include <stdio.h>

static int on_gate_violation(void *ctx, struct msg_gate_violation *m)
{
    struct app *a = route_app(ctx);
    record_gate_violation(a, ctx == a->crew[SW_INPUT_GATE] ? "input" : "capture", m->major,
                          m->minor, m->rule);
    return 0; /* the gate exits by itself; its death stops what it stood for */
}

static const struct gate_at_broker gate_handlers = {
    .on_ready = workers_on_ready,
    .on_failed = workers_on_failed,
    .on_gate_violation = on_gate_violation,
};

void route_open_gate(struct worker *w, int fd)
{
    gate_init_broker(&w->control, fd, &gate_handlers, w);
}

static int on_capture_masked(void *ctx, struct msg_capture_masked *m)
{
    struct app *a = route_app(ctx);
    if (m->serial > a->mask_serial)
        return -1; /* nobody has asked for that mask yet */
    if (m->serial == a->mask_serial)
        app_event(a, (struct session_event){.kind = EV_MASKED, .serial = a->session.prompt.serial});
    return 0;
}

static int on_capture_running(void *ctx, struct msg_capture_running *m)
{
    (void)m;
    app_event_kind(route_app(ctx), EV_CAPTURE_RUNNING);
    return 0;
}

static int on_capture_ask(void *ctx, struct msg_capture_ask *m)
{
    share_asked(route_app(ctx), m->serial);
    return 0;
}

static const struct capture_at_broker capture_handlers = {
    .on_ready = workers_on_ready,
    .on_failed = workers_on_failed,
    .on_capture_masked = on_capture_masked,
    .on_capture_running = on_capture_running,
    .on_capture_ask = on_capture_ask,
};

void route_open_capture(struct worker *w, int fd)
{
    capture_init_broker(&w->control, fd, &capture_handlers, w);
}

static int on_input_running(void *ctx)
{
    hands_on_running(route_app(ctx));
    return 0;
}

static int on_input_released(void *ctx, struct msg_input_released *m)
{
    return hands_on_released(route_app(ctx), m->serial);
}

static int on_input_taken(void *ctx, struct msg_input_taken *m)
{
    return hands_on_taken(route_app(ctx), m->events);
}

static const struct input_at_broker input_handlers = {
    .on_ready = workers_on_ready,
    .on_failed = workers_on_failed,
    .on_input_running = on_input_running,
    .on_input_released = on_input_released,
    .on_input_taken = on_input_taken,
};

void route_open_input(struct worker *w, int fd)
{
    input_init_broker(&w->control, fd, &input_handlers, w);
}

/* Two decoders speak this channel: of somebody else's screen, and of what others see of ours. */
static bool is_mirror(void *ctx)
{
    return ctx == route_app(ctx)->crew[SW_MIRROR];
}

static uint32_t add(uint32_t a, uint32_t b)
{
    return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

static int on_screen_picture(void *ctx, struct msg_screen_picture *m)
{
    struct app *a = route_app(ctx);
    bool same = m->what == a->model.theirs && m->missed == 0 &&
                windows_view_has_size(a->windows, m->width, m->height);
    if (is_mirror(ctx) || same) /* a KEY unit like the one before: nothing to paint */
        return 0;
    if (!pace_take(&a->sizes, 2 * KEYS_TAKEN, KEYS_TAKEN_MS, loop_now_ms()))
        return -1; /* more than a decoder lets through, even at once after a stall */
    a->model.theirs = m->what;
    a->model.skipped = add(a->model.skipped, m->missed);
    if (!windows_view_has_size(a->windows, m->width, m->height))
        windows_view_size(a->windows, m->width, m->height);
    windows_update(a->windows);
    return 0;
}

static int on_screen_changed(void *ctx, struct msg_screen_changed *m)
{
    struct windows *w = route_app(ctx)->windows;
    return is_mirror(ctx) ? windows_mirror_changed(w, m) : windows_view_changed(w, m);
}

static const struct screen_at_broker view_handlers = {
    .on_ready = workers_on_ready,
    .on_failed = workers_on_failed,
    .on_screen_picture = on_screen_picture,
    .on_screen_changed = on_screen_changed,
};

void route_open_view(struct worker *w, int fd)
{
    screen_init_broker(&w->control, fd, &view_handlers, w);
}
