/*
 * Entrance: what peers and relay send to an organizer, in any order: a list of u8 handle, u16
 * length, bytes. A handle of 0 lets time pass. The session must go on: it never ends by what a peer
 * says, and nobody comes in without the password.
 */
#include "net/seal/crypto.h"
#include "net/seal/kdf.h"
#include "net/seal/organizer.h"
#include "net/seal/pake.h"
#include "net/seal/tls.h"
#include "tests/fuzz/seal_leaks.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct organizer *organizer;
static uint64_t now = 1000;
static bool password_due; /* so many guesses that nobody may try any more */

static uint64_t unix_ms(void *ctx)
{
    (void)ctx;
    return 1;
}
static void bytes(void *ctx, struct span s)
{
    (void)ctx, (void)s;
}
static void msg(void *ctx, uint32_t peer, struct span body)
{
    (void)ctx, (void)peer, (void)body;
}
static void refuse(void *ctx, uint32_t handle, uint16_t mid)
{
    (void)ctx, (void)handle, (void)mid;
    abort(); /* BIND: somebody came in */
}
static void drop(void *ctx, uint32_t handle, enum port_drop why)
{
    (void)ctx, (void)handle, (void)why;
}
static void session(void *ctx, const uint8_t sid[SID_LEN], const uint8_t fp[FP_LEN])
{
    (void)ctx, (void)sid, (void)fp;
}
static void member(void *ctx, const struct port_member *m)
{
    (void)ctx;
    if (!m->me)
        abort();
}
static void wrong_try(void *ctx, uint32_t wrong, bool stopped)
{
    (void)ctx, (void)wrong;
    password_due = stopped;
}
static void fault(void *ctx, uint16_t mid, enum e2e_code code)
{
    (void)ctx, (void)mid, (void)code;
}
static void ended(void *ctx, bool cut, enum e2e_code code, enum end_why why)
{
    (void)ctx, (void)cut, (void)code, (void)why;
    abort();
}
static const struct port port = {.unix_ms = unix_ms,
                                 .params = bytes,
                                 .msg = msg,
                                 .bind = refuse,
                                 .drop = drop,
                                 .session = session,
                                 .member = member,
                                 .fault = fault,
                                 .wrong_try = wrong_try,
                                 .ended = ended};

static void init(void)
{
    if (!crypto_init() || !tls_init())
        abort();
    pake_init();
    const struct organizer_config config = {
        .with_password = true, .password = span_of("secret", 6), .name = span_of("O", 1)};
    organizer = organizer_create(&port, &config, now);
    organizer_opened(organizer, (const uint8_t *)"123456789", now);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!organizer)
        init();
    while (size >= 3) {
        uint32_t handle = data[0];
        size_t len = (size_t)data[1] << 8 | data[2];
        data += 3, size -= 3;
        len = len < size ? len : size;
        if (!handle)
            organizer_tick(organizer, now += 1 + len);
        else if (handle == 255)
            organizer_unit(organizer, span_of(data, len), now);
        else if (len)
            organizer_message(organizer, handle, span_of(data, len), now);
        data += len, size -= len;
    }
    for (uint32_t handle = 1; handle < 255; handle++)
        organizer_peer_gone(organizer, handle, now);
    organizer_tick(organizer, now += 31000);
    if (password_due && now % 8 == 0 && organizer_password(organizer, span_of("another", 7), now))
        password_due = false;
    return 0;
}
