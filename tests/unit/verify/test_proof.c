/*
 * Proofs in a trail (audit/verify/proof.h), made here as a session makes them: right ones are good,
 * every field changed is found, and a key that the organizer did not name is not taken for one that
 * was. Each check of proof.c taken out was seen to fail here: a signature of one side, the session,
 * the list of the record, the record's own signature, the order of its parts.
 */
#include "audit/verify/proof.h"
#include "lib/hex.h"
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the ones above */
#include <cmocka.h>

struct person {
    EVP_PKEY *key;
    uint8_t point[65];
};

static struct person organizer, controller, presenter, stranger;
static uint8_t session[32], bind[64], grant[16];

static void make_person(struct person *p)
{
    size_t len;
    p->key = EVP_EC_gen("P-256");
    assert_non_null(p->key);
    assert_int_equal(
        EVP_PKEY_get_octet_string_param(p->key, "pub", p->point, sizeof p->point, &len), 1);
}

static void sign(const struct person *p, const char *label, const uint8_t *m, size_t n,
                 uint8_t out[64])
{
    static uint8_t whole[PROOF_RECORD_MAX];
    uint8_t der[80];
    size_t len = sizeof der, at = strlen(label) + 1;
    memcpy(whole, "e2e/1 sig ", 10);
    memcpy(whole + 10, label, at);
    memcpy(whole + 10 + at, m, n);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit_ex(ctx, NULL, "SHA2-256", NULL, NULL, p->key, NULL), 1);
    assert_int_equal(EVP_DigestSign(ctx, der, &len, whole, 10 + at + n), 1);
    EVP_MD_CTX_free(ctx);
    const uint8_t *read = der;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &read, (long)len);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, 32), 32);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + 32, 32), 32);
    ECDSA_SIG_free(sig);
}

static int set_up(void **state)
{
    (void)state;
    make_person(&organizer);
    make_person(&controller);
    make_person(&presenter);
    make_person(&stranger);
    memset(session, 7, sizeof session);
    memset(bind, 8, sizeof bind);
    memset(grant, 9, sizeof grant);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    EVP_PKEY_free(organizer.key);
    EVP_PKEY_free(controller.key);
    EVP_PKEY_free(presenter.key);
    EVP_PKEY_free(stranger.key);
    return 0;
}

/* --- a line out of its fields --- */

struct text {
    char fields[8192];
    size_t len;
};

static void add(struct text *t, const char *name, const char *value)
{
    t->len += (size_t)snprintf(t->fields + t->len, sizeof t->fields - t->len, "%s\"%s\":\"%s\"",
                               t->len ? "," : "{", name, value);
}

static void add_bytes(struct text *t, const char *name, const uint8_t *bytes, size_t n)
{
    char hex[HEX_SIZE(128)];
    hex_format(bytes, n, hex);
    add(t, name, hex);
}

static uint64_t run; /* whose lines they are */

static struct line as_line(struct text *t)
{
    t->len += (size_t)snprintf(t->fields + t->len, sizeof t->fields - t->len, "}");
    return (struct line){.fields = t->fields, .fields_len = t->len, .run = run};
}

/* --- a record that names two people --- */

static size_t put_person(uint8_t *out, unsigned mid, const char *name, const uint8_t point[65])
{
    size_t n = strlen(name);
    memset(out, 0, 4 + n + 65 + 33);
    out[1] = (uint8_t)mid;
    out[2] = 2;
    out[3] = (uint8_t)n;
    memcpy(out + 4, name, n);
    memcpy(out + 4 + n, point, 65);
    return 4 + n + 65 + 33;
}

static size_t make_record(uint8_t out[1024], const struct person *by)
{
    size_t at = 119;
    memset(out, 0, 119);
    out[0] = out[1] = 1;
    memcpy(out + 4, session, sizeof session);
    out[at + 1] = 1; /* somebody went: mid 9, left */
    memcpy(out + at + 2, (const uint8_t[]){0, 9, 1, 0, 2}, 5);
    at += 7;
    at += put_person(out + at, 2, "Vera", controller.point);
    at += put_person(out + at, 3, "Theo", presenter.point);
    sign(by, "record", out, at, out + at);
    return at + 64;
}

