/*
 * Identities in seal (e2e.md 7): the user's own file, what is signed, and what a session does with
 * them on both sides. What a key or a chain is worth is the broker's word; here the test gives it.
 */
#include "net/seal/identity.h"
#include "net/seal/joiner_state.h"
#include "net/seal/organizer_state.h"
#include "net/seal/sig.h"
#include "tests/unit/seal/identities.h"
#include "tests/unit/seal/world.h"
#include <stdio.h>

/* --- files --- */

static void own_file(void **state)
{
    static const uint8_t zeros[IDENTITY_FP];
    uint8_t fp[IDENTITY_FP], hash[32];
    (void)state;
    size_t before = CRYPTO_secure_used();
    for (int alg = IDENTITY_P256; alg <= IDENTITY_ED25519; alg++) {
        struct identity *id = made((enum identity_alg)alg);
        assert_int_equal(identity_alg(id), alg);
        assert_int_equal(identity_key(id).len, alg == IDENTITY_P256 ? 65 : 32);
        assert_int_equal(identity_name(id).len, 0);
        identity_fingerprint(id, fp);
        EVP_Digest(identity_key(id).data, identity_key(id).len, hash, NULL, EVP_sha256(), NULL);
        assert_memory_equal(fp, hash, sizeof fp);
        assert_memory_not_equal(fp, zeros, sizeof fp);
        assert_true(CRYPTO_secure_used() > before); /* the private part */
        identity_destroy(id);
        assert_int_equal(CRYPTO_secure_used(), before);
    }
    assert_int_equal(identity_alg(NULL), IDENTITY_NONE);
    identity_destroy(NULL);
}

/* A key file may hold the point in its short form: it is signed as the other side will check it. */
static void short_points(void **state)
{
    static const char *const curves[] = {"P-256", "P-384"};
    uint8_t bind[SHARED_LEN] = {7}, sig_pub[POINT_LEN] = {4}, sig[IDENTITY_SIG_MAX], point[97];
    const struct identity_claim claim = {
        .bind = bind, .sig_pub = sig_pub, .name = span_of("Helga", 5)};
    char pem[8192];
    size_t len;
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        bool chained = i < 2;
        if (!chained && i % 2)
            continue; /* P-384 comes with certificates only */
        EVP_PKEY *key = EVP_EC_gen(curves[i % 2]);
        assert_int_equal(EVP_PKEY_get_octet_string_param(key, "pub", point, sizeof point, &len), 1);
        assert_int_equal(EVP_PKEY_set_utf8_string_param(key, "point-format", "compressed"), 1);
        X509 *x = certificate(key, "Helga", 1);
        struct identity *id = identity_read(span_of(pem, pem_of(pem, key, &x, chained ? 1 : 0)));
        assert_non_null(id);
        size_t n = identity_sign(id, &claim, sig);
        assert_true(
            identity_signed(identity_alg(id), span_of(point, len), &claim, span_of(sig, n)));
        identity_destroy(id);
        X509_free(x);
        EVP_PKEY_free(key);
    }
}

static void own_certificate(void **state)
{
    static const char *const curves[] = {"P-256", "P-384"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct identity *id = certified(curves[i], "Helga Nord");
        assert_int_equal(identity_alg(id), IDENTITY_CHAINED);
        assert_int_equal(identity_name(id).len, 10);
        assert_memory_equal(identity_name(id).data, "Helga Nord", 10);
        identity_destroy(id);
    }
}

static void assert_unusable(const char *pem, size_t len)
{
    assert_null(identity_read(span_of(pem, len)));
}

