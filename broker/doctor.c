/*
 * Starts one worker of each kind after the other, measures it and derives the table. Runs in the
 * broker, or in `vitrine doctor` set up as a broker is. No worker is handed anything but what it
 * needs to get ready.
 */
#include "broker/doctor.h"
#include "broker/protect.h"
#include "ch_audit.h"
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
#include "lib/sandbox.h"
#include "policy/limits.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>

#define EXIT_SANDBOX 5

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

static void open_channel(struct worker *w, int fd)
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

/* What the kind wants before it locks itself in. A failure to send shows as a worker that never is
 * ready. */
static void on_started(struct worker *w)
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

/* --- the table */

/* What the design hands to a role (architecture 2): there Linux has nothing to block. */
static bool is_handed(enum worker_kind kind, enum doctor_power power)
{
    static const uint8_t handed[WORKER_KINDS] = {
        [WORKER_GATE] = 1 << DOCTOR_SCREEN | 1 << DOCTOR_HANDS,
        [WORKER_CAPTURE] = 1 << DOCTOR_SCREEN,
        [WORKER_INPUT] = 1 << DOCTOR_HANDS,
        [WORKER_DIAL] = 1 << DOCTOR_NET | 1 << DOCTOR_FILES, /* reads the resolver's settings */
        [WORKER_NET] = 1 << DOCTOR_NET,
        [WORKER_RELAY] = 1 << DOCTOR_NET,
        [WORKER_AUDIT] = 1 << DOCTOR_FILES,  /* its log */
        [WORKER_VERIFY] = 1 << DOCTOR_FILES, /* the log it checks */
    };
    return (handed[kind] >> power & 1) != 0;
}

static void fill_holds(struct doctor_row *row)
{
    for (int power = 0; power < DOCTOR_POWERS; power++) {
        if (is_handed(row->kind, (enum doctor_power)power))
            row->holds[power] = UI_HOLDS_MAY;
        else if (doctor_is_blocked(row->kind, (enum doctor_power)power))
            row->holds[power] = UI_HOLDS_NEVER;
        else
            row->holds[power] = UI_HOLDS_TRUSTED;
    }
}

static void measure_broker(struct doctor_report *r)
{
    struct doctor_row *row = &r->rows[WORKER_NONE];
    row->kind = WORKER_NONE;
    struct doctor_process self = {.pid = getpid(), .part = DOCTOR_BROKER, .root = geteuid() == 0};
    static char wrong[DOCTOR_WRONG];
    wrong[0] = '\0';
    if (start_measure_pid(self.pid, &self.proof) != 0)
        doctor_add_wrong(wrong, "it could not be measured");
    else
        doctor_judge(&self, self.proof.filters, wrong);
    row->proof = self.proof;
    row->result = wrong[0] ? DOCTOR_REFUSED : DOCTOR_VERIFIED;
    row->why = wrong[0] ? wrong : NULL;
    row->look = doctor_look_at(getpid());
    fill_holds(row);
}

static void summarize(struct doctor_report *r)
{
    bool confined = r->rows[WORKER_NONE].result == DOCTOR_VERIFIED;
    r->seccomp = true; /* or protect_possible would have ended it */
    r->namespaces = true;
    for (enum worker_kind k = WORKER_GATE; k < WORKER_KINDS; k++) {
        confined = confined && r->rows[k].result != DOCTOR_REFUSED;
        if (r->rows[k].result == DOCTOR_VERIFIED)
            r->namespaces = r->namespaces && r->rows[k].proof.namespaces;
    }
    r->n_missing = 0;
    if (!confined)
        r->missing[r->n_missing++] = "confinement";
    if (!r->namespaces)
        r->missing[r->n_missing++] = "namespaces";
    if (r->landlock == 0)
        r->missing[r->n_missing++] = "landlock";
    if (!confined)
        r->level = "none";
    else
        r->level = r->n_missing == 0 ? "full" : "reduced";
}

/* --- one after the other */

static void start_next(struct doctor *d);

/* Sorted as they come. Returns whether all starts of this kind are measured. */
static bool note_time(struct doctor *d, uint32_t us)
{
    unsigned i = d->starts++;
    for (; i > 0 && d->took_us[i - 1] > us; i--)
        d->took_us[i] = d->took_us[i - 1];
    d->took_us[i] = us;
    return d->starts == DOCTOR_STARTS;
}

static void on_verified(struct worker *w)
{
    struct doctor *d = w->ctx;
    struct doctor_row *row = &d->report.rows[w->kind];
    row->result = DOCTOR_VERIFIED;
    row->proof = w->proof;
    row->look = doctor_look_at(w->process.pid);
    workers_kill(w, "measured");
    if (note_time(d, w->verified_us)) {
        row->verified_us = d->took_us[DOCTOR_STARTS / 2];
        fill_holds(row);
        d->at++;
        d->starts = 0;
    }
    start_next(d);
}

static void on_ended(struct worker *w, const struct worker_end *end)
{
    struct doctor *d = w->ctx;
    struct doctor_row *row = &d->report.rows[w->kind];
    row->result = end->error == ENOENT ? DOCTOR_NO_PROGRAM : DOCTOR_REFUSED;
    row->why = end->why;
    d->at++;
    d->starts = 0;
    start_next(d);
}

