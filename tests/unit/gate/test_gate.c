/*
 * The gate's shell: descriptors, order of control and data, pacing, ends. The gate runs in a child;
 * this process is broker, worker and X server.
 */
#include "broker/gate/gate.h"
#include "ch_gate.h"
#include "lib/loop.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
/* after the headers it needs */
#include <cmocka.h>

enum { ROOT = 0x50d, OWN = 0x400001, XTEST = 132, SPARE = 248 };

struct fixture {
    struct chan control;
    pid_t pid;
    int worker, server;
    bool over;
    struct msg_gate_violation violation;
};

static int on_violation(void *ctx, struct msg_gate_violation *m)
{
    ((struct fixture *)ctx)->violation = *m;
    return 0;
}

static const struct gate_at_broker broker = {.on_gate_violation = on_violation};

/* So many sends of a gate that is forked from now on fail: what it writes at its end. */
static int starving, starved_with;
static bool is_gate;

ssize_t __real_send(int fd, const void *bytes, size_t n, int flags);
ssize_t __wrap_send(int fd, const void *bytes, size_t n, int flags);
ssize_t __wrap_send(int fd, const void *bytes, size_t n, int flags)
{
    if (!is_gate || starving == 0)
        return __real_send(fd, bytes, n, flags);
    starving--;
    errno = starved_with;
    return -1;
}

static _Noreturn void be_gate(int control)
{
    static struct gate g;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    is_gate = true;
    gate_init(&g, control);
    g.control.state = GATE_STATE_READY;
    int status = gate_run(&g);
    gate_finish(&g);
    _exit(status);
}

static void open_gate(struct fixture *f, uint8_t client)
{
    static const uint8_t name[] = "MIT-MAGIC-COOKIE-1", cookie[] = "0123456789abcdef";
    int control[2], up[2], down[2];
    memset(f, 0, sizeof *f);
    assert_int_equal(chan_pair(control), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, up), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, down), 0);
    f->pid = fork();
    if (f->pid == 0) {
        close(control[0]);
        close(up[0]);
        close(up[1]);
        close(down[0]);
        close(down[1]);
        be_gate(control[1]);
    }
    close(control[1]);
    gate_init_broker(&f->control, control[0], &broker, f);
    f->control.state = GATE_STATE_OPEN;
    struct msg_gate_open m = {.client = client,
                              .root = ROOT,
                              .whole = 1,
                              .w = 100,
                              .h = 100,
                              .major_xtest = XTEST,
                              .n_spares = 1,
                              .spares = {{SPARE}},
                              .cookie_name = {name, 18},
                              .cookie = {cookie, 16},
                              .server = down[1],
                              .client_end = up[1]};
    assert_int_equal(msg_gate_open_send(&f->control, &m), 0);
    close(up[1]);
    close(down[1]);
    f->worker = up[0];
    f->server = down[0];
}

#define PATIENCE_MS 20000 /* a machine may stand still */

/* Exactly n bytes, or what comes before the end. */
static size_t take(int fd, void *to, size_t n)
{
    size_t got = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (got < n && poll(&p, 1, PATIENCE_MS) > 0) {
        ssize_t r = read(fd, (char *)to + got, n - got);
        if (r <= 0)
            break;
        got += (size_t)r;
    }
    return got;
}

static void say(int fd, const void *bytes, size_t n)
{
    assert_int_equal(send(fd, bytes, n, MSG_NOSIGNAL), (ssize_t)n);
}

static void greet(struct fixture *f)
{
    static const uint16_t setup[6] = {'l', 11, 0, 0, 0, 0};
    uint8_t got[48];
    say(f->worker, setup, sizeof setup);
    assert_int_equal(take(f->server, got, sizeof got), sizeof got);
    assert_memory_equal(got + 12,
                        "MIT-MAGIC-COOKIE-1\0\0"
                        "0123456789abcdef",
                        36);
}

static void wait_violation(struct fixture *f)
{
    uint64_t end = loop_now_ms() + PATIENCE_MS;
    while (!f->over && loop_now_ms() < end) {
        struct pollfd p = {.fd = f->control.fd, .events = POLLIN};
        poll(&p, 1, 100);
        f->over = chan_receive(&f->control, 4) == CHAN_ENDED;
    }
    assert_true(f->over);
}

static void finish(struct fixture *f)
{
    int status = -1;
    chan_finish(&f->control);
    waitpid(f->pid, &status, 0);
    assert_int_equal(status, 0);
    close(f->worker);
    close(f->server);
}

