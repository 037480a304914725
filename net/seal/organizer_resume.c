/*
 * A member comes back (e2e.md 11): RESUME names mid and count, the PSK of that resume proves it,
 * and only then the new channel replaces the old one. Runs in vitrine-seal of the organizer;
 * distrusts RESUME: anybody who is attached can send one in a member's name. Its secret has 256
 * bits and is not to be guessed, so attempts are not counted against the member, whom a stranger
 * could keep out with that; only their work has a bound, for each connection.
 */
#include "net/seal/crypto.h"
#include "net/seal/derive.h"
#include "net/seal/kdf.h"
#include "net/seal/organizer_state.h"

#define TRIES_BURST 5
#define TRIES_REFILL_MS 500 /* as often as a member tries (joiner_channel.c) */

/* A line that broke while the last resume ended may have left the member one behind. */
static const uint8_t *secret_for(const struct seat *s, uint32_t count)
{
    if (count == s->count)
        return s->rsec;
    return s->has_before && count + 1 == s->count ? s->rsec_before : NULL;
}

static struct line *open_line(struct organizer *o, const struct seat *s, uint32_t handle,
                              uint32_t count)
{
    uint8_t psk[PSK_LEN], identity[IDENTITY_MAX], wrap[SHARED_LEN];
    const uint8_t *rsec = secret_for(s, count);
    derive_resume_psk(rsec, o->sess_id, s->mid, count, psk);
    derive_wrap_root_resumed(rsec, o->sess_id, s->mid, count, wrap);
    const struct line_opening how = {
        .at_organizer = true,
        .stage = INNER_AT_MEMBER,
        .psk = psk,
        .identity = span_of(identity, derive_resume_identity(s->mid, count, identity)),
        .sess_id = o->sess_id,
        .handle = handle,
        .wrap = wrap};
    struct line *line = line_create(&how);
    crypto_wipe(psk, sizeof psk);
    crypto_wipe(wrap, sizeof wrap);
    return line;
}

/* The seat that a RESUME names, if the rest of it fits. */
static struct seat *seat_of(struct organizer *o, uint32_t handle, const struct outer_resume *r)
{
    struct seat *s = o->end_by_ms ? NULL : seat_find(o, r->mid);
    bool fits = s && r->handle == handle && r->count < UINT32_MAX && secret_for(s, r->count);
    return fits ? s : NULL;
}

/* A connection that has said nothing before is refused, and told. Where that member is not in any
   more, its token is of no more use either. */
static void refuse(struct organizer *o, uint32_t handle, enum e2e_code code, uint16_t mid)
{
    bool is_gone = !code && !o->end_by_ms && !seat_find(o, mid);
    organizer_error(o, handle, code ? code : E_STATE, is_gone ? DROP_REMOVED : DROP_PROTOCOL);
}

static struct conn *begin_conn(struct organizer *o, uint32_t handle, struct seat *s)
{
    struct conn *c = conn_add(o, handle, CONN_RESUMING);
    if (c)
        c->seat = s;
    else
        organizer_error(o, handle, E_BUSY, DROP_REFUSED);
    return c;
}

/* A refusal leaves every live channel as it is: no connection that has one is ended for a RESUME
   that is wrong, or too much. */
void resume_begin(struct organizer *o, uint32_t handle, struct span body)
{
    struct outer_resume r = {0};
    struct conn *c = conn_find(o, handle);
    enum e2e_code code = outer_resume_parse(body, &r);
    struct seat *s = code ? NULL : seat_of(o, handle, &r);
    if (!c && s)
        c = begin_conn(o, handle, s);
    else if (!c)
        refuse(o, handle, code, r.mid);
    if (!c || !s || c->seat != s ||
        !pace_take(&c->resumes, TRIES_BURST, TRIES_REFILL_MS, o->now_ms))
        return;
    line_destroy(c->fresh);
    c->fresh_begun = false;
    c->fresh_count = r.count;
    c->fresh = open_line(o, s, handle, r.count);
}

void resume_failed(struct organizer *o, struct conn *c)
{
    if (c->stage == CONN_RESUMING) {
        conn_fail(o, c, E_CHANNEL);
        return;
    }
    line_destroy(c->fresh);
    c->fresh = NULL;
}

void resume_confirmed(struct seat *s)
{
    s->has_before = false;
    crypto_wipe(s->rsec_before, SHARED_LEN);
}

static void next_secret(struct organizer *o, struct seat *s, const struct conn *c)
{
    if (c->fresh_count == s->count)
        memcpy(s->rsec_before, s->rsec, SHARED_LEN);
    s->has_before = true;
    s->count = c->fresh_count + 1;
    derive_resume_secret(line_bind(c->line), o->sess_id, s->mid, s->count, s->rsec);
}

/* The relay may not have said yet that the old line is gone; for the member it is, and with it what
   was granted over it, or asked on it. */
static void leave_old(struct organizer *o, struct seat *s, const struct conn *c)
{
    struct conn *old = s->conn;
    s->conn = NULL;
    if (old && old != c) {
        old->seat = NULL;
        conn_drop(o, old, DROP_OVER);
    }
    command_line_gone(o, s);
    s->offers = 0;
}

bool resume_complete(struct organizer *o, struct conn *c)
{
    struct seat *s = c->seat;
    leave_old(o, s, c);
    line_destroy(c->line);
    c->line = c->fresh;
    c->fresh = NULL;
    s->conn = c;
    next_secret(o, s, c);
    conn_to(o, c, CONN_MEMBER);
    if (!epoch_snapshot(o, c->line, s->acked)) {
        conn_fail(o, c, E_CHANNEL);
        return false;
    }
    conn_flush(o, c);
    o->port->bind(o->port->ctx, c->handle, s->mid);
    return true;
}
