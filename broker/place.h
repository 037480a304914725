/*
 * How large everything is, and where windows stand. Device pixels, root coordinates. Pure.
 */
#ifndef BROKER_PLACE_H
#define BROKER_PLACE_H
#include "lib/ui/layout.h"
#include <stdbool.h>
#include <stdint.h>

#define PLACE_ONE 256  /* scale 1.0 */
#define PLACE_MOST 768 /* scale 3.0 */
/* Logical pixels between a window and its monitor's edge: the border's place. */
#define PLACE_EDGE 10
#define PLACE_CLEAR 48 /* logical pixels between a grant and the pointer, ui.md 7 */

/* Scale in 256ths, steps of 0.25 (ui.md 3): the smaller of what the desktop asks for (`dpi`, 0
   unknown: 96 is 1.0) or the setting (`wanted`, 0 none) and what fits a screen of that size. */
unsigned place_scale(unsigned dpi, unsigned wanted, int32_t screen_w, int32_t screen_h);
bool place_inside(struct ui_rect b, int32_t x, int32_t y);
/* Pixels that are in both. */
int64_t place_overlap(const struct ui_rect *a, const struct ui_rect *b);
/* What a person calls number `which` of those, by where it stands: in a row of two or three, or one
   above the other. UI_MONITOR_NONE: there is no other. */
enum ui_monitor place_monitor(const struct ui_rect *monitor, unsigned n, unsigned which);
/* Middle of the monitor. */
struct ui_rect place_centre(struct ui_rect monitor, int32_t w, int32_t h);
/* The same, but below a bar of that height at the top, as far as both have room. */
struct ui_rect place_below(struct ui_rect monitor, int32_t w, int32_t h, int32_t bar);
/* What of the monitor is below a bar of that height at its top, where so high a window fits there;
   else all of it. */
struct ui_rect place_under(struct ui_rect monitor, int32_t h, int32_t bar);
/* A toast of w x h: in the middle, `gap` below the bar; where it would lie over one of our windows
   there, where it hides least of them: without the gap, or at the bottom. */
struct ui_rect place_toast(struct ui_rect monitor, int32_t w, int32_t h, int32_t bar, int32_t gap,
                           const struct ui_rect *own, unsigned n_own);
/* The same middle, `edge` less on every side. */
struct ui_rect place_inset(struct ui_rect box, int32_t edge);
/* Moved as little as needed to lie wholly on the monitor; at its upper left if it is larger. */
struct ui_rect place_keep_on(struct ui_rect monitor, struct ui_rect box);
/* A dialog of w x h whose grants are `grant` (relative to it): in the middle if every grant is then
   at least `clear` from the pointer, else moved as little as possible, and always wholly on the
   monitor if it fits. */
struct ui_rect place_dialog(struct ui_rect monitor, int32_t w, int32_t h, struct ui_rect grant,
                            int32_t pointer_x, int32_t pointer_y, int32_t clear);

#endif
