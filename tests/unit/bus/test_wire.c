/* The D-Bus wire format: what is right is read, what is wrong is refused, whichever byte it is. */
#include "paper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint8_t bytes[WIRE_MESSAGE];

static const struct paper active = {.type = WIRE_SIGNAL,
                                    .sender = ":1.7",
                                    .path = "/org/gnome/ScreenSaver",
                                    .interface = "org.gnome.ScreenSaver",
                                    .member = "ActiveChanged",
                                    .signature = "b",
                                    .boolean = 1};

static enum wire_result decode(size_t len, struct wire_message *m)
{
    uint8_t *exact = malloc(len); /* so that the sanitizers see a step beyond it */
    assert_non_null(exact);
    memcpy(exact, bytes, len);
    enum wire_result r = wire_decode(exact, len, m);
    if (r == WIRE_GOOD) { /* as far as they are looked at */
        bool b;
        const char *texts[WIRE_STRINGS];
        (void)wire_boolean(m, &b);
        (void)wire_texts(m, 1, texts);
        (void)wire_texts(m, 3, texts);
        assert_true(strlen(m->member) + strlen(m->interface) + strlen(m->sender) < len);
    }
    free(exact);
    return r;
}

static void test_reads(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        struct paper p = active;
        struct wire_message m;
        bool locked = false;
        p.big = big;
        size_t len = paper_write(&p, bytes);
        assert_int_equal(wire_length(bytes), len);
        assert_int_equal(wire_decode(bytes, len, &m), WIRE_GOOD);
        assert_int_equal(m.type, WIRE_SIGNAL);
        assert_string_equal(m.sender, ":1.7");
        assert_string_equal(m.path, "/org/gnome/ScreenSaver");
        assert_string_equal(m.interface, "org.gnome.ScreenSaver");
        assert_string_equal(m.member, "ActiveChanged");
        assert_true(wire_boolean(&m, &locked) && locked);
    }
}

static void test_reads_answers(void **state)
{
    const char *texts[3];
    struct wire_message m;
    bool locked = true;
    (void)state;
    size_t len = paper_write(&(struct paper){.type = WIRE_RETURN,
                                             .reply = 9,
                                             .sender = PAPER_BUS,
                                             .signature = "sss",
                                             .texts = {"a", "", ":1.2"}},
                             bytes);
    assert_int_equal(wire_decode(bytes, len, &m), WIRE_GOOD);
    assert_int_equal(m.reply_serial, 9);
    assert_false(wire_texts(&m, 2, texts) || wire_boolean(&m, &locked));
    assert_true(wire_texts(&m, 3, texts));
    assert_string_equal(texts[0], "a");
    assert_string_equal(texts[1], "");
    assert_string_equal(texts[2], ":1.2");
    len = paper_write(
        &(struct paper){.type = WIRE_RETURN, .reply = 9, .signature = "v", .boolean = 0}, bytes);
    assert_int_equal(wire_decode(bytes, len, &m), WIRE_GOOD);
    assert_true(wire_boolean(&m, &locked) && !locked);
}

/* A field of a later version says nothing; one that cannot be passed over makes the message one
   that is not for us. A known one of another kind, or twice, is the bus's fault. */
static void test_other_fields(void **state)
{
    static const struct {
        uint8_t code;
        char kind;
        enum wire_result result;
    } cases[] = {{10, 's', WIRE_GOOD},  {200, 'u', WIRE_GOOD}, {11, 'x', WIRE_GOOD},
                 {12, 'a', WIRE_OTHER}, {9, 'u', WIRE_GOOD},   {9, 's', WIRE_BAD},
                 {3, 's', WIRE_BAD},    {6, 'a', WIRE_BAD}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct paper p = active;
        struct wire_message m;
        p.extra = cases[i].code;
        p.kind = cases[i].kind;
        size_t len = paper_write(&p, bytes);
        if (decode(len, &m) != cases[i].result)
            fail_msg("field %u of kind %c", cases[i].code, cases[i].kind);
    }
}

static void test_incomplete(void **state)
{
    struct wire_message m;
    struct paper p;
    (void)state;
    const char **needed[] = {&p.path, &p.interface, &p.member};
    for (size_t i = 0; i < 3; i++) {
        p = active;
        *needed[i] = NULL;
        size_t len = paper_write(&p, bytes);
        assert_int_equal(decode(len, &m), WIRE_BAD);
    }
    size_t len = paper_write(&(struct paper){.type = WIRE_RETURN, .sender = PAPER_BUS}, bytes);
    assert_int_equal(decode(len, &m), WIRE_BAD);
    len = paper_write(&(struct paper){.type = WIRE_ERROR, .reply = 3}, bytes);
    assert_int_equal(decode(len, &m), WIRE_BAD);
    p = active;
    p.type = 9; /* of a later version: read, and nobody's */
    len = paper_write(&p, bytes);
    assert_int_equal(decode(len, &m), WIRE_GOOD);
}

