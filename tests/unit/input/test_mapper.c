/* Keys of a controller on another keyboard, played on a keyboard of paper. */
#include "model.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after the headers it needs */
#include <cmocka.h>

static struct mapper mapper;
static struct model model;

static void begin(void (*layout)(struct keymap *), size_t n_spares)
{
    uint8_t spares[MAX_SPARES];
    memset(&model, 0, sizeof model);
    layout(&model.map);
    for (size_t i = 0; i < n_spares; i++)
        spares[i] = (uint8_t)(CODE_SPARE - i);
    mapper_init(&mapper, spares, n_spares);
    mapper_set_map(&mapper, &model.map);
    mapper_set_state(&mapper, 0, 0);
}

static void lock(unsigned locks)
{
    mapper_set_state(&mapper, 0, locks);
    model.locks = (locks & 1 ? KEYS_LOCK : 0u) | (locks & 2 ? model.map.num : 0u);
}

static void down(uint8_t remote, uint32_t sym)
{
    struct mapper_out out = {.n = 0};
    struct input_event e = {.kind = INPUT_KEY_DOWN, .code = remote, .keysym = sym};
    mapper_key_down(&mapper, &e, &out);
    model_do_all(&model, &out);
}

static void down_place(uint8_t remote)
{
    struct mapper_out out = {.n = 0};
    struct input_event e = {.kind = INPUT_KEY_DOWN, .code = remote, .keysym = 'x', .place = 1};
    mapper_key_down(&mapper, &e, &out);
    model_do_all(&model, &out);
}

static void up(uint8_t remote)
{
    struct mapper_out out = {.n = 0};
    mapper_key_up(&mapper, remote, &out);
    model_do_all(&model, &out);
}

static void tap(uint8_t remote, uint32_t sym)
{
    down(remote, sym);
    up(remote);
}

static uint32_t made(size_t i)
{
    assert_true(i < model.n_made);
    return model.made[i];
}

static void assert_clean(void)
{
    assert_int_equal(model_count_down(&model), 0);
    assert_int_equal(model.presses_of_down, 0);
    assert_int_equal(mapper.pressed | mapper.lifted, 0);
}

static void test_characters(void **state)
{
    (void)state;
    begin(model_german, 4);
    tap(CODE_A, 'a');
    tap(CODE_A, 'A'); /* no Shift held there: Caps Lock, or another way */
    tap(CODE_2, '@'); /* AltGr+Q here */
    tap(29, 'z');     /* elsewhere there */
    tap(CODE_E, 0x20ac);
    tap(21, 0xfe50); /* dead grave: Shift here */
    tap(CODE_RETURN, KEYS_RETURN);
    tap(61, 0xfe03); /* AltGr alone: only chooses */
    const uint32_t expected[] = {'a', 'A', '@', 'z', 0x20ac, 0xfe50, KEYS_RETURN};
    assert_int_equal(model.n_made, 7);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(made(i), expected[i]);
    assert_int_equal(mapper.untyped, 0);
    assert_clean();
}

/* Shift is held there for a character that has none here, and lifted for it only. */
static void test_shift_lifted(void **state)
{
    (void)state;
    begin(model_german, 0);
    down(CODE_SHIFT, KEYS_SHIFT_L);
    assert_int_equal(model.down[CODE_SHIFT], 1);
    down(CODE_1, '1'); /* fr: Shift+& */
    assert_int_equal(made(0), '1');
    assert_int_equal(model.down[CODE_SHIFT], 0); /* still: the server may repeat the 1 */
    up(CODE_1);
    assert_int_equal(model.down[CODE_SHIFT], 1);
    down(CODE_A, 'A');
    up(CODE_SHIFT); /* let go before the letter, as people do */
    assert_int_equal(made(1), 'A');
    up(CODE_A);
    assert_clean();
    down(CODE_SHIFT, KEYS_SHIFT_L);
    down(CODE_SHIFT_R, KEYS_SHIFT_R);
    down(CODE_1, '1');
    up(CODE_SHIFT); /* while it is lifted */
    up(CODE_1);
    assert_int_equal(model.down[CODE_SHIFT], 0);
    assert_int_equal(model.down[CODE_SHIFT_R], 1);
    up(CODE_SHIFT_R);
    assert_clean();
}