/* One key file each: what it is, and why it is none of ours. */
static void unusable_files(void **state)
{
    char pem[8192];
    (void)state;
    assert_unusable("", 0);
    assert_unusable("hello\n", 6);
    static const char *const kinds[] = {"P-384", "P-521", "secp256k1"};
    for (int i = 0; i < 3; i++) {
        EVP_PKEY *key = EVP_EC_gen(kinds[i]);
        assert_unusable(pem, pem_of(pem, key, NULL, 0));
        EVP_PKEY_free(key);
    }
    EVP_PKEY *rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048),
             *x = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
    assert_unusable(pem, pem_of(pem, rsa, NULL, 0));
    assert_unusable(pem, pem_of(pem, x, NULL, 0));
    EVP_PKEY *key = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256");
    X509 *bad[] = {certificate(other, "Helga", 1), certificate(key, "Helga", 2),
                   certificate(key, "Helga", 0),
                   certificate(key,
                               "0123456789012345678901234567890123456789012345678901234567890123"
                               "4",
                               1),
                   certificate(key,
                               "a\xe2\x80\xae"
                               "b",
                               1)};
    for (int i = 0; i < 5; i++)
        assert_unusable(pem, pem_of(pem, key, &bad[i], 1));
    X509 *good = certificate(key, "Helga", 1), *four[] = {good, good, good, good};
    size_t n = pem_of(pem, key, four, 3);
    struct identity *id = identity_read(span_of(pem, n));
    assert_non_null(id);
    identity_destroy(id);
    assert_unusable(pem, pem_of(pem, key, four, 4));
    BIO *bio = BIO_new(BIO_s_mem());
    char *data;
    PEM_write_bio_PKCS8PrivateKey(bio, key, EVP_aes_256_cbc(), "secret", 6, NULL, NULL);
    long len = BIO_get_mem_data(bio, &data);
    assert_unusable(data, (size_t)len); /* and nobody is asked for a password */
    BIO_free(bio);
    for (int i = 0; i < 5; i++)
        X509_free(bad[i]);
    X509_free(good);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(x);
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
}

/* --- what is signed --- */

/* Every part of the claim, and every byte of the signature, counts. */
static void signature_covers(enum identity_alg alg, const struct identity *id, struct span key)
{
    uint8_t bind[SHARED_LEN], sig_pub[POINT_LEN], sig[IDENTITY_SIG_MAX + 1];
    memset(bind, 7, sizeof bind);
    memset(sig_pub, 9, sizeof sig_pub);
    struct identity_claim c = {.bind = bind, .sig_pub = sig_pub, .name = span_of("Alice", 5)};
    size_t len = identity_sign(id, &c, sig);
    assert_true(len >= 60 && len <= IDENTITY_SIG_MAX);
    assert_true(identity_signed(alg, key, &c, span_of(sig, len)));
    struct identity_claim other = c;
    other.organizer = true;
    assert_false(identity_signed(alg, key, &other, span_of(sig, len)));
    other = c;
    other.name = span_of("Alica", 5);
    assert_false(identity_signed(alg, key, &other, span_of(sig, len)));
    bind[63] ^= 1;
    assert_false(identity_signed(alg, key, &c, span_of(sig, len)));
    bind[63] ^= 1, sig_pub[64] ^= 1;
    assert_false(identity_signed(alg, key, &c, span_of(sig, len)));
    sig_pub[64] ^= 1;
    for (size_t i = 0; i < len; i++) {
        sig[i] ^= 0x40;
        assert_false(identity_signed(alg, key, &c, span_of(sig, len)));
        sig[i] ^= 0x40;
    }
    assert_false(identity_signed(alg, key, &c, span_of(sig, len - 1)));
    assert_false(identity_signed(alg, key, &c, span_of(sig, len + 1)));
    assert_true(identity_signed(alg, key, &c, span_of(sig, len)));
}

static void signatures(void **state)
{
    (void)state;
    struct identity *a = made(IDENTITY_P256), *b = made(IDENTITY_ED25519);
    struct identity *c = certified("P-256", "Helga"), *d = certified("P-384", "Helga");
    signature_covers(IDENTITY_P256, a, identity_key(a));
    signature_covers(IDENTITY_ED25519, b, identity_key(b));
    struct spki s = spki_of(identity_key(c).data, identity_key(c).len);
    signature_covers(IDENTITY_CHAINED, c, span_of(s.key, s.len));
    s = spki_of(identity_key(d).data, identity_key(d).len);
    signature_covers(IDENTITY_CHAINED, d, span_of(s.key, s.len));
    assert_false(identity_is_key(IDENTITY_P256, identity_key(b)));
    assert_false(identity_is_key(IDENTITY_ED25519, identity_key(a)));
    assert_false(identity_is_key(IDENTITY_P256, span_of(s.key, s.len)));
    assert_false(identity_is_key(IDENTITY_NONE, identity_key(a)));
    s.key[5] ^= 1; /* not on the curve */
    assert_false(identity_is_key(IDENTITY_CHAINED, span_of(s.key, s.len)));
    identity_destroy(a);
    identity_destroy(b);
    identity_destroy(c);
    identity_destroy(d);
}

