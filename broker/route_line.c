/* What dial, net and relay say: the way to the session. Run by the broker. */
#include "broker/app.h"
#include "broker/facts.h"
#include "broker/line.h"
#include "broker/record.h"
#include "broker/route.h"
#include "ch_dial.h"
#include "ch_net.h"
#include "ch_relay.h"
#include "lib/fd.h"
#include "lib/hex.h"
#include "lib/relay_frame.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- dial */

static int on_dialled(void *ctx, struct msg_dialled *m)
{
    struct app *a = route_app(ctx);
    ((struct worker *)ctx)->control.state = DIAL_STATE_DONE;
    if (a->line.socket >= 0)
        close(a->line.socket);
    a->line.socket = m->relay;
    m->relay = -1;
    app_event_kind(a, EV_DIALLED);
    return 0;
}

static const char *error_text(uint32_t error)
{
    return error == ETOOMANYREFS ? "too many descriptors of this user's programs are under way"
                                 : strerror((int)error);
}

static int on_dial_failed(void *ctx, struct msg_dial_failed *m)
{
    static const char *const stages[] = {"name not found", "no connection", "no answer in time",
                                         "proxy refused"};
    struct app *a = route_app(ctx);
    ((struct worker *)ctx)->control.state = DIAL_STATE_DONE;
    snprintf(a->detail, sizeof a->detail, "%s:%u: %s%s%s", a->line.dial_host, a->line.to.relay.port,
             stages[m->stage], m->stage == 1 ? ": " : "",
             m->stage == 1 ? error_text(m->error) : "");
    if (m->stage == 3)
        snprintf(a->detail, sizeof a->detail, "proxy %s:%u: %s (%u)", a->settings.proxy.host,
                 a->settings.proxy.port,
                 m->error == 407 ? "wants another user or password"
                 : m->error      ? "refused"
                                 : "does not answer as one",
                 m->error);
    app_event(a,
              (struct session_event){.kind = EV_DIAL_FAILED, .code = m->stage, .number = m->error});
    return 0;
}

static const struct dial_at_broker dial_handlers = {
    .on_ready = workers_on_ready,
    .on_failed = workers_on_failed,
    .on_dialled = on_dialled,
    .on_dial_failed = on_dial_failed,
};

void route_open_dial(struct worker *w, int fd)
{
    dial_init_broker(&w->control, fd, &dial_handlers, w);
}

/* --- net */

static int on_net_opened(void *ctx)
{
    line_remember_pin(route_app(ctx)); /* seal hears the rest: number, or what its organizer says */
    return 0;
}

static int on_net_closed(void *ctx, struct msg_net_closed *m)
{
    struct app *a = route_app(ctx);
    if (m->what == NET_END_CERTIFICATE) {
        char shown[HEX_SIZE(16)], pinned[HEX_SIZE(16)];
        hex_format(m->pin, 16, shown);
        hex_format(a->line.to.relay.pin, 16, pinned);
        snprintf(a->detail, sizeof a->detail, "relay key shown %s, expected %s", shown,
                 a->line.to.relay.has_pin ? pinned : "a certificate for this name");
    } else if (m->what != NET_END_OURS && m->what != NET_END_CLEAN) {
        static const char *const what[] = {"closed", "connection lost", "TLS failed", "",
                                           "malformed frame"};
        snprintf(a->detail, sizeof a->detail, "%s:%u: %s (%u)", a->line.dial_host,
                 a->line.to.relay.port, m->what < 5 ? what[m->what] : "closed", m->code);
    } else if (m->code) {
        snprintf(a->detail, sizeof a->detail, "%s:%u: relay code %u", a->line.dial_host,
                 a->line.to.relay.port, m->code);
        if (m->code == FRAME_ERR_VERSION) /* ERR does not say which one it speaks */
            facts_versions(a, UI_VERSIONS_RELAY, FRAME_VERSION_NUMBER, 0);
    }
    if (m->back)
        ((struct worker *)ctx)->control.state = NET_STATE_READY;
    app_event(a, (struct session_event){
                     .kind = EV_NET_CLOSED, .code = m->what, .number = m->code, .flag = m->back});
    return 0;
}

static const struct net_at_broker net_handlers = {
    .on_ready = workers_on_ready,
    .on_failed = workers_on_failed,
    .on_net_opened = on_net_opened,
    .on_net_closed = on_net_closed,
};

void route_open_net(struct worker *w, int fd)
{
    net_init_broker(&w->control, fd, &net_handlers, w);
}

/* --- the embedded relay */

static int on_relay_serving(void *ctx, struct msg_relay_serving *m)
{
    struct app *a = route_app(ctx);
    memcpy(a->line.to.relay.pin, m->pin, sizeof m->pin);
    a->line.to.relay.has_pin = true;
    record_relay(a);
    app_event_kind(a, EV_SERVING);
    return 0;
}

static int on_relay_event(void *ctx, struct msg_relay_event *m)
{
    record_intrusion(route_app(ctx), m->kind, m->count, m->source);
    return 0;
}

static int on_relay_drained(void *ctx)
{
    (void)ctx; /* the embedded relay is killed with its session; nobody asked it to drain */
    return -1;
}

static const struct relay_at_broker relay_handlers = {
    .on_ready = workers_on_ready,
    .on_failed = workers_on_failed,
    .on_relay_serving = on_relay_serving,
    .on_relay_event = on_relay_event,
    .on_relay_drained = on_relay_drained,
};

void route_open_relay(struct worker *w, int fd)
{
    relay_init_broker(&w->control, fd, &relay_handlers, w);
}
