/*
 * vitrine-audit and vitrine-verify as processes, started, measured and talked to as the broker does
 * it; the audit commands; the files they are about. The programs are copied beside a copy of this
 * one, because lib/start takes workers from the folder of its own executable.
 */
#include "broker/audit_cmd.h"
#include "ch_audit.h"
#include "lib/fd.h"
#include "lib/start.h"
#include "policy_tables.h"
#include "tests/unit/sanitized.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka wants the ones above */
#include <cmocka.h>

static char folder[] = "/var/tmp/vitrine-test-XXXXXX";
static char log_path[512];
static struct conf conf; /* the policy's defaults */
static bool waiting_is_wrong;

int __real_poll(struct pollfd *fds, nfds_t n, int ms);
int __wrap_poll(struct pollfd *fds, nfds_t n, int ms);
int __wrap_poll(struct pollfd *fds, nfds_t n, int ms)
{
    assert_false(waiting_is_wrong);
    return __real_poll(fds, n, ms);
}

/* --- one running vitrine-audit --- */

struct writer {
    struct started process;
    struct chan chan;
    bool ready;
    uint32_t failed, written, error;
    bool at_sink;
};

static struct writer audit;

static int on_ready(void *ctx)
{
    (void)ctx;
    audit.ready = true;
    audit.chan.state = AUDIT_STATE_READY;
    return 0;
}

static int on_failed(void *ctx, struct msg_failed *m)
{
    (void)ctx;
    audit.failed = m->code;
    return 0;
}

static int on_audit_written(void *ctx, struct msg_audit_written *m)
{
    (void)ctx;
    audit.written = m->serial;
    audit.error = m->error;
    audit.at_sink = m->at_sink != 0;
    return 0;
}

static const struct audit_at_broker handlers = {
    .on_ready = on_ready, .on_failed = on_failed, .on_audit_written = on_audit_written};

static struct msg_audit_files sinks; /* what start_audit hands over besides the files */

static void start_audit(const struct audit_files *files)
{
    memset(&audit, 0, sizeof audit);
    if (start_worker(WORKER_AUDIT, false, &audit.process) != 0)
        assert_int_equal(start_worker(WORKER_AUDIT, true, &audit.process), 0);
    audit_init_broker(&audit.chan, audit.process.control, &handlers, NULL);
    struct msg_audit_files m = sinks;
    m.log = files->log;
    m.key = files->key;
    m.n_previous = files->previous >= 0;
    m.previous[0] = files->previous;
    assert_int_equal(msg_audit_files_send(&audit.chan, &m), 0);
    assert_int_equal(chan_receive_wait(&audit.chan), CHAN_OK);
    assert_true(audit.ready);
    struct proof proof;
    const char *why = "";
    assert_int_equal(start_measure(&audit.process, &proof), 0);
    if (!start_verified(&proof, start_own_filters() + 2, geteuid() == 0, &why))
        fail_msg("vitrine-audit is not confined: %s", why);
}

static void stop_audit(void)
{
    siginfo_t how;
    assert_true(start_kill(&audit.process, &how));
    start_finish(&audit.process);
    chan_finish(&audit.chan);
}

static void say(uint32_t serial, uint16_t event, const char *why, uint8_t sign)
{
    struct msg_audit_event m = {.serial = serial, .event = event, .sign = sign, .n_fields = 1};
    m.fields[0].name = (struct span){(const uint8_t *)"why", 3};
    m.fields[0].value = (struct span){(const uint8_t *)why, strlen(why)};
    assert_int_equal(msg_audit_event_send(&audit.chan, &m), 0);
}

static void hear_up_to(uint32_t serial)
{
    while (audit.written != serial)
        assert_int_equal(chan_receive_wait(&audit.chan), CHAN_OK);
    assert_int_equal(audit.error, 0);
}

static void close_files(struct audit_files *files)
{
    audit_files_close(files);
}

static void open_files(struct audit_files *files)
{
    char error[KEYFILE_ERROR] = "";
    if (!audit_files_open(&conf, files, error))
        fail_msg("%s", error);
}

/* What a command prints; its exit status in *status. */
static char *output_of(int (*command)(const char *, FILE *), int *status)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    *status = command(log_path, f);
    fclose(f);
    return text;
}

