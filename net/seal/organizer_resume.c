/*
 * A member comes back (e2e.md 11): RESUME names mid and count, the PSK of that resume proves it,
 * and only then the new channel replaces the old one. Runs in vitrine-seal of the organizer;
 * distrusts RESUME: anybody can send one.
 */
#include "net/seal/crypto.h"
#include "net/seal/derive.h"
#include "net/seal/kdf.h"
#include "net/seal/organizer_state.h"

#define FAILURES_MAX 5
#define FAILURES_MS 60000

static bool may_try(struct organizer *o, struct seat *s)
{
    if (o->now_ms >= s->failures_ms + FAILURES_MS) {
        s->failures = 0;
        s->failures_ms = o->now_ms;
    }
    return s->failures < FAILURES_MAX;
}

static struct line *open_line(struct organizer *o, const struct seat *s, uint32_t handle)
{
    uint8_t psk[PSK_LEN], identity[IDENTITY_MAX], wrap[SHARED_LEN];
    derive_resume_psk(s->rsec, o->sess_id, s->mid, s->count, psk);
    derive_wrap_root_resumed(s->rsec, o->sess_id, s->mid, s->count, wrap);
    const struct line_opening how = {
        .at_organizer = true,
        .stage = INNER_AT_MEMBER,
        .psk = psk,
        .identity = span_of(identity, derive_resume_identity(s->mid, s->count, identity)),
        .sess_id = o->sess_id,
        .handle = handle,
        .wrap = wrap};
    struct line *line = line_create(&how);
    crypto_wipe(psk, sizeof psk);
    crypto_wipe(wrap, sizeof wrap);
    return line;
}

/* A refusal leaves every live channel as it is: no connection is ended for a RESUME that is wrong.
 */
void resume_begin(struct organizer *o, uint32_t handle, struct span body)
{
    struct outer_resume r;
    struct conn *c = conn_find(o, handle);
    enum e2e_code code = outer_resume_parse(body, &r);
    struct seat *s = code || o->end_by_ms ? NULL : seat_find(o, r.mid);
    if (!s || r.handle != handle || r.count != s->count || !may_try(o, s) || (c && c->seat != s)) {
        if (s)
            s->failures++;
        if (!c)
            organizer_error(o, handle, code ? code : E_STATE, DROP_PROTOCOL);
        return;
    }
    if (!c) {
        c = conn_add(o, handle, CONN_RESUMING);
        if (!c) {
            organizer_error(o, handle, E_BUSY, DROP_REFUSED);
            return;
        }
        c->seat = s;
    }
    line_destroy(c->fresh);
    c->fresh_begun = false;
    c->fresh = open_line(o, s, handle);
}

void resume_failed(struct organizer *o, struct conn *c)
{
    if (c->seat)
        c->seat->failures++;
    if (c->stage == CONN_RESUMING) {
        conn_fail(o, c, E_CHANNEL);
        return;
    }
    line_destroy(c->fresh);
    c->fresh = NULL;
}

bool resume_complete(struct organizer *o, struct conn *c)
{
    struct seat *s = c->seat;
    if (s->conn && s->conn != c) {
        s->conn->seat = NULL;
        conn_drop(o, s->conn, DROP_PROTOCOL);
    }
    line_destroy(c->line);
    c->line = c->fresh;
    c->fresh = NULL;
    s->conn = c;
    s->failures = 0;
    s->count++;
    derive_resume_secret(line_bind(c->line), o->sess_id, s->mid, s->count, s->rsec);
    conn_to(o, c, CONN_MEMBER);
    if (!epoch_snapshot(o, c->line)) {
        conn_fail(o, c, E_CHANNEL);
        return false;
    }
    conn_flush(o, c);
    o->port->bind(o->port->ctx, c->handle, s->mid);
    return true;
}
