/*
 * Entrance: what a joiner is sent by a relay and by an organizer, both hostile, at every stage. The
 * first byte says how far an honest organizer takes it, then comes a list of u8 what, u16 length,
 * bytes. The target holds the keys of the organizer and of member 3: what it makes is sealed,
 * signed and chained as it should be, but for the one byte it is told to change.
 *
 * Whatever comes: the end is told once and nothing after it; nobody is welcomed whose password was
 * not proved, no line of the roster is told before a record has come, no unit is handed on twice,
 * no event is handed on and no control granted, since no pair channel is made here.
 */
#include "net/seal/crypto.h"
#include "net/seal/derive.h"
#include "net/seal/group_state.h"
#include "net/seal/joiner_state.h"
#include "net/seal/kdf.h"
#include "net/seal/sig.h"
#include "net/seal/tls.h"
#include "tests/fuzz/joiner_port.h"
#include "tests/fuzz/seal_leaks.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum what {
    TIME_PASSES,
    ORGANIZER_SAYS, /* a message around the channel, as it is */
    MEMBER_SAYS,    /* u16 mid, the same */
    TLS_SAYS,       /* bytes of the channel as the relay makes them up */
    PROVES,         /* M2 */
    SPEAKS,         /* u8 type, body: through the channel */
    WELCOMES,
    ADMITS,
    RECORDS,
    ANSWERS_PING,
    SEALS,
    UNIT_COMES, /* as it is */
    REPEATS,    /* a unit of before */
    RELAY_DOES,
    WITHHOLDS, /* messages of the organizer wait, or what waited comes */
    USER_DOES,
    WHATS
};

static EVP_PKEY *org, *third_key;
static uint8_t m0[OUTER_M0_LEN], sess_id[SESS_ID_LEN], org_pub[POINT_LEN];
static struct pake *verifier;

/* --- instead of net/seal/stretch.c: what it takes is time, of which there is none here --- */

bool stretch_canonical(struct span typed, uint8_t out[PASSWORD_MAX], size_t *len)
{
    memcpy(out, typed.data, typed.len);
    *len = typed.len;
    return true;
}

void stretch_password(unsigned kind, struct span canonical, const uint8_t salt[32],
                      uint8_t out[2 * STRETCH_OUT])
{
    (void)kind;
    kdf_hkdf512(canonical, span_of(salt, 32), span_of("", 0), out, 2 * STRETCH_OUT);
}

/* --- the organizer's end of the channel --- */

static void open_line(enum inner_stage stage, const uint8_t psk[PSK_LEN], struct span id,
                      const uint8_t wrap[SHARED_LEN])
{
    const struct line_opening how = {.at_organizer = true,
                                     .stage = stage,
                                     .psk = psk,
                                     .identity = id,
                                     .sess_id = sess_id,
                                     .handle = s.handle,
                                     .wrap = wrap};
    line_destroy(s.line);
    s.line = line_create(&how);
    s.deaf = false;
}

static void on_resume(const struct outer_resume *r)
{
    uint8_t psk[PSK_LEN], id[IDENTITY_MAX], wrap[SHARED_LEN];
    derive_resume_psk(s.rsec, sess_id, r->mid, r->count, psk);
    derive_wrap_root_resumed(s.rsec, sess_id, r->mid, r->count, wrap);
    open_line(INNER_AT_MEMBER, psk, span_of(id, derive_resume_identity(r->mid, r->count, id)),
              wrap);
    s.resumes = r->count;
    s.resuming = true;
    s.pinged = false;
}

static void on_inner(const struct inner_message *m)
{
    if (m->type == INNER_HELLO)
        line_set_stage(s.line, INNER_AT_REVEAL);
    else if (m->type == INNER_REVEAL)
        line_set_stage(s.line, INNER_AT_WAITING);
    else if (m->type == INNER_PING && (s.pinged = true))
        memcpy(s.ping, m->body.data, sizeof s.ping);
}

static void read_line(void)
{
    struct inner_message m;
    enum e2e_code code;
    while (!s.deaf) {
        enum line_result r = line_next(s.line, &m, &code);
        if (r == LINE_MESSAGE)
            on_inner(&m);
        else if (r == LINE_UP && s.resuming)
            derive_resume_secret(line_bind(s.line), sess_id, s.mid, s.resumes + 1, s.rsec);
        else if (r == LINE_NOTHING)
            return;
        else
            s.deaf = r != LINE_UP;
    }
}