static int verify(const char *file, FILE *out)
{
    return audit_cmd_verify(file, NULL, out);
}

static const char *which; /* session */

static int receipt(const char *file, FILE *out)
{
    return audit_cmd_receipt(file, which, out);
}

/* What the commands are given in place of a log: whatever they do, they end, and say why in a line.
 */
static void no_trail(const char *path, int (*command)(const char *, FILE *), const char *part)
{
    char said[512] = "", kept[sizeof log_path], err_path[600];
    int status;
    memcpy(kept, log_path, sizeof kept);
    if (path != log_path)
        snprintf(log_path, sizeof log_path, "%s", path);
    snprintf(err_path, sizeof err_path, "%s/stderr", folder);
    fflush(stderr);
    int before = dup(STDERR_FILENO), err = open(err_path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(before >= 0 && err >= 0 && dup2(err, STDERR_FILENO) >= 0);
    char *text = output_of(command, &status);
    fflush(stderr);
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    ssize_t n = pread(err, said, sizeof said - 1, 0);
    close(before);
    close(err);
    memcpy(log_path, kept, sizeof kept);
    if (status != 1 || (!strstr(said, part) && !strstr(text, part)))
        fail_msg("%s: exit status %d, and not \"%s\" but: %s%s", path, status, part, text, said);
    assert_true(n >= 0);
    free(text);
}

static void expect_output(int (*command)(const char *, FILE *), int status, const char *part)
{
    int got;
    char *text = output_of(command, &got);
    if (got != status || !strstr(text, part))
        fail_msg("exit status %d, and not \"%s\" but: %s", got, part, text);
    free(text);
}

#define MANY 20 /* parts of a test that has some: more than one message has room for */

static void forget_parts(void)
{
    char path[600];
    for (unsigned i = 1; i <= MANY; i++) {
        snprintf(path, sizeof path, "%s.%06u", log_path, i);
        unlink(path);
        rmdir(path);
    }
}

static int make(void **state)
{
    (void)state;
    char key_path[520];
    setenv("XDG_STATE_HOME", folder, 1);
    conf_init(&conf);
    snprintf(log_path, sizeof log_path, "%s/vitrine/audit.log", folder);
    snprintf(key_path, sizeof key_path, "%s.key", log_path);
    unlink(log_path);
    unlink(key_path);
    forget_parts();
    return 0;
}

static void test_two_runs(void **state)
{
    (void)state;
    struct audit_files files;
    for (int run = 0; run < 2; run++) {
        open_files(&files);
        start_audit(&files);
        close_files(&files); /* ours; the worker has its own */
        for (uint32_t i = 1; i <= 40; i++)
            say(i, AUDIT_SHARE_ON, "a \"quoted\" why", 0);
        say(41, AUDIT_SESSION_END, "owner", 1);
        hear_up_to(41);
        stop_audit(); /* by SIGKILL, as always */
    }
    expect_output(verify, 0, "whole (85 lines read, signed up to line 84)");
    expect_output(audit_cmd_show, 0, "share_on             1  why=a \"quoted\" why");
    expect_output(audit_cmd_show, 0, "    85  ");
}

static void tamper(void)
{
    FD_OWNED fd = open(log_path, O_RDWR | O_CLOEXEC);
    char text[400];
    assert_int_equal(read(fd, text, sizeof text), (ssize_t)sizeof text);
    char *second = (char *)memchr(text, '\n', sizeof text) + 1;
    assert_int_equal(pwrite(fd, "X", 1, second - text + 70), 1);
}

static void test_tampering(void **state)
{
    (void)state;
    struct audit_files files;
    open_files(&files);
    start_audit(&files);
    close_files(&files);
    say(1, AUDIT_SHARE_ON, "owner", 0);
    say(2, AUDIT_SHARE_OFF, "owner", 1);
    hear_up_to(2);
    stop_audit();
    tamper();
    expect_output(verify, 1, "NOT whole: line 2: this line was changed");
}

static void test_full_disk(void **state)
{
    (void)state;
    struct audit_files files;
    open_files(&files);
    start_audit(&files);
    say(1, AUDIT_SHARE_ON, "owner", 0);
    hear_up_to(1);
    struct stat st;
    struct rlimit limit = {0};
    assert_int_equal(fstat(files.log, &st), 0);
    limit.rlim_cur = (rlim_t)st.st_size + 50;
    limit.rlim_max = RLIM_INFINITY;
    close_files(&files);
    if (prlimit(audit.process.pid, RLIMIT_FSIZE, &limit, NULL) != 0) {
        stop_audit();
        skip(); /* only root may do this to a process in namespaces of its own */
    }
    say(2, AUDIT_SHARE_OFF, "owner", 0);
    while (audit.written != 2)
        assert_int_equal(chan_receive_wait(&audit.chan), CHAN_OK);
    assert_int_not_equal(audit.error, 0);
    limit.rlim_cur = RLIM_INFINITY;
    assert_int_equal(prlimit(audit.process.pid, RLIMIT_FSIZE, &limit, NULL), 0);
    say(3, AUDIT_SHARE_OFF, "again", 0);
    hear_up_to(3);
    stop_audit();
    expect_output(verify, 0, "whole (3 lines");
}

static void test_files(void **state)
{
    (void)state;
    struct audit_files files;
    struct stat st;
    char error[KEYFILE_ERROR];
    open_files(&files);
    assert_int_equal(fstat(files.key, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(fcntl(files.log, F_GETFL) & O_APPEND, O_APPEND);
    assert_int_equal(fchmod(files.key, 0640), 0);
    close_files(&files);
    assert_false(audit_files_open(&conf, &files, error));
    assert_non_null(strstr(error, "audit.log.key cannot be used: others may"));
    make(NULL);
    assert_int_equal(symlink("/etc/passwd", log_path), 0);
    assert_false(audit_files_open(&conf, &files, error));
    expect_output(verify, 1, "");
}

static void test_shown_safely(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "{",
        "{}",
        "{\"n\":1",
        "\x1b[2J",
        "{\"n\":1,\"time\":\"\x1b[31m\",\"event\":\"x\xc2\x9b\"}",
        "{\"n\":99999999999999999999999,\"fields\":{\"a\":\"\\",
        "{\"fields\":{\"a\":\"\xe2\x80\xae\"}}",
        "{\"fields\":{\"a\":{\"b\":{\"c\":1}}}}",
        "private c0ffee", /* of a key file */
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char *text = NULL;
        size_t len = 0;
        FILE *f = open_memstream(&text, &len);
        audit_show_line(lines[i], strlen(lines[i]), f);
        fclose(f);
        for (size_t c = 0; c + 1 < len; c++)
            assert_true((unsigned char)text[c] >= 0x20 && text[c] != 0x7f);
        assert_null(strstr(text, "c0ffee"));
        assert_null(strstr(text, "\xe2\x80\xae"));
        assert_null(strstr(text, "\xc2\x9b"));
        free(text);
    }
}

/* --- the key kept elsewhere, parts, sinks --- */

static void write_some(void)
{
    say(1, AUDIT_SHARE_ON, "owner", 0);
    say(2, AUDIT_SHARE_OFF, "owner", 1);
    hear_up_to(2);
}

static void one_run(void)
{
    struct audit_files files;
    open_files(&files);
    start_audit(&files);
    close_files(&files);
    write_some();
    stop_audit();
}

static void test_key(void **state)
{
    (void)state;
    char path[600];
    int status;
    one_run();
    char *text = output_of(audit_cmd_key, &status);
    assert_int_equal(status, 0);
    assert_int_equal(strlen(text), 67);
    assert_memory_equal(text, "1:", 2);
    snprintf(path, sizeof path, "%s/kept", folder);
    FILE *f = fopen(path, "we");
    fputs(text, f);
    fclose(f);
    free(text);
    expect_output(audit_cmd_key, 1, ""); /* once */
    one_run();
    f = open_memstream(&text, &(size_t){0});
    assert_int_equal(audit_cmd_verify(log_path, path, f), 0);
    fclose(f);
    assert_non_null(strstr(text, "every seal right"));
    free(text);
    f = fopen(path, "we");
    fputs("1:00\n", f);
    fclose(f);
    assert_int_equal(audit_cmd_verify(log_path, path, stdout), 2);
}

static char kept_path[600];

static int verify_kept(const char *file, FILE *out)
{
    return audit_cmd_verify(file, kept_path, out);
}

/* Without its key file a log does not pass --key; a key file that cannot be opened is an error. */
static void test_key_file_missing(void **state)
{
    (void)state;
    char key_path[520];
    int status;
    one_run();
    char *text = output_of(audit_cmd_key, &status);
    snprintf(kept_path, sizeof kept_path, "%s/kept", folder);
    FILE *f = fopen(kept_path, "we");
    fputs(text, f);
    fclose(f);
    free(text);
    expect_output(verify_kept, 0, "every seal right");
    snprintf(key_path, sizeof key_path, "%s.key", log_path);
    assert_int_equal(unlink(key_path), 0);
    expect_output(verify_kept, 1, "NOT shown to be whole: its key file is missing");
    expect_output(verify, 0, "without its key file a cut at the end cannot be seen");
    assert_int_equal(symlink(key_path, key_path), 0); /* leads round in a circle: ELOOP */
    expect_output(verify_kept, 1, "");
    expect_output(verify, 1, "");
}

/* A log that has become long is put aside, and both are one trail. */
static void test_parts(void **state)
{
    (void)state;
    char part[600];
    struct audit_files files;
    one_run();
    snprintf(part, sizeof part, "%s.000001", log_path);
    open_files(&files);
    assert_int_equal(files.previous, -1);
    struct stat st;
    assert_int_equal(fstat(files.log, &st), 0);
    off_t size = st.st_size;
    assert_int_equal(ftruncate(files.log, TRAIL_PART), 0); /* as if it were long, while in use */
    struct audit_files second;
    open_files(&second);
    assert_int_equal(access(part, F_OK), -1);
    close_files(&second);
    close_files(&files);
    open_files(&files); /* and when nobody writes it */
    assert_int_equal(access(part, F_OK), 0);
    assert_true(files.previous >= 0);
    close_files(&files);
    assert_int_equal(truncate(part, size), 0);
    one_run();
    expect_output(verify, 0, "whole (8 lines read, signed up to line 7)");
    unlink(part);
    expect_output(verify, 0, "begins with number 5");
}

static void test_sinks(void **state)
{
    (void)state;
    struct audit_files files;
    int syslog[2], journal[2];
    char text[20000];
    open_files(&files);
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, syslog), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, journal), 0);
    sinks = (struct msg_audit_files){.sinks = 3,
                                     .n_sockets = 2,
                                     .sockets = {syslog[1], journal[1]},
                                     .uid = 7,
                                     .computer = span_text("here")};
    start_audit(&files);
    sinks = (struct msg_audit_files){0};
    close_files(&files);
    close(syslog[1]);
    close(journal[1]);
    write_some();
    const char *const begins[] = {"<110>1 ", "<109>1 "};
    for (int i = 0; i < 2; i++) {
        ssize_t n = recv(syslog[0], text, sizeof text - 1, MSG_DONTWAIT);
        assert_true(n > 0);
        text[n] = '\0';
        assert_memory_equal(text, begins[i], 7);
        assert_non_null(strstr(
            text, i ? " here vitrine - share_on [vitrine@32473 n=\"2\" id=\"33\" uid=\"7\"] {"
                    : " here vitrine - log_start ["));
        n = recv(journal[0], text, sizeof text - 1, MSG_DONTWAIT);
        assert_true(n > 0);
        text[n] = '\0';
        assert_non_null(strstr(text, i ? "\nVITRINE_EVENT=share_on\n" : "PRIORITY=6\n"));
        assert_non_null(strstr(text, "\nMESSAGE={\"n\":"));
    }
    close(syslog[0]); /* the service has gone: said with the next line */
    say(3, AUDIT_SHARE_ON, "again", 0);
    while (audit.written != 3)
        assert_int_equal(chan_receive_wait(&audit.chan), CHAN_OK);
    assert_int_equal(audit.error, ECONNREFUSED);
    stop_audit();
    close(journal[0]);
    expect_output(verify, 0, "whole (5 lines");
}

