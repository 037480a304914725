/* Metrics of vitrine-relay. What is asked is read and not looked at. */
#include "net/relay/metrics.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct page {
    char *at;
    size_t room;
};

static __attribute__((format(printf, 2, 3))) void add(struct page *p, const char *format, ...)
{
    va_list args;
    int n;
    va_start(args, format);
    n = vsnprintf(p->at, p->room, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= p->room)
        return;
    p->at += n;
    p->room -= (size_t)n;
}

static void add_gauge(struct page *p, const char *name, const char *help, uint64_t value)
{
    add(p, "# HELP vitrine_relay_%s %s\n# TYPE vitrine_relay_%s gauge\nvitrine_relay_%s %llu\n",
        name, help, name, name, (unsigned long long)value);
}

static void add_counter(struct page *p, const char *name, const char *help, uint64_t value)
{
    add(p, "# HELP vitrine_relay_%s %s\n# TYPE vitrine_relay_%s counter\nvitrine_relay_%s %llu\n",
        name, help, name, name, (unsigned long long)value);
}

static void add_intrusions(struct page *p, const struct hub *h)
{
    static const char *const names[SOURCE_KINDS] = {
        [INTRUSION_NO_NUMBER] = "no_number",   [INTRUSION_WRONG_PASSWORD] = "wrong_password",
        [INTRUSION_MALFORMED] = "malformed",   [INTRUSION_TOKEN] = "token",
        [INTRUSION_CREATE_KEY] = "create_key", [INTRUSION_FLOOD] = "flood",
        [INTRUSION_LOCKED] = "locked",         [INTRUSION_SLOW] = "slow",
        [INTRUSION_NONSENSE] = "nonsense",     [INTRUSION_NO_PLACE] = "no_place",
    };
    add(p, "# HELP vitrine_relay_intrusions_total Intrusion events by kind\n"
           "# TYPE vitrine_relay_intrusions_total counter\n");
    for (int k = 1; k < SOURCE_KINDS; k++)
        add(p, "vitrine_relay_intrusions_total{kind=\"%s\"} %llu\n", names[k],
            (unsigned long long)h->sources.counted[k]);
}

static void add_endings(struct page *p, const struct hub *h)
{
    add(p, "# HELP vitrine_relay_errors_total ERR frames by code\n"
           "# TYPE vitrine_relay_errors_total counter\n");
    for (int k = 1; k <= FRAME_ERR_DRAINING; k++)
        add(p, "vitrine_relay_errors_total{code=\"%d\"} %llu\n", k,
            (unsigned long long)h->counts.endings[k]);
}

size_t metrics_write(const struct hub *h, size_t connections, size_t handshakes,
                     char out[METRICS_TEXT])
{
    struct page p = {out, METRICS_TEXT};
    add_gauge(&p, "sessions", "Sessions now", h->n_sessions);
    add_gauge(&p, "connections", "Connections now", connections);
    add_gauge(&p, "handshakes", "Unfinished TLS handshakes now", handshakes);
    add_gauge(&p, "buffer_bytes", "Bytes of frames held now", h->account.held);
    add_gauge(&p, "draining", "1 while draining", h->drain_ms != 0);
    add_counter(&p, "sessions_total", "Sessions since the start", h->counts.sessions);
    add_counter(&p, "attached_total", "Clients attached since the start", h->counts.attached);
    add_counter(&p, "units_total", "Sealed units taken", h->counts.units);
    add_counter(&p, "unit_bytes_total", "Bytes of them", h->counts.unit_bytes);
    add_counter(&p, "units_refused_total", "Units of somebody who does not present",
                h->counts.units_refused);
    add_counter(&p, "messages_total", "Messages passed on", h->counts.messages);
    add_counter(&p, "message_bytes_total", "Bytes of them", h->counts.message_bytes);
    add_endings(&p, h);
    add_intrusions(&p, h);
    return METRICS_TEXT - p.room;
}

/* --- the socket ----------------------------------------------------------------------------------
 */

void metrics_init(struct metrics *m, int listener)
{
    m->listener = listener;
    for (size_t i = 0; i < METRICS_CLIENTS; i++)
        m->clients[i] = (struct metrics_client){-1, 0};
}

static void hang_up(struct metrics_client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

void metrics_stop(struct metrics *m)
{
    if (m->listener >= 0)
        close(m->listener);
    m->listener = -1;
}

void metrics_finish(struct metrics *m)
{
    for (size_t i = 0; i < METRICS_CLIENTS; i++)
        hang_up(&m->clients[i]);
    metrics_stop(m);
}

size_t metrics_index(const struct metrics *m, int fd)
{
    size_t i = 0;
    while (i < METRICS_CLIENTS && (fd < 0 || m->clients[i].fd != fd))
        i++;
    return i;
}

static struct metrics_client *free_place(struct metrics *m)
{
    for (size_t i = 0; i < METRICS_CLIENTS; i++)
        if (m->clients[i].fd < 0)
            return &m->clients[i];
    return NULL;
}

int metrics_accept(struct metrics *m, uint64_t now_ms)
{
    struct metrics_client *c = free_place(m);
    int fd = accept4(m->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 || c == NULL) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *c = (struct metrics_client){fd, now_ms};
    return fd;
}

void metrics_answer(struct metrics *m, size_t index, const char *text, size_t len)
{
    struct metrics_client *c = &m->clients[index];
    char asked[1024], head[128];
    ssize_t n = read(c->fd, asked, sizeof asked);
    int h = snprintf(head, sizeof head,
                     "HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"
                     "Content-Length: %zu\r\n\r\n",
                     len);
    /* 8 KiB fit every send buffer; whoever does not take them at once does not get them. */
    if (n > 0 && write(c->fd, head, (size_t)h) == h)
        n = write(c->fd, text, len);
    shutdown(c->fd, SHUT_WR);
    hang_up(c);
}

void metrics_check(struct metrics *m, uint64_t now_ms)
{
    for (size_t i = 0; i < METRICS_CLIENTS; i++)
        if (m->clients[i].fd >= 0 && now_ms - m->clients[i].at_ms >= METRICS_MS)
            hang_up(&m->clients[i]);
}
