/*
 * One thing a controller did with mouse or keyboard, as it travels from the viewer's window through
 * seal to vitrine-input (struct input_event of messages.def). Which fields mean something depends
 * on the kind; the others are 0, so that two events are the same when their fields are.
 */
#ifndef LIB_INPUT_EVENT_H
#define LIB_INPUT_EVENT_H
#include "ch_structs.h"
#include <stdbool.h>

enum input_kind {
    INPUT_KEY_DOWN =
        1,        /* code: keycode of the controller, 8..255; keysym: what it means there; place */
    INPUT_KEY_UP, /* code */
    INPUT_BUTTON_DOWN, /* code: 1, 2, 3, 8 or 9 (4 to 7 are the wheel); x, y: where */
    INPUT_BUTTON_UP,   /* the same */
    INPUT_MOTION,      /* x, y: pixels of the shared area, from its upper left corner */
    INPUT_WHEEL /* x to the right, y downwards, 120ths of a notch, at most MAX_WHEEL, not both 0 */
};

/* May this event come from a peer that shares an area of w x h? */
bool input_event_valid(const struct input_event *e, uint32_t w, uint32_t h);

#endif
