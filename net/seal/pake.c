/*
 * SPAKE2+ on P-256. Runs in vitrine-seal; distrusts the share of the other side. Points and scalars
 * of one password or one attempt never outlive it.
 */
#include "net/seal/pake.h"
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <string.h>

static const uint8_t compressed_m[33] = {0x02, 0x88, 0x6e, 0x2f, 0x97, 0xac, 0xe4, 0x6e, 0x55,
                                         0xba, 0x9d, 0xd7, 0x24, 0x25, 0x79, 0xf2, 0x99, 0x3b,
                                         0x64, 0xe1, 0x6e, 0xf3, 0xdc, 0xab, 0x95, 0xaf, 0xd4,
                                         0x97, 0x33, 0x3d, 0x8f, 0xa1, 0x2f};
static const uint8_t compressed_n[33] = {0x03, 0xd8, 0xbb, 0xd6, 0xc6, 0x39, 0xc6, 0x29, 0x37,
                                         0xb0, 0x4d, 0x99, 0x7f, 0x38, 0xc3, 0x77, 0x07, 0x19,
                                         0xc6, 0x29, 0xd7, 0x01, 0x4d, 0x49, 0xa2, 0x4b, 0x4f,
                                         0x98, 0xba, 0xa1, 0x29, 0x2b, 0x49};

static struct {
    EC_GROUP *group;
    EC_POINT *m, *n;
    uint8_t m_bytes[POINT_LEN], n_bytes[POINT_LEN];
} curve;

struct pake {
    bool prover;
    BIGNUM *w0, *w1; /* w1: prover only */
    EC_POINT *l;     /* verifier only */
    EC_POINT *w0_m, *w0_n;
    uint8_t w0_bytes[PAKE_SCALAR];
};

/* --- points and scalars --- */

static EC_POINT *point_create(void)
{
    EC_POINT *p = EC_POINT_new(curve.group);
    crypto_must(p != NULL);
    return p;
}

static BN_CTX *context_create(void)
{
    BN_CTX *ctx = BN_CTX_secure_new();
    crypto_must(ctx != NULL);
    return ctx;
}

static void point_bytes(const EC_POINT *p, uint8_t out[POINT_LEN])
{
    crypto_must(EC_POINT_point2oct(curve.group, p, POINT_CONVERSION_UNCOMPRESSED, out, POINT_LEN,
                                   NULL) == POINT_LEN);
}

/* oct2point checks that the point is on the curve; infinity has another form and is refused with
 * it. */
static EC_POINT *point_parse(const uint8_t bytes[POINT_LEN])
{
    EC_POINT *p = point_create();
    bool ok = bytes[0] == 0x04 && EC_POINT_oct2point(curve.group, p, bytes, POINT_LEN, NULL) == 1 &&
              !EC_POINT_is_at_infinity(curve.group, p);
    if (!ok) {
        EC_POINT_clear_free(p);
        p = NULL;
    }
    return p;
}

static BIGNUM *scalar_parse(const uint8_t bytes[PAKE_SCALAR])
{
    BIGNUM *k = BN_secure_new();
    crypto_must(k && BN_bin2bn(bytes, PAKE_SCALAR, k));
    BN_set_flags(k, BN_FLG_CONSTTIME);
    if (!BN_is_zero(k) && BN_cmp(k, EC_GROUP_get0_order(curve.group)) < 0)
        return k;
    BN_clear_free(k);
    return NULL;
}

static BIGNUM *scalar_random(void)
{
    BN_CTX *ctx = context_create();
    BIGNUM *k = BN_secure_new();
    crypto_must(k != NULL);
    BN_set_flags(k, BN_FLG_CONSTTIME);
    do {
        crypto_must(BN_priv_rand_range_ex(k, EC_GROUP_get0_order(curve.group), 0, ctx) == 1);
    } while (BN_is_zero(k));
    BN_CTX_free(ctx);
    return k;
}

/* k*q, or k*P where q is NULL. One scalar per call: with two, some builds of OpenSSL take a
 * variable-time way. */
static EC_POINT *point_times(const EC_POINT *q, const BIGNUM *k)
{
    EC_POINT *r = point_create();
    BN_CTX *ctx = context_create();
    crypto_must((q ? EC_POINT_mul(curve.group, r, NULL, q, k, ctx)
                   : EC_POINT_mul(curve.group, r, k, NULL, NULL, ctx)) == 1);
    BN_CTX_free(ctx);
    return r;
}

