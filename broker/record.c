/* The audit trail's lines: see record.h. Run by the broker. */
#include "broker/record.h"
#include "broker/app.h"
#include "broker/crew.h"
#include "broker/record_parts.h"
#include "broker/where.h"
#include "ch_audit.h"
#include "ch_relay.h"
#include "lib/hex.h"
#include "lib/lockers.h"
#include "lib/sandbox.h"
#include "policy_tables.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void record_begin(struct line *l, uint16_t event)
{
    memset(&l->m, 0, sizeof l->m);
    l->m.event = event;
}

static void begin(struct line *l, uint16_t event)
{
    record_begin(l, event);
}

void record_add(struct line *l, const char *name, const char *value)
{
    unsigned i = l->m.n_fields++;
    snprintf(l->text[i], RECORD_TEXT, "%s", value ? value : "");
    l->m.fields[i].name = span_text(name);
    l->m.fields[i].value = (struct span){(const uint8_t *)l->text[i], strlen(l->text[i])};
}

static void add(struct line *l, const char *name, const char *value)
{
    record_add(l, name, value);
}

static void add_number(struct line *l, const char *name, unsigned long value)
{
    char text[32];
    snprintf(text, sizeof text, "%lu", value);
    add(l, name, text);
}

void record_write(struct app *a, struct line *l)
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

static void write_line(struct app *a, struct line *l)
{
    record_write(a, l);
}

#define MISSING 3

/* What is missing on this computer, as far as the workers started so far show it; how many. */
static unsigned missing_here(const struct app *a, const char *out[MISSING])
{
    unsigned n = 0;
    if (a->workers.without_namespaces)
        out[n++] = "namespaces";
    if (sandbox_landlock_abi() == 0)
        out[n++] = "landlock";
    if (a->workers.without_lock)
        out[n++] = "mlock";
    return n;
}

static void add_security(struct app *a, struct line *l)
{
    char text[64];
    const char *missing[MISSING];
    unsigned n = missing_here(a, missing);
    text[0] = '\0';
    for (unsigned i = 0, at = 0; i < n; i++)
        at += (unsigned)snprintf(text + at, sizeof text - at, "%s%s", at ? " " : "", missing[i]);
    add(l, "security", n ? "reduced" : "full");
    add(l, "missing", text);
}

static void record_program_start(struct app *a)
{
    struct line l;
    char computer[WHERE_NAME], user[WHERE_NAME];
    begin(&l, AUDIT_PROGRAM_START);
    add(&l, "version", app_version);
    add(&l, "policy_hash", policy_hash);
    add_security(a, &l);
    where_computer(computer);
    where_user(user);
    add(&l, "computer", computer);
    add(&l, "user", user);
    add_number(&l, "uid", geteuid());
    write_line(a, &l);
}

void record_program_end(struct app *a)
{
    struct line l;
    record_tell_left(a);
    begin(&l, AUDIT_PROGRAM_END);
    add_number(&l, "how", (unsigned long)a->exit_status);
    l.m.sign = 1;
    write_line(a, &l);
}

/* Said when the first worker is verified, and again when a later one had to do with less. */
static void record_security(struct app *a)
{
    struct line l;
    const char *missing[MISSING];
    uint8_t level = (uint8_t)(1 + a->workers.without_namespaces + 2 * a->workers.without_lock);
    if (a->told_level == level)
        return;
    unsigned n = missing_here(a, missing);
    events_security(n ? "reduced" : "full", missing, n);
    if (a->told_level) { /* else the trail has not begun; its first line says it */
        begin(&l, AUDIT_SECURITY_LEVEL);
        add_security(a, &l);
        write_line(a, &l);
    }
    a->told_level = level;
}

void record_never_shown(struct app *a, enum windows_never_why why)
{
    static const char *const what[] = {"picked", "shared", "hidden"};
    struct line l;
    begin(&l, AUDIT_NEVER_SHOWN);
    add(&l, "what", what[why]);
    write_line(a, &l);
}

