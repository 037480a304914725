/*
 * Wycheproof subsets: AES-256-GCM, ECDH and ECDSA on P-256, Ed25519, HKDF-SHA512, hostile cases
 * included. Through the product's own functions where it has one (AEAD, signatures, points, HKDF).
 */
#ifndef TESTS_UNIT_SEAL_VECTORS_WYCHEPROOF_H
#define TESTS_UNIT_SEAL_VECTORS_WYCHEPROOF_H
#include "net/seal/sig.h"
#include "tests/unit/seal/vectors_rfc.h"
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

static bool wycheproof_valid(const struct json *c)
{
    return strcmp(json_text(c, "result"), "valid") == 0;
}

static void wycheproof_say(struct tally *t, const struct json *c, bool ok)
{
    char id[48];
    snprintf(id, sizeof id, "tcId %.24s", json_text(c, "tcId"));
    vectors_true(t, id, json_text(c, "comment"), ok);
}

static void wycheproof_gcm(const struct json *group, const struct json *c, struct tally *t)
{
    struct bytes key = vectors_hex(c, "key"), iv = vectors_hex(c, "iv"),
                 aad = vectors_hex(c, "aad"), msg = vectors_hex(c, "msg"),
                 ct = vectors_hex(c, "ct"), tag = vectors_hex(c, "tag");
    (void)group;
    if (iv.len != SFRAME_SALT) {
        wycheproof_say(t, c, !wycheproof_valid(c)); /* sframe_key holds no other nonce */
    } else {
        /* The product's opener with this key and nonce: salt = iv, counter 0. */
        struct sframe_key k = {.cipher = EVP_CIPHER_CTX_new()};
        uint8_t in[1024], out[1024];
        memcpy(k.salt, iv.data, SFRAME_SALT);
        bool ok =
            EVP_CipherInit_ex2(k.cipher, crypto_algorithms.aes256gcm, key.data, NULL, 0, NULL) == 1;
        memcpy(in, ct.data, ct.len);
        memcpy(in + ct.len, tag.data, tag.len);
        ok = ok &&
             sframe_open(&k, 0, vectors_span(aad), span_of("", 0), in, ct.len + tag.len, out) &&
             msg.len == ct.len && memcmp(out, msg.data, msg.len) == 0;
        wycheproof_say(t, c, ok == wycheproof_valid(c));
        sframe_key_finish(&k);
    }
    free(key.data), free(iv.data), free(aad.data), free(msg.data), free(ct.data), free(tag.data);
}

static void wycheproof_ecdsa(const struct json *group, const struct json *c, struct tally *t)
{
    struct bytes point = vectors_hex(json_get(group, "publicKey"), "uncompressed");
    struct bytes m = vectors_hex(c, "msg"), sig = vectors_hex(c, "sig");
    EVP_PKEY *key = point.len == POINT_LEN ? sig_from_public(point.data) : NULL;
    bool ok = key && sig.len == SIG_LEN && sig_verify_plain(key, vectors_span(m), sig.data);
    wycheproof_say(t, c, ok == wycheproof_valid(c));
    EVP_PKEY_free(key);
    free(point.data), free(m.data), free(sig.data);
}

static EVP_PKEY *vectors_private_key(struct span priv, const uint8_t *pub)
{
    BIGNUM *d = BN_bin2bn(priv.data, (int)priv.len, NULL);
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, d);
    if (pub)
        OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, pub, POINT_LEN);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;
    EVP_PKEY_fromdata_init(ctx);
    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params);
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(b);
    BN_free(d);
    return key;
}

static bool vectors_ecdh(struct bytes point, struct bytes priv, uint8_t out[32])
{
    EVP_PKEY *own = vectors_private_key(vectors_span(priv), NULL);
    EVP_PKEY *peer = point.len == POINT_LEN ? sig_from_public(point.data) : NULL;
    EVP_PKEY_CTX *ctx = own && peer ? EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL) : NULL;
    size_t len = 32;
    bool ok = ctx && EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
              EVP_PKEY_derive(ctx, out, &len) == 1 && len == 32;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(peer);
    EVP_PKEY_free(own);
    return ok;
}

/* "acceptable" is a compressed point: refused here. */
static void wycheproof_ecdh(const struct json *group, const struct json *c, struct tally *t)
{
    struct bytes point = vectors_hex(c, "public"), priv = vectors_hex(c, "private"),
                 shared = vectors_hex(c, "shared");
    uint8_t out[32];
    (void)group;
    bool ok =
        vectors_ecdh(point, priv, out) && shared.len == 32 && memcmp(out, shared.data, 32) == 0;
    wycheproof_say(t, c, ok == wycheproof_valid(c));
    free(point.data), free(priv.data), free(shared.data);
}

static void wycheproof_ed25519(const struct json *group, const struct json *c, struct tally *t)
{
    struct bytes pk = vectors_hex(json_get(group, "publicKey"), "pk"), m = vectors_hex(c, "msg"),
                 sig = vectors_hex(c, "sig");
    bool ok = vectors_ed25519_verify(vectors_span(pk), vectors_span(m), vectors_span(sig));
    wycheproof_say(t, c, ok == wycheproof_valid(c));
    free(pk.data), free(m.data), free(sig.data);
}

static void wycheproof_hkdf(const struct json *group, const struct json *c, struct tally *t)
{
    struct bytes ikm = vectors_hex(c, "ikm"), salt = vectors_hex(c, "salt"),
                 info = vectors_hex(c, "info"), okm = vectors_hex(c, "okm");
    size_t size = json_number(c, "size");
    uint8_t *out = malloc(size + 1);
    (void)group;
    bool ok;
    if (wycheproof_valid(c)) {
        kdf_hkdf512(vectors_span(ikm), vectors_span(salt), vectors_span(info), out, size);
        ok = okm.len == size && memcmp(out, okm.data, size) == 0;
    } else { /* the product's function would end the process, which is what it should do */
        ok = !vectors_hkdf("SHA2-512", vectors_span(ikm), vectors_span(salt), vectors_span(info),
                           out, size);
    }
    wycheproof_say(t, c, ok);
    free(out), free(ikm.data), free(salt.data), free(info.data), free(okm.data);
}

static bool wycheproof_file(const struct json *v, struct tally *t)
{
    static const struct {
        const char *type;
        void (*one)(const struct json *group, const struct json *c, struct tally *t);
    } kinds[] = {{"AeadTest", wycheproof_gcm},
                 {"EcdsaP1363Verify", wycheproof_ecdsa},
                 {"EcdhEcpointTest", wycheproof_ecdh},
                 {"EddsaVerify", wycheproof_ed25519},
                 {"HkdfTest", wycheproof_hkdf}};
    for (const struct json *g = json_get(v, "testGroups")->first; g; g = g->next) {
        size_t k = 0;
        while (k < sizeof kinds / sizeof *kinds && strcmp(json_text(g, "type"), kinds[k].type) != 0)
            k++;
        if (k == sizeof kinds / sizeof *kinds)
            return false;
        for (const struct json *c = json_get(g, "tests")->first; c; c = c->next)
            kinds[k].one(g, c, t);
    }
    return true;
}

#endif
