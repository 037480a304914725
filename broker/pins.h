/*
 * New keys on their way into the file of known names (known.h): what is met counts here at once,
 * and is told as kept, in the trail, when it is on the disk and not before. Several wait for one
 * another (store.h), and are told in the order they came.
 */
#ifndef BROKER_PINS_H
#define BROKER_PINS_H
#include "broker/known.h"
#include "broker/store.h"
#include "policy/limits.h"
#include <stdbool.h>
#include <stdint.h>

struct app;

#define KNOWN_BY_ANOTHER "another key goes with this name by now"
#define PINS_MAX (PINNED_MAX + 20) /* of one session, and of the one before on a slow disk */

struct pin {
    char name[MAX_NAME + 1];
    uint8_t fp[KNOWN_FP];
    uint16_t mid;   /* whoever came in with it; 0: the owner's yes to another key */
    bool assistive; /* that yes came through an assistive technology */
    bool over;      /* that session is */
};

struct pins {
    struct store store;
    struct pin list[PINS_MAX];
    unsigned n, taken; /* that wait, and how many of them, from the first, are being written */
    unsigned pinned;   /* new names of this session that were to be kept */
    bool told;         /* the owner knows that somebody's key is not kept */
};

void pins_init(struct app *a);
/* Does that name go with another key? NULL: no, or nobody is known by it. Where the file cannot be
   read, by what is remembered of it; why, is said when somebody is to be written down. */
const uint8_t *pins_other(struct app *a, const char *name, const uint8_t fp[KNOWN_FP]);
/* From now on it goes with this one: also where the disk does not take it, which trail and owner
   are told. Where there is no room for it, they are told as well, and the name goes with what it
   went with before. Of members PINNED_MAX in a session. false: a member's goes with another one by
   now, and that stays; the trail has it. Where another program of this user turns out to have been
   faster, EV_KEY_OTHER follows. */
bool pins_add(struct app *a, const struct pin *new);
/* The session is over. */
void pins_over(struct app *a);
/* Before launcher_finish: says who is not kept. */
void pins_finish(struct app *a);

#endif
