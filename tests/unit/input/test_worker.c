/* The worker's loop with a server of paper: order, pace, merging, release, and messages that are
 * wrong. */
#include "ch_input.h"
#include "input/worker.h"
#include "lib/loop.h"
#include "model.h"
#include <linux/sockios.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
/* after the headers it needs */
#include <cmocka.h>

/* The child does actions on a pipe: one struct action each, kind 255 for a question; a byte on the
   way back answers it. */
enum { ASKED = 255 };

struct rig {
    struct chan control;
    pid_t pid;
    int server;
    bool running, over;
    struct msg_input_released released;
    struct msg_failed failed;
    unsigned ahead; /* events it has been given and has not taken */
};

struct paper {
    int fd;
    bool told_map;
};
static struct paper paper;

static void paper_act(void *self, const struct action *a)
{
    struct paper *p = self;
    assert_int_equal(write(p->fd, a, sizeof *a), sizeof *a);
}
static bool paper_ask(void *self)
{
    paper_act(self, &(struct action){.kind = ASKED});
    return true;
}
static bool paper_look(void *self, struct inject_news *news)
{
    struct paper *p = self;
    char byte;
    ssize_t n = recv(p->fd, &byte, 1, MSG_DONTWAIT);
    news->answered = n == 1;
    news->map_changed = !p->told_map;
    p->told_map = true;
    return n != 0;
}
static void paper_map(void *self, struct keymap *map)
{
    (void)self;
    model_german(map);
}
static void paper_destroy(void *self)
{
    close(((struct paper *)self)->fd);
}
static const struct inject_ops paper_ops = {.act = paper_act,
                                            .ask = paper_ask,
                                            .look = paper_look,
                                            .map = paper_map,
                                            .destroy = paper_destroy};

static bool paper_open(struct inject *i, int fd, uint32_t root)
{
    (void)root;
    paper.fd = fd;
    *i = (struct inject){.ops = &paper_ops, .self = &paper, .fd = fd, .failure = FAIL_X_LOST};
    return true;
}

static _Noreturn void be_worker(int control)
{
    static struct input_worker w;
    input_worker_open = paper_open;
    input_worker_init(&w, control);
    w.control.state = INPUT_STATE_READY;
    _exit(input_worker_run(&w));
}

static int on_running(void *ctx)
{
    ((struct rig *)ctx)->running = true;
    return 0;
}
static int on_released(void *ctx, struct msg_input_released *m)
{
    ((struct rig *)ctx)->released = *m;
    return 0;
}
static int on_failed(void *ctx, struct msg_failed *m)
{
    ((struct rig *)ctx)->failed = *m;
    return 0;
}
static int on_taken(void *ctx, struct msg_input_taken *m)
{
    struct rig *r = ctx;
    assert_in_range(m->events, 1, r->ahead);
    r->ahead -= m->events;
    return 0;
}
static const struct input_at_broker broker = {.on_failed = on_failed,
                                              .on_input_running = on_running,
                                              .on_input_released = on_released,
                                              .on_input_taken = on_taken};

static void turn(struct rig *r, int ms)
{
    struct pollfd p = {.fd = r->control.fd, .events = POLLIN};
    if (!r->over && poll(&p, 1, ms) > 0)
        r->over = chan_receive(&r->control, 4) != CHAN_OK;
}

#define until(r, condition)                                                                        \
    do {                                                                                           \
        uint64_t end_ = loop_now_ms() + 20000;                                                     \
        while (!(condition) && loop_now_ms() < end_)                                               \
            turn(r, 20);                                                                           \
        assert_true(condition);                                                                    \
    } while (0)

static void start(struct rig *r)
{
    int control[2], server[2];
    memset(r, 0, sizeof *r);
    assert_int_equal(chan_pair(control), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, server), 0);
    r->pid = fork();
    if (r->pid == 0) {
        close(control[0]);
        close(server[0]);
        close(server[1]);
        be_worker(control[1]);
    }
    close(control[1]);
    r->server = server[0];
    input_init_broker(&r->control, control[0], &broker, r);
    r->control.state = INPUT_STATE_RUNNING;
    struct msg_input_start m = {.grant = "grant",
                                .root = 1,
                                .x = 100,
                                .y = 50,
                                .w = 640,
                                .h = 480,
                                .n_spares = 1,
                                .spares = {{CODE_SPARE}},
                                .display = server[1]};
    assert_int_equal(msg_input_start_send(&r->control, &m), 0);
    close(server[1]);
    until(r, r->running);
}

