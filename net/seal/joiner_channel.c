/*
 * A member inside its channel: first flight, records, the end (e2e.md 7, 8, 11). Runs in
 * vitrine-seal; distrusts the organizer's messages: each has its form, its moment and its
 * signature.
 */
#include "net/seal/crypto.h"
#include "net/seal/derive.h"
#include "net/seal/joiner_state.h"
#include "net/seal/kdf.h"
#include "net/seal/sig.h"

#define RESUME_MS 30000
#define AGAIN_MS 500

/* --- HELLO, WELCOME, REVEAL --- */

/* Nothing where there is none. */
static struct inner_ident own_ident(const struct joiner *j, uint8_t sig[IDENTITY_SIG_MAX])
{
    const struct identity_claim claim = {
        .bind = line_bind(j->line), .sig_pub = j->sig_pub, .name = span_of(j->name, j->name_len)};
    if (!j->identity)
        return (struct inner_ident){0};
    size_t len = identity_sign(j->identity, &claim, sig);
    crypto_must(len != 0);
    return (struct inner_ident){(uint8_t)identity_alg(j->identity), identity_key(j->identity),
                                span_of(sig, len)};
}

static void say_hello(struct joiner *j)
{
    uint8_t proof[INNER_PROOF_MAX], pop[SIG_LEN], com[32], sig[IDENTITY_SIG_MAX];
    uint8_t out[1 + MAX_NAME + POINT_LEN + 32 + 2 + INNER_IDENT_MAX + SIG_LEN];
    struct span name = span_of(j->name, j->name_len);
    crypto_random(j->secrets->nonce_j, 32);
    derive_commitment(j->secrets->nonce_j, com);
    sig_sign(j->sig, "member key", inner_proof(line_bind(j->line), j->sig_pub, name, proof), pop);
    crypto_wipe(proof, sizeof proof);
    const struct inner_hello h = {
        .name = name, .sig_pub = j->sig_pub, .com = com, .ident = own_ident(j, sig), .pop = pop};
    struct put p = put_into(out, sizeof out);
    inner_hello_build(&h, &p);
    crypto_must(p.ok);
    if (!line_send(j->line, INNER_HELLO, span_of(out, p.len)))
        joiner_fail(j, E_CHANNEL);
}

static bool opop_valid(const struct joiner *j, const struct inner_welcome *w)
{
    uint8_t proof[INNER_PROOF_MAX];
    struct span m = inner_proof(line_bind(j->line), j->sig_pub, span_of(w->nonce_o, 32), proof);
    bool ok = sig_verify(j->org_key, "organizer", m, w->opop);
    crypto_wipe(proof, sizeof proof);
    return ok;
}

/* --- the organizer's identity --- */

static struct identity_claim claim_of(const struct joiner *j, struct span name)
{
    return (struct identity_claim){
        .organizer = true, .bind = line_bind(j->line), .sig_pub = j->org_pub, .name = name};
}

static void keep_shown(struct joiner *j, const struct inner_welcome *w, const uint8_t sas[8])
{
    struct joiner_shown *s = j->shown = crypto_zalloc(sizeof *s);
    s->alg = w->ident.alg;
    s->key_len = w->ident.key.len;
    s->sig_len = w->ident.sig.len;
    memcpy(s->key, w->ident.key.data, s->key_len);
    memcpy(s->sig, w->ident.sig.data, s->sig_len);
    s->name_len = (uint8_t)w->name.len;
    memcpy(s->name, w->name.data, s->name_len);
    memcpy(s->words, sas, sizeof s->words);
    s->wait = !w->state;
    s->waiting = true;
    if (s->alg != IDENTITY_CHAINED)
        identity_key_fingerprint(w->ident.key, s->fp);
}

/* A key is tried here; whose it is, and what a chain is worth, the broker finds out. */
static bool ident_plausible(const struct joiner *j, const struct inner_welcome *w)
{
    const struct identity_claim claim = claim_of(j, w->name);
    if (!w->ident.alg)
        return !j->identity_required;
    return w->ident.alg == IDENTITY_CHAINED ||
           identity_signed(w->ident.alg, w->ident.key, &claim, w->ident.sig);
}

