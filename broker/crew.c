/* The workers of one run: see crew.h. Run by the broker. */
#include "broker/crew.h"
#include "broker/app.h"
#include "broker/audit_files.h"
#include "broker/events.h"
#include "broker/identity.h"
#include "broker/record.h"
#include "broker/route.h"
#include "broker/spare.h"
#include "broker/where.h"
#include "ch_audit.h"
#include "ch_net.h"
#include "ch_relay.h"
#include "ch_ui.h"
#include "lib/fail.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* SW_COUNT: none of this crew any more. */
static enum session_worker post_of(const struct app *a, const struct worker *w)
{
    enum session_worker post = 0;
    while (post < SW_COUNT && a->crew[post] != w)
        post++;
    return post;
}

static void tell(struct app *a, enum session_event_kind kind, enum session_worker post,
                 uint8_t code)
{
    app_event(a,
              (struct session_event){.kind = (uint8_t)kind, .worker = (uint8_t)post, .code = code});
}

/* The windows keep a pointer to the channels of the four who draw. */
static void plug(struct app *a, enum session_worker post, struct chan *c)
{
    if (!a->windows)
        return;
    if (post == SW_UI || post == SW_PROMPT)
        windows_painter(a->windows, post == SW_PROMPT ? PAINTER_PROMPT : PAINTER_MAIN, c);
    else if (post == SW_VIEW && !c)
        windows_view(a->windows, NULL);
    else if (post == SW_MIRROR && !c)
        windows_mirror(a->windows, NULL);
}

/* Which process a dialog's painter is, for --events. */
static void tell_painter(const struct worker *w, const char *state)
{
    events_worker(worker_kind_name(w->kind), w->process.pid, state, NULL);
}

/* Verified, and at its post. */
static void begin_work(struct app *a, enum session_worker post)
{
    struct worker *w = a->crew[post];
    if (post == SW_PROMPT)
        tell_painter(w, "prompt");
    if (post == SW_SEAL)
        spare_later(a);
    plug(a, post, &w->control);
    tell(a, EV_READY, post, 0);
    if (post == SW_SEAL && a->crew[post] == w) /* what followed may have ended it */
        locker_start(a);
}

static void close_log(struct app *a)
{
    if (a->log_open)
        audit_files_close(&a->log);
    a->log_open = false;
}

static void on_verified(struct worker *w)
{
    struct app *a = w->ctx;
    enum session_worker post = post_of(a, w);
    w->control.queue_limit = MAX_QUEUED;
    if (w == a->spare)
        tell_painter(w, "spare");
    if (post == SW_AUDIT)
        close_log(a);
    if (post != SW_COUNT)
        begin_work(a, post);
}

/* Nobody is at that post any more. What goes with seal: the spare painter before, the listener
   behind what follows from that end, for nothing is asked meanwhile. */
static void leave(struct app *a, enum session_worker post, uint8_t death)
{
    if (post == SW_SEAL)
        spare_end(a);
    tell(a, EV_ENDED, post, death);
    if (post == SW_SEAL)
        locker_end(a);
}

static void on_ended(struct worker *w, const struct worker_end *end)
{
    struct app *a = w->ctx;
    enum session_worker post = post_of(a, w);
    if (w == a->spare)
        a->spare = NULL;
    if (post == SW_COUNT)
        return;
    a->crew[post] = NULL;
    a->last_end[post] = *end;
    plug(a, post, NULL);
    /* Refused before it was verified is not started, however it misbehaved. */
    uint8_t death = !end->was_verified ? DEATH_START
                    : end->violation   ? DEATH_VIOLATION
                                       : DEATH_EXIT;
    if (death == DEATH_START)
        a->unstarted = *end;
    if (post == SW_AUDIT) {
        close_log(a);
        record_trouble(a, end->fail == FAIL_FILE ? (int)end->detail : 0, 0);
    }
    leave(a, post, death);
}

/* --- what a worker is given before it locks itself in: nothing that matters */

static void give_fonts(struct worker *w)
{
    struct app *a = w->ctx;
    struct msg_ui_fonts m = {.n_fonts = (uint16_t)a->n_fonts};
    memcpy(m.fonts, a->fonts, a->n_fonts * sizeof a->fonts[0]);
    msg_ui_fonts_send(&w->control, &m);
}

static void give_anchors(struct worker *w)
{
    struct app *a = w->ctx;
    struct msg_net_anchors m = {.n_bundle =
                                    a->anchors >= 0 && !a->line.to.relay.has_pin && !a->own_relay,
                                .bundle = {a->anchors}};
    msg_net_anchors_send(&w->control, &m);
}

static void give_relay_keys(struct worker *w)
{
    struct msg_relay_keys none = {0}; /* the embedded relay makes a key for this run */
    msg_relay_keys_send(&w->control, &none);
}