static void send_events(struct rig *r, const struct input_event *e, uint16_t n)
{
    struct msg_input_events m = {.grant = "grant", .n_events = n};
    memcpy(m.events, e, n * sizeof *e);
    r->ahead += n;
    assert_int_equal(msg_input_events_send(&r->control, &m), 0);
}

static bool take_in(struct rig *r, struct action *a, int ms)
{
    struct pollfd p = {.fd = r->server, .events = POLLIN};
    return poll(&p, 1, ms) > 0 && recv(r->server, a, sizeof *a, 0) == (ssize_t)sizeof *a;
}

/* What comes, on a machine that may stand still meanwhile; and what comes soon, where nothing is
 * to. */
static bool take(struct rig *r, struct action *a)
{
    return take_in(r, a, 20000);
}

static bool take_soon(struct rig *r, struct action *a)
{
    return take_in(r, a, 300);
}

/* Whether it has taken all that it was told. */
static bool has_read(const struct rig *r)
{
    int left = 1;
    return ioctl(r->control.fd, SIOCOUTQ, &left) == 0 && left == 0;
}

static void answer(struct rig *r)
{
    assert_int_equal(send(r->server, "", 1, MSG_NOSIGNAL), 1);
}

static void expect(struct rig *r, uint8_t kind, uint8_t code, bool down)
{
    struct action a = {0};
    assert_true(take(r, &a));
    assert_int_equal(a.kind, kind);
    assert_int_equal(a.code, code);
    assert_int_equal(a.down, down);
}

static void finish(struct rig *r, int expected)
{
    int status = -1;
    chan_finish(&r->control);
    waitpid(r->pid, &status, 0);
    assert_int_equal(status, expected << 8);
    close(r->server);
}

static void test_order_and_pace(void **state)
{
    static const struct input_event events[] = {
        {.kind = INPUT_MOTION, .x = 1, .y = 2},
        {.kind = INPUT_BUTTON_DOWN, .code = 1, .x = 3, .y = 4},
        {.kind = INPUT_MOTION, .x = 5, .y = 6},
        {.kind = INPUT_MOTION, .x = 7, .y = 8},
        {.kind = INPUT_BUTTON_UP, .code = 1, .x = 9, .y = 10},
        {.kind = INPUT_KEY_DOWN, .code = CODE_A, .keysym = 'a'},
        {.kind = INPUT_KEY_UP, .code = CODE_A},
        {.kind = INPUT_WHEEL, .y = 300}};
    struct rig r;
    struct action a;
    (void)state;
    start(&r);
    send_events(&r, events, 8);
    /* the button happens where it was pressed, and the drag ends where it was let go */
    assert_true(take(&r, &a) && a.kind == ACTION_MOTION && a.x == 103 && a.y == 54);
    expect(&r, ACTION_BUTTON, 1, true);
    assert_true(take(&r, &a) && a.kind == ACTION_MOTION && a.x == 109 && a.y == 60);
    expect(&r, ASKED, 0, false);
    assert_false(take_soon(&r, &a)); /* nothing more until the server has answered */
    answer(&r);
    expect(&r, ACTION_BUTTON, 1, false);
    expect(&r, ACTION_KEY, CODE_A, true);
    expect(&r, ACTION_KEY, CODE_A, false);
    expect(&r, ASKED, 0, false);
    answer(&r);
    /* the owner may have moved the pointer meanwhile, off what is shown */
    assert_true(take(&r, &a) && a.kind == ACTION_MOTION && a.x == 109 && a.y == 60);
    expect(&r, ACTION_BUTTON, 5, true); /* 300 / 120: two notches, 60 stay */
    expect(&r, ACTION_BUTTON, 5, false);
    expect(&r, ASKED, 0, false);
    answer(&r);
    expect(&r, ACTION_BUTTON, 5, true);
    expect(&r, ACTION_BUTTON, 5, false);
    expect(&r, ASKED, 0, false);
    answer(&r);
    send_events(&r, &(struct input_event){.kind = INPUT_WHEEL, .y = 60}, 1);
    assert_true(take(&r, &a) && a.kind == ACTION_MOTION && a.x == 109 && a.y == 60);
    expect(&r, ACTION_BUTTON, 5, true);
    finish(&r, 0);
}

/* Where it would turn, nobody has said: nobody has judged that place. */
static void test_wheel_without_place(void **state)
{
    static const struct input_event events[] = {
        {.kind = INPUT_WHEEL, .y = 240}, {.kind = INPUT_KEY_DOWN, .code = CODE_A, .keysym = 'a'}};
    struct rig r;
    (void)state;
    start(&r);
    send_events(&r, events, 2);
    expect(&r, ACTION_KEY, CODE_A, true);
    finish(&r, 0);
}

