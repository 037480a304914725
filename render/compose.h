/*
 * From the presenter's picture and pointer to the pixels of the viewer's window. Pure: no channel,
 * no clock. vitrine-render view.
 *
 * Fit: as large as the target allows, in the middle; smaller than the picture it is an exact area
 * average, larger by whole numbers only (lib/fit.h), pixel for pixel. One to one: pixel for pixel,
 * from (pan_x, pan_y) on where the picture is larger than the target.
 */
#ifndef RENDER_COMPOSE_H
#define RENDER_COMPOSE_H
#include "lib/tile/cursor.h"
#include "lib/tile/picture.h"
#include "render/target.h"
#include <stdbool.h>
#include <stdint.h>

#define COMPOSE_AROUND 0x000C1013u /* what surrounds the picture, in every theme */

/* The pointer as it is drawn: rectangle in picture coordinates and its pixels, premultiplied. */
struct pointer {
    bool shown;
    int32_t x, y; /* upper left corner */
    uint32_t width, height;
    const uint32_t *argb;
};

struct geometry {
    uint32_t picture_w, picture_h;
    uint32_t x, y, w, h;         /* place of the picture in the target */
    uint32_t source_x, source_y; /* picture pixel at x, y (not 0 only one to one) */
    uint32_t times;              /* each pixel is a square of so many; 0: an average of several */
};

struct geometry compose_geometry(uint32_t picture_w, uint32_t picture_h, uint32_t target_w,
                                 uint32_t target_h, bool one_to_one, uint32_t pan_x,
                                 uint32_t pan_y);
/* Target pixels a rectangle of the picture touches; w 0 when none. */
struct tile_rect compose_touched(const struct geometry *g, struct tile_rect picture);
/* Draws those target pixels anew; the rectangle must lie in the picture's place. */
void compose_draw(const struct geometry *g, const struct tile_picture *picture,
                  const struct pointer *pointer, const struct target *target,
                  struct tile_rect rect);
/* Fills what is outside the picture's place. */
void compose_around(const struct geometry *g, const struct target *target);
/* The arrow for pointers too large to be sent. */
void compose_arrow(struct pointer *p, int32_t hot_x, int32_t hot_y);

#endif
