/*
 * Room for more where the log is. The writer has the file open, so it looks: with every batch, and
 * while none comes now and then, because others fill that file system too. Told once for each time
 * it becomes less than was asked for; an eighth more has to be free before that counts anew.
 */
#ifndef AUDIT_SPACE_H
#define AUDIT_SPACE_H
#include <stdbool.h>
#include <stdint.h>

#define SPACE_LOOK_MS 60000

struct space {
    int log;       /* not owned */
    uint32_t warn; /* MiB; 0: nobody wants to know */
    bool low;      /* told */
};

/* Is it time to tell? *free_mib: how much is left for this user. What the file system does not say,
   or says in a form that has no meaning, is nothing to tell. */
bool space_look(struct space *s, uint32_t *free_mib);

#endif
