/*
 * Errands as they begin: with namespaces, without them only where there are none and none are
 * required, and believed only in those they were started in. The worker is a copy of this program
 * (tests/unit/programs.h).
 */
#include "broker/errand.h"
#include "ch_gate.h"
#include "tests/unit/programs.h"
#include "tests/unit/vitrine/clone_rig.h"
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

_Noreturn static void run_gate(void)
{
    static const struct gate_at_gate none;
    struct chan c;
    worker_begin(WORKER_GATE);
    gate_init_gate(&c, WORKER_CONTROL_FD, &none, NULL);
    worker_confine(WORKER_GATE, &policy_gate, &c);
    for (;;)
        poll(NULL, 0, -1);
}

static int on_ready(void *ctx)
{
    *(bool *)ctx = true;
    return 0;
}

static const struct gate_at_broker handlers = {.on_ready = on_ready};

static void believed_in_its_namespaces_only(void **state)
{
    struct started s;
    struct chan c;
    bool ready = false;
    (void)state;
    assert_true(errand_begin(WORKER_GATE, true, &s));
    assert_true(s.namespaces);
    gate_init_broker(&c, s.control, &handlers, &ready);
    assert_true(errand_hear_soon(&c) && ready);
    assert_true(errand_confined(&s));
    s.namespaces = false; /* as it would be for one that was to have none, and */
    assert_false(errand_confined(&s));
    errand_end(&s, &c);
}

enum { NONE, PLAIN, WITH, STRANGE };

_Noreturn static void begin_where_clone_says(int error, bool required)
{
    struct started s;
    siginfo_t how;
    if (!clone_rig_answer((uint32_t)error))
        _exit(STRANGE);
    if (!errand_begin(WORKER_GATE, required, &s))
        _exit(errno == error ? NONE : STRANGE);
    start_kill(&s, &how);
    _exit(s.namespaces ? WITH : PLAIN);
}

static int begun_where_clone_says(int error, bool required)
{
    int status;
    pid_t pid = fork();
    if (pid == 0)
        begin_where_clone_says(error, required);
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : STRANGE;
}

static void plain_where_there_are_none(void **state)
{
    (void)state;
    assert_int_equal(begun_where_clone_says(EPERM, false), PLAIN);
}

static void never_where_they_are_required(void **state)
{
    (void)state;
    assert_int_equal(begun_where_clone_says(EPERM, true), NONE);
}

/* A shortage of the moment does not cost a worker its walls. */
static void nor_for_a_shortage(void **state)
{
    (void)state;
    assert_int_equal(begun_where_clone_says(EAGAIN, false), NONE);
    assert_int_equal(begun_where_clone_says(ENOMEM, false), NONE);
}

int main(int argc, char **argv)
{
    static const char *const programs[] = {"vitrine-gate", NULL};
    if (argc == 2 && strcmp(argv[0], "vitrine-gate") == 0)
        run_gate();
    if (argc < 2)
        return programs_run(argv[0], programs);
    if (start_init() != 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(believed_in_its_namespaces_only),
        cmocka_unit_test(plain_where_there_are_none),
        cmocka_unit_test(never_where_they_are_required),
        cmocka_unit_test(nor_for_a_shortage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