static void hear(struct span body)
{
    struct outer_resume r;
    struct span tls;
    if (outer_m1_parse(body, &s.m1) == E_NONE)
        s.shook = true;
    else if (outer_resume_parse(body, &r) == E_NONE)
        on_resume(&r);
    else if (s.line && outer_chan_parse(body, &tls) == E_NONE) {
        line_feed(s.line, tls);
        read_line();
    }
}

static void deliver(struct span body)
{
    if (!s.withholds)
        joiner_message(s.j, 1, body, s.now);
    else if (s.n_waiting < WAITING) {
        s.waiting[s.n_waiting].len = body.len;
        memcpy(s.waiting[s.n_waiting++].bytes, body.data, body.len);
    }
}

/* Until both have said all they have to say. */
static void exchange(void)
{
    static uint8_t out[OUTER_MAX];
    for (bool more = true; more;) {
        size_t n = s.n_sent;
        for (size_t i = 0; i < n; i++)
            hear(span_of(s.sent[i].bytes, s.sent[i].len));
        more = n > 0;
        s.n_sent = 0;
        for (size_t len; s.line && (len = line_take(s.line, out)); more = true)
            deliver(span_of(out, len));
    }
}

static void speak(enum inner_type type, struct span body)
{
    if (s.line && line_up(s.line))
        (void)line_send(s.line, type, body);
}

/* u8 place and u8 bits: changes one byte, or with no bits none. */
static void spoil(struct get *g, uint8_t *bytes, size_t len)
{
    uint8_t place = get_u8(g), bits = get_u8(g);
    if (len)
        bytes[place % len] ^= bits;
}

static void prove(struct get *g)
{
    struct outer_m2 m2 = {.handle = s.m1.handle};
    struct pake_try try = {0};
    struct pake_keys keys;
    uint8_t context[PAKE_CONTEXT_MAX], out[OUTER_M2_LEN], psk[PSK_LEN], wrap[SHARED_LEN],
        id[IDENTITY_MAX];
    const struct derive_join join = {.sess_id = sess_id,
                                     .m0 = span_of(m0, sizeof m0),
                                     .handle = s.handle,
                                     .rand_j = s.m1.rand_j,
                                     .rand_o = m2.rand_o};
    if (!s.shook || s.proved)
        return;
    crypto_random(m2.rand_o, sizeof m2.rand_o);
    const struct pake_terms terms = {
        .context = span_of(context, derive_join_context(&join, context, sizeof context)),
        .id_prover = span_of(PAKE_ID_PROVER, sizeof PAKE_ID_PROVER - 1),
        .id_verifier = span_of(PAKE_ID_VERIFIER, sizeof PAKE_ID_VERIFIER - 1)};
    must(pake_start(verifier, NULL, &try));
    memcpy(m2.share, try.share, POINT_LEN);
    must(pake_run(verifier, &try, s.m1.share, &terms, &keys, NULL));
    memcpy(m2.confirm, keys.confirm_v, PAKE_CONFIRM);
    derive_join_psk(keys.shared, sess_id, s.handle, psk);
    derive_wrap_root(keys.shared, sess_id, s.handle, wrap);
    open_line(INNER_AT_HELLO, psk, span_of(id, derive_join_identity(s.handle, id)), wrap);
    outer_m2_build(&m2, out);
    uint8_t was[OUTER_M2_LEN];
    memcpy(was, out, sizeof was);
    spoil(g, out, sizeof out);
    s.proved = memcmp(was, out, sizeof was) == 0;
    deliver(span_of(out, sizeof out));
}

/* u8 state, u8 kind of identity, its key and signature, spoiling, name. */
static void welcome(struct get *g)
{
    uint8_t nonce[32] = {1}, opop[SIG_LEN], proof[INNER_PROOF_MAX], key[32] = {2}, out[1024];
    struct inner_welcome w = {.nonce_o = nonce, .state = get_u8(g), .opop = opop};
    struct put p = put_into(out, sizeof out);
    if (!s.line || !line_up(s.line) || !s.j->sig)
        return;
    w.ident.alg = get_u8(g);
    if (w.ident.alg)
        w.ident.key = span_of(key, sizeof key), w.ident.sig = span_of(opop, sizeof opop);
    sig_sign(org, "organizer",
             inner_proof(line_bind(s.line), s.j->sig_pub, span_of(nonce, sizeof nonce), proof),
             opop);
    spoil(g, opop, sizeof opop);
    w.name = span_of(g->at, g->left < MAX_NAME ? g->left : MAX_NAME);
    inner_welcome_build(&w, &p);
    if (p.ok)
        speak(INNER_WELCOME, span_of(out, p.len));
}

