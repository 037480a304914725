/*
 * Moves: what was elsewhere in the picture a moment ago. Scrolled pages in any direction, dragged
 * windows, several at once, also where the program drew everything anew. Pure.
 *
 * From the changed tiles some busy places are taken (anchors) and looked for in the picture as it
 * was; a place found votes for its way. The ways with most votes, those of the last update first,
 * are measured: the rectangle that largely came along it is a move. It may be wrong in places: the
 * caller compares afterwards, so that a move can cost bytes but never truth.
 */
#ifndef CAPTURE_MOVES_H
#define CAPTURE_MOVES_H
#include "lib/tile/picture.h"

#define MOVES_WAYS 4

struct moves_way {
    int32_t dx, dy;
};

/* Ways of the last update that had any: a scroll or a drag goes on. Starts as the zero value. */
struct moves {
    struct moves_way last[MOVES_WAYS];
    uint32_t n_last;
    uint32_t rested; /* updates without any since */
    uint32_t vain;   /* updates since more than one was looked for and found */
};

/* There were some in the last update. */
static inline bool moves_go_on(const struct moves *m)
{
    return m->n_last > 0 && m->rested == 0;
}

/* Finds moves that turn `was` into something nearer to `now`, carries them out in `was`, and brings
   `changed` up to date: tiles in which the two differ. Both have the same size; x bits are 0.
   Returns how many, at most `most`; together they have no more pixels than the picture. */
size_t moves_find(struct moves *m, const struct tile_picture *was, const struct tile_picture *now,
                  struct tile_set *changed, struct tile_copy *out, size_t most);

/* Whether it is worth searching for moves at all, from some of the changed tiles alone and from few
   places of the picture as it was, those in `where`. Costs a tenth of moves_find where nothing has
   moved; a move of half of the picture is missed once in a dozen, one of all of it hardly ever.
 */
bool moves_likely(const struct tile_picture *was, const struct tile_picture *now,
                  const struct tile_set *some, const struct tile_set *where);

#endif
