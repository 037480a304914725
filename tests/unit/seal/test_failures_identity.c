/*
 * e2e.md 13, the rows about identities (tests/unit/failures.h): missing though required, not good,
 * changed, another one's. Nobody is in by them, and nobody else is concerned.
 */
#include "net/seal/joiner_state.h"
#include "net/seal/organizer_state.h"
#include "net/seal/sig.h"
#include "tests/unit/failures.h"
#include "tests/unit/seal/identities.h"
#include "tests/unit/seal/world.h"

static struct world w;
static struct identity *ident, *other;

/* A session whose organizer goes by `theirs`, and somebody at its door who goes by `ours`. */
static struct world_peer *door(const struct identity *theirs, const struct identity *ours,
                               bool required_there, bool required_here)
{
    world_init_as(&w, WORLD_PASSWORD, false, theirs, required_there);
    w.identity = ours;
    w.identity_required = required_here;
    return world_join(&w);
}

static void say(bool at_organizer, struct world_peer *p, const struct identity_answer *a)
{
    if (at_organizer)
        organizer_identified(w.o, w.shown.ask, a, w.now);
    else
        joiner_identified(p->j, p->shown.ask, a, w.now);
    world_run(&w);
    world_pass(&w, 600);
}

static struct world_peer *refused(bool at_organizer, const struct identity *id)
{
    const struct identity_answer no = {.yes = false};
    struct world_peer *p =
        at_organizer ? door(NULL, id, false, false) : door(id, NULL, false, false);
    assert_int_equal(at_organizer ? w.shown.n : p->shown.n, 1);
    say(at_organizer, p, &no);
    return p;
}

/* The chain is good, and it is another one's: its key has not signed here. */
static struct world_peer *borrowed(bool at_organizer)
{
    struct world_peer *p =
        at_organizer ? door(NULL, ident, false, false) : door(ident, NULL, false, false);
    const struct spki s = spki_of(identity_key(other).data, identity_key(other).len);
    const struct identity_answer a = {
        .yes = true, .key = span_of(s.key, s.len), .name = identity_name(ident), .fp = s.fp};
    say(at_organizer, p, &a);
    return p;
}

static struct world_peer *ours_missing(void)
{
    return door(ident, NULL, true, false);
}
static struct world_peer *ours_not_good(void)
{
    return refused(true, ident);
}
static struct world_peer *ours_not_its_own(void)
{
    return borrowed(true);
}
static struct world_peer *ours_changed(void)
{
    struct identity *key = made(IDENTITY_P256);
    struct world_peer *p = refused(true, key);
    identity_destroy(key);
    p->j->identity = NULL;
    return p;
}
static struct world_peer *theirs_missing(void)
{
    return door(NULL, ident, false, true);
}
static struct world_peer *theirs_not_good(void)
{
    return refused(false, ident);
}
static struct world_peer *theirs_not_its_own(void)
{
    return borrowed(false);
}
static struct world_peer *theirs_changed(void)
{
    struct identity *key = made(IDENTITY_ED25519);
    struct world_peer *p = refused(false, key);
    w.o->identity = NULL;
    identity_destroy(key);
    return p;
}

/* Refused, and nobody is in; the next one without a fault is. */
static void identity_rows(void **state)
{
    static const struct {
        struct world_peer *(*run)(void);
        const char *name, *shows;
        enum end_why why;
    } rows[] = {
#define IDENTITY_ROW(function, what, whose, fault) {function, #function, what, whose},
        IDENTITY_FAILURES(IDENTITY_ROW)};
    (void)state;
    ident = certified("P-256", "Helga Nord");
    other = certified("P-384", "Helga Nord");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world_peer *p = rows[i].run();
        if (!p->ended || p->code != E_IDENTITY || p->why != rows[i].why)
            fail_msg("%s: %s: ended %d, E %u, why %u", rows[i].name, rows[i].shows, p->ended,
                     p->code, p->why);
        assert_true(w.members == 1 && p->members == 0 && !w.ended);
        world_finish(&w);
    }
    identity_destroy(ident);
    identity_destroy(other);
}

/* A key that is not the joiner's own: the linker puts this signature in place of the right one. */
static bool spoil_pop;
void __real_sig_sign(EVP_PKEY *key, const char *label, struct span m, uint8_t sig[SIG_LEN]);
void __wrap_sig_sign(EVP_PKEY *key, const char *label, struct span m, uint8_t sig[SIG_LEN]);
void __wrap_sig_sign(EVP_PKEY *key, const char *label, struct span m, uint8_t sig[SIG_LEN])
{
    __real_sig_sign(key, label, m, sig);
    sig[5] ^= spoil_pop && strcmp(label, "member key") == 0;
}

/* pop, at the organizer (E_CONTROL): nobody is let in, nobody else is concerned. */
static void a_wrong_pop_stays_out(void **state)
{
    (void)state;
    world_init(&w, WORLD_PASSWORD, false);
    spoil_pop = true;
    struct world_peer *p = world_join(&w);
    spoil_pop = false;
    assert_true(p->ended && !p->welcomed && w.members == 1 && !w.ended);
    struct world_peer *q = world_join(&w);
    assert_true(!q->ended && w.members == 2);
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_rows),
        cmocka_unit_test(a_wrong_pop_stays_out),
    };
    return cmocka_run_group_tests_name("failures_identity", tests, world_group_setup,
                                       world_group_teardown);
}
