/* `vitrine relay`: see relay_cmd.h. */
#include "broker/relay_cmd.h"
#include "broker/conf.h"
#include "broker/events.h"
#include "broker/launcher.h"
#include "broker/options.h"
#include "broker/protect.h"
#include "broker/relay_conf.h"
#include "broker/relay_log.h"
#include "broker/workers.h"
#include "ch_relay.h"
#include "lib/clock.h"
#include "lib/fd.h"
#include "lib/hex.h"
#include "lib/json.h"
#include "lib/loop.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EXIT_LINE = 4, EXIT_UNSAFE = 5, EXIT_POLICY = 6, DRAIN_S = 30 };

struct relay_run {
    const struct options *o;
    struct loop loop;
    struct launcher launcher;
    struct workers workers;
    struct worker *relay;
    int cert, key, signals, status;
    int sockets[4], metrics;
    unsigned n_sockets;
    struct relay_name at; /* where it is reached */
    struct relay_conf conf;
    struct relay_log log;
    bool draining;
};

static void stop(struct relay_run *r, int status)
{
    r->status = status;
    loop_stop(&r->loop);
}

/* --- what the relay says */

static int on_serving(void *ctx, struct msg_relay_serving *m)
{
    struct relay_run *r = ((struct worker *)ctx)->ctx;
    char text[INVITE_RELAY], pin[HEX_SIZE(16)];
    if (!m->taken) {
        fputs("vitrine: certificate or key is not usable; both are PEM, and of one pair; the relay "
              "goes on with those it has\n",
              stderr);
        return 0;
    }
    memcpy(r->at.pin, m->pin, sizeof r->at.pin);
    r->at.has_pin = true;
    invite_format_relay(&r->at, text);
    hex_format(m->pin, 16, pin);
    if (r->o->events)
        events_session(
            &(struct events_session){.id = "", .invitation = "", .relay = text, .pin = pin});
    else
        printf("relay %s\n", text);
    fflush(stdout);
    return 0;
}

static int on_intrusion(void *ctx, struct msg_relay_event *m)
{
    static const char *const kinds[] = {"",          "no_number",  "wrong_password", "malformed",
                                        "bad_token", "create_key", "flood",          "locked_out",
                                        "slow",      "nonsense",   "no_place"};
    const struct relay_run *r = ((struct worker *)ctx)->ctx;
    struct json j;
    char line[512];
    json_begin(&j, line, sizeof line);
    json_time(&j, "time", clock_unix_ms());
    json_text(&j, "event", m->kind < sizeof kinds / sizeof kinds[0] ? kinds[m->kind] : "other");
    json_bytes(&j, "source", m->source.data, m->source.len);
    json_number(&j, "count", m->count);
    if (json_end(&j))
        relay_log_write(&r->log, line);
    return 0;
}

static int on_drained(void *ctx)
{
    stop(((struct worker *)ctx)->ctx, 0);
    return 0;
}

static const struct relay_at_broker handlers = {
    .on_ready = workers_on_ready,
    .on_failed = workers_on_failed,
    .on_relay_serving = on_serving,
    .on_relay_event = on_intrusion,
    .on_relay_drained = on_drained,
};

/* --- certificate and key */

static void close_keys(struct relay_run *r)
{
    fd_close(&r->cert);
    fd_close(&r->key);
}

static int open_key(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        fprintf(stderr, "vitrine: %s cannot be read: %s\n", path, strerror(errno));
    return fd;
}

static int open_keys(struct relay_run *r)
{
    if (!r->o->cert)
        return 0;
    close_keys(r);
    r->cert = open_key(r->o->cert);
    r->key = r->cert < 0 ? -1 : open_key(r->o->key);
    if (r->key >= 0)
        return 0;
    close_keys(r);
    return -1;
}

static bool send_keys(struct relay_run *r)
{
    struct msg_relay_keys m = {.n_files = r->cert >= 0 ? 2 : 0, .files = {r->cert, r->key}};
    if (msg_relay_keys_send(&r->relay->control, &m) == 0 || errno == EPIPE)
        return true; /* one that is gone says so by its end */
    fprintf(stderr, "vitrine: certificate and key did not reach the relay: %s; try again\n",
            strerror(errno));
    return false;
}

/* --- start */

static void unheard(struct relay_run *r, const char *what, int status)
{
    fprintf(stderr, "vitrine: %s: %s; start it again\n", what, strerror(errno));
    stop(r, status);
}

