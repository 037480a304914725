/* Addresses of message buses: a socket of this machine, or none. */
#include "broker/bus_address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define GUID "0123456789abcdefABCDEF0123456789"
#define HEAD offsetof(struct sockaddr_un, sun_path)

static void test_good(void **state)
{
    static const struct {
        const char *text, *path;
        bool abstract;
    } cases[] = {
        {"unix:path=/run/user/1000/bus", "/run/user/1000/bus", false},
        {"unix:path=/tmp/a-b_c.d*,guid=" GUID, "/tmp/a-b_c.d*", false},
        {"unix:guid=" GUID ",path=/x", "/x", false},
        {"unix:abstract=/tmp/dbus-Ab3", "/tmp/dbus-Ab3", true},
        {"unix:path=/with%20blank%3b", "/with blank;", false},
        {"tcp:host=localhost,port=1;unix:path=/b", "/b", false},
        {"unix:tmpdir=/tmp;unix:path=/b;unix:path=/c", "/b", false},
        {"unix:path=/a;garbage here", "/a", false},
    };
    struct sockaddr_un at;
    socklen_t len;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (!bus_address_parse(cases[i].text, &at, &len))
            fail_msg("%s", cases[i].text);
        size_t n = strlen(cases[i].path);
        assert_int_equal(at.sun_family, AF_UNIX);
        assert_int_equal(len, HEAD + n + 1);
        assert_memory_equal(at.sun_path + cases[i].abstract, cases[i].path, n);
        assert_int_equal(at.sun_path[cases[i].abstract ? 0 : n], 0);
    }
}

static void test_bad(void **state)
{
    static const char *const cases[] = {"",
                                        ";",
                                        "unix:",
                                        "unix:path=",
                                        "unix:abstract=",
                                        "unix:path=relative/bus",
                                        "unix:path=/a b",
                                        "unix:path=/a%",
                                        "unix:path=/a%2",
                                        "unix:path=/a%00b",
                                        "unix:path=/a%zz",
                                        "unix:path=/a,path=/b",
                                        "unix:path=/a,abstract=b",
                                        "unix:path=/a,guid=12",
                                        "unix:path=/a,guid=" GUID ",guid=" GUID,
                                        "unix:path=/a,guid=" GUID "0",
                                        "unix:path=/a,runtime=yes",
                                        "unix:path=/a,",
                                        "unix:guid=" GUID,
                                        "unix:runtime=yes",
                                        "unix:dir=/tmp",
                                        "unix:tmpdir=/tmp",
                                        "UNIX:path=/a",
                                        " unix:path=/a",
                                        "unix:path=/a ",
                                        "unix:path=/a\n",
                                        "tcp:host=127.0.0.1,port=80",
                                        "unixexec:path=/bin/sh",
                                        "launchd:env=X",
                                        "autolaunch:"};
    struct sockaddr_un at;
    socklen_t len;
    (void)state;
    assert_false(bus_address_parse(NULL, &at, &len));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (bus_address_parse(cases[i], &at, &len))
            fail_msg("%s", cases[i]);
}

/* As long as a socket's name can be, and one more. */
static void test_long(void **state)
{
    char text[256] = "unix:path=/", abstract[256] = "unix:abstract=";
    struct sockaddr_un at;
    socklen_t len;
    const size_t most = sizeof at.sun_path - 1;
    (void)state;
    memset(text + strlen(text), 'a', most - 1);
    assert_true(bus_address_parse(text, &at, &len));
    assert_int_equal(len, sizeof at);
    text[strlen(text)] = 'a';
    assert_false(bus_address_parse(text, &at, &len));
    memset(abstract + strlen(abstract), 'a', most);
    assert_true(bus_address_parse(abstract, &at, &len));
    assert_int_equal(len, sizeof at);
    abstract[strlen(abstract)] = 'a';
    assert_false(bus_address_parse(abstract, &at, &len));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_good), cmocka_unit_test(test_bad),
                                       cmocka_unit_test(test_long)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
