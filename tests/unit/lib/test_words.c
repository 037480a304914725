/* The word lists keep what lib/words.h promises, and the JSON writer what lib/json.h does. */
#include "lib/json.h"
#include "lib/words.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants the ones above */
#include <cmocka.h>

static void check_list(const char *const *list, int n)
{
    for (int i = 0; i < n; i++) {
        assert_non_null(list[i]);
        size_t len = strlen(list[i]);
        assert_in_range(len, 3, WORDS_LONGEST);
        for (size_t c = 0; c < len; c++)
            assert_in_range(list[i][c], 'a', 'z');
        if (i + 1 == n)
            break;
        assert_true(strcmp(list[i], list[i + 1]) < 0);
        assert_int_not_equal(strncmp(list[i], list[i + 1], len), 0); /* no beginning of the next */
    }
}

static void test_lists(void **state)
{
    (void)state;
    check_list(words_password, WORDS_PASSWORD);
    check_list(words_verify, WORDS_VERIFY);
    for (int i = 0; i < WORDS_VERIFY; i++)
        assert_int_equal(words_password_find(words_verify[i], strlen(words_verify[i])), -1);
}

static size_t distance(const char *a, const char *b)
{
    size_t row[WORDS_LONGEST + 1];
    for (size_t i = 0; i <= strlen(b); i++)
        row[i] = i;
    for (size_t i = 1; i <= strlen(a); i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t k = 1; k <= strlen(b); k++) {
            size_t change = corner + (a[i - 1] != b[k - 1]);
            corner = row[k];
            size_t other = 1 + (row[k] < row[k - 1] ? row[k] : row[k - 1]);
            row[k] = change < other ? change : other;
        }
    }
    return row[strlen(b)];
}

static void test_told_apart(void **state)
{
    (void)state;
    for (int i = 0; i < WORDS_PASSWORD; i++)
        for (int k = 0; k < i; k++)
            if (distance(words_password[i], words_password[k]) < 2)
                fail_msg("%s and %s", words_password[i], words_password[k]);
    for (int i = 0; i < WORDS_VERIFY; i++)
        for (int k = 0; k < i; k++)
            if (distance(words_verify[i], words_verify[k]) < 3)
                fail_msg("%s and %s", words_verify[i], words_verify[k]);
}

static void test_find(void **state)
{
    (void)state;
    for (int i = 0; i < WORDS_PASSWORD; i++) {
        size_t len = strlen(words_password[i]);
        assert_int_equal(words_password_find(words_password[i], len), i);
        assert_int_equal(words_password_find(words_password[i], len - 1), -1);
    }
    assert_int_equal(words_password_find("", 0), -1);
    assert_int_equal(words_password_find("zzzzzzzzzz", 10), -1);
}

static void test_json(void **state)
{
    (void)state;
    char buf[256];
    struct json j;
    json_begin(&j, buf, sizeof buf);
    json_text(&j, "event", "a\"b\\c\n\x7f\x01");
    json_time(&j, "time", 1700000000123);
    json_bytes(&j, "name",
               "\xff"
               "x\xc3\xa9\xe2\x80\xae\xc2\x9b",
               9);
    json_array(&j, "rect");
    json_number(&j, NULL, -4);
    json_number(&j, NULL, INT64_MAX);
    json_close(&j);
    json_object(&j, "buttons");
    json_bool(&j, "on", true);
    json_close(&j);
    json_text(&j, "none", NULL);
    size_t len = json_end(&j);
    assert_int_equal(len, strlen(buf));
    assert_string_equal(buf, "{\"event\":\"a\\\"b\\\\c\\u000a\\u007f\\u0001\",\"time\":"
                             "\"2023-11-14T22:13:20.123Z\",\"name\":\"\\ufffdx\xc3\xa9"
                             "\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\",\"rect\":[-4,"
                             "9223372036854775807],\"buttons\":{\"on\":true},\"none\":null}\n");
}

static void test_json_full(void **state)
{
    (void)state;
    char buf[64];
    for (size_t size = 0; size < 40; size++) {
        struct json j;
        memset(buf, 'X', sizeof buf);
        json_begin(&j, buf, size);
        json_text(&j, "key", "a long text that fills it");
        size_t len = json_end(&j);
        assert_true(len == 0 || size > len);
        for (size_t i = size; i < sizeof buf; i++)
            assert_int_equal(buf[i], 'X');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),     cmocka_unit_test(test_told_apart),
        cmocka_unit_test(test_find),      cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
