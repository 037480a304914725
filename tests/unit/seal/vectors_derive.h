/*
 * Files of the form of e2e1-derive.json: every derivation and every signed or sealed thing of
 * e2e.md 4 to 11. What is randomized (ECDSA) is checked by verifying; the rest byte by byte.
 */
#ifndef TESTS_UNIT_SEAL_VECTORS_DERIVE_H
#define TESTS_UNIT_SEAL_VECTORS_DERIVE_H
#include "net/seal/derive.h"
#include "net/seal/group.h"
#include "net/seal/inner.h"
#include "net/seal/outer.h"
#include "tests/unit/seal/vectors_wycheproof.h"

#define WHAT json_text(s, "SID")

static void derive_m0(const struct json *s, struct tally *t, uint8_t sess_id[SESS_ID_LEN])
{
    struct outer_m0 m0 = {.pwmode = *json_text(s, "password") != 0,
                          .stretch = (uint8_t)json_number(s, "stretch"),
                          .flags = (uint8_t)json_number(s, "flags"),
                          .pw_gen = (uint8_t)json_number(s, "pw_gen")};
    struct bytes rand = vectors_hex(s, "sess_rand"), pub = vectors_hex(s, "org_sig_pub"),
                 wire = vectors_hex(s, "M0");
    uint8_t out[OUTER_M0_LEN], fp[FP_LEN];
    struct outer_m0 back;
    memcpy(m0.sess_rand, rand.data, RAND_LEN);
    memcpy(m0.org_pub, pub.data, POINT_LEN);
    outer_m0_build(&m0, out);
    vectors_check(t, WHAT, out, sizeof out, s, "M0");
    vectors_true(t, WHAT, "parse M0",
                 outer_m0_parse(vectors_span(wire), &back) == E_NONE &&
                     memcmp(&back, &m0, sizeof m0) == 0);
    const uint8_t *sid = (const uint8_t *)json_text(s, "SID");
    derive_session_id(sid, E2E_SUITE, rand.data, pub.data, sess_id);
    vectors_check(t, WHAT, sess_id, SESS_ID_LEN, s, "sess_id");
    derive_fingerprint(pub.data, fp);
    vectors_check(t, WHAT, fp, FP_LEN, s, "fp");
    free(rand.data), free(pub.data), free(wire.data);
}

static void derive_password(const struct json *s, struct tally *t,
                            const uint8_t sess_id[SESS_ID_LEN], uint8_t w0[32], uint8_t w1[32])
{
    const char *password = json_text(s, "password"), *canonical = json_text(s, "canonical");
    uint8_t canon[PASSWORD_MAX], salt[32], ws[2 * STRETCH_OUT], in[256];
    size_t len = 0;
    bool ok = stretch_canonical(span_of(password, strlen(password)), canon, &len);
    vectors_true(t, WHAT, "canonical",
                 ok && len == strlen(canonical) && memcmp(canon, canonical, len) == 0);
    derive_salt(sess_id, (uint8_t)json_number(s, "pw_gen"), salt);
    vectors_check(t, WHAT, salt, sizeof salt, s, "salt");
    struct put p = put_into(in, sizeof in);
    pake_put_counted(&p, span_of(canon, len));
    pake_put_counted(&p, span_of(PAKE_ID_PROVER, strlen(PAKE_ID_PROVER)));
    pake_put_counted(&p, span_of(PAKE_ID_VERIFIER, strlen(PAKE_ID_VERIFIER)));
    vectors_check(t, WHAT, in, p.len, s, "input");
    stretch_password((unsigned)json_number(s, "stretch"), span_of(canon, len), salt, ws);
    vectors_check(t, WHAT, ws, STRETCH_OUT, s, "w0s");
    vectors_check(t, WHAT, ws + STRETCH_OUT, STRETCH_OUT, s, "w1s");
    vectors_true(t, WHAT, "w0, w1 in range",
                 pake_reduce(ws, w0) && pake_reduce(ws + STRETCH_OUT, w1));
    vectors_check(t, WHAT, w0, 32, s, "w0");
    vectors_check(t, WHAT, w1, 32, s, "w1");
}

