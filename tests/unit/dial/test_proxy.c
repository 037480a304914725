/* net/dial/proxy: the request byte by byte, and what is taken for an answer. */
#include "net/dial/proxy.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

static const char *request(const struct proxy_target *t)
{
    static char out[PROXY_REQUEST_MAX + 1];
    size_t len = proxy_request(t, out);
    out[len] = '\0';
    return out;
}

static void requests(void **state)
{
    (void)state;
    assert_string_equal(request(&(struct proxy_target){"relay.example", 7443, "", ""}),
                        "CONNECT relay.example:7443 HTTP/1.1\r\nHost: relay.example:7443\r\n\r\n");
    assert_string_equal(request(&(struct proxy_target){"2001:db8::1", 443, "", "unused"}),
                        "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n");
    /* RFC 7617 section 2 */
    assert_string_equal(request(&(struct proxy_target){"h", 1, "Aladdin", "open sesame"}),
                        "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n"
                        "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n");
    assert_non_null(strstr(request(&(struct proxy_target){"h", 1, "a", "b"}), "Basic YTpi\r\n"));
    assert_non_null(
        strstr(request(&(struct proxy_target){"h", 1, "ab", "c"}), "Basic YWI6Yw==\r\n"));
    assert_non_null(strstr(request(&(struct proxy_target){"h", 1, "ab", ""}), "Basic YWI6\r\n"));
}

static void refused_requests(void **state)
{
    static const char *const hosts[] = {"", "a b", "a\r\nX: y", "a\tb", "a\x7f"};
    char out[PROXY_REQUEST_MAX], longest[PROXY_REQUEST_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
        assert_int_equal(proxy_request(&(struct proxy_target){hosts[i], 1, "", ""}, out), 0);
    assert_int_equal(proxy_request(&(struct proxy_target){"h", 1, "a:b", "c"}, out), 0);
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(proxy_request(&(struct proxy_target){longest, 1, "", ""}, out), 0);
    assert_int_equal(proxy_request(&(struct proxy_target){"h", 1, "u", longest}, out), 0);
}

static int status(const char *s)
{
    return proxy_status((const uint8_t *)s, strlen(s));
}

static void answers(void **state)
{
    (void)state;
    assert_int_equal(status("HTTP/1.1 200 OK\r\n\r\n"), 200);
    assert_int_equal(status("HTTP/1.0 200\r\nVia: x\r\n\r\nmore"), 200);
    assert_int_equal(status("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), 407);
    static const char *const begun[] = {"", "H", "HTTP/1.1 2", "HTTP/1.1 200",
                                        "HTTP/1.1 200 OK\r\n\r"};
    for (size_t i = 0; i < sizeof begun / sizeof begun[0]; i++)
        assert_int_equal(status(begun[i]), -1);
    static const char *const none[] = {"SSH-2.0-x\r\n\r\n",       "HTTP/2 200\r\n\r\n",
                                       "HTTP/1.1 099 x\r\n\r\n",  "HTTP/1.1 2x0 x\r\n\r\n",
                                       "HTTP/1.1 2000 x\r\n\r\n", "HTTP/1.x 200 OK\r\n\r\n"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_int_equal(status(none[i]), 0);
}

static int talk(const char *answer, char *rest, size_t room)
{
    int ends[2];
    const struct proxy_target t = {"relay.example", 7443, "", ""};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    assert_int_equal(write(ends[1], answer, strlen(answer)), (ssize_t)strlen(answer));
    if (!rest)
        shutdown(ends[1], SHUT_WR);
    int got = proxy_connect(ends[0], &t, 100), error = errno;
    if (rest) {
        ssize_t n = read(ends[0], rest, room - 1);
        rest[n > 0 ? n : 0] = '\0';
    }
    close(ends[0]);
    close(ends[1]);
    errno = error;
    return got;
}

static void not_a_byte_too_many(void **state)
{
    char rest[32];
    (void)state;
    assert_int_equal(talk("HTTP/1.1 200 OK\r\nA: b\r\n\r\n\x16\x03\x03", rest, sizeof rest), 200);
    assert_string_equal(rest, "\x16\x03\x03");
}

static void bad_ends(void **state)
{
    char rest[32], flood[PROXY_ANSWER_MAX + 64] = "HTTP/1.1 200 OK\r\n";
    (void)state;
    assert_int_equal(talk("HTTP/1.1 200 OK\r\n", NULL, 0), -1); /* hangs up in its head */
    assert_int_equal(errno, EPROTO);
    assert_int_equal(talk("HTTP/1.1 200 OK\r\n", rest, sizeof rest), -1); /* says no more */
    assert_int_equal(errno, ETIMEDOUT);
    assert_int_equal(talk("hello\r\n\r\n", NULL, 0), -1);
    assert_int_equal(errno, EPROTO);
    memset(flood + 17, 'x', sizeof flood - 18); /* a head without an end */
    assert_int_equal(talk(flood, NULL, 0), -1);
    assert_int_equal(errno, EPROTO);
    assert_int_equal(talk("HTTP/1.1 403 Forbidden\r\n\r\n", NULL, 0), 403);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests), cmocka_unit_test(refused_requests),
        cmocka_unit_test(answers),  cmocka_unit_test(not_a_byte_too_many),
        cmocka_unit_test(bad_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
