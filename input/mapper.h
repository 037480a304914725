/*
 * From the controller's keys to keys of this keyboard. Pure: the map of the X server, its group and
 * locks are handed in; actions come out. Two ways, chosen per key by the controller:
 *
 *   same key position   the physical key with that number, whatever it means here
 *   same character      the key, with Shift and AltGr as they have to be, that makes that keysym
 * here. Modifiers that only choose a character there (AltGr, locks, group switches) are not
 * forwarded; Shift, Control, Alt and Super are. Where the map has no key for it, a spare key is
 *                       lent the character. With Control, Alt or Super held the position is used
 * instead: shortcuts mean keys.
 *
 * Shift and AltGr stay as a character needed them until its key is released or something else needs
 * them otherwise: the X server repeats a held key itself, and has to repeat the same character. (A
 * repeat that arrives from the controller is dropped here: once is enough.)
 *
 * Who decides that a spare key may be lent: the gate, by policy/x11/input.allow; this file only
 * keeps to the same ranges.
 */
#ifndef INPUT_MAPPER_H
#define INPUT_MAPPER_H
#include "input/inject.h"
#include "lib/input_event.h"
#include "policy/limits.h"
#include <stddef.h>

/* Most actions of one event: every held modifier lifted and put back, twice. */
#define MAPPER_ACTIONS (4 * MAX_HELD_KEYS + 8)

struct mapper_out {
    struct action list[MAPPER_ACTIONS];
    size_t n;
};

struct mapper_key {
    uint8_t remote; /* the controller's keycode */
    uint8_t code;   /* ours */
    uint8_t mods;   /* which of MAPPER_* it is; 0: no modifier */
    bool fixed;     /* Shift or AltGr were changed for it */
};

enum { MAPPER_SHIFT = 1, MAPPER_LEVEL3 = 2, MAPPER_OTHER = 4 };

struct mapper_spare {
    uint8_t code;
    uint32_t sym[2]; /* what it is lent; 0 nothing yet */
    uint32_t used;   /* the higher, the later */
};

struct mapper {
    struct keymap map; /* with what has been lent */
    unsigned group;
    uint32_t locks; /* modifier bits in force without a key held */
    struct mapper_spare spare[MAX_SPARES];
    size_t n_spares;
    uint32_t uses;
    uint8_t shift, level3; /* keys that make them; 0 none */
    struct mapper_key held[MAX_HELD_KEYS];
    size_t n_held;
    uint8_t pressed, lifted; /* MAPPER_SHIFT, _LEVEL3: changed for a character */
    uint8_t pressed_code[2]; /* by which key: the map may be another when it is released */
    uint32_t untyped;        /* characters no key could be found for */
};

void mapper_init(struct mapper *m, const uint8_t *spares, size_t n_spares);
/* The server's map, first and whenever it changes. A spare key that has got a meaning is none any
 * more. */
void mapper_set_map(struct mapper *m, const struct keymap *map);
/* Layout group in force, and locks: bit 0 Caps Lock, bit 1 Num Lock. */
void mapper_set_state(struct mapper *m, unsigned group, unsigned locks);
/* A key of the controller; the actions are appended. */
void mapper_key_down(struct mapper *m, const struct input_event *e, struct mapper_out *out);
void mapper_key_up(struct mapper *m, uint8_t remote, struct mapper_out *out);
/* Shift and AltGr as the controller holds them: before a button. */
void mapper_restore(struct mapper *m, struct mapper_out *out);
/* Everything has been released otherwise. */
void mapper_forget(struct mapper *m);

#endif
