/* See sharing.h. Runs in vitrine-seal of the presenter. */
#include "net/seal/sharing.h"
#include "net/seal/crypto.h"
#include "net/seal/due.h"
#include "net/seal/kdf.h"
#include "net/seal/sig.h"

#define NEED_MS 1000 /* SHARE_NEED_KEY at most this often */

enum { STATUS_RUNNING = 0, STATUS_PAUSED = 1, STATUS_STOPPED = 2 };

static bool may(const struct sharing *s)
{
    return (!s->may || s->may(s->ctx)) && !group_is_spent(s->group);
}

static bool presents(const struct sharing *s)
{
    return group_presents(s->group);
}

static void mirror_screen(struct sharing *s, bool key, struct span content)
{
    bool taken = (!s->mirror_key || key) &&
                 s->port->mirror_screen(s->port->ctx, key, key ? s->missed : 0, content);
    s->mirror_key = !taken;
    s->missed = taken ? 0 : s->missed + (s->missed < UINT32_MAX);
}

/* Not what capture has sent, but what was sealed for sending: nothing else can reach others. */
static void mirror(struct sharing *s, uint8_t stream, uint8_t flags, struct span wire)
{
    struct span content;
    if (!s->mirror || (stream != STREAM_SCREEN && stream != STREAM_CURSOR))
        return;
    crypto_must(group_open_own(s->group, wire, s->plain, &content));
    if (stream == STREAM_SCREEN)
        mirror_screen(s, flags & UNIT_KEY, content);
    else
        (void)s->port->mirror_cursor(s->port->ctx, content); /* a lost one: sharing_mirror_need */
    crypto_wipe(s->plain, (size_t)(content.data - s->plain) + content.len);
}

static void seal_unit(struct sharing *s, uint8_t stream, uint8_t flags, struct span content)
{
    size_t len = may(s) ? group_seal(s->group, stream, flags, content, s->wire) : 0;
    if (!len)
        return;
    s->port->unit(s->port->ctx, span_of(s->wire, len));
    mirror(s, stream, flags, span_of(s->wire, len));
}

static void send_status(struct sharing *s, uint8_t state, uint64_t now_ms)
{
    uint8_t content[40];
    struct put p = put_into(content, sizeof content);
    put_u64(&p, now_ms);
    put_u8(&p, state);
    put_u64(&p, group_screens_before(s->group));
    put_u8(&p, 2);
    for (uint8_t stream = STREAM_SCREEN; stream <= STREAM_CURSOR; stream++) {
        put_u8(&p, stream);
        put_u64(&p, group_next_ctr(s->group, stream));
    }
    crypto_must(p.ok);
    seal_unit(s, STREAM_STATUS, 0, span_of(content, p.len));
    s->status_ms = now_ms + STATUS_MS;
    s->status_epoch = group_now_epoch(s->group);
}

static uint8_t status_of(const struct sharing *s)
{
    if (s->state == SHARING_NONE)
        return STATUS_STOPPED;
    return s->state == SHARING_RUNNING ? STATUS_RUNNING : STATUS_PAUSED;
}

void sharing_tell(const struct sharing *s, const struct group_person *me,
                  const uint8_t sess_id[SESS_ID_LEN], EVP_PKEY *sig)
{
    uint8_t message[SESS_ID_LEN + 6], signature[SIG_LEN];
    struct put m = put_into(message, sizeof message);
    if (!s->port->shown || !me)
        return;
    struct port_shown out = {
        .side = {.mid = me->mid, .key = me->sig_pub, .sig = signature, .naming = group_naming(me)},
        .sess_id = sess_id,
        .organizer = group_organizer_key(s->group),
        .epoch = group_now_epoch(s->group)};
    put_bytes(&m, sess_id, SESS_ID_LEN);
    put_u32(&m, out.epoch);
    put_u16(&m, me->mid);
    sig_sign(sig, "share", span_of(message, m.len), signature);
    s->port->shown(s->port->ctx, &out);
}

