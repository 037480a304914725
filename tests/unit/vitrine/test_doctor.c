/*
 * `vitrine doctor` on machines that can and cannot confine: as this one is, without user
 * namespaces, without seccomp. The workers are copies of this program that lock themselves in and
 * wait (tests/unit/programs.h).
 */
#include "broker/doctor.h"
#include "broker/protect.h"
#include "ch_gate.h"
#include "lib/sandbox.h"
#include "tests/unit/hidden_proc.h"
#include "tests/unit/programs.h"
#include "tests/unit/vitrine/failing_readdir.h"
#include <dirent.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <cmocka.h>

/* --- the test workers */

static const struct policy_filter *const policies[WORKER_KINDS] = {
    [WORKER_GATE] = &policy_gate,   [WORKER_CAPTURE] = &policy_capture,
    [WORKER_INPUT] = &policy_input, [WORKER_DIAL] = &policy_dial,
    [WORKER_NET] = &policy_net,     [WORKER_SEAL] = &policy_seal,
    [WORKER_RELAY] = &policy_relay, [WORKER_UI] = &policy_ui,
    [WORKER_VIEW] = &policy_view,   [WORKER_AUDIT] = &policy_audit,
    [WORKER_BUS] = &policy_bus,
};

static uint8_t keys[SECRET_HEAP + 4096];

static void run_worker(const char *role)
{
    static const struct gate_at_gate none;
    struct chan c;
    for (enum worker_kind k = WORKER_GATE; k < WORKER_KINDS; k++) {
        if (strcmp(worker_kind_name(k), role) != 0)
            continue;
        worker_begin(k);
        if (k == WORKER_SEAL) /* as net/seal/crypto.c: without, where it is refused */
            (void)mlock(keys, sizeof keys);
        /* READY is the same message on every channel. */
        gate_init_gate(&c, WORKER_CONTROL_FD, &none, NULL);
        worker_confine(k, policies[k], &c);
        for (;;)
            poll(NULL, 0, -1);
    }
    _exit(9);
}

/* --- running the command and reading what it prints */

struct outcome {
    int status;
    char text[256 * 1024];
};

typedef bool (*before_fn)(void);

/* In a child: it locks itself in for good. */
static void run_doctor(before_fn before, bool json, struct outcome *out)
{
    int ends[2];
    memset(out, 0, sizeof *out);
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        const struct doctor_needs needs = {.open_fonts = NULL};
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        if (before != NULL && !before())
            _exit(77);
        _exit(doctor_command(json, &needs, "a display"));
    }
    close(ends[1]);
    size_t len = 0;
    for (ssize_t n = 1; n > 0 && len < sizeof out->text - 1; len += (size_t)(n > 0 ? n : 0))
        n = read(ends[0], out->text + len, sizeof out->text - 1 - len);
    close(ends[0]);
    waitpid(pid, &out->status, 0);
    out->status = WIFEXITED(out->status) ? WEXITSTATUS(out->status) : -1;
}

static void expect_text(const struct outcome *o, const char *text)
{
    if (strstr(o->text, text) == NULL)
        fail_msg("not printed: %s\n%s", text, o->text);
}

/* What the report says of those that run, which other tests' may be among. */
static int status_of(const struct outcome *o)
{
    if (strstr(o->text, "\"verdict\":\"wrong\""))
        return 1;
    return strstr(o->text, "\"verdict\":\"not all compared\"") ||
                   strstr(o->text, "\"verdict\":\"no rule\"") ||
                   strstr(o->text, "\"processes_full\":true") ||
                   strstr(o->text, "\"processes_hidden\":true")
               ? 7
               : 0;
}

static void test_as_it_is(void **state)
{
    (void)state;
    static struct outcome o;
    run_doctor(NULL, true, &o);
    assert_int_equal(o.status, status_of(&o));
    expect_text(&o, "\"level\":\"full\"");
    expect_text(&o, "\"missing\":[]");
    expect_text(&o, "\"display\":\"a display\"");
    expect_text(&o, "{\"role\":\"verify\",\"result\":\"not installed\"");
    expect_text(&o,
                "\"holds\":{\"screen\":\"trusted\",\"hands\":\"trusted\",\"network\":\"never\"");
    expect_text(&o, "\"root_entries\":0");
    run_doctor(NULL, false, &o);
    expect_text(&o, "protection: full");
    expect_text(&o, "own namespaces, empty root, no network");
}

