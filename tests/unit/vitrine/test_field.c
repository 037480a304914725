/* Text entry, keys to text, placement: pure parts of the broker's windows, by tables. */
#include "broker/field.h"
#include "broker/place.h"
#include "lib/keys.h"
#include "policy/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Types ASCII; '<' left, '>' right, '^' home, '$' end, '#' backspace, '~' delete, '*' select all.
 */
static void play(struct field *f, const char *keys)
{
    static const char names[] = "<>^$#~";
    static const uint32_t syms[] = {KEYS_LEFT, KEYS_RIGHT,     KEYS_HOME,
                                    KEYS_END,  KEYS_BACKSPACE, KEYS_DELETE};
    for (; *keys; keys++) {
        const char *special = strchr(names, *keys);
        if (*keys == '*')
            field_key(f, 'a', KEYS_CTRL);
        else
            field_key(f, special ? syms[special - names] : (uint8_t)*keys, 0);
    }
}

static const struct {
    enum field_kind kind;
    const char *keys, *text;
    size_t caret;
} editing[] = {
    {FIELD_NAME, "Sam", "Sam", 3},
    {FIELD_NAME, "Sm<a", "Sam", 2},
    {FIELD_NAME, "Sam#", "Sa", 2},
    {FIELD_NAME, "Sam^~", "am", 0},
    {FIELD_NAME, "Sam^#", "Sam", 0},
    {FIELD_NAME, "Sam~", "Sam", 3},
    {FIELD_NAME, "Sam*x", "x", 1},
    {FIELD_NAME, "Sam*#", "", 0},
    {FIELD_NAME, "Sam*<x", "xSam", 1},
    {FIELD_NAME, "Sam*>x", "Samx", 4},
    {FIELD_NUMBER, "482 915 306", "482 915 306", 11},
    {FIELD_NUMBER, "482 915 3067", "482 915 306", 11},
    {FIELD_NUMBER, "4a8b2", "482", 3},
    {FIELD_NUMBER, "vitrine://h/1", "vitrine://h/1", 13},
    {FIELD_NUMBER, "vitrinx", "vitrin", 6},
    {FIELD_NUMBER, "12v", "12", 2},
    {FIELD_PASSWORD, "amber canal", "amber canal", 11},
};

static void test_editing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof editing / sizeof *editing; i++) {
        struct field f;
        field_init(&f, editing[i].kind);
        play(&f, editing[i].keys);
        if (strcmp(f.text, editing[i].text) != 0 || f.caret != editing[i].caret)
            fail_msg("%s: \"%s\" caret %zu", editing[i].keys, f.text, f.caret);
    }
}

static void test_utf8_steps(void **state)
{
    (void)state;
    struct field f;
    field_init(&f, FIELD_NAME);
    assert_true(field_set(&f, "a\xc3\xa4\xe2\x82\xac", 6));
    field_key(&f, KEYS_LEFT, 0);
    assert_int_equal(f.caret, 3);
    field_key(&f, KEYS_BACKSPACE, 0);
    assert_string_equal(f.text, "a\xe2\x82\xac");
    field_key(&f, KEYS_DELETE, 0);
    assert_string_equal(f.text, "a");
    assert_int_equal(f.len, 1);
}

static const struct {
    enum field_kind kind;
    const char *text;
    bool fits;
    const char *after;
} pastes[] = {
    {FIELD_NUMBER, " 482 915 306\n", true, "482 915 306"},
    {FIELD_NUMBER, "vitrine://h:7443/482915306#v1.a-b.FP.PIN\r\n", true,
     "vitrine://h:7443/482915306#v1.a-b.FP.PIN"},
    {FIELD_NUMBER, "vitrine://h/1 2", false, ""},
    {FIELD_NUMBER, "https://h/1", false, ""},
    {FIELD_NAME, "a\tb\nc", true, "a b c"},
    {FIELD_NAME, "a\x1b[31m", false, ""},
    {FIELD_NAME,
     "a\xe2\x80\xae"
     "b",
     false, ""}, /* right-to-left override */
    {FIELD_NAME, "\xff", false, ""},
    {FIELD_NAME, "", true, ""},
    {FIELD_NAME, "\n\n", true, ""},
};

