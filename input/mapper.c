/*
 * See mapper.h. Runs in vitrine-input. The controller's keysyms and keycodes are distrusted: they
 * are only ever compared and looked up, and what comes out is a keycode of the map.
 */
#include "input/mapper.h"
#include <string.h>

enum {
    SYM_MODE_SWITCH = 0xff7e,
    SYM_SCROLL_LOCK = 0xff14,
    SYM_LEVEL2_LATCH = 0xfe02,
    SYM_GROUPS_LAST = 0xfe13, /* ISO level and group shifts: 0xfe02..0xfe13 */
    SYM_CONTROL_L = 0xffe3,
    SYM_CAPS_LOCK = 0xffe5,
    SYM_SHIFT_LOCK = 0xffe6,
    SYM_META_L = 0xffe7,
    SYM_HYPER_R = 0xffee,
    SYM_DEAD_FIRST = 0xfe50,
    SYM_DEAD_LAST = 0xfe93
};

static void put(struct mapper_out *out, struct action a)
{
    if (out->n < MAPPER_ACTIONS)
        out->list[out->n++] = a;
}

static void put_key(struct mapper_out *out, uint8_t code, bool down)
{
    put(out, (struct action){.kind = ACTION_KEY, .code = code, .down = down});
}

/* --- kinds of keysyms --- */

static uint8_t modifier_of(uint32_t sym)
{
    if (sym == KEYS_SHIFT_L || sym == KEYS_SHIFT_R)
        return MAPPER_SHIFT;
    if (sym == KEYS_LEVEL3)
        return MAPPER_LEVEL3;
    if (sym == SYM_CONTROL_L || sym == SYM_CONTROL_L + 1 ||
        (sym >= SYM_META_L && sym <= SYM_HYPER_R))
        return MAPPER_OTHER;
    return 0;
}

/* Its work is done when the character arrives. */
static bool only_chooses(uint32_t sym)
{
    return (sym >= SYM_LEVEL2_LATCH && sym <= SYM_GROUPS_LAST) || sym == SYM_MODE_SWITCH ||
           sym == SYM_CAPS_LOCK || sym == SYM_SHIFT_LOCK || sym == KEYS_NUM_LOCK ||
           sym == SYM_SCROLL_LOCK;
}

static bool is_dead(uint32_t sym)
{
    return sym >= SYM_DEAD_FIRST && sym <= SYM_DEAD_LAST;
}

static bool is_text(uint32_t sym)
{
    return is_dead(sym) || keys_code_point(sym) != 0;
}

/* --- the map --- */

static uint8_t find_plain(const struct mapper *m, uint32_t sym)
{
    for (unsigned c = m->map.first; m->map.last != 0 && c <= m->map.last; c++)
        if (m->map.sym[c][0] == sym)
            return (uint8_t)c;
    return 0;
}

static bool is_spare(const struct mapper *m, uint8_t code)
{
    for (size_t i = 0; i < m->n_spares; i++)
        if (m->spare[i].code == code)
            return true;
    return false;
}

static uint32_t bits_of(const struct mapper *m, uint8_t mods)
{
    return ((mods & MAPPER_SHIFT) ? KEYS_SHIFT : 0u) |
           ((mods & MAPPER_LEVEL3) ? m->map.level3 : 0u);
}

static bool makes(const struct mapper *m, unsigned code, uint8_t mods, uint32_t sym)
{
    uint32_t made = keymap_keysym(&m->map, code, bits_of(m, mods) | m->locks,
                                  is_spare(m, (uint8_t)code) ? 0 : m->group);
    return keys_same(made, sym);
}

/* Layouts beyond the second are not in the core map: nothing is known of their keys. */
static bool knows(const struct mapper *m, unsigned code, uint32_t sym)
{
    return m->group <= 1 || !is_text(sym) || is_spare(m, (uint8_t)code);
}

static uint8_t find_with(const struct mapper *m, uint32_t sym, uint8_t mods, uint8_t first)
{
    if (knows(m, first, sym) && makes(m, first, mods, sym))
        return first;
    for (unsigned c = m->map.first; m->map.last != 0 && c <= m->map.last; c++)
        if (knows(m, c, sym) && makes(m, c, mods, sym))
            return (uint8_t)c;
    return 0;
}

static uint8_t held_mods(const struct mapper *m)
{
    uint8_t mods = 0;
    for (size_t i = 0; i < m->n_held; i++)
        mods |= m->held[i].mods;
    return mods;
}

/* The key and *mods that make the character; as few changes to what is held as can be. 0: none.
   On the keypad only Num Lock chooses: with Shift a program would see Shift, and select text. */
