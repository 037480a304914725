/*
 * Vector files out of RFCs 5869, 7914, 8032, 9382, 9383, 9605. Suites the product does not have are
 * checked as far as its own functions go and counted as skipped beyond.
 */
#ifndef TESTS_UNIT_SEAL_VECTORS_RFC_H
#define TESTS_UNIT_SEAL_VECTORS_RFC_H
#include "net/seal/kdf.h"
#include "net/seal/pake.h"
#include "net/seal/sframe.h"
#include "net/seal/stretch.h"
#include "tests/unit/seal/vectors.h"
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

/* HKDF with any hash, straight from OpenSSL: the product's own is SHA-512 only. */
static bool vectors_hkdf(const char *hash, struct span ikm, struct span salt, struct span info,
                         uint8_t *out, size_t len)
{
    char name[16];
    snprintf(name, sizeof name, "%s", hash);
    OSSL_PARAM params[5] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0),
                            crypto_octets(OSSL_KDF_PARAM_KEY, ikm),
                            crypto_octets(OSSL_KDF_PARAM_SALT, salt),
                            crypto_octets(OSSL_KDF_PARAM_INFO, info), OSSL_PARAM_construct_end()};
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(crypto_algorithms.hkdf);
    bool ok = EVP_KDF_derive(ctx, out, len, params) == 1;
    EVP_KDF_CTX_free(ctx);
    return ok;
}

static void rfc_hkdf(const struct json *v, struct tally *t)
{
    for (const struct json *c = json_get(v, "cases")->first; c; c = c->next) {
        uint8_t okm[256];
        size_t len = json_number(c, "L");
        struct bytes ikm = vectors_hex(c, "ikm"), salt = vectors_hex(c, "salt"),
                     info = vectors_hex(c, "info");
        bool ok = vectors_hkdf(json_text(c, "hash"), vectors_span(ikm), vectors_span(salt),
                               vectors_span(info), okm, len);
        vectors_true(t, json_text(c, "section"), "derive", ok);
        vectors_check(t, json_text(c, "section"), okm, len, c, "okm");
        free(ikm.data), free(salt.data), free(info.data);
    }
}

static void rfc_scrypt(const struct json *v, struct tally *t)
{
    for (const struct json *c = json_get(v, "cases")->first; c; c = c->next) {
        uint8_t out[128];
        const char *p = json_text(c, "P"), *s = json_text(c, "S");
        size_t len = json_number(c, "dkLen");
        stretch_scrypt(span_of(p, strlen(p)), span_of(s, strlen(s)), json_number(c, "N"),
                       (uint32_t)json_number(c, "r"), (uint32_t)json_number(c, "p"), out, len);
        vectors_check(t, "scrypt", out, len, c, "out");
    }
}

static bool vectors_ed25519_verify(struct span pk, struct span m, struct span sig)
{
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, pk.data, pk.len);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = key && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
              EVP_DigestVerify(ctx, sig.data, sig.len, m.data, m.len) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok;
}

static void rfc_ed25519(const struct json *v, struct tally *t)
{
    for (const struct json *c = json_get(v, "cases")->first; c; c = c->next) {
        struct bytes pk = vectors_hex(c, "pk"), m = vectors_hex(c, "msg"),
                     sig = vectors_hex(c, "sig");
        struct bytes sk = vectors_hex(c, "sk");
        uint8_t own[64];
        size_t len = sizeof own;
        EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, sk.data, sk.len);
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        bool ok = EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
                  EVP_DigestSign(ctx, own, &len, m.data, m.len) == 1;
        vectors_true(t, json_text(c, "name"), "sign", ok);
        vectors_check(t, json_text(c, "name"), own, len, c, "sig");
        vectors_true(t, json_text(c, "name"), "verify",
                     vectors_ed25519_verify(vectors_span(pk), vectors_span(m), vectors_span(sig)));
        EVP_MD_CTX_free(ctx);
        EVP_PKEY_free(key);
        free(pk.data), free(m.data), free(sig.data), free(sk.data);
    }
}

