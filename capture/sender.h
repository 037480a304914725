/*
 * What is read when, and what is sent when: the heart of vitrine-capture. It knows a source of
 * pictures and a way out, but neither X11 nor channels nor a clock, so that tests can be all three.
 *
 * An update begins when the one before has left; nothing waits behind stale pictures. One that
 * changes nearly everything begins to leave before all of it has been compared, and unless the line
 * was full lately it leaves in more bytes that take less time. An update
 * that does not leave within SLICE_MS is cut after each unit: what has left is shown, what has
 * changed meanwhile goes first, and the rest follows in its newest state: what is small of it first
 * and by itself, then all of it in turn with what is new, round and round, so that nothing waits
 * for ever beside something large that does not rest. So a quick line never shows half a picture,
 * and on a slow one no keystroke waits for a big picture. A new mask or a hold throws away what was
 * encoded and not yet sent: from that call on nothing leaves that was
 * read before it.
 *
 * What is photographic leaves roughly while it moves (lib/tile/encode.h); what has rested is sent
 * once more, exactly, when there is nothing newer to send; where that does not happen within
 * REPAY_MS, in slices of SLICE_MS in turn with what is new. That is within a second on a line that
 * is not full, unless it is more than the processor and the line bring out in that time; and it is
 * half of them, or more, however much goes on moving. What is to be read again is not sent so
 * before it has been, since it may have to be hidden by now; when it turns out to be the same as
 * before, it is.
 *
 * Where somebody else knows what in a picture must be hidden (ask), each one read waits for the
 * answer before anything is done with it; meanwhile nothing else is read. What it says to be hidden
 * is blanked as well where it was not read but is kept, to be sent again later.
 */
#ifndef CAPTURE_SENDER_H
#define CAPTURE_SENDER_H
#include "capture/linger.h"
#include "capture/picture.h"
#include "capture/pointer.h"
#include "capture/source.h"
#include "lib/fail.h"
#include "lib/pace.h"
#include "lib/tile/encode.h"

enum sender_out {
    SENDER_SENT,
    SENDER_FULL, /* not now: call sender_step again when the way out takes more */
    SENDER_LOST
};

struct sender_way {
    enum sender_out (*screen)(void *ctx, bool key, const uint8_t *unit, size_t len);
    enum sender_out (*cursor)(void *ctx, bool key, const uint8_t *unit, size_t len);
    /* The first whole picture of this size has left. */
    void (*running)(void *ctx, uint32_t width, uint32_t height);
    /* A picture has been read: answered by sender_shade. NULL: nothing is to be hidden in it but
       what sender_mask says. */
    void (*ask)(void *ctx, uint32_t serial);
    void *ctx;
};

/* What sender_step wants next. */
enum sender_next {
    SENDER_IDLE,    /* nothing until the source has news */
    SENDER_AGAIN,   /* more to do: call again after looking at other descriptors */
    SENDER_BLOCKED, /* call again when the way out takes more */
    SENDER_LATER,   /* call again at wake_ms, or when the source has news */
    SENDER_FAILED   /* failure and failure_detail say why */
};

struct sender {
    struct source *source; /* owned */
    struct sender_way way;
    struct picture picture;
    struct tile_encoder *encoder;
    struct picture_change change; /* of the last reading */
    struct picture_parts parts;   /* what of it is still to be compared, in the update being sent */
    struct tile_changes rest;     /* cut off, and still to be sent */
    bool rest_next;               /* it is its turn: what is new does not starve it */
    bool rest_early;              /* it had one more since the last reading, for what is small */
    bool rest_small;              /* in its last turn what is large stayed behind */
    bool repaying;                /* the update being sent makes exact what was rough ... */
    bool overdue;                 /* ... and what is new waits for it, as for any other */
    bool new_next;                /* it has had its turn: what is new goes first */
    uint64_t turn_ms;             /* next turn of what is owed, 0: nothing is */
    uint64_t owing_ms;            /* something has been due since then */
    uint64_t began_ms;            /* when the update being sent began ... */
    bool in_key;                  /* ... and whether it is a whole picture, which is never cut */
    bool full;                    /* the way out was, since the last large update began */
    struct tile_set stale;        /* to be read again */
    uint8_t what;                 /* enum tile_what, for those who look */
    bool sized;                   /* picture has the source's present size */
    bool hold;
    bool key_due;   /* the next update must be a whole picture, now */
    bool key_asked; /* ... or as soon as keys and many_keys allow */
    bool announce;  /* say running when this update has left */
    uint32_t update;
    struct pace keys, many_keys, sizes;
    uint64_t wake_ms;
    struct sender_read {         /* a picture that waits for its answer */
        uint32_t serial, last;   /* 0: none is asked about; the last number */
        bool answered;           /* it is to be taken over */
        bool dropped;            /* it is not, whatever the answer */
        bool too_much;           /* the answer hides what need not be */
        struct source_grab grab; /* valid as long as it is one of the two */
        struct tile_set wanted;
        size_t n_places; /* of the last answer, on the display */
        struct source_rect places[MAX_SHADES];
        struct linger linger;
        size_t n_hidden; /* what the last picture hid by an answer, in it */
        struct source_rect hidden[MAX_SHADES];
    } read;
    size_t unit_len; /* 0: no unit waits */
    bool unit_key;
    struct pointer pointer;
    enum fail failure;
    uint32_t failure_detail;
    uint8_t unit[MAX_UNIT];
    uint8_t cursor_unit[MAX_UNIT];
};

/* Takes ownership of source. lossless: everything exactly at once. false: no memory (source is
   destroyed). */
bool sender_init(struct sender *s, struct source *source, const struct sender_way *way,
                 bool lossless);
/* Wipes the picture, destroys the source; accepts the zero value. */
void sender_finish(struct sender *s);
/* From now on nothing leaves that shows one of these windows; with `hold` nothing at all. What was
   asked about is read again. */
void sender_mask(struct sender *s, const uint32_t *windows, size_t n, bool hold);
/* The answer to ask: hide these places (on the display, at most MAX_SHADES), and read again what it
   says. One about an earlier picture is ignored. serial 0: what is to be hidden
   has changed: nothing leaves that was read before, and the next picture is a whole one, so that
   viewers forget what they had put away (lib/tile/FORMAT.md, 1). */
void sender_shade(struct sender *s, uint32_t serial, enum read_again again,
                  const struct source_rect *places, size_t n);
/* Somebody needs a whole picture. */
void sender_need_key(struct sender *s);
/* Does one piece of work: reads, encodes or sends. now_ms is a monotonic clock. */
enum sender_next sender_step(struct sender *s, uint64_t now_ms);
/* Looks at the pointer and sends what is new of it; returns milliseconds until the next look. */
uint32_t sender_look_at_pointer(struct sender *s, uint64_t now_ms);

#endif
