/*
 * A joiner from the invitation to the channel, and its end. Runs in vitrine-seal; distrusts M0,
 * relay and organizer until each has proved itself.
 */
#include "net/seal/joiner.h"
#include "net/seal/crypto.h"
#include "net/seal/derive.h"
#include "net/seal/due.h"
#include "net/seal/joiner_state.h"
#include "net/seal/kdf.h"
#include "net/seal/sig.h"
#include <openssl/evp.h>

/* M1 may wait its turn for 30 s, then M2 has 30 s, and the line its delays. */
#define JOIN_MS (2 * HANDSHAKE_MS + 10000)

/* --- life --- */

struct joiner *joiner_create(const struct port *port, const struct joiner_config *config,
                             uint64_t now_ms)
{
    struct joiner *j = crypto_zalloc(sizeof *j);
    struct joiner_secrets *s = j->secrets = crypto_alloc(sizeof *s);
    j->port = port;
    j->now_ms = now_ms;
    watch_init(&j->watch, port);
    j->has_fp = config->has_fp;
    memcpy(j->fp, config->fp, FP_LEN);
    j->has_password = config->password.len != 0;
    j->password_usable = stretch_canonical(config->password, s->canonical, &s->canonical_len) &&
                         (!j->has_password || s->canonical_len >= PASSWORD_MIN);
    if (!config->name.len || config->name.len > MAX_NAME) {
        joiner_destroy(j);
        return NULL;
    }
    j->name_len = (uint8_t)config->name.len;
    memcpy(j->name, config->name.data, j->name_len);
    j->identity = config->identity;
    j->identity_required = config->identity_required;
    return j;
}

static void wipe(struct joiner *j)
{
    watch_finish(&j->watch);
    speech_finish(j);
    control_destroy(j->control);
    line_destroy(j->line);
    line_destroy(j->fresh);
    pake_try_finish(&j->try);
    pake_destroy(j->pake);
    group_destroy(j->group);
    EVP_PKEY_free(j->sig);
    EVP_PKEY_free(j->org_key);
    crypto_free(j->secrets, sizeof *j->secrets);
    crypto_release(j->shown);
    j->shown = NULL;
    j->identity = NULL;
    j->line = j->fresh = NULL;
    j->pake = NULL;
    j->control = NULL;
    j->group = NULL;
    j->sig = j->org_key = NULL;
    j->secrets = NULL;
    sharing_finish(&j->sharing);
}

void joiner_destroy(struct joiner *j)
{
    if (!j)
        return;
    j->stage = JOINER_OVER; /* nobody is told of anything any more */
    wipe(j);
    crypto_release(j);
}

void joiner_finish(struct joiner *j, bool cut, enum e2e_code code, enum end_why why)
{
    if (j->stage == JOINER_OVER)
        return;
    if (j->control)
        control_cut(j->control, GRANT_END_SESSION, j->now_ms);
    j->stage = JOINER_OVER;
    wipe(j);
    j->port->ended(j->port->ctx, cut, code, why);
}

static void flush_line(struct joiner *j, struct line *line)
{
    uint8_t out[OUTER_MAX];
    for (size_t n; line && (n = line_take(line, out));)
        j->port->msg(j->port->ctx, 1, span_of(out, n));
}

void joiner_flush(struct joiner *j)
{
    if (!j->deaf) /* its alert would reach the organizer as the beginning of a fresh one */
        flush_line(j, j->line);
    flush_line(j, j->fresh);
}

void joiner_fail(struct joiner *j, enum e2e_code code)
{
    uint8_t out[OUTER_HEAD + 2];
    if (j->line && line_up(j->line)) {
        line_close(j->line);
        joiner_flush(j);
    } else if (j->handle) {
        joiner_flush(j); /* a TLS alert, if there is one */
        outer_error_build(code, out);
        j->port->msg(j->port->ctx, 1, span_of(out, sizeof out));
    }
    joiner_finish(j, true, code, END_WHY_FAILED);
}

/* What we cannot read has been written by another version: both are told. */
static void tell_sides(struct joiner *j, struct span message, enum e2e_code code)
{
    if (code != E_VERSION && code != E_SUITE)
        return;
    struct outer_sides s = outer_sides(message, code);
    j->port->sides(j->port->ctx, s.ours, s.theirs);
}

/* --- M0 --- */

