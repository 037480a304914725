/* Passwords, relays, numbers and invitations: what is taken, what is refused, and that writing
   gives back what was read. */
#include "broker/field.h"
#include "broker/invite.h"
#include "broker/invite_text.h"
#include "lib/ui/strings.h"
#include "lib/words.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka wants the ones above */
#include <cmocka.h>

#define PIN "00112233445566778899aabbccddeeff"
#define FP "ffeeddccbbaa99887766554433221100"

static void test_make(void **state)
{
    (void)state;
    unsigned count[WORDS_PASSWORD] = {0};
    for (int i = 0; i < 10000; i++) {
        char shown[WORDS_SHOWN], copy[WORDS_SHOWN], *at = NULL;
        struct password p;
        assert_true(words_make(shown));
        assert_true(words_canonical(shown, strlen(shown), &p));
        memcpy(copy, shown, sizeof copy);
        int n = 0;
        for (char *w = strtok_r(copy, " ", &at); w; w = strtok_r(NULL, " ", &at), n++) {
            int index = words_password_find(w, strlen(w));
            assert_true(index >= 0);
            count[index]++;
        }
        assert_int_equal(n, 4);
    }
    /* Chi-square over 1023 degrees of freedom: mean 1023, deviation 45; 1300 is beyond one in 10^8.
     */
    double expected = 40000.0 / WORDS_PASSWORD, chi = 0;
    for (int i = 0; i < WORDS_PASSWORD; i++)
        chi += (count[i] - expected) * (count[i] - expected) / expected;
    assert_true(chi < 1300 && chi > 750);
}

static void canonical(const char *entry, const char *want)
{
    struct password p;
    bool good = words_canonical(entry, strlen(entry), &p);
    if (!want) {
        assert_false(good);
        assert_int_equal(p.len, 0);
        return;
    }
    assert_true(good);
    assert_string_equal(p.text, want);
    assert_int_equal(p.len, strlen(want));
}

static void test_canonical(void **state)
{
    (void)state;
    canonical("able about", "ableabout");
    canonical(" ABLE-About  across ", "ableaboutacross");
    canonical("AbleAbout", "ableabout");
    canonical("Able abOut!", "AbleabOut!"); /* not all words: as typed */
    canonical("AbleAbou", "AbleAbou");
    canonical("12345", NULL);
    canonical("- - - -", NULL);
    canonical("1-2-3-4-5-6", "123456");
    canonical("abc\tdef", NULL);
    canonical("abcde\x7f", NULL);
    canonical("p\xc3\xa4sswort", NULL);
    char longest[MAX_PASSWORD + 2];
    memset(longest, 'x', sizeof longest);
    longest[MAX_PASSWORD + 1] = '\0';
    canonical(longest, NULL);
    longest[MAX_PASSWORD] = '\0';
    canonical(longest, longest);
}

static void test_password_file(void **state)
{
    (void)state;
    char path[] = "/tmp/vitrine-test-XXXXXX";
    struct password p;
    int fd = mkstemp(path);
    assert_true(write(fd, "my own one\nsecond line\n", 23) == 23);
    assert_null(words_read_file(path, &p));
    assert_string_equal(p.text, "myownone");
    assert_true(ftruncate(fd, 2000) == 0);
    assert_non_null(words_read_file(path, &p));
    assert_true(ftruncate(fd, 0) == 0);
    assert_non_null(words_read_file(path, &p));
    close(fd);
    unlink(path);
    assert_non_null(words_read_file(path, &p));
}

static const struct {
    const char *text, *host;
    unsigned port;
    bool pin;
    const char *back; /* NULL: as read */
} relays[] = {
    {"relay.example", "relay.example", 7443, false, NULL},
    {"Relay.Example:443", "relay.example", 443, false, "relay.example:443"},
    {"relay.example:7443/" PIN, "relay.example", 7443, true, "relay.example/" PIN},
    {"10.0.0.1:65535", "10.0.0.1", 65535, false, NULL},
    {"[::1]", "::1", 7443, false, NULL},
    {"[2001:DB8::1]:99/" PIN, "2001:db8::1", 99, true, "[2001:db8::1]:99/" PIN},
    {"a-b.c1", "a-b.c1", 7443, false, NULL},
};

