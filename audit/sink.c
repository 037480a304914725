/* Lines to other logs. Run by audit; the lines are its own, what becomes of them is not its
   business: nothing is read from these sockets. */
#include "audit/sink.h"
#include "audit/chain/line.h"
#include "policy_tables.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FACILITY 13 /* RFC 5424: log audit */
#define DATAGRAM (LINE_MAX_BYTES + 512)

static int take(struct sink *s, unsigned bits, int *sockets, unsigned n)
{
    unsigned wanted = (bits & 1U) + (bits >> 1);
    if (n != wanted)
        return -1;
    unsigned next = 0;
    if (bits & 1)
        s->syslog = sockets[next++] + 1;
    if (bits & 2)
        s->journal = sockets[next++] + 1;
    for (unsigned i = 0; i < wanted; i++)
        sockets[i] = -1;
    return 0;
}

int sink_take(struct sink *s, struct msg_audit_files *m)
{
    return take(s, m->sinks, m->sockets, m->n_sockets);
}

int sink_renew(struct sink *s, struct msg_audit_sinks *m)
{
    struct sink old = *s;
    if (take(s, m->sinks, m->sockets, m->n_sockets) != 0)
        return -1;
    if (old.syslog)
        close(old.syslog - 1);
    if (old.journal)
        close(old.journal - 1);
    return 0;
}

static const struct policy_event *event_of(unsigned id)
{
    for (size_t i = 0; i < policy_n_events; i++)
        if ((unsigned)policy_events[i].number == id)
            return &policy_events[i];
    return NULL;
}

static int severity_of(const struct policy_event *e)
{
    static const char *const names[] = {"", "alert", "", "", "warning", "notice", "info"};
    for (int i = 1; i < 7; i++)
        if (strcmp(names[i], e->severity) == 0)
            return i;
    return 6;
}

/* The time as it stands in the line: {"n":7,"time":"... */
static const char *time_of(const char *line, size_t len)
{
    static const char before[] = "\"time\":\"";
    const char *at = memmem(line, len, before, sizeof before - 1);
    return at ? at + sizeof before - 1 : NULL;
}

size_t sink_syslog(const char *line, size_t len, char *out, size_t size)
{
    struct line l;
    const struct policy_event *e = line_parse(line, len, &l) ? event_of(l.id) : NULL;
    const char *time = e ? time_of(line, len) : NULL;
    if (!time)
        return 0;
    int n = snprintf(out, size, "<%d>1 %.24s - vitrine - %s [vitrine@32473 n=\"%llu\" id=\"%u\"] ",
                     FACILITY * 8 + severity_of(e), time, e->name, (unsigned long long)l.n, l.id);
    if (n < 0 || (size_t)n + len > size)
        return 0;
    memcpy(out + n, line, len);
    return (size_t)n + len;
}

size_t sink_journal(const char *line, size_t len, char *out, size_t size)
{
    struct line l;
    const struct policy_event *e = line_parse(line, len, &l) ? event_of(l.id) : NULL;
    if (!e)
        return 0;
    int n = snprintf(out, size,
                     "PRIORITY=%d\nSYSLOG_FACILITY=%d\nSYSLOG_IDENTIFIER=vitrine\n"
                     "VITRINE_EVENT=%s\nVITRINE_ID=%u\nVITRINE_N=%llu\nMESSAGE=",
                     severity_of(e), FACILITY, e->name, l.id, (unsigned long long)l.n);
    if (n < 0 || (size_t)n + len + 1 > size)
        return 0;
    memcpy(out + n, line, len);
    out[(size_t)n + len] = '\n';
    return (size_t)n + len + 1;
}

static int send_to(int socket, const char *bytes, size_t n)
{
    struct iovec part = {(void *)(size_t)bytes, n};
    const struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    if (n == 0) {
        errno = EMSGSIZE;
        return -1;
    }
    return sendmsg(socket - 1, &m, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)n ? 0 : -1;
}

static int send_line(const struct sink *s, const char *line, size_t len)
{
    static char datagram[DATAGRAM];
    int result = 0;
    if (s->syslog && send_to(s->syslog, datagram, sink_syslog(line, len, datagram, DATAGRAM)) != 0)
        result = -1;
    if (s->journal &&
        send_to(s->journal, datagram, sink_journal(line, len, datagram, DATAGRAM)) != 0)
        result = -1;
    return result;
}

int sink_send(const struct sink *s, const char *batch, size_t n)
{
    int result = 0;
    const char *end = batch + n;
    if (!s->syslog && !s->journal)
        return 0;
    for (const char *line = batch, *next; line < end; line = next + 1) {
        next = memchr(line, '\n', (size_t)(end - line));
        if (!next)
            break;
        if (next > line && send_line(s, line, (size_t)(next - line)) != 0)
            result = -1;
    }
    return result;
}
