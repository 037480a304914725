/*
 * Records and epochs as their author (e2e.md 8). Runs in vitrine-seal of the organizer; every
 * record it signs goes through the same checks as at a member's before it is sent.
 */
#include "net/seal/crypto.h"
#include "net/seal/derive.h"
#include "net/seal/due.h"
#include "net/seal/kdf.h"
#include "net/seal/organizer_state.h"
#include <openssl/evp.h>

/* --- seats --- */

struct seat *seat_find(struct organizer *o, uint16_t mid)
{
    struct seat *s = o->seats;
    while (s && (s->mid != mid || s->out))
        s = s->next;
    return s;
}

/* One that tries to resume: its handshake leads nowhere. */
void seat_out(struct organizer *o, struct seat *s, enum record_reason reason)
{
    if (s->conn)
        conn_drop(o, s->conn, DROP_REMOVED);
    for (struct conn *c = o->conns; c; c = c->next)
        if (c->seat == s)
            c->seat = NULL;
    s->out = (uint8_t)reason;
}

void seat_destroy(struct seat *s)
{
    if (!s)
        return;
    crypto_free(s->rsec, SHARED_LEN);
    crypto_free(s->rsec_before, SHARED_LEN);
    crypto_release(s);
}

static size_t count_out(const struct organizer *o)
{
    size_t n = 0;
    for (const struct seat *s = o->seats; s; s = s->next)
        n += s->out != 0;
    return n;
}

static void remove_out(struct organizer *o)
{
    for (struct seat **slot = &o->seats, *s; (s = *slot);) {
        if (!s->out) {
            slot = &s->next;
            continue;
        }
        *slot = s->next;
        seat_destroy(s);
    }
}

static void seat_add(struct organizer *o, struct conn *c, uint16_t mid)
{
    struct seat **slot = &o->seats;
    while (*slot)
        slot = &(*slot)->next;
    struct seat *s = *slot = crypto_zalloc(sizeof *s);
    s->mid = mid;
    s->conn = c;
    s->since_ms = o->now_ms;
    s->rsec = crypto_alloc(SHARED_LEN);
    s->rsec_before = crypto_alloc(SHARED_LEN);
    derive_resume_secret(line_bind(c->line), o->sess_id, mid, 0, s->rsec);
    c->seat = s;
}

/* --- building a record --- */

static void put_joiner(struct put *p, const struct conn *c, uint16_t mid)
{
    struct record_add a = {
        .mid = mid, .role = ROLE_PARTICIPANT, .name_len = c->name_len, .id_alg = c->id_alg};
    /* a chain and its signature were checked; words were compared at the door */
    if (join_level(c))
        a.role |= ROLE_VERIFIED;
    memcpy(a.name, c->name, c->name_len);
    memcpy(a.sig_pub, c->sig_pub, POINT_LEN);
    memcpy(a.id_fp, c->id_fp, sizeof a.id_fp);
    record_put_add(p, &a);
}

static void put_organizer(struct put *p, const struct organizer *o)
{
    struct record_add a = {.mid = 1, .role = ROLE_ORGANIZER, .name_len = o->name_len};
    memcpy(a.name, o->name, o->name_len);
    memcpy(a.sig_pub, o->org_pub, POINT_LEN);
    a.id_alg = (uint8_t)identity_alg(o->identity);
    if (a.id_alg)
        identity_fingerprint(o->identity, a.id_fp);
    record_put_add(p, &a);
}

static void put_person(struct put *p, const struct group_person *person)
{
    struct record_add a = {.mid = person->mid,
                           .role = person->role,
                           .name_len = person->name_len,
                           .id_alg = person->id_alg};
    memcpy(a.name, person->name, person->name_len);
    memcpy(a.sig_pub, person->sig_pub, POINT_LEN);
    memcpy(a.id_fp, person->id_fp, sizeof a.id_fp);
    record_put_add(p, &a);
}

/* Named again, to say that they were verified. */
static void put_verified(struct put *p, const struct group_person *person)
{
    struct group_person verified = *person;
    verified.role |= ROLE_VERIFIED;
    put_person(p, &verified);
}