/* The beginning alone says how long it is, and some are no beginning. */
static void test_lengths(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
    } wrong[] = {{0, 'L'}, {0, 0}, {1, 0}, {3, 0}, {3, 2}, {8, 0}, {7, 0x08}, {15, 0x04}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        paper_write(&active, bytes);
        bytes[wrong[i].at] = wrong[i].value;
        if (wrong[i].at == 15)
            bytes[12] = 1; /* one byte over 2^26 */
        if (wire_length(bytes) != 0)
            fail_msg("byte %zu", wrong[i].at);
    }
    paper_write(&active, bytes);
    bytes[6] = 0x80; /* 8 MiB: somebody sends it to us, and it is passed over */
    assert_true(wire_length(bytes) > 0x800000);
}

/* Every byte changed to a few others, and every length but the right one: nothing is read outside,
   which the sanitizers see, and a body that is no boolean is none. */
static void test_each_byte(void **state)
{
    static const uint8_t values[] = {0, 1, 2, 7, 0x62, 0x7f, 0x80, 0xff};
    struct wire_message m;
    (void)state;
    size_t len = paper_write(&active, bytes);
    for (size_t at = 0; at < len; at++)
        for (size_t v = 0; v < sizeof values; v++) {
            paper_write(&active, bytes);
            bytes[at] = values[v];
            (void)decode(len, &m);
        }
    paper_write(&active, bytes);
    for (size_t n = 0; n < len; n++)
        assert_int_equal(decode(n, &m), WIRE_BAD);
    bool b;
    bytes[len - 4] = 2;
    assert_int_equal(decode(len, &m), WIRE_GOOD);
    assert_int_equal(wire_decode(bytes, len, &m), WIRE_GOOD);
    assert_false(wire_boolean(&m, &b));
    paper_write(&active, bytes);
    bytes[47] = 1; /* behind the path, which ends at 46: padding */
    assert_int_equal(decode(len, &m), WIRE_BAD);
}

static void test_names(void **state)
{
    static const char *const unique[] = {":1.0", ":1.42", ":abc.d-e_f"};
    static const char *const not_unique[] = {"",      ":",      "1.4",   "org.gnome.ScreenSaver",
                                             ":1.4 ", ":1.'4'", ":.1.4", ":1.4.",
                                             ":1..4", ":14x"};
    static const char *const paths[] = {"/a", "/org/freedesktop/login1/session/_31"};
    static const char *const not_paths[] = {"", "/", "a", "/a/", "//a", "/a//b", "/a b", "/a'"};
    char lengthy[WIRE_NAME + 2];
    (void)state;
    for (size_t i = 0; i < sizeof unique / sizeof unique[0]; i++)
        assert_true(wire_is_unique(unique[i]));
    for (size_t i = 0; i < sizeof not_unique / sizeof not_unique[0]; i++)
        assert_false(wire_is_unique(not_unique[i]));
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        assert_true(wire_is_path(paths[i]));
    for (size_t i = 0; i < sizeof not_paths / sizeof not_paths[0]; i++)
        assert_false(wire_is_path(not_paths[i]));
    memset(lengthy, '1', sizeof lengthy);
    memcpy(lengthy, ":1.", 3);
    lengthy[WIRE_NAME + 1] = '\0';
    assert_false(wire_is_unique(lengthy));
    lengthy[WIRE_NAME] = '\0';
    assert_true(wire_is_unique(lengthy));
}

/* What we send is what we would read; where it does not fit nothing is written beyond the room. */
static void test_writes(void **state)
{
    const struct wire_call call = {":1.7", "/a/b", "a.b.C", "Get", {"one", "two"}};
    const char *texts[2];
    struct wire_message m;
    (void)state;
    size_t len = wire_encode(&call, 0x01020304, bytes, sizeof bytes);
    assert_int_equal(wire_length(bytes), len);
    assert_int_equal(wire_decode(bytes, len, &m), WIRE_GOOD);
    assert_int_equal(m.type, WIRE_CALL);
    assert_string_equal(m.path, "/a/b");
    assert_string_equal(m.interface, "a.b.C");
    assert_string_equal(m.member, "Get");
    assert_true(wire_texts(&m, 2, texts));
    assert_string_equal(texts[1], "two");
    for (size_t room = 0; room < len; room++) {
        uint8_t *exact = malloc(room + 1);
        assert_non_null(exact);
        assert_int_equal(wire_encode(&call, 1, exact, room), 0);
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),        cmocka_unit_test(test_reads_answers),
        cmocka_unit_test(test_other_fields), cmocka_unit_test(test_incomplete),
        cmocka_unit_test(test_lengths),      cmocka_unit_test(test_each_byte),
        cmocka_unit_test(test_names),        cmocka_unit_test(test_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
