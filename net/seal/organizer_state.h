/*
 * Inside of struct organizer, for the files organizer*.c only.
 */
#ifndef NET_SEAL_ORGANIZER_STATE_H
#define NET_SEAL_ORGANIZER_STATE_H
#include "lib/pace.h"
#include "net/seal/control.h"
#include "net/seal/group.h"
#include "net/seal/guess.h"
#include "net/seal/line.h"
#include "net/seal/organizer.h"
#include "net/seal/outer.h"
#include "net/seal/sharing.h"
#include "net/seal/stretch.h"
#include "net/seal/watch.h"

enum conn_stage {
    CONN_QUEUED,   /* M1 waits for its turn */
    CONN_SHOOK,    /* M2 sent, M3 awaited */
    CONN_CHANNEL,  /* M3 was right: TLS, HELLO, REVEAL */
    CONN_IDENTITY, /* showed an identity; what the broker thinks of it is awaited */
    CONN_WAITING,  /* asks to come in */
    CONN_APPROVED, /* joins with the next epoch */
    CONN_MEMBER,
    CONN_RESUMING, /* a new connection of a member; its channel is not proved yet */
    CONN_CLOSING   /* END sent */
};

/* Secrets of a handshake between M2 and M3, in the secure heap. */
struct conn_shake {
    struct pake_keys keys;
};

/* An identity shown in HELLO, until it has been judged. */
struct conn_shown {
    uint8_t key[INNER_IDENT_KEY_MAX], sig[INNER_IDENT_SIG_MAX];
    size_t key_len, sig_len;
};

/* One connection at the relay that has said something. */
struct conn {
    struct conn *next;
    uint32_t handle;
    enum conn_stage stage;
    uint64_t since_ms; /* of this stage, for its deadline */
    bool counted;      /* a guess is open on it */
    struct outer_m1 m1;
    struct conn_shake *shake;
    struct line *line;
    struct line *fresh;   /* resuming: becomes the line when it is up */
    bool fresh_begun;     /* bytes are for it from now on */
    uint32_t fresh_count; /* of the RESUME it came with */
    struct pace resumes;  /* RESUMEs taken */
    struct seat *seat;    /* member or resuming */
    uint32_t knock, ask;  /* 0 none */
    uint8_t id_alg, id_fp[IDENTITY_FP];
    struct conn_shown *shown; /* with id_alg, until it has been judged */
    uint8_t name[MAX_NAME], name_len;
    uint8_t sig_pub[POINT_LEN], com[32], nonce_o[32];
    uint8_t words[4];
    bool compared; /* at the door, and the same */
};

/* One member; outlives its connection until the resume window is over. */
struct seat {
    struct seat *next;
    uint16_t mid;
    struct conn *conn; /* NULL: lost since lost_ms; came in at since_ms */
    uint64_t since_ms, lost_ms;
    bool stay_counted;    /* once for each seat; not at all what the owner ends */
    uint8_t *rsec;        /* SHARED_LEN, secure heap */
    uint8_t *rsec_before; /* of count - 1, until the member has acknowledged the new channel */
    bool has_before;
    uint32_t count;
    uint32_t acked;      /* newest epoch */
    uint8_t out;         /* enum record_reason: goes with the next epoch; 0 does not */
    bool presented;      /* has been presenter */
    unsigned offers;     /* to present, unanswered */
    uint16_t second;     /* asked for our yes to that member's control, unanswered; 0 nobody's */
    struct pace notices; /* of who has control */
};

/* In the secure heap; wiped as soon as it has been stretched. */
struct organizer_password {
    uint8_t canonical[PASSWORD_MAX];
    size_t len;
};

struct organizer {
    const struct port *port;
    uint64_t now_ms;
    bool with_password, lobby, open, over;
    uint8_t admission;
    bool away;        /* there is no line */
    uint64_t back_ms; /* since then there is one again; 0: it never was lost */
    uint8_t name[MAX_NAME], name_len;
    uint8_t pw_gen, sid[SID_LEN], fp[FP_LEN];
    struct organizer_password *password;
    EVP_PKEY *sig;
    uint8_t org_pub[POINT_LEN], sess_rand[RAND_LEN], sess_id[SESS_ID_LEN], m0[OUTER_M0_LEN];
    struct pake *pake;
    struct guess guess;
    struct group *group;
    struct conn *conns;      /* in order of arrival */
    struct seat *seats;      /* ascending mids */
    struct removed *removed; /* not told to the broker yet, oldest first */
    uint32_t last_knock, last_ask;
    const struct identity *identity; /* our own */
    bool identity_required;
    uint64_t epoch_ms, join_epoch_ms; /* last epoch; last one that added somebody; ... */
    uint64_t out_epoch_ms;            /* ... that somebody went with */
    struct pace short_stays;
    uint64_t end_by_ms; /* END sent: not later than this; 0 not ending */

    struct control *control;
    struct pace chat;          /* of our own lines */
    uint64_t said_ms;          /* our newest one was sealed; 0 none on this line */
    uint16_t presenter_before; /* the last epoch */
    uint16_t controller;       /* of another presenter, by its word; 0 nobody */

    uint16_t offered;  /* whose answer counts; 0 nobody's */
    uint16_t heir;     /* presents as soon as our capture is dead; 0 nobody */
    uint64_t rekey_ms; /* a new epoch was asked for; 0 not */
    struct sharing sharing;
    struct watch watch;
    uint8_t wire[UNIT_WIRE_MAX];
};

