/*
 * Where connections come from: limits per source, intrusion events, lock-out (relay.md 7). A source
 * is an IPv4 address or an IPv6 /64. Run by vitrine-relay; pure: times are given, events are handed
 * to a function.
 */
#ifndef NET_RELAY_SOURCE_H
#define NET_RELAY_SOURCE_H
#include "lib/fail.h"
#include "lib/pace.h"
#include "net/relay/turns.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr;

#define SOURCE_KINDS (INTRUSION_LAST + 1)
#define SOURCE_TEXT 48
#define SOURCES_TOLD 32 /* whose lines are looked at in a call of sources_tick */

struct source_key {
    uint8_t bytes[8]; /* IPv4: 0xff 0xff 0 0 and the address; else the /64 */
};

/* One line of the relay's log: `count` events of that kind since the last line about it. false: it
   cannot be told now, and is told later, with what comes until then. */
typedef bool (*source_event_fn)(void *ctx, enum relay_intrusion kind, uint32_t count,
                                const char *source);

struct source {
    struct source_key key;
    struct source *chain;         /* same bucket of the table */
    struct source *older, *newer; /* by last use */
    uint32_t live;                /* connections; not forgotten while there are any */
    uint32_t sessions;            /* made by it; the same */
    struct pace creates;
    uint32_t openings;          /* of them, whose handshakes are not finished: door.c */
    struct turns_lane door;     /* those in no session that wait for a step */
    struct turns_place telling; /* among those that have lines not told yet */
    uint64_t tokens_milli;      /* bucket of new connections, thousandths */
    uint64_t filled_ms;
    uint64_t flood_ms;  /* last refusal that counted as a try: one a second */
    uint64_t window_ms; /* start of the window the tries are counted in */
    uint32_t tries[3];  /* numbers, what organizers say (passwords, nonsense), others */
    uint32_t locks;     /* lock-outs so far */
    uint64_t locked_until_ms;
    struct source_line {
        uint64_t at_ms; /* of the last line, 0 never */
        uint32_t count; /* events since */
    } lines[SOURCE_KINDS];
};

struct sources {
    struct source **table;
    uint64_t spread;
    size_t used;
    struct turns_lane telling; /* those that have lines not told yet */
    size_t n_telling, to_look; /* so many of them are still to be looked at in this round */
    uint64_t round_ms;
    struct turns door;
    struct source *oldest, *newest;
    source_event_fn event;
    void *ctx;
    uint64_t counted[SOURCE_KINDS]; /* all events, for the metrics */
};

/* spread: random, or somebody who has many addresses could choose those that are looked for in one
   place, each behind all others. false: no memory. */
bool sources_init(struct sources *s, uint64_t spread, source_event_fn event, void *ctx);
void sources_finish(struct sources *s);
struct source_key source_key_of(const struct sockaddr *a);
void source_text(const struct source_key *k, char out[SOURCE_TEXT]);

/* A new connection: counts it and returns its source; NULL: refused (too many, too fast, no room).
 */
struct source *source_accept(struct sources *s, struct source_key key, uint64_t now_ms);
void source_release(struct source *src); /* that connection is gone */
bool source_is_locked(const struct source *src, uint64_t now_ms);
/* One more CREATE, so soon? false: too many. Told, but no try: a large house may begin together. */
bool source_may_create(struct sources *s, struct source *src, uint64_t now_ms);
/* Is there a place for one more session of it? false: the same. What is taken is given back with
 * source_leave_place. */
bool source_take_place(struct sources *s, struct source *src, uint64_t now_ms);
void source_leave_place(struct source *src); /* accepts NULL */
/* An intrusion event: counted, told once a minute, locks the source out when it was one too many.
 */
void source_note(struct sources *s, struct source *src, enum relay_intrusion kind, uint64_t now_ms);
/* Counted and told the same, but no try. */
void source_count(struct sources *s, struct source *src, enum relay_intrusion kind,
                  uint64_t now_ms);
/* Tells lines that were held back and are due: a round a second, SOURCES_TOLD sources in each call.
   true: this round goes on. */
bool sources_tick(struct sources *s, uint64_t now_ms);

#endif
