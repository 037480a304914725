/*
 * A part that could not be started, and a later one that could not be locked in: what was said of
 * the first is not said of the second. Seen to fail while the first one's end was kept for good.
 */
#include "broker/app.h"
#include "broker/crew.h"
#include "broker/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct app *a;
static struct worker worker;
static char told[256];

struct worker *__wrap_workers_start(struct workers *all, enum worker_kind kind,
                                    const struct worker_uses *uses, void *ctx);
struct worker *__wrap_workers_start(struct workers *all, enum worker_kind kind,
                                    const struct worker_uses *uses, void *ctx)
{
    worker = (struct worker){.all = all, .uses = uses, .ctx = ctx, .kind = kind};
    return &worker;
}

int __wrap_launcher_filters(const struct launcher *l);
int __wrap_launcher_filters(const struct launcher *l)
{
    (void)l;
    return -1;
}

void __wrap_app_event(struct app *app, struct session_event ev);
void __wrap_app_event(struct app *app, struct session_event ev)
{
    assert_ptr_equal(app, a);
    if (ev.kind == EV_ENDED)
        record_tell_fault(a, FAULT_S_BOX, 0);
}

void __wrap_record_error(struct app *app, const char *code, const char *text);
void __wrap_record_error(struct app *app, const char *code, const char *text)
{
    (void)app;
    (void)code;
    snprintf(told, sizeof told, "%s", text);
}

static int set_up(void **state)
{
    (void)state;
    a = calloc(1, sizeof *a);
    return a ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    free(a);
    return 0;
}

static void fails(struct worker_end end)
{
    crew_start(a, SW_DIAL);
    worker.uses->ended(&worker, &end);
}

static void starts(enum session_worker w)
{
    crew_start(a, w);
    worker.state = WORKER_VERIFIED;
    worker.uses->verified(&worker);
    worker.uses->ended(&worker, &(struct worker_end){.was_verified = true});
}

static void start_that_was_late(void **state)
{
    (void)state;
    fails((struct worker_end){.late = true});
    assert_non_null(strstr(told, "not ready in time"));
    starts(SW_SEAL);
    assert_non_null(strstr(told, "could not be locked in"));
}

/* What ended a session is told when the rest has ended, and meanwhile others are verified. Seen to
   fail while any that was verified made it forgotten. */
static void told_later(void **state)
{
    (void)state;
    fails((struct worker_end){.late = true});
    starts(SW_VIEW);
    assert_non_null(strstr(told, "not ready in time"));
}

static void launcher_after_it(void **state)
{
    (void)state;
    fails((struct worker_end){.late = true});
    crew_start(a, SW_LAUNCHER);
    assert_non_null(strstr(told, "could not be locked in"));
}

int main(void)
{
#define ALONE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {ALONE(start_that_was_late), ALONE(told_later),
                                       ALONE(launcher_after_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