static void give_log(struct worker *w)
{
    struct app *a = w->ctx;
    const struct audit_files *f = &a->log;
    char computer[WHERE_NAME];
    where_computer(computer);
    struct msg_audit_files m = {.sinks = (uint8_t)f->sinks,
                                .missing = (uint8_t)f->missing,
                                .stream = f->stream,
                                .uid = geteuid(),
                                .computer = span_text(computer),
                                .warn_free = (uint32_t)a->conf.audit_warn_free,
                                .log = f->log,
                                .key = f->key,
                                .n_previous = f->previous >= 0,
                                .previous = {f->previous},
                                .n_sockets = (uint16_t)f->n_sockets,
                                .sockets = {f->sockets[0], f->sockets[1]}};
    msg_audit_files_send(&w->control, &m);
}

/* --- which program for which purpose */

#define USES(open_fn, started_fn)                                                                  \
    {                                                                                              \
        .open = open_fn, .started = started_fn, .verified = on_verified, .ended = on_ended         \
    }

static const struct crew_post {
    enum worker_kind kind;
    struct worker_uses uses;
} posts[SW_COUNT] = {
    [SW_UI] = {WORKER_UI, USES(route_open_ui, give_fonts)},
    [SW_PROMPT] = {WORKER_UI, USES(route_open_ui, give_fonts)},
    [SW_AUDIT] = {WORKER_AUDIT, USES(route_open_audit, give_log)},
    [SW_DIAL] = {WORKER_DIAL, USES(route_open_dial, NULL)},
    [SW_NET] = {WORKER_NET, USES(route_open_net, give_anchors)},
    [SW_SEAL] = {WORKER_SEAL, USES(route_open_seal, identity_give)},
    [SW_RELAY] = {WORKER_RELAY, USES(route_open_relay, give_relay_keys)},
    [SW_GATE] = {WORKER_GATE, USES(route_open_gate, NULL)},
    [SW_CAPTURE] = {WORKER_CAPTURE, USES(route_open_capture, NULL)},
    [SW_VIEW] = {WORKER_VIEW, USES(route_open_view, NULL)},
    [SW_MIRROR] = {WORKER_VIEW, USES(route_open_view, NULL)},
    [SW_INPUT_GATE] = {WORKER_GATE, USES(route_open_gate, NULL)},
    [SW_INPUT] = {WORKER_INPUT, USES(route_open_input, NULL)},
};

static void start(struct app *a, enum session_worker w)
{
    if (w == SW_SEAL)
        a->unstarted = (struct worker_end){0}; /* of a session before this one */
    a->crew[w] = workers_start(&a->workers, posts[w].kind, &posts[w].uses, a);
    if (!a->crew[w]) {
        a->last_end[w].error = errno;
        a->unstarted = a->last_end[w];
        tell(a, EV_ENDED, w, DEATH_START);
    }
}

/* Its files first: without them it would be waited for in vain. Another program that puts the log
   aside just now is asked again, and not waited for. */
static void start_audit(void *ctx)
{
    struct app *a = ctx;
    bool patient = ++a->log_tries < AUDIT_FILES_TRIES;
    close_log(a);
    a->log_open = record_open(a, &a->log, patient) == 0;
    if (a->log_open)
        start(a, SW_AUDIT);
    else if (!patient || !a->log.busy ||
             !loop_set_timer(&a->loop, AUDIT_FILES_WAIT_MS, start_audit, a))
        tell(a, EV_ENDED, SW_AUDIT, DEATH_START);
}

struct worker *crew_start_spare(struct app *a)
{
    return workers_start(&a->workers, posts[SW_PROMPT].kind, &posts[SW_PROMPT].uses, a);
}

void crew_start(struct app *a, enum session_worker w)
{
    if (w == SW_LAUNCHER) { /* forked before the broker's filter was on; here it is only taken in */
        a->unstarted = (struct worker_end){0}; /* of another one */
        tell(a, launcher_filters(&a->launcher) < 0 ? EV_ENDED : EV_READY, w, DEATH_START);
        return;
    }
    memset(&a->last_end[w], 0, sizeof a->last_end[w]);
    a->crew[w] = w == SW_PROMPT ? spare_take(a) : NULL;
    if (crew_chan(a, w)) {
        begin_work(a, w);
    } else if (w == SW_AUDIT) {
        a->log_tries = 0;
        start_audit(a);
    } else if (!a->crew[w]) {
        start(a, w);
    }
}

void crew_kill(struct app *a, enum session_worker w)
{
    struct worker *worker = a->crew[w];
    a->crew[w] = NULL; /* from here on its own end is nobody's event: the one below is */
    plug(a, w, NULL);
    if (w == SW_AUDIT) {
        loop_clear_timer(&a->loop, start_audit, a);
        close_log(a);
    }
    workers_kill(worker, "killed");
    leave(a, w, DEATH_EXIT);
}

void crew_lost(struct app *a, enum session_worker w)
{
    if (a->crew[w])
        crew_kill(a, w);
}

struct chan *crew_chan(struct app *a, enum session_worker w)
{
    struct worker *worker = a->crew[w];
    return worker && worker->state == WORKER_VERIFIED ? &worker->control : NULL;
}
