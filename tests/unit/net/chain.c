/* Real relay, dial and net for the tests. */
#include "tests/unit/net/chain.h"
#include "tests/unit/built.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define PATIENCE_MS 20000

static bool hear(struct chan *c, const bool *flag)
{
    return built_hear(c, flag, PATIENCE_MS);
}

static int on_failed(void *ctx, struct msg_failed *m)
{
    (void)ctx;
    print_error("worker failed: code %u detail %u\n", m->code, m->detail);
    return 0;
}

/* --- relay ---------------------------------------------------------------------------------------
 */

static int relay_ready(void *ctx)
{
    struct chain_relay *r = ctx;
    r->ready = true;
    r->control.state = RELAY_STATE_READY;
    return 0;
}

static int relay_serving(void *ctx, struct msg_relay_serving *m)
{
    struct chain_relay *r = ctx;
    memcpy(r->pin, m->pin, sizeof r->pin);
    r->serving = true;
    r->taken = m->taken;
    return 0;
}

static int relay_event(void *ctx, struct msg_relay_event *m)
{
    struct chain_relay *r = ctx;
    r->events += (int)m->count;
    return 0;
}

static int relay_drained(void *ctx)
{
    struct chain_relay *r = ctx;
    r->drained = true;
    return 0;
}

static const struct relay_at_broker relay_handlers = {
    .on_ready = relay_ready,
    .on_failed = on_failed,
    .on_relay_serving = relay_serving,
    .on_relay_event = relay_event,
    .on_relay_drained = relay_drained,
};

static int make_listener(uint16_t *port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof in;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof in), 0);
    assert_int_equal(listen(fd, 128), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
    *port = ntohs(in.sin_port);
    return fd;
}

void chain_relay_start(struct chain_relay *r, int certificate, int key)
{
    struct msg_relay_keys keys = {.n_files = certificate >= 0 ? 2 : 0, .files = {certificate, key}};
    struct msg_relay_serve serve = {.low = 10, .high = 99, .n_sockets = 1, .n_metrics = 1};
    int control;
    *r = (struct chain_relay){.pid = built_start("vitrine-relay", &control)};
    relay_init_broker(&r->control, control, &relay_handlers, r);
    assert_int_equal(msg_relay_keys_send(&r->control, &keys), 0);
    assert_true(hear(&r->control, &r->ready));
    serve.sockets[0] = make_listener(&r->port);
    serve.metrics[0] = make_listener(&r->metrics_port);
    assert_int_equal(msg_relay_serve_send(&r->control, &serve), 0);
    close(serve.sockets[0]);
    close(serve.metrics[0]);
    r->control.state = RELAY_STATE_SERVING;
    assert_true(hear(&r->control, &r->serving));
}

void chain_relay_reload(struct chain_relay *r, int certificate, int key)
{
    struct msg_relay_keys keys = {.n_files = 2, .files = {certificate, key}};
    r->serving = false;
    assert_int_equal(msg_relay_keys_send(&r->control, &keys), 0);
    assert_true(hear(&r->control, &r->serving));
}

void chain_relay_stop(struct chain_relay *r)
{
    built_end(&r->pid);
    chan_finish(&r->control);
}

/* --- dial ----------------------------------------------------------------------------------------
 */

struct dialling {
    struct chan control;
    bool ready, done;
    int fd, stage, error;
};

static int dial_ready(void *ctx)
{
    struct dialling *d = ctx;
    d->ready = true;
    d->control.state = DIAL_STATE_READY;
    return 0;
}

static int on_dialled(void *ctx, struct msg_dialled *m)
{
    struct dialling *d = ctx;
    d->fd = m->relay;
    m->relay = -1;
    d->done = true;
    return 0;
}

static int on_dial_failed(void *ctx, struct msg_dial_failed *m)
{
    struct dialling *d = ctx;
    d->stage = m->stage;
    d->error = (int)m->error;
    d->done = true;
    return 0;
}

static const struct dial_at_broker dial_handlers = {
    .on_ready = dial_ready,
    .on_failed = on_failed,
    .on_dialled = on_dialled,
    .on_dial_failed = on_dial_failed,
};

int chain_dial(const char *host, uint16_t port, int *stage, int *error)
{
    struct dialling d = {.fd = -1};
    struct msg_dial m = {.host = {(const uint8_t *)host, strlen(host)}, .port = port};
    int control, status;
    pid_t pid = built_start("vitrine-dial", &control);
    dial_init_broker(&d.control, control, &dial_handlers, &d);
    assert_true(hear(&d.control, &d.ready));
    assert_int_equal(msg_dial_send(&d.control, &m), 0);
    assert_true(hear(&d.control, &d.done));
    *stage = d.stage;
    *error = d.error;
    chan_finish(&d.control);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return d.fd;
}

/* --- net: the test as broker ---------------------------------------------------------------------
 */

static int net_ready(void *ctx)
{
    struct chain_party *p = ctx;
    p->ready = true;
    p->control.state = NET_STATE_READY;
    return 0;
}

static int net_opened(void *ctx)
{
    struct chain_party *p = ctx;
    p->opened = true;
    return 0;
}

static int net_closed(void *ctx, struct msg_net_closed *m)
{
    struct chain_party *p = ctx;
    p->end = *m;
    p->closed = true;
    return 0;
}

static int net_failed(void *ctx, struct msg_failed *m)
{
    struct chain_party *p = ctx;
    p->failed = m->code;
    return 0;
}

static const struct net_at_broker net_handlers = {
    .on_ready = net_ready,
    .on_failed = net_failed,
    .on_net_opened = net_opened,
    .on_net_closed = net_closed,
};

