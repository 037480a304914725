/* Whose word about the lock screen counts: see listener.h. Run by vitrine-bus. */
#include "broker/bus/listener.h"
#include <stdio.h>

void listener_owner(struct listener *l, const char *owner)
{
    if (strcmp(l->owner, owner) == 0)
        return;
    snprintf(l->owner, sizeof l->owner, "%s", owner);
    l->session[0] = '\0';
    l->taken_back = false;
}

void listener_nobody(struct listener *l)
{
    listener_owner(l, "");
    l->taken_back = l->which != LOCKER_LOGIN1 && l->holder[0];
}

void listener_says(struct listener *l, bool locked)
{
    bool own = strcmp(l->holder, l->owner) == 0;
    l->taken_back = !locked && l->holder[0] && !own;
    l->untold = l->untold || locked;
    if (locked && !l->holder[0])
        memcpy(l->holder, l->owner, sizeof l->holder);
    else if (!locked && own)
        l->holder[0] = '\0';
}

/* Lock is said to those who lock; one that does tells logind in turn, and that it is over. Said
   again while one is up it changes nothing, and nobody would take it back. */
void listener_wants(struct listener *l, bool lock)
{
    l->wanted = lock && (l->wanted || !l->hint);
    listener_says(l, l->wanted || l->hint);
}

void listener_hint(struct listener *l, bool hint)
{
    l->hint = hint;
    l->wanted = l->wanted && !hint;
    listener_says(l, l->wanted || l->hint);
}

/* Most lock screens come up at Lock and tell logind nothing: they say it under their own name. */
void listener_served(struct listener *l)
{
    l->wanted = false;
    if (!l->owner[0]) /* it is gone, or its bus is: nobody takes it back any more */
        l->holder[0] = '\0';
    else
        listener_says(l, l->hint);
}

bool listener_doubts(const struct listener *l)
{
    return l->taken_back;
}

void listener_alone(struct listener *l)
{
    if (l->taken_back)
        l->holder[0] = '\0';
    l->taken_back = false;
}

bool listener_locked(const struct listener *l)
{
    return l->holder[0] != '\0';
}

bool listener_untold(const struct listener *l)
{
    return l->untold;
}

void listener_told(struct listener *l)
{
    l->untold = false;
}

bool listener_there(const struct listener *l)
{
    return l->owner[0] && (l->which != LOCKER_LOGIN1 || l->session[0]);
}