/* Part `part` of a record, each of `fields` fields. */
static enum proof_says give_part(struct proof_book *b, const uint8_t *record, size_t len,
                                 unsigned part, unsigned fields, const char *member)
{
    struct text t = {.len = 0};
    char number[24];
    size_t size = (size_t)fields * 128, end = part * size < len ? part * size : len;
    add(&t, "member", member);
    snprintf(number, sizeof number, "%u", part);
    add(&t, "part", number);
    snprintf(number, sizeof number, "%u", (unsigned)((len + size - 1) / size));
    add(&t, "of", number);
    for (size_t i = 1, at = (part - 1) * size; at < end; i++, at += 128) {
        snprintf(number, sizeof number, "d%zu", i);
        add_bytes(&t, number, record + at, end - at < 128 ? end - at : 128);
    }
    const struct line l = as_line(&t);
    return proof_part(b, &l);
}

/* In parts of two fields each, to have several. */
static enum proof_says give_record(struct proof_book *b, const uint8_t *record, size_t len,
                                   const char *member)
{
    enum proof_says says = PROOF_GOOD;
    for (unsigned part = 1; (part - 1) * 256 < len && says == PROOF_GOOD; part++)
        says = give_part(b, record, len, part, 2, member);
    return says;
}

static void give_both(struct proof_book *b, const struct person *by)
{
    uint8_t record[1024];
    size_t len = make_record(record, by);
    assert_int_equal(give_record(b, record, len, "2"), PROOF_GOOD);
    assert_int_equal(give_record(b, record, len, "3"), PROOF_GOOD);
}

/* --- a grant --- */

static void sign_side(const struct person *p, uint8_t side, uint8_t out[64])
{
    uint8_t m[125] = {side};
    memcpy(m + 1, bind, 64);
    memcpy(m + 65, session, 32);
    memcpy(m + 97, grant, 16);
    memcpy(m + 113, (const uint8_t[]){0, 2, 0, 3, 0, 3, 0, 0, 3, 132, 2, 88}, 12);
    sign(p, "pair auth", m, sizeof m, out);
}

/* One field is changed, or left out with "". */
static enum proof_says control(struct proof_book *b, const struct person *c, const char *field,
                               const char *instead)
{
    static const char *const numbers[][2] = {{"controller", "2"}, {"presenter", "3"},
                                             {"caps", "3"},       {"seconds", "900"},
                                             {"idle", "600"},     {"epoch", "4"}};
    struct text t = {.len = 0};
    uint8_t sig[2][64];
    sign_side(c, 0, sig[0]);
    sign_side(&presenter, 1, sig[1]);
    const struct {
        const char *name;
        const uint8_t *bytes;
        size_t n;
    } bytes[] = {{"grant", grant, 16},    {"session", session, 32},
                 {"bind", bind, 64},      {"organizer", organizer.point, 65},
                 {"key_c", c->point, 65}, {"key_p", presenter.point, 65},
                 {"sig_c", sig[0], 64},   {"sig_p", sig[1], 64}};
    for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++)
        if (!field || strcmp(field, bytes[i].name) != 0)
            add_bytes(&t, bytes[i].name, bytes[i].bytes, bytes[i].n);
        else if (*instead)
            add(&t, field, instead);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (!field || strcmp(field, numbers[i][0]) != 0)
            add(&t, numbers[i][0], numbers[i][1]);
        else if (*instead)
            add(&t, field, instead);
    const struct line l = as_line(&t);
    return proof_control(b, &l);
}

static struct proof_book book;

static void right(void **state)
{
    (void)state;
    memset(&book, 0, sizeof book);
    give_both(&book, &organizer);
    assert_int_equal(control(&book, &controller, NULL, NULL), PROOF_GOOD);
    assert_int_equal(control(&book, &controller, NULL, NULL), PROOF_UNNAMED); /* used up */
}

static void every_field(void **state)
{
    char zeros[131];
    static const struct {
        const char *name;
        size_t len;
    } hex[] = {{"grant", 32},  {"session", 64}, {"bind", 128},  {"organizer", 130},
               {"key_c", 130}, {"key_p", 130},  {"sig_c", 128}, {"sig_p", 128}};
    static const char *const numbers[] = {"controller", "presenter", "caps", "seconds", "idle"};
    (void)state;
    memset(zeros, '0', sizeof zeros);
    for (size_t i = 0; i < sizeof hex / sizeof hex[0]; i++) {
        give_both(&book, &organizer);
        zeros[hex[i].len] = '\0';
        assert_int_equal(control(&book, &controller, hex[i].name, zeros), PROOF_WRONG);
        assert_int_equal(control(&book, &controller, hex[i].name, "00"), PROOF_WRONG);
        assert_int_equal(control(&book, &controller, hex[i].name, ""), PROOF_WRONG);
        zeros[hex[i].len] = '0';
    }
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        give_both(&book, &organizer);
        assert_int_equal(control(&book, &controller, numbers[i], "5"), PROOF_WRONG);
        assert_int_equal(control(&book, &controller, numbers[i], "0x2"), PROOF_WRONG);
        assert_int_equal(control(&book, &controller, numbers[i], "99999999999"), PROOF_WRONG);
        assert_int_equal(control(&book, &controller, numbers[i], ""), PROOF_WRONG);
    }
}

