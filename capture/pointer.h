/*
 * What viewers know of the pointer, and what to tell them next. Pure.
 */
#ifndef CAPTURE_POINTER_H
#define CAPTURE_POINTER_H
#include "lib/tile/cursor.h"

struct pointer {
    bool told;                  /* anything at all */
    enum tile_cursor_kind kind; /* told last: HIDDEN, ARROW or SHAPE */
    int32_t x, y;
    uint32_t serial;
    uint64_t moved_ms; /* when it was last elsewhere */
    struct tile_cursor now;
};

/* The viewers shall get the shape again. */
void pointer_forget(struct pointer *p);
/* A hand is moving it, as somebody else has seen: it is looked at often for a while. */
void pointer_stir(struct pointer *p, uint64_t now_ms);
/* p->now was just looked at. true: p->now.kind was set to what is to be sent. */
bool pointer_compare(struct pointer *p, uint32_t serial, uint64_t now_ms);
/* What pointer_compare asked for has been sent. */
void pointer_sent(struct pointer *p, uint32_t serial);
/* Milliseconds until it is worth looking again. */
uint32_t pointer_wait(const struct pointer *p, uint64_t now_ms);

#endif
