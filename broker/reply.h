/*
 * What the X server has answered, within what came: the counts in an answer are the server's word,
 * its length is what libxcb has read. All bytes in it may be another program's.
 */
#ifndef BROKER_REPLY_H
#define BROKER_REPLY_H
#include "lib/span.h"
#include <xcb/xcb.h>

/* The value of a property of bytes; NULL, another format, no property: none. */
struct span reply_bytes(const xcb_get_property_reply_t *r);
/* The value of a property of 32-bit numbers: how many, and *out. */
unsigned reply_numbers(const xcb_get_property_reply_t *r, const uint32_t **out);
/* The windows inside one: how many, and *out. */
unsigned reply_children(const xcb_query_tree_reply_t *r, const xcb_window_t **out);

#endif
