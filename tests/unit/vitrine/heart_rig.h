/*
 * The heart with somebody in it: everybody a person can be in a session, reached by the events that
 * lead there. The invariants are asked after every step.
 */
#ifndef TESTS_UNIT_VITRINE_HEART_RIG_H
#define TESTS_UNIT_VITRINE_HEART_RIG_H
#include "broker/session.h"
#include "policy_tables.h"

#define RECORDED_MAX 256 /* numbers of policy/audit.def */

enum standing {
    OUTSIDE,    /* no session */
    WAITING,    /* in the waiting room */
    ORGANIZING, /* the organizer; nobody presents */
    ORGANIZER_PRESENTS,
    ORGANIZER_LOOKS, /* member 3 presents */
    TAKING_PART,     /* member 9; nobody presents, or somebody else does */
    LOOKING,         /* the same; member 3 presents */
    PRESENTING,      /* the same, whom the roster names */
    STANDINGS
};

extern struct session s;
extern struct session_effects out; /* of the last step */
/* How many of these there were since become(), by kind and flag (0 or not). */
extern unsigned seen[EF_COUNT][2];
/* How many lines of each event were for the trail since then. */
extern unsigned recorded[RECORDED_MAX];

const char *standing_name(enum standing who);
bool may(enum standing who, enum right right);

void step(struct session_event ev);
#define STEP(...) step((struct session_event){__VA_ARGS__})

/* In a session members 2 and 3 are there as well. */
void become(enum standing who);
void connect_as(enum session_intent intent);
void ready(enum session_worker w);
/* The prompt there is, up and armed. */
void put_up(void);
/* ... and answered with yes, by hand. */
void say_yes(void);
void start_sharing(void); /* after that yes */
bool has_effect(enum session_effect_kind kind);
bool told(enum session_toast toast); /* that toast is among them */

#endif