/* Nobody reads there just now: that holds up nobody, is said with the first line that is asked for,
   and what was written before that is not lost. */
static void test_busy_sink(void **state)
{
    (void)state;
    struct audit_files files;
    int syslog[2];
    char text[20000];
    open_files(&files);
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, syslog), 0);
    while (send(syslog[1], "full", 4, MSG_DONTWAIT) == 4)
        ;
    sinks = (struct msg_audit_files){.sinks = 1, .n_sockets = 1, .sockets = {syslog[1]}};
    start_audit(&files);
    sinks = (struct msg_audit_files){0};
    close_files(&files);
    close(syslog[1]);
    say(1, AUDIT_SHARE_ON, "one", 0);
    while (audit.written != 1)
        assert_int_equal(chan_receive_wait(&audit.chan), CHAN_OK);
    assert_int_equal(audit.error, EAGAIN);
    assert_true(audit.at_sink);
    while (recv(syslog[0], text, sizeof text, MSG_DONTWAIT) == 4)
        ;
    say(2, AUDIT_SHARE_ON, "two", 0);
    hear_up_to(2);
    const char *const lines[] = {" - log_start [", "\"two\""};
    for (int i = 0; i < 2; i++) {
        ssize_t n = recv(syslog[0], text, sizeof text - 1, MSG_DONTWAIT);
        assert_true(n > 0);
        text[n] = '\0';
        assert_non_null(strstr(text, lines[i]));
    }
    assert_true(recv(syslog[0], text, sizeof text, MSG_DONTWAIT) < 0);
    stop_audit();
    close(syslog[0]);
    expect_output(verify, 0, "whole (3 lines");
}