static void test_paste(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pastes / sizeof *pastes; i++) {
        struct field f;
        field_init(&f, pastes[i].kind);
        bool ok = field_insert(&f, pastes[i].text, strlen(pastes[i].text), true);
        if (ok != pastes[i].fits || strcmp(f.text, pastes[i].after) != 0)
            fail_msg("%s: %d \"%s\"", pastes[i].text, ok, f.text);
    }
}

static void test_bounds(void **state)
{
    (void)state;
    struct field f;
    char long_text[8192];
    memset(long_text, 'x', sizeof long_text);
    field_init(&f, FIELD_NAME);
    assert_true(field_insert(&f, long_text, MAX_NAME, true));
    assert_int_equal(f.len, MAX_NAME);
    assert_false(field_insert(&f, "y", 1, false));
    assert_false(field_insert(&f, long_text, sizeof long_text, true));
    assert_false(field_insert(&f, long_text, SIZE_MAX / 2, false));
    assert_int_equal(f.len, MAX_NAME);
    field_init(&f, FIELD_PASSWORD);
    assert_false(field_set(&f, long_text, MAX_PASSWORD + 1));
    memcpy(long_text, "vitrine://", 10);
    field_init(&f, FIELD_NUMBER);
    assert_true(field_set(&f, long_text, FIELD_ROOM));
    assert_false(field_set(&f, long_text, FIELD_ROOM + 1));
    size_t len, caret;
    assert_ptr_equal(field_view(&f, 256, &len, &caret), f.text + FIELD_ROOM - 256);
    assert_int_equal(len, 256);
    assert_int_equal(caret, 256);
    field_key(&f, KEYS_HOME, 0);
    assert_ptr_equal(field_view(&f, 256, &len, &caret), f.text);
    assert_int_equal(caret, 0);
}

static void test_wiped(void **state)
{
    (void)state;
    struct field f, zero = {0};
    field_init(&f, FIELD_PASSWORD);
    play(&f, "secret words##");
    assert_int_equal(f.text[11], 0);
    field_finish(&f);
    assert_memory_equal(&f, &zero, sizeof f);
}

static void test_not_for_fields(void **state)
{
    (void)state;
    static const uint32_t keys[] = {KEYS_RETURN, KEYS_ESCAPE, KEYS_TAB, KEYS_F1, KEYS_UP, 0};
    struct field f;
    field_init(&f, FIELD_NAME);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_int_equal(field_key(&f, keys[i], 0), FIELD_NOTHING);
    assert_int_equal(field_key(&f, 'a', KEYS_ALT), FIELD_NOTHING);
    assert_int_equal(field_key(&f, 'v', KEYS_CTRL), FIELD_PASTE);
    assert_int_equal(field_key(&f, 'c', KEYS_CTRL), FIELD_EATEN);
}

/* ------------------------------------------------------------------------------------------ keys
 */
static const struct {
    uint32_t sym;
    const char *text;
} characters[] = {
    {'a', "a"},
    {0xe4, "\xc3\xa4"},
    {0x20ac, "\xe2\x82\xac"},
    {0x1a3, "\xc5\x81"},
    {0x6c1, "\xd0\xb0"},
    {0x7e1, "\xce\xb1"},
    {0xce0, "\xd7\x90"},
    {0x10020ac, "\xe2\x82\xac"},
    {0x101f600, "\xf0\x9f\x98\x80"},
    {0xffb5, "5"},
    {0xff80, " "},
    {0xff0d, ""},
    {0x100d800, ""},
    {0x1110000, ""},
    {0xffffffff, ""},
    {0x7f, ""},
    {0x1b, ""},
    {0xfe51, ""}, /* dead acute */
};