static void test_shortcuts(void **state)
{
    (void)state;
    begin(model_german, 4);
    down(CODE_CONTROL, 0xffe3);
    tap(54, 'c' /* not on this small map: its place, which means nothing here */);
    tap(CODE_A, 'a');
    tap(CODE_Q, 0x6ca); /* Ctrl+й: the key, not the letter */
    up(CODE_CONTROL);
    assert_int_equal(model.made[model.n_made - 2], 'a');
    assert_int_equal(model.made[model.n_made - 1], 'q');
    assert_clean();
}

static void test_lending(void **state)
{
    (void)state;
    begin(model_german, 2);
    tap(40, 0x6c4); /* Cyrillic de */
    assert_int_equal(made(0), 0x6c4);
    tap(40, 0x6e4); /* its capital: the same key, with Shift */
    assert_int_equal(made(1), 0x6e4);
    tap(41, 0x10020ac + 0x1000); /* some sign */
    size_t before = model.actions;
    tap(40, 0x6c4);
    assert_int_equal(model.actions - before, 2); /* lent already */
    tap(42, 0x7e1);                              /* Greek alpha: in the place of the sign */
    assert_int_equal(made(4), 0x7e1);
    tap(40, 0x6c4);
    assert_int_equal(made(5), 0x6c4);
    lock(1);
    tap(40, 0x6c4);
    assert_int_equal(made(6), 0x6c4); /* Caps Lock here does not matter */
    tap(CODE_A, 'a');
    assert_int_equal(made(7), 'a');
    tap(CODE_A, 'A');
    assert_int_equal(made(8), 'A');
    assert_clean();
    /* both spares held: nothing is left to lend */
    lock(0);
    down(40, 0x6c4);
    down(42, 0x7e1);
    tap(43, 0x7e2);
    assert_int_equal(mapper.untyped, 1);
    up(40);
    up(42);
    assert_clean();
    /* nothing that is no text is ever lent */
    tap(120, 0x1008ff11);
    tap(121, 0xffc9);
    for (size_t c = 0; c < 2; c++)
        assert_true(keys_code_point(model.map.sym[CODE_SPARE - c][0]) != 0);
}

/* Compose files know a letter by its older number, where it has one: an accent before it would be
   lost. In both columns of a key, or in neither. */
static void test_lent_by_older_number(void **state)
{
    static const struct {
        uint32_t sent, lower, upper;
    } cases[] = {{0x7e1, 0x7e1, 0x7c1},
                 {0x10003b1, 0x7e1, 0x7c1}, /* alpha */
                 {0x7f3, 0x7f3, 0x7f3},     /* final sigma: it has no capital */
                 {0x6e4, 0x6c4, 0x6e4},
                 {0x1000434, 0x6c4, 0x6e4}, /* Cyrillic de */
                 {0x1e3, 0x1e3, 0x1c3},     /* a with breve */
                 {0xe7, 0xe7, 0xc7},
                 {0x20ac, 0x20ac, 0x20ac},
                 {0x1000175, 0x1000175, 0x1000174}, /* w with circumflex: none */
                 {0x1001e0d, 0x1001e0d, 0x1001e0c}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin(model_german, 1);
        model.map.sym[CODE_E][4] = model.map.sym[CODE_E][5] = 0; /* no euro sign */
        mapper_set_map(&mapper, &model.map);
        tap(40, cases[i].sent);
        assert_int_equal(model.map.sym[CODE_SPARE][0], cases[i].lower);
        assert_int_equal(model.map.sym[CODE_SPARE][1], cases[i].upper);
        assert_true(keymap_is_lent(&model.map, CODE_SPARE));
    }
}

/* Which row of policy/x11/input.allow lets that be lent; 0: none. */
static unsigned row_of(uint32_t sym)
{
    return sym >= 0x20 && sym <= 0x7e             ? 1
           : sym >= 0xa0 && sym <= 0xff           ? 2
           : sym >= 0x1a1 && sym <= 0x20ac        ? 3
           : sym >= 0xfe50 && sym <= 0xfe93       ? 4
           : sym >= 0x1000100 && sym <= 0x110ffff ? 5
                                                  : 0;
}

