/*
 * The door: whatever the relay does for connections that are in no session. Accepting them, the
 * steps of their handshakes, their first frames, reading what they say after the last word, freeing
 * them. Together it takes half of the time at most, in slices between which those in sessions are
 * served (policy/limits.h, RELAY_DOOR_*). Run by vitrine-relay.
 *
 * Whoever is in a session goes first: a slice is put off as long as one of them waits, and broken
 * off when one of them says something meanwhile; but strangers have one step in RELAY_DOOR_MS: one
 * accepted, served or freed, in turn.
 *
 * Sources take turns, a step each; within a source, and in the kernel's queue, first in first out:
 * no more than RELAY_HANDSHAKES_MAX wait here, so whoever waits is served long before its time is
 * over, while the newest first would let the others run out of time and come again.
 *
 * Of unfinished handshakes only those give way that keep us waiting: one that waits for us is as
 * good as done. Where all do, the next ones stay in the kernel's queue.
 */
#ifndef NET_RELAY_DOOR_H
#define NET_RELAY_DOOR_H
#include "net/relay/server.h"

/* It is in no session. */
bool door_is_for(const struct conn *c);
/* Waits for its next step, behind the others of its source. */
void door_line_up(struct server *s, struct conn *c, struct hub_now now);
/* All it said has been read: what comes next is for the other side to do. */
void door_await(struct conn *c, struct hub_now now);
/* Somebody may want to come in there. It stays so until nobody is left. */
void door_note_pending(struct server *s, int *listener);
/* The slice of this turn, if it is due and nobody in a session waits. Last of all in a turn: it
   frees the dead. */
void door_serve(struct server *s, struct hub_now now);
/* All places are taken, and who would be accepted waits in the kernel: look again soon. */
bool door_is_full(const struct server *s);
/* Something waits; with that, its time has come. */
bool door_has_work(const struct server *s);
bool door_is_due(const struct server *s);
/* After everything that may have changed whose c is, or ended its handshake, one way or the other.
 */
void door_recount(struct server *s, struct conn *c);

#endif