static void test_characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof characters / sizeof *characters; i++) {
        char c[5] = "";
        size_t n = keys_utf8(characters[i].sym, c);
        c[n] = '\0';
        if (strcmp(c, characters[i].text) != 0)
            fail_msg("0x%x: \"%s\"", characters[i].sym, c);
    }
}

static void test_levels(void **state)
{
    (void)state;
    static struct keymap m;
    m = (struct keymap){.first = 8, .last = 255, .per = 7};
    const uint32_t q[] = {'q', 'Q', 0x6ca, 0x6ea, '@', 0x7d9}, kp[] = {0xff95, 0xffb7};
    memcpy(m.sym[24], q, sizeof q);
    memcpy(m.sym[79], kp, sizeof kp);
    m.sym[92][0] = KEYS_LEVEL3;
    m.sym[77][0] = KEYS_NUM_LOCK;
    uint8_t codes[16] = {0};
    codes[7 * 2] = 92;
    codes[4 * 2] = 77;
    keymap_find_modifiers(&m, codes, sizeof codes, 2);
    assert_int_equal(m.level3, 128);
    assert_int_equal(m.num, 16);
    assert_int_equal(keymap_keysym(&m, 24, 0, 0), 'q');
    assert_int_equal(keymap_keysym(&m, 24, KEYS_SHIFT, 0), 'Q');
    assert_int_equal(keymap_keysym(&m, 24, KEYS_LOCK, 0), 'Q');
    assert_int_equal(keymap_keysym(&m, 24, 128, 0), '@');
    assert_int_equal(keymap_keysym(&m, 24, 0, 1), 0x6ca);
    assert_int_equal(keymap_keysym(&m, 24, KEYS_SHIFT, 1), 0x6ea);
    assert_int_equal(keymap_keysym(&m, 79, 0, 0), 0xff95);
    assert_int_equal(keymap_keysym(&m, 79, KEYS_SHIFT, 0), 0xff95); /* type KEYPAD */
    assert_int_equal(keymap_keysym(&m, 79, 16, 0), 0xffb7);
    assert_int_equal(keymap_keysym(&m, 79, 16 | KEYS_SHIFT, 0), 0xff95);
    assert_int_equal(keymap_keysym(&m, 7, 0, 0), 0);
    assert_int_equal(keymap_keysym(&m, 70000, 0, 0), 0);
}

/* ----------------------------------------------------------------------------------------- place
 */