static void admit(struct get *g)
{
    uint8_t out[2];
    struct put p = put_into(out, sizeof out);
    uint16_t mid = get_u16(g);
    put_u16(&p, mid);
    if (!s.line || !line_up(s.line))
        return;
    if (!s.mid && mid > 1) {
        s.mid = mid;
        derive_resume_secret(line_bind(s.line), sess_id, s.mid, 0, s.rsec);
    }
    speak(INNER_ADMIT, span_of(out, sizeof out));
    line_set_stage(s.line, INNER_AT_MEMBER);
}

/* --- records --- */

static void put_person(struct put *p, uint16_t mid, uint8_t role, struct span name)
{
    struct record_add a = {.mid = mid, .role = role, .name_len = (uint8_t)name.len};
    memcpy(a.name, name.data, name.len);
    sig_public(mid == 1 ? org : mid == s.mid && s.j->sig ? s.j->sig : third_key, a.sig_pub);
    record_put_add(p, &a);
}

/* Everybody the organizer knows; before its first record: itself, the joiner and member 3. */
static void put_all(struct put *p, struct record_head *h)
{
    size_t n = group_count(s.author);
    h->n_add = n ? (uint16_t)n : 3;
    record_begin(p, h);
    record_put_adds(p, h);
    for (size_t i = 0; i < n; i++) {
        const struct group_person *who = group_at(s.author, i);
        put_person(p, who->mid, who->role, span_of(who->name, who->name_len));
    }
    if (n)
        return;
    put_person(p, 1, ROLE_ORGANIZER, span_of("O", 1));
    put_person(p, s.mid ? s.mid : 2, ROLE_PARTICIPANT, span_of("J", 1));
    put_person(p, 3, ROLE_PARTICIPANT, span_of("T", 1));
}

/* u8 n_del: u8 mid, u8 reason; u8 n_add: u8 mid, u8 role. */
static void put_lists(struct put *p, struct record_head *h, struct get *g)
{
    struct record_del d[8];
    h->n_del = get_u8(g) % 8;
    for (unsigned i = 0; i < h->n_del; i++)
        d[i].mid = get_u8(g), d[i].reason = get_u8(g);
    h->n_add = get_u8(g) % 8;
    record_begin(p, h);
    for (unsigned i = 0; i < h->n_del; i++)
        record_put_del(p, &d[i]);
    record_put_adds(p, h);
    for (unsigned i = 0; i < h->n_add; i++) {
        uint8_t mid = get_u8(g), role = get_u8(g);
        put_person(p, mid, role, span_of("N", 1));
    }
}

static void send_record(enum record_kind kind, struct span rec, uint8_t secret[SECRET_LEN])
{
    static uint8_t body[SECRET_LEN + 4096];
    if (kind == RECORD_END) {
        speak(INNER_END, rec);
        return;
    }
    memcpy(body, secret, SECRET_LEN);
    memcpy(body + SECRET_LEN, rec.data, rec.len);
    if (s.line && line_up(s.line))
        line_wrap(s.line, group_record_epoch(rec), body);
    speak(kind == RECORD_EPOCH ? INNER_EPOCH : INNER_SNAPSHOT, span_of(body, SECRET_LEN + rec.len));
}

/* The others get the same, as it was before it was spoilt. */
static void apply(enum record_kind kind, struct span rec, uint8_t secret[SECRET_LEN])
{
    if (kind == RECORD_EPOCH) {
        (void)group_epoch(s.author, rec, secret, s.now);
        (void)group_epoch(s.third, rec, secret, s.now);
    } else if (kind == RECORD_SNAPSHOT && !group_now_epoch(s.third)) {
        (void)group_snapshot(s.third, rec, secret);
    }
}

/* u8 kind (with 0x80: everybody is named; with 0x40: the joiner does not get it), u8 flags,
   u8 presenter, spoiling before it is signed, spoiling of the secret, the lists. */