/* Whatever is asked for, both columns of what is lent are of one row: anything else ends control.
 */
static void test_lent_by_one_row(void **state)
{
    (void)state;
    begin(model_russian, 1);
    for (uint32_t sym = 0x20; sym < 0x1003000; sym = sym == 0xffff ? 0x1000000 : sym + 1) {
        tap(40, sym);
        const uint32_t *lent = model.map.sym[CODE_SPARE];
        if (lent[0] != 0 && (row_of(lent[0]) == 0 || row_of(lent[0]) != row_of(lent[1])))
            fail_msg("%x: %x and %x", sym, lent[0], lent[1]);
        model.n_made = 0;
    }
    assert_clean();
}

/* The keypad's keys arrive without a Shift that nobody holds, however Num Lock is at either end. */
static void test_keypad(void **state)
{
    static const struct {
        unsigned locks;
        uint32_t sent, made;
    } cases[] = {
        {0, 0xff95, 0xff95}, {2, 0xffb7, 0xffb7}, {0, 0xffb7, '7'}, {2, 0xff95, KEYS_HOME},
        {0, 0xffab, 0xffab}, {2, 0xffab, 0xffab}, {0, 0xffac, ','}}; /* German keypads have a comma;
                                                                        this map no key for it */
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin(model_german, 1);
        lock(cases[i].locks);
        tap(CODE_KP_7, cases[i].sent);
        assert_int_equal(model.n_made, 1);
        assert_int_equal(made(0), cases[i].made);
        assert_int_equal(model.shifts, 0);
        assert_int_equal(mapper.untyped, 0);
        assert_clean();
    }
    begin(model_german, 1); /* Shift that is held is theirs: it selects text there, too */
    down(CODE_SHIFT, KEYS_SHIFT_L);
    tap(CODE_KP_7, 0xff95);
    assert_int_equal(made(0), 0xff95);
    assert_int_equal(model.down[CODE_SHIFT], 1);
    lock(2);
    tap(CODE_KP_7, 0xff95); /* as there: Shift takes the number back */
    assert_int_equal(made(1), 0xff95);
    up(CODE_SHIFT);
    assert_int_equal(model.shifts, 1);
    tap(CODE_KP_7, 0xff9d); /* Begin: its place would type a digit */
    assert_int_equal(model.n_made, 2);
    assert_int_equal(mapper.untyped, 1);
    assert_clean();
}

static void test_groups(void **state)
{
    (void)state;
    begin(model_russian, 2);
    tap(CODE_Q, 0x6c0);
    assert_int_equal(made(0), 0x6c0); /* lent: the second group is not in force */
    mapper_set_state(&mapper, 1, 0);
    model.group = 1;
    tap(CODE_Q + 1, 0x6c1);
    assert_int_equal(made(1), 0x6c1);
    tap(CODE_Q, 'q');
    assert_int_equal(made(2), 'q');
    mapper_set_state(&mapper, 2, 0); /* a third layout: nothing is known of it */
    tap(CODE_Q + 2, 'w');
    assert_int_equal(made(3), 'w');
    assert_clean();
}

static void test_places(void **state)
{
    (void)state;
    begin(model_german, 2);
    down_place(CODE_SHIFT);
    down_place(CODE_A);
    assert_int_equal(made(0), 'A');
    down_place(CODE_A); /* a repeat */
    assert_int_equal(model.n_made, 1);
    up(CODE_A);
    up(CODE_SHIFT);
    down_place(CODE_SPARE);
    assert_int_equal(mapper.untyped, 1);
    up(CODE_SPARE);
    down_place(CODE_LEVEL3);
    down_place(CODE_Q);
    assert_int_equal(made(1), '@');
    up(CODE_LEVEL3);
    up(CODE_Q);
    assert_clean();
}

/* Two keys there are one here. */
static void test_same_key_twice(void **state)
{
    (void)state;
    begin(model_german, 0);
    down(CODE_1, '1');
    down(90, '1');
    assert_int_equal(model.n_made, 2);
    assert_int_equal(model.presses_of_down, 0);
    up(CODE_1);
    assert_int_equal(model_count_down(&model), 1);
    up(90);
    assert_clean();
}

