/*
 * What there is of a session in memory (world.h): who is in it, what each one's broker, view and
 * capture were told, and the messages on their way.
 */
#ifndef TESTS_UNIT_SEAL_WORLD_STATE_H
#define TESTS_UNIT_SEAL_WORLD_STATE_H
#include "net/seal/joiner.h"
#include "net/seal/organizer.h"

#ifndef WORLD_PEERS
#define WORLD_PEERS 16
#endif

enum world_kind {
    WORLD_TO_ORGANIZER,
    WORLD_TO_JOINER,
    WORLD_UNIT,   /* to a joiner */
    WORLD_UNIT_O, /* to the organizer, from a joiner */
    WORLD_DROP
};

struct world_item {
    struct world_item *next;
    enum world_kind kind;
    int peer;
    uint16_t from; /* to a joiner: the sender's mid */
    size_t len;
    uint8_t bytes[];
};

/* What a broker was told of control; the first member of every port's context. */
struct world_control {
    unsigned asked, granted, denied, revoked, silents, invited, held, held_told, control_told;
    uint16_t asked_mid, asked_caps;
    uint8_t request[REQUEST_ID_LEN], denied_request[REQUEST_ID_LEN];
    uint8_t grant[GRANT_ID_LEN], revoked_grant[GRANT_ID_LEN];
    uint16_t mid, caps, idle_s;
    uint32_t ttl_s;
    bool mine, live;
    unsigned why, code, events, batches, late; /* late: events of a grant that is not live */
    struct input_event last;
    void (*at_revoked)(void *ctx); /* while its broker hears of it; NULL: nothing to look at */
    /* of chat, whatever this one's own name */
    unsigned lines, own_lines, lines_lost, lines_missed;
    uint16_t line_mid;
    size_t line_len;
    char line[64];        /* the newest, as far as it fits */
    char lost[64];        /* our own that was not sent; the same */
    bool crowded;         /* the broker reads no more for the moment */
    uint16_t control_mid; /* at the organizer: who controls another presenter */
};

/* The identity a broker was last asked about. */
struct world_shown {
    unsigned n, gone;
    uint32_t ask;
    uint8_t alg, fp[IDENTITY_FP], key[MAX_IDENTITY];
    size_t key_len;
    char name[MAX_NAME + 1];
};

/* What one joiner's broker and view were told. */
struct world_peer {
    struct world_control c;
    struct world *w;
    struct joiner *j;
    uint32_t handle;
    bool bound, dropped, deaf; /* deaf: what is sent to it is lost, units are not */
    uint16_t mid;
    unsigned drop_why;
    /* to the broker */
    bool welcomed, wait, ended, cut;
    uint8_t words[4];
    struct world_shown shown;
    uint8_t level[WORLD_PEERS + 2]; /* per mid, as told last; mid 1 also by WELCOME */
    char organizer[MAX_NAME + 1];
    unsigned code, why, members, presenter, needs, backs;
    unsigned known;                                   /* bit per mid */
    unsigned verified, offered, unshareds, need_keys; /* verified: bit per mid */
    unsigned ours, theirs;                            /* versions or suites that do not fit */
    int picture;
    unsigned pictures; /* how often told */
    uint32_t round_ms;
    unsigned gone[4]; /* members by state */
    unsigned seconds; /* answers of the organizer about control of this screen */
    uint16_t second_mid;
    bool second_yes;
    /* to view */
    bool full; /* there is no room for anything */
    unsigned screens, cursors, missed;
    bool last_key;
    uint8_t *content;
    size_t content_len;
};

struct world {
    struct world_control c;
    uint64_t now;
    struct organizer *o;
    struct port oport;
    uint8_t m0[255];
    size_t m0_len;
    uint8_t fp[FP_LEN];
    struct world_item *first, **end;
    struct world_peer peers[WORLD_PEERS];
    int n;
    unsigned msgs; /* that passed so far */
    /* a test's hand on the wire: may change the bytes; false: lost */
    bool (*touch)(struct world *w, struct world_item *item);
    void *touch_ctx;
    struct world_item *units; /* every unit that ever passed, newest first */
    bool keep_units;
    unsigned units_seen; /* sealed by anybody */
    size_t unit_bytes;   /* of them, by the organizer */
    /* who the next joiner is */
    const struct identity *identity;
    bool identity_required;
    /* organizer's broker and capture */
    struct world_shown shown;
    unsigned known;                 /* bit per mid */
    uint8_t level[WORLD_PEERS + 2]; /* per mid, as told last */
    uint8_t alg[WORLD_PEERS + 2], fps[WORLD_PEERS + 2][IDENTITY_FP];
    uint8_t knock_level, knock_alg, knock_fp[IDENTITY_FP];
    char knock_name[MAX_NAME + 1];
    bool session, ended, cut, unshared, net_end;
    unsigned backs;
    unsigned code, why, knocks, knock_gone, wrong, stopped, members, need_keys, presents, presenter;
    uint32_t knock[WORLD_PEERS];
    unsigned verified, needs, screens, cursors, faults, answers; /* verified: bit per mid */
    uint16_t answered_mid;
    bool answered_yes;
    unsigned others_why;     /* of the last of them */
    unsigned others_dropped; /* connections of nobody here */
    unsigned seconds;        /* questions about a second yes */
    uint16_t second_from, second_mid;
    int picture;
    unsigned pictures;
    unsigned fault_code;
    uint8_t words[4];
    unsigned gone[4];
};

#endif
