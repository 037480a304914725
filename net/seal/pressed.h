/*
 * Which keys and buttons a controller holds, told by the events themselves: both ends keep this
 * book, because a held key needs a sign of life (e2e.md 10). Pure.
 */
#ifndef NET_SEAL_PRESSED_H
#define NET_SEAL_PRESSED_H
#include "lib/input_event.h"

struct pressed {
    uint32_t keys[8]; /* one bit a keycode */
    uint16_t buttons; /* one bit a button; those that exist are below 16 */
};

/* Takes over what these events press and release. They must be valid (lib/input_event.h). */
void pressed_apply(struct pressed *p, const struct input_event *events, unsigned n);
bool pressed_any(const struct pressed *p);

#endif