static void test_scale(void **state)
{
    (void)state;
    static const struct {
        unsigned dpi, wanted;
        int w, h;
        unsigned scale;
    } cases[] = {{0, 0, 1920, 1080, 256},   {96, 0, 1920, 1080, 256},  {144, 0, 1920, 1080, 384},
                 {150, 0, 1920, 1080, 384}, {192, 0, 1920, 1080, 448}, {192, 0, 800, 600, 256},
                 {480, 0, 7680, 4320, 768}, {0, 512, 3840, 2160, 512}, {48, 0, 1920, 1080, 256},
                 {96, 0, 320, 200, 256}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(place_scale(cases[i].dpi, cases[i].wanted, cases[i].w, cases[i].h),
                         cases[i].scale);
}

/* Wherever the pointer is, the grant is at least 48 pixels from it and the dialog is on the
 * monitor. */
/* Two or three in a row, two one above the other; of all else nobody would know which is meant. */
static void test_monitor_names(void **state)
{
    (void)state;
    const struct ui_rect row[] = {{1920, 0, 1920, 1080}, {0, 200, 1280, 720}, {3840, 0, 800, 600}};
    const struct ui_rect column[] = {{0, 0, 1280, 720}, {100, 720, 1280, 720}};
    const struct ui_rect corner[] = {{0, 0, 800, 600}, {800, 0, 800, 600}, {0, 600, 800, 600}};
    const struct ui_rect same[] = {{0, 0, 800, 600}, {0, 0, 800, 600}};
    assert_int_equal(place_monitor(row, 1, 0), UI_MONITOR_NONE);
    assert_int_equal(place_monitor(row, 2, 0), UI_MONITOR_RIGHT);
    assert_int_equal(place_monitor(row, 2, 1), UI_MONITOR_LEFT);
    assert_int_equal(place_monitor(row, 3, 0), UI_MONITOR_MIDDLE);
    assert_int_equal(place_monitor(row, 3, 2), UI_MONITOR_RIGHT);
    assert_int_equal(place_monitor(column, 2, 0), UI_MONITOR_UPPER);
    assert_int_equal(place_monitor(column, 2, 1), UI_MONITOR_LOWER);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(place_monitor(corner, 3, i),
                         i == 1 ? UI_MONITOR_RIGHT : UI_MONITOR_FRAMED);
    assert_int_equal(place_monitor(same, 2, 0), UI_MONITOR_FRAMED); /* mirrored */
}

static void test_clear_of_pointer(void **state)
{
    (void)state;
    const struct ui_rect m = {100, 50, 1024, 768}, grant = {288, 440, 248, 48};
    for (int y = m.y; y < m.y + m.h; y += 3)
        for (int x = m.x; x < m.x + m.w; x += 3) {
            struct ui_rect d = place_dialog(m, 560, 520, grant, x, y, PLACE_CLEAR);
            struct ui_rect near = {d.x + grant.x - PLACE_CLEAR, d.y + grant.y - PLACE_CLEAR,
                                   grant.w + 2 * PLACE_CLEAR, grant.h + 2 * PLACE_CLEAR};
            assert_false(place_inside(near, x, y));
            assert_true(d.x >= m.x && d.y >= m.y && d.x + d.w <= m.x + m.w &&
                        d.y + d.h <= m.y + m.h);
        }
}

/* On the smallest screen there is: the bar hides no header, a toast none that it can spare. */
static void test_clear_of_headers(void **state)
{
    (void)state;
    const struct ui_rect m = {800, 0, 800, 600}, large = {0, 0, 1920, 1080};
    struct ui_rect panel = place_below(m, 720, 528, 48), ended = place_below(m, 560, 472, 48);
    assert_int_equal(panel.y, 48);
    assert_int_equal(ended.y, 64);
    assert_int_equal(place_below(m, 800, 600, 48).y, 0); /* no room for both */
    assert_int_equal(place_below(large, 720, 528, 48).y, 276);
    struct ui_rect room = place_under(m, 520, 48);
    assert_int_equal(place_centre(room, 560, 520).y, 64);
    assert_int_equal(room.y + room.h, 600);
    assert_int_equal(place_under(m, 560, 48).y, 0); /* no room for both */
    struct ui_rect t = place_toast(m, 440, 64, 0, 8, &ended, 1);
    assert_int_equal(t.x, 980);
    assert_int_equal(t.y, 0);
    assert_int_equal(place_toast(m, 440, 64, 0, 8, &panel, 1).y, 0);
    assert_int_equal(place_toast(m, 440, 64, 48, 8, &panel, 1).y, 528);
    ended.x = 840, ended.y = 48; /* where the panel was before it */
    assert_int_equal(place_toast(m, 440, 64, 0, 8, &ended, 1).y, 528);
    const struct ui_rect all[] = {m,
                                  {1000, 100, 100, 100}}; /* as good anywhere: at its usual place */
    assert_int_equal(place_toast(m, 440, 64, 0, 8, all, 1).y, 8);
    assert_int_equal(place_toast(m, 440, 64, 48, 8, all + 1, 1).y, 528);
    assert_int_equal(place_toast(m, 440, 64, 0, 8, NULL, 0).y, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_monitor_names),    cmocka_unit_test(test_editing),
        cmocka_unit_test(test_utf8_steps),       cmocka_unit_test(test_paste),
        cmocka_unit_test(test_bounds),           cmocka_unit_test(test_wiped),
        cmocka_unit_test(test_not_for_fields),   cmocka_unit_test(test_characters),
        cmocka_unit_test(test_levels),           cmocka_unit_test(test_scale),
        cmocka_unit_test(test_clear_of_pointer), cmocka_unit_test(test_clear_of_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
