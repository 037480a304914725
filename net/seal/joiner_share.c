/*
 * A member and pictures: what it sees, and what it presents when it was handed the presentation
 * (e2e.md 8, 9, 11). Runs in vitrine-seal of a member; seals only while the lease holds.
 */
#include "net/seal/crypto.h"
#include "net/seal/joiner_state.h"
#include "net/seal/kdf.h"

static bool may_seal(void *ctx)
{
    const struct joiner *j = ctx;
    return !j->away_ms && speech_lease_holds(j);
}

static void on_fault(void *ctx, enum e2e_code code)
{
    joiner_fail(ctx, code);
}

/* A member whose client sends nonsense is not listened to any more; only the organizer can put it
   out. */
static void on_forged(void *ctx, uint16_t mid, enum e2e_code code)
{
    struct joiner *j = ctx;
    (void)code;
    group_mute(j->group, mid);
}

static void on_heard(void *ctx, const struct group_unit *u)
{
    struct joiner *j = ctx;
    bool chat = u->stream == STREAM_CHAT;
    uint32_t missed = 0;
    enum e2e_code code = chat
                             ? group_chat(j->group, u, port_is_crowded(j->port), j->now_ms, &missed)
                             : control_signal(j->control, u->mid, u->content, j->now_ms);
    if (code && code != E_BUSY)
        group_mute(j->group, u->mid);
    else if (!code && chat)
        j->port->chatted(j->port->ctx, u->mid, missed, u->content);
}

void presenting_begin(struct joiner *j)
{
    j->sharing.port = j->port;
    j->sharing.group = j->group;
    j->sharing.may = may_seal;
    j->sharing.ctx = j;
    j->watch.fail = on_fault;
    j->watch.heard = on_heard;
    j->watch.forged = on_forged;
    watch_begin(&j->watch, j->group, j);
}

void presenting_roster(struct joiner *j, uint16_t before)
{
    watch_presenter(&j->watch, before, j->now_ms);
    if (!group_presents(j->group))
        sharing_lost(&j->sharing);
    else if (j->newcomers && before == j->mid)
        sharing_newcomers(&j->sharing);
    j->newcomers = false;
}

static bool presents(const struct joiner *j)
{
    return j->stage == JOINER_MEMBER && j->group && group_presents(j->group);
}

static bool say(struct joiner *j, enum inner_type type, struct span body)
{
    if (j->away_ms || line_stage(j->line) != INNER_AT_MEMBER)
        return false;
    if (!line_send(j->line, type, body)) {
        joiner_fail(j, E_CHANNEL);
        return false;
    }
    joiner_flush(j);
    return true;
}

/* --- from the broker and from capture --- */

bool joiner_share(struct joiner *j, uint64_t now_ms)
{
    if (!presents(j) || j->sharing.state == SHARING_RUNNING)
        return false;
    j->now_ms = now_ms;
    sharing_begin(&j->sharing, now_ms);
    sharing_tell(&j->sharing, group_find(j->group, j->mid), j->sess_id, j->sig);
    return true;
}

/* Who stops gives the presentation back. */
bool joiner_unshare(struct joiner *j, bool pause, uint64_t now_ms)
{
    const uint8_t no = 0;
    if (!presents(j) || j->sharing.state == SHARING_NONE)
        return false;
    j->now_ms = now_ms;
    sharing_stop(&j->sharing, pause, now_ms);
    j->port->unshared(j->port->ctx);
    if (!pause)
        (void)say(j, INNER_PRESENT_ANSWER, span_of(&no, 1));
    return true;
}

void joiner_screen(struct joiner *j, bool key, struct span content, uint64_t now_ms)
{
    if (!presents(j))
        return;
    j->now_ms = now_ms;
    sharing_screen(&j->sharing, key, content, now_ms);
}

void joiner_cursor(struct joiner *j, bool key, struct span content, uint64_t now_ms)
{
    if (!presents(j))
        return;
    j->now_ms = now_ms;
    sharing_cursor(&j->sharing, key, content, now_ms);
}

void joiner_need(struct joiner *j, uint64_t now_ms)
{
    if (!presents(j))
        return;
    j->now_ms = now_ms;
    sharing_need(&j->sharing, now_ms);
}

bool joiner_mirror(struct joiner *j, bool on, uint64_t now_ms)
{
    if (!presents(j))
        return false;
    j->now_ms = now_ms;
    return sharing_mirror(&j->sharing, on, now_ms);
}

void joiner_mirror_need(struct joiner *j, uint64_t now_ms)
{
    if (!presents(j))
        return;
    j->now_ms = now_ms;
    sharing_mirror_need(&j->sharing, now_ms);
}

void joiner_answer(struct joiner *j, bool yes, uint64_t now_ms)
{
    const uint8_t answer = yes;
    if (j->stage != JOINER_MEMBER || !j->offered)
        return;
    j->now_ms = now_ms;
    j->offered = false;
    (void)say(j, INNER_PRESENT_ANSWER, span_of(&answer, 1));
}

/* --- view --- */

void joiner_view(struct joiner *j, bool on, uint64_t now_ms)
{
    if (j->stage == JOINER_OVER)
        return;
    j->now_ms = now_ms;
    watch_view(&j->watch, on);
}

void joiner_need_key(struct joiner *j, uint64_t now_ms)
{
    if (j->stage != JOINER_MEMBER)
        return;
    j->now_ms = now_ms;
    watch_need_key(&j->watch);
}

/* --- time --- */

/* A key near its end: the organizer makes another epoch. */
static void ask_for_epoch(struct joiner *j)
{
    uint32_t epoch = group_now_epoch(j->group);
    if (epoch && j->rekey_asked != epoch && group_wants_rekey(j->group) &&
        say(j, INNER_REKEY_REQ, span_of(NULL, 0)))
        j->rekey_asked = epoch;
}

void presenting_tick(struct joiner *j)
{
    watch_tick(&j->watch, j->now_ms);
    if (j->stage != JOINER_MEMBER || !j->group)
        return;
    sharing_tick(&j->sharing, j->now_ms);
    ask_for_epoch(j);
}
