/*
 * Everything a session can cause outside itself. The process wires it to its channels, tests to a
 * relay in memory. Spans are valid during the call; no function may call back into the session.
 */
#ifndef NET_SEAL_PORT_H
#define NET_SEAL_PORT_H
#include "lib/fail.h"
#include "lib/input_event.h"
#include "lib/span.h"
#include "net/seal/code.h"
#include <stdbool.h>
#include <stdint.h>

enum port_member_state { MEMBER_IN = 0, MEMBER_LEFT = 1, MEMBER_REMOVED = 2, MEMBER_LOST = 3 };
enum port_picture {
    PICTURE_RUNNING = 0,
    PICTURE_PAUSED = 1,
    PICTURE_STOPPED = 2,
    PICTURE_STALE = 3,
    PICTURE_INCOMPLETE = 4 /* stopped, and not all that was sent has come */
};
enum port_drop {
    DROP_PASSWORD = 1,
    DROP_REFUSED = 2,
    DROP_REMOVED = 3,
    DROP_LEFT = 4,
    DROP_PROTOCOL = 5,
    DROP_LOCKED = 6,
    DROP_OVER = 7 /* what it was for has ended, and nobody is at fault: the relay counts no try */
};

struct port_member {
    uint16_t mid;
    uint8_t role;
    enum port_member_state state;
    bool me;
    uint8_t words[4]; /* organizer: to be compared; zeros where they are not known */
    uint8_t verified; /* 0 no, 1 words, 2 certificate */
    uint8_t alg;      /* of the identity shown, and its fingerprint */
    const uint8_t *fp;
    struct span name;
};

/* Somebody who asks to come in. */
struct port_knock {
    uint32_t knock;
    uint8_t verified, alg; /* as in port_member */
    const uint8_t *fp, *words;
    struct span name;
};

/* An identity somebody showed; what is known of it is the broker's to say. */
struct port_identity {
    uint32_t ask;
    uint8_t alg;
    const uint8_t *fp; /* 32 bytes; zeros for a chain */
    struct span name, key;
};

/* Control that both ends have proved; ids are 16 bytes. */
struct port_grant {
    const uint8_t *grant, *request;
    uint16_t mid; /* the other side */
    bool mine;    /* we control */
    uint16_t caps, idle_s;
    uint32_t ttl_s;
};

/* For receipts, below: one side, by its mid, and the record in which the organizer named its key
   (empty for the organizer itself, whose key signs the records). */
struct port_side {
    uint16_t mid;
    const uint8_t *key, *sig; /* POINT_LEN, SIG_LEN */
    struct span naming;
};

/* What both PAIR_AUTH have signed. */
struct port_proof {
    struct port_side side[2];                          /* controller, presenter */
    const uint8_t *grant, *sess_id, *bind, *organizer; /* organizer: its key */
    uint32_t epoch, ttl_s;
    uint16_t caps, idle_s;
};

/* Who shows their screen, to whoever is in the session in that epoch, by their own signature. */
struct port_shown {
    struct port_side side;
    const uint8_t *sess_id, *organizer;
    uint32_t epoch;
};

