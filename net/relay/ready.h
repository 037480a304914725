/*
 * A list of connections that wait to be read, first in first out. A connection is in one list at
 * most. Run by vitrine-relay.
 */
#ifndef NET_RELAY_READY_H
#define NET_RELAY_READY_H
#include <stdbool.h>

struct conn;

struct ready {
    struct conn *first, *last;
};

/* Behind all others; nothing when it is in a list already. */
void ready_put(struct ready *list, struct conn *c);
/* NULL: the list is empty. */
struct conn *ready_take(struct ready *list);
/* Everything of `from`, in its order, behind what is in `to`. */
void ready_move(struct ready *to, struct ready *from);
/* Not there: nothing happens. */
void ready_forget(struct ready *list, const struct conn *c);

#endif