static void no_launcher(struct relay_run *r)
{
    unheard(r, "the launcher, which makes sockets, does not hear", EXIT_UNSAFE);
}

static void serve(struct relay_run *r)
{
    struct msg_relay_serve m = {
        .create_key = span_text(r->conf.create_key),
        .low = (uint8_t)r->conf.low,
        .high = (uint8_t)r->conf.high,
        .n_proxies = (uint16_t)r->conf.n_proxies,
        .n_sockets = (uint16_t)r->n_sockets,
        .n_metrics = r->metrics >= 0,
        .metrics = {r->metrics},
    };
    memcpy(m.sockets, r->sockets, sizeof r->sockets);
    for (size_t i = 0; i < r->conf.n_proxies; i++)
        memcpy(m.proxies[i].address, r->conf.proxies[i], sizeof m.proxies[i].address);
    if (msg_relay_serve_send(&r->relay->control, &m) != 0)
        unheard(r, "the relay does not hear", EXIT_LINE);
    r->relay->control.state = RELAY_STATE_SERVING;
    for (unsigned i = 0; i < r->n_sockets; i++)
        close(r->sockets[i]);
    if (r->metrics >= 0)
        close(r->metrics);
    r->n_sockets = 0;
    r->metrics = -1;
}

static void port_error(struct relay_run *r, const char *address, uint16_t port, int error)
{
    fprintf(stderr,
            "vitrine: cannot listen on %s port %u: %s; end the other program or choose --listen\n",
            *address ? address : "all addresses", port, strerror(error));
    stop(r, EXIT_LINE);
}

static void on_metrics(void *ctx, const int *sockets, unsigned n, uint16_t port, int error)
{
    struct relay_run *r = ctx;
    if (error || n == 0) {
        port_error(r, r->o->metrics.host, port ? port : r->o->metrics.port, error);
        return;
    }
    r->metrics = sockets[0];
    for (unsigned i = 1; i < n; i++)
        close(sockets[i]);
    serve(r);
}

static void on_listening(void *ctx, const int *sockets, unsigned n, uint16_t port, int error)
{
    struct relay_run *r = ctx;
    if (error || n > 4) {
        port_error(r, r->o->listen.host, r->at.port, error);
        return;
    }
    memcpy(r->sockets, sockets, n * sizeof sockets[0]);
    r->n_sockets = n;
    r->at.port = port;
    if (launcher_means_all(r->o->has_listen ? r->o->listen.host : ""))
        snprintf(r->at.host, sizeof r->at.host, "%s", r->launcher.route);
    if (!r->o->has_metrics)
        serve(r);
    else if (!launcher_listen(&r->launcher, r->o->metrics.host, r->o->metrics.port, on_metrics, r))
        no_launcher(r);
}

static void on_open(struct worker *w, int fd)
{
    relay_init_broker(&w->control, fd, &handlers, w);
}

static void on_started(struct worker *w)
{
    struct relay_run *r = w->ctx;
    r->relay = w;
    if (!send_keys(r))
        stop(r, EXIT_UNSAFE);
}

static void on_verified(struct worker *w)
{
    struct relay_run *r = w->ctx;
    close_keys(r); /* it has its own; a second start cannot come any more */
    const char *address = r->o->has_listen ? r->o->listen.host : "";
    if (!launcher_listen(&r->launcher, address, r->at.port, on_listening, r))
        no_launcher(r);
}

static int status_of(const struct worker_end *end)
{
    if (end->was_verified)
        return EXIT_LINE;
    return end->fail == FAIL_KEYS ? EXIT_USAGE : EXIT_UNSAFE;
}

static const char *advice_for(const struct worker_end *end)
{
    if (end->was_verified)
        return "start it again";
    return end->fail == FAIL_KEYS
               ? "certificate or key is not usable; both are PEM, and of one pair"
               : "`vitrine doctor` shows what this computer can enforce";
}

static void on_ended(struct worker *w, const struct worker_end *end)
{
    struct relay_run *r = w->ctx;
    r->relay = NULL;
    if (!r->draining)
        fprintf(stderr, "vitrine: the relay ended: %s; %s\n", end->why, advice_for(end));
    stop(r, r->draining ? 0 : status_of(end));
}

