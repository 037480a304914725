/*
 * What the relay does with frames: relay.md 3 to 8 without sockets. Run by vitrine-relay; pure:
 * time, randomness and frames are given, what is to be sent waits in each client's queue, what is
 * to be logged is handed to a function. server.c is the shell around it; tests drive it directly.
 *
 * Files: hub.c (clients, endings), lanes.c (whose turn it is), opening.c (CREATE, ATTACH,
 * PARAMS), orders.c (BIND, DROP, PRESENT, END), traffic.c (MSG, UNIT, NEED, KEEP), relief.c
 * (memory), tick.c (everything that happens because time passes).
 *
 * Nothing ends in the middle of anything: hub_end only marks, hub_settle does it once the frame has
 * been handled. Every entrance below settles before it returns.
 */
#ifndef NET_RELAY_HUB_H
#define NET_RELAY_HUB_H
#include "net/relay/numbers.h"
#include "net/relay/session.h"
#include "net/relay/source.h"
#include "policy/limits.h"

#define HUB_SWEEP 64 /* connections looked at in a tick, each once a second: deadlines, KEEP */

struct hub_now {
    uint64_t ms;     /* monotonic, not 0 */
    uint64_t unix_s; /* for the life of tokens only */
};

struct hub_config {
    random_fn random;
    source_event_fn event;
    void *event_ctx;
    uint8_t low, high; /* range of numbers */
    uint8_t create_key[FRAME_CREATE_KEY_MAX];
    size_t n_create_key;                /* 0: anybody may create */
    uint8_t proxies[RELAY_PROXIES][16]; /* whose PROXY v2 head is believed; IPv4 mapped into IPv6 */
    size_t n_proxies;
};

/* Since the start, for the metrics. */
struct hub_counts {
    uint64_t sessions, attached, units, unit_bytes, units_refused, messages, message_bytes;
    uint64_t endings[FRAME_ERR_DRAINING + 1]; /* by ERR code */
};

struct hub {
    struct hub_config config;
    struct token_keys tokens;
    struct numbers numbers;
    struct sources sources;
    struct account account;
    struct map by_number;
    struct session *sessions;
    size_t n_sessions;
    struct client *clients; /* all */
    size_t n_clients;
    size_t max_clients;     /* connections there is room for */
    struct client *waiting; /* members back before their organizer */
    struct client *doomed;
    struct turns turns[HUB_TURNS];
    struct turns much; /* lanes HUB_WRITE of sessions that are sent much */
    uint32_t n_writers;
    struct turns_lane lanes[HUB_TURNS]; /* of those in no session */
    uint32_t copies;                    /* in this turn: set to 0 by the shell */
    struct hub_now now;
    bool stirred; /* traffic since the last tick that may wait, or has to be reported: the next one
                     is wanted soon */
    uint64_t swept_ms;
    struct client *sweep_next; /* of the round that goes on */
    uint64_t drain_ms;         /* 0: no; else when it is over */
    struct hub_counts counts;
};

/* Copies the configuration. false: no memory. */
bool hub_init(struct hub *h, const struct hub_config *config);
void hub_finish(struct hub *h); /* all clients are gone; wipes keys */

/* A connection has finished its handshake. `source` came from source_accept. */
void hub_welcome(struct hub *h, struct client *c, struct source *source, struct hub_now now);
/* One complete frame from it; takes over the reference. It must have passed frame_need. */
void hub_take(struct hub *h, struct client *c, struct parcel *frame, struct hub_now now);
/* Its bytes are not a frame: ERR BAD, or VERSION when it did not even speak our ALPN. */
void hub_malformed(struct hub *h, struct client *c, enum frame_err code, struct hub_now now);
/* The connection is lost; the client may be freed afterwards. */
void hub_gone(struct hub *h, struct client *c, struct hub_now now);
/* Time passes. Returns how many ms later it wants to be called again, at most 1000; but
   RELAY_TICK_MS where `stirred` is set meanwhile. */
unsigned hub_tick(struct hub *h, struct hub_now now);
/* No session begins any more; everybody is told to go on elsewhere within `seconds`. */
void hub_drain(struct hub *h, uint16_t seconds, struct hub_now now);

/* Whether a frame of that type may come from this client now: asked before its body is made room
 * for. */
bool hub_allows(const struct client *c, uint8_t type);
/* False while this client has to wait before more is read from it. */
bool hub_may_read(const struct client *c, uint64_t now_ms);

