/*
 * Connecting to one of several addresses: the next is tried when the one before has failed or has
 * not answered for CONNECT_STAGGER_MS, all within one deadline (RFC 8305, without its sorting: the
 * C library has done that). Run by vitrine-dial.
 */
#ifndef NET_DIAL_CONNECT_H
#define NET_DIAL_CONNECT_H
#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>

#define CONNECT_STAGGER_MS 250
#define CONNECT_ADDRESSES 8 /* further ones are not tried */

/* A connected, non-blocking, close-on-exec socket with TCP_NODELAY, or -1 with errno: ETIMEDOUT, or
   that of the last failure. */
int connect_any(const struct addrinfo *addresses, uint64_t timeout_ms);

#endif
