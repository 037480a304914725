/*
 * The head a balancer puts before a connection to say where it really comes from: PROXY protocol
 * version 2 (relay.md 7). Run by vitrine-relay, and only for addresses the operator named; pure.
 * Even so its bytes are judged strictly: exact lengths, TCP over IPv4 or IPv6, or the balancer's
 * own check.
 */
#ifndef NET_RELAY_PROXY_HEAD_H
#define NET_RELAY_PROXY_HEAD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define PROXY_HEAD_FIRST 16 /* bytes that say how long it is */
#define PROXY_HEAD_MAX                                                                             \
    552 /* with 536 bytes of addresses and extensions: one segment, as its                         \
           authors promise */

/* How long the head at the start of `bytes` is, judged from the `have` bytes there are:
   PROXY_HEAD_FIRST until those are complete; 0: it is not one. */
size_t proxy_head_need(const uint8_t *bytes, size_t have);

/* One complete head. Leaves *from as it is when the balancer speaks for itself (a health check),
   else writes the address it names. false: malformed, or of a kind that is not accepted. */
bool proxy_head_read(const uint8_t *bytes, size_t len, struct sockaddr_storage *from);

#endif
