/* broker/relay_conf: the file of `vitrine relay --config F`. */
#include "broker/relay_conf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

static struct relay_conf conf;
static char error[KEYFILE_ERROR];

static bool parse(const char *text)
{
    relay_conf_init(&conf);
    return relay_conf_parse(&conf, "F", text, strlen(text), error);
}

static void test_all(void **state)
{
    static const uint8_t v4[16] = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 1};
    static const uint8_t v6[16] = {0x20, 1, 0x0d, 0xb8, [15] = 1};
    (void)state;
    assert_true(parse("# one of two\nnumbers = 10-49\n\ncreate_key = correct horse\n"
                      "proxy_from = 192.0.2.1   2001:db8::1\n"));
    assert_int_equal(conf.low, 10);
    assert_int_equal(conf.high, 49);
    assert_string_equal(conf.create_key, "correct horse");
    assert_int_equal(conf.n_proxies, 2);
    assert_memory_equal(conf.proxies[0], v4, 16);
    assert_memory_equal(conf.proxies[1], v6, 16);
}

static void test_defaults(void **state)
{
    (void)state;
    assert_true(relay_conf_read(&conf, NULL, error));
    assert_int_equal(conf.low, 10);
    assert_int_equal(conf.high, 99);
    assert_string_equal(conf.create_key, "");
    assert_int_equal(conf.n_proxies, 0);
    assert_false(relay_conf_read(&conf, "/nowhere/relay.conf", error));
    assert_string_equal(error, "/nowhere/relay.conf: no such file");
}

static void test_refused(void **state)
{
    static const char *const bad[] = {
        "numbers = 10",
        "numbers = 49-10",
        "numbers = 09-10",
        "numbers = 10-100",
        "numbers = +1-99",
        "numbers = 10 -99",
        "numbers =",
        "create_key =",
        "create_key = 01234567890123456789012345678901234567890123456789012345678901234",
        "proxy_from =",
        "proxy_from = balancer.example",
        "proxy_from = 192.0.2.0/24",
        "proxy_from = 192.0.2.1,192.0.2.2",
        "proxy_from = 1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7 1.1.1.8 1.1.1.9",
        "numbers = 10-11\nnumbers = 10-11",
        "metrics = 127.0.0.1:1",
        "numbers",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (parse(bad[i]) || strncmp(error, "F:", 2) != 0)
            fail_msg("not refused, or not said where: %s", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
