/* The audit trail's lines: see record.h. Run by the broker. */
#include "broker/record.h"
#include "broker/app.h"
#include "broker/audit_cmd.h"
#include "broker/crew.h"
#include "ch_audit.h"
#include "policy_tables.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TEXT 257

/* One line being put together: up to 16 fields, their texts kept here. */
struct line {
    struct msg_audit_event m;
    char text[16][TEXT];
};

static void begin(struct line *l, uint16_t event)
{
    memset(&l->m, 0, sizeof l->m);
    l->m.event = event;
}

static void add(struct line *l, const char *name, const char *value)
{
    unsigned i = l->m.n_fields++;
    snprintf(l->text[i], TEXT, "%s", value ? value : "");
    l->m.fields[i].name = (struct span){(const uint8_t *)name, strlen(name)};
    l->m.fields[i].value = (struct span){(const uint8_t *)l->text[i], strlen(l->text[i])};
}

static void add_number(struct line *l, const char *name, unsigned long value)
{
    char text[32];
    snprintf(text, sizeof text, "%lu", value);
    add(l, name, text);
}

static void write_line(struct app *a, struct line *l)
{
    struct chan *audit = crew_chan(a, SW_AUDIT);
    l->m.serial = a->audit_serial + 1;
    if (!audit)
        return; /* the heart knows that there is no record, and judges by its rules */
    if (msg_audit_event_send(audit, &l->m) == 0)
        a->audit_serial++;
    else
        app_event_kind(a, EV_AUDIT_FAILED);
}

int record_open(struct app *a, int *log, int *key)
{
    struct audit_files files;
    char error[KEYFILE_ERROR];
    if (!audit_files_open(&a->conf, &files, error)) {
        fprintf(stderr, "vitrine: %s\n", error);
        return -1;
    }
    snprintf(a->audit_path, sizeof a->audit_path, "%s", files.path);
    *log = files.log;
    *key = files.key;
    return 0;
}

void record_trouble(struct app *a, int error)
{
    if (!a->audit_complained)
        fprintf(
            stderr,
            "vitrine: the audit log %s cannot be written: %s; free space or name another place\n",
            a->audit_path, strerror(error));
    a->audit_complained = true;
}

static void add_security(struct app *a, struct line *l)
{
    add(l, "security", a->workers.without_namespaces ? "reduced" : "full");
    add(l, "missing", a->workers.without_namespaces ? "namespaces" : "");
}

void record_program_start(struct app *a)
{
    struct line l;
    begin(&l, AUDIT_PROGRAM_START);
    add(&l, "version", app_version);
    add(&l, "policy_hash", policy_hash);
    add_security(a, &l);
    write_line(a, &l);
}

void record_program_end(struct app *a)
{
    struct line l;
    begin(&l, AUDIT_PROGRAM_END);
    add_number(&l, "how", (unsigned long)a->exit_status);
    l.m.sign = 1;
    write_line(a, &l);
}

void record_security(struct app *a)
{
    struct line l;
    begin(&l, AUDIT_SECURITY_LEVEL);
    add_security(a, &l);
    write_line(a, &l);
    const char *missing[] = {"namespaces"};
    events_security(a->workers.without_namespaces ? "reduced" : "full", missing,
                    a->workers.without_namespaces);
}

/* --- lines the heart ordered */

static void session_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    add(l, "session", a->line.to.sid);
    add(l, "role", e->number == INTENT_HOST ? "organizer" : "participant");
    add(l, "relay", a->relay_text[0] ? a->relay_text : a->line.dial_host);
    add(l, "lobby", a->session.lobby ? "yes" : "no");
    add(l, "password", a->line.to.has_password ? "yes" : "no");
}

static void knock_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    add_number(l, "knock", e->person);
    add(l, "name", people_knock_name(&a->people, e->person));
    if (e->code == AUDIT_ADMIT)
        add(l, "how", a->answer_hand == HAND_PHYSICAL ? "physical" : "assistive");
    else if (e->code == AUDIT_REFUSE)
        add(l, "how", session_why_name((enum session_why)e->number));
}

static void member_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    static const char *const states[] = {"in", "left", "removed", "lost"};
    add_number(l, "member", e->person);
    add(l, "name", people_member_name(&a->people, (uint16_t)e->person));
    if (e->code == AUDIT_MEMBER_LEFT)
        add(l, "how", states[e->number & 3]);
    else if (e->code == AUDIT_MEMBER_JOINED)
        add(l, "role", e->person == 1 ? "organizer" : "participant");
}

static void consent_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    add(l, "kind", "share");
    add(l, "name", "");
    if (e->code == AUDIT_CONSENT_GIVEN)
        add(l, "device", a->answer_hand == HAND_PHYSICAL ? "physical" : "assistive");
    else if (e->code == AUDIT_CONSENT_REFUSED)
        add(l, "how", session_why_name((enum session_why)e->number));
}

static void share_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    char area[48];
    if (e->code == AUDIT_SHARE_ON) {
        snprintf(area, sizeof area, "%ux%u+0+0", a->display.width, a->display.height);
        add(l, "what", "whole screen");
        add(l, "area", area);
        add_number(l, "people", session_people(&a->session));
    } else {
        add(l, "why", session_why_name((enum session_why)e->number));
    }
}