static int export_cef(const char *file, FILE *out)
{
    return audit_cmd_export(file, "cef", out);
}

static int export_json(const char *file, FILE *out)
{
    return audit_cmd_export(file, "json", out);
}

static void test_export(void **state)
{
    (void)state;
    int status;
    one_run();
    expect_output(export_cef, 0, "|33|share_on|4|rt=");
    expect_output(export_cef, 0, " externalId=2 vitrine_run=1 vitrine_why=owner\n");
    char *text = output_of(export_json, &status);
    assert_int_equal(status, 0);
    assert_memory_equal(text, "{\"n\":1,\"time\":\"", 15);
    free(text);
    FILE *f = fopen(log_path, "ae");
    fputs("{\"n\":9}\n", f);
    fclose(f);
    expect_output(export_json, 1, "share_on");
}

static void expect_proves_itself(const char *lines)
{
    char path[600], *said;
    snprintf(path, sizeof path, "%s/receipt", folder);
    FILE *f = fopen(path, "we");
    fputs(lines, f);
    fclose(f);
    f = open_memstream(&said, &(size_t){0});
    assert_int_equal(audit_cmd_verify(path, NULL, f), 0);
    fclose(f);
    assert_non_null(strstr(said, "whole as a part of a trail"));
    assert_null(strstr(said, "not here;")); /* a receipt has no key file, and lacks nothing */
    assert_null(strstr(said, "key file"));
    free(said);
}