void record_lock_screens(struct app *a, uint8_t there, const char *why)
{
    struct line l;
    char names[RECORD_TEXT] = "";
    for (unsigned i = 0, n = 0; i < LOCKERS; i++)
        if (there >> i & 1)
            n += (unsigned)snprintf(names + n, sizeof names - n, "%s%s", n ? " " : "",
                                    locker_name((enum locker)i));
    begin(&l, AUDIT_LOCK_SCREENS);
    add(&l, "heard", names);
    add(&l, "why", why);
    write_line(a, &l);
}

/* --- lines the heart ordered */

/* As --relay takes it, on both sides: the PIN, where one is demanded, is part of it. */
static void add_relay(const struct app *a, struct line *l)
{
    char relay[INVITE_RELAY];
    invite_format_relay(&a->line.to.relay, relay);
    add(l, "relay", a->relay_text[0] ? a->relay_text : relay);
}

static void session_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    add(l, "session", a->line.to.sid);
    add(l, "role", e->number == INTENT_HOST ? "organizer" : "participant");
    add_relay(a, l);
    add(l, "lobby", e->number != INTENT_HOST ? "" : a->session.lobby ? "yes" : "no");
    add(l, "password", a->line.to.has_password ? "yes" : "no");
    add_number(l, "member", a->session.me);
    add(l, "name", a->my_name);
}

static const char *device_of(const struct app *a)
{
    return a->answer_hand == HAND_PHYSICAL ? "physical" : "assistive";
}

static void knock_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    add_number(l, "knock", e->person);
    add(l, "name", people_knock_name(&a->people, e->person));
    if (e->code == AUDIT_ADMIT)
        add(l, "how", device_of(a));
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
    const char *kind = e->person == PROMPT_PRESENT   ? "hand-over"
                       : e->person == PROMPT_BECOME  ? "present"
                       : e->person == PROMPT_SECOND  ? "second"
                       : e->person == PROMPT_CONTROL ? "control"
                                                     : "share";
    const char *name = e->person == PROMPT_BECOME ? a->organizer
                       : e->person == PROMPT_CONTROL || e->person == PROMPT_SECOND
                           ? people_member_name(&a->people, (uint16_t)e->serial)
                           : "";
    add(l, "kind", kind);
    add(l, "name", name);
    if (e->code == AUDIT_CONSENT_GIVEN)
        add(l, "device", device_of(a));
    else if (e->code == AUDIT_CONSENT_REFUSED)
        add(l, "how", session_why_name((enum session_why)e->number));
}

/* People whose words were compared, or who have a certificate. */
static unsigned compared(const struct session *s)
{
    unsigned n = 0;
    for (unsigned i = 0; i < s->n_members; i++)
        n += session_level_of(s, s->member[i]) != LEVEL_CLAIMED;
    return n;
}

static void share_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    static const char *const kinds[] = {"whole screen", "window", "part", "monitor"};
    char area[48];
    if (e->code == AUDIT_SHARE_ON) {
        struct ui_rect r = windows_shared_area(a->windows);
        snprintf(area, sizeof area, "%dx%d%+d%+d", r.w, r.h, r.x, r.y);
        add(l, "what", kinds[a->session.share_what & 3]);
        add(l, "area", area);
        add_number(l, "people", session_people(&a->session));
        add_number(l, "compared", compared(&a->session));
    } else {
        add(l, "why", session_why_name((enum session_why)e->number));
    }
}

/* Hand-over, words, "Still sharing?". Number 1 of a match: at the door, where people have no mid.
 */
static void roles_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    bool door = e->code == AUDIT_WORDS_MATCH && e->number == 1;
    const char *name = door ? people_knock_name(&a->people, e->person)
                            : people_member_name(&a->people, (uint16_t)e->person);
    if (e->code == AUDIT_BECOME_YES || e->code == AUDIT_BECOME_NO)
        name = a->organizer;
    else if (e->code != AUDIT_STILL_KEPT)
        add_number(l, "member", door ? 0 : e->person);
    if (e->code != AUDIT_STILL_KEPT)
        add(l, "name", name);
    if (e->code == AUDIT_OFFER_ANSWERED || e->code == AUDIT_SECOND_ANSWERED)
        add(l, "yes", e->number ? "yes" : "no");
    if (e->code == AUDIT_BECOME_YES || e->code == AUDIT_WORDS_MATCH || e->code == AUDIT_STILL_KEPT)
        add(l, "device", device_of(a));
}