/* Both sides with the given scalars; returns K_shared. */
static void derive_pake(const struct json *s, struct tally *t, const uint8_t w0[32],
                        const uint8_t w1[32], struct span context, struct pake_keys *keys)
{
    struct bytes x = vectors_hex(s, "x"), y = vectors_hex(s, "y");
    const struct pake_terms terms = {context, span_of(PAKE_ID_PROVER, strlen(PAKE_ID_PROVER)),
                                     span_of(PAKE_ID_VERIFIER, strlen(PAKE_ID_VERIFIER))};
    uint8_t L[POINT_LEN], share_p[POINT_LEN], share_v[POINT_LEN];
    struct pake_try tp = {0}, tv = {0};
    struct pake_trace trp = {0}, trv = {0};
    vectors_true(t, WHAT, "w1*P", pake_verifier_point(w1, L));
    vectors_check(t, WHAT, L, sizeof L, s, "L");
    struct pake *p = pake_create_prover(w0, w1), *v = pake_create_verifier(w0, L);
    vectors_true(t, WHAT, "x, y", pake_start(p, x.data, &tp) && pake_start(v, y.data, &tv));
    memcpy(share_p, tp.share, POINT_LEN);
    memcpy(share_v, tv.share, POINT_LEN);
    vectors_check(t, WHAT, share_p, POINT_LEN, s, "shareP");
    vectors_check(t, WHAT, share_v, POINT_LEN, s, "shareV");
    vectors_true(t, WHAT, "verifier", pake_run(v, &tv, share_p, &terms, keys, &trv));
    vectors_check(t, WHAT, trv.v, POINT_LEN, s, "V");
    vectors_check(t, WHAT, keys->shared, SHARED_LEN, s, "K_shared");
    vectors_true(t, WHAT, "prover", pake_run(p, &tp, share_v, &terms, keys, &trp));
    vectors_check(t, WHAT, trp.z, POINT_LEN, s, "Z");
    vectors_check(t, WHAT, trp.v, POINT_LEN, s, "V");
    vectors_check(t, WHAT, trp.tt, trp.tt_len, s, "TT");
    vectors_check(t, WHAT, trp.k_main, 64, s, "K_main");
    vectors_check(t, WHAT, trp.k_confirm_p, 64, s, "K_confirmP");
    vectors_check(t, WHAT, trp.k_confirm_v, 64, s, "K_confirmV");
    vectors_check(t, WHAT, keys->confirm_p, 64, s, "confirmP");
    vectors_check(t, WHAT, keys->confirm_v, 64, s, "confirmV");
    vectors_check(t, WHAT, keys->shared, SHARED_LEN, s, "K_shared");
    pake_destroy(p), pake_destroy(v);
    free(x.data), free(y.data);
}

static void derive_messages(const struct json *s, struct tally *t, const struct pake_keys *keys)
{
    uint32_t handle = (uint32_t)json_number(s, "handle");
    struct bytes rj = vectors_hex(s, "rand_J"), ro = vectors_hex(s, "rand_O"),
                 sp = vectors_hex(s, "shareP"), sv = vectors_hex(s, "shareV");
    struct outer_m1 m1 = {.handle = handle}, b1;
    struct outer_m2 m2 = {.handle = handle}, b2;
    struct outer_m3 m3 = {.handle = handle}, b3;
    uint8_t o1[OUTER_M1_LEN], o2[OUTER_M2_LEN], o3[OUTER_M3_LEN];
    memcpy(m1.rand_j, rj.data, RAND_LEN), memcpy(m1.share, sp.data, POINT_LEN);
    memcpy(m2.rand_o, ro.data, RAND_LEN), memcpy(m2.share, sv.data, POINT_LEN);
    memcpy(m2.confirm, keys->confirm_v, 64), memcpy(m3.confirm, keys->confirm_p, 64);
    outer_m1_build(&m1, o1), outer_m2_build(&m2, o2), outer_m3_build(&m3, o3);
    vectors_check(t, WHAT, o1, sizeof o1, s, "M1");
    vectors_check(t, WHAT, o2, sizeof o2, s, "M2");
    vectors_check(t, WHAT, o3, sizeof o3, s, "M3");
    vectors_true(t, WHAT, "parse M1..M3",
                 outer_m1_parse(span_of(o1, sizeof o1), &b1) == E_NONE &&
                     outer_m2_parse(span_of(o2, sizeof o2), &b2) == E_NONE &&
                     outer_m3_parse(span_of(o3, sizeof o3), &b3) == E_NONE && b1.handle == handle &&
                     b2.handle == handle && b3.handle == handle);
    free(rj.data), free(ro.data), free(sp.data), free(sv.data);
}

