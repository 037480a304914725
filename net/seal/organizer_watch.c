/*
 * The organizer as a viewer of what somebody else presents, what it hears of members, and what it
 * writes to them (e2e.md 9, 13). Runs in vitrine-seal of the organizer.
 */
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/organizer_state.h"

/* The relay can cause this as well as the presenter, so nobody is put out for it; but nothing more
   of that presentation is shown to anybody. */
static void on_fault(void *ctx, enum e2e_code code)
{
    struct organizer *o = ctx;
    struct epoch_change change = epoch_same(o);
    if (o->end_by_ms || group_presenter(o->group) < 2)
        return;
    o->port->fault(o->port->ctx, group_presenter(o->group), code);
    change.presenter = 0;
    epoch_make(o, &change);
}

/* Neither is anybody for a wrong signature: it is only not listened to any more. */
static void on_forged(void *ctx, uint16_t mid, enum e2e_code code)
{
    struct organizer *o = ctx;
    if (!group_find(o->group, mid))
        return;
    group_mute(o->group, mid);
    o->port->fault(o->port->ctx, mid, code);
}

static enum e2e_code on_chat(struct organizer *o, const struct group_unit *u)
{
    uint32_t missed = 0;
    enum e2e_code code = group_chat(o->group, u, port_is_crowded(o->port), o->now_ms, &missed);
    if (code == E_LIMIT)
        on_forged(o, u->mid, code);
    else if (!code)
        o->port->chatted(o->port->ctx, u->mid, missed, u->content);
    return code == E_LIMIT || code == E_BUSY ? E_NONE : code;
}

/* Who signs nonsense is out. */
static void on_heard(void *ctx, const struct group_unit *u)
{
    struct organizer *o = ctx;
    struct seat *s = seat_find(o, u->mid);
    enum e2e_code code = u->stream == STREAM_CHAT
                             ? on_chat(o, u)
                             : control_signal(o->control, u->mid, u->content, o->now_ms);
    if (!code || !s)
        return;
    if (s->conn)
        member_fault(o, s->conn, code);
    else
        epoch_out(o, s, RECORD_LOST);
}

/* The organizer needs no lease. */
bool organizer_chat(struct organizer *o, struct span text, uint64_t now_ms)
{
    if (!chat_text_valid(text))
        return false;
    if (o->over || !o->open || o->end_by_ms)
        return true;
    o->now_ms = now_ms;
    if (!chat_may_write(&o->chat, now_ms))
        return false;
    size_t len = o->away ? 0 : group_seal(o->group, STREAM_CHAT, 0, text, o->wire);
    if (!len) {
        o->port->chat_lost(o->port->ctx, text);
        return true;
    }
    o->said_ms = now_ms ? now_ms : 1;
    o->port->unit(o->port->ctx, span_of(o->wire, len));
    o->port->chatted(o->port->ctx, 1, 0, text);
    return true;
}

void sight_begin(struct organizer *o)
{
    o->watch.fail = on_fault;
    o->watch.heard = on_heard;
    o->watch.forged = on_forged;
    watch_begin(&o->watch, o->group, o);
}

void organizer_view(struct organizer *o, bool on, uint64_t now_ms)
{
    if (o->over)
        return;
    o->now_ms = now_ms;
    watch_view(&o->watch, on);
}

void organizer_need_key(struct organizer *o, uint64_t now_ms)
{
    if (o->over)
        return;
    o->now_ms = now_ms;
    watch_need_key(&o->watch);
}

void organizer_unit(struct organizer *o, struct span wire, uint64_t now_ms)
{
    if (o->over || !o->open || o->end_by_ms)
        return;
    o->now_ms = now_ms;
    watch_take(&o->watch, wire, now_ms);
    if (!o->over) /* nobody else makes epochs */
        watch_vouched(&o->watch, group_now_epoch(o->group), UINT64_MAX);
    organizer_tick(o, now_ms);
}