/* --- net: the test as seal -----------------------------------------------------------------------
 */

static void keep(struct chain_party *p, struct span s)
{
    assert_true(s.len <= sizeof p->last);
    memcpy(p->last, s.data, s.len);
    p->n_last = s.len;
}

static int link_opened(void *ctx, struct msg_link_opened *m)
{
    struct chain_party *p = ctx;
    memcpy(p->sid, m->sid.data, 9);
    p->handle = m->handle;
    p->n_params = m->params.len;
    if (m->params.len > 0)
        memcpy(p->params, m->params.data, m->params.len);
    p->link.state = LINK_STATE_OPEN;
    return 0;
}

static int link_msg(void *ctx, struct msg_link_msg *m)
{
    struct chain_party *p = ctx;
    p->peer = m->peer;
    keep(p, m->body);
    p->n_msgs++;
    return 0;
}

static int link_unit(void *ctx, struct msg_link_unit *m)
{
    struct chain_party *p = ctx;
    keep(p, m->unit);
    p->n_units++;
    return 0;
}

static int link_peer(void *ctx, struct msg_link_peer *m)
{
    struct chain_party *p = ctx;
    p->peer = m->handle;
    p->peer_state = m->state;
    return 0;
}

static int link_bound(void *ctx, struct msg_link_bound *m)
{
    struct chain_party *p = ctx;
    p->bound = m->mid;
    return 0;
}

static int link_away(void *ctx, struct msg_link_away *m)
{
    struct chain_party *p = ctx;
    p->away = m->on;
    return 0;
}

static int link_need(void *ctx)
{
    struct chain_party *p = ctx;
    p->n_needs++;
    return 0;
}

static const struct link_at_seal link_handlers = {
    .on_link_opened = link_opened,
    .on_link_msg = link_msg,
    .on_link_unit = link_unit,
    .on_link_peer = link_peer,
    .on_link_bound = link_bound,
    .on_link_away = link_away,
    .on_link_need = link_need,
};

static void connect_net(struct chain_party *p, const struct chain_relay *r,
                        const struct chain_want *want, bool back)
{
    const char *host = want->host != NULL ? want->host : "127.0.0.1";
    struct msg_net_connect m = {
        .host = {(const uint8_t *)host, strlen(host)}, .has_pin = want->pin != NULL, .back = back};
    int ends[2], stage, error;
    if (want->pin != NULL)
        memcpy(m.pin, want->pin, sizeof m.pin);
    if (want->sid != NULL)
        m.sid = (struct span){(const uint8_t *)want->sid, 9};
    assert_int_equal(chan_pair(ends), 0);
    m.relay = chain_dial("127.0.0.1", r->port, &stage, &error);
    assert_true(m.relay >= 0);
    m.link = ends[1];
    link_init_seal(&p->link, ends[0], &link_handlers, p);
    assert_int_equal(msg_net_connect_send(&p->control, &m), 0);
    p->control.state = NET_STATE_OPEN;
    close(m.relay);
    close(ends[1]);
}

void chain_join(struct chain_party *p, const struct chain_relay *r, const struct chain_want *want)
{
    struct msg_net_anchors anchors = {.n_bundle = want->anchors > 0, .bundle = {want->anchors}};
    int control;
    *p = (struct chain_party){.pid = built_start("vitrine-net", &control), .away = -1};
    net_init_broker(&p->control, control, &net_handlers, p);
    assert_int_equal(msg_net_anchors_send(&p->control, &anchors), 0);
    assert_true(hear(&p->control, &p->ready));
    connect_net(p, r, want, false);
}

void chain_return(struct chain_party *p, const struct chain_relay *r, const struct chain_want *want)
{
    chan_finish(&p->link);
    p->opened = p->closed = p->link_gone = false;
    p->bound = 0;
    p->n_params = 0;
    connect_net(p, r, want, true);
}

void chain_leave(struct chain_party *p)
{
    built_end(&p->pid);
    chan_finish(&p->control);
    chan_finish(&p->link);
}

/* --- running -------------------------------------------------------------------------------------
 */

static void run_party(struct chain_party *p)
{
    if (p->control.fd >= 0 && chan_receive(&p->control, 16) != CHAN_OK)
        chan_finish(&p->control);
    if (p->link.fd >= 0 && !p->deaf && chan_receive(&p->link, 64) != CHAN_OK) {
        chan_finish(&p->link);
        p->link_gone = true;
    }
}

static void run_once(struct chain_party *const *all, int n)
{
    struct pollfd fds[32];
    for (int i = 0; i < n; i++) {
        fds[2 * i] = (struct pollfd){.fd = all[i]->control.fd, .events = POLLIN};
        fds[2 * i + 1] =
            (struct pollfd){.fd = all[i]->deaf ? -1 : all[i]->link.fd, .events = POLLIN};
    }
    poll(fds, (nfds_t)n * 2, 5);
    for (int i = 0; i < n; i++)
        run_party(all[i]);
}

bool chain_until(struct chain_party *const *all, int n, const bool *flag)
{
    uint64_t until = loop_now_ms() + PATIENCE_MS;
    while (!*flag && loop_now_ms() < until)
        run_once(all, n);
    return *flag;
}

bool chain_until_count(struct chain_party *const *all, int n, const int *count, int want)
{
    uint64_t until = loop_now_ms() + PATIENCE_MS;
    while (*count < want && loop_now_ms() < until)
        run_once(all, n);
    return *count >= want;
}

void chain_run(struct chain_party *const *all, int n, int ms)
{
    uint64_t until = loop_now_ms() + (uint64_t)ms;
    while (loop_now_ms() < until)
        run_once(all, n);
}