/* --- who comes in --- */

static bool anybody_approved(const struct organizer *o)
{
    const struct conn *c = o->conns;
    while (c && c->stage != CONN_APPROVED)
        c = c->next;
    return c != NULL;
}

/* Somebody comes and goes all the time: that would be all that everybody else has to do. Whose line
   is lost counts as gone: hanging up is no way around it. */
void epoch_count_stay(struct organizer *o, struct seat *s)
{
    if (!s->stay_counted && o->now_ms - s->since_ms < SHORT_STAY_MS)
        (void)pace_take(&o->short_stays, SHORT_STAYS, JOIN_STORM_MS, o->now_ms);
    s->stay_counted = true;
}

uint64_t epoch_join_due(const struct organizer *o)
{
    if (!anybody_approved(o))
        return UINT64_MAX;
    if (!o->join_epoch_ms)
        return 0;
    uint64_t calm = pace_due(&o->short_stays, SHORT_STAYS, JOIN_STORM_MS);
    uint64_t gathered = o->join_epoch_ms + JOIN_GATHER_MS;
    return due_sooner(o->join_epoch_ms + JOIN_STORM_MS, calm > gathered ? calm : gathered);
}

/* Who is approved and fits. */
static uint16_t count_joiners(const struct organizer *o)
{
    size_t room = MAX_MEMBERS - group_count(o->group) + count_out(o), n = 0;
    size_t mids = (size_t)UINT16_MAX - group_last_mid(o->group);
    for (const struct conn *c = o->conns; c; c = c->next)
        n += c->stage == CONN_APPROVED;
    n = n < room ? n : room;
    return (uint16_t)(n < mids ? n : mids);
}

/* A buffer with `front` free bytes before the record. */
struct built {
    uint8_t *data;
    struct put put;
};

static struct built begin(const struct record_head *h, size_t front)
{
    size_t room = front + record_room(h->n_del, h->n_add);
    struct built b = {.data = crypto_zalloc(room)};
    b.put = put_into(b.data, room);
    put_room(&b.put, front);
    record_begin(&b.put, h);
    return b;
}

static struct built build_epoch(struct organizer *o, const struct epoch_change *change,
                                uint16_t joiners, const uint8_t secret[SECRET_LEN])
{
    struct record_head h;
    uint16_t mid = group_last_mid(o->group), left = joiners;
    bool first = group_now_epoch(o->group) == 0;
    group_next_head(o->group, RECORD_EPOCH, &h);
    h.presenter = change->presenter;
    h.flags = change->flags;
    h.unix_ms = o->port->unix_ms(o->port->ctx);
    h.n_del = (uint16_t)count_out(o);
    h.n_add = (uint16_t)(joiners + first + (change->verified != 0));
    derive_commit(secret, o->sess_id, h.epoch, h.commit);
    struct built b = begin(&h, SECRET_LEN);
    for (const struct seat *s = o->seats; s; s = s->next)
        if (s->out) {
            const struct record_del del = {.mid = s->mid, .reason = s->out};
            record_put_del(&b.put, &del);
        }
    record_put_adds(&b.put, &h);
    if (first)
        put_organizer(&b.put, o);
    if (change->verified)
        put_verified(&b.put, group_find(o->group, change->verified));
    for (const struct conn *c = o->conns; c && left; c = c->next)
        if (c->stage == CONN_APPROVED) {
            put_joiner(&b.put, c, ++mid);
            left--;
        }
    record_finish(&b.put, SECRET_LEN, o->sig);
    return b;
}

static struct built build_snapshot(struct organizer *o, size_t people)
{
    struct record_head h;
    group_next_head(o->group, RECORD_SNAPSHOT, &h);
    h.unix_ms = o->port->unix_ms(o->port->ctx);
    h.n_add = (uint16_t)people;
    struct built b = begin(&h, SECRET_LEN);
    record_put_adds(&b.put, &h);
    for (size_t i = 0; i < people; i++)
        put_person(&b.put, group_at(o->group, i));
    record_finish(&b.put, SECRET_LEN, o->sig);
    return b;
}

