/*
 * Known answers. Runs in vitrine-seal before its lock-down; sees no foreign byte.
 */
#include "net/seal/selftest.h"
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/pake.h"
#include "net/seal/sframe.h"
#include "net/seal/sig.h"
#include "net/seal/tls.h"
#include <openssl/evp.h>
#include <string.h>

static unsigned nibble(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static struct span bytes_of(const char *hex, uint8_t *out)
{
    size_t n = strlen(hex) / 2;
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
    return span_of(out, n);
}

static bool equals(const uint8_t *got, const char *hex)
{
    uint8_t want[128];
    struct span w = bytes_of(hex, want);
    return memcmp(got, w.data, w.len) == 0;
}

/* Wycheproof, HKDF-SHA-512, tcId 12. */
static bool hkdf(void)
{
    uint8_t ikm[16], salt[16], info[20], okm[64];
    kdf_hkdf512(bytes_of("7a00817689a3d79001825a864c69c120", ikm),
                bytes_of("08bc01c053a6406c7c4a667c9b9b3894", salt),
                bytes_of("967ccd75395be6e96a67759f070487c9e2107791", info), okm, sizeof okm);
    return equals(okm, "aed987bcc5ed33c4feec7b28aa9fe1c16b1181e00ff42c63cf692ec19242f6d4"
                       "628604b3382db0806d5e61518f83fc651e6f3bd0a9d1322926a76869b98b75d6");
}

/* Wycheproof, ECDSA P-256 SHA-256, tcId 61; then a signature of our own. */
static bool ecdsa(void)
{
    uint8_t point[POINT_LEN], m[16], sig[SIG_LEN];
    bytes_of("042927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838"
             "c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e",
             point);
    struct span message = bytes_of("343236343739373234", m);
    bytes_of("16aea964a2f6506d6f78c81c91fc7e8bded7d397738448de1e19a0ec580bf266"
             "252cd762130c6667cfe8b7bc47d27d78391e8e80c578d1cd38c3ff033be928e9",
             sig);
    EVP_PKEY *known = sig_from_public(point), *own = sig_create();
    bool ok = known && sig_verify_plain(known, message, sig);
    sig[0] ^= 1;
    ok = ok && !sig_verify_plain(known, message, sig);
    sig_sign(own, "self-test", message, sig);
    ok = ok && sig_verify(own, "self-test", message, sig) &&
         !sig_verify(own, "self test", message, sig);
    EVP_PKEY_free(known);
    EVP_PKEY_free(own);
    return ok;
}

/* RFC 9605 appendix C.3, cipher suite 5. */
static bool sframe(void)
{
    uint8_t base[16], meta[16], data[64], header[SFRAME_HEADER_MAX];
    struct span base_key = bytes_of("000102030405060708090a0b0c0d0e0f", base);
    struct span metadata = bytes_of("4945544620534672616d65205747", meta);
    struct span head = span_of(header, sframe_header_encode(291, 17767, header));
    size_t len = bytes_of("64726166742d696574662d736672616d652d656e63", data).len;
    struct sframe_key seal, open;
    sframe_key_init(&seal, base_key, 291, true);
    sframe_key_init(&open, base_key, 291, false);
    sframe_seal(&seal, 17767, head, metadata, data, len);
    bool ok =
        equals(header, "9901234567") &&
        equals(data,
               "94f509d36e9beacb0e261d99c7d1e972f1fed787d4049f17ca21353c1cc24d56ceabced279") &&
        sframe_open(&open, 17767, head, metadata, data, len + SFRAME_TAG, data) &&
        equals(data, "64726166742d696574662d736672616d652d656e63");
    sframe_key_finish(&seal);
    sframe_key_finish(&open);
    return ok;
}

/* RFC 9383 appendix C, P256-SHA512-HKDF-SHA512-HMAC-SHA512, both sides. */
static bool spake2_side(bool prover)
{
    uint8_t w0[32], w1[32], L[POINT_LEN], scalar[32], other[POINT_LEN];
    bytes_of("1cc5207d6e34b8f7828206fb64b86aa9c712bc952abf251bb9f5856b24d8c8cc", w0);
    bytes_of("4279649e62532b01dc27d2ed39100ba350518fb969672061a01edce752d0e672", w1);
    bytes_of(prover ? "b586ab83f175c1a2b56b6a1b6a283523f88a9befcf11e22efb48e2ee1fe69a23"
                    : "ac1fb828f041782d452ea9cc00c3fa34a55fa8f7f98c04be45a3d607b092d441",
             scalar);
    bytes_of(prover ? "04498c29e37dbd53ebf8db76679901d90c6be3af57f46ac3025b32420839f0489c"
                      "6c3b6bf5ddc8ecbc3d7c83d0891ad814a00ad23eba13197c9d96a5b10275e35d"
                    : "04a7928c4b47f6b8657a5b8ebcb6f1bd266192e152fb9745a4180c94657a2f323b"
                      "4d50d536c0325cdb0ec42c9bd8db8d7af3ff6dc85edb4b5365375c62e09def4a",
             other);
    static const char context[] = "SPAKE2+-P256-SHA512-HKDF-SHA512-HMAC-SHA512 Test Vectors";
    const struct pake_terms terms = {span_of(context, sizeof context - 1), span_of("client", 6),
                                     span_of("server", 6)};
    struct pake_keys keys = {0};
    struct pake_try try = {0};
    bool ok = pake_verifier_point(w1, L);
    struct pake *p = prover ? pake_create_prover(w0, w1) : pake_create_verifier(w0, L);
    ok = ok && p && pake_start(p, scalar, &try) && pake_run(p, &try, other, &terms, &keys, NULL) &&
         equals(keys.confirm_v,
                "154174fc278a935e290b3352ba877e179fa9281c0a76928faea703c72d383b26"
                "7511a5cf084cb07147efece94e3cfd91944e7baab856858fbebc087167b0f409") &&
         equals(keys.confirm_p,
                "6b2469b56cf8ac3f94a8d0b533380ea6b3d0f46b3e12ee82550d49e129c24127"
                "28c9437a64ee5f80c8cdc5e8a30faa0a6deb8a5251346ba81bb6fc955b2304fc") &&
         equals(keys.shared, "11887659d9e002f34fa6cc270d33570f001b2a3fc0522b643c07327d09a4a9f4"
                             "7aab85813d13c585b53adf5ac9de5707114848f3dc31a4045f69a2cc1972b098");
    pake_destroy(p);
    return ok;
}

static void carry(struct tls *from, struct tls *to)
{
    uint8_t bytes[4096];
    for (size_t n; (n = tls_take(from, bytes, sizeof bytes));)
        tls_feed(to, span_of(bytes, n));
}

static bool tls(void)
{
    uint8_t psk[PSK_LEN], got[16], a[SHARED_LEN], b[SHARED_LEN];
    size_t n = 0;
    crypto_random(psk, sizeof psk);
    struct tls *client = tls_create(false, psk, span_of("self-test", 9));
    struct tls *server = tls_create(true, psk, span_of("self-test", 9));
    enum tls_result up = tls_read(client, got, sizeof got, &n);
    carry(client, server);
    (void)tls_read(server, got, sizeof got, &n);
    carry(server, client);
    up = tls_read(client, got, sizeof got, &n);
    carry(client, server);
    bool ok = up == TLS_UP && tls_read(server, got, sizeof got, &n) == TLS_UP &&
              tls_write(client, span_of("hello", 5));
    if (ok) {
        carry(client, server);
        tls_export(client, "EXPORTER-self-test", span_of(NULL, 0), a);
        tls_export(server, "EXPORTER-self-test", span_of(NULL, 0), b);
        ok = tls_read(server, got, sizeof got, &n) == TLS_DATA && n == 5 &&
             memcmp(got, "hello", 5) == 0 && crypto_equal(a, b, sizeof a);
    }
    tls_destroy(client);
    tls_destroy(server);
    return ok;
}

enum selftest selftest_run(void)
{
    if (!hkdf())
        return SELFTEST_HKDF;
    if (!ecdsa())
        return SELFTEST_ECDSA;
    if (!sframe())
        return SELFTEST_SFRAME;
    if (!spake2_side(true) || !spake2_side(false))
        return SELFTEST_SPAKE2;
    return tls() ? SELFTEST_PASSED : SELFTEST_TLS;
}
