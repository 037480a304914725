/* lib/text: which bytes are text. */
#include "lib/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka wants the above first */
#include <cmocka.h>

static const struct {
    const char *bytes;
    size_t len; /* 0: strlen */
    bool valid;
    const char *what;
} cases[] = {
    {"", 0, true, "empty"},
    {"Anna", 0, true, "ASCII"},
    {"\xC3\x84nne \xE4\xB8\xAD \xF0\x9F\x98\x80", 0, true, "two, three, four bytes"},
    {"\xC2\xA0", 0, true, "U+00A0, first after C1"},
    {"\xED\x9F\xBF\xEE\x80\x80", 0, true, "around the surrogates"},
    {"\xF4\x8F\xBF\xBF", 0, true, "U+10FFFF"},
    {"\xE2\x80\xA9\xE2\x80\xAF", 0, true, "around U+202A-202E"},
    {"\xE2\x81\xA5\xE2\x81\xAA", 0, true, "around U+2066-2069"},
    {"a\0b", 3, false, "NUL"},
    {"a\n", 0, false, "line feed"},
    {"\x1B[31m", 0, false, "escape"},
    {"\x1F", 0, false, "U+001F"},
    {"\x7F", 0, false, "DEL"},
    {"\xC2\x80", 0, false, "U+0080"},
    {"\xC2\x9F", 0, false, "U+009F"},
    {"\xE2\x80\xAA", 0, false, "U+202A"},
    {"\xE2\x80\xAE", 0, false, "U+202E"},
    {"\xE2\x81\xA6", 0, false, "U+2066"},
    {"\xE2\x81\xA9", 0, false, "U+2069"},
    {"\x80", 0, false, "continuation alone"},
    {"\xC3\x84", 1, false, "cut after one of two"},
    {"\xE4\xB8\xAD", 2, false, "cut after two of three"},
    {"\xF0\x9F\x98\x80", 3, false, "cut after three of four"},
    {"\xC3(", 0, false, "no continuation"},
    {"\xE4\xB8(", 0, false, "no second continuation"},
    {"\xC0\x80", 0, false, "overlong NUL"},
    {"\xC1\xBF", 0, false, "overlong of two"},
    {"\xE0\x9F\xBF", 0, false, "overlong of three"},
    {"\xF0\x8F\xBF\xBF", 0, false, "overlong of four"},
    {"\xED\xA0\x80", 0, false, "first surrogate"},
    {"\xED\xBF\xBF", 0, false, "last surrogate"},
    {"\xF4\x90\x80\x80", 0, false, "U+110000"},
    {"\xF5\x80\x80\x80", 0, false, "byte F5"},
    {"\xF8\x88\x80\x80\x80", 0, false, "five bytes"},
    {"\xFF", 0, false, "byte FF"},
};

static void judges_every_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t len = cases[i].len > 0 ? cases[i].len : strlen(cases[i].bytes);
        if (text_valid((const uint8_t *)cases[i].bytes, len) != cases[i].valid)
            fail_msg("%s: should be %s", cases[i].what, cases[i].valid ? "valid" : "invalid");
    }
}

/* A name neither ends its quotation marks nor hides between its letters, and is cut between
   characters. */
static void quotes_names(void **state)
{
    static const struct {
        const char *name;
        size_t cap;
        const char *quoted;
    } names[] = {
        {"Ada", 64, "“Ada”"},
        {"", 64, "“”"},
        {"Ada”, Organizer \"x", 64, "“Ada', Organizer 'x”"},
        {"«a» „b‟ ″c‶ ❝d❞ 〝e〞〟＂", 64, "“'a' 'b' 'c' 'd' 'e'''”"},
        {"it's", 64, "“it's”"},
        {"A\xe2\x80\x8b"
         "d\xe2\x80\x8f"
         "a\xf3\xa0\x81\x81",
         64, "“Ada”"},
        {"中文", 64, "“中文”"},
        {"\u3164\ufe0f\ue000\U000f0000x\u115f\u034f\uffa0", 64, "“x”"},
        {"  a \u00a0\u2028b\u200b \u3000", 64, "“a b”"},
        {"\u3164 \u2800", 64, "“”"},
        {"中文", 12, "“中”"},
        {"中文", 8, "“”"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char out[64];
        size_t len = text_quote(out, names[i].cap, names[i].name);
        assert_string_equal(out, names[i].quoted);
        assert_int_equal(len, strlen(out));
        assert_true(len < names[i].cap);
    }
}

static void capitals_made_small(void **state)
{
    static const struct {
        const char *text, *small;
    } rows[] = {{"Ada Lovelace-7", "ada lovelace-7"},
                {"\u00c4\u00d6\u00dc\u00df\u00d7\u00f7", "\u00e4\u00f6\u00fc\u00df\u00d7\u00f7"},
                {"\u0160\u010c\u0139\u0178\u017d\u0131", "\u0161\u010d\u013a\u00ff\u017e\u0131"},
                {"\u0391\u0398\u0397\u039d\u0391\u03a3 \u03c2",
                 "\u03b1\u03b8\u03b7\u03bd\u03b1\u03c3 \u03c3"},
                {"\u0386\u0389\u038c\u038f", "\u03ac\u03ae\u03cc\u03ce"},
                {"\u0416\u0401\u042f\u0490", "\u0436\u0451\u044f\u0491"},
                {"\u0531\u0556", "\u0561\u0586"},
                {"\u5c71\u7530 \U0001f600", "\u5c71\u7530 \U0001f600"},
                {"", ""}};
    char out[64];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(text_small(out, sizeof out, rows[i].text), strlen(rows[i].small));
        assert_string_equal(out, rows[i].small);
        assert_true(text_valid((const uint8_t *)out, strlen(out)));
        text_small(out, sizeof out, rows[i].small);
        assert_string_equal(out, rows[i].small);
    }
    assert_int_equal(text_small(out, 4, "A\u00c4\u00d6"), 3); /* whole characters */
    assert_string_equal(out, "a\u00e4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_every_case),
        cmocka_unit_test(quotes_names),
        cmocka_unit_test(capitals_made_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