/* --- sending --- */

/* wrapped || REC: the first 32 bytes are this line's own. */
static bool send_wrapped(struct organizer *o, struct line *line, enum inner_type type,
                         struct built *b)
{
    uint8_t field[SECRET_LEN];
    group_secret(o->group, field);
    line_wrap(line, group_now_epoch(o->group), field);
    memcpy(b->data, field, SECRET_LEN);
    crypto_wipe(field, sizeof field);
    return line_send(line, type, span_of(b->data, b->put.len));
}

/* A thousand come back at once when a relay was started again: their rosters together would be 110
   MB. */
bool epoch_snapshot(struct organizer *o, struct line *line, uint32_t acked)
{
    bool known = acked == group_now_epoch(o->group);
    struct built b = build_snapshot(o, known ? 0 : group_count(o->group));
    bool ok = send_wrapped(o, line, INNER_SNAPSHOT, &b);
    crypto_release(b.data);
    return ok;
}

/* A line that cannot be written is lost; its member may resume. */
static void send_epoch(struct organizer *o, struct conn *c, struct built *b)
{
    if (send_wrapped(o, c->line, INNER_EPOCH, b))
        conn_flush(o, c);
    else
        conn_fail(o, c, E_CHANNEL);
}

/* The presenter first: it must not seal for long what a removed member could still open. */
static void broadcast(struct organizer *o, struct built *b)
{
    struct seat *presenter = seat_find(o, group_presenter(o->group));
    if (presenter && presenter->conn)
        send_epoch(o, presenter->conn, b);
    for (struct seat *s = o->seats; s; s = s->next)
        if (s->conn && s != presenter)
            send_epoch(o, s->conn, b);
}

/* ADMIT and SNAPSHOT, then BIND: so nothing of the session reaches it before it can be opened. */
static void let_in(struct organizer *o, struct conn *c, uint16_t mid, struct built *snapshot)
{
    uint8_t body[2];
    struct put p = put_into(body, sizeof body);
    put_u16(&p, mid);
    seat_add(o, c, mid);
    conn_to(o, c, CONN_MEMBER);
    line_set_stage(c->line, INNER_AT_MEMBER);
    if (!line_send(c->line, INNER_ADMIT, span_of(body, sizeof body)) ||
        !send_wrapped(o, c->line, INNER_SNAPSHOT, snapshot)) {
        conn_fail(o, c, E_CHANNEL);
        return;
    }
    conn_flush(o, c);
    o->port->bind(o->port->ctx, c->handle, mid);
}

static void let_all_in(struct organizer *o, uint16_t joiners, uint16_t mid)
{
    struct built snapshot = build_snapshot(o, group_count(o->group));
    for (struct conn *c = o->conns, *next; c && joiners; c = next) {
        next = c->next;
        if (c->stage == CONN_APPROVED) {
            let_in(o, c, ++mid, &snapshot);
            joiners--;
        }
    }
    crypto_release(snapshot.data);
}

/* --- changes --- */

struct epoch_change epoch_same(const struct organizer *o)
{
    return (struct epoch_change){.presenter = group_presenter(o->group),
                                 .flags = group_flags(o->group)};
}

/* Nothing is said any more of who goes with this epoch. */
static struct epoch_change without_out(struct organizer *o, struct epoch_change change)
{
    if (change.presenter > 1 && !seat_find(o, change.presenter))
        change.presenter = 0;
    if (!seat_find(o, change.verified))
        change.verified = 0;
    return change;
}

