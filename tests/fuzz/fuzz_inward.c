/*
 * Entrance: what a relay sends to vitrine-net, after its TLS: a byte for our role and whether the
 * relay has shaken hands, then a list of u8 what, u16 length, bytes. TLS itself is not here: its
 * functions below hand over the bytes of the relay, in pieces, and its ends.
 *
 * Whatever the relay says: seal and broker are sent nothing that they would refuse or that is not
 * for that role, the relay is sent nothing but whole frames of a client, the first one CREATE or
 * ATTACH, and the process goes on.
 */
#include "ch_link.h"
#include "ch_net.h"
#include "net/wire/wire.h"
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum what { RELAY_SAYS, RELAY_ENDS, SEAL_SAYS, SEAL_SLEEPS, SEAL_ENDS, TIME_PASSES, COMES_BACK };
#define WHATS (COMES_BACK + 1)

static struct wire *wire;
static struct chan broker, seal;
static bool shaken, asleep, blocked; /* blocked: the socket to the relay takes nothing */
static bool opened, closed, back;
static enum tls_result ending; /* what reading comes to after the bytes */
static uint8_t said[262144];   /* by the relay, not read yet */
static size_t n_said;
static uint8_t frame[FRAME_HEAD + FRAME_UNIT_MAX]; /* of ours, as far as it was written */
static size_t have, frames;

/* --- instead of net/wire/tls.c -----------------------------------------------------------------
 */

bool tls_begin(struct tls *t, int fd, const char *host, const uint8_t *pin, const char *sid)
{
    (void)t, (void)fd, (void)host, (void)pin, (void)sid;
    return true;
}

void tls_end(struct tls *t)
{
    (void)t;
}

void tls_finish(struct tls *t)
{
    (void)t;
}

void tls_close(struct tls *t)
{
    (void)t;
}

enum tls_result tls_shake_hands(struct tls *t)
{
    (void)t;
    return shaken ? TLS_OK : ending;
}

enum tls_result tls_read(struct tls *t, uint8_t *to, size_t room, size_t *n)
{
    (void)t;
    if (room == 0)
        abort();
    if (n_said == 0)
        return ending;
    *n = n_said < room ? n_said : room;
    memcpy(to, said, *n);
    n_said -= *n;
    memmove(said, said + *n, n_said);
    return TLS_OK;
}

static void judge_frame(void)
{
    struct frame f;
    if (frame_decode(frame, have, FRAME_FROM_CLIENT, &f) != FRAME_GOOD)
        abort();
    if ((f.type == FRAME_CREATE || f.type == FRAME_ATTACH) != (frames == 0))
        abort();
    if (!wire->creates && (f.type == FRAME_BIND || f.type == FRAME_DROP || f.type == FRAME_PARAMS ||
                           f.type == FRAME_PRESENT || f.type == FRAME_END))
        abort();
    frames++;
    have = 0;
}

enum tls_result tls_write(struct tls *t, const uint8_t *from, size_t len, size_t *n)
{
    (void)t;
    if (blocked)
        return TLS_WRITE;
    for (*n = 0; *n < len; ++*n) {
        frame[have++] = from[*n];
        size_t need = frame_need(frame, have, FRAME_FROM_CLIENT);
        if (need == 0)
            abort();
        if (have >= FRAME_HEAD && have == need)
            judge_frame();
    }
    return TLS_OK;
}

/* --- seal and broker ---------------------------------------------------------------------------
 */

static void only_if(bool allowed)
{
    if (!allowed)
        abort();
}

static int on_link_opened(void *ctx, struct msg_link_opened *m)
{
    (void)ctx;
    only_if(!opened && (m->params.len == 0) == wire->creates && frame_sid_valid(m->sid.data));
    opened = true;
    seal.state = LINK_STATE_OPEN;
    return 0;
}

static int on_link_msg(void *ctx, struct msg_link_msg *m)
{
    (void)ctx, (void)m;
    only_if(opened);
    return 0;
}

static int on_link_unit(void *ctx, struct msg_link_unit *m)
{
    (void)ctx, (void)m;
    only_if(opened);
    return 0;
}

static int on_link_peer(void *ctx, struct msg_link_peer *m)
{
    (void)ctx, (void)m;
    only_if(opened && wire->creates);
    return 0;
}

static int on_link_bound(void *ctx, struct msg_link_bound *m)
{
    (void)ctx, (void)m;
    only_if(opened && !wire->creates);
    return 0;
}

static int on_link_away(void *ctx, struct msg_link_away *m)
{
    (void)ctx, (void)m;
    only_if(opened && !wire->creates);
    return 0;
}

static int on_link_need(void *ctx)
{
    (void)ctx;
    only_if(opened);
    return 0;
}

static const struct link_at_seal at_seal = {on_link_opened, on_link_msg,   on_link_unit,
                                            on_link_peer,   on_link_bound, on_link_away,
                                            on_link_need};

static int on_net_opened(void *ctx)
{
    (void)ctx;
    only_if(!closed && !back);
    return 0;
}

/* With a token kept it may come back; without, this was the last word. */
static int on_net_closed(void *ctx, struct msg_net_closed *m)
{
    (void)ctx;
    only_if(!closed && !back && (!m->back || wire->has_token));
    closed = !m->back;
    back = m->back;
    return 0;
}

static const struct net_at_broker at_broker = {.on_net_opened = on_net_opened,
                                               .on_net_closed = on_net_closed};
static const struct net_at_net at_net = {0};

static void listen_to(struct chan *c)
{
    while (c->fd >= 0) {
        enum chan_result r = chan_receive(c, 16);
        if (r == CHAN_BAD)
            abort();
        if (r == CHAN_ENDED)
            chan_finish(c);
        else if (c->empty)
            return;
    }
}