struct port {
    void *ctx;
    uint64_t (*unix_ms)(void *ctx); /* wall time, for display only */
    /* to net */
    void (*params)(void *ctx, struct span m0);
    void (*msg)(void *ctx, uint32_t peer, struct span body);
    void (*unit)(void *ctx, struct span wire);
    void (*bind)(void *ctx, uint32_t handle, uint16_t mid);
    void (*drop)(void *ctx, uint32_t handle, enum port_drop why);
    void (*present)(void *ctx, uint16_t mid);
    void (*end)(void *ctx);
    void (*need)(void *ctx);
    bool (*busy)(void *ctx); /* the line has enough for the moment; NULL: never */
    /* to broker */
    void (*session)(void *ctx, const uint8_t sid[SID_LEN], const uint8_t fp[FP_LEN]);
    /* verified: as in port_member */
    void (*welcomed)(void *ctx, bool wait, uint8_t verified, struct span organizer,
                     const uint8_t words[4]);
    void (*knock)(void *ctx, const struct port_knock *k);
    /* Answered by organizer_identified or joiner_identified, unless it is gone before. */
    void (*identity)(void *ctx, const struct port_identity *i);
    void (*identity_gone)(void *ctx, uint32_t ask);
    void (*knock_gone)(void *ctx, uint32_t knock);
    void (*member)(void *ctx, const struct port_member *m);
    void (*presenter)(void *ctx, uint16_t mid);
    void (*offered)(void *ctx); /* we are asked to present */
    void (*answered)(void *ctx, uint16_t mid, bool yes);
    void (*unshared)(void *ctx);
    void (*picture)(void *ctx, enum port_picture state);
    /* a line of that member, or our own when it is on its way; `missed` of theirs before it are
     * lost */
    void (*chatted)(void *ctx, uint16_t mid, uint32_t missed, struct span text);
    /* our own: that line was not sent; empty: the newest one, which was sent, may be lost */
    void (*chat_lost)(void *ctx, struct span text);
    bool (*crowded)(void *ctx); /* the broker has enough to read for the moment; NULL: never */
    void (*quality)(void *ctx, uint32_t round_ms); /* at a member: 1 to 60000, PING to PONG */
    /* at the organizer: that member's chat and signals are not taken any more, or its presentation
       ended; whether it or the relay is at fault cannot be told */
    void (*fault)(void *ctx, uint16_t mid, enum e2e_code code);
    void (*wrong_try)(void *ctx, uint32_t wrong, bool stopped);
    /* just before `ended` with E_VERSION or E_SUITE: what both sides speak */
    void (*sides)(void *ctx, uint16_t ours, uint16_t theirs);
    void (*back)(void *ctx); /* after a lost line the session goes on */
    void (*ended)(void *ctx, bool cut, enum e2e_code code, enum end_why why);
    /* control; ids are 16 bytes */
    void (*asked)(void *ctx, uint16_t mid, const uint8_t *request, uint16_t caps);
    void (*granted)(void *ctx, const struct port_grant *g);
    void (*denied)(void *ctx, const uint8_t *request, enum e2e_code code);
    void (*revoked)(void *ctx, const uint8_t *grant, enum grant_end why, enum e2e_code code);
    void (*events)(void *ctx, const uint8_t *grant, const struct input_event *events, unsigned n);
    void (*silent)(void *ctx, const uint8_t *grant);
    void (*held)(void *ctx, const uint8_t *grant, unsigned held); /* enum pair_held */
    void (*invited)(void *ctx, uint16_t mid);                     /* we may ask that presenter */
    void (*control)(void *ctx, uint16_t mid, bool on); /* at the organizer: of another presenter */
    /* the organizer's yes besides the owner's: asked for at the organizer, answered at the
     * presenter
     */
    void (*second_asked)(void *ctx, uint16_t presenter, uint16_t mid);
    void (*seconded)(void *ctx, uint16_t mid, bool yes);
    /* for the trail; NULL: not wanted */
    void (*proved)(void *ctx, const struct port_proof *p);
    void (*shown)(void *ctx, const struct port_shown *s);
    /* to capture */
    void (*need_key)(void *ctx);
    /* to view; false: this one is lost */
    bool (*screen)(void *ctx, bool key, uint32_t missed, struct span content);
    bool (*cursor)(void *ctx, struct span content);
    /* to the decoder of what others see; the same: it may have enough for the moment */
    bool (*mirror_screen)(void *ctx, bool key, uint32_t missed, struct span content);
    bool (*mirror_cursor)(void *ctx, struct span content);
};

static inline bool port_is_crowded(const struct port *p)
{
    return p->crowded && p->crowded(p->ctx);
}

#endif
