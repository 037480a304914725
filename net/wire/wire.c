/* Phases of the connection to the relay, sending, time. Run by vitrine-net. Distrusts the relay: a
   frame that is malformed or not allowed now ends the connection. */
#include "net/wire/wire.h"
#include "ch_link.h"
#include "ch_net.h"
#include "lib/worker.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TICK_MS 1000
#define NOT_SENT 65536

static void read_relay(struct wire *w);
static void write_relay(struct wire *w);

void wire_init(struct wire *w)
{
    w->phase = WIRE_IDLE;
    w->fd = -1;
    w->link.fd = -1;
    pace_init(&w->pace);
    loop_init(&w->loop);
}

void wire_finish(struct wire *w)
{
    outbox_finish(&w->outbox);
    free(w->out);
    chan_finish(&w->link);
    tls_finish(&w->tls);
    if (w->fd >= 0)
        close(w->fd);
    OPENSSL_cleanse(w->token, sizeof w->token);
    OPENSSL_cleanse(w->key, sizeof w->key);
    w->out = NULL;
    w->fd = -1;
}

static void tell_closed(struct wire *w, bool back, const uint8_t pin[TLS_PIN])
{
    struct msg_net_closed m = {.what = (uint8_t)w->over.what, .code = w->over.code, .back = back};
    memcpy(m.pin, pin, sizeof m.pin);
    (void)msg_net_closed_send(&w->control, &m); /* a broker that is gone needs no telling */
}

static void on_tick(void *ctx);
static void on_flush_over(void *ctx);

/* Outside of every handler of this connection: all of it goes, but for number and token. */
static void on_over(void *ctx)
{
    struct wire *w = ctx;
    uint8_t pin[TLS_PIN];
    memcpy(pin, w->tls.shown, sizeof pin);
    loop_clear_timer(&w->loop, on_tick, w);
    loop_clear_timer(&w->loop, on_flush_over, w);
    loop_remove(&w->loop, w->fd);
    close(w->fd);
    w->fd = -1;
    if (w->link.fd >= 0)
        loop_remove(&w->loop, w->link.fd);
    chan_finish(&w->link);
    tls_end(&w->tls);
    outbox_finish(&w->outbox);
    w->outbox = (struct outbox){0};
    free(w->out);
    w->out = NULL;
    w->sent = w->have = 0;
    w->wants_write = w->link_unwatched = w->draining = w->bound = false;
    pace_init(&w->pace);
    w->phase = WIRE_IDLE;
    w->control.state = NET_STATE_READY;
    tell_closed(w, true, pin);
}

void wire_end(struct wire *w, enum net_end what, uint16_t code)
{
    if (w->phase == WIRE_OVER)
        return;
    w->phase = WIRE_OVER;
    w->over.what = what;
    w->over.code = code;
    tls_close(&w->tls);
    bool lost = what == NET_END_LOST || what == NET_END_TLS || what == NET_END_CLEAN;
    if (lost && w->has_token && loop_set_timer(&w->loop, 1, on_over, w))
        return;
    tell_closed(w, false, w->tls.shown);
    loop_stop(&w->loop);
}

/* --- frames of our own ---------------------------------------------------------------------------
 */

void wire_queue(struct wire *w, const struct frame *f)
{
    if (!outbox_add(&w->outbox, f))
        wire_end(w, NET_END_OURS, 0);
}

static void queue_opening(struct wire *w)
{
    struct frame f = {.type = w->creates && !w->returns ? FRAME_CREATE : FRAME_ATTACH};
    if (f.type == FRAME_CREATE) {
        f.u.create.key = (struct span){w->key, w->n_key};
    } else {
        memcpy(f.u.attach.sid, w->sid, FRAME_SID);
        f.u.attach.as = FRAME_AS_NEWCOMER;
    }
    if (w->returns) {
        f.u.attach.as = w->creates ? FRAME_AS_ORGANIZER : FRAME_AS_MEMBER;
        memcpy(f.u.attach.token, w->token, FRAME_TOKEN);
    }
    wire_queue(w, &f);
    OPENSSL_cleanse(&f, sizeof f);
    OPENSSL_cleanse(w->key, sizeof w->key);
}

/* --- TLS -----------------------------------------------------------------------------------------
 */

static void end_tls(struct wire *w, enum tls_result r)
{
    if (w->tls.refused)
        wire_end(w, NET_END_CERTIFICATE, (uint16_t)w->tls.alert);
    else if (r == TLS_FAILED)
        wire_end(w, NET_END_TLS, (uint16_t)w->tls.alert);
    else
        wire_end(w, w->phase == WIRE_CLOSING ? NET_END_OURS : NET_END_LOST, 0);
}