/* --- sessions --- */

static const struct identity_answer yes = {.yes = true}, no = {.yes = false};

/* The organizer's broker says so. */
static void door(struct world *w, const struct identity_answer *a)
{
    organizer_identified(w->o, w->shown.ask, a, w->now);
    world_run(w);
    world_pass(w, 600);
}
static void at_joiner(struct world *w, struct world_peer *p, const struct identity_answer *a)
{
    joiner_identified(p->j, p->shown.ask, a, w->now);
    world_run(w);
}

static void joiner_shows_a_key(void **state)
{
    struct world w;
    uint8_t fp[IDENTITY_FP];
    (void)state;
    for (int alg = IDENTITY_P256; alg <= IDENTITY_ED25519; alg++) {
        struct identity *id = made((enum identity_alg)alg);
        world_init(&w, WORLD_PASSWORD, alg == IDENTITY_ED25519);
        w.identity = id;
        struct world_peer *p = world_join(&w);
        assert_int_equal(w.shown.n, 1);
        assert_int_equal(w.shown.alg, alg);
        assert_string_equal(w.shown.name, "Jo");
        identity_fingerprint(id, fp);
        assert_memory_equal(w.shown.fp, fp, sizeof fp);
        world_pass(&w, 120000); /* people may take their time */
        assert_int_equal(w.members, 1);
        assert_int_equal(w.knocks, 0);
        assert_false(p->ended);
        door(&w, &yes);
        if (alg == IDENTITY_ED25519) {
            assert_int_equal(w.knocks, 1);
            assert_int_equal(w.knock_level, 0);
            assert_int_equal(w.knock_alg, alg); /* to be judged again when they are let in */
            assert_memory_equal(w.knock_fp, fp, sizeof fp);
            organizer_admit(w.o, w.knock[0], true, false, w.now);
            world_run(&w);
        }
        assert_int_equal(w.members, 2);
        assert_int_equal(p->members, 2);
        assert_int_equal(w.level[2], 0); /* the same as last time is not who they say */
        assert_int_equal(w.alg[2], alg);
        assert_memory_equal(w.fps[2], fp, sizeof fp);
        world_finish(&w);
        identity_destroy(id);
    }
}

static void refused_at_the_door(void **state)
{
    struct world w;
    (void)state;
    struct identity *id = made(IDENTITY_P256);
    world_init(&w, WORLD_PASSWORD, false);
    w.identity = id;
    struct world_peer *p = world_join(&w);
    door(&w, &no);
    assert_true(p->ended);
    assert_int_equal(p->code, E_IDENTITY);
    assert_int_equal(p->why, END_WHY_OURS);
    assert_int_equal(w.members, 1);
    door(&w, &yes); /* too late for anything */
    assert_int_equal(w.members, 1);
    p = world_join(&w);
    joiner_leave(p->j, w.now); /* before anybody answers */
    world_run(&w);
    assert_int_equal(w.shown.gone, 1);
    door(&w, &yes);
    assert_int_equal(w.members, 1);
    world_finish(&w);
    identity_destroy(id);
}

