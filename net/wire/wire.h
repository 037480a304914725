/*
 * One connection to the relay, from the dialled socket to its end: TLS on one side, the channel to
 * seal on the other, frames turned into messages and back. Run by vitrine-net.
 *
 * A line that was lost leaves nothing but the token for coming back (relay.md 3): the broker hands
 * over another socket and another channel to seal, and it begins again.
 *
 * Back-pressure: nothing is read from the relay while a message waits for seal, nothing from seal
 * while NET_QUEUE bytes wait for the relay. Files: wire.c (phases, sending, time), inward.c (frames
 * to messages), outward.c (messages to frames).
 */
#ifndef NET_WIRE_WIRE_H
#define NET_WIRE_WIRE_H
#include "lib/chan.h"
#include "lib/fail.h"
#include "lib/loop.h"
#include "net/wire/outbox.h"
#include "net/wire/pace.h"
#include "net/wire/tls.h"
#include "policy/limits.h"

enum wire_phase {
    WIRE_IDLE,
    WIRE_HANDSHAKE,
    WIRE_OPENING, /* CREATE or ATTACH sent */
    WIRE_OPEN,
    WIRE_CLOSING, /* seal has closed; what waits is still sent */
    WIRE_OVER     /* nothing more is sent or taken */
};

struct wire {
    enum wire_phase phase;
    struct loop loop;
    struct chan control, link;
    struct tls tls;
    int fd;       /* the relay's socket, -1 none */
    bool creates; /* we are the organizer */
    uint8_t sid[FRAME_SID];
    uint8_t key[FRAME_CREATE_KEY_MAX];
    size_t n_key;
    uint8_t token[FRAME_TOKEN]; /* for coming back */
    bool has_token;
    bool bound;    /* the relay takes us for a member, or we are the organizer */
    bool returns;  /* this connection came with the token */
    bool draining; /* the relay will close: follow the organizer when it goes */
    struct {
        enum net_end what;
        uint16_t code;
    } over;
    struct outbox outbox;
    struct outbox_frame *out; /* being sent */
    size_t sent;
    bool wants_write;    /* TLS waits for room in the socket */
    bool link_unwatched; /* hung up while we did not read it */
    struct pace pace;
    uint64_t heard_ms, said_ms, begun_ms;
    uint32_t rtt_ms; /* last KEEP there and back */
    size_t have;
    uint8_t in[FRAME_HEAD + FRAME_UNIT_MAX];
};

/* `control` and `tls` are set up already. */
void wire_init(struct wire *w);
void wire_finish(struct wire *w); /* wipes tokens */

struct wire_target {
    const char *host;
    const uint8_t *pin; /* NULL: chain and host */
    const char *sid;    /* NULL: create */
    struct span create_key;
    bool back; /* with the token kept; only when idle, with a token */
};
/* Begins. Takes ownership of both descriptors. */
void wire_begin(struct wire *w, const struct wire_target *target, int relay, int link);
/* It is over: the broker is told how. The loop stops; but where the line was lost or closed and
   there is a token, the wire is idle a moment later. */
void wire_end(struct wire *w, enum net_end what, uint16_t code);

/* --- between the files of the wire ---------------------------------------------------------------
 */

extern const struct link_at_net outward_handlers;
/* One frame of the relay. false: not allowed now; the relay is at fault. */
bool inward_take(struct wire *w, const struct frame *f);
/* Queues one of our own frames; ends the process where that cannot be done. */
void wire_queue(struct wire *w, const struct frame *f);

#endif
