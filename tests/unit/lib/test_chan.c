/* lib/chan: what a channel does with messages that are fine, and with ends that are slow, gone or
 * hostile. */
#include "ch_gate.h"
#include "ch_seal.h"
#include "lib/loop.h"
#include "policy/limits.h"
#include "tests/unit/lib/wire.h"
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

static int no_memory; /* errno of every sendmsg; 0: the real one */
static uint32_t tries;

struct desk {
    struct chan broker, gate;
    int before; /* open descriptors */
    int readies, faileds, opens;
    uint32_t last;
    int kept;
    int answer;
    bool finish;
};

static int on_ready(void *ctx)
{
    struct desk *d = ctx;
    d->readies++;
    d->broker.state = GATE_STATE_READY;
    return d->answer;
}

static int on_failed(void *ctx, struct msg_failed *m)
{
    struct desk *d = ctx;
    d->faileds++;
    d->last = m->detail;
    if (d->finish)
        chan_finish(&d->broker);
    return d->answer;
}

static int on_gate_open(void *ctx, struct msg_gate_open *m)
{
    struct desk *d = ctx;
    d->opens++;
    d->kept = m->server;
    m->server = -1;
    return 0;
}

static int on_gate_windows(void *ctx, struct msg_gate_windows *m)
{
    struct desk *d = ctx;
    d->last = m->windows[0].id;
    return 0;
}

static const struct gate_at_broker at_broker = {.on_ready = on_ready, .on_failed = on_failed};
static const struct gate_at_gate at_gate = {.on_gate_open = on_gate_open,
                                            .on_gate_windows = on_gate_windows};

static int setup(void **state)
{
    static struct desk d;
    int ends[2];
    no_memory = 0;
    d = (struct desk){.kept = -1, .before = wire_open_fds()};
    *state = &d;
    if (chan_pair(ends) != 0)
        return -1;
    gate_init_broker(&d.broker, ends[0], &at_broker, &d);
    gate_init_gate(&d.gate, ends[1], &at_gate, &d);
    d.gate.state = GATE_STATE_READY;
    return 0;
}

static int teardown(void **state)
{
    struct desk *d = *state;
    chan_finish(&d->broker);
    chan_finish(&d->gate);
    chan_finish(&d->gate); /* twice does no harm */
    if (d->kept >= 0)
        close(d->kept);
    return wire_open_fds() == d->before ? 0 : -1;
}

static int send_window(struct chan *c, uint32_t id)
{
    struct msg_gate_windows m = {.n_windows = 1, .windows = {{id}}};
    return msg_gate_windows_send(c, &m);
}

static int send_failed(struct chan *c, uint32_t detail)
{
    return msg_failed_send(c, &(struct msg_failed){.code = 1, .detail = detail});
}

static int send_open(struct chan *c)
{
    int ends[2];
    assert_int_equal(chan_pair(ends), 0);
    struct msg_gate_open m = {.root = 1, .w = 1, .h = 1, .server = ends[0], .client_end = ends[1]};
    int result = msg_gate_open_send(c, &m);
    close(ends[0]);
    close(ends[1]);
    return result;
}

static void a_worker_says_ready_once(void **state)
{
    struct desk *d = *state;
    assert_int_equal(msg_ready_send(&d->gate), 0);
    assert_int_equal(msg_ready_send(&d->gate), 0);
    assert_int_equal(chan_receive(&d->broker, 8), CHAN_BAD);
    assert_int_equal(d->readies, 1);
    assert_int_equal(d->broker.bad_type, MSG_READY);
    assert_string_equal(d->broker.bad_why, "state");
}

static void nothing_waiting_is_fine(void **state)
{
    struct desk *d = *state;
    assert_int_equal(chan_receive(&d->broker, 8), CHAN_OK);
    assert_int_equal(chan_events(&d->broker), POLLIN);
}