static void record(struct get *g)
{
    static uint8_t rec[4096];
    uint8_t secret[SECRET_LEN], what = get_u8(g);
    struct record_head h;
    struct put p = put_into(rec, sizeof rec - SIG_LEN);
    enum record_kind kind = (enum record_kind)(what & 3);
    group_next_head(s.author, kind, &h);
    h.flags = get_u8(g);
    h.presenter = get_u8(g);
    struct get changes = *g;
    (void)get_u32(g);
    memset(secret, (int)(h.log_seq + 1), sizeof secret);
    if (kind != RECORD_EPOCH && group_now_epoch(s.author))
        group_secret(s.author, secret);
    derive_commit(secret, sess_id, h.epoch, h.commit);
    if (what & 0x80)
        put_all(&p, &h);
    else
        put_lists(&p, &h, g);
    if (!p.ok)
        return;
    size_t len = p.len;
    spoil(&changes, rec, len);
    p.cap = sizeof rec;
    record_finish(&p, 0, org);
    uint8_t told[SECRET_LEN];
    memcpy(told, secret, sizeof told);
    spoil(&changes, told, sizeof told);
    if (!(what & 0x40)) {
        s.records++;
        send_record(kind, span_of(rec, p.len), told);
    }
    apply(kind, span_of(rec, p.len), secret);
}

/* Spoiling of PONG. */
static void pong(struct get *g)
{
    uint8_t out[128];
    struct put p = put_into(out, sizeof out);
    const struct inner_pong m = {.nonce = s.ping,
                                 .epoch = group_now_epoch(s.author),
                                 .log_seq = group_log_seq(s.author),
                                 .head = group_head(s.author)};
    if (!s.pinged)
        return;
    inner_pong_build(&m, &p);
    spoil(g, out, p.len);
    speak(INNER_PONG, span_of(out, p.len));
}

/* --- units --- */

static void keep(struct span wire)
{
    size_t at = s.n_kept++ % KEPT;
    free(s.kept[at].bytes);
    s.kept[at].len = wire.len;
    s.kept[at].bytes = malloc(wire.len);
    must(s.kept[at].bytes != NULL);
    memcpy(s.kept[at].bytes, wire.data, wire.len);
}

/* u8 stream (with 0x80: of member 3, with 0x40: it does not come now), u8 flags, u8 how many
   counters are left out, spoiling, content. A member's client seals what it likes. */
static void seal(struct get *g)
{
    static uint8_t wire[UNIT_WIRE_MAX];
    uint8_t what = get_u8(g), flags = get_u8(g) & 1, skipped = get_u8(g) % 8;
    struct group *from = what & 0x80 ? s.third : s.author;
    uint16_t presents = from->presenter;
    uint8_t changes[2] = {get_u8(g), get_u8(g)};
    struct get spoiling = get_from(changes, sizeof changes);
    if (!group_now_epoch(from))
        return;
    from->presenter = from->own_mid;
    size_t len = 0;
    for (unsigned i = 0; i <= skipped; i++)
        len = group_seal(from, (uint8_t)(1 + (what & 7) % STREAM_LAST), flags,
                         span_of(g->at, g->left < MAX_UNIT ? g->left : MAX_UNIT), wire);
    from->presenter = presents;
    if (!len)
        return;
    s.sealed += !changes[1];
    spoil(&spoiling, wire, len);
    keep(span_of(wire, len));
    if (!(what & 0x40))
        joiner_unit(s.j, span_of(wire, len), s.now);
}

static void repeat(struct get *g)
{
    size_t at = get_u8(g) % KEPT;
    if (s.kept[at].len)
        joiner_unit(s.j, span_of(s.kept[at].bytes, s.kept[at].len), s.now);
}

/* --- the relay, and the user --- */

/* Our own M0, spoilt or not; longer: that one. */
static void opens(struct get *g)
{
    uint8_t own[OUTER_M0_LEN];
    struct span given = span_of(g->at, g->left);
    memcpy(own, m0, sizeof own);
    if (g->left <= 2) {
        spoil(g, own, sizeof own);
        given = span_of(own, sizeof own);
    }
    joiner_opened(s.j, (const uint8_t *)"123456789", s.handle, given, s.now);
}

static void relay_does(struct get *g)
{
    uint8_t what = get_u8(g) % 8;
    if (what == 0 || what == 1)
        joiner_away(s.j, what, s.now);
    else if (what == 2)
        joiner_cut(s.j, s.now);
    else if (what == 3)
        joiner_back(s.j, s.handle = 8 + get_u8(g), s.now);
    else if (what == 4)
        joiner_bound(s.j, s.now);
    else if (what == 5)
        joiner_need(s.j, s.now);
    else if (what == 6)
        joiner_lost(s.j);
    else
        opens(g);
}

