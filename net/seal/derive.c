/*
 * The derivations of e2e.md, each in the order of bytes the document gives. Runs in vitrine-seal;
 * no input is parsed here.
 */
#include "net/seal/derive.h"
#include "net/seal/bytes.h"
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include <string.h>

/* A small context under construction; `sized` checks once that everything went in. */
struct context {
    uint8_t bytes[KDF_CONTEXT_MAX];
    struct put put;
};

static struct put *begin(struct context *c)
{
    c->put = put_into(c->bytes, sizeof c->bytes);
    return &c->put;
}

static struct span built(const struct context *c)
{
    crypto_must(c->put.ok);
    return span_of(c->bytes, c->put.len);
}

void derive_session_id(const uint8_t sid[SID_LEN], uint16_t suite,
                       const uint8_t sess_rand[RAND_LEN], const uint8_t org_pub[POINT_LEN],
                       uint8_t out[SESS_ID_LEN])
{
    struct context c;
    struct put *p = begin(&c);
    put_bytes(p, sid, SID_LEN);
    put_u16(p, suite);
    put_bytes(p, sess_rand, RAND_LEN);
    put_bytes(p, org_pub, POINT_LEN);
    kdf_tag("session", built(&c), out);
}

void derive_fingerprint(const uint8_t org_pub[POINT_LEN], uint8_t out[FP_LEN])
{
    uint8_t tag[32];
    kdf_tag("fp", span_of(org_pub, POINT_LEN), tag);
    memcpy(out, tag, FP_LEN);
}

void derive_salt(const uint8_t sess_id[SESS_ID_LEN], uint8_t pw_gen, uint8_t out[32])
{
    struct context c;
    struct put *p = begin(&c);
    put_bytes(p, sess_id, SESS_ID_LEN);
    put_u8(p, pw_gen);
    kdf_tag("pw salt", built(&c), out);
}

size_t derive_join_context(const struct derive_join *j, uint8_t *out, size_t cap)
{
    uint8_t hash[32];
    kdf_hash256(j->m0, hash);
    struct put p = put_into(out, cap);
    put_bytes(&p, "e2e/1 join", sizeof "e2e/1 join");
    put_bytes(&p, j->sess_id, SESS_ID_LEN);
    put_bytes(&p, hash, sizeof hash);
    put_u32(&p, j->handle);
    put_bytes(&p, j->rand_j, RAND_LEN);
    put_bytes(&p, j->rand_o, RAND_LEN);
    crypto_must(p.ok);
    return p.len;
}

static size_t session_and_handle(const uint8_t sess_id[SESS_ID_LEN], uint32_t handle, uint8_t *out,
                                 size_t cap)
{
    struct put p = put_into(out, cap);
    put_bytes(&p, sess_id, SESS_ID_LEN);
    put_u32(&p, handle);
    crypto_must(p.ok);
    return p.len;
}

void derive_join_psk(const uint8_t shared[SHARED_LEN], const uint8_t sess_id[SESS_ID_LEN],
                     uint32_t handle, uint8_t out[PSK_LEN])
{
    uint8_t ctx[40];
    size_t len = session_and_handle(sess_id, handle, ctx, sizeof ctx);
    kdf_expand(span_of(shared, SHARED_LEN), "join psk", span_of(ctx, len), out, PSK_LEN);
}

size_t derive_join_identity(uint32_t handle, uint8_t out[IDENTITY_MAX])
{
    struct put p = put_into(out, IDENTITY_MAX);
    put_bytes(&p, "e2e/1 join", sizeof "e2e/1 join");
    put_u32(&p, handle);
    return p.len;
}

size_t derive_bind_context(const uint8_t sess_id[SESS_ID_LEN], uint32_t handle, uint8_t out[40])
{
    return session_and_handle(sess_id, handle, out, 40);
}

void derive_commitment(const uint8_t nonce_j[32], uint8_t out[32])
{
    kdf_tag("sas commit", span_of(nonce_j, 32), out);
}

void derive_sas(const struct derive_sas *s, uint8_t out[8])
{
    struct context c;
    struct put *p = begin(&c);
    put_bytes(p, s->nonce_j, 32);
    put_bytes(p, s->nonce_o, 32);
    put_bytes(p, s->sig_pub_j, POINT_LEN);
    put_bytes(p, s->org_pub, POINT_LEN);
    kdf_expand(span_of(s->bind, SHARED_LEN), "sas", built(&c), out, 8);
}

void derive_log_start(const uint8_t sess_id[SESS_ID_LEN], uint8_t out[32])
{
    kdf_tag("log start", span_of(sess_id, SESS_ID_LEN), out);
}

