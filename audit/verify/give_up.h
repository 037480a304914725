/*
 * Whoever has no memory, or cannot read, has found nothing out about what it was handed, and a
 * word about it would be a guess: the process ends, and the broker says that nothing was checked.
 */
#ifndef AUDIT_VERIFY_GIVE_UP_H
#define AUDIT_VERIFY_GIVE_UP_H
#include <unistd.h>

_Noreturn static inline void give_up(void)
{
    _exit(1);
}

/* What was allocated; where there was none it does not return. */
static inline void *or_give_up(void *memory)
{
    if (!memory)
        give_up();
    return memory;
}

#endif
