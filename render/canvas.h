/*
 * A window's picture while it is painted: logical coordinates in, device pixels out. Edges are
 * rounded, not lengths; mirroring (right to left) happens here, so that screens are written once,
 * left to right. vitrine-render ui.
 */
#ifndef RENDER_CANVAS_H
#define RENDER_CANVAS_H
#include "lib/ui/strings.h"
#include "lib/ui/style.h"
#include "lib/ui/theme.h"
#include "render/text.h"
#include <cairo.h>
#include <stdbool.h>
#include <stdint.h>

struct canvas {
    cairo_t *cr;
    struct text *text;
    const struct theme *theme;
    unsigned scale; /* 256 = 1.0 */
    unsigned language;
    int w, h; /* logical size */
    int device_w,
        device_h; /* a window resized by hand may have a fraction of a logical pixel more */
    bool mirrored;
};

struct place {
    double x, y, w, h;
};

/* Wraps a surface over the caller's pixels (x8 R8 G8 B8, stride in bytes). 0, or -1 when Cairo
 * refuses. */
int canvas_begin(struct canvas *c, uint8_t *pixels, int width, int height, int stride);
/* Flushes and lets go of the pixels. 0, or -1 when something failed while drawing. */
int canvas_end(struct canvas *c);

void canvas_fill(struct canvas *c, struct place p, double radius, enum colour colour);
/* Strokes just inside the rectangle, `width` logical pixels thick but at least one device pixel. */
void canvas_stroke(struct canvas *c, struct place p, double radius, enum colour colour,
                   double width);
void canvas_dash(struct canvas *c, struct place p, enum colour colour, double width, double on,
                 double off);
/* The whole rectangle again in a see-through colour, 0..1. */
void canvas_shade(struct canvas *c, struct place p, double radius, enum colour colour,
                  double strength);
/* Hairlines, one stroke thick, from their upper left end. */
void canvas_line_across(struct canvas *c, double x, double y, double w, enum colour colour);
void canvas_line_down(struct canvas *c, double x, double y, double h, enum colour colour);
void canvas_icon(struct canvas *c, enum ui_icon icon, double x, double y, double size,
                 enum colour colour, double stroke);
/* Nothing is drawn outside that rectangle until canvas_unclip. */
void canvas_clip(struct canvas *c, struct place p);
void canvas_unclip(struct canvas *c);

enum canvas_flag {
    CANVAS_START = 0,
    CANVAS_MIDDLE = 1,
    CANVAS_END = 2,
    CANVAS_TABULAR = 4, /* digits of equal width */
    CANVAS_LTR = 8,     /* numbers, codes and times: never turned round */
    CANVAS_SECRET = 16, /* a password: its glyphs are not kept */
    CANVAS_FOREIGN = 32 /* a line of somebody else: the direction of its first letter */
};

/* Width of a text in logical pixels. */
double canvas_text_width(struct canvas *c, enum ui_style style, unsigned flags, const char *text);
/* One line, as it is; x is its start, middle or end, y its baseline. Returns its width. */
double canvas_text(struct canvas *c, double x, double y, enum ui_style style, enum colour colour,
                   unsigned flags, const char *text);
/* As canvas_text, with a letter spacing in logical pixels. */
double canvas_text_spaced(struct canvas *c, double x, double y, enum ui_style style,
                          enum colour colour, unsigned flags, double spacing, const char *text);
/* One line cut with an ellipsis where it would be wider than `room`. For text of our own making. */
double canvas_text_cut(struct canvas *c, double x, double y, double room, enum ui_style style,
                       enum colour colour, unsigned flags, const char *text);
/* A label in the middle of its rectangle, in `style` or at 13 where it would not fit. */
void canvas_label(struct canvas *c, double x, double y, double room, enum ui_style style,
                  enum colour colour, unsigned flags, const char *text);

/* A sentence of the table in the room it has there: broken into its lines, else at 13, else in one
   line more. Returns how many lines it took; `args` may be NULL. */
unsigned canvas_string(struct canvas *c, double x, double y, enum ui_string string,
                       enum colour colour, unsigned flags, const struct ui_args *args);
/* The same in another width than the table's. */
unsigned canvas_string_in(struct canvas *c, double x, double y, double room, unsigned lines,
                          enum ui_string string, enum colour colour, unsigned flags,
                          const struct ui_args *args);
/* How many lines canvas_string would take. */
unsigned canvas_string_lines(struct canvas *c, enum ui_string string, const struct ui_args *args);
/* Any text in lines of a style; at most `lines`, the last one cut. Returns how many. */
unsigned canvas_paragraph(struct canvas *c, double x, double y, double room, unsigned lines,
                          enum ui_style style, enum colour colour, unsigned flags,
                          const char *text);
/* One word too long for a line, whole: broken wherever a line is full, `line` from baseline to
   baseline. */
void canvas_broken(struct canvas *c, double x, double y, double room, double line,
                   enum ui_style style, enum colour colour, unsigned flags, const char *text);
/* How many lines that are. */
unsigned canvas_broken_lines(struct canvas *c, double room, enum ui_style style, unsigned flags,
                             const char *text);

#endif
