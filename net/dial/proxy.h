/*
 * The way through an HTTP proxy (RFC 9110 9.3.6, CONNECT): one request, one answer, then the socket
 * carries what it would have carried without it. Run by vitrine-dial; distrusts the proxy's answer.
 */
#ifndef NET_DIAL_PROXY_H
#define NET_DIAL_PROXY_H
#include "policy/limits.h"
#include <stddef.h>
#include <stdint.h>

#define PROXY_REQUEST_MAX 2048
#define PROXY_ANSWER_MAX 16384 /* head of the answer: more is no head */

struct proxy_target {
    const char *host; /* a name, or an address; one of version 6 without brackets */
    uint16_t port;
    const char *user; /* "": no credentials are sent */
    const char *password;
};

/* The request; its length, 0: a field does not fit or has a byte that ends a line. `out` holds the
   credentials: the caller wipes it. */
size_t proxy_request(const struct proxy_target *t, char out[PROXY_REQUEST_MAX]);
/* Judges the bytes of the answer there are: -1 its head is not complete, 0 it is none, else the
   status (100 to 999). */
int proxy_status(const uint8_t *answer, size_t len);
/* Both, on a connected socket: 200 to 299 the way is open; other statuses: refused; -1 with errno,
   EPROTO: not the answer of a proxy. Reads not one byte of what follows the head. */
int proxy_connect(int fd, const struct proxy_target *t, uint64_t timeout_ms);

#endif
