/*
 * Inside of struct joiner, for the files joiner*.c only.
 */
#ifndef NET_SEAL_JOINER_STATE_H
#define NET_SEAL_JOINER_STATE_H
#include "net/seal/control.h"
#include "net/seal/group.h"
#include "net/seal/joiner.h"
#include "net/seal/lease.h"
#include "net/seal/line.h"
#include "net/seal/outer.h"
#include "net/seal/sharing.h"
#include "net/seal/stretch.h"
#include "net/seal/watch.h"

enum joiner_stage {
    JOINER_IDLE,    /* no connection yet */
    JOINER_SHOOK,   /* M1 sent */
    JOINER_CHANNEL, /* M3 sent: TLS, HELLO, WELCOME */
    JOINER_WAITING, /* REVEAL sent */
    JOINER_MEMBER,  /* from ADMIT on */
    JOINER_OVER
};

/* In the secure heap; each part is wiped as soon as it has served. */
struct joiner_secrets {
    uint8_t canonical[PASSWORD_MAX];
    size_t canonical_len;
    uint8_t nonce_j[32];
    uint8_t rsec[SHARED_LEN];
    uint8_t rsec_next[SHARED_LEN]; /* of the new channel, until its SNAPSHOT has come */
};

/* What the organizer showed in WELCOME. */
struct joiner_shown {
    uint8_t alg, fp[IDENTITY_FP];
    uint8_t key[INNER_IDENT_KEY_MAX], sig[INNER_IDENT_SIG_MAX];
    size_t key_len, sig_len;
    uint8_t name[MAX_NAME], name_len, words[4];
    bool waiting;  /* the broker has not answered: the channel is not read */
    bool wait;     /* WELCOME.state said so */
    bool good;     /* the answer was yes */
    size_t unread; /* bytes that came meanwhile */
};
#define JOINER_UNREAD_MAX 1048576

/* What waits to be sealed until the organizer has answered. */
struct speech {
    struct speech *next;
    uint8_t stream;
    size_t len;
    uint8_t content[];
};
#define SPEECH_MAX 16

struct joiner {
    const struct port *port;
    uint64_t now_ms;
    enum joiner_stage stage;
    bool has_fp, has_password, password_usable;
    uint8_t fp[FP_LEN], name[MAX_NAME], name_len;
    struct joiner_secrets *secrets;
    uint32_t handle;
    uint8_t m0[OUTER_M0_LEN], org_pub[POINT_LEN], sess_id[SESS_ID_LEN], rand_j[RAND_LEN];
    struct pake *pake;
    struct pake_try try;
    struct line *line;
    struct line *fresh; /* resuming */
    bool returning;     /* the new channel is up; its SNAPSHOT is awaited */
    bool deaf; /* the old channel is broken: what still comes is looked at by a fresh one only */
    EVP_PKEY *sig;
    uint8_t sig_pub[POINT_LEN];
    EVP_PKEY *org_key;
    struct group *group;
    uint16_t mid;
    uint32_t count;       /* of resumes */
    uint64_t deadline_ms; /* of the present step; 0 none */
    uint64_t away_ms;     /* organizer away since; 0 here */
    uint64_t again_ms;    /* when RESUME is sent once more; 0 not */

    struct control *control;
    struct lease lease;
    struct speech *speech;
    struct pace chat;
    uint64_t said_ms;        /* our newest line was sealed; 0 none on this line */
    bool organizer_verified; /* its user has compared the words */

    const struct identity *identity; /* our own */
    bool identity_required;
    struct joiner_shown *shown; /* NULL: none */

    struct watch watch;
    struct sharing sharing;
    bool broken;          /* the channel took no PING; told by the next tick */
    bool offered;         /* asked to present; its user has not answered */
    uint16_t second;      /* the organizer was asked about that member's control; 0 nobody's */
    bool newcomers;       /* the record being applied adds somebody */
    bool misnamed;        /* the organizer goes by another name there than it proved */
    uint32_t rekey_asked; /* epoch for which a new one was asked for */
};

/* --- joiner.c --- */
/* The session is over here: keys are erased, the broker is told. */
void joiner_finish(struct joiner *j, bool cut, enum e2e_code code, enum end_why why);
/* A check failed: close_notify or ERROR, then finish. */
void joiner_fail(struct joiner *j, enum e2e_code code);
void joiner_flush(struct joiner *j);
/* One line of the roster, to the broker. */
void joiner_tell_member(struct joiner *j, const struct group_person *p, unsigned reason);

/* --- joiner_channel.c: messages inside the channel --- */
/* The organizer is who it says, or that ends it. */
void channel_identified(struct joiner *j, const struct identity_answer *a);
/* How far the organizer is known here: 0 no, 1 words, 2 certificate. */
uint8_t channel_organizer_level(const struct joiner *j);
/* Reads what the line has; the session may be over afterwards. */
void channel_pump(struct joiner *j);
void channel_resume(struct joiner *j);
/* This attempt is over; the next comes a moment later, within its time. */
void channel_resume_failed(struct joiner *j);
/* After an attempt that broke, within its time. */
void channel_resume_again(struct joiner *j);

/* --- joiner_control.c --- */
void speech_begin(struct joiner *j);
bool speech_lease_holds(const struct joiner *j);
enum e2e_code speech_on_pong(struct joiner *j, struct span body);
enum e2e_code speech_on_second(struct joiner *j, struct span body);
/* Seals, or with `later` keeps it until the lease holds. false: neither. */
bool speech_send(struct joiner *j, uint8_t stream, struct span content, bool later);
/* What was kept can go now, if the lease holds. */
void speech_release(struct joiner *j);
void speech_finish(struct joiner *j);
void speech_tick(struct joiner *j);
uint64_t speech_due(const struct joiner *j);

/* --- joiner_share.c --- */
void presenting_begin(struct joiner *j);
/* After a record: who presents now, and for whom? */
void presenting_roster(struct joiner *j, uint16_t before);
void presenting_tick(struct joiner *j);

#endif
