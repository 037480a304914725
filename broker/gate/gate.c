/*
 * vitrine-gate's loop. Distrusts the worker: its bytes are judged before one of them leaves, a
 * descriptor from it is a violation. What the X server says goes back unread.
 */
#include "broker/gate/gate.h"
#include "ch_gate.h"
#include <errno.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long to wait for the X server to read what a paced worker sent: there is no event for it. */
#define PACE_LOOK_MS 1
/* At the end: how long the server may take to read the releases, and to answer them. */
#define LET_GO_MS 500
#define SETTLE_MS 20

static void on_pace(void *ctx);

static void report(struct gate *g, const struct judge_verdict *v)
{
    (void)msg_gate_violation_send(
        &g->control,
        &(struct msg_gate_violation){
            .major = v->major, .minor = v->minor, .rule = (uint8_t)v->rule, .detail = v->detail});
    loop_stop(&g->loop);
}

static bool control_is_over(struct gate *g)
{
    /* All of it: what the broker told us before the worker must count for the worker's requests,
       and that the owner is at work also for those that have waited here. */
    while (chan_events(&g->control) != 0) {
        struct pollfd p = {.fd = g->control.fd, .events = POLLIN};
        if (poll(&p, 1, 0) <= 0)
            return false;
        if (chan_receive(&g->control, 16) != CHAN_OK)
            return true;
    }
    return true;
}

/* --- worker to server --- */

static bool server_has_read_all(const struct gate *g)
{
    int unread = 0;
    return ioctl(g->server, SIOCOUTQ, &unread) == 0 && unread == 0;
}

/* Requests that may be judged now. */
static uint32_t allowance(struct gate *g)
{
    if (!g->paced || !g->judge.greeted)
        return UINT32_MAX;
    return server_has_read_all(g) ? pace_allows(&g->pace, loop_now_ms()) : 0;
}

static bool greet(struct gate *g, size_t setup_bytes)
{
    bool fits = flow_replace(&g->up, setup_bytes, g->greeting, g->greeting_len);
    g->judged = g->greeting_len;
    explicit_bzero(g->greeting, sizeof g->greeting);
    return fits;
}

/* What may not reach the desk while the owner is at work becomes NoOperation, which has any length:
   left out, the answers behind it would have other numbers than the worker expects. So does a press
   of a button where the owner may have left the pointer: an honest worker goes there first, and its
   motion may have come while the owner was at work, its press afterwards. */
static void pass(struct gate *g, size_t bytes)
{
    enum { NO_OPERATION = 127 };
    uint8_t *request = flow_change(&g->up) + g->judged;
    if ((g->owner_first && held_reaches(&g->held, request, bytes)) ||
        held_astray(&g->held, request, bytes))
        request[0] = NO_OPERATION, request[1] = 0;
    held_note(&g->held, request, bytes);
}

/* Judges held bytes until the allowance is used or a request is incomplete. false: the end. */
static bool judge_held(struct gate *g)
{
    if (g->paced && control_is_over(g))
        return false;
    uint32_t allowed = allowance(g), passed = 0;
    while (passed < allowed) {
        struct judge_verdict v =
            judge_bytes(&g->judge, flow_bytes(&g->up) + g->judged, g->up.len - g->judged);
        if (v.kind == JUDGE_VIOLATION) {
            report(g, &v);
            return false;
        }
        if (v.kind == JUDGE_MORE)
            break;
        if (v.kind == JUDGE_SETUP)
            return greet(g, v.bytes);
        if (g->paced)
            pass(g, v.bytes);
        g->judged += v.bytes;
        passed++;
    }
    if (g->paced)
        pace_take(&g->pace, passed);
    if (passed == allowed && g->up.len > g->judged)
        loop_set_timer(&g->loop, PACE_LOOK_MS, on_pace, g);
    return true;
}

/* Judges and sends until a request is incomplete or the server takes no more now. */
static void advance_up(struct gate *g)
{
    do {
        if (g->judged == 0 && !judge_held(g)) {
            loop_stop(&g->loop);
            return;
        }
        if (g->judged == 0)
            return;
        if (flow_write(&g->up, g->judged, &g->judged) == FLOW_OVER)
            loop_stop(&g->loop);
    } while (g->judged == 0);
}

