/*
 * test_vectors FILE...: checks the cryptographic code of seal against vector files, recognised by
 * their content: the derivations of e2e/1, the RFC files and the Wycheproof subsets of
 * tests/vectors. One line with counts per file; any wrong value makes the exit status 1. Without
 * arguments: all of tests/vectors.
 */
#include "net/seal/crypto.h"
#include "net/seal/pake.h"
#include "tests/unit/seal/vectors_derive.h"
#include "tests/unit/seal/vectors_rfc.h"
#include "tests/unit/seal/vectors_wycheproof.h"

static bool has(const struct json *v, const char *key)
{
    return json_get(v, key) != NULL;
}

static bool first_case_has(const struct json *v, const char *key)
{
    const struct json *cases = json_get(v, "cases");
    return cases && cases->first && has(cases->first, key);
}

/* false: no such form is known. */
static bool run(const struct json *v, struct tally *t)
{
    if (has(v, "sessions"))
        derive_file(v, t);
    else if (has(v, "testGroups"))
        return wycheproof_file(v, t);
    else if (has(v, "sframe"))
        rfc_sframe(v, t);
    else if (first_case_has(v, "shareP"))
        rfc_spake2plus(v, t);
    else if (first_case_has(v, "pA"))
        rfc_spake2(v, t);
    else if (first_case_has(v, "okm"))
        rfc_hkdf(v, t);
    else if (first_case_has(v, "dkLen"))
        rfc_scrypt(v, t);
    else if (first_case_has(v, "sk"))
        rfc_ed25519(v, t);
    else
        return false;
    return true;
}

static bool run_file(const char *path)
{
    const char *name = strrchr(path, '/');
    struct tally t = {.file = name ? name + 1 : path};
    struct json *v = json_load(path);
    bool known = run(v, &t);
    json_free(v);
    if (!known)
        printf("%s: form not known\n", t.file);
    else
        printf("%s: %u right, %u wrong, %u skipped\n", t.file, t.good, t.bad, t.skipped);
    return known && t.good && !t.bad;
}

/* What the product's functions answer by ending the process: a value so wrong that OpenSSL refuses
 * it. */
static void refused(void)
{
    fflush(stdout);
    fputs("a value was refused\n", stderr);
    _Exit(1);
}

int main(int argc, char **argv)
{
    static const char *const all[] = {
        "tests/vectors/e2e1-derive.json",
        "tests/vectors/rfc5869-hkdf.json",
        "tests/vectors/rfc7914-scrypt.json",
        "tests/vectors/rfc8032-ed25519.json",
        "tests/vectors/rfc9382-spake2-p256-sha256.json",
        "tests/vectors/rfc9383-spake2plus.json",
        "tests/vectors/rfc9605-sframe.json",
        "tests/vectors/wycheproof-aes256gcm.json",
        "tests/vectors/wycheproof-ecdh-p256.json",
        "tests/vectors/wycheproof-ecdsa-p256-sha256-p1363.json",
        "tests/vectors/wycheproof-ed25519.json",
        "tests/vectors/wycheproof-hkdf-sha512.json",
    };
    if (!crypto_init())
        return 2;
    crypto_on_failure(refused);
    pake_init();
    bool ok = true;
    for (int i = 1; i < argc; i++)
        ok &= run_file(argv[i]);
    for (size_t i = 0; argc == 1 && i < sizeof all / sizeof *all; i++)
        ok &= run_file(all[i]);
    pake_finish();
    return ok ? 0 : 1;
}