static void derive_resume(const struct json *s, const struct json *channel, struct tally *t,
                          const uint8_t sess_id[SESS_ID_LEN], uint32_t count)
{
    char name[16];
    snprintf(name, sizeof name, "resume_%u", count);
    const struct json *r = json_get(channel, name);
    if (!r)
        return;
    struct bytes bind = vectors_hex(channel, "bind");
    uint16_t mid = (uint16_t)json_number(channel, "mid");
    uint8_t rsec[SHARED_LEN], rpsk[PSK_LEN], wrap[SHARED_LEN];
    derive_resume_secret(bind.data, sess_id, mid, count, rsec);
    derive_resume_psk(rsec, sess_id, mid, count, rpsk);
    derive_wrap_root_resumed(rsec, sess_id, mid, count, wrap);
    vectors_check(t, name, rsec, sizeof rsec, r, "rsec");
    vectors_check(t, name, rpsk, sizeof rpsk, r, "rpsk");
    vectors_check(t, name, wrap, sizeof wrap, r, "wrap_0");
    free(bind.data);
    (void)s;
}

static bool verify_proof(const struct json *pub, const char *key, const char *label, struct span m,
                         const struct json *sig, const char *sig_key)
{
    struct bytes point = vectors_hex(pub, key), bytes = vectors_hex(sig, sig_key);
    EVP_PKEY *k = sig_from_public(point.data);
    bool ok = k && bytes.len == SIG_LEN && sig_verify(k, label, m, bytes.data);
    bytes.data[0] ^= 1;
    ok = ok && !sig_verify(k, label, m, bytes.data);
    EVP_PKEY_free(k);
    free(point.data), free(bytes.data);
    return ok;
}

/* pop covers the name J claimed. It stands in the records of the log; where a session has no log,
   the file does not say it, so the names its source used are tried. */
static bool derive_pop(const struct json *c, struct span bind, struct span pub, struct span name)
{
    static const char *const names[] = {"Jo", "Zo\xc3\xab"};
    uint8_t proof[INNER_PROOF_MAX];
    if (verify_proof(c, "sig_pub_J", "member key", inner_proof(bind.data, pub.data, name, proof), c,
                     "pop"))
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (verify_proof(
                c, "sig_pub_J", "member key",
                inner_proof(bind.data, pub.data, span_of(names[i], strlen(names[i])), proof), c,
                "pop"))
            return true;
    return false;
}