static void at_most_so_many_are_handled(void **state)
{
    struct desk *d = *state;
    for (uint32_t i = 1; i <= 5; i++)
        assert_int_equal(send_failed(&d->gate, i), 0);
    assert_int_equal(chan_receive(&d->broker, 2), CHAN_OK);
    assert_int_equal(d->faileds, 2);
    assert_int_equal(chan_receive(&d->broker, 8), CHAN_OK);
    assert_int_equal(d->last, 5);
}

static void a_handler_can_refuse(void **state)
{
    struct desk *d = *state;
    d->answer = -1;
    send_failed(&d->gate, 1);
    assert_int_equal(chan_receive(&d->broker, 8), CHAN_BAD);
    assert_string_equal(d->broker.bad_why, "refused");
}

static void a_handler_can_finish_its_channel(void **state)
{
    struct desk *d = *state;
    d->finish = true;
    send_failed(&d->gate, 1);
    send_failed(&d->gate, 2);
    assert_int_equal(chan_receive(&d->broker, 8), CHAN_OK);
    assert_int_equal(d->faileds, 1);
    assert_int_equal(d->broker.fd, -1);
}

static void no_handler_permits_nothing(void **state)
{
    struct desk *d = *state;
    static const struct gate_at_gate none = {0};
    d->gate.handlers = &none;
    send_window(&d->broker, 7);
    assert_int_equal(chan_receive(&d->gate, 8), CHAN_BAD);
    assert_string_equal(d->gate.bad_why, "unhandled");
}

static void a_handler_keeps_what_it_takes(void **state)
{
    struct desk *d = *state;
    assert_int_equal(send_open(&d->broker), 0);
    assert_int_equal(chan_receive(&d->gate, 8), CHAN_OK);
    assert_int_equal(d->opens, 1);
    assert_true(d->kept >= 0);
    assert_int_equal(wire_open_fds(), d->before + 3); /* both ends and the one it kept */
}

static void the_end_is_told(void **state)
{
    struct desk *d = *state;
    send_failed(&d->gate, 3);
    chan_finish(&d->gate);
    assert_int_equal(chan_receive(&d->broker, 8), CHAN_ENDED);
    assert_int_equal(d->faileds, 1); /* what came before is handled */
    assert_int_equal(send_window(&d->broker, 1), -1);
    assert_int_equal(errno, EPIPE);
}

static void a_reset_is_an_end(void **state)
{
    struct desk *d = *state;
    send_window(&d->broker, 1); /* never read by the other end */
    chan_finish(&d->gate);
    assert_int_equal(chan_receive(&d->broker, 8), CHAN_ENDED);
}

static void an_empty_datagram_is_an_end(void **state)
{
    struct desk *d = *state;
    struct wire w = {.n_fds = 1, .fds = {dup(0)}};
    assert_int_equal(wire_put(d->gate.fd, &w), 0);
    wire_finish(&w);
    assert_int_equal(chan_receive(&d->broker, 8), CHAN_ENDED);
}

static void an_oversized_datagram_is_malformed(void **state)
{
    struct desk *d = *state;
    static struct wire w;
    w.len = MAX_DATAGRAM + 1;
    assert_int_equal(wire_put(d->gate.fd, &w), 0);
    assert_int_equal(chan_receive(&d->broker, 8), CHAN_BAD);
    assert_string_equal(d->broker.bad_why, "malformed");
}

/* Fills the socket; returns how many went in. */
static uint32_t fill(struct chan *c)
{
    uint32_t n = 0;
    while (send_window(c, n + 1) == 0)
        n++;
    return n;
}

static void a_full_socket_without_queue_says_so(void **state)
{
    struct desk *d = *state;
    assert_true(fill(&d->broker) > 0);
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(d->broker.queued, 0);
}

