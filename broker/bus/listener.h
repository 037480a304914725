/*
 * One well-known name on a bus, and what its owner says of the lock screen. Pure.
 *
 * Who says "locked" is believed until the same one says otherwise, whoever has the name by then.
 * Another owner's "not locked" counts only once that one has left the bus: so nobody can unlock for
 * somebody else by taking the name away. The name in nobody's hands is such a "not locked" as well:
 * a lock screen of the X server's that has died has unlocked. logind is none: it only speaks of
 * one. A connection to a bus that is lost says nothing at all: a lock stays.
 */
#ifndef BROKER_BUS_LISTENER_H
#define BROKER_BUS_LISTENER_H
#include "broker/bus/wire.h"
#include "lib/lockers.h"

struct listener {
    enum locker which;
    char owner[WIRE_NAME + 1];   /* the connection that has the name; "": none */
    char holder[WIRE_NAME + 1];  /* who said "locked" first; "": not locked */
    bool untold;                 /* it was said, and nobody has been told */
    bool taken_back;             /* "not locked", but not by the holder */
    char session[WIRE_NAME + 1]; /* logind: our session there; "": none, or not known */
    bool wanted;                 /* logind: it has told lock screens to come up; one was not there
                                    yet and gone again, nor were they told to go */
    bool hint;                   /* logind: a lock screen has told it that it is up */
};

/* The name belongs to that connection now; "": to nobody, or we do not hear whose it is. */
void listener_owner(struct listener *l, const char *owner);
/* The bus says that it is nobody's. */
void listener_nobody(struct listener *l);
/* The owner's word. */
void listener_says(struct listener *l, bool locked);
/* logind's: Lock or Unlock to the programs of our session; the session's LockedHint. */
void listener_wants(struct listener *l, bool lock);
void listener_hint(struct listener *l, bool hint);
/* Another listener's lock screen has gone: nobody waits for one to come up any more. */
void listener_served(struct listener *l);
/* It has to be asked whether the holder is on the bus yet; where it is not: listener_alone. */
bool listener_doubts(const struct listener *l);
void listener_alone(struct listener *l);

bool listener_locked(const struct listener *l);
/* It was said since anything was told last: nobody misses a lock screen that has gone by now. */
bool listener_untold(const struct listener *l);
void listener_told(struct listener *l);
/* Somebody is there who would say so. */
bool listener_there(const struct listener *l);

#endif
