/*
 * Keycode, keysym, text; runs in broker and input worker. The mapping comes from the X server,
 * which is trusted with the keyboard anyway; indexes are checked all the same.
 */
#include "lib/keys.h"

#include "lib/keys_legacy.h"
#include <string.h>

bool keys_is_keypad(uint32_t sym)
{
    return sym >= 0xff80 && sym <= 0xffbd;
}

/* Distance from the lower to the upper case of a code point, 0 none; *is_upper says which it is.
   The signs of multiplication and division stand among the letters. */
static int32_t case_distance(uint32_t p, bool *is_upper)
{
    static const struct {
        uint16_t first, last; /* of the capital letters */
        uint8_t distance;     /* 1: pairs stand side by side */
        uint8_t odd;          /* then: capitals are the odd ones */
    } runs[] = {{'A', 'Z', 32, 0},     {0xc0, 0xd6, 32, 0},   {0xd8, 0xde, 32, 0},
                {0x100, 0x12f, 1, 0},  {0x132, 0x137, 1, 0},  {0x139, 0x148, 1, 1},
                {0x14a, 0x177, 1, 0},  {0x179, 0x17e, 1, 1},  {0x391, 0x3ab, 32, 0},
                {0x400, 0x40f, 80, 0}, {0x410, 0x42f, 32, 0}, {0x460, 0x481, 1, 0},
                {0x48a, 0x4bf, 1, 0},  {0x4d0, 0x52f, 1, 0},  {0x1e00, 0x1e95, 1, 0}};
    for (size_t i = 0; p != 0xd7 && p != 0xf7 && i < sizeof runs / sizeof *runs; i++) {
        uint32_t d = runs[i].distance, odd = runs[i].odd;
        bool inside = p >= runs[i].first && p <= runs[i].last;
        *is_upper = inside && (d > 1 || (p & 1) == odd);
        if (*is_upper || (d == 1 && inside) ||
            (d > 1 && p >= runs[i].first + d && p <= runs[i].last + d))
            return (int32_t)d;
    }
    return 0;
}

/* Caps Lock makes capitals of these, and of nothing else. */
static bool is_lower(uint32_t sym)
{
    bool is_upper = false;
    uint32_t p = keys_code_point(sym);
    return case_distance(p, &is_upper) != 0 && !is_upper && !keys_is_keypad(sym);
}

static uint32_t at(const struct keymap *m, uint32_t code, unsigned column)
{
    return column < m->per ? m->sym[code][column] : 0;
}

/* Columns: group 1 levels 1-2, group 2 levels 1-2, group 1 levels 3-4, group 2 levels 3-4. */
static uint32_t at_level(const struct keymap *m, uint32_t code, unsigned group, unsigned level)
{
    unsigned column = (level >= 2 ? 4u : 0u) + (group ? 2u : 0u) + (level & 1);
    uint32_t sym = at(m, code, column);
    if (sym == 0 && (level & 1))
        sym = at(m, code, column - 1);
    return sym;
}

uint32_t keymap_keysym(const struct keymap *m, uint32_t keycode, uint32_t mods, unsigned group)
{
    if (keycode > 255 || keycode < m->first || keycode > m->last)
        return 0;
    unsigned shift = (mods & KEYS_SHIFT) ? 1 : 0;
    unsigned level = shift + ((m->level3 && (mods & m->level3)) ? 2 : 0);
    unsigned g = group & 1;
    if (at(m, keycode, 2) == 0 && at(m, keycode, 3) == 0)
        g = 0; /* the key has one group only */
    /* XKB's type KEYPAD: Num Lock makes the number, Shift takes it back and does nothing else. */
    if (level < 2 && keys_is_keypad(at_level(m, keycode, g, 1)))
        return at_level(m, keycode, g, m->num && (mods & m->num) ? 1 - shift : 0);
    uint32_t sym = at_level(m, keycode, g, level);
    /* With Caps Lock, Shift makes small letters again (XKB's type ALPHABETIC), on the first two
     * levels. */
    if ((mods & KEYS_LOCK) && level < 2 && is_lower(at_level(m, keycode, g, 0)))
        return at_level(m, keycode, g, 1 - shift);
    if ((mods & KEYS_LOCK) && !shift && is_lower(sym))
        return at_level(m, keycode, g, level | 1);
    return sym;
}

static void note_modifier(struct keymap *m, uint32_t code, uint8_t bit)
{
    if (code < m->first || code > m->last)
        return;
    for (unsigned c = 0; c < m->per; c++) {
        if (m->sym[code][c] == KEYS_LEVEL3)
            m->level3 = bit;
        if (m->sym[code][c] == KEYS_NUM_LOCK)
            m->num = bit;
    }
}

void keymap_set(struct keymap *m, uint8_t first, uint8_t last, unsigned per, const uint32_t *sym,
                size_t n)
{
    memset(m, 0, sizeof *m);
    m->first = first;
    m->last = last;
    m->per = (uint8_t)(per < KEYS_PER_CODE ? per : KEYS_PER_CODE);
    for (unsigned code = first; code <= last; code++)
        for (unsigned i = 0; i < m->per && (code - first) * per + i < n; i++)
            m->sym[code][i] = sym[(code - first) * per + i];
}

