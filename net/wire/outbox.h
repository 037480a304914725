/*
 * What waits to be sent to the relay, in the order of relay.md 6. Run by vitrine-net; pure.
 *
 * Everything but KEEP and units keeps its order (rank MSG): DROP must not overtake the REFUSE
 * before it, nor END the messages that say so.
 */
#ifndef NET_WIRE_OUTBOX_H
#define NET_WIRE_OUTBOX_H
#include "lib/relay_frame.h"

struct outbox_frame {
    struct outbox_frame *next;
    size_t len; /* head included */
    uint8_t rank;
    uint8_t bytes[];
};

struct outbox {
    struct {
        struct outbox_frame *first, *last;
        size_t frames;
    } lists[FRAME_RANKS];
    size_t bytes;
};

void outbox_finish(struct outbox *b); /* accepts a zeroed one */
/* All three copy. false: no memory, or a field out of bounds: our own mistake. */
bool outbox_add(struct outbox *b, const struct frame *f);
bool outbox_add_msg(struct outbox *b, uint32_t peer, struct span body);
bool outbox_add_unit(struct outbox *b, struct span sealed, uint8_t stream);
/* The next to send, now the caller's (free); NULL: none. with_screen false: screen units stay. */
struct outbox_frame *outbox_pop(struct outbox *b, bool with_screen);

#endif
