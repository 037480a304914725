/*
 * A keyboard and a server of paper: two layouts as core maps, and a model that does the mapper's
 * actions as an X server would and writes down which keysym every press made.
 */
#ifndef TESTS_UNIT_INPUT_MODEL_H
#define TESTS_UNIT_INPUT_MODEL_H
#include "input/mapper.h"

enum {
    CODE_1 = 10,
    CODE_2 = 11,
    CODE_Q = 24,
    CODE_E = 26,
    CODE_RETURN = 36,
    CODE_CONTROL = 37,
    CODE_A = 38,
    CODE_SHIFT = 50,
    CODE_SHIFT_R = 62,
    CODE_ALT = 64,
    CODE_F1 = 67,
    CODE_NUM = 77,
    CODE_KP_7 = 79,
    CODE_KP_ADD = 86,
    CODE_LEVEL3 = 92,
    CODE_HOME = 97,
    CODE_SPARE = 248
};

struct model {
    struct keymap map;
    unsigned group;
    uint32_t locks;
    uint8_t down[256];
    uint16_t buttons;
    uint32_t made[4096]; /* keysym of every press of a key that is no modifier */
    size_t n_made;
    size_t actions, presses_of_down; /* the latter: pressed though down; a mistake */
    size_t shifts;                   /* presses of Shift */
};

/* Like de: AltGr, level 3 on some keys, a dead key; Y on the key of Z. */
void model_german(struct keymap *m);
/* Like us with ru as second group. */
void model_russian(struct keymap *m);
void model_do(struct model *m, const struct action *a);
void model_do_all(struct model *m, const struct mapper_out *out);
size_t model_count_down(const struct model *m);

#endif
