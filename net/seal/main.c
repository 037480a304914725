/*
 * vitrine-seal: password proof, session keys, sealing and opening. It has channels to broker, net,
 * capture and view, and nothing else: no network, no files. Distrusts all four, and through net
 * every relay and peer.
 */
#include "lib/worker.h"
#include "net/seal/crypto.h"
#include "net/seal/pake.h"
#include "net/seal/selftest.h"
#include "net/seal/tls.h"
#include "net/seal/worker.h"

static struct seal_worker worker;

static void crypto_failed(void)
{
    worker_fail(&worker.control, FAIL_CRYPTO, 0);
}

/* Everything OpenSSL needs from outside, before the lock-down. */
static void warm_up(void)
{
    crypto_on_failure(crypto_failed);
    crypto_must(crypto_init());
    crypto_must(tls_init());
    pake_init();
    enum selftest result = selftest_run();
    if (result != SELFTEST_PASSED)
        worker_fail(&worker.control, FAIL_CRYPTO, result);
}

int main(void)
{
    worker_begin(WORKER_SEAL);
    seal_worker_init(&worker, WORKER_CONTROL_FD);
    warm_up();
    seal_worker_keys(&worker);
    worker_confine(WORKER_SEAL, &policy_seal, &worker.control);
    return seal_worker_run(&worker);
}
