/*
 * The colours of ui.md 4 by token, for the three themes, and which of them a control has. The
 * painter draws windows with them, the broker what it does not leave to a painter
 * (broker/labels.h).
 */
#ifndef LIB_UI_THEME_H
#define LIB_UI_THEME_H
#include "lib/ui/layout.h"
#include <stdbool.h>
#include <stdint.h>

enum colour {
    COLOUR_NONE = 0,
    COLOUR_BG,
    COLOUR_SURFACE,
    COLOUR_SUNKEN,
    COLOUR_LINE,
    COLOUR_CTL,
    COLOUR_TEXT,
    COLOUR_TEXT2,
    COLOUR_ACCENT,
    COLOUR_ONACCENT,
    COLOUR_TINT,
    COLOUR_ONTINT,
    COLOUR_OK,
    COLOUR_OTINT,
    COLOUR_WARN,
    COLOUR_WTINT,
    COLOUR_DANGER,
    COLOUR_DTINT,
    COLOUR_LIVE,
    COLOUR_ONLIVE,
    COLOUR_BLACKBOARD, /* around a remote picture, the same in every theme */
    COLOURS
};

struct theme {
    uint32_t rgb[COLOURS];
    bool high_contrast; /* every filled area gets an edge */
};

/* 0 light, 1 dark, 2 high contrast; anything else is light. */
const struct theme *theme_get(unsigned theme);

struct look {
    enum colour fill, text, edge;
};

/* Colours of a control of that kind in that state (enum ui_look bits). */
struct look control_look(enum ui_kind kind, uint16_t look);

#endif
