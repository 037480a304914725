/*
 * What lies on the screen without any words: the darkened cover behind a consent dialog, and the
 * border that marks a shared screen.
 */
#ifndef BROKER_OVERLAY_H
#define BROKER_OVERLAY_H
#include "broker/window.h"
#include "lib/ui/theme.h"

/* A window over the whole root. Its picture is a darkened copy that the server makes itself: no
   pixel of the screen reaches the broker. Plain dark where the server cannot. */
struct cover {
    struct window win;
};

void cover_create(struct cover *c, struct display *d);
void cover_destroy(struct cover *c);
/* Copies, darkens, maps. */
void cover_map(struct cover *c);
void cover_unmap(struct cover *c);

enum border_style {
    BORDER_SHARING,
    BORDER_PAUSED,
    BORDER_CONTROL /* red, and white inside */,
    BORDER_PICK
};

/* The four sides of a frame of `width` inside the edges of r: top, bottom, left, right. */
void border_sides(struct ui_rect r, int width, struct ui_rect out[4]);

struct border {
    struct window side[4]; /* top, bottom, left, right */
    struct ui_rect area;
    enum border_style style;
};

void border_create(struct border *b, struct display *d);
void border_destroy(struct border *b);
/* Lines of `width` device pixels inside the edges of `area`, in that theme's colours. */
void border_map(struct border *b, struct ui_rect area, int width, enum border_style style,
                const struct theme *t);
void border_unmap(struct border *b);
void border_raise(struct border *b);
/* All four lines are on the screen. */
bool border_is_mapped(const struct border *b);
/* One of them is mapped, and somebody's (window_is_taken). */
bool border_is_taken(const struct border *b);

#endif
