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
   never to be sent roughly, even on a photograph. A sample: only in every fourth row, and only what
   differs from the pixel beside it by 64 or more of 255, in more than one of 128 pairs. So it does
   not see fainter marks, a stroke or two alone, a rule that is level, nor lines of writing of which
   the rectangle has only rows that are not looked at. */
bool looks_written(const struct tile_picture *p, struct tile_rect r);

#endif
