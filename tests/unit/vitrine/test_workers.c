/*
 * The broker's table of workers and its launcher, under the broker's real filter: verified,
 * refused, repeated without namespaces, ended by themselves, by a forbidden call, by a bad message,
 * by a kill.
 *
 * The workers are copies of this program (tests/unit/programs.h). One byte, sent raw on the control
 * channel, tells each how to behave.
 */
#include "broker/launcher.h"
#include "broker/protect.h"
#include "broker/workers.h"
#include "ch_dial.h"
#include "ch_gate.h"
#include "policy/limits.h"
#include "tests/unit/programs.h"
#include "tests/unit/vitrine/clone_rig.h"
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cmocka.h>

enum behaviour {
    BEHAVE = 'b',         /* confine, wait */
    BEHAVE_EXIT = 'e',    /* confine, exit */
    BEHAVE_CALL = 's',    /* confine, forbidden call */
    BEHAVE_GARBAGE = 'g', /* confine, bad message */
    BEHAVE_WORD = 'w',    /* confine, a permitted message and exit at once */
    BEHAVE_HANG_UP = 'h', /* confine, close the channel, stay */
    BEHAVE_OPEN = 'o',    /* READY without the second filter */
    BEHAVE_EARLY = 'y',   /* a bad message before READY */
    BEHAVE_NESTED = 'n',  /* with namespaces: as if the empty root had failed; without: as BEHAVE */
    BEHAVE_SHORT = 'm',   /* as if there had been no memory for the empty root */
    BEHAVE_FONTS = 'f',   /* fails for another reason */
    BEHAVE_SILENT = 'q',  /* never READY */
};

/* --- the test worker */

static void before_ready(char b, struct chan *c)
{
    if (b == BEHAVE_OPEN)
        msg_ready_send(c);
    else if (b == BEHAVE_EARLY)
        (void)!write(c->fd, "garbage", 7);
    else if (b == BEHAVE_NESTED && getpid() == 1)
        worker_fail(c, FAIL_CONFINE, EPERM);
    else if (b == BEHAVE_SHORT && getpid() == 1)
        worker_fail(c, FAIL_CONFINE, ENOMEM);
    else if (b == BEHAVE_FONTS)
        worker_fail(c, FAIL_FONTS, 7);
    else if (b != BEHAVE_SILENT)
        return;
    for (;;)
        poll(NULL, 0, -1);
}

static void after_ready(char b, struct chan *c)
{
    if (b == BEHAVE_EXIT)
        _exit(9);
    if (b == BEHAVE_CALL)
        syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
    if (b == BEHAVE_GARBAGE)
        (void)!write(c->fd, "garbage", 7);
    if (b == BEHAVE_WORD) {
        msg_gate_violation_send(c, &(struct msg_gate_violation){.major = 98});
        _exit(1);
    }
    if (b == BEHAVE_HANG_UP)
        chan_finish(c);
}

_Noreturn static void run_gate(void)
{
    static const struct gate_at_gate none;
    struct chan c;
    char b;
    worker_begin(WORKER_GATE);
    gate_init_gate(&c, WORKER_CONTROL_FD, &none, NULL);
    struct pollfd p = {.fd = WORKER_CONTROL_FD, .events = POLLIN};
    if (poll(&p, 1, -1) != 1 || read(WORKER_CONTROL_FD, &b, 1) != 1)
        _exit(3);
    before_ready(b, &c);
    worker_confine(WORKER_GATE, &policy_gate, &c);
    after_ready(b, &c);
    for (;;)
        poll(NULL, 0, -1);
}

_Noreturn static void run_dial(void)
{
    static const struct dial_at_dial none;
    struct chan c;
    worker_begin(WORKER_DIAL);
    dial_init_dial(&c, WORKER_CONTROL_FD, &none, NULL);
    worker_confine(WORKER_DIAL, &policy_dial, &c);
    for (;;)
        poll(NULL, 0, -1);
}

