/*
 * What a member says to the others: signals and chat, sealed only while the lease holds, and its
 * side of control (e2e.md 8, 10). Runs in vitrine-seal.
 */
#include "net/seal/crypto.h"
#include "net/seal/joiner_state.h"
#include "net/seal/kdf.h"

/* --- the lease --- */

bool speech_lease_holds(const struct joiner *j)
{
    return j->group && lease_holds(&j->lease, group_now_epoch(j->group), j->now_ms);
}

static bool speech_possible(const struct joiner *j)
{
    return j->stage == JOINER_MEMBER && j->group && j->line && !j->away_ms &&
           line_stage(j->line) == INNER_AT_MEMBER;
}

/* May run inside of control, which the end of the session frees: a failure is for the next tick. */
static void ping(struct joiner *j)
{
    uint8_t nonce[LEASE_NONCE];
    if (!speech_possible(j) || !lease_ask(&j->lease, j->now_ms, nonce))
        return;
    if (line_send(j->line, INNER_PING, span_of(nonce, sizeof nonce)))
        joiner_flush(j);
    else
        j->broken = true;
}

/* The newest answered PING left at proved_ms. A line slower than the message can say is as slow. */
static void tell_quality(struct joiner *j)
{
    uint64_t round = j->now_ms - j->lease.proved_ms;
    j->port->quality(j->port->ctx, round < 1 ? 1 : round > 60000 ? 60000 : (uint32_t)round);
}

/* In one channel EPOCH and PONG keep their order: a PONG of our epoch that knows another head is of
   another history. AWAY overtakes the last PONG of the organizer's line: what it answers was
   forgotten with that line. */
enum e2e_code speech_on_pong(struct joiner *j, struct span body)
{
    struct inner_pong pong;
    if (!inner_pong_parse(body, &pong))
        return E_PARSE;
    if (j->away_ms)
        return E_NONE;
    if (!lease_answer(&j->lease, &pong))
        return E_STATE;
    if (pong.epoch == group_now_epoch(j->group) &&
        (pong.log_seq != group_log_seq(j->group) ||
         memcmp(pong.head, group_head(j->group), 32) != 0))
        return E_CONTROL;
    watch_vouched(&j->watch, pong.epoch, j->lease.proved_ms);
    if (j->stage == JOINER_OVER)
        return E_NONE;
    tell_quality(j);
    speech_release(j);
    return E_NONE;
}

/* --- sealing --- */

static void seal_now(struct joiner *j, uint8_t stream, struct span content)
{
    uint8_t *wire = crypto_zalloc(UNIT_WIRE_MAX);
    size_t len = group_seal(j->group, stream, 0, content, wire);
    if (len)
        j->port->unit(j->port->ctx, span_of(wire, len));
    if (len && stream == STREAM_CHAT) {
        j->said_ms = j->now_ms ? j->now_ms : 1;
        j->port->chatted(j->port->ctx, j->mid, 0, content);
    }
    if (!len && stream == STREAM_CHAT)
        j->port->chat_lost(j->port->ctx, content);
    crypto_release(wire);
}

static bool keep(struct joiner *j, uint8_t stream, struct span content)
{
    struct speech **slot = &j->speech;
    unsigned n = 0;
    for (; *slot; slot = &(*slot)->next)
        n++;
    if (n == SPEECH_MAX)
        return false;
    *slot = crypto_zalloc(sizeof **slot + content.len);
    (*slot)->stream = stream;
    (*slot)->len = content.len;
    memcpy((*slot)->content, content.data, content.len);
    return true;
}

bool speech_send(struct joiner *j, uint8_t stream, struct span content, bool later)
{
    if (!speech_possible(j))
        return false;
    if (speech_lease_holds(j) && !j->speech) {
        seal_now(j, stream, content);
        return true;
    }
    if (!later || !keep(j, stream, content))
        return false;
    if (!j->lease.n)
        ping(j);
    return true;
}

void speech_release(struct joiner *j)
{
    while (j->speech && speech_possible(j) && speech_lease_holds(j)) {
        struct speech *s = j->speech;
        j->speech = s->next;
        seal_now(j, s->stream, span_of(s->content, s->len));
        crypto_release(s);
    }
}

void speech_finish(struct joiner *j)
{
    while (j->speech) {
        struct speech *next = j->speech->next;
        if (j->speech->stream == STREAM_CHAT && j->stage != JOINER_OVER)
            j->port->chat_lost(j->port->ctx, span_of(j->speech->content, j->speech->len));
        crypto_release(j->speech);
        j->speech = next;
    }
}