/* One session, cut out; whoever gets it checks it without anything else. */
static void test_receipt(void **state)
{
    (void)state;
    struct audit_files files;
    int status;
    one_run();
    expect_output(receipt, 1, "");
    open_files(&files);
    start_audit(&files);
    close_files(&files);
    static const uint16_t events[] = {AUDIT_PROGRAM_START, AUDIT_SESSION_START, AUDIT_SHARE_ON,
                                      AUDIT_SHARE_OFF,     AUDIT_SESSION_END,   AUDIT_PROGRAM_END};
    for (uint32_t i = 0; i < 6; i++)
        say(i + 1, events[i], "x", events[i] == AUDIT_SESSION_END);
    hear_up_to(6);
    stop_audit();
    char *text = output_of(receipt, &status);
    assert_int_equal(status, 0);
    assert_null(strstr(text, "program_end"));
    expect_proves_itself(text);
    free(text);
}

/* --- what is no trail, many parts, which session --- */

static void test_not_a_trail(void **state)
{
    (void)state;
    static int (*const commands[])(const char *, FILE *) = {
        verify, audit_cmd_show, export_json, export_cef, receipt, audit_cmd_sessions};
    static const char *const endless[] = {"/dev/zero", "/dev/null", "/"};
    char fifo[600];
    which = NULL;
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    unlink(fifo);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        for (size_t p = 0; p < sizeof endless / sizeof endless[0]; p++)
            no_trail(endless[p], commands[i], "it is not a file");
        no_trail(fifo, commands[i], "it is not a file");
        no_trail("/nowhere", commands[i], "No such file");
    }
    no_trail("/etc/passwd", verify, "this is no audit trail of vitrine");
    no_trail("/proc/self/exe", verify, "this is no audit trail of vitrine");
    no_trail("/etc/passwd", audit_cmd_show, "are none of a trail");
    FILE *f = fopen(log_path, "we"); /* JSON alone makes no trail */
    fputs("{}\n{\"n\":1}\n{\"n\":1,\"time\":\"x\"}\n", f);
    fclose(f);
    no_trail(log_path, audit_cmd_show, "vitrine: 3 of 3 lines of ");
    no_trail("/etc/passwd", export_json, "are none of a trail and were left out");
    no_trail("/etc/passwd", audit_cmd_sessions, "are none of a trail");
    no_trail("/etc/passwd", receipt, "no session in /etc/passwd has ended");
}

