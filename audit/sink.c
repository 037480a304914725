/* Lines to other logs. Run by audit; the lines are its own, what becomes of them is not its
   business: nothing is read from these sockets. */
#include "audit/sink.h"
#include "audit/chain/line.h"
#include "lib/loop.h"
#include "policy/limits.h"
#include "policy_tables.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FACILITY 13                     /* RFC 5424: log audit */
#define DATAGRAM (LINE_MAX_BYTES + 512) /* with the zero byte of a stream */

static const struct {
    uint8_t bit; /* of the messages, and in their order */
    size_t (*format)(const struct sink *s, const char *line, size_t len, char *out, size_t size);
} kinds[SINK_WAYS] = {
    [SINK_SYSLOG] = {1, sink_syslog},
    [SINK_JOURNAL] = {2, sink_journal},
};

static int take(struct sink *s, unsigned bits, bool stream, int *sockets, unsigned n)
{
    unsigned next = 0;
    if (n != (bits & 1U) + (bits >> 1))
        return -1;
    for (size_t i = 0; i < SINK_WAYS; i++) {
        struct sink_way *w = &s->ways[i];
        if (!(bits & kinds[i].bit))
            continue;
        if (w->socket)
            close(w->socket - 1);
        w->socket = sockets[next] + 1;
        w->wanted = true;
        w->stream = stream && i == SINK_SYSLOG;
        sockets[next++] = -1;
    }
    return 0;
}

/* RFC 5424 6.2.4: visible ASCII. */
static bool is_host(struct span name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.data[i] <= ' ' || name.data[i] > '~')
            return false;
    return true;
}

int sink_take(struct sink *s, struct msg_audit_files *m)
{
    for (size_t i = 0; i < SINK_WAYS; i++)
        s->ways[i].wanted = (m->missing & kinds[i].bit) != 0;
    s->uid = m->uid;
    if (m->computer.len > 0 && m->computer.len < sizeof s->computer && is_host(m->computer))
        memcpy(s->computer, m->computer.data, m->computer.len);
    return take(s, m->sinks, m->stream, m->sockets, m->n_sockets);
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

size_t sink_syslog(const struct sink *s, const char *line, size_t len, char *out, size_t size)
{
    struct line l;
    const struct policy_event *e = line_parse(line, len, &l) ? event_of(l.id) : NULL;
    const char *time = e ? time_of(line, len) : NULL;
    if (!time)
        return 0;
    int n = snprintf(out, size,
                     "<%d>1 %.24s %s vitrine - %s [vitrine@32473 n=\"%llu\" id=\"%u\" uid=\"%u\"] ",
                     FACILITY * 8 + severity_of(e), time, s->computer[0] ? s->computer : "-",
                     e->name, (unsigned long long)l.n, l.id, s->uid);
    if (n < 0 || (size_t)n + len > size)
        return 0;
    memcpy(out + n, line, len);
    return (size_t)n + len;
}

size_t sink_journal(const struct sink *s, const char *line, size_t len, char *out, size_t size)
{
    struct line l;
    const struct policy_event *e = line_parse(line, len, &l) ? event_of(l.id) : NULL;
    (void)s; /* the journal knows by itself where it is, and who writes */
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

/* The kernel keeps few datagrams for a reader (net.unix.max_dgram_qlen, 10): any burst fills it.
   The lines of a batch share the time: meanwhile nothing else is written to the log. */
static bool has_room(struct sink_way *w)
{
    struct pollfd p = {.fd = w->socket - 1, .events = POLLOUT};
    uint64_t now = loop_now_ms();
    w->late = w->late || now >= w->until_ms || poll(&p, 1, (int)(w->until_ms - now)) <= 0;
    return !w->late;
}

static ssize_t send_once(struct sink_way *w, const struct msghdr *m)
{
    ssize_t sent = sendmsg(w->socket - 1, m, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0)
        w->late = false;
    return sent;
}

static int send_to(struct sink_way *w, const char *bytes, size_t n)
{
    struct iovec part = {(void *)(size_t)bytes, n};
    const struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    if (n == 0 || w->socket == 0) {
        errno = n == 0 ? EMSGSIZE : ENOTCONN;
        return -1;
    }
    ssize_t sent = send_once(w, &m);
    if (sent < 0 && errno == EAGAIN) {
        if (has_room(w))
            sent = send_once(w, &m);
        else
            errno = EAGAIN;
    }
    if (sent < 0 || (size_t)sent == n)
        return sent < 0 ? -1 : 0;
    close(w->socket - 1); /* what came next would be the rest of this line; there will be another */
    w->socket = 0;
    errno = ENOBUFS;
    return -1;
}

static int send_line(struct sink *s, size_t way, const char *line, size_t len)
{
    static char bytes[DATAGRAM];
    struct sink_way *w = &s->ways[way];
    size_t n = kinds[way].format(s, line, len, bytes, sizeof bytes - 1);
    if (n > 0 && w->stream)
        bytes[n++] = '\0';
    return send_to(w, bytes, n);
}

/* Up to the first that is not taken, if it is to be sent again, else all. Where that one begins, or
   the end; -1 with errno in *result: one was not taken. */
static size_t send_lines(struct sink *s, size_t way, const char *text, size_t from, size_t n,
                         bool again, int *result)
{
    while (from < n) {
        const char *line = text + from, *end = memchr(line, '\n', n - from);
        if (!end)
            break;
        size_t len = (size_t)(end - line);
        if (len > 0 && send_line(s, way, line, len) != 0) {
            *result = -1;
            if (again)
                return from;
        }
        from += len + 1;
    }
    return n;
}

/* A batch begins, with what is still owed of the opening. */
static int catch_up(struct sink *s, size_t way)
{
    int result = 0;
    struct sink_way *w = &s->ways[way];
    w->until_ms = loop_now_ms() + SINK_ROOM_MS;
    w->taken = send_lines(s, way, s->opening, w->taken, s->n_opening, true, &result);
    return result;
}

int sink_renew(struct sink *s, struct msg_audit_sinks *m)
{
    if (take(s, m->sinks, m->stream, m->sockets, m->n_sockets) != 0)
        return -1;
    for (size_t i = 0; i < SINK_WAYS; i++)
        if (s->ways[i].wanted)
            (void)catch_up(s, i); /* else with the next line */
    return 0;
}

void sink_open(struct sink *s, const char *batch, size_t n)
{
    memcpy(s->opening, batch, n);
    s->n_opening = n;
    for (size_t i = 0; i < SINK_WAYS; i++)
        if (s->ways[i].wanted)
            (void)catch_up(s, i); /* said with the first line that is asked for */
}

uint8_t sink_send(struct sink *s, const char *batch, size_t n)
{
    uint8_t lost = 0;
    int error = 0;
    for (size_t i = 0; i < SINK_WAYS; i++) {
        int one = s->ways[i].wanted ? catch_up(s, i) : 0;
        if (s->ways[i].wanted && one == 0)
            send_lines(s, i, batch, 0, n, false, &one);
        error = one != 0 && !lost ? errno : error;
        if (one != 0)
            lost |= kinds[i].bit;
    }
    errno = error ? error : errno;
    return lost;
}
