/*
 * The spare painter, taken for a dialog: one that lives, one that has died and one that has closed
 * its channel, before the loop has come to either. Without the look at its ends in spare_take,
 * died_unnoticed and hung_up_unnoticed fail.
 */
#include "broker/app.h"
#include "broker/route.h"
#include "broker/spare.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct app *a;
static struct worker seal;
static int other_end;

static void on_ended(struct worker *w, const struct worker_end *end)
{
    (void)w;
    (void)end;
}

/* A process that waits to be killed, and a channel to nobody in particular. */
static void make_spare(void)
{
    static const struct worker_uses uses = {.ended = on_ended};
    struct worker *w = &a->workers.table[0];
    int ends[2];
    *w = (struct worker){.all = &a->workers, .uses = &uses, .ctx = a, .kind = WORKER_UI};
    w->process = (struct started){START_NONE, .kind = WORKER_UI};
    w->process.pid = fork();
    if (w->process.pid == 0)
        for (;;)
            pause();
    w->process.pidfd = (int)syscall(SYS_pidfd_open, w->process.pid, 0);
    assert_true(w->process.pidfd >= 0);
    assert_int_equal(chan_pair(ends), 0);
    route_open_ui(w, ends[0]);
    other_end = ends[1];
    w->state = WORKER_VERIFIED;
    a->spare = w;
}

static int set_up(void **state)
{
    (void)state;
    a = calloc(1, sizeof *a);
    assert_non_null(a);
    loop_init(&a->loop);
    assert_int_equal(workers_init(&a->workers, &a->loop, NULL, NULL, NULL), 0);
    a->crew[SW_SEAL] = &seal;
    make_spare();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close(other_end);
    workers_kill_all(&a->workers, "the test ends");
    free(a);
    return 0;
}

static bool next_is_due(void)
{
    for (unsigned i = 0; i < LOOP_MAX; i++)
        if (a->loop.timers[i].at_ms)
            return true;
    return false;
}

static void lives(void **state)
{
    (void)state;
    assert_ptr_equal(spare_take(a), &a->workers.table[0]);
    assert_null(a->spare);
    assert_true(next_is_due());
}

static void died_unnoticed(void **state)
{
    (void)state;
    siginfo_t how;
    kill(a->spare->process.pid, SIGKILL);
    assert_int_equal(waitid(P_PID, (id_t)a->spare->process.pid, &how, WEXITED | WNOWAIT), 0);
    assert_null(spare_take(a));
    assert_int_equal(a->workers.table[0].state, WORKER_FREE);
    assert_true(next_is_due());
}

static void hung_up_unnoticed(void **state)
{
    (void)state;
    close(other_end);
    other_end = -1;
    assert_null(spare_take(a));
    assert_int_equal(a->workers.table[0].state, WORKER_FREE);
}

static void ended(void **state)
{
    (void)state;
    spare_end(a);
    assert_false(next_is_due());
    assert_null(spare_take(a));
    assert_int_equal(a->workers.table[0].state, WORKER_FREE);
}

int main(void)
{
#define ALONE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {ALONE(lives), ALONE(died_unnoticed),
                                       ALONE(hung_up_unnoticed), ALONE(ended)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