/* What the invitation and the user know is compared before anything is sent. */
static enum e2e_code check_m0(struct joiner *j, struct span bytes, struct outer_m0 *m0)
{
    uint8_t fp[FP_LEN];
    enum e2e_code code = outer_m0_parse(bytes, m0);
    if (code)
        return code;
    derive_fingerprint(m0->org_pub, fp);
    if (j->has_fp && !crypto_equal(fp, j->fp, FP_LEN))
        return E_IDENTITY;
    /* Who has a password must not be led into a session without one, none cannot be proved, and
       what cannot be a password is a wrong one. */
    if (m0->pwmode != j->has_password || !j->password_usable)
        return E_AUTH;
    j->org_key = sig_from_public(m0->org_pub);
    return j->org_key ? E_NONE : E_POINT;
}

static bool make_prover(struct joiner *j, const struct outer_m0 *m0)
{
    uint8_t salt[32], ws[2 * STRETCH_OUT], w0[PAKE_SCALAR], w1[PAKE_SCALAR];
    derive_salt(j->sess_id, m0->pw_gen, salt);
    stretch_password(m0->stretch, span_of(j->secrets->canonical, j->secrets->canonical_len), salt,
                     ws);
    bool ok = pake_reduce(ws, w0) && pake_reduce(ws + STRETCH_OUT, w1);
    if (ok)
        j->pake = pake_create_prover(w0, w1);
    crypto_wipe(j->secrets->canonical, sizeof j->secrets->canonical);
    crypto_wipe(ws, sizeof ws);
    crypto_wipe(w0, sizeof w0);
    crypto_wipe(w1, sizeof w1);
    return ok && j->pake;
}

static void send_m1(struct joiner *j)
{
    struct outer_m1 m1 = {.handle = j->handle};
    uint8_t out[OUTER_M1_LEN];
    crypto_random(j->rand_j, sizeof j->rand_j);
    crypto_must(pake_start(j->pake, NULL, &j->try));
    memcpy(m1.rand_j, j->rand_j, RAND_LEN);
    memcpy(m1.share, j->try.share, POINT_LEN);
    outer_m1_build(&m1, out);
    j->stage = JOINER_SHOOK;
    j->deadline_ms = j->now_ms + JOIN_MS;
    j->port->msg(j->port->ctx, 1, span_of(out, sizeof out));
}

void joiner_opened(struct joiner *j, const uint8_t sid[SID_LEN], uint32_t handle, struct span bytes,
                   uint64_t now_ms)
{
    struct outer_m0 m0;
    if (j->stage != JOINER_IDLE)
        return;
    j->now_ms = now_ms;
    enum e2e_code code = check_m0(j, bytes, &m0);
    if (code) { /* nothing is sent: the organizer does not know of us */
        tell_sides(j, bytes, code);
        joiner_finish(j, true, code, END_WHY_FAILED);
        return;
    }
    j->identity_required |= (m0.flags & M0_IDENTITY) != 0;
    if (j->identity_required && !j->identity) {
        joiner_finish(j, true, E_IDENTITY, END_WHY_OURS);
        return;
    }
    j->handle = handle;
    memcpy(j->m0, bytes.data, OUTER_M0_LEN);
    memcpy(j->org_pub, m0.org_pub, POINT_LEN);
    derive_session_id(sid, E2E_SUITE, m0.sess_rand, m0.org_pub, j->sess_id);
    j->sig = sig_create();
    sig_public(j->sig, j->sig_pub);
    crypto_must(make_prover(j, &m0));
    send_m1(j);
}

/* --- M2 --- */

static void open_channel(struct joiner *j, const uint8_t shared[SHARED_LEN])
{
    uint8_t psk[PSK_LEN], identity[IDENTITY_MAX], wrap[SHARED_LEN];
    derive_join_psk(shared, j->sess_id, j->handle, psk);
    derive_wrap_root(shared, j->sess_id, j->handle, wrap);
    const struct line_opening how = {
        .stage = INNER_AT_HELLO,
        .psk = psk,
        .identity = span_of(identity, derive_join_identity(j->handle, identity)),
        .sess_id = j->sess_id,
        .handle = j->handle,
        .wrap = wrap};
    j->line = line_create(&how);
    crypto_wipe(psk, sizeof psk);
    crypto_wipe(wrap, sizeof wrap);
}

