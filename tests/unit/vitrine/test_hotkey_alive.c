/* A watcher that watches no more is noticed while somebody controls this computer: one that stands
 * still keeps its channel open. The watcher is a child of this process. */
#include "broker/hotkey.h"
#include "ch_watch.h"
#include "policy/limits.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
/* after the headers it needs */
#include <cmocka.h>

#define PATIENCE_S 20 /* of the alarm that ends a loop without an end */

static struct loop loop;
static struct hotkey h;
static unsigned n_lost;

/* --- the watcher --- */

static int on_watch_alive(void *ctx, struct msg_watch_alive *m)
{
    return msg_watch_alive_send(ctx, m);
}

static int on_watch_arm(void *ctx, struct msg_watch_arm *m)
{
    return msg_watch_armed_send(ctx, &(struct msg_watch_armed){.serial = m->serial});
}

static _Noreturn void be_watcher(int fd)
{
    static const struct watch_at_watcher handlers = {.on_watch_arm = on_watch_arm,
                                                     .on_watch_alive = on_watch_alive};
    static struct chan c;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    watch_init_watcher(&c, fd, &handlers, &c);
    c.state = WATCH_STATE_READY;
    (void)msg_ready_send(&c);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (chan_receive(&c, 4) == CHAN_OK)
        poll(&p, 1, -1);
    _exit(0);
}

/* --- the broker --- */

static void on_fired(void *ctx, const struct msg_watch_fired *m)
{
    (void)ctx, (void)m;
}

static void on_armed(void *ctx, uint32_t serial)
{
    (void)ctx, (void)serial;
}

static void on_clean(void *ctx, unsigned released)
{
    (void)ctx, (void)released;
}

static void on_lost(void *ctx)
{
    (void)ctx;
    n_lost++;
    loop_stop(&loop);
}

static void stop(void *ctx)
{
    loop_stop(ctx);
}

static void run_for(unsigned ms)
{
    loop.stop = false;
    assert_true(loop_set_timer(&loop, ms, stop, &loop));
    assert_int_equal(loop_run(&loop), 0);
    loop_clear_timer(&loop, stop, &loop);
}

/* hotkey_fork() without an X server. */
static void begin(void)
{
    const struct hotkey_calls calls = {
        .fired = on_fired, .armed = on_armed, .clean = on_clean, .lost = on_lost};
    int pair[2];
    loop_init(&loop);
    n_lost = 0;
    assert_int_equal(chan_pair(pair), 0);
    h = (struct hotkey){.process = {START_NONE}};
    h.process.pid = fork();
    if (h.process.pid == 0) {
        close(pair[0]);
        be_watcher(pair[1]);
    }
    close(pair[1]);
    h.process.pidfd = (int)syscall(SYS_pidfd_open, h.process.pid, 0);
    hotkey_take(&h, pair[0]);
    assert_int_equal(hotkey_attach(&h, &loop, &calls), 0);
    alarm(PATIENCE_S);
    while (!h.ready)
        run_for(10);
    int who[] = {h.process.pidfd, h.process.pidfd};
    assert_int_not_equal(hotkey_arm(&h, who, 2, NULL, 0, false), 0);
}

static void test_answers(void **state)
{
    (void)state;
    begin();
    run_for(WATCH_ALIVE_MS * (WATCH_MISSED + 2));
    assert_int_equal(n_lost, 0);
    hotkey_finish(&h);
}

static void test_stands_still(void **state)
{
    (void)state;
    begin();
    pid_t pid = h.process.pid;
    kill(pid, SIGSTOP);
    while (n_lost == 0)
        run_for(WATCH_ALIVE_MS);
    assert_int_equal(n_lost, 1);
    assert_int_equal(kill(pid, 0), -1); /* it is dead and buried, whatever it would have done */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_answers),
                                       cmocka_unit_test(test_stands_still)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