/* A line that no other is like: many sessions begin and end in the trails of these tests. */
static void say_session(uint32_t serial, uint16_t event, const char *session, const char *name,
                        const char *value)
{
    struct msg_audit_event m = {
        .serial = serial, .event = event, .sign = event == AUDIT_SESSION_END, .n_fields = 2};
    m.fields[0].name = span_text("session");
    m.fields[0].value = span_text(session);
    m.fields[1].name = span_text(name);
    m.fields[1].value = span_text(value);
    assert_int_equal(msg_audit_event_send(&audit.chan, &m), 0);
}

/* Of that number, if there is one; put aside afterwards as that part. 0: it stays the log. */
static void one_session(const char *session, unsigned part)
{
    char path[600];
    struct audit_files files;
    open_files(&files);
    start_audit(&files);
    close_files(&files);
    say(1, AUDIT_RULES, "rules", 0);
    say_session(2, AUDIT_SESSION_START, session, "role", "organizer");
    say_session(3, AUDIT_SESSION_END, session, "how", "properly");
    hear_up_to(3);
    stop_audit();
    snprintf(path, sizeof path, "%s.%06u", log_path, part);
    if (part)
        assert_int_equal(rename(log_path, path), 0);
}

static void make_parts(void)
{
    for (unsigned i = 1; i <= MANY; i++) {
        char session[10];
        snprintf(session, sizeof session, "1000000%02u", i == 7 ? 6 : i);
        one_session(session, i);
    }
    one_session("200000000", 0);
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        n++;
    return n;
}

/* However many parts there are, every command reads them all, in their order. */
static void test_many_parts(void **state)
{
    (void)state;
    char part[600];
    int status;
    make_parts();
    expect_output(verify, 0, "whole (105 lines read, signed up to line 104)");
    static int (*const commands[])(const char *, FILE *) = {audit_cmd_show, export_json, export_cef,
                                                            audit_cmd_sessions};
    static const char *const each[] = {"session_end", "\"event\":\"session_end\"",
                                       "|11|session_end|", "properly"};
    for (size_t i = 0; i < 4; i++) {
        char *text = output_of(commands[i], &status);
        assert_int_equal(status, 0);
        assert_int_equal(count(text, each[i]), MANY + 1);
        assert_true(strstr(text, "100000001") < strstr(text, "200000000"));
        free(text);
    }
    snprintf(part, sizeof part, "%s.%06u", log_path, 3);
    unlink(part);
    expect_output(verify, 1, "line 11: lines are missing before this one");
    assert_int_equal(mkdir(part, 0700), 0); /* something that is no file stands there */
    snprintf(part, sizeof part, "%s.%06u cannot be read: it is not a file", log_path, 3);
    no_trail(log_path, verify, part);
    for (size_t i = 0; i < 4; i++)
        no_trail(log_path, commands[i], part);
}

static void expect_which(const char *session, const char *first)
{
    int status;
    which = session;
    char *text = output_of(receipt, &status);
    assert_int_equal(status, 0);
    assert_non_null(strstr(text, first));
    assert_int_equal(count(text, "session_start"), 1);
    expect_proves_itself(text);
    free(text);
}