static void test_relays(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof relays / sizeof relays[0]; i++) {
        struct relay_name r;
        char back[INVITE_RELAY];
        assert_true(invite_parse_relay(relays[i].text, &r));
        assert_string_equal(r.host, relays[i].host);
        assert_int_equal(r.port, relays[i].port);
        assert_int_equal(r.has_pin, relays[i].pin);
        invite_format_relay(&r, back);
        assert_string_equal(back, relays[i].back ? relays[i].back : relays[i].text);
    }
}

static void test_bad_relays(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        ":",
        ":7443",
        "host:",
        "host:0",
        "host:65536",
        "host:070",
        "host:7x",
        "a..b",
        ".a",
        "a.",
        "-a",
        "a-",
        "a-.b",
        "a b",
        "a_b",
        "a/",
        "a/" PIN "0",
        "a/00",
        "a/" PIN "/",
        "[::1",
        "[::1]x",
        "[]",
        "[host]",
        "[::1%lo]",
        "::1",
        "a:1:2",
        "a@b",
        "a?b",
        "a#b",
        "h\xc3\xb6st",
        "vitrine://a",
        "[1.2.3.4]",
        "a/" PIN " ",
        "a/001122334455667788990011AABBCCDD",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct relay_name r;
        if (invite_parse_relay(bad[i], &r))
            fail_msg("taken: %s", bad[i]);
    }
    char label[300];
    memset(label, 'a', sizeof label);
    label[64] = '\0';
    struct relay_name r;
    assert_false(invite_parse_relay(label, &r));
    label[63] = '\0';
    assert_true(invite_parse_relay(label, &r));
}

static void test_numbers(void **state)
{
    (void)state;
    char sid[INVITE_SID];
    static const char *const good[] = {"123456789", "123 456 789", "123-456-789",
                                       "1 2 3 4 5 6 7 8 9"};
    for (size_t i = 0; i < 4; i++) {
        assert_true(invite_parse_number(good[i], sid));
        assert_string_equal(sid, "123456789");
    }
    static const char *const bad[] = {
        "",           "12345678",    "1234567890", "023456789",   " 123456789",
        "123456789 ", "123  456789", "12345678x",  "123--456789", "123456789-"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(invite_parse_number(bad[i], sid));
}

static void test_invitation(void **state)
{
    (void)state;
    struct invite in, again;
    char text[INVITE_MAX];
    const char *whole = "vitrine://[2001:db8::7]:444/417902653#v1.a%2Bb%25%5F%2e12." FP "." PIN;
    assert_true(invite_parse(whole, &in));
    assert_string_equal(in.sid, "417902653");
    assert_string_equal(in.password.text, "a+b%_.12");
    assert_true(in.has_password && in.has_fp && in.relay.has_pin);
    invite_format(&in, text);
    assert_string_equal(text,
                        "vitrine://[2001:db8::7]:444/417902653#v1.a%2Bb%25%5F%2E12." FP "." PIN);
    assert_true(invite_parse(text, &again));
    assert_null(invite_wrong(text));
    assert_memory_equal(&in, &again, sizeof in);
    assert_true(invite_parse("vitrine://relay/417902653#v1...", &in));
    assert_false(in.has_password || in.has_fp || in.relay.has_pin);
    invite_format(&in, text);
    assert_string_equal(text, "vitrine://relay/417902653#v1...");
}

static void test_bad_invitations(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "vitrine://",
        "https://relay/417902653#v1...",
        "VITRINE://relay/417902653#v1...",
        "vitrine:/relay/417902653#v1...",
        "vitrine:///417902653#v1...",
        "vitrine://u@relay/417902653#v1...",
        "vitrine://relay/" PIN "/417902653#v1...",
        "vitrine://relay/41790265#v1...",
        "vitrine://relay/417 902 653#v1...",
        "vitrine://relay/417902653?x#v1...",
        "vitrine://relay/417902653/#v1...",
        "vitrine://relay/417902653",
        "vitrine://relay/417902653#",
        "vitrine://relay/417902653#v2...",
        "vitrine://relay/417902653#v1..",
        "vitrine://relay/417902653#v1....",
        "vitrine://relay/417902653#v1.short..",
        "vitrine://relay/417902653#v1.with space..",
        "vitrine://relay/417902653#v1.with%20space..",
        "vitrine://relay/417902653#v1.with%2Dhyphen..",
        "vitrine://relay/417902653#v1.needless%41..",
        "vitrine://relay/417902653#v1.percent%..",
        "vitrine://relay/417902653#v1.percent%2..",
        "vitrine://relay/417902653#v1.percent%zz..",
        "vitrine://relay/417902653#v1.null%00byte..",
        "vitrine://relay/417902653#v1.high%C3%A4..",
        "vitrine://relay/417902653#v1.\x10\x12password..",
        "vitrine://relay/417902653#v1..00.",
        "vitrine://relay/417902653#v1...00",
        "vitrine://relay/417902653#v1..." PIN "\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct invite in, empty;
        memset(&empty, 0, sizeof empty);
        if (invite_parse(bad[i], &in))
            fail_msg("taken: %s", bad[i]);
        assert_memory_equal(&in, &empty, sizeof in); /* nothing is left behind */
        assert_non_null(invite_wrong(bad[i]));
    }
}

