/*
 * Units of a session: which are accepted, which keys they are under. Runs in vitrine-seal;
 * distrusts every byte of a received unit and every claim of the relay about it.
 */
#include "net/seal/crypto.h"
#include "net/seal/derive.h"
#include "net/seal/group_state.h"
#include "net/seal/kdf.h"

#define CTR_STOP ((uint64_t)1 << 32)
#define CTR_REKEY ((uint64_t)1 << 31)
#define BYTES_STOP ((uint64_t)64 << 30)
#define BYTES_REKEY ((uint64_t)32 << 30)

bool group_is_presenter_stream(uint8_t stream)
{
    return stream == STREAM_SCREEN || stream == STREAM_CURSOR || stream == STREAM_AUDIO ||
           stream == STREAM_STATUS;
}

/* --- keys --- */

static void key_init(const struct group *g, struct sframe_key *k, const uint8_t *secret,
                     uint64_t kid, bool seal)
{
    uint8_t base[SECRET_LEN];
    derive_frame_key(secret, g->sess_id, kid, base);
    sframe_key_init(k, span_of(base, sizeof base), kid, seal);
    crypto_wipe(base, sizeof base);
}

static void track_destroy(struct group_track **t)
{
    if (!*t)
        return;
    sframe_key_finish(&(*t)->key);
    crypto_free(*t, sizeof **t);
    *t = NULL;
}

void group_person_forget(struct group_person *p, bool now, bool before)
{
    for (unsigned s = 1; s <= STREAM_LAST; s++) {
        if (now)
            track_destroy(&p->now[s]);
        if (before)
            track_destroy(&p->before[s]);
    }
}

void group_units_turn(struct group *g, bool keep_before)
{
    g->screens_before += g->senders[STREAM_SCREEN].ctr;
    for (unsigned s = 1; s <= STREAM_LAST; s++) {
        sframe_key_finish(&g->senders[s].key);
        sframe_key_finish(&g->senders[s].again);
        g->senders[s] = (struct group_sender){0};
    }
    for (size_t i = 0; i < g->count; i++) {
        struct group_person *p = g->people[i];
        group_person_forget(p, !keep_before, true);
        memcpy(p->before, p->now, sizeof p->before);
        memset(p->now, 0, sizeof p->now);
    }
}

uint64_t group_forget(struct group *g, uint64_t now_ms)
{
    if (!g->before_until_ms)
        return UINT64_MAX;
    if (now_ms < g->before_until_ms)
        return g->before_until_ms;
    for (size_t i = 0; i < g->count; i++)
        group_person_forget(g->people[i], false, true);
    crypto_wipe(g->secrets->before, SECRET_LEN);
    g->before_until_ms = 0;
    return UINT64_MAX;
}

void group_allow_jump(struct group *g)
{
    g->jump_epoch = g->epoch;
    for (size_t i = 0; i < g->count; i++)
        for (unsigned s = 1; s <= STREAM_LAST; s++)
            if (g->people[i]->now[s])
                g->people[i]->now[s]->may_jump = true;
}

void group_mute(struct group *g, uint16_t mid)
{
    struct group_person *p = group_lookup(g, mid);
    if (p)
        p->muted = true;
}

bool group_muted(const struct group *g, uint16_t mid)
{
    const struct group_person *p = group_lookup(g, mid);
    return !p || p->muted;
}

bool group_may_invite(struct group *g, uint16_t mid, uint64_t now_ms)
{
    struct group_person *p = group_lookup(g, mid);
    return p && pace_take(&p->invites, INVITE_BURST, INVITE_REFILL_MS, now_ms);
}

enum e2e_code group_chat(struct group *g, const struct group_unit *u, bool crowded, uint64_t now_ms,
                         uint32_t *missed)
{
    struct group_person *p = group_lookup(g, u->mid);
    enum e2e_code code = p ? chat_judge(&p->chat, u->content, now_ms) : E_FORGED;
    if (code)
        return code;
    p->unheard = u->missed > UINT32_MAX - p->unheard ? UINT32_MAX : p->unheard + u->missed;
    if (crowded) {
        p->unheard += p->unheard < UINT32_MAX;
        return E_BUSY;
    }
    *missed = p->unheard;
    p->unheard = 0;
    return E_NONE;
}

/* --- opening --- */

/* E_NONE and whether it is the previous epoch; E_EPOCH. */
static enum e2e_code judge_epoch(const struct group *g, const struct unit_head *h, uint64_t now_ms,
                                 bool *before, bool *newer)
{
    *before = g->epoch && h->epoch == g->epoch - 1 && now_ms < g->before_until_ms;
    *newer = h->epoch > g->epoch;
    return h->epoch == g->epoch || *before ? E_NONE : E_EPOCH;
}

/* Who may send on which stream; for the previous epoch only who has the same role in both. */
static enum e2e_code judge_sender(const struct group *g, const struct unit_head *h, bool before,
                                  const struct group_person *p)
{
    if (!p || p->mid == g->own_mid)
        return E_FORGED;
    if (before && p->since > h->epoch)
        return E_FORGED;
    if (!group_is_presenter_stream(h->stream))
        return E_NONE;
    if (before && g->presenter_before == p->mid && g->presenter != p->mid)
        return E_EPOCH; /* sent before its sender heard of the change: late, not forged */
    if (before && g->presenter_before != p->mid)
        return E_FORGED;
    return g->presenter == p->mid ? E_NONE : E_FORGED;
}