/* Of any session in the trail, by its number or by its first line; the newest unasked. */
static void test_receipt_of_an_older_one(void **state)
{
    (void)state;
    int status;
    make_parts();
    expect_which(NULL, "\"200000000\"");
    expect_which("100000002", "\"100000002\"");
    char *list = output_of(audit_cmd_sessions, &status);
    assert_int_equal(count(list, "  100000006  organizer    properly\n"), 2);
    free(list);
    which = "100000006";
    no_trail(log_path, receipt, "2 sessions in ");
    expect_which("28", "\"100000006\""); /* the one that begins in line 28 */
    which = "123456789";
    no_trail(log_path, receipt, "no session 123456789 in ");
    which = "29"; /* a line that begins none */
    no_trail(log_path, receipt, "no session 29 in ");
    which = "12x";
    free(output_of(receipt, &status));
    assert_int_equal(status, 2);
    which = NULL;
}

/* One that is still going on, or never came to its end. */
static void test_session_without_end(void **state)
{
    (void)state;
    struct audit_files files;
    open_files(&files);
    start_audit(&files);
    close_files(&files);
    say(1, AUDIT_RULES, "rules", 0);
    say_session(2, AUDIT_SESSION_START, "300000000", "role", "participant");
    hear_up_to(2);
    stop_audit();
    expect_output(audit_cmd_sessions, 0,
                  "  -                         300000000  participant  not ended");
    which = "300000000";
    no_trail(log_path, receipt, "no session 300000000 in ");
    which = NULL;
}

static void swap(struct writer *other)
{
    const struct writer now = audit;
    audit = *other;
    *other = now;
}

static void say_one(uint32_t serial, uint16_t event, const char *why)
{
    say(serial, event, why, event == AUDIT_SESSION_END);
    hear_up_to(serial);
}

/* From the line that has `first` to the one behind that with `last`. */
static void expect_receipt(const char *first, const char *last)
{
    static char lines[32768];
    int status;
    char *text = output_of(receipt, &status);
    assert_int_equal(status, 0);
    snprintf(lines, sizeof lines, "%s", text);
    free(text);
    const char *begin = strstr(lines, first), *end = strstr(lines, last);
    assert_true(begin && end && begin < strchr(lines, '\n'));
    end = strchr(end, '\n');
    assert_true(end && strstr(end, "signed_head"));
    assert_int_equal(strchr(end + 1, '\n')[1], '\0');
    expect_proves_itself(lines);
}

/* Two vitrines of one user at once: each session's receipt has its own rules and its own end. */
static void test_receipts_of_two(void **state)
{
    (void)state;
    struct writer other;
    struct audit_files files;
    open_files(&files);
    start_audit(&files);
    other = audit;
    start_audit(&files);
    close_files(&files);
    say_one(1, AUDIT_PROGRAM_START, "rules A");
    swap(&other);
    say_one(1, AUDIT_PROGRAM_START, "rules B");
    swap(&other);
    say_one(2, AUDIT_SESSION_START, "A begins");
    swap(&other);
    say_one(2, AUDIT_SESSION_START, "B begins");
    swap(&other);
    say_one(3, AUDIT_SESSION_END, "A ends");
    expect_receipt("rules A", "A ends");
    swap(&other);
    say_one(3, AUDIT_SHARE_ON, "B");
    say_one(4, AUDIT_SESSION_END, "B ends");
    expect_receipt("rules B", "B ends");
    stop_audit();
    swap(&other);
    stop_audit();
}

/* Made once: a right signature of member 2, in epoch 4 of session 0. */
static const char some_key[] = "042bfe8c0078b062fe18d1ef2793366035596f58e6ef1f6737f3b0f88986555d"
                               "76f9818a592fd96a177c5b55a8b72bb575227f8fca1bbdb1dbd848bf967386f8"
                               "28";
static const char some_sig[] = "5e3616fca0622d6538a201ca191d6a732e5fc0e5a17dd3cd72ee796ca5c0523c"
                               "00c1b045c46242c914d2b4b7658b06d7d59a11304dc81cd26b310860fac814a8";