/* Motion under load jumps; of 2000 presses and releases none is lost. */
static void test_flood(void **state)
{
    struct rig r;
    struct action a;
    unsigned presses = 0, releases = 0, motions = 0;
    (void)state;
    start(&r);
    uint64_t end = loop_now_ms() + 60000;
    for (unsigned i = 0; releases < 1000;) {
        struct input_event e[4] = {{.kind = INPUT_MOTION, .x = (int)(i % 600), .y = 1},
                                   {.kind = INPUT_MOTION, .x = (int)(i % 600), .y = 2},
                                   {.kind = INPUT_KEY_DOWN, .code = CODE_A, .keysym = 'a'},
                                   {.kind = INPUT_KEY_UP, .code = CODE_A}};
        for (; i < 1000 && r.ahead + 4 <= INPUT_AHEAD; i++)
            send_events(&r, e, 4);
        turn(&r, 0);
        assert_true(loop_now_ms() < end);
        if (!take_in(&r, &a, 20))
            continue; /* that it has taken all is said a little later than the last of it is done */
        presses += a.kind == ACTION_KEY && a.down;
        releases += a.kind == ACTION_KEY && !a.down;
        motions += a.kind == ACTION_MOTION;
        if (a.kind == ASKED)
            answer(&r);
    }
    assert_int_equal(presses, 1000);
    assert_int_equal(motions, 1000); /* each pair became one */
    finish(&r, 0);
}

/* One spare key, two foreign characters: the second is lent when programs have had time to ask what
   the first one was. */
static void test_lent_again(void **state)
{
    enum { ALPHA = 0x7e1, BETA = 0x7e2, FIRST = 24, SECOND = 25 };
    static const struct input_event events[] = {
        {.kind = INPUT_KEY_DOWN, .code = FIRST, .keysym = ALPHA},
        {.kind = INPUT_KEY_UP, .code = FIRST},
        {.kind = INPUT_KEY_DOWN, .code = SECOND, .keysym = BETA},
        {.kind = INPUT_KEY_UP, .code = SECOND}};
    struct rig r;
    struct action a;
    (void)state;
    start(&r);
    uint64_t before = loop_now_ms(); /* it is pressed later */
    send_events(&r, events, 4);
    expect(&r, ACTION_LEND, CODE_SPARE, false);
    expect(&r, ACTION_KEY, CODE_SPARE, true);
    expect(&r, ACTION_KEY, CODE_SPARE, false);
    expect(&r, ASKED, 0, false);
    answer(&r);
    assert_true(take(&r, &a));
    assert_true(loop_now_ms() >= before + LEND_AGAIN_MS);
    assert_int_equal(a.kind, ACTION_LEND);
    expect(&r, ACTION_KEY, CODE_SPARE, true);
    finish(&r, 0);
}

static void test_release(void **state)
{
    static const struct input_event events[] = {
        {.kind = INPUT_KEY_DOWN, .code = CODE_SHIFT, .keysym = KEYS_SHIFT_L},
        {.kind = INPUT_BUTTON_DOWN, .code = 3},
        {.kind = INPUT_KEY_DOWN, .code = CODE_A, .keysym = 'A'},
        {.kind = INPUT_KEY_DOWN, .code = CODE_Q, .keysym = 'Q'}};
    struct rig r;
    (void)state;
    start(&r);
    send_events(&r, events, 4);
    expect(&r, ACTION_KEY, CODE_SHIFT, true);
    expect(&r, ACTION_MOTION, 0, false);
    expect(&r, ACTION_BUTTON, 3, true);
    expect(&r, ASKED, 0, false);
    struct msg_input_release m = {.serial = 7};
    assert_int_equal(msg_input_release_send(&r.control, &m), 0);
    until(&r, has_read(&r));
    usleep(20000);
    answer(&r);
    /* what waited is forgotten; what is down is released, and nothing else */
    expect(&r, ACTION_BUTTON, 3, false);
    expect(&r, ACTION_KEY, CODE_SHIFT, false);
    expect(&r, ASKED, 0, false);
    assert_int_equal(r.released.serial, 0);
    answer(&r);
    until(&r, r.released.serial == 7);
    assert_int_equal(r.released.keys, 1);
    assert_int_equal(r.released.buttons, 1);
    send_events(&r, &(struct input_event){.kind = INPUT_KEY_DOWN, .code = CODE_A, .keysym = 'a'},
                1);
    expect(&r, ACTION_KEY, CODE_A, true);
    finish(&r, 0);
}