/* Nothing of the session is taken in before our own user or rules have said that it is they. */
static void organizer_shows_a_key(void **state)
{
    struct world w;
    (void)state;
    struct identity *id = made(IDENTITY_ED25519);
    world_init_as(&w, WORLD_PASSWORD, false, id, false);
    struct world_peer *p = world_join(&w);
    assert_true(p->welcomed && p->wait);
    assert_string_equal(p->organizer, "Olga");
    assert_int_equal(p->shown.n, 1);
    assert_int_equal(p->shown.alg, IDENTITY_ED25519);
    assert_true(organizer_share(w.o, w.now));
    world_screen_unit(&w, true, "picture", 7);
    assert_int_equal(p->members, 0);
    assert_int_equal(p->screens, 0);
    at_joiner(&w, p, &yes);
    assert_int_equal(p->members, 2);
    assert_int_equal(p->level[1], 0);
    world_screen_unit(&w, true, "picture", 7);
    assert_int_equal(p->screens, 1);
    at_joiner(&w, p, &no); /* answered already */
    assert_false(p->ended);

    p = world_join(&w);
    at_joiner(&w, p, &no);
    assert_true(p->ended);
    assert_int_equal(p->code, E_IDENTITY);
    assert_int_equal(p->why, END_WHY_THEIRS);
    assert_int_equal(p->members, 0);
    assert_int_equal(w.members, 2); /* it left */
    world_finish(&w);
    identity_destroy(id);
}

/* Lines that came while it was judged are missing, and told; who wrote them is heard from here on.
   Fails when judge_counter refuses a jump on stream 3. */
static void written_while_it_is_judged(void **state)
{
    struct world w;
    (void)state;
    struct identity *id = made(IDENTITY_P256);
    world_init_as(&w, WORLD_PASSWORD, false, id, false);
    struct world_peer *p = world_join(&w);
    assert_true(p->bound && p->members == 0);
    assert_true(organizer_chat(w.o, world_text("hello"), w.now));
    assert_true(organizer_chat(w.o, world_text("please wait"), w.now));
    world_run(&w);
    at_joiner(&w, p, &yes);
    assert_int_equal(p->members, 2);
    assert_true(organizer_chat(w.o, world_text("and now?"), w.now));
    world_run(&w);
    assert_true(p->c.lines == 1 && p->c.lines_missed == 2);
    assert_string_equal(p->c.line, "and now?");
    assert_false(group_muted(p->j->group, 1));
    world_finish(&w);
    identity_destroy(id);
}

/* What an organizer sends while nobody reads it has an end. */
static void unread_is_bounded(void **state)
{
    struct world w;
    (void)state;
    struct identity *id = made(IDENTITY_P256);
    world_init_as(&w, WORLD_PASSWORD, false, id, false);
    struct world_peer *p = world_join(&w);
    uint8_t chan[OUTER_HEAD + OUTER_CHAN_MAX] = {0};
    outer_chan_head(chan);
    for (int i = 0; i < JOINER_UNREAD_MAX / OUTER_CHAN_MAX + 1 && !p->ended; i++)
        joiner_message(p->j, 1, span_of(chan, sizeof chan), w.now);
    assert_true(p->ended);
    assert_int_equal(p->code, E_LIMIT);
    world_finish(&w);
    identity_destroy(id);
}

/* --- identities required (M0 bit 1) --- */

static void required_of_the_joiner(void **state)
{
    struct world w;
    (void)state;
    struct identity *id = made(IDENTITY_P256), *own = made(IDENTITY_P256);
    world_init_as(&w, WORLD_PASSWORD, false, own, true);
    unsigned before = w.msgs;
    struct world_peer *p = world_join(&w); /* has none */
    assert_true(p->ended && !p->welcomed);
    assert_int_equal(p->code, E_IDENTITY);
    assert_int_equal(p->why, END_WHY_OURS);
    assert_int_equal(w.msgs, before); /* nothing was sent */
    w.identity = id;
    p = world_join(&w);
    door(&w, &yes);
    at_joiner(&w, p, &yes);
    assert_int_equal(p->members, 2);
    world_finish(&w);
    identity_destroy(id);
    identity_destroy(own);
}

/* A patched client that shows none all the same. */
static bool takes_it_off(struct world *w, struct world_item *i)
{
    (void)i;
    if (w->n)
        w->peers[w->n - 1].j->identity = NULL;
    return true;
}

