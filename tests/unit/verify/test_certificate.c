/*
 * Helpers' certificates: what passes, and everything that does not, one thing wrong in each row.
 */
#include "audit/verify/certificate.h"
#include "tests/unit/verify/chains.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka wants the ones above */
#include <cmocka.h>

static struct issued root, other_root, middle, lower;
static char anchors[8192];
static size_t anchors_len;

static int setup(void **state)
{
    (void)state;
    root = chains_issue(&(struct wanted){.ca = 1, .name = "Root"}, NULL);
    other_root = chains_issue(&(struct wanted){.ca = 1, .name = "Root"}, NULL);
    middle = chains_issue(&(struct wanted){.ca = 1, .name = "Middle", .curve = "P-384"}, &root);
    lower = chains_issue(&(struct wanted){.ca = 1, .name = "Lower"}, &middle);
    anchors_len = chains_pem(anchors, sizeof anchors, &root);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    chains_forget(&root);
    chains_forget(&other_root);
    chains_forget(&middle);
    chains_forget(&lower);
    return 0;
}

static enum chain_fault judge(const uint8_t *chain, size_t len, struct certificate *out)
{
    return certificate_check((struct span){chain, len},
                             (struct span){(const uint8_t *)anchors, anchors_len}, CHAINS_NOW, out);
}

/* A helper's certificate by that issuer, with the authorities between. */
static enum chain_fault helper(const struct wanted *w, const struct issued *issuer,
                               struct certificate *out)
{
    uint8_t chain[MAX_IDENTITY];
    struct issued i = chains_issue(w, issuer);
    size_t len = chains_add(chain, 0, &i);
    if (issuer == &lower)
        len = chains_add(chain, len, &lower);
    if (issuer == &lower || issuer == &middle)
        len = chains_add(chain, len, &middle);
    enum chain_fault fault = judge(chain, len, out);
    chains_forget(&i);
    return fault;
}

static void good_ones(void **state)
{
    static const struct wanted cases[] = {
        {0},
        {.name = "J\xc3\xb6rg \xe2\x9c\x93"},
        {.curve = "P-384"},
        {.extended = "clientAuth,emailProtection"},
        {.usage = "critical,digitalSignature,keyAgreement"},
        {.name = "0123456789012345678901234567890123456789012345678901234567890123"},
    };
    const struct issued *issuers[] = {&root, &middle, &lower};
    struct certificate out;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t k = 0; k < 3; k++) {
            const char *name = cases[i].name ? cases[i].name : "Helga Nord";
            assert_int_equal(helper(&cases[i], issuers[k], &out), CHAIN_GOOD);
            assert_int_equal(out.name_len, strlen(name));
            assert_memory_equal(out.name, name, out.name_len);
            assert_int_equal(out.key_len, cases[i].curve ? 97 : 65);
            assert_int_equal(out.key[0], 4);
        }
}

static void bad_ones(void **state)
{
    static const struct {
        struct wanted w;
        enum chain_fault fault;
    } cases[] = {
        {{.from = -7200, .until = -1}, CHAIN_TIME},
        {{.from = 1, .until = 7200}, CHAIN_TIME},
        {{.curve = "RSA"}, CHAIN_ALGORITHM},
        {{.curve = "P-521"}, CHAIN_ALGORITHM},
        {{.curve = "P-224"}, CHAIN_ALGORITHM},
        {{.curve = "secp256k1"}, CHAIN_ALGORITHM},
        {{.curve = "ED25519"}, CHAIN_ALGORITHM},
        {{.usage = ""}, CHAIN_USAGE},
        {{.usage = "critical,keyAgreement"}, CHAIN_USAGE},
        {{.usage = "critical,nonRepudiation"}, CHAIN_USAGE},
        {{.extended = ""}, CHAIN_USAGE},
        {{.extended = "serverAuth"}, CHAIN_USAGE},
        {{.extended = "codeSigning,emailProtection"}, CHAIN_USAGE},
        {{.extended = "anyExtendedKeyUsage"}, CHAIN_USAGE},
        {{.ca = 1, .name = "Helga Nord"}, CHAIN_USAGE},
        {{.ca = 1,
          .name = "Helga",
          .usage = "critical,digitalSignature,keyCertSign",
          .extended = "clientAuth"},
         CHAIN_USAGE},
        {{.names = -1}, CHAIN_NAME},
        {{.names = 2}, CHAIN_NAME},
        {{.name = "a\nb"}, CHAIN_NAME},
        {{.name = "a\xe2\x80\xae"
                  "b"},
         CHAIN_NAME},
        {{.name = "a\x01"}, CHAIN_NAME},
        {{.more = "1.2.3.4=critical,DER:0500"}, CHAIN_RULES},
    };
    struct certificate out;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum chain_fault fault = helper(&cases[i].w, &root, &out);
        if (fault != cases[i].fault)
            fail_msg("row %zu: %d, not %d", i, (int)fault, (int)cases[i].fault);
    }
    assert_int_equal(helper(&(struct wanted){.hash = EVP_sha1()}, &root, &out), CHAIN_ALGORITHM);
}

