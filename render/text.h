/*
 * Lines of text: code points to levels (FriBidi), to runs of one level, script and font, to glyphs
 * (HarfBuzz), in visual order. No line breaking here (canvas does that between words). A character
 * no font has becomes a box with its code point. Input may be foreign; it is bounded and decoded
 * here. vitrine-render ui.
 */
#ifndef RENDER_TEXT_H
#define RENDER_TEXT_H
#include "render/font.h"
#include <stddef.h>
#include <stdint.h>

#define TEXT_POINTS_MAX 512 /* further ones are not shown */
#define TEXT_GLYPHS_MAX 1024
#define TEXT_CACHE 192 /* shaped lines kept */

struct text_type {
    float size; /* of the em, any unit; positions come in the same */
    uint16_t weight;
    uint8_t tabular;  /* digits of equal width */
    uint8_t mirrored; /* base direction right to left */
    uint8_t foreign;  /* not ours: base direction of its first letter, if it has one */
    uint8_t fleeting; /* never kept in the cache: passwords */
    float spacing;    /* added after each letter */
};

struct text_glyph {
    uint32_t id; /* glyph, or the code point where font is FONT_NONE */
    float x, y;  /* in ems, from the left end of the baseline, y downwards */
    uint8_t font;
};

struct text_line {
    unsigned n;
    float width; /* in ems, without spacing */
    struct text_glyph *glyphs;
};

struct text {
    struct fonts fonts;
    struct text_cached *cache; /* TEXT_CACHE of them */
    uint32_t clock;
};

/* 0 or -1. Fonts are added to text->fonts by the caller. */
int text_init(struct text *t);
/* Shapes a line (or finds it in the cache); valid until the next call. Never NULL. */
const struct text_line *text_shape(struct text *t, const char *utf8, size_t len,
                                   const struct text_type *type);
/* Width in the unit of type->size, spacing included. */
double text_width(struct text *t, const char *utf8, size_t len, const struct text_type *type);
/* Draws with the present source of cr, left end of the baseline at x,
   y; `type` is in units of cr. */
void text_draw(struct text *t, cairo_t *cr, double x, double y, const char *utf8, size_t len,
               const struct text_type *type);
/* Wipes every line: the cache may hold a password or a name. */
void text_finish(struct text *t);

#endif
