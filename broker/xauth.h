/*
 * Which X server, and the cookie for it: DISPLAY and the Xauthority file. Pure parsers and one
 * connect; the file is hostile input (any program of the user may have written it).
 */
#ifndef BROKER_XAUTH_H
#define BROKER_XAUTH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XAUTH_FILE_MAX 65536 /* a file with a record for each display is a few hundred bytes */
#define XAUTH_NAME_MAX 64    /* GATE_OPEN.cookie_name */
#define XAUTH_COOKIE_MAX 256

struct xauth_cookie {
    char name[XAUTH_NAME_MAX];
    uint8_t data[XAUTH_COOKIE_MAX];
    uint16_t name_len, data_len; /* 0, 0: none found; the server may still let the user in */
};

struct xauth_display {
    char number[8]; /* decimal digits, terminated */
    unsigned screen;
};

/* ":N", ":N.S", "unix:N", "unix/:N": a server on this machine. false for anything else: pictures
   cannot be passed to a display over the network. */
bool xauth_parse_display(const char *display, struct xauth_display *out);
/* First record for this display (family local with that host name, or wild; number equal or empty)
   with MIT-MAGIC-COOKIE-1. Records that do not end inside the file end the search. false: none. */
bool xauth_find(const uint8_t *file, size_t len, const char *host, const char *number,
                struct xauth_cookie *out);
/* Reads $XAUTHORITY, or .Xauthority in $HOME, and searches it. False when there is none; *out is
 * zeroed. */
bool xauth_read(const struct xauth_display *d, struct xauth_cookie *out);
/* A connected, close-on-exec socket to that server, setup not yet sent; -1 with errno. */
int xauth_connect(const struct xauth_display *d);
void xauth_cookie_finish(struct xauth_cookie *c);

#endif
