/*
 * Cheap statistics that choose how pixels are sent. Internal to lib/tile; used by the encoder.
 * Pure.
 */
#ifndef LIB_TILE_LOOKS_H
#define LIB_TILE_LOOKS_H
#include "lib/tile/picture.h"

/* All of one colour. */
bool looks_flat(const struct tile_picture *p, struct tile_rect r);
/* Drawn things repeat a neighbour exactly, photographs hardly ever do. */
bool looks_photographic(const struct tile_picture *p, struct tile_rect r);
/* Some of it stands out from what it is on as writing does, in brightness or in one colour alone:
   never to be sent roughly, even on a photograph. That is so where more than one of 128 pairs of
   neighbours in every fourth row differ by 64 or more of 255; or where, in 16 x 16 pixels, more
   than 3 stand out by 64, or more than 20 by 32, from those two or three pixels away on both sides,
   level or upright: one letter, one rule. So it does not see what is fainter. It looks at three
   pixels around the rectangle, too. */
bool looks_written(const struct tile_picture *p, struct tile_rect r);

#endif
