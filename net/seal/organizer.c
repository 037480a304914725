/*
 * The organizer: its life, its commands, and what time brings. Runs in vitrine-seal. Connections,
 * messages, joining, epochs, resuming and presenting are in the files of those names.
 */
#include "net/seal/organizer.h"
#include "net/seal/crypto.h"
#include "net/seal/derive.h"
#include "net/seal/due.h"
#include "net/seal/kdf.h"
#include "net/seal/organizer_state.h"
#include "net/seal/sig.h"
#include <openssl/evp.h>

#define CTX(o) ((o)->port->ctx)

/* --- life --- */

static bool take_password(struct organizer *o, struct span typed)
{
    struct organizer_password *p = o->password;
    if (!o->with_password)
        return true; /* the empty string, same code */
    return stretch_canonical(typed, p->canonical, &p->len) && p->len >= PASSWORD_MIN;
}

struct organizer *organizer_create(const struct port *port, const struct organizer_config *config,
                                   uint64_t now_ms)
{
    struct organizer *o = crypto_zalloc(sizeof *o);
    o->port = port;
    watch_init(&o->watch, port);
    o->now_ms = now_ms;
    o->with_password = config->with_password;
    o->admission = config->admission;
    o->lobby = config->lobby || !config->with_password || config->admission;
    o->password = crypto_alloc(sizeof *o->password);
    if (!take_password(o, config->password) || !config->name.len || config->name.len > MAX_NAME) {
        organizer_destroy(o);
        return NULL;
    }
    o->name_len = (uint8_t)config->name.len;
    memcpy(o->name, config->name.data, o->name_len);
    o->identity = config->identity;
    o->identity_required = config->identity_required;
    return o;
}

/* Everything that is secret or belongs to a peer; what remains knows only that it is over. */
static void wipe(struct organizer *o)
{
    control_destroy(o->control);
    o->control = NULL;
    while (o->conns) {
        struct conn *c = o->conns;
        c->counted = false;
        c->knock = c->ask = 0;
        conn_remove(o, c);
    }
    while (o->seats) {
        struct seat *s = o->seats;
        o->seats = s->next;
        seat_destroy(s);
    }
    removed_finish(o);
    group_destroy(o->group);
    pake_destroy(o->pake);
    EVP_PKEY_free(o->sig);
    crypto_free(o->password, sizeof *o->password);
    o->group = NULL;
    o->pake = NULL;
    o->sig = NULL;
    o->password = NULL;
    o->identity = NULL;
    watch_finish(&o->watch);
    sharing_finish(&o->sharing);
}

void organizer_destroy(struct organizer *o)
{
    if (!o)
        return;
    wipe(o);
    crypto_release(o);
}

static void finish(struct organizer *o, bool cut, enum e2e_code code, enum end_why why)
{
    if (o->over)
        return;
    if (o->control)
        control_cut(o->control, GRANT_END_SESSION, o->now_ms);
    removed_end(o);
    o->over = true;
    wipe(o);
    o->port->ended(CTX(o), cut, code, why);
}

/* Commands that cross the end of the session mean nothing any more. */
static bool running(const struct organizer *o)
{
    return o->open && !o->over && !o->end_by_ms;
}

/* --- opening --- */

/* w0, L from the password; everything of the way there is wiped. */
static void make_verifier(struct organizer *o)
{
    uint8_t salt[32], ws[2 * STRETCH_OUT], w0[PAKE_SCALAR], w1[PAKE_SCALAR], L[POINT_LEN];
    derive_salt(o->sess_id, o->pw_gen, salt);
    stretch_password(STRETCH_SCRYPT, span_of(o->password->canonical, o->password->len), salt, ws);
    crypto_must(pake_reduce(ws, w0) && pake_reduce(ws + STRETCH_OUT, w1) &&
                pake_verifier_point(w1, L));
    pake_destroy(o->pake);
    o->pake = pake_create_verifier(w0, L);
    crypto_must(o->pake != NULL);
    crypto_wipe(o->password, sizeof *o->password);
    crypto_wipe(ws, sizeof ws);
    crypto_wipe(w0, sizeof w0);
    crypto_wipe(w1, sizeof w1);
    guess_init(&o->guess);
}