static void on_pace(void *ctx)
{
    advance_up(ctx);
}

static void read_up(struct gate *g)
{
    enum flow_result r = flow_read(&g->up);
    if (g->up.n_fds > 0) {
        report(g, &(struct judge_verdict){.rule = GATE_RULE_DESCRIPTOR,
                                          .detail = (uint32_t)g->up.n_fds});
        return;
    }
    if (r == FLOW_OVER || (r == FLOW_OK && control_is_over(g)))
        loop_stop(&g->loop);
    else if (r == FLOW_OK)
        advance_up(g);
}

/* --- server to worker --- */

static void send_down(struct gate *g)
{
    size_t left;
    if (flow_write(&g->down, g->down.len, &left) == FLOW_OVER)
        loop_stop(&g->loop);
}

static void read_down(struct gate *g)
{
    enum flow_result r = flow_read(&g->down);
    if (r == FLOW_OVER)
        loop_stop(&g->loop);
    else if (r == FLOW_OK)
        send_down(g);
}

/* --- the loop's callbacks --- */

static bool reading_up(const struct gate *g)
{
    return g->judged == 0 && g->up.len < MAX_GATE_REQUEST * 2;
}

static short room_for(const struct flow *f)
{
    return f->starved ? LOOP_SOON : POLLOUT;
}

static short want_client(void *ctx)
{
    const struct gate *g = ctx;
    return (short)((reading_up(g) ? POLLIN : 0) | (g->down.len > 0 ? room_for(&g->down) : 0));
}

static short want_server(void *ctx)
{
    const struct gate *g = ctx;
    return (short)((g->down.len == 0 ? POLLIN : 0) | (g->judged > 0 ? room_for(&g->up) : 0));
}

static bool is_gone(short revents)
{
    return (revents & (POLLHUP | POLLERR | POLLNVAL)) != 0 && (revents & POLLIN) == 0;
}

static void on_client(void *ctx, short revents)
{
    struct gate *g = ctx;
    if (is_gone(revents)) {
        loop_stop(&g->loop);
        return;
    }
    if ((revents & POLLOUT) != 0)
        send_down(g);
    if ((revents & POLLIN) != 0)
        read_up(g);
}

static void on_server(void *ctx, short revents)
{
    struct gate *g = ctx;
    if (is_gone(revents)) {
        loop_stop(&g->loop);
        return;
    }
    if ((revents & POLLOUT) != 0)
        advance_up(g);
    if ((revents & POLLIN) != 0)
        read_down(g);
}

static short want_control(void *ctx)
{
    const struct gate *g = ctx;
    return chan_events(&g->control);
}

static void on_control(void *ctx, short revents)
{
    struct gate *g = ctx;
    (void)revents;
    if (chan_receive(&g->control, 16) != CHAN_OK)
        loop_stop(&g->loop);
}

/* --- messages --- */

static struct judge_terms terms_of(const struct msg_gate_open *m)
{
    return (struct judge_terms){
        .rules = m->client == 0 ? &x11_rules_capture : &x11_rules_input,
        .root = m->root,
        .target = m->target,
        .whole = m->whole,
        .x = m->x,
        .y = m->y,
        .w = m->w,
        .h = m->h,
        .n_spares = (uint8_t)m->n_spares,
        .majors = {[X11_SHM] = m->major_shm,
                   [X11_DAMAGE] = m->major_damage,
                   [X11_XFIXES] = m->major_xfixes,
                   [X11_RANDR] = m->major_randr,
                   [X11_XTEST] = m->major_xtest,
                   [X11_COMPOSITE] = m->major_composite},
    };
}

