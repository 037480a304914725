/*
 * Start-up self-test: one known answer each of HKDF, ECDSA, SFrame and SPAKE2+, and one handshake
 * of the member channel with itself, which also makes OpenSSL load all it needs before the
 * lock-down.
 */
#ifndef NET_SEAL_SELFTEST_H
#define NET_SEAL_SELFTEST_H

enum selftest {
    SELFTEST_PASSED,
    SELFTEST_HKDF,
    SELFTEST_ECDSA,
    SELFTEST_SFRAME,
    SELFTEST_SPAKE2,
    SELFTEST_TLS
};

/* After crypto_init, pake_init and tls_init. Names the first that gave a wrong answer. */
enum selftest selftest_run(void);

#endif
