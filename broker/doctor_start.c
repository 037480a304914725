/*
 * The workers that doctor starts: the channel of each kind, and what it wants before it locks
 * itself in, which is nothing that matters. Runs in the broker, or in `vitrine doctor` set up as a
 * broker is.
 */
#include "broker/doctor.h"
#include "ch_audit.h"
#include "ch_bus.h"
#include "ch_capture.h"
#include "ch_dial.h"
#include "ch_gate.h"
#include "ch_net.h"
#include "ch_relay.h"
#include "ch_screen.h"
#include "ch_seal.h"
#include "ch_ui.h"
#include "ch_verify.h"
#include "lib/fd.h"
#include "policy/limits.h"
#include <fcntl.h>
#include <sys/mman.h>

/* --- the channels: READY and FAILED are all that is expected */

#define ONLY_START                                                                                 \
    {                                                                                              \
        .on_ready = workers_on_ready, .on_failed = workers_on_failed                               \
    }
static const struct gate_at_broker gate = ONLY_START;
static const struct capture_at_broker capture = ONLY_START;
static const struct dial_at_broker dial = ONLY_START;
static const struct net_at_broker net = ONLY_START;
static const struct seal_at_broker seal = ONLY_START;
static const struct relay_at_broker relay = ONLY_START;
static const struct ui_at_broker ui = ONLY_START;
static const struct screen_at_broker screen = ONLY_START;
static const struct audit_at_broker audit = ONLY_START;
static const struct verify_at_broker verify = ONLY_START;
static const struct bus_at_broker bus = ONLY_START;

void doctor_open_channel(struct worker *w, int fd)
{
    struct chan *c = &w->control;
    switch (w->kind) {
    case WORKER_CAPTURE:
        capture_init_broker(c, fd, &capture, w);
        break;
    case WORKER_DIAL:
        dial_init_broker(c, fd, &dial, w);
        break;
    case WORKER_NET:
        net_init_broker(c, fd, &net, w);
        break;
    case WORKER_SEAL:
        seal_init_broker(c, fd, &seal, w);
        break;
    case WORKER_RELAY:
        relay_init_broker(c, fd, &relay, w);
        break;
    case WORKER_UI:
        ui_init_broker(c, fd, &ui, w);
        break;
    case WORKER_VIEW:
        screen_init_broker(c, fd, &screen, w);
        break;
    case WORKER_AUDIT:
        audit_init_broker(c, fd, &audit, w);
        break;
    case WORKER_VERIFY:
        verify_init_broker(c, fd, &verify, w);
        break;
    case WORKER_BUS:
        bus_init_broker(c, fd, &bus, w);
        break;
    case WORKER_GATE:
    default: /* input has no channel of its own yet: the two messages are the same everywhere */
        gate_init_broker(c, fd, &gate, w);
        break;
    }
}

static void give_fonts(struct worker *w, const struct doctor_needs *needs)
{
    struct msg_ui_fonts m = {0};
    int fds[MAX_FDS];
    unsigned n = needs->open_fonts == NULL ? 0 : needs->open_fonts(fds, MAX_FDS);
    m.n_fonts = (uint16_t)n;
    for (unsigned i = 0; i < n; i++)
        m.fonts[i] = fds[i];
    (void)msg_ui_fonts_send(&w->control, &m);
    for (unsigned i = 0; i < n; i++)
        fd_close(&fds[i]);
}

/* Files in memory stand for log and key. */
static void give_audit_files(struct worker *w)
{
    FD_OWNED log = memfd_create("log", MFD_CLOEXEC), key = memfd_create("key", MFD_CLOEXEC);
    if (log < 0 || key < 0 || fcntl(log, F_SETFL, O_APPEND) != 0)
        return;
    (void)msg_audit_files_send(&w->control, &(struct msg_audit_files){.log = log, .key = key});
}

/* A failure to send shows as a worker that never is ready. */
void doctor_give(struct worker *w)
{
    struct doctor *d = w->ctx;
    if (w->kind == WORKER_UI)
        give_fonts(w, d->needs);
    else if (w->kind == WORKER_AUDIT)
        give_audit_files(w);
    else if (w->kind == WORKER_NET)
        (void)msg_net_anchors_send(&w->control, &(struct msg_net_anchors){0});
    else if (w->kind == WORKER_SEAL)
        (void)msg_seal_key_send(&w->control, &(struct msg_seal_key){0});
    else if (w->kind == WORKER_RELAY)
        (void)msg_relay_keys_send(&w->control, &(struct msg_relay_keys){0});
}
