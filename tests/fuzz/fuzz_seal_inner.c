/*
 * Entrance: plaintext of the member channel. First byte: side and stage; then bytes as TLS hands
 * them over, in pieces of a size the second byte says. Only messages of the table may come out,
 * whole, and no longer than it allows.
 */
#include "net/seal/crypto.h"
#include "net/seal/inner.h"
#include "net/seal/kdf.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const struct inner_message *m)
{
    struct inner_hello h;
    struct inner_welcome w;
    struct inner_pong p;
    if (m->type == INNER_HELLO && inner_hello_parse(m->body, &h) &&
        (!h.name.len || h.name.len > MAX_NAME))
        abort();
    if (m->type == INNER_WELCOME && inner_welcome_parse(m->body, &w) && w.state > 1)
        abort();
    if (m->type == INNER_PONG && !inner_pong_parse(m->body, &p))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct inner_rx rx = {0};
    struct inner_message m;
    enum e2e_code code = E_NONE;
    if (size < 2)
        return 0;
    bool organizer = data[0] & 1;
    enum inner_stage stage = (enum inner_stage)(1u << (data[0] >> 1) % 5);
    size_t piece = 1 + data[1] % 64;
    for (size_t at = 2; at < size && !code; at += piece) {
        struct span in = span_of(data + at, size - at < piece ? size - at : piece);
        enum inner_fed fed;
        while ((fed = inner_feed(&rx, &in, organizer, stage, &m, &code)) == INNER_COMPLETE) {
            if (inner_check(m.type, organizer, stage, (uint32_t)m.body.len) != E_NONE)
                abort();
            parse(&m);
        }
        if (fed == INNER_MORE && in.len)
            abort();
    }
    inner_finish(&rx);
    return 0;
}
