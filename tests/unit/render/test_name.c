/* Foreign names: what is left of them, and that nothing hidden is. */
#include "render/crowd.h"
#include "render/name.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct case_ {
    const char *in, *out;
};

static const struct case_ cases[] = {
    {"Sam", "Sam"},
    {"  Alex   (support) ", "Alex (support)"},
    {"", ""},
    {" \t\u00a0\u3000 ", ""},
    /* normalization: letter and mark become one */
    {"Jose\u0301", "Jos\u00e9"},
    /* control, format, private use */
    {"a\x01"
     "b\x7f"
     "c",
     "abc"},
    {"a\xc2\x85"
     "b",
     "a b"}, /* next line is white space */
    {"line\nbreak", "line break"},
    {"pri\ue000vate\U000f0000", "private"},
    /* direction characters, embeddings, isolates, marks */
    {"\u202eevil\u202c", "evil"},
    {"\u2066a\u2069\u200eb\u200f\u061cc", "abc"},
    /* zero width and other things that draw nothing */
    {"a\u200bd\u200c\u200d\ufeffmin", "admin"},
    {"\u00adsoft\u034f\u115f\u3164\u2060", "soft"},
    {"star\ufe0f", "star"},
    {"\u2800\u2800", ""},
    {"tag\U000e0041\U000e007f", "tag"},
    /* our own quotation marks stay ours */
    {"\"a\" \u201cb\u201d \u00abc\u00bb \uff02", "'a' 'b' 'c' '"},
    /* marks: none without a letter, no towers */
    {"\u0301\u0302x", "x"},
    {"a \u0301b", "a b"},
    {"q\u0323\u0323\u0323\u0323\u0323\u0323", "q\u0323\u0323\u0323\u0323"},
    /* other scripts stay */
    {"محمد علي", "محمد علي"},
    {"山田太郎", "山田太郎"},
    {"नमस्ते", "नमस्ते"},
    /* 24 graphemes; of more, what was cut off is shown as such */
    {"abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrstuvwx"},
    {"abcdefghijklmnopqrstuvwxy", "abcdefghijklmnopqrstuvw…"},
    {"e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301abcdefghi"
     "jklm",
     "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9abcdefghijk…"},
    {"1234567890123456789012 45678", "1234567890123456789012…"},
};

static void names_are_cleaned(void **state)
{
    char out[NAME_CLEAN_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n = name_clean(out, cases[i].in, strlen(cases[i].in));

        assert_string_equal(out, cases[i].out);
        assert_int_equal(n, strlen(cases[i].out));
    }
}

