/*
 * How the picture stands, as the broker is told (SEAL_PICTURE). What a presenter says of it is told
 * no more often than a broker bears with, and the newest counts; that a picture is not live any
 * more is told at once. Pure of I/O and clocks.
 */
#ifndef NET_SEAL_STANDING_H
#define NET_SEAL_STANDING_H
#include "lib/pace.h"
#include "net/seal/port.h"

struct standing {
    const struct port *port;
    int told;         /* enum port_picture; -1 nothing */
    int newest;       /* what is true now */
    struct pace pace; /* of the presenter's words */
};

void standing_init(struct standing *s, const struct port *port);
/* Known here, without anybody's word. */
void standing_now(struct standing *s, enum port_picture state);
/* By the presenter's word, or by what of its units has come; distrusted. */
void standing_heard(struct standing *s, enum port_picture state, uint64_t now_ms);
/* Nothing is told of what was heard and has not been told. */
void standing_forget(struct standing *s);
/* Tells the newest, when its time has come. */
void standing_tick(struct standing *s, uint64_t now_ms);
/* When standing_tick tells something; UINT64_MAX: nothing waits. */
uint64_t standing_due(const struct standing *s);

#endif