static void publish(struct organizer *o)
{
    struct outer_m0 m0 = {
        .pwmode = o->with_password,
        .stretch = STRETCH_SCRYPT,
        .flags = (uint8_t)((o->lobby ? M0_LOBBY : 0) | (o->identity_required ? M0_IDENTITY : 0)),
        .pw_gen = o->pw_gen};
    memcpy(m0.sess_rand, o->sess_rand, RAND_LEN);
    memcpy(m0.org_pub, o->org_pub, POINT_LEN);
    outer_m0_build(&m0, o->m0);
    o->port->params(CTX(o), span_of(o->m0, sizeof o->m0));
}

/* Found by the key they were made with: names and numbers of others lead to none of them. */
static void words_of(const struct organizer *o, const struct group_person *p, uint8_t words[4])
{
    for (const struct conn *c = o->conns; c; c = c->next)
        if (memcmp(c->sig_pub, p->sig_pub, POINT_LEN) == 0)
            memcpy(words, c->words, sizeof c->words);
}

static void roster_changed(void *ctx, const struct group_person *p, unsigned reason)
{
    struct organizer *o = ctx;
    struct port_member m = {.mid = p->mid,
                            .role = p->role & 0x0f,
                            .state = (enum port_member_state)reason,
                            .me = p->mid == 1,
                            .verified = group_person_verified(p),
                            .alg = p->id_alg,
                            .fp = p->id_fp,
                            .name = span_of(p->name, p->name_len)};
    words_of(o, p, m.words);
    if (reason == RECORD_REMOVED)
        removed_hold(o, &m);
    else
        o->port->member(CTX(o), &m);
}

void organizer_opened(struct organizer *o, const uint8_t sid[SID_LEN], uint64_t now_ms)
{
    if (o->over || o->open)
        return;
    o->now_ms = now_ms;
    o->open = true;
    o->sig = sig_create();
    sig_public(o->sig, o->org_pub);
    crypto_random(o->sess_rand, sizeof o->sess_rand);
    derive_session_id(sid, E2E_SUITE, o->sess_rand, o->org_pub, o->sess_id);
    derive_fingerprint(o->org_pub, o->fp);
    memcpy(o->sid, sid, SID_LEN);
    make_verifier(o);
    o->group = group_create(o->sess_id, o->org_pub, o->sig, roster_changed, o);
    crypto_must(o->group != NULL);
    group_set_own_mid(o->group, 1);
    command_begin(o);
    share_begin(o);
    sight_begin(o);
    publish(o);
    o->port->session(CTX(o), o->sid, o->fp);
    epoch_first(o);
}

/* Who is still proving the old password has to begin again: after a removal it is the one that must
 * not count. */
static void restart_handshakes(struct organizer *o)
{
    for (struct conn *c = o->conns, *next; c; c = next) {
        next = c->next;
        bool asked = c->stage == CONN_IDENTITY && !o->lobby; /* nobody else would say no */
        if (c->stage != CONN_QUEUED && c->stage != CONN_SHOOK && c->stage != CONN_CHANNEL && !asked)
            continue;
        if (c->counted)
            guess_return(&o->guess);
        c->counted = false;
        conn_fail(o, c, E_BUSY);
    }
}

bool organizer_password(struct organizer *o, struct span typed, uint64_t now_ms)
{
    if (!running(o) || !o->with_password || o->pw_gen == UINT8_MAX || !take_password(o, typed))
        return false;
    o->now_ms = now_ms;
    restart_handshakes(o);
    o->pw_gen++;
    make_verifier(o);
    publish(o);
    o->port->session(CTX(o), o->sid, o->fp);
    return true;
}