/* --- the test's broker */

static struct launcher launcher;
static struct loop loop;
static struct workers all;

static struct seen {
    char behaviour;
    unsigned started, verified, ended, events[3], words;
    struct worker_end end;
    struct worker *worker;
    bool kill_when_word; /* from inside the handler */
} seen;

static int on_violation(void *ctx, struct msg_gate_violation *m)
{
    struct worker *w = ctx;
    assert_int_equal(m->major, 98);
    seen.words++;
    if (seen.kill_when_word) {
        assert_true(workers_kill(w, "told to"));
        loop_stop(&loop);
    }
    return 0;
}

static const struct gate_at_broker gate_handlers = {.on_ready = workers_on_ready,
                                                    .on_failed = workers_on_failed,
                                                    .on_gate_violation = on_violation};
static const struct dial_at_broker dial_handlers = {.on_ready = workers_on_ready,
                                                    .on_failed = workers_on_failed};

static void open_gate(struct worker *w, int fd)
{
    gate_init_broker(&w->control, fd, &gate_handlers, w);
}

static void open_dial(struct worker *w, int fd)
{
    dial_init_broker(&w->control, fd, &dial_handlers, w);
}

static void on_started(struct worker *w)
{
    seen.started++;
    assert_int_equal(write(w->control.fd, &seen.behaviour, 1), 1);
}

static void on_verified(struct worker *w)
{
    seen.verified++;
    assert_int_equal(w->state, WORKER_VERIFIED);
    if (seen.behaviour == BEHAVE || seen.behaviour == BEHAVE_NESTED ||
        seen.behaviour == BEHAVE_SHORT)
        loop_stop(&loop);
}

static void on_ended(struct worker *w, const struct worker_end *end)
{
    assert_ptr_equal(w->ctx, &seen);
    seen.ended++;
    seen.end = *end;
    loop_stop(&loop);
}

static void on_event(void *ctx, const struct worker_event *e)
{
    (void)ctx;
    assert_true(e->worker->process.pid > 0);
    seen.events[e->what]++;
}

static const struct worker_uses gate_uses = {open_gate, on_started, on_verified, on_ended};
static const struct worker_uses dial_uses = {open_dial, NULL, on_verified, on_ended};

static void behave(enum behaviour b)
{
    seen = (struct seen){.behaviour = (char)b};
    seen.worker = workers_start(&all, WORKER_GATE, &gate_uses, &seen);
    assert_non_null(seen.worker);
    assert_int_equal(loop_run(&loop), 0);
}

static bool exists(pid_t pid)
{
    struct proof p;
    return start_measure_pid(pid, &p) == 0;
}

static int clean(void **state)
{
    (void)state;
    workers_kill_all(&all, "test over");
    return 0;
}

/* --- tests */

static void test_verified_then_killed(void **state)
{
    (void)state;
    behave(BEHAVE);
    assert_int_equal(seen.verified, 1);
    struct worker *w = seen.worker;
    pid_t pid = w->process.pid;
    assert_true(w->proof.namespaces);
    assert_int_equal(w->proof.filters, start_own_filters() + 2);
    assert_true(workers_have(&all, WORKER_GATE));
    assert_true(exists(pid));
    assert_true(workers_kill(w, "revoked"));
    assert_false(exists(pid));
    assert_false(workers_have(&all, WORKER_GATE));
    assert_int_equal(seen.ended, 0);
    assert_int_equal(seen.events[WORKER_EVENT_STARTED], 1);
    assert_int_equal(seen.events[WORKER_EVENT_VERIFIED], 1);
    assert_int_equal(seen.events[WORKER_EVENT_ENDED], 1);
    assert_true(workers_kill(w, "again"));
    assert_int_equal(seen.events[WORKER_EVENT_ENDED], 1);
}

