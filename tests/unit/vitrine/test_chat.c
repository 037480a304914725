/* What was written, kept for the window: pieces that a row holds, bounds, pace, wiping. */
#include "broker/chat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct chat c;

static void add(const char *s)
{
    chat_add(&c, "Kim", false, 0, span_text(s));
}

static void test_pieces(void **state)
{
    (void)state;
    chat_wipe(&c);
    add("short");
    assert_int_equal(c.n, 1);
    assert_true(c.line[0].begins && !c.line[0].mine);
    assert_string_equal(c.line[0].name, "Kim");
    char words[200];
    memset(words, 'a', sizeof words);
    words[70] = ' ', words[199] = 0;
    chat_add(&c, "Sam", true, 3, span_text(words));
    assert_int_equal(c.n, 4);
    assert_int_equal(strlen(c.line[1].text), 71); /* between words */
    assert_int_equal(strlen(c.line[2].text), UI_CHAT_LINE);
    assert_int_equal(strlen(c.line[3].text), 199 - 71 - UI_CHAT_LINE);
    assert_true(c.line[1].begins && c.line[1].missed == 3 && c.line[1].mine);
    assert_true(!c.line[2].begins && c.line[2].missed == 0);
    assert_int_equal(c.unread, 1); /* of others */
}

/* Every piece of every length is whole characters, and together they are the line. */
static void test_characters(void **state)
{
    static const char *const characters[] = {"x", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    (void)state;
    for (unsigned k = 0; k < 4; k++)
        for (unsigned times = 1; times < 300; times += 7) {
            char line[1300] = "";
            size_t got = 0;
            chat_wipe(&c);
            for (unsigned i = 0; i < times; i++)
                strcat(line, characters[k]);
            add(line);
            for (unsigned i = 0; i < c.n; i++) {
                size_t len = strlen(c.line[i].text);
                assert_true(len > 0 && len <= UI_CHAT_LINE && len % strlen(characters[k]) == 0);
                assert_memory_equal(c.line[i].text, line + got, len);
                got += len;
            }
            assert_int_equal(got, strlen(line));
        }
}

static void test_bounds(void **state)
{
    (void)state;
    static uint8_t most[MAX_CHAT];
    chat_wipe(&c);
    memset(most, 'm', sizeof most);
    chat_add(&c, "Kim", false, 0, (struct span){most, sizeof most});
    assert_int_equal(c.n, (MAX_CHAT + UI_CHAT_LINE - 1) / UI_CHAT_LINE);
    for (unsigned i = 0; i < CHAT_LINES; i++)
        add(i % 2 ? "odd" : "even");
    assert_int_equal(c.n, CHAT_LINES);
    assert_int_equal(c.from, (MAX_CHAT + UI_CHAT_LINE - 1) / UI_CHAT_LINE);
    assert_string_equal(c.line[0].text, "even");
    assert_string_equal(c.line[CHAT_LINES - 1].text, "odd");
    chat_wipe(&c);
    const uint8_t *bytes = (const uint8_t *)&c;
    for (size_t i = 0; i < sizeof c; i++)
        assert_int_equal(bytes[i], 0);
}

/* However long the lines are: what is kept is the end of what was written, piece by piece. */
static void test_the_newest_stay(void **state)
{
    static struct chat naive;
    static char line[MAX_CHAT + 1];
    unsigned seed = 7;
    (void)state;
    chat_wipe(&c);
    for (unsigned i = 0; i < 300; i++) {
        size_t len = 1 + (seed = seed * 1103515245u + 12345u) % (i % 9 ? 300 : MAX_CHAT);
        for (size_t k = 0; k < len; k++) /* words of half a row make the most pieces */
            line[k] = k % (UI_CHAT_LINE / 2 + 1) == UI_CHAT_LINE / 2 ? ' ' : (char)('a' + i % 26);
        line[len] = 0;
        chat_wipe(&naive);
        add(line);
        chat_add(&naive, "Kim", false, 0, span_text(line));
        assert_true(c.n <= CHAT_LINES && c.n >= naive.n);
        assert_memory_equal(&c.line[c.n - naive.n], naive.line, naive.n * sizeof *naive.line);
        assert_int_equal(c.line[c.n - 1].text[0] == 0, 0);
    }
    assert_int_equal(c.n, CHAT_LINES);
    assert_int_equal(c.unread, 300);
}

static void test_pace(void **state)
{
    (void)state;
    unsigned n = 0;
    chat_wipe(&c);
    while (chat_may_write(&c, 5000))
        n++;
    assert_int_equal(n, CHAT_BURST);
    assert_false(chat_may_write(&c, 5000 + CHAT_REFILL_MS - 1));
    assert_true(chat_may_write(&c, 5000 + CHAT_REFILL_MS));
    assert_false(chat_may_write(&c, 5000 + CHAT_REFILL_MS));
    for (n = 0; chat_may_write(&c, 1000000); n++)
        ;
    assert_int_equal(n, CHAT_BURST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces), cmocka_unit_test(test_characters),
        cmocka_unit_test(test_bounds), cmocka_unit_test(test_the_newest_stay),
        cmocka_unit_test(test_pace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
