/*
 * The D-Bus wire format ("Message Protocol" of the D-Bus Specification), as far as vitrine-bus
 * needs it: the head of a message, a boolean, a few texts; and method calls to be sent. Pure; every
 * byte is hostile until it is checked here.
 *
 * The bus itself checks heads before it delivers them: a wrong one is the bus's own fault and ends
 * it (WIRE_BAD). Bodies are their sender's, and not every bus looks into them: whoever wants to
 * read one checks first whose it is.
 */
#ifndef BROKER_BUS_WIRE_H
#define BROKER_BUS_WIRE_H
#include "lib/span.h"
#include <stdbool.h>
#include <stdint.h>

#define WIRE_HEAD 16 /* bytes that tell how long a message is */
#define WIRE_MESSAGE                                                                               \
    16384              /* the longest one that is looked at; none that is waited for comes near */
#define WIRE_NAME 255  /* bytes of a bus name, as the specification says */
#define WIRE_STRINGS 3 /* texts in a body */

enum wire_type { WIRE_CALL = 1, WIRE_RETURN = 2, WIRE_ERROR = 3, WIRE_SIGNAL = 4 };

/* Texts are terminated, point into the message, and are "" where it has none. */
struct wire_message {
    uint8_t type; /* enum wire_type, or a later one that nobody knows yet */
    bool big;     /* big-endian */
    uint32_t reply_serial;
    const char *path, *interface, *member, *sender, *signature;
    struct span body;
};

enum wire_result {
    WIRE_GOOD,
    WIRE_OTHER, /* has something that only a later version of the protocol knows: not for us */
    WIRE_BAD    /* what no bus may send */
};

/* Length of the whole message with this beginning; 0: none can begin so. */
size_t wire_length(const uint8_t head[WIRE_HEAD]);
/* A whole message, at most WIRE_MESSAGE bytes of it. */
enum wire_result wire_decode(const uint8_t *bytes, size_t len, struct wire_message *out);

/* The body is one boolean, "b", or one inside a variant, "v". */
bool wire_boolean(const struct wire_message *m, bool *out);
/* The body is exactly n texts or object paths, n at most WIRE_STRINGS. */
bool wire_texts(const struct wire_message *m, unsigned n, const char *out[]);

/* ":1.42": the name that the bus gave to one connection. */
bool wire_is_unique(const char *name);
/* "/a/b_c" */
bool wire_is_path(const char *text);

struct wire_call {
    const char *destination, *path, *interface, *member;
    const char *texts[2]; /* arguments; NULL: none */
};
/* Writes that call, at most `room` bytes of it. Its length; 0: it does not fit. */
size_t wire_encode(const struct wire_call *call, uint32_t serial, uint8_t *to, size_t room);

#endif