void epoch_make(struct organizer *o, const struct epoch_change *wanted)
{
    const struct epoch_change change = without_out(o, *wanted);
    uint8_t secret[SECRET_LEN];
    if (group_is_full(o->group))
        return; /* the session ends: organizer_tick */
    uint16_t last_mid = group_last_mid(o->group), before = group_presenter(o->group);
    bool may_join = o->now_ms >= epoch_join_due(o); /* others' epochs shorten nobody's time */
    uint16_t joiners = may_join ? count_joiners(o) : 0;
    if (before != change.presenter)
        o->port->present(o->port->ctx, change.presenter);
    crypto_random(secret, sizeof secret);
    struct built b = build_epoch(o, &change, joiners, secret);
    struct span rec = span_of(b.data + SECRET_LEN, b.put.len - SECRET_LEN);
    crypto_must(group_epoch(o->group, rec, secret, o->now_ms) == E_NONE);
    crypto_wipe(secret, sizeof secret);
    if (count_out(o))
        o->out_epoch_ms = o->now_ms;
    remove_out(o);
    o->epoch_ms = o->now_ms;
    o->rekey_ms = 0;
    broadcast(o, &b);
    crypto_release(b.data);
    if (joiners) {
        o->join_epoch_ms = o->now_ms;
        let_all_in(o, joiners, last_mid);
        sharing_newcomers(&o->sharing);
    }
    if (change.presenter != 1)
        sharing_lost(&o->sharing);
    watch_presenter(&o->watch, before, o->now_ms);
    command_roster(o);
    removed_tell(o);
}

void epoch_first(struct organizer *o)
{
    const struct epoch_change change = {0};
    epoch_make(o, &change);
}

/* Nobody waits needlessly: the first join of a while is at once, those that follow within the time
 * are gathered. */
void epoch_join(struct organizer *o)
{
    if (o->now_ms < epoch_join_due(o))
        return;
    if (!count_joiners(o)) {
        for (struct conn *c = o->conns, *next; c; c = next) {
            next = c->next;
            if (c->stage == CONN_APPROVED)
                join_refuse(o, c, REFUSAL_FULL);
        }
        return;
    }
    struct epoch_change change = epoch_same(o);
    epoch_make(o, &change);
}

/* --- who goes --- */

/* Many who leave at once would be an epoch each for everybody who stays; and whoever leaves has
   thrown its keys away, or could as well have stayed a moment. */
uint64_t epoch_leave_due(const struct organizer *o)
{
    if (!count_out(o))
        return UINT64_MAX;
    return o->out_epoch_ms ? o->out_epoch_ms + LEAVE_GATHER_MS : 0;
}

void epoch_leave(struct organizer *o)
{
    const struct epoch_change change = epoch_same(o);
    if (count_out(o))
        epoch_make(o, &change);
}

void epoch_out(struct organizer *o, struct seat *s, enum record_reason reason)
{
    bool waits = reason == RECORD_LEFT && s->mid != group_presenter(o->group);
    seat_out(o, s, reason);
    if (!waits || o->now_ms >= epoch_leave_due(o))
        epoch_leave(o);
}

/* --- the end --- */

static struct built build_end(struct organizer *o, uint8_t reason)
{
    struct record_head h;
    group_next_head(o->group, RECORD_END, &h);
    h.flags = reason;
    h.unix_ms = o->port->unix_ms(o->port->ctx);
    struct built b = begin(&h, 0);
    record_put_adds(&b.put, &h);
    record_finish(&b.put, 0, o->sig);
    return b;
}

/* Members get END and are waited for; the others are told no. */
void epoch_end(struct organizer *o, uint8_t reason)
{
    struct built b = build_end(o, reason);
    for (struct conn *c = o->conns, *next; c; c = next) {
        next = c->next;
        if (c->stage == CONN_MEMBER && line_send(c->line, INNER_END, span_of(b.data, b.put.len))) {
            line_close(c->line);
            conn_flush(o, c);
            conn_to(o, c, CONN_CLOSING);
        } else if (c->line && line_up(c->line) && line_stage(c->line) == INNER_AT_WAITING) {
            c->knock = 0;
            join_refuse(o, c, reason == END_REASON_WORDS ? REFUSAL_WORDS : REFUSAL_ENDED);
        } else {
            conn_fail(o, c, E_BUSY);
        }
    }
    crypto_release(b.data);
}
