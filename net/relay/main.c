/*
 * vitrine-relay: accepts clients, forwards sealed units and messages between them, limits and
 * counts. It sees no plaintext, holds no key of a session, and opens no file: certificate, key and
 * sockets are handed to it. Distrusts every client.
 */
#include "ch_relay.h"
#include "lib/worker.h"
#include "net/relay/server.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/socket.h>

#define EVENTS_QUEUED                                                                              \
    65536 /* bytes of RELAY_EVENT kept for a busy parent; more are counted, and told later */

struct relay {
    struct chan control;
    struct server server;
    struct keys keys;
    bool has_keys, serves;
};

static bool load_keys(struct keys *k, const struct msg_relay_keys *m)
{
    return m->n_files == 2 ? keys_read(k, m->files[0], m->files[1]) : keys_make(k);
}

static int tell_serving(struct relay *r, bool taken)
{
    struct msg_relay_serving m = {.taken = taken};
    memcpy(m.pin, r->server.keys.pin, sizeof m.pin);
    return msg_relay_serving_send(&r->control, &m);
}

/* Keys that cannot be used are not taken: the answer then names the PIN that still holds. */
static int reload_keys(struct relay *r, const struct msg_relay_keys *m)
{
    struct keys fresh;
    bool taken = m->n_files == 2 && load_keys(&fresh, m);
    if (taken)
        server_reload(&r->server, &fresh);
    return tell_serving(r, taken);
}

static int on_relay_keys(void *ctx, struct msg_relay_keys *m)
{
    struct relay *r = ctx;
    if (m->n_files == 1)
        return -1;
    if (r->serves)
        return reload_keys(r, m);
    if (r->has_keys)
        return -1;
    if (!load_keys(&r->keys, m))
        worker_fail(&r->control, FAIL_KEYS, 0);
    r->has_keys = true;
    return 0;
}

static bool on_intrusion(void *ctx, enum relay_intrusion kind, uint32_t count, const char *source)
{
    struct relay *r = ctx;
    struct msg_relay_event m = {
        .kind = (uint8_t)kind,
        .count = count,
        .source = {(const uint8_t *)source, strlen(source)},
    };
    return msg_relay_event_send(&r->control, &m) == 0;
}

static void fill_config(struct hub_config *c, struct relay *r, const struct msg_relay_serve *m)
{
    *c = (struct hub_config){
        .random = keys_random,
        .event = on_intrusion,
        .event_ctx = r,
        .low = m->low,
        .high = m->high,
        .n_create_key = m->create_key.len,
    };
    if (m->create_key.len > 0)
        memcpy(c->create_key, m->create_key.data, m->create_key.len);
    c->n_proxies = m->n_proxies;
    for (size_t i = 0; i < m->n_proxies; i++)
        memcpy(c->proxies[i], m->proxies[i].address, sizeof c->proxies[i]);
}

/* Whatever is asked there is answered: only this machine may ask. */
static bool is_loopback(int fd)
{
    struct sockaddr_in6 a = {0}; /* the larger of the two */
    struct sockaddr_in v4;
    socklen_t len = sizeof a;
    if (getsockname(fd, (struct sockaddr *)&a, &len) != 0)
        return false;
    memcpy(&v4, &a, sizeof v4);
    return a.sin6_family == AF_INET ? ntohl(v4.sin_addr.s_addr) >> 24 == 127
                                    : IN6_IS_ADDR_LOOPBACK(&a.sin6_addr);
}

static int on_relay_serve(void *ctx, struct msg_relay_serve *m)
{
    struct relay *r = ctx;
    struct hub_config config;
    int metrics = m->n_metrics > 0 ? m->metrics[0] : -1, result;
    if (m->low > m->high || (metrics >= 0 && !is_loopback(metrics)))
        return -1;
    fill_config(&config, r, m);
    result =
        server_init(&r->server, &r->control, &r->keys, &config, m->sockets, m->n_sockets, metrics);
    OPENSSL_cleanse(&config, sizeof config);
    if (result != 0)
        worker_fail(&r->control, FAIL_MEMORY, 0);
    for (int i = 0; i < m->n_sockets; i++)
        m->sockets[i] = -1;
    if (m->n_metrics > 0)
        m->metrics[0] = -1;
    r->serves = true;
    r->control.state = RELAY_STATE_SERVING;
    return tell_serving(r, true);
}

static int on_relay_drain(void *ctx, struct msg_relay_drain *m)
{
    struct relay *r = ctx;
    r->control.state = RELAY_STATE_DRAINING;
    server_drain(&r->server, m->seconds);
    return 0;
}

static const struct relay_at_relay handlers = {on_relay_keys, on_relay_serve, on_relay_drain};

static void await(struct relay *r, const bool *what)
{
    while (!*what)
        if (chan_receive_wait(&r->control) != CHAN_OK)
            worker_fail(&r->control, FAIL_MESSAGE, r->control.bad_type);
}

int main(void)
{
    static struct relay r;
    worker_begin(WORKER_RELAY);
    relay_init_relay(&r.control, WORKER_CONTROL_FD, &handlers, &r);
    r.control.queue_limit = EVENTS_QUEUED;
    if (!keys_warm_up())
        worker_fail(&r.control, FAIL_CRYPTO, 0);
    await(&r, &r.has_keys);
    worker_confine(WORKER_RELAY, &policy_relay, &r.control);
    await(&r, &r.serves);
    server_run(&r.server);
    if (r.control.state == RELAY_STATE_DRAINING)
        (void)msg_relay_drained_send(&r.control);
    server_finish(&r.server);
    chan_finish(&r.control);
    return 0;
}
