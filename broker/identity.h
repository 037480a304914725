/*
 * Identities as the broker sees them: this user's own file, handed to seal; and what others show.
 * A key is compared with the one known by that name: a new name is remembered once its bearer is
 * in, a known name with another key is asked about (PROMPT_KEY) and nothing goes on with that
 * person meanwhile. A chain of certificates is judged by one vitrine-verify, started for it.
 */
#ifndef BROKER_IDENTITY_H
#define BROKER_IDENTITY_H
#include "broker/conf.h"
#include "broker/known.h"
#include "broker/pins.h"
#include "policy/limits.h"
#include <stdbool.h>
#include <stdint.h>

struct app;
struct worker;
struct msg_seal_identity;
struct msg_seal_member;
struct msg_seal_myself;

#define IDENTITY_ASKS 24      /* questions of seal at once; a further one hears no */
#define IDENTITY_KEY_SHOWN 40 /* eight groups of four digits: the first half of a fingerprint */
#define IDENTITY_FILE "identity.pem"

/* One question of seal. */
struct identity_ask {
    uint32_t ask; /* 0: free */
    uint8_t alg;
    bool changed; /* a known name with another key: the owner is asked, one after the other */
    uint8_t fp[KNOWN_FP];
    char name[MAX_NAME + 1];
    uint8_t *chain; /* alg 3, until it has been judged; owned */
    size_t chain_len;
};

struct identities {
    struct known known;
    struct identity_ask asks[IDENTITY_ASKS];
    struct pins pins;      /* what of it is not in its file yet */
    uint32_t at_heart;     /* the question the owner is being asked; 0 none */
    uint32_t at_verify;    /* the one vitrine-verify has; 0 none */
    struct worker *verify; /* NULL: none runs */
};

/* --- our own --- */
/* For crew.c: hands seal the file before its lock-down, or says that there is none. */
void identity_give(struct worker *seal);
int identity_on_myself(struct app *a, const struct msg_seal_myself *m);
/* Is there a file, whatever is in it? */
bool identity_exists(void);
/* A fingerprint as people compare it. */
void identity_show_key(const uint8_t fp[KNOWN_FP], char out[IDENTITY_KEY_SHOWN]);

/* --- others' --- */
int identity_on_shown(struct app *a, const struct msg_seal_identity *m);
int identity_on_gone(struct app *a, uint32_t ask);
/* The owner's answer about a changed key. */
void identity_answered(struct app *a, uint32_t ask, bool yes);
/* May whoever knocked still come in? Judged at the door, and again here: the name may have become
   somebody else's in between. */
bool identity_still(struct app *a, uint32_t knock);
/* Somebody is in: a new name is remembered with its key (pins.h). false: by now it goes with
   another one. */
bool identity_member(struct app *a, const struct msg_seal_member *m);
/* For the dialog: "" where the question is gone. */
const char *identity_asked_name(const struct app *a, uint32_t ask);
void identity_asked_key(const struct app *a, uint32_t ask, char out[IDENTITY_KEY_SHOWN]);
/* The session is over: nothing is asked any more. */
void identity_over(struct app *a);

#endif
