/* The palettes. Broker and painter; trusts the compiled tables only. */
#include "lib/ui/theme.h"

static const struct theme themes[] = {
    {{0,        0xF4F6F7, 0xFFFFFF, 0xE9EDEF, 0xD3DADE, 0x74818B, 0x152027,
      0x4B5963, 0x0B6670, 0xFFFFFF, 0xE0F0F0, 0x0A4F57, 0x1A6B3A, 0xE2F3E8,
      0x7A4B00, 0xFFF2D9, 0xB3201F, 0xFBE8E6, 0xC4161C, 0xFFFFFF, 0x0C1013},
     false},
    {{0,        0x12171B, 0x1B2227, 0x252E34, 0x36424A, 0x80909B, 0xEEF2F4,
      0xB4C0C8, 0x62C6C3, 0x062A2D, 0x16363A, 0x9BE0DD, 0x82D5A0, 0x17331F,
      0xF2C56E, 0x372B14, 0xFF8F86, 0x3C1F20, 0xD42A26, 0xFFFFFF, 0x0C1013},
     false},
    {{0,        0x000000, 0x000000, 0x000000, 0xFFFFFF, 0xFFFFFF, 0xFFFFFF,
      0xFFFFFF, 0xFFE600, 0x000000, 0x000000, 0xFFFFFF, 0x7CFF9B, 0x000000,
      0xFFE600, 0x000000, 0xFF9E96, 0x000000, 0xC4161C, 0xFFFFFF, 0x0C1013},
     true},
};

const struct theme *theme_get(unsigned theme)
{
    return &themes[theme < sizeof themes / sizeof themes[0] ? theme : 0];
}

/* Indexed by enum ui_kind. */
static const struct look looks[] = {
    [UI_KIND_ICON] = {COLOUR_NONE, COLOUR_TEXT2, COLOUR_NONE},
    [UI_KIND_SAFE] = {COLOUR_ACCENT, COLOUR_ONACCENT, COLOUR_NONE},
    [UI_KIND_PLAIN] = {COLOUR_SURFACE, COLOUR_TEXT, COLOUR_CTL},
    [UI_KIND_GRANT] = {COLOUR_SURFACE, COLOUR_TEXT, COLOUR_CTL},
    [UI_KIND_DANGER] = {COLOUR_SURFACE, COLOUR_DANGER, COLOUR_DANGER},
    [UI_KIND_STOP] = {COLOUR_LIVE, COLOUR_ONLIVE, COLOUR_NONE},
    [UI_KIND_ONLIVE] = {COLOUR_ONLIVE, COLOUR_LIVE, COLOUR_NONE},
    [UI_KIND_LIVEGH] = {COLOUR_LIVE, COLOUR_ONLIVE, COLOUR_ONLIVE},
    [UI_KIND_LINK] = {COLOUR_NONE, COLOUR_ACCENT, COLOUR_NONE},
    [UI_KIND_FIELD] = {COLOUR_SURFACE, COLOUR_TEXT, COLOUR_CTL},
    [UI_KIND_RADIO] = {COLOUR_SURFACE, COLOUR_TEXT, COLOUR_CTL},
    [UI_KIND_TOGGLE] = {COLOUR_NONE, COLOUR_TEXT, COLOUR_NONE},
    [UI_KIND_CHECK] = {COLOUR_NONE, COLOUR_TEXT, COLOUR_NONE},
    [UI_KIND_ROW] = {COLOUR_NONE, COLOUR_TEXT, COLOUR_NONE},
    [UI_KIND_AREA] = {COLOUR_NONE, COLOUR_TEXT, COLOUR_NONE},
};

struct look control_look(enum ui_kind kind, uint16_t look)
{
    static const struct look off = {COLOUR_SUNKEN, COLOUR_TEXT2, COLOUR_NONE};

    if (!(look & UI_LOOK_OFF))
        return looks[kind];
    return kind == UI_KIND_ICON || kind == UI_KIND_LINK || kind == UI_KIND_TOGGLE
               ? (struct look){COLOUR_NONE, COLOUR_LINE, COLOUR_NONE}
               : off;
}
