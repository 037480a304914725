/*
 * Connections of peers at the organizer: list, output, end. Runs in vitrine-seal; what ends one
 * ends no other.
 */
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/organizer_state.h"

#define CONNS_MAX (MAX_MEMBERS + 200) /* members, waiting people, handshakes, queue */

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
        if (!o->away) /* our own line tells nothing of theirs */
            epoch_count_stay(o, c->seat);
        command_line_gone(o, c->seat);
    }
    bool counted = c->counted;
    uint32_t knock = c->knock, ask = c->ask;
    line_destroy(c->line);
    line_destroy(c->fresh);
    crypto_release(c->shown);
    crypto_free(c->shake, sizeof *c->shake);
    crypto_release(c);
    if (knock)
        o->port->knock_gone(o->port->ctx, knock);
    if (ask)
        o->port->identity_gone(o->port->ctx, ask);
    if (counted) {
        guess_fail(&o->guess);
        o->port->wrong_try(o->port->ctx, o->guess.wrong, guess_stopped(&o->guess));
    }
}

static void flush_line(struct organizer *o, uint32_t handle, struct line *line)
{
    uint8_t out[OUTER_MAX];
    for (size_t n; line && (n = line_take(line, out));)
        o->port->msg(o->port->ctx, handle, span_of(out, n));
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
    o->port->msg(o->port->ctx, handle, span_of(out, sizeof out));
    o->port->drop(o->port->ctx, handle, why);
}

void conn_drop(struct organizer *o, struct conn *c, enum port_drop why)
{
    if (c->line)
        line_close(c->line);
    conn_flush(o, c);
    o->port->drop(o->port->ctx, c->handle, why);
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

static void end_with(struct organizer *o, struct conn *c, enum e2e_code code, enum port_drop why)
{
    if (c->line && line_up(c->line)) {
        conn_drop(o, c, why);
        return;
    }
    conn_flush(o, c); /* a TLS alert, if there is one */
    organizer_error(o, c->handle, code, why);
    conn_remove(o, c);
}

void conn_fail(struct organizer *o, struct conn *c, enum e2e_code code)
{
    end_with(o, c, code, drop_of(code));
}

void conn_over(struct organizer *o, struct conn *c, enum e2e_code code)
{
    end_with(o, c, code, DROP_OVER);
}
