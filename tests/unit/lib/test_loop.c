/* lib/loop: descriptors and timers, added and removed in mid-turn. */
#include "lib/loop.h"
#include "policy/limits.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

struct desk {
    struct loop loop;
    int pipe[2], other[2];
    char log[32];
    size_t n;
    int repeats;
};

static void note(struct desk *d, char c)
{
    if (d->n + 1 < sizeof d->log)
        d->log[d->n++] = c;
}

static void on_stop(void *ctx)
{
    struct desk *d = ctx;
    note(d, 's');
    loop_stop(&d->loop);
}

static void on_a(void *ctx)
{
    note(ctx, 'a');
}

static void on_b(void *ctx)
{
    note(ctx, 'b');
}

static void on_again(void *ctx)
{
    struct desk *d = ctx;
    note(d, 'g');
    if (++d->repeats < 3)
        loop_set_timer(&d->loop, 0, on_again, d);
}

static void on_readable(void *ctx, short revents)
{
    struct desk *d = ctx;
    char byte;
    assert_true(revents & POLLIN);
    assert_int_equal(read(d->pipe[0], &byte, 1), 1);
    note(d, byte);
    loop_remove(&d->loop, d->other[0]); /* ready too, and must not be told any more */
}

static void on_other(void *ctx, short revents)
{
    (void)revents;
    note(ctx, '!');
}

static short want_nothing(void *ctx)
{
    (void)ctx;
    return 0;
}

static int setup(void **state)
{
    static struct desk d;
    d = (struct desk){.n = 0};
    loop_init(&d.loop);
    *state = &d;
    return pipe(d.pipe) + pipe(d.other);
}

static int teardown(void **state)
{
    struct desk *d = *state;
    for (int i = 0; i < 2; i++) {
        close(d->pipe[i]);
        close(d->other[i]);
    }
    return 0;
}

static void fires_timers_in_order(void **state)
{
    struct desk *d = *state;
    assert_true(loop_set_timer(&d->loop, 20, on_stop, d));
    assert_true(loop_set_timer(&d->loop, 10, on_b, d));
    assert_true(loop_set_timer(&d->loop, 1, on_a, d));
    assert_int_equal(loop_run(&d->loop), 0);
    assert_string_equal(d->log, "abs");
}

static void setting_a_timer_again_moves_it(void **state)
{
    struct desk *d = *state;
    loop_set_timer(&d->loop, 1, on_a, d);
    loop_set_timer(&d->loop, 15, on_a, d);
    loop_set_timer(&d->loop, 5, on_b, d);
    loop_set_timer(&d->loop, 2, on_again, d);
    loop_clear_timer(&d->loop, on_again, d);
    loop_set_timer(&d->loop, 30, on_stop, d);
    assert_int_equal(loop_run(&d->loop), 0);
    assert_string_equal(d->log, "bas");
}

static void a_timer_for_now_does_not_starve(void **state)
{
    struct desk *d = *state;
    assert_int_equal(write(d->pipe[1], "x", 1), 1);
    loop_add(&d->loop, d->pipe[0], NULL, on_readable, d);
    loop_set_timer(&d->loop, 0, on_again, d);
    loop_set_timer(&d->loop, 30, on_stop, d);
    assert_int_equal(loop_run(&d->loop), 0);
    assert_string_equal(d->log, "gxggs");
}

static void a_removed_entry_is_not_called(void **state)
{
    struct desk *d = *state;
    assert_int_equal(write(d->pipe[1], "x", 1), 1);
    assert_int_equal(write(d->other[1], "y", 1), 1);
    loop_add(&d->loop, d->pipe[0], NULL, on_readable, d);
    loop_add(&d->loop, d->other[0], NULL, on_other, d);
    loop_set_timer(&d->loop, 10, on_stop, d);
    assert_int_equal(loop_run(&d->loop), 0);
    assert_string_equal(d->log, "xs");
}

static void wanted_events_are_asked(void **state)
{
    struct desk *d = *state;
    assert_int_equal(write(d->other[1], "y", 1), 1);
    loop_add(&d->loop, d->other[0], want_nothing, on_other, d);
    loop_set_timer(&d->loop, 5, on_stop, d);
    assert_int_equal(loop_run(&d->loop), 0);
    assert_string_equal(d->log, "s");
}

static short want_soon(void *ctx)
{
    (void)ctx;
    return LOOP_SOON;
}

static void on_soon(void *ctx, short revents)
{
    struct desk *d = ctx;
    assert_int_equal(revents, POLLOUT);
    if (++d->repeats == 5)
        loop_stop(&d->loop);
}

/* A descriptor that could be written all the time, and one that never says anything. */
static void soon_comes_by_itself_and_does_not_spin(void **state)
{
    struct desk *d = *state;
    int quiet_or_writable[] = {d->pipe[0], d->other[1]};
    for (int i = 0; i < 2; i++) {
        uint64_t begun = loop_now_ms();
        d->repeats = 0;
        loop_add(&d->loop, quiet_or_writable[i], want_soon, on_soon, d);
        assert_int_equal(loop_run(&d->loop), 0);
        assert_true(loop_now_ms() - begun >= (uint64_t)5 * LOOP_SOON_MS);
        loop_remove(&d->loop, quiet_or_writable[i]);
    }
}

static void says_when_full(void **state)
{
    struct desk *d = *state;
    for (int i = 0; i < LOOP_MAX; i++) {
        assert_true(loop_add(&d->loop, 1000 + i, NULL, on_other, d));
        assert_true(loop_set_timer(&d->loop, 1000, on_a, &d->log[0] + i));
    }
    assert_false(loop_add(&d->loop, 5000, NULL, on_other, d));
    assert_false(loop_set_timer(&d->loop, 1000, on_b, d));
    assert_false(loop_add(&d->loop, -1, NULL, on_other, d));
    loop_remove(&d->loop, 1003);
    assert_true(loop_add(&d->loop, 5000, NULL, on_other, d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fires_timers_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(setting_a_timer_again_moves_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_timer_for_now_does_not_starve, setup, teardown),
        cmocka_unit_test_setup_teardown(a_removed_entry_is_not_called, setup, teardown),
        cmocka_unit_test_setup_teardown(wanted_events_are_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(soon_comes_by_itself_and_does_not_spin, setup, teardown),
        cmocka_unit_test_setup_teardown(says_when_full, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
