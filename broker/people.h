/*
 * Claimed names, by knock, by member and by slot: the heart knows numbers only (session.h). Names
 * have been checked by the generated decoder (valid UTF-8, no control or direction characters);
 * they are never interpreted here, only compared for equality and handed to painters and logs.
 */
#ifndef BROKER_PEOPLE_H
#define BROKER_PEOPLE_H
#include "broker/session.h"
#include "lib/span.h"

struct people {
    struct people_knock {
        uint32_t knock; /* 0: free */
        char name[MAX_NAME + 1];
        uint8_t alg, fp[32];       /* of the identity shown; alg 0: none */
        uint8_t words[4];          /* to be compared, numbers of lib/words.h */
    } knocks[SESSION_WAITING * 2]; /* answered ones linger until there are newer ones */
    unsigned n_knocks;             /* next to use, round and round */
    struct people_member {
        uint16_t mid;        /* 0: free */
        uint8_t role, level; /* level: enum session_level */
        char name[MAX_NAME + 1];
        uint8_t words[4];
    } members[MAX_MEMBERS + 1];
    char slots[SESSION_SLOTS][MAX_NAME + 1];
    unsigned next_slot;
};

void people_init(struct people *p);
/* The slot that stands for a name. A name that has none yet takes one that means nothing to the
   heart, else the one longest ago that only remembers a no, but never one of somebody who waits for
   an answer. anew: the heart has to forget what it remembers of it (EV_SLOT; app_slot does so). */
uint32_t people_slot(struct people *p, const struct session *s, const char *name, bool *anew);
/* Remembers a knock, in place of an old one that does not wait any more. */
void people_add_knock(struct people *p, const struct session *s, uint32_t knock, struct span name);
void people_set_knock_key(struct people *p, uint32_t knock, uint8_t alg, const uint8_t fp[32]);
/* The key this knock showed, where it showed one without certificates; else NULL. */
const uint8_t *people_knock_key(const struct people *p, uint32_t knock);
/* "" where it is unknown. */
const char *people_knock_name(const struct people *p, uint32_t knock);
void people_set_member(struct people *p, uint16_t mid, uint8_t role, uint8_t level,
                       struct span name);
void people_forget_member(struct people *p, uint16_t mid);
/* What is known of that member: enum session_level. */
uint8_t people_member_level(const struct people *p, uint16_t mid);
const char *people_member_name(const struct people *p, uint16_t mid);
/* The words to be compared with that knock or member; NULL: none are known. */
void people_set_knock_words(struct people *p, uint32_t knock, const uint8_t words[4]);
/* Zeros change nothing. */
void people_set_member_words(struct people *p, uint16_t mid, const uint8_t words[4]);
const uint8_t *people_knock_words(const struct people *p, uint32_t knock);
const uint8_t *people_member_words(const struct people *p, uint16_t mid);

#endif
