/*
 * Properties of e2e.md 15 that need patched members: 3, 5, 6, 8, 10, 11, 16. The attackers here
 * hold every key they can have by the design, and the relay does what they want. Passwords are
 * stretched cheaply here (the linker puts the function below in place of the slow one), so that a
 * hundred members and a dictionary can be tried.
 */
#define WORLD_PEERS 104
#include "net/seal/control_state.h"
#include "net/seal/derive.h"
#include "net/seal/joiner_state.h"
#include "net/seal/organizer_state.h"
#include "net/seal/pair.h"
#include "tests/unit/seal/control_world.h"
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

static unsigned encryptions;

void __real_sframe_seal(struct sframe_key *k, uint64_t ctr, struct span header,
                        struct span metadata, uint8_t *data, size_t len);
void __wrap_sframe_seal(struct sframe_key *k, uint64_t ctr, struct span header,
                        struct span metadata, uint8_t *data, size_t len);
void __wrap_sframe_seal(struct sframe_key *k, uint64_t ctr, struct span header,
                        struct span metadata, uint8_t *data, size_t len)
{
    encryptions++;
    __real_sframe_seal(k, ctr, header, metadata, data, len);
}

/* --- 3: no offline guessing. Whoever recorded M0 to M3 computes, for each word of a dictionary,
   all that follows from the word and what is public: nothing of it stands in what was recorded, the
   right word's neither, and no word is ruled out by a share that could not have been made with it.
   Fails when confirmV is a MAC under w0, and when a share is sent without its random part. --- */

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

/* --- 6: sealed once, for one viewer and for a hundred. Fails when organizer_screen seals once for
   each seat. --- */

static void share_with(unsigned viewers, unsigned *sealed, size_t *bytes)
{
    static uint8_t picture[5000];
    struct world w;
    world_init(&w, WORLD_PASSWORD, false);
    for (unsigned i = 0; i < viewers; i++)
        world_join(&w);
    assert_int_equal(w.members, viewers + 1);
    assert_true(organizer_share(w.o, w.now));
    world_run(&w);
    unsigned before = w.units_seen;
    encryptions = 0;
    *bytes = w.unit_bytes;
    for (unsigned i = 0; i < 50; i++)
        world_screen_unit(&w, i % 10 == 0, picture, sizeof picture - i * 90);
    *sealed = encryptions;
    *bytes = w.unit_bytes - *bytes;
    assert_int_equal(w.units_seen - before, 50);
    for (unsigned i = 0; i < viewers; i++)
        assert_int_equal(w.peers[i].screens, 50);
    world_finish(&w);
}

static void p06_sealed_once(void **state)
{
    unsigned one, hundred;
    size_t bytes, bytes_hundred;
    (void)state;
    share_with(1, &one, &bytes);
    share_with(100, &hundred, &bytes_hundred);
    assert_int_equal(one, 50);
    assert_int_equal(hundred, 50);
    assert_int_equal(bytes, bytes_hundred);
}

/* --- 10 and 16: who else can make an INPUT accepted? --- */

/* An end of a pair channel in the attacker's hands. */
struct attacker {
    struct pair *pair;
    bool to_organizer;     /* the victim */
    struct world_peer *as; /* whose handle, or whose ears, the relay lends */
    uint8_t out[PAIR_HEAD + OUTER_CHAN_MAX];
};

/* What the victim sends to the one the attacker plays goes to the attacker. */
static bool divert(struct world *w, struct world_item *i)
{
    struct attacker *a = w->touch_ctx;
    const uint8_t *grant;
    struct span tls;
    bool message = i->kind == WORLD_TO_ORGANIZER || i->kind == WORLD_TO_JOINER;
    if (!message || i->bytes[0] != 0x41)
        return true;
    bool from_victim = (i->kind == WORLD_TO_JOINER) == a->to_organizer;
    if (from_victim && a->pair && pair_split(span_of(i->bytes, i->len), &grant, &tls))
        pair_feed(a->pair, tls);
    return false;
}

