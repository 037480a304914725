/* `vitrine stop` and a broker that does what it is told, one that stands still, one that does not
 * care. The brokers are children of this process that call themselves so. */
#include "broker/stop_cmd.h"
#include "tests/unit/hidden_proc.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
/* after the headers it needs */
#include <cmocka.h>

#define PATIENCE_MS 300

static pid_t broker, worker;
static volatile pid_t workers; /* in the broker */

static void stop_sharing(int signal)
{
    (void)signal;
    kill(workers, SIGKILL);
    waitpid(workers, NULL, 0);
}

static pid_t capture(void)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "vitrine-capture");
    for (;;)
        pause();
}

static _Noreturn void be_broker(int tell, void (*how)(int))
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGUSR1, how);
    prctl(PR_SET_NAME, "vitrine");
    prctl(PR_SET_DUMPABLE, 0); /* as brokers are */
    workers = capture();
    usleep(20000); /* it has its name */
    pid_t told = workers;
    (void)!write(tell, &told, sizeof told);
    for (;;)
        pause();
}

static void begin(void (*how)(int))
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    broker = fork();
    if (broker == 0)
        be_broker(ends[1], how);
    assert_int_equal(read(ends[0], &worker, sizeof worker), sizeof worker);
    close(ends[0]);
    close(ends[1]);
}

/* No process of that number runs any more. */
static bool is_gone(pid_t pid)
{
    for (unsigned i = 0; i < 200 && kill(pid, 0) == 0; i++)
        usleep(10000);
    return kill(pid, 0) != 0;
}

static bool broker_was_killed(void)
{
    int how = 0;
    return waitpid(broker, &how, 0) == broker && WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL;
}

static void end(void)
{
    assert_int_equal(kill(broker, SIGKILL), 0);
    assert_true(broker_was_killed());
}

static void test_does_it(void **state)
{
    (void)state;
    begin(stop_sharing);
    assert_int_equal(stop_broker(broker, PATIENCE_MS * 10), STOP_DONE);
    assert_true(is_gone(worker));
    assert_int_equal(kill(broker, 0), 0);
    end();
}

/* Ctrl+Z, a debugger: it said `stopped`, and the screen was shown on. */
static void test_stands_still(void **state)
{
    (void)state;
    begin(stop_sharing);
    kill(broker, SIGSTOP);
    assert_int_equal(waitpid(broker, NULL, WUNTRACED), broker);
    assert_int_equal(stop_broker(broker, PATIENCE_MS * 10), STOP_DONE);
    assert_true(is_gone(worker));
    end();
}

static void test_does_not_care(void **state)
{
    (void)state;
    begin(SIG_IGN);
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); /* its worker is ours to bury */
    assert_int_equal(stop_broker(broker, PATIENCE_MS), STOP_ENDED);
    assert_true(broker_was_killed());
    assert_int_equal(waitpid(worker, NULL, 0), worker);
}

/* Whose number is another's by now, and who is no vitrine, hears nothing. */
static void test_somebody_else(void **state)
{
    (void)state;
    assert_int_equal(stop_broker(getpid(), PATIENCE_MS), STOP_NOBODY);
    begin(SIG_IGN);
    end();
    assert_int_equal(stop_broker(broker, PATIENCE_MS), STOP_NOBODY);
}

/* Dead, and nobody has asked how: it does not run, and nothing was stopped in it. */
static void test_dead(void **state)
{
    siginfo_t how;
    (void)state;
    begin(SIG_IGN);
    assert_int_equal(kill(broker, SIGKILL), 0);
    assert_int_equal(waitid(P_PID, (id_t)broker, &how, WEXITED | WNOWAIT), 0);
    assert_int_equal(stop_broker(broker, PATIENCE_MS), STOP_NOBODY);
    assert_true(broker_was_killed());
}

/* The exit status; a broker that hears it has nobody left. */
static int stop_one(void)
{
    begin(stop_sharing);
    int status = stop_cmd(NULL);
    bool shares = !is_gone(worker); /* dead is enough for it; the broker has to bury it */
    return shares == (status != 0) ? status : 97;
}

/* It said that none was running, and the screen was shown on. */
static void test_hidden(void **state)
{
    (void)state;
    if (hidden_proc_run("hidepid=0", stop_one) == HIDDEN_PROC_CANNOT)
        skip();
    assert_int_equal(hidden_proc_run("hidepid=0", stop_one), 0);
    assert_int_equal(hidden_proc_run("hidepid=1", stop_one), 4);
    assert_int_equal(hidden_proc_run("hidepid=2", stop_one), 4);
    assert_int_equal(hidden_proc_run(NULL, stop_one), 4);
}

static int stop_none(void)
{
    return stop_cmd(NULL);
}

/* Nobody to ask /proc about. A normal user: root has no such limit. */
static int without_child(int (*run)(void))
{
    const struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_NPROC, &none) == 0 ? run() : 96;
}

static int stop_one_without_child(void)
{
    begin(stop_sharing);
    int status = without_child(stop_none);
    bool shares = !is_gone(worker); /* dead is enough for it; the broker has to bury it */
    return shares == (status != 0) ? status : 97;
}

static int stop_none_without_child(void)
{
    return without_child(stop_none);
}

/* It looked for nobody, and said that /proc hides them. One found is stopped; none is not "none".
 */
static void test_no_child(void **state)
{
    (void)state;
    if (hidden_proc_run("hidepid=0", stop_none) == HIDDEN_PROC_CANNOT)
        skip();
    assert_int_equal(hidden_proc_run("hidepid=0", stop_none), 0);
    assert_int_equal(hidden_proc_run("hidepid=0", stop_one_without_child), 0);
    assert_int_equal(hidden_proc_run("hidepid=0", stop_none_without_child), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_does_it),       cmocka_unit_test(test_stands_still),
        cmocka_unit_test(test_does_not_care), cmocka_unit_test(test_somebody_else),
        cmocka_unit_test(test_dead),          cmocka_unit_test(test_hidden),
        cmocka_unit_test(test_no_child)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