static void malformed_is_nothing(void **state)
{
    static const char *const bad[] = {"\xff", "\xc0\x80", "a\xe2\x82", "\xed\xa0\x80",
                                      "\xf4\x90\x80\x80"};
    char out[NAME_CLEAN_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(name_clean(out, bad[i], strlen(bad[i])), 0);
    assert_int_equal(name_clean(out, "a\0b", 3), 2);
    assert_string_equal(out, "ab");
}

static void cleaning_twice_changes_nothing(void **state)
{
    char once[NAME_CLEAN_MAX], twice[NAME_CLEAN_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n = name_clean(once, cases[i].in, strlen(cases[i].in));

        name_clean(twice, once, n);
        assert_string_equal(once, twice);
    }
}

static void graphemes_are_counted_whole(void **state)
{
    (void)state;
    assert_int_equal(name_graphemes("abc", 3), 3);
    assert_int_equal(name_graphemes("e\u0301x", 4), 2);
    assert_int_equal(name_prefix("e\u0301x", 4, 1), 3);
    assert_int_equal(name_prefix("abc", 3, 9), 3);
    assert_int_equal(name_prefix("", 0, 3), 0);
}

/* Pairs that a person may take for each other, and pairs that nobody does. */
static void names_that_look_alike(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } pairs[] = {
        {"Alex", "alex", true},
        {"Alex", "\u0410lex", true},                /* Cyrillic */
        {"Alex", "A\u200bl\u2060ex", true},         /* invisible between */
        {"Alex", "\u202eAlex", true},               /* direction */
        {"Alex", "Al\u00e9x", true},                /* marks */
        {"Alex", "\uff21\uff4c\uff45\uff58", true}, /* full width */
        {"Alex", "A l.e-x", true},
        {"Ida", "lda", true},
        {"Bob", "B0b", true},
        /* capitals that are drawn like other letters than their small ones: Greek ... */
        {"Hans", "\u0397ans", true},
        {"Nina", "\u039dina", true},
        {"Maria", "\u039caria", true},
        {"Bob", "\u0392ob", true},
        {"Zoe", "\u0396oe", true},
        {"Yves", "\u03a5ves", true},
        {"MAX", "\u039c\u0391\u03a7", true},
        {"Hans", "\U0001d6aeans", true}, /* ... that compatibility makes Greek */
        {"Helen", "\u0389elen", true},   /* ... with a mark */
        {"Carl", "\u03f9arl", true},     /* lunate sigma, both */
        {"Carl", "\u03f2arl", true},
        {"Ida", "\u04c0da", true}, /* palochka, both */
        {"Ida", "\u04cfda", true},
        {"Ida", "\u01c0da", true},               /* a click */
        {"Boris", "\u0412\u043er\u0456s", true}, /* Cyrillic */
        {"Anna", "\u13aann\u0430", true},        /* Cherokee */
        {"Tom", "\ua4d4om", true},               /* Lisu */
        {"Otto", "\u0555tto", true},             /* Armenian */
        {"Mona", "\u2c98ona", true},             /* Coptic */
        /* ... and the same Greek name in either case */
        {"\u039d\u03af\u03ba\u03bf\u03c2", "\u03bd\u03af\u03ba\u03bf\u03c2", true},
        {"\u0397\u03bb\u03af\u03b1\u03c2", "\u03b7\u03bb\u03b9\u03b1\u03a3", true},
        {"Hans", "Nans", false},
        {"Nina", "Vina", false},
        {"Alex", "Alexa", false},
        {"\u05d0\u05d1", "\u05d1\u05d0", false},
        {"...", "---", false}, /* nothing to compare */
        {"", "", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (name_looks_like(pairs[i].a, pairs[i].b) != pairs[i].same)
            fail_msg("%s and %s", pairs[i].a, pairs[i].b);
}

static bool confused(const char *const *names, unsigned n, const char *with)
{
    static struct crowd c;

    c.n = 0;
    for (unsigned i = 0; i < n; i++)
        assert_true(crowd_add(&c, names[i], strlen(names[i])));
    return crowd_confuses(&c, with);
}

/* Each is told once, whoever is asked about too: one that looks so is that one, two are not. */
static void somebody_else_in_a_crowd(void **state)
{
    static const char *const names[] = {"Anna",    "Kim",    "\u0410nna", "\u2605",
                                        "\u2605 ", "\u263a", ""};
    static struct crowd full;

    (void)state;
    assert_true(confused(names, 7, "Anna"));
    assert_true(confused(names, 7, "\u0410nna"));
    assert_true(confused(names, 7, "\u2605")); /* signs alone */
    static const char *const greek[] = {"Hans", "\u0397ans", "\u03bd\u03b9", "\u039d\u0399"};

    assert_true(confused(greek, 4, "Hans"));
    assert_true(confused(greek, 4, "\u0397ans"));
    assert_true(confused(greek, 4, "\u039d\u0399"));
    assert_false(confused(names, 7, "Kim"));
    assert_false(confused(names, 7, "\u263a"));
    assert_false(confused(names, 7, ""));
    assert_false(confused(names, 2, "Anna"));
    assert_false(confused(names, 0, "Anna"));
    while (crowd_add(&full, "Mo", 2))
        ;
    assert_int_equal(full.n, MAX_CROWD);
    assert_true(crowd_confuses(&full, "M0"));
}

static void names_that_mislead(void **state)
{
    static const char *const bad[] = {"vitrine",      "Vitrine support", "v i t r i n e",
                                      "\u03bdltr1ne", "v\u0456trine",    "You",
                                      "y o u",        "\u0443ou",        "Sie"};
    static const char *const good[] = {
        "Young", "Siegfried", "Victor", "Vitali", "\u0418\u0432\u0430\u043d", ""};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (!name_misleads(bad[i], "Sie"))
            fail_msg("%s", bad[i]);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (name_misleads(good[i], "Sie"))
            fail_msg("%s", good[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_cleaned),
        cmocka_unit_test(malformed_is_nothing),
        cmocka_unit_test(cleaning_twice_changes_nothing),
        cmocka_unit_test(graphemes_are_counted_whole),
        cmocka_unit_test(names_that_look_alike),
        cmocka_unit_test(somebody_else_in_a_crowd),
        cmocka_unit_test(names_that_mislead),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
