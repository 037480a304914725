/* The command line: every command, every option, what is refused. */
#include "broker/options.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
/* cmocka wants the ones above */
#include <cmocka.h>

static struct options o;

/* Words are separated by spaces; '_' within one stands for a space. */
static int parse(const char *line)
{
    static char copy[512];
    static char program[] = "vitrine";
    char *argv[24] = {program};
    int argc = 1;
    char *state = NULL;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *w = strtok_r(copy, " ", &state); w; w = strtok_r(NULL, " ", &state)) {
        for (char *c = w; *c; c++)
            if (*c == '_')
                *c = ' ';
        argv[argc++] = w;
    }
    return options_parse(argc, argv, &o);
}

static void test_commands(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum options_command command;
    } rows[] = {
        {"", COMMAND_HOME},
        {"host", COMMAND_HOST},
        {"join", COMMAND_JOIN},
        {"relay", COMMAND_RELAY},
        {"stop", COMMAND_STOP},
        {"doctor", COMMAND_DOCTOR},
        {"doctor --json", COMMAND_DOCTOR},
        {"policy show", COMMAND_POLICY_SHOW},
        {"policy check F", COMMAND_POLICY_CHECK},
        {"policy explain admit", COMMAND_POLICY_EXPLAIN},
        {"policy explain", COMMAND_POLICY_EXPLAIN},
        {"audit show F", COMMAND_AUDIT_SHOW},
        {"audit verify F", COMMAND_AUDIT_VERIFY},
        {"audit key F", COMMAND_AUDIT_KEY},
        {"audit verify F --key K", COMMAND_AUDIT_VERIFY},
        {"audit export --format cef F", COMMAND_AUDIT_EXPORT},
        {"audit receipt F", COMMAND_AUDIT_RECEIPT},
        {"audit receipt --session 3 F", COMMAND_AUDIT_RECEIPT},
        {"audit sessions F", COMMAND_AUDIT_SESSIONS},
        {"audit catalogue", COMMAND_AUDIT_CATALOGUE},
        {"--version", COMMAND_VERSION},
        {"--help", COMMAND_HELP},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (parse(rows[i].line) != 0)
            fail_msg("refused: %s", rows[i].line);
        assert_int_equal(o.command, rows[i].command);
    }
}

static void test_host(void **state)
{
    (void)state;
    assert_int_equal(parse("host --name Ada_L --relay r.example:1/00112233445566778899aabbccddeeff "
                           "--password-file F --lossless --events"),
                     0);
    assert_string_equal(o.name, "Ada L");
    assert_true(o.has_relay && o.relay.has_pin && o.relay.port == 1 && o.lossless && o.events);
    assert_string_equal(o.password_file, "F");
    assert_int_equal(parse("host --no-password --listen [::1]:99"), 0);
    assert_true(o.no_password && o.has_listen && o.listen.port == 99);
    assert_int_equal(
        parse("relay --listen 127.0.0.1 --cert C --key K --metrics [::1]:9100 --config F --log L"),
        0);
    assert_string_equal(o.log, "L");
    assert_true(o.metrics.port == 9100 && o.listen.port == RELAY_PORT);
}

static void test_join(void **state)
{
    (void)state;
    assert_int_equal(parse("join 417902653 --relay r"), 0);
    assert_true(o.has_sid && !o.has_invite);
    assert_string_equal(o.invite->sid, "417902653");
    assert_int_equal(parse("join 417-902-653 --events"), 0);
    assert_true(o.events && !o.events_chat);
    assert_int_equal(parse("join 417-902-653 --events-chat"), 0);
    assert_true(o.events && o.events_chat);
    assert_int_equal(parse("join 417_902_653"), 0);
    assert_int_equal(parse("join 417 902 653 --name x"), 0);
    assert_string_equal(o.invite->sid, "417902653");
    assert_int_equal(parse("join vitrine://h/417902653#v1.secret1.. --name x"), 0);
    assert_true(o.has_sid && o.has_invite);
    assert_string_equal(o.invite->password.text, "secret1");
}

/* A link that is no invitation is told in a window, and leads to no session; what is none goes back
   to the shell. */
static void test_refused_link(void **state)
{
    (void)state;
    assert_int_equal(parse("join vitrine://h/417902653#v1.secret1.x. --name x"), 0);
    assert_true(o.command == COMMAND_JOIN && o.link_wrong && !o.has_sid && !o.has_invite);
    assert_string_equal(o.invite->sid, "");
    assert_int_equal(parse("join VITRINE:417902653"), 0);
    assert_non_null(o.link_wrong);
    assert_int_equal(parse("join vitrine:x 417902653"), 2);
    assert_int_equal(parse("join vitrine:x vitrine://h/417902653#v1..."), 2);
    assert_int_equal(parse("join http://h/417902653"), 2);
    assert_null(o.link_wrong);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "hosts",
        "policy",
        "policy sow",
        "audit",
        "audit export F",
        "audit export --format xml F",
        "policy check",
        "policy explain a b",
        "audit show",
        "audit sessions",
        "audit show --session 3 F",
        "audit show F G",
        "stop now",
        "stop --events",
        "relay --events-chat",
        "doctor --events",
        "host x",
        "host --name",
        "host --name a --name b",
        "host --name a\tb",
        "host --relay",
        "host --relay a --listen b",
        "host --relay a_b",
        "host --password-file F --no-password",
        "host --no-password --no-password",
        "host --unknown",
        "host --json",
        "host --log F",
        "relay --log",
        "relay --log F --log F",
        "relay --cert C",
        "relay --key K",
        "relay --metrics 127.0.0.1",
        "relay --metrics 0.0.0.0:9100",
        "relay --metrics 192.0.2.1:9100",
        "relay --metrics [::]:9100",
        "relay --metrics [::ffff:192.0.2.1]:9100",
        "relay --metrics localhost:9100",
        "relay --relay a",
        "relay --listen :7443",
        "join 12345",
        "join 417902653 417902653",
        "join vitrine://h/417902653#v1... --relay h",
        "join --no-password",
        "join 417 902 65x",
        "--events",
        "-x",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (parse(bad[i]) != 2)
            fail_msg("not refused with 2: %s", bad[i]);
}

/* Errors are one line, and show neither what may be a password nor anything that steers a terminal.
 */
static void test_messages(void **state)
{
    (void)state;
    int pipe_fd[2], old = dup(STDERR_FILENO);
    char text[512];
    assert_int_equal(pipe(pipe_fd), 0);
    dup2(pipe_fd[1], STDERR_FILENO);
    parse("join vitrine://h/417902653#v1.mysecret.x.");
    parse("host \x1b[31m");
    dup2(old, STDERR_FILENO);
    close(pipe_fd[1]);
    close(old);
    ssize_t n = read(pipe_fd[0], text, sizeof text - 1);
    close(pipe_fd[0]);
    assert_true(n > 0);
    text[n] = '\0';
    assert_null(strstr(text, "mysecret"));
    assert_null(strchr(text, '\x1b'));
    char *newline = strchr(text, '\n');
    assert_ptr_equal(strchr(newline + 1, '\n'), text + n - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands), cmocka_unit_test(test_host),
        cmocka_unit_test(test_join),     cmocka_unit_test(test_refused),
        cmocka_unit_test(test_messages), cmocka_unit_test(test_refused_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
