/*
 * The organizer as presenter: units from capture, STATUS, KEY units for newcomers (e2e.md 9). Runs
 * in vitrine-seal; what capture sends was framed by the channel, its content is not looked at.
 */
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/organizer_state.h"

#define NEED_MS 1000 /* SHARE_NEED_KEY at most this often */

enum { STATUS_RUNNING = 0, STATUS_PAUSED = 1, STATUS_STOPPED = 2 };

static void seal_unit(struct organizer *o, uint8_t stream, uint8_t flags, struct span content)
{
    size_t len = group_seal(o->group, stream, flags, content, o->wire);
    if (len)
        o->port->unit(o->port->ctx, span_of(o->wire, len));
}

static void send_status(struct organizer *o, uint8_t state)
{
    uint8_t content[32];
    struct put p = put_into(content, sizeof content);
    put_u64(&p, o->now_ms);
    put_u8(&p, state);
    put_u8(&p, 2);
    for (uint8_t stream = STREAM_SCREEN; stream <= STREAM_CURSOR; stream++) {
        put_u8(&p, stream);
        put_u64(&p, group_next_ctr(o->group, stream));
    }
    crypto_must(p.ok);
    seal_unit(o, STREAM_STATUS, 0, span_of(content, p.len));
    o->status_ms = o->now_ms + STATUS_MS;
}

static void present(struct organizer *o, uint16_t mid)
{
    struct epoch_change change = epoch_same(o);
    change.presenter = mid;
    if (group_presenter(o->group) != mid)
        epoch_make(o, &change);
}

/* A fresh capture begins with a KEY unit by itself. */
bool organizer_share(struct organizer *o, uint64_t now_ms)
{
    if (o->over || !o->open || o->end_by_ms || o->share == SHARE_RUNNING)
        return false;
    o->now_ms = now_ms;
    o->share = SHARE_RUNNING;
    o->key_due = true;
    o->need_pending = false;
    present(o, 1);
    send_status(o, STATUS_RUNNING);
    return true;
}

bool organizer_unshare(struct organizer *o, bool pause, uint64_t now_ms)
{
    if (o->over || !o->open || o->share == SHARE_NONE)
        return false;
    o->now_ms = now_ms;
    send_status(o, pause ? STATUS_PAUSED : STATUS_STOPPED);
    o->share = pause ? SHARE_PAUSED : SHARE_NONE;
    if (!pause && !o->end_by_ms)
        present(o, 0);
    o->port->unshared(o->port->ctx);
    return true;
}

void organizer_screen(struct organizer *o, bool key, struct span content, uint64_t now_ms)
{
    if (o->over || o->share != SHARE_RUNNING || o->end_by_ms || (o->key_due && !key))
        return;
    o->now_ms = now_ms;
    o->key_due = false;
    seal_unit(o, STREAM_SCREEN, key ? UNIT_KEY : 0, content);
}

void organizer_cursor(struct organizer *o, struct span content, uint64_t now_ms)
{
    if (o->over || o->share != SHARE_RUNNING || o->end_by_ms)
        return;
    o->now_ms = now_ms;
    seal_unit(o, STREAM_CURSOR, 0, content);
}

static void ask_for_key(struct organizer *o)
{
    o->need_pending = false;
    o->need_ms = o->now_ms + NEED_MS;
    o->port->need_key(o->port->ctx);
}

void share_need_key(struct organizer *o)
{
    if (o->share != SHARE_RUNNING)
        return;
    o->key_due = true;
    if (o->now_ms >= o->need_ms)
        ask_for_key(o);
    else
        o->need_pending = true;
}

void organizer_need(struct organizer *o, uint64_t now_ms)
{
    if (o->over || o->share != SHARE_RUNNING)
        return;
    o->now_ms = now_ms;
    if (now_ms >= o->need_ms)
        ask_for_key(o);
    else
        o->need_pending = true;
}

void share_tick(struct organizer *o)
{
    if (o->share == SHARE_NONE)
        return;
    if (o->now_ms >= o->status_ms)
        send_status(o, o->share == SHARE_RUNNING ? STATUS_RUNNING : STATUS_PAUSED);
    if (o->need_pending && o->share == SHARE_RUNNING && o->now_ms >= o->need_ms)
        ask_for_key(o);
}

uint64_t share_due(const struct organizer *o)
{
    if (o->share == SHARE_NONE)
        return UINT64_MAX;
    bool need = o->need_pending && o->share == SHARE_RUNNING && o->need_ms < o->status_ms;
    return need ? o->need_ms : o->status_ms;
}
