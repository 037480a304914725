/*
 * What viewers are owed: tiles they have only roughly (rough.h). Kept by the encoder beside the
 * units it makes, so that it is true for every viewer who has taken them all. Pure.
 *
 * A tile falls due when it has been rough for one to two whole turns without becoming so again; who
 * calls debt_turn decides how long a turn is. Those that cannot be told exactly count as owed. It
 * is told of whole tiles: where part of one goes on changing, the rest of it, which may have rested
 * for long, waits with it.
 */
#ifndef LIB_TILE_DEBT_H
#define LIB_TILE_DEBT_H
#include "lib/tile/picture.h"

struct debt {
    struct tile_set owed, quiet, due; /* due is a part of quiet, quiet one of owed */
};

/* Every tile of a picture: viewers have nothing of it. None of them is quiet. */
void debt_start(struct debt *d, uint32_t count);
/* A rectangle of p was sent roughly: each tile it touches is owed. */
void debt_add(struct debt *d, const struct tile_picture *p, struct tile_rect r);
/* ... or exactly: tiles wholly in it are owed no more. */
void debt_pay(struct debt *d, const struct tile_picture *p, struct tile_rect r);
/* Viewers copy a rectangle: what is rough there is rough here. */
void debt_copy(struct debt *d, const struct tile_picture *p, const struct tile_copy *c);
/* A turn has passed. */
void debt_turn(struct debt *d);

#endif
