/*
 * Property 3 of e2e.md 15: no offline guessing. The relay has recorded M0 to M3, and owns a
 * dictionary.
 */
#include "net/seal/derive.h"
#include "net/seal/organizer_state.h"
#include "tests/unit/seal/world.h"
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

static struct {
    uint8_t bytes[1024];
    size_t len;
} handshake;

static bool record_handshake(struct world *w, struct world_item *i)
{
    (void)w;
    bool handshake_type = i->len > 2 && i->bytes[1] >= OUTER_M1 && i->bytes[1] <= OUTER_M3;
    if (handshake_type && handshake.len + i->len <= sizeof handshake.bytes) {
        memcpy(handshake.bytes + handshake.len, i->bytes, i->len);
        handshake.len += i->len;
    }
    return true;
}

static unsigned recorded_has(const uint8_t *value, size_t len)
{
    return memmem(handshake.bytes, handshake.len, value, len) != NULL;
}

/* The value itself, any half of it, and MACs under it over either share. */
static unsigned checkable(const uint8_t *value, size_t len, const uint8_t *shares[2])
{
    uint8_t mac[64];
    unsigned found =
        recorded_has(value, len) + recorded_has(value, 16) + recorded_has(value + len - 16, 16);
    for (int i = 0; i < 2; i++) {
        kdf_hmac512(span_of(value, len), span_of(shares[i], POINT_LEN), mac);
        found += recorded_has(mac, 32) + recorded_has(mac + 32, 32);
        kdf_expand(span_of(value, len), "join psk", span_of(shares[i], POINT_LEN), mac, 64);
        found += recorded_has(mac, 32);
    }
    return found;
}

struct curve {
    EC_GROUP *group;
    EC_POINT *m, *n;
};

static void to_bytes(const struct curve *c, const EC_POINT *p, uint8_t out[POINT_LEN])
{
    assert_int_equal(
        EC_POINT_point2oct(c->group, p, POINT_CONVERSION_UNCOMPRESSED, out, POINT_LEN, NULL),
        POINT_LEN);
}

/* w0 * (M or N), and the share without it: what the random part would be if that word were right.
 */
static unsigned try_share(const struct curve *c, const EC_POINT *mask, const BIGNUM *w0,
                          const uint8_t *share, const uint8_t *shares[2])
{
    uint8_t bytes[POINT_LEN];
    EC_POINT *p = EC_POINT_new(c->group), *s = EC_POINT_new(c->group);
    assert_int_equal(EC_POINT_mul(c->group, p, NULL, mask, w0, NULL), 1);
    to_bytes(c, p, bytes);
    unsigned found = checkable(bytes, POINT_LEN, shares) + checkable(bytes + 1, 32, shares);
    assert_int_equal(EC_POINT_oct2point(c->group, s, share, POINT_LEN, NULL), 1);
    assert_true(EC_POINT_invert(c->group, p, NULL) && EC_POINT_add(c->group, s, s, p, NULL));
    assert_false(EC_POINT_is_at_infinity(c->group, s)); /* this word could have made it */
    to_bytes(c, s, bytes);
    found += checkable(bytes, POINT_LEN, shares) + checkable(bytes + 1, 32, shares);
    EC_POINT_free(p), EC_POINT_free(s);
    return found;
}

static unsigned try_word(const struct world *w, const struct curve *c, const char *word,
                         const uint8_t *shares[2])
{
    uint8_t salt[32], ws[2 * STRETCH_OUT], w0[PAKE_SCALAR], w1[PAKE_SCALAR], L[POINT_LEN];
    char canonical[64] = "";
    for (size_t n = 0; *word; word++)
        if (*word != ' ')
            canonical[n++] = *word;
    derive_salt(w->o->sess_id, w->o->pw_gen, salt);
    __wrap_stretch_password(STRETCH_SCRYPT, world_text(canonical), salt, ws);
    assert_true(pake_reduce(ws, w0) && pake_reduce(ws + 40, w1) && pake_verifier_point(w1, L));
    unsigned found = checkable(ws, sizeof ws, shares) + checkable(w0, sizeof w0, shares) +
                     checkable(w1, sizeof w1, shares) + checkable(L, sizeof L, shares);
    BIGNUM *k = BN_bin2bn(w0, sizeof w0, NULL);
    for (int i = 0; i < 2; i++)
        found +=
            try_share(c, c->m, k, shares[i], shares) + try_share(c, c->n, k, shares[i], shares);
    BN_free(k);
    return found;
}

static EC_POINT *constant(const EC_GROUP *g, const char *hex)
{
    EC_POINT *p = EC_POINT_new(g);
    assert_non_null(EC_POINT_hex2point(g, hex, p, NULL));
    return p;
}

/* Whoever recorded M0 to M3 computes, for each word, all that follows from it and what is public:
   nothing of it stands in what was recorded, the right word's neither, and no word is ruled out by
   a share that could not have been made with it. Seen to fail: pake.c, confirmV a MAC under w0: 2
   values are found; pake_start sends the share without its random part: nobody comes in. */
static void p03_nothing_to_check_offline(void **state)
{
    struct world w;
    struct curve c = {.group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
    c.m = constant(c.group, "02886E2F97ACE46E55BA9DD7242579F2993B64E16EF3DCAB95AFD497333D8FA12F");
    c.n = constant(c.group, "03D8BBD6C639C62937B04D997F38C3770719C629D7014D49A24B4F98BAA1292B49");
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    memcpy(handshake.bytes, w.m0, w.m0_len);
    handshake.len = w.m0_len;
    w.touch = record_handshake;
    struct world_peer *p = world_join(&w);
    assert_true(p->welcomed);
    assert_int_equal(handshake.len, 105 + 105 + 169 + 72);
    const uint8_t *shares[2] = {handshake.bytes + 105 + 40, handshake.bytes + 210 + 40};
    assert_true(recorded_has(w.m0, 105) && shares[0][0] == 4 && shares[1][0] == 4); /* control */
    unsigned found = try_word(&w, &c, WORLD_PASSWORD, shares);
    for (unsigned i = 0; i < 100; i++) {
        char word[32];
        snprintf(word, sizeof word, "another word %u", i);
        found += try_word(&w, &c, word, shares);
    }
    assert_int_equal(found, 0);
    EC_POINT_free(c.m), EC_POINT_free(c.n), EC_GROUP_free(c.group);
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p03_nothing_to_check_offline),
    };
    return cmocka_run_group_tests_name("p03_offline", tests, world_group_setup,
                                       world_group_teardown);
}