static void point_add(EC_POINT *r, const EC_POINT *a, const EC_POINT *b)
{
    crypto_must(EC_POINT_add(curve.group, r, a, b, NULL) == 1);
}

/* a - b. NULL when that is infinity. */
static EC_POINT *point_minus(const EC_POINT *a, const EC_POINT *b)
{
    EC_POINT *r = point_create();
    crypto_must(EC_POINT_copy(r, b) == 1 && EC_POINT_invert(curve.group, r, NULL) == 1);
    point_add(r, a, r);
    if (EC_POINT_is_at_infinity(curve.group, r)) {
        EC_POINT_clear_free(r);
        r = NULL;
    }
    return r;
}

static EC_POINT *constant_point(const uint8_t compressed[33], uint8_t bytes[POINT_LEN])
{
    EC_POINT *p = point_create();
    crypto_must(EC_POINT_oct2point(curve.group, p, compressed, 33, NULL) == 1);
    point_bytes(p, bytes);
    return p;
}

void pake_init(void)
{
    curve.group = EC_GROUP_new_by_curve_name_ex(NULL, NULL, NID_X9_62_prime256v1);
    crypto_must(curve.group != NULL);
    curve.m = constant_point(compressed_m, curve.m_bytes);
    curve.n = constant_point(compressed_n, curve.n_bytes);
}

void pake_finish(void)
{
    EC_POINT_free(curve.m);
    EC_POINT_free(curve.n);
    EC_GROUP_free(curve.group);
    memset(&curve, 0, sizeof curve);
}

/* --- one password --- */

bool pake_reduce(const uint8_t ws[40], uint8_t w[PAKE_SCALAR])
{
    BN_CTX *ctx = context_create();
    BIGNUM *k = BN_secure_new(), *r = BN_secure_new();
    crypto_must(k && r && BN_bin2bn(ws, 40, k));
    BN_set_flags(k, BN_FLG_CONSTTIME);
    crypto_must(BN_nnmod(r, k, EC_GROUP_get0_order(curve.group), ctx) == 1 &&
                BN_bn2binpad(r, w, PAKE_SCALAR) == PAKE_SCALAR);
    bool ok = !BN_is_zero(r);
    BN_clear_free(k);
    BN_clear_free(r);
    BN_CTX_free(ctx);
    return ok;
}

bool pake_verifier_point(const uint8_t w1[PAKE_SCALAR], uint8_t L[POINT_LEN])
{
    BIGNUM *k = scalar_parse(w1);
    if (!k)
        return false;
    EC_POINT *l = point_times(NULL, k);
    point_bytes(l, L);
    EC_POINT_clear_free(l);
    BN_clear_free(k);
    return true;
}

static struct pake *create(const uint8_t w0[PAKE_SCALAR], const uint8_t *w1, const uint8_t *L)
{
    struct pake *p = crypto_alloc(sizeof *p);
    p->prover = w1 != NULL;
    p->w0 = scalar_parse(w0);
    p->w1 = w1 ? scalar_parse(w1) : NULL;
    p->l = L ? point_parse(L) : NULL;
    if (!p->w0 || (w1 && !p->w1) || (L && !p->l)) {
        pake_destroy(p);
        return NULL;
    }
    memcpy(p->w0_bytes, w0, PAKE_SCALAR);
    p->w0_m = point_times(curve.m, p->w0);
    p->w0_n = point_times(curve.n, p->w0);
    return p;
}

struct pake *pake_create_verifier(const uint8_t w0[PAKE_SCALAR], const uint8_t L[POINT_LEN])
{
    return create(w0, NULL, L);
}

struct pake *pake_create_prover(const uint8_t w0[PAKE_SCALAR], const uint8_t w1[PAKE_SCALAR])
{
    return create(w0, w1, NULL);
}

void pake_destroy(struct pake *p)
{
    if (!p)
        return;
    BN_clear_free(p->w0);
    BN_clear_free(p->w1);
    EC_POINT_clear_free(p->l);
    EC_POINT_clear_free(p->w0_m);
    EC_POINT_clear_free(p->w0_n);
    crypto_free(p, sizeof *p);
}

/* --- one attempt --- */

