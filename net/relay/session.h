/*
 * The relay's table: which sessions there are, and which connection is what in them. Run by
 * vitrine-relay; pure. What frames do to the table is in hub.h and the files it names.
 *
 * A client is one connection. It begins with no session; CREATE or ATTACH put it into one under a
 * handle; BIND gives it a mid. A client belongs to its shell (server.c), which takes it out with
 * hub_gone before freeing it.
 */
#ifndef NET_RELAY_SESSION_H
#define NET_RELAY_SESSION_H
#include "lib/pace.h"
#include "net/relay/map.h"
#include "net/relay/queue.h"
#include "net/relay/token.h"
#include "net/relay/turns.h"

struct hub;
struct session;
struct source;

enum client_state {
    CLIENT_NEW,       /* its first frame has not come */
    CLIENT_WAITING,   /* a member back before its organizer: no answer yet */
    CLIENT_ATTACHED,  /* newcomer, or a member that came back and is not bound again yet */
    CLIENT_BOUND,     /* a member */
    CLIENT_ORGANIZER, /* mid 1 */
    CLIENT_ENDING     /* out of its session; what is queued and ERR leave, then it is closed */
};

/* What a connection may wait for in turn. */
enum hub_turn {
    HUB_BEGIN, /* to be read, after it was silent; or it presents */
    HUB_GO_ON, /* to be read again: it had its share */
    HUB_WRITE, /* to be sent what its queue holds */
    HUB_TURNS
};

/* A bucket that may go into debt; who is in debt is not read from. */
struct rate {
    int64_t left;
    uint64_t at_ms;
};

struct client {
    struct hub *hub;
    enum client_state state;
    struct session *session;       /* set while ATTACHED, BOUND or ORGANIZER */
    struct source *source;         /* not owned */
    struct client *before, *after; /* all clients of the hub */
    struct client *session_before,
        *session_after; /* those of the session; while WAITING, of the waiting list */
    struct client *next_doomed;
    struct turns_place reading, writing;
    bool is_blocked;   /* its socket takes nothing now; whoever clears this calls hub_mark */
    bool had_its_turn; /* a unit of its own went to many: the next one's share begins */
    uint32_t handle;
    uint16_t mid;        /* 0: not bound */
    uint16_t returns_as; /* came with that member's token; 0: without one */
    uint16_t doom;       /* ERR code it is about to get, 0 none */
    uint16_t doom_flush_ms;
    uint64_t since_ms, heard_ms, said_ms;
    uint64_t cut_ms;   /* ENDING: what waits is no longer sent */
    uint64_t end_ms;   /* ENDING: closed at the latest */
    uint64_t taken;    /* bytes of UNIT frames taken, heads included */
    uint64_t reported; /* `taken` at the last REPORT */
    struct rate msg, msg_count, unit_bytes, unit_count;
    struct rate said;   /* everything: whether it says little */
    struct pace needed; /* NEED */
    struct queue queue;
    struct account *mail; /* its messages that wait for organizer or presenter; NULL: none yet */
    uint8_t wait_sid[FRAME_SID]; /* WAITING */
    struct token wait_token;
};

/* What the presenter is told of those who look on. */
struct session_report {
    uint16_t viewers, behind, median_ms, worst_ms;
};

struct session {
    struct hub *hub;
    struct session *before, *after;
    uint32_t number;
    struct source *source; /* whose place it has; NULL: nobody's */
    uint8_t sid[FRAME_SID];
    struct token token; /* instance and end of life */
    uint8_t params[FRAME_PARAMS_MAX];
    uint8_t n_params;         /* 0: not there for newcomers */
    struct client *organizer; /* NULL: away */
    struct client *clients;
    struct map handles, mids;
    struct map returners; /* back and not bound again, by the mid of their token: one of each */
    struct map removed;   /* mids whose tokens open nothing any more, as a set */
    struct turns_lane lanes[HUB_TURNS];
    struct turns_lane held;      /* whose units wait until `copies` are on their way */
    uint32_t copies;             /* put into queues since its lane HUB_WRITE was empty */
    struct rate sent;            /* records: whether it is sent little */
    bool is_sent_much;           /* its lane HUB_WRITE stands among those */
    struct rate others;          /* copies of units that are not the presenter's */
    uint32_t newcomers, members; /* the organizer is neither */
    uint16_t presenter;          /* mid, 0 none */
    struct account *account;
    uint32_t handle_next, handle_keys[4];
    bool wants_key;
    bool is_quiet; /* nothing waits or is to be told, and nothing has been said since */
    struct session_report report;           /* the last one sent */
    uint64_t need_ms, report_ms, ticked_ms; /* when last */
    uint64_t away_ms, alone_ms, traffic_ms; /* since when */
};

uint32_t session_number_of(const uint8_t sid[FRAME_SID]);

/* NULL: no memory. Enters it in the hub's table; takes the numbers from `token`. */
struct session *session_create(struct hub *h, uint32_t number, const struct token *token,
                               uint64_t now_ms);
void session_destroy(struct session *s); /* no client is left in it */
struct session *session_find(const struct hub *h, const uint8_t sid[FRAME_SID]);

/* Puts a client into the session, under a handle never used there before. Who came with a token
   takes the place of whoever came with the same before, which the caller ends. false: no memory. */
bool session_add(struct session *s, struct client *c, enum client_state state);
/* Back with the token of that mid, and not bound again; NULL: nobody. */
struct client *session_returner(const struct session *s, uint16_t mid);
/* Takes it out; tells nobody. */
void session_remove(struct session *s, struct client *c);
/* Gives it a mid; whoever had that is no longer bound and is returned. *ok false: no memory. */
struct client *session_bind(struct session *s, struct client *c, uint16_t mid, bool *ok);
struct client *session_by_handle(const struct session *s, uint32_t handle);
struct client *session_by_mid(const struct session *s, uint16_t mid);
/* Bound or the organizer: gets units, may send chat and signals. */
bool session_is_member(const struct client *c);
/* In a session, and its presenter. */
bool session_presents(const struct client *c);

/* Takes `amount` out; the bucket holds one second's worth. */
void rate_take(struct rate *r, uint32_t per_s, uint32_t amount, uint64_t now_ms);
bool rate_in_debt(const struct rate *r, uint32_t per_s, uint64_t now_ms);

#endif
