/*
 * vitrine-net: TLS 1.3 to the relay on the one socket it was handed, sealed bytes to and from seal.
 * It holds no key of a session and sees no plaintext. Distrusts the relay and the network. A lost
 * line is taken up again on another socket, with the token that only this process holds.
 */
#include "ch_net.h"
#include "lib/worker.h"
#include "net/wire/wire.h"
#include <malloc.h>
#include <string.h>

/* Memory of units that have left is kept for the next ones, up to a large picture of them: given
   back, each page of it would be a fault again. */
#define KEEP_BYTES 2097152

static struct wire wire;
static bool has_anchors;

static int on_net_anchors(void *ctx, struct msg_net_anchors *m)
{
    struct wire *w = ctx;
    if (has_anchors)
        return -1;
    if (m->n_bundle > 0 && tls_read_anchors(&w->tls, m->bundle[0]) < 0)
        worker_fail(&w->control, FAIL_KEYS, 0);
    has_anchors = true;
    return 0;
}

static int on_net_connect(void *ctx, struct msg_net_connect *m)
{
    struct wire *w = ctx;
    char host[MAX_HOST + 1] = "", sid[FRAME_SID + 1] = "";
    struct wire_target target = {
        .host = host,
        .pin = m->has_pin ? m->pin : NULL,
        .sid = m->sid.len > 0 ? sid : NULL,
        .create_key = m->create_key,
        .back = m->back,
    };
    int relay = m->relay, link = m->link;
    if (m->sid.len != 0 && (m->sid.len != FRAME_SID || !frame_sid_valid(m->sid.data)))
        return -1;
    if (w->phase != WIRE_IDLE || w->has_token != m->back)
        return -1; /* one session in the life of this process */
    memcpy(host, m->host.data, m->host.len);
    if (m->sid.len > 0)
        memcpy(sid, m->sid.data, m->sid.len);
    m->relay = m->link = -1;
    w->control.state = NET_STATE_OPEN;
    wire_begin(w, &target, relay, link);
    return 0;
}

static const struct net_at_net handlers = {on_net_anchors, on_net_connect};

static void on_control(void *ctx, short revents)
{
    struct wire *w = ctx;
    (void)revents;
    if (chan_receive(&w->control, 4) != CHAN_OK)
        loop_stop(&w->loop);
}

int main(void)
{
    worker_begin(WORKER_NET);
    (void)mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
    (void)mallopt(M_MMAP_THRESHOLD, KEEP_BYTES);
    net_init_net(&wire.control, WORKER_CONTROL_FD, &handlers, &wire);
    wire_init(&wire);
    if (!tls_warm_up(&wire.tls))
        worker_fail(&wire.control, FAIL_CRYPTO, 0);
    while (!has_anchors)
        if (chan_receive_wait(&wire.control) != CHAN_OK)
            worker_fail(&wire.control, FAIL_MESSAGE, wire.control.bad_type);
    worker_confine(WORKER_NET, &policy_net, &wire.control);
    loop_add(&wire.loop, WORKER_CONTROL_FD, NULL, on_control, &wire);
    loop_run(&wire.loop);
    wire_finish(&wire);
    chan_finish(&wire.control);
    return 0;
}