static void test_exit(void **state)
{
    (void)state;
    behave(BEHAVE_EXIT);
    assert_int_equal(seen.ended, 1);
    assert_true(seen.end.was_verified);
    assert_false(seen.end.violation);
    assert_string_equal(seen.end.why, "exited");
    assert_int_equal(seen.end.status, 9);
}

static void test_forbidden_call(void **state)
{
    (void)state;
    behave(BEHAVE_CALL);
    assert_string_equal(seen.end.why, "violation");
    assert_true(seen.end.violation);
    assert_int_equal(seen.end.signal, SIGSYS);
}

static void test_bad_message(void **state)
{
    (void)state;
    behave(BEHAVE_GARBAGE);
    assert_true(seen.end.violation);
    assert_string_equal(seen.end.why, "unknown");
    assert_false(workers_have(&all, WORKER_GATE));
}

static void test_last_word_is_heard(void **state)
{
    (void)state;
    behave(BEHAVE_WORD);
    assert_int_equal(seen.words, 1);
    assert_int_equal(seen.end.status, 1);
}

/* A kill from inside the handler of the worker's own message. */
static void test_kill_while_handling(void **state)
{
    (void)state;
    seen = (struct seen){.behaviour = BEHAVE_WORD, .kill_when_word = true};
    struct worker *w = workers_start(&all, WORKER_GATE, &gate_uses, &seen);
    assert_non_null(w);
    assert_int_equal(loop_run(&loop), 0);
    assert_int_equal(seen.words, 1);
    assert_int_equal(seen.ended, 0);
    assert_int_equal(w->state, WORKER_FREE);
}

static void test_closed_channel(void **state)
{
    (void)state;
    behave(BEHAVE_HANG_UP);
    assert_string_equal(seen.end.why, "closed its channel");
    assert_int_equal(seen.end.signal, SIGKILL);
}

static void test_not_confined(void **state)
{
    (void)state;
    behave(BEHAVE_OPEN);
    assert_int_equal(seen.verified, 0);
    assert_false(seen.end.was_verified);
    assert_string_equal(seen.end.why, "wrong number of seccomp filters");
    assert_int_equal(seen.started, 1); /* no second try for that */
}

static void test_bad_message_before_ready(void **state)
{
    (void)state;
    behave(BEHAVE_EARLY);
    assert_int_equal(seen.started, 1);
    assert_int_equal(seen.verified, 0);
    assert_int_equal(seen.end.signal, SIGKILL);
    assert_true(seen.end.violation);
}

static void test_fallback(void **state)
{
    (void)state;
    all.without_namespaces = false;
    behave(BEHAVE_NESTED);
    assert_int_equal(seen.started, 2);
    assert_int_equal(seen.verified, 1);
    assert_int_equal(seen.ended, 0);
    assert_false(seen.worker->proof.namespaces);
    assert_true(all.without_namespaces);
}

static void test_fallback_forbidden(void **state)
{
    (void)state;
    all.require_namespaces = true;
    behave(BEHAVE_NESTED);
    all.require_namespaces = false;
    assert_int_equal(seen.started, 1);
    assert_int_equal(seen.ended, 1);
    assert_int_equal(seen.end.fail, FAIL_CONFINE);
    assert_int_equal(seen.end.detail, EPERM);
}

/* In a child where clone answers so; its exit status: 0 no worker, 1 one without namespaces. */
_Noreturn static void start_where_clone_says(int error)
{
    struct workers few;
    loop_init(&loop);
    if (start_init() != 0 || workers_init(&few, &loop, NULL, on_event, NULL) != 0 ||
        !clone_rig_answer((uint32_t)error))
        _exit(77);
    struct worker *w = workers_start(&few, WORKER_GATE, &gate_uses, &seen);
    if (w == NULL)
        _exit(errno == error ? 0 : 78);
    bool plain = w->plain;
    _exit(workers_kill(w, "seen") && plain ? 1 : 79);
}

