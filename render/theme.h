/* The colours of ui.md 4 by token, for the three themes. Used by vitrine-render ui. */
#ifndef RENDER_THEME_H
#define RENDER_THEME_H
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

#endif
