/*
 * Parts of drawn things in which nearly every pixel is a new one: a shaded disc, a small
 * photograph, a soft shadow. As decisions (ink.h) such a pixel costs fifteen of them, as planes
 * (photo.h) a few nanoseconds. Internal to lib/tile; used by the encoder. Pure.
 */
#ifndef LIB_TILE_GRAIN_H
#define LIB_TILE_GRAIN_H
#include "lib/tile/picture.h"

#define GRAIN_SIDE 16    /* found in blocks of so many pixels */
#define GRAIN_MOST 16    /* parts of one rectangle */
#define GRAIN_LEAST 1024 /* pixels: in smaller parts the tables of the planes cost too much */

/* Finds such parts of a rectangle of p; together they have at most as many pixels as it has. A
   sample. Returns how many. */
uint32_t grain_find(const struct tile_picture *p, struct tile_rect r,
                    struct tile_rect out[GRAIN_MOST]);

#endif