static void control_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    const struct hands *h = &a->hands;
    add_number(l, "member", e->person);
    add(l, "name", people_member_name(&a->people, (uint16_t)e->person));
    if (e->code == AUDIT_CONTROL_ON || e->code == AUDIT_CONTROL_EXTENDED)
        add_number(l, "seconds", e->number);
    if (e->code == AUDIT_CONTROL_EXTENDED)
        add(l, "device", a->answer_hand == HAND_PHYSICAL ? "physical" : "assistive");
    if (e->code == AUDIT_CONTROL_REFUSED)
        add(l, "how", session_why_name((enum session_why)e->number));
    if (e->code != AUDIT_CONTROL_OFF)
        return;
    add(l, "why", session_why_name((enum session_why)e->number));
    add_number(l, "lasted", h->since_ms ? (loop_now_ms() - h->since_ms) / 1000 : 0);
    add_number(l, "keys", h->count.keys);
    add_number(l, "buttons", h->count.buttons);
    add_number(l, "motions", h->count.motions);
}

static void mine_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    static const char *const states[] = {"off", "on", "paused"};
    add_number(l, "member", e->person);
    add(l, "name", people_member_name(&a->people, (uint16_t)e->person));
    add(l, "state", states[e->number & 1]);
    add(l, "why", session_why_name((enum session_why)(e->number >> 8)));
}

static void lock_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    (void)a;
    add(l, "on", e->number ? "yes" : "no");
}

static void line_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    (void)a;
    add_number(l, e->code == AUDIT_LINE_LOST ? "code" : "tries", e->number);
}

static void why_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    (void)a;
    add(l, "why", e->number == WHY_OWNER ? "asked for" : "somebody was removed");
}

static void wrong_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    (void)e;
    add_number(l, "wrong", a->wrong);
}

static void kill_switch_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    (void)a;
    (void)e;
    add(l, "what", "control");
}

static void unrecorded_fields(struct app *a, const struct session_effect *e, struct line *l)
{
    (void)a;
    add(l, "what",
        e->number == TOAST_DOOR_UNRECORDED   ? "admit"
        : e->number == TOAST_MINE_UNRECORDED ? "control"
                                             : "share");
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
    {AUDIT_SESSION_START, session_fields},
    {AUDIT_SESSION_END, end_fields},
    {AUDIT_KNOCK, knock_fields},
    {AUDIT_ADMIT, knock_fields},
    {AUDIT_REFUSE, knock_fields},
    {AUDIT_MEMBER_JOINED, member_fields},
    {AUDIT_MEMBER_LEFT, member_fields},
    {AUDIT_SESSION_LOCK, lock_fields},
    {AUDIT_REMOVE, member_fields},
    {AUDIT_WRONG_PASSWORD, wrong_fields},
    {AUDIT_JOINING_STOPPED, wrong_fields},
    {AUDIT_OFFERED, roles_fields},
    {AUDIT_TAKEN_BACK, roles_fields},
    {AUDIT_OFFER_ANSWERED, roles_fields},
    {AUDIT_SECOND_ASKED, roles_fields},
    {AUDIT_SECOND_ANSWERED, roles_fields},
    {AUDIT_BECOME_YES, roles_fields},
    {AUDIT_BECOME_NO, roles_fields},
    {AUDIT_WORDS_MATCH, roles_fields},
    {AUDIT_WORDS_DIFFER, roles_fields},
    {AUDIT_STILL_KEPT, roles_fields},
    {AUDIT_CONSENT_ASKED, consent_fields},
    {AUDIT_CONSENT_GIVEN, consent_fields},
    {AUDIT_CONSENT_REFUSED, consent_fields},
    {AUDIT_SHARE_ON, share_fields},
    {AUDIT_SHARE_PAUSED, share_fields},
    {AUDIT_NEW_PASSWORD, why_fields},
    {AUDIT_LINE_LOST, line_fields},
    {AUDIT_LINE_BACK, line_fields},
    {AUDIT_SHARE_OFF, share_fields},
    {AUDIT_KILL_SWITCH, kill_switch_fields},
    {AUDIT_UNRECORDED, unrecorded_fields},
    {AUDIT_CONTROL_ASKED, control_fields},
    {AUDIT_CONTROL_REFUSED, control_fields},
    {AUDIT_CONTROL_OFFERED, control_fields},
    {AUDIT_CONTROL_REVOKED, control_fields},
    {AUDIT_CONTROL_ON, control_fields},
    {AUDIT_CONTROL_EXTENDED, control_fields},
    {AUDIT_CONTROL_OFF, control_fields},
    {AUDIT_CONTROL_MINE, mine_fields},
};