static void attack(struct world *w, struct attacker *a)
{
    struct input_event events[MAX_INPUT_EVENTS];
    unsigned n = 0;
    enum e2e_code code = E_NONE;
    for (int i = 0; i < 8; i++) {
        (void)pair_next(a->pair, events, &n, &code);
        for (size_t len; (len = pair_take(a->pair, a->out));) {
            if (a->to_organizer)
                organizer_message(w->o, a->as->handle, span_of(a->out, len), w->now);
            else
                joiner_message(a->as->j, 1, span_of(a->out, len), w->now);
        }
        world_run(w);
    }
}

/* Every member has the epoch secret and hears the grant id: only the signature is missing. */
static struct pair *forge(const struct group *g, const uint8_t sess_id[SESS_ID_LEN],
                          const struct pair_opening *how)
{
    uint8_t secret[SECRET_LEN], psk[PSK_LEN];
    struct pair_opening opening = *how;
    assert_true(group_secret_of(g, group_now_epoch(g), 0, secret));
    const struct derive_pair d = {.secret = secret,
                                  .sess_id = sess_id,
                                  .grant_id = opening.grant,
                                  .mid_c = how->mid_c,
                                  .mid_p = how->mid_p};
    derive_pair_psk(&d, psk);
    opening.psk = psk;
    opening.sess_id = sess_id;
    return pair_create(&opening);
}

/* p was granted; q, with the relay, takes its place. This and the next fail when take_proof does
   not ask sig_verify. */
static void p10_only_the_holder(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    struct attacker a = {.to_organizer = true, .as = p};
    const struct signal_terms terms = {.caps = 3, .ttl_s = 300, .idle_s = 60};
    control_ask(joiner_control(p->j, w.now), 3, false, w.now);
    world_run(&w);
    w.touch = divert;
    w.touch_ctx = &a;
    control_grant(organizer_control(w.o, w.now), p->mid, w.c.request, &terms, w.now);
    world_run(&w);
    struct pair_opening how = {.mid_c = p->mid,
                               .mid_p = 1,
                               .terms = terms,
                               .own = q->j->sig,
                               .peer = group_find(q->j->group, 1)->key};
    memcpy(how.grant, w.o->control->hold.grant, GRANT_ID_LEN);
    a.pair = forge(q->j->group, q->j->sess_id, &how);
    attack(&w, &a);
    assert_int_equal(w.c.granted, 0);
    assert_int_equal(w.c.denied, 1);
    assert_int_equal(w.c.code, E_GRANT);
    assert_int_equal(w.c.events, 0);
    pair_destroy(a.pair);
    world_finish(&w);
}

/* The organizer with all its keys plays the presenter towards a controller. */
static void p16_not_the_organizer_either(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    const struct signal_terms terms = {.caps = 3, .ttl_s = 300, .idle_s = 60};
    control_present(&w, p);
    control_ask(joiner_control(q->j, w.now), 3, false, w.now);
    world_run(&w);
    struct attacker a = {.to_organizer = true}; /* what p says to q is heard here */
    w.touch = divert;
    w.touch_ctx = &a;
    control_grant(joiner_control(p->j, w.now), q->mid, p->c.request, &terms, w.now);
    world_run(&w);
    struct pair_opening how = {.mid_c = q->mid,
                               .mid_p = p->mid,
                               .terms = terms,
                               .own = w.o->sig,
                               .peer = group_find(w.o->group, p->mid)->key};
    memcpy(how.grant, p->j->control->hold.grant, GRANT_ID_LEN);
    a.pair = forge(w.o->group, w.o->sess_id, &how);
    for (int i = 0; i < 8; i++) { /* by hand: p is told that it comes from q */
        struct input_event events[MAX_INPUT_EVENTS];
        unsigned n = 0;
        enum e2e_code code = E_NONE;
        (void)pair_next(a.pair, events, &n, &code);
        for (size_t len; (len = pair_take(a.pair, a.out));)
            joiner_message(p->j, q->mid, span_of(a.out, len), w.now);
        world_run(&w);
    }
    assert_int_equal(p->c.granted, 0);
    assert_int_equal(p->c.events, 0);
    assert_int_equal(p->c.code, E_GRANT);
    pair_destroy(a.pair);
    world_finish(&w);
}

