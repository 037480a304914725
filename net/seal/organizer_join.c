/*
 * From M1 to the waiting room: guess limit, handshakes, and the first flight inside the channel
 * (e2e.md 6, 7). Runs in vitrine-seal of the organizer; distrusts everybody who knocks.
 */
#include "net/seal/crypto.h"
#include "net/seal/derive.h"
#include "net/seal/kdf.h"
#include "net/seal/organizer_state.h"
#include "net/seal/sig.h"
#include <openssl/evp.h>

static unsigned count_handshakes(const struct organizer *o)
{
    unsigned n = 0;
    for (const struct conn *c = o->conns; c; c = c->next)
        n += c->stage == CONN_SHOOK || c->stage == CONN_CHANNEL;
    return n;
}

static unsigned count_stage(const struct organizer *o, enum conn_stage stage)
{
    unsigned n = 0;
    for (const struct conn *c = o->conns; c; c = c->next)
        n += c->stage == stage;
    return n;
}

static struct pake_terms terms(struct span context)
{
    return (struct pake_terms){context, span_of(PAKE_ID_PROVER, sizeof PAKE_ID_PROVER - 1),
                               span_of(PAKE_ID_VERIFIER, sizeof PAKE_ID_VERIFIER - 1)};
}

/* The PAKE for one M1; from here on a guess is open. The handle is the one the relay names: if J
   was told another, the transcripts differ. */
static void answer(struct organizer *o, struct conn *c)
{
    struct outer_m2 m2 = {.handle = c->handle};
    struct pake_try try = {0};
    uint8_t context[PAKE_CONTEXT_MAX], out[OUTER_M2_LEN];
    crypto_random(m2.rand_o, sizeof m2.rand_o);
    const struct derive_join join = {.sess_id = o->sess_id,
                                     .m0 = span_of(o->m0, sizeof o->m0),
                                     .handle = c->handle,
                                     .rand_j = c->m1.rand_j,
                                     .rand_o = m2.rand_o};
    struct pake_terms t =
        terms(span_of(context, derive_join_context(&join, context, sizeof context)));
    crypto_must(pake_start(o->pake, NULL, &try));
    memcpy(m2.share, try.share, POINT_LEN);
    c->shake = crypto_alloc(sizeof *c->shake);
    if (!pake_run(o->pake, &try, c->m1.share, &t, &c->shake->keys, NULL)) {
        conn_fail(o, c, E_POINT);
        return;
    }
    memcpy(m2.confirm, c->shake->keys.confirm_v, PAKE_CONFIRM);
    outer_m2_build(&m2, out);
    guess_take(&o->guess, o->now_ms);
    c->counted = true;
    conn_to(o, c, CONN_SHOOK);
    o->port->msg(o->port->ctx, c->handle, span_of(out, sizeof out));
}

void join_queue(struct organizer *o)
{
    guess_tick(&o->guess, o->now_ms);
    for (struct conn *c = o->conns, *next; c; c = next) {
        next = c->next;
        if (c->stage != CONN_QUEUED)
            continue;
        if (guess_stopped(&o->guess))
            conn_fail(o, c, E_LIMIT);
        else if (guess_may(&o->guess) && count_handshakes(o) < HANDSHAKES_MAX)
            answer(o, c);
    }
}

/* What can be refused before any PAKE work. */
static enum e2e_code refusal(const struct organizer *o)
{
    if (o->end_by_ms)
        return E_BUSY;
    if (group_flags(o->group) & RECORD_LOCKED)
        return E_LOCKED;
    if (guess_stopped(&o->guess) || group_last_mid(o->group) == UINT16_MAX)
        return E_LIMIT;
    if (count_stage(o, CONN_QUEUED) >= GUESS_QUEUE ||
        count_stage(o, CONN_WAITING) + count_stage(o, CONN_IDENTITY) >= WAITING_MAX ||
        group_count(o->group) >= MAX_MEMBERS)
        return E_BUSY;
    return E_NONE;
}

void join_m1(struct organizer *o, uint32_t handle, struct span body)
{
    struct outer_m1 m1;
    enum e2e_code code = outer_m1_parse(body, &m1);
    if (!code && m1.handle != handle)
        code = E_PARSE;
    if (code) {
        organizer_error(o, handle, code, DROP_PROTOCOL);
        return;
    }
    code = refusal(o);
    if (code) {
        organizer_error(o, handle, code, code == E_LOCKED ? DROP_LOCKED : DROP_REFUSED);
        return;
    }
    struct conn *c = conn_add(o, handle, CONN_QUEUED);
    if (!c) {
        organizer_error(o, handle, E_BUSY, DROP_REFUSED);
        return;
    }
    c->m1 = m1;
    join_queue(o);
}