/* true: go on now. */
static bool handled(struct wire *w, enum tls_result r)
{
    if (r == TLS_WRITE)
        w->wants_write = true;
    if (r == TLS_FAILED || r == TLS_CLOSED)
        end_tls(w, r);
    return r == TLS_OK;
}

static void shake_hands(struct wire *w)
{
    if (!handled(w, tls_shake_hands(&w->tls)))
        return;
    w->phase = WIRE_OPENING;
    w->heard_ms = loop_now_ms();
    queue_opening(w);
}

static bool is_talking(const struct wire *w)
{
    return w->phase == WIRE_OPENING || w->phase == WIRE_OPEN || w->phase == WIRE_CLOSING;
}

/* Nothing more is read while seal has not taken what it was sent. */
static bool may_read(const struct wire *w)
{
    return is_talking(w) && w->link.queued == 0;
}

static void take_frame(struct wire *w)
{
    struct frame f;
    size_t len = w->have;
    w->have = 0;
    if (frame_decode(w->in, len, FRAME_FROM_RELAY, &f) != FRAME_GOOD || !inward_take(w, &f))
        wire_end(w, NET_END_PROTOCOL, 0);
}

static bool read_some(struct wire *w)
{
    size_t need = frame_need(w->in, w->have, FRAME_FROM_RELAY), n;
    if (!handled(w, tls_read(&w->tls, w->in + w->have, need - w->have, &n)))
        return false;
    w->have += n;
    w->heard_ms = loop_now_ms();
    need = frame_need(w->in, w->have, FRAME_FROM_RELAY);
    if (need == 0)
        wire_end(w, NET_END_PROTOCOL, 0);
    else if (w->have == need && w->have >= FRAME_HEAD)
        take_frame(w);
    return true;
}

/* What was asked is answered before the next is read. */
static void read_relay(struct wire *w)
{
    while (may_read(w) && read_some(w))
        if (w->outbox.lists[FRAME_RANK_OWN].frames > 0)
            write_relay(w);
}

/* --- sending -------------------------------------------------------------------------------------
 */

static bool next_frame(struct wire *w)
{
    if (w->out == NULL) {
        w->out = outbox_pop(&w->outbox, pace_allows(&w->pace));
        w->sent = 0;
    }
    return w->out != NULL;
}

static void frame_sent(struct wire *w)
{
    if (w->out->bytes[0] == FRAME_UNIT)
        pace_sent(&w->pace, (uint32_t)w->out->len);
    free(w->out);
    w->out = NULL;
    w->said_ms = loop_now_ms();
}

static void write_relay(struct wire *w)
{
    size_t n;
    while (is_talking(w) && next_frame(w)) {
        w->wants_write = false;
        if (!handled(w, tls_write(&w->tls, w->out->bytes + w->sent, w->out->len - w->sent, &n)))
            return;
        w->sent += n;
        if (w->sent == w->out->len)
            frame_sent(w);
    }
    if (w->phase == WIRE_CLOSING && w->outbox.bytes == 0)
        wire_end(w, NET_END_OURS, 0);
}

/* --- the loop's view -----------------------------------------------------------------------------
 */

static short relay_events(void *ctx)
{
    const struct wire *w = ctx;
    short events = 0;
    if (w->phase == WIRE_HANDSHAKE || may_read(w))
        events |= POLLIN;
    if (w->wants_write)
        events |= POLLOUT;
    return events;
}

static bool link_readable(const struct wire *w)
{
    return w->phase == WIRE_OPEN && w->outbox.bytes < NET_QUEUE;
}

static short link_events(void *ctx)
{
    const struct wire *w = ctx;
    short events = chan_events(&w->link);
    return (short)(link_readable(w) ? events : events & ~POLLIN);
}

static void on_flush_over(void *ctx)
{
    wire_end(ctx, NET_END_OURS, 0);
}

static void begin_closing(struct wire *w)
{
    loop_remove(&w->loop, w->link.fd);
    chan_finish(&w->link);
    if (w->phase != WIRE_OPEN) {
        wire_end(w, NET_END_OURS, 0);
        return;
    }
    w->phase = WIRE_CLOSING;
    loop_set_timer(&w->loop, NET_FLUSH_MS, on_flush_over, w);
}

/* One message at a time: each may be as large as half of what may wait. */
static void read_link(struct wire *w)
{
    for (int i = 0; i < 64 && link_readable(w); i++) {
        enum chan_result r = chan_receive(&w->link, 1);
        if (r == CHAN_BAD)
            worker_fail(&w->control, FAIL_PEER_MESSAGE, w->link.bad_type);
        if (r == CHAN_ENDED) {
            begin_closing(w);
            return;
        }
        if (w->link.empty)
            return;
    }
}