/* SPAKE2 is another protocol; its shares and its K are those of SPAKE2+ with w = w0. */
static void rfc_spake2(const struct json *v, struct tally *t)
{
    for (const struct json *c = json_get(v, "cases")->first; c; c = c->next) {
        struct bytes w = vectors_hex(c, "w"), x = vectors_hex(c, "x"), y = vectors_hex(c, "y");
        struct bytes pb = vectors_hex(c, "pB");
        uint8_t L[POINT_LEN];
        struct pake *a = pake_create_prover(w.data, w.data);
        vectors_true(t, "SPAKE2", "w", a && pake_verifier_point(w.data, L));
        struct pake *b = pake_create_verifier(w.data, L);
        struct pake_try ta = {0}, tb = {0};
        struct pake_keys keys;
        struct pake_trace trace;
        const struct pake_terms terms = {span_of("", 0), span_of("", 0), span_of("", 0)};
        vectors_true(t, "SPAKE2", "x, y", pake_start(a, x.data, &ta) && pake_start(b, y.data, &tb));
        vectors_check(t, "SPAKE2", ta.share, POINT_LEN, c, "pA");
        vectors_check(t, "SPAKE2", tb.share, POINT_LEN, c, "pB");
        vectors_true(t, "SPAKE2", "run", pake_run(a, &ta, pb.data, &terms, &keys, &trace));
        vectors_check(t, "SPAKE2", trace.z, POINT_LEN, c, "K");
        pake_try_finish(&tb);
        pake_destroy(a), pake_destroy(b);
        free(w.data), free(x.data), free(y.data), free(pb.data);
        t->skipped++; /* transcript and keys of SPAKE2 itself */
    }
}

static void vectors_spake2plus_keys(const struct json *c, struct tally *t,
                                    const struct pake_keys *k, const struct pake_trace *tr)
{
    const char *what = json_text(c, "suite");
    vectors_check(t, what, tr->tt, tr->tt_len, c, "TT");
    vectors_check(t, what, tr->k_main, 64, c, "K_main");
    vectors_check(t, what, tr->k_confirm_p, 64, c, "K_confirmP");
    vectors_check(t, what, tr->k_confirm_v, 64, c, "K_confirmV");
    vectors_check(t, what, k->confirm_p, 64, c, "confirmP");
    vectors_check(t, what, k->confirm_v, 64, c, "confirmV");
    vectors_check(t, what, k->shared, 64, c, "K_shared");
}

static void vectors_spake2plus_case(const struct json *c, struct tally *t)
{
    const char *what = json_text(c, "suite"), *context = json_text(c, "context");
    const char *idp = json_text(c, "idProver"), *idv = json_text(c, "idVerifier");
    struct bytes w0 = vectors_hex(c, "w0"), w1 = vectors_hex(c, "w1"), x = vectors_hex(c, "x"),
                 y = vectors_hex(c, "y"), sp = vectors_hex(c, "shareP"),
                 sv = vectors_hex(c, "shareV");
    const struct pake_terms terms = {span_of(context, strlen(context)), span_of(idp, strlen(idp)),
                                     span_of(idv, strlen(idv))};
    uint8_t L[POINT_LEN];
    struct pake_try tp = {0}, tv = {0};
    struct pake_keys kp, kv;
    struct pake_trace trp, trv;
    vectors_true(t, what, "w1", pake_verifier_point(w1.data, L));
    vectors_check(t, what, L, sizeof L, c, "L");
    struct pake *p = pake_create_prover(w0.data, w1.data), *v = pake_create_verifier(w0.data, L);
    vectors_true(t, what, "x, y", pake_start(p, x.data, &tp) && pake_start(v, y.data, &tv));
    vectors_check(t, what, tp.share, POINT_LEN, c, "shareP");
    vectors_check(t, what, tv.share, POINT_LEN, c, "shareV");
    bool ok = pake_run(p, &tp, sv.data, &terms, &kp, &trp) &&
              pake_run(v, &tv, sp.data, &terms, &kv, &trv);
    vectors_true(t, what, "run", ok);
    vectors_check(t, what, trp.z, POINT_LEN, c, "Z");
    vectors_check(t, what, trp.v, POINT_LEN, c, "V");
    vectors_check(t, what, trv.z, POINT_LEN, c, "Z");
    vectors_check(t, what, trv.v, POINT_LEN, c, "V");
    if (strstr(what, "SHA512")) {
        vectors_spake2plus_keys(c, t, &kp, &trp);
        vectors_spake2plus_keys(c, t, &kv, &trv);
    } else {
        vectors_check(t, what, trp.tt, trp.tt_len, c, "TT");
        t->skipped++; /* keys by SHA-256: not a suite of the product */
    }
    pake_destroy(p), pake_destroy(v);
    free(w0.data), free(w1.data), free(x.data), free(y.data), free(sp.data), free(sv.data);
}

