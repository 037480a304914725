/*
 * What a viewer does with units (e2e.md 9): opened ones go to view in order, STATUS tells how fresh
 * the picture is, units of an epoch still to come are held for a moment. The organizer, where
 * somebody else presents, and members use the same one. Pure of I/O and clocks.
 */
#ifndef NET_SEAL_WATCH_H
#define NET_SEAL_WATCH_H
#include "net/seal/group.h"
#include "net/seal/lag.h"
#include "net/seal/port.h"
#include "net/seal/seam.h"
#include "net/seal/standing.h"

struct watch_held;

struct watch {
    /* set once, by watch_begin */
    const struct port *port;
    struct group *group;
    void *ctx;
    void (*fail)(void *ctx, enum e2e_code code); /* what presents, or the relay, is at fault */
    void (*heard)(void *ctx, const struct group_unit *u);        /* chat and signals */
    void (*forged)(void *ctx, uint16_t mid, enum e2e_code code); /* such a unit was refused */
    bool over;
    uint64_t now_ms;

    bool view;          /* pictures can be handed on */
    bool shown;         /* one of this presenter's was ... */
    bool holed;         /* ... and something that followed it was not */
    bool key_wanted;    /* nothing of the screen is handed on before a KEY unit */
    uint64_t wanted_ms; /* that keeps a running picture from going on since; 0: it does not */
    bool unseen;        /* units of the screen came while there was no view */
    uint64_t need_ms;   /* a KEY unit was asked for last */
    uint64_t screen_ms; /* newest unit of the screen */
    uint64_t gap_ms;    /* screen gap without KEY since; 0 none */
    uint64_t status_ms; /* newest STATUS, or the presenter's start */
    struct standing picture;
    struct seam seam;                   /* of the presenter's screen */
    struct lag lag;                     /* of what of it has come */
    uint64_t last_ctr[STREAM_LAST + 1]; /* of the newest STATUS: counters of what comes next ... */
    uint32_t last_epoch;                /* ... in this epoch */
    uint64_t sealed;                    /* ... and units of the screen in all epochs */
    uint32_t ahead;    /* latest epoch of the presenter's units; not known here when it came ... */
    uint64_t ahead_ms; /* ... then */
    struct watch_held *held, **held_end;
    size_t held_bytes;
    unsigned held_streams; /* bit per stream they are on */
    uint64_t held_ms;      /* oldest came */
    uint8_t plain[UNIT_PLAIN_MAX];
};

void watch_init(struct watch *w, const struct port *port);
/* There is a session to watch. */
void watch_begin(struct watch *w, struct group *group, void *ctx);
void watch_finish(struct watch *w); /* wipes; nothing is taken any more */

void watch_take(struct watch *w, struct span wire, uint64_t now_ms);
/* The organizer's word, asked for at that time: `epoch` is the latest there is. Units of a later
   one that came before are the relay's or the presenter's invention (E_EPOCH). */
void watch_vouched(struct watch *w, uint32_t epoch, uint64_t asked_ms);
/* A new epoch is installed: what was held may be good now. */
void watch_release_held(struct watch *w);
/* After every change of presenter; the one before. */
void watch_presenter(struct watch *w, uint16_t before, uint64_t now_ms);
/* No line, or no organizer: the picture is not live, and gaps mean nothing. */
void watch_away(struct watch *w);
/* Resumed: the first unit of each kind may jump, the picture begins with a KEY unit. */
void watch_back(struct watch *w, uint64_t now_ms);
/* Whether opened pictures can be handed on. */
void watch_view(struct watch *w, bool on);
void watch_need_key(struct watch *w);
void watch_tick(struct watch *w, uint64_t now_ms);
uint64_t watch_due(const struct watch *w);

#endif
