/*
 * The organizer: its life, its connections, and which message goes where. Runs in vitrine-seal;
 * distrusts relay and peers. Joining, epochs, resuming and presenting are in the files of those
 * names.
 */
#include "net/seal/organizer.h"
#include "net/seal/crypto.h"
#include "net/seal/derive.h"
#include "net/seal/kdf.h"
#include "net/seal/organizer_state.h"
#include "net/seal/sig.h"
#include <openssl/evp.h>

#define CONNS_MAX (MAX_MEMBERS + 200) /* members, waiting people, handshakes, queue */
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
    o->now_ms = now_ms;
    o->with_password = config->with_password;
    o->lobby = config->lobby || !config->with_password;
    o->password = crypto_alloc(sizeof *o->password);
    if (!take_password(o, config->password) || !config->name.len || config->name.len > MAX_NAME) {
        organizer_destroy(o);
        return NULL;
    }
    o->name_len = (uint8_t)config->name.len;
    memcpy(o->name, config->name.data, o->name_len);
    return o;
}

/* Everything that is secret or belongs to a peer; what remains knows only that it is over. */
static void wipe(struct organizer *o)
{
    while (o->conns) {
        struct conn *c = o->conns;
        c->counted = false;
        c->knock = 0;
        conn_remove(o, c);
    }
    while (o->seats) {
        struct seat *s = o->seats;
        o->seats = s->next;
        seat_destroy(s);
    }
    group_destroy(o->group);
    pake_destroy(o->pake);
    EVP_PKEY_free(o->sig);
    crypto_free(o->password, sizeof *o->password);
    o->group = NULL;
    o->pake = NULL;
    o->sig = NULL;
    o->password = NULL;
    crypto_wipe(o->plain, sizeof o->plain);
}

void organizer_destroy(struct organizer *o)
{
    if (!o)
        return;
    wipe(o);
    crypto_release(o);
}

void organizer_finish(struct organizer *o, bool cut, enum e2e_code code, enum end_why why)
{
    if (o->over)
        return;
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
    struct outer_m0 m0 = {.pwmode = o->with_password,
                          .stretch = STRETCH_SCRYPT,
                          .flags = o->lobby ? M0_LOBBY : 0,
                          .pw_gen = o->pw_gen};
    memcpy(m0.sess_rand, o->sess_rand, RAND_LEN);
    memcpy(m0.org_pub, o->org_pub, POINT_LEN);
    outer_m0_build(&m0, o->m0);
    o->port->params(CTX(o), span_of(o->m0, sizeof o->m0));
}

static void roster_changed(void *ctx, const struct group_person *p, unsigned reason)
{
    struct organizer *o = ctx;
    const struct port_member m = {.mid = p->mid,
                                  .role = p->role & 0x0f,
                                  .state = (enum port_member_state)reason,
                                  .me = p->mid == 1,
                                  .name = span_of(p->name, p->name_len)};
    o->port->member(CTX(o), &m);
}

void organizer_opened(struct organizer *o, const uint8_t sid[SID_LEN], uint64_t now_ms)
{
    uint8_t fp[FP_LEN];
    if (o->over || o->open)
        return;
    o->now_ms = now_ms;
    o->open = true;
    o->sig = sig_create();
    sig_public(o->sig, o->org_pub);
    crypto_random(o->sess_rand, sizeof o->sess_rand);
    derive_session_id(sid, E2E_SUITE, o->sess_rand, o->org_pub, o->sess_id);
    derive_fingerprint(o->org_pub, fp);
    make_verifier(o);
    o->group = group_create(o->sess_id, o->org_pub, o->sig, roster_changed, o);
    crypto_must(o->group != NULL);
    group_set_own_mid(o->group, 1);
    publish(o);
    o->port->session(CTX(o), sid, fp);
    epoch_first(o);
}

/* Who is still proving the old password has to begin again: after a removal it is the one that must
 * not count. */
