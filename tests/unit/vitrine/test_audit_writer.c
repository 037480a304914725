/* What vitrine-audit writes: runs one after the other, a changed line, a full disk, other logs. */
#include "audit_rig.h"
#include "tests/unit/sanitized.h"
#include <errno.h>
#include <sys/resource.h>
#include <sys/socket.h>

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
    assert_int_equal(audit.sinks, 1);
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
    expect_output(verify, 0, "1 signature right by keys that only this computer vouches for");
    int status;
    char *text = output_of(verify, &status);
    assert_null(strstr(text, "of people"));
    free(text);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_two_runs, make),
        cmocka_unit_test_setup(test_tampering, make),
        cmocka_unit_test_setup(test_full_disk, make),
        cmocka_unit_test_setup(test_sinks, make),
        cmocka_unit_test_setup(test_busy_sink, make),
        cmocka_unit_test_setup(test_key_without_record, make),
    };
    int status;
    return is_beside_programs(argc, argv, &status) ? cmocka_run_group_tests(tests, NULL, NULL)
                                                   : status;
}