static void required_of_a_patched_joiner(void **state)
{
    struct world w;
    (void)state;
    struct identity *id = made(IDENTITY_P256), *own = made(IDENTITY_P256);
    world_init_as(&w, WORLD_PASSWORD, false, own, true);
    w.identity = id;
    w.touch = takes_it_off;
    struct world_peer *p = world_join(&w);
    assert_true(p->ended);
    assert_int_equal(p->drop_why, DROP_REFUSED);
    assert_int_equal(w.shown.n, 0);
    assert_int_equal(w.members, 1);
    world_finish(&w);
    identity_destroy(id);
    identity_destroy(own);
}

/* Asked of the organizer by our own rules, whatever M0 says. */
/* Proved as Olga, in the roster as somebody else: nobody is told of that one. Fails when
   roster_changed does not compare. */
static void another_name_in_the_roster(void **state)
{
    struct world w;
    (void)state;
    struct identity *id = made(IDENTITY_ED25519);
    world_init_as(&w, WORLD_PASSWORD, false, id, false);
    struct group_person *olga = (struct group_person *)(uintptr_t)group_find(w.o->group, 1);
    olga->name[0] = 'X';
    struct world_peer *p = world_join(&w);
    assert_string_equal(p->organizer, "Olga");
    at_joiner(&w, p, &yes);
    assert_true(p->ended);
    assert_int_equal(p->code, E_CONTROL);
    assert_int_equal(p->members, 0);
    world_finish(&w);
    identity_destroy(id);
}

static void required_of_the_organizer(void **state)
{
    struct world w;
    (void)state;
    struct identity *id = made(IDENTITY_P256);
    world_init(&w, WORLD_PASSWORD, false);
    w.identity = id;
    w.identity_required = true;
    struct world_peer *p = world_join(&w);
    assert_true(p->ended && !p->welcomed);
    assert_int_equal(p->code, E_IDENTITY);
    assert_int_equal(p->why, END_WHY_THEIRS);
    assert_int_equal(w.members, 1);
    world_finish(&w);
    identity_destroy(id);
}

/* A relay that takes the bit out of M0 changes what both sides sign: no password fits. */
static void the_bit_cannot_be_taken_away(void **state)
{
    struct world w;
    (void)state;
    struct identity *own = made(IDENTITY_P256);
    world_init_as(&w, WORLD_PASSWORD, false, own, true);
    w.m0[6] &= (uint8_t)~M0_IDENTITY;
    struct world_peer *p = world_join(&w);
    assert_true(p->ended);
    assert_int_equal(p->code, E_AUTH);
    world_finish(&w);
    identity_destroy(own);
}

/* --- chains --- */

static struct identity_answer judged(const struct spki *s, const char *name)
{
    return (struct identity_answer){
        .yes = true, .key = span_of(s->key, s->len), .name = world_text(name), .fp = s->fp};
}

static void certified_joiner(void **state)
{
    static const char *const curves[] = {"P-256", "P-384"};
    struct world w;
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct identity *id = certified(curves[i], "Helga Nord");
        world_init(&w, WORLD_PASSWORD, true);
        w.identity = id;
        world_join(&w);
        assert_int_equal(w.shown.alg, IDENTITY_CHAINED);
        assert_string_equal(w.shown.name, "Helga Nord");
        assert_int_equal(w.shown.key_len, identity_key(id).len);
        struct spki s = spki_of(w.shown.key, w.shown.key_len);
        const struct identity_answer good = judged(&s, "Helga Nord");
        door(&w, &good);
        assert_int_equal(w.knocks, 1);
        assert_int_equal(w.knock_level, 2);
        assert_string_equal(w.knock_name, "Helga Nord");
        organizer_admit(w.o, w.knock[0], true, false, w.now);
        world_run(&w);
        assert_int_equal(w.level[2], 2);
        assert_memory_equal(w.fps[2], s.fp, sizeof s.fp);
        world_finish(&w);
        identity_destroy(id);
    }
}

