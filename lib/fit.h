/*
 * How large a picture is shown in a room that is larger or smaller than it: the painter draws it
 * so, and the broker finds by it what the viewer points at. Pure.
 *
 * Smaller where it has to be. Larger by whole numbers only, each pixel a square of so many: what is
 * written is as sharp then as where it comes from, which it is at no other size.
 */
#ifndef LIB_FIT_H
#define LIB_FIT_H
#include <stdint.h>

#define FIT_MOST 4 /* times: the dots of a small window are no easier to read as larger ones */

struct fit {
    uint32_t w, h;  /* at least 1, at most the room */
    uint32_t times; /* 1 to FIT_MOST, or 0: smaller than it is */
};

/* Of sizes from 1 to 65535. */
struct fit fit_in(uint32_t w, uint32_t h, uint32_t room_w, uint32_t room_h);

#endif