static const struct worker_uses uses = {open_channel, on_started, on_verified, on_ended};

static void finish(struct doctor *d)
{
    summarize(&d->report);
    d->done(d->ctx);
}

static const struct worker *running(const struct workers *all, enum worker_kind kind)
{
    for (size_t i = 0; i < WORKERS_MAX; i++)
        if (all->table[i].kind == kind && all->table[i].state == WORKER_VERIFIED)
            return &all->table[i];
    return NULL;
}

/* One kind at a time, so that the loop goes on in between: the tries of fill_holds take a while. */
static void look_next(void *ctx)
{
    struct doctor *d = ctx;
    if (d->at == WORKER_KINDS) {
        finish(d);
        return;
    }
    struct doctor_row *row = &d->report.rows[d->at];
    const struct worker *w = running(d->workers, d->at);
    row->kind = d->at++;
    row->result = w ? DOCTOR_VERIFIED : DOCTOR_IDLE;
    if (w && start_measure(&w->process, &row->proof) == 0) {
        row->look = doctor_look_at(w->process.pid);
        row->verified_us = w->verified_us;
    } else if (w) {
        row->result = DOCTOR_REFUSED;
        row->why = "it could not be measured";
    }
    fill_holds(row);
    loop_set_timer(d->workers->loop, 1, look_next, d);
}

/* Those that cannot even be tried are noted at once. */
static void start_next(struct doctor *d)
{
    d->worker = NULL;
    for (; d->at < WORKER_KINDS; d->at++) {
        struct doctor_row *row = &d->report.rows[d->at];
        row->kind = d->at;
        d->worker = workers_start(d->workers, d->at, &uses, d);
        if (d->worker != NULL)
            return;
        row->result = errno == ENOENT ? DOCTOR_NO_PROGRAM : DOCTOR_REFUSED;
        row->why = strerror(errno);
    }
    finish(d);
}

void doctor_begin(struct doctor *d, struct workers *workers, const struct doctor_needs *needs,
                  void (*done)(void *ctx), void *ctx)
{
    struct utsname name;
    *d = (struct doctor){
        .workers = workers, .needs = needs, .done = done, .ctx = ctx, .at = WORKER_GATE};
    d->report.landlock = sandbox_landlock_abi();
    if (uname(&name) == 0)
        snprintf(d->report.kernel, sizeof d->report.kernel, "%.64s", name.release);
    measure_broker(&d->report);
    if (needs->running_only)
        look_next(d);
    else
        start_next(d);
}

void doctor_stop(struct doctor *d)
{
    if (d->workers)
        loop_clear_timer(d->workers->loop, look_next, d);
    workers_kill(d->worker, "not needed any more");
    d->worker = NULL;
    d->at = WORKER_KINDS;
}

uint32_t doctor_ui_row(const struct doctor_report *r, enum worker_kind kind, bool running)
{
    const struct doctor_row *row = &r->rows[kind];
    if (row->result == DOCTOR_UNTRIED || row->result == DOCTOR_NO_PROGRAM)
        return 0;
    enum ui_holds h[DOCTOR_POWERS];
    for (int i = 0; i < DOCTOR_POWERS; i++) /* what could not be confined is held back by nothing */
        h[i] = row->result == DOCTOR_REFUSED ? UI_HOLDS_TRUSTED : row->holds[i];
    return UI_DOCTOR_ROW(kind, running, h[DOCTOR_SCREEN], h[DOCTOR_HANDS], h[DOCTOR_NET],
                         h[DOCTOR_FILES]);
}

/* --- the command */

struct command {
    struct loop loop;
    struct launcher launcher;
    struct workers workers;
    struct doctor doctor;
};

static void on_done(void *ctx)
{
    struct command *c = ctx;
    loop_stop(&c->loop);
}

static int prepare(struct command *c)
{
    loop_init(&c->loop);
    if (start_init() != 0 || launcher_fork(&c->launcher) != 0 || protect_broker() != 0 ||
        launcher_attach(&c->launcher, &c->loop) != 0)
        return -1;
    return workers_init(&c->workers, &c->loop, &c->launcher, NULL, NULL);
}

int doctor_command(bool json, const struct doctor_needs *needs, const char *display)
{
    static struct command c;
    static struct doctor_processes running_now;
    const char *why;
    if (!protect_possible(&why)) {
        fprintf(stderr, "vitrine: %s\n", why);
        return EXIT_SANDBOX;
    }
    doctor_scan_processes(&running_now);
    if (prepare(&c) != 0) {
        fprintf(stderr, "vitrine: the sandbox could not be set up: %s\n", strerror(errno));
        return EXIT_SANDBOX;
    }
    doctor_begin(&c.doctor, &c.workers, needs, on_done, &c);
    struct doctor_report *r = &c.doctor.report;
    int failed = loop_run(&c.loop);
    r->display = display;
    r->running = &running_now;
    failed |= json ? doctor_print_json(stdout, r) : doctor_print(stdout, r);
    workers_kill_all(&c.workers, "done");
    launcher_finish(&c.launcher);
    return failed != 0 || strcmp(r->level, "none") == 0 ? EXIT_SANDBOX : 0;
}