static void a_queue_keeps_order_and_descriptors(void **state)
{
    struct desk *d = *state;
    uint32_t sent = fill(&d->broker);
    d->broker.queue_limit = 4096;
    assert_int_equal(send_window(&d->broker, 0x10000), 0);
    assert_int_equal(send_open(&d->broker), 0);
    assert_int_equal(send_window(&d->broker, 0x10001), 0);
    assert_int_equal(chan_events(&d->broker), POLLIN | POLLOUT);
    assert_int_equal(chan_flush(&d->broker), -1);
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(chan_receive(&d->gate, sent), CHAN_OK);
    assert_int_equal(d->last, sent);
    assert_int_equal(send_window(&d->broker, 0x10002), 0); /* room now, but it is not its turn */
    assert_int_equal(chan_flush(&d->broker), 0);
    assert_int_equal(d->broker.queued, 0);
    assert_int_equal(chan_receive(&d->gate, 1), CHAN_OK);
    assert_int_equal(d->last, 0x10000);
    assert_int_equal(chan_receive(&d->gate, 2), CHAN_OK);
    assert_int_equal(d->opens, 1);
    assert_int_equal(d->last, 0x10001);
    assert_int_equal(chan_receive(&d->gate, 2), CHAN_OK);
    assert_int_equal(d->last, 0x10002);
}

static void a_queue_is_bounded_and_freed(void **state)
{
    struct desk *d = *state;
    fill(&d->broker);
    d->broker.queue_limit = 1000;
    while (send_open(&d->broker) == 0)
        assert_true(d->broker.queued <= 1000);
    assert_int_equal(errno, EAGAIN);
    assert_true(d->broker.queued > 900);
    /* teardown finds that no duplicated descriptor is left */
}

ssize_t __real_sendmsg(int fd, const struct msghdr *head, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *head, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *head, int flags)
{
    tries++;
    if (no_memory == 0)
        return __real_sendmsg(fd, head, flags);
    errno = no_memory;
    return -1;
}

/* A kernel that has no memory for a large datagram at this moment has some later. */
static void a_kernel_without_memory_is_a_full_socket(void **state)
{
    struct desk *d = *state;
    static const int errors[] = {ENOBUFS, ENOMEM, ETOOMANYREFS};
    for (uint32_t i = 0; i < 3; i++) {
        no_memory = errors[i];
        d->broker.queue_limit = 0;
        assert_int_equal(send_window(&d->broker, 10 + i), -1);
        assert_int_equal(errno, EAGAIN);
        d->broker.queue_limit = 4096;
        assert_int_equal(send_window(&d->broker, 20 + i), 0);
        assert_int_equal(chan_flush(&d->broker), -1);
        assert_int_equal(errno, EAGAIN);
        no_memory = 0;
        assert_int_equal(chan_flush(&d->broker), 0);
        assert_int_equal(chan_receive(&d->gate, 8), CHAN_OK);
        assert_int_equal(d->last, 20 + i);
    }
}

/* What comes behind a message that was lost would be taken in its place. What the other end has
   said before is heard. */
static void a_lost_message_is_the_end(void **state)
{
    struct desk *d = *state;
    assert_int_equal(send_failed(&d->gate, 3), 0);
    no_memory = EPERM;
    assert_int_equal(send_window(&d->broker, 1), -1);
    assert_int_equal(errno, EPERM);
    no_memory = 0;
    assert_int_equal(send_window(&d->broker, 2), -1);
    assert_int_equal(errno, EPIPE);
    assert_int_equal(chan_flush(&d->broker), -1);
    assert_int_equal(errno, EPIPE);
    assert_int_equal(chan_events(&d->broker), POLLIN | LOOP_SOON);
    assert_int_equal(chan_receive(&d->broker, 8), CHAN_ENDED);
    assert_int_equal(d->last, 3);
    assert_int_equal(chan_receive(&d->gate, 8), CHAN_OK);
    assert_int_equal(d->last, 3);
}

static struct loop waiting;

static short want_broker(void *ctx)
{
    const struct desk *d = ctx;
    return chan_events(&d->broker);
}

static void on_broker(void *ctx, short revents)
{
    struct desk *d = ctx;
    assert_int_equal(revents, POLLOUT);
    if (tries == 5)
        no_memory = 0;
    if (chan_flush(&d->broker) == 0)
        loop_stop(&waiting);
}