/* Their own signature is right, but nobody has named their key; or somebody else has. */
static void not_named(void **state)
{
    (void)state;
    give_both(&book, &organizer);
    assert_int_equal(control(&book, &stranger, NULL, NULL), PROOF_WRONG);
    give_both(&book, &stranger);
    assert_int_equal(control(&book, &controller, NULL, NULL), PROOF_WRONG);
}

static void records(void **state)
{
    uint8_t record[1024];
    (void)state;
    size_t len = make_record(record, &organizer);
    for (size_t i = 0; i < len; i++) {
        record[i] ^= 1;
        (void)give_record(&book, record, len, "2");
        (void)give_record(&book, record, len, "3");
        bool other_session = i >= 4 && i < 36; /* then it is another one's, and proves nothing */
        assert_int_equal(control(&book, &controller, NULL, NULL),
                         other_session ? PROOF_UNNAMED : PROOF_WRONG);
        record[i] ^= 1;
    }
    for (size_t n = 1; n < len; n += 37) { /* cut */
        (void)give_record(&book, record, n, "2");
        (void)give_record(&book, record, n, "3");
        assert_int_equal(control(&book, &controller, NULL, NULL), PROOF_WRONG);
    }
}

/* Lines that were lost (a full disk) leave a record that proves nothing, and is no tampering. */
static void parts_lost(void **state)
{
    uint8_t record[1024];
    (void)state;
    memset(&book, 0, sizeof book);
    size_t len = make_record(record, &organizer);
    assert_int_equal(give_part(&book, record, len, 2, 2, "2"), PROOF_GOOD);
    assert_int_equal(control(&book, &controller, NULL, NULL), PROOF_UNNAMED);
    assert_int_equal(give_part(&book, record, len, 1, 1, "2"), PROOF_GOOD);
    assert_int_equal(give_part(&book, record, len, 3, 1, "2"), PROOF_GOOD);
    for (unsigned part = 4; (part - 1) * 128 < len; part++)
        assert_int_equal(give_part(&book, record, len, part, 1, "2"), PROOF_GOOD);
    assert_int_equal(control(&book, &controller, NULL, NULL), PROOF_UNNAMED);
    give_both(&book, &organizer);
    assert_int_equal(control(&book, &controller, NULL, NULL), PROOF_GOOD);
}

/* Two vitrines write one trail: a part of one stands between two of the other, and its proof
   between the other's records and proof. */
static void two_runs(void **state)
{
    uint8_t record[1024];
    (void)state;
    memset(&book, 0, sizeof book);
    size_t len = make_record(record, &organizer);
    for (unsigned part = 1; (part - 1) * 256 < len; part++)
        for (run = 5; run <= 9; run += 4)
            assert_int_equal(give_part(&book, record, len, part, 2, "2"), PROOF_GOOD);
    run = 7;
    assert_int_equal(control(&book, &controller, NULL, NULL), PROOF_UNNAMED); /* not another's */
    run = 5;
    assert_int_equal(control(&book, &controller, NULL, NULL), PROOF_GOOD);
    run = 9;
    assert_int_equal(control(&book, &controller, NULL, NULL), PROOF_GOOD);
    for (run = 20; run < 20 + RUNS_MOST; run++) /* one more than there are places */
        assert_int_equal(give_record(&book, record, len, "2"), PROOF_GOOD);
    run = 5;
    assert_int_equal(give_record(&book, record, len, "2"), PROOF_GOOD);
    run = 20;
    assert_int_equal(control(&book, &controller, NULL, NULL), PROOF_UNNAMED);
    run = 5;
    assert_int_equal(control(&book, &controller, NULL, NULL), PROOF_GOOD);
    run = 0;
}

