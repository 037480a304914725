/*
 * A message bus of paper: writes what one would send, byte by byte, so that a test does not trust
 * the reader's own idea of the format; and finds the calls that come back.
 */
#ifndef TESTS_UNIT_BUS_PAPER_H
#define TESTS_UNIT_BUS_PAPER_H
#include "broker/bus/wire.h"

#define PAPER_BUS "org.freedesktop.DBus"
#define PAPER_GUID "0123456789abcdef0123456789abcdef"

struct paper {
    uint8_t type; /* enum wire_type */
    uint32_t reply;
    const char *sender, *path, *interface, *member, *error; /* NULL: not there */
    const char *signature;                                  /* of the body; NULL: no body */
    const char *texts[3];
    int boolean; /* of "b" and "v" */
    bool big;
    uint8_t extra; /* code of one more field ... */
    char kind;     /* ... of that kind: s, u, x or a (an array of bytes) */
};

/* Its length. */
size_t paper_write(const struct paper *m, uint8_t to[WIRE_MESSAGE]);
/* Serial of the call of that member in `out`, the first one with that text anywhere
   in it ("": any); 0: there is none. */
uint32_t paper_serial(const uint8_t *out, size_t len, const char *member, const char *text);

#endif
