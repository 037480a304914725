/*
 * Who is next: connections wait in lanes, first in first out, and lanes take turns. One lane a
 * session, and at the door one a source: a crowd in one costs another the share of one of the
 * crowd, not of all. Run by vitrine-relay; pure.
 *
 * A place is in one lane at most. A lane without turns only keeps its places until somebody takes
 * them.
 */
#ifndef NET_RELAY_TURNS_H
#define NET_RELAY_TURNS_H
#include <stdbool.h>

struct turns_lane;

struct turns_place {
    struct turns_place *before, *after;
    struct turns_lane *lane; /* NULL: it waits nowhere */
};

struct turns {
    struct turns_lane *first, *last; /* those in which somebody waits */
};

struct turns_lane {
    struct turns *turns;
    struct turns_lane *before, *after;
    struct turns_place *first, *last;
};

/* turns: NULL for a lane that is not served in turn. */
void turns_lane_init(struct turns_lane *l, struct turns *turns);
/* That lane takes its turns there from now on, behind the others. */
void turns_lane_move(struct turns_lane *l, struct turns *to);
/* Behind all others of that lane; nothing when it waits already, wherever that is. */
void turns_put(struct turns_lane *l, struct turns_place *p);
/* The first of the lane whose turn it is; that lane then waits behind the others. NULL: nobody
 * waits. */
struct turns_place *turns_take(struct turns *t);
/* The first of this lane. */
struct turns_place *turns_take_from(struct turns_lane *l);
/* Waits nowhere any more. */
void turns_leave(struct turns_place *p);
/* From wherever it waits to the end of that lane; nothing when it waits nowhere. */
void turns_move(struct turns_place *p, struct turns_lane *to);
bool turns_is_idle(const struct turns *t);

#endif