static bool write_file(const char *path, const char *text)
{
    FD_OWNED fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

static bool without_namespaces(void)
{
    char map[32];
    snprintf(map, sizeof map, "0 %d 1", (int)geteuid());
    return unshare(CLONE_NEWUSER) == 0 && write_file("/proc/self/uid_map", map) &&
           write_file("/proc/sys/user/max_user_namespaces", "0");
}

static void test_without_namespaces(void **state)
{
    (void)state;
    static struct outcome o;
    run_doctor(without_namespaces, true, &o);
    assert_int_equal(o.status, status_of(&o));
    expect_text(&o, "\"level\":\"reduced\"");
    expect_text(&o, "\"missing\":[\"namespaces\"]");
    expect_text(&o, "{\"role\":\"seal\",\"result\":\"verified\"");
    run_doctor(without_namespaces, false, &o);
    expect_text(&o, "missing: namespaces");
}

static bool without_locked_memory(void)
{
    const struct rlimit little = {65536, 65536};
    return setrlimit(RLIMIT_MEMLOCK, &little) == 0;
}

/* OpenSSL goes on without; keys could be swapped out, and that is said. */
static void test_without_locked_memory(void **state)
{
    (void)state;
    static struct outcome o;
    run_doctor(without_locked_memory, true, &o);
    assert_int_equal(o.status, status_of(&o));
    expect_text(&o, "\"level\":\"reduced\"");
    expect_text(&o, "\"missing\":[\"mlock\"]");
    run_doctor(without_locked_memory, false, &o);
    expect_text(&o, "missing: mlock: memory not locked");
}

/* As a kernel without CONFIG_SECCOMP (ENOSYS) or without its filters (EINVAL) answers. */
static bool answer_seccomp_with(uint32_t error)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct policy_filter filter = {code, sizeof code / sizeof *code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && sandbox_filter(&filter) == 0;
}

static bool without_seccomp(void)
{
    return answer_seccomp_with(ENOSYS);
}

static bool without_filters(void)
{
    return answer_seccomp_with(EINVAL);
}

static void test_without_seccomp(void **state)
{
    (void)state;
    const before_fn machines[] = {without_seccomp, without_filters};
    for (size_t i = 0; i < 2; i++) {
        static struct outcome o;
        run_doctor(machines[i], false, &o);
        assert_int_equal(o.status, 5);
        expect_text(&o, "seccomp");
        /* One plain line. */
        assert_non_null(strchr(o.text, '\n'));
        assert_string_equal(strchr(o.text, '\n'), "\n");
    }
}

static void test_inherited_filter_is_counted(void **state)
{
    (void)state;
    static struct outcome o;
    /* A service manager's filter on everything: one more for all, and nobody is refused for it. */
    static const struct sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    static const struct policy_filter outer = {allow, 1};
    pid_t pid = fork();
    if (pid == 0) {
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || sandbox_filter(&outer) != 0)
            _exit(1);
        run_doctor(NULL, true, &o);
        _exit(o.status != status_of(&o) || strstr(o.text, "\"filters\":4") == NULL);
    }
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
}

/* --- a computer without a place for one more process --- */

static unsigned forks, fork_that_fails;

pid_t __real_start_fork(int *pidfd);
pid_t __wrap_start_fork(int *pidfd);
pid_t __wrap_start_fork(int *pidfd)
{
    if (++forks != fork_that_fails)
        return __real_start_fork(pidfd);
    errno = EAGAIN;
    return -1;
}

static bool without_one_process(void)
{
    fork_that_fails = 40; /* the launcher's, the broker's tries, then a worker's */
    return true;
}

static void test_untried_is_said(void **state)
{
    (void)state;
    static struct outcome o;
    run_doctor(without_one_process, true, &o);
    assert_int_equal(o.status, status_of(&o) == 1 ? 1 : 7);
    expect_text(&o, "\"level\":\"full\"");
    expect_text(&o, ":\"untried\"");
    run_doctor(without_one_process, false, &o);
    expect_text(&o, " untried ");
    expect_text(&o, "untried: it could not be tried.");
}

static void test_ui_row(void **state)
{
    (void)state;
    struct doctor_report r = {0};
    assert_int_equal(doctor_ui_row(&r, WORKER_SEAL, true), 0);
    r.rows[WORKER_SEAL].result = DOCTOR_VERIFIED;
    r.rows[WORKER_SEAL].holds[DOCTOR_NET] = UI_HOLDS_MAY;
    assert_int_equal(doctor_ui_row(&r, WORKER_SEAL, true),
                     UI_DOCTOR_ROW(WORKER_SEAL, 1, 0, 0, UI_HOLDS_MAY, 0));
    r.rows[WORKER_SEAL].result = DOCTOR_REFUSED;
    assert_int_equal(doctor_ui_row(&r, WORKER_SEAL, false),
                     UI_DOCTOR_ROW(WORKER_SEAL, 0, UI_HOLDS_TRUSTED, UI_HOLDS_TRUSTED,
                                   UI_HOLDS_TRUSTED, UI_HOLDS_TRUSTED));
}