static const struct worker_uses uses = {
    .open = on_open, .started = on_started, .verified = on_verified, .ended = on_ended};

static void on_worker(void *ctx, const struct worker_event *e)
{
    static const char *const states[] = {"started", "verified", "ended"};
    (void)ctx;
    events_worker(worker_kind_name(e->worker->kind), e->worker->process.pid, states[e->what],
                  e->end ? e->end->why : NULL);
}

/* --- signals */

static void drain(struct relay_run *r)
{
    if (r->draining || !r->relay || r->relay->control.state < RELAY_STATE_SERVING) {
        stop(r, 0); /* a second signal, or nothing to drain */
        return;
    }
    r->draining = true;
    r->relay->control.state = RELAY_STATE_DRAINING;
    if (msg_relay_drain_send(&r->relay->control, &(struct msg_relay_drain){.seconds = DRAIN_S}) !=
        0)
        stop(r, 0);
}

/* Keys come to a relay that serves: before, it has just read them; later, it needs none. */
static bool is_serving(const struct relay_run *r)
{
    return r->relay && r->relay->control.state == RELAY_STATE_SERVING;
}

static void read_anew(struct relay_run *r)
{
    (void)relay_log_open(&r->log); /* one that cannot be opened: the old one goes on */
    if (r->o->cert && is_serving(r) && open_keys(r) == 0) {
        (void)send_keys(r); /* it has said so: the old ones go on */
        close_keys(r);
    }
}

static void on_signal(void *ctx, short revents)
{
    struct relay_run *r = ctx;
    struct signalfd_siginfo info;
    (void)revents;
    while (read(r->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGHUP)
            read_anew(r);
        else
            drain(r);
    }
}

static int watch_signals(struct relay_run *r)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    r->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return r->signals >= 0 && loop_add(&r->loop, r->signals, NULL, on_signal, r) ? 0 : -1;
}

/* --- beginning */

static bool start_relay(struct relay_run *r, bool require_namespaces)
{
    if (watch_signals(r) != 0 || launcher_attach(&r->launcher, &r->loop) != 0 ||
        workers_init(&r->workers, &r->loop, &r->launcher, on_worker, r) != 0)
        return false;
    r->workers.require_namespaces = require_namespaces;
    return workers_start(&r->workers, WORKER_RELAY, &uses, r) != NULL;
}

static int prepare(struct relay_run *r)
{
    const char *why;
    char error[KEYFILE_ERROR];
    struct conf conf;
    r->at = r->o->listen;
    r->at.port = r->o->has_listen ? r->o->listen.port : RELAY_PORT;
    if (!protect_possible(&why)) {
        fprintf(stderr, "vitrine: %s\n", why);
        return EXIT_UNSAFE;
    }
    if (start_init() != 0 || launcher_fork(&r->launcher) != 0 || protect_broker() != 0) {
        fprintf(stderr, "vitrine: this computer does not let the relay be locked in; a newer "
                        "kernel is needed\n");
        return EXIT_UNSAFE;
    }
    if (!conf_load(&conf, error)) {
        fprintf(stderr, "vitrine: %s\n", error);
        return EXIT_POLICY;
    }
    conf_finish(&conf);
    if (!relay_conf_read(&r->conf, r->o->config, error)) {
        fprintf(stderr, "vitrine: %s\n", error);
        return EXIT_USAGE;
    }
    if (open_keys(r) != 0 || relay_log_open(&r->log) != 0)
        return EXIT_USAGE;
    loop_init(&r->loop);
    if (r->o->events)
        events_init(STDOUT_FILENO);
    if (!start_relay(r, conf.namespaces_required != 0)) {
        fprintf(stderr, "vitrine: the relay could not be started: %s\n", strerror(errno));
        return EXIT_UNSAFE;
    }
    return 0;
}

int relay_cmd(const struct options *o)
{
    static struct relay_run run = {
        .cert = -1, .key = -1, .signals = -1, .metrics = -1, .log.fd = -1};
    run.o = o;
    run.log.path = o->log;
    run.status = prepare(&run);
    if (run.status == 0 && loop_run(&run.loop) != 0)
        run.status = EXIT_LINE;
    workers_kill_all(&run.workers, "the relay ends");
    launcher_finish(&run.launcher);
    close_keys(&run);
    relay_log_close(&run.log);
    relay_conf_wipe(&run.conf);
    events_finish(500);
    return run.status;
}