static const uint8_t get_focus[4] = {43, 0, 1, 0};

static void test_both_ways(void **state)
{
    struct fixture f;
    uint8_t got[8];
    (void)state;
    open_gate(&f, 0);
    greet(&f);
    for (size_t cut = 1; cut < 4; cut++) { /* a request in two parts */
        say(f.worker, get_focus, cut);
        usleep(2000);
        say(f.worker, get_focus + cut, 4 - cut);
        assert_int_equal(take(f.server, got, 4), 4);
        assert_memory_equal(got, get_focus, 4);
    }
    say(f.server, "answer..", 8);
    assert_int_equal(take(f.worker, got, 8), 8);
    finish(&f);
}

/* Setup and requests in one write: the first must not be forgotten behind the cookie. */
static void test_setup_with_request(void **state)
{
    static const uint16_t both[8] = {'l', 11, 0, 0, 0, 0, 43, 1};
    struct fixture f;
    uint8_t got[52];
    (void)state;
    open_gate(&f, 0);
    say(f.worker, both, sizeof both);
    assert_int_equal(take(f.server, got, sizeof got), sizeof got);
    assert_memory_equal(got + 48, get_focus, 4);
    finish(&f);
}

static bool send_fd(int to, int fd, const void *bytes, size_t n)
{
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(sizeof(int))];
    } c = {0};
    struct iovec iov = {(void *)(uintptr_t)bytes, n};
    struct msghdr m = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = c.space, .msg_controllen = sizeof c.space};
    struct cmsghdr *h = CMSG_FIRSTHDR(&m);
    *h = (struct cmsghdr){CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(h), &fd, sizeof fd);
    return sendmsg(to, &m, 0) == (ssize_t)n;
}

static void test_descriptor_from_server(void **state)
{
    struct fixture f;
    struct flow *flow = calloc(1, sizeof *flow);
    int ends[2];
    (void)state;
    open_gate(&f, 0);
    greet(&f);
    assert_int_equal(pipe(ends), 0);
    say(f.server, "before..", 8);
    assert_true(send_fd(f.server, ends[0], "segment.", 8));
    flow_init(flow, f.worker, -1);
    uint64_t end = loop_now_ms() + PATIENCE_MS;
    while ((flow->n_fds == 0 || flow->len < 16) && loop_now_ms() < end)
        flow_read(flow);
    assert_int_equal(flow->n_fds, 1);
    assert_memory_equal(flow_bytes(flow), "before..segment.", 16);
    assert_int_equal(write(ends[1], "x", 1), 1);
    char got = 0;
    assert_int_equal(read(flow->fds[0], &got, 1), 1);
    assert_int_equal(got, 'x');
    flow_finish(flow);
    free(flow);
    close(ends[0]);
    close(ends[1]);
    finish(&f);
}

static void test_descriptor_from_worker(void **state)
{
    struct fixture f;
    (void)state;
    open_gate(&f, 0);
    greet(&f);
    assert_true(send_fd(f.worker, f.server, get_focus, 4));
    wait_violation(&f);
    assert_int_equal(f.violation.rule, GATE_RULE_DESCRIPTOR);
    uint8_t got[4];
    assert_int_equal(take(f.server, got, 4), 0);
    finish(&f);
}

/* Good requests before a bad one in the same write: the bad one never arrives. */
static void test_violation_ends_both(void **state)
{
    static const uint8_t requests[8] = {43, 0, 1, 0, 44, 0, 1, 0};
    struct fixture f;
    uint8_t got[16];
    (void)state;
    open_gate(&f, 0);
    greet(&f);
    say(f.worker, requests, sizeof requests);
    wait_violation(&f);
    assert_int_equal(f.violation.rule, GATE_RULE_REQUEST);
    assert_int_equal(f.violation.major, 44);
    assert_true(take(f.server, got, sizeof got) <= 4);
    assert_int_equal(take(f.worker, got, 1), 0);
    finish(&f);
}

