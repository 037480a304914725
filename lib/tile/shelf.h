/*
 * Tiles that were shown and are covered now: what SHELVE puts away and RECALL brings back
 * (FORMAT.md 3). Both sides have one; neither decides what is in it but by those operations, so
 * that the two are the same. In memory only. Pure, no allocation after shelf_create.
 */
#ifndef LIB_TILE_SHELF_H
#define LIB_TILE_SHELF_H
#include "lib/tile/picture.h"

struct shelf;

/* Empty; its memory is taken from the system as slots are filled. NULL when there is none. */
struct shelf *shelf_create(void);
/* Wipes what is in it. Accepts NULL. */
void shelf_destroy(struct shelf *s);
/* Wipes every slot: all are empty. */
void shelf_forget(struct shelf *s);
/* The pixels of a tile of p into a slot below MAX_SHELF, x bits as 0. */
void shelf_put(struct shelf *s, uint32_t slot, const struct tile_picture *p, uint32_t tile);
/* A slot (any number) holds something of that tile's size. */
bool shelf_fits(const struct shelf *s, uint32_t slot, const struct tile_picture *p, uint32_t tile);
/* ... which becomes the tile's pixels. */
void shelf_get(const struct shelf *s, uint32_t slot, const struct tile_picture *p, uint32_t tile);
/* ... and is what the tile shows. */
bool shelf_shows(const struct shelf *s, uint32_t slot, const struct tile_picture *p, uint32_t tile);

#endif