/* Nobody says whose key that is: the signature is right, and not counted with those that prove. */
static void test_key_without_record(void **state)
{
    (void)state;
    if (PROGRAMS_SANITIZED)
        skip(); /* the book of people is memory that the sanitizer asks about in its own way */
    static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
    static const char *const fields[][2] = {{"session", zeros}, {"organizer", some_key},
                                            {"member", "2"},    {"key", some_key},
                                            {"sig", some_sig},  {"epoch", "4"}};
    struct msg_audit_event m = {.serial = 1, .event = AUDIT_SHARE_PROOF, .n_fields = 6};
    struct audit_files files;
    for (unsigned i = 0; i < 6; i++) {
        m.fields[i].name = span_text(fields[i][0]);
        m.fields[i].value = span_text(fields[i][1]);
    }
    open_files(&files);
    start_audit(&files);
    close_files(&files);
    assert_int_equal(msg_audit_event_send(&audit.chan, &m), 0);
    hear_up_to(1);
    stop_audit();
    expect_output(verify, 0, "1 signatures right by keys that only this computer vouches for");
    int status;
    char *text = output_of(verify, &status);
    assert_null(strstr(text, "signatures of people"));
    free(text);
}

/* --- beside copies of the real programs --- */

static bool copy(const char *from, const char *to)
{
    FD_OWNED in = open(from, O_RDONLY | O_CLOEXEC);
    FD_OWNED out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
    struct stat st;
    if (in < 0 || out < 0 || fstat(in, &st) != 0)
        return false;
    for (off_t done = 0; done < st.st_size;)
        if (syscall(SYS_sendfile, out, in, &done, (size_t)(st.st_size - done)) <= 0)
            return false;
    return true;
}

static int run_beside_programs(void)
{
    static const char *const names[] = {"vitrine-audit", "vitrine-verify"};
    char own[512], path[600];
    ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
    if (n < 0 || !mkdtemp(folder))
        return 1;
    own[n] = '\0';
    snprintf(path, sizeof path, "%s/test", folder);
    bool good = copy(own, path);
    for (int i = 0; i < 4; i++)
        *strrchr(own, '/') = '\0';
    for (size_t i = 0; good && i < 2; i++) {
        char program[600];
        snprintf(program, sizeof program, "%s/%s", own, names[i]);
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        good = copy(program, path);
    }
    pid_t pid = good ? fork() : -1;
    if (pid == 0) {
        snprintf(path, sizeof path, "%s/test", folder);
        execl(path, "test", folder, NULL);
        _exit(1);
    }
    int status = 1;
    if (pid > 0)
        waitpid(pid, &status, 0);
    snprintf(path, sizeof path, "rm -rf %s", folder);
    return system(path) == 0 && status == 0 ? 0 : 1;
}

/* Another program that puts the log aside, or never stops doing so: nobody waits for it there. */
static void test_locked(void **state)
{
    struct audit_files files;
    char error[KEYFILE_ERROR] = "";
    (void)state;
    open_files(&files);
    close_files(&files);
    FD_OWNED fd = open(log_path, O_RDWR | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    waiting_is_wrong = true;
    assert_false(audit_files_open(&conf, &files, error));
    waiting_is_wrong = false;
    assert_true(files.busy);
    assert_int_equal(files.log, -1);
    assert_non_null(strstr(error, "another program keeps it locked"));
    assert_int_equal(flock(fd, LOCK_UN), 0);
    open_files(&files);
    assert_false(files.busy);
    close_files(&files);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return run_beside_programs();
    snprintf(folder, sizeof folder, "%s", argv[1]);
    if (start_init() != 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_two_runs, make),
        cmocka_unit_test_setup(test_tampering, make),
        cmocka_unit_test_setup(test_full_disk, make),
        cmocka_unit_test_setup(test_files, make),
        cmocka_unit_test_setup(test_shown_safely, make),
        cmocka_unit_test_setup(test_key, make),
        cmocka_unit_test_setup(test_key_file_missing, make),
        cmocka_unit_test_setup(test_parts, make),
        cmocka_unit_test_setup(test_sinks, make),
        cmocka_unit_test_setup(test_export, make),
        cmocka_unit_test_setup(test_receipt, make),
        cmocka_unit_test_setup(test_receipts_of_two, make),
        cmocka_unit_test_setup(test_not_a_trail, make),
        cmocka_unit_test_setup(test_many_parts, make),
        cmocka_unit_test_setup(test_receipt_of_an_older_one, make),
        cmocka_unit_test_setup(test_session_without_end, make),
        cmocka_unit_test_setup(test_busy_sink, make),
        cmocka_unit_test_setup(test_key_without_record, make),
        cmocka_unit_test_setup(test_locked, make),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