/* What the broker said before counts for what the worker says after, however close together. */
static void test_control_first(void **state)
{
    struct fixture f;
    uint8_t got[8];
    (void)state;
    for (uint32_t i = 0; i < 200; i++) {
        const uint32_t geometry[2] = {14 | 2 << 16, OWN + i};
        if (i == 0) {
            open_gate(&f, 0);
            greet(&f);
        }
        struct msg_gate_windows m = {.n_windows = 1, .windows = {{OWN + i}}};
        assert_int_equal(msg_gate_windows_send(&f.control, &m), 0);
        say(f.worker, geometry, sizeof geometry);
        assert_int_equal(take(f.server, got, 8), 8);
    }
    finish(&f);
}

static size_t waiting(int fd)
{
    static uint8_t bytes[65536];
    ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_PEEK);
    return n < 0 ? 0 : (size_t)n;
}

/* Milliseconds until a hundred of them have come. */
static uint64_t pace(void)
{
    struct fixture f;
    uint8_t key[36] = {XTEST, 2, 9, 0, 2, 38}, got[36];
    open_gate(&f, 1);
    greet(&f);
    for (int i = 0; i < 100; i++)
        say(f.worker, key, sizeof key);
    for (int i = 0; i < PATIENCE_MS / 10 && waiting(f.server) < 36; i++)
        usleep(10000);
    usleep(50000);
    assert_in_range(waiting(f.server), 36, GATE_PACE_AT_ONCE * 36);
    uint64_t begun = loop_now_ms();
    for (int i = 0; i < 100; i++) {
        assert_int_equal(take(f.server, got, 36), 36);
        assert_memory_equal(got, key, 36);
        assert_true(waiting(f.server) <= GATE_PACE_AT_ONCE * 36);
    }
    uint64_t took = loop_now_ms() - begun;
    finish(&f);
    return took;
}

/* A flood of injected keys: never more than four in front of a server that does not read, and one
   that reads does not wait: where the machine stood still, not three times. */
static void test_pacing(void **state)
{
    (void)state;
    assert_true(pace() < 500 || pace() < 500 || pace() < 500);
}

/* Whoever goes first but the server: what was down is released, and the lent key is taken back. */
static void test_lets_go(void **state)
{
    static const uint8_t down[36] = {XTEST, 2, 9, 0, 2, 38}, button[36] = {XTEST, 2, 9, 0, 4, 3},
                         motion[36] = {XTEST, 2, 9, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0x0d, 5},
                         lend[16] = {100, 1, 4, 0, SPARE, 2, 0, 0, 'a', 0, 0, 0, 'a'},
                         up[36] = {XTEST, 2, 9, 0, 3, 38}, button_up[36] = {XTEST, 2, 9, 0, 5, 3},
                         back[16] = {100, 1, 4, 0, SPARE, 2}, bad[4] = {44, 0, 1, 0};
    struct fixture f;
    uint8_t got[4 * 36];
    (void)state;
    for (int how = 0; how < 3; how++) {
        open_gate(&f, 1);
        greet(&f);
        say(f.worker, down, 36);
        say(f.worker, motion, 36);
        say(f.worker, button, 36);
        say(f.worker, lend, 16);
        assert_int_equal(take(f.server, got, 3 * 36 + 16), 3 * 36 + 16);
        if (how == 0)
            close(f.worker);
        else if (how == 1)
            chan_finish(&f.control);
        else
            say(f.worker, bad, 4);
        assert_int_equal(take(f.server, got, 2 * 36 + 16), 2 * 36 + 16);
        assert_memory_equal(got, button_up, 36);
        assert_memory_equal(got + 36, up, 36);
        assert_memory_equal(got + 72, back, 16);
        assert_int_equal(take(f.server, got, 1), 0);
        int status = -1;
        waitpid(f.pid, &status, 0);
        assert_int_equal(status, 0);
        if (how != 0)
            close(f.worker);
        chan_finish(&f.control);
        close(f.server);
    }
}

/* A kernel that has no memory at this moment has some later: what is down then does not stay down.
 */
static void test_lets_go_without_memory(void **state)
{
    static const int errors[] = {ENOBUFS, ENOMEM};
    static const uint8_t down[36] = {XTEST, 2, 9, 0, 2, 38}, up[36] = {XTEST, 2, 9, 0, 3, 38};
    struct fixture f;
    uint8_t got[36];
    (void)state;
    for (int i = 0; i < 2; i++) {
        starving = 3;
        starved_with = errors[i];
        open_gate(&f, 1);
        starving = 0;
        greet(&f);
        say(f.worker, down, 36);
        assert_int_equal(take(f.server, got, 36), 36);
        close(f.worker);
        assert_int_equal(take(f.server, got, 36), 36);
        assert_memory_equal(got, up, 36);
        assert_int_equal(take(f.server, got, 1), 0);
        waitpid(f.pid, NULL, 0);
        chan_finish(&f.control);
        close(f.server);
    }
}

