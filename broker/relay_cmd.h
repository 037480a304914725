/*
 * `vitrine relay`: runs vitrine-relay for an organisation (relay.md 9). This process opens
 * configuration, certificate, key and sockets, starts the relay in its sandbox and hands the
 * descriptors over; it never sees a client's byte. SIGHUP reads certificate and key anew, SIGTERM
 * drains.
 *
 * Standard output: one line that says where it listens and under which PIN; with --events JSON
 * lines. Intrusion events are JSON lines on standard error (time, event, source, count), for a
 * journal and fail2ban.
 */
#ifndef BROKER_RELAY_CMD_H
#define BROKER_RELAY_CMD_H

struct options;

/* Exit status of architecture 8. */
int relay_cmd(const struct options *o);

#endif
