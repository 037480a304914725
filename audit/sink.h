/*
 * Where the lines of the trail go besides its file: the system's log (RFC 5424 over /dev/log) and
 * the journal of systemd (its native protocol). Each gets the line as it stands in the file, so
 * that what is collected elsewhere can be verified too. The broker connects; nothing is opened
 * here, and nobody is waited for.
 */
#ifndef AUDIT_SINK_H
#define AUDIT_SINK_H
#include "audit/trail.h"
#include "ch_audit.h"

enum sink_way_name { SINK_SYSLOG, SINK_JOURNAL, SINK_WAYS };

struct sink_way {
    int socket; /* the descriptor + 1; 0: not there */
    bool wanted;
    bool stream;       /* a zero byte ends each line, as with syslog(3) */
    bool late;         /* had no room, and has taken nothing since */
    uint64_t until_ms; /* it is waited for, in this batch */
    size_t taken;      /* of the opening lines */
};

/* Zeroed at first: nothing is wanted. */
struct sink {
    struct sink_way ways[SINK_WAYS];
    /* What opening the trail wrote. Nobody has asked for these lines, so nobody would be told that
       one is lost; and log_suspect is one of them. They are kept until each way has taken them. */
    size_t n_opening;
    char opening[TRAIL_BATCH];
    char computer[65]; /* "": not said */
    uint32_t uid;
};

/* Takes the sockets of the message. -1: they do not fit its bits. */
int sink_take(struct sink *s, struct msg_audit_files *m);
/* Others in their place, or the first; those before are closed. */
int sink_renew(struct sink *s, struct msg_audit_sinks *m);
/* The lines that opening the trail wrote, before any other. */
void sink_open(struct sink *s, const char *batch, size_t n);
/* Sends each line of a batch everywhere, behind those of the opening. 0, or with errno where one
   did not arrive, then or before: bits as in the messages. */
uint8_t sink_send(struct sink *s, const char *batch, size_t n);

/* For tests: one line as a datagram. Its length; 0: it does not fit, or is no line. */
size_t sink_syslog(const struct sink *s, const char *line, size_t len, char *out, size_t size);
size_t sink_journal(const struct sink *s, const char *line, size_t len, char *out, size_t size);

#endif