/* --- organizer_conn.c --- */
struct conn *conn_find(struct organizer *o, uint32_t handle);
struct conn *conn_add(struct organizer *o, uint32_t handle, enum conn_stage stage);
/* Frees it: an open guess becomes a wrong one, a knock is withdrawn, its seat is without
 * connection. */
void conn_remove(struct organizer *o, struct conn *c);
void conn_flush(struct organizer *o, struct conn *c);
void conn_to(struct organizer *o, struct conn *c, enum conn_stage stage);
/* Ends it with this code: ERROR before a channel exists, close_notify inside one; the relay is told
   to drop it. A member's seat stays when the fault can be the relay's (E_CHANNEL and what is
   outside the channel). */
void conn_fail(struct organizer *o, struct conn *c, enum e2e_code code);
/* The same where nobody is at fault: the relay counts no try. */
void conn_over(struct organizer *o, struct conn *c, enum e2e_code code);
void conn_drop(struct organizer *o, struct conn *c, enum port_drop why);
void organizer_error(struct organizer *o, uint32_t handle, enum e2e_code code, enum port_drop why);

/* --- organizer_join.c --- */
void join_m1(struct organizer *o, uint32_t handle, struct span body);
void join_m3(struct organizer *o, struct conn *c, struct span body);
void join_queue(struct organizer *o);
/* HELLO and REVEAL. */
enum e2e_code join_hello(struct organizer *o, struct conn *c, struct span body);
enum e2e_code join_reveal(struct organizer *o, struct conn *c, struct span body);
void join_identified(struct organizer *o, struct conn *c, const struct identity_answer *a);
void join_refuse(struct organizer *o, struct conn *c, enum inner_refusal why);
/* How far somebody at the door is known: 1 words compared, 2 certified; a chain was checked. */
uint8_t join_level(const struct conn *c);
/* Is in with the next epoch; refused where the rules want them better known. */
void join_approve(struct organizer *o, struct conn *c);

/* --- organizer_epoch.c --- */
struct epoch_change {
    uint16_t verified; /* of somebody known: bit 7 from here on; 0 nobody's */
    uint16_t presenter;
    uint8_t flags;
};
/* Presenter and flags as they are. */
struct epoch_change epoch_same(const struct organizer *o);
/* Makes and sends one; who is approved comes in with it, who is out goes with it. */
void epoch_make(struct organizer *o, const struct epoch_change *change);
void epoch_first(struct organizer *o);
/* Somebody is approved: now, or when the gathering time is over. */
void epoch_join(struct organizer *o);
uint64_t epoch_join_due(const struct organizer *o); /* UINT64_MAX: nobody waits */
/* Its line is gone; a short stay counts once, whether or not the member comes back. */
void epoch_count_stay(struct organizer *o, struct seat *s);
/* A member is out: an epoch follows, at once. Who leaves by itself, and does not present, may wait
   for others that do, until epoch_leave_due; any epoch before takes them along. */
void epoch_out(struct organizer *o, struct seat *s, enum record_reason reason);
uint64_t epoch_leave_due(const struct organizer *o); /* UINT64_MAX: nobody waits */
/* Now, if anybody is out. */
void epoch_leave(struct organizer *o);
/* SNAPSHOT of the present epoch on the line of a member that has resumed: who is in, unless that is
   the epoch it acknowledged last. */
bool epoch_snapshot(struct organizer *o, struct line *line, uint32_t acked);
void epoch_end(struct organizer *o, uint8_t reason);
/* Whose seat is out has none any more: NULL. */
struct seat *seat_find(struct organizer *o, uint16_t mid);
/* Without its epoch. */
void seat_out(struct organizer *o, struct seat *s, enum record_reason reason);
void seat_destroy(struct seat *s);

/* --- organizer_resume.c --- */
void resume_begin(struct organizer *o, uint32_t handle, struct span body);
/* The new channel is up: it replaces the old one. false: the connection is gone. */
bool resume_complete(struct organizer *o, struct conn *c);
void resume_failed(struct organizer *o, struct conn *c);
/* The member has heard of the new channel: the old secret is of no use any more. */
void resume_confirmed(struct seat *s);

/* --- organizer_control.c --- */
void command_begin(struct organizer *o);
/* After an epoch. */
void command_roster(struct organizer *o);
/* The line of that member is gone, or another has taken its place (it has no conn at the moment):
   what was granted over it, or asked on it, is over. */
void command_line_gone(struct organizer *o, struct seat *s);
enum e2e_code command_second(struct organizer *o, struct seat *s, struct span body);
enum e2e_code command_notice(struct organizer *o, struct seat *s, struct span body);

/* What a member did wrong inside its own channel is nobody else's doing: it is out at once. */
void member_fault(struct organizer *o, struct conn *c, enum e2e_code code);

/* --- organizer_share.c --- */
void share_begin(struct organizer *o);
enum e2e_code share_answer(struct organizer *o, struct seat *s, struct span body);

/* --- organizer_removed.c --- */
/* Keeps the broker's line about somebody removed until no presenter seals for them any more. */
void removed_hold(struct organizer *o, const struct port_member *m);
/* After an epoch, an ACK, and in time. */
void removed_tell(struct organizer *o);
uint64_t removed_due(const struct organizer *o);
/* The session is over, and with it what any presenter seals: all of them are told of now. */
void removed_end(struct organizer *o);
void removed_finish(struct organizer *o);

/* --- organizer_watch.c --- */
void sight_begin(struct organizer *o);

#endif