static void rfc_spake2plus(const struct json *v, struct tally *t)
{
    for (const struct json *c = json_get(v, "cases")->first; c; c = c->next) {
        if (strncmp(json_text(c, "suite"), "P256-", 5) == 0)
            vectors_spake2plus_case(c, t);
        else
            t->skipped++; /* another curve: not a suite of the product */
    }
}

static uint64_t vectors_u64(const struct json *v, const char *key)
{
    return strtoull(json_text(v, key), NULL, 10);
}

static void vectors_sframe_header(const struct json *c, struct tally *t)
{
    uint8_t out[SFRAME_HEADER_MAX];
    uint64_t kid = vectors_u64(c, "kid"), ctr = vectors_u64(c, "ctr"), k, n;
    size_t len = sframe_header_encode(kid, ctr, out);
    vectors_check(t, "header", out, len, c, "encoded");
    vectors_true(t, "header", "decode",
                 sframe_header_decode(span_of(out, len), &k, &n) == len && k == kid && n == ctr);
    vectors_true(t, "header", "cut short", !sframe_header_decode(span_of(out, len - 1), &k, &n));
}

static void vectors_sframe_case(const struct json *c, struct tally *t)
{
    uint64_t kid = vectors_u64(c, "kid"), ctr = vectors_u64(c, "ctr");
    struct bytes base = vectors_hex(c, "base_key"), meta = vectors_hex(c, "metadata"),
                 pt = vectors_hex(c, "pt"), ct = vectors_hex(c, "ct");
    uint8_t key[32], salt[12], nonce[12], header[SFRAME_HEADER_MAX], wire[256], back[256];
    size_t head = sframe_header_encode(kid, ctr, header);
    sframe_derive(vectors_span(base), kid, key, salt);
    sframe_nonce(salt, ctr, nonce);
    vectors_check(t, "sframe", key, 32, c, "sframe_key");
    vectors_check(t, "sframe", salt, 12, c, "sframe_salt");
    vectors_check(t, "sframe", nonce, 12, c, "nonce");
    struct sframe_key seal, open;
    sframe_key_init(&seal, vectors_span(base), kid, true);
    sframe_key_init(&open, vectors_span(base), kid, false);
    memcpy(wire, header, head);
    memcpy(wire + head, pt.data, pt.len);
    sframe_seal(&seal, ctr, span_of(header, head), vectors_span(meta), wire + head, pt.len);
    vectors_check(t, "sframe", wire, head + pt.len + SFRAME_TAG, c, "ct");
    bool ok = sframe_open(&open, ctr, span_of(header, head), vectors_span(meta), ct.data + head,
                          ct.len - head, back);
    vectors_true(t, "sframe", "open", ok);
    vectors_check(t, "sframe", back, pt.len, c, "pt");
    ct.data[ct.len - 1] ^= 1;
    vectors_true(t, "sframe", "refuse",
                 !sframe_open(&open, ctr, span_of(header, head), vectors_span(meta), ct.data + head,
                              ct.len - head, back));
    sframe_key_finish(&seal), sframe_key_finish(&open);
    free(base.data), free(meta.data), free(pt.data), free(ct.data);
}

static void rfc_sframe(const struct json *v, struct tally *t)
{
    for (const struct json *c = json_get(v, "header")->first; c; c = c->next)
        vectors_sframe_header(c, t);
    for (const struct json *c = json_get(v, "sframe")->first; c; c = c->next) {
        if (json_number(c, "cipher_suite") == 5)
            vectors_sframe_case(c, t);
        else
            t->skipped++; /* not the product's suite */
    }
}

#endif
