/* INPUT records: what is written is read, and nothing else is. */
#include "net/seal/input_record.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
/* after the headers it needs */
#include <cmocka.h>

static const struct input_event some[] = {
    {.kind = INPUT_KEY_DOWN, .code = 38, .keysym = 0x1000434},
    {.kind = INPUT_KEY_DOWN, .code = 38, .keysym = 'a', .place = 1},
    {.kind = INPUT_KEY_UP, .code = 255},
    {.kind = INPUT_BUTTON_DOWN, .code = 9, .x = 32767, .y = 0},
    {.kind = INPUT_BUTTON_UP, .code = 1},
    {.kind = INPUT_MOTION, .x = 1, .y = 2},
    {.kind = INPUT_WHEEL, .x = -MAX_WHEEL, .y = -1}};
enum { SOME = sizeof some / sizeof *some };

static uint8_t record[INPUT_RECORD_LEN + 1];
static struct input_event got[MAX_INPUT_EVENTS];
static unsigned n;

static enum e2e_code read_it(void)
{
    return input_record_read(record, INPUT_RECORD_LEN, 7, CAP_POINTER | CAP_KEYBOARD, got, &n);
}

static void write_some(void)
{
    assert_true(input_record_write(record, 7, some, SOME));
    n = 99;
}

static void test_there_and_back(void **state)
{
    (void)state;
    write_some();
    assert_int_equal(read_it(), E_NONE);
    assert_int_equal(n, SOME);
    for (unsigned i = 0; i < SOME; i++)
        assert_memory_equal(&got[i], &some[i], sizeof some[i]);
    assert_true(input_record_write(record, 7, NULL, 0));
    assert_int_equal(read_it(), E_NONE);
    assert_int_equal(n, 0);
    struct input_event full[MAX_INPUT_EVENTS + 1];
    for (unsigned i = 0; i < MAX_INPUT_EVENTS + 1; i++)
        full[i] = some[0];
    assert_true(input_record_write(record, 7, full, MAX_INPUT_EVENTS));
    assert_int_equal(read_it(), E_NONE);
    assert_int_equal(n, MAX_INPUT_EVENTS);
    assert_false(input_record_write(record, 7, full, MAX_INPUT_EVENTS + 1));
    assert_false(
        input_record_write(record, 7, &(struct input_event){.kind = INPUT_KEY_UP, .code = 3}, 1));
}

static void test_caps(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SOME; i++) {
        bool key = some[i].kind <= INPUT_KEY_UP;
        assert_true(input_record_write(record, 7, &some[i], 1));
        assert_int_equal(input_record_read(record, INPUT_RECORD_LEN, 7, CAP_POINTER, got, &n),
                         key ? E_GRANT : E_NONE);
        assert_int_equal(input_record_read(record, INPUT_RECORD_LEN, 7, CAP_KEYBOARD, got, &n),
                         key ? E_NONE : E_GRANT);
        assert_int_equal(input_record_read(record, INPUT_RECORD_LEN, 7, CAP_CLIPBOARD, got, &n),
                         E_GRANT);
    }
}

static void test_wrong(void **state)
{
    (void)state;
    write_some();
    assert_int_equal(input_record_read(record, INPUT_RECORD_LEN - 1, 7, 3, got, &n), E_GRANT);
    assert_int_equal(input_record_read(record, INPUT_RECORD_LEN + 1, 7, 3, got, &n), E_GRANT);
    assert_int_equal(input_record_read(record, 0, 7, 3, got, &n), E_GRANT);
    assert_int_equal(input_record_read(record, INPUT_RECORD_LEN, 6, 3, got, &n), E_GRANT);
    assert_int_equal(input_record_read(record, INPUT_RECORD_LEN, 8, 3, got, &n), E_GRANT);
    assert_int_equal(n, 99);
    /* a bit more in the head or the zeros is another record */
    for (size_t i = 0; i < INPUT_RECORD_LEN; i++) {
        if (i >= 12 && i < 12 + 10 * SOME)
            continue;
        write_some();
        record[i] ^= 0x40;
        assert_int_equal(read_it(), E_GRANT);
        assert_int_equal(n, 99);
    }
    /* fields of an event that do not belong to its kind, or do not fit */
    static const struct {
        unsigned at;
        uint8_t value;
    } rows[] = {{12, 0},     {12, 7},     {13, 7},     {14, 2},     {18, 1},        {21, 2},
                {32 + 5, 1}, {42 + 1, 4}, {62 + 1, 1}, {42 + 2, 1}, {62 + 2, 0x80}, {72 + 5, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_some();
        record[rows[i].at] = rows[i].value;
        if (read_it() != E_GRANT)
            fail_msg("row %zu was taken", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_there_and_back),
                                       cmocka_unit_test(test_caps), cmocka_unit_test(test_wrong)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