/* Everything of pair channels that passed, to be said again. */
static struct world_item *recorded[64];
static unsigned n_recorded;

static bool record(struct world *w, struct world_item *i)
{
    (void)w;
    if (i->kind == WORLD_TO_ORGANIZER && i->bytes[0] == 0x41 && n_recorded < 64) {
        struct world_item *copy = malloc(sizeof *copy + i->len);
        memcpy(copy, i, sizeof *copy + i->len);
        recorded[n_recorded++] = copy;
    }
    return true;
}

static void say_again(struct world *w, const struct world_peer *as)
{
    for (unsigned i = 0; i < n_recorded; i++)
        organizer_message(w->o, as->handle, span_of(recorded[i]->bytes, recorded[i]->len), w->now);
    world_run(w);
}

/* Fails when control_pair does not compare the sender, and when it does not compare the grant. */
static void p10_replays_and_strangers(void **state)
{
    struct world w;
    (void)state;
    struct world_peer *p = control_start(&w), *q = world_join(&w);
    n_recorded = 0;
    w.touch = record;
    control_set_up(&w, p, 3, false);
    control_do(&w, p, key(INPUT_KEY_DOWN, 38));
    control_do(&w, p, key(INPUT_KEY_UP, 38));
    w.touch = NULL;
    assert_int_equal(w.c.events, 2);
    say_again(&w, q); /* another member's mouth */
    assert_int_equal(w.c.events, 2);
    assert_true(w.c.live);
    control_revoke(organizer_control(w.o, w.now), w.c.grant, GRANT_END_OWN, w.now);
    world_run(&w);
    say_again(&w, p); /* after the revoke */
    assert_int_equal(w.c.events, 2);
    control_set_up(&w, p, 3, false);
    say_again(&w, p); /* of an old grant */
    assert_int_equal(w.c.events, 2);
    assert_true(w.c.live);
    for (unsigned i = 0; i < n_recorded; i++)
        free(recorded[i]);
    world_finish(&w);
}

/* --- 11: revocation at once. Fails when control_revoke only tells, and when control_over keeps the
   pair. --- */

static unsigned passed_input;

static bool revoke_amid(struct world *w, struct world_item *i)
{
    if (i->kind == WORLD_TO_ORGANIZER && i->bytes[0] == 0x41 && ++passed_input == 20) {
        control_revoke(organizer_control(w->o, w->now), w->c.grant, GRANT_END_HOTKEY, w->now);
        assert_false(w->c.live);
    }
    return true;
}

static void p11_revoked_amid_a_burst(void **state)
{
    struct world w;
    struct input_event burst[MAX_INPUT_EVENTS];
    (void)state;
    struct world_peer *p = control_start(&w);
    control_set_up(&w, p, 3, false);
    for (unsigned i = 0; i < MAX_INPUT_EVENTS; i++)
        burst[i] = motion((int32_t)i, 1);
    for (unsigned i = 0; i < 42; i++) /* 1008 events on their way */
        assert_true(
            control_input(joiner_control(p->j, w.now), p->c.grant, burst, MAX_INPUT_EVENTS, w.now));
    passed_input = 0;
    w.touch = revoke_amid;
    world_run(&w);
    assert_true(passed_input >= 42); /* all arrived, and the answer to the close */
    assert_int_equal(w.c.events, 19 * MAX_INPUT_EVENTS);
    assert_int_equal(w.c.late, 0);
    assert_int_equal(w.c.why, GRANT_END_HOTKEY);
    assert_false(p->c.live);
    world_finish(&w);
}

