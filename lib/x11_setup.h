/*
 * What an X server says of itself when it greets: libxcb's iterators over its screens, depths,
 * visuals and formats believe the counts in it, so that it is held against its length once, before
 * anything in it is used.
 */
#ifndef LIB_X11_SETUP_H
#define LIB_X11_SETUP_H
#include <stdbool.h>

/* Whether there is one (NULL: no), with a screen at least, and all that it counts came. `setup` is
 * an xcb_setup_t: its numbers are in this machine's order. */
bool x11_setup_fits(const void *setup);

#endif