/* The socket can be written all the time, so poll(2) would come back at once, again and again. */
static void who_waits_for_memory_does_not_spin(void **state)
{
    struct desk *d = *state;
    uint64_t begun = loop_now_ms();
    loop_init(&waiting);
    loop_add(&waiting, d->broker.fd, want_broker, on_broker, d);
    no_memory = ENOBUFS;
    tries = 0;
    d->broker.queue_limit = 4096;
    assert_int_equal(send_window(&d->broker, 7), 0);
    assert_int_equal(loop_run(&waiting), 0);
    assert_true(loop_now_ms() - begun >= (uint64_t)5 * LOOP_SOON_MS);
    assert_int_equal(tries, 6);
    assert_int_equal(chan_receive(&d->gate, 1), CHAN_OK);
    assert_int_equal(d->last, 7);
    assert_int_equal(chan_events(&d->broker), POLLIN);
}

static void waiting_takes_one_message(void **state)
{
    struct desk *d = *state;
    msg_ready_send(&d->gate);
    send_failed(&d->gate, 1);
    assert_int_equal(chan_receive_wait(&d->broker), CHAN_OK);
    assert_int_equal(d->readies + d->faileds, 1);
    chan_finish(&d->gate);
    assert_int_equal(chan_receive_wait(&d->broker), CHAN_OK);
    assert_int_equal(chan_receive_wait(&d->broker), CHAN_ENDED);
}

/* The receive buffer is this process's memory: after a secret was handled, a later shorter message
   must not find it there. Seen through a message that lets us look: bytes after its own end. */
static const uint8_t *seen;

static int on_seal_host(void *ctx, struct msg_seal_host *m)
{
    (void)ctx;
    assert_memory_equal(m->password.data, "horse battery", 13);
    seen = m->password.data;
    return 0;
}

static void secrets_are_wiped(void **state)
{
    (void)state;
    static const struct seal_at_seal handlers = {.on_seal_host = on_seal_host};
    struct chan broker, seal;
    int ends[2];
    assert_int_equal(chan_pair(ends), 0);
    seal_init_broker(&broker, ends[0], NULL, NULL);
    seal_init_seal(&seal, ends[1], &handlers, NULL);
    seal.state = SEAL_STATE_READY;
    struct msg_seal_host m = {
        .password_mode = 1, .password = wire_span("horse battery"), .name = wire_span("A")};
    assert_int_equal(msg_seal_host_send(&broker, &m), 0);
    assert_int_equal(chan_receive(&seal, 1), CHAN_OK);
    static const uint8_t zeros[13];
    assert_memory_equal(seen, zeros, 13);
    chan_finish(&broker);
    chan_finish(&seal);
}

static void a_zeroed_channel_can_be_finished(void **state)
{
    (void)state;
    struct chan c = {0};
    chan_finish(&c);
    assert_int_equal(c.fd, -1);
    assert_int_not_equal(write(1, "", 0), -1); /* and descriptor 0 of nobody was closed */
}

#define DESK(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK(a_worker_says_ready_once),
        DESK(nothing_waiting_is_fine),
        DESK(at_most_so_many_are_handled),
        DESK(a_handler_can_refuse),
        DESK(a_handler_can_finish_its_channel),
        DESK(no_handler_permits_nothing),
        DESK(a_handler_keeps_what_it_takes),
        DESK(the_end_is_told),
        DESK(a_reset_is_an_end),
        DESK(an_empty_datagram_is_an_end),
        DESK(an_oversized_datagram_is_malformed),
        DESK(a_full_socket_without_queue_says_so),
        DESK(a_queue_keeps_order_and_descriptors),
        DESK(a_queue_is_bounded_and_freed),
        DESK(a_kernel_without_memory_is_a_full_socket),
        DESK(a_lost_message_is_the_end),
        DESK(who_waits_for_memory_does_not_spin),
        DESK(waiting_takes_one_message),
        cmocka_unit_test(secrets_are_wiped),
        cmocka_unit_test(a_zeroed_channel_can_be_finished),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