static void derive_channel(const struct json *s, struct tally *t,
                           const uint8_t sess_id[SESS_ID_LEN], struct span name)
{
    const struct json *c = json_get(s, "channel");
    if (!c)
        return;
    struct bytes bind = vectors_hex(c, "bind"), nj = vectors_hex(c, "nonce_J"),
                 no = vectors_hex(c, "nonce_O"), pub = vectors_hex(c, "sig_pub_J"),
                 org = vectors_hex(s, "org_sig_pub"), priv = vectors_hex(c, "sig_priv_J");
    uint8_t com[32], sas[8], proof[INNER_PROOF_MAX], own[POINT_LEN];
    derive_commitment(nj.data, com);
    vectors_check(t, WHAT, com, sizeof com, c, "com_J");
    derive_sas(&(struct derive_sas){bind.data, nj.data, no.data, pub.data, org.data}, sas);
    vectors_check(t, WHAT, sas, sizeof sas, c, "sas_bytes");
    unsigned i = 0;
    for (const struct json *w = json_get(c, "sas_word_index")->first; w; w = w->next)
        vectors_true(t, WHAT, "sas_word_index", i < 4 && strtoul(w->text, NULL, 10) == sas[i++]);
    vectors_true(t, WHAT, "opop",
                 verify_proof(s, "org_sig_pub", "organizer",
                              inner_proof(bind.data, pub.data, vectors_span(no), proof), c,
                              "opop"));
    vectors_true(t, WHAT, "pop", derive_pop(c, vectors_span(bind), vectors_span(pub), name));
    EVP_PKEY *k = vectors_private_key(vectors_span(priv), pub.data);
    sig_public(k, own);
    vectors_check(t, WHAT, own, sizeof own, c, "sig_pub_J");
    EVP_PKEY_free(k);
    derive_resume(s, c, t, sess_id, 0);
    derive_resume(s, c, t, sess_id, 1);
    free(bind.data), free(nj.data), free(no.data), free(pub.data), free(org.data), free(priv.data);
}

static void derive_session(const struct json *s, struct tally *t, struct span name)
{
    uint8_t sess_id[SESS_ID_LEN], w0[32], w1[32], context[PAKE_CONTEXT_MAX], psk[PSK_LEN],
        identity[IDENTITY_MAX], wrap[SHARED_LEN];
    uint32_t handle = (uint32_t)json_number(s, "handle");
    struct pake_keys keys;
    struct bytes m0 = vectors_hex(s, "M0"), rj = vectors_hex(s, "rand_J"),
                 ro = vectors_hex(s, "rand_O");
    derive_m0(s, t, sess_id);
    derive_password(s, t, sess_id, w0, w1);
    const struct derive_join join = {sess_id, vectors_span(m0), handle, rj.data, ro.data};
    size_t len = derive_join_context(&join, context, sizeof context);
    vectors_check(t, WHAT, context, len, s, "Context");
    derive_pake(s, t, w0, w1, span_of(context, len), &keys);
    derive_messages(s, t, &keys);
    derive_join_psk(keys.shared, sess_id, handle, psk);
    vectors_check(t, WHAT, psk, sizeof psk, s, "psk");
    len = derive_join_identity(handle, identity);
    vectors_check(t, WHAT, identity, len, s, "psk_identity");
    derive_wrap_root(keys.shared, sess_id, handle, wrap);
    vectors_check(t, WHAT, wrap, sizeof wrap, s, "wrap_0");
    derive_channel(s, t, sess_id, name);
    free(m0.data), free(rj.data), free(ro.data);
}

/* --- the log: records, wrapped secrets, a grant, units --- */

struct derive_log {
    const struct json *session, *log;
    uint8_t sess_id[SESS_ID_LEN];
    uint8_t wrap[SHARED_LEN];
    EVP_PKEY *org_sig, *member_sig;
};

static void derive_ignore(void *ctx, const struct group_person *p, unsigned reason)
{
    (void)ctx, (void)p, (void)reason;
}

static void derive_epoch(struct derive_log *d, struct tally *t, struct group *g, const char *which,
                         const char *wrapped, const char *next)
{
    const struct json *e = json_get(d->log, which);
    struct bytes secret = vectors_hex(e, "secret"), rec = vectors_hex(e, "rec");
    uint8_t commit[32], field[SECRET_LEN];
    uint32_t epoch = group_record_epoch(vectors_span(rec));
    derive_commit(secret.data, d->sess_id, epoch, commit);
    vectors_check(t, which, commit, sizeof commit, e, "commit");
    derive_wrap_step(d->wrap, epoch, secret.data, field);
    vectors_check(t, which, field, sizeof field, e, wrapped);
    vectors_check(t, which, d->wrap, sizeof d->wrap, e, next);
    vectors_true(t, which, "apply", group_epoch(g, vectors_span(rec), secret.data, 1000) == E_NONE);
    vectors_check(t, which, group_head(g), 32, e, "head");
    rec.data[rec.len / 2] ^= 1;
    vectors_true(t, which, "refuse",
                 group_epoch(g, vectors_span(rec), secret.data, 1000) != E_NONE);
    free(secret.data), free(rec.data);
}

