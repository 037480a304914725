/* See model.h. */
#include "model.h"
#include <string.h>

static void key(struct keymap *m, unsigned code, uint32_t a, uint32_t b, uint32_t c, uint32_t d,
                uint32_t e, uint32_t f)
{
    const uint32_t row[] = {a, b, c, d, e, f};
    memcpy(m->sym[code], row, sizeof row);
}

static void common(struct keymap *m)
{
    memset(m, 0, sizeof *m);
    m->first = 8;
    m->last = 255;
    m->per = 7;
    key(m, CODE_RETURN, KEYS_RETURN, 0, KEYS_RETURN, 0, 0, 0);
    key(m, CODE_CONTROL, 0xffe3, 0, 0xffe3, 0, 0, 0);
    key(m, CODE_SHIFT, KEYS_SHIFT_L, 0, KEYS_SHIFT_L, 0, 0, 0);
    key(m, CODE_SHIFT_R, KEYS_SHIFT_R, 0, KEYS_SHIFT_R, 0, 0, 0);
    key(m, CODE_ALT, 0xffe9, 0, 0xffe9, 0, 0, 0);
    key(m, CODE_F1, KEYS_F1, KEYS_F1, KEYS_F1, KEYS_F1, 0, 0);
    key(m, CODE_NUM, KEYS_NUM_LOCK, 0, KEYS_NUM_LOCK, 0, 0, 0);
    key(m, CODE_KP_7, 0xff95, 0xffb7, 0xff95, 0xffb7, 0, 0);
    key(m, CODE_KP_ADD, 0xffab, 0xffab, 0xffab, 0xffab, 0, 0);
    key(m, CODE_HOME, KEYS_HOME, 0, KEYS_HOME, 0, 0, 0);
    key(m, CODE_LEVEL3, KEYS_LEVEL3, 0, KEYS_LEVEL3, 0, 0, 0);
    uint8_t codes[8] = {CODE_SHIFT, 66, CODE_CONTROL, CODE_ALT, CODE_NUM, 0, 0, CODE_LEVEL3};
    keymap_find_modifiers(m, codes, sizeof codes, 1);
}

void model_german(struct keymap *m)
{
    static const char letters[] = "qwertzuiop", second[] = "asdfghjkl", digits[] = "1234567890",
                      above[] = "!\"\xa7$%&/()=";
    common(m);
    for (unsigned i = 0; i < 10; i++) {
        uint32_t c = (uint8_t)letters[i], d = (uint8_t)digits[i], s = (uint8_t)above[i];
        key(m, CODE_Q + i, c, c - 32, c, c - 32, 0, 0);
        key(m, CODE_1 + i, d, s, d, s, 0, 0);
    }
    for (unsigned i = 0; i < 9; i++)
        key(m, CODE_A + i, (uint8_t)second[i], (uint8_t)second[i] - 32u, (uint8_t)second[i],
            (uint8_t)second[i] - 32u, 0, 0);
    key(m, CODE_Q, 'q', 'Q', 'q', 'Q', '@', 0x7d9);
    key(m, CODE_E, 'e', 'E', 'e', 'E', 0x20ac, 0x20ac);
    key(m, 21, 0xfe51, 0xfe50, 0xfe51, 0xfe50, 0, 0); /* dead acute, dead grave */
}

void model_russian(struct keymap *m)
{
    static const char letters[] = "qwertyuiop";
    common(m);
    for (unsigned i = 0; i < 10; i++) {
        uint32_t c = (uint8_t)letters[i];
        key(m, CODE_Q + i, c, c - 32, 0x6c0 + i, 0x6e0 + i, 0, 0);
        key(m, CODE_1 + i, '1' + i, '!' + i, '1' + i, '!' + i, 0, 0);
    }
}

static uint32_t modifiers(const struct model *m)
{
    uint32_t mods = m->locks;
    for (unsigned c = 8; c < 256; c++) {
        uint32_t sym = m->down[c] ? m->map.sym[c][0] : 0;
        if (sym == KEYS_SHIFT_L || sym == KEYS_SHIFT_R)
            mods |= KEYS_SHIFT;
        if (sym == KEYS_LEVEL3)
            mods |= m->map.level3;
    }
    return mods;
}

static void press(struct model *m, uint8_t code)
{
    uint32_t sym = m->map.sym[code][0];
    m->presses_of_down += m->down[code];
    m->down[code] = 1;
    m->shifts += sym == KEYS_SHIFT_L || sym == KEYS_SHIFT_R;
    if (sym == KEYS_LEVEL3 || (sym >= KEYS_SHIFT_L && sym <= 0xffee) || m->n_made == 4096)
        return;
    m->made[m->n_made++] = keymap_keysym(&m->map, code, modifiers(m), m->group);
}

void model_do(struct model *m, const struct action *a)
{
    m->actions++;
    if (a->kind == ACTION_LEND) {
        memset(m->map.sym[a->code], 0, sizeof m->map.sym[0]);
        memcpy(m->map.sym[a->code], a->sym, sizeof a->sym);
    } else if (a->kind == ACTION_KEY && a->down) {
        press(m, a->code);
    } else if (a->kind == ACTION_KEY) {
        m->down[a->code] = 0;
    } else if (a->kind == ACTION_BUTTON) {
        uint16_t bit = (uint16_t)(1u << a->code);
        m->buttons = a->down ? m->buttons | bit : (uint16_t)(m->buttons & ~bit);
    }
}

void model_do_all(struct model *m, const struct mapper_out *out)
{
    for (size_t i = 0; i < out->n; i++)
        model_do(m, &out->list[i]);
}

size_t model_count_down(const struct model *m)
{
    size_t n = 0;
    for (unsigned c = 0; c < 256; c++)
        n += m->down[c];
    return n;
}