enum hub_unit {
    HUB_UNIT_TAKE,
    HUB_UNIT_HOLD, /* its session's earlier ones are not on their way yet: hub_hold */
    HUB_UNIT_PAUSE /* its session's members say too much together: later */
};

/* The head of a UNIT has been read from it: may the rest be? What comes behind it on that
   connection waits, too: the presenter's and the organizer's unit, with its orders behind it, never
   pauses. */
enum hub_unit hub_may_take_unit(const struct client *c, uint64_t now_ms);
/* It is read again once what its session sends is on its way. */
void hub_hold(struct client *c);

/* Waits for its turn, behind the others of its session. */
void hub_line_up(struct hub *h, struct client *c, enum hub_turn what);
/* Where it waits after it was silent: who presents, or says little (RELAY_READ_LIGHT), begins;
   the others go on. */
enum hub_turn hub_reading_of(const struct client *c, uint64_t now_ms);
/* Waits for its next share, after it had one or was not read: who presents begins again, as its
   unit is not to wait for its own crowd; the others go on. */
void hub_read_on(struct hub *h, struct client *c);
/* Whose turn it is; NULL: nobody waits. */
struct client *hub_next(struct hub *h, enum hub_turn what);
/* So many records have been sent to it: a session that is sent more than RELAY_SENT_LIGHT goes
   behind the others until it has fallen to half of that. */
void hub_sent(struct hub *h, struct client *c, uint32_t records, uint64_t now_ms);
/* Somebody waits to be sent something. */
bool hub_is_sending(const struct hub *h);
/* That, or somebody in a session waits to be read. */
bool hub_is_wanted(const struct hub *h);
/* The client a place for reading is of. */
struct client *hub_reader(struct turns_place *p);
/* Which account the frame being read from it counts in. */
struct account *hub_account(struct hub *h, const struct client *c);
/* The next frame to send to it, with its reference; NULL: none now. When hub_is_done is true then,
   it can be closed. */
struct parcel *hub_next_parcel(struct client *c, uint64_t now_ms);
bool hub_is_done(const struct client *c);

/* --- between the files of the hub ----------------------------------------------------------------
 */

/* Queues a frame of the relay's own. */
void hub_send(struct hub *h, struct client *c, const struct frame *f);
void hub_push(struct hub *h, struct client *c, struct parcel *p);
/* The shell is to look at it: something waits for it, or it is ending. */
void hub_mark(struct hub *h, struct client *c);
/* Ends a client with that code, once what is queued has been sent or flush_ms are over. */
void hub_end(struct hub *h, struct client *c, enum frame_err code, uint16_t flush_ms);
void hub_end_session(struct hub *h, struct session *s, enum frame_err code);
void hub_settle(struct hub *h);
/* An intrusion event of this client. */
void hub_note(struct hub *h, struct client *c, enum relay_intrusion kind);
/* The same, but no try (source_count). */
void hub_count(struct hub *h, struct client *c, enum relay_intrusion kind);
/* Malformed, or not allowed: counted, ERR BAD. */
void hub_refuse(struct hub *h, struct client *c);
void hub_tell_peer(struct hub *h, struct session *s, uint32_t handle, enum frame_peer_state state);
void hub_tell_away(struct hub *h, struct session *s, uint8_t on);
/* DRAIN, with what is left of its time; nothing where there is no drain. */
void hub_tell_drain(struct hub *h, struct client *c);
void hub_unlink_waiting(struct hub *h, struct client *c);
/* It has left its session s, or is leaving the hub: what it waits for is not in the lanes of s. */
void lanes_leave(struct hub *h, struct client *c, struct session *s);

void opening_take(struct hub *h, struct client *c, const struct frame *f);
void opening_params(struct hub *h, struct client *c, const struct frame *f);
void orders_take(struct hub *h, struct client *c, const struct frame *f);
void traffic_msg(struct hub *h, struct client *c, struct parcel *p);
void traffic_unit(struct hub *h, struct client *c, struct parcel *p);
/* Keeps what is held within its bounds; called after whatever made session s hold more. */
void relief_check(struct hub *h, struct session *s);
/* Room runs out for newcomers and new sessions first: a quarter of the memory and an eighth of the
   connections are left to those who are in. */
bool relief_is_short(const struct hub *h);
void traffic_need(struct hub *h, struct client *c);
/* Sends NEED to the presenter when somebody wants a KEY unit and the last NEED is long enough ago.
 */
void traffic_ask_key(struct hub *h, struct session *s);

#endif
