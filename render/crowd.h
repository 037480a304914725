/*
 * Everybody in the session and at its door, by what their names look like: who among them may be
 * taken for somebody else (ui.md 8)? Kept by each painter from what the broker said last; nothing
 * of it is painted. vitrine-render ui; distrusts every byte of a name.
 */
#ifndef RENDER_CROWD_H
#define RENDER_CROWD_H
#include "policy/limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crowd {
    unsigned n;
    /* digests of what that name looks like, enum name_reading; 0: like nothing */
    uint64_t look[MAX_CROWD][2];
};

/* One more person; each is told once, also whoever is asked about. False: there is no room. */
bool crowd_add(struct crowd *c, const char *untrusted, size_t len);
/* Somebody else in it goes by a name that looks like this one. A digest that only happens to be the
   same marks one too many, and nobody too few. */
bool crowd_confuses(const struct crowd *c, const char *untrusted);

struct scene;
/* It looks like somebody else's, like vitrine's own or "you". c NULL: nobody else is there. */
bool crowd_marks_name(const struct crowd *c, const struct scene *s, const char *untrusted);
/* Which names of a scene are so: bit n row n, CROWD_ABOUT the one that it is about. */
#define CROWD_ABOUT 15
uint16_t crowd_marks(const struct crowd *c, const struct scene *s);

#endif
