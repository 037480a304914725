/* Draws the icons of lib/ui/style.h with Cairo's present source. */
#ifndef RENDER_ICON_H
#define RENDER_ICON_H
#include "lib/ui/style.h"
#include <cairo.h>
#include <stdbool.h>

/* Into the square from the origin, `size` user units wide, strokes `width` units of the 24 grid.
   false: there is no such icon. */
bool icon_draw(cairo_t *cr, enum ui_icon icon, double size, double width);
/* True for those that point somewhere and turn round when the window is mirrored. */
bool icon_mirrors(enum ui_icon icon);

#endif