/* What waited comes, the one named first. */
static void let_go(struct get *g)
{
    size_t n = s.n_waiting, first = n ? get_u8(g) % n : 0;
    s.n_waiting = 0;
    for (size_t i = 0; i < n; i++) {
        const struct message *m = &s.waiting[(first + i) % n];
        joiner_message(s.j, 1, span_of(m->bytes, m->len), s.now);
    }
}

static void withhold(struct get *g)
{
    s.withholds = !s.withholds;
    if (!s.withholds)
        let_go(g);
}

static void control_does(uint8_t what, struct get *g)
{
    const struct signal_terms terms = {.caps = 1, .ttl_s = 60, .idle_s = 30};
    struct control *c = joiner_control(s.j, s.now);
    if (!c)
        return;
    if (what == 0)
        control_ask(c, get_u16(g), get_u8(g) & 1, s.now);
    else if (what == 1 && s.asked)
        control_grant(c, 3, s.request, &terms, s.now);
    else if (what == 2)
        control_deny(c, 3, s.request, s.now);
    else
        control_invite(c, get_u8(g), s.now);
}

static void sharing_does(uint8_t what, struct get *g)
{
    struct span rest = span_of(g->at, g->left < MAX_UNIT ? g->left : MAX_UNIT);
    if (what == 0)
        (void)joiner_share(s.j, s.now);
    else if (what == 1)
        (void)joiner_unshare(s.j, get_u8(g) & 1, s.now);
    else if (what == 2)
        joiner_screen(s.j, true, rest, s.now);
    else if (what == 3)
        joiner_cursor(s.j, true, rest, s.now);
    else if (what == 4)
        (void)joiner_mirror(s.j, get_u8(g) & 1, s.now);
    else
        joiner_mirror_need(s.j, s.now);
}

static void user_does(struct get *g)
{
    static const uint8_t fp[IDENTITY_FP];
    uint8_t what = get_u8(g) % 20;
    const struct identity_answer answer = {.yes = true, .fp = fp};
    if (what < 4)
        control_does(what, g);
    else if (what < 10)
        sharing_does(what - 4, g);
    else if (what == 10)
        joiner_view(s.j, get_u8(g) & 1, s.now);
    else if (what == 11)
        joiner_need_key(s.j, s.now);
    else if (what == 12)
        joiner_answer(s.j, get_u8(g) & 1, s.now);
    else if (what == 13)
        joiner_second(s.j, get_u8(g), s.now);
    else if (what == 14)
        joiner_verified(s.j, 1, get_u8(g) & 1, s.now);
    else if (what == 15)
        joiner_identified(s.j, 1, &answer, s.now);
    else if (what == 16)
        joiner_leave(s.j, s.now);
    else
        (void)joiner_chat(s.j, span_of(g->at, g->left < MAX_CHAT ? g->left : MAX_CHAT), s.now);
}

/* --- all of it --- */

static void says_tls(struct get *g)
{
    static uint8_t out[OUTER_MAX];
    size_t n = g->left < OUTER_CHAN_MAX ? g->left : OUTER_CHAN_MAX;
    outer_chan_head(out);
    if (n)
        memcpy(out + OUTER_HEAD, g->at, n);
    joiner_message(s.j, 1, span_of(out, OUTER_HEAD + n), s.now);
}

static void speak_as_told(struct get *g)
{
    uint8_t type = get_u8(g);
    if (type == INNER_ADMIT)
        admit(g);
    else
        speak((enum inner_type)type, span_of(g->at, g->left < 4096 ? g->left : 4096));
}

/* u16, of 4 ms each; without, until something is due. What was due is done in a few turns:
   else the process would never rest. */
static void pass_time(struct get *g)
{
    uint64_t due = joiner_due(s.j);
    if (g->left)
        s.now += 1 + (uint64_t)get_u16(g) * 4;
    else if (due != UINT64_MAX && due > s.now)
        s.now = due;
    for (int i = 0; i < 4 && (i == 0 || joiner_due(s.j) <= s.now); i++)
        joiner_tick(s.j, s.now);
    must(joiner_due(s.j) > s.now);
}

