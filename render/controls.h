/*
 * What the files that draw controls share: controls.c (buttons, links, fields) and choices.c. A
 * control's rectangle and kind come from layout.tsv, its state from the broker. vitrine-render ui.
 */
#ifndef RENDER_CONTROLS_H
#define RENDER_CONTROLS_H
#include "render/painter.h"

struct look {
    enum colour fill, text, edge;
};

/* Colours of a control in that state (enum ui_look bits). */
struct look control_look(enum ui_kind kind, uint16_t look);
/* Hover and press: the text's colour laid thinly over the fill. */
void control_touch(struct painter *p, struct place at, double radius, uint16_t look,
                   enum colour colour);
/* Radio (a tile where it is high, else a pill), toggle, check box. */
void choice_draw(struct painter *p, struct place at, const struct ui_face *f, uint16_t look);

#endif