/* A good chain that is somebody else's, or another name than the one in it. */
static void borrowed_chain(void **state)
{
    struct world w;
    (void)state;
    struct identity *id = certified("P-256", "Helga Nord"),
                    *other = certified("P-256", "Helga Nord");
    struct spki mine = spki_of(identity_key(id).data, identity_key(id).len);
    struct spki theirs = spki_of(identity_key(other).data, identity_key(other).len);
    const struct identity_answer wrong[] = {
        judged(&theirs, "Helga Nord"), judged(&mine, "Helga Norb"), judged(&mine, "Helga"), no};
    world_init(&w, WORLD_PASSWORD, true);
    w.identity = id;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct world_peer *p = world_join(&w);
        door(&w, &wrong[i]);
        assert_true(p->ended);
        assert_int_equal(p->code, E_IDENTITY);
        assert_int_equal(p->why, END_WHY_OURS);
        assert_int_equal(w.knocks, 0);
    }
    world_finish(&w);
    identity_destroy(id);
    identity_destroy(other);
}

static void certified_organizer(void **state)
{
    struct world w;
    (void)state;
    struct identity *id = certified("P-384", "Helga Nord"),
                    *other = certified("P-384", "Helga Nord");
    struct spki s = spki_of(identity_key(id).data, identity_key(id).len);
    struct spki theirs = spki_of(identity_key(other).data, identity_key(other).len);
    world_init_as(&w, WORLD_PASSWORD, false, id, false);
    struct world_peer *p = world_join(&w);
    assert_false(p->welcomed); /* no name is said before it is known to be theirs */
    const struct identity_answer good = judged(&s, "Helga Nord"),
                                 bad[] = {judged(&theirs, "Helga Nord"), judged(&s, "Helga"), no};
    at_joiner(&w, p, &good);
    assert_true(p->welcomed);
    assert_string_equal(p->organizer, "Helga Nord");
    assert_int_equal(p->level[1], 2);
    assert_int_equal(p->members, 2);
    for (size_t i = 0; i < 3; i++) {
        p = world_join(&w);
        at_joiner(&w, p, &bad[i]);
        assert_true(p->ended && !p->welcomed);
        assert_int_equal(p->why, END_WHY_THEIRS);
    }
    world_finish(&w);
    identity_destroy(id);
    identity_destroy(other);
}

/* Whether somebody is certified is the organizer's word: it counts as far as the organizer itself
   is. */
static void word_of_the_organizer(void **state)
{
    struct world w;
    (void)state;
    struct identity *organizer = certified("P-256", "Olga West"), *id = certified("P-256", "Helga");
    for (int known = 0; known < 2; known++) {
        world_init_as(&w, WORLD_PASSWORD, false, known ? organizer : NULL, false);
        w.identity = id;
        world_join(&w);
        struct spki s = spki_of(w.shown.key, w.shown.key_len);
        const struct identity_answer good = judged(&s, "Helga");
        door(&w, &good);
        assert_int_equal(w.level[2], 2);
        w.identity = NULL;
        struct world_peer *p = world_join(&w);
        if (known) {
            s = spki_of(p->shown.key, p->shown.key_len);
            const struct identity_answer theirs = judged(&s, "Olga West");
            at_joiner(&w, p, &theirs);
        }
        assert_int_equal(p->level[1], known ? 2 : 0);
        assert_int_equal(p->level[2], known ? 2 : 1);
        world_finish(&w);
    }
    identity_destroy(organizer);
    identity_destroy(id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_file),
        cmocka_unit_test(own_certificate),
        cmocka_unit_test(short_points),
        cmocka_unit_test(unusable_files),
        cmocka_unit_test(signatures),
        cmocka_unit_test(joiner_shows_a_key),
        cmocka_unit_test(refused_at_the_door),
        cmocka_unit_test(organizer_shows_a_key),
        cmocka_unit_test(written_while_it_is_judged),
        cmocka_unit_test(unread_is_bounded),
        cmocka_unit_test(another_name_in_the_roster),
        cmocka_unit_test(required_of_the_joiner),
        cmocka_unit_test(required_of_a_patched_joiner),
        cmocka_unit_test(required_of_the_organizer),
        cmocka_unit_test(the_bit_cannot_be_taken_away),
        cmocka_unit_test(certified_joiner),
        cmocka_unit_test(borrowed_chain),
        cmocka_unit_test(certified_organizer),
        cmocka_unit_test(word_of_the_organizer),
    };
    return cmocka_run_group_tests(tests, world_group_setup, world_group_teardown);
}