/* Forward only, and no further than a sender goes: a counter at the end of its 64 bits would be
   followed by 0, and everything could be replayed. What is missing before a picture would spoil it;
   elsewhere how much it was is told (group_unit.missed): a relay or a broken line loses, and its
   sender is not to blame. */
static enum e2e_code judge_counter(const struct unit_head *h, const struct group_track *t)
{
    if (h->ctr < t->next_ctr || h->ctr >= CTR_STOP)
        return E_REPLAY;
    bool jumps = h->ctr != t->next_ctr && !t->may_jump;
    return jumps && h->stream == STREAM_SCREEN && !(h->flags & UNIT_KEY) ? E_GAP : E_NONE;
}

static struct group_track *track_of(struct group *g, struct group_person *p,
                                    const struct unit_head *h, bool before)
{
    struct group_track **slot = before ? &p->before[h->stream] : &p->now[h->stream];
    if (!*slot) {
        *slot = crypto_alloc(sizeof **slot);
        (*slot)->may_jump = !before && g->jump_epoch == g->epoch;
        key_init(g, &(*slot)->key, before ? g->secrets->before : g->secrets->now, h->kid, false);
    }
    return *slot;
}

enum e2e_code group_open(struct group *g, struct span wire, uint64_t now_ms, uint8_t *plain,
                         struct group_unit *u, bool *newer)
{
    struct unit_head h;
    bool before;
    *newer = false;
    bool formed = unit_parse(wire, &h);
    *u = (struct group_unit){
        .stream = h.stream, .mid = h.mid, .key = h.flags & UNIT_KEY, .epoch = h.epoch};
    if (!formed)
        return E_PARSE;
    enum e2e_code code = judge_epoch(g, &h, now_ms, &before, newer);
    if (code)
        return code;
    struct group_person *p = group_lookup(g, h.mid);
    code = judge_sender(g, &h, before, p);
    if (code)
        return code;
    struct group_track *t = track_of(g, p, &h, before);
    code = judge_counter(&h, t);
    if (!code)
        code = unit_open(&h, &t->key, g->sess_id, p->key, plain, &u->content);
    if (code)
        return code;
    uint64_t missed = h.ctr - t->next_ctr;
    u->missed = missed > UINT32_MAX ? UINT32_MAX : (uint32_t)missed;
    t->next_ctr = h.ctr + 1;
    t->may_jump = false;
    return E_NONE;
}

uint64_t group_heard_ctr(const struct group *g, uint16_t mid, uint8_t stream, uint32_t epoch)
{
    const struct group_person *p = group_lookup(g, mid);
    const struct group_track *t = NULL;
    if (p && epoch == g->epoch)
        t = p->now[stream];
    else if (p && epoch + 1 == g->epoch)
        t = p->before[stream];
    return t ? t->next_ctr : 0;
}

/* --- sealing --- */

static struct group_sender *sender_of(struct group *g, uint8_t stream)
{
    struct group_sender *s = &g->senders[stream];
    if (!s->key.cipher) {
        s->kid = sframe_kid(g->epoch, g->own_mid, stream);
        key_init(g, &s->key, g->secrets->now, s->kid, true);
    }
    return s;
}

static bool is_spent(const struct group_sender *s)
{
    return s->ctr >= CTR_STOP || s->bytes >= BYTES_STOP;
}

bool group_is_spent(const struct group *g)
{
    for (unsigned s = 1; s <= STREAM_LAST; s++)
        if (is_spent(&g->senders[s]))
            return true;
    return false;
}

size_t group_seal(struct group *g, uint8_t stream, uint8_t flags, struct span content,
                  uint8_t out[UNIT_WIRE_MAX])
{
    if (!g->epoch || !g->own_mid ||
        (group_is_presenter_stream(stream) && g->presenter != g->own_mid))
        return 0;
    struct group_sender *s = sender_of(g, stream);
    if (is_spent(s))
        return 0;
    struct unit_sealing u = {.key = &s->key,
                             .kid = s->kid,
                             .ctr = s->ctr,
                             .flags = flags,
                             .sess_id = g->sess_id,
                             .sig = g->own_sig,
                             .content = content};
    size_t len = unit_seal(&u, out);
    s->ctr++;
    s->bytes += len;
    return len;
}

bool group_open_own(struct group *g, struct span wire, uint8_t *plain, struct span *content)
{
    const struct group_person *me = group_lookup(g, g->own_mid);
    struct unit_head h;
    if (!me || !unit_parse(wire, &h) || h.mid != g->own_mid || h.epoch != g->epoch)
        return false;
    struct group_sender *s = &g->senders[h.stream];
    if (!s->key.cipher || h.kid != s->kid)
        return false;
    if (!s->again.cipher)
        key_init(g, &s->again, g->secrets->now, s->kid, false);
    return unit_open(&h, &s->again, g->sess_id, me->key, plain, content) == E_NONE;
}

uint64_t group_next_ctr(const struct group *g, uint8_t stream)
{
    return g->senders[stream].ctr;
}

uint64_t group_screens_before(const struct group *g)
{
    return g->screens_before;
}

bool group_wants_rekey(const struct group *g)
{
    for (unsigned s = 1; s <= STREAM_LAST; s++)
        if (g->senders[s].ctr >= CTR_REKEY || g->senders[s].bytes >= BYTES_REKEY)
            return true;
    return false;
}