static void derive_snapshot(struct derive_log *d, struct tally *t)
{
    struct bytes org = vectors_hex(d->session, "org_sig_pub"),
                 rec = vectors_hex(d->log, "snapshot1"),
                 secret = vectors_hex(json_get(d->log, "epoch1"), "secret");
    struct group *g = group_create(d->sess_id, org.data, d->member_sig, derive_ignore, NULL);
    group_set_own_mid(g, (uint16_t)json_number(json_get(d->session, "channel"), "mid"));
    vectors_true(t, "log", "snapshot1",
                 group_snapshot(g, vectors_span(rec), secret.data) == E_NONE);
    rec.data[rec.len - 1] ^= 1;
    vectors_true(t, "log", "refuse",
                 group_snapshot(g, vectors_span(rec), secret.data) == E_CONTROL);
    group_destroy(g);
    free(org.data), free(rec.data), free(secret.data);
}

static void derive_grant(struct derive_log *d, struct tally *t)
{
    const struct json *g = json_get(d->log, "grant");
    if (!g)
        return;
    char which[16];
    snprintf(which, sizeof which, "epoch%u", (unsigned)json_number(g, "epoch"));
    struct bytes secret = vectors_hex(json_get(d->log, which), "secret"),
                 id = vectors_hex(g, "grant_id");
    uint8_t psk[PSK_LEN], identity[IDENTITY_MAX];
    const struct derive_pair pair = {secret.data, d->sess_id, id.data,
                                     (uint16_t)json_number(g, "mid_C"),
                                     (uint16_t)json_number(g, "mid_P")};
    derive_pair_psk(&pair, psk);
    vectors_check(t, "grant", psk, sizeof psk, g, "pair_psk");
    size_t len = derive_pair_identity(id.data, identity);
    vectors_check(t, "grant", identity, len, g, "identity");
    free(secret.data), free(id.data);
}

static void derive_records(struct derive_log *d, struct tally *t)
{
    uint8_t start[32];
    struct bytes org = vectors_hex(d->session, "org_sig_pub"), end = vectors_hex(d->log, "end"),
                 wrap = vectors_hex(d->session, "wrap_0");
    derive_log_start(d->sess_id, start);
    vectors_check(t, "log", start, sizeof start, d->log, "log_start");
    memcpy(d->wrap, wrap.data, SHARED_LEN);
    struct group *g = group_create(d->sess_id, org.data, d->org_sig, derive_ignore, NULL);
    uint8_t reason;
    group_set_own_mid(g, 1);
    derive_epoch(d, t, g, "epoch1", "wrapped_in_snapshot", "wrap_1");
    derive_snapshot(d, t);
    derive_epoch(d, t, g, "epoch2", "wrapped", "wrap_2");
    vectors_true(t, "log", "end", group_end(g, vectors_span(end), &reason) == E_NONE);
    end.data[100] ^= 1;
    vectors_true(t, "log", "refuse end", group_end(g, vectors_span(end), &reason) != E_NONE);
    derive_grant(d, t);
    group_destroy(g);
    free(org.data), free(end.data), free(wrap.data);
}