static enum e2e_code run_pake(struct joiner *j, const struct outer_m2 *m2, struct pake_keys *keys)
{
    uint8_t context[PAKE_CONTEXT_MAX];
    const struct derive_join join = {.sess_id = j->sess_id,
                                     .m0 = span_of(j->m0, sizeof j->m0),
                                     .handle = j->handle,
                                     .rand_j = j->rand_j,
                                     .rand_o = m2->rand_o};
    const struct pake_terms terms = {
        .context = span_of(context, derive_join_context(&join, context, sizeof context)),
        .id_prover = span_of(PAKE_ID_PROVER, sizeof PAKE_ID_PROVER - 1),
        .id_verifier = span_of(PAKE_ID_VERIFIER, sizeof PAKE_ID_VERIFIER - 1)};
    bool ok = pake_run(j->pake, &j->try, m2->share, &terms, keys, NULL);
    pake_destroy(j->pake);
    j->pake = NULL;
    if (!ok)
        return E_POINT;
    return crypto_equal(m2->confirm, keys->confirm_v, PAKE_CONFIRM) ? E_NONE : E_AUTH;
}

static void on_m2(struct joiner *j, struct span body)
{
    struct outer_m2 m2;
    struct outer_m3 m3 = {.handle = j->handle};
    struct pake_keys keys = {0};
    uint8_t out[OUTER_M3_LEN];
    enum e2e_code code = outer_m2_parse(body, &m2);
    if (!code && m2.handle != j->handle)
        code = E_PARSE;
    if (!code)
        code = run_pake(j, &m2, &keys);
    if (!code) {
        memcpy(m3.confirm, keys.confirm_p, PAKE_CONFIRM);
        outer_m3_build(&m3, out);
        j->port->msg(j->port->ctx, 1, span_of(out, sizeof out));
        open_channel(j, keys.shared);
        j->stage = JOINER_CHANNEL;
    }
    crypto_wipe(&keys, sizeof keys);
    if (code)
        joiner_fail(j, code);
    else
        channel_pump(j); /* ClientHello */
}

/* --- dispatch --- */

/* Unauthenticated: it can stop an attempt, and nothing else. Joining is begun again by hand,
   resuming by itself, as long as there is time for it. */
static void on_error(struct joiner *j, struct span body)
{
    enum e2e_code said = E_PARSE;
    enum e2e_code code = outer_error_parse(body, &said);
    if (j->stage == JOINER_SHOOK || j->stage == JOINER_CHANNEL)
        joiner_finish(j, true, code ? code : said, END_WHY_FAILED);
    else if (code)
        joiner_fail(j, code);
    else if (j->fresh)
        channel_resume_failed(j);
}

static void on_chan(struct joiner *j, struct span body)
{
    struct span tls;
    enum e2e_code code = outer_chan_parse(body, &tls);
    if (!code && !j->line && !j->fresh)
        code = E_STATE;
    if (code) {
        joiner_fail(j, code);
        return;
    }
    if (j->deaf && !j->fresh)
        return;
    if (j->shown && j->shown->waiting && (j->shown->unread += tls.len) > JOINER_UNREAD_MAX) {
        joiner_fail(j, E_LIMIT);
        return;
    }
    line_feed(j->fresh ? j->fresh : j->line, tls);
    channel_pump(j);
}

void joiner_message(struct joiner *j, uint32_t peer, struct span body, uint64_t now_ms)
{
    uint8_t type;
    if (j->stage == JOINER_OVER || j->stage == JOINER_IDLE)
        return;
    j->now_ms = now_ms;
    if (body.len && body.data[0] == OUTER_PAIR) {
        if (j->control && peer <= UINT16_MAX)
            control_pair(j->control, (uint16_t)peer, body, now_ms);
        return;
    }
    if (peer != 1)
        return; /* nobody but the organizer has anything else to say */
    enum e2e_code code = outer_type(body, &type);
    tell_sides(j, body, code);
    if (code)
        joiner_fail(j, code);
    else if (type == OUTER_CHAN)
        on_chan(j, body);
    else if (type == OUTER_ERROR)
        on_error(j, body);
    else if (type != OUTER_M2)
        joiner_fail(j, E_PARSE);
    else if (j->stage != JOINER_SHOOK)
        joiner_fail(j, E_STATE);
    else
        on_m2(j, body);
}

void joiner_unit(struct joiner *j, struct span wire, uint64_t now_ms)
{
    if (j->stage != JOINER_MEMBER)
        return; /* the relay sends units to bound members only; others could not open them */
    j->now_ms = now_ms;
    watch_take(&j->watch, wire, now_ms);
}

static bool may_return(const struct joiner *j)
{
    return j->stage == JOINER_MEMBER && j->group && group_now_epoch(j->group);
}

/* What had begun on the old line leads nowhere. */
static void wait_for_line(struct joiner *j)
{
    line_destroy(j->fresh);
    j->fresh = NULL;
    lease_forget(&j->lease);
    if (chat_unsure(&j->said_ms, j->now_ms))
        j->port->chat_lost(j->port->ctx, span_of(NULL, 0));
    speech_finish(j);
    control_cut(j->control, GRANT_END_LINE, j->now_ms);
    j->returning = j->offered = j->broken = false;
    j->deadline_ms = j->again_ms = 0;
    if (!j->away_ms)
        j->away_ms = j->now_ms;
    watch_away(&j->watch);
}

