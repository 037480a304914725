/* vitrine-bus's loop: see bus.h. Moves bytes; conn.h says what they mean. */
#include "broker/bus/bus.h"
#include "ch_bus.h"
#include "lib/fd.h"
#include "lib/worker.h"
#include "policy/limits.h"
#include <errno.h>
#include <unistd.h>

/* --- to the broker */

static uint8_t bits(const struct bus *b, bool (*is)(const struct listener *))
{
    unsigned all = 0;
    for (unsigned i = 0; i < LOCKERS; i++)
        all |= is(&b->listeners[i]) ? 1u << i : 0;
    return (uint8_t)all;
}

/* The lines that are there. */
static uint8_t buses_now(const struct bus *b)
{
    unsigned all = 0;
    for (unsigned i = 0; i < BUSES; i++)
        all |= b->lines[i].fd >= 0 ? 1u << i : 0;
    return (uint8_t)all;
}

/* One that has come and gone, too, unless it counts as up anyhow. Until all is calm none that was
   told has gone: whoever says this and that in turn makes nobody jump. */
static uint8_t locked_now(const struct bus *b)
{
    unsigned up = bits(b, listener_locked) | (b->calm ? 0 : b->locked);
    return (uint8_t)(up | (bits(b, listener_untold) & ~b->locked));
}

/* For the first time once it is known who is there and who is not. */
static bool is_settled(const struct bus *b)
{
    bool settled = true;
    for (unsigned i = 0; i < BUSES; i++)
        settled = settled && (b->lines[i].fd < 0 || conn_settled(&b->lines[i].conn));
    return settled;
}

/* What has changed since; a broker that is slow hears the last of it. */
static bool is_news(const struct bus *b)
{
    uint8_t there = bits(b, listener_there), locked = locked_now(b);
    return b->listening && (b->told || locked || is_settled(b)) &&
           (!b->told || buses_now(b) != b->buses || there != b->there || locked != b->locked);
}

static bool tell_once(struct bus *b)
{
    struct msg_bus_locked m = {
        .buses = buses_now(b), .there = bits(b, listener_there), .locked = locked_now(b)};
    if (msg_bus_locked_send(&b->control, &m) != 0) {
        if (errno != EAGAIN)
            loop_stop(&b->loop);
        return false;
    }
    b->told = true;
    b->buses = m.buses;
    b->there = m.there;
    b->locked = m.locked;
    for (unsigned i = 0; i < LOCKERS; i++)
        listener_told(&b->listeners[i]);
    return true;
}

static void tell(struct bus *b)
{
    while (is_news(b) && tell_once(b))
        ;
}

static void on_calm(void *ctx)
{
    struct bus *b = ctx;
    b->calm = true;
    tell(b);
}

/* After each word of a bus. Without a timer it is never calm, and nothing counts as open. */
static void look(struct bus *b)
{
    uint8_t up = bits(b, listener_locked);
    if (up != b->up || (bits(b, listener_untold) & ~b->locked)) {
        b->calm = false;
        (void)loop_set_timer(&b->loop, BUS_CALM_MS, on_calm, b);
    }
    b->up = up;
    tell(b);
}

/* Not without its last word. */
_Noreturn static void give_up(struct bus *b, enum fail code, uint32_t detail)
{
    look(b);
    b->calm = true; /* nobody waits for what may still change */
    tell(b);
    worker_fail(&b->control, code, detail);
}

/* --- the buses */

/* A bus that has ended takes nobody's word back. Without any there is nothing to do here, and the
   reason is the last one's. */
static void end_line(struct bus_line *line, enum fail why, uint32_t detail)
{
    struct bus *b = line->bus;
    loop_remove(&b->loop, line->fd);
    fd_close(&line->fd);
    for (enum locker i = line->conn.first; i <= line->conn.last; i++)
        listener_owner(&b->listeners[i], "");
    if (b->lines[0].fd < 0 && b->lines[1].fd < 0)
        give_up(b, why, detail);
}

/* Where the desktop's lock screen has gone, logind waits for none. Nor where it is not heard any
   more: what it had said would be so until the session ends. */
static void pass_on(struct bus *b)
{
    struct bus_line *system = &b->lines[1];
    if (conn_opened(&b->lines[0].conn) && conn_served(&system->conn) != CONN_ON && system->fd >= 0)
        end_line(system, FAIL_PEER_GONE, 0);
}

