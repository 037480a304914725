/*
 * Inside of struct group, for net/seal/group.c (records) and net/seal/group_units.c (units) only.
 */
#ifndef NET_SEAL_GROUP_STATE_H
#define NET_SEAL_GROUP_STATE_H
#include "net/seal/group.h"

/* One key of one sender for receiving. */
struct group_track {
    struct sframe_key key;
    uint64_t next_ctr;
    bool may_jump; /* after a resume, once */
};

/* One key of our own for sending: key and counter are made and erased together, so no nonce
 * repeats. */
struct group_sender {
    struct sframe_key key;
    uint64_t kid, ctr, bytes;
    struct sframe_key again; /* for opening what was sealed; made when it is first needed */
};

/* In the secure heap. */
struct group_secrets {
    uint8_t now[SECRET_LEN], before[SECRET_LEN];
};

struct group {
    uint8_t sess_id[SESS_ID_LEN], org_pub[POINT_LEN];
    EVP_PKEY *org_key, *own_sig;
    uint16_t own_mid;
    group_change_fn changed;
    void *ctx;

    struct group_person *people[MAX_MEMBERS];
    size_t count;
    uint32_t epoch, log_seq;
    uint8_t head[32], commit[32];
    uint16_t presenter, presenter_before, last_mid;
    uint8_t flags;

    struct group_secrets *secrets;
    uint32_t jump_epoch;      /* resumed into this epoch: first units of it may jump; 0 none */
    uint64_t before_until_ms; /* 0: no previous epoch is kept */
    struct group_sender senders[STREAM_LAST + 1];
    uint64_t screens_before; /* sealed in earlier epochs */
};

/* Change of epoch: senders are erased; receivers of the present epoch become those of the previous
 * one, or are erased. */
void group_units_turn(struct group *g, bool keep_before);
struct group_person *group_lookup(const struct group *g, uint16_t mid);
void group_person_forget(struct group_person *p, bool now, bool before);

#endif