void organizer_lost(struct organizer *o)
{
    finish(o, true, E_CUT, END_WHY_FAILED);
}

void organizer_cut(struct organizer *o, uint64_t now_ms)
{
    if (o->over)
        return;
    if (!running(o)) {
        organizer_lost(o);
        return;
    }
    o->now_ms = now_ms;
    o->away = true;
    if (chat_unsure(&o->said_ms, now_ms))
        o->port->chat_lost(CTX(o), span_of(NULL, 0));
    control_cut(o->control, GRANT_END_LINE, now_ms);
    watch_away(&o->watch);
    while (o->conns)
        conn_remove(o, o->conns);
}

void organizer_back(struct organizer *o, uint64_t now_ms)
{
    if (!running(o) || !o->away)
        return;
    o->now_ms = now_ms;
    o->away = false;
    o->back_ms = now_ms;
    for (struct seat *s = o->seats; s; s = s->next)
        s->lost_ms = now_ms; /* their time to come back begins now */
    watch_back(&o->watch, now_ms);
    o->port->params(CTX(o), span_of(o->m0, sizeof o->m0));
    o->port->present(CTX(o), group_presenter(o->group));
    o->port->back(CTX(o));
}

/* --- commands --- */

void organizer_admit(struct organizer *o, uint32_t knock, bool yes, bool words, uint64_t now_ms)
{
    struct conn *c = o->conns;
    while (c && c->knock != knock)
        c = c->next;
    if (!running(o) || !c || !knock)
        return; /* gone meanwhile: SEAL_KNOCK_GONE is on its way */
    o->now_ms = now_ms;
    c->knock = 0;
    if (yes) {
        c->compared = words;
        join_approve(o, c);
    } else {
        join_refuse(o, c, REFUSAL_NO);
    }
}

void organizer_identified(struct organizer *o, uint32_t ask, const struct identity_answer *a,
                          uint64_t now_ms)
{
    struct conn *c = o->conns;
    while (c && c->ask != ask)
        c = c->next;
    if (!running(o) || !c || !ask)
        return; /* gone meanwhile: SEAL_IDENTITY_GONE is on its way */
    o->now_ms = now_ms;
    join_identified(o, c, a);
}

void organizer_lock(struct organizer *o, bool on, uint64_t now_ms)
{
    if (!running(o))
        return;
    o->now_ms = now_ms;
    struct epoch_change change = epoch_same(o);
    change.flags = on ? RECORD_LOCKED : 0;
    if (change.flags != group_flags(o->group))
        epoch_make(o, &change);
}

void organizer_remove(struct organizer *o, uint16_t mid, enum remove_why why, uint64_t now_ms)
{
    if (!running(o))
        return;
    o->now_ms = now_ms;
    struct seat *s = seat_find(o, mid);
    if (!s) { /* left meanwhile: if its epoch waited for others, it does not any more */
        epoch_leave(o);
        return;
    }
    s->stay_counted = true; /* who is thrown out did not come and go */
    if (s->conn) {
        const uint8_t reason = why == REMOVE_UNRECORDED ? KICKED_UNRECORDED : KICKED_REMOVED;
        (void)line_send(s->conn->line, INNER_KICKED, span_of(&reason, 1));
    }
    epoch_out(o, s, RECORD_REMOVED);
}

static void ended_all(struct organizer *o)
{
    o->port->end(CTX(o));
    finish(o, false, E_NONE, END_WHY_SELF);
}

void organizer_end(struct organizer *o, uint8_t reason, uint64_t now_ms)
{
    if (o->over || o->end_by_ms)
        return;
    o->now_ms = now_ms;
    if (!o->open) {
        finish(o, false, E_NONE, END_WHY_SELF);
        return;
    }
    control_cut(o->control, GRANT_END_SESSION, now_ms);
    o->end_by_ms = now_ms + END_WAIT_MS;
    epoch_end(o, reason);
    organizer_tick(o, now_ms);
}

/* --- time --- */