static void go_on(struct bus_line *line)
{
    struct bus *b = line->bus;
    enum conn_result result = conn_go_on(&line->conn);
    if (result == CONN_BAD)
        end_line(line, FAIL_BUS, (uint32_t)(line - b->lines));
    if (result == CONN_OVER)
        end_line(line, FAIL_PEER_GONE, 0);
}

static bool has_ended(ssize_t n)
{
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static void write_some(struct bus_line *line)
{
    struct conn *c = &line->conn;
    ssize_t n = c->n_out ? write(line->fd, c->out, c->n_out) : 1;
    if (has_ended(n))
        end_line(line, FAIL_PEER_GONE, 0);
    else if (n > 0 && c->n_out)
        conn_sent(c, (size_t)n);
}

static void read_some(struct bus_line *line)
{
    struct conn *c = &line->conn;
    ssize_t n = read(line->fd, c->in + c->n_in, sizeof c->in - c->n_in);
    if (has_ended(n))
        end_line(line, FAIL_PEER_GONE, 0);
    else if (n > 0)
        c->n_in += (size_t)n;
}

static short want_line(void *ctx)
{
    const struct bus_line *line = ctx;
    return (short)((conn_may_read(&line->conn) ? POLLIN : 0) | (line->conn.n_out ? POLLOUT : 0));
}

static void on_line(void *ctx, short revents)
{
    struct bus_line *line = ctx;
    if (revents & POLLOUT)
        write_some(line);
    if (line->fd >= 0 && revents & (POLLIN | POLLHUP | POLLERR))
        read_some(line);
    if (line->fd >= 0)
        go_on(line);
    pass_on(line->bus);
    look(line->bus);
}

/* One last look, first: what has come by now has come in time. */
static void on_late(void *ctx)
{
    struct bus_line *line = ctx;
    if (line->fd >= 0)
        on_line(line, POLLIN);
    if (line->fd >= 0 && !conn_settled(&line->conn))
        end_line(line, FAIL_PEER_GONE, 0);
    look(line->bus);
}

static bool open_line(struct bus_line *line, int *fd, enum locker first, enum locker last)
{
    conn_init(&line->conn, line->bus->listeners, first, last);
    line->fd = fd_steal(fd);
    return loop_set_timer(&line->bus->loop, BUS_ANSWER_MS, on_late, line) &&
           loop_add(&line->bus->loop, line->fd, want_line, on_line, line);
}

/* --- the broker */

static int on_bus_listen(void *ctx, struct msg_bus_listen *m)
{
    struct bus *b = ctx;
    if (m->n_session + m->n_system == 0)
        return -1;
    if (m->n_session &&
        !open_line(&b->lines[0], &m->session[0], LOCKER_FREEDESKTOP, LOCKER_LOGIN1 - 1))
        return -1;
    if (m->n_system && !open_line(&b->lines[1], &m->system[0], LOCKER_LOGIN1, LOCKER_LOGIN1))
        return -1;
    b->listening = true;
    b->control.state = BUS_STATE_LISTENING;
    return 0;
}

static const struct bus_at_bus handlers = {.on_bus_listen = on_bus_listen};

static short want_control(void *ctx)
{
    const struct bus *b = ctx;
    return (short)(POLLIN | (is_news(b) ? chan_room_events(&b->control) : 0));
}

static void on_control(void *ctx, short revents)
{
    struct bus *b = ctx;
    if (revents & POLLOUT)
        tell(b);
    if ((revents & (POLLIN | POLLHUP | POLLERR)) == 0)
        return;
    enum chan_result r = chan_receive(&b->control, 1);
    if (r == CHAN_BAD)
        worker_fail(&b->control, FAIL_MESSAGE, b->control.bad_type);
    if (r == CHAN_ENDED)
        loop_stop(&b->loop);
}

void bus_init(struct bus *b, int control_fd)
{
    memset(b, 0, sizeof *b);
    for (unsigned i = 0; i < BUSES; i++)
        b->lines[i] = (struct bus_line){.bus = b, .fd = -1};
    for (unsigned i = 0; i < LOCKERS; i++)
        b->listeners[i].which = (enum locker)i;
    loop_init(&b->loop);
    bus_init_bus(&b->control, control_fd, &handlers, b);
    loop_add(&b->loop, control_fd, want_control, on_control, b);
}

int bus_run(struct bus *b)
{
    int status = loop_run(&b->loop) == 0 ? 0 : 1;
    for (unsigned i = 0; i < BUSES; i++)
        fd_close(&b->lines[i].fd);
    chan_finish(&b->control);
    return status;
}
