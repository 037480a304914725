/*
 * Where the input worker's actions go: the X server through the gate (xtest.c), or a book of what
 * was done in tests. Nothing above this header knows X11, but for keycodes and keysyms, which are
 * its numbers.
 */
#ifndef INPUT_INJECT_H
#define INPUT_INJECT_H
#include "lib/fail.h"
#include "lib/keys.h"
#include <stdbool.h>
#include <stdint.h>

enum action_kind {
    ACTION_KEY,    /* code, down */
    ACTION_BUTTON, /* code, down */
    ACTION_MOTION, /* x, y on the root */
    ACTION_LEND    /* code: a spare key; sym: its two levels */
};

struct action {
    uint8_t kind; /* enum action_kind */
    uint8_t code;
    bool down;
    int32_t x, y;
    uint32_t sym[2];
};

/* What has come from the other side since the last look. */
struct inject_news {
    bool answered;    /* everything done before the last `ask` has been taken */
    bool map_changed; /* `map` gives the new one */
};

struct inject_ops {
    /* Does one action; nothing leaves before flush. */
    void (*act)(void *self, const struct action *a);
    /* Asks for a sign that all of it has been taken, and sends everything. false: the way is gone,
       see `failure`. */
    bool (*ask)(void *self);
    /* Reads what has come, without waiting. false: the same. */
    bool (*look)(void *self, struct inject_news *news);
    /* The keyboard map as it is now. */
    void (*map)(void *self, struct keymap *map);
    void (*destroy)(void *self);
};

struct inject {
    const struct inject_ops *ops;
    void *self;
    int fd; /* to wait for; -1 none */
    enum fail failure;
    uint32_t detail;
};

#endif
