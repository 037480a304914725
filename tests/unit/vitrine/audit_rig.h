/*
 * vitrine-audit and vitrine-verify as processes, started, measured and talked to as the broker does
 * it, for tests of the audit commands and of the files they are about. The programs are copied
 * beside a copy of the test, because lib/start takes workers from the folder of its own executable.
 */
#ifndef TESTS_UNIT_VITRINE_AUDIT_RIG_H
#define TESTS_UNIT_VITRINE_AUDIT_RIG_H
#include "broker/audit_cmd.h"
#include "ch_audit.h"
#include "lib/fd.h"
#include "lib/start.h"
#include "policy_tables.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka wants the ones above */
#include <cmocka.h>

static char folder[] = "/var/tmp/vitrine-test-XXXXXX";
static char log_path[512];
static struct conf conf; /* the policy's defaults */

/* --- one running vitrine-audit --- */

struct writer {
    struct started process;
    struct chan chan;
    bool ready;
    uint32_t failed, written, error;
    uint8_t sinks;
};

static struct writer audit;

static inline int on_ready(void *ctx)
{
    (void)ctx;
    audit.ready = true;
    audit.chan.state = AUDIT_STATE_READY;
    return 0;
}

static inline int on_failed(void *ctx, struct msg_failed *m)
{
    (void)ctx;
    audit.failed = m->code;
    return 0;
}

static inline int on_audit_written(void *ctx, struct msg_audit_written *m)
{
    (void)ctx;
    audit.written = m->serial;
    audit.error = m->error;
    audit.sinks = m->sinks;
    return 0;
}

static const struct audit_at_broker handlers = {
    .on_ready = on_ready, .on_failed = on_failed, .on_audit_written = on_audit_written};

static struct msg_audit_files sinks; /* what start_audit hands over besides the files */

static inline void start_audit(const struct audit_files *files)
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

static inline void stop_audit(void)
{
    siginfo_t how;
    assert_true(start_kill(&audit.process, &how));
    start_finish(&audit.process);
    chan_finish(&audit.chan);
}

static inline void say(uint32_t serial, uint16_t event, const char *why, uint8_t sign)
{
    struct msg_audit_event m = {.serial = serial, .event = event, .sign = sign, .n_fields = 1};
    m.fields[0].name = (struct span){(const uint8_t *)"why", 3};
    m.fields[0].value = (struct span){(const uint8_t *)why, strlen(why)};
    assert_int_equal(msg_audit_event_send(&audit.chan, &m), 0);
}

static inline void hear_up_to(uint32_t serial)
{
    while (audit.written != serial)
        assert_int_equal(chan_receive_wait(&audit.chan), CHAN_OK);
    assert_int_equal(audit.error, 0);
}

static inline void close_files(struct audit_files *files)
{
    audit_files_close(files);
}

static inline void open_files(struct audit_files *files)
{
    char error[KEYFILE_ERROR] = "";
    if (!audit_files_open(&conf, files, error))
        fail_msg("%s", error);
}

/* What a command prints; its exit status in *status. */
static inline char *output_of(int (*command)(const char *, FILE *), int *status)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    *status = command(log_path, f);
    fclose(f);
    return text;
}

static inline int verify(const char *file, FILE *out)
{
    return audit_cmd_verify(file, NULL, out);
}

static inline int export_cef(const char *file, FILE *out)
{
    return audit_cmd_export(file, "cef", out);
}

static inline int export_json(const char *file, FILE *out)
{
    return audit_cmd_export(file, "json", out);
}

static const char *which; /* session */

static inline int receipt(const char *file, FILE *out)
{
    return audit_cmd_receipt(file, which, out);
}

/* What it prints or says of that file. */
static inline void expect_said(const char *path, int (*command)(const char *, FILE *), int wanted,
                               const char *part)
{
    char said[512] = "", kept[sizeof log_path], err_path[600];
    int status;
    memcpy(kept, log_path, sizeof kept);
    if (path != log_path)
        snprintf(log_path, sizeof log_path, "%.500s", path);
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
    if (status != wanted || (!strstr(said, part) && !strstr(text, part)))
        fail_msg("%s: exit status %d, and not \"%s\" but: %s%s", path, status, part, text, said);
    assert_true(n >= 0);
    free(text);
}

/* What the commands are given in place of a log: whatever they do, they end, and say why in a line.
 */
static inline void no_trail(const char *path, int (*command)(const char *, FILE *),
                            const char *part)
{
    expect_said(path, command, 1, part);
}

static inline void expect_output(int (*command)(const char *, FILE *), int status, const char *part)
{
    int got;
    char *text = output_of(command, &got);
    if (got != status || !strstr(text, part))
        fail_msg("exit status %d, and not \"%s\" but: %s", got, part, text);
    free(text);
}

#define MANY 20 /* parts of a test that has some: more than one message has room for */

static inline void forget_parts(void)
{
    char path[600];
    for (unsigned i = 1; i <= MANY; i++) {
        snprintf(path, sizeof path, "%s.%06u", log_path, i);
        unlink(path);
        rmdir(path);
    }
}

static inline int make(void **state)
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

static inline void write_some(void)
{
    say(1, AUDIT_SHARE_ON, "owner", 0);
    say(2, AUDIT_SHARE_OFF, "owner", 1);
    hear_up_to(2);
}

static inline void one_run(void)
{
    struct audit_files files;
    open_files(&files);
    start_audit(&files);
    close_files(&files);
    write_some();
    stop_audit();
}

/* A line that no other is like: many sessions begin and end in the trails of these tests. */
static inline void say_session(uint32_t serial, uint16_t event, const char *session,
                               const char *name, const char *value)
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
static inline void one_session(const char *session, unsigned part)
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

static inline void make_parts(void)
{
    for (unsigned i = 1; i <= MANY; i++) {
        char session[10];
        snprintf(session, sizeof session, "1000000%02u", i == 7 ? 6 : i);
        one_session(session, i);
    }
    one_session("200000000", 0);
}

static inline size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        n++;
    return n;
}

/* --- beside copies of the real programs --- */

static inline bool copy(const char *from, const char *to)
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

static inline int run_beside_programs(void)
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

/* Before the tests of a program. true: this is the copy beside the programs, which runs them; else
   main ends with *status. */
static inline bool is_beside_programs(int argc, char **argv, int *status)
{
    *status = 1;
    if (argc < 2) {
        *status = run_beside_programs();
        return false;
    }
    snprintf(folder, sizeof folder, "%s", argv[1]);
    return start_init() == 0;
}

#endif