/* All it may be given, and as much of it as there can be: the order to let go waits behind none of
   it, and none of it is done after that order. */
static void test_release_waits_for_nothing(void **state)
{
    struct input_event wheels[MAX_INPUT_EVENTS];
    struct rig r;
    struct action a;
    (void)state;
    start(&r);
    send_events(&r, &(struct input_event){.kind = INPUT_BUTTON_DOWN, .code = 3}, 1);
    assert_true(take(&r, &a) && a.kind == ACTION_MOTION);
    expect(&r, ACTION_BUTTON, 3, true);
    expect(&r, ASKED, 0, false);
    for (unsigned i = 0; i < MAX_INPUT_EVENTS; i++)
        wheels[i] = (struct input_event){.kind = INPUT_WHEEL, .x = MAX_WHEEL, .y = MAX_WHEEL};
    send_events(&r, wheels, MAX_INPUT_EVENTS);
    send_events(&r, wheels, INPUT_AHEAD - MAX_INPUT_EVENTS - 1);
    assert_int_equal(msg_input_release_send(&r.control, &(struct msg_input_release){.serial = 7}),
                     0);
    until(&r, has_read(&r)); /* though the X server has taken nothing */
    usleep(20000);
    answer(&r);
    expect(&r, ACTION_BUTTON, 3, false);
    expect(&r, ASKED, 0, false);
    answer(&r);
    until(&r, r.released.serial == 7 && r.ahead == 0);
    finish(&r, 0);
}

/* More than there is room for: from no broker of ours. */
static void test_too_much_ahead(void **state)
{
    struct input_event events[MAX_INPUT_EVENTS];
    struct rig r;
    (void)state;
    start(&r);
    for (unsigned i = 0; i < MAX_INPUT_EVENTS; i++)
        events[i] = (struct input_event){.kind = INPUT_WHEEL, .y = i % 2 == 0 ? 240 : -240};
    send_events(&r, &(struct input_event){.kind = INPUT_BUTTON_DOWN, .code = 3}, 1);
    send_events(&r, events, MAX_INPUT_EVENTS);
    send_events(&r, events, MAX_INPUT_EVENTS);
    until(&r, r.over);
    assert_int_equal(r.failed.code, FAIL_MESSAGE);
    finish(&r, 1);
}

static void assert_refused(const struct input_event *e, const char *grant)
{
    struct rig r;
    start(&r);
    struct msg_input_events m = {.n_events = 1};
    strcpy((char *)m.grant, grant);
    m.events[0] = *e;
    assert_int_equal(msg_input_events_send(&r.control, &m), 0);
    until(&r, r.over);
    assert_int_equal(r.failed.code, FAIL_MESSAGE);
    struct action a;
    assert_false(take_soon(&r, &a));
    finish(&r, 1);
}

static void test_refusals(void **state)
{
    static const struct input_event bad[] = {{.kind = INPUT_MOTION, .x = 640},
                                             {.kind = INPUT_MOTION, .x = -1},
                                             {.kind = INPUT_MOTION, .y = 480},
                                             {.kind = INPUT_MOTION, .keysym = 'a'},
                                             {.kind = INPUT_BUTTON_DOWN, .code = 4},
                                             {.kind = INPUT_BUTTON_DOWN, .code = 10},
                                             {.kind = INPUT_BUTTON_DOWN, .code = 1, .x = 640},
                                             {.kind = INPUT_KEY_DOWN, .code = 7, .keysym = 'a'},
                                             {.kind = INPUT_KEY_UP, .code = 9, .keysym = 'a'},
                                             {.kind = INPUT_WHEEL, .y = MAX_WHEEL + 1},
                                             {.kind = INPUT_WHEEL}};
    static const struct input_event good = {.kind = INPUT_MOTION, .x = 639, .y = 479};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(input_event_valid(&bad[i], 640, 480));
        if (i % 4 == 0)
            assert_refused(&bad[i], "grant");
    }
    assert_true(input_event_valid(&good, 640, 480));
    assert_refused(&good, "another");
}

static void test_server_gone(void **state)
{
    struct rig r;
    (void)state;
    start(&r);
    shutdown(r.server, SHUT_RDWR);
    until(&r, r.over);
    assert_int_equal(r.failed.code, FAIL_X_LOST);
    finish(&r, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_pace),
        cmocka_unit_test(test_flood),
        cmocka_unit_test(test_lent_again),
        cmocka_unit_test(test_release),
        cmocka_unit_test(test_release_waits_for_nothing),
        cmocka_unit_test(test_too_much_ahead),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_server_gone),
        cmocka_unit_test(test_wheel_without_place),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