/* --- others' words and servers --- */

#define LONGEST_S 60 /* for a test that would hang: SIGALRM ends the program */

/* Children with that name, until the pipe is closed, or one of them until it is written to; the
   last one's pid. */
static pid_t start_named(const char *name, int n, int hold[2])
{
    char before[16], byte;
    pid_t pid = -1;
    alarm(LONGEST_S);
    assert_int_equal(pipe(hold), 0);
    assert_int_equal(prctl(PR_GET_NAME, before), 0);
    assert_int_equal(prctl(PR_SET_NAME, name), 0);
    for (int i = 0; i < n; i++) {
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            close(hold[1]);
            _exit(read(hold[0], &byte, 1) != 0);
        }
    }
    assert_int_equal(prctl(PR_SET_NAME, before), 0);
    return pid;
}

static void end_named(int n, const int hold[2])
{
    close(hold[0]);
    close(hold[1]);
    for (int i = 0; i < n; i++)
        assert_true(wait(NULL) > 0);
    alarm(0);
}

/* In a child: children of its own it would not list. */
static void list_processes(bool json, struct outcome *o)
{
    static struct doctor_processes list;
    struct doctor_report r = {.level = "full", .running = &list};
    FILE *out = tmpfile();
    int status;
    assert_non_null(out);
    pid_t pid = fork();
    if (pid == 0) {
        alarm(LONGEST_S);
        doctor_scan_processes(&list);
        _exit(json ? doctor_print_json(out, &r) != 0 : doctor_print(out, &r) != 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    rewind(out);
    o->text[fread(o->text, 1, sizeof o->text - 1, out)] = '\0';
    fclose(out);
}

static void test_names_are_cleaned(void **state)
{
    (void)state;
    static struct outcome o;
    int odd[2], broken[2];
    start_named("vitrine-\033[8m\n\x9b", 1, odd);
    start_named("vitrine-seal\n", 1, broken);
    for (int json = 0; json < 2; json++) {
        list_processes(json, &o);
        expect_text(&o, "vitrine-?[8m??");
        assert_null(strchr(o.text, '\033'));
        assert_null(strchr(o.text, '\x9b'));
        /* A name with a line's end in it is not what stands before it. */
        expect_text(&o, "vitrine-seal?");
        if (!json)
            expect_text(&o, ": no program of vitrine\n");
    }
    end_named(1, broken);
    end_named(1, odd);
}

static void test_full_list_is_said(void **state)
{
    (void)state;
    static struct outcome o;
    int hold[2];
    start_named("vitrine-x", 1, hold);
    list_processes(true, &o);
    expect_text(&o, "\"processes_full\":false");
    end_named(1, hold);
    start_named("vitrine-x", DOCTOR_PROCESSES + 1, hold);
    list_processes(true, &o);
    expect_text(&o, "\"processes_full\":true");
    list_processes(false, &o);
    expect_text(&o, "than the 256 that are listed");
    end_named(DOCTOR_PROCESSES + 1, hold);
}

/* --- a computer without a descriptor left: what may be there is not "none" --- */

static const char *unread_file = ""; /* of /proc/PID */
static bool asks_nobody;

bool __real_doctor_ask_about(doctor_ask_fn ask, const void *ctx, void *answer, size_t size,
                             bool *late);
bool __wrap_doctor_ask_about(doctor_ask_fn ask, const void *ctx, void *answer, size_t size,
                             bool *late);
bool __wrap_doctor_ask_about(doctor_ask_fn ask, const void *ctx, void *answer, size_t size,
                             bool *late)
{
    *late = false;
    return !asks_nobody && __real_doctor_ask_about(ask, ctx, answer, size, late);
}

static void expect_hidden(struct outcome *o)
{
    list_processes(true, o);
    expect_text(o, "\"processes_hidden\":true");
    assert_null(strstr(o->text, "\"name\":\"vitrine\""));
}

static void test_who_cannot_be_looked_at(void **state)
{
    static const char *const files[] = {"comm", "status"};
    (void)state;
    static struct outcome o;
    int hold[2];
    start_named("vitrine", 1, hold);
    for (int i = 0; i < 2; i++) {
        unread_file = files[i];
        expect_hidden(&o);
    }
    unread_file = "";
    asks_nobody = true; /* what it was started with */
    expect_hidden(&o);
    asks_nobody = false;
    read_that_fails = reads + 1; /* there, in the child */
    expect_hidden(&o);
    read_that_fails = 0;
    list_processes(true, &o);
    expect_text(&o, "\"processes_hidden\":false");
    end_named(1, hold);
}

/* Linux reads it out of the process's memory, behind which there may be a file system that never
   answers: that is waited for here. */
static bool silent;
ssize_t __real_proc_read(pid_t pid, const char *file, char *out, size_t size);
ssize_t __wrap_proc_read(pid_t pid, const char *file, char *out, size_t size);

ssize_t __wrap_proc_read(pid_t pid, const char *file, char *out, size_t size)
{
    while (silent && strcmp(file, "cmdline") == 0)
        pause();
    if (strcmp(file, unread_file) == 0) {
        errno = EMFILE;
        return -1;
    }
    return __real_proc_read(pid, file, out, size);
}

static void test_silent_command_line(void **state)
{
    static const char *const names[] = {"vitrine", "vitrine-render"};
    (void)state;
    static struct outcome o;
    for (int i = 0; i < 2; i++) {
        int hold[2];
        start_named(names[i], 1, hold);
        silent = true;
        list_processes(false, &o);
        silent = false;
        expect_text(&o, "what it was started with cannot be read");
        end_named(1, hold);
    }
}

/* As if nobody ever answered, and no child ended: what would be waited for is added up. */
static int *waited_ms;
int __real_poll(struct pollfd *list, nfds_t n, int longest_ms);
int __wrap_poll(struct pollfd *list, nfds_t n, int longest_ms);

/* While it waits to look again, that one ends. */
static int ends_meanwhile = -1, its_pidfd;

static void end_it(void)
{
    struct pollfd p = {.fd = its_pidfd, .events = POLLIN};
    if (ends_meanwhile < 0 || write(ends_meanwhile, "x", 1) != 1 || __real_poll(&p, 1, -1) != 1)
        return;
    ends_meanwhile = -1;
}

int __wrap_poll(struct pollfd *list, nfds_t n, int longest_ms)
{
    if (!list)
        end_it();
    if (!waited_ms)
        return __real_poll(list, n, longest_ms);
    *waited_ms += longest_ms;
    return 0;
}

/* The command itself: it calls itself one of ours, and is not; or it is none of ours. */
static void test_impostor(void **state)
{
    (void)state;
    static struct outcome o;
    char pid[32];
    int hold[2];
    snprintf(pid, sizeof pid, "\"pid\":%d,", (int)start_named("vitrine-seal", 1, hold));
    run_doctor(NULL, true, &o);
    expect_text(&o, pid);
    expect_text(&o, "\"verdict\":\"wrong\",\"wrong\":\"");
    assert_int_equal(o.status, 1);
    run_doctor(NULL, false, &o);
    expect_text(&o, ": WRONG: ");
    assert_int_equal(o.status, 1);
    end_named(1, hold);
    start_named("vitrine-x", 1, hold);
    run_doctor(NULL, true, &o);
    expect_text(&o, "\"verdict\":\"no rule\",\"wrong\":null");
    assert_int_equal(o.status, status_of(&o));
    assert_int_not_equal(o.status, 0); /* nothing of it was compared */
    run_doctor(NULL, false, &o);
    assert_null(strstr(o.text, " 0 without a rule"));
    end_named(1, hold);
}

/* --- a /proc that hides --- */

/* A broker's stand-in: hidden as one is, with a child that is not, as a worker in a user namespace
   of its own is not. */
static void start_pair(void)
{
    int hold[2];
    char byte;
    assert_int_equal(pipe(hold), 0);
    if (fork() == 0) {
        prctl(PR_SET_NAME, "vitrine");
        prctl(PR_SET_DUMPABLE, 0);
        if (fork() == 0) {
            prctl(PR_SET_NAME, "vitrine-seal");
            prctl(PR_SET_DUMPABLE, 1);
            (void)!write(hold[1], "r", 1);
        }
        for (;;)
            pause();
    }
    assert_int_equal(read(hold[0], &byte, 1), 1);
}

/* 0, or the number of the first thing that was not as expected. */
static int look_at_pair(bool hides)
{
    static struct outcome o;
    static const char *const lines[] = {"could not be read; what it hides was not compared",
                                        "\"processes_hidden\":true"};
    list_processes(false, &o);
    if (!strstr(o.text, lines[0]) != !hides)
        return 1;
    start_pair();
    for (int json = 0; json < 2; json++) {
        list_processes(json, &o);
        if (!strstr(o.text, lines[json]) != !hides)
            return 2;
        if (strstr(o.text, "its broker is gone"))
            return 3;
    }
    return strstr(o.text, "\"name\":\"vitrine-seal\"") || hides ? 0 : 4;
}

static int look_hidden(void)
{
    return look_at_pair(true);
}

static int look_shown(void)
{
    return look_at_pair(false);
}

/* It ended with 0, and a worker whose broker was hidden had lost it. */
static void test_hidden_proc(void **state)
{
    (void)state;
    if (hidden_proc_run("hidepid=0", look_shown) == HIDDEN_PROC_CANNOT)
        skip();
    assert_int_equal(hidden_proc_run("hidepid=0", look_shown), 0);
    assert_int_equal(hidden_proc_run("hidepid=1", look_hidden), 0);
    assert_int_equal(hidden_proc_run("hidepid=2", look_hidden), 0);
    assert_int_equal(hidden_proc_run(NULL, look_hidden), 0);
}

/* What differs is looked at again: a worker is not locked in as soon as it has its name. */
static void test_settles(void **state)
{
    (void)state;
    static struct outcome o;
    char pid[32];
    int hold[2];
    pid_t child = start_named("vitrine-seal", 1, hold);
    snprintf(pid, sizeof pid, "\"pid\":%d,", (int)child);
    list_processes(true, &o);
    expect_text(&o, pid);
    its_pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    ends_meanwhile = hold[1];
    list_processes(true, &o);
    ends_meanwhile = -1;
    assert_null(strstr(o.text, pid));
    close(its_pidfd);
    end_named(1, hold);
}

/* A full list of such processes: for root two questions about each, and the end of whom was asked
   may not come either. In a child, which loses its patience. */
static void test_patience_ends(void **state)
{
    struct doctor_process p = {.part = WORKER_SEAL, .proof.filters = 1};
    int sum = 0, status;
    (void)state;
    alarm(LONGEST_S);
    pid_t pid = fork();
    if (pid == 0) {
        waited_ms = &sum;
        for (int i = 0; i < DOCTOR_PROCESSES; i++) {
            doctor_part_of(getpid(), "vitrine", p.wrong);
            doctor_filters_compare(&p, p.wrong);
        }
        print_message("%d ms at the most\n", sum);
        _exit(sum == 0 || sum > 10000);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    alarm(0);
}

/* An X server that takes every call and never says a word. */
static void test_silent_display(void **state)
{
    (void)state;
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    char display[16];
    int number = 5000 + (int)getpid() % 50000, server = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(display, sizeof display, ":%d", number);
    snprintf(name.sun_path, sizeof name.sun_path, "/tmp/.X11-unix/X%d", number);
    if (mkdir("/tmp/.X11-unix", 01777) == 0)
        chmod("/tmp/.X11-unix", 01777);
    alarm(LONGEST_S);
    assert_int_equal(bind(server, (struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(listen(server, 4), 0);
    setenv("DISPLAY", display, 1);
    const char *said = doctor_display();
    struct pollfd p = {.fd = server, .events = POLLIN};
    bool is_root = geteuid() == 0;
    assert_non_null(strstr(said, is_root ? "not asked" : "does not answer"));
    assert_int_equal(poll(&p, 1, 0), is_root ? 0 : 1);
    unsetenv("DISPLAY");
    unlink(name.sun_path);
    close(server);
    alarm(0);
}

static const char *const programs[] = {
    "vitrine-gate", "vitrine-capture", "vitrine-input",  "vitrine-dial",  "vitrine-net",
    "vitrine-seal", "vitrine-relay",   "vitrine-render", "vitrine-audit", NULL};

int main(int argc, char **argv)
{
    if (argc == 2 && strncmp(argv[0], "vitrine-", 8) == 0)
        run_worker(argv[1]);
    if (argc < 2)
        return programs_run(argv[0], programs);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_it_is),
        cmocka_unit_test(test_without_namespaces),
        cmocka_unit_test(test_without_locked_memory),
        cmocka_unit_test(test_without_seccomp),
        cmocka_unit_test(test_inherited_filter_is_counted),
        cmocka_unit_test(test_untried_is_said),
        cmocka_unit_test(test_who_cannot_be_looked_at),
        cmocka_unit_test(test_ui_row),
        cmocka_unit_test(test_names_are_cleaned),
        cmocka_unit_test(test_full_list_is_said),
        cmocka_unit_test(test_silent_command_line),
        cmocka_unit_test(test_impostor),
        cmocka_unit_test(test_hidden_proc),
        cmocka_unit_test(test_settles),
        cmocka_unit_test(test_patience_ends),
        cmocka_unit_test(test_silent_display),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