/* --- 5: a relay in the middle of a session without password: the words differ. Fails when
   derive_sas leaves the organizer's key out, and when the joiner does not compare FP. --- */

/* Where a relay got every nonce to be the same, the key alone would tell. */
static void words_name_the_key(const struct world *a, const struct world *b)
{
    static const uint8_t same[POINT_LEN] = {4, 1};
    uint8_t words[2][8];
    struct derive_sas d = {.bind = same, .nonce_j = same, .nonce_o = same, .sig_pub_j = same};
    d.org_pub = a->o->org_pub;
    derive_sas(&d, words[0]);
    d.org_pub = b->o->org_pub;
    derive_sas(&d, words[1]);
    assert_memory_not_equal(words[0], words[1], 4);
}

static void p05_the_words_differ(void **state)
{
    struct world real, twin;
    (void)state;
    world_init(&real, NULL, false);
    world_init(&twin, NULL, false); /* the relay's own, with another key in M0 */
    struct world_peer *victim = world_join_with(&twin, "", NULL);
    struct world_peer *relay = world_join_with(&real, "", NULL);
    assert_true(victim->welcomed && relay->welcomed);
    assert_memory_not_equal(victim->words, real.words, 4);
    words_name_the_key(&real, &twin);
    world_join_with(&twin, "", real.fp); /* who has FP never gets so far */
    assert_true(twin.peers[1].ended);
    assert_int_equal(twin.peers[1].code, E_IDENTITY);
    world_finish(&twin);
    world_finish(&real);
}

/* A relay that runs two handshakes at once, each with a password it has guessed: towards the joiner
   with a session of its own, towards the organizer as a joiner. Both say E_AUTH, and the organizer
   has counted. With the right password (control) it would stand in between; with FP it does not
   come so far (above). Fails when joiner and organizer both take the other's MAC for right. */
static void p05_two_handshakes(void **state)
{
    struct world real, twin;
    (void)state;
    for (int right = 0; right < 2; right++) {
        const char *guess = right ? WORLD_PASSWORD : "amber canoe fifty lime";
        world_init(&real, WORLD_PASSWORD, false);
        world_init(&twin, guess, false);
        struct world_peer *victim = world_join_with(&twin, WORLD_PASSWORD, NULL);
        struct world_peer *relay = world_join_with(&real, guess, NULL);
        assert_int_equal(victim->welcomed, right);
        assert_int_equal(relay->welcomed, right);
        if (!right) {
            assert_true(victim->ended && victim->code == E_AUTH);
            assert_true(relay->ended && relay->code == E_AUTH);
            assert_int_equal(real.wrong, 1);
            assert_int_equal(twin.wrong, 1);
            assert_int_equal(real.members, 1);
        }
        world_finish(&twin);
        world_finish(&real);
    }
}

/* The same relay without any password: it hands the joiner's M1 to the organizer, whose M0 is
   another one than the joiner has seen, and the answer back. Fails when the joiner takes confirmV
   for right. */
static struct world *other_world;

static bool pass_on(struct world *w, struct world_item *i)
{
    struct world *to = other_world;
    if (i->kind != WORLD_TO_ORGANIZER || i->bytes[1] > OUTER_M3)
        return true;
    (void)w;
    organizer_message(to->o, to->peers[0].handle, span_of(i->bytes, i->len), to->now);
    for (struct world_item *answer = to->first; answer; answer = answer->next)
        if (answer->kind == WORLD_TO_JOINER)
            world_push_from(w, 0, 1, span_of(answer->bytes, answer->len));
    return false;
}

