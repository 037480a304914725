/*
 * What the encoder puts on the shelf (shelf.h), and where it finds it again. A tile is worth a slot
 * when it has rested and much of it is about to become something else: a window comes over text, a
 * menu opens. Moving pictures never rest, so they drive nothing out. Where most of the picture is
 * another one, as when a slide is turned, nothing is put away: copying it would make both sides
 * later with what is new. Slots are filled in turn; the oldest goes. Pure. Used by vitrine-capture
 * on its own picture.
 */
#ifndef LIB_TILE_RECALL_H
#define LIB_TILE_RECALL_H
#include "lib/tile/shelf.h"

#define RECALL_REST_MS 200             /* has not changed for so long */
#define RECALL_LEAST (TILE_PIXELS / 8) /* pixels that become others; fewer are soon coded */
#define RECALL_MOST (MAX_SHELF / 4)    /* tiles that change at once; at more nothing is put away */
#define RECALL_PLACES (2 * MAX_SHELF)  /* of the table; a power of two */
#define RECALL_ALIKE 4                 /* slots with one hash that are compared wholly */
#define RECALL_NONE UINT32_MAX

struct recall {
    struct shelf *shelf;
    bool filled;                   /* there is something in it */
    uint32_t next;                 /* slot filled next */
    uint16_t first[RECALL_PLACES]; /* by hash: a slot + 1; 0: none */
    uint16_t after[MAX_SHELF];     /* ... the next one with the same place */
    uint32_t hash[MAX_SHELF];
    uint32_t changed_ms[TILES_MAX];
};

/* A tile that is put into a slot. */
struct recall_put {
    uint16_t tile, slot;
};

/* false: no memory. */
bool recall_init(struct recall *r);
/* Accepts what was not initialised but is zero. */
void recall_finish(struct recall *r);
/* A KEY unit: viewers' shelves are empty from there on. */
void recall_forget(struct recall *r);
/* These tiles become others at that time. */
void recall_note(struct recall *r, const struct tile_set *changed, uint32_t now_ms);
/* Puts those of the tiles that are worth it away, as `was` shows them; `owed`: viewers have
   them only roughly. Writes at most RECALL_MOST of them to `out` and returns how many. */
size_t recall_put_away(struct recall *r, const struct tile_picture *was,
                       const struct tile_picture *now, const struct tile_set *changed,
                       const struct tile_set *owed, uint32_t now_ms, struct recall_put *out);
/* The slot that holds what the tile shows, or RECALL_NONE; of tiles that have one hash only the
   newest RECALL_ALIKE are found. */
uint32_t recall_find(const struct recall *r, const struct tile_picture *p, uint32_t tile);

#endif