static uint8_t find(const struct mapper *m, uint32_t sym, uint8_t first, uint8_t *mods)
{
    static const uint8_t changes[] = {0, MAPPER_SHIFT, MAPPER_LEVEL3, MAPPER_SHIFT | MAPPER_LEVEL3};
    uint8_t held = held_mods(m) & (MAPPER_SHIFT | MAPPER_LEVEL3);
    size_t n = keys_is_keypad(sym) ? 1 : sizeof changes;
    for (size_t i = 0; i < n; i++) {
        uint8_t want = held ^ changes[i], more = want & (uint8_t)~held;
        if (((more & MAPPER_SHIFT) && m->shift == 0) || ((more & MAPPER_LEVEL3) && m->level3 == 0))
            continue;
        uint8_t code = find_with(m, sym, want, first);
        *mods = want;
        if (code != 0)
            return code;
    }
    return 0;
}

static bool code_is_down(const struct mapper *m, uint8_t code)
{
    for (size_t i = 0; i < m->n_held; i++)
        if (m->held[i].code == code)
            return true;
    return false;
}

/* Lends the character to the spare key that was used longest ago; false: there is none. */
static bool lend(struct mapper *m, uint32_t sym, struct mapper_out *out)
{
    struct mapper_spare *best = NULL;
    for (size_t i = 0; i < m->n_spares; i++)
        if (!code_is_down(m, m->spare[i].code) && (best == NULL || m->spare[i].used < best->used))
            best = &m->spare[i];
    uint32_t point = keys_code_point(sym);
    if (best == NULL || (point == 0 && !is_dead(sym)) || (point != 0 && point < 0x20))
        return false;
    if (point != 0 && !keys_cases(sym, &best->sym[0], &best->sym[1]))
        best->sym[0] = best->sym[1] = keys_of_point(point);
    else if (point == 0)
        best->sym[0] = best->sym[1] = sym;
    memset(m->map.sym[best->code], 0, sizeof m->map.sym[best->code]);
    memcpy(m->map.sym[best->code], best->sym, sizeof best->sym);
    put(out, (struct action){
                 .kind = ACTION_LEND, .code = best->code, .sym = {best->sym[0], best->sym[1]}});
    return true;
}

static void note_use(struct mapper *m, uint8_t code)
{
    for (size_t i = 0; i < m->n_spares; i++)
        if (m->spare[i].code == code)
            m->spare[i].used = ++m->uses;
}

/* --- Shift and AltGr --- */

static void put_held(const struct mapper *m, uint8_t mod, bool down, struct mapper_out *out)
{
    for (size_t i = 0; i < m->n_held; i++) {
        bool seen = false;
        for (size_t k = 0; k < i; k++)
            seen = seen || m->held[k].code == m->held[i].code;
        if ((m->held[i].mods & mod) != 0 && !seen)
            put_key(out, m->held[i].code, down);
    }
}

static void apply_one(struct mapper *m, uint8_t mod, bool want, struct mapper_out *out)
{
    bool now = ((held_mods(m) & mod) != 0 && (m->lifted & mod) == 0) || (m->pressed & mod) != 0;
    uint8_t own = mod == MAPPER_SHIFT ? m->shift : m->level3;
    uint8_t *pressed = &m->pressed_code[mod == MAPPER_SHIFT ? 0 : 1];
    if (now == want)
        return;
    if (want && (m->lifted & mod) != 0) {
        put_held(m, mod, true, out);
        m->lifted &= (uint8_t)~mod;
    } else if (want) {
        put_key(out, own, true);
        *pressed = own;
        m->pressed |= mod;
    } else if ((m->pressed & mod) != 0) {
        put_key(out, *pressed, false);
        m->pressed &= (uint8_t)~mod;
    } else {
        put_held(m, mod, false, out);
        m->lifted |= mod;
    }
}

static void apply(struct mapper *m, uint8_t mods, struct mapper_out *out)
{
    apply_one(m, MAPPER_SHIFT, (mods & MAPPER_SHIFT) != 0, out);
    apply_one(m, MAPPER_LEVEL3, (mods & MAPPER_LEVEL3) != 0, out);
}

void mapper_restore(struct mapper *m, struct mapper_out *out)
{
    apply(m, held_mods(m), out);
}

/* --- keys --- */

static struct mapper_key *find_held(struct mapper *m, uint8_t remote)
{
    for (size_t i = 0; i < m->n_held; i++)
        if (m->held[i].remote == remote)
            return &m->held[i];
    return NULL;
}

/* A key that is down already, by another key of the controller, is pressed anew. */
static void press(struct mapper *m, struct mapper_key key, struct mapper_out *out)
{
    if (m->n_held == MAX_HELD_KEYS) {
        m->untyped++;
        return;
    }
    if (code_is_down(m, key.code) && key.mods == 0)
        put_key(out, key.code, false);
    if (!code_is_down(m, key.code) || key.mods == 0)
        put_key(out, key.code, true);
    m->held[m->n_held++] = key;
    note_use(m, key.code);
}