void derive_commit(const uint8_t secret[SECRET_LEN], const uint8_t sess_id[SESS_ID_LEN],
                   uint32_t epoch, uint8_t out[32])
{
    struct context c;
    struct put *p = begin(&c);
    put_bytes(p, sess_id, SESS_ID_LEN);
    put_u32(p, epoch);
    kdf_expand(span_of(secret, SECRET_LEN), "epoch commit", built(&c), out, 32);
}

void derive_wrap_root(const uint8_t shared[SHARED_LEN], const uint8_t sess_id[SESS_ID_LEN],
                      uint32_t handle, uint8_t out[SHARED_LEN])
{
    uint8_t ctx[40];
    size_t len = session_and_handle(sess_id, handle, ctx, sizeof ctx);
    kdf_expand(span_of(shared, SHARED_LEN), "wrap root", span_of(ctx, len), out, SHARED_LEN);
}

static struct span resume_context(struct context *c, const uint8_t sess_id[SESS_ID_LEN],
                                  uint16_t mid, uint32_t count)
{
    struct put *p = begin(c);
    put_bytes(p, sess_id, SESS_ID_LEN);
    put_u16(p, mid);
    put_u32(p, count);
    return built(c);
}

void derive_wrap_root_resumed(const uint8_t rsec[SHARED_LEN], const uint8_t sess_id[SESS_ID_LEN],
                              uint16_t mid, uint32_t count, uint8_t out[SHARED_LEN])
{
    struct context c;
    kdf_expand(span_of(rsec, SHARED_LEN), "wrap root", resume_context(&c, sess_id, mid, count), out,
               SHARED_LEN);
}

void derive_wrap_step(uint8_t wrap[SHARED_LEN], uint32_t epoch, const uint8_t in[SECRET_LEN],
                      uint8_t out[SECRET_LEN])
{
    uint8_t number[4], mask[SECRET_LEN], next[SHARED_LEN];
    struct put p = put_into(number, sizeof number);
    put_u32(&p, epoch);
    kdf_expand(span_of(wrap, SHARED_LEN), "wrap mask", span_of(number, 4), mask, sizeof mask);
    for (size_t i = 0; i < SECRET_LEN; i++)
        out[i] = in[i] ^ mask[i];
    kdf_expand(span_of(wrap, SHARED_LEN), "wrap next", span_of(NULL, 0), next, sizeof next);
    memcpy(wrap, next, SHARED_LEN);
    crypto_wipe(mask, sizeof mask);
    crypto_wipe(next, sizeof next);
}

void derive_frame_key(const uint8_t secret[SECRET_LEN], const uint8_t sess_id[SESS_ID_LEN],
                      uint64_t kid, uint8_t out[SECRET_LEN])
{
    struct context c;
    struct put *p = begin(&c);
    put_bytes(p, sess_id, SESS_ID_LEN);
    put_u64(p, kid);
    kdf_expand(span_of(secret, SECRET_LEN), "frame", built(&c), out, SECRET_LEN);
}

void derive_pair_psk(const struct derive_pair *d, uint8_t out[PSK_LEN])
{
    struct context c;
    struct put *p = begin(&c);
    put_bytes(p, d->sess_id, SESS_ID_LEN);
    put_bytes(p, d->grant_id, GRANT_ID_LEN);
    put_u16(p, d->mid_c);
    put_u16(p, d->mid_p);
    kdf_expand(span_of(d->secret, SECRET_LEN), "pair psk", built(&c), out, PSK_LEN);
}

size_t derive_pair_identity(const uint8_t grant_id[GRANT_ID_LEN], uint8_t out[IDENTITY_MAX])
{
    struct put p = put_into(out, IDENTITY_MAX);
    put_bytes(&p, "e2e/1 pair", sizeof "e2e/1 pair");
    put_bytes(&p, grant_id, GRANT_ID_LEN);
    return p.len;
}

void derive_resume_secret(const uint8_t bind[SHARED_LEN], const uint8_t sess_id[SESS_ID_LEN],
                          uint16_t mid, uint32_t count, uint8_t out[SHARED_LEN])
{
    struct context c;
    kdf_expand(span_of(bind, SHARED_LEN), "resume", resume_context(&c, sess_id, mid, count), out,
               SHARED_LEN);
}

void derive_resume_psk(const uint8_t rsec[SHARED_LEN], const uint8_t sess_id[SESS_ID_LEN],
                       uint16_t mid, uint32_t count, uint8_t out[PSK_LEN])
{
    struct context c;
    kdf_expand(span_of(rsec, SHARED_LEN), "resume psk", resume_context(&c, sess_id, mid, count),
               out, PSK_LEN);
}

size_t derive_resume_identity(uint16_t mid, uint32_t count, uint8_t out[IDENTITY_MAX])
{
    struct put p = put_into(out, IDENTITY_MAX);
    put_bytes(&p, "e2e/1 resume", sizeof "e2e/1 resume");
    put_u16(&p, mid);
    put_u32(&p, count);
    return p.len;
}