static void whose_it_is(void **state)
{
    uint8_t chain[MAX_IDENTITY];
    struct certificate out;
    (void)state;
    assert_int_equal(helper(&(struct wanted){0}, &other_root, &out), CHAIN_ISSUER);
    assert_int_equal(helper(&(struct wanted){0}, NULL, &out), CHAIN_ISSUER);
    struct issued i = chains_issue(&(struct wanted){0}, &middle);
    size_t len = chains_add(chain, 0, &i);
    assert_int_equal(judge(chain, len, &out), CHAIN_ISSUER); /* the one between is missing */
    len = chains_add(chain, len, &lower);                    /* ... or another stands there */
    assert_int_equal(judge(chain, len, &out), CHAIN_ISSUER);
    len = chains_add(chain, 0, &i);
    len = chains_add(chain, len, &middle);
    assert_int_equal(judge(chain, len, &out), CHAIN_GOOD);
    for (size_t at = len - 20; at < len; at++) { /* its signature, changed */
        chain[at] ^= 1;
        assert_int_not_equal(judge(chain, len, &out), CHAIN_GOOD);
        chain[at] ^= 1;
    }
    chains_forget(&i);
    /* A helper is no authority. */
    struct issued first = chains_issue(&(struct wanted){0}, &root);
    struct issued second = chains_issue(&(struct wanted){.name = "Mallory"}, &first);
    len = chains_add(chain, 0, &second);
    len = chains_add(chain, len, &first);
    assert_int_equal(judge(chain, len, &out), CHAIN_USAGE);
    chains_forget(&first);
    chains_forget(&second);
}

/* An authority between whose algorithm or time is not good takes everything below it along. */
static void authorities_between(void **state)
{
    static const struct {
        struct wanted w;
        enum chain_fault fault;
    } cases[] = {{{.ca = 1, .curve = "RSA"}, CHAIN_ALGORITHM},
                 {{.ca = 1, .from = -7200, .until = -1}, CHAIN_TIME},
                 {{.ca = 1, .usage = "critical,digitalSignature"}, CHAIN_USAGE},
                 {{.ca = 1, .extended = "serverAuth"}, CHAIN_USAGE}, /* not for people */
                 {{.ca = 1, .extended = "codeSigning"}, CHAIN_USAGE},
                 {{.ca = 1, .extended = "clientAuth"}, CHAIN_GOOD}};
    uint8_t chain[MAX_IDENTITY];
    struct certificate out;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct issued ca = chains_issue(&cases[i].w, &root);
        struct issued leaf = chains_issue(&(struct wanted){0}, &ca);
        size_t len = chains_add(chain, 0, &leaf);
        len = chains_add(chain, len, &ca);
        assert_int_equal(judge(chain, len, &out), cases[i].fault);
        chains_forget(&ca);
        chains_forget(&leaf);
    }
}

static void form(void **state)
{
    uint8_t chain[MAX_IDENTITY] = {0};
    struct certificate out;
    (void)state;
    struct issued i = chains_issue(&(struct wanted){0}, &lower);
    size_t one = chains_add(chain, 0, &i), len = chains_add(chain, one, &lower);
    len = chains_add(chain, len, &middle);
    assert_int_equal(judge(chain, len, &out), CHAIN_GOOD);
    assert_int_equal(judge(chain, len + 1, &out), CHAIN_FORM);
    assert_int_equal(judge(chain, len - 1, &out), CHAIN_FORM);
    size_t four = chains_add(chain, len, &root);
    assert_int_equal(judge(chain, four, &out), CHAIN_FORM); /* too long */
    assert_int_equal(judge(chain, 0, &out), CHAIN_FORM);
    assert_int_equal(judge((const uint8_t *)"garbage", 7, &out), CHAIN_FORM);
    for (size_t n = 1; n < one; n += 7)
        assert_int_equal(judge(chain, n, &out), CHAIN_FORM);
    chains_forget(&i);
}

/* A deeper one than three certificates, also when all that is missing is among the anchors. */
static void authorities_file(void **state)
{
    uint8_t chain[MAX_IDENTITY];
    struct certificate out;
    char text[8192];
    (void)state;
    struct issued leaf = chains_issue(&(struct wanted){0}, &root),
                  rsa = chains_issue(&(struct wanted){.ca = 1, .curve = "RSA"}, NULL);
    struct span der = {chain, chains_add(chain, 0, &leaf)};
    struct span none = {(const uint8_t *)"", 0}, noise = {(const uint8_t *)"hello\n", 6};
    assert_int_equal(certificate_check(der, none, CHAINS_NOW, &out), CHAIN_ANCHORS);
    assert_int_equal(certificate_check(der, noise, CHAINS_NOW, &out), CHAIN_ANCHORS);
    size_t n = chains_pem(text, sizeof text, &leaf); /* not an authority */
    assert_int_equal(certificate_check(der, (struct span){(uint8_t *)text, n}, CHAINS_NOW, &out),
                     CHAIN_ANCHORS);
    n = chains_pem(text, sizeof text, &rsa);
    assert_int_equal(certificate_check(der, (struct span){(uint8_t *)text, n}, CHAINS_NOW, &out),
                     CHAIN_ANCHORS);
    n = chains_pem(text, sizeof text, &other_root); /* several: any of them */
    size_t first = n;
    n += chains_pem(text + n, sizeof text - n, &root);
    struct span both = {(uint8_t *)text, n};
    assert_int_equal(certificate_check(der, both, CHAINS_NOW, &out), CHAIN_GOOD);
    assert_true(certificate_authorities(both));
    for (both.len = first + 1; both.len < n - 26; both.len += 9) /* all of them, or nothing */
        if (both.len > first + 27)
            assert_false(certificate_authorities(both));
    assert_true(certificate_authorities((struct span){(uint8_t *)text, first}));
    assert_false(certificate_authorities(none));
    assert_false(certificate_authorities(noise));
    assert_false(
        certificate_authorities((struct span){chain, chains_add(chain, 0, &root)})); /* DER */
    n = chains_pem(text + first, sizeof text - first, &leaf) + first;
    assert_false(certificate_authorities((struct span){(uint8_t *)text, n}));
    chains_forget(&leaf);
    chains_forget(&rsa);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_ones),   cmocka_unit_test(bad_ones),
        cmocka_unit_test(whose_it_is), cmocka_unit_test(authorities_between),
        cmocka_unit_test(form),        cmocka_unit_test(authorities_file),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
