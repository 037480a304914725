/*
 * Starts one worker of each kind after the other, measures it and derives the table. Runs in the
 * broker, or in `vitrine doctor` set up as a broker is. No worker is handed anything but what it
 * needs to get ready.
 */
#include "broker/doctor.h"
#include "broker/protect.h"
#include "lib/sandbox.h"
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#define EXIT_SANDBOX 5

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
        else
            row->holds[power] = doctor_try(row->kind, (enum doctor_power)power);
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
    const struct doctor_row *seal = &r->rows[WORKER_SEAL];
    if (seal->result == DOCTOR_VERIFIED && !workers_keys_locked(WORKER_SEAL, &seal->proof))
        r->missing[r->n_missing++] = "mlock";
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

static const struct worker_uses uses = {doctor_open_channel, doctor_give, on_verified, on_ended};

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
    if (launcher_fork(&c->launcher) != 0 || protect_broker() != 0 ||
        launcher_attach(&c->launcher, &c->loop) != 0)
        return -1;
    return workers_init(&c->workers, &c->loop, &c->launcher, NULL, NULL);
}

int doctor_command(bool json, const struct doctor_needs *needs, const char *display)
{
    static struct command c;
    static struct doctor_processes running_now;
    static struct doctor_trail trail;
    const char *why;
    if (!protect_possible(&why)) {
        fprintf(stderr, "vitrine: %s\n", why);
        return EXIT_SANDBOX;
    }
    bool can_start = start_init() == 0;
    doctor_look_at_trail(&trail);
    doctor_scan_processes(&running_now);
    if (!can_start || prepare(&c) != 0) {
        fprintf(stderr, "vitrine: the sandbox could not be set up: %s\n", strerror(errno));
        return EXIT_SANDBOX;
    }
    doctor_begin(&c.doctor, &c.workers, needs, on_done, &c);
    struct doctor_report *r = &c.doctor.report;
    int failed = loop_run(&c.loop);
    r->display = display;
    r->running = &running_now;
    r->trail = &trail;
    int unsaid = json ? doctor_print_json(stdout, r) : doctor_print(stdout, r);
    failed |= unsaid && !ferror(stdout); /* what it cannot take is main's to say, of any command */
    workers_kill_all(&c.workers, "done");
    launcher_finish(&c.launcher);
    return failed != 0 || strcmp(r->level, "none") == 0 ? EXIT_SANDBOX : doctor_report_status(r);
}
