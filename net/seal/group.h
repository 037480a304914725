/*
 * A session as one member knows it (e2e.md 8, 9): the roster out of signed records, the keys of the
 * present and the previous epoch, and the counters of every stream. Organizer and members use the
 * same one: the organizer applies its own records like everybody else. No I/O; time is passed in.
 */
#ifndef NET_SEAL_GROUP_H
#define NET_SEAL_GROUP_H
#include "net/seal/chat.h"
#include "net/seal/record.h"
#include "net/seal/unit.h"

struct group;
struct group_track;
struct group_record;

struct group_person {
    uint16_t mid;
    uint8_t role, name_len, id_alg;
    uint8_t name[MAX_NAME];
    uint8_t sig_pub[POINT_LEN];
    uint8_t id_fp[32];
    EVP_PKEY *key;
    struct group_record *named; /* the signed record that brought them: group_naming */
    bool muted;                 /* its chat and signals are not taken any more */
    struct pace chat, invites;
    uint32_t unheard; /* lines of theirs since the last one we told of */
    uint32_t since;   /* first epoch */
    struct group_track *now[STREAM_LAST + 1], *before[STREAM_LAST + 1];
};

/* By the organizer: 0 no, 1 by comparing the words, 2 by its certificate. */
uint8_t group_person_verified(const struct group_person *p);

/* Called for each line of the roster that changes; `reason` 0: came in, else enum record_reason. */
typedef void (*group_change_fn)(void *ctx, const struct group_person *p, unsigned reason);

/* Takes a reference of both keys. `org_pub` is the verified key of M0. */
struct group *group_create(const uint8_t sess_id[SESS_ID_LEN], const uint8_t org_pub[POINT_LEN],
                           EVP_PKEY *own_sig, group_change_fn changed,
                           void *ctx); /* NULL: no point */
void group_destroy(struct group *g);   /* wipes; accepts NULL */
void group_set_own_mid(struct group *g, uint16_t mid);

/* --- records; each checks all of e2e.md 8 before it changes anything: E_NONE, E_CONTROL, or what
 * the form says --- */
enum e2e_code group_epoch(struct group *g, struct span rec, const uint8_t secret[SECRET_LEN],
                          uint64_t now_ms);
/* First one, or after a resume: the roster is compared with the one known. One of the epoch that is
   known may name nobody: it is as it was. */
enum e2e_code group_snapshot(struct group *g, struct span rec, const uint8_t secret[SECRET_LEN]);
enum e2e_code group_end(const struct group *g, struct span rec, uint8_t *reason);
/* Epoch a record names, for unwrapping its secret before it is applied; 0 when it is too short. */
uint32_t group_record_epoch(struct span rec);

uint32_t group_now_epoch(const struct group *g); /* 0: none yet */
uint32_t group_log_seq(const struct group *g);
const uint8_t *group_head(const struct group *g); /* 32 bytes */
uint16_t group_presenter(const struct group *g);
bool group_presents(const struct group *g); /* we do */
uint8_t group_flags(const struct group *g);
uint16_t group_last_mid(const struct group *g); /* greatest ever seen */
size_t group_count(const struct group *g);
const struct group_person *group_at(const struct group *g, size_t i); /* ascending mids */
const struct group_person *group_find(const struct group *g, uint16_t mid);
/* The record, as the organizer signed it, in which that person's key came; shared by all whom it
   brought. */
struct span group_naming(const struct group_person *p);
const uint8_t *group_organizer_key(const struct group *g); /* POINT_LEN bytes */
/* Copies the present secret, for wrapping it for a joiner; the caller wipes it. */
void group_secret(const struct group *g, uint8_t out[SECRET_LEN]);
/* The secret of that epoch: the present one, or the one before while it is kept. The caller wipes
 * it. false: of no other. */
bool group_secret_of(const struct group *g, uint32_t epoch, uint64_t now_ms,
                     uint8_t out[SECRET_LEN]);
/* The numbers of its records or epochs are used up but for that of END: no epoch follows. */
bool group_is_full(const struct group *g);
/* Head of a record that follows what is known (kind, flags and lists are the caller's). */
void group_next_head(const struct group *g, enum record_kind kind, struct record_head *h);

/* --- units --- */
struct group_unit {
    uint8_t stream;
    uint16_t mid;
    bool key;
    uint32_t epoch;
    uint32_t missed;     /* units skipped before this one */
    struct span content; /* in the caller's buffer */
};
/* All checks of e2e.md 9, in its order. E_NONE: *u is good. E_EPOCH with *newer: of an epoch not
   known yet. Others: that check failed and nothing was taken over; *u says what the head claims.
   `plain` has room for UNIT_PLAIN_MAX. */
enum e2e_code group_open(struct group *g, struct span wire, uint64_t now_ms, uint8_t *plain,
                         struct group_unit *u, bool *newer);
/* Counter of the unit expected next of that member on that stream in that epoch; 0 where none has
   come, or nothing is known of it any more. */
uint64_t group_heard_ctr(const struct group *g, uint16_t mid, uint8_t stream, uint32_t epoch);
/* Chat and signals of that member are dropped from here on (e2e.md 13). */
void group_mute(struct group *g, uint16_t mid);
bool group_muted(const struct group *g, uint16_t mid);
/* May that member's invitation be told of once more? false: they come too often. */
bool group_may_invite(struct group *g, uint16_t mid, uint64_t now_ms);
/* A line of a member: chat_judge, over all it has said. E_BUSY: good, but `crowded`, so it is left
   out; the next one of theirs counts it among those missed before it. */
enum e2e_code group_chat(struct group *g, const struct group_unit *u, bool crowded, uint64_t now_ms,
                         uint32_t *missed);
/* Is this one of the streams that only a presenter may send on? */
bool group_is_presenter_stream(uint8_t stream);
/* Forgets the previous epoch when its time is over; returns when that will be (UINT64_MAX: nothing
 * to forget). */
uint64_t group_forget(struct group *g, uint64_t now_ms);
/* After a resume: the first unit of each key may jump once. */
void group_allow_jump(struct group *g);

/* Seals for the present epoch under the own key; returns the length, 0 when that is not allowed (no
   epoch, not presenter, key exhausted). */
size_t group_seal(struct group *g, uint8_t stream, uint8_t flags, struct span content,
                  uint8_t out[UNIT_WIRE_MAX]);
/* Opens what group_seal has just made, as a receiver does: AEAD under a key for opening, our own
   signature, padding. `plain` has room for UNIT_PLAIN_MAX; *content points into it. false: it is
   not one of ours of the present epoch. */
bool group_open_own(struct group *g, struct span wire, uint8_t *plain, struct span *content);
/* Next counter of an own stream in this epoch. */
uint64_t group_next_ctr(const struct group *g, uint8_t stream);
/* Own screen units sealed in all epochs before this one. */
uint64_t group_screens_before(const struct group *g);
/* A key has been used so much that a new epoch is due (e2e.md 14). */
bool group_wants_rekey(const struct group *g);
/* One is used up: nothing is sealed with it any more in this epoch. */
bool group_is_spent(const struct group *g);

#endif