static void tell_welcomed(const struct joiner *j)
{
    const struct joiner_shown *s = j->shown;
    bool chained = s->alg == IDENTITY_CHAINED;
    j->port->welcomed(j->port->ctx, s->wait || s->waiting, chained ? 2 : 0,
                      span_of(s->name, s->name_len), s->words);
}

/* What a known key is worth the user decides, with the words at hand; a name that a certificate has
   to say is not said before. */
static void ask_broker(struct joiner *j)
{
    const struct joiner_shown *s = j->shown;
    const struct port_identity i = {.ask = 1,
                                    .alg = s->alg,
                                    .fp = s->fp,
                                    .name = span_of(s->name, s->name_len),
                                    .key = span_of(s->key, s->key_len)};
    if (s->alg != IDENTITY_CHAINED)
        tell_welcomed(j);
    j->port->identity(j->port->ctx, &i);
}

static void not_theirs(struct joiner *j)
{
    if (j->stage == JOINER_WAITING) /* before, LEAVE has no place */
        (void)line_send(j->line, INNER_LEAVE, span_of(NULL, 0));
    line_close(j->line);
    joiner_flush(j);
    joiner_finish(j, true, E_IDENTITY, END_WHY_THEIRS);
}

/* The chain is good: is it theirs, and do they go by its name? */
static bool owns_chain(struct joiner *j, const struct identity_answer *a)
{
    struct joiner_shown *s = j->shown;
    struct span name = span_of(s->name, s->name_len);
    const struct identity_claim claim = claim_of(j, name);
    if (a->name.len != name.len || memcmp(a->name.data, name.data, name.len) != 0 ||
        !identity_signed(IDENTITY_CHAINED, a->key, &claim, span_of(s->sig, s->sig_len)))
        return false;
    memcpy(s->fp, a->fp, sizeof s->fp);
    return true;
}

void channel_identified(struct joiner *j, const struct identity_answer *a)
{
    struct joiner_shown *s = j->shown;
    if (!a->yes || (s->alg == IDENTITY_CHAINED && !owns_chain(j, a))) {
        not_theirs(j);
        return;
    }
    s->waiting = false;
    s->good = true;
    if (s->alg == IDENTITY_CHAINED)
        tell_welcomed(j);
    channel_pump(j);
}

uint8_t channel_organizer_level(const struct joiner *j)
{
    if (j->shown && j->shown->good && j->shown->alg == IDENTITY_CHAINED)
        return 2;
    return j->organizer_verified;
}

static enum e2e_code on_welcome(struct joiner *j, struct span body)
{
    struct inner_welcome w;
    uint8_t sas[8];
    if (!inner_welcome_parse(body, &w))
        return E_PARSE;
    if (!opop_valid(j, &w))
        return E_CONTROL;
    if (!ident_plausible(j, &w)) {
        not_theirs(j);
        return E_NONE;
    }
    const struct derive_sas d = {.bind = line_bind(j->line),
                                 .nonce_j = j->secrets->nonce_j,
                                 .nonce_o = w.nonce_o,
                                 .sig_pub_j = j->sig_pub,
                                 .org_pub = j->org_pub};
    derive_sas(&d, sas);
    if (!line_send(j->line, INNER_REVEAL, span_of(j->secrets->nonce_j, 32)))
        return E_CHANNEL;
    crypto_wipe(j->secrets->nonce_j, 32);
    line_set_stage(j->line, INNER_AT_WAITING);
    j->stage = JOINER_WAITING;
    j->deadline_ms = 0;
    if (w.ident.alg) {
        keep_shown(j, &w, sas);
        ask_broker(j);
    } else {
        j->port->welcomed(j->port->ctx, !w.state, 0, w.name, sas);
    }
    return E_NONE;
}

/* --- ADMIT, SNAPSHOT, EPOCH --- */

