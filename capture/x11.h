/*
 * The source of pictures on X11: server-made shared memory, DAMAGE, XFIXES for the pointer, RANDR
 * for a new size. Only capture/x11*.c name xcb.
 */
#ifndef CAPTURE_X11_H
#define CAPTURE_X11_H
#include "capture/source.h"

struct x11_area {
    uint32_t root;
    uint32_t target; /* not 0: this window alone, whatever lies above it; the rest is not used */
    bool whole;      /* all of the root, whatever its size becomes */
    int32_t x, y;    /* else this rectangle of it */
    uint32_t w, h;
};

/* Connects over a gate's client end (takes ownership of fd). NULL: *failure and *detail say why.
   The first call after it must be fit. */
struct source *x11_create(int fd, const struct x11_area *area, enum fail *failure,
                          uint32_t *detail);

#endif