bool joiner_chat(struct joiner *j, struct span text, uint64_t now_ms)
{
    if (!chat_text_valid(text))
        return false;
    if (j->stage != JOINER_MEMBER)
        return true; /* over meanwhile */
    j->now_ms = now_ms;
    if (!chat_may_write(&j->chat, now_ms))
        return false;
    if (!speech_send(j, STREAM_CHAT, text, true))
        j->port->chat_lost(j->port->ctx, text);
    return true;
}

/* --- time: who presents asks every 2 s, who watches every 5 --- */

static bool presents(const struct joiner *j)
{
    return speech_possible(j) && group_presenter(j->group) == j->mid;
}

static uint64_t next_ping(const struct joiner *j)
{
    if (!speech_possible(j) || !group_presenter(j->group))
        return UINT64_MAX;
    return lease_next_ms(&j->lease, presents(j) ? PING_MS : WATCH_PING_MS);
}

void speech_tick(struct joiner *j)
{
    if (j->now_ms >= next_ping(j))
        ping(j);
    if (j->broken)
        joiner_fail(j, E_CHANNEL);
    if (j->stage != JOINER_OVER && j->control && group_presenter(j->group) == j->mid &&
        !speech_lease_holds(j))
        control_end(j->control, GRANT_END_LEASE, j->now_ms);
}

uint64_t speech_due(const struct joiner *j)
{
    uint64_t ask = j->broken ? 0 : next_ping(j), until = lease_until_ms(&j->lease);
    if (!presents(j) || !speech_lease_holds(j))
        return ask;
    return ask < until ? ask : until;
}

/* --- control --- */

static bool tie_signal(void *ctx, struct span content, bool later)
{
    return speech_send(ctx, STREAM_SIGNAL, content, later);
}

static void tie_send(void *ctx, uint16_t mid, struct span body)
{
    struct joiner *j = ctx;
    j->port->msg(j->port->ctx, mid, body);
}

static void tie_notice(void *ctx, const uint8_t grant[GRANT_ID_LEN], uint16_t mid, bool on)
{
    struct joiner *j = ctx;
    uint8_t out[GRANT_ID_LEN + 3];
    struct put p = put_into(out, sizeof out);
    put_bytes(&p, grant, GRANT_ID_LEN);
    put_u16(&p, mid);
    put_u8(&p, on);
    if (speech_possible(j) && line_send(j->line, INNER_GRANT_NOTICE, span_of(out, p.len)))
        joiner_flush(j);
}

/* Without a password the organizer may be anybody until its words were compared, and so may whoever
   it vouches for. */
static bool tie_may_control(void *ctx, uint16_t mid)
{
    const struct joiner *j = ctx;
    const struct group_person *p = group_find(j->group, mid);
    if (j->has_password)
        return true;
    return p && channel_organizer_level(j) && (mid == 1 || p->role & ROLE_VERIFIED);
}

void speech_begin(struct joiner *j)
{
    const struct control_ties ties = {.ctx = j,
                                      .port = j->port,
                                      .signal = tie_signal,
                                      .send = tie_send,
                                      .notice = tie_notice,
                                      .may_control = tie_may_control};
    j->control = control_create(&ties, j->group, j->sess_id, j->sig);
    control_set_mid(j->control, j->mid);
}

/* --- the second yes --- */

void joiner_second(struct joiner *j, uint16_t mid, uint64_t now_ms)
{
    uint8_t out[2];
    struct put p = put_into(out, sizeof out);
    put_u16(&p, mid);
    if (!joiner_control(j, now_ms) || !presents(j) || j->second)
        return; /* the broker asks again when the line is back */
    if (!line_send(j->line, INNER_SECOND_ASK, span_of(out, p.len))) {
        joiner_fail(j, E_CHANNEL);
        return;
    }
    j->second = mid;
    joiner_flush(j);
}

enum e2e_code speech_on_second(struct joiner *j, struct span body)
{
    struct get g = get_from(body.data, body.len);
    uint16_t mid = get_u16(&g);
    uint8_t yes = get_u8(&g);
    if (yes > 1)
        return E_PARSE;
    if (!mid || mid != j->second)
        return E_STATE;
    j->second = 0;
    j->port->seconded(j->port->ctx, mid, yes);
    return E_NONE;
}

struct control *joiner_control(struct joiner *j, uint64_t now_ms)
{
    if (j->stage != JOINER_MEMBER || !j->control)
        return NULL;
    j->now_ms = now_ms;
    return j->control;
}
