/*
 * Lines that others can cause as often as they like: people at the door or in the session, and
 * whoever reaches the own relay. Of each kind of each such event so many are written at once and in
 * a time (RECORD_AT_WILL, policy/limits.h), so that nobody fills the disk of the trail; how many
 * were left out is one line more. Whatever anybody was let in to, agreed to, or saw is always
 * written. Pure.
 */
#ifndef BROKER_RECORD_LEFT_H
#define BROKER_RECORD_LEFT_H
#include "lib/pace.h"
#include "policy/limits.h"
#include "policy_tables.h"

#define RECORD_LEFT_EVENTS 7
#define RECORD_LEFT_KINDS 64 /* of one event; those beyond count as one */

/* Zeroed at first. */
struct record_left {
    struct record_left_kind {
        struct pace pace;
        uint32_t left;
    } kinds[RECORD_LEFT_EVENTS][RECORD_LEFT_KINDS];
};

/* May that line be written? false: it is counted. Of other events than those: always. */
bool record_left_take(struct record_left *r, enum audit_event event, uint32_t kind,
                      uint64_t now_ms);
/* One kind of which lines were left out, and how many, since that was asked for. false: none. */
bool record_left_next(struct record_left *r, enum audit_event *event, uint32_t *kind,
                      uint32_t *lines);

#endif