/* Others' certificates were checked by the organizer: its word for it counts as much as it is known
   itself. */
static uint8_t level_of(const struct joiner *j, const struct group_person *p)
{
    uint8_t organizer = channel_organizer_level(j), theirs = group_person_verified(p);
    if (p->mid == 1)
        return organizer;
    return theirs == 2 && organizer < 2 ? 1 : theirs;
}

void joiner_tell_member(struct joiner *j, const struct group_person *p, unsigned reason)
{
    uint8_t shown_alg = j->shown ? j->shown->alg : 0;
    const struct port_member m = {.mid = p->mid,
                                  .role = p->role & 0x0f,
                                  .state = (enum port_member_state)reason,
                                  .me = p->mid == j->mid,
                                  .verified = level_of(j, p),
                                  .alg = p->mid == 1 ? shown_alg : p->id_alg,
                                  .fp = p->mid == 1 && shown_alg ? j->shown->fp : p->id_fp,
                                  .name = span_of(p->name, p->name_len)};
    j->port->member(j->port->ctx, &m);
}

static void roster_changed(void *ctx, const struct group_person *p, unsigned reason)
{
    struct joiner *j = ctx;
    const struct joiner_shown *s = j->shown;
    j->newcomers |= reason == 0;
    /* What was proved and asked about is the name of WELCOME. */
    j->misnamed |= p->mid == 1 && s &&
                   (p->name_len != s->name_len || memcmp(p->name, s->name, s->name_len) != 0);
    if (!j->misnamed)
        joiner_tell_member(j, p, reason);
}

static enum e2e_code on_admit(struct joiner *j, struct span body)
{
    struct get g = get_from(body.data, body.len);
    j->mid = get_u16(&g);
    if (j->mid < 2)
        return E_CONTROL;
    j->group = group_create(j->sess_id, j->org_pub, j->sig, roster_changed, j);
    crypto_must(j->group != NULL);
    group_set_own_mid(j->group, j->mid);
    speech_begin(j);
    presenting_begin(j);
    derive_resume_secret(line_bind(j->line), j->sess_id, j->mid, 0, j->secrets->rsec);
    line_set_stage(j->line, INNER_AT_ADMITTED);
    j->stage = JOINER_MEMBER;
    j->deadline_ms = j->now_ms + HANDSHAKE_MS;
    return E_NONE;
}

static bool send_ack(struct joiner *j)
{
    uint8_t out[36];
    struct put p = put_into(out, sizeof out);
    put_u32(&p, group_now_epoch(j->group));
    put_bytes(&p, group_head(j->group), 32);
    return line_send(j->line, INNER_ACK, span_of(out, p.len));
}

/* SNAPSHOT proves that the organizer holds the new channel too: only now the secret of the old one
 * goes. A line lost before leaves everything as it was (e2e.md 11). */
static void came_back(struct joiner *j)
{
    j->returning = false;
    j->away_ms = 0;
    j->count++;
    memcpy(j->secrets->rsec, j->secrets->rsec_next, SHARED_LEN);
    crypto_wipe(j->secrets->rsec_next, SHARED_LEN);
    watch_back(&j->watch, j->now_ms);
    j->port->back(j->port->ctx);
}

/* wrapped || REC, both kinds. */
static enum e2e_code on_record(struct joiner *j, struct span body, bool snapshot)
{
    uint8_t secret[SECRET_LEN];
    struct span rec = span_of(body.data + SECRET_LEN, body.len - SECRET_LEN);
    uint16_t before = group_presenter(j->group);
    memcpy(secret, body.data, SECRET_LEN);
    line_wrap(j->line, group_record_epoch(rec), secret);
    enum e2e_code code = snapshot ? group_snapshot(j->group, rec, secret)
                                  : group_epoch(j->group, rec, secret, j->now_ms);
    crypto_wipe(secret, sizeof secret);
    if (code || j->misnamed)
        return code == E_PARSE ? E_PARSE : E_CONTROL;
    line_set_stage(j->line, INNER_AT_MEMBER);
    j->deadline_ms = 0;
    if (!send_ack(j))
        return E_CHANNEL;
    if (j->returning)
        came_back(j);
    presenting_roster(j, before);
    control_roster(j->control, j->now_ms);
    speech_release(j);
    watch_release_held(&j->watch);
    return E_NONE;
}

