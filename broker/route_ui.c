/* What painters and audit say. Run by the broker. */
#include "broker/app.h"
#include "broker/record.h"
#include "broker/route.h"
#include "ch_audit.h"
#include "ch_ui.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int on_ui_painted(void *ctx, struct msg_ui_painted *m)
{
    struct app *a = route_app(ctx);
    if (ctx == a->spare)
        return -1; /* it has been told to paint nothing */
    return windows_painted(a->windows, ctx == a->crew[SW_PROMPT] ? PAINTER_PROMPT : PAINTER_MAIN,
                           m->serial, m->alike);
}

static const struct ui_at_broker ui_handlers = {
    .on_ready = workers_on_ready,
    .on_failed = workers_on_failed,
    .on_ui_painted = on_ui_painted,
};

void route_open_ui(struct worker *w, int fd)
{
    ui_init_broker(&w->control, fd, &ui_handlers, w);
}

/* A service that has ended, as its datagrams say it, and as its stream does. */
static bool is_way_lost(uint32_t error)
{
    return error == ECONNREFUSED || error == ENOTCONN || error == ECONNRESET || error == EPIPE;
}

static int on_audit_written(void *ctx, struct msg_audit_written *m)
{
    struct app *a = route_app(ctx);
    if (m->serial != a->audit_written + 1 || m->serial > a->audit_serial)
        return -1; /* an answer to no question, or out of order */
    a->audit_written = m->serial;
    if (!m->error || m->sinks)
        a->sinks_complained &= m->sinks; /* the others have taken it */
    if (m->error) {
        record_trouble(a, (int)m->error, m->sinks);
        if (is_way_lost(m->error) && m->serial > a->sinks_renewed) {
            a->sinks_renewed = a->audit_serial; /* these go by the old way */
            record_sinks(a);
        }
        app_event_kind(a, EV_AUDIT_FAILED);
    } else if (a->audit_written == a->audit_serial) {
        app_event_kind(a, EV_AUDIT_SYNCED);
    }
    return 0;
}

static int on_audit_space(void *ctx, struct msg_audit_space *m)
{
    struct app *a = route_app(ctx);
    if (m->free >= (uint32_t)a->conf.audit_warn_free)
        return -1;
    /* Each makes one line more for the disk that is nearly full. */
    if (pace_take(&a->space, 1, SPACE_SAID_MS, loop_now_ms()))
        record_space(a, m->free);
    return 0;
}

static const struct audit_at_broker audit_handlers = {
    .on_ready = workers_on_ready,
    .on_failed = workers_on_failed,
    .on_audit_written = on_audit_written,
    .on_audit_space = on_audit_space,
};

void route_open_audit(struct worker *w, int fd)
{
    audit_init_broker(&w->control, fd, &audit_handlers, w);
}
