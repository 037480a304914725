/*
 * What the files that draw controls share: controls.c (buttons, links, fields) and choices.c. A
 * control's rectangle and kind come from layout.tsv, its state from the broker. vitrine-render ui.
 */
#ifndef RENDER_CONTROLS_H
#define RENDER_CONTROLS_H
#include "render/painter.h"

/* Hover and press: the text's colour laid thinly over the fill. */
void control_touch(struct painter *p, struct place at, double radius, uint16_t look,
                   enum colour colour);
/* A button's icon and words, `raise` above their usual place. */
void control_words(struct painter *p, struct place at, const struct ui_face *f, enum colour colour,
                   double raise);
/* The words of a radio button, and a tile's picture. */
void choice_words(struct painter *p, struct place at, const struct ui_face *f, bool chosen,
                  enum colour colour);
void choice_icon(struct painter *p, struct place at, const struct ui_face *f, enum colour colour);
bool choice_is_tile(double height);
/* The check mark on the chosen tile: a square of 18. */
void choice_tick(struct painter *p, double x, double y, enum colour colour);
/* Radio (a tile where it is high, else a pill), toggle, check box. */
void choice_draw(struct painter *p, struct place at, const struct ui_face *f, uint16_t look);

#endif