static void p05_forwarded(void **state)
{
    struct world real, twin;
    (void)state;
    world_init(&real, WORLD_PASSWORD, false);
    world_init(&twin, WORLD_PASSWORD, false); /* for its M0 alone */
    real.n = 1;
    real.peers[0] = (struct world_peer){.w = &real, .handle = 0x01000000u};
    other_world = &real;
    twin.touch = pass_on;
    struct world_peer *victim = world_join_with(&twin, WORLD_PASSWORD, NULL);
    assert_true(victim->ended && victim->code == E_AUTH);
    world_pass(&real, 0);
    real.n = 0;
    organizer_peer_gone(real.o, 0x01000000u, real.now);
    assert_int_equal(real.wrong, 1);
    assert_int_equal(real.members, 1);
    world_finish(&twin);
    world_finish(&real);
}

/* --- 8: who takes a member's memory later does not open what was recorded earlier. Fails when
   derive_wrap_step leaves the state as it was. --- */

static struct {
    uint8_t before[SHARED_LEN], after[SHARED_LEN], in[SECRET_LEN], out[SECRET_LEN];
    uint32_t epoch;
} steps[64];
static unsigned n_steps;

void __real_derive_wrap_step(uint8_t wrap[SHARED_LEN], uint32_t epoch, const uint8_t in[SECRET_LEN],
                             uint8_t out[SECRET_LEN]);
void __wrap_derive_wrap_step(uint8_t wrap[SHARED_LEN], uint32_t epoch, const uint8_t in[SECRET_LEN],
                             uint8_t out[SECRET_LEN]);
void __wrap_derive_wrap_step(uint8_t wrap[SHARED_LEN], uint32_t epoch, const uint8_t in[SECRET_LEN],
                             uint8_t out[SECRET_LEN])
{
    unsigned n = n_steps < 64 ? n_steps++ : 63;
    memcpy(steps[n].before, wrap, SHARED_LEN);
    memcpy(steps[n].in, in, SECRET_LEN);
    steps[n].epoch = epoch;
    __real_derive_wrap_step(wrap, epoch, in, out);
    memcpy(steps[n].after, wrap, SHARED_LEN);
    memcpy(steps[n].out, out, SECRET_LEN);
}

static bool unmasks(const uint8_t state[SHARED_LEN], unsigned step)
{
    uint8_t wrap[SHARED_LEN], out[SECRET_LEN];
    memcpy(wrap, state, SHARED_LEN);
    __real_derive_wrap_step(wrap, steps[step].epoch, steps[step].in, out);
    return memcmp(out, steps[step].out, SECRET_LEN) == 0;
}

static void p08_memory_does_not_open_the_past(void **state)
{
    struct world w;
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    n_steps = 0;
    struct world_peer *p = world_join(&w);
    for (unsigned i = 0; i < 5; i++) {
        organizer_lock(w.o, i % 2 == 0, w.now);
        world_run(&w);
    }
    assert_int_equal(group_now_epoch(p->j->group), 7);
    assert_int_equal(n_steps, 2 * 6); /* both ends of one channel: SNAPSHOT and five EPOCHs */
    const uint8_t *memory = steps[n_steps - 1].after;
    for (unsigned i = 0; i < n_steps; i++) {
        assert_true(unmasks(steps[i].before, i)); /* control */
        assert_false(unmasks(memory, i));
    }
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p03_nothing_to_check_offline),
        cmocka_unit_test(p05_two_handshakes),
        cmocka_unit_test(p05_forwarded),
        cmocka_unit_test(p06_sealed_once),
        cmocka_unit_test(p08_memory_does_not_open_the_past),
        cmocka_unit_test(p05_the_words_differ),
        cmocka_unit_test(p10_only_the_holder),
        cmocka_unit_test(p10_replays_and_strangers),
        cmocka_unit_test(p11_revoked_amid_a_burst),
        cmocka_unit_test(p16_not_the_organizer_either),
    };
    return cmocka_run_group_tests_name("properties", tests, world_group_setup,
                                       world_group_teardown);
}