void joiner_bound(struct joiner *j, uint64_t now_ms)
{
    if (j->stage == JOINER_MEMBER && j->control)
        control_bound(j->control, now_ms);
}

/* Back without having gone: a relay that would have us resume on a line in use. At the organizer
   that ends what was granted (organizer_resume.c), so it ends here. */
void joiner_away(struct joiner *j, bool away, uint64_t now_ms)
{
    if (j->stage == JOINER_OVER || j->stage == JOINER_IDLE)
        return;
    j->now_ms = now_ms;
    if (!may_return(j)) {
        joiner_lost(j);
        return;
    }
    if (away || !j->away_ms)
        wait_for_line(j);
    if (!away)
        channel_resume(j);
}

void joiner_cut(struct joiner *j, uint64_t now_ms)
{
    if (j->stage == JOINER_OVER)
        return;
    j->now_ms = now_ms;
    if (may_return(j))
        wait_for_line(j);
    else
        joiner_lost(j);
}

void joiner_back(struct joiner *j, uint32_t handle, uint64_t now_ms)
{
    if (!may_return(j))
        return;
    j->now_ms = now_ms;
    j->handle = handle;
    wait_for_line(j);
    channel_resume(j);
}

void joiner_lost(struct joiner *j)
{
    joiner_finish(j, true, E_CUT, END_WHY_FAILED);
}

void joiner_leave(struct joiner *j, uint64_t now_ms)
{
    if (j->stage == JOINER_OVER)
        return;
    j->now_ms = now_ms;
    if (j->line && line_up(j->line)) {
        if (j->stage >= JOINER_WAITING)
            (void)line_send(j->line, INNER_LEAVE, span_of(NULL, 0));
        line_close(j->line);
        joiner_flush(j);
    }
    joiner_finish(j, false, E_NONE, END_WHY_SELF);
}

static void tell_organizer(struct joiner *j)
{
    const struct group_person *p = group_find(j->group, 1);
    if (p)
        joiner_tell_member(j, p, 0);
}

void joiner_identified(struct joiner *j, uint32_t ask, const struct identity_answer *a,
                       uint64_t now_ms)
{
    if (j->stage == JOINER_OVER || !j->shown || !j->shown->waiting || ask != 1)
        return;
    j->now_ms = now_ms;
    channel_identified(j, a);
}

/* Different words: somebody stands in between, and whatever is said goes to them. */
void joiner_verified(struct joiner *j, uint16_t mid, bool same, uint64_t now_ms)
{
    if (j->stage < JOINER_WAITING || j->stage == JOINER_OVER)
        return;
    j->now_ms = now_ms;
    if (!same) {
        line_close(j->line);
        joiner_flush(j);
        joiner_finish(j, true, E_IDENTITY, END_WHY_SELF);
    } else if (mid == 1 && !j->organizer_verified) {
        j->organizer_verified = true;
        if (j->group)
            tell_organizer(j);
    }
}

/* --- time --- */

void joiner_tick(struct joiner *j, uint64_t now_ms)
{
    if (j->stage == JOINER_OVER)
        return;
    j->now_ms = now_ms;
    bool late = j->deadline_ms && now_ms >= j->deadline_ms;
    bool away = j->away_ms && now_ms >= j->away_ms + RESUME_ORGANIZER_MS;
    if (late || away)
        joiner_fail(j, E_CUT);
    else if (j->again_ms && now_ms >= j->again_ms)
        channel_resume_again(j);
    else
        presenting_tick(j);
    if (j->stage != JOINER_OVER)
        speech_tick(j);
    if (j->control)
        control_tick(j->control, now_ms);
}

uint64_t joiner_due(const struct joiner *j)
{
    if (j->stage == JOINER_OVER)
        return UINT64_MAX;
    uint64_t due = due_sooner(watch_due(&j->watch), speech_due(j));
    if (j->group)
        due = due_sooner(due, sharing_due(&j->sharing));
    if (j->control)
        due = due_sooner(due, control_due(j->control));
    if (j->deadline_ms && j->deadline_ms < due)
        due = j->deadline_ms;
    if (j->again_ms)
        due = due_sooner(due, j->again_ms);
    if (j->away_ms && j->away_ms + RESUME_ORGANIZER_MS < due)
        due = j->away_ms + RESUME_ORGANIZER_MS;
    return due;
}