static void restart_handshakes(struct organizer *o)
{
    for (struct conn *c = o->conns, *next; c; c = next) {
        next = c->next;
        if (c->stage != CONN_QUEUED && c->stage != CONN_SHOOK && c->stage != CONN_CHANNEL)
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
    return true;
}

/* --- connections --- */

struct conn *conn_find(struct organizer *o, uint32_t handle)
{
    struct conn *c = o->conns;
    while (c && c->handle != handle)
        c = c->next;
    return c;
}

struct conn *conn_add(struct organizer *o, uint32_t handle, enum conn_stage stage)
{
    struct conn **slot = &o->conns;
    size_t n = 0;
    for (; *slot; slot = &(*slot)->next)
        n++;
    if (n >= CONNS_MAX)
        return NULL;
    *slot = crypto_zalloc(sizeof **slot);
    (*slot)->handle = handle;
    conn_to(o, *slot, stage);
    return *slot;
}

void conn_to(struct organizer *o, struct conn *c, enum conn_stage stage)
{
    c->stage = stage;
    c->since_ms = o->now_ms;
}

void conn_remove(struct organizer *o, struct conn *c)
{
    struct conn **slot = &o->conns;
    while (*slot != c)
        slot = &(*slot)->next;
    *slot = c->next;
    if (c->seat && c->seat->conn == c) {
        c->seat->conn = NULL;
        c->seat->lost_ms = o->now_ms;
    }
    bool counted = c->counted;
    uint32_t knock = c->knock;
    line_destroy(c->line);
    line_destroy(c->fresh);
    crypto_free(c->shake, sizeof *c->shake);
    crypto_release(c);
    if (knock)
        o->port->knock_gone(CTX(o), knock);
    if (counted) {
        guess_fail(&o->guess);
        o->port->wrong_try(CTX(o), o->guess.wrong, guess_stopped(&o->guess));
    }
}

static void flush_line(struct organizer *o, uint32_t handle, struct line *line)
{
    uint8_t out[OUTER_MAX];
    for (size_t n; line && (n = line_take(line, out));)
        o->port->msg(CTX(o), handle, span_of(out, n));
}

void conn_flush(struct organizer *o, struct conn *c)
{
    flush_line(o, c->handle, c->line);
    flush_line(o, c->handle, c->fresh);
}

void organizer_error(struct organizer *o, uint32_t handle, enum e2e_code code, enum port_drop why)
{
    uint8_t out[OUTER_HEAD + 2];
    outer_error_build(code, out);
    o->port->msg(CTX(o), handle, span_of(out, sizeof out));
    o->port->drop(CTX(o), handle, why);
}

void conn_drop(struct organizer *o, struct conn *c, enum port_drop why)
{
    if (c->line)
        line_close(c->line);
    conn_flush(o, c);
    o->port->drop(CTX(o), c->handle, why);
    conn_remove(o, c);
}

static enum port_drop drop_of(enum e2e_code code)
{
    switch (code) {
    case E_AUTH:
        return DROP_PASSWORD;
    case E_LOCKED:
        return DROP_LOCKED;
    case E_BUSY:
    case E_LIMIT:
    case E_IDENTITY:
        return DROP_REFUSED;
    default:
        return DROP_PROTOCOL;
    }
}

void conn_fail(struct organizer *o, struct conn *c, enum e2e_code code)
{
    if (c->line && line_up(c->line)) {
        conn_drop(o, c, drop_of(code));
        return;
    }
    conn_flush(o, c); /* a TLS alert, if there is one */
    organizer_error(o, c->handle, code, drop_of(code));
    conn_remove(o, c);
}

/* --- messages inside a channel --- */

static enum e2e_code on_ack(struct organizer *o, struct conn *c, struct span body)
{
    struct get g = get_from(body.data, body.len);
    uint32_t epoch = get_u32(&g);
    uint32_t now = group_now_epoch(o->group);
    if (!epoch || epoch > now || (epoch == now && memcmp(g.at, group_head(o->group), 32) != 0))
        return E_CONTROL;
    c->seat->acked = epoch;
    return E_NONE;
}

static enum e2e_code on_ping(struct organizer *o, struct conn *c, struct span body)
{
    uint8_t out[56];
    struct put p = put_into(out, sizeof out);
    const struct inner_pong pong = {.nonce = body.data,
                                    .epoch = group_now_epoch(o->group),
                                    .log_seq = group_log_seq(o->group),
                                    .head = group_head(o->group)};
    inner_pong_build(&pong, &p);
    return line_send(c->line, INNER_PONG, span_of(out, p.len)) ? E_NONE : E_CHANNEL;
}

/* LEAVE ends the connection in any case: false. */
static bool on_leave(struct organizer *o, struct conn *c)
{
    struct seat *seat = c->seat;
    conn_drop(o, c, DROP_LEFT);
    if (seat)
        epoch_out(o, seat, RECORD_LEFT);
    return false;
}

static enum e2e_code one_message(struct organizer *o, struct conn *c, const struct inner_message *m)
{
    switch (m->type) {
    case INNER_HELLO:
        return join_hello(o, c, m->body);
    case INNER_REVEAL:
        return join_reveal(o, c, m->body);
    case INNER_ACK:
        return on_ack(o, c, m->body);
    case INNER_PING:
        return on_ping(o, c, m->body);
    default: /* offers and grants: nothing is open that they could answer */
        return E_STATE;
    }
}

/* What a member did wrong inside its own channel is nobody else's doing: it is out at once. */
static void member_fault(struct organizer *o, struct conn *c, enum e2e_code code)
{
    struct seat *seat = c->seat;
    conn_fail(o, c, code);
    if (seat && code != E_CHANNEL && !o->end_by_ms)
        epoch_out(o, seat, RECORD_LOST);
}

/* false: the connection is gone. */
static bool on_inner(struct organizer *o, struct conn *c, const struct inner_message *m)
{
    if (m->type == INNER_LEAVE)
        return on_leave(o, c);
    uint32_t handle = c->handle;
    enum e2e_code code = one_message(o, c, m);
    c = conn_find(o, handle); /* a refusal or an epoch may have ended it */
    if (c && code)
        member_fault(o, c, code);
    return c && !code;
}

static void on_closed(struct organizer *o, struct conn *c)
{
    bool ending = c->stage == CONN_CLOSING;
    if (ending)
        conn_remove(o, c);
    else
        conn_drop(o, c, DROP_LEFT);
}

static void pump(struct organizer *o, struct conn *c)
{
    struct inner_message m;
    enum e2e_code code = E_NONE;
    for (;;) {
        switch (line_next(c->line, &m, &code)) {
        case LINE_NOTHING:
            conn_flush(o, c);
            return;
        case LINE_UP:
            break;
        case LINE_MESSAGE:
            if (c->stage == CONN_CLOSING)
                break; /* sent before our END arrived there */
            if (!on_inner(o, c, &m))
                return;
            break;
        case LINE_CLOSED:
            on_closed(o, c);
            return;
        case LINE_BAD:
            member_fault(o, c, code);
            return;
        }
    }
}

static void pump_fresh(struct organizer *o, struct conn *c)
{
    struct inner_message m;
    enum e2e_code code = E_NONE;
    switch (line_next(c->fresh, &m, &code)) {
    case LINE_NOTHING:
        conn_flush(o, c);
        break;
    case LINE_UP:
        if (!c->seat) { /* removed meanwhile */
            resume_failed(o, c);
        } else if (resume_complete(o, c)) {
            pump(o, c);
        }
        break;
    default:
        resume_failed(o, c);
        break;
    }
}

/* Which channel bytes are for, while a member resumes on the connection it has: a handshake begins
   with record type 22, what belongs to the old channel is application data. */
static bool for_fresh(struct conn *c, struct span tls)
{
    if (c->fresh && (!c->line || tls.data[0] == 22))
        c->fresh_begun = true;
    return c->fresh && c->fresh_begun;
}

static void on_chan(struct organizer *o, struct conn *c, struct span body)
{
    struct span tls;
    enum e2e_code code = outer_chan_parse(body, &tls);
    if (!code && !c->line && !c->fresh)
        code = E_STATE;
    if (code) {
        conn_fail(o, c, code);
    } else if (for_fresh(c, tls)) {
        line_feed(c->fresh, tls);
        pump_fresh(o, c);
    } else {
        line_feed(c->line, tls);
        pump(o, c);
    }
}

/* --- messages around it --- */

/* The peer gave up. Between M2 and M3 that is what a wrong password looks like. */
static void on_error(struct organizer *o, struct conn *c)
{
    bool shook = c->stage == CONN_SHOOK;
    conn_drop(o, c, shook ? DROP_PASSWORD : DROP_PROTOCOL);
}

static void known_peer(struct organizer *o, struct conn *c, uint8_t type, struct span body)
{
    switch (type) {
    case OUTER_M3:
        join_m3(o, c, body);
        break;
    case OUTER_CHAN:
        on_chan(o, c, body);
        break;
    case OUTER_RESUME:
        resume_begin(o, c->handle, body);
        break;
    case OUTER_ERROR:
        on_error(o, c);
        break;
    case OUTER_M1:
        conn_fail(o, c, E_STATE);
        break;
    default:
        conn_fail(o, c, E_PARSE);
        break;
    }
}

/* What can have been on its way when its connection was ended. */
static bool may_be_late(uint8_t type)
{
    return type == OUTER_M3 || type == OUTER_CHAN || type == OUTER_ERROR || type == OUTER_PAIR;
}

void organizer_message(struct organizer *o, uint32_t handle, struct span body, uint64_t now_ms)
{
    uint8_t type;
    if (o->over || !o->open)
        return;
    o->now_ms = now_ms;
    struct conn *c = conn_find(o, handle);
    enum e2e_code code = outer_type(body, &type);
    if (code && c)
        conn_fail(o, c, code);
    else if (code)
        organizer_error(o, handle, code, DROP_PROTOCOL);
    else if (c)
        known_peer(o, c, type, body);
    else if (type == OUTER_M1)
        join_m1(o, handle, body);
    else if (type == OUTER_RESUME)
        resume_begin(o, handle, body);
    else if (!may_be_late(type))
        organizer_error(o, handle, E_PARSE, DROP_PROTOCOL);
    organizer_tick(o, now_ms);
}

void organizer_peer_gone(struct organizer *o, uint32_t handle, uint64_t now_ms)
{
    struct conn *c = o->over ? NULL : conn_find(o, handle);
    o->now_ms = now_ms;
    if (c)
        conn_remove(o, c);
    if (c)
        organizer_tick(o, now_ms);
}

/* Chat and signals are checked like everything else; nobody here takes them yet. */
void organizer_unit(struct organizer *o, struct span wire, uint64_t now_ms)
{
    struct group_unit u;
    bool newer;
    if (o->over || !o->open)
        return;
    (void)group_open(o->group, wire, now_ms, o->plain, &u, &newer);
    crypto_wipe(o->plain, sizeof o->plain);
}

void organizer_lost(struct organizer *o)
{
    organizer_finish(o, true, E_CUT, END_WHY_FAILED);
}

/* --- commands --- */

void organizer_admit(struct organizer *o, uint32_t knock, bool yes, uint64_t now_ms)
{
    struct conn *c = o->conns;
    while (c && c->knock != knock)
        c = c->next;
    if (!running(o) || !c || !knock)
        return; /* gone meanwhile: SEAL_KNOCK_GONE is on its way */
    o->now_ms = now_ms;
    c->knock = 0;
    if (yes) {
        conn_to(o, c, CONN_APPROVED);
        epoch_join(o);
    } else {
        join_refuse(o, c, REFUSAL_NO);
    }
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

void organizer_remove(struct organizer *o, uint16_t mid, uint64_t now_ms)
{
    struct seat *s = running(o) ? seat_find(o, mid) : NULL;
    if (!s)
        return; /* left meanwhile */
    o->now_ms = now_ms;
    if (s->conn) {
        const uint8_t reason = RECORD_REMOVED;
        (void)line_send(s->conn->line, INNER_KICKED, span_of(&reason, 1));
        conn_drop(o, s->conn, DROP_REMOVED);
    }
    epoch_out(o, s, RECORD_REMOVED);
}

static void ended_all(struct organizer *o)
{
    o->port->end(CTX(o));
    organizer_finish(o, false, E_NONE, END_WHY_SELF);
}

void organizer_end(struct organizer *o, uint8_t reason, uint64_t now_ms)
{
    if (o->over || o->end_by_ms)
        return;
    o->now_ms = now_ms;
    if (!o->open) {
        organizer_finish(o, false, E_NONE, END_WHY_SELF);
        return;
    }
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
        conn_fail(o, c, E_CHANNEL);
}

static void tick_conns(struct organizer *o)
{
    for (struct conn *c = o->conns, *next; c; c = next) {
        next = c->next;
        if (o->now_ms >= conn_deadline(c))
            conn_late(o, c);
    }
}

static uint64_t seat_deadline(const struct seat *s)
{
    return s->conn ? UINT64_MAX : s->lost_ms + RESUME_MEMBER_MS;
}

static void tick_seats(struct organizer *o)
{
    for (struct seat *s = o->seats, *next; s; s = next) {
        next = s->next;
        if (o->now_ms >= seat_deadline(s))
            epoch_out(o, s, RECORD_LOST);
    }
}

static void tick_epoch(struct organizer *o)
{
    if (o->now_ms >= epoch_join_due(o))
        epoch_join(o);
    if (o->now_ms >= o->epoch_ms + EPOCH_MAX_MS || group_wants_rekey(o->group)) {
        struct epoch_change change = epoch_same(o);
        epoch_make(o, &change);
    }
    (void)group_forget(o->group, o->now_ms);
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
    tick_conns(o);
    tick_seats(o);
    join_queue(o);
    tick_epoch(o);
    share_tick(o);
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t organizer_due(const struct organizer *o)
{
    if (o->over || !o->open)
        return UINT64_MAX;
    if (o->end_by_ms)
        return o->end_by_ms;
    uint64_t due = sooner(o->epoch_ms + EPOCH_MAX_MS, epoch_join_due(o));
    bool queued = false;
    for (const struct conn *c = o->conns; c; c = c->next) {
        due = sooner(due, conn_deadline(c));
        queued |= c->stage == CONN_QUEUED;
    }
    for (const struct seat *s = o->seats; s; s = s->next)
        due = sooner(due, seat_deadline(s));
    if (queued)
        due = sooner(due, guess_due(&o->guess));
    due = sooner(due, group_forget(o->group, 0));
    return sooner(due, share_due(o));
}