void keymap_find_modifiers(struct keymap *m, const uint8_t *codes, size_t n, unsigned per)
{
    enum { CONTROL_ROW = 2, ROWS = 8 };
    m->level3 = m->num = 0;
    memset(m->ctrl, 0, sizeof m->ctrl);
    if (n / ROWS < per)
        return;
    for (unsigned i = 0; i < per; i++) {
        uint8_t code = codes[CONTROL_ROW * per + i];
        if (code != 0) /* a place without a key */
            m->ctrl[code >> 3] |= (uint8_t)(1u << (code & 7));
    }
    for (unsigned row = 0; row < ROWS; row++)
        for (unsigned i = 0; i < per; i++)
            note_modifier(m, codes[row * per + i], (uint8_t)(1u << row));
}

static uint32_t legacy_point(uint32_t sym)
{
    for (size_t i = 0; i < n_keys_legacy; i++)
        if (sym >= keys_legacy[i].first && sym <= keys_legacy[i].last)
            return keys_legacy[i].points[sym - keys_legacy[i].first];
    return 0;
}

static bool is_free(const struct keymap *m, unsigned code)
{
    for (unsigned i = 0; i < m->per; i++)
        if (m->sym[code][i] != 0)
            return false;
    return true;
}

static bool is_lendable(uint32_t sym)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x20, 0x7e}, {0xa0, 0xff}, {0x1a1, 0x20ac}, {0xfe50, 0xfe93}, {0x1000100, 0x110ffff}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (sym >= ranges[i].first && sym <= ranges[i].last)
            return true;
    return false;
}

bool keymap_is_lent(const struct keymap *m, uint8_t code)
{
    /* of two equal ones a server may tell the first only */
    return is_lendable(m->sym[code][0]) && (m->sym[code][1] == 0 || is_lendable(m->sym[code][1]));
}

size_t keymap_spares(const struct keymap *m, uint8_t *codes, size_t most)
{
    size_t n = 0;
    for (unsigned code = m->last; code >= 8 && code >= m->first && n < most; code--)
        if (is_free(m, code))
            codes[n++] = (uint8_t)code;
    return n;
}

uint32_t keys_code_point(uint32_t sym)
{
    if ((sym >= 0x20 && sym <= 0x7e) || (sym >= 0xa0 && sym <= 0xff) || sym == 0x20ac)
        return sym;
    if (sym >= 0x1000100 && sym <= 0x110ffff)
        return sym - 0x1000000;
    if (sym >= 0xffaa && sym <= 0xffb9) /* keypad: * + , - . / 0-9 */
        return sym - 0xff80;
    if (sym == KEYS_KP_SPACE)
        return ' ';
    if (sym == 0xffbd)
        return '=';
    return legacy_point(sym);
}

size_t keys_utf8(uint32_t keysym, char out[4])
{
    uint32_t p = keys_code_point(keysym);
    if (p == 0 || (p >= 0xd800 && p <= 0xdfff) || p > 0x10ffff)
        return 0;
    if (p < 0x80) {
        out[0] = (char)p;
        return 1;
    }
    size_t n = p < 0x800 ? 2 : p < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, p >>= 6)
        out[i] = (char)(0x80 | (p & 0x3f));
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    out[0] = (char)(lead[n] | p);
    return n;
}

uint32_t keys_plain(uint32_t keysym)
{
    static const struct {
        uint32_t from, to;
    } twins[] = {{0xff95, KEYS_HOME},      {0xff96, KEYS_LEFT},   {0xff97, KEYS_UP},
                 {0xff98, KEYS_RIGHT},     {0xff99, KEYS_DOWN},   {0xff9a, KEYS_PAGE_UP},
                 {0xff9b, KEYS_PAGE_DOWN}, {0xff9c, KEYS_END},    {0xff9e, KEYS_INSERT},
                 {0xff9f, KEYS_DELETE},    {0xff8d, KEYS_RETURN}, {0xff89, KEYS_TAB}};
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        if (twins[i].from == keysym)
            return twins[i].to;
    return keysym;
}

uint32_t keys_beside_keypad(uint32_t keysym)
{
    uint32_t p = keys_is_keypad(keysym) ? keys_code_point(keysym) : 0;
    return p != 0 ? p : keys_plain(keysym);
}

bool keys_same(uint32_t a, uint32_t b)
{
    if (a == b)
        return a != 0;
    if (keys_is_keypad(a) || keys_is_keypad(b))
        return false;
    uint32_t p = keys_code_point(a);
    return p != 0 && p == keys_code_point(b);
}

uint32_t keys_of_point(uint32_t p)
{
    if (p < 0x100 || p == 0x20ac)
        return p;
    for (size_t i = 0; i < n_keys_legacy; i++)
        for (uint32_t k = 0; k <= keys_legacy[i].last - keys_legacy[i].first; k++)
            if (keys_legacy[i].points[k] == p)
                return keys_legacy[i].first + k;
    return 0x1000000 + p;
}

static unsigned kind_of(uint32_t sym)
{
    return sym < 0x100 ? 0 : sym < 0x1000000 ? 1 : 2;
}

bool keys_cases(uint32_t keysym, uint32_t *lower, uint32_t *upper)
{
    bool is_upper = false;
    uint32_t p = keys_code_point(keysym);
    int32_t d = case_distance(p, &is_upper);
    if (d == 0 || keys_is_keypad(keysym))
        return false;
    uint32_t own = keys_of_point(p);
    uint32_t other = keys_of_point(is_upper ? p + (uint32_t)d : p - (uint32_t)d);
    *lower = is_upper ? other : own;
    *upper = is_upper ? own : other;
    return kind_of(own) == kind_of(other);
}