void sharing_begin(struct sharing *s, uint64_t now_ms)
{
    s->state = SHARING_RUNNING;
    s->key_due = true;
    s->need_pending = s->lapsed = false;
    send_status(s, STATUS_RUNNING, now_ms);
}

void sharing_stop(struct sharing *s, bool pause, uint64_t now_ms)
{
    send_status(s, pause ? STATUS_PAUSED : STATUS_STOPPED, now_ms);
    s->state = pause ? SHARING_PAUSED : SHARING_NONE;
    s->mirror = s->mirror && pause;
}

void sharing_lost(struct sharing *s)
{
    s->state = SHARING_NONE;
    s->mirror = false;
}

void sharing_screen(struct sharing *s, bool key, struct span content, uint64_t now_ms)
{
    (void)now_ms;
    if (s->state != SHARING_RUNNING || (s->key_due && !key))
        return;
    if (!may(s)) {
        s->key_due = s->lapsed = true;
        return;
    }
    s->key_due = false;
    seal_unit(s, STREAM_SCREEN, key ? UNIT_KEY : 0, content);
}

void sharing_cursor(struct sharing *s, bool key, struct span content, uint64_t now_ms)
{
    (void)now_ms;
    if (s->state == SHARING_RUNNING)
        seal_unit(s, STREAM_CURSOR, key ? UNIT_KEY : 0, content);
}

static bool is_needed(const struct sharing *s)
{
    return s->need_pending && s->state == SHARING_RUNNING;
}

static void ask_for_key(struct sharing *s, uint64_t now_ms)
{
    if (!is_needed(s) || !pace_take(&s->needs, 1, NEED_MS, now_ms))
        return;
    s->need_pending = false;
    s->port->need_key(s->port->ctx);
}

void sharing_need(struct sharing *s, uint64_t now_ms)
{
    if (s->state != SHARING_RUNNING)
        return;
    s->need_pending = true;
    ask_for_key(s, now_ms);
}

bool sharing_mirror(struct sharing *s, bool on, uint64_t now_ms)
{
    s->mirror = on && s->state != SHARING_NONE;
    s->mirror_key = true;
    s->missed = 0;
    if (s->mirror)
        sharing_need(s, now_ms);
    return s->mirror;
}

void sharing_mirror_need(struct sharing *s, uint64_t now_ms)
{
    s->mirror_key = true;
    if (s->mirror)
        sharing_need(s, now_ms);
}

/* Not one of those that NEED_MS counts: a newcomer who could not draw it yet asks again at once.
   Until it comes the others go on: whoever comes and goes all the time would leave them one picture
   a second. */
void sharing_newcomers(struct sharing *s)
{
    if (s->state == SHARING_RUNNING)
        s->port->need_key(s->port->ctx);
}

/* With each epoch at once: viewers look whether they have all of the one before. */
static uint64_t status_due(const struct sharing *s)
{
    return s->status_epoch == group_now_epoch(s->group) ? s->status_ms : 0;
}

void sharing_tick(struct sharing *s, uint64_t now_ms)
{
    if (!presents(s))
        return;
    if (now_ms >= status_due(s))
        send_status(s, status_of(s), now_ms);
    if (s->lapsed && may(s)) {
        s->lapsed = false;
        sharing_need(s, now_ms);
    }
    ask_for_key(s, now_ms);
}

uint64_t sharing_due(const struct sharing *s)
{
    if (!presents(s))
        return UINT64_MAX;
    return due_sooner(is_needed(s) ? pace_due(&s->needs, 1, NEED_MS) : UINT64_MAX, status_due(s));
}

void sharing_finish(struct sharing *s)
{
    s->mirror = false;
    crypto_wipe(s->wire, sizeof s->wire);
    crypto_wipe(s->plain, sizeof s->plain);
}
