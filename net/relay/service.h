/*
 * In which order the relay's connections are read and written to, and how much in one turn of the
 * loop: policy/limits.h, RELAY_READ_BURST to RELAY_WRITE_BURST. What one session says, copies and
 * is sent costs another no more than such a turn. Run by vitrine-relay.
 */
#ifndef NET_RELAY_SERVICE_H
#define NET_RELAY_SERVICE_H
#include "net/relay/server.h"

#define SERVICE_PAUSED_MS 20 /* how often a paused connection is looked at again */

/* epoll said this of it. */
void service_note(struct server *s, struct conn *c, uint32_t events, struct hub_now now);
void service_read(struct server *s, struct hub_now now);
void service_write(struct server *s, struct hub_now now);
/* A share of this one; then it waits where it has to. */
void service_read_one(struct server *s, struct conn *c, struct hub_now now);
/* Something waits for the next turn already. */
bool service_is_wanted(const struct server *s);

#endif
