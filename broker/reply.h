/*
 * What the X server has answered, within what came: the counts in an answer are the server's word,
 * its length is what libxcb has read. All bytes in it may be another program's.
 */
#ifndef BROKER_REPLY_H
#define BROKER_REPLY_H
#include "lib/span.h"
#include <stdbool.h>
#include <xcb/randr.h>
#include <xcb/render.h>
#include <xcb/xcb.h>
#include <xcb/xinput.h>

/* The value of a property of bytes; NULL, another format, no property: none. */
struct span reply_bytes(const xcb_get_property_reply_t *r);
/* The value of a property of 32-bit numbers: how many, and *out. */
unsigned reply_numbers(const xcb_get_property_reply_t *r, const uint32_t **out);
/* The windows inside one: how many, and *out. */
unsigned reply_children(const xcb_query_tree_reply_t *r, const xcb_window_t **out);

/* The value of a device's property of one byte; false: it has none, or another kind of value. */
bool reply_byte(const xcb_input_xi_get_property_reply_t *r, uint8_t *out);

#define REPLY_DEVICES 256 /* more than any server has */
struct reply_devices {
    const xcb_input_xi_device_info_t *device[REPLY_DEVICES]; /* each with its name behind it */
    unsigned n;
};
/* The input devices; false: no answer, or not all that it counts came. */
bool reply_devices(const xcb_input_xi_query_device_reply_t *r, struct reply_devices *out);
/* Whether there is an answer, and all that it counts came: libxcb's iterators may go over it. */
bool reply_monitors_fit(const xcb_randr_get_monitors_reply_t *r);
bool reply_formats_fit(const xcb_render_query_pict_formats_reply_t *r);
/* Whether an event of XInput is as long as one of its kind, its list of buttons or devices within;
 * other lists in it are not looked into. */
bool reply_event_fits(const xcb_ge_generic_event_t *e);

#endif