/* --- identities */

static void add_key(struct line *l, const char *name, const uint8_t *fp)
{
    char hex[HEX_SIZE(32)] = "";
    if (fp)
        hex_format(fp, 32, hex);
    add(l, name, hex);
}

void record_key_pinned(struct app *a, uint16_t mid, const char *name, const uint8_t *fp)
{
    struct line l;
    begin(&l, AUDIT_KEY_PINNED);
    add_number(&l, "member", mid);
    add(&l, "name", name);
    add_key(&l, "key", fp);
    write_line(a, &l);
}

void record_key_changed(struct app *a, const char *name, const uint8_t *fp, const uint8_t *known)
{
    struct line l;
    begin(&l, AUDIT_KEY_CHANGED);
    add(&l, "name", name);
    add_key(&l, "key", fp);
    add_key(&l, "known", known);
    write_line(a, &l);
}

void record_key_replaced(struct app *a, const char *name, const uint8_t *fp, bool assistive)
{
    struct line l;
    begin(&l, AUDIT_KEY_REPLACED);
    add(&l, "name", name);
    add_key(&l, "key", fp);
    add(&l, "device", assistive ? "assistive" : "physical");
    write_line(a, &l);
}

void record_identity_refused(struct app *a, const char *name, const uint8_t *fp, const char *why)
{
    struct line l;
    begin(&l, AUDIT_IDENTITY_REFUSED);
    add(&l, "name", name);
    add_key(&l, "key", fp);
    add(&l, "why", why);
    if (record_may(a, AUDIT_IDENTITY_REFUSED, 0))
        write_line(a, &l);
    if (a->session.intent == INTENT_JOIN) /* it ends this session; at the door it ends somebody's */
        snprintf(a->detail, sizeof a->detail, "%s", why);
}

void record_identity_good(struct app *a, struct span name, const uint8_t *fp)
{
    struct line l;
    char text[MAX_NAME + 1] = "";
    memcpy(text, name.data, name.len);
    begin(&l, AUDIT_IDENTITY_GOOD);
    add(&l, "name", text);
    add_key(&l, "key", fp);
    write_line(a, &l);
}

/* What it was about, where that is a kind of its own. */
static uint32_t kind_of(const struct session_effect *e)
{
    return e->code == AUDIT_REFUSE || e->code == AUDIT_CONTROL_REFUSED ? e->number : 0;
}

void record_line(struct app *a, const struct session_effect *e)
{
    struct line l;
    if (e->code == AUDIT_WORKER_END)
        return; /* in the trail already, with the reason (record_worker) */
    if (!record_may(a, (enum audit_event)e->code, kind_of(e)))
        return;
    if (e->code == AUDIT_SESSION_START)
        record_rules(a);
    if (e->code == AUDIT_SESSION_END)
        record_tell_left(a);
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
    bool peer = e->end->fail == FAIL_PEER_MESSAGE; /* it gave up because of what it was sent */
    if (e->end->was_verified)
        add_number(&l, "message", peer ? e->end->detail : e->worker->control.bad_type);
    add(&l, "why", peer ? "sent nonsense by another worker" : e->end->why);
    write_line(a, &l);
}

static void accuse(struct app *a, enum session_worker who, uint16_t type, const char *why)
{
    struct line l;
    const struct worker *w = a->crew[who];
    if (!w)
        return;
    begin(&l, AUDIT_VIOLATION);
    add(&l, "role", worker_kind_name(w->kind));
    add_number(&l, "pid", (unsigned long)w->process.pid);
    add_number(&l, "message", type);
    add(&l, "why", why);
    write_line(a, &l);
}

