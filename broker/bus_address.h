/*
 * Where a message bus (D-Bus) listens, as DBUS_SESSION_BUS_ADDRESS says it: a text that any program
 * of the user may have set. Of all that the D-Bus Specification knows only a socket of this machine
 * counts. Pure.
 */
#ifndef BROKER_BUS_ADDRESS_H
#define BROKER_BUS_ADDRESS_H
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

/* The first of its addresses (they are separated by ';') that is "unix:path=/..." or
   "unix:abstract=...", with at most a guid besides; others are passed over. False: there is none.
 */
bool bus_address_parse(const char *text, struct sockaddr_un *out, socklen_t *len);

#endif
