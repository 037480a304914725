/*
 * Property 20 of e2e.md 15: the arithmetic is right. All known answers of tests/vectors; and
 * vitrine-seal starts only when each of its own is right: here each is wrong in turn, in a child
 * that runs the real main.
 */
int seal_main(void);
#define main seal_main
#include "net/seal/main.c" /* NOLINT */
#undef main
#include "ch_seal.h"
#include "lib/fail.h"
#include "net/seal/kdf.h"
#include "net/seal/sframe.h"
#include "net/seal/sig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

static enum selftest spoilt;

void __real_kdf_hkdf512(struct span ikm, struct span salt, struct span info, uint8_t *out,
                        size_t len);
void __wrap_kdf_hkdf512(struct span ikm, struct span salt, struct span info, uint8_t *out,
                        size_t len);
void __wrap_kdf_hkdf512(struct span ikm, struct span salt, struct span info, uint8_t *out,
                        size_t len)
{
    __real_kdf_hkdf512(ikm, salt, info, out, len);
    out[0] ^= spoilt == SELFTEST_HKDF;
}

bool __real_sig_verify_plain(EVP_PKEY *key, struct span m, const uint8_t sig[SIG_LEN]);
bool __wrap_sig_verify_plain(EVP_PKEY *key, struct span m, const uint8_t sig[SIG_LEN]);
bool __wrap_sig_verify_plain(EVP_PKEY *key, struct span m, const uint8_t sig[SIG_LEN])
{
    return spoilt == SELFTEST_ECDSA || __real_sig_verify_plain(key, m, sig);
}

void __real_sframe_seal(struct sframe_key *k, uint64_t ctr, struct span header,
                        struct span metadata, uint8_t *data, size_t len);
void __wrap_sframe_seal(struct sframe_key *k, uint64_t ctr, struct span header,
                        struct span metadata, uint8_t *data, size_t len);
void __wrap_sframe_seal(struct sframe_key *k, uint64_t ctr, struct span header,
                        struct span metadata, uint8_t *data, size_t len)
{
    __real_sframe_seal(k, ctr, header, metadata, data, len);
    data[0] ^= spoilt == SELFTEST_SFRAME;
}

bool __real_pake_run(const struct pake *p, struct pake_try *t, const uint8_t other[POINT_LEN],
                     const struct pake_terms *terms, struct pake_keys *out,
                     struct pake_trace *trace);
bool __wrap_pake_run(const struct pake *p, struct pake_try *t, const uint8_t other[POINT_LEN],
                     const struct pake_terms *terms, struct pake_keys *out,
                     struct pake_trace *trace);
bool __wrap_pake_run(const struct pake *p, struct pake_try *t, const uint8_t other[POINT_LEN],
                     const struct pake_terms *terms, struct pake_keys *out,
                     struct pake_trace *trace)
{
    bool ok = __real_pake_run(p, t, other, terms, out, trace);
    out->shared[0] ^= spoilt == SELFTEST_SPAKE2;
    return ok;
}

void __real_tls_export(struct tls *t, const char *label, struct span context,
                       uint8_t out[SHARED_LEN]);
void __wrap_tls_export(struct tls *t, const char *label, struct span context,
                       uint8_t out[SHARED_LEN]);
void __wrap_tls_export(struct tls *t, const char *label, struct span context,
                       uint8_t out[SHARED_LEN])
{
    static unsigned n;
    __real_tls_export(t, label, context, out);
    out[0] ^= spoilt == SELFTEST_TLS && n++ == 0; /* of one side */
}

static struct {
    bool ready;
    unsigned code, detail;
} seen;

static int on_ready(void *ctx)
{
    (void)ctx;
    seen.ready = true;
    return 0;
}

static int on_failed(void *ctx, struct msg_failed *m)
{
    (void)ctx;
    seen.code = m->code;
    seen.detail = m->detail;
    return 0;
}

static const struct seal_at_broker broker = {.on_ready = on_ready, .on_failed = on_failed};

static void starts_with(enum selftest wrong)
{
    struct chan control;
    int ends[2], status;
    memset(&seen, 0, sizeof seen);
    assert_int_equal(chan_pair(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        spoilt = wrong;
        dup2(ends[1], WORKER_CONTROL_FD);
        _exit(seal_main());
    }
    close(ends[1]);
    seal_init_broker(&control, ends[0], &broker, NULL);
    shutdown(control.fd, SHUT_WR); /* one that goes on would wait for keys */
    while (chan_receive_wait(&control) == CHAN_OK)
        ;
    chan_finish(&control);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 0);
    assert_false(seen.ready);
    assert_int_equal(seen.code, FAIL_CRYPTO);
    assert_int_equal(seen.detail, wrong);
}

/* Seen to fail: main.c warm_up does not ask for the result: it fails later, and not with
   FAIL_CRYPTO. */
static void p20_a_wrong_answer_refuses_to_start(void **state)
{
    (void)state;
    for (enum selftest wrong = SELFTEST_HKDF; wrong <= SELFTEST_TLS; wrong++)
        starts_with(wrong);
}

static void p20_the_right_ones_pass(void **state)
{
    (void)state;
    assert_true(crypto_init() && tls_init());
    pake_init();
    assert_int_equal(selftest_run(), SELFTEST_PASSED);
    pake_finish();
    tls_finish();
}

/* --- the vector program, on all of tests/vectors and on one file with a digit changed --- */

/* Its exit status. */
static int vectors(const char *file)
{
    char program[4096], *folder;
    int status;
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 64);
    assert_true(n > 0);
    program[n] = 0;
    assert_non_null(folder = strstr(program, "/hostile/p20_"));
    strcpy(folder, "/unit/seal/test_vectors");
    pid_t child = fork();
    if (child == 0) {
        execl(program, program, file, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Seen to fail: kdf.c with another PREFIX: wrong values in e2e1-derive.json. */
static void p20_every_vector(void **state)
{
    (void)state;
    assert_int_equal(vectors(NULL), 0);
}

/* Seen to fail: test_vectors.c run_file does not ask for wrong ones: status 0. */
static void p20_a_wrong_vector_is_told(void **state)
{
    static char text[1 << 20];
    char path[] = "/tmp/vectorsXXXXXX", *digit;
    (void)state;
    FILE *right = fopen("tests/vectors/e2e1-derive.json", "r");
    assert_non_null(right);
    size_t n = fread(text, 1, sizeof text - 1, right);
    fclose(right);
    assert_non_null(digit = strstr(text, "\"sess_id\": \""));
    digit += strlen("\"sess_id\": \"");
    *digit = *digit == '0' ? '1' : '0';
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, text, n) == (ssize_t)n);
    close(fd);
    assert_int_equal(vectors(path), 1);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p20_a_wrong_answer_refuses_to_start),
        cmocka_unit_test(p20_the_right_ones_pass),
        cmocka_unit_test(p20_every_vector),
        cmocka_unit_test(p20_a_wrong_vector_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