/* The unit byte by byte, with the signature of the file, through the product's AEAD. */
static void derive_unit_bytes(const struct derive_log *d, const struct json *u, struct tally *t,
                              struct span secret)
{
    uint64_t kid = sframe_kid((uint32_t)json_number(u, "epoch"), (uint16_t)json_number(u, "mid"),
                              (uint8_t)json_number(u, "stream")),
             ctr = vectors_u64(u, "ctr");
    uint8_t flags = (uint8_t)json_number(u, "flags");
    uint8_t base[32], key[32], salt[12], nonce[12], header[SFRAME_HEADER_MAX],
        meta[SFRAME_METADATA_MAX], hash[32], aad[128];
    struct bytes content = vectors_hex(u, "content"), sig = vectors_hex(u, "sig");
    derive_frame_key(secret.data, d->sess_id, kid, base);
    sframe_derive(span_of(base, 32), kid, key, salt);
    sframe_nonce(salt, ctr, nonce);
    size_t head = sframe_header_encode(kid, ctr, header),
           meta_len = unit_metadata(d->sess_id, flags, meta);
    memcpy(aad, header, head);
    memcpy(aad + head, meta, meta_len);
    vectors_true(t, "unit", "kid", kid == vectors_u64(u, "kid"));
    vectors_check(t, "unit", base, 32, u, "base_key");
    vectors_check(t, "unit", key, 32, u, "key");
    vectors_check(t, "unit", salt, 12, u, "salt");
    vectors_check(t, "unit", nonce, 12, u, "nonce");
    vectors_check(t, "unit", header, head, u, "header");
    vectors_check(t, "unit", aad, head + meta_len, u, "aad");
    size_t body_len = unit_pad(4 + content.len);
    uint8_t *wire = calloc(1, UNIT_WIRE_MAX), *body = wire + 2 + head;
    struct put p = put_into(body, body_len);
    put_u32(&p, (uint32_t)content.len);
    put_bytes(&p, content.data, content.len);
    kdf_hash256(span_of(body, body_len), hash);
    vectors_true(t, "unit", "body_len", body_len == json_number(u, "body_len"));
    vectors_check(t, "unit", hash, 32, u, "body_sha256");
    wire[0] = UNIT_TYPE, wire[1] = flags;
    memcpy(wire + 2, header, head);
    memcpy(body + body_len, sig.data, SIG_LEN);
    struct sframe_key k;
    sframe_key_init(&k, span_of(base, 32), kid, true);
    sframe_seal(&k, ctr, span_of(header, head), span_of(meta, meta_len), body, body_len + SIG_LEN);
    vectors_check(t, "unit", wire, 2 + head + body_len + SIG_LEN + SFRAME_TAG, u, "wire");
    sframe_key_finish(&k);
    free(wire), free(content.data), free(sig.data);
}

static bool derive_unit_opens(const struct derive_log *d, struct span wire, struct span secret,
                              EVP_PKEY *sender, struct span want)
{
    struct unit_head h;
    struct span content;
    uint8_t base[32], *plain = malloc(UNIT_PLAIN_MAX);
    struct sframe_key k;
    bool ok = unit_parse(wire, &h);
    if (ok) {
        derive_frame_key(secret.data, d->sess_id, h.kid, base);
        sframe_key_init(&k, span_of(base, 32), h.kid, false);
        ok = unit_open(&h, &k, d->sess_id, sender, plain, &content) == E_NONE &&
             content.len == want.len && memcmp(content.data, want.data, want.len) == 0;
        sframe_key_finish(&k);
    }
    free(plain);
    return ok;
}

static void derive_unit(const struct derive_log *d, const struct json *u, struct tally *t)
{
    char which[16];
    snprintf(which, sizeof which, "epoch%u", (unsigned)json_number(u, "epoch"));
    struct bytes secret = vectors_hex(json_get(d->log, which), "secret"),
                 wire = vectors_hex(u, "wire"), content = vectors_hex(u, "content"),
                 pub = vectors_hex(d->session, "org_sig_pub");
    if (json_number(u, "mid") != 1) {
        free(pub.data);
        pub = vectors_hex(json_get(d->session, "channel"), "sig_pub_J");
    }
    EVP_PKEY *sender = sig_from_public(pub.data);
    bool valid = strcmp(json_text(u, "valid"), "false") != 0;
    bool opens = derive_unit_opens(d, vectors_span(wire), vectors_span(secret), sender,
                                   vectors_span(content));
    vectors_true(t, "unit", valid ? "open" : "refuse", opens == valid);
    if (valid)
        derive_unit_bytes(d, u, t, vectors_span(secret));
    for (size_t i = 0; valid && i < wire.len; i += i < 64 ? 1 : 97) {
        wire.data[i] ^= 1;
        vectors_true(t, "unit", "refuse a flipped byte",
                     !derive_unit_opens(d, vectors_span(wire), vectors_span(secret), sender,
                                        vectors_span(content)));
        wire.data[i] ^= 1;
    }
    EVP_PKEY_free(sender);
    free(secret.data), free(wire.data), free(content.data), free(pub.data);
}

