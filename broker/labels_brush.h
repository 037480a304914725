/*
 * Shapes for broker/labels_controls.c and labels_draw.c, drawn by the X server (RENDER) in the
 * colours of a theme. All rectangles in device pixels.
 */
#ifndef BROKER_LABELS_BRUSH_H
#define BROKER_LABELS_BRUSH_H
#include "lib/ui/theme.h"
#include <xcb/render.h>

struct pane;

struct brush {
    struct pane *pane; /* whose window */
    xcb_connection_t *x;
    xcb_render_picture_t to;
    xcb_render_pictformat_t mask_format;
    const struct theme *theme;
    unsigned scale;
    bool mirrored;
    enum colour ground; /* what lies around the controls */
};

/* Premultiplied, `percent` opaque. */
xcb_render_color_t brush_ink(const struct brush *b, enum colour colour, unsigned percent);
void brush_fill(const struct brush *b, struct ui_rect r, enum colour colour);
/* Device width of a stroke, at least 1. */
int brush_stroke(const struct brush *b, double width);
/* Smaller by that much on every side; larger where negative. */
struct ui_rect brush_inset(struct ui_rect r, int by);
/* Radii are 256ths of a device pixel. */
int brush_radius(const struct brush *b, double logical);
void brush_rounded(const struct brush *b, struct ui_rect r, int radius, enum colour colour,
                   unsigned percent);
/* An edge just inside, then the inside; `round` and `width` logical. */
void brush_framed(const struct brush *b, struct ui_rect r, double round, double width,
                  enum colour edge, enum colour inside);
/* Where nothing else has an edge: high contrast, switched off. */
void brush_dashed(const struct brush *b, struct ui_rect r);

/* labels_controls.c */
struct ui_label;
struct label_face;
#define LABELS_RING 4 /* logical: how far a focus ring reaches beyond its control */
/* That label in that colour, its top left corner at x, y; nothing where no sheet has it. */
void labels_words(const struct brush *b, const struct ui_label *label, int x, int y,
                  enum colour colour);
/* Where the guard bar of control c moves while its grant waits, device pixels; w 0: it has none. */
struct ui_rect labels_guard(const struct brush *b, struct label_face face, uint8_t c);
/* Control c of that face, with ring and guard bar, over whatever was there. */
void labels_control(const struct brush *b, struct label_face face, uint8_t c);

#endif