void record_peer_violation(struct app *a, enum session_worker who, uint16_t type)
{
    accuse(a, who, type, "said by the worker it was sent to");
}

void record_deaf(struct app *a, enum session_worker who)
{
    accuse(a, who, MSG_INPUT_RELEASE, "did not let go when told to");
}

static void relay_end_line(struct app *a, const char *how)
{
    struct line l;
    begin(&l, AUDIT_RELAY_END);
    add(&l, "how", how);
    write_line(a, &l);
}

/* The trail begins: the rules in force, and who runs since before it could be written. */
static void begin_trail(struct app *a)
{
    record_program_start(a);
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        const struct worker *w = &a->workers.table[i];
        const char *role = worker_kind_name(w->kind);
        if (w->state == WORKER_STARTING || w->state == WORKER_VERIFIED)
            worker_line(a, &(struct worker_event){WORKER_EVENT_STARTED, w, NULL}, role);
        if (w->state == WORKER_VERIFIED && w != a->crew[SW_AUDIT])
            worker_line(a, &(struct worker_event){WORKER_EVENT_VERIFIED, w, NULL}, role);
    }
}

void record_worker(void *ctx, const struct worker_event *e)
{
    static const char *const states[] = {"started", "verified", "ended"};
    struct app *a = ctx;
    const char *role = worker_kind_name(e->worker->kind);
    events_worker(role, e->worker->process.pid, states[e->what], e->end ? e->end->why : NULL);
    if (e->what == WORKER_EVENT_VERIFIED && e->worker == a->crew[SW_AUDIT])
        begin_trail(a);
    worker_line(a, e, role);
    if (e->end && (e->end->violation || !e->end->was_verified || e->end->fail == FAIL_PEER_MESSAGE))
        violation_line(a, e, role);
    if (e->end && e->worker->kind == WORKER_RELAY &&
        e->worker->control.state >= RELAY_STATE_SERVING)
        relay_end_line(a, e->end->why);
    if (e->what == WORKER_EVENT_VERIFIED)
        record_security(a);
}

void record_presenter(struct app *a, uint16_t mid, const char *name)
{
    struct line l;
    begin(&l, AUDIT_PRESENTER);
    add_number(&l, "member", mid);
    add(&l, "name", name);
    write_line(a, &l);
}

void record_member_fault(struct app *a, uint16_t mid, const char *name, unsigned code)
{
    struct line l;
    if (!record_may(a, AUDIT_MEMBER_FAULT, code))
        return;
    begin(&l, AUDIT_MEMBER_FAULT);
    add_number(&l, "member", mid);
    add(&l, "name", name);
    add_number(&l, "code", code);
    write_line(a, &l);
}

void record_control_seen(struct app *a, uint16_t mid, bool on)
{
    struct line l;
    begin(&l, AUDIT_CONTROL_SEEN);
    add_number(&l, "member", mid);
    add(&l, "name", people_member_name(&a->people, mid));
    add(&l, "state", on ? "on" : "off");
    write_line(a, &l);
}

void record_error(struct app *a, const char *code, const char *text)
{
    struct line l;
    begin(&l, AUDIT_ERROR);
    add(&l, "code", code);
    add(&l, "text", text);
    write_line(a, &l);
}

void record_gate_violation(struct app *a, const char *client, uint8_t major, uint8_t minor,
                           uint8_t rule)
{
    struct line l;
    begin(&l, AUDIT_GATE_VIOLATION);
    add(&l, "client", client);
    add_number(&l, "major", major);
    add_number(&l, "minor", minor);
    add_number(&l, "rule", rule);
    write_line(a, &l);
}

void record_relay(struct app *a)
{
    struct line l;
    char pin[HEX_SIZE(16)];
    hex_format(a->line.to.relay.pin, 16, pin);
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
    if (!record_may(a, AUDIT_RELAY_INTRUSION, kind))
        return;
    memcpy(from, source.data, source.len < 64 ? source.len : 64);
    begin(&l, AUDIT_RELAY_INTRUSION);
    add_number(&l, "kind", kind);
    add_number(&l, "count", count);
    add(&l, "source", from);
    write_line(a, &l);
}