static void open_channel(struct organizer *o, struct conn *c)
{
    uint8_t psk[PSK_LEN], identity[IDENTITY_MAX], wrap[SHARED_LEN];
    const uint8_t *shared = c->shake->keys.shared;
    derive_join_psk(shared, o->sess_id, c->handle, psk);
    derive_wrap_root(shared, o->sess_id, c->handle, wrap);
    const struct line_opening how = {
        .at_organizer = true,
        .stage = INNER_AT_HELLO,
        .psk = psk,
        .identity = span_of(identity, derive_join_identity(c->handle, identity)),
        .sess_id = o->sess_id,
        .handle = c->handle,
        .wrap = wrap};
    c->line = line_create(&how);
    crypto_wipe(psk, sizeof psk);
    crypto_wipe(wrap, sizeof wrap);
    crypto_free(c->shake, sizeof *c->shake);
    c->shake = NULL;
    conn_to(o, c, CONN_CHANNEL);
}

void join_m3(struct organizer *o, struct conn *c, struct span body)
{
    struct outer_m3 m3;
    enum e2e_code code = outer_m3_parse(body, &m3);
    if (!code && c->stage != CONN_SHOOK)
        code = E_STATE;
    if (!code && m3.handle != c->handle)
        code = E_PARSE;
    if (!code && !crypto_equal(m3.confirm, c->shake->keys.confirm_p, PAKE_CONFIRM))
        code = E_AUTH;
    if (code) {
        conn_fail(o, c, code);
        return;
    }
    c->counted = false;
    guess_return(&o->guess);
    open_channel(o, c);
}

/* --- inside the channel --- */

/* Nothing where there is none. */
static struct inner_ident own_ident(const struct organizer *o, const struct conn *c,
                                    uint8_t sig[IDENTITY_SIG_MAX])
{
    const struct identity_claim claim = {.organizer = true,
                                         .bind = line_bind(c->line),
                                         .sig_pub = o->org_pub,
                                         .name = span_of(o->name, o->name_len)};
    if (!o->identity)
        return (struct inner_ident){0};
    size_t len = identity_sign(o->identity, &claim, sig);
    crypto_must(len != 0);
    return (struct inner_ident){(uint8_t)identity_alg(o->identity), identity_key(o->identity),
                                span_of(sig, len)};
}

static enum e2e_code welcome(struct organizer *o, struct conn *c)
{
    uint8_t proof[INNER_PROOF_MAX], opop[SIG_LEN], sig[IDENTITY_SIG_MAX];
    uint8_t out[1 + MAX_NAME + 32 + 1 + INNER_IDENT_MAX + SIG_LEN];
    crypto_random(c->nonce_o, sizeof c->nonce_o);
    struct span m = inner_proof(line_bind(c->line), c->sig_pub, span_of(c->nonce_o, 32), proof);
    sig_sign(o->sig, "organizer", m, opop);
    crypto_wipe(proof, sizeof proof);
    const struct inner_welcome w = {.name = span_of(o->name, o->name_len),
                                    .nonce_o = c->nonce_o,
                                    .state = !o->lobby,
                                    .ident = own_ident(o, c, sig),
                                    .opop = opop};
    struct put p = put_into(out, sizeof out);
    inner_welcome_build(&w, &p);
    crypto_must(p.ok);
    line_set_stage(c->line, INNER_AT_REVEAL);
    return line_send(c->line, INNER_WELCOME, span_of(out, p.len)) ? E_NONE : E_CHANNEL;
}

static bool pop_valid(const struct conn *c, const struct inner_hello *h)
{
    uint8_t proof[INNER_PROOF_MAX];
    EVP_PKEY *key = sig_from_public(h->sig_pub);
    bool ok =
        key && sig_verify(key, "member key",
                          inner_proof(line_bind(c->line), h->sig_pub, h->name, proof), h->pop);
    crypto_wipe(proof, sizeof proof);
    EVP_PKEY_free(key);
    return ok;
}

static struct identity_claim claim_of(const struct conn *c, struct span name)
{
    return (struct identity_claim){.bind = line_bind(c->line), .sig_pub = c->sig_pub, .name = name};
}

/* A key is tried here; whose it is, and what a chain is worth, others say when REVEAL is there. */
static enum e2e_code take_ident(struct organizer *o, struct conn *c, const struct inner_hello *h)
{
    const struct identity_claim claim = claim_of(c, h->name);
    const struct inner_ident *id = &h->ident;
    if (!id->alg)
        return o->identity_required ? E_IDENTITY : E_NONE;
    if (id->alg != IDENTITY_CHAINED && !identity_signed(id->alg, id->key, &claim, id->sig))
        return E_IDENTITY;
    c->id_alg = id->alg;
    if (id->alg != IDENTITY_CHAINED)
        identity_key_fingerprint(id->key, c->id_fp);
    c->shown = crypto_zalloc(sizeof *c->shown);
    memcpy(c->shown->key, id->key.data, id->key.len);
    memcpy(c->shown->sig, id->sig.data, id->sig.len);
    c->shown->key_len = id->key.len;
    c->shown->sig_len = id->sig.len;
    return E_NONE;
}