bool pake_start(const struct pake *p, const uint8_t *scalar, struct pake_try *t)
{
    t->scalar = scalar ? scalar_parse(scalar) : scalar_random();
    if (!t->scalar)
        return false;
    EC_POINT *share = point_times(NULL, t->scalar);
    point_add(share, share, p->prover ? p->w0_m : p->w0_n);
    point_bytes(share, t->share);
    EC_POINT_clear_free(share);
    return true;
}

void pake_try_finish(struct pake_try *t)
{
    BN_clear_free(t->scalar);
    crypto_wipe(t, sizeof *t);
}

void pake_put_counted(struct put *p, struct span b)
{
    for (unsigned i = 0; i < 8; i++)
        put_u8(p, (uint8_t)((uint64_t)b.len >> (8 * i)));
    put_bytes(p, b.data, b.len);
}

/* Z and V of RFC 9383 section 3.3. */
static bool common_points(const struct pake *p, const struct pake_try *t,
                          const uint8_t other[POINT_LEN], uint8_t z[POINT_LEN],
                          uint8_t v[POINT_LEN])
{
    EC_POINT *share = point_parse(other);
    if (!share)
        return false;
    EC_POINT *bare = point_minus(share, p->prover ? p->w0_n : p->w0_m);
    EC_POINT_clear_free(share);
    if (!bare)
        return false;
    EC_POINT *zp = point_times(bare, t->scalar);
    EC_POINT *vp = p->prover ? point_times(bare, p->w1) : point_times(p->l, t->scalar);
    point_bytes(zp, z);
    point_bytes(vp, v);
    EC_POINT_clear_free(bare);
    EC_POINT_clear_free(zp);
    EC_POINT_clear_free(vp);
    return true;
}

static void key_schedule(struct span tt, const uint8_t *share_p, const uint8_t *share_v,
                         struct pake_keys *out, struct pake_trace *trace)
{
    uint8_t k_main[64], confirm[128];
    const struct span none = {0};
    kdf_hash512(tt, k_main);
    struct span ikm = span_of(k_main, sizeof k_main);
    kdf_hkdf512(ikm, none, span_of("ConfirmationKeys", 16), confirm, sizeof confirm);
    kdf_hkdf512(ikm, none, span_of("SharedKey", 9), out->shared, sizeof out->shared);
    kdf_hmac512(span_of(confirm, 64), span_of(share_v, POINT_LEN), out->confirm_p);
    kdf_hmac512(span_of(confirm + 64, 64), span_of(share_p, POINT_LEN), out->confirm_v);
    if (trace) {
        memcpy(trace->k_main, k_main, 64);
        memcpy(trace->k_confirm_p, confirm, 64);
        memcpy(trace->k_confirm_v, confirm + 64, 64);
    }
    crypto_wipe(k_main, sizeof k_main);
    crypto_wipe(confirm, sizeof confirm);
}

bool pake_run(const struct pake *p, struct pake_try *t, const uint8_t other[POINT_LEN],
              const struct pake_terms *terms, struct pake_keys *out, struct pake_trace *trace)
{
    uint8_t z[POINT_LEN], v[POINT_LEN], tt[1024];
    bool ok = common_points(p, t, other, z, v);
    if (ok) {
        const uint8_t *share_p = p->prover ? t->share : other,
                      *share_v = p->prover ? other : t->share;
        struct put w = put_into(tt, sizeof tt);
        pake_put_counted(&w, terms->context);
        pake_put_counted(&w, terms->id_prover);
        pake_put_counted(&w, terms->id_verifier);
        pake_put_counted(&w, span_of(curve.m_bytes, POINT_LEN));
        pake_put_counted(&w, span_of(curve.n_bytes, POINT_LEN));
        pake_put_counted(&w, span_of(share_p, POINT_LEN));
        pake_put_counted(&w, span_of(share_v, POINT_LEN));
        pake_put_counted(&w, span_of(z, POINT_LEN));
        pake_put_counted(&w, span_of(v, POINT_LEN));
        pake_put_counted(&w, span_of(p->w0_bytes, PAKE_SCALAR));
        crypto_must(w.ok);
        key_schedule(span_of(tt, w.len), share_p, share_v, out, trace);
        if (trace) {
            memcpy(trace->z, z, POINT_LEN);
            memcpy(trace->v, v, POINT_LEN);
            memcpy(trace->tt, tt, w.len);
            trace->tt_len = w.len;
        }
    }
    pake_try_finish(t);
    crypto_wipe(z, sizeof z);
    crypto_wipe(v, sizeof v);
    crypto_wipe(tt, sizeof tt);
    return ok;
}