static void derive_pairs(const struct json *v, struct tally *t)
{
    for (const struct json *p = json_get(v, "pad") ? json_get(v, "pad")->first : NULL; p;
         p = p->next)
        vectors_true(t, "pad", p->first->text,
                     unit_pad(strtoul(p->first->text, NULL, 10)) ==
                         strtoul(p->first->next->text, NULL, 10));
    for (const struct json *p = json_get(v, "canon") ? json_get(v, "canon")->first : NULL; p;
         p = p->next) {
        const char *in = p->first->text, *want = p->first->next->text;
        uint8_t out[PASSWORD_MAX];
        size_t len = 0;
        bool ok = stretch_canonical(span_of(in, strlen(in)), out, &len);
        vectors_true(t, "canon", in, ok && len == strlen(want) && memcmp(out, want, len) == 0);
    }
}

/* The name in the n_add line of J in the log's snapshot. */
static void derive_name(const struct derive_log *d, struct bytes rec, struct span *name)
{
    static struct record_add add;
    struct record r;
    if (record_parse(vectors_span(rec), d->org_sig, &r) != E_NONE)
        return;
    for (struct get adds = r.adds; record_next_add(&adds, &add);)
        if (add.mid != 1)
            *name = span_of(add.name, add.name_len);
}

/* A private key of the file belongs to its public one. */
static void derive_key_pair(struct tally *t, struct bytes priv, const struct json *v,
                            const char *key)
{
    uint8_t pub[POINT_LEN];
    vectors_true(t, key, "private key", priv.len == 32 && pake_verifier_point(priv.data, pub));
    vectors_check(t, "private key", pub, sizeof pub, v, key);
}

static void derive_file(const struct json *v, struct tally *t)
{
    struct derive_log d = {.session = json_get(v, "sessions")->first, .log = json_get(v, "log")};
    const struct json *c = json_get(d.session, "channel");
    struct bytes op = vectors_hex(d.session, "org_sig_priv"),
                 oq = vectors_hex(d.session, "org_sig_pub"), mp = vectors_hex(c, "sig_priv_J"),
                 mq = vectors_hex(c, "sig_pub_J"), id = vectors_hex(d.session, "sess_id"),
                 snap = vectors_hex(d.log, "snapshot1");
    struct span name = {0};
    memcpy(d.sess_id, id.data, SESS_ID_LEN);
    d.org_sig = vectors_private_key(vectors_span(op), oq.data);
    d.member_sig = vectors_private_key(vectors_span(mp), mq.data);
    derive_name(&d, snap, &name);
    for (const struct json *s = json_get(v, "sessions")->first; s; s = s->next)
        derive_session(s, t, name);
    for (const struct json *s = json_get(v, "sessions")->first; s; s = s->next) {
        struct bytes priv = vectors_hex(s, "org_sig_priv"),
                     member = vectors_hex(json_get(s, "channel"), "sig_priv_J");
        derive_key_pair(t, priv, s, "org_sig_pub");
        derive_key_pair(t, member, json_get(s, "channel"), "sig_pub_J");
        free(priv.data), free(member.data);
    }
    if (d.log)
        derive_records(&d, t);
    for (const struct json *u = json_get(v, "units") ? json_get(v, "units")->first : NULL; u;
         u = u->next)
        derive_unit(&d, u, t);
    derive_pairs(v, t);
    EVP_PKEY_free(d.org_sig), EVP_PKEY_free(d.member_sig);
    free(op.data), free(oq.data), free(mp.data), free(mq.data), free(id.data), free(snap.data);
}

#endif