enum e2e_code join_hello(struct organizer *o, struct conn *c, struct span body)
{
    struct inner_hello h;
    if (!inner_hello_parse(body, &h))
        return E_PARSE;
    if (!pop_valid(c, &h))
        return E_CONTROL;
    memcpy(c->sig_pub, h.sig_pub, POINT_LEN);
    enum e2e_code code = take_ident(o, c, &h);
    if (code)
        return code;
    memcpy(c->name, h.name.data, h.name.len);
    c->name_len = (uint8_t)h.name.len;
    memcpy(c->com, h.com, sizeof c->com);
    return welcome(o, c);
}

void join_refuse(struct organizer *o, struct conn *c, enum inner_refusal why)
{
    const uint8_t reason = (uint8_t)why;
    (void)line_send(c->line, INNER_REFUSE, span_of(&reason, 1));
    conn_drop(o, c, DROP_REFUSED);
}

static void knock(struct organizer *o, struct conn *c)
{
    c->knock = ++o->last_knock;
    conn_to(o, c, CONN_WAITING);
    const struct port_knock k = {.knock = c->knock,
                                 .verified = join_level(c),
                                 .alg = c->id_alg,
                                 .fp = c->id_fp,
                                 .words = c->words,
                                 .name = span_of(c->name, c->name_len)};
    o->port->knock(o->port->ctx, &k);
}

uint8_t join_level(const struct conn *c)
{
    return c->id_alg == IDENTITY_CHAINED ? 2 : c->compared;
}

void join_approve(struct organizer *o, struct conn *c)
{
    if (join_level(c) < o->admission) { /* the broker knows that rule, too */
        join_refuse(o, c, REFUSAL_NO);
        return;
    }
    conn_to(o, c, CONN_APPROVED);
    epoch_join(o);
}

/* Everything that can be checked has been. */
static void at_the_door(struct organizer *o, struct conn *c)
{
    if (o->lobby) {
        knock(o, c);
    } else if (group_flags(o->group) & RECORD_LOCKED) {
        join_refuse(o, c, REFUSAL_LOCKED);
    } else {
        join_approve(o, c);
    }
}

static void ask_broker(struct organizer *o, struct conn *c)
{
    const struct port_identity i = {.ask = ++o->last_ask,
                                    .alg = c->id_alg,
                                    .fp = c->id_fp,
                                    .name = span_of(c->name, c->name_len),
                                    .key = span_of(c->shown->key, c->shown->key_len)};
    c->ask = i.ask;
    conn_to(o, c, CONN_IDENTITY);
    o->port->identity(o->port->ctx, &i);
}

/* The chain is good: is it theirs, and do they go by its name? */
static bool owns_chain(struct conn *c, const struct identity_answer *a)
{
    struct span name = span_of(c->name, c->name_len);
    const struct identity_claim claim = claim_of(c, name);
    if (a->name.len != name.len || memcmp(a->name.data, name.data, name.len) != 0 ||
        !identity_signed(IDENTITY_CHAINED, a->key, &claim,
                         span_of(c->shown->sig, c->shown->sig_len)))
        return false;
    memcpy(c->id_fp, a->fp, sizeof c->id_fp);
    return true;
}

void join_identified(struct organizer *o, struct conn *c, const struct identity_answer *a)
{
    c->ask = 0;
    bool good = a->yes && (c->id_alg != IDENTITY_CHAINED || owns_chain(c, a));
    crypto_release(c->shown);
    c->shown = NULL;
    if (good)
        at_the_door(o, c);
    else
        join_refuse(o, c, REFUSAL_IDENTITY);
}

enum e2e_code join_reveal(struct organizer *o, struct conn *c, struct span body)
{
    uint8_t com[32], sas[8];
    derive_commitment(body.data, com);
    if (!crypto_equal(com, c->com, sizeof com))
        return E_CONTROL;
    const struct derive_sas d = {.bind = line_bind(c->line),
                                 .nonce_j = body.data,
                                 .nonce_o = c->nonce_o,
                                 .sig_pub_j = c->sig_pub,
                                 .org_pub = o->org_pub};
    derive_sas(&d, sas);
    memcpy(c->words, sas, sizeof c->words);
    line_set_stage(c->line, INNER_AT_WAITING);
    if (c->id_alg)
        ask_broker(o, c);
    else
        at_the_door(o, c);
    return E_NONE;
}