static void press_place(struct mapper *m, uint8_t remote, struct mapper_out *out)
{
    if (remote < m->map.first || remote > m->map.last || is_spare(m, remote)) {
        m->untyped++;
        return;
    }
    mapper_restore(m, out);
    press(m,
          (struct mapper_key){
              .remote = remote, .code = remote, .mods = modifier_of(m->map.sym[remote][0])},
          out);
}

static void press_modifier(struct mapper *m, uint8_t remote, uint32_t sym, struct mapper_out *out)
{
    uint8_t code = find_plain(m, sym);
    if (code == 0) /* the right one of a pair may be missing; its twin stands beside it */
        code = find_plain(m, sym ^ 1u) != 0 && modifier_of(sym ^ 1u) == modifier_of(sym)
                   ? find_plain(m, sym ^ 1u)
                   : 0;
    mapper_restore(m, out);
    if (code != 0)
        press(m, (struct mapper_key){.remote = remote, .code = code, .mods = modifier_of(sym)},
              out);
    else
        m->untyped++;
}

static void press_character(struct mapper *m, uint8_t remote, uint32_t sym, struct mapper_out *out)
{
    uint8_t mods = 0, code = find(m, sym, remote, &mods);
    bool keypad = keys_is_keypad(sym);
    if (code == 0 && keypad) { /* Num Lock is the other way here, or there is no keypad */
        sym = keys_beside_keypad(sym);
        code = find(m, sym, remote, &mods);
    }
    bool shortcut = (held_mods(m) & MAPPER_OTHER) != 0;
    if (code == 0 && !shortcut && is_text(sym) && lend(m, sym, out))
        code = find(m, sym, remote, &mods);
    /* A function key that this map does not name, or a shortcut in another script: its place. */
    bool types = is_text(remote <= m->map.last ? m->map.sym[remote][0] : 0);
    if (code == 0 && !keypad && (shortcut || (!is_text(sym) && !types))) {
        press_place(m, remote, out);
        return;
    }
    if (code == 0) {
        m->untyped++;
        return;
    }
    apply(m, mods, out);
    press(m,
          (struct mapper_key){.remote = remote,
                              .code = code,
                              .fixed = mods != (held_mods(m) & (MAPPER_SHIFT | MAPPER_LEVEL3))},
          out);
}

void mapper_key_down(struct mapper *m, const struct input_event *e, struct mapper_out *out)
{
    if (find_held(m, e->code) != NULL)
        return;
    if (e->place)
        press_place(m, e->code, out);
    else if (only_chooses(e->keysym) || e->keysym == 0)
        return;
    else if (modifier_of(e->keysym) != 0)
        press_modifier(m, e->code, e->keysym, out);
    else
        press_character(m, e->code, e->keysym, out);
}

void mapper_key_up(struct mapper *m, uint8_t remote, struct mapper_out *out)
{
    struct mapper_key *held = find_held(m, remote);
    if (held == NULL)
        return;
    struct mapper_key key = *held;
    if (key.mods != 0)
        mapper_restore(m, out);
    *held = m->held[--m->n_held];
    if (!code_is_down(m, key.code))
        put_key(out, key.code, false);
    if (key.fixed)
        mapper_restore(m, out);
}

void mapper_forget(struct mapper *m)
{
    m->n_held = 0;
    m->pressed = m->lifted = 0;
}

/* --- facts --- */

void mapper_init(struct mapper *m, const uint8_t *spares, size_t n_spares)
{
    memset(m, 0, sizeof *m);
    for (size_t i = 0; i < n_spares && i < MAX_SPARES; i++)
        m->spare[m->n_spares++].code = spares[i];
}

static bool still_spare(const struct mapper *m, const struct mapper_spare *s)
{
    uint32_t sym = m->map.sym[s->code][0];
    return s->code >= m->map.first && s->code <= m->map.last &&
           (sym == 0 || keys_same(sym, s->sym[0]));
}

void mapper_set_map(struct mapper *m, const struct keymap *map)
{
    m->map = *map;
    size_t kept = 0;
    for (size_t i = 0; i < m->n_spares; i++) {
        if (!still_spare(m, &m->spare[i]))
            continue;
        memset(m->map.sym[m->spare[i].code], 0, sizeof m->map.sym[0]);
        memcpy(m->map.sym[m->spare[i].code], m->spare[i].sym, sizeof m->spare[i].sym);
        m->spare[kept++] = m->spare[i];
    }
    m->n_spares = kept;
    if (m->map.per < 2)
        m->map.per = 2;
    m->shift = find_plain(m, KEYS_SHIFT_L);
    if (m->shift == 0)
        m->shift = find_plain(m, KEYS_SHIFT_R);
    m->level3 = m->map.level3 != 0 ? find_plain(m, KEYS_LEVEL3) : 0;
}

void mapper_set_state(struct mapper *m, unsigned group, unsigned locks)
{
    m->group = group;
    m->locks = ((locks & 1) ? KEYS_LOCK : 0u) | ((locks & 2) ? m->map.num : 0u);
}
