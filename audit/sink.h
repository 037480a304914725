/*
 * Where the lines of the trail go besides its file: the system's log (RFC 5424 over /dev/log) and
 * the journal of systemd (its native protocol). Each gets the line as it stands in the file, so
 * that what is collected elsewhere can be verified too. The broker connects; nothing is opened
 * here.
 */
#ifndef AUDIT_SINK_H
#define AUDIT_SINK_H
#include "ch_audit.h"

struct sink {
    int syslog, journal; /* the descriptor + 1; 0: not wanted */
};

/* Takes the sockets of the message. -1: they do not fit its bits. */
int sink_take(struct sink *s, struct msg_audit_files *m);
/* Others in their place; those before are closed. */
int sink_renew(struct sink *s, struct msg_audit_sinks *m);
/* Sends each line of a batch everywhere, waiting for nobody. 0, or -1 with errno: somewhere one did
   not arrive. */
int sink_send(const struct sink *s, const char *batch, size_t n);

/* For tests: one line as a datagram. Its length; 0: it does not fit, or is no line. */
size_t sink_syslog(const char *line, size_t len, char *out, size_t size);
size_t sink_journal(const char *line, size_t len, char *out, size_t size);

#endif