static void one(enum what what, struct get *g)
{
    static void (*const does[WHATS])(struct get *) = {
        [TLS_SAYS] = says_tls,     [PROVES] = prove,       [SPEAKS] = speak_as_told,
        [WELCOMES] = welcome,      [ADMITS] = admit,       [RECORDS] = record,
        [ANSWERS_PING] = pong,     [SEALS] = seal,         [REPEATS] = repeat,
        [RELAY_DOES] = relay_does, [WITHHOLDS] = withhold, [USER_DOES] = user_does};
    if (what == TIME_PASSES) {
        pass_time(g);
    } else if (what == ORGANIZER_SAYS || what == MEMBER_SAYS) {
        uint32_t peer = what == ORGANIZER_SAYS ? 1 : get_u16(g);
        joiner_message(s.j, peer, span_of(g->at, g->left), s.now);
    } else if (what == UNIT_COMES) {
        joiner_unit(s.j, span_of(g->at, g->left), s.now);
    } else {
        does[what](g);
    }
    exchange();
    must(s.over == (s.j->stage == JOINER_OVER));
}

/* An honest organizer, so far: M0, PAKE, WELCOME, ADMIT, SNAPSHOT, a proved line, the word. */
static void lead(unsigned stages)
{
    static const struct {
        uint8_t what, len, bytes[8];
    } steps[] = {{PROVES, 0, {0}},           {WELCOMES, 5, {1, 0, 0, 0, 'O'}},
                 {ADMITS, 2, {0, 2}},        {RECORDS, 7, {0xc1, 0, 1}},
                 {RECORDS, 7, {0x82, 0, 1}}, {USER_DOES, 2, {10, 1}},
                 {TIME_PASSES, 2, {1, 0}},   {ANSWERS_PING, 2, {0}},
                 {RECORDS, 7, {0x01, 0, 2}}, {USER_DOES, 1, {4}}};
    for (unsigned i = 0; i < stages && i < sizeof steps / sizeof *steps; i++) {
        struct get g = get_from(steps[i].bytes, steps[i].len);
        one((enum what)steps[i].what, &g);
    }
}

static void nobody(void *ctx, const struct group_person *p, unsigned reason)
{
    (void)ctx, (void)p, (void)reason;
}

static void init(void)
{
    struct outer_m0 m = {.pwmode = 1, .stretch = STRETCH_SCRYPT};
    uint8_t salt[32], ws[2 * STRETCH_OUT], w0[PAKE_SCALAR], w1[PAKE_SCALAR], L[POINT_LEN];
    must(crypto_init() && tls_init());
    pake_init();
    org = sig_create(), third_key = sig_create();
    sig_public(org, org_pub);
    memcpy(m.org_pub, org_pub, POINT_LEN);
    outer_m0_build(&m, m0);
    derive_session_id((const uint8_t *)"123456789", E2E_SUITE, m.sess_rand, org_pub, sess_id);
    derive_salt(sess_id, m.pw_gen, salt);
    stretch_password(STRETCH_SCRYPT, span_of("secret", 6), salt, ws);
    must(pake_reduce(ws, w0) && pake_reduce(ws + STRETCH_OUT, w1) && pake_verifier_point(w1, L));
    verifier = pake_create_verifier(w0, L);
    must(verifier != NULL);
}

static void begin(void)
{
    const struct joiner_config config = {.password = span_of("secret", 6), .name = span_of("J", 1)};
    memset(&s, 0, offsetof(struct scene, sent));
    s.n_sent = s.n_waiting = s.n_kept = 0;
    s.now = 1000;
    s.handle = 7;
    s.author = group_create(sess_id, org_pub, org, nobody, NULL);
    s.third = group_create(sess_id, org_pub, third_key, nobody, NULL);
    must(s.author && s.third);
    group_set_own_mid(s.author, 1);
    group_set_own_mid(s.third, 3);
    s.j = joiner_create(&port, &config, s.now);
    must(s.j != NULL);
}

static void finish(void)
{
    joiner_destroy(s.j);
    line_destroy(s.line);
    group_destroy(s.author), group_destroy(s.third);
    for (size_t i = 0; i < KEPT; i++) {
        free(s.kept[i].bytes);
        s.kept[i].bytes = NULL, s.kept[i].len = 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!org)
        init();
    if (!size)
        return 0;
    begin();
    if (data[0] % 12) {
        joiner_opened(s.j, (const uint8_t *)"123456789", s.handle, span_of(m0, sizeof m0), s.now);
        exchange();
        lead(data[0] % 12 - 1);
        must(!s.over);
    }
    data++, size--;
    while (size >= 3 && !s.over) {
        enum what what = (enum what)(data[0] % WHATS);
        size_t len = (size_t)data[1] << 8 | data[2];
        data += 3, size -= 3;
        len = len < size ? len : size;
        struct get g = get_from(data, len);
        one(what, &g);
        data += len, size -= len;
    }
    finish();
    return 0;
}