static const int clone_errors[] = {EPERM, EAGAIN, ENOMEM, ENOBUFS, ETOOMANYREFS};
static int clone_answers[5];

/* Before the broker's filter, which permits no child like this. */
static void see_clone_errors(void)
{
    for (size_t i = 0; i < 5; i++) {
        int status;
        pid_t pid = fork();
        if (pid == 0)
            start_where_clone_says(clone_errors[i]);
        waitpid(pid, &status, 0);
        clone_answers[i] = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
}

/* A shortage of the moment does not cost a worker its walls. */
static void test_no_fallback_for_a_shortage(void **state)
{
    (void)state;
    assert_int_equal(clone_answers[0], 1);
    for (size_t i = 1; i < 5; i++)
        assert_int_equal(clone_answers[i], 0);
    behave(BEHAVE_SHORT);
    assert_int_equal(seen.started, 1);
    assert_int_equal(seen.ended, 1);
    assert_int_equal(seen.end.detail, ENOMEM);
}

static void test_other_failure_is_told(void **state)
{
    (void)state;
    behave(BEHAVE_FONTS);
    assert_int_equal(seen.started, 1);
    assert_int_equal(seen.end.fail, FAIL_FONTS);
    assert_int_equal(seen.end.detail, 7);
    assert_string_equal(seen.end.why, "failed");
}

static void test_deadline(void **state)
{
    (void)state;
    uint64_t begun = loop_now_ms();
    behave(BEHAVE_SILENT);
    assert_string_equal(seen.end.why, "not ready in time");
    assert_true(loop_now_ms() - begun >= START_MS - 100);
}

static void test_full_table(void **state)
{
    (void)state;
    seen = (struct seen){.behaviour = BEHAVE};
    for (int i = 0; i < WORKERS_MAX; i++)
        assert_non_null(workers_start(&all, WORKER_GATE, &gate_uses, &seen));
    assert_null(workers_start(&all, WORKER_GATE, &gate_uses, &seen));
    assert_int_equal(errno, EMFILE);
}

static void test_missing_program(void **state)
{
    (void)state;
    assert_null(workers_start(&all, WORKER_NET, &gate_uses, &seen));
    assert_int_equal(errno, ENOENT);
}

/* Through the launcher: our child, verified like the others, and killed like them. */
static void test_launched(void **state)
{
    (void)state;
    seen = (struct seen){.behaviour = BEHAVE};
    struct worker *w = workers_start(&all, WORKER_DIAL, &dial_uses, &seen);
    assert_non_null(w);
    assert_int_equal(loop_run(&loop), 0);
    assert_int_equal(seen.verified, 1);
    assert_true(w->proof.namespaces);
    pid_t pid = w->process.pid;
    assert_true(workers_kill(w, "done"));
    assert_false(exists(pid));
}

/* Dropped before the launcher has answered: what it started then is killed at once. */
static void test_launched_too_late(void **state)
{
    (void)state;
    seen = (struct seen){.behaviour = BEHAVE};
    struct worker *w = workers_start(&all, WORKER_DIAL, &dial_uses, &seen);
    assert_non_null(w);
    assert_true(workers_kill(w, "not needed"));
    assert_int_equal(w->state, WORKER_GONE);
    seen.worker = w;
    struct worker *second = workers_start(&all, WORKER_DIAL, &dial_uses, &seen);
    assert_ptr_not_equal(second, w);
    assert_int_equal(loop_run(&loop), 0);
    assert_int_equal(seen.verified, 1);
    assert_int_equal(w->state, WORKER_FREE);
}

static void on_launch_refused(void *ctx, struct started *s, int error)
{
    assert_null(s);
    *(int *)ctx = error;
    loop_stop(&loop);
}

static struct listened {
    unsigned n;
    uint16_t port;
    int error, sockets[4];
} listened;

static void on_listening(void *ctx, const int *sockets, unsigned n, uint16_t port, int error)
{
    (void)ctx;
    listened = (struct listened){.n = n, .port = port, .error = error};
    for (unsigned i = 0; i < n; i++)
        listened.sockets[i] = sockets[i];
    loop_stop(&loop);
}

static void listen_once(const char *address, uint16_t port)
{
    assert_true(launcher_listen(&launcher, address, port, on_listening, NULL));
    assert_int_equal(loop_run(&loop), 0);
}

static void close_listened(const struct listened *l)
{
    for (unsigned i = 0; i < l->n; i++)
        close(l->sockets[i]);
}

static void test_listen(void **state)
{
    (void)state;
    listen_once("127.0.0.1", 0);
    assert_int_equal(listened.error, 0);
    assert_int_equal(listened.n, 1);
    assert_true(listened.port > 0);
    struct listened first = listened;
    struct sockaddr_in a;
    socklen_t len = sizeof a;
    assert_int_equal(getsockname(first.sockets[0], (struct sockaddr *)&a, &len), 0);
    assert_int_equal(ntohs(a.sin_port), first.port);
    assert_int_equal(ntohl(a.sin_addr.s_addr), INADDR_LOOPBACK);
    listen_once("127.0.0.1", first.port);
    assert_int_equal(listened.error, EADDRINUSE);
    close_listened(&first);
    listen_once("", 0);
    assert_int_equal(listened.error, 0);
    assert_in_range(listened.n, 1, 2);
    close_listened(&listened);
    listen_once("no address", 0);
    assert_int_equal(listened.error, EINVAL);
    listen_once("192.0.2.1", 0);
    assert_int_equal(listened.error, EADDRNOTAVAIL);
}

/* Last: the launcher ends whoever asks it for another worker, and its death is an answer. */
static void test_launcher_refuses_others(void **state)
{
    (void)state;
    int error = 0;
    assert_true(launcher_start(&launcher, WORKER_CAPTURE, false, on_launch_refused, &error));
    assert_int_equal(loop_run(&loop), 0);
    assert_int_equal(error, EPIPE);
    assert_null(workers_start(&all, WORKER_DIAL, &dial_uses, &seen));
    launcher_finish(&launcher);
}

static const char *const programs[] = {"vitrine-gate", "vitrine-dial", NULL};

static int begin(void)
{
    const char *why;
    loop_init(&loop);
    if (start_init() != 0 || !protect_possible(&why) || launcher_fork(&launcher) != 0 ||
        protect_broker() != 0 || launcher_attach(&launcher, &loop) != 0)
        return 1;
    return workers_init(&all, &loop, &launcher, on_event, NULL);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[0], "vitrine-gate") == 0)
        run_gate();
    if (argc == 2 && strcmp(argv[0], "vitrine-dial") == 0)
        run_dial();
    if (argc < 2)
        return programs_run(argv[0], programs);
    see_clone_errors();
    if (begin() != 0)
        return 1;
#define CLEAN(test) cmocka_unit_test_teardown(test, clean)
    const struct CMUnitTest tests[] = {
        CLEAN(test_verified_then_killed),
        CLEAN(test_exit),
        CLEAN(test_forbidden_call),
        CLEAN(test_bad_message),
        CLEAN(test_last_word_is_heard),
        CLEAN(test_kill_while_handling),
        CLEAN(test_closed_channel),
        CLEAN(test_not_confined),
        CLEAN(test_bad_message_before_ready),
        CLEAN(test_fallback),
        CLEAN(test_fallback_forbidden),
        CLEAN(test_no_fallback_for_a_shortage),
        CLEAN(test_other_failure_is_told),
        CLEAN(test_deadline),
        CLEAN(test_full_table),
        CLEAN(test_missing_program),
        CLEAN(test_launched),
        CLEAN(test_launched_too_late),
        CLEAN(test_listen),
        CLEAN(test_launcher_refuses_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