static void test_too_many(void **state)
{
    (void)state;
    begin(model_german, MAX_SPARES);
    for (unsigned c = 8; c < 256; c++)
        down((uint8_t)c, KEYS_SHIFT_L);
    down(CODE_A, 'a');
    for (unsigned c = 8; c < 256; c++)
        up((uint8_t)c);
    assert_clean();
    up(77); /* never pressed */
    assert_clean();
}

/* A map that changes under us: what got a meaning is no spare any more. */
static void test_map_changes(void **state)
{
    (void)state;
    begin(model_german, 2);
    tap(40, 0x6c4);
    struct keymap other = model.map;
    other.sym[CODE_SPARE][0] = 'x';
    mapper_set_map(&mapper, &other);
    assert_int_equal(mapper.n_spares, 1);
    memset(&other, 0, sizeof other);
    mapper_set_map(&mapper, &other);
    tap(CODE_A, 'a');
    tap(CODE_SHIFT, KEYS_SHIFT_L);
    assert_int_equal(mapper.n_spares, 0);
}

/* Shift and AltGr that a character pressed are released by the keys that pressed them, whatever the
   map is by then: another key would stay down, and no key at all is nothing to ask the server for.
 */
static void test_map_changes_meanwhile(void **state)
{
    static const uint32_t syms[] = {'@', 'A'};
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        begin(model_german, 0);
        down(CODE_2, syms[i & 1]);
        assert_int_equal(model_count_down(&model), 2);
        struct keymap other = model.map;
        for (unsigned c = 8; c < 256; c++)
            for (unsigned k = 0; k < KEYS_PER_CODE; k++)
                if (other.sym[c][k] == KEYS_LEVEL3 || other.sym[c][k] == KEYS_SHIFT_L ||
                    other.sym[c][k] == KEYS_SHIFT_R)
                    other.sym[c][k] = 0;
        if (i & 2)
            other.sym[CODE_F1][0] = i & 1 ? KEYS_SHIFT_L : KEYS_LEVEL3;
        mapper_set_map(&mapper, &other);
        up(CODE_2);
        assert_clean();
    }
}

/* Any order of keys: every character arrives as it was meant, and nothing stays down. */
static void test_random(void **state)
{
    static const uint32_t syms[] = {'a',         'A',     '1',   '!',      '@',   0x20ac,
                                    0xfe51,      0xfe50,  0x6c4, 0xe9,     0x6e4, 0x7e1,
                                    KEYS_RETURN, KEYS_F1, 'q',   0x1004e2d};
    (void)state;
    srand(7);
    for (unsigned run = 0; run < 400; run++) {
        begin(run & 1 ? model_german : model_russian, 6);
        lock(run >> 1 & 3);
        uint32_t held[256] = {0}, expected[200];
        size_t n = 0, n_down = 0;
        for (unsigned i = 0; i < 150; i++) {
            uint8_t remote = (uint8_t)(100 + rand() % 6);
            if (held[remote] != 0) {
                up(remote);
                held[remote] = 0;
                n_down--;
                continue;
            }
            bool shift = rand() % 4 == 0;
            uint32_t sym =
                shift ? KEYS_SHIFT_L + (uint32_t)(rand() & 1) : syms[(unsigned)rand() % 16];
            down(remote, sym);
            held[remote] = sym;
            n_down++;
            if (!shift)
                expected[n++] = sym;
        }
        assert_int_equal(model.n_made, n);
        for (size_t i = 0; i < n; i++)
            if (!keys_same(made(i), expected[i]))
                fail_msg("run %u, press %zu: %x, not %x", run, i, made(i), expected[i]);
        for (unsigned c = 100; c < 106; c++)
            up((uint8_t)c);
        assert_clean();
        (void)n_down;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_shift_lifted),
        cmocka_unit_test(test_shortcuts),
        cmocka_unit_test(test_lending),
        cmocka_unit_test(test_lent_by_older_number),
        cmocka_unit_test(test_lent_by_one_row),
        cmocka_unit_test(test_keypad),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_same_key_twice),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_map_changes),
        cmocka_unit_test(test_map_changes_meanwhile),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
