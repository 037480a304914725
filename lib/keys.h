/*
 * From keycode to keysym to text. Pure: the server's mapping is handed in. Dead keys and input
 * methods are not understood: such a key types nothing. The broker reads keys with it,
 * vitrine-input looks for the key that makes a character.
 */
#ifndef LIB_KEYS_H
#define LIB_KEYS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYS_PER_CODE 16 /* keysyms kept for one keycode; servers say 7 or so */

/* Modifier bits as in the core protocol */
#define KEYS_SHIFT 1u
#define KEYS_LOCK 2u
#define KEYS_CTRL 4u
#define KEYS_ALT 8u

enum {
    KEYS_BACKSPACE = 0xff08,
    KEYS_TAB = 0xff09,
    KEYS_RETURN = 0xff0d,
    KEYS_ESCAPE = 0xff1b,
    KEYS_HOME = 0xff50,
    KEYS_LEFT = 0xff51,
    KEYS_UP = 0xff52,
    KEYS_RIGHT = 0xff53,
    KEYS_DOWN = 0xff54,
    KEYS_PAGE_UP = 0xff55,
    KEYS_PAGE_DOWN = 0xff56,
    KEYS_END = 0xff57,
    KEYS_INSERT = 0xff63,
    KEYS_KP_SPACE = 0xff80,
    KEYS_KP_ENTER = 0xff8d,
    KEYS_F1 = 0xffbe,
    KEYS_F6 = 0xffc3,
    KEYS_SHIFT_L = 0xffe1,
    KEYS_SHIFT_R = 0xffe2,
    KEYS_DELETE = 0xffff,
    KEYS_LEFT_TAB = 0xfe20, /* what Shift+Tab makes */
    KEYS_LEVEL3 = 0xfe03,
    KEYS_NUM_LOCK = 0xff7f
};

struct keymap {
    uint8_t first, last; /* keycodes; last 0: empty */
    uint8_t per;         /* 1..KEYS_PER_CODE */
    uint8_t level3, num; /* modifier bits that mean AltGr and Num Lock; 0 unknown */
    uint8_t ctrl[32];    /* keycodes that are Control, whatever their keysyms say; as bits */
    uint32_t sym[256][KEYS_PER_CODE];
};

/* Keysym of a key in that state (effective modifiers, effective group); 0 none. */
uint32_t keymap_keysym(const struct keymap *m, uint32_t keycode, uint32_t mods, unsigned group);
/* The map of the keycodes first..last: n keysyms, `per` of each (GetKeyboardMapping). What is
   missing means nothing; the modifier bits are unknown. */
void keymap_set(struct keymap *m, uint8_t first, uint8_t last, unsigned per, const uint32_t *sym,
                size_t n);
/* Finds the modifier bits of AltGr and Num Lock, and the keys that are Control: `codes` is 8 rows
 * of `per` keycodes (GetModifierMapping). Of fewer than that, `n`, nothing is believed: there is no
 * such bit and no such key. */
void keymap_find_modifiers(struct keymap *m, const uint8_t *codes, size_t n, unsigned per);
/* Keycodes that mean nothing in this map, the highest first; returns how many, at most `most`. */
size_t keymap_spares(const struct keymap *m, uint8_t *codes, size_t most);
/* May have been lent by an input worker: it means characters only, of those in
   policy/x11/input.allow. */
bool keymap_is_lent(const struct keymap *m, uint8_t code);
/* Writes the character of a keysym as UTF-8 (at most 4 bytes, not
   terminated); 0: it types nothing. */
size_t keys_utf8(uint32_t keysym, char out[4]);
/* The keypad's navigation keys as their plain twins. */
uint32_t keys_plain(uint32_t keysym);
/* One of the keypad's keys, in whichever state of Num Lock. */
bool keys_is_keypad(uint32_t keysym);
/* What types and does the same beside the keypad: digits and signs, too; others as they are. */
uint32_t keys_beside_keypad(uint32_t keysym);
/* The keysym of a code point: the older number where there is one, because Compose files, and so
   the dead keys, know letters by that one. */
uint32_t keys_of_point(uint32_t point);
/* Unicode code point of a keysym; 0: it types nothing. */
uint32_t keys_code_point(uint32_t keysym);
/* The same key for people: equal, or two numbers of one character (the keypad's digits are keys of
   their own). */
bool keys_same(uint32_t a, uint32_t b);
/* Both cases of a letter, by the ranges of Unicode's Latin, Greek and Cyrillic; false: it has one
   case, or its twin has no keysym of the same kind. */
bool keys_cases(uint32_t keysym, uint32_t *lower, uint32_t *upper);

#endif