/* While the owner is at work the worker may let go of what it has down, and ask; what presses or
   moves becomes a request that does nothing, so that answers keep their numbers. */
static void test_owner_first(void **state)
{
    static const uint8_t down[36] = {XTEST, 2, 9, 0, 2, 38}, other[36] = {XTEST, 2, 9, 0, 2, 39},
                         up[36] = {XTEST, 2, 9, 0, 3, 38}, other_up[36] = {XTEST, 2, 9, 0, 3, 39},
                         motion[36] = {XTEST, 2, 9, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0x0d, 5},
                         button[36] = {XTEST, 2, 9, 0, 4, 3},
                         button_up[36] = {XTEST, 2, 9, 0, 5, 3};
    static const uint8_t *const held_back[] = {other, other_up, motion, button, button_up, down};
    static const uint8_t nothing[4] = {127, 0, 9, 0};
    struct fixture f;
    uint8_t got[36];
    (void)state;
    open_gate(&f, 1);
    greet(&f);
    say(f.worker, down, 36);
    assert_int_equal(take(f.server, got, 36), 36);
    assert_int_equal(msg_gate_hold_send(&f.control, &(struct msg_gate_hold){.on = 1}), 0);
    for (size_t i = 0; i < sizeof held_back / sizeof *held_back; i++) {
        say(f.worker, held_back[i], 36);
        assert_int_equal(take(f.server, got, 36), 36);
        assert_memory_equal(got, nothing, 4);
    }
    say(f.worker, get_focus, 4);
    assert_int_equal(take(f.server, got, 4), 4);
    assert_memory_equal(got, get_focus, 4);
    say(f.worker, up, 36);
    assert_int_equal(take(f.server, got, 36), 36);
    assert_memory_equal(got, up, 36);
    assert_int_equal(msg_gate_hold_send(&f.control, &(struct msg_gate_hold){.on = 0}), 0);
    say(f.worker, other, 36);
    assert_int_equal(take(f.server, got, 36), 36);
    assert_memory_equal(got, other, 36);
    say(f.worker, other_up, 36);
    assert_int_equal(take(f.server, got, 36), 36);
    finish(&f);
}

static void assert_arrives(struct fixture *f, const uint8_t *request, bool as_it_is)
{
    static const uint8_t nothing[4] = {127, 0, 9, 0};
    uint8_t got[36];
    say(f->worker, request, sizeof got);
    assert_int_equal(take(f->server, got, sizeof got), sizeof got);
    assert_memory_equal(got, as_it_is ? request : nothing, as_it_is ? sizeof got : sizeof nothing);
}

/* A button goes down only where the worker itself has gone, and so inside what is shared: not
   before its first motion, nor where the owner's hand may have left the pointer since. */
static void test_presses_where_it_went(void **state)
{
    static const uint8_t motion[36] = {XTEST, 2, 9, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0x0d, 5},
                         button[36] = {XTEST, 2, 9, 0, 4, 3},
                         button_up[36] = {XTEST, 2, 9, 0, 5, 3}, key[36] = {XTEST, 2, 9, 0, 2, 38};
    struct fixture f;
    (void)state;
    open_gate(&f, 1);
    greet(&f);
    assert_arrives(&f, button, false);
    assert_arrives(&f, key, true);
    assert_arrives(&f, motion, true);
    assert_arrives(&f, button, true);
    assert_arrives(&f, button_up, true);
    assert_arrives(&f, button, true); /* again, at that place */
    assert_int_equal(msg_gate_hold_send(&f.control, &(struct msg_gate_hold){.on = 1}), 0);
    assert_arrives(&f, button_up, true);
    assert_arrives(&f, motion, false);
    assert_int_equal(msg_gate_hold_send(&f.control, &(struct msg_gate_hold){.on = 0}), 0);
    assert_arrives(&f, button, false); /* a press that was on its way, its motion lost */
    assert_arrives(&f, motion, true);
    assert_arrives(&f, button, true);
    assert_arrives(&f, button_up, true);
    finish(&f);
}

/* What waits in the gate for its turn is judged by what has been said when the turn comes: the gate
   stands still while the owner's hand begins, and the time for the next requests comes with it. */