/* --- the end --- */

static void close_line(struct joiner *j)
{
    line_close(j->line);
    joiner_flush(j);
}

static enum e2e_code on_end(struct joiner *j, struct span body)
{
    uint8_t reason;
    enum e2e_code code = group_end(j->group, body, &reason);
    if (code)
        return code == E_PARSE ? E_PARSE : E_CONTROL;
    close_line(j);
    joiner_finish(j, false, E_NONE, reason == END_REASON_WORDS ? END_WHY_WORDS : END_WHY_ORGANIZER);
    return E_NONE;
}

static enum e2e_code on_refuse(struct joiner *j, struct span body)
{
    enum end_why why = body.data[0] == REFUSAL_ENDED      ? END_WHY_ORGANIZER
                       : body.data[0] == REFUSAL_WORDS    ? END_WHY_WORDS
                       : body.data[0] == REFUSAL_IDENTITY ? END_WHY_OURS
                                                          : END_WHY_REFUSED;
    enum e2e_code code = body.data[0] == REFUSAL_LOCKED     ? E_LOCKED
                         : body.data[0] == REFUSAL_FULL     ? E_BUSY
                         : body.data[0] == REFUSAL_IDENTITY ? E_IDENTITY
                                                            : E_NONE;
    close_line(j);
    joiner_finish(j, false, code, why);
    return E_NONE;
}

static enum e2e_code on_kicked(struct joiner *j, struct span body)
{
    uint8_t reason = body.data[0];
    if (reason != KICKED_REMOVED && reason != KICKED_UNRECORDED)
        return E_PARSE;
    close_line(j);
    joiner_finish(j, false, E_NONE,
                  reason == KICKED_UNRECORDED ? END_WHY_UNRECORDED : END_WHY_REMOVED);
    return E_NONE;
}

/* What AWAY has overtaken is an offer no more: to the organizer it went with its line, and an
   answer on the next one would be to nothing (E_STATE). */
static enum e2e_code on_offer(struct joiner *j)
{
    if (j->away_ms)
        return E_NONE;
    const uint8_t no = 0; /* to the one before, which was taken back: each has one answer */
    if (j->offered && !line_send(j->line, INNER_PRESENT_ANSWER, span_of(&no, 1)))
        return E_CHANNEL;
    j->offered = true;
    j->port->offered(j->port->ctx);
    return E_NONE;
}

/* EPOCH and REVOKE keep their order: who is asked presents. */
static enum e2e_code on_revoke(struct joiner *j)
{
    if (group_presenter(j->group) != j->mid)
        return E_STATE;
    control_end(j->control, GRANT_END_ORGANIZER, j->now_ms);
    return E_NONE;
}

static enum e2e_code one_message(struct joiner *j, const struct inner_message *m)
{
    switch (m->type) {
    case INNER_WELCOME:
        return on_welcome(j, m->body);
    case INNER_ADMIT:
        return on_admit(j, m->body);
    case INNER_SNAPSHOT:
        return on_record(j, m->body, true);
    case INNER_EPOCH:
        return on_record(j, m->body, false);
    case INNER_END:
        return on_end(j, m->body);
    case INNER_REFUSE:
        return on_refuse(j, m->body);
    case INNER_KICKED:
        return on_kicked(j, m->body);
    case INNER_PRESENT_OFFER:
        return on_offer(j);
    case INNER_PONG:
        return speech_on_pong(j, m->body);
    case INNER_REVOKE:
        return on_revoke(j);
    case INNER_SECOND_SAID:
        return speech_on_second(j, m->body);
    default:
        return E_STATE;
    }
}

/* --- resume --- */