static uint64_t conn_deadline(const struct conn *c)
{
    switch (c->stage) {
    case CONN_QUEUED:
    case CONN_SHOOK:
    case CONN_CHANNEL:
    case CONN_RESUMING:
        return c->since_ms + HANDSHAKE_MS;
    default:
        return UINT64_MAX;
    }
}

static void conn_late(struct organizer *o, struct conn *c)
{
    if (c->stage == CONN_QUEUED)
        conn_fail(o, c, E_BUSY);
    else if (c->stage == CONN_SHOOK)
        conn_fail(o, c, E_AUTH); /* no answer is a wrong one */
    else if (c->stage == CONN_RESUMING)
        resume_failed(o, c);
    else
        conn_over(o, c, E_CHANNEL); /* a slow line is no attack */
}

static void tick_conns(struct organizer *o)
{
    for (struct conn *c = o->conns, *next; c; c = next) {
        next = c->next;
        if (o->now_ms >= conn_deadline(c))
            conn_late(o, c);
    }
}

static uint64_t seat_deadline(const struct organizer *o, const struct seat *s)
{
    return s->conn || s->out || o->away ? UINT64_MAX : s->lost_ms + RESUME_MEMBER_MS;
}

static void tick_seats(struct organizer *o)
{
    bool late = false;
    for (struct seat *s = o->seats; s; s = s->next)
        if (o->now_ms >= seat_deadline(o, s)) {
            seat_out(o, s, RECORD_LOST);
            late = true;
        }
    if (late || o->now_ms >= epoch_leave_due(o))
        epoch_leave(o);
}

/* A member may ask for a new one, but not for as many as it likes. */
static uint64_t epoch_due(const struct organizer *o)
{
    return o->epoch_ms + (o->rekey_ms ? EPOCH_ASKED_MS : EPOCH_MAX_MS);
}

static void tick_epoch(struct organizer *o)
{
    if (o->now_ms >= epoch_join_due(o))
        epoch_join(o);
    if (o->now_ms >= epoch_due(o) || group_wants_rekey(o->group)) {
        struct epoch_change change = epoch_same(o);
        epoch_make(o, &change);
    }
    (void)group_forget(o->group, o->now_ms);
    removed_tell(o);
}

void organizer_tick(struct organizer *o, uint64_t now_ms)
{
    if (o->over || !o->open)
        return;
    o->now_ms = now_ms;
    if (o->end_by_ms) {
        if (!o->conns || now_ms >= o->end_by_ms)
            ended_all(o);
        return;
    }
    if (group_is_full(o->group)) {
        organizer_end(o, END_REASON_NONE, now_ms);
        return;
    }
    tick_conns(o);
    tick_seats(o);
    join_queue(o);
    tick_epoch(o);
    sharing_tick(&o->sharing, now_ms);
    watch_tick(&o->watch, now_ms);
    control_tick(o->control, now_ms);
}

uint64_t organizer_due(const struct organizer *o)
{
    if (o->over || !o->open)
        return UINT64_MAX;
    if (o->end_by_ms)
        return o->end_by_ms;
    if (group_is_full(o->group))
        return 0;
    uint64_t due = due_sooner(epoch_due(o), epoch_join_due(o));
    due = due_sooner(due, epoch_leave_due(o));
    bool queued = false;
    for (const struct conn *c = o->conns; c; c = c->next) {
        due = due_sooner(due, conn_deadline(c));
        queued |= c->stage == CONN_QUEUED;
    }
    for (const struct seat *s = o->seats; s; s = s->next)
        due = due_sooner(due, seat_deadline(o, s));
    if (queued)
        due = due_sooner(due, guess_due(&o->guess));
    due = due_sooner(due, removed_due(o));
    due = due_sooner(due, control_due(o->control));
    due = due_sooner(due, group_forget(o->group, 0));
    due = due_sooner(due, watch_due(&o->watch));
    return due_sooner(due, sharing_due(&o->sharing));
}