/* As many at once as a receipt tells apart. */
static void most_runs(void **state)
{
    uint8_t record[1024];
    (void)state;
    memset(&book, 0, sizeof book);
    size_t len = make_record(record, &organizer);
    for (run = 1; run <= 16; run++)
        assert_int_equal(give_record(&book, record, len, "2"), PROOF_GOOD);
    for (run = 1; run <= 16; run++)
        assert_int_equal(control(&book, &controller, NULL, NULL), PROOF_GOOD);
    run = 0;
}

/* The longest there is: everybody came at once, and all have long names. */
static void longest_record(void **state)
{
    static uint8_t record[PROOF_RECORD_MAX];
    char name[MAX_NAME + 1];
    size_t at = 121;
    (void)state;
    memset(name, 'x', MAX_NAME);
    name[MAX_NAME] = '\0';
    memset(record, 0, 119 + 2);
    record[0] = record[1] = 1;
    memcpy(record + 4, session, sizeof session);
    record[at++] = MAX_MEMBERS >> 8;
    record[at++] = MAX_MEMBERS & 0xff;
    for (unsigned i = 0; i < MAX_MEMBERS - 2; i++)
        at += put_person(record + at, 9, name, stranger.point);
    at += put_person(record + at, 2, name, controller.point);
    at += put_person(record + at, 3, name, presenter.point);
    sign(&organizer, "record", record, at, record + at);
    at += 64;
    memset(&book, 0, sizeof book);
    for (unsigned part = 1; (part - 1) * PROOF_PART < at; part++)
        assert_int_equal(give_part(&book, record, at, part, PROOF_PART / 128, "2"), PROOF_GOOD);
    assert_int_equal(control(&book, &controller, NULL, NULL), PROOF_GOOD); /* it names both */
}

static enum proof_says shown(const struct person *p, const char *member, const char *epoch)
{
    struct text t = {.len = 0};
    uint8_t sig[64], m[38] = {0};
    memcpy(m, session, 32);
    m[35] = 4;
    m[37] = p == &organizer ? 1 : 2;
    sign(p, "share", m, sizeof m, sig);
    add_bytes(&t, "session", session, 32);
    add_bytes(&t, "organizer", organizer.point, 65);
    add(&t, "member", member);
    add_bytes(&t, "key", p->point, 65);
    add_bytes(&t, "sig", sig, 64);
    add(&t, "epoch", epoch);
    const struct line l = as_line(&t);
    return proof_share(&book, &l);
}

static void sharing(void **state)
{
    (void)state;
    memset(&book, 0, sizeof book);
    assert_int_equal(shown(&organizer, "1", "4"), PROOF_GOOD);
    assert_int_equal(shown(&organizer, "1", "5"), PROOF_WRONG);
    assert_int_equal(shown(&organizer, "2", "4"), PROOF_WRONG);
    assert_int_equal(shown(&controller, "2", "4"), PROOF_UNNAMED);
    give_both(&book, &organizer);
    assert_int_equal(shown(&controller, "2", "4"), PROOF_GOOD);
    give_both(&book, &organizer);
    assert_int_equal(shown(&stranger, "2", "4"), PROOF_WRONG);
}

/* A record whose proof a crash has swallowed is not taken for that of the next session, where other
   people have the same numbers. */
static void after_a_crash(void **state)
{
    uint8_t record[1024];
    (void)state;
    memset(&book, 0, sizeof book);
    size_t len = make_record(record, &organizer);
    assert_int_equal(give_record(&book, record, len, "2"), PROOF_GOOD);
    assert_int_equal(shown(&controller, "2", "4"), PROOF_GOOD); /* the other place is next */
    assert_int_equal(give_record(&book, record, len, "2"), PROOF_GOOD);
    memset(session, 6, sizeof session);
    len = make_record(record, &organizer);
    assert_int_equal(give_record(&book, record, len, "2"), PROOF_GOOD);
    assert_int_equal(shown(&controller, "2", "4"), PROOF_GOOD);
    memset(session, 7, sizeof session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right),       cmocka_unit_test(after_a_crash),
        cmocka_unit_test(every_field), cmocka_unit_test(not_named),
        cmocka_unit_test(records),     cmocka_unit_test(sharing),
        cmocka_unit_test(parts_lost),  cmocka_unit_test(two_runs),
        cmocka_unit_test(most_runs),   cmocka_unit_test(longest_record)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