static int on_gate_open(void *ctx, struct msg_gate_open *m)
{
    struct gate *g = ctx;
    struct judge_terms terms = terms_of(m);
    for (size_t i = 0; i < m->n_spares; i++)
        terms.spares[i] = m->spares[i].code;
    uint32_t told[JUDGE_WINDOWS];
    memcpy(told, g->judge.windows, sizeof told);
    judge_init(&g->judge, &terms);
    judge_add_windows(&g->judge, told, JUDGE_WINDOWS);
    g->greeting_len = judge_greeting(g->greeting, m->cookie_name.data, m->cookie_name.len,
                                     m->cookie.data, m->cookie.len);
    g->paced = m->client == 1;
    pace_init(&g->pace, loop_now_ms());
    held_init(&g->held, m->major_xtest);
    g->server = m->server;
    g->client = m->client_end;
    m->server = m->client_end = -1;
    flow_init(&g->up, g->client, g->server);
    flow_init(&g->down, g->server, g->client);
    g->control.state = GATE_STATE_OPEN;
    return loop_add(&g->loop, g->client, want_client, on_client, g) &&
                   loop_add(&g->loop, g->server, want_server, on_server, g)
               ? 0
               : -1;
}

static int on_gate_windows(void *ctx, struct msg_gate_windows *m)
{
    struct gate *g = ctx;
    uint32_t ids[MAX_OWN_WINDOWS];
    for (size_t i = 0; i < m->n_windows; i++)
        ids[i] = m->windows[i].id;
    judge_add_windows(&g->judge, ids, m->n_windows);
    return 0;
}

static int on_gate_hold(void *ctx, struct msg_gate_hold *m)
{
    struct gate *g = ctx;
    g->owner_first = m->on == 1;
    held_lose_place(&g->held);
    return g->paced ? 0 : -1;
}

static const struct gate_at_gate handlers = {
    .on_gate_open = on_gate_open,
    .on_gate_hold = on_gate_hold,
    .on_gate_windows = on_gate_windows,
};

void gate_init(struct gate *g, int control_fd)
{
    memset(g, 0, sizeof *g);
    g->server = g->client = -1;
    loop_init(&g->loop);
    gate_init_gate(&g->control, control_fd, &handlers, g);
    loop_add(&g->loop, control_fd, want_control, on_control, g);
}

/* --- the end of an input worker's gate --- */

/* Writes all of it as the server takes it and the kernel has memory for it (chan_is_shortage), at
   most LET_GO_MS. */
static bool put_through(struct gate *g, const uint8_t *bytes, size_t n)
{
    uint64_t end = loop_now_ms() + LET_GO_MS;
    while (n > 0 && loop_now_ms() < end) {
        ssize_t sent = send(g->server, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR && !chan_is_shortage(errno))
            return false;
        if (sent < 0)
            poll(NULL, 0, PACE_LOOK_MS);
        else
            bytes += sent, n -= (size_t)sent;
    }
    return n == 0;
}

/* A server that finds us gone while it answers forgets the requests behind: so its answers are read
   until it has had time to do them all. */
static void await_server(struct gate *g)
{
    uint64_t end = loop_now_ms() + LET_GO_MS;
    uint8_t answers[4096];
    struct pollfd p = {.fd = g->server, .events = POLLIN};
    while (loop_now_ms() < end) {
        bool answered = poll(&p, 1, SETTLE_MS) > 0;
        if (!answered && server_has_read_all(g))
            return;
        if (answered && recv(g->server, answers, sizeof answers, MSG_DONTWAIT) <= 0)
            return;
    }
}

/* What was judged leaves first: half a request in front would spoil the releases. */
static void let_go(struct gate *g)
{
    static uint8_t requests[HELD_BYTES];
    size_t n = held_let_go(&g->held, requests);
    if (n > 0 && put_through(g, flow_bytes(&g->up), g->judged) && put_through(g, requests, n))
        await_server(g);
}

int gate_run(struct gate *g)
{
    int status = loop_run(&g->loop) == 0 ? 0 : 1;
    if (g->paced && g->server >= 0)
        let_go(g);
    return status;
}

void gate_finish(struct gate *g)
{
    flow_finish(&g->up);
    flow_finish(&g->down);
    if (g->client >= 0)
        close(g->client);
    if (g->server >= 0)
        close(g->server);
    chan_finish(&g->control);
    explicit_bzero(g, sizeof *g);
}