static void test_owner_first_of_what_waits(void **state)
{
    static const uint8_t key[36] = {XTEST, 2, 9, 0, 2, 38}, nothing[4] = {127, 0, 9, 0};
    struct fixture f;
    uint8_t got[36];
    (void)state;
    open_gate(&f, 1);
    greet(&f);
    for (int i = 0; i < GATE_PACE_AT_ONCE + 1; i++)
        say(f.worker, key, sizeof key);
    for (int i = 0; i < PATIENCE_MS / 10 && waiting(f.server) < 36; i++)
        usleep(10000);
    usleep(20000); /* the others are in the gate */
    assert_int_equal(kill(f.pid, SIGSTOP), 0);
    assert_int_equal(waitpid(f.pid, NULL, WUNTRACED), f.pid);
    assert_int_equal(msg_gate_hold_send(&f.control, &(struct msg_gate_hold){.on = 1}), 0);
    size_t passed = waiting(f.server) / 36;
    assert_in_range(passed, 1, GATE_PACE_AT_ONCE);
    for (size_t i = 0; i < passed; i++)
        assert_int_equal(take(f.server, got, sizeof got), sizeof got);
    usleep(20000); /* its timer is due */
    assert_int_equal(kill(f.pid, SIGCONT), 0);
    for (size_t i = passed; i < GATE_PACE_AT_ONCE + 1; i++) {
        assert_int_equal(take(f.server, got, sizeof got), sizeof got);
        assert_memory_equal(got, nothing, sizeof nothing);
    }
    finish(&f);
}

/* Of capture, which presses nothing, nobody says so: it would be a mistake of the broker's. */
static void test_owner_first_of_capture(void **state)
{
    struct fixture f;
    (void)state;
    open_gate(&f, 0);
    greet(&f);
    assert_int_equal(msg_gate_hold_send(&f.control, &(struct msg_gate_hold){.on = 1}), 0);
    wait_violation(&f);
    assert_int_equal(f.violation.rule, 0);
    finish(&f);
}

static void test_ends(void **state)
{
    struct fixture f;
    int status;
    (void)state;
    for (int who = 0; who < 2; who++) {
        open_gate(&f, 0);
        greet(&f);
        close(who == 0 ? f.worker : f.server);
        assert_int_equal(waitpid(f.pid, &status, 0), f.pid);
        assert_int_equal(status, 0);
        close(who == 0 ? f.server : f.worker);
        chan_finish(&f.control);
    }
}

/* A worker that does not read holds up nobody but itself, and loses nothing. */
static void test_slow_worker(void **state)
{
    struct fixture f;
    static uint8_t block[100000], got[100000];
    size_t sent = 0, taken = 0;
    (void)state;
    open_gate(&f, 0);
    greet(&f);
    fcntl(f.server, F_SETFL, O_NONBLOCK);
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (uint8_t)(i * 7 >> 3);
    for (int idle = 0; idle < 20 && sent < 40 * sizeof block;) {
        ssize_t n = send(f.server, block + sent % sizeof block, sizeof block - sent % sizeof block,
                         MSG_NOSIGNAL);
        if (n > 0)
            sent += (size_t)n;
        idle = n > 0 ? 0 : idle + 1;
        usleep(n > 0 ? 0 : 2000);
    }
    say(f.worker, get_focus, 4);
    assert_int_equal(take(f.server, got, 4), 4);
    while (taken < sent) {
        size_t n = take(f.worker, got, sent - taken < 1000 ? sent - taken : 1000);
        assert_true(n > 0);
        for (size_t i = 0; i < n; i++)
            if (got[i] != block[(taken + i) % sizeof block])
                fail_msg("byte %zu", taken + i);
        taken += n;
    }
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_ways),
        cmocka_unit_test(test_setup_with_request),
        cmocka_unit_test(test_descriptor_from_server),
        cmocka_unit_test(test_descriptor_from_worker),
        cmocka_unit_test(test_violation_ends_both),
        cmocka_unit_test(test_control_first),
        cmocka_unit_test(test_pacing),
        cmocka_unit_test(test_lets_go),
        cmocka_unit_test(test_lets_go_without_memory),
        cmocka_unit_test(test_owner_first),
        cmocka_unit_test(test_presses_where_it_went),
        cmocka_unit_test(test_owner_first_of_what_waits),
        cmocka_unit_test(test_owner_first_of_capture),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_slow_worker),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