static void lock_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    (void)a;
    add(l, "on", e->number ? "yes" : "no");
}

static void wrong_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    (void)e;
    add_number(l, "wrong", a->wrong);
}

static void end_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    add(l, "session", a->line.to.sid);
    add(l, "how", a->session.how == HOW_CUT ? "cut" : "properly");
    add(l, "why", session_why_name((enum session_why)e->number));
    add(l, "code", session_fault_name((enum session_fault)e->person));
}

/* One row for each line the heart orders; a line without fields has none. */
static const struct {
    enum audit_event event;
    void (*fields)(struct app *a, const struct session_effect *e, struct line *l);
} lines[] = {
    {AUDIT_SESSION_START, session_fields}, {AUDIT_SESSION_END, end_fields},
    {AUDIT_KNOCK, knock_fields},           {AUDIT_ADMIT, knock_fields},
    {AUDIT_REFUSE, knock_fields},          {AUDIT_MEMBER_JOINED, member_fields},
    {AUDIT_MEMBER_LEFT, member_fields},    {AUDIT_SESSION_LOCK, lock_fields},
    {AUDIT_REMOVE, member_fields},         {AUDIT_WRONG_PASSWORD, wrong_fields},
    {AUDIT_JOINING_STOPPED, wrong_fields}, {AUDIT_CONSENT_ASKED, consent_fields},
    {AUDIT_CONSENT_GIVEN, consent_fields}, {AUDIT_CONSENT_REFUSED, consent_fields},
    {AUDIT_SHARE_ON, share_fields},        {AUDIT_SHARE_PAUSED, share_fields},
    {AUDIT_SHARE_OFF, share_fields},
};

void record_line(struct app *a, const struct session_effect *e)
{
    struct line l;
    if (e->code == AUDIT_WORKER_END)
        return; /* in the trail already, with the reason (record_worker) */
    begin(&l, (uint16_t)e->code);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (lines[i].event == e->code)
            lines[i].fields(a, e, &l);
    l.m.sign = e->flag;
    write_line(a, &l);
}

/* --- processes and relay */

static void worker_line(struct app *a, const struct worker_event *e, const char *role)
{
    struct line l;
    const struct worker *w = e->worker;
    static const uint16_t events[] = {AUDIT_WORKER_START, AUDIT_WORKER_VERIFIED, AUDIT_WORKER_END};
    begin(&l, events[e->what]);
    add(&l, "role", role);
    add_number(&l, "pid", (unsigned long)w->process.pid);
    if (e->what == WORKER_EVENT_STARTED)
        add(&l, "namespaces", w->plain ? "no" : "yes");
    if (e->what == WORKER_EVENT_VERIFIED) {
        add_number(&l, "filters", (unsigned long)w->proof.filters);
        add_number(&l, "ms", w->verified_us / 1000);
    }
    if (e->what == WORKER_EVENT_ENDED)
        add(&l, "how", e->end ? e->end->why : "");
    write_line(a, &l);
}

/* What it did wrong, as an alert of its own. */
static void violation_line(struct app *a, const struct worker_event *e, const char *role)
{
    struct line l;
    begin(&l, e->end->was_verified ? AUDIT_VIOLATION : AUDIT_WORKER_REFUSED);
    add(&l, "role", role);
    add_number(&l, "pid", (unsigned long)e->worker->process.pid);
    if (e->end->was_verified)
        add_number(&l, "message", e->worker->control.bad_type);
    add(&l, "why", e->end->why);
    write_line(a, &l);
}

void record_worker(void *ctx, const struct worker_event *e)
{
    static const char *const states[] = {"started", "verified", "ended"};
    struct app *a = ctx;
    const char *role = worker_kind_name(e->worker->kind);
    events_worker(role, e->worker->process.pid, states[e->what], e->end ? e->end->why : NULL);
    worker_line(a, e, role);
    if (e->end && (e->end->violation || !e->end->was_verified))
        violation_line(a, e, role);
    if (a->workers.without_namespaces && !a->told_reduced) {
        a->told_reduced = true;
        record_security(a);
    }
}

void record_gate_violation(struct app *a, uint8_t major, uint8_t minor, uint8_t rule)
{
    struct line l;
    begin(&l, AUDIT_GATE_VIOLATION);
    add(&l, "client", "capture");
    add_number(&l, "major", major);
    add_number(&l, "minor", minor);
    add_number(&l, "rule", rule);
    write_line(a, &l);
}

void record_relay(struct app *a, const char *how)
{
    struct line l;
    char pin[33];
    (void)how;
    invite_format_hex(a->line.to.relay.pin, pin);
    begin(&l, AUDIT_RELAY_START);
    add(&l, "address", a->line.to.relay.host);
    add_number(&l, "port", a->line.to.relay.port);
    add(&l, "pin", pin);
    write_line(a, &l);
}

void record_intrusion(struct app *a, uint8_t kind, uint32_t count, struct span source)
{
    struct line l;
    char from[65] = {0};
    memcpy(from, source.data, source.len < 64 ? source.len : 64);
    begin(&l, AUDIT_RELAY_INTRUSION);
    add_number(&l, "kind", kind);
    add_number(&l, "count", count);
    add(&l, "source", from);
    write_line(a, &l);
}
