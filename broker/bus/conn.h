/*
 * One connection to a message bus: says who we are (EXTERNAL: the kernel tells the bus which user
 * has connected), asks for what the listeners want to hear, and cuts what comes into messages.
 * Pure: bytes in, bytes out; bus.c moves them.
 *
 * Anybody on the bus can send us anything, of any length. That is passed over; only what the bus
 * itself may not do ends the connection.
 */
#ifndef BROKER_BUS_CONN_H
#define BROKER_BUS_CONN_H
#include "broker/bus/listener.h"

#define CONN_OUT 16384

/* What was asked. Up to ASK_HOLDER of the bus itself, then of the owner of a listener's name. */
enum ask {
    ASK_HELLO,
    ASK_HEAR_OWNER,
    ASK_HEAR,
    ASK_HEAR_MORE,
    ASK_OWNER,
    ASK_HOLDER,
    ASK_ACTIVE,
    ASK_SESSION,
    ASK_HINT,
    ASKS
};

enum conn_result {
    CONN_ON,
    CONN_OVER, /* the bus does not want us */
    CONN_BAD   /* it says what no bus may say */
};

struct conn {
    enum { CONN_GREETED, CONN_TRUSTED, CONN_TALKS } step;
    struct listener *listeners; /* LOCKERS of them; ours are first to last */
    enum locker first, last;
    unsigned known;                /* bits: the listeners whose first owner is known */
    uint32_t serial;               /* of our last call */
    uint32_t asked[ASKS][LOCKERS]; /* serial of a call without an answer; 0: none */
    uint8_t in[WIRE_MESSAGE], out[CONN_OUT];
    size_t n_in, n_out;
    bool opened; /* one of its lock screens has gone, and conn_opened was not asked since */
    size_t skip; /* bytes to come of a message that is too long to be for us */
};

/* Connected, nothing said. */
void conn_init(struct conn *c, struct listener *listeners, enum locker first, enum locker last);
/* There is room in c->in, and for what has to be asked because of it. */
bool conn_may_read(const struct conn *c);
/* More has come into c->in, or gone from c->out. */
enum conn_result conn_go_on(struct conn *c);
/* n bytes of c->out are sent. */
void conn_sent(struct conn *c, size_t n);
/* A lock screen of its own has gone since this was asked last. */
bool conn_opened(struct conn *c);
/* One of another bus has; also after the end of this one's connection. */
enum conn_result conn_served(struct conn *c);
/* It is known of each of its listeners whether somebody is there: has the name, and knows a session
   of ours where it is logind. */
bool conn_settled(const struct conn *c);

#endif
