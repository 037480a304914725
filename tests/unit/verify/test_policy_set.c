/*
 * The signature of an organisation's policy: the text that is signed is the one sha256sum(1) makes,
 * and nothing but that set, under that key, passes.
 */
#include "audit/chain/digest.h"
#include "audit/verify/policy_set.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka wants the ones above */
#include <cmocka.h>

static uint8_t set[4096], private_key[32], public_key[32], signature[SIGNATURE_SIZE];
static size_t set_len;
static char pem[256];

static void put(const char *text)
{
    size_t n = strlen(text);
    set[set_len++] = 0;
    set[set_len++] = 0;
    set[set_len++] = (uint8_t)(n >> 8);
    set[set_len++] = (uint8_t)n;
    memcpy(set + set_len, text, n);
    set_len += n;
}

static void write_pem(void)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const uint8_t prefix[12] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                       0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
    uint8_t der[45] = {0};
    char text[61] = {0};
    memcpy(der, prefix, 12);
    memcpy(der + 12, public_key, 32);
    for (size_t i = 0; i < 15; i++) {
        uint32_t v = (uint32_t)der[3 * i] << 16 | (uint32_t)der[3 * i + 1] << 8 | der[3 * i + 2];
        for (size_t k = 0; k < 4; k++)
            text[4 * i + k] = digits[v >> (18 - 6 * k) & 63];
    }
    text[59] = '=';
    snprintf(pem, sizeof pem, "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n", text);
}

static int make(void **state)
{
    (void)state;
    char text[1024];
    size_t n;
    set_len = 0;
    put("vitrine.conf");
    put("control = no\n");
    put("conf.d/a.conf");
    put("");
    assert_true(digest_make_key(private_key, public_key));
    assert_true(policy_set_text(set, set_len, text, sizeof text, &n));
    assert_true(digest_sign(private_key, text, n, signature));
    write_pem();
    return 0;
}

static int file_of(const void *bytes, size_t n)
{
    int fd = memfd_create("x", 0);
    assert_int_equal(write(fd, bytes, n), (ssize_t)n);
    return fd;
}

static bool good(void)
{
    int s = file_of(set, set_len), k = file_of(pem, strlen(pem)), g = file_of(signature, 64);
    bool result = policy_set_signed(s, k, g);
    close(s);
    close(k);
    close(g);
    return result;
}

/* What `printf 'control = no\n' | sha256sum` says. */
static void test_text(void **state)
{
    (void)state;
    char text[1024];
    size_t n;
    assert_true(policy_set_text(set, set_len, text, sizeof text, &n));
    assert_string_equal(
        text, "vitrine policy 1\n"
              "abea89dce18b9e1f0bbc2206b2001a4ad761e332a0fb32ea00d0d1168a9a1c79  vitrine.conf\n"
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  "
              "conf.d/a.conf\n");
}

static void test_signed(void **state)
{
    (void)state;
    assert_true(good());
    for (size_t i = 0; i < set_len; i++) {
        set[i] ^= 1;
        assert_false(good());
        set[i] ^= 1;
    }
    for (size_t i = 0; i < 64; i++) {
        signature[i] ^= 0x10;
        assert_false(good());
        signature[i] ^= 0x10;
    }
    put("conf.d/b.conf");
    put("control = no\n");
    assert_false(good());
}

static bool no_memory;

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_malloc(size_t n)
{
    return no_memory ? NULL : __real_malloc(n);
}

/* What becomes of a process that checks such files; 0: it answers that they are not signed. */
static int end_over(int s, int k, int g)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(policy_set_signed(s, k, g) ? 2 : 0);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* No word about files that were not read: who asks has to say that nothing was checked. */
static void test_unread(void **state)
{
    (void)state;
    int s = file_of(set, set_len), k = file_of(pem, strlen(pem)), g = file_of(signature, 64);
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(end_over(s, k, g), 2);
    assert_int_equal(end_over(pipes[0], k, g), 1); /* pread: ESPIPE */
    assert_int_equal(end_over(s, pipes[0], g), 1);
    assert_int_equal(end_over(s, k, pipes[0]), 1);
    no_memory = true;
    assert_int_equal(end_over(s, k, g), 1);
    no_memory = false;
    assert_int_equal(ftruncate(g, SIGNATURE_SIZE + 1), 0); /* of one that is too long, there is */
    assert_int_equal(end_over(s, k, g), 0);
    const int all[] = {s, k, g, pipes[0], pipes[1]};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        close(all[i]);
}

/* A key file is taken whole or not at all. */
static void test_keys(void **state)
{
    (void)state;
    uint8_t key[32];
    size_t n = strlen(pem);
    assert_true(policy_set_key(pem, n, key));
    assert_memory_equal(key, public_key, 32);
    for (size_t i = 0; i < n - 1; i++) {
        char was = pem[i];
        pem[i] = '!';
        assert_false(policy_set_key(pem, n, key));
        pem[i] = was;
    }
    for (size_t cut = 0; cut < n - 1; cut++)
        assert_false(policy_set_key(pem, cut, key));
    pem[27] = 'N'; /* another algorithm's prefix */
    assert_false(policy_set_key(pem, n, key));
}

static void test_forms(void **state)
{
    (void)state;
    char text[256];
    size_t n;
    const uint8_t longer[] = {0, 0, 0, 9, 'a'}, named[] = {0, 0, 0, 2, 'a', '\n', 0, 0, 0, 0},
                  unnamed[] = {0, 0, 0, 0, 0, 0, 0, 0}, alone[] = {0, 0, 0, 1, 'a'};
    assert_false(policy_set_text(longer, sizeof longer, text, sizeof text, &n));
    assert_false(policy_set_text(named, sizeof named, text, sizeof text, &n));
    assert_false(policy_set_text(unnamed, sizeof unnamed, text, sizeof text, &n));
    assert_false(policy_set_text(alone, sizeof alone, text, sizeof text, &n));
    assert_false(policy_set_text(set, set_len, text, 90, &n));
}

/* The file of authorities may be anywhere, and is a member like the others. */
static void test_authorities(void **state)
{
    char text[2048], name[513] = "/";
    size_t n;
    (void)state;
    memset(name + 1, 'n', 511);
    name[511] = '\0';
    put(name);
    put("PEM\n");
    assert_true(policy_set_text(set, set_len, text, sizeof text, &n));
    assert_int_equal(n, strlen(text));
    assert_string_equal(text + n - 512, strcat(name, "\n"));
    assert_true(digest_sign(private_key, text, n, signature));
    assert_true(good());
    set[set_len - 1] ^= 1;
    assert_false(good());
    set_len -= 4 + 4;
    assert_false(good()); /* a name without its bytes */
    set_len -= 4 + 511;
    assert_false(good()); /* neither */
    name[511] = 'n';
    put(name);
    put("PEM\n");
    assert_false(policy_set_text(set, set_len, text, sizeof text, &n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_text, make),   cmocka_unit_test_setup(test_signed, make),
        cmocka_unit_test_setup(test_unread, make), cmocka_unit_test_setup(test_keys, make),
        cmocka_unit_test_setup(test_forms, make),  cmocka_unit_test_setup(test_authorities, make),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