static void on_link(void *ctx, short revents);

/* poll reports a hang-up asked or not; while we cannot read what came before it, we must not look.
 */
static void rewatch_link(struct wire *w)
{
    if (w->link_unwatched && link_readable(w)) {
        w->link_unwatched = false;
        loop_add(&w->loop, w->link.fd, link_events, on_link, w);
    }
}

static void move(struct wire *w)
{
    write_relay(w);
    read_relay(w);
    write_relay(w);
    if (w->link.fd >= 0)
        rewatch_link(w);
}

static void on_link(void *ctx, short revents)
{
    struct wire *w = ctx;
    if (revents & POLLOUT)
        (void)chan_flush(&w->link);
    if ((w->link.lost || revents & (POLLIN | POLLHUP)) && link_readable(w)) {
        read_link(w);
    } else if (w->link.lost && w->phase != WIRE_OPEN) {
        begin_closing(w);
    } else if (revents & (POLLHUP | POLLERR)) {
        loop_remove(&w->loop, w->link.fd);
        w->link_unwatched = true;
        if (w->phase != WIRE_OPEN)
            begin_closing(w);
    }
    move(w);
}

static void on_relay(void *ctx, short revents)
{
    struct wire *w = ctx;
    (void)revents;
    w->wants_write = false;
    if (w->phase == WIRE_HANDSHAKE)
        shake_hands(w);
    move(w);
}

/* --- time ----------------------------------------------------------------------------------------
 */

/* Nothing is due before then, however quiet it is; what was said or heard meanwhile moves it on. */
static void await_tick(struct wire *w, uint64_t now)
{
    uint64_t keep = w->said_ms + KEEP_MS, silence = w->heard_ms + SILENCE_MS;
    uint64_t due = keep < silence ? keep : silence;
    if (w->phase == WIRE_HANDSHAKE || due < now + TICK_MS || !may_read(w) || w->out != NULL)
        due = now + TICK_MS;
    loop_set_timer(&w->loop, due - now, on_tick, w);
}

static void on_tick(void *ctx)
{
    struct wire *w = ctx;
    uint64_t now = loop_now_ms();
    struct frame keep = {.type = FRAME_KEEP};
    keep.u.keep.stamp = now;
    await_tick(w, now);
    if (w->phase == WIRE_HANDSHAKE && now - w->begun_ms >= RELAY_HANDSHAKE_MS) {
        wire_end(w, NET_END_LOST, 0);
        return;
    }
    if (!is_talking(w))
        return;
    if (!may_read(w))
        w->heard_ms = now; /* it is we who do not listen */
    if (now - w->heard_ms >= SILENCE_MS)
        wire_end(w, NET_END_LOST, 0);
    else if (now - w->said_ms >= KEEP_MS && w->out == NULL)
        wire_queue(w, &keep);
    move(w);
}

/* --- beginning -----------------------------------------------------------------------------------
 */

static void tune(int fd)
{
    int on = 1, low = NOT_SENT, patience = SILENCE_MS;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &low, sizeof low);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
}

static void note_target(struct wire *w, const struct wire_target *t)
{
    w->returns = t->back;
    if (t->back)
        return; /* role and number are those of the token */
    w->creates = t->sid == NULL;
    if (t->sid != NULL)
        memcpy(w->sid, t->sid, FRAME_SID);
    w->n_key = t->create_key.len;
    if (w->n_key > 0)
        memcpy(w->key, t->create_key.data, w->n_key);
}

void wire_begin(struct wire *w, const struct wire_target *target, int relay, int link)
{
    w->fd = relay;
    link_init_net(&w->link, link, &outward_handlers, w);
    w->link.queue_limit = NET_QUEUE;
    note_target(w, target);
    tune(relay);
    w->phase = WIRE_HANDSHAKE;
    w->begun_ms = w->heard_ms = w->said_ms = loop_now_ms();
    if (fcntl(relay, F_SETFL, O_NONBLOCK) != 0 ||
        !tls_begin(&w->tls, relay, target->host, target->pin, target->sid)) {
        wire_end(w, NET_END_OURS, 0);
        return;
    }
    loop_add(&w->loop, relay, relay_events, on_relay, w);
    loop_add(&w->loop, link, link_events, on_link, w);
    loop_set_timer(&w->loop, TICK_MS, on_tick, w);
    shake_hands(w);
    move(w); /* a relay that is quick enough has answered already */
}