/* What is copied says number and password in words, once each, with nothing that cannot be seen
   between; the field for the number takes it as it is. */
static void test_copied(void **state)
{
    static const char link[] = "vitrine://relay/417902653#v1.amber-canal..";
    char text[INVITE_TEXT_MAX];
    struct field f;
    (void)state;
    invite_text(text, UI_LANGUAGE_EN, "417902653", "amber canal violet orbit", link);
    assert_string_equal(text, "Join my vitrine session. Number: 417 902 653.\n"
                              "Password: amber canal violet orbit. Only enter these in vitrine "
                              "itself.\n"
                              "vitrine://relay/417902653#v1.amber-canal..\n");
    field_init(&f, FIELD_NUMBER);
    assert_true(field_insert(&f, text, strlen(text), true));
    assert_string_equal(f.text, link);
    invite_text(text, UI_LANGUAGE_EN, "417902653", "", link);
    assert_null(strstr(text, "Password"));
    assert_non_null(strstr(text, "417 902 653.\nOnly enter it in vitrine itself.\nvitrine://"));
    invite_text(text, UI_LANGUAGE_DE, "417902653", "amber canal violet orbit", link);
    assert_non_null(strstr(text, "Nummer: 417 902 653.\nPasswort: amber canal violet orbit. "));
    for (const char *c = text; *c; c++)
        assert_true((*c >= ' ' && *c <= '~') || *c == '\n');
    field_init(&f, FIELD_NUMBER); /* not one in the middle of a sentence */
    assert_false(field_insert(&f, "see vitrine://relay/417902653#v1...", 35, true));
    field_init(&f, FIELD_NUMBER); /* other text is no invitation */
    assert_false(field_insert(&f, "Number: 417 902 653", 19, true));
    field_init(&f, FIELD_PASSWORD); /* and other fields take what they take */
    assert_false(field_insert(&f, text, strlen(text), true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_make),          cmocka_unit_test(test_canonical),
        cmocka_unit_test(test_password_file), cmocka_unit_test(test_relays),
        cmocka_unit_test(test_bad_relays),    cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_invitation),    cmocka_unit_test(test_bad_invitations),
        cmocka_unit_test(test_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
