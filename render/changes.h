/*
 * What of a picture has changed since it was last shown: tiles, told as few rectangles. Pure.
 * vitrine-render view.
 */
#ifndef RENDER_CHANGES_H
#define RENDER_CHANGES_H
#include "lib/tile/picture.h"

/* Covers every tile of the set with at most MAX_RECTS rectangles, in picture coordinates; returns
   how many. Tiles beside each other are joined; where that is not enough, one rectangle takes all.
 */
unsigned changes_rects(const struct tile_set *s, uint32_t width, uint32_t height,
                       struct tile_rect rects[MAX_RECTS]);

#endif