/* --- the loop, one turn at a time --------------------------------------------------------------
 */

static void ready(int fd, short revents)
{
    for (size_t i = 0; fd >= 0 && i < LOOP_MAX; i++) {
        struct loop_entry *e = &wire->loop.entries[i];
        if (e->ready && e->fd == fd) {
            e->ready(e->ctx, revents);
            return;
        }
    }
}

static void fire_all(void)
{
    for (size_t i = 0; i < LOOP_MAX; i++) {
        struct loop_timer t = wire->loop.timers[i];
        if (t.at_ms == 0)
            continue;
        wire->loop.timers[i].at_ms = 0;
        t.fire(t.ctx);
    }
}

static void hear(void)
{
    if (!asleep) {
        listen_to(&seal);
        if (wire->link.fd >= 0 && wire->link.queued > 0)
            ready(wire->link.fd, POLLOUT);
        listen_to(&seal);
    }
    listen_to(&broker);
}

/* --- what happens ------------------------------------------------------------------------------
 */

static void begin(bool comes_back, bool creates)
{
    int relay[2], link[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, relay) != 0 || chan_pair(link) != 0)
        abort();
    close(relay[1]);
    chan_finish(&seal);
    link_init_seal(&seal, link[1], &at_seal, NULL);
    opened = back = false;
    have = frames = 0;
    n_said = 0;
    ending = TLS_READ;
    wire->control.state = NET_STATE_OPEN;
    const struct wire_target target = {.host = "relay.example",
                                       .sid = creates ? NULL : "123456789",
                                       .create_key = {(const uint8_t *)"key", creates ? 3 : 0},
                                       .back = comes_back};
    wire_begin(wire, &target, relay[0], link[0]);
}

/* What seal may say in its role; anything else ends the process. */
static void seal_says(struct span s)
{
    struct unit_peek unit;
    uint8_t what = s.len ? s.data[0] % 8 : 0;
    struct span rest = s.len ? (struct span){s.data + 1, s.len - 1} : s;
    struct msg_link_msg msg = {.peer = 1, .body = rest};
    struct msg_link_unit sealed = {.unit = rest};
    struct msg_link_params params = {.params = rest};
    struct msg_link_bind bind = {.handle = 7, .mid = 2};
    struct msg_link_drop drop = {.handle = 7, .why = 1};
    struct msg_link_present present = {.mid = 2};
    if (seal.fd < 0 || !opened)
        return;
    if (what == 0)
        (void)msg_link_msg_send(&seal, &msg);
    else if (what == 1 && frame_peek_unit(rest, &unit))
        (void)msg_link_unit_send(&seal, &sealed);
    else if (what == 2)
        (void)msg_link_need_send(&seal);
    else if (what == 3 && wire->creates)
        (void)msg_link_params_send(&seal, &params);
    else if (what == 4 && wire->creates)
        (void)msg_link_bind_send(&seal, &bind);
    else if (what == 5 && wire->creates)
        (void)msg_link_drop_send(&seal, &drop);
    else if (what == 6 && wire->creates)
        (void)msg_link_present_send(&seal, &present);
    else if (what == 7 && wire->creates)
        (void)msg_link_end_send(&seal);
    ready(wire->link.fd, POLLIN);
}

/* What was not read still waits; beyond the room there is, it is lost. */
static void relay_says(struct span s)
{
    size_t n = s.len < sizeof said - n_said ? s.len : sizeof said - n_said;
    if (n > 0)
        memcpy(said + n_said, s.data, n);
    n_said += n;
    ready(wire->fd, POLLIN);
}

static void relay_ends(struct span s)
{
    static const enum tls_result results[] = {TLS_READ, TLS_WRITE, TLS_CLOSED, TLS_FAILED};
    uint8_t how = s.len ? s.data[0] : 2;
    blocked = how & 4;
    shaken |= how & 8;
    wire->tls.refused = how & 16;
    ending = results[how & 3];
    ready(wire->fd, POLLIN);
    if (ending == TLS_WRITE)
        ending = TLS_READ;
}

static void happens(enum what what, struct span s)
{
    if (what == RELAY_SAYS) {
        relay_says(s);
    } else if (what == RELAY_ENDS) {
        relay_ends(s);
    } else if (what == SEAL_SAYS) {
        seal_says(s);
    } else if (what == SEAL_SLEEPS) {
        asleep = !asleep;
    } else if (what == SEAL_ENDS) {
        chan_finish(&seal);
        ready(wire->link.fd, POLLIN | POLLHUP);
    } else if (what == TIME_PASSES) {
        fire_all();
    } else if (wire->phase == WIRE_IDLE && back) {
        begin(true, wire->creates);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int control[2];
    if (size == 0)
        return 0;
    wire = calloc(1, sizeof *wire);
    if (!wire || chan_pair(control) != 0)
        abort();
    net_init_net(&wire->control, control[0], &at_net, wire);
    net_init_broker(&broker, control[1], &at_broker, NULL);
    broker.state = NET_STATE_OPEN;
    wire_init(wire);
    asleep = blocked = closed = back = false;
    shaken = data[0] & 2;
    begin(false, data[0] & 1);
    data++, size--;
    while (size >= 3 && !closed) {
        enum what what = data[0] % WHATS;
        size_t len = (size_t)data[1] << 8 | data[2];
        data += 3, size -= 3;
        len = len < size ? len : size;
        happens(what, (struct span){data, len});
        hear();
        data += len, size -= len;
    }
    wire_finish(wire);
    chan_finish(&wire->control);
    listen_to(&broker);
    chan_finish(&broker);
    chan_finish(&seal);
    free(wire);
    return 0;
}