void channel_resume(struct joiner *j)
{
    uint8_t psk[PSK_LEN], identity[IDENTITY_MAX], wrap[SHARED_LEN], out[OUTER_RESUME_LEN];
    struct outer_resume r = {.handle = j->handle, .mid = j->mid, .count = j->count};
    if (j->count == UINT32_MAX) { /* no number is left for the next one */
        joiner_fail(j, E_LIMIT);
        return;
    }
    if (j->second) /* asked through the old channel: no answer comes */
        j->port->seconded(j->port->ctx, j->second, false);
    j->second = 0;
    crypto_random(r.rand, sizeof r.rand);
    outer_resume_build(&r, out);
    j->port->msg(j->port->ctx, 1, span_of(out, sizeof out));
    derive_resume_psk(j->secrets->rsec, j->sess_id, j->mid, j->count, psk);
    derive_wrap_root_resumed(j->secrets->rsec, j->sess_id, j->mid, j->count, wrap);
    const struct line_opening how = {
        .stage = INNER_AT_ADMITTED,
        .psk = psk,
        .identity = span_of(identity, derive_resume_identity(j->mid, j->count, identity)),
        .sess_id = j->sess_id,
        .handle = j->handle,
        .wrap = wrap};
    line_destroy(j->fresh);
    j->fresh = line_create(&how);
    crypto_wipe(psk, sizeof psk);
    crypto_wipe(wrap, sizeof wrap);
    j->again_ms = 0;
    j->deadline_ms = j->now_ms + RESUME_MS;
    channel_pump(j);
}

void channel_resume_again(struct joiner *j)
{
    uint64_t deadline = j->deadline_ms;
    channel_resume(j);
    if (j->stage != JOINER_OVER)
        j->deadline_ms = deadline;
}

/* Answers to an attempt before this one may still have been on their way: they break this attempt
   and nothing else. Nothing is said about it, so the organizer counts no failure; the next RESUME
   takes the place of this one. All attempts have the time of the first. */
void channel_resume_failed(struct joiner *j)
{
    line_destroy(j->fresh);
    j->fresh = NULL;
    j->deaf = true;
    j->again_ms = j->now_ms + AGAIN_MS;
}

static void resumed(struct joiner *j)
{
    line_destroy(j->line);
    j->line = j->fresh;
    j->fresh = NULL;
    j->returning = true;
    j->deaf = false;
    j->deadline_ms = j->now_ms + HANDSHAKE_MS; /* for SNAPSHOT */
    derive_resume_secret(line_bind(j->line), j->sess_id, j->mid, j->count + 1,
                         j->secrets->rsec_next);
}

/* --- reading --- */

static void on_up(struct joiner *j)
{
    if (j->fresh)
        resumed(j);
    else
        say_hello(j);
}

/* Without END, KICKED or REFUSE before it, the peer's close is a cut. While the organizer is away,
   what comes on the old channel is what its line left behind. */
static void on_bad(struct joiner *j, enum line_result r, enum e2e_code code)
{
    if (j->fresh)
        channel_resume_failed(j);
    else if (j->away_ms && !j->returning)
        j->deaf = true;
    else
        joiner_fail(j, r == LINE_CLOSED ? E_CUT : code);
}

void channel_pump(struct joiner *j)
{
    while (j->stage != JOINER_OVER && (j->fresh || !j->deaf)) {
        if (j->shown && j->shown->waiting) {
            joiner_flush(j);
            return;
        }
        struct inner_message m;
        enum e2e_code code = E_NONE;
        enum line_result r = line_next(j->fresh ? j->fresh : j->line, &m, &code);
        if (r == LINE_NOTHING) {
            joiner_flush(j);
            return;
        }
        if (r == LINE_UP) {
            on_up(j);
        } else if (r == LINE_MESSAGE) {
            code = one_message(j, &m);
            if (code && j->stage != JOINER_OVER)
                joiner_fail(j, code);
        } else {
            on_bad(j, r, code);
        }
    }
}
