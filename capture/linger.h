/*
 * Places that were hidden a moment ago. A window that is never shown leaves its pixels behind where
 * the one beneath has no background, until that one's program has drawn: no X client can ask for
 * that, so such a place stays hidden for LINGER_MS after the last answer that named it. Pure.
 */
#ifndef CAPTURE_LINGER_H
#define CAPTURE_LINGER_H
#include "capture/source.h"

#define LINGER_MS 500 /* longer than a program that lives needs to draw what was uncovered */

struct linger {
    size_t n_named, n_left;
    struct source_rect named[MAX_SHADES]; /* by the answers since the last join, and by it */
    struct linger_place {
        struct source_rect at;
        uint64_t until_ms;
    } left[MAX_SHADES];
};

/* An answer has come, whether its picture is used or not. */
void linger_hear(struct linger *l, const struct source_rect *places, size_t n);
/* What to hide in the picture that was answered last with these places: they, and those of earlier
   answers for as long as that. At most MAX_SHADES: of more, some are joined. */
size_t linger_join(struct linger *l, const struct source_rect *places, size_t n, uint64_t now_ms,
                   struct source_rect out[MAX_SHADES]);
/* Those whose time is over are not hidden any more. */
void linger_drop(struct linger *l, uint64_t now_ms);
/* When the next one is to be shown again; UINT64_MAX: there is none. */
uint64_t linger_due(const struct linger *l);

#endif
